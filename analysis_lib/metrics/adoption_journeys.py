"""The adoption journey of each child and plan: one table, from which every adoption measure is read.

Sources: the children looked after return (SSDA903) for care, orders, placements and adoption; its AD1 file for the match
of adopted children (completed years only); Annex A list 10 for what the return does not have yet.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import compute

PLACEMENT_ORDER = ("E1", "D1")  # D1: freeing order, before placement orders began
ADOPTIVE_PLACEMENT = ("A3", "A4", "A5", "A6")
WITH_PARENTS_CONSENT = ("A3", "A4")  # placed without a placement order
WITH_FOSTER_CARER = ("A3", "A5")
EARLY_PERMANENCE = ("U2", "U5")  # fostering by approved adopters: fostering for adoption, concurrent planning
SHORT_BREAKS = ("V3", "V4")
TEMPORARY = ("T0", "T1", "T2", "T3", "T4")
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
EPISODE_COLUMNS = (
    "child_id", "episode_start", "episode_end", "reason_new_episode", "legal_status", "place", "reason_ceased",
)  # fmt: skip
CARE_COLUMNS = ("child_id", "care_start", "care_end", "reason_ceased", "ended_by_adoption")
DECISION_COLUMNS = ("child_id", "decision_date", "decision_ceased_date", "decision_ceased_reason")
ADOPTION_COLUMNS = ("child_id", "return_year", "decision_date", "match_date", "adopted_by_foster_carer")


def adoption_journeys(
    episodes: pd.DataFrame,
    care_periods: pd.DataFrame,
    placement_decisions: pd.DataFrame | None,
    adoptions: pd.DataFrame | None,
    adoption_list: pd.DataFrame | None,
    children: pd.DataFrame | None,
) -> pd.DataFrame:
    """One row per child and adoption plan: the day of each stage, missing where it has not come or is not known.

    Parameters
    ----------
    episodes, care_periods, placement_decisions, adoptions, adoption_list, children : DataFrame
        Tidy tables as known on one day. Those from `placement_decisions` on may be None or empty; the days and answers
        that only they have are then missing.

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
    given = (placement_decisions, adoptions, adoption_list)
    concerned = _children_concerned(episodes, care_periods, *given)
    episodes = _of(concerned, episodes, EPISODE_COLUMNS)
    care_periods = _of(concerned, care_periods, CARE_COLUMNS)
    children = _of(concerned, children, ("child_id", "birth_date"))
    placement_decisions, adoptions, listed = (
        _of(concerned, table, columns)
        for table, columns in zip(given, (DECISION_COLUMNS, ADOPTION_COLUMNS, LIST_COLUMNS), strict=True)
    )
    care_periods = care_periods.sort_values(["child_id", "care_start"], kind="stable", ignore_index=True)
    stays = _episodes_of_care(episodes, care_periods)
    orders, spells = _order_runs(stays), _adoptive_spells(stays)
    plans = _plans(care_periods, placement_decisions, adoptions, listed, orders, spells)
    plans["entered_care"] = _first_day_of_care(stays, care_periods).take(plans["care"]).to_numpy()
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
    plans["child_id"] = concerned.to_numpy(dtype=object)[plans["child_id"]]
    return plans[list(JOURNEY_COLUMNS)]


def _children_concerned(episodes: pd.DataFrame, care_periods: pd.DataFrame, *others: pd.DataFrame | None) -> pd.Index:
    """The children who can have a plan, in order: most children looked after have none, and need no looking at."""
    towards_adoption = episodes["legal_status"].isin(PLACEMENT_ORDER) | episodes["place"].isin(ADOPTIVE_PLACEMENT)
    adopted = care_periods["ended_by_adoption"].astype(bool)
    named = [episodes.loc[towards_adoption, "child_id"], care_periods.loc[adopted, "child_id"]]
    named += [table["child_id"] for table in others if table is not None]
    once = [pd.Series(each.unique()).astype(object) for each in named]
    return pd.Index(pd.concat(once, ignore_index=True).unique()).sort_values()


def _of(concerned: pd.Index, table: pd.DataFrame | None, columns: tuple[str, ...]) -> pd.DataFrame:
    """The columns of a table for the children concerned, each child by its number among them; a table that may not be there
    is then without rows.

    Text is held as objects and dates in nanoseconds: tables from different files differ, and keys must not.
    """
    if table is None:
        table = pd.DataFrame(columns=list(columns))
    number = _numbers(concerned, table["child_id"])
    inside = np.flatnonzero(number >= 0)
    rows = table[list(columns)].take(inside)
    dates = [name for name in columns if name.endswith(("_date", "_start", "_end")) or name == "entered_care"]
    texts = [name for name in columns if name not in (*dates, "child_id", "ended_by_adoption")]
    rows = rows.astype({**dict.fromkeys(dates, "datetime64[ns]"), **dict.fromkeys(texts, object)})
    return rows.assign(child_id=number[inside])


