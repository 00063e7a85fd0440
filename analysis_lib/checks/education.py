"""The virtual school extract: each row in itself, one row for each pupil and year, and beside the SSDA903."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from analysis_lib.checks.children import looked_after_all_year
from analysis_lib.checks.evidence import NONE, Evidence, ages
from analysis_lib.checks.rule import Check

TABLE = "virtual_school"
_KEY_STAGE_OF = {"EYFS": ("R",), "KS1": ("2",), "KS2": ("6",), "KS4": ("11",)}
_RESULTS_OF = {
    "EYFS": ("GLD",),
    "KS1": ("KS1_READING", "KS1_WRITING", "KS1_MATHS"),
    "KS2": ("KS2_READING", "KS2_WRITING", "KS2_MATHS"),
    "KS4": ("KS4_ENGLISH", "KS4_MATHS", "ATTAINMENT_8"),
}
# The letter in front of a UPN: the sum of each digit times its place (from 2 on), its remainder by 23.
_CHECK_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
_SCHOOL_AGE = (5, 15)  # on 31 August before the academic year: reception's end to year 11


def check_letter(digits: str) -> str:
    """The letter that belongs in front of the 12 digits of a unique pupil number (DfE, "Unique pupil numbers": guide)."""
    return _CHECK_LETTERS[sum(int(digit) * place for place, digit in enumerate(digits, start=2)) % 23]


def is_pupil_number(text: str) -> bool:
    """A letter and 12 digits that belong together. A temporary number ends in a letter, and has no check."""
    if len(text) != 13 or not text[1:12].isdigit() or not (text[0].isalpha() and text[12].isalnum()):
        return text in ("UN1", "UN2", "UN3", "UN4", "UN5")
    return not text[12].isdigit() or text[0] == check_letter(text[1:])


def wrong_pupil_number(evidence: Evidence) -> np.ndarray:
    return evidence.filled(TABLE, "UPN") & ~evidence.like(TABLE, "UPN", is_pupil_number)


def twice_in_a_year(evidence: Evidence) -> np.ndarray:
    """All but the last row of a pupil in an academic year: the same CHILD or, where it is blank, the same UPN."""
    child, number = evidence.code(TABLE, "CHILD"), evidence.code(TABLE, "UPN")
    rows = pd.DataFrame(
        {
            "pupil": np.where(child >= 0, child, -2 - number),
            "number": number,
            "year": evidence.code(TABLE, "ACADEMIC_YEAR"),
            "file": evidence.code(TABLE, "_file"),
        }
    )
    within_one_file = rows.duplicated(keep="last")  # said when the file was read
    return (rows.duplicated(["pupil", "year"], keep="last") & ~within_one_file).to_numpy()


def absent_more_than_possible(evidence: Evidence) -> np.ndarray:
    frame = evidence.frames[TABLE]
    absent = frame["SESSIONS_AUTHORISED"].fillna(0) + frame["SESSIONS_UNAUTHORISED"].fillna(0)
    each_fits = ~(frame["SESSIONS_AUTHORISED"] > frame["SESSIONS_POSSIBLE"]) & ~(
        frame["SESSIONS_UNAUTHORISED"] > frame["SESSIONS_POSSIBLE"]
    )
    return ((absent > frame["SESSIONS_POSSIBLE"]) & each_fits).to_numpy()


def stage_of_another_year(evidence: Evidence) -> np.ndarray:
    wrong = np.zeros(evidence.rows(TABLE), dtype=bool)
    for stage, years in _KEY_STAGE_OF.items():
        wrong |= evidence.among(TABLE, "KEY_STAGE_END", stage) & ~evidence.among(TABLE, "NC_YEAR", *years)
    return wrong & evidence.filled(TABLE, "NC_YEAR")


def results_of_another_stage(stage: str) -> Callable:
    def breaks(evidence: Evidence) -> np.ndarray:
        results = evidence.frames[TABLE][list(_RESULTS_OF[stage])].notna().any(axis=1).to_numpy()
        return results & ~evidence.among(TABLE, "KEY_STAGE_END", stage)

    return breaks


def _days(evidence: Evidence, month: int, day: int, later: int = 0) -> np.ndarray:
    """A day of the academic year of each row; `later` 1: of the calendar year in which it ends."""
    places, years = pd.factorize(evidence.frames[TABLE]["ACADEMIC_YEAR"])
    days = [np.datetime64(f"{int(year[:4]) + later}-{month:02d}-{day:02d}") for year in years.tolist()]
    return np.array([*days, np.datetime64("NaT")], dtype="datetime64[D]").view("int64")[places]


def another_age(evidence: Evidence) -> np.ndarray:
    """More than a year from the age of the year group: 4 on the 31 August before reception, 15 before year 11."""
    birth = evidence.birth(TABLE)
    age = ages(birth, _days(evidence, 8, 31))
    of_group = {"N1": 2, "N2": 3, "R": 4} | {str(year): year + 4 for year in range(1, 14)}
    usual = evidence.frames[TABLE]["NC_YEAR"].map(of_group).to_numpy(dtype=float)
    return (age != -999) & ~np.isnan(usual) & (np.abs(age - np.nan_to_num(usual)) > 1)


def _for_twelve_months(evidence: Evidence) -> tuple[np.ndarray, np.ndarray]:
    """For each pupil: whether the SSDA903 has the child in care without a break for the year to 31 March of the academic
    year; and whether it can tell (its return of that year is complete, and it knows the child)."""
    spells = evidence.episodes
    all_year = spells.rows(looked_after_all_year(evidence))
    ends = _days(evidence, 3, 31, later=1)
    tells = evidence.is_complete & evidence.returns_with("episodes")
    return_of = {int(end): number for number, end in enumerate(evidence.year_ends) if tells[number]}
    distinct, places = np.unique(ends, return_inverse=True)
    returns = np.array([return_of.get(int(end), -1) for end in distinct])[places]
    known = (returns >= 0) & (evidence.child(TABLE) >= 0)
    key = returns * evidence.children + evidence.child(TABLE)
    known &= np.isin(evidence.child(TABLE), evidence.child("episodes"))
    return np.isin(key, evidence.key("episodes")[all_year]), known


def _said(evidence: Evidence) -> tuple[np.ndarray, np.ndarray]:
    flag = evidence.frames[TABLE]["LOOKED_AFTER_12M"]
    return flag.fillna(False).to_numpy(dtype=bool), flag.notna().to_numpy()


def not_so_long_in_care(evidence: Evidence) -> np.ndarray:
    in_care, known = evidence.once(("twelve months",), lambda: _for_twelve_months(evidence))
    said, _ = _said(evidence)
    return known & said & ~in_care


def longer_in_care(evidence: Evidence) -> np.ndarray:
    in_care, known = evidence.once(("twelve months",), lambda: _for_twelve_months(evidence))
    said, filled = _said(evidence)
    return known & filled & ~said & in_care


def not_among_the_pupils(evidence: Evidence) -> np.ndarray:
    """Episodes open on 31 March of children of school age, looked after all year, who have no row in the academic year:
    only for years of which the extract has rows that name the child."""
    spells = evidence.episodes
    last = spells.rows(looked_after_all_year(evidence) & ~spells.is_followed)
    starts = evidence.year_ends[evidence.of_return("episodes")]
    distinct, places = np.unique(starts, return_inverse=True)
    names, before = [], []
    for day in distinct.tolist():
        end = pd.Timestamp(np.datetime64(day, "D")) if day != NONE else None
        names.append(f"{end.year - 1}-{end.year % 100:02d}" if end else "")
        before.append(np.datetime64(f"{end.year - 1}-08-31").astype("int64") if end else NONE)
    age = ages(evidence.birth("episodes"), np.array(before, dtype="int64")[places])
    frame = evidence.frames[TABLE]
    named = frame["CHILD"].notna()
    codes = {name: number for number, name in enumerate(names)}
    year = frame["ACADEMIC_YEAR"].map(codes).fillna(-1).to_numpy(dtype="int64")
    listed = (year * evidence.children + evidence.child(TABLE))[named.to_numpy() & (year >= 0)]
    has_rows = np.isin(np.arange(len(names)), year[named.to_numpy()])
    fits = (age >= _SCHOOL_AGE[0]) & (age <= _SCHOOL_AGE[1]) & has_rows[places]
    missing = last & fits & ~np.isin(places * evidence.children + evidence.child("episodes"), listed)
    due = last & fits
    # An extract of which most such children are missing names its pupils otherwise; then nothing can be said.
    return missing if missing.sum() <= due.sum() / 2 else np.zeros(len(missing), dtype=bool)


def year_after_the_extract(evidence: Evidence) -> np.ndarray:
    """The academic year begins after the day of the extract."""
    return _days(evidence, 9, 1) > evidence.extracted[evidence.of_return(TABLE)]


def _check(column: str, expected: str, breaks: Callable, effect: str, *needs: str) -> Check:
    return Check(TABLE, column, expected, breaks, effect, needs=needs)


CHECKS = (
    _check(
        "UPN", "a pupil number whose first letter belongs to its digits", wrong_pupil_number,
        "The pupil is counted, and joined by this number where CHILD is blank.", f"{TABLE} UPN",
    ),
    _check(
        "ACADEMIC_YEAR", "one row for each pupil and academic year, in all files together", twice_in_a_year,
        "The last of these rows is used.",
    ),
    _check(
        "SESSIONS_AUTHORISED", "no more sessions missed, with and without leave together, than were possible",
        absent_more_than_possible, "Absence can be counted above 100 per cent.",
        f"{TABLE} SESSIONS_POSSIBLE SESSIONS_AUTHORISED SESSIONS_UNAUTHORISED",
    ),
    _check(
        "KEY_STAGE_END", "the key stage that ends in this year group (EYFS: R, KS1: 2, KS2: 6, KS4: 11)",
        stage_of_another_year, "Results are counted with the key stage.", f"{TABLE} KEY_STAGE_END NC_YEAR",
    ),
    *(
        _check(
            columns[0], f"blank: KEY_STAGE_END is not {stage}", results_of_another_stage(stage),
            "These results are not counted.", f"{TABLE} KEY_STAGE_END",
        )
        for stage, columns in _RESULTS_OF.items()
    ),
    _check(
        "NC_YEAR", "the year group of the child's age, give or take one (by the SSDA903 header)", another_age,
        "The pupil is counted with the year group.", f"{TABLE} NC_YEAR", "header DOB",
    ),
    _check(
        "LOOKED_AFTER_12M", "Y only where the SSDA903 has the child in care for the 12 months to 31 March",
        not_so_long_in_care, "The extract is used.", f"{TABLE} LOOKED_AFTER_12M", "episodes",
    ),
    _check(
        "LOOKED_AFTER_12M", "Y: the SSDA903 has the child in care for the 12 months to 31 March", longer_in_care,
        "The extract is used.", f"{TABLE} LOOKED_AFTER_12M", "episodes",
    ),
    Check(
        "episodes", "CHILD", "a child of school age of whom the virtual school extract has a row", not_among_the_pupils,
        "The child is left out of the virtual school's figures.", needs=(f"{TABLE} CHILD", "header DOB"),
    ),
    _check(
        "ACADEMIC_YEAR", "an academic year that had begun on the day of the extract", year_after_the_extract,
        "It is not counted before that year has ended.",
    ),
)  # fmt: skip
