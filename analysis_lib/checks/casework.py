"""Ofsted's Annex A: each list in itself, the lists beside one another, and beside the SSDA903 of the same council."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from analysis_lib.checks.evidence import NONE, SHORT_BREAKS, Evidence, ages
from analysis_lib.checks.rule import Check

CHILD = "Child Unique ID"
_WIDTH = 1 << 20
_LISTS = tuple(f"list_{number:02d}" for number in range(1, 11))
_AGED = ("list_03", "list_04", "list_05", "list_06", "list_07", "list_08", "list_10")
_WHO = "The SSDA903 header is used where it has the child, else the latest list."
CIN_START, CIN_END = "CIN Start Date", "CIN Closure Date"
STATUS = "Case Status"
PLAN_START, PLAN_END = "Child Protection Plan Start Date", "Child Protection Plan End Date"
CARE_START, CARE_END = "Date Started to be Looked After", "Date Ceased to be Looked After"
ENQUIRY = "Strategy discussion initiating Section 47 Enquiry Start Date"
CONFERENCE = "Date of Initial Child Protection Conference"
NOT_NEEDED = "Was an Initial Child Protection Conference deemed unnecessary?"
LED_TO_PLAN = "Did the Initial Child Protection Conference Result in a Child Protection Plan"
DECISION = "Date of Decision that Child Should be Placed for Adoption"
_ADOPTION_STAGES = (
    "Date the Child Entered Care",
    DECISION,
    "Date of Matching Child and Prospective Adopters",
    "Date Placed for Adoption",
    "Date of Adoption Order",
)
_ADOPTER_STAGES = (
    "Date enquiry received",
    "Date Stage 1 started",
    "Date Stage 1 ended",
    "Date Stage 2 started",
    "Date Stage 2 ended",
    "Date application approved",
    "Date adopter matched with child(ren)",
    "Date child/children placed with adopter(s)",
    "Date of Adoption Order",
)


def _is_assessment(status: str) -> bool:
    return "assessment" in status.casefold()


def not_before(table: str, later: str, earlier: str) -> Callable:
    """Rows in which `later` is before `earlier`; well where either is missing."""

    def breaks(evidence: Evidence) -> np.ndarray:
        last, first = evidence.day(table, later), evidence.day(table, earlier)
        return (last != NONE) & (first != NONE) & (last < first)

    return breaks


def twice_open(table: str, start: str, end: str) -> Callable:
    """Rows that begin before the child's row before, in the same extract, has ended.

    List 6 has open assessments too: a child with a plan may be assessed again, so these overlap with nothing.
    """

    def breaks(evidence: Evidence) -> np.ndarray:
        spells = evidence.spells(table, start, end)
        ended, began = spells.before(spells.end), spells.before(spells.start)
        twice = spells.follows & (spells.start > began) & ((ended == NONE) | (spells.start < ended))
        if table == "list_06":
            assessed = spells.ordered(evidence.like(table, STATUS, _is_assessment))
            twice &= ~assessed & ~spells.before(assessed)
        return spells.rows(twice)

    return breaks


def same_start(table: str, start: str) -> Callable:
    """All but the last of a child's rows from one day, in one extract."""

    def breaks(evidence: Evidence) -> np.ndarray:
        rows = pd.DataFrame({"key": evidence.key(table), "day": evidence.day(table, start)})
        return rows.duplicated(keep="last").to_numpy()

    return breaks


def later_than_extract(table: str, column: str) -> Callable:
    def breaks(evidence: Evidence) -> np.ndarray:
        day, extracted = evidence.day(table, column), evidence.extracted[evidence.of_return(table)]
        return (day != NONE) & (extracted != NONE) & (day > extracted)

    return breaks


def age_does_not_fit(table: str) -> Callable:
    def breaks(evidence: Evidence) -> np.ndarray:
        """The age given is more than a year from the age on the day of the extract."""
        given = np.nan_to_num(evidence.frames[table]["Age"].to_numpy(dtype=float), nan=-999)
        worked_out = ages(evidence.day(table, "Date of Birth"), evidence.extracted[evidence.of_return(table)])
        return (given != -999) & (worked_out != -999) & (np.abs(given - worked_out) > 1)

    return breaks


