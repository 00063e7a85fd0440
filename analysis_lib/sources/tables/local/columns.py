"""Columns and rules that several local extracts share."""

from __future__ import annotations

from typing import Any

from analysis_lib.sources.table import CODE, DATE, ERROR, MUST, OPTIONAL, WHOLE, YES_NO, Codes, Column, Rule
from analysis_lib.sources.tables.virtual_school import read_academic_year

NEEDED: dict[str, Any] = {"heading": MUST, "filled": True, "severity": ERROR}  # without it a row cannot be counted
CHILD = Column("CHILD", meaning="the council's identifier of the child, as in the SSDA903", identifies=True, **NEEDED)
# A pupil is told by either of two numbers.
PUPIL = (
    Column(
        "UPN",
        meaning="unique pupil number; joins the pupil to the SSDA903 header",
        heading=OPTIONAL,
        identifies=True,
    ),
    Column(
        "CHILD",
        meaning="the council's identifier of the child, as in the SSDA903; not needed where UPN is given",
        heading=OPTIONAL,
        identifies=True,
    ),
)
PUPIL_IS_TOLD = Rule(
    "UPN",
    "a value, or CHILD filled: without either the pupil cannot be told apart",
    lambda frame: frame["UPN"].notna() | frame["CHILD"].notna(),
    ERROR,
)
ACADEMIC_YEAR = Column(
    "ACADEMIC_YEAR",
    meaning="academic year, September to August",
    reader=read_academic_year,
    expected='an academic year written "2020-21"',
    **NEEDED,
)


def on(name: str, meaning: str, **more: Any) -> Column:
    """A day in the past; blank where it has not come."""
    return Column(name, DATE, meaning, **{"heading": OPTIONAL, "happened": True, **more})


def due(name: str, meaning: str) -> Column:
    """A day that may lie in the future."""
    return Column(name, DATE, meaning, heading=OPTIONAL)


def coded(name: str, codes: Codes, meaning: str, **more: Any) -> Column:
    return Column(name, CODE, meaning, codes, **{"heading": OPTIONAL, **more})


def flag(name: str, meaning: str, **more: Any) -> Column:
    return Column(name, YES_NO, meaning, **{"heading": OPTIONAL, **more})


def count(name: str, meaning: str, **more: Any) -> Column:
    return Column(name, WHOLE, meaning, **{"heading": OPTIONAL, **more})


def text(name: str, meaning: str, **more: Any) -> Column:
    return Column(name, meaning=meaning, **{"heading": OPTIONAL, **more})


def not_before(end: str, start: str, severity: str = ERROR) -> Rule:
    """`end` on or after `start`; well where either is blank."""
    return Rule(end, f"a date on or after {start}", lambda frame: ~(frame[end] < frame[start]), severity)


def at_most(part: str, whole: str, severity: str = ERROR) -> Rule:
    """`part` no greater than `whole`; well where either is blank."""
    return Rule(part, f"no more than {whole}", lambda frame: ~(frame[part] > frame[whole]), severity)
