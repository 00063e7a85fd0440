"""XmR control charts with the rules of Making Data Count: which points of a series are more than common variation.

No maintained Python library follows these rules; the calculation is ours, after NHSRplotthedots and Making Data Count
(NHS England). They fit flows: starts, leavers, referrals, percentages on time, month by month. They do not fit stocks
(children looked after at each month's end): next month's stock is this month's and a little more, so that almost every
point would be called special. They do not fit small counts, and not series with a season: compare August with August.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analysis_lib.stats.verdicts import HIGHER_IS_BETTER, NEITHER, checked_polarity

LIMIT = 2.66  # 3 standard deviations; a standard deviation is the mean moving range over 1.128
NEAR_LIMIT = LIMIT * 2 / 3
OUTLYING_RANGE = 3.267  # the upper limit of a moving range of two points, in mean moving ranges
RUN = 7
FEWEST_POINTS = 12
SMALLEST_MEAN = 10

FLOW, STOCK, OTHER = "flow", "stock", "other"
OUTSIDE, TREND, NEAR, SHIFT = (
    "outside the limits",
    "seven-point trend",
    "two of three near a limit",
    "seven on one side",
)
IMPROVEMENT, CONCERN = "improvement", "concern"
NEUTRAL_HIGH, NEUTRAL_LOW, COMMON_CAUSE = "neutral high", "neutral low", "common cause"
HITS, FAILS, HIT_AND_MISS = "consistently hits the target", "consistently fails the target", "hit and miss"


@dataclass(frozen=True)
class ControlChart:
    """A series with its limits and what may be said of each point; every array has one entry a point.

    `mean`, `lower`, `upper` (limits), `near_lower`, `near_upper` (two thirds of the way) are in the unit of the values
    and change only where the chart was rebased. `rule` is the first rule that marks the point ("outside the limits",
    "seven-point trend", "two of three near a limit", "seven on one side"), "" where none does. `label` is
    "improvement", "concern", "neutral high", "neutral low", "common cause", or "" for a missing value. `events` are the
    names of what the chart was rebased at. `assurance` says how the last limits stand to the target, "" without one.
    `cautions` are reasons to read the chart with care, or not at all.
    """

    values: np.ndarray
    mean: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    near_lower: np.ndarray
    near_upper: np.ndarray
    rule: np.ndarray
    label: np.ndarray
    events: dict[int, str]
    assurance: str
    cautions: tuple[str, ...]


def xmr(
    values: ArrayLike,
    *,
    screen_moving_ranges: bool,
    polarity: str = NEITHER,
    of: str = FLOW,
    target: float = np.nan,
    fixed_after: int | None = None,
    rebase: Mapping[int, str] | None = None,
) -> ControlChart:
    """An XmR chart of a series in order of time.

    Parameters
    ----------
    values : array of numbers, one a period of equal length
        A missing value has no moving range to either neighbour, and breaks a run; it keeps its place.
    screen_moving_ranges : bool
        Whether moving ranges of 3.267 mean moving ranges or more are left out, once, before the limits are drawn.
        NHSRplotthedots does so by default and Making Data Count's spreadsheet does not: say on the chart which.
    polarity : "higher is better", "lower is better" or "neither"
    of : "flow" (counts of what happened in each period), "stock" (numbers at a moment) or "other" (percentages, days)
    target : float, optional
        In the unit of the values.
    fixed_after : int, optional
        Limits come from the first so many points of each stretch, and are kept for the points after.
    rebase : mapping from a position to the name of the event, optional
        A new stretch, with limits and runs of its own, begins at each position. Rebase only where something is known to
        have changed, and name it.

    Returns
    -------
    ControlChart
        Limits are missing without two neighbouring values. Which rules hold:

        1. a point outside the limits;
        2. seven points each above, or each below, the one before (six changes; equal points end it);
        3. two of three points beyond a near limit but inside the limits, all three on the same side of the mean: the
           two are marked;
        4. seven points on one side of the mean (a point on the mean ends it).

        Every point of a run is marked, the earlier ones too. High and low are sides of the mean; a trend's point on the
        mean goes with the trend.

    Raises
    ------
    ValueError
        For an unknown `polarity` or `of`, a position outside the series, or `fixed_after` below 2.

    References
    ----------
    NHS England, Making Data Count; NHSRplotthedots (its code was read for the rules); Wheeler DJ (2000) Understanding
    Variation, 2nd edition, for 2.66.
    """
    values, events = np.asarray(values, float), dict(rebase or {})
    _check(len(values), polarity, of, fixed_after, events)
    stretches = np.split(values, sorted(events))
    bases = [stretch[:fixed_after] for stretch in stretches]
    lines = np.concatenate(
        [
            np.repeat(_lines(base, screen_moving_ranges), len(stretch), axis=1)
            for base, stretch in zip(bases, stretches, strict=True)
        ],
        axis=1,
    )
    marks = [_marks(*each) for each in zip(stretches, np.split(lines, sorted(events), axis=1), strict=True)]
    rule, high = (np.concatenate(each) for each in zip(*marks, strict=True))
    mean, lower, upper, near_lower, near_upper = lines
    return ControlChart(
        values, mean, lower, upper, near_lower, near_upper, rule, _label(values, rule, high, polarity),
        events, _assurance(lower, upper, target, polarity), _cautions(bases, of),
    )  # fmt: skip


def _lines(base: np.ndarray, screen: bool) -> np.ndarray:
    """Mean, limits and near limits from the points of `base`: one column."""
    known = base[~np.isnan(base)]
    ranges = np.abs(np.diff(base))
    ranges = ranges[~np.isnan(ranges)]
    if screen and ranges.any():
        ranges = ranges[ranges < OUTLYING_RANGE * ranges.mean()]
    mean = known.mean() if len(known) else np.nan
    moving_range = ranges.mean() if len(ranges) else np.nan
    return np.array([[mean]] + [[mean + each * moving_range] for each in (-LIMIT, LIMIT, -NEAR_LIMIT, NEAR_LIMIT)])


def _marks(values: np.ndarray, lines: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The rule that marks each point ("" for none), and whether the point is high."""
    mean, lower, upper, near_lower, near_upper = lines
    # A mean of decimals misses them by a hair: the points of a flat series must not lie above it.
    hair = 1e-12 * np.max(np.abs(values[~np.isnan(values)]), initial=0)
    side, step = _sign(values - mean, hair), _sign(np.diff(values), hair)
    outside = (values > upper + hair) | (values < lower - hair)
    near = ((values > near_upper + hair) | (values < near_lower - hair)) & ~outside
    trend = _runs(step, RUN - 1, len(values))
    rules = {
        OUTSIDE: outside,
        TREND: trend != 0,
        NEAR: _two_of_three(near, side),
        SHIFT: _runs(side, RUN, len(values)) != 0,
    }
    return np.select(list(rules.values()), list(rules), ""), np.where(side == 0, trend, side) > 0


