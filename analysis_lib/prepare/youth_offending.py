"""The youth offending service's extract, and its school census table, as tidy tables."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analysis_lib.errors import DataProblem
from analysis_lib.prepare.councils import coded_councils
from analysis_lib.prepare.given import Given, Made
from analysis_lib.prepare.identifiers import YOUTH_SERVICE_CHILD
from analysis_lib.prepare.join import renamed

MADE_OF = {
    "youth_offending_cases": ("youth_offending",),
    "school_census_ethnicity": ("school_census_ethnicity",),
}
YOUTH_NAMES = {
    "SEX": "sex", "DATE_OF_BIRTH": "birth_date", "AGE": "age", "ETHNICITY": "ethnic_group",
    "LOOKED_AFTER": "looked_after", "COUNCIL": "council_code", "INTERVENTION_START": "intervention_start",
    "INTERVENTION_END": "intervention_end", "INTERVENTION_TYPE": "intervention_type",
}  # fmt: skip
NAMES = {
    "youth_offending_cases": YOUTH_NAMES,
    "school_census_ethnicity": {"COUNCIL": "council_code", "ETHNIC_GROUP": "ethnic_group", "PUPILS": "population"},
}


def tables(given: Given) -> Made:
    """The tables of `MADE_OF` whose extracts are there."""
    frames, codes = given.frames, given.council_codes
    made, problems = {}, []
    if "youth_offending" in frames:
        made["youth_offending_cases"], found = tidy_youth_offending(frames["youth_offending"], codes, given.key)
        problems += found
    if "school_census_ethnicity" in frames:
        made["school_census_ethnicity"], found = tidy_school_census(frames["school_census_ethnicity"], codes)
        problems += found
    return made, problems


def tidy_youth_offending(
    cases: pd.DataFrame, codes: Mapping[str, str], key: bytes
) -> tuple[pd.DataFrame, list[DataProblem]]:
    """One row per child and intervention; sex not recorded is "unknown", ethnicity not recorded "Not known"."""
    cases = cases.drop_duplicates([*YOUTH_NAMES, "CHILD"], keep="last").sort_values(["_file", "_line"], kind="stable")
    tidy = renamed(cases, "CHILD", YOUTH_NAMES, key, YOUTH_SERVICE_CHILD)
    council_code, problems = coded_councils(cases, codes, "The case is counted without a council.")
    return tidy.assign(
        sex=tidy["sex"].fillna("unknown"),
        ethnic_group=tidy["ethnic_group"].fillna("Not known"),
        council_code=council_code.to_numpy(),
    ), problems


def tidy_school_census(pupils: pd.DataFrame, codes: Mapping[str, str]) -> tuple[pd.DataFrame, list[DataProblem]]:
    """One row per council and ethnic group: council_code, ethnic_group, population (pupils), codes added up to groups."""
    council_code, problems = coded_councils(pupils, codes, "The row is not used.")
    rows = pupils.assign(council_code=council_code, ethnic_group=pupils["ETHNIC_GROUP"].fillna("Not known"))
    counts = rows.groupby(["council_code", "ethnic_group"], as_index=False)["PUPILS"].sum()
    return counts.rename(columns={"PUPILS": "population"}).astype({"population": int}), problems
