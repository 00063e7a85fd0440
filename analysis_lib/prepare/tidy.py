"""Checked frames in, tidy tables out. What each return calls things ends here; nothing here opens a file.

Every correction of what a return says is a function of its own, named for what it does, with the reason in its first
lines. Corrections that change a figure are reported as problems with severity "warning".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields

import pandas as pd

from analysis_lib.authority import Area
from analysis_lib.errors import DataProblem
from analysis_lib.prepare.closing import MADE_OF as MADE_OF
from analysis_lib.prepare.closing import TOPICS, closed_columns, without_closed_columns
from analysis_lib.prepare.councils import council_codes
from analysis_lib.prepare.given import Given
from analysis_lib.prepare.identifiers import DEMONSTRATION_KEY, RememberingKey
from analysis_lib.sources import TABLES, RawReturns
from analysis_lib.sources.table import TEXT_DTYPE

EXTRACT_TYPES = {
    "family": TEXT_DTYPE, "label": TEXT_DTYPE, "covers_from": "datetime64[us]", "covers_to": "datetime64[us]",
    "extract_date": "datetime64[us]", "given": bool, "files": int, "rows": int,
}  # fmt: skip
RETURN_TYPES = {
    "family": TEXT_DTYPE, "year": TEXT_DTYPE, "extract_date": "datetime64[us]", "given": bool, "final": "boolean",
    "rows": int,
}  # fmt: skip
READ_TYPES = {
    "family": TEXT_DTYPE, "table": TEXT_DTYPE, "files": int, "rows": int, "left_out": int, "superseded": int,
    "closed": TEXT_DTYPE,
}  # fmt: skip
# Tables that are worked out from several rows, or from several tables.
_NOT_ROW_BY_ROW = ("care_periods", "children", "school_census_ethnicity")
PROBLEM_TYPES = {field.name: int if field.name == "line" else TEXT_DTYPE for field in fields(DataProblem)}


def prepare(
    raw: RawReturns,
    published: Mapping[str, pd.DataFrame] | None = None,
    areas: Iterable[Area] = (),
    key: bytes = DEMONSTRATION_KEY,
    own_area: str = "",
) -> dict[str, pd.DataFrame]:
    """Every tidy table that the returns in `raw` can feed, with the published ones beside them.

    Parameters
    ----------
    raw : RawReturns
    published : dict of DataFrame
        Tidy already; council names in the returns are looked up in their `area` and `area_code`.
    areas : Areas
        More councils whose names the returns may carry: those of the youth offending service.
    key : bytes
        Of the keyed hash that stands in for identifiers; nothing but the hashes depends on it.
    own_area : str
        Area code of the council whose returns they are: a placement lies inside its area or outside.

    Returns
    -------
    dict of DataFrame
        By name; a table without a return behind it is absent, and so are closed columns. `problems` holds those of
        reading and of preparing.
    """
    published = dict(published or {})
    given = Given(raw.frames, RememberingKey(key), council_codes(published.values(), areas), own_area)
    tables: dict[str, pd.DataFrame] = {}
    problems = list(raw.problems)
    for topic in TOPICS:
        made, found = topic.tables(given)
        tables |= made
        problems += found
    return {
        **without_closed_columns(tables, closed_columns(raw)),
        **published,
        "extracts": _as_frame(raw.extracts, EXTRACT_TYPES),
        "returns_used": _as_frame(raw.returns, RETURN_TYPES),
        "problems": _problems_by_family(problems, raw),
        "rows_read": _rows_read(raw, tables),
    }


def _problems_by_family(problems: list[DataProblem], raw: RawReturns) -> pd.DataFrame:
    """Every problem, with the table and the family of the return that it was found in; blank where neither is known."""
    table_of = {file: name for name, frame in raw.frames.items() for file in frame["_file"].unique()}
    frame = _as_frame(sorted(problems), PROBLEM_TYPES)
    table = frame["table"].where(frame["table"] != "", frame["file"].map(table_of)).fillna("").astype(TEXT_DTYPE)
    family_of = {name: table.family for name, table in TABLES.items()}
    return frame.assign(table=table, family=table.map(family_of).fillna("").astype(TEXT_DTYPE))


def _rows_read(raw: RawReturns, tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """What became of the rows of each table of the returns, whether it is open or closed.

    `rows` are those that were read, `left_out` those of them with an error, `superseded` those that a later return or a
    later row of the same thing replaced: what was used and is not in the tidy table that is made of them.
    """
    made = {sources[0]: name for name, sources in MADE_OF.items() if name in tables and name not in _NOT_ROW_BY_ROW}
    records = []
    for name in sorted({*raw.frames, *raw.closed}, key=list(TABLES).index):
        used = len(raw.frames[name]) if name in raw.frames else 0
        files = raw.frames[name]["_file"].nunique() if name in raw.frames else 0
        left_out = raw.left_out.get(name, 0)
        kept = len(tables[made[name]]) if name in raw.frames and name in made else used
        if name == "header" and name in raw.frames:
            kept = raw.frames[name]["CHILD"].nunique()
        closed = str(raw.closed[name]) if name in raw.closed else ""
        records.append((TABLES[name].family, name, files, used + left_out, left_out, used - kept, closed))
    return pd.DataFrame(records, columns=list(READ_TYPES)).astype(READ_TYPES)


def _as_frame(records: Iterable, types: Mapping) -> pd.DataFrame:
    """Records as rows, with the same column types when there are none."""
    return pd.DataFrame([[getattr(record, name) for name in types] for record in records], columns=list(types)).astype(
        types
    )
