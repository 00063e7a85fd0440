"""Rates made comparable between areas of different age: direct standardisation, and observed over expected."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from analysis_lib.stats.intervals import BYAR_FROM, EXACT, byar, poisson


class Estimate(NamedTuple):
    """A value with its interval, all three missing together."""

    value: float
    lower: float
    upper: float


MISSING = Estimate(np.nan, np.nan, np.nan)


def directly_standardised_rate(
    counts: ArrayLike, populations: ArrayLike, standard: ArrayLike, *, per: float = 10_000, confidence: float = 0.95
) -> Estimate:
    """The rate that an area would have, had it the age structure of the `standard` population.

    Say which standard population was used. The European Standard Population is wrong for children: take England's
    0 to 17 by the same bands.

    Parameters
    ----------
    counts, populations, standard : arrays, one entry an age band, in the same order
        Events, people of the area, and people of the standard population in the band.
    per : float
        The rate is of events per so many people.
    confidence : float between 0 and 1

    Returns
    -------
    Estimate
        Dobson's interval on Byar's limits. Missing where anything is missing, where a band has nobody in it, and where
        there are fewer than 10 events in all, which is too few for a standardised rate.

    Raises
    ------
    ValueError
        When the three are not of one length.

    References
    ----------
    Dobson AJ, Kuulasmaa K, Eberle E, Scherer J (1991) Stat Med 10:457-462; as in Fingertips. The fewest events: Morris
    JK, Tan J, Fryers P, Bestwick J (2018) Popul Health Metr 16:19.
    """
    counts, populations, standard = (np.asarray(each, float) for each in (counts, populations, standard))
    if not len(counts) == len(populations) == len(standard):
        raise ValueError(f"{len(counts)} counts, {len(populations)} populations, {len(standard)} standard: one a band")
    events = counts.sum()
    if not events >= BYAR_FROM or not (populations > 0).all() or np.isnan(standard).any():
        return MISSING
    weights = standard / standard.sum() / populations
    value = (weights * counts).sum()
    scale = np.sqrt((weights**2 * counts).sum() / events)
    lower, upper = (value + scale * (limit - events) for limit in byar(events, confidence))
    return Estimate(*(float(per * each) for each in (value, lower, upper)))


def standardised_ratio(observed: float, expected: float, *, confidence: float = 0.95, method: str = EXACT) -> Estimate:
    """How many times the expected number of events was seen: 1 is as expected.

    Parameters
    ----------
    observed : count of events
    expected : float
        Events there would have been at the reference's rates, band by band; taken as known.
    confidence : float between 0 and 1
    method : "exact", "byar" or "fingertips"

    Returns
    -------
    Estimate
        Missing where either is missing or `expected` is not above 0.
    """
    if np.isnan(observed) or not expected > 0:
        return MISSING
    lower, upper = poisson(observed, confidence, method)
    return Estimate(*(float(each / expected) for each in (observed, lower, upper)))
