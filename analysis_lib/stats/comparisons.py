"""Comparisons of two estimates: the interval of a difference, never the overlap of two intervals."""

from __future__ import annotations

from statsmodels.stats.proportion import confint_proportions_2indep


def difference_of_proportions(
    numerator_1: float, denominator_1: float, numerator_2: float, denominator_2: float, confidence: float = 0.95
) -> tuple[float, float, float]:
    """The first proportion less the second, with Newcombe's hybrid-score interval.

    Counts with 0 <= numerator <= denominator and denominator > 0. Returns (difference, lower, upper), as fractions of 1.

    References
    ----------
    Newcombe RG (1998) Stat Med 17:873-890, method 10.
    """
    lower, upper = confint_proportions_2indep(
        numerator_1, denominator_1, numerator_2, denominator_2, compare="diff", method="newcomb", alpha=1 - confidence
    )
    return numerator_1 / denominator_1 - numerator_2 / denominator_2, float(lower), float(upper)
