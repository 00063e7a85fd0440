"""How long children wait for adoption: the measures that are read from the table of journeys (`adoption_journeys`)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.resources import files

import numpy as np
import pandas as pd

from analysis_lib.metrics.adoption_journeys import adoption_journeys as adoption_journeys
from analysis_lib.metrics.counting import build, members
from analysis_lib.metrics.counting.groups import grouped
from analysis_lib.metrics.facts import measures
from analysis_lib.periods import Period
from analysis_lib.results import PUBLISHED, Measure, Result

__all__ = [
    "a3_both_ways", "adopted_share_of_leavers", "adoption_decisions", "adoption_journeys", "children_adopted",
    "children_adopted_by_year", "children_waiting", "children_waiting_by_stage", "dates_audited", "days_by_stage",
    "days_from_order_to_match_a2", "days_to_moving_in_a1", "days_to_moving_in_a10", "days_waited_so_far",
    "decisions_changed", "decisions_changed_share", "moved_in_in_time_a3", "placement_orders_granted", "records_audited",
    "reporting_spans", "thresholds", "waiting_to_be_placed", "waiting_to_be_placed_with_order",
]  # fmt: skip

MEASURES = measures("adoption")


@dataclass(frozen=True)
class Stage:
    """One step of a journey: from the day in column `start` to the day in column `end`."""

    name: str
    start: str
    end: str


STAGES = (
    Stage("Entered care to decision", "entered_care", "decision_date"),
    Stage("Decision to placement order", "decision_date", "order_date"),
    Stage("Placement order to match", "order_date", "match_date"),
    Stage("Match to moving in", "match_date", "moved_in"),
    Stage("Moving in to adoption", "moved_in", "adoption_date"),
)
WHOLE_WAITS = (
    Stage("Entered care to moving in", "entered_care", "moved_in"),
    Stage("Entered care to adoption", "entered_care", "adoption_date"),
)
# What the Department prints for England, in our words; its fourth is what A1 measures, for children adopted in the year.
ENGLAND_STAGES = {
    "Entered care to decision": "adoption_stage1_months",
    "Decision to match": "adoption_stage2_months",
    "Match to moving in": "adoption_stage3_months",
    "Moving in to adoption": "adoption_stage5_months",
    "Entered care to moving in": "adoption_stage4_months",
    "Entered care to adoption": "adoption_stage6_months",
}
STAGE_NAMES = [stage.name for stage in STAGES]
# What councils print, by the name of the figure in the table `council_figures`.
PRINTED_COUNTS = {
    "children_adopted": MEASURES["children_adopted"],
    "placement_orders": MEASURES["placement_orders"],
    "adoption_decisions": MEASURES["adoption_decisions"],
    "adoption_placements": MEASURES["adoption_placements"],
}
PRINTED_WAITING = {"waiting_with_placement_order": MEASURES["children_waiting"]}
PRINTED_DAYS = {
    "days_care_to_moved_in": MEASURES["a1_days"],
    "days_order_to_match": MEASURES["a2_days"],
    "days_order_to_adoption_order": MEASURES["order_to_adoption_days"],
}
A3_WORDS = (
    "Adopted: 14 months",
    "Adopted: 426 days",
    "Adopted or still waiting: 14 months",
    "Adopted or still waiting: 426 days",
)  # in the order of `a3_both_ways`
NOT_MATCHED = "No match known yet"
MATCHED = "Matched, not yet moved in"
MOVED_IN = "Moved in, not yet adopted"
NOT_MOVED_IN = "Not moved in yet"

# ------------------------------------------------------------------------------------------------------------ counts


def returns_begin(episodes: pd.DataFrame) -> pd.Timestamp:
    """The first day that the returns cover: 1 April of the year in which the earliest episode ended.

    A return has every episode that was open at any time in its year, so nothing that ended before that day is in it.
    With no ended episode: the first day of the earliest episode; with none at all, missing.
    """
    earliest = episodes["episode_end"].min()
    if pd.isna(earliest):
        return episodes["episode_start"].min()
    return Period.financial_year_of(earliest).start


def reporting_spans(period: Period, since: pd.Timestamp = pd.NaT) -> dict[str, Period]:
    """The three spans that adoption is reported for: year to date, last full financial year, three full years.

    Where the three years reach back beyond `since`, the first day of the returns, they begin there and say so. Spans
    of the same days appear once, under the longer name: the last is always the one for pooled averages.
    """
    last = period.last_full_financial_year
    three = last.months_to_end(36)
    words = "Three years"
    if three.start < since <= three.end:
        three, words = Period.span(since, three.end), "Since the returns begin"
    spans = {"Year to date": period.year_to_date, "Last full year": last, words: three}
    longest_name = {(span.start, span.end): words for words, span in spans.items()}
    return {
        f"{words}: {span.label}": span for words, span in spans.items() if longest_name[span.start, span.end] == words
    }


def years_back(period: Period, since: pd.Timestamp, years: int = 5) -> Period:
    """The `years` to the end of `period`, or from the first day of the returns where that is later.

    Orders from before the returns begin are known only for children who were still in care then: those who waited
    long. A curve over them would be too slow, so they are left out.
    """
    span = period.months_to_end(12 * years)
    return Period.span(since, span.end) if span.start < since <= span.end else span


def financial_years(period: Period, since: pd.Timestamp) -> list[Period]:
    """Every full financial year from `since`, the first day of the returns, to the last full year of `period`.

    At least that last one, also where the returns begin later (its figures are then missing).
    """
    last = period.last_full_financial_year
    years = [last]
    while pd.notna(since) and years[0].start > since:
        years.insert(0, years[0].previous)
    return years


def children_adopted(journeys: pd.DataFrame, spans: Mapping[str, Period], since: pd.Timestamp = pd.NaT) -> Result:
    """Children adopted in each span: those whose period of care ended as E11 or E12 in it. One row per span.

    Missing, not 0, for a span that ended before `since`, the first day of the returns; so are the next two counts.
    """
    return _counted(MEASURES["children_adopted"], journeys, "adoption_date", spans, since)


def placement_orders_granted(
    journeys: pd.DataFrame, spans: Mapping[str, Period], since: pd.Timestamp = pd.NaT
) -> Result:
    """Placement orders granted in each span: plans whose order began in it, whatever came of them. One row per span."""
    return _counted(MEASURES["placement_orders"], journeys, "order_date", spans, since)


def adoption_decisions(journeys: pd.DataFrame, spans: Mapping[str, Period], since: pd.Timestamp = pd.NaT) -> Result:
    """Decisions in each span that a child should be placed for adoption, whatever came of them. One row per span."""
    return _counted(MEASURES["adoption_decisions"], journeys, "decision_date", spans, since)


def children_adopted_by_year(journeys: pd.DataFrame, years: Sequence[Period], since: pd.Timestamp = pd.NaT) -> Result:
    """Children adopted in each of the financial `years`: one row a year, by its last day."""
    result = children_adopted(journeys, {year.code: year for year in years}, since)
    return Result(result.measure, result.exact().drop(columns="span"))


def _counted(
    measure: Measure, journeys: pd.DataFrame, day: str, spans: Mapping[str, Period], since: pd.Timestamp
) -> Result:
    rows = []
    for name, span in spans.items():
        counted = journeys[journeys[day].between(span.start, span.end)]
        rows.append(
            {
                "span": name,
                "period_start": span.start,
                "period_end": span.end,
                "numerator": np.nan if span.end < since else float(len(counted)),
                **members.named(numerator=partial(members.ids, counted)),
            }
        )
    return build.count(measure, pd.DataFrame(rows), groups=["span"])


def adopted_share_of_leavers(care_periods: pd.DataFrame, years: Sequence[Period]) -> Result:
    """Percentage of the children who ceased to be looked after in each financial year who were adopted (scorecard A4).

    A child counts once a year, by the last cessation in it, as in the Department's figures. One row per year.
    """
    rows = []
    for year in years:
        ceased = care_periods[care_periods["care_end"].between(year.start, year.end)]
        last = ceased.sort_values("care_end", kind="stable").drop_duplicates("child_id", keep="last")
        rows.append(
            {
                "period_start": year.start,
                "period_end": year.end,
                "numerator": int(last["ended_by_adoption"].sum()),
                "denominator": len(last),
                **members.named(
                    numerator=partial(members.ids, last[last["ended_by_adoption"].astype(bool)]),
                    denominator=partial(members.ids, last),
                ),
            }
        )
    return build.proportion(MEASURES["adopted_percent"], pd.DataFrame(rows))


def printed_sources(council_figures: pd.DataFrame) -> list[str]:
    """The papers that the council's printed figures on adoption come from, each once."""
    names = [*PRINTED_COUNTS, *PRINTED_WAITING, *PRINTED_DAYS]
    return sorted(council_figures.loc[council_figures["measure"].isin(names), "source"].unique())


