"""The SSDA903 of all years as tidy tables: episodes, periods of care, reviews, adoption, missing spells."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis_lib.prepare.given import Given, Made
from analysis_lib.prepare.identifiers import SOCIAL_WORKER, hashed
from analysis_lib.prepare.join import (
    by_child_and_day,
    close_what_is_not_carried_on,
    mapped,
    of_the_latest_return,
    one_row_each,
    renamed,
    without_open_that_ended,
)
from analysis_lib.prepare.whereabouts import COLUMNS as WHEREABOUTS
from analysis_lib.prepare.whereabouts import whereabouts

SHORT_BREAKS = ("V3", "V4")
ADOPTED = ("E11", "E12")
MADE_OF = {
    "episodes": ("episodes",),
    "care_periods": ("episodes",),
    "reviews": ("reviews",),
    "placement_decisions": ("placed_for_adoption",),
    "adoptions": ("ad1",),
    "missing_episodes": ("missing",),
    "previous_permanence": ("previous_permanence",),
    "care_leavers": ("oc3",),
    "health_outcomes": ("oc2",),
    "social_workers": ("sw_episodes",),
}
EPISODE_NAMES = {
    "DECOM": "episode_start", "DEC": "episode_end", "RNE": "reason_new_episode", "LS": "legal_status",
    "CIN": "category_of_need", "PLACE": "place", "PLACE_PROVIDER": "place_provider", "REC": "reason_ceased",
    "REASON_PLACE_CHANGE": "reason_place_change",
}  # fmt: skip
REVIEW_NAMES = {"REVIEW": "review_date", "REVIEW_CODE": "participation"}
DECISION_NAMES = {
    "DATE_PLACED": "decision_date", "DATE_PLACED_CEASED": "decision_ceased_date",
    "REASON_PLACED_CEASED": "decision_ceased_reason",
}  # fmt: skip
ADOPTION_NAMES = {
    "_year": "return_year", "DATE_INT": "decision_date", "DATE_MATCH": "match_date",
    "FOSTER_CARE": "adopted_by_foster_carer",
}  # fmt: skip
MISSING_NAMES = {"MISSING": "kind", "MIS_START": "missing_start", "MIS_END": "missing_end"}
PERMANENCE_NAMES = {
    "_year": "return_year", "PREV_PERM": "permanence", "LA_PERM": "permanence_council", "DATE_PERM": "permanence_date",
}  # fmt: skip
CARE_LEAVER_NAMES = {
    "_year": "return_year", "DOB": "birth_date", "IN_TOUCH": "in_touch", "ACTIV": "activity", "ACCOM": "accommodation",
}  # fmt: skip
HEALTH_NAMES = {
    "_year": "return_year", "SDQ_SCORE": "sdq_score", "SDQ_REASON": "sdq_reason", "CONVICTED": "convicted",
    "HEALTH_CHECK": "development_checked", "IMMUNISATIONS": "immunised", "TEETH_CHECK": "teeth_checked",
    "HEALTH_ASSESSMENT": "health_assessed", "SUBSTANCE_MISUSE": "substance_misuse",
    "INTERVENTION_RECEIVED": "intervention_received", "INTERVENTION_OFFERED": "intervention_offered",
}  # fmt: skip
HEALTH_ANSWERS = [name for name in HEALTH_NAMES.values() if name not in ("return_year", "sdq_score", "sdq_reason")]
SOCIAL_WORKER_NAMES = {"SW_DECOM": "worker_start", "SW_DEC": "worker_end", "SW_REASON": "reason_new_worker"}
# What each column of a table is called, and in the return that the table is made of first.
NAMES = {
    "episodes": EPISODE_NAMES,
    "care_periods": {"DECOM": "care_start", "DEC": "care_end", "REC": "reason_ceased"},
    "reviews": REVIEW_NAMES,
    "placement_decisions": DECISION_NAMES,
    "adoptions": ADOPTION_NAMES,
    "missing_episodes": MISSING_NAMES,
    "previous_permanence": PERMANENCE_NAMES,
    "care_leavers": CARE_LEAVER_NAMES,
    "health_outcomes": HEALTH_NAMES,
    "social_workers": {"SW_ID": "worker_id", **SOCIAL_WORKER_NAMES},
}
ANSWERS = {"1": True, "0": False}


def tables(given: Given) -> Made:
    """The tables of `MADE_OF` whose returns are there."""
    frames, key = given.frames, given.key
    made, problems = {}, []
    if "episodes" in frames:
        episodes, problems = close_what_is_not_carried_on(joined_episodes(frames["episodes"]), "DEC", "_year")
        where, unplaced = whereabouts(episodes, given.own_area)
        made["episodes"], problems = tidy_episodes(episodes, key, where), problems + unplaced
        made["care_periods"] = care_periods(made["episodes"])
    if "reviews" in frames:
        rows = one_row_each(frames["reviews"], ["CHILD", "REVIEW"], "_year")
        made["reviews"] = renamed(rows, "CHILD", REVIEW_NAMES, key)
    if "placed_for_adoption" in frames:
        decision = ["CHILD", "DATE_PLACED"]
        rows = without_open_that_ended(frames["placed_for_adoption"], decision, "DATE_PLACED_CEASED", "_year")
        rows = one_row_each(rows, decision, "_year")
        made["placement_decisions"] = renamed(rows, "CHILD", DECISION_NAMES, key)
    if "ad1" in frames:
        made["adoptions"] = tidy_adoptions(frames["ad1"], key)
    if "missing" in frames:
        made["missing_episodes"] = tidy_missing_episodes(frames["missing"], key)
    if "previous_permanence" in frames:
        made["previous_permanence"] = tidy_previous_permanence(frames["previous_permanence"], key)
    if "oc3" in frames:  # a young person is in OC3 once a year
        made["care_leavers"] = renamed(
            one_row_each(frames["oc3"], ["CHILD", "_year"], "_year"), "CHILD", CARE_LEAVER_NAMES, key
        )
    if "oc2" in frames:
        made["health_outcomes"] = tidy_health_outcomes(frames["oc2"], key)
    if "sw_episodes" in frames:
        made["social_workers"] = tidy_social_workers(frames["sw_episodes"], key)
    return made, problems


def joined_episodes(episodes: pd.DataFrame) -> pd.DataFrame:
    """The episodes of all years as one history: each child's episode from one day, as the latest return tells it.

    An episode open on 31 March is in the next year's return again, with the same first day; there it may have ceased,
    and that row stands for both. Two episodes from the same day in one return are both kept unless their reason for a
    new episode is the same. Where a file holds several years and no return is told, an episode that has ceased stands
    for the same one open.
    """
    first_day = ["CHILD", "DECOM"]
    rows = of_the_latest_return(without_open_that_ended(episodes, first_day, "DEC", "_year"), first_day, "_year")
    return rows.drop_duplicates(["CHILD", "DECOM", "RNE"], keep="last")


def tidy_episodes(episodes: pd.DataFrame, key: bytes, where: pd.DataFrame) -> pd.DataFrame:
    """One row per episode, in words, by child and first day; `where` are its whereabouts, row by row."""
    tidy = reasons_of_ended_episodes(renamed(episodes, "CHILD", EPISODE_NAMES, key))
    tidy = tidy.join(where.reset_index(drop=True))
    columns = [
        "child_id", "episode_start", "episode_end", "reason_new_episode", "legal_status", "category_of_need", "place",
        "place_provider", "reason_ceased", "reason_place_change", *WHEREABOUTS,
    ]  # fmt: skip
    return by_child_and_day(tidy[columns], "episode_start", "episode_end")


def reasons_of_ended_episodes(episodes: pd.DataFrame) -> pd.DataFrame:
    """A reason ceased counts only where there is a day: without one the episode is open (rule 148)."""
    return episodes.assign(reason_ceased=episodes["reason_ceased"].where(episodes["episode_end"].notna()))


def care_periods(episodes: pd.DataFrame) -> pd.DataFrame:
    """Periods of care from the tidy episodes: one row from the start to the cease that is not followed the same day.

    The episodes have to be in their tidy order, by child and first day. Short breaks (V3, V4) are left out. A period
    begins with a child's first episode, with reason S, after an episode that ceased for another reason than X1, or after
    a gap. `start_known` says whether the first episode at hand has reason S: where it has not, care began before the
    first return and `care_start` is the earliest day known.

    Where episodes of a child overlap, which they should not, the one that ends last decides when care ends and why: a
    child is in care as long as any episode says so. An open episode that a later one follows is taken to end with it.
    """
    rows = episodes[~episodes["legal_status"].isin(SHORT_BREAKS)].reset_index(drop=True)
    is_first = rows["child_id"] != rows["child_id"].shift()
    is_last = rows["child_id"] != rows["child_id"].shift(-1)
    ends = rows["episode_end"].fillna(rows["episode_start"].mask(is_last, pd.Timestamp.max.floor("D")))
    before = _ending_last_before(rows, ends)
    begins = (
        is_first
        | (rows["reason_new_episode"] == "S")
        | (before["reason_ceased"].notna() & (before["reason_ceased"] != "X1"))
        | (rows["episode_start"] > before["episode_end"])
    )
    rows = rows.assign(period=begins.cumsum())
    first = rows[begins].set_index("period")
    ordered = rows.assign(ends=ends).sort_values(["period", "ends"], kind="stable")
    last = ordered.drop_duplicates("period", keep="last").set_index("period")
    return pd.DataFrame(
        {
            "child_id": first["child_id"],
            "care_start": first["episode_start"],
            "care_end": last["episode_end"],
            "reason_ceased": last["reason_ceased"],
            "ended_by_adoption": last["reason_ceased"].isin(ADOPTED),
            "start_known": first["reason_new_episode"] == "S",
        }
    ).reset_index(drop=True)


def _ending_last_before(rows: pd.DataFrame, ends: pd.Series) -> pd.DataFrame:
    """For each episode the end and its reason of the child's earlier episode that ends last; missing for the first one."""
    is_latest = ends == ends.groupby(rows["child_id"]).cummax()
    place = pd.Series(np.arange(len(rows)), index=rows.index).where(is_latest).ffill()  # a child's first is its latest
    before = place.groupby(rows["child_id"]).shift()
    found = rows[["episode_end", "reason_ceased"]].reindex(before.fillna(-1).astype(int))
    return found.set_axis(rows.index)


