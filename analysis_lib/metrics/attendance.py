"""How much school looked-after pupils miss.

The figures of whole school years come from the virtual school's extract: these functions take the tidy table `pupils` and the
academic `years` to show. The figures by term come from the local extract `attendance` (a row per pupil and term) and take
`pupils` too, which says who belongs to the cohort. `metrics/pupils.py` says who counts.

A session is half a school day. Possible sessions are taken as the extract gives them: those that nobody could attend (code X
of the register), and those of a second registration, should not be among them.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from analysis_lib.metrics.counting import build
from analysis_lib.metrics.facts import measures
from analysis_lib.metrics.pupils import (
    TWELVE_MONTHS,
    only_where,
    over_years,
    per_year,
    school_age,
    share_per_year,
    shares_of_kinds,
)
from analysis_lib.periods import Period
from analysis_lib.results import Result

__all__ = [
    "absence",
    "absence_by_term",
    "attendance_bands",
    "attendance_recorded",
    "full_attendance",
    "persistent_absence",
    "persistent_absence_by_term",
    "severe_absence",
    "severe_absence_by_term",
]

MEASURES = measures("attendance")
BANDS = ("95% or more", "90% to under 95%", "Under 90%")
# One pupil decides an absence rate of fewer than ten; the gate sees sessions and cannot know.
FEWEST_PUPILS_FOR_ABSENCE = 10
# The terms that are added up, as the Department for Education publishes absence in the course of a year.
TERMS = {
    "Autumn term": ("AUTUMN",),
    "Autumn and spring terms": ("AUTUMN", "SPRING"),
    "Whole school year": ("AUTUMN", "SPRING", "SUMMER"),
}


def __dir__() -> list[str]:
    return __all__


def absence(pupils: pd.DataFrame, *, years: list[Period], cohort: str = TWELVE_MONTHS) -> Result:
    """Sessions missed as a share of sessions possible (a ratio of sums, not a mean of rates); group `kind`.

    Kinds: overall, authorised, unauthorised; the last two add up to the first. No figure for fewer than ten pupils.
    """
    recorded = _with_attendance(pupils, cohort)
    enough = per_year(recorded, years)["numerator"].ge(FEWEST_PUPILS_FOR_ABSENCE)
    sums = recorded.groupby("academic_year")[["authorised", "unauthorised", "missed", "sessions_possible"]].sum()
    sums = sums.reindex([year.code for year in years]).reset_index(drop=True)
    frames = [
        only_where(
            over_years(years).assign(numerator=sums[column], denominator=sums["sessions_possible"]), enough
        ).assign(kind=kind)
        for kind, column in (("Overall", "missed"), ("Authorised", "authorised"), ("Unauthorised", "unauthorised"))
    ]
    return build.share_of_sums(MEASURES["absence"], pd.concat(frames), groups=("kind",))


def attendance_recorded(pupils: pd.DataFrame, *, years: list[Period], cohort: str = TWELVE_MONTHS) -> Result:
    """Share of the pupils in reception to year 11 who have an attendance record."""
    own = school_age(pupils, cohort)
    return build.proportion(MEASURES["attendance_recorded"], share_per_year(own, own["sessions_possible"].gt(0), years))


def attendance_bands(pupils: pd.DataFrame, *, years: list[Period], cohort: str = TWELVE_MONTHS) -> Result:
    """Share of pupils in each band of attendance; group `band`, each pupil in one.

    A pupil who attended exactly 90% is in "90% to under 95%", though persistently absent: that line is drawn at 10% missed.
    """
    recorded = _with_attendance(pupils, cohort)
    return shares_of_kinds(MEASURES["attendance_bands"], recorded, recorded["band"], years, BANDS, "band")


def full_attendance(pupils: pd.DataFrame, *, years: list[Period], cohort: str = TWELVE_MONTHS) -> Result:
    """Share of pupils who missed no session: a part of those who attended 95% or more."""
    recorded = _with_attendance(pupils, cohort)
    return build.proportion(MEASURES["full_attendance"], share_per_year(recorded, recorded["missed"].eq(0), years))


def persistent_absence(pupils: pd.DataFrame, *, years: list[Period], cohort: str = TWELVE_MONTHS) -> Result:
    """Share of pupils who missed 10% or more of their own possible sessions."""
    recorded = _with_attendance(pupils, cohort)
    return build.proportion(MEASURES["persistent_absence"], share_per_year(recorded, is_persistent(recorded), years))


def severe_absence(pupils: pd.DataFrame, *, years: list[Period], cohort: str = TWELVE_MONTHS) -> Result:
    """Share of pupils who missed half or more of their own possible sessions."""
    recorded = _with_attendance(pupils, cohort)
    return build.proportion(MEASURES["severe_absence"], share_per_year(recorded, is_severe(recorded), years))


def absence_by_term(
    attendance: pd.DataFrame, pupils: pd.DataFrame, *, years: list[Period], cohort: str = TWELVE_MONTHS
) -> Result:
    """Sessions missed as a share of sessions possible from September to the end of each term; group `terms`.

    From the extract by term; `absence` is from the whole year's. No figure for fewer than ten pupils, nor while the last of
    the terms added up has no row: a term that is not in yet must not look like one without absence.
    """
    frames = []
    for terms, recorded, held in _added_terms(attendance, pupils, years, cohort):
        enough = per_year(recorded, years)["numerator"].ge(FEWEST_PUPILS_FOR_ABSENCE)
        sums = recorded.groupby("academic_year")[["missed", "sessions_possible"]].sum()
        sums = sums.reindex([year.code for year in years]).reset_index(drop=True)
        counts = over_years(years).assign(numerator=sums["missed"], denominator=sums["sessions_possible"])
        frames.append(only_where(counts, enough & held).assign(terms=terms))
    return build.share_of_sums(MEASURES["absence_by_term"], pd.concat(frames), groups=("terms",))


def persistent_absence_by_term(
    attendance: pd.DataFrame, pupils: pd.DataFrame, *, years: list[Period], cohort: str = TWELVE_MONTHS
) -> Result:
    """Share of pupils who missed 10% or more of their own possible sessions from September to the end of each term.

    Group `terms`; no figure while the last of the terms has no row. `persistent_absence` is the whole year's extract.
    """
    return _share_by_term("persistent_absence_by_term", attendance, pupils, years, cohort, is_persistent)


def severe_absence_by_term(
    attendance: pd.DataFrame, pupils: pd.DataFrame, *, years: list[Period], cohort: str = TWELVE_MONTHS
) -> Result:
    """Share of pupils who missed half or more of their own possible sessions from September to the end of each term.

    Group `terms`; no figure while the last of the terms has no row. `severe_absence` is the whole year's extract.
    """
    return _share_by_term("severe_absence_by_term", attendance, pupils, years, cohort, is_severe)


def is_persistent(recorded: pd.DataFrame) -> pd.Series:
    """Who missed 10% or more of their own possible sessions; compared by multiplying, so that no rounding decides."""
    return 10 * recorded["missed"] >= recorded["sessions_possible"]


def is_severe(recorded: pd.DataFrame) -> pd.Series:
    """Who missed half or more of their own possible sessions."""
    return 2 * recorded["missed"] >= recorded["sessions_possible"]


def _share_by_term(name: str, attendance, pupils, years: list[Period], cohort: str, reached) -> Result:
    frames = [
        only_where(share_per_year(recorded, reached(recorded), years), held).assign(terms=terms)
        for terms, recorded, held in _added_terms(attendance, pupils, years, cohort)
    ]
    return build.proportion(MEASURES[name], pd.concat(frames), groups=("terms",))


def _added_terms(attendance, pupils, years: list[Period], cohort: str) -> Iterator[tuple[str, pd.DataFrame, pd.Series]]:
    """For each run of `TERMS`: its name, a row per pupil and year with the sums of its sessions, and which years have it."""
    of_cohort = _of_cohort(attendance, pupils, cohort)
    sessions = ["sessions_possible", "sessions_authorised", "sessions_unauthorised"]
    for name, terms in TERMS.items():
        has_last = set(of_cohort.loc[of_cohort["attendance_term"].eq(terms[-1]), "academic_year"])
        own = of_cohort[of_cohort["attendance_term"].isin(terms)]
        added = own.groupby(["academic_year", "child_id"], as_index=False)[sessions].sum()
        added["missed"] = added["sessions_authorised"] + added["sessions_unauthorised"]
        held = pd.Series([year.code in has_last for year in years], dtype=bool)
        yield name, added[added["sessions_possible"].gt(0)], held


def _of_cohort(attendance: pd.DataFrame, pupils: pd.DataFrame, cohort: str) -> pd.DataFrame:
    """The rows by term of the school-age pupils of `cohort`, the school year written as in `pupils`.

    A child who is not in `pupils` in that year cannot be said to have been looked after for 12 months, and counts only
    where all are asked for.
    """
    rows = attendance.assign(academic_year=attendance["academic_year"] + "-AY")
    pairs = pd.MultiIndex.from_frame(rows[["child_id", "academic_year"]])
    in_base = pairs.isin(_pairs(school_age(pupils, cohort)))
    return rows[in_base if cohort == TWELVE_MONTHS else in_base | ~pairs.isin(_pairs(pupils))]


def _pairs(pupils: pd.DataFrame) -> pd.MultiIndex:
    return pd.MultiIndex.from_frame(pupils[["child_id", "academic_year"]])


def _with_attendance(pupils: pd.DataFrame, cohort: str) -> pd.DataFrame:
    """School-age pupils with a record of sessions, and of these what they missed and their band."""
    own = school_age(pupils, cohort)
    own = own[own["sessions_possible"].gt(0)]
    authorised, unauthorised = own["sessions_authorised"].fillna(0), own["sessions_unauthorised"].fillna(0)
    missed, possible = authorised + unauthorised, own["sessions_possible"]
    # Whole sessions are compared by multiplying, so that no pupil changes band by a rounding error.
    band = np.select([20 * missed <= possible, 10 * missed <= possible], BANDS[:2], BANDS[2])
    return own.assign(authorised=authorised, unauthorised=unauthorised, missed=missed, band=band)
