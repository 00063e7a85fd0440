"""Whose figures are counted of the virtual school's pupils, in which school years, and the counts that its measures share.

The measures themselves are in `attainment`, `attendance`, `exclusions`, `education_plans` and `moving_on`. All take the tidy
table `pupils` (one row per pupil and academic year) and the academic `years` to show; a year without figures stays as a
row, so that a gap is seen. Flags are nullable: missing means not recorded.

Cohort. By default pupils looked after continuously for 12 months on 31 March of the school year, as in the statistics of
the Department for Education (DfE); `ALL_LOOKED_AFTER` takes every pupil in the extract. Plans and moves on take every pupil
by default, because a plan is due and a move is made however long a child has been looked after.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

import numpy as np
import pandas as pd

from analysis_lib.metrics.counting import build, members
from analysis_lib.metrics.counting.groups import NOT_KNOWN
from analysis_lib.periods import Period
from analysis_lib.results import Result

TWELVE_MONTHS, ALL_LOOKED_AFTER = "looked after for 12 months", "all looked after"
COHORTS = (TWELVE_MONTHS, ALL_LOOKED_AFTER)
SCHOOL_YEARS = ["R", *(str(year) for year in range(1, 12))]  # reception to year 11, where school is compulsory
NOT_RECORDED = "Not recorded"
UNKNOWN = (NOT_RECORDED, NOT_KNOWN)


def academic_years(pupils: pd.DataFrame, last: Period) -> list[Period]:
    """Every academic year from the first in `pupils` to `last`, whether or not it has pupils; `last` alone when none has."""
    codes = [code for code in pupils["academic_year"].dropna().unique() if Period.parse(code).end <= last.end]
    year = Period.parse(min(codes)) if codes else last
    years = [year]
    while years[-1].end < last.end:
        years.append(years[-1].shifted(12))
    return years


def school_year(year: Period) -> str:
    """An academic year as schools write it: 2020/21."""
    return f"{year.start.year}/{year.end.year % 100:02d}"


def years_in_words(years: Sequence[Period]) -> str:
    """Academic years in a row as schools write them: 2018/19 to 2020/21."""
    first, last = school_year(years[0]), school_year(years[-1])
    return first if first == last else f"{first} to {last}"


def are_in_a_row(years: Sequence[Period]) -> bool:
    """Whether each of the academic `years` follows the one before it."""
    return all(after.start == before.shifted(12).start for before, after in pairwise(years))


def is_true(flags: pd.Series) -> pd.Series:
    """A nullable flag as plain booleans, missing as False."""
    return flags.astype(object).eq(True)


def in_cohort(pupils: pd.DataFrame, cohort: str) -> pd.DataFrame:
    """The pupils of `cohort`. Raises `ValueError` for a cohort that is none of `COHORTS`."""
    if cohort not in COHORTS:
        raise ValueError(f"there is no cohort {cohort!r}: choose {' or '.join(COHORTS)}")
    return pupils[is_true(pupils["looked_after_12m"])] if cohort == TWELVE_MONTHS else pupils


def school_age(pupils: pd.DataFrame, cohort: str) -> pd.DataFrame:
    """The pupils of `cohort` in reception to year 11; one whose year is not recorded is left out."""
    own = in_cohort(pupils, cohort)
    return own[own["nc_year"].isin(SCHOOL_YEARS)]


def over_years(years: list[Period]) -> pd.DataFrame:
    """The columns period_start and period_end of `years`."""
    return _over_years(tuple(years)).copy()


@lru_cache(maxsize=64)
def _over_years(years: tuple[Period, ...]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "period_start": pd.Series([year.start for year in years], dtype="datetime64[ns]"),
            "period_end": pd.Series([year.end for year in years], dtype="datetime64[ns]"),
        }
    )


def per_year(rows: pd.DataFrame, years: list[Period]) -> pd.DataFrame:
    """How many of `rows` each year has, as counts (numerator), 0 where it has none."""
    counts = Counter(rows["academic_year"].tolist())
    return over_years(years).assign(
        numerator=[float(counts[year.code]) for year in years],
        **members.named(numerator=lambda: [members.ids(rows[rows["academic_year"].eq(year.code)]) for year in years]),
    )


def share_per_year(rows: pd.DataFrame, reached: pd.Series, years: list[Period]) -> pd.DataFrame:
    """How many of `rows` each year has (denominator), and for how many `reached` is true (numerator)."""
    who = rows[["child_id", "academic_year"]]
    base = per_year(who, years)
    return per_year(who[reached.astype(bool)], years).assign(
        denominator=base["numerator"], **members.named(denominator=lambda: base["numerator_children"].tolist())
    )


def only_where(counts: pd.DataFrame, held) -> pd.DataFrame:
    """`counts` with its numbers missing in the years (rows) that are not `held`."""
    numbers = [column for column in ("numerator", "denominator") if column in counts]
    return counts.assign(**{column: counts[column].where(np.asarray(held, dtype=bool)) for column in numbers})


def shares_of_kinds(measure, rows: pd.DataFrame, kinds: pd.Series, years: list[Period], expected: tuple[str, ...], column: str) -> Result:  # fmt: skip
    """The share of `rows` in each of the `expected` kinds by year; the unknown kinds are left out where they never occur."""
    frames = [
        share_per_year(rows, kinds.eq(kind), years).assign(**{column: kind})
        for kind in expected
        if kind not in UNKNOWN or kinds.eq(kind).any()
    ]
    return build.proportion(measure, pd.concat(frames), groups=(column,), parts=(column,))