def tidy_adoptions(ad1: pd.DataFrame, key: bytes) -> pd.DataFrame:
    """One row per AD1 row; a child is in AD1 once a year."""
    rows = ad1.sort_values(["_year", "_file", "_line"], kind="stable").drop_duplicates(["CHILD", "_year"], keep="last")
    tidy = renamed(rows, "CHILD", ADOPTION_NAMES, key)
    return tidy.assign(adopted_by_foster_carer=tidy["adopted_by_foster_carer"].map(ANSWERS).astype("boolean"))


def tidy_missing_episodes(missing: pd.DataFrame, key: bytes) -> pd.DataFrame:
    """One row per missing spell; kind is "missing" or "away" (without authorisation)."""
    spell = ["CHILD", "MIS_START"]
    rows = one_row_each(without_open_that_ended(missing, spell, "MIS_END", "_year"), spell, "_year")
    tidy = renamed(rows, "CHILD", MISSING_NAMES, key)
    return tidy.assign(kind=mapped(tidy["kind"], {"M": "missing", "A": "away"}))


def tidy_previous_permanence(previous_permanence: pd.DataFrame, key: bytes) -> pd.DataFrame:
    """One row per child and return, with what the child had before it came into care in that year.

    A date of which a part is not known (ZZ) is missing; its year, where that is known, is `permanence_year`.
    """
    rows = one_row_each(previous_permanence, ["CHILD", "_year"], "_year")
    tidy = renamed(rows, "CHILD", PERMANENCE_NAMES, key)
    date = tidy["permanence_date"]
    year = pd.to_numeric(date.str[-4:].where(date.notna()), errors="coerce")  # ZZZZ: not known, as the return allows
    complete = date.where(~date.str.contains("ZZ", na=True))
    return tidy.assign(
        permanence_date=pd.to_datetime(complete, format="%d/%m/%Y").astype("datetime64[us]"),
        permanence_year=year.astype("Int64"),
    )


