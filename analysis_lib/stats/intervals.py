"""Intervals around one estimate, as public-health and social-care statistics in England use them.

A 95% interval is the default everywhere. Where the figure counts every child there is, the interval speaks of the rate
behind the count, which would have given other counts by chance; it does not say that children were missed.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

# From this count on Fingertips takes Byar's approximation; below it, the exact limits.
BYAR_FROM = 10
EXACT, BYAR, FINGERTIPS = "exact", "byar", "fingertips"


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
    # Exactly: rounding leaves 0 of 20 a lower limit of 1e-17, and an area without a case above a benchmark of none.
    lower[known & (numerator == 0)], upper[known & (numerator == denominator)] = 0, 1
    return lower, upper


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


def byar(count: ArrayLike, confidence: float = 0.95) -> tuple[np.ndarray, np.ndarray]:
    """Byar's approximation to the exact interval for a count of independent events.

    From a count of 10 on it is within 0.2% of the exact limits at 95% confidence. Below 10 use `exact_poisson`: the
    lower limit of a small count can fall under 0. A count of 0 has a lower limit of 0.

    Returns (lower, upper) arrays, missing where the count is missing.

    References
    ----------
    Breslow NE, Day NE (1987) Statistical Methods in Cancer Research II, IARC, page 69.
    """
    count = np.asarray(count, float)
    z = stats.norm.ppf(0.5 + confidence / 2)
    above = count + 1
    with np.errstate(divide="ignore", invalid="ignore"):
        lower = count * (1 - 1 / (9 * count) - z / (3 * np.sqrt(count))) ** 3
    upper = above * (1 - 1 / (9 * above) + z / (3 * np.sqrt(above))) ** 3
    return np.where(count == 0, 0.0, lower), upper


def fingertips_poisson(count: ArrayLike, confidence: float = 0.95) -> tuple[np.ndarray, np.ndarray]:
    """The interval for a count that Fingertips prints: exact below 10, Byar's from 10 on.

    For parity with Fingertips (Office for Health Improvement and Disparities); `exact_poisson` is right for any count.

    Returns (lower, upper) arrays, missing where the count is missing.
    """
    count = np.asarray(count, float)
    (exact_lower, exact_upper), (lower, upper) = exact_poisson(count, confidence), byar(count, confidence)
    few = count < BYAR_FROM
    return np.where(few, exact_lower, lower), np.where(few, exact_upper, upper)


def poisson(count: ArrayLike, confidence: float = 0.95, method: str = EXACT) -> tuple[np.ndarray, np.ndarray]:
    """The interval for a count of independent events by `method`: "exact", "byar" or "fingertips".

    Raises `ValueError` for another word.
    """
    methods = {EXACT: exact_poisson, BYAR: byar, FINGERTIPS: fingertips_poisson}
    if method not in methods:
        raise ValueError(f"interval of a count: {method!r} is not one of {', '.join(methods)}")
    return methods[method](count, confidence)


def mean_t(values: ArrayLike, confidence: float = 0.95) -> tuple[float, float]:
    """Student's t interval for a mean. (nan, nan) for fewer than two values.

    Waiting times are skewed: show the median beside a mean that uses this.
    """
    values = np.asarray(values, float)
    if len(values) < 2:
        return np.nan, np.nan
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
