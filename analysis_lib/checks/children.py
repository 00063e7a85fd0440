"""SSDA903: every child once in Header, and the other tables beside Header and Episodes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from analysis_lib.checks.evidence import NONE, SHORT_BREAKS, Evidence, ages
from analysis_lib.checks.rule import Check
from analysis_lib.sources.tables.ssda903 import TABLES

_WITH_BIRTH = tuple(
    table.name for table in TABLES if table.name != "header" and any(column.name == "DOB" for column in table.columns)
)
_OF_CARE = ("reviews", "oc2", "ad1", "placed_for_adoption", "previous_permanence", "missing")


def not_in_header(table: str) -> Callable:
    def breaks(evidence: Evidence) -> np.ndarray:
        with_header = evidence.returns_with("header")[evidence.of_return(table)]
        return with_header & ~evidence.also_in(table, "header")

    return breaks


def header_lacks_return(evidence: Evidence) -> np.ndarray:
    """The first row of each return that has episodes and no Header."""
    returns = evidence.of_return("episodes")
    without = ~evidence.returns_with("header")
    _, first = np.unique(returns, return_index=True)
    rows = np.zeros(len(returns), dtype=bool)
    rows[first] = without[returns[first]]
    return rows


def other_birth_than_header(table: str) -> Callable:
    def breaks(evidence: Evidence) -> np.ndarray:
        """The day of birth is none of those that Header has for the child in this return."""
        width = 1 << 20
        day = evidence.day(table, "DOB")
        rows = np.flatnonzero((day != NONE) & (day != evidence.birth(table)))  # most are as the latest Header has it
        differs = np.zeros(len(day), dtype=bool)
        if len(rows):
            known = evidence.day("header", "DOB") != NONE
            key, header = evidence.key(table)[rows], evidence.key("header")[known]
            same = np.isin(key * width + day[rows], header * width + evidence.day("header", "DOB")[known])
            differs[rows] = evidence.among_keys(key, header) & ~same
        return differs

    return breaks


def twice_in_header(evidence: Evidence) -> np.ndarray:
    """All but the last row of a child in one return, where the rows stand in several files."""
    key = evidence.key("header")
    found = np.zeros(len(key), dtype=bool)
    several = np.flatnonzero(
        pd.Series(key).duplicated(keep=False)
    )  # few or none: the files are looked at of these alone
    if len(several):
        rows = pd.DataFrame({"key": key, "file": evidence.code("header", "_file")}).iloc[several]
        within_one_file = rows.duplicated(keep="last")  # said when the file was read
        found[several] = rows.duplicated("key", keep="last") & ~within_one_file
    return found


def _differs_from_latest(evidence: Evidence, values: np.ndarray) -> np.ndarray:
    """Header rows whose value (below 0: missing) is not that of the child's latest row with one."""
    known = values >= 0
    order = np.argsort(evidence.of_return("header"), kind="stable")
    latest = np.full(evidence.children + 1, -1)
    in_order = order[known[order]]
    latest[evidence.child("header")[in_order]] = values[in_order]
    return known & (latest[evidence.child("header")] != values)


def birth_changes(evidence: Evidence) -> np.ndarray:
    return _differs_from_latest(evidence, evidence.code("header", "DOB"))


def sex_changes(evidence: Evidence) -> np.ndarray:
    male, female = evidence.among("header", "SEX", "M", "1"), evidence.among("header", "SEX", "F", "2")
    return _differs_from_latest(evidence, np.where(male, 0, np.where(female, 1, -1)))


def other_sex_than_header(evidence: Evidence) -> np.ndarray:
    def keys(table: str) -> np.ndarray:
        male, female = evidence.among(table, "SEX", "M", "1"), evidence.among(table, "SEX", "F", "2")
        return np.where(male | female, evidence.key(table) * 2 + female, -1)

    ours = keys("uasc")
    known = evidence.also_in("uasc", "header", keys("header") >= 0)
    return known & (ours >= 0) & ~np.isin(ours, keys("header"))


def wrong_pupil_number(evidence: Evidence) -> np.ndarray:
    def fits(text: str) -> bool:
        return text in ("UN1", "UN2", "UN3", "UN4", "UN5") or (
            len(text) == 13 and text[0].isalpha() and text[1:12].isdigit() and text[12].isalnum()
        )

    return evidence.filled("header", "UPN") & ~evidence.like("header", "UPN", fits)


