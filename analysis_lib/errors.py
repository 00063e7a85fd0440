"""The few errors that a user sees without a traceback.

Everything else is our own mistake and is left to crash loudly.
"""

from __future__ import annotations

from dataclasses import dataclass


class PanelpackError(Exception):
    """Something a user can mend: printed as one message, without a traceback."""

    exit_code = 1


class UsageError(PanelpackError):
    """The request itself is wrong: an unknown period, notebook, edition or parameter."""

    exit_code = 2


class NotebookError(PanelpackError):
    """A notebook stopped, or showed something that may not leave the building."""


class DisclosureError(PanelpackError):
    """A number tried to pass the gate in a shape that the gate does not know."""


@dataclass(frozen=True, order=True)
class DataProblem:
    """One thing wrong in one place of the raw data.

    `line` counts as a spreadsheet does: the header is line 1; 0 stands for the file as a whole.
    `value` is left empty where it could identify a child. `severity` is "error" (something had to be
    left out or closed) or "warning" (what is there is used, with care, and counted on the page).
    `table` is the table of the returns that the file belongs to, blank where that is not known.
    """

    file: str
    line: int
    column: str
    value: str
    expected: str
    advice: str = "Correct it in the case system and export again; raw files are never edited here."
    severity: str = "error"
    table: str = ""

    def __str__(self) -> str:
        place = self.file
        if self.line:
            place += f", line {self.line}"
        if self.column:
            place += f", column {self.column}"
        found = f"{self.value!r} is not" if self.value else "expected"
        return f"{place}: {found} {self.expected}. {self.advice}"


class DataError(PanelpackError):
    """The raw data cannot be used; carries every problem found, and prints the first ten."""

    def __init__(self, problems: list[DataProblem], summary: str = ""):
        self.problems = sorted(problems)
        shown = [str(problem) for problem in self.problems[:10]]
        if len(self.problems) > 10:
            shown.append(f"... and {len(self.problems) - 10:,} more. `panelpack check` lists them all.")
        super().__init__("\n".join([summary, *shown] if summary else shown))


class Closed(DataError):
    """Figures that cannot be given: `what` of the data is missing, `why`, and what to do about it (`advice`).

    `what` and `why` are parts of a sentence, `advice` is whole sentences. A page shows them in place of the figures.
    """

    def __init__(self, what: str, why: str, advice: str):
        self.what, self.why, self.advice = what, why, advice
        super().__init__([], f"{what} cannot be used: {why}. {advice}")
