"""How long children wait for adoption: one table of journeys, and the measures that are read from it.

Every measure starts from `adoption_journeys`: one row per child and adoption plan with the days on which the plan
passed each stage. Sources: the children looked after return (SSDA903) for care, orders, placements and adoption; its
AD1 file for the match of adopted children (completed years only); Annex A list 10 for what the return does not have yet.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

import numpy as np
import pandas as pd

from analysis_lib.metrics import build
from analysis_lib.metrics.facts import measures
from analysis_lib.periods import Period
from analysis_lib.results import PUBLISHED, Measure, Result
from analysis_lib.stats.survival import Curve, cumulative_incidence, kaplan_meier

MEASURES = measures("adoption")

PLACEMENT_ORDER = ("E1", "D1")  # D1: freeing order, before placement orders began
ADOPTIVE_PLACEMENT = ("A3", "A4", "A5", "A6")
WITH_PARENTS_CONSENT = ("A3", "A4")  # placed without a placement order
WITH_FOSTER_CARER = ("A3", "A5")
EARLY_PERMANENCE = ("U2", "U5")  # fostering by approved adopters: fostering for adoption, concurrent planning
SHORT_BREAKS = ("V3", "V4")
ADOPTED = ("E11", "E12")
NEW_CARER = ("S", "P", "B")  # reasons for a new episode that bring another carer

JOURNEY_COLUMNS = (
    "child_id", "plan", "birth_date", "entered_care", "decision_date", "order_date", "order_ended", "match_date",
    "moved_in", "adoption_date", "plan_ended", "plan_ended_reason", "left_care", "leaving_reason",
    "adopted_by_foster_carer", "fostering_start", "early_permanence", "with_consent", "disrupted_placements",
    "other_orders", "replaced_decisions", "sources_disagree",
)  # fmt: skip
LIST_COLUMNS = (
    "child_id", "extract_date", "entered_care", "decision_date", "placement_order_date", "match_date",
    "moved_in_date", "adoption_date", "decision_reversed_date", "decision_reversed_reason",
    "fostering_for_adoption_date",
)  # fmt: skip


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
CURVE_DAYS = tuple(range(0, 1441, 90))
NOT_MATCHED = "Not yet matched"
MATCHED = "Matched, not yet moved in"
MOVED_IN = "Moved in, not yet adopted"

# ---------------------------------------------------------------------------------------------------------- journeys


def adoption_journeys(
    episodes: pd.DataFrame,
    care_periods: pd.DataFrame,
    placement_decisions: pd.DataFrame,
    adoptions: pd.DataFrame,
    adoption_list: pd.DataFrame | None,
    children: pd.DataFrame,
) -> pd.DataFrame:
    """One row per child and adoption plan: the day of each stage, missing where it has not come or is not known.

    Parameters
    ----------
    episodes, care_periods, placement_decisions, adoptions, adoption_list, children : DataFrame
        Tidy tables as known on one day. `adoption_list` may be None or empty (no Annex A lists).

    Returns
    -------
    DataFrame
        `JOURNEY_COLUMNS`, sorted by child and plan (numbered 1, 2, ... within the child). The input is unchanged.

    Rules
    -----
    - **Plan**: a decision that the child should be placed for adoption, in the period of care that it falls in (a
      decision before any care: the first period). A decision without an end that a later one follows in the same
      period of care is the same plan recorded again: the later one stands and `replaced_decisions` counts the others. A
      period of care with a placement order, an adoptive placement or an adoption but no decision is a plan whose
      decision is taken from AD1 or list 10, or is missing. A plan reaches from its decision to the next plan.
    - **entered_care**: first day of that period of care; missing when its first known episode is no start (the returns
      begin later) and list 10 does not say.
    - **order_date**: first day of the unbroken run of episodes under a placement order (legal status E1, or the older
      D1) that was in force when the child moved in; for a child who has not moved in, the latest run of the plan. Never
      an order that ended before the child moved in. `order_ended`: last day of that run when the order ended without
      an adoption. `other_orders` counts the runs that were passed over. Without any in the return: list 10.
    - **match_date**: AD1 for adopted children, otherwise list 10.
    - **moved_in**: first day of the unbroken stay in an adoptive placement (A3 to A6) with the same adopters that ended
      in the adoption or is still open. A new legal status or placement code with the same carer goes on with the stay,
      so does a return after a temporary placement (T0 to T4); another carer starts a new one.
      A stay that ended otherwise was disrupted and does not count: `disrupted_placements` counts it.
    - **adoption_date**: last day of the period of care, ended as E11 or E12.
    - **plan_ended**: the decision was reversed. `left_care`: the child left care otherwise than by adoption.
    - **adopted_by_foster_carer**: AD1's answer, or before AD1 is out placement code A3 or A5; missing before moving in.
      **fostering_start**: first day with that same carer before the placement became adoptive, walking back over
      changes of status; list 10's date where the return does not reach back. **early_permanence**: that fostering
      placement was with approved adopters (U2 or U5).
    - **with_consent**: the adoptive stay is coded A3 or A4 and there is no order: none is missing.
    - **sources_disagree**: names of the dates for which the return and list 10 give different days, joined by ", ".
    """
    episodes, care_periods, placement_decisions, adoptions, children = (
        _plain_dates(each) for each in (episodes, care_periods, placement_decisions, adoptions, children)
    )
    stays = _episodes_of_care(episodes, care_periods)
    orders, spells = _order_runs(stays), _adoptive_spells(stays)
    listed = _usable_list(adoption_list)
    plans = _plans(care_periods, placement_decisions, adoptions, listed, orders, spells)
    plans = plans.merge(_first_day_of_care(stays), on=["child_id", "care_start"], how="left", validate="many_to_one")
    plans = _with_adoption(plans)
    plans = _with_spells(plans, spells)
    plans = _with_orders(plans, orders)
    plans = _with_match(plans, adoptions)
    plans = _filled_from_list(plans, listed)
    plans = plans.merge(
        children[["child_id", "birth_date"]].drop_duplicates("child_id"),
        on="child_id",
        how="left",
        validate="many_to_one",
    )
    plans["with_consent"] = plans["place"].isin(WITH_PARENTS_CONSENT) & plans["order_date"].isna()
    return plans[list(JOURNEY_COLUMNS)]


def _episodes_of_care(episodes: pd.DataFrame, care_periods: pd.DataFrame) -> pd.DataFrame:
    """Episodes with the period of care that each belongs to, in order; short breaks and stray episodes left out."""
    kept = episodes[~episodes["legal_status"].isin(SHORT_BREAKS)].sort_values(
        ["episode_start", "child_id"], kind="stable"
    )
    periods = care_periods[["child_id", "care_start", "care_end"]].sort_values("care_start", kind="stable")
    joined = pd.merge_asof(
        kept, periods, left_on="episode_start", right_on="care_start", by="child_id", direction="backward"
    )
    inside = joined["care_start"].notna() & (
        joined["care_end"].isna() | (joined["episode_start"] <= joined["care_end"])
    )
    return _with_same_carer_runs(
        joined[inside].sort_values(["child_id", "care_start", "episode_start"], kind="stable").reset_index(drop=True)
    )


def _with_same_carer_runs(stays: pd.DataFrame) -> pd.DataFrame:
    """Adds `first` (of its period of care), `bridged_place` (a temporary placement takes the code it interrupts) and
    `carer_run` (a number for each unbroken stay with one carer)."""
    period = [stays["child_id"], stays["care_start"]]
    temporary = stays["place"].astype(object).str.startswith("T").eq(True)
    settled = stays["place"].where(~temporary)
    before, after = settled.groupby(period).ffill(), settled.groupby(period).bfill()
    # Away and back to the same placement, or away still: the stay is not broken (rules 375 to 383 of the return).
    bridged = temporary & before.notna() & (after.isna() | (after == before))
    first = ~stays.duplicated(["child_id", "care_start"])
    returned = bridged.shift(fill_value=False) & ~temporary & ~first
    new_carer = first | (stays["reason_new_episode"].isin(NEW_CARER) & ~bridged & ~returned)
    return stays.assign(
        first=first,
        bridged_place=stays["place"].where(~bridged, before),
        new_carer=new_carer,
        carer_run=new_carer.cumsum(),
    )


def _order_runs(stays: pd.DataFrame) -> pd.DataFrame:
    """Unbroken runs under a placement order: child_id, care_start, order_start, order_end (missing: in force)."""
    ordered = stays["legal_status"].isin(PLACEMENT_ORDER)
    run = (stays["first"] | (ordered != ordered.shift(fill_value=False))).cumsum()
    first, last = _first_and_last(stays[ordered], run[ordered])
    # The first known episode, carried over from before the returns begin, may have been under the order for long.
    known = ~(first["first"] & ~first["reason_new_episode"].isin(["S", "L", "B", "U"]))
    return first[["child_id", "care_start"]].assign(
        order_start=first["episode_start"], order_end=last["episode_end"], order_start_known=known
    )


def _adoptive_spells(stays: pd.DataFrame) -> pd.DataFrame:
    """Unbroken stays in an adoptive placement with the same adopters, with the fostering stay before each.

    `moved_in` is the stay's first known day (`moved_in_known`: it is truly the first), `counts` whether it is still
    open or ended in adoption.
    """
    adoptive = stays["bridged_place"].isin(ADOPTIVE_PLACEMENT)
    spell = (stays["new_carer"] | (adoptive & ~adoptive.shift(fill_value=False))).cumsum()
    carer = stays.drop_duplicates("carer_run").set_index("carer_run")[["episode_start", "reason_new_episode"]]
    early = set(stays.loc[stays["place"].isin(EARLY_PERMANENCE), "carer_run"])
    first, last = _first_and_last(stays[adoptive], spell[adoptive])
    came = carer.reindex(first["carer_run"]).set_index(first.index)
    fostered = came["reason_new_episode"].isin(NEW_CARER) & (came["episode_start"] < first["episode_start"])
    return first[["child_id", "care_start"]].assign(
        moved_in=first["episode_start"],
        moved_in_known=~(first["first"] & first["reason_new_episode"].eq("L")),
        place=last["bridged_place"],
        counts=last["episode_end"].isna() | last["reason_ceased"].isin(ADOPTED),
        fostering_start=came["episode_start"].where(fostered),
        early_permanence=first["carer_run"].isin(early),
    )


def _first_and_last(rows: pd.DataFrame, run: pd.Series) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The first and the last row of each run, both numbered by it."""
    numbered = rows.assign(run=run)
    return (
        numbered.drop_duplicates("run").set_index("run"),
        numbered.drop_duplicates("run", keep="last").set_index("run"),
    )


