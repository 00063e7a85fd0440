"""Many comparisons at once: 150 authorities or 20 measures beside a benchmark, of which one in twenty differs by chance.

First the p-value of each, then the correction over all of them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats
from statsmodels.stats.multitest import multipletests


def p_of_proportion(numerator: ArrayLike, denominator: ArrayLike, benchmark: ArrayLike) -> np.ndarray:
    """Two-sided p-value of each proportion against a benchmark between 0 and 1: the score test.

    Below 0.05 exactly where the Wilson 95% interval leaves the benchmark out. Missing where anything is missing, where
    the denominator is 0, and where the benchmark is 0 or 1.
    """
    numerator, denominator, benchmark = (np.asarray(each, float) for each in (numerator, denominator, benchmark))
    with np.errstate(divide="ignore", invalid="ignore"):
        z = (numerator - denominator * benchmark) / np.sqrt(denominator * benchmark * (1 - benchmark))
    return np.where(np.isfinite(z), 2 * stats.norm.sf(np.abs(z)), np.nan)


def p_of_count(count: ArrayLike, expected: ArrayLike) -> np.ndarray:
    """Two-sided p-value of each count of events against an expected number (benchmark rate times population).

    Twice the smaller exact Poisson tail, at most 1: below 0.05 exactly where the exact 95% interval leaves the expected
    number out. Missing where either is missing or `expected` is not above 0.
    """
    count, expected = np.asarray(count, float), np.asarray(expected, float)
    tail = np.minimum(stats.poisson.cdf(count, expected), stats.poisson.sf(count - 1, expected))
    return np.where(expected > 0, np.minimum(1, 2 * tail), np.nan)


def benjamini_hochberg(p_values: ArrayLike) -> np.ndarray:
    """Adjusted p-values: calling those below 0.05 different makes on average no more than 5% of the calls wrong.

    Missing p-values stay missing and count in nobody else's correction.

    References
    ----------
    Benjamini Y, Hochberg Y (1995) J R Stat Soc B 57:289-300; the same values as R's `p.adjust(method = "BH")`.
    """
    p_values = np.asarray(p_values, float)
    adjusted = np.full(p_values.shape, np.nan)
    known = ~np.isnan(p_values)
    if known.any():
        adjusted[known] = multipletests(p_values[known], method="fdr_bh")[1]
    return adjusted
