"""Time until something happens, with those for whom it has not happened yet: Kaplan-Meier and competing ends.

An average over those who got there leaves out everyone who still waits. These curves count both: a waiting child adds
the days waited so far and is then no longer followed ("censored").
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import norm
from statsmodels.duration.survfunc import CumIncidenceRight, SurvfuncRight, survdiff


@dataclass(frozen=True)
class Curve:
    """A right-continuous step curve: `share[i]` holds from `times[i]` until the next time, `start` before the first.

    `share`, `lower` and `upper` are fractions of 1; `at_risk` is how many were followed up to just before each time,
    `events` how many had the event on it. `durations` keeps every length of follow-up, sorted.
    """

    times: np.ndarray
    share: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    at_risk: np.ndarray
    events: np.ndarray
    durations: np.ndarray
    start: float

    def at(self, times: ArrayLike) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """(share, lower, upper) at each of `times`; missing beyond the longest follow-up, where nobody was watched.

        Before the first event the share is `start` and there is no interval.
        """
        times = np.atleast_1d(np.asarray(times, float))
        index = np.searchsorted(self.times, times, side="right")
        beyond = times > self.durations[-1] if len(self.durations) else np.ones(len(times), bool)
        return tuple(
            np.where(beyond, np.nan, np.concatenate([[first], each])[index])
            for first, each in ((self.start, self.share), (np.nan, self.lower), (np.nan, self.upper))
        )

    def followed_beyond(self, times: ArrayLike) -> np.ndarray:
        """How many were still followed after each of `times`: no event yet, and watched for longer."""
        return len(self.durations) - np.searchsorted(self.durations, np.atleast_1d(times), side="right")

    def events_by(self, times: ArrayLike) -> np.ndarray:
        """How many events had been seen by each of `times`, the time itself counted."""
        return np.concatenate([[0], np.cumsum(self.events)])[np.searchsorted(self.times, times, side="right")]

    def time_when(self, share: float) -> float:
        """The first time at which the curve has moved `share` of the way (0.5: the median); missing when never reached."""
        reached = np.flatnonzero(np.abs(self.share - self.start) >= share - 1e-12)
        return float(self.times[reached[0]]) if len(reached) else np.nan


def kaplan_meier(durations: ArrayLike, occurred: ArrayLike, confidence: float = 0.95) -> Curve:
    """The share for whom the event has not happened yet, by time (falls from 1).

    Parameters
    ----------
    durations : array of numbers >= 0
        Time to the event, or time followed without it.
    occurred : array of bool
        Whether the event ended the duration; False: still without it when last seen. An event and an end of
        follow-up at the same time: the event comes first.
    confidence : float between 0 and 1

    Returns
    -------
    Curve
        One step per event time; pointwise log-log interval on Greenwood's variance, missing once the share is 0.

    Raises
    ------
    ValueError
        For durations that are missing or negative, or arrays of different lengths.

    References
    ----------
    Kaplan EL, Meier P (1958) J Am Stat Assoc 53:457-481; interval as Kalbfleisch JD, Prentice RL (1980), and as
    `conf.type = "log-log"` in R's survival package.
    """
    durations, occurred = _checked(durations, np.asarray(occurred, bool).astype(int))
    if not occurred.any():
        return _flat(durations, start=1.0)
    fit = SurvfuncRight(durations, occurred)
    lower, upper = _log_log(fit.surv_prob, fit.surv_prob_se, confidence)
    return Curve(
        fit.surv_times, fit.surv_prob, lower, upper, fit.n_risk, fit.n_events.astype(int), np.sort(durations), 1.0
    )


def cumulative_incidence(durations: ArrayLike, ends: ArrayLike, *, of: int, confidence: float = 0.95) -> Curve:
    """The share for whom end number `of` has happened, by time, when another end may come instead (rises from 0).

    The Aalen-Johansen estimate. Treating the other ends as mere loss of sight (1 - Kaplan-Meier) would assume that
    whoever left for another reason would still have come to this end, and overstates it.

    Parameters
    ----------
    durations : array of numbers >= 0
    ends : array of int
        0 still followed when last seen, 1, 2, ... how it ended.
    of : int
        Which end the curve is of.
    confidence : float between 0 and 1

    Returns
    -------
    Curve
        One step per time at which end `of` happened; pointwise log-log interval of the complement, so that without
        any other end the curve and its interval are those of Kaplan-Meier turned over. Missing where the variance is.

    References
    ----------
    Aalen OO, Johansen S (1978) Scand J Stat 5:141-150; variance by the delta method as in Marubini E, Valsecchi MG
    (1995), section 10.2.
    """
    durations, ends = _checked(durations, np.asarray(ends, int))
    if not (ends == of).any():
        return _flat(durations, start=0.0)
    with np.errstate(divide="ignore", invalid="ignore"):  # the last time, when nobody is left, has no variance
        fit = CumIncidenceRight(durations, ends)
    happened = np.isin(fit.times, durations[ends == of])
    times, share = fit.times[happened], fit.cinc[of - 1][happened]
    lower, upper = _log_log(1 - share, fit.cinc_se[of - 1][happened], confidence)
    at_risk = len(durations) - np.searchsorted(np.sort(durations), times, side="left")
    events = np.array([np.sum((durations == time) & (ends == of)) for time in times])
    return Curve(times, share, 1 - upper, 1 - lower, at_risk, events, np.sort(durations), 0.0)


@dataclass(frozen=True)
class LogRank:
    """Whether waits differ between groups: chi-square on `degrees` degrees of freedom and its p-value."""

    statistic: float
    degrees: int
    p_value: float


def log_rank(durations: ArrayLike, occurred: ArrayLike, groups: ArrayLike) -> LogRank:
    """The log-rank test: do children of different groups wait equally long, those still waiting counted?

    It compares whole curves, and is weak where they cross. A small p-value says that waits differ, not by how much:
    show the curves.

    Parameters
    ----------
    durations, occurred : arrays, as for `kaplan_meier`
    groups : array of labels, one a child

    Returns
    -------
    LogRank
        Missing, with 0 degrees of freedom, for fewer than two groups or where no event was seen.

    Raises
    ------
    ValueError
        For durations that are missing or negative, or arrays of different lengths.

    References
    ----------
    Mantel N (1966) Cancer Chemother Rep 50:163-170; the same statistic as R's `survdiff`.
    """
    durations, occurred = _checked(durations, np.asarray(occurred, bool).astype(int))
    groups = np.asarray(groups)
    if groups.shape != durations.shape:
        raise ValueError(f"{len(durations)} durations and {len(groups)} groups: one of each for every child")
    if len(np.unique(groups)) < 2 or not occurred.any():
        return LogRank(np.nan, 0, np.nan)
    statistic, p_value = survdiff(durations, occurred, groups)
    return LogRank(float(statistic), len(np.unique(groups)) - 1, float(p_value))


def _checked(durations: ArrayLike, ends: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    durations = np.asarray(durations, float)
    if durations.shape != ends.shape:
        raise ValueError(f"{len(durations)} durations and {len(ends)} ends: one of each for every child")
    if np.isnan(durations).any() or (durations < 0).any():
        raise ValueError("durations must be known and not negative; leave out and count the others first")
    return durations, ends


def _flat(durations: np.ndarray, start: float) -> Curve:
    none = np.array([])
    return Curve(none, none, none, none, none, none.astype(int), np.sort(durations), start)


def _log_log(share: np.ndarray, error: np.ndarray, confidence: float) -> tuple[np.ndarray, np.ndarray]:
    z = norm.ppf(0.5 + confidence / 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = z * error / (share * np.log(share))
        lower, upper = share ** np.exp(-spread), share ** np.exp(spread)
    inside = (share > 0) & (share < 1) & np.isfinite(error)
    return np.where(inside, lower, np.nan), np.where(inside, upper, np.nan)
