"""From the placement order to moving in: all children with an order, those who still wait included."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis_lib.metrics.adoption import MEASURES, children_waiting_by_stage, ended_without_adoption
from analysis_lib.metrics.adoption import MOVED_IN as MOVED_IN_NOT_ADOPTED
from analysis_lib.metrics.counting import build, members
from analysis_lib.periods import Period
from analysis_lib.results import Measure, Result
from analysis_lib.stats.survival import Curve, cumulative_incidence, kaplan_meier

CURVE_DAYS = tuple(range(0, 1441, 60))
MOVED_IN_END, PLAN_ENDED = 1, 2
STILL_WAITING = "Still waiting to move in"
PLAN_OVER = "Plan ended or left care otherwise"
NOT_MOVED_IN = "Still waiting to move in, or plan ended, or left care otherwise"


def time_to_moving_in(journeys: pd.DataFrame, *, orders_in: Period, census_date: pd.Timestamp) -> pd.DataFrame:
    """Children whose placement order was granted in `orders_in`, each followed to `census_date`.

    Columns `child_id`, `days` (from the order) and `end`: 1 moved in, 2 the plan ended or the child left care otherwise, 0 still
    waiting. Children who moved in before the order have no wait to follow and are left out (`dates_audited` has them).
    """
    rows = journeys[journeys["order_date"].between(orders_in.start, min(orders_in.end, census_date))]
    moved = rows["moved_in"].where(rows["moved_in"] <= census_date)
    ended = ended_without_adoption(rows).where(moved.isna())
    ended = ended.where(ended <= census_date)
    end = np.select([moved.notna(), ended.notna()], [MOVED_IN_END, PLAN_ENDED], 0)
    last = moved.fillna(ended).fillna(census_date)
    followed = rows[["child_id"]].assign(days=(last - rows["order_date"]).dt.days, end=end)
    return followed[followed["days"] >= 0]


@dataclass(frozen=True)
class CurveRules:
    """Where the curves may be read.

    `days`: ascending numbers of days after the order. `fewest_per_step`: a day is kept only when no child, or at least
    this many, came to the curve's end since the day kept before, and likewise for those no longer followed, so that no
    step shows single children. `fewest_followed`: a curve ends where fewer children are still followed, for beyond it
    rests on too few.
    """

    days: Sequence[int] = CURVE_DAYS
    fewest_per_step: int = 1
    fewest_followed: int = 10


def moved_in_after_order(followed: pd.DataFrame, *, when: Period, rules: CurveRules) -> Result:
    """Percentage who had moved in with adopters by each number of days after the placement order: one row a day kept.

    The Aalen-Johansen cumulative incidence over all children of `time_to_moving_in`, those still waiting included. A
    plan that ended is an end of its own, not a loss of sight, since that child will not move in. `numerator` is how
    many were seen to move in by then, `denominator` how many children the curve is of; with children still waiting the
    value is not their quotient.
    """
    curve = cumulative_incidence(followed["days"], followed["end"], of=MOVED_IN_END)
    days = _days_apart(rules, [curve])
    rows = _read_at(curve, days).assign(numerator=curve.events_by(days).astype(float))
    return _curve_result(MEASURES["moved_in_percent"], rows, when, "Aalen-Johansen, log-log 95%", ())


def not_moved_in_after_order(followed: pd.DataFrame, *, when: Period, rules: CurveRules) -> Result:
    """Percentage still waiting, and percentage whose plan had ended, by each number of days after the placement order.

    Groups ("days", "outcome"). Still waiting is the Kaplan-Meier share of children who have come to neither end; the
    plans that ended are the other cumulative incidence. With `moved_in_after_order` they make 100 per cent, so the gate
    hides both where one is hidden.
    """
    still = kaplan_meier(followed["days"], followed["end"] > 0)
    ended = cumulative_incidence(followed["days"], followed["end"], of=PLAN_ENDED)
    days = _days_apart(rules, [still, ended])
    waiting = _read_at(still, days).assign(outcome=STILL_WAITING, numerator=still.followed_beyond(days).astype(float))
    over = _read_at(ended, days).assign(outcome=PLAN_OVER, numerator=ended.events_by(days).astype(float))
    rows = pd.concat([waiting, over], ignore_index=True)
    method = "Kaplan-Meier and Aalen-Johansen, log-log 95%"
    return _curve_result(MEASURES["not_moved_in_percent"], rows, when, method, ("outcome",))


def _read_at(curve: Curve, days: np.ndarray) -> pd.DataFrame:
    share, lower, upper = (100 * each for each in curve.at(days))
    return pd.DataFrame(
        {"days": days, "value": share, "lower": lower, "upper": upper, "denominator": float(len(curve.durations))}
    )


def _curve_result(measure: Measure, rows: pd.DataFrame, when: Period, method: str, parts: tuple[str, ...]) -> Result:
    frame = rows.assign(
        period_start=when.start, period_end=when.end, measure=measure.name, unit=measure.unit, method=method,
        symbol=np.where(rows["value"].isna(), "z", ""), source="",
    )  # fmt: skip
    return Result(measure, frame, ("days", *parts), parts=parts)


def _days_apart(rules: CurveRules, curves: Sequence[Curve]) -> np.ndarray:
    """The days of `rules` that differ from the one kept before by 0 or enough children, on each curve and in those followed."""
    kept: list[int] = []
    last = np.array([len(curves[0].durations), *(0 for _ in curves)])
    for day in rules.days:
        now = np.array([curves[0].followed_beyond([day])[0], *(curve.events_by([day])[0] for curve in curves)])
        step = np.abs(now - last)
        if now[0] >= rules.fewest_followed and ((step == 0) | (step >= rules.fewest_per_step)).all():
            kept.append(day)
            last = now
    return np.array(kept, dtype=int)


def outcomes_so_far(followed: pd.DataFrame, *, when: Period, together: bool = False) -> Result:
    """What had become of the children of `time_to_moving_in` on the last day known: three counts.

    With `together` two: the children still waiting are in one row, `NOT_MOVED_IN`, with those whose plan was over.
    """
    ends = {"Moved in with adopters": [MOVED_IN_END], PLAN_OVER: [PLAN_ENDED], STILL_WAITING: [0]}
    if together:
        ends = {"Moved in with adopters": [MOVED_IN_END], NOT_MOVED_IN: [PLAN_ENDED, 0]}
    those = [followed[followed["end"].isin(each)] for each in ends.values()]
    frame = pd.DataFrame({"outcome": list(ends), "numerator": [len(each) for each in those]}).assign(
        **members.named(numerator=lambda: [members.ids(each) for each in those])
    )
    return build.count(MEASURES["children_followed"], frame, groups=["outcome"], parts=["outcome"], when=when)


def gives_few_away(
    journeys: pd.DataFrame, followed: pd.DataFrame, *, census_date: pd.Timestamp, fewest_shown: int
) -> bool:
    """Whether the children of `followed` still waiting, beside the numbers of `children_waiting`, give few away.

    Taken from all who wait for adoption they leave those who have moved in; taken from all who have not moved in they
    leave those whose order is older than the years followed. Either is too few from 1 up to below `fewest_shown`.
    """
    stages = children_waiting_by_stage(journeys, census_date=census_date).exact().set_index("stage")["value"]
    moved_in = stages[MOVED_IN_NOT_ADOPTED]
    others = stages.sum() - moved_in - (followed["end"] == 0).sum()
    return any(1 <= abs(few) < fewest_shown for few in (moved_in, others, moved_in + others))


def children_followed(followed: pd.DataFrame, *, when: Period) -> Result:
    """How many children `time_to_moving_in` follows: one row."""
    counts = {"numerator": [len(followed)], **members.named(numerator=lambda: [members.ids(followed)])}
    return build.count(MEASURES["children_followed"], pd.DataFrame(counts), when=when)


def days_until_moved_in(followed: pd.DataFrame, *, share: float, when: Period) -> Result:
    """Days after the placement order by which `share` of all children had moved in, those still waiting counted.

    Missing (symbol "z") when the curve has not come that far. Children whose plan ended never move in, so the days are
    longer than those of the children who did.
    """
    curve = cumulative_incidence(followed["days"], followed["end"], of=MOVED_IN_END)
    frame = pd.DataFrame(
        {
            "numerator": [np.nan],
            "denominator": [float(len(followed))],
            "value": [curve.time_when(share)],
            "lower": [np.nan],
            "upper": [np.nan],
            "period_start": [when.start],
            "period_end": [when.end],
            "measure": ["days_until_moved_in"],
            "unit": ["days"],
            "method": [f"{'median' if share == 0.5 else 'quartile'} of the Aalen-Johansen curve"],
            "source": [""],
        }
    )
    frame["symbol"] = np.where(frame["value"].isna(), "z", "")
    return Result(MEASURES["days_until_moved_in"], frame)
