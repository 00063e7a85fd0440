"""The youth offending extract: ages, interventions open twice, and the same child told twice.

Its children are numbered by the service, so nothing can be said of them beside the SSDA903.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis_lib.checks.evidence import NONE, Evidence, ages
from analysis_lib.checks.rule import Check

TABLE = "youth_offending"
_OLDEST, _YOUNGEST = 18, 10  # from the age of criminal responsibility to those who turn 18 while open


def of_another_age(evidence: Evidence) -> np.ndarray:
    frame = evidence.frames[TABLE]
    given = np.nan_to_num(frame["AGE"].to_numpy(dtype=float), nan=-999)
    worked_out = ages(evidence.day(TABLE, "DATE_OF_BIRTH"), evidence.day(TABLE, "INTERVENTION_START"))
    age = np.where(given != -999, given, worked_out)
    return (age != -999) & ((age < _YOUNGEST) | (age > _OLDEST))


def age_is_not_the_births(evidence: Evidence) -> np.ndarray:
    """The age given is more than a year from the one on the first day."""
    given = np.nan_to_num(evidence.frames[TABLE]["AGE"].to_numpy(dtype=float), nan=-999)
    worked_out = ages(evidence.day(TABLE, "DATE_OF_BIRTH"), evidence.day(TABLE, "INTERVENTION_START"))
    return (given != -999) & (worked_out != -999) & (np.abs(given - worked_out) > 1)


def open_twice(evidence: Evidence) -> np.ndarray:
    """All but the last of a child's interventions of one type that began on one day."""
    frame = evidence.frames[TABLE]
    whole = [column for column in frame.columns if not column.startswith("_")]
    rows = pd.DataFrame({column: evidence.code(TABLE, column) for column in [*whole, "_file"]})
    said_when_read = rows.duplicated(keep="last")
    return (
        rows.duplicated(["CHILD", "INTERVENTION_TYPE", "INTERVENTION_START"], keep="last") & ~said_when_read
    ).to_numpy()


def _several(evidence: Evidence, column: str) -> np.ndarray:
    """Rows whose value is not that of the child's last row with one."""
    frame = evidence.frames[TABLE]
    codes = pd.factorize(frame[column].where(frame[column] != "unknown"))[0]
    child = pd.factorize(frame["CHILD"])[0]
    latest = np.full(child.max(initial=-1) + 2, -1)
    latest[child[codes >= 0]] = codes[codes >= 0]
    return (codes >= 0) & (codes != latest[child])


def another_birth(evidence: Evidence) -> np.ndarray:
    return _several(evidence, "DATE_OF_BIRTH")


def another_sex(evidence: Evidence) -> np.ndarray:
    return _several(evidence, "SEX")


def later_than_extract(evidence: Evidence) -> np.ndarray:
    start, extracted = evidence.day(TABLE, "INTERVENTION_START"), evidence.extracted[evidence.of_return(TABLE)]
    return (extracted != NONE) & (start > extracted)


def _check(column: str, expected: str, breaks, effect: str, *columns: str) -> Check:
    return Check(TABLE, column, expected, breaks, effect, needs=(f"{TABLE} {' '.join(columns)}",))


CHECKS = (
    _check(
        "INTERVENTION_START", f"a day on which the child was {_YOUNGEST} to {_OLDEST}", of_another_age,
        "The case is counted; figures by age leave it out.", "INTERVENTION_START",
    ),
    _check(
        "AGE", "the age on the first day of the intervention, by the date of birth", age_is_not_the_births,
        "The age given is used.", "AGE", "DATE_OF_BIRTH",
    ),
    _check(
        "INTERVENTION_START", "one row for each child, type of intervention and first day", open_twice,
        "Both rows are counted as interventions.",
    ),
    _check(
        "DATE_OF_BIRTH", "the date of birth of the child's other rows", another_birth, "Each row is counted with its own.",
        "DATE_OF_BIRTH",
    ),
    _check("SEX", "the sex of the child's other rows", another_sex, "Each row is counted with its own.", "SEX"),
    _check(
        "INTERVENTION_START", "a day on or before the day of the extract", later_than_extract,
        "It is not counted before that day.", "INTERVENTION_START",
    ),
)  # fmt: skip
