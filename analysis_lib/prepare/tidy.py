"""Checked frames in, tidy tables out. What each return calls things ends here; nothing here opens a file.

Every correction of what a return says is a function of its own, named for what it does, with the reason in its first
lines. Corrections that change a figure are reported as problems with severity "warning".
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import fields

import numpy as np
import pandas as pd

from analysis_lib.authority import Area
from analysis_lib.errors import DataProblem
from analysis_lib.periods import Period
from analysis_lib.sources import TABLES, RawReturns
from analysis_lib.sources.table import TEXT_DTYPE, WARNING
from analysis_lib.sources.virtual_school import TABLE as VIRTUAL_SCHOOL
from analysis_lib.sources.youth_offending import GROUP_OF_CODE

ANNEX_A_CHILD = "Child Unique ID"
DEMONSTRATION_KEY = b"panelpack demonstration key"
# Namespaces keep the numbering of two case systems apart: child 1001 of the council is not child 1001 of the service.
COUNCIL_CHILD, PUPIL, YOUTH_SERVICE_CHILD = b"council", b"pupil", b"youth service"
SHORT_BREAKS = ("V3", "V4")
ADOPTED = ("E11", "E12")
SEX_OF_CODE = {"M": "male", "1": "male", "F": "female", "2": "female"}
COUNCIL_CODE = re.compile(r"[EWSN]\d{8}", re.IGNORECASE)

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
ADOPTION_LIST_NAMES = {
    "_extract": "extract_date",
    "Date the Child Entered Care": "entered_care",
    "Date of Decision that Child Should be Placed for Adoption": "decision_date",
    "Date of Placement Order": "placement_order_date",
    "Date of Matching Child and Prospective Adopters": "match_date",
    "Date Placed for Adoption": "moved_in_date",
    "Date of Adoption Order": "adoption_date",
    "Date of Decision that Child Should No Longer be Placed for Adoption": "decision_reversed_date",
    "Reason Why Child No Longer Placed for Adoption": "decision_reversed_reason",
    "Date the child was placed for fostering in FFA or concurrent planning placement": "fostering_for_adoption_date",
}
CIN_PLAN_NAMES = {
    "CIN Start Date": "plan_start", "CIN Closure Date": "plan_end", "Primary Need Code": "primary_need",
    "Reason for Closure": "closure_reason",
}  # fmt: skip
CP_PLAN_NAMES = {
    "Child Protection Plan Start Date": "plan_start",
    "Child Protection Plan End Date": "plan_end",
    "Initial Category of Abuse": "initial_category",
    "Latest Category of Abuse": "latest_category",
    "Number of Previous Child Protection Plans": "previous_plans",
}
REFERRAL_NAMES = {
    "Date of Referral": "referral_date",
    "Referral Source": "source",
    "Referral NFA?": "no_further_action",
    "Number of Referrals in Last 12 Months": "referrals_in_12_months",
}
ASSESSMENT_NAMES = {
    "Continuous Assessment Start Date": "assessment_start",
    "Continuous Assessment Date of Authorisation": "authorised_date",
    "Child Seen During Continuous Assessment": "child_seen",
    "Was the child assessed as requiring LA children's social care support?": "outcome",
}
SECTION47_NAMES = {
    "Strategy discussion initiating Section 47 Enquiry Start Date": "enquiry_start",
    "Was an Initial Child Protection Conference deemed unnecessary?": "conference_unnecessary",
    "Date of Initial Child Protection Conference": "conference_date",
    "Did the Initial Child Protection Conference Result in a Child Protection Plan": "led_to_plan",
}
YOUTH_NAMES = {
    "SEX": "sex", "DATE_OF_BIRTH": "birth_date", "AGE": "age", "ETHNICITY": "ethnic_group",
    "LOOKED_AFTER": "looked_after", "COUNCIL": "council_code", "INTERVENTION_START": "intervention_start",
    "INTERVENTION_END": "intervention_end", "INTERVENTION_TYPE": "intervention_type",
}  # fmt: skip
EXTRACT_TYPES = {
    "family": TEXT_DTYPE, "label": TEXT_DTYPE, "covers_from": "datetime64[us]", "extract_date": "datetime64[us]", "given": bool, "files": int,
    "rows": int,
}  # fmt: skip
PROBLEM_TYPES = {field.name: int if field.name == "line" else TEXT_DTYPE for field in fields(DataProblem)}
# The tables of the returns that each tidy table is made of; the first one must be there.
MADE_OF = {
    "children": ("header", "list_06", "list_07", "list_10"),
    "episodes": ("episodes",),
    "care_periods": ("episodes",),
    "reviews": ("reviews",),
    "placement_decisions": ("placed_for_adoption",),
    "adoptions": ("ad1",),
    "adoption_list": ("list_10",),
    "missing_episodes": ("missing",),
    "cin_plans": ("list_06",),
    "cp_plans": ("list_07",),
    "referrals": ("list_03",),
    "assessments": ("list_04",),
    "section47": ("list_05",),
    "pupils": ("virtual_school",),
    "youth_offending_cases": ("youth_offending",),
    "school_census_ethnicity": ("school_census_ethnicity",),
}


def prepare(
    raw: RawReturns,
    published: Mapping[str, pd.DataFrame] | None = None,
    areas: Iterable[Area] = (),
    key: bytes = DEMONSTRATION_KEY,
) -> dict[str, pd.DataFrame]:
    """Every tidy table that the returns in `raw` can feed, with the published ones beside them.

    Parameters
    ----------
    raw : RawReturns
    published : dict of DataFrame
        Tidy already; council names in the returns are looked up in their `area` and `area_code`.
    areas : Areas
        More councils whose names the returns may carry: those of the youth offending service.
    key : bytes
        Of the keyed hash that stands in for identifiers; nothing but the hashes depends on it.

    Returns
    -------
    dict of DataFrame
        By name; a table without a return behind it is absent. `problems` holds those of reading and of preparing.
    """
    published = dict(published or {})
    frames = raw.frames
    problems = list(raw.problems)
    tables: dict[str, pd.DataFrame] = {}
    if "episodes" in frames:
        episodes, found = close_what_is_not_carried_on(joined_episodes(frames["episodes"]), "DEC", "_year")
        problems += found
        tables["episodes"] = tidy_episodes(episodes, key)
        tables["care_periods"] = care_periods(tables["episodes"])
    if "reviews" in frames:
        rows = one_row_each(frames["reviews"], ["CHILD", "REVIEW"], "_year")
        tables["reviews"] = _renamed(rows, "CHILD", REVIEW_NAMES, key)
    if "placed_for_adoption" in frames:
        rows = one_row_each(frames["placed_for_adoption"], ["CHILD", "DATE_PLACED"], "_year")
        tables["placement_decisions"] = _renamed(rows, "CHILD", DECISION_NAMES, key)
    if "ad1" in frames:
        tables["adoptions"] = tidy_adoptions(frames["ad1"], key)
    if "missing" in frames:
        tables["missing_episodes"] = tidy_missing_episodes(frames["missing"], key)
    for name, table, names in (("list_06", "cin_plans", CIN_PLAN_NAMES), ("list_07", "cp_plans", CP_PLAN_NAMES)):
        if name in frames:
            start, end = list(names)[:2]
            rows = one_row_each(frames[name], [ANNEX_A_CHILD, start], "_extract")
            rows, found = close_what_is_not_carried_on(rows, end, "_extract")
            problems += found
            tables[table] = _renamed(rows, ANNEX_A_CHILD, names, key)
    for name, table, names in (
        ("list_03", "referrals", REFERRAL_NAMES),
        ("list_04", "assessments", ASSESSMENT_NAMES),
        ("list_05", "section47", SECTION47_NAMES),
    ):
        if name in frames:
            rows = of_the_latest_return(frames[name], [ANNEX_A_CHILD, next(iter(names))], "_extract")
            rows = rows.drop_duplicates([ANNEX_A_CHILD, *names], keep="last")
            tables[table] = _renamed(rows, ANNEX_A_CHILD, names, key)
    if "list_10" in frames:
        tables["adoption_list"] = tidy_adoption_list(frames["list_10"], key)
    if "virtual_school" in frames:
        tables["pupils"], found = tidy_pupils(frames["virtual_school"], frames.get("header"), key)
        problems += found
    if "youth_offending" in frames:
        cases, found = tidy_youth_offending(frames["youth_offending"], council_codes(published.values(), areas), key)
        tables["youth_offending_cases"] = cases
        problems += found
    if "school_census_ethnicity" in frames:
        codes = council_codes(published.values(), areas)
        tables["school_census_ethnicity"], found = tidy_school_census(frames["school_census_ethnicity"], codes)
        problems += found
    if (children := tidy_children(frames, key)) is not None:
        tables["children"] = children
        problems += _children_without_header(frames)
    return {
        **tables,
        **published,
        "extracts": _as_frame(raw.extracts, EXTRACT_TYPES),
        "problems": _problems_by_family(problems, raw),
        "left_out": _left_out_by_family(raw.left_out),
    }


def _problems_by_family(problems: list[DataProblem], raw: RawReturns) -> pd.DataFrame:
    """Every problem, with the family of the return that it was found in; blank for a file that was not recognised."""
    family_of = {file: TABLES[name].family for name, frame in raw.frames.items() for file in frame["_file"].unique()}
    family_of |= {problem.file: TABLES[name].family for name, problem in raw.closed.items()}
    frame = _as_frame(sorted(problems), PROBLEM_TYPES)
    return frame.assign(family=frame["file"].map(family_of).fillna("").astype(TEXT_DTYPE))


def _left_out_by_family(left_out: Mapping[str, int]) -> pd.DataFrame:
    """Rows left out because of an error in them, by table."""
    rows = [(TABLES[name].family, name, count) for name, count in sorted(left_out.items())]
    return pd.DataFrame(rows, columns=["family", "table", "rows"]).astype(
        {"family": TEXT_DTYPE, "table": TEXT_DTYPE, "rows": int}
    )


def hashed(identifiers: pd.Series, key: bytes, namespace: bytes = COUNCIL_CHILD) -> pd.Series:
    """A keyed hash (BLAKE2b, 16 hexadecimal characters) for each identifier; missing stays missing."""
    places, distinct = pd.factorize(identifiers)
    hashes = [
        hashlib.blake2b(str(each).encode("utf-8"), digest_size=8, key=key[:64], person=namespace).hexdigest()
        for each in distinct.tolist()
    ]
    values = pd.Series([*hashes, np.nan], dtype=TEXT_DTYPE).array[places]  # place -1, missing, is the last
    return pd.Series(values, index=identifiers.index, name="child_id")


def of_the_latest_return(frame: pd.DataFrame, key: list[str], returned: str) -> pd.DataFrame:
    """The rows of the latest return (by column `returned`) that has each key: the later return corrects the earlier.

    Rows are in the order of return, file and line.
    """
    frame = frame.sort_values([returned, "_file", "_line"], kind="stable", na_position="first", ignore_index=True)
    rank = frame[returned].rank(method="dense").fillna(0)
    latest = rank.groupby([frame[column] for column in key], dropna=False).transform("max")
    return frame[rank == latest]


def one_row_each(frame: pd.DataFrame, key: list[str], returned: str) -> pd.DataFrame:
    """One row for each key, from the latest return that has it, and there the last row."""
    return of_the_latest_return(frame, key, returned).drop_duplicates(key, keep="last")


def joined_episodes(episodes: pd.DataFrame) -> pd.DataFrame:
    """The episodes of all years as one history: each child's episode from one day, as the latest return tells it.

    An episode open on 31 March is in the next year's return again, with the same first day; there it may have ceased,
    and that row stands for both. Two episodes from the same day in one return are both kept unless their reason for a
    new episode is the same.
    """
    rows = of_the_latest_return(episodes, ["CHILD", "DECOM"], "_year")
    return rows.drop_duplicates(["CHILD", "DECOM", "RNE"], keep="last")


def close_what_is_not_carried_on(rows: pd.DataFrame, end: str, returned: str) -> tuple[pd.DataFrame, list[DataProblem]]:
    """Close, on the day after the return's last day, what was left open and is not in any later return.

    Each return repeats all that is still open, so what it does not repeat has ended, on a day that no return tells.
    Left open it would be counted for ever. The stock on the return's own last day is as that return has it.
    """
    latest = rows[returned].max()
    stale = rows[end].isna() & (rows[returned] < latest) & (rows[returned] != "")
    last_days = rows.loc[stale, returned].map(lambda each: Period.parse(each).end if isinstance(each, str) else each)
    closed = rows[end].astype("datetime64[us]").copy()
    closed[stale] = pd.to_datetime(last_days) + pd.Timedelta(days=1)
    advice = "It is taken to have ended on the day after. Correct the later return, or this one, in the case system."
    expected = "a date, or the row again in the next return: it is open and not carried on"
    problems = [
        DataProblem(file, int(line), end, "", expected, advice, WARNING)
        for file, line in rows.loc[stale, ["_file", "_line"]].itertuples(index=False)
    ]
    return rows.assign(**{end: closed}), problems


def tidy_episodes(episodes: pd.DataFrame, key: bytes) -> pd.DataFrame:
    """One row per episode, in words, by child and first day."""
    tidy = reasons_of_ended_episodes(_renamed(episodes, "CHILD", EPISODE_NAMES, key))
    columns = [
        "child_id", "episode_start", "episode_end", "reason_new_episode", "legal_status", "category_of_need", "place",
        "place_provider", "reason_ceased", "reason_place_change",
    ]  # fmt: skip
    return tidy[columns].sort_values(["child_id", "episode_start", "episode_end"], kind="stable", ignore_index=True)


def reasons_of_ended_episodes(episodes: pd.DataFrame) -> pd.DataFrame:
    """A reason ceased counts only where there is a day: without one the episode is open (rule 148)."""
    return episodes.assign(reason_ceased=episodes["reason_ceased"].where(episodes["episode_end"].notna()))


def care_periods(episodes: pd.DataFrame) -> pd.DataFrame:
    """Periods of care from the tidy episodes: one row from the start to the cease that is not followed the same day.

    Short breaks (V3, V4) are left out. A period begins with a child's first episode, with reason S, after an episode
    that ceased for another reason than X1, or after a gap. `start_known` says whether the first episode at hand has
    reason S: where it has not, care began before the first return and `care_start` is the earliest day known.
    """
    rows = episodes[~episodes["legal_status"].isin(SHORT_BREAKS)]
    rows = rows.sort_values(["child_id", "episode_start", "episode_end"], kind="stable", ignore_index=True)
    before = rows.groupby("child_id")[["episode_end", "reason_ceased"]].shift()
    begins = (
        ~rows["child_id"].duplicated()
        | (rows["reason_new_episode"] == "S")
        | (before["reason_ceased"].notna() & (before["reason_ceased"] != "X1"))
        | (rows["episode_start"] > before["episode_end"])
    )
    rows = rows.assign(period=begins.cumsum())
    first, last = rows[begins].set_index("period"), rows.drop_duplicates("period", keep="last").set_index("period")
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


def tidy_adoptions(ad1: pd.DataFrame, key: bytes) -> pd.DataFrame:
    """One row per AD1 row; a child is in AD1 once a year."""
    rows = ad1.sort_values(["_year", "_file", "_line"], kind="stable").drop_duplicates(["CHILD", "_year"], keep="last")
    names = {
        "_year": "return_year", "DATE_INT": "decision_date", "DATE_MATCH": "match_date",
        "FOSTER_CARE": "adopted_by_foster_carer",
    }  # fmt: skip
    tidy = _renamed(rows, "CHILD", names, key)
    return tidy.assign(
        adopted_by_foster_carer=tidy["adopted_by_foster_carer"].map({"1": True, "0": False}).astype("boolean")
    )


def tidy_missing_episodes(missing: pd.DataFrame, key: bytes) -> pd.DataFrame:
    """One row per missing spell; kind is "missing" or "away" (without authorisation)."""
    rows = one_row_each(missing, ["CHILD", "MIS_START"], "_year")
    names = {"MISSING": "kind", "MIS_START": "missing_start", "MIS_END": "missing_end"}
    tidy = _renamed(rows, "CHILD", names, key)
    return tidy.assign(kind=_mapped(tidy["kind"], {"M": "missing", "A": "away"}))


def tidy_adoption_list(list_10: pd.DataFrame, key: bytes) -> pd.DataFrame:
    """One row per child and decision, as the latest extract has it."""
    decision = "Date of Decision that Child Should be Placed for Adoption"
    rows = without_superseded_blanks(one_row_each(list_10, [ANNEX_A_CHILD, decision], "_extract"), decision)
    return _renamed(rows, ANNEX_A_CHILD, ADOPTION_LIST_NAMES, key)


def without_superseded_blanks(rows: pd.DataFrame, decision: str) -> pd.DataFrame:
    """A child listed without a decision, and later with one, is one case: the row without is dropped."""
    decided = rows[rows[decision].notna()].groupby(ANNEX_A_CHILD)["_extract"].max()
    decided_in = decided.astype("datetime64[us]").reindex(rows[ANNEX_A_CHILD]).to_numpy()
    superseded = rows[decision].isna() & (decided_in >= rows["_extract"].to_numpy())
    return rows[~superseded]


def tidy_pupils(
    pupils: pd.DataFrame, header: pd.DataFrame | None, key: bytes
) -> tuple[pd.DataFrame, list[DataProblem]]:
    """One row per pupil and academic year, joined to the council's child by CHILD or, where it is blank, by UPN.

    A pupil whose UPN no SSDA903 header has is counted under a hash of the UPN, and reported.
    """
    child = pupils["CHILD"].where(pupils["CHILD"].notna(), pupils["UPN"].map(children_by_upn(header)))
    child_id = hashed(child, key)
    child_id = child_id.where(child.notna(), hashed(pupils["UPN"], key, PUPIL))
    rows = pupils.assign(child_id=child_id).sort_values(["_year", "_file", "_line"], kind="stable")
    rows = rows.drop_duplicates(["child_id", "ACADEMIC_YEAR"], keep="last")
    columns = [column for column in VIRTUAL_SCHOOL.columns if column.name not in ("UPN", "CHILD")]
    tidy = rows[["child_id", *(column.name for column in columns)]].rename(columns=str.lower)
    tidy = tidy.assign(academic_year=tidy["academic_year"] + "-AY")
    tidy = tidy.sort_values(["academic_year", "child_id"], ignore_index=True)
    return tidy, _unmatched_pupils(pupils[child.isna()], header is not None)


def children_by_upn(header: pd.DataFrame | None) -> pd.Series:
    """CHILD by UPN from the SSDA903 header; UN1 to UN5 (none) and numbers that two children share are left out."""
    if header is None:
        return pd.Series(dtype=TEXT_DTYPE)
    known = header.dropna(subset=["UPN"])[["UPN", "CHILD"]].drop_duplicates()
    known = known[~known["UPN"].str.fullmatch(r"UN\d")]
    return known[~known["UPN"].duplicated(keep=False)].set_index("UPN")["CHILD"]


def _unmatched_pupils(pupils: pd.DataFrame, has_header: bool) -> list[DataProblem]:
    advice = (
        "The pupil is counted, but cannot be joined to the SSDA903. Give CHILD, or correct the UPN in either system."
    )
    if not has_header:
        expected = "an SSDA903 header to join the pupils to; there is none among the returns"
        return [DataProblem(file, 0, "UPN", "", expected, advice, WARNING) for file in sorted(pupils["_file"].unique())]
    expected = "a UPN that the SSDA903 header has for one child"
    return [
        DataProblem(file, int(line), "UPN", "", expected, advice, WARNING)
        for file, line in pupils[["_file", "_line"]].itertuples(index=False)
    ]


def council_codes(published: Iterable[pd.DataFrame], areas: Iterable[Area] = ()) -> dict[str, str]:
    """Area code by council name (lower case): from every published table that has both, and from `areas`."""
    pairs = [(area.name, area.code) for area in areas]
    for frame in published:
        if {"area", "area_code"} <= set(frame.columns):
            pairs += frame[["area", "area_code"]].dropna().drop_duplicates().itertuples(index=False, name=None)
    return {name.casefold(): code for name, code in pairs if re.fullmatch(r"[EW](0[6-9]|10)\d{6}", str(code))}


def tidy_youth_offending(
    cases: pd.DataFrame, codes: Mapping[str, str], key: bytes
) -> tuple[pd.DataFrame, list[DataProblem]]:
    """One row per child and intervention; sex not recorded is "unknown", ethnicity not recorded "Not known"."""
    cases = cases.drop_duplicates([*YOUTH_NAMES, "CHILD"], keep="last").sort_values(["_file", "_line"], kind="stable")
    tidy = _renamed(cases, "CHILD", YOUTH_NAMES, key, YOUTH_SERVICE_CHILD)
    council_code, problems = _coded_councils(cases, codes, "The case is counted without a council.")
    return tidy.assign(
        sex=tidy["sex"].fillna("unknown"),
        ethnic_group=tidy["ethnic_group"].fillna("Not known"),
        council_code=council_code.to_numpy(),
    ), problems


def tidy_school_census(pupils: pd.DataFrame, codes: Mapping[str, str]) -> tuple[pd.DataFrame, list[DataProblem]]:
    """One row per council and ethnic group: council_code, ethnic_group, population (pupils), codes added up to groups."""
    council_code, problems = _coded_councils(pupils, codes, "The row is not used.")
    rows = pupils.assign(council_code=council_code, ethnic_group=pupils["ETHNIC_GROUP"].fillna("Not known"))
    counts = rows.groupby(["council_code", "ethnic_group"], as_index=False)["PUPILS"].sum()
    return counts.rename(columns={"PUPILS": "population"}).astype({"population": int}), problems


def _coded_councils(
    rows: pd.DataFrame, codes: Mapping[str, str], consequence: str
) -> tuple[pd.Series, list[DataProblem]]:
    """The area code for each row's COUNCIL, missing where it is blank or not understood, and the latter as problems."""
    found = [_council_code(name, codes) for name in rows["COUNCIL"]]
    unknown = [
        isinstance(name, str) and not isinstance(code, str) for name, code in zip(rows["COUNCIL"], found, strict=True)
    ]
    advice = f"{consequence} Write the council's name in full, or its code (E06000002)."
    problems = [
        DataProblem(file, int(line), "COUNCIL", name[:60], "the name or area code of a council", advice, WARNING)
        for file, line, name in rows.loc[np.array(unknown, dtype=bool), ["_file", "_line", "COUNCIL"]].itertuples(
            index=False
        )
    ]
    return pd.Series(found, index=rows.index, dtype=TEXT_DTYPE), problems


