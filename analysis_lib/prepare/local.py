"""Local extracts as tidy tables: our own headings in lower case, identifiers hashed, a pupil joined by the UPN."""

from __future__ import annotations

import pandas as pd

from analysis_lib.periods import Period
from analysis_lib.prepare.education import pupil_ids
from analysis_lib.prepare.given import Given, Made
from analysis_lib.prepare.identifiers import COUNCIL_CHILD, hashed
from analysis_lib.prepare.join import one_row_each
from analysis_lib.sources.table import Table
from analysis_lib.sources.tables import local

TABLES = {table.name: table for module in local.MODULES for table in module.TABLES}
MADE_OF = {name: (name,) for name in TABLES}
# Heading of an identifier -> the tidy column of its hash, and the numbering that it belongs to.
IDENTIFIERS = {
    "CHILD": ("child_id", COUNCIL_CHILD),
    "FAMILY": ("family_id", b"family"),
    "HOUSEHOLD": ("household_id", b"household"),
    "WORKER": ("worker_id", b"worker"),
}
OTHER_NAMES = {"DATE_OF_BIRTH": "birth_date", "ETHNICITY": "ethnic_group"}
# What each column that is no identifier is called in the tidy table.
NAMES = {
    name: {
        column.name: OTHER_NAMES.get(column.name, column.name.lower())
        for column in table.columns
        if column.name not in ("UPN", *IDENTIFIERS)
    }
    for name, table in TABLES.items()
}
# The last day of each school term, as month and day: an attendance row is known from then on.
TERM_ENDS = {"AUTUMN": "12-31", "SPRING": "04-30", "SUMMER": "08-31"}


def tables(given: Given) -> Made:
    """The tables of `MADE_OF` whose extracts are there, each row once, as the latest extract has it."""
    header = given.frames.get("header")
    return {
        name: _tidy(table, given.frames[name], header, given.key)
        for name, table in TABLES.items()
        if name in given.frames
    }, []


def _tidy(table: Table, frame: pd.DataFrame, header: pd.DataFrame | None, key: bytes) -> pd.DataFrame:
    rows = one_row_each(frame, list(table.key), "_extract")
    columns: dict[str, pd.Series] = {}
    for column in table.columns:
        if column.name == "UPN":
            columns["child_id"] = pupil_ids(rows, header, key)
        elif column.name in IDENTIFIERS:
            tidy_name, numbering = IDENTIFIERS[column.name]
            columns.setdefault(tidy_name, hashed(rows[column.name], key, numbering))
        else:
            columns[NAMES[table.name][column.name]] = rows[column.name]
    return pd.DataFrame({**columns, **_days(table.name, rows)}).reset_index(drop=True)


def _days(name: str, rows: pd.DataFrame) -> dict[str, pd.Series]:
    """The day from which a row can be known, where no column of the extract says it."""
    if name == "attendance":
        return {"term_end": _term_ends(rows)}
    if name == "reviews_and_conferences":  # due or held, whichever came first
        return {"counts_from": rows[["MEETING_DUE", "HELD_ON"]].min(axis=1)}
    if name == "regulation_44":
        return {"month_end": rows["VISIT_MONTH"] + pd.offsets.MonthEnd(0)}
    return {}


def _term_ends(rows: pd.DataFrame) -> pd.Series:
    ends = {
        (year, term): Period.parse(f"{year}-AY").start.year + (term != "AUTUMN")
        for year, term in set(zip(rows["ACADEMIC_YEAR"], rows["ATTENDANCE_TERM"], strict=True))
    }
    days = [
        f"{ends[pair]}-{TERM_ENDS[pair[1]]}"
        for pair in zip(rows["ACADEMIC_YEAR"], rows["ATTENDANCE_TERM"], strict=True)
    ]
    return pd.Series(pd.to_datetime(days), index=rows.index).astype("datetime64[us]")