def adult(table: str, start: str) -> Callable:
    def breaks(evidence: Evidence) -> np.ndarray:
        return ages(evidence.day(table, "Date of Birth"), evidence.day(table, start)) >= 18

    return breaks


def not_of_leaving_age(evidence: Evidence) -> np.ndarray:
    age = ages(evidence.day("list_09", "Date of Birth"), evidence.extracted[evidence.of_return("list_09")])
    return (age != -999) & ((age < 15) | (age > 25))


def conference_and_none_needed(evidence: Evidence) -> np.ndarray:
    unneeded = evidence.frames["list_05"][NOT_NEEDED].fillna(False).to_numpy(dtype=bool)
    return unneeded & (evidence.day("list_05", CONFERENCE) != NONE)


def plan_without_conference(evidence: Evidence) -> np.ndarray:
    led_to_plan = evidence.frames["list_05"][LED_TO_PLAN].fillna(False).to_numpy(dtype=bool)
    return led_to_plan & (evidence.day("list_05", CONFERENCE) == NONE)


def plan_not_listed(evidence: Evidence) -> np.ndarray:
    """A conference led to a plan, and list 7 of the same extract has no plan of the child from that day on."""
    led_to_plan = evidence.frames["list_05"][LED_TO_PLAN].fillna(False).to_numpy(dtype=bool)
    held = evidence.day("list_05", CONFERENCE)
    plans = np.full(evidence.children * len(evidence.extracted) + 1, NONE)
    np.maximum.at(plans, evidence.key("list_07"), evidence.day("list_07", PLAN_START))
    with_plans = evidence.returns_with("list_07")[evidence.of_return("list_05")]
    return with_plans & led_to_plan & (held != NONE) & (plans[evidence.key("list_05")] < held)


def _differs(column: str, table: str) -> Callable:
    """Rows whose value is not that of the child's row in another list of the same extract (earlier lists come first)."""

    def breaks(evidence: Evidence) -> np.ndarray:
        firsts = evidence.once(("first of lists", column), lambda: _first_of_lists(evidence, column))
        known, key = evidence.once(("codes of lists", column), lambda: _codes_of_lists(evidence, column))[table]
        first = firsts[key]
        return (known >= 0) & (first >= 0) & (known != first)

    return breaks