def _sign(differences: np.ndarray, hair: float) -> np.ndarray:
    """-1, 0 or 1; 0 for what is missing too, so that it breaks a run."""
    return np.where(np.abs(differences) > hair, np.sign(differences), 0)


def _runs(signs: np.ndarray, length: int, points: int) -> np.ndarray:
    """The sign of the run that each of `points` points is in: `length` equal signs in a row mark `RUN` points."""
    marked = np.zeros(points)
    for start in range(len(signs) - length + 1):
        run = signs[start : start + length]
        if abs(run.sum()) == length:
            marked[start : start + RUN] = run[0]
    return marked


def _two_of_three(near: np.ndarray, side: np.ndarray) -> np.ndarray:
    marked = np.zeros(len(near), bool)
    for start in range(len(near) - 2):
        three = slice(start, start + 3)
        if near[three].sum() >= 2 and abs(side[three].sum()) == 3:
            marked[three] = near[three]
    return marked


def _label(values: np.ndarray, rule: np.ndarray, high: np.ndarray, polarity: str) -> np.ndarray:
    if polarity == NEITHER:
        special = np.where(high, NEUTRAL_HIGH, NEUTRAL_LOW)
    else:
        special = np.where(high == (polarity == HIGHER_IS_BETTER), IMPROVEMENT, CONCERN)
    return np.where(np.isnan(values), "", np.where(rule == "", COMMON_CAUSE, special))


def _assurance(lower: np.ndarray, upper: np.ndarray, target: float, polarity: str) -> str:
    """How the limits of the last point stand to the target: outside them it is hit, or missed, as a matter of course."""
    if polarity == NEITHER or not len(lower):
        return ""
    least, most = lower[-1], upper[-1]
    if np.isnan([target, least, most]).any():
        return ""
    if least <= target <= most:
        return HIT_AND_MISS
    return HITS if (target < least) == (polarity == HIGHER_IS_BETTER) else FAILS


def _cautions(bases: list[np.ndarray], of: str) -> tuple[str, ...]:
    known = [base[~np.isnan(base)] for base in bases]
    fewest = min(len(base) for base in known)
    cautions = []
    if of == STOCK:
        cautions.append(
            "This is a stock: each number is the one before and a little more, so an XmR chart would call most points special. Chart starts and leavers."
        )
    if of == FLOW and any(base.mean() < SMALLEST_MEAN for base in known if len(base)):
        cautions.append(
            f"Fewer than {SMALLEST_MEAN} a period on average: counts so small vary in a way that an XmR chart does not fit."
        )
    if fewest < FEWEST_POINTS:
        cautions.append(f"Trial limits: they rest on {fewest} points, and need {FEWEST_POINTS}.")
    return tuple(cautions)


def _check(points: int, polarity: str, of: str, fixed_after: int | None, events: Mapping[int, str]) -> None:
    checked_polarity(polarity)
    if of not in (FLOW, STOCK, OTHER):
        raise ValueError(f"an XmR chart is of a {FLOW}, a {STOCK} or {OTHER}, not of {of!r}")
    if fixed_after is not None and fixed_after < 2:
        raise ValueError(f"limits fixed after {fixed_after} points: two at least give a moving range")
    outside = [position for position in events if not 0 < position < points]
    if outside:
        raise ValueError(
            f"rebased at position {outside[0]} of a series of {points} points: 1 to {points - 1} can begin anew"
        )