def _first_day_of_care(stays: pd.DataFrame) -> pd.DataFrame:
    first = stays[stays["first"]]
    known = first["reason_new_episode"].eq("S")
    return first.assign(entered_care=first["care_start"].where(known))[["child_id", "care_start", "entered_care"]]


def _plain_dates(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with text as objects and dates in nanoseconds: tables from different files differ, and keys must not."""
    plain = {
        name: frame[name].astype("datetime64[ns]" if _holds_dates(name) else object)
        for name in frame.columns
        if name != "ended_by_adoption"
    }
    return frame.assign(**plain)


def _holds_dates(name: str) -> bool:
    return name.endswith(("_date", "_start", "_end")) or name == "entered_care"


def _usable_list(adoption_list: pd.DataFrame | None) -> pd.DataFrame:
    if adoption_list is None:
        return _plain_dates(pd.DataFrame(columns=list(LIST_COLUMNS)))
    return _plain_dates(adoption_list[list(LIST_COLUMNS)])


def _plans(care_periods, placement_decisions, adoptions, listed, orders, spells) -> pd.DataFrame:
    """The plans, each with its period of care and the days that it reaches over."""
    decided = _in_care_period(placement_decisions, care_periods)
    adopted = care_periods[care_periods["ended_by_adoption"].astype(bool)]
    others = [
        _in_care_period(adoptions[["child_id", "decision_date"]].dropna(), adopted),
        _in_care_period(listed[["child_id", "decision_date"]].dropna(), care_periods),
        orders[["child_id", "care_start"]],
        spells[["child_id", "care_start"]],
        adopted[["child_id", "care_start"]],
    ]
    plans = decided
    for each in others:  # each source adds plans only for periods of care in which those before it knew of none
        known = pd.MultiIndex.from_frame(plans[["child_id", "care_start"]])
        new = ~pd.MultiIndex.from_frame(each[["child_id", "care_start"]]).isin(known)
        plans = pd.concat([plans, each[new].drop_duplicates()], ignore_index=True)
    plans["decision_date"] = pd.to_datetime(plans["decision_date"])
    plans["decision_ceased_date"] = pd.to_datetime(plans["decision_ceased_date"])
    plans = plans.sort_values(["child_id", "care_start", "decision_date"], kind="stable").reset_index(drop=True)
    plans = _recorded_once(plans)
    plans = plans.merge(
        care_periods[["child_id", "care_start", "care_end", "reason_ceased", "ended_by_adoption"]],
        on=["child_id", "care_start"],
        how="left",
        validate="many_to_one",
    )
    first = ~plans.duplicated(["child_id", "care_start"])
    opening = plans[["care_start", "decision_date"]].min(axis=1)
    plans["from_day"] = plans["decision_date"].where(~first, opening)
    plans["last_of_period"] = ~plans.duplicated(["child_id", "care_start"], keep="last")
    plans["until_day"] = plans.groupby(["child_id", "care_start"])["from_day"].shift(-1)
    plans["plan"] = plans.groupby("child_id").cumcount() + 1
    return plans.rename(columns={"decision_ceased_date": "plan_ended", "decision_ceased_reason": "plan_ended_reason"})


def _in_care_period(decisions: pd.DataFrame, care_periods: pd.DataFrame) -> pd.DataFrame:
    """Decisions with the `care_start` that each belongs to: the latest begun by then, or else the child's first."""
    wanted = [
        column
        for column in ("decision_date", "decision_ceased_date", "decision_ceased_reason")
        if column in decisions.columns
    ]
    known = decisions.dropna(subset=["decision_date"])[["child_id", *wanted]]
    starts = care_periods[["child_id", "care_start"]].sort_values("care_start", kind="stable")
    known = known.sort_values("decision_date", kind="stable")
    joined = pd.merge_asof(known, starts, left_on="decision_date", right_on="care_start", by="child_id")
    first = starts.drop_duplicates("child_id").rename(columns={"care_start": "first_care"})
    joined = joined.merge(first, on="child_id", how="left", validate="many_to_one")
    joined["care_start"] = joined["care_start"].fillna(joined["first_care"])
    return joined.dropna(subset=["care_start"])[["child_id", "care_start", *wanted]]


def _recorded_once(plans: pd.DataFrame) -> pd.DataFrame:
    later = plans.groupby(["child_id", "care_start"]).cumcount(ascending=False) > 0
    replaced = later & plans["decision_ceased_date"].isna()
    run = (~replaced).shift(fill_value=True).groupby([plans["child_id"], plans["care_start"]]).cumsum()
    count = replaced.groupby([plans["child_id"], plans["care_start"], run]).transform("sum")
    return plans.assign(replaced_decisions=count.astype(int))[~replaced].reset_index(drop=True)


def _with_adoption(plans: pd.DataFrame) -> pd.DataFrame:
    adopted = plans["ended_by_adoption"].astype(bool) & plans["last_of_period"]
    left = ~plans["ended_by_adoption"].astype(bool) & plans["last_of_period"] & plans["plan_ended"].isna()
    return plans.assign(
        adoption_date=plans["care_end"].where(adopted),
        left_care=plans["care_end"].where(left),
        leaving_reason=plans["reason_ceased"].where(left),
    )


def _of_plan(plans: pd.DataFrame, rows: pd.DataFrame, day: str) -> pd.DataFrame:
    """`rows` (child_id, care_start, and a day) with the number of the plan in whose days `day` falls."""
    windows = plans[["child_id", "care_start", "from_day", "plan"]].sort_values("from_day", kind="stable")
    return pd.merge_asof(
        rows.sort_values(day, kind="stable"), windows, left_on=day, right_on="from_day", by=["child_id", "care_start"]
    ).drop(columns="from_day")


def _with_spells(plans: pd.DataFrame, spells: pd.DataFrame) -> pd.DataFrame:
    placed = _of_plan(plans, spells, "moved_in")
    disrupted = placed[~placed["counts"]].groupby(["child_id", "plan"]).size().rename("disrupted_placements")
    last = placed[placed["counts"]].drop_duplicates(["child_id", "plan"], keep="last")
    last = last.assign(moved_in=last["moved_in"].where(last["moved_in_known"]), stay=last["moved_in"])
    columns = ["child_id", "plan", "moved_in", "stay", "place", "fostering_start", "early_permanence"]
    plans = plans.merge(last[columns], on=["child_id", "plan"], how="left", validate="one_to_one")
    plans = plans.merge(disrupted.reset_index(), on=["child_id", "plan"], how="left", validate="one_to_one")
    plans["disrupted_placements"] = plans["disrupted_placements"].fillna(0).astype(int)
    plans["early_permanence"] = plans["early_permanence"].eq(True)
    return plans


def _with_orders(plans: pd.DataFrame, orders: pd.DataFrame) -> pd.DataFrame:
    keys = plans[["child_id", "care_start", "plan", "from_day", "until_day", "stay"]]
    pairs = keys.merge(orders, on=["child_id", "care_start"], how="inner")
    started = (pairs["order_start"] >= pairs["from_day"]) & ~(pairs["order_start"] >= pairs["until_day"])
    carried_over = (pairs["order_start"] < pairs["from_day"]) & ~(pairs["order_end"] <= pairs["from_day"])
    ended_before = (
        pairs["order_end"] <= pairs["stay"]
    )  # an order that was over when the child moved in gave no authority
    own = pairs[started | carried_over].assign(
        in_force=((pairs["order_start"] <= pairs["stay"]) & ~ended_before), started=started
    )
    usable = own[~ended_before[own.index]].sort_values(["in_force", "started", "order_start"], kind="stable")
    chosen = usable.drop_duplicates(["child_id", "plan"], keep="last")
    seen = own[own["started"]].groupby(["child_id", "plan"]).size().rename("orders_seen").reset_index()
    chosen = chosen.assign(order_date=chosen["order_start"].where(chosen["order_start_known"]))
    plans = plans.merge(
        chosen[["child_id", "plan", "order_date", "order_end", "started"]], on=["child_id", "plan"], how="left"
    ).merge(seen, on=["child_id", "plan"], how="left")
    plans["other_orders"] = (plans["orders_seen"].fillna(0).astype(int) - plans["started"].eq(True).astype(int)).clip(
        lower=0
    )
    plans["order_ended"] = plans["order_end"].where(plans["adoption_date"].isna())
    return plans


def _with_match(plans: pd.DataFrame, adoptions: pd.DataFrame) -> pd.DataFrame:
    adopted = plans["adoption_date"].notna()
    ad1 = adoptions.sort_values(["child_id", "return_year"], kind="stable").drop_duplicates("child_id", keep="last")
    ad1 = ad1[["child_id", "match_date", "adopted_by_foster_carer"]].rename(
        columns={"adopted_by_foster_carer": "foster_flag"}
    )
    plans = plans.merge(ad1, on="child_id", how="left", validate="many_to_one")
    plans["match_date"] = pd.to_datetime(plans["match_date"]).where(adopted)
    by_place = plans["place"].isin(WITH_FOSTER_CARER).astype(object).where(plans["place"].notna(), None)
    flag = plans["foster_flag"].astype(object)
    plans["adopted_by_foster_carer"] = flag.where(adopted & flag.notna(), by_place)
    return plans


def _filled_from_list(plans: pd.DataFrame, listed: pd.DataFrame) -> pd.DataFrame:
    """What the return lacks, from list 10 (joined to the plan in whose days its decision falls; no decision: the last)."""
    latest = listed.sort_values("extract_date", kind="stable")
    dated = latest[latest["decision_date"].notna()].sort_values("decision_date", kind="stable")
    windows = plans[["child_id", "from_day", "plan"]].sort_values("from_day", kind="stable")
    with_plan = pd.merge_asof(dated, windows, left_on="decision_date", right_on="from_day", by="child_id")
    last_plan = plans.groupby("child_id")["plan"].max()
    undated = latest[latest["decision_date"].isna()]
    with_plan = pd.concat([with_plan, undated.assign(plan=undated["child_id"].map(last_plan))], ignore_index=True)
    with_plan = with_plan.dropna(subset=["plan"]).sort_values("extract_date", kind="stable")
    with_plan = with_plan.drop_duplicates(["child_id", "plan"], keep="last").drop(columns=["from_day", "extract_date"])
    with_plan["plan"] = with_plan["plan"].astype(int)
    with_plan = with_plan.rename(columns=lambda name: name if name in ("child_id", "plan") else f"list_{name}")
    plans = plans.merge(with_plan, on=["child_id", "plan"], how="left", validate="one_to_one")
    pairs = {
        "entered_care": "list_entered_care",
        "decision_date": "list_decision_date",
        "order_date": "list_placement_order_date",
        "match_date": "list_match_date",
        "moved_in": "list_moved_in_date",
        "adoption_date": "list_adoption_date",
        "plan_ended": "list_decision_reversed_date",
    }
    plans["sources_disagree"] = _disagreements(plans, pairs)
    for own in ("entered_care", "decision_date", "order_date", "match_date", "plan_ended"):
        plans[own] = pd.to_datetime(plans[own]).fillna(plans[pairs[own]])
    plans["plan_ended_reason"] = (
        plans["plan_ended_reason"]
        .astype(object)
        .where(plans["plan_ended_reason"].notna(), plans["list_decision_reversed_reason"])
    )
    foster = plans["adopted_by_foster_carer"].eq(True)
    plans["fostering_start"] = plans["fostering_start"].where(
        plans["fostering_start"].notna() | ~foster, plans["list_fostering_for_adoption_date"]
    )
    return plans.sort_values(["child_id", "plan"], kind="stable").reset_index(drop=True)


def _disagreements(plans: pd.DataFrame, pairs: Mapping[str, str]) -> pd.Series:
    names = pd.Series("", index=plans.index)
    for own, other in pairs.items():
        differ = plans[own].notna() & plans[other].notna() & (plans[own] != plans[other])
        names = names.where(~differ, names + np.where(names == "", own, ", " + own))
    return names


# ------------------------------------------------------------------------------------------------------------ counts


def reporting_spans(period: Period) -> dict[str, Period]:
    """The three spans that adoption is reported for: year to date, last full financial year, three full years."""
    last = period.last_full_financial_year
    return {
        f"Year to date: {period.year_to_date.label}": period.year_to_date,
        f"Last full year: {last.label}": last,
        f"Three years: {last.months_to_end(36).label}": last.months_to_end(36),
    }


def three_years(period: Period) -> dict[str, Period]:
    """The last of `reporting_spans` alone: the span with enough children for averages that may be shown."""
    return dict([list(reporting_spans(period).items())[2]])


def financial_years(journeys: pd.DataFrame, period: Period) -> list[Period]:
    """Every full financial year from the first adoption known to the last full year of `period`, in order."""
    last = period.last_full_financial_year
    first = journeys["adoption_date"].min()
    year = last if pd.isna(first) else min(Period.financial_year_of(first), last, key=lambda each: each.start)
    years = []
    while year.start <= last.start:
        years.append(year)
        year = year.shifted(12)
    return years


def children_adopted(journeys: pd.DataFrame, spans: Mapping[str, Period]) -> Result:
    """Children adopted in each span: those whose period of care ended as E11 or E12 in it. One row per span."""
    return _counted(MEASURES["children_adopted"], journeys["adoption_date"], spans)


def children_adopted_by_year(journeys: pd.DataFrame, years: Sequence[Period]) -> Result:
    """Children adopted in each of the financial `years`: one row a year, by its last day."""
    days = journeys["adoption_date"]
    counts = pd.DataFrame(
        [
            {
                "period_start": year.start,
                "period_end": year.end,
                "numerator": int(days.between(year.start, year.end).sum()),
            }
            for year in years
        ]
    )
    return build.count(MEASURES["children_adopted"], counts)


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
            }
        )
    return build.proportion(MEASURES["adopted_percent"], pd.DataFrame(rows))