def children_waiting(journeys: pd.DataFrame, *, census_date: pd.Timestamp) -> Result:
    """Children with a placement order in force on `census_date`, not yet adopted: one row for all of them.

    In: order granted by that day. Out: adopted by then, plan reversed, order ended, or left care otherwise, by then.
    `journeys` must be as known on `census_date`, for a stay that broke down later counts as moved in until then.
    """
    waiting = _waiting(journeys, census_date)
    counts = pd.DataFrame({"numerator": [len(waiting)], **members.named(numerator=lambda: [members.ids(waiting)])})
    return build.count(MEASURES["children_waiting"], counts, when=census_date)


def children_waiting_by_stage(
    journeys: pd.DataFrame, *, census_date: pd.Timestamp, fewest_shown: int = 1, matches_known: bool = True
) -> Result:
    """The children of `children_waiting` by how far they have come: no match known, matched, moved in.

    A match is known from list 10, or from AD1 once the year of the adoption is over; without list 10 hardly any is
    (`matches_known` is False). Three rows, or two without list 10 or where any of the three has children but fewer than
    `fewest_shown`: those before moving in are then one row, `NOT_MOVED_IN`. Another table counts them together and
    would give a hidden part back.
    """
    waiting = _waiting(journeys, census_date)
    stage = np.select(
        [waiting["moved_in"] <= census_date, waiting["match_date"] <= census_date], [MOVED_IN, MATCHED], NOT_MATCHED
    )
    stages = [NOT_MATCHED, MATCHED, MOVED_IN]
    if not matches_known or pd.Series(stage).value_counts().between(1, fewest_shown - 1).any():
        stage, stages = np.where(stage == MOVED_IN, MOVED_IN, NOT_MOVED_IN), [NOT_MOVED_IN, MOVED_IN]
    frame = pd.DataFrame({"stage": stages, "numerator": [int((stage == each).sum()) for each in stages]}).assign(
        **members.named(numerator=lambda: [members.ids(waiting[stage == each]) for each in stages])
    )
    return build.count(MEASURES["children_waiting"], frame, groups=["stage"], parts=["stage"], when=census_date)


