"""Where an authority stands among all: rank and quartile band, as DfE's Local Authority Interactive Tool gives them.

A rank says nothing of chance: neighbours in a rank often differ by less than one child. Show the interval beside it.
Missing authorities are gaps: they have no rank and no band, and count in nobody else's.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import rankdata

from analysis_lib.stats.verdicts import HIGHER_IS_BETTER, NEITHER, checked_polarity


def rank(values: ArrayLike, polarity: str) -> np.ndarray:
    """The rank of each value, 1 the best; equal values share the smaller rank, and the next ranks are left out.

    Parameters
    ----------
    values : array of numbers, one an authority
    polarity : "higher is better", "lower is better" or "neither"

    Returns
    -------
    array of floats
        Missing where the value is, and for every authority when the polarity is "neither": there is no best.
    """
    values = np.asarray(values, float)
    if checked_polarity(polarity) == NEITHER:
        return np.full(values.shape, np.nan)
    ordered = -values if polarity == HIGHER_IS_BETTER else values
    return rankdata(ordered, method="min", nan_policy="omit").astype(float)


def quartile_band(values: ArrayLike, polarity: str) -> np.ndarray:
    """The quarter that each value is in, "A" the best to "D"; "" where the value is missing or polarity is "neither".

    Quartiles are of type 7 (linear). A value that is a quartile itself belongs to the quarter below it, which is the
    better one where lower is better and the worse one where higher is.

    References
    ----------
    DfE, Local Authority Interactive Tool: `calculate_quartile_band` in its published code.
    """
    values = np.asarray(values, float)
    known = ~np.isnan(values)
    bands = np.full(values.shape, "")
    if checked_polarity(polarity) == NEITHER or not known.any():
        return bands
    letters = np.array(list("DCBA" if polarity == HIGHER_IS_BETTER else "ABCD"))
    quartiles = np.quantile(values[known], [0.25, 0.5, 0.75])
    bands[known] = letters[np.searchsorted(quartiles, values[known])]
    return bands