def placement_orders_granted(journeys: pd.DataFrame, spans: Mapping[str, Period]) -> Result:
    """Placement orders granted in each span: plans whose order began in it, whatever came of them. One row per span."""
    return _counted(MEASURES["placement_orders"], journeys["order_date"], spans)


def counts_by_span(journeys: pd.DataFrame, spans: Mapping[str, Period]) -> tuple[Result, Result, Result]:
    """Children adopted, placement orders granted and decisions made, in this order, each with one row per span."""
    return (
        children_adopted(journeys, spans),
        placement_orders_granted(journeys, spans),
        adoption_decisions(journeys, spans),
    )


def printed_sources(council_figures: pd.DataFrame) -> list[str]:
    """The papers that the council's printed figures on adoption come from, each once."""
    names = [*PRINTED_COUNTS, *PRINTED_WAITING, *PRINTED_DAYS]
    return sorted(council_figures.loc[council_figures["measure"].isin(names), "source"].unique())


def adoption_decisions(journeys: pd.DataFrame, spans: Mapping[str, Period]) -> Result:
    """Decisions in each span that a child should be placed for adoption, whatever came of them. One row per span."""
    return _counted(MEASURES["adoption_decisions"], journeys["decision_date"], spans)


def _counted(measure: Measure, days: pd.Series, spans: Mapping[str, Period]) -> Result:
    rows = [
        {
            "span": name,
            "period_start": span.start,
            "period_end": span.end,
            "numerator": int(days.between(span.start, span.end).sum()),
        }
        for name, span in spans.items()
    ]
    return build.count(measure, pd.DataFrame(rows), groups=["span"])