def days_waited_so_far(journeys: pd.DataFrame, *, census_date: pd.Timestamp) -> Result:
    """Median days since the placement order of children who have one and have not moved in, on `census_date`."""
    waiting = _waiting(journeys, census_date)
    waiting = waiting[~(waiting["moved_in"] <= census_date)]
    waiting = waiting.assign(days=(census_date - waiting["order_date"]).dt.days)
    return build.quantile(MEASURES["days_waited_so_far"], waiting, value="days", q=0.5, when=census_date)


def _waiting(journeys: pd.DataFrame, census_date: pd.Timestamp) -> pd.DataFrame:
    over = (ended_without_adoption(journeys) <= census_date) | (journeys["adoption_date"] <= census_date)
    return journeys[(journeys["order_date"] <= census_date) & ~over]


def waiting_to_be_placed(journeys: pd.DataFrame, *, census_date: pd.Timestamp) -> Result:
    """A9: children with a decision for adoption by `census_date` who had not moved in with adopters by then.

    Out: plan reversed, order ended, adopted or left care otherwise, by then. A plan without a recorded decision counts from
    its placement order. `waiting_to_be_placed_with_order` leaves out those without an order; `children_waiting` counts
    those with an order until they are adopted, moved in or not. `adopters.waiting` counts the families who wait.
    """
    return _placeable("waiting_to_be_placed", journeys, census_date, ["decision_date", "order_date"])


def waiting_to_be_placed_with_order(journeys: pd.DataFrame, *, census_date: pd.Timestamp) -> Result:
    """A14: the children of `waiting_to_be_placed` for whom a court has made a placement order by `census_date`."""
    return _placeable("waiting_to_be_placed_with_order", journeys, census_date, ["order_date"])


def _placeable(name: str, journeys: pd.DataFrame, census_date: pd.Timestamp, begins: list[str]) -> Result:
    over = (ended_without_adoption(journeys) <= census_date) | (journeys["adoption_date"] <= census_date)
    begun = journeys[begins].min(axis=1) <= census_date
    waiting = journeys[begun & ~over & ~(journeys["moved_in"] <= census_date)]
    counts = pd.DataFrame({"numerator": [len(waiting)], **members.named(numerator=lambda: [members.ids(waiting)])})
    return build.count(MEASURES[name], counts, when=census_date)


