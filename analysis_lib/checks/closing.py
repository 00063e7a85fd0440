"""Closes the tables that errors have left too little of, and puts the rules to the others."""

from __future__ import annotations

from dataclasses import fields, replace
from operator import attrgetter

from analysis_lib.checks.catalogue import CHECKS
from analysis_lib.checks.evidence import Evidence
from analysis_lib.checks.rule import problems
from analysis_lib.errors import DataProblem
from analysis_lib.sources import TABLES, RawReturns

# As problems compare, and many times as fast: a return can have as many problems as rows.
_IN_ORDER = attrgetter(*(field.name for field in fields(DataProblem)))
ROWS_LEFT_OUT = 0.01  # the largest share of a table's rows that may be left out; authority.toml can say another


def checked(raw: RawReturns, rows_left_out: float = ROWS_LEFT_OUT) -> RawReturns:
    """The returns without the tables of which more than a share of `rows_left_out` is left out because of errors, and
    with the problems of all rules.

    Each such table is closed by one problem that says how many of how many rows. What is left out of a table that stays
    open is counted in `left_out`. Rules are put to what is left, and leave nothing out.
    """
    closed = {name: _too_much_left_out(raw, name) for name in raw.frames if _share(raw, name) > rows_left_out}
    kept = replace(
        raw,
        frames={name: frame for name, frame in raw.frames.items() if name not in closed},
        closed={**raw.closed, **closed},
    )
    found = problems(CHECKS, Evidence(kept))
    return replace(kept, problems=sorted([*raw.problems, *closed.values(), *found], key=_IN_ORDER))


def _rows(raw: RawReturns, name: str) -> tuple[int, int]:
    """Rows left out of a table, and rows of it in all."""
    left_out = raw.left_out.get(name, 0)
    return left_out, left_out + len(raw.frames[name])


def _share(raw: RawReturns, name: str) -> float:
    left_out, rows = _rows(raw, name)
    return left_out / rows if rows else 0.0


def _too_much_left_out(raw: RawReturns, name: str) -> DataProblem:
    left_out, rows = _rows(raw, name)
    file = min(problem.file for problem in raw.problems if problem.table == name and problem.severity == "error")
    expected = f"rows that can be used; {left_out:,} of the {rows:,} rows of {TABLES[name].title} have an error"
    advice = (
        "Figures that need the table are closed. Correct the rows in the case system and export again, or allow more of them to be left out "
        "([checks] rows_left_out in authority.toml)."
    )
    return DataProblem(file, 0, "", "", expected, advice, table=name)