def _numbers(concerned: pd.Index, child_id: pd.Series) -> np.ndarray:
    """For each row the number of its child among those concerned, -1 for the others.

    A child's rows mostly stand together, so an identifier is looked up where it differs from the row before.
    """
    begins = child_id.ne(child_id.shift()).to_numpy(dtype=bool, na_value=True)
    children = pa.array(child_id[begins], pa.large_string(), from_pandas=True)
    those = pa.array(concerned.to_numpy(dtype=object), pa.large_string(), from_pandas=True)
    # Five times as fast as `Index.get_indexer`, which makes each text a Python object first.
    number = compute.index_in(children, value_set=those).fill_null(-1).to_numpy(zero_copy_only=False)
    return np.repeat(number, np.diff(np.flatnonzero(begins), append=len(begins)))


def _latest_begun(begun: tuple[pd.Series, pd.Series], wanted: tuple[pd.Series, pd.Series]) -> np.ndarray:
    """For each of `wanted` (group, day) the place of the latest of `begun`, of the same group, that is not after the day.

    -1 where there is none. Groups are whole numbers from 0; `begun` is sorted by group and day; no day is missing.
    """
    group = wanted[0].to_numpy()
    place = np.searchsorted(_in_one_number(*begun), _in_one_number(*wanted), side="right") - 1
    of_group = begun[0].to_numpy()
    found = place >= 0
    found[found] = of_group[place[found]] == group[found]
    return np.where(found, place, -1)


def _in_one_number(group: pd.Series, day: pd.Series) -> np.ndarray:
    """Group and day as one number that sorts as they do."""
    days = day.to_numpy(dtype="datetime64[D]").astype(np.int64)  # nanoseconds reach 107,000 days either way of 1970
    return group.to_numpy(dtype=np.int64) * 2**18 + days + 2**17


def _episodes_of_care(episodes: pd.DataFrame, care_periods: pd.DataFrame) -> pd.DataFrame:
    """Episodes with `care`, the number of the period of care that each belongs to, in order; short breaks and stray
    episodes left out."""
    kept = episodes[~episodes["legal_status"].isin(SHORT_BREAKS)]
    kept = kept.sort_values(["child_id", "episode_start"], kind="stable")
    care = _latest_begun(
        (care_periods["child_id"], care_periods["care_start"]), (kept["child_id"], kept["episode_start"])
    )
    over = care_periods["care_end"].to_numpy()[care] if len(care_periods) else np.empty(len(kept), "datetime64[ns]")
    inside = (care >= 0) & ~(kept["episode_start"].to_numpy() > over)
    return _with_same_carer_runs(kept.assign(care=care).take(np.flatnonzero(inside)).reset_index(drop=True))


def _with_same_carer_runs(stays: pd.DataFrame) -> pd.DataFrame:
    """Adds `first` (of its period of care), `bridged_place` (a temporary placement takes the code it interrupts) and
    `carer_run` (a number from 0 for each unbroken stay with one carer, which begins where `new_carer` is true)."""
    row, place = np.arange(len(stays)), stays["place"].to_numpy(dtype=object)
    care, (code, _) = stays["care"].to_numpy(), pd.factorize(stays["place"])
    temporary = stays["place"].isin(TEMPORARY).to_numpy()
    first = np.diff(care, prepend=-1) != 0
    settled = (code >= 0) & ~temporary
    before = np.maximum.accumulate(np.where(settled, row, -1))
    after = np.minimum.accumulate(np.where(settled, row, len(row))[::-1])[::-1]
    has_before = (before >= 0) & (care[before] == care)
    has_after = after < len(row)
    has_after[has_after] = care[after[has_after]] == care[has_after]
    same = has_after & (code[before] == code[np.where(has_after, after, 0)])
    # Away and back to the same placement, or away still: the stay is not broken (rules 375 to 383 of the return).
    bridged = temporary & has_before & (~has_after | same)
    returned = np.append(False, bridged)[:-1] & ~temporary & ~first
    new_carer = first | (stays["reason_new_episode"].isin(NEW_CARER).to_numpy() & ~bridged & ~returned)
    return stays.assign(
        first=first,
        bridged_place=place[np.where(bridged, before, row)],
        new_carer=new_carer,
        carer_run=np.cumsum(new_carer) - 1,
    )