def decisions_changed(journeys: pd.DataFrame, spans: Mapping[str, Period], since: pd.Timestamp = pd.NaT) -> Result:
    """A5: plans for adoption that were changed in each span to another plan, the child not adopted after all.

    Missing, not 0, for a span that ended before `since`. `decisions_changed_share` is the percentage.
    """
    return _counted(MEASURES["decisions_changed"], _changed(journeys), "plan_ended", spans, since)


def decisions_changed_share(journeys: pd.DataFrame, spans: Mapping[str, Period]) -> Result:
    """A5 as a percentage: plans changed away from adoption, of those plans and the children adopted in each span.

    The Department's own base was not seen.
    """
    changed = _changed(journeys)
    rows = []
    for name, span in spans.items():
        those = changed[changed["plan_ended"].between(span.start, span.end)]
        both = pd.concat([those, journeys[journeys["adoption_date"].between(span.start, span.end)]])
        rows.append(
            {
                "span": name,
                "period_start": span.start,
                "period_end": span.end,
                "numerator": len(those),
                "denominator": len(both),
                **members.named(numerator=partial(members.ids, those), denominator=partial(members.ids, both)),
            }
        )
    return build.proportion(MEASURES["decisions_changed_share"], pd.DataFrame(rows), groups=["span"])


def _changed(journeys: pd.DataFrame) -> pd.DataFrame:
    return journeys[journeys["plan_ended"].notna() & journeys["adoption_date"].isna()]


def ended_without_adoption(journeys: pd.DataFrame) -> pd.Series:
    """The day on which a plan came to nothing: reversed, its order ended, or the child left care otherwise."""
    return journeys[["plan_ended", "order_ended", "left_care"]].min(axis=1).where(journeys["adoption_date"].isna())


# -------------------------------------------------------------------------------------------------------- scorecards


def days_to_moving_in_a1(
    journeys: pd.DataFrame, spans: Mapping[str, Period], statistic: str = "mean", by: Sequence[str] = ()
) -> Result:
    """A1: days from entering care to moving in with the adoptive family, for children adopted in each span.

    For a child adopted by the foster carer the clock runs until the placement became adoptive; `days_to_moving_in_a10`
    stops it when that fostering placement began. `days_from_order_to_match_a2` and `moved_in_in_time_a3` are the other
    scorecard measures. Pooled: all days divided by all children, never a mean of yearly means. Adopted children whose
    dates are missing or out of order are left out; `dates_audited` counts them.

    Parameters
    ----------
    journeys : DataFrame from `adoption_journeys`
    spans : mapping of name to Period
    statistic : "mean", "median", "lower quartile" or "upper quartile"
    by : columns of `journeys` that the caller joined on (an authority): a row for each span and group

    References
    ----------
    Department for Education, adoption scorecards: title of A1, methodology for the year ending March 2018.
    """
    return _days_by_span(
        MEASURES["a1_days"], journeys, _in_order(journeys, "entered_care", "moved_in"), spans, statistic, by
    )


def days_to_moving_in_a10(
    journeys: pd.DataFrame, spans: Mapping[str, Period], statistic: str = "mean", by: Sequence[str] = ()
) -> Result:
    """A10: as `days_to_moving_in_a1`, but for a child adopted by the foster carer until that fostering began.

    The start of fostering is the first day of the stay with that carer, however the child came to be fostered there
    (ordinary fostering or fostering for adoption). Where it is not known the child is left out, and counted in
    `dates_audited`. From April 2021 the quarterly national survey of adoption prints A10 in place of A1.
    """
    return _days_by_span(MEASURES["a10_days"], journeys, _a10_days(journeys), spans, statistic, by)


def _a10_days(journeys: pd.DataFrame) -> pd.Series:
    by_carer = journeys["adopted_by_foster_carer"].eq(True)
    end = journeys["moved_in"].where(~by_carer, journeys["fostering_start"])
    return _in_order(journeys.assign(arrived=end), "entered_care", "arrived")


