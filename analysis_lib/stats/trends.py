"""Which way a measure has gone over five or more periods, and whether that is more than chance.

As Fingertips (Office for Health Improvement and Disparities) marks a recent trend: five periods at least, 99.8%
confidence because many measures are looked at, and no trend is called that rests on one period alone. Periods must not
overlap: rolling years count the same children twice. Leave out periods on the other side of a break.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
import statsmodels.api as sm
from numpy.typing import ArrayLike
from scipy import stats
from statsmodels.tools.sm_exceptions import PerfectSeparationWarning

from analysis_lib.stats.verdicts import FALLING, HIGHER, LOWER, NO_CLEAR_CHANGE, NOTHING_TO_SAY, RISING, side

FEWEST_PERIODS = 5
CONFIDENCE = 0.998


@dataclass(frozen=True)
class Trend:
    """The change in one period with its interval, and the word that it earns.

    `change` is added each period for proportions (0.01: one percentage point), multiplied for rates (1.05: 5% more).
    `direction` is "rising", "falling", "no clear change", or "" where there are too few periods. `periods` is how many
    were used, `statistic` chi-square on one degree of freedom. `dispersion` is how much more the periods scatter around
    the trend than chance alone would (1: as chance; missing for proportions).
    """

    change: float
    lower: float
    upper: float
    statistic: float
    p_value: float
    direction: str
    periods: int
    dispersion: float = np.nan


def trend_of_proportions(
    numerators: ArrayLike, denominators: ArrayLike, times: ArrayLike | None = None, confidence: float = CONFIDENCE
) -> Trend:
    """The chi-square test for trend of shares over time, and the straight line behind it.

    Parameters
    ----------
    numerators, denominators : arrays of counts, one a period, oldest first
        Periods with a missing count or a denominator of 0 are left out.
    times : array of numbers, optional
        When each period was (its year); by default 0, 1, 2, ...
    confidence : float between 0 and 1

    Returns
    -------
    Trend
        Missing, with direction "", for fewer than five periods; "no clear change" where the shares are all 0 or all 1.

    References
    ----------
    Armitage P (1955) Biometrics 11:375-386; the statistic is that of R's `prop.trend.test`.
    """
    numerators, denominators, times = _known(numerators, denominators, times)
    if len(times) < FEWEST_PERIODS:
        return _too_few(times)
    pooled = numerators.sum() / denominators.sum()
    if pooled in (0, 1):
        return Trend(0.0, np.nan, np.nan, 0.0, 1.0, NO_CLEAR_CHANGE, len(times))
    slope, spread = _slope(numerators, denominators, times)
    error = np.sqrt(pooled * (1 - pooled) / spread)
    return _trend(slope, error, numerators, denominators, times, confidence=confidence)


def trend_of_rates(
    counts: ArrayLike,
    populations: ArrayLike,
    times: ArrayLike | None = None,
    confidence: float = CONFIDENCE,
) -> Trend:
    """The slope of a rate over time by Poisson regression: how many times the rate each period is that of the one before.

    Where the periods scatter more than chance alone would (`dispersion` above 1), the interval is widened by it, since
    children come in sibling groups and months have policies.

    Parameters
    ----------
    counts, populations : arrays, one a period, oldest first
        Periods with a missing count or no population are left out.
    times : array of numbers, optional
        When each period was (its year); by default 0, 1, 2, ...
    confidence : float between 0 and 1

    Returns
    -------
    Trend
        Missing, with direction "", for fewer than five periods; "no clear change" without a slope where there was no event at all, or none but in the first or the last period.

    References
    ----------
    McCullagh P, Nelder JA (1989) Generalized Linear Models, 2nd edition, chapter 6; R's `glm(family = poisson)` with
    `summary(dispersion = )`.
    """
    counts, populations, times = _known(counts, populations, times)
    if len(times) < FEWEST_PERIODS:
        return _too_few(times)
    if not counts[times > times.min()].any() or not counts[times < times.max()].any():
        # No event at all, or all in the first or last period: no slope fits best.
        return Trend(np.nan, np.nan, np.nan, np.nan, np.nan, NO_CLEAR_CHANGE, len(times))
    model = sm.GLM(counts, sm.add_constant(times - times.mean()), family=sm.families.Poisson(), exposure=populations)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PerfectSeparationWarning)  # counts that lie on the slope exactly are welcome
        fit = model.fit(tol=1e-12, tol_criterion="params")
    dispersion = float(fit.pearson_chi2 / fit.df_resid)
    error = fit.bse[1] * np.sqrt(max(1.0, dispersion))
    straight = _trend(fit.params[1], error, counts, populations, times, confidence=confidence)
    change, lower, upper = np.exp([straight.change, straight.lower, straight.upper])
    return Trend(
        float(change), float(lower), float(upper),
        straight.statistic, straight.p_value, straight.direction, straight.periods, dispersion,
    )  # fmt: skip


def _known(counts: ArrayLike, bases: ArrayLike, times: ArrayLike | None) -> tuple[np.ndarray, ...]:
    counts, bases = np.asarray(counts, float), np.asarray(bases, float)
    times = np.arange(len(counts), dtype=float) if times is None else np.asarray(times, float)
    if not len(counts) == len(bases) == len(times):
        raise ValueError(f"{len(counts)} counts, {len(bases)} bases, {len(times)} times: one of each for every period")
    if len(np.unique(times)) < len(times):
        raise ValueError("a period is there twice: each needs its own time")
    known = ~np.isnan(counts) & (bases > 0)
    return counts[known], bases[known], times[known]


def _slope(counts: np.ndarray, bases: np.ndarray, times: np.ndarray) -> tuple[float, float]:
    """The slope of the shares, weighted by their bases, and the weighted spread of the times."""
    middle = np.average(times, weights=bases)
    spread = (bases * (times - middle) ** 2).sum()
    return ((times - middle) * (counts - bases * counts.sum() / bases.sum())).sum() / spread, spread


def _trend(slope: float, error: float, *periods: np.ndarray, confidence: float) -> Trend:
    """The trend with this slope and standard error, in words only if it stays when any one period is left out."""
    reach = stats.norm.ppf(0.5 + confidence / 2) * error
    without_one = (tuple(np.delete(array, each) for array in periods) for each in range(len(periods[0])))
    # The sign of this slope is also that of the Poisson regression's: the score at no trend has it.
    stays = all(_slope(*others)[0] * slope > 0 for others in without_one)
    found = side(slope - reach, slope + reach, 0) if stays else NOTHING_TO_SAY
    statistic = (slope / error) ** 2
    return Trend(
        float(slope), float(slope - reach), float(slope + reach), float(statistic), float(stats.chi2.sf(statistic, 1)),
        {HIGHER: RISING, LOWER: FALLING}.get(found, NO_CLEAR_CHANGE), len(periods[0]),
    )  # fmt: skip


def _too_few(times: np.ndarray) -> Trend:
    return Trend(np.nan, np.nan, np.nan, np.nan, np.nan, NOTHING_TO_SAY, len(times))
