"""Empty templates for local extracts, with their data dictionaries, written from the same data that the reader uses."""

from __future__ import annotations

import csv
import io

from analysis_lib.errors import UsageError
from analysis_lib.sources.table import DATE, ERROR, MUST, WHOLE, YES_NO, Column, Table
from analysis_lib.sources.tables import local, virtual_school, youth_offending

# By name: the table, and made-up rows that show how it is filled.
_LOCAL: dict[str, tuple[Table, tuple[dict[str, str], ...]]] = {
    module.TABLE.name: (module.TABLE, module.EXAMPLE) for module in (virtual_school, youth_offending, *local.MODULES)
} | {youth_offending.SCHOOL_CENSUS.name: (youth_offending.SCHOOL_CENSUS, youth_offending.SCHOOL_CENSUS_EXAMPLE)}
TEMPLATES = tuple(_LOCAL)


def template(name: str) -> tuple[str, str]:
    """An empty CSV and its data dictionary (Markdown) for the local extract `name`.

    Raises `UsageError` for a name that is not in `TEMPLATES`.
    """
    table, _ = _named(name)
    return csv_text(table, ()), dictionary(table)


def example(name: str) -> str:
    """The template `name` with three made-up rows, as the documentation shows it."""
    return csv_text(*_named(name))


def _named(name: str) -> tuple[Table, tuple[dict[str, str], ...]]:
    if name not in _LOCAL:
        raise UsageError(f"There is no template {name!r}. There are: {', '.join(TEMPLATES)}.")
    return _LOCAL[name]


def csv_text(table: Table, rows) -> str:
    """A CSV with the table's headings and `rows` (dicts by heading; what is not given is blank)."""
    out = io.StringIO()
    writer = csv.DictWriter(out, [column.name for column in table.columns], restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def dictionary(table: Table) -> str:
    """One Markdown row per column: heading, whether it is needed, what it may hold, what it means."""
    lines = ["| column | needed | values | meaning |", "|---|---|---|---|"]
    lines += [
        f"| `{column.name}` | {_need(column)} | {_values(column)} | {column.meaning} |" for column in table.columns
    ]
    for group in table.one_of:
        lines += ["", f"At least one of {' and '.join(f'`{name}`' for name in group)} must be there."]
    return "\n".join(lines) + "\n"


def _need(column: Column) -> str:
    if column.heading != MUST:
        return "if you have it"
    if column.filled and column.severity == ERROR:
        return "yes, in every row (a row without it is left out)"
    return "yes, in every row" if column.filled else "yes, may be blank"


def _values(column: Column) -> str:
    if column.codes:
        return "; ".join(f"`{code}` {meaning}" for code, meaning in column.codes.meanings.items())
    if column.reader:
        return column.expectation.split(";")[0]
    return {DATE: "dd/mm/yyyy or yyyy-mm-dd", YES_NO: "Y or N", WHOLE: column.expectation}.get(
        column.kind, column.expectation if column.kind != "text" else "text"
    )