def days_from_order_to_match_a2(
    journeys: pd.DataFrame, spans: Mapping[str, Period], statistic: str = "mean", by: Sequence[str] = ()
) -> Result:
    """A2: days from the placement order to the match with adopters, for children adopted in each span.

    0 for a child matched before the order. Left out: children without an order (placed with the parents' consent), and
    those not placed before the adoption. For the whole wait see `days_to_moving_in_a1` and `days_to_moving_in_a10`;
    for the share who moved in within a set time `moved_in_in_time_a3`.

    References
    ----------
    Local Government Association, LG Inform metric 912, for the zero and the exclusions.
    """
    placed = journeys["moved_in"].notna()
    return _days_by_span(MEASURES["a2_days"], journeys, _order_to_match(journeys).where(placed), spans, statistic, by)


def moved_in_in_time_a3(
    journeys: pd.DataFrame,
    spans: Mapping[str, Period],
    *,
    include_waiting: bool,
    threshold_months: int | None = None,
    threshold_days: int | None = None,
) -> Result:
    """A3: percentage of children who waited less than a set time from entering care to moving in, strictly less.

    Whether the Department counts months or days, and whether children still waiting belong, could not be verified: its
    title for the year ending March 2018 names those "still going through the adoption process", the method behind it
    was not seen. So both are arguments. See `days_to_moving_in_a1`, `days_to_moving_in_a10` and
    `days_from_order_to_match_a2` for the averages.

    Parameters
    ----------
    include_waiting : bool
        False: children adopted in the span. True: also children with a plan still open at the span's end; those who
        have not moved in by then have waited until that day.
    threshold_months, threshold_days : int
        Exactly one: calendar months after entering care (14), or days (426, which is 14 months of 365.25/12 days).

    Raises
    ------
    ValueError
        Unless exactly one threshold is given.
    """
    if (threshold_months is None) == (threshold_days is None):
        raise ValueError("moved_in_in_time_a3() needs either threshold_months or threshold_days")
    rows = []
    for name, span in spans.items():
        cohort = journeys[journeys["adoption_date"].between(span.start, span.end)]
        if include_waiting:
            cohort = pd.concat([cohort, _open_plans(journeys, span.end)])
            # Still waiting: has waited at least until now.
            arrived = cohort["moved_in"].where(cohort["moved_in"] <= span.end, span.end)
            arrived = arrived.where(~(cohort["adoption_date"] <= span.end), cohort["moved_in"])
        else:
            arrived = cohort["moved_in"]
        entered = cohort["entered_care"]
        limit = (
            entered + pd.DateOffset(months=threshold_months)
            if threshold_months is not None
            else entered + pd.Timedelta(days=threshold_days)
        )
        known = arrived.notna() & entered.notna() & (arrived >= entered)
        rows.append(
            {
                "span": name,
                "threshold": f"{threshold_days} days" if threshold_months is None else f"{threshold_months} months",
                "period_start": span.start,
                "period_end": span.end,
                "numerator": int((known & (arrived < limit)).sum()),
                "denominator": int(known.sum()),
                **members.named(
                    numerator=partial(members.ids, cohort[known & (arrived < limit)]),
                    denominator=partial(members.ids, cohort[known]),
                ),
            }
        )
    name = "a3_with_waiting_percent" if include_waiting else "a3_percent"
    return build.proportion(MEASURES[name], pd.DataFrame(rows), groups=["span", "threshold"])


def a3_both_ways(
    journeys: pd.DataFrame, spans: Mapping[str, Period], months: int = 14, days: int = 426
) -> tuple[Result, Result, Result, Result]:
    """A3 for children adopted by months and by days, then for children adopted or still waiting by months and by days."""
    return (
        moved_in_in_time_a3(journeys, spans, include_waiting=False, threshold_months=months),
        moved_in_in_time_a3(journeys, spans, include_waiting=False, threshold_days=days),
        moved_in_in_time_a3(journeys, spans, include_waiting=True, threshold_months=months),
        moved_in_in_time_a3(journeys, spans, include_waiting=True, threshold_days=days),
    )