def children_waiting(journeys: pd.DataFrame, *, census_date: pd.Timestamp) -> Result:
    """Children with a placement order in force on `census_date`, not yet adopted: one row for all of them.

    In: order granted by that day. Out: adopted by then, plan reversed, order ended, or left care otherwise, by then.
    `journeys` must be as known on `census_date`, for a stay that broke down later counts as moved in until then.
    """
    counts = pd.DataFrame({"numerator": [len(_waiting(journeys, census_date))]})
    return build.count(MEASURES["children_waiting"], counts, when=census_date)


def children_waiting_by_stage(journeys: pd.DataFrame, *, census_date: pd.Timestamp) -> Result:
    """The children of `children_waiting` by how far they have come: not matched, matched, moved in. Three rows, always."""
    waiting = _waiting(journeys, census_date)
    stage = np.select(
        [waiting["moved_in"] <= census_date, waiting["match_date"] <= census_date], [MOVED_IN, MATCHED], NOT_MATCHED
    )
    counts = pd.Series(stage).value_counts().reindex([NOT_MATCHED, MATCHED, MOVED_IN], fill_value=0)
    frame = counts.rename_axis("stage").rename("numerator").reset_index()
    return build.count(MEASURES["children_waiting"], frame, groups=["stage"], parts=["stage"], when=census_date)