def _council_code(name, codes: Mapping[str, str]):
    if not isinstance(name, str):
        return np.nan
    if COUNCIL_CODE.fullmatch(name):
        return name.upper()
    plain = re.sub(
        r"\b(borough|city|county|metropolitan|council|the|of)\b|[^a-z ]", " ", name.casefold().replace("&", " and ")
    )
    return codes.get(name.casefold(), codes.get(" ".join(plain.split()), np.nan))


def tidy_children(frames: Mapping[str, pd.DataFrame], key: bytes) -> pd.DataFrame | None:
    """One row per child that a header or a list names; None when there is neither.

    Each field is the latest that is not blank; the SSDA903 header comes before Annex A's lists.
    """
    people = _people_of_lists(frames)
    header = frames.get("header")
    if header is None and people is None:
        return None
    known = [people] if people is not None else []
    if header is not None:
        header = header.sort_values(["_year", "_file", "_line"], kind="stable")
        known.insert(0, header.groupby("CHILD")[["SEX", "DOB", "ETHNIC"]].last())
    children = known[0].combine_first(known[1]) if len(known) == 2 else known[0]
    unaccompanied = frames["uasc"]["CHILD"] if "uasc" in frames else []
    names = {"SEX": "sex", "DOB": "birth_date", "ETHNIC": "ethnicity"}
    children = children.rename_axis("CHILD").reset_index()
    tidy = _renamed(children, "CHILD", names, key)
    return tidy.assign(
        sex=_mapped(tidy["sex"], SEX_OF_CODE).fillna("unknown"),
        ethnic_group=ethnic_groups(tidy["ethnicity"]),
        uasc=children["CHILD"].isin(unaccompanied).to_numpy(),
    ).sort_values("child_id", ignore_index=True)