def shared_pupil_number(evidence: Evidence) -> np.ndarray:
    """The same UPN for two children of one return."""
    is_number = evidence.like("header", "UPN", lambda text: len(text) == 13)
    rows = pd.DataFrame(
        {"of": evidence.of_return("header"), "upn": evidence.code("header", "UPN"), "child": evidence.child("header")}
    )
    once = rows[is_number].drop_duplicates()
    shared = once[once.duplicated(["of", "upn"], keep=False)]
    return is_number & np.isin(
        rows["of"].to_numpy() * (len(rows) + 1) + rows["upn"].to_numpy(),
        shared["of"].to_numpy() * (len(rows) + 1) + shared["upn"].to_numpy(),
    )


def no_episode(table: str) -> Callable:
    def breaks(evidence: Evidence) -> np.ndarray:
        with_episodes = evidence.returns_with("episodes")[evidence.of_return(table)]
        return with_episodes & ~evidence.also_in(table, "episodes")

    return breaks


# OC2: children looked after for the whole year


def looked_after_all_year(evidence: Evidence) -> np.ndarray:
    """Ordered episodes: whether the child was looked after from the first to the last day of the year, without a break
    and not under short breaks."""
    spells = evidence.episodes
    returns = spells.ordered(evidence.of_return("episodes"))
    starts, ends = evidence.year_starts[returns], evidence.year_ends[returns]
    short = spells.ordered(evidence.among("episodes", "LS", *SHORT_BREAKS))
    followed_on = spells.joined & spells.before(spells.ordered(evidence.among("episodes", "REC", "X1")))
    from_start = np.where(spells.follows, followed_on, spells.start <= starts)
    to_end = spells.is_followed | spells.is_open | (spells.end > ends)
    return spells.every(from_start & to_end & ~short) & evidence.is_complete[returns]


def outcomes_not_due(evidence: Evidence) -> np.ndarray:
    spells = evidence.episodes
    due = spells.rows(looked_after_all_year(evidence))
    complete = (evidence.is_complete & evidence.returns_with("episodes"))[evidence.of_return("oc2")]
    return complete & evidence.also_in("oc2", "episodes") & ~evidence.also_in("oc2", "episodes", due)


def outcomes_missing(evidence: Evidence) -> np.ndarray:
    spells = evidence.episodes
    due = spells.rows(looked_after_all_year(evidence) & ~spells.is_followed)
    with_outcomes = evidence.returns_with("oc2")[evidence.of_return("episodes")]
    return due & with_outcomes & ~evidence.also_in("episodes", "oc2")


def scored_and_excused(evidence: Evidence) -> np.ndarray:
    return evidence.filled("oc2", "SDQ_SCORE") & evidence.filled("oc2", "SDQ_REASON")


# OC3: care leavers


def _turns(evidence: Evidence) -> np.ndarray:
    """The age on the last day of the return's year; -999 where it is not known."""
    return ages(evidence.birth("oc3"), evidence.year_ends[evidence.of_return("oc3")])


def leaver_of_another_age(evidence: Evidence) -> np.ndarray:
    age = _turns(evidence)
    return (age != -999) & ((age < 17) | (age > 26))


def in_touch_without_details(evidence: Evidence) -> np.ndarray:
    unknown = evidence.among("oc3", "ACTIV", "0") | evidence.among("oc3", "ACCOM", "0")
    return evidence.among("oc3", "IN_TOUCH", "YES") & unknown


def details_of_one_who_died_or_went_home(evidence: Evidence) -> np.ndarray:
    known = ~evidence.among("oc3", "ACTIV", "0") | ~evidence.among("oc3", "ACCOM", "0")
    return evidence.among("oc3", "IN_TOUCH", "DIED", "RHOM") & known


def with_former_carer_at_17(evidence: Evidence) -> np.ndarray:
    return evidence.among("oc3", "ACCOM", "Z1", "Z2") & (_turns(evidence) == 17)


# Reviews


def took_part_at_an_age(young: bool) -> Callable:
    def breaks(evidence: Evidence) -> np.ndarray:
        age = evidence.age("reviews", "REVIEW")
        under_4 = evidence.among("reviews", "REVIEW_CODE", "PN0")
        if young:
            return under_4 & (age >= 4)
        return evidence.filled("reviews", "REVIEW_CODE") & ~under_4 & (age != -999) & (age < 4)

    return breaks


def review_of_short_breaks(evidence: Evidence) -> np.ndarray:
    longer = ~evidence.among("episodes", "LS", *SHORT_BREAKS)
    return evidence.also_in("reviews", "episodes") & ~evidence.also_in("reviews", "episodes", longer)


_IN_HEADER = (
    "episodes", "reviews", "uasc", "oc2", "oc3", "ad1", "placed_for_adoption", "previous_permanence", "missing",
    "sw_episodes",
)  # fmt: skip


