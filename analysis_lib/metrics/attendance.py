"""How much school looked-after pupils miss.

Every function takes the tidy table `pupils` and the academic `years` to show; `metrics/pupils.py` says who counts.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis_lib.metrics import build
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

MEASURES = measures("attendance")
BANDS = ("95% or more", "90% to under 95%", "Under 90%")
# One pupil decides an absence rate of fewer than ten; the gate sees sessions and cannot know.
FEWEST_PUPILS_FOR_ABSENCE = 10


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
    at_least_a_tenth = 10 * recorded["missed"] >= recorded["sessions_possible"]
    return build.proportion(MEASURES["persistent_absence"], share_per_year(recorded, at_least_a_tenth, years))


def severe_absence(pupils: pd.DataFrame, *, years: list[Period], cohort: str = TWELVE_MONTHS) -> Result:
    """Share of pupils who missed half or more of their own possible sessions."""
    recorded = _with_attendance(pupils, cohort)
    at_least_half = 2 * recorded["missed"] >= recorded["sessions_possible"]
    return build.proportion(MEASURES["severe_absence"], share_per_year(recorded, at_least_half, years))


def _with_attendance(pupils: pd.DataFrame, cohort: str) -> pd.DataFrame:
    """School-age pupils with a record of sessions, and of these what they missed and their band."""
    own = school_age(pupils, cohort)
    own = own[own["sessions_possible"].gt(0)]
    authorised, unauthorised = own["sessions_authorised"].fillna(0), own["sessions_unauthorised"].fillna(0)
    missed, possible = authorised + unauthorised, own["sessions_possible"]
    # Whole sessions are compared by multiplying, so that no pupil changes band by a rounding error.
    band = np.select([20 * missed <= possible, 10 * missed <= possible], BANDS[:2], BANDS[2])
    return own.assign(authorised=authorised, unauthorised=unauthorised, missed=missed, band=band)