def _codes_of_lists(evidence: Evidence, column: str) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """For each list: the value of each row as a number that is the same in all lists, and its child and extract."""
    lists = [name for name in _LISTS if evidence.has(name, column)]
    if column == "Gender":
        sexes = {name: (evidence.among(name, column, "M"), evidence.among(name, column, "F")) for name in lists}
        return {name: (np.where(m, 0, np.where(f, 1, -1)), evidence.key(name)) for name, (m, f) in sexes.items()}
    days = {name: evidence.day(name, column) for name in lists}
    return {name: (np.where(day == NONE, -1, day + _WIDTH // 2), evidence.key(name)) for name, day in days.items()}


def _first_of_lists(evidence: Evidence, column: str) -> np.ndarray:
    first = np.full(evidence.children * len(evidence.extracted) + 1, -1)
    for codes, key in reversed(
        evidence.once(("codes of lists", column), lambda: _codes_of_lists(evidence, column)).values()
    ):
        first[key[codes >= 0]] = codes[codes >= 0]
    return first


def birth_is_not_headers(table: str) -> Callable:
    """The day of birth differs from the one in the SSDA903 header."""

    def breaks(evidence: Evidence) -> np.ndarray:
        birth, listed = evidence.birth(table), evidence.day(table, "Date of Birth")
        return (birth != NONE) & (listed != NONE) & (birth != listed)

    return breaks


def _in_care(evidence: Evidence) -> tuple[np.ndarray, np.ndarray]:
    """For each extract of list 8: child and extract of those whom the SSDA903 has in care on that day; and which
    extracts the SSDA903 reaches."""
    days = evidence.extracted
    episodes = evidence.of_return("episodes")
    start, end = evidence.day("episodes", "DECOM"), evidence.day("episodes", "DEC")
    counted = ~evidence.among("episodes", "LS", *SHORT_BREAKS)
    keys, reached = [np.zeros(0, dtype="int64")], np.zeros(len(days), dtype=bool)
    for extract in np.unique(evidence.of_return("list_08")).tolist():
        day = days[extract]
        covers = (evidence.year_starts <= day) & (evidence.year_ends >= day) & (days >= day)
        covers &= evidence.returns_with("episodes") & (evidence.year_starts != NONE)
        if day == NONE or not covers.any():
            continue
        reached[extract] = True
        there = counted & (episodes == np.flatnonzero(covers)[-1]) & (start <= day) & ((end == NONE) | (end > day))
        keys.append(extract * evidence.children + evidence.child("episodes")[there])
    return np.concatenate(keys), reached


def _open_in_list_8(evidence: Evidence) -> np.ndarray:
    day = evidence.extracted[evidence.of_return("list_08")]
    start, end = evidence.day("list_08", CARE_START), evidence.day("list_08", CARE_END)
    return (start <= day) & ((end == NONE) | (end > day))


def _same_numbering(evidence: Evidence) -> bool:
    """Whether the two systems number children alike: most of list 8 is known to the SSDA903."""
    known = np.isin(evidence.child("list_08"), evidence.child("episodes"))
    return len(known) > 0 and known.mean() >= 0.5


def in_list_8_alone(evidence: Evidence) -> np.ndarray:
    keys, reached = evidence.once(("in care",), lambda: _in_care(evidence))
    alone = (
        _open_in_list_8(evidence)
        & reached[evidence.of_return("list_08")]
        & ~evidence.among_keys(evidence.key("list_08"), keys)
    )
    return alone if _same_numbering(evidence) else np.zeros(len(alone), dtype=bool)


def in_the_903_alone(evidence: Evidence) -> np.ndarray:
    """The open row, of the return that reaches the extract, of each child whom list 8 of that extract lacks."""
    keys, reached = evidence.once(("in care",), lambda: _in_care(evidence))
    alone = np.setdiff1d(keys, evidence.key("list_08")[_open_in_list_8(evidence)])
    rows = np.zeros(evidence.rows("episodes"), dtype=bool)
    if not _same_numbering(evidence):
        return rows
    episodes, child = evidence.of_return("episodes"), evidence.child("episodes")
    start, end = evidence.day("episodes", "DECOM"), evidence.day("episodes", "DEC")
    for extract in np.unique(alone // evidence.children).tolist():
        day = evidence.extracted[extract]
        covers = (evidence.year_starts <= day) & (evidence.year_ends >= day) & (evidence.extracted >= day)
        covers &= evidence.returns_with("episodes")
        missed = alone[alone // evidence.children == extract] % evidence.children
        there = (episodes == np.flatnonzero(covers)[-1]) & (start <= day) & ((end == NONE) | (end > day))
        rows |= there & np.isin(child, missed)
    return rows


def numbered_otherwise(evidence: Evidence) -> np.ndarray:
    """The first row of list 8, where most of its children are not known to the SSDA903."""
    rows = np.zeros(evidence.rows("list_08"), dtype=bool)
    rows[:1] = not _same_numbering(evidence)
    return rows


def decision_is_not_the_903s(evidence: Evidence) -> np.ndarray:
    """The SSDA903 has decisions of the child, and none on this day."""
    child, day = evidence.child("list_10"), evidence.day("list_10", DECISION)
    decided = evidence.child("placed_for_adoption")
    known = decided * _WIDTH + evidence.day("placed_for_adoption", "DATE_PLACED")
    return (day != NONE) & np.isin(child, decided) & ~np.isin(child * _WIDTH + day, known)


def _in_order(table: str, stages: tuple[str, ...]) -> list[Check]:
    return [
        Check(
            table,
            later,
            f"a date on or after {earlier}",
            not_before(table, later, earlier),
            "Waiting times between the two days can be wrong, or leave the row out.",
        )
        for earlier, later in zip(stages, stages[1:], strict=False)
    ]


def _twice_open(table: str, start: str, end: str, what: str) -> Check:
    expected = f"a day on or after the end of the child's {what} before, in the same extract"
    return Check(table, start, expected, twice_open(table, start, end), "Both are counted as the lists have them.")


CHECKS = (
    *_in_order("list_10", _ADOPTION_STAGES),
    *_in_order("list_11", _ADOPTER_STAGES),
    Check(
        "list_05", CONFERENCE, "a date on or after the strategy discussion", not_before("list_05", CONFERENCE, ENQUIRY),
        "The time from enquiry to conference is not counted.",
    ),
    Check(
        "list_05", NOT_NEEDED, "No: a conference was held", conference_and_none_needed, "The conference is counted.",
    ),
    Check(
        "list_05", LED_TO_PLAN, "Yes only where a conference was held", plan_without_conference,
        "The enquiry is counted without a conference.", needs=(("list_05", CONFERENCE),),
    ),
    Check(
        "list_05", LED_TO_PLAN, "Yes only where list 7 has a plan of the child from the conference on", plan_not_listed,
        "Plans are counted from list 7 alone.", needs=("list_07",),
    ),
    _twice_open("list_06", CIN_START, CIN_END, "plan"),
    _twice_open("list_07", PLAN_START, PLAN_END, "plan"),
    _twice_open("list_08", CARE_START, CARE_END, "period of care"),
    *(
        Check(
            table, start, "one row for each child and day, in one extract", same_start(table, start),
            "The last of these rows is used.", advice="Remove the others in the case system and export again.",
        )
        for table, start in (("list_06", CIN_START), ("list_07", PLAN_START), ("list_10", DECISION))
    ),
    *(
        Check(
            table, column, "a date on or before the day of the extract", later_than_extract(table, column),
            "It is not counted before that day.",
        )
        for table, column in (
            ("list_06", CIN_START), ("list_06", CIN_END), ("list_07", PLAN_START), ("list_07", PLAN_END),
            ("list_08", CARE_START), ("list_08", CARE_END),
        )
    ),
    *(
        Check(
            table, "Age", "the age on the day of the extract, by the date of birth", age_does_not_fit(table),
            "Ages are worked out from the date of birth.",
        )
        for table in _LISTS
    ),
    *(
        Check(
            table, start, "a day before the child's 18th birthday", adult(table, start),
            "It is counted; figures by age can be wrong.",
        )
        for table, start in (("list_06", CIN_START), ("list_07", PLAN_START), ("list_08", CARE_START))
    ),
    Check(
        "list_09", "Date of Birth", "of a young person of 15 to 25", not_of_leaving_age,
        "The young person is counted among care leavers.",
    ),
    *(
        Check(
            table, column, f"the {word} that the other lists of this extract have for the child", _differs(column, table), _WHO
        )
        for table in _LISTS[1:]
        for column, word in (("Date of Birth", "date of birth"), ("Gender", "sex"))
    ),
    *(
        Check(
            table, "Date of Birth", "the day of birth that the SSDA903 header has", birth_is_not_headers(table),
            "The SSDA903 header is used.", needs=("header DOB",),
        )
        for table in _AGED
    ),
    Check(
        "list_08", CHILD, "an identifier that the SSDA903 uses too; most of the children are not known there",
        numbered_otherwise, "The two returns cannot be compared child by child.", needs=("episodes",),
        advice="Export both with the same identifiers.",
    ),
    Check(
        "list_08", CHILD, "a child whom the SSDA903 has in care on the day of the extract", in_list_8_alone,
        "Numbers in care are counted from the SSDA903 alone.", needs=("episodes",),
    ),
    Check(
        "episodes", "CHILD", "a child whom Annex A list 8 has in care on the day of its extract", in_the_903_alone,
        "Numbers in care are counted from the SSDA903 alone.", needs=("list_08",),
    ),
    Check(
        "list_10", DECISION, "the day of a decision that the SSDA903 (PlacedAdoption) has for the child",
        decision_is_not_the_903s, "Completed adoptions are timed by the SSDA903, children still waiting by list 10.",
        needs=("placed_for_adoption",),
    ),
)  # fmt: skip
