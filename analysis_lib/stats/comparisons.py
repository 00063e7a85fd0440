"""Two figures beside each other: how far apart they are, and whether that is more than chance. Numbers in, numbers out.

Overlapping intervals are no test: the interval of the difference, or of the ratio, is computed and asked.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats
from scipy.stats import contingency
from statsmodels.stats.proportion import confint_proportions_2indep
from statsmodels.stats.rates import confint_poisson_2indep
from statsmodels.stats.weightstats import CompareMeans

from analysis_lib.stats.verdicts import NO_CLEAR_DIFFERENCE, verdict


@dataclass(frozen=True)
class Comparison:
    """A difference or a ratio with its interval; `verdict` is "higher", "lower" or "no clear difference".

    Missing limits give "no clear difference": nothing can be said. `p_value` is two-sided, and missing where the
    method has none; near the border it can disagree with the interval by a hair, and the interval decides.
    """

    value: float
    lower: float
    upper: float
    verdict: str
    p_value: float = np.nan


NO_COMPARISON = Comparison(np.nan, np.nan, np.nan, NO_CLEAR_DIFFERENCE)


def difference_of_proportions(
    numerator: int, denominator: int, other_numerator: int, other_denominator: int, confidence: float = 0.95
) -> Comparison:
    """First proportion less the other, both between 0 and 1, with Newcombe's hybrid score interval.

    Missing when either denominator is 0.

    References
    ----------
    Newcombe RG (1998) Stat Med 17:873-890, method 10.
    """
    if not denominator or not other_denominator:
        return NO_COMPARISON
    lower, upper = confint_proportions_2indep(
        numerator, denominator, other_numerator, other_denominator,
        compare="diff", method="newcomb", alpha=1 - confidence,
    )  # fmt: skip
    return _difference(numerator / denominator - other_numerator / other_denominator, lower, upper)


def relative_risk(
    numerator: int, denominator: int, other_numerator: int, other_denominator: int, confidence: float = 0.95
) -> Comparison:
    """How many times the other proportion the first one is, with Katz's log interval.

    For shares that are common; for rare events in a large population use `relative_rate`. A numerator of 0 has no log:
    a first one gives a ratio and lower limit of 0 without an upper limit, an other one neither ratio nor lower limit. No interval where everyone of both sides is counted. Missing altogether when both numerators, or a
    denominator, are 0.

    References
    ----------
    Katz D, Baptista J, Azen SP, Pike MC (1978) Biometrics 34:469-474.
    """
    if not denominator or not other_denominator or not numerator + other_numerator:
        return NO_COMPARISON
    found = contingency.relative_risk(numerator, denominator, other_numerator, other_denominator)
    lower, upper = found.confidence_interval(confidence)
    if numerator == denominator and other_numerator == other_denominator:
        lower, upper = np.nan, np.nan  # the formula's width of 0 would say that nothing is left to chance
    return _ratio(found.relative_risk if other_numerator else np.nan, lower, upper)


def relative_rate(
    count: int, population: float, other_count: int, other_population: float, confidence: float = 0.95
) -> Comparison:
    """How many times the other rate the first one is, (count / population) / (other count / other population).

    The exact conditional interval: given the sum of both counts the first is binomial. It stays honest on tiny
    counts (3 against 4 spans more than a factor of twenty), where a log or score interval is too narrow. A count of
    0 gives a ratio and lower limit of 0; an other count of 0 an infinite upper limit and a missing ratio. Missing
    altogether when both counts, or a population, are 0.

    References
    ----------
    Przyborowski J, Wilenski H (1940) Biometrika 31:313-323; the same limits as R's `poisson.test` for two samples.
    """
    if not population > 0 or not other_population > 0 or not count + other_count:
        return NO_COMPARISON
    test = stats.binomtest(count, count + other_count, population / (population + other_population))
    share = test.proportion_ci(confidence, method="exact")
    scale = other_population / population
    lower, upper = (scale * p / (1 - p) if p < 1 else np.inf for p in (share.low, share.high))
    value = scale * count / other_count if other_count else np.nan
    return _ratio(value, lower, upper, test.pvalue)


def difference_of_rates(
    count: int,
    population: float,
    other_count: int,
    other_population: float,
    *,
    per: float = 10_000,
    confidence: float = 0.95,
) -> Comparison:
    """First rate less the other, in events per `per` people.

    The score limits of both rates, put together as Newcombe does for proportions (MOVER). Missing when a population is
    0 or missing.

    References
    ----------
    Zou GY, Donner A (2008) Stat Med 27:1693-1702; Li HQ, Tang ML, Wong WK (2014) Comput Stat Data Anal 75:184-194.
    """
    if not population > 0 or not other_population > 0:
        return NO_COMPARISON
    lower, upper = confint_poisson_2indep(
        count, population / per, other_count, other_population / per,
        compare="diff", method="mover", method_mover="score", alpha=1 - confidence,
    )  # fmt: skip
    return _difference(per * count / population - per * other_count / other_population, lower, upper)


def odds_ratio(
    numerator: int, denominator: int, other_numerator: int, other_denominator: int, confidence: float = 0.95
) -> Comparison:
    """The odds of the first proportion over the odds of the other, for small tables, with Fisher's exact p-value.

    The conditional estimate with the exact interval; it is not the plain quotient of the odds, and lies nearer to 1. 0
    and infinity where a cell is 0. Missing when a denominator is 0, when nobody or everybody of both sides is counted.

    References
    ----------
    Cornfield J (1956) Proc Third Berkeley Symp 4:135-148; the same estimate and limits as R's `fisher.test`.
    """
    table = [
        [numerator, denominator - numerator],
        [other_numerator, other_denominator - other_numerator],
    ]
    if not np.all(np.sum(table, axis=0)) or not np.all(np.sum(table, axis=1)):
        return NO_COMPARISON
    found = contingency.odds_ratio(table, kind="conditional")
    limits = found.confidence_interval(confidence)
    return _ratio(found.statistic, limits.low, limits.high, stats.fisher_exact(table).pvalue)


def difference_of_means(values: ArrayLike, other_values: ArrayLike, confidence: float = 0.95) -> Comparison:
    """Mean of the first less mean of the other, in their unit, with Welch's t interval (spreads may differ).

    Missing values are to be left out before. Missing when either side has fewer than two values, or no spread on both.

    References
    ----------
    Welch BL (1947) Biometrika 34:28-35; the same limits as R's `t.test`.
    """
    values, other_values = np.asarray(values, float), np.asarray(other_values, float)
    if min(len(values), len(other_values)) < 2 or not np.ptp(values) + np.ptp(other_values):
        return NO_COMPARISON
    means = CompareMeans.from_data(values, other_values)
    lower, upper = means.tconfint_diff(alpha=1 - confidence, usevar="unequal")
    _, p_value, _ = means.ttest_ind(usevar="unequal")
    return _difference(values.mean() - other_values.mean(), lower, upper, p_value)


def _difference(value: float, lower: float, upper: float, p_value: float = np.nan) -> Comparison:
    return Comparison(float(value), float(lower), float(upper), verdict(lower, upper), float(p_value))


def _ratio(value: float, lower: float, upper: float, p_value: float = np.nan) -> Comparison:
    return Comparison(float(value), float(lower), float(upper), verdict(lower, upper, neutral=1), float(p_value))
