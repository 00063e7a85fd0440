"""Suspensions and permanent exclusions of looked-after pupils."""

from __future__ import annotations

import pandas as pd

from analysis_lib.metrics import build, members
from analysis_lib.metrics.facts import measures
from analysis_lib.metrics.pupils import (
    TWELVE_MONTHS,
    is_true,
    only_where,
    per_year,
    school_age,
    share_per_year,
)
from analysis_lib.periods import Period
from analysis_lib.results import Result

MEASURES = measures("exclusions")


def suspended_pupils(pupils: pd.DataFrame, *, years: list[Period], cohort: str = TWELVE_MONTHS) -> Result:
    """Share of pupils suspended at least once in the year; pupils without a record of suspensions are not in the base."""
    recorded = school_age(pupils, cohort).dropna(subset=["suspensions"])
    return build.proportion(
        MEASURES["suspended_pupils"], share_per_year(recorded, recorded["suspensions"].gt(0), years)
    )


def suspended_pupils_number(pupils: pd.DataFrame, *, years: list[Period], cohort: str = TWELVE_MONTHS) -> Result:
    """Number of pupils suspended at least once; no figure for a year in which nobody has an entry."""
    share = suspended_pupils(pupils, years=years, cohort=cohort).exact()
    kept = ["period_start", "period_end", *(column for column in members.named_in(share) if column.startswith("num"))]
    counts = share[kept].assign(numerator=share["numerator"].where(share["denominator"] > 0))
    return build.count(MEASURES["suspended_pupils_number"], counts)


def suspension_days(pupils: pd.DataFrame, *, years: list[Period], cohort: str = TWELVE_MONTHS) -> Result:
    """Mean days of suspension over the pupils suspended in the year; the numerator is their total."""
    suspended = school_age(pupils, cohort)
    suspended = suspended[suspended["suspensions"].gt(0)]
    measure = MEASURES["suspension_days"]
    results = [
        build.mean(
            measure, suspended[suspended["academic_year"].eq(year.code)], value="suspension_days", when=year
        ).exact()
        for year in years
    ]
    return Result(measure, pd.concat(results))


def permanent_exclusions(pupils: pd.DataFrame, *, years: list[Period], cohort: str = TWELVE_MONTHS) -> Result:
    """Pupils permanently excluded in the year; no figure for a year in which nobody has an entry."""
    own = school_age(pupils, cohort)
    recorded = per_year(own[own["permanent_exclusion"].notna()], years)["numerator"].gt(0)
    excluded = per_year(own[is_true(own["permanent_exclusion"])], years)
    return build.count(MEASURES["permanent_exclusions"], only_where(excluded, recorded))