def tidy_health_outcomes(oc2: pd.DataFrame, key: bytes) -> pd.DataFrame:
    """One row per child and return of OC2; an answer that was not given is missing, not no."""
    rows = one_row_each(oc2, ["CHILD", "_year"], "_year")
    tidy = renamed(rows, "CHILD", HEALTH_NAMES, key)
    return tidy.assign(**{name: tidy[name].map(ANSWERS).astype("boolean") for name in HEALTH_ANSWERS})


def tidy_social_workers(sw_episodes: pd.DataFrame, key: bytes) -> pd.DataFrame:
    """One row per spell of a child with a social worker, by child and first day.

    A return does not ask who worked with a child after care, so the last spell of a child who has left stays open there and is
    in no later return: it is closed on the day after the last return that has it, the last day for which it is told.
    """
    spell = ["CHILD", "SW_DECOM", "SW_ID"]
    rows = one_row_each(without_open_that_ended(sw_episodes, spell, "SW_DEC", "_year"), spell, "_year")
    rows, _ = close_what_is_not_carried_on(rows, "SW_DEC", "_year")
    tidy = renamed(rows, "CHILD", SOCIAL_WORKER_NAMES, key)
    tidy.insert(1, "worker_id", hashed(rows["SW_ID"], key, SOCIAL_WORKER).to_numpy())
    return by_child_and_day(tidy, "worker_start", "worker_end")
