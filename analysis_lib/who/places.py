"""Back from hashes to the council's own identifiers: read from the raw files again, in memory, never stored."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from analysis_lib.prepare import MADE_OF
from analysis_lib.prepare.education import pupil_ids
from analysis_lib.prepare.identifiers import COUNCIL_CHILD, YOUTH_SERVICE_CHILD, hashed
from analysis_lib.sources import TABLES, RawReturns

COLUMNS = ["child_id", "identifier", "file", "line"]


def places_of(children: Iterable[str], raw: RawReturns, key: bytes, tables: Iterable[str]) -> pd.DataFrame:
    """Where each of `children` stands in the raw files behind the tidy `tables`: the latest line that has the child.

    Returns
    -------
    DataFrame
        `COLUMNS`, a row for each child found, in the order of the identifiers. `file` is below the folder of returns,
        `line` as a spreadsheet counts.
    """
    names = dict.fromkeys(source for table in tables for source in MADE_OF.get(table, ()) if source in raw.frames)
    wanted = set(children)
    found = []
    for name in names:
        rows = _identified(raw, name, key)
        found.append(rows[rows["child_id"].isin(wanted)])
    if not found:
        return pd.DataFrame(columns=COLUMNS)
    places = pd.concat(found, ignore_index=True).sort_values(["_year", "_extract"], kind="stable")
    places = places.drop_duplicates("child_id", keep="last").rename(columns={"_file": "file", "_line": "line"})
    return places.sort_values(["identifier", "file", "line"], kind="stable", ignore_index=True)[COLUMNS]


def _identified(raw: RawReturns, name: str, key: bytes) -> pd.DataFrame:
    """The rows of raw table `name` with `child_id` as preparing makes it, and the identifier that stands there."""
    rows = raw.frames[name]
    if {"CHILD", "UPN"} <= set(rows.columns):
        child_id, identifier = pupil_ids(rows, raw.frames.get("header"), key), rows["CHILD"].fillna(rows["UPN"])
    else:
        column = next((column for column in ("CHILD", "Child Unique ID") if column in rows), None)
        if column is None:  # a table that counts and names nobody, such as the school census
            return pd.DataFrame(columns=["child_id", "identifier", "_file", "_line", "_year", "_extract"])
        numbering = YOUTH_SERVICE_CHILD if TABLES[name].family == "youth_offending" else COUNCIL_CHILD
        child_id, identifier = hashed(rows[column], key, numbering), rows[column]
    kept = rows[["_file", "_line", "_year", "_extract"]]
    return kept.assign(child_id=child_id, identifier=identifier)
