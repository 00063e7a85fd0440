"""Authorities beside all authorities: how far from the pooled value chance alone would take one of that size.

Limits at 95% and 99.8%. Rates of children's services scatter between authorities by much more than chance, so that plain
limits would call most of them unusual: the overdispersion factor is measured, said, and widens the limits.
Authorities whose figure is missing stay in the arrays as gaps and count in nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special, stats

from analysis_lib.stats.intervals import exact_poisson, wilson
from analysis_lib.stats.verdicts import HIGHER, LOWER, NOTHING_TO_SAY

PROPORTION, RATE = "proportion", "rate"
WARNING, ALARM = 0.95, 0.998
WITHIN, MUCH_HIGHER, MUCH_LOWER = "within", "much higher", "much lower"


@dataclass(frozen=True)
class Funnel:
    """Authorities around their pooled value.

    `of` is "proportion" or "rate". `values` are shares between 0 and 1 or events per person, missing where the figure
    is; `standing` is "within", "higher" or "lower" (outside the 95% limits) and "much higher" or "much lower" (outside
    the 99.8% limits), "" where missing. `dispersion` is Spiegelhalter's factor as measured; `widened_by` what the limits
    were widened by: the same where above 1, else 1.
    """

    of: str
    centre: float
    values: np.ndarray
    standing: np.ndarray
    dispersion: float
    widened_by: float

    def limits(self, sizes: ArrayLike, confidence: float = ALARM) -> tuple[np.ndarray, np.ndarray]:
        """(lower, upper) for authorities with these denominators, in the unit of `values`: the funnel to draw."""
        return limits(sizes, self.centre, of=self.of, confidence=confidence, dispersion=self.widened_by)


def funnel(numerators: ArrayLike, denominators: ArrayLike, *, of: str, allow_overdispersion: bool = True) -> Funnel:
    """Where each authority stands beside all of them together.

    Parameters
    ----------
    numerators, denominators : arrays, one entry an authority
        Children and all children ("proportion"), or events and population ("rate"). An entry with either missing, or a
        denominator of 0, is a gap.
    of : "proportion" or "rate"
    allow_overdispersion : bool
        False: limits of chance alone, as Fingertips draws them.

    Raises
    ------
    ValueError
        For another `of`.

    References
    ----------
    Spiegelhalter DJ (2005) Stat Med 24:1185-1202; limits and their agreement with each authority's own interval as in
    Fingertips.
    """
    numerators, denominators = np.asarray(numerators, float), np.asarray(denominators, float)
    known = ~np.isnan(numerators) & (denominators > 0)
    base = np.where(known, denominators, np.nan)
    centre = float(numerators[known].sum() / denominators[known].sum()) if known.any() else np.nan
    factor = dispersion(numerators, base, centre, of=of)
    widened_by = max(1.0, factor) if allow_overdispersion and not np.isnan(factor) else 1.0
    standing = _standing(numerators / widened_by, base / widened_by, centre, of)
    return Funnel(of, centre, numerators / base, np.where(known, standing, NOTHING_TO_SAY), factor, widened_by)


def limits(
    sizes: ArrayLike, centre: float, *, of: str, confidence: float = ALARM, dispersion: float = 1.0
) -> tuple[np.ndarray, np.ndarray]:
    """The values that an authority of each size must pass to be unusual: drawn as a funnel around `centre`.

    A value is outside exactly where its own interval (Wilson for a proportion, exact Poisson for a rate) leaves the
    centre out. A lower limit of 0 cannot be passed. With a `dispersion` above 1, so many events count as one.

    Returns (lower, upper) arrays in the unit of `centre`, missing where the size is missing or 0.
    """
    sizes = np.asarray(sizes, float) / dispersion
    sizes = np.where(sizes > 0, sizes, np.nan)
    tail = (1 - confidence) / 2
    if _checked(of) == PROPORTION:
        reach = stats.norm.isf(tail) * np.sqrt(centre * (1 - centre) / sizes)
        return np.maximum(centre - reach, 0), np.minimum(centre + reach, 1)
    expected = centre * sizes
    # The counts whose tail is just that; the lower one is 0 where even no event is not rare enough.
    lower, upper = special.pdtrik(tail, expected), special.pdtrik(1 - tail, expected) + 1
    return lower / sizes, upper / sizes


def dispersion(
    numerators: ArrayLike, denominators: ArrayLike, centre: float, *, of: str, winsorised: float = 0.1
) -> float:
    """Spiegelhalter's factor: the mean square of the authorities' distances from `centre`, in standard errors of chance.

    1 is what chance alone gives. The most extreme tenth on each side (`winsorised`) is pulled in to the tenth's border
    first, so that a few authorities that do differ do not excuse themselves. Missing without any authority, and where
    nobody or everybody is counted.

    References
    ----------
    Spiegelhalter DJ (2005) Stat Med 24:1185-1202, appendix A; quantiles of type 7.
    """
    numerators, denominators = np.asarray(numerators, float), np.asarray(denominators, float)
    variance = centre * (1 - centre if _checked(of) == PROPORTION else 1)
    if not variance > 0:
        return np.nan
    z = (numerators - denominators * centre) / np.sqrt(denominators * variance)
    z = z[~np.isnan(z)]
    return float(np.mean(np.clip(z, *np.quantile(z, [winsorised, 1 - winsorised])) ** 2))


def _standing(counts: np.ndarray, sizes: np.ndarray, centre: float, of: str) -> np.ndarray:
    outside = []
    for confidence in (ALARM, WARNING):
        if of == PROPORTION:
            (lower, upper), expected = wilson(counts, sizes, confidence), centre
        else:
            (lower, upper), expected = exact_poisson(counts, confidence), centre * sizes
        outside += [lower > expected, upper < expected]
    return np.select(outside, [MUCH_HIGHER, MUCH_LOWER, HIGHER, LOWER], WITHIN)


def _checked(of: str) -> str:
    if of not in (PROPORTION, RATE):
        raise ValueError(f"a funnel is of a {PROPORTION} or a {RATE}, not of {of!r}")
    return of
