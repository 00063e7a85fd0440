"""A rule as data, and how it is put to the returns."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from analysis_lib.checks.evidence import Evidence, shown
from analysis_lib.errors import DataProblem
from analysis_lib.sources import TABLES
from analysis_lib.sources.table import WARNING

USED = "The row is used as it is."
CORRECT = "Correct it in the case system and export again."


@dataclass(frozen=True)
class Check:
    """What rows must say together, across columns, tables and years.

    A broken rule is a warning: where two rows disagree nothing says which of them is wrong, so neither is left out.

    Parameters
    ----------
    table, column : str
        Where a problem is reported: one for each row that breaks the rule.
    expected : str
        What should stand there, in words that fit after "expected" and after "is not".
    breaks : function
        From `Evidence` to a mask over the table's rows: True where the rule is broken.
    effect : str
        What it does to figures, in a sentence without identifying details.
    codes : tuple of str
        DfE's validation codes, where it has them.
    group : int
        Which of the 28 groups of rules of the SSDA903 (`handbook.GROUPS`); 0 for other returns.
    needs : tuple
        What must be there beside the rule's own column, and not be closed, for the rule to be put: each "table COLUMN
        COLUMN", or a tuple where headings have spaces.
    advice : str
        What to do.
    """

    table: str
    column: str
    expected: str
    breaks: Callable[[Evidence], np.ndarray]
    effect: str = USED
    codes: tuple[str, ...] = ()
    group: int = 0
    needs: tuple[str | tuple[str, ...], ...] = ()
    advice: str = CORRECT

    @property
    def expectation(self) -> str:
        """What is expected, with DfE's codes."""
        if not self.codes:
            return self.expected
        return f"{self.expected} (DfE rule{'s' if len(self.codes) > 1 else ''} {', '.join(self.codes)})"

    def can_be_put(self, evidence: Evidence) -> bool:
        needed = [each.split() if isinstance(each, str) else each for each in self.needs]
        return evidence.has(self.table, self.column) and all(
            evidence.has(table, *columns) for table, *columns in needed
        )


def problems(checks: Iterable[Check], evidence: Evidence) -> list[DataProblem]:
    """Every row that breaks one of the rules; rules whose tables or columns are not there are passed over."""
    return [problem for check in checks if check.can_be_put(evidence) for problem in _broken(check, evidence)]


def _broken(check: Check, evidence: Evidence) -> list[DataProblem]:
    rows = np.flatnonzero(check.breaks(evidence))
    if not len(rows):
        return []
    frame = evidence.frames[check.table]
    column = next((each for each in TABLES[check.table].columns if each.name == check.column), None)
    tells_who = column is None or column.identifies
    values = [""] * len(rows) if tells_who else shown(frame, check.column, rows)
    files = shown(frame, "_file", rows)
    lines = frame["_line"].to_numpy()[rows].tolist()
    expected, advice = check.expectation, f"{check.effect} {check.advice}"
    return [
        DataProblem(file, line, check.column, value, expected, advice, WARNING, check.table)
        for file, line, value in zip(files, lines, values, strict=True)
    ]