def _order_runs(stays: pd.DataFrame) -> pd.DataFrame:
    """Unbroken runs under a placement order: care, order_start, order_end (missing: in force), and whether the start is
    known."""
    ordered = stays["legal_status"].isin(PLACEMENT_ORDER).to_numpy()
    begins = stays["first"].to_numpy() | (np.diff(ordered, prepend=False) != 0)
    first, last = _first_and_last(stays, ordered, begins)
    # The first known episode, carried over from before the returns begin, may have been under the order for long.
    known = ~(first["first"] & ~first["reason_new_episode"].isin(["S", "L", "B", "U"]))
    return first[["care"]].assign(
        order_start=first["episode_start"], order_end=last["episode_end"], order_start_known=known
    )


def _adoptive_spells(stays: pd.DataFrame) -> pd.DataFrame:
    """Unbroken stays in an adoptive placement with the same adopters, with the fostering stay before each.

    `moved_in` is the stay's first known day (`moved_in_known`: it is truly the first), `counts` whether it is still
    open or ended in adoption.
    """
    adoptive = stays["bridged_place"].isin(ADOPTIVE_PLACEMENT).to_numpy()
    new_carer = stays["new_carer"].to_numpy()
    first, last = _first_and_last(stays, adoptive, new_carer | (adoptive & ~np.append(False, adoptive)[:-1]))
    early = stays.loc[stays["place"].isin(EARLY_PERMANENCE), "carer_run"].unique()
    came = stays[["episode_start", "reason_new_episode"]].take(np.flatnonzero(new_carer)[first["carer_run"]])
    came = came.set_axis(first.index)
    fostered = came["reason_new_episode"].isin(NEW_CARER) & (came["episode_start"] < first["episode_start"])
    return first[["care"]].assign(
        moved_in=first["episode_start"],
        moved_in_known=~(first["first"] & first["reason_new_episode"].eq("L")),
        place=last["bridged_place"],
        counts=last["episode_end"].isna() | last["reason_ceased"].isin(ADOPTED),
        fostering_start=came["episode_start"].where(fostered),
        early_permanence=first["carer_run"].isin(early),
    )


def _first_and_last(stays: pd.DataFrame, inside: np.ndarray, begins: np.ndarray) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The first and the last row of each run among the rows `inside`, where a run ends before each row that `begins` one."""
    rows, run = np.flatnonzero(inside), np.cumsum(begins)[inside]
    first, last = (rows[np.diff(run, **beside) != 0] for beside in ({"prepend": -1}, {"append": -1}))
    return stays.take(first).reset_index(drop=True), stays.take(last).reset_index(drop=True)


def _first_day_of_care(stays: pd.DataFrame, care_periods: pd.DataFrame) -> pd.Series:
    """For each period of care its first day; missing where its first known episode is no start."""
    known = stays.loc[stays["first"] & stays["reason_new_episode"].eq("S"), "care"]
    return care_periods["care_start"].where(care_periods.index.isin(known))


def _plans(care_periods, placement_decisions, adoptions, listed, orders, spells) -> pd.DataFrame:
    """The plans, each with its period of care (`care` is its number) and the days that it reaches over."""
    adopted = care_periods[care_periods["ended_by_adoption"].astype(bool)]
    sources = [
        _in_care_period(placement_decisions, care_periods),
        _in_care_period(adoptions[["child_id", "decision_date"]].dropna(), adopted),
        _in_care_period(listed[["child_id", "decision_date"]].dropna(), care_periods),
        orders[["care"]],
        spells[["care"]],
        pd.DataFrame({"care": adopted.index}),
    ]
    known, new = np.zeros(len(care_periods), dtype=bool), []
    for each in sources:  # each source adds plans only for periods of care in which those before it knew of none
        new.append(each[~known[each["care"]]])
        known[each["care"]] = True
    plans = pd.concat([new[0], *(each.drop_duplicates() for each in new[1:])], ignore_index=True)
    plans["decision_date"] = pd.to_datetime(plans["decision_date"])
    plans["decision_ceased_date"] = pd.to_datetime(plans["decision_ceased_date"])
    plans = plans.sort_values(["care", "decision_date"], kind="stable").reset_index(drop=True)
    plans = _recorded_once(plans)
    of_care = care_periods[list(CARE_COLUMNS)].take(plans["care"]).set_axis(plans.index)
    plans = pd.concat([plans, of_care], axis=1)
    first = ~plans.duplicated("care")
    opening = plans[["care_start", "decision_date"]].min(axis=1)
    plans["from_day"] = plans["decision_date"].where(~first, opening)
    plans["last_of_period"] = ~plans.duplicated("care", keep="last")
    plans["until_day"] = plans["from_day"].shift(-1).where(~plans["last_of_period"])
    plans["plan"] = plans.groupby("child_id").cumcount() + 1
    return plans.rename(columns={"decision_ceased_date": "plan_ended", "decision_ceased_reason": "plan_ended_reason"})


def _in_care_period(decisions: pd.DataFrame, care_periods: pd.DataFrame) -> pd.DataFrame:
    """Decisions with `care`, the number of the period that each belongs to: the latest begun by then, or else the
    child's first. Those of a child without any are left out."""
    known = decisions.dropna(subset=["decision_date"])
    whose, child = care_periods["child_id"], known["child_id"]
    latest = _latest_begun((whose, care_periods["care_start"]), (child, known["decision_date"]))
    place = np.where(latest >= 0, latest, np.searchsorted(whose, child))
    has_care = child.isin(whose).to_numpy()
    care = care_periods.index.to_numpy()[place[has_care]]
    return known[has_care].drop(columns="child_id").assign(care=care)