def _check(table, column, expected, breaks, effect, codes="", group=0, *needs) -> Check:
    return Check(table, column, expected, breaks, effect, tuple(codes.split()), group, needs)


CHECKS = (
    *(
        _check(
            table, "CHILD", "a child that Header of the same return has", not_in_header(table),
            "The child is counted by what is known from other returns, else with sex, age and ethnicity not known.",
            "INT01-INT36", 1, "header",
        )
        for table in _IN_HEADER
    ),
    _check(
        "episodes", "CHILD", "a Header in the same return; there is none", header_lacks_return,
        "Its children are counted by what is known from other returns, else with sex, age and ethnicity not known.",
        "", 1, "header",
    ),
    *(
        _check(
            table, "DOB", "the day of birth that Header has for the child", other_birth_than_header(table),
            "The day of birth in Header is used.", "INT01-INT36", 1, "header DOB", f"{table} DOB",
        )
        for table in _WITH_BIRTH
    ),
    _check(
        "header", "CHILD", "one row for each child in the files of one return", twice_in_header,
        "The last of these rows is used.", "INT01-INT36", 1,
    ),
    _check(
        "header", "DOB", "the day of birth that the child's latest return has", birth_changes,
        "The latest day of birth is used for all years.", "INT01-INT36", 1, "header DOB",
    ),
    _check(
        "header", "SEX", "the sex that the child's latest return has", sex_changes,
        "The latest sex is used for all years.", "INT01-INT36", 1, "header SEX",
    ),
    _check(
        "uasc", "SEX", "the sex that Header has for the child", other_sex_than_header, "The sex in Header is used.",
        "INT01-INT36", 1, "header SEX", "uasc SEX",
    ),
    _check(
        "header", "UPN", "a pupil number: a letter, 11 digits, a letter or digit; or UN1 to UN5", wrong_pupil_number,
        "The pupil cannot be joined to the virtual school by it.", "168", 2, "header UPN",
    ),
    _check(
        "header", "UPN", "a pupil number that only one child has", shared_pupil_number,
        "Pupils are not joined by it.", "444", 2, "header UPN",
    ),
    _check(
        "oc2", "CHILD", "a child looked after for the whole year, short breaks left out", outcomes_not_due,
        "The child is counted among those looked after for 12 months.", "190", 23, "episodes",
    ),
    _check(
        "episodes", "CHILD", "a child of whom OC2 has a row: looked after for the whole year", outcomes_missing,
        "The child is left out of figures on those looked after for 12 months.", "191", 23, "oc2",
    ),
    _check(
        "oc2", "SDQ_REASON", "blank: there is a score", scored_and_excused, "The score is used.", "197A", 23,
        "oc2 SDQ_SCORE SDQ_REASON",
    ),
    _check(
        "oc3", "DOB", "of a young person who was 17 to 25 in the year of the return", leaver_of_another_age,
        "The young person is counted among care leavers.", "351 391", 24, "header DOB",
    ),
    _check(
        "oc3", "IN_TOUCH", "YES only where ACTIV and ACCOM are known", in_touch_without_details,
        "Activity or accommodation is counted as not known.", "345", 24, "oc3 ACTIV ACCOM IN_TOUCH",
    ),
    _check(
        "oc3", "IN_TOUCH", "DIED or RHOM only where ACTIV and ACCOM are 0", details_of_one_who_died_or_went_home,
        "The young person is counted as the code says.", "344", 24, "oc3 ACTIV ACCOM IN_TOUCH",
    ),
    _check(
        "oc3", "ACCOM", "accommodation other than with former foster carers (Z1, Z2): the young person was 17",
        with_former_carer_at_17, "Figures by accommodation can be wrong.", "3001", 24, "header DOB", "oc3 ACCOM",
    ),
    *(
        _check(
            table, "CHILD", "a child who has an episode in the same return", no_episode(table),
            "The row is used as it is.", "1012", 25, "episodes",
        )
        for table in _OF_CARE
    ),
    _check(
        "reviews", "REVIEW_CODE", "a code for a child of 4 or over on the day of the review", took_part_at_an_age(True),
        "The child is counted as too young to take part.", "440", 26, "header DOB", "reviews REVIEW_CODE",
    ),
    _check(
        "reviews", "REVIEW_CODE", "PN0: the child was under 4 on the day of the review", took_part_at_an_age(False),
        "The child is counted among those who could take part.", "441", 26, "header DOB", "reviews REVIEW_CODE",
    ),
    _check(
        "reviews", "CHILD", "a child with other episodes than short breaks (V3, V4)", review_of_short_breaks,
        "The review is counted.", "399", 26, "episodes",
    ),
)  # fmt: skip
