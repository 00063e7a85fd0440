"""Intervals around one estimate, as public-health and social-care statistics in England use them."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats
from statsmodels.stats.proportion import proportion_confint


def wilson(numerator: ArrayLike, denominator: ArrayLike, confidence: float = 0.95) -> tuple[np.ndarray, np.ndarray]:
    """Wilson score interval for a proportion, without continuity correction.

    Parameters
    ----------
    numerator, denominator : array of counts
        0 <= numerator <= denominator, same shape.
    confidence : float between 0 and 1

    Returns
    -------
    (lower, upper) : arrays between 0 and 1
        Missing where the denominator is 0 or missing.

    References
    ----------
    Wilson EB (1927) J Am Stat Assoc 22:209-212, as used for proportions by Public Health England's Fingertips.
    """
    numerator, denominator = np.broadcast_arrays(np.asarray(numerator, float), np.asarray(denominator, float))
    lower, upper = np.full(numerator.shape, np.nan), np.full(numerator.shape, np.nan)
    known = (denominator > 0) & ~np.isnan(numerator)
    lower[known], upper[known] = proportion_confint(
        numerator[known], denominator[known], alpha=1 - confidence, method="wilson"
    )
    return np.clip(lower, 0, 1), np.clip(upper, 0, 1)


def exact_poisson(count: ArrayLike, confidence: float = 0.95) -> tuple[np.ndarray, np.ndarray]:
    """Exact (chi-square) interval for a count of independent events; divide by the population for a rate.

    Returns (lower, upper) arrays, missing where the count is missing; the lower limit of 0 is 0.

    References
    ----------
    Ulm K (1990) Am J Epidemiol 131:373-375; the same limits as R's `poisson.test`.
    """
    count = np.asarray(count, float)
    tail = (1 - confidence) / 2
    lower = np.where(count == 0, 0.0, stats.chi2.ppf(tail, 2 * count) / 2)
    return np.where(np.isnan(count), np.nan, lower), stats.chi2.ppf(1 - tail, 2 * count + 2) / 2


def mean_t(values: ArrayLike, confidence: float = 0.95) -> tuple[float, float]:
    """Student's t interval for a mean. (nan, nan) for fewer than two values.

    Waiting times are skewed: show the median beside a mean that uses this.
    """
    values = np.asarray(values, float)
    if len(values) < 2:
        return np.nan, np.nan
    if np.ptp(values) == 0:
        return float(values[0]), float(values[0])
    return tuple(float(limit) for limit in t_limits(values.mean(), stats.sem(values), len(values), confidence))


def t_limits(
    mean: ArrayLike, standard_error: ArrayLike, count: ArrayLike, confidence: float = 0.95
) -> tuple[np.ndarray, np.ndarray]:
    """Student's t intervals for many means at once, from each one's standard error and number of values.

    Missing for fewer than two values.
    """
    mean, standard_error, count = (np.asarray(each, float) for each in (mean, standard_error, count))
    away = stats.t.ppf(0.5 + confidence / 2, np.where(count > 1, count - 1, np.nan)) * standard_error
    return mean - away, mean + away