def days_waited_so_far(journeys: pd.DataFrame, *, census_date: pd.Timestamp) -> Result:
    """Median days since the placement order of children who have one and have not moved in, on `census_date`."""
    waiting = _waiting(journeys, census_date)
    waiting = waiting[~(waiting["moved_in"] <= census_date)]
    days = (census_date - waiting["order_date"]).dt.days
    return build.quantile(
        MEASURES["days_waited_so_far"], pd.DataFrame({"days": days}), value="days", q=0.5, when=census_date
    )


def _waiting(journeys: pd.DataFrame, census_date: pd.Timestamp) -> pd.DataFrame:
    over = (_ended_without_adoption(journeys) <= census_date) | (journeys["adoption_date"] <= census_date)
    return journeys[(journeys["order_date"] <= census_date) & ~over]


def _ended_without_adoption(journeys: pd.DataFrame) -> pd.Series:
    """The day on which a plan came to nothing: reversed, its order ended, or the child left care otherwise."""
    return journeys[["plan_ended", "order_ended", "left_care"]].min(axis=1).where(journeys["adoption_date"].isna())


# -------------------------------------------------------------------------------------------------------- scorecards


def days_to_moving_in_a1(journeys: pd.DataFrame, spans: Mapping[str, Period], statistic: str = "mean") -> Result:
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

    References
    ----------
    Department for Education, adoption scorecards: title of A1, methodology for the year ending March 2018.
    """
    return _days_by_span(
        MEASURES["a1_days"], journeys, _in_order(journeys, "entered_care", "moved_in"), spans, statistic
    )


def days_to_moving_in_a10(journeys: pd.DataFrame, spans: Mapping[str, Period], statistic: str = "mean") -> Result:
    """A10: as `days_to_moving_in_a1`, but for a child adopted by the foster carer until that fostering began.

    The start of fostering is the first day of the stay with that carer, however the child came to be fostered there
    (ordinary fostering or fostering for adoption). Where it is not known the child is left out, and counted in
    `dates_audited`. From April 2021 the quarterly national survey of adoption prints A10 in place of A1.
    """
    return _days_by_span(MEASURES["a10_days"], journeys, _a10_days(journeys), spans, statistic)


def _a10_days(journeys: pd.DataFrame) -> pd.Series:
    by_carer = journeys["adopted_by_foster_carer"].eq(True)
    end = journeys["moved_in"].where(~by_carer, journeys["fostering_start"])
    return _in_order(journeys.assign(arrived=end), "entered_care", "arrived")


def days_from_order_to_match_a2(journeys: pd.DataFrame, spans: Mapping[str, Period], statistic: str = "mean") -> Result:
    """A2: days from the placement order to the match with adopters, for children adopted in each span.

    0 for a child matched before the order. Left out: children without an order (placed with the parents' consent), and
    those not placed before the adoption. For the whole wait see `days_to_moving_in_a1` and `days_to_moving_in_a10`;
    for the share who moved in within a set time `moved_in_in_time_a3`.

    References
    ----------
    Local Government Association, LG Inform metric 912, for the zero and the exclusions.
    """
    placed = journeys["moved_in"].notna()
    return _days_by_span(MEASURES["a2_days"], journeys, _order_to_match(journeys).where(placed), spans, statistic)


def scorecard_days(
    journeys: pd.DataFrame, spans: Mapping[str, Period], statistic: str = "mean"
) -> tuple[Result, Result, Result]:
    """A1, A10 and A2 in this order, each with one row per span."""
    return (
        days_to_moving_in_a1(journeys, spans, statistic),
        days_to_moving_in_a10(journeys, spans, statistic),
        days_from_order_to_match_a2(journeys, spans, statistic),
    )


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
                "period_start": span.start,
                "period_end": span.end,
                "numerator": int((known & (arrived < limit)).sum()),
                "denominator": int(known.sum()),
            }
        )
    name = "a3_with_waiting_percent" if include_waiting else "a3_percent"
    return build.proportion(MEASURES[name], pd.DataFrame(rows), groups=["span"])


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
    over = (_ended_without_adoption(journeys) <= day) | (journeys["adoption_date"] <= day)
    return journeys[started & ~over]


def _days_by_span(
    measure: Measure, journeys: pd.DataFrame, days: pd.Series, spans: Mapping[str, Period], statistic: str
) -> Result:
    parts = []
    for name, span in spans.items():
        adopted = journeys["adoption_date"].between(span.start, span.end)
        one = _statistic(measure, pd.DataFrame({"days": days[adopted]}), (), statistic)
        parts.append(one.assign(span=name, period_start=span.start, period_end=span.end))
    return Result(measure, pd.concat(parts, ignore_index=True), ("span",))


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
        days = stage_days(journeys, stage)[ended.between(period.start, period.end)]
        observed.append(pd.DataFrame({"days": days, "stage": stage.name}))
    frame = pd.concat(observed, ignore_index=True)
    frame["stage"] = pd.Categorical(frame["stage"], [stage.name for stage in stages])
    measure = MEASURES["stage_days" if cohort == "adopted" else "stage_days_completed"]
    result = _statistic(measure, frame, ["stage"], statistic)
    result = result.assign(period_start=period.start, period_end=period.end, stage=result["stage"].astype(object))
    return Result(measure, result, ("stage",))


def stage_spread(journeys: pd.DataFrame, *, period: Period, cohort: str = "adopted") -> tuple[Result, Result, Result]:
    """Lower quartile, median and upper quartile of `days_by_stage`, in this order."""
    return tuple(
        days_by_stage(journeys, period=period, statistic=statistic, cohort=cohort)
        for statistic in ("lower quartile", "median", "upper quartile")
    )


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
        counts = _findings(past, stage).value_counts().reindex(FINDINGS[1:], fill_value=0)
        rows.append({"stage": stage.name, "finding": FINDINGS[0], "numerator": len(past)})
        rows += [{"stage": stage.name, "finding": name, "numerator": int(number)} for name, number in counts.items()]
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
    counts = pd.DataFrame([{"finding": name, "numerator": int(found.sum())} for name, found in checks.items()])
    return build.count(MEASURES["journeys_audited"], counts, groups=["finding"], when=period)


def _open_in(journeys: pd.DataFrame, period: Period) -> pd.DataFrame:
    """The journeys that had begun by the end of `period` and were not over before it."""
    over = journeys["adoption_date"].fillna(_ended_without_adoption(journeys))
    begun = journeys[["decision_date", "order_date", "match_date", "moved_in", "adoption_date"]].min(axis=1)
    return journeys[(begun <= period.end) & ~(over < period.start)]


# ------------------------------------------------------------------------------------------------------------ curves

MOVED_IN_END, PLAN_ENDED = 1, 2


def time_to_moving_in(journeys: pd.DataFrame, *, orders_in: Period, census_date: pd.Timestamp) -> pd.DataFrame:
    """Children whose placement order was granted in `orders_in`, each followed to `census_date`.

    Columns `days` (from the order) and `end`: 1 moved in, 2 the plan ended or the child left care otherwise, 0 still
    waiting. Children who moved in before the order have no wait to follow and are left out (`dates_audited` has them).
    """
    rows = journeys[journeys["order_date"].between(orders_in.start, min(orders_in.end, census_date))]
    moved = rows["moved_in"].where(rows["moved_in"] <= census_date)
    ended = _ended_without_adoption(rows).where(moved.isna())
    ended = ended.where(ended <= census_date)
    end = np.select([moved.notna(), ended.notna()], [MOVED_IN_END, PLAN_ENDED], 0)
    last = moved.fillna(ended).fillna(census_date)
    followed = pd.DataFrame({"days": (last - rows["order_date"]).dt.days, "end": end}, index=rows.index)
    return followed[followed["days"] >= 0]


def moved_in_after_order(
    followed: pd.DataFrame, *, days: Sequence[int], when: Period, fewest_per_step: int, fewest_followed: int
) -> Result:
    """Percentage who had moved in with adopters by each number of days after the placement order.

    The Aalen-Johansen cumulative incidence over all children of `time_to_moving_in`, those still waiting included; a
    plan that ended is an end of its own, not a loss of sight, since that child will not move in.

    Parameters
    ----------
    days : ascending numbers of days at which the curve may be read
    fewest_per_step : int
        A time is kept only when no child, or at least this many, moved in since the time kept before, and likewise for
        those who are no longer followed, so that no step shows single children.
    fewest_followed : int
        The curve ends where fewer children than this are still followed: beyond, it rests on too few.
    """
    curve = cumulative_incidence(followed["days"], followed["end"], of=MOVED_IN_END)
    return _read_at(MEASURES["moved_in_percent"], curve, days, when, fewest_per_step, fewest_followed)


def still_waiting_after_order(
    followed: pd.DataFrame, *, days: Sequence[int], when: Period, fewest_per_step: int, fewest_followed: int
) -> Result:
    """Percentage neither moved in nor with an ended plan by each number of days after the placement order: Kaplan-Meier.

    Both ends count, so this and `moved_in_after_order` leave a rest: the plans that ended. Arguments as there.
    """
    curve = kaplan_meier(followed["days"], followed["end"] > 0)
    return _read_at(MEASURES["still_waiting_percent"], curve, days, when, fewest_per_step, fewest_followed)


def _read_at(
    measure: Measure, curve: Curve, days: Sequence[int], when: Period, fewest_per_step: int, fewest_followed: int
) -> Result:
    times = np.asarray(days)
    followed = curve.followed_beyond(times)
    times = times[followed >= fewest_followed]
    kept = _times_apart(times, curve, fewest_per_step)
    share, lower, upper = curve.at(kept)
    falling = curve.start == 1.0
    numerator = curve.followed_beyond(kept) if falling else curve.events_by(kept)
    frame = pd.DataFrame(
        {
            "days": kept,
            "numerator": numerator.astype(float),
            "denominator": float(len(curve.durations)),
            "value": 100 * share,
            "lower": 100 * lower,
            "upper": 100 * upper,
            "period_start": when.start,
            "period_end": when.end,
            "measure": measure.name,
            "unit": measure.unit,
            "method": "Kaplan-Meier, log-log 95%" if falling else "Aalen-Johansen, log-log 95%",
            "symbol": np.where(np.isnan(share), "z", ""),
            "source": "",
        }
    )
    return Result(measure, frame, ("days",))


def _times_apart(times: np.ndarray, curve: Curve, fewest: int) -> np.ndarray:
    """The times that differ from the one kept before by 0 or at least `fewest`, in events and in children followed."""
    kept: list[int] = []
    last = np.array([0, len(curve.durations)])
    for time in times:
        now = np.array([curve.events_by([time])[0], curve.followed_beyond([time])[0]])
        step = np.abs(now - last)
        if ((step == 0) | (step >= fewest)).all():
            kept.append(int(time))
            last = now
    return np.array(kept, dtype=int)


def outcomes_so_far(followed: pd.DataFrame, *, when: Period) -> Result:
    """What had become of the children of `time_to_moving_in` on the last day known: three counts, always."""
    names = ("Moved in with adopters", "Plan ended or left care otherwise", "Still waiting to move in")
    counts = followed["end"].value_counts().reindex([MOVED_IN_END, PLAN_ENDED, 0], fill_value=0)
    frame = pd.DataFrame({"outcome": names, "numerator": counts.to_numpy()})
    return build.count(MEASURES["children_followed"], frame, groups=["outcome"], parts=["outcome"], when=when)


def children_followed(followed: pd.DataFrame, *, when: Period) -> Result:
    """How many children `time_to_moving_in` follows: one row."""
    return build.count(MEASURES["children_followed"], pd.DataFrame({"numerator": [len(followed)]}), when=when)


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