def ethnic_groups(codes: pd.Series) -> pd.Series:
    """The major group of each SSDA903 ethnicity code; Chinese is a group of its own; refused, not obtained and blank
    are "Not known"."""
    return _mapped(codes, GROUP_OF_CODE).fillna("Not known")


def _people_of_lists(frames: Mapping[str, pd.DataFrame]) -> pd.DataFrame | None:
    names = {"Gender": "SEX", "Date of Birth": "DOB", "Ethnicity": "ETHNIC"}
    lists = [
        frame[[ANNEX_A_CHILD, *names, "_extract"]]
        for name, frame in frames.items()
        if name.startswith("list_") and ANNEX_A_CHILD in frame
    ]
    if not lists:
        return None
    people = pd.concat(lists, ignore_index=True).sort_values("_extract", kind="stable", na_position="first")
    return people.groupby(ANNEX_A_CHILD)[list(names)].last().rename(columns=names)


def _children_without_header(frames: Mapping[str, pd.DataFrame]) -> list[DataProblem]:
    """Children who have episodes but no header row: counted, with sex, age and ethnicity not known."""
    if "header" not in frames or "episodes" not in frames:
        return []
    episodes = frames["episodes"]
    lost = episodes[~episodes["CHILD"].isin(frames["header"]["CHILD"])].drop_duplicates("CHILD")
    advice = "The child is counted with sex, age and ethnicity not known. Export the header with every child in it."
    return [
        DataProblem(file, int(line), "CHILD", "", "a child that Header has", advice, WARNING)
        for file, line in lost[["_file", "_line"]].itertuples(index=False)
    ]


def _renamed(
    rows: pd.DataFrame, child: str, names: Mapping[str, str], key: bytes, namespace: bytes = COUNCIL_CHILD
) -> pd.DataFrame:
    """`child_id` and the columns in `names` under their new names; a row for each row."""
    tidy = rows[list(names)].rename(columns=dict(names)).assign(child_id=hashed(rows[child], key, namespace))
    return tidy[["child_id", *names.values()]].reset_index(drop=True)


def _mapped(values: pd.Series, meaning: Mapping[str, str]) -> pd.Series:
    """`values` through `meaning`, as text, also when none is filled."""
    return values.map(meaning).astype(TEXT_DTYPE)


def _as_frame(records: Iterable, types: Mapping) -> pd.DataFrame:
    """Records as rows, with the same column types when there are none."""
    return pd.DataFrame([[getattr(record, name) for name in types] for record in records], columns=list(types)).astype(
        types
    )