def _recorded_once(plans: pd.DataFrame) -> pd.DataFrame:
    later = plans.duplicated("care", keep="last")
    replaced = later & plans["decision_ceased_date"].isna()
    # Each plan that stands comes after those that it replaces.
    stands = (~replaced).cumsum() - ~replaced
    count = replaced.groupby(stands).transform("sum")
    return plans.assign(replaced_decisions=count.astype(int))[~replaced].reset_index(drop=True)


def _with_adoption(plans: pd.DataFrame) -> pd.DataFrame:
    adopted = plans["ended_by_adoption"].astype(bool) & plans["last_of_period"]
    left = ~plans["ended_by_adoption"].astype(bool) & plans["last_of_period"] & plans["plan_ended"].isna()
    return plans.assign(
        adoption_date=plans["care_end"].where(adopted),
        left_care=plans["care_end"].where(left),
        leaving_reason=plans["reason_ceased"].where(left),
    )


def _with_spells(plans: pd.DataFrame, spells: pd.DataFrame) -> pd.DataFrame:
    of_plan = _latest_begun((plans["care"], plans["from_day"]), (spells["care"], spells["moved_in"]))
    counts = spells["counts"].to_numpy(dtype=bool)
    last = spells[counts].set_axis(of_plan[counts])
    last = last[~last.index.duplicated(keep="last")].reindex(plans.index)  # spells are in order of time
    return plans.assign(
        moved_in=last["moved_in"].where(last["moved_in_known"].eq(True)),
        stay=last["moved_in"],
        place=last["place"],
        fostering_start=last["fostering_start"],
        early_permanence=last["early_permanence"].eq(True),
        disrupted_placements=np.bincount(of_plan[~counts], minlength=len(plans)),
    )


def _with_orders(plans: pd.DataFrame, orders: pd.DataFrame) -> pd.DataFrame:
    keys = plans[["care", "from_day", "until_day", "stay"]].assign(row=plans.index)
    pairs = keys.merge(orders, on="care", how="inner")
    started = (pairs["order_start"] >= pairs["from_day"]) & ~(pairs["order_start"] >= pairs["until_day"])
    carried_over = (pairs["order_start"] < pairs["from_day"]) & ~(pairs["order_end"] <= pairs["from_day"])
    ended_before = (
        pairs["order_end"] <= pairs["stay"]
    )  # an order that was over when the child moved in gave no authority
    own = pairs[started | carried_over].assign(
        in_force=((pairs["order_start"] <= pairs["stay"]) & ~ended_before), started=started
    )
    usable = own[~ended_before[own.index]].sort_values(["in_force", "started", "order_start"], kind="stable")
    chosen = usable.drop_duplicates("row", keep="last").set_index("row").reindex(plans.index)
    seen = np.bincount(own.loc[own["started"], "row"], minlength=len(plans))
    return plans.assign(
        order_date=chosen["order_start"].where(chosen["order_start_known"].eq(True)),
        order_ended=chosen["order_end"].where(plans["adoption_date"].isna()),
        other_orders=(seen - chosen["started"].eq(True).astype(int)).clip(lower=0),
    )


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
        if differ.any():
            names = names.where(~differ, names + np.where(names == "", own, ", " + own))
    return names
