"""Two figures beside each other: how far apart they are, and whether that is more than chance. Numbers in, numbers out.

Overlapping intervals are no test: the interval of the difference, or of the ratio, is computed and asked.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import binomtest
from statsmodels.stats.proportion import confint_proportions_2indep

HIGHER, LOWER, NO_CLEAR_DIFFERENCE, SIMILAR = "higher", "lower", "no clear difference", "similar"
BETTER, WORSE = "better", "worse"


@dataclass(frozen=True)
class Comparison:
    """A difference or a ratio with its interval; `verdict` is "higher", "lower" or "no clear difference".

    Missing limits give "no clear difference": nothing can be said.
    """

    value: float
    lower: float
    upper: float
    verdict: str


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
        return Comparison(np.nan, np.nan, np.nan, NO_CLEAR_DIFFERENCE)
    lower, upper = confint_proportions_2indep(
        numerator, denominator, other_numerator, other_denominator,
        compare="diff", method="newcomb", alpha=1 - confidence,
    )  # fmt: skip
    value = numerator / denominator - other_numerator / other_denominator
    return Comparison(value, float(lower), float(upper), verdict(lower, upper))


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
        return Comparison(np.nan, np.nan, np.nan, NO_CLEAR_DIFFERENCE)
    share = binomtest(count, count + other_count).proportion_ci(confidence, method="exact")
    scale = other_population / population
    lower, upper = (scale * p / (1 - p) if p < 1 else np.inf for p in (share.low, share.high))
    value = scale * count / other_count if other_count else np.nan
    return Comparison(value, float(lower), float(upper), verdict(lower, upper, neutral=1))


def verdict(lower: float, upper: float, neutral: float = 0) -> str:
    """What an interval allows to be said: "higher" when all of it lies above `neutral`, "lower" when below.

    `neutral` is 0 for a difference and 1 for a ratio; a limit that is `neutral` itself is "no clear difference".
    """
    if lower > neutral:
        return HIGHER
    if upper < neutral:
        return LOWER
    return NO_CLEAR_DIFFERENCE


def beside_benchmark(lower: float, upper: float, benchmark: float) -> str:
    """Where an area stands beside a benchmark, from the area's own interval: "higher", "lower" or "similar".

    "Similar" when the benchmark lies in the interval, its ends included; "" when anything is missing. The benchmark
    is taken as exact, as Fingertips (Office for Health Improvement and Disparities) takes England.
    """
    if np.isnan(lower) or np.isnan(upper) or np.isnan(benchmark):
        return ""
    if lower > benchmark:
        return HIGHER
    return LOWER if upper < benchmark else SIMILAR


def better_or_worse(direction: str, polarity: str) -> str:
    """What "higher" or "lower" means for a measure of this polarity: "better" or "worse".

    Any other word, and every word where the polarity is "neither", comes back as it was: a rate of children looked
    after is neither good nor bad.
    """
    if polarity == "neither" or direction not in (HIGHER, LOWER):
        return direction
    return BETTER if (direction == HIGHER) == (polarity == "higher is better") else WORSE
