"""Personal education plans of looked-after pupils, their special educational needs, and where they go to school.

Every function takes the tidy table `pupils` and the academic `years` to show; `metrics/pupils.py` says who counts.

Not fed by any source that is read: whether the first plan was begun within 10 working days of coming into care and was ready
for the first review of the care plan (20 working days). The extract says only whether a plan was there in a term.
"""

from __future__ import annotations

import pandas as pd

from analysis_lib.metrics.counting import build
from analysis_lib.metrics.facts import measures
from analysis_lib.metrics.pupils import (
    ALL_LOOKED_AFTER,
    NOT_RECORDED,
    TWELVE_MONTHS,
    in_cohort,
    is_true,
    school_age,
    share_per_year,
    shares_of_kinds,
)
from analysis_lib.periods import Period
from analysis_lib.results import Result

__all__ = [
    "pep_in_place",
    "school_outside",
    "special_educational_needs",
]

MEASURES = measures("education_plans")
NEEDS = {"N": "None", "K": "Support at school", "E": "Education, health and care plan"}
TERMS = {"Autumn": "pep_autumn", "Spring": "pep_spring", "Summer": "pep_summer"}


def __dir__() -> list[str]:
    return __all__


def pep_in_place(pupils: pd.DataFrame, *, years: list[Period], cohort: str = ALL_LOOKED_AFTER) -> Result:
    """Share of pupils with a personal education plan in each term, of those who should have had one; group `term`."""
    frames = []
    for term, column in TERMS.items():
        due = in_cohort(pupils, cohort).dropna(subset=[column])
        frames.append(share_per_year(due, is_true(due[column]), years).assign(term=term))
    return build.proportion(MEASURES["pep_in_place"], pd.concat(frames), groups=("term",))


def special_educational_needs(pupils: pd.DataFrame, *, years: list[Period], cohort: str = TWELVE_MONTHS) -> Result:
    """Share of pupils in reception to year 11 by special educational needs; group `need`."""
    own = school_age(pupils, cohort)
    needs = own["sen"].map(NEEDS).fillna(NOT_RECORDED)
    return shares_of_kinds(
        MEASURES["special_educational_needs"], own, needs, years, (*NEEDS.values(), NOT_RECORDED), "need"
    )


def school_outside(pupils: pd.DataFrame, *, years: list[Period], cohort: str = TWELVE_MONTHS) -> Result:
    """Share of pupils in reception to year 11 whose school lies outside the authority; unrecorded schools are not in the base."""
    recorded = school_age(pupils, cohort).dropna(subset=["school_in_authority"])
    return build.proportion(
        MEASURES["school_outside"], share_per_year(recorded, ~is_true(recorded["school_in_authority"]), years)
    )