def thresholds() -> Result:
    """What the Department for Education set as the longest average wait, as published: one row per measure and year.

    From `adoption_thresholds.toml`, which says for each whether its days were printed or derived here from printed
    months, and where it was read. No source read names a threshold for a later year.
    """
    text = (files("analysis_lib.metrics") / "adoption_thresholds.toml").read_text(encoding="utf-8")
    rows = [
        {
            "threshold": f"{row['measure']}, {row['years']}: {row['months']} months",
            "period_start": pd.NaT,
            "period_end": pd.Timestamp(row["until"]),
            "value": float(row["days"]),
            "method": row["basis"],
            "source": row["source"],
        }
        for row in tomllib.loads(text)["thresholds"]
    ]
    measure = MEASURES["threshold_days"]
    frame = pd.DataFrame(rows).assign(
        measure=measure.name,
        unit=measure.unit,
        numerator=np.nan,
        denominator=np.nan,
        lower=np.nan,
        upper=np.nan,
        symbol="",
    )
    return Result(measure, frame, ("threshold",), PUBLISHED)


def _open_plans(journeys: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    started = journeys[["decision_date", "order_date", "moved_in"]].min(axis=1) <= day
    over = (ended_without_adoption(journeys) <= day) | (journeys["adoption_date"] <= day)
    return journeys[started & ~over]


def _days_by_span(
    measure: Measure,
    journeys: pd.DataFrame,
    days: pd.Series,
    spans: Mapping[str, Period],
    statistic: str,
    by: Sequence[str],
) -> Result:
    observed = grouped(journeys[["child_id", *by]].astype({"child_id": object}), by)
    observed = observed.assign(days=days, day=journeys["adoption_date"])
    if statistic == "mean":  # means are taken in order of size: sorted here, a child in many spans is sorted once
        observed = observed.sort_values("days", kind="stable")
    day = observed.pop("day").to_numpy()
    adopted = [np.flatnonzero((day >= span.start) & (day <= span.end)) for span in spans.values()]
    names = pd.Categorical.from_codes(np.repeat(np.arange(len(spans)), [len(each) for each in adopted]), list(spans))
    observed = observed.take(np.concatenate(adopted)).assign(span=names)
    found = _statistic(measure, observed, ["span", *by], statistic).astype(dict.fromkeys(["span", *by], object))
    found["period_start"] = found["span"].map({name: span.start for name, span in spans.items()})
    found["period_end"] = found["span"].map({name: span.end for name, span in spans.items()})
    return Result(measure, found, ("span", *by))


def _statistic(measure: Measure, observations: pd.DataFrame, groups: Sequence[str], statistic: str) -> pd.DataFrame:
    day = pd.Timestamp("2000-01-01")  # replaced by the caller
    if statistic == "mean":
        return build.mean(measure, observations, value="days", groups=groups, when=day).exact()
    q = {"lower quartile": 0.25, "median": 0.5, "upper quartile": 0.75}[statistic]
    return build.quantile(measure, observations, value="days", q=q, groups=groups, when=day).exact()


def _in_order(journeys: pd.DataFrame, start: str, end: str) -> pd.Series:
    """Days from one date to another; missing where one is, or where they are out of order."""
    days = (journeys[end] - journeys[start]).dt.days.astype(float)
    return days.where(days >= 0)


def _order_to_match(journeys: pd.DataFrame) -> pd.Series:
    """Days from order to match; 0 when matched first, as in scorecard measure A2."""
    return (journeys["match_date"] - journeys["order_date"]).dt.days.astype(float).clip(lower=0)


# ------------------------------------------------------------------------------------------------------------ stages


def days_by_stage(journeys: pd.DataFrame, *, period: Period, statistic: str, cohort: str = "adopted") -> Result:
    """Days that each stage took: one row per stage of `STAGES` and `WHOLE_WAITS`, in that order.

    Parameters
    ----------
    statistic : "mean", "median", "lower quartile" or "upper quartile"
    cohort : "adopted" or "completed"
        Children adopted in `period`, or every child who completed the stage in it (also those not adopted since).

    A stage whose dates are missing or out of order is left out for that child, and counted in `dates_audited`.
    """
    stages = (*STAGES, *WHOLE_WAITS)
    observed = []
    for stage in stages:
        ended = journeys["adoption_date" if cohort == "adopted" else stage.end]
        took = journeys[["child_id"]].assign(days=stage_days(journeys, stage), stage=stage.name)
        observed.append(took[ended.between(period.start, period.end)])
    frame = pd.concat(observed, ignore_index=True)
    frame["stage"] = pd.Categorical(frame["stage"], [stage.name for stage in stages])
    measure = MEASURES["stage_days" if cohort == "adopted" else "stage_days_completed"]
    result = _statistic(measure, frame, ["stage"], statistic)
    result = result.assign(period_start=period.start, period_end=period.end, stage=result["stage"].astype(object))
    return Result(measure, result, ("stage",))


def stage_days(journeys: pd.DataFrame, stage: Stage) -> pd.Series:
    """Days that `stage` took for each journey; missing where a date is, or where they are out of order."""
    if (stage.start, stage.end) == ("order_date", "match_date"):
        return _order_to_match(journeys)
    return _in_order(journeys, stage.start, stage.end)


def dates_audited(journeys: pd.DataFrame, *, period: Period) -> Result:
    """What became of each stage in the journeys that were open at some time in `period`: one row per stage and finding.

    A journey is past a stage when the stage's last day or any later one is known. Findings: "Used"; "Start date
    missing"; "End date missing" (also when both are); "Dates out of order"; "No order needed" (placed with the parents'
    consent). They add up to "Past this stage". A match before the placement order is in order: it counts 0 days.
    """
    days = ["entered_care", *(stage.end for stage in STAGES)]
    looked_at = _open_in(journeys, period)
    rows = []
    for index, stage in enumerate(STAGES):
        past = looked_at[looked_at[days[index + 1 :]].notna().any(axis=1)]
        found = _findings(past, stage)
        each_kind = {FINDINGS[0]: past, **{name: past[found == name] for name in FINDINGS[1:]}}
        rows += [
            {
                "stage": stage.name,
                "finding": name,
                "numerator": len(those),
                **members.named(numerator=partial(members.ids, those)),
            }
            for name, those in each_kind.items()
        ]
    return build.count(
        MEASURES["journeys_audited"],
        pd.DataFrame(rows),
        groups=["stage", "finding"],
        parts=["finding"],
        when=period,
    )


FINDINGS = (
    "Past this stage", "Used", "Start date missing", "End date missing", "Dates out of order", "No order needed",
)  # fmt: skip
# Without the two nested totals, whose difference is the number of children left out.
FOUND_IN_DATES = FINDINGS[2:]


def _findings(journeys: pd.DataFrame, stage: Stage) -> pd.Series:
    start, end = journeys[stage.start], journeys[stage.end]
    consent = journeys["with_consent"] & ("order_date" in (stage.start, stage.end))
    disorder = end < start if stage.name != "Placement order to match" else pd.Series(False, index=journeys.index)
    return pd.Series(
        np.select(
            [consent, end.isna(), start.isna(), disorder],
            ["No order needed", "End date missing", "Start date missing", "Dates out of order"],
            "Used",
        ),
        index=journeys.index,
        dtype=object,
    )


def records_audited(journeys: pd.DataFrame, *, period: Period) -> Result:
    """Other things that a reader of the journeys should know, counted over journeys that were open in `period`."""
    rows = _open_in(journeys, period)
    every_day = ["decision_date", "order_date", "match_date", "moved_in", "adoption_date"]
    checks = {
        "Journeys looked at": pd.Series(True, index=rows.index),
        "Decision recorded again without an end to the first": rows["replaced_decisions"] > 0,
        "More than one placement order in one plan": rows["other_orders"] > 0,
        "An earlier adoptive placement broke down": rows["disrupted_placements"] > 0,
        "Adopted although the plan was recorded as ended": rows["plan_ended"].notna() & rows["adoption_date"].notna(),
        "Return and Annex A list 10 give different days": rows["sources_disagree"] != "",
        "A day before the child was born": rows[every_day].lt(rows["birth_date"], axis=0).any(axis=1),
        "Adopted by the foster carer, start of fostering not known": rows["adoption_date"].notna()
        & rows["adopted_by_foster_carer"].eq(True)
        & rows["fostering_start"].isna(),
    }
    counts = pd.DataFrame(
        [
            {
                "finding": name,
                "numerator": int(found.sum()),
                **members.named(numerator=partial(members.ids, rows[found])),
            }
            for name, found in checks.items()
        ]
    )
    return build.count(MEASURES["journeys_audited"], counts, groups=["finding"], when=period)


def _open_in(journeys: pd.DataFrame, period: Period) -> pd.DataFrame:
    """The journeys that had begun by the end of `period` and were not over before it."""
    over = journeys["adoption_date"].fillna(ended_without_adoption(journeys))
    begun = journeys[["decision_date", "order_date", "match_date", "moved_in", "adoption_date"]].min(axis=1)
    return journeys[(begun <= period.end) & ~(over < period.start)]


def __dir__() -> list[str]:
    return __all__
