"""Intervals around a median or a quartile of waiting times, and around an average of events per child.

No shape of the distribution is assumed. Missing values are to be left out, and counted, before.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

RESAMPLES, SEED = 9999, 20_210_930
BATCH = 500  # so many resamples are in memory at once


def order_statistics(values: ArrayLike, q: float = 0.5, confidence: float = 0.95) -> tuple[float, float]:
    """Interval for the quantile `q` (0.5 is the median) from the values' own order: exact for any distribution.

    Each limit is one of the values, so its width moves in steps and the confidence is at least what was asked.

    Parameters
    ----------
    values : array of numbers, none missing
    q : float between 0 and 1
    confidence : float between 0 and 1

    Returns
    -------
    (lower, upper) : floats in the unit of the values
        A limit is missing where there are too few values to give it (for a median at 95%, fewer than six).

    References
    ----------
    Conover WJ (1999) Practical Nonparametric Statistics, 3rd edition, section 3.2.
    """
    values = np.asarray(values, float)
    if not len(values):
        return np.nan, np.nan
    limits = stats.quantile_test(values, p=q).confidence_interval(confidence)
    return float(limits.low), float(limits.high)


def bootstrap_quantile(values: ArrayLike, q: float = 0.5, confidence: float = 0.95) -> tuple[float, float]:
    """Bias-corrected and accelerated bootstrap interval for the quantile `q` of type 7 (linear), with a fixed seed.

    The same values give the same limits in any order. Where it matters take `order_statistics`: the bootstrap of a
    median is rough when values are few or tied. (nan, nan) for fewer than two values, and where all are equal.

    References
    ----------
    Efron B (1987) J Am Stat Assoc 82:171-185.
    """
    return _bootstrap(values, lambda sample, axis: np.quantile(sample, q, axis=axis), confidence)


def bootstrap_mean(values: ArrayLike, confidence: float = 0.95) -> tuple[float, float]:
    """Bias-corrected and accelerated bootstrap interval for a mean, with a fixed seed: resamples children.

    For events per child (reoffences, missing episodes). A Poisson interval on the number of events would be too
    narrow: one child can have ten. The same values give the same limits in any order. (nan, nan) for fewer than two
    values, and where all are equal: resampling then says nothing.

    References
    ----------
    Efron B (1987) J Am Stat Assoc 82:171-185.
    """
    return _bootstrap(values, np.mean, confidence)


def _bootstrap(values: ArrayLike, statistic, confidence: float) -> tuple[float, float]:
    # In order of size: rows come in the order of the children's hashes, and a limit must not depend on the key.
    values = np.sort(np.asarray(values, float))
    if len(values) < 2 or np.ptp(values) == 0:
        return np.nan, np.nan
    limits = stats.bootstrap(
        (values,),
        statistic,
        confidence_level=confidence,
        n_resamples=RESAMPLES,
        batch=BATCH,
        method="BCa",
        random_state=np.random.default_rng(SEED),
    ).confidence_interval
    return float(limits.low), float(limits.high)
