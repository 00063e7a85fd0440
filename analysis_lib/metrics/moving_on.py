"""How looked-after pupils move to the next phase of education, and what they do after year 11.

Every function takes the tidy table `pupils` and the academic `years` to show; `metrics/pupils.py` says who counts.
"""

from __future__ import annotations

import pandas as pd

from analysis_lib.metrics.counting import build
from analysis_lib.metrics.facts import measures
from analysis_lib.metrics.pupils import (
    ALL_LOOKED_AFTER,
    NOT_KNOWN,
    NOT_RECORDED,
    in_cohort,
    is_true,
    per_year,
    share_per_year,
    shares_of_kinds,
)
from analysis_lib.periods import Period
from analysis_lib.results import Result

__all__ = [
    "left_care_before_move",
    "moving_on_with_needs",
    "neet",
    "neet_or_not_known",
    "next_school_in_authority",
    "post16_activity",
    "post16_offers",
    "pupils_moving_on",
]

MEASURES = measures("moving_on")
MOVES = {"RECEPTION": "To reception", "SECONDARY": "To secondary school", "POST16": "On from school at sixteen"}
OFFERS = {"EDUCATION": "Education", "TRAINING": "Training", "EMPLOYMENT": "Employment", "NONE": "No offer"}
NEET = "None of the three (NEET)"
ACTIVITIES = {"EDUCATION": "Education", "EMPLOYMENT": "Employment", "TRAINING": "Training", "NEET": NEET}


def __dir__() -> list[str]:
    return __all__


def pupils_moving_on(pupils: pd.DataFrame, *, years: list[Period], cohort: str = ALL_LOOKED_AFTER) -> Result:
    """Pupils who moved to the next phase at the end of each year; group `move`."""
    moving = in_cohort(pupils, cohort)
    frames = [per_year(moving[moving["transition"].eq(code)], years).assign(move=move) for code, move in MOVES.items()]
    return build.count(MEASURES["pupils_moving_on"], pd.concat(frames), groups=("move",))


def left_care_before_move(pupils: pd.DataFrame, *, years: list[Period], cohort: str = ALL_LOOKED_AFTER) -> Result:
    """Share of the pupils moving on who had left care by then; not recorded is not in the base; group `move`."""
    return _share_of_movers(
        "left_care_before_move", pupils, years, cohort, lambda moving: moving["left_care_before_move"]
    )


def next_school_in_authority(pupils: pd.DataFrame, *, years: list[Period], cohort: str = ALL_LOOKED_AFTER) -> Result:
    """Share of the pupils moving on whose next school is in the authority; not recorded is not in the base; group `move`."""
    return _share_of_movers(
        "next_school_in_authority", pupils, years, cohort, lambda moving: moving["next_school_in_authority"]
    )


def moving_on_with_needs(pupils: pd.DataFrame, *, years: list[Period], cohort: str = ALL_LOOKED_AFTER) -> Result:
    """Share of the pupils moving on with special educational needs (support or plan); group `move`."""
    return _share_of_movers("moving_on_with_needs", pupils, years, cohort, lambda moving: moving["sen"].map({"N": False, "K": True, "E": True}))  # fmt: skip


def post16_offers(pupils: pd.DataFrame, *, years: list[Period], cohort: str = ALL_LOOKED_AFTER) -> Result:
    """Share of the pupils moving on at sixteen by the place that they were offered; group `offer`."""
    moving = in_cohort(pupils, cohort)
    moving = moving[moving["transition"].eq("POST16")]
    offers = moving["post16_offer"].map(OFFERS).fillna(NOT_RECORDED)
    return shares_of_kinds(MEASURES["post16_offers"], moving, offers, years, (*OFFERS.values(), NOT_RECORDED), "offer")


def post16_activity(pupils: pd.DataFrame, *, years: list[Period], cohort: str = ALL_LOOKED_AFTER) -> Result:
    """Share of the young people of years 12 and 13 by what they do; group `activity`, those not known in the base."""
    older = _aged_16_and_17(pupils, cohort)
    activities = older["eet_status"].map(ACTIVITIES).fillna(NOT_KNOWN)
    return shares_of_kinds(
        MEASURES["post16_activity"], older, activities, years, (*ACTIVITIES.values(), NOT_KNOWN), "activity"
    )


def neet(pupils: pd.DataFrame, *, years: list[Period], cohort: str = ALL_LOOKED_AFTER) -> Result:
    """Share of the young people of years 12 and 13 known to be in no education, employment or training.

    Those of whom it is not known are in the base; `neet_or_not_known` adds them to the numerator, as national tables do.
    """
    older = _aged_16_and_17(pupils, cohort)
    return build.proportion(MEASURES["neet"], share_per_year(older, older["eet_status"].eq("NEET"), years))


def neet_or_not_known(pupils: pd.DataFrame, *, years: list[Period], cohort: str = ALL_LOOKED_AFTER) -> Result:
    """Share of the young people of years 12 and 13 in no education, employment or training, or of whom it is not known.

    `neet` counts the first kind alone. A low `neet` beside many not known says little: hence this one.
    """
    older = _aged_16_and_17(pupils, cohort)
    activity = older["eet_status"].map(ACTIVITIES)
    return build.proportion(
        MEASURES["neet_or_not_known"], share_per_year(older, activity.isna() | activity.eq(NEET), years)
    )


def _aged_16_and_17(pupils: pd.DataFrame, cohort: str) -> pd.DataFrame:
    """The young people of academic age 16 and 17: school years 12 and 13."""
    own = in_cohort(pupils, cohort)
    return own[own["nc_year"].isin(["12", "13"])]


def _share_of_movers(name: str, pupils: pd.DataFrame, years: list[Period], cohort: str, flag) -> Result:
    moving = in_cohort(pupils, cohort)
    frames = []
    for code, move in MOVES.items():
        own = moving[moving["transition"].eq(code)]
        own = own[flag(own).notna()]
        frames.append(share_per_year(own, is_true(flag(own)), years).assign(move=move))
    return build.proportion(MEASURES[name], pd.concat(frames), groups=("move",))
