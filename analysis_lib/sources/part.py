"""What came of one file of a folder of returns, before it is known which year and which day it tells of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from analysis_lib.errors import DataProblem
from analysis_lib.sources.table import Table


@dataclass(frozen=True)
class Part:
    """One table of one file.

    `table` is what it is (from its columns, or from its name when it cannot be read; None when neither tells), `frame`
    its rows (None when it cannot be used); `closed_columns` are the columns that it lacks or that cannot be used, with the
    problem of each.
    """

    file: str
    problems: list[DataProblem]
    table: Table | None = None
    frame: pd.DataFrame | None = None
    left_out: int = 0
    closed_columns: Mapping[str, DataProblem] = field(default_factory=dict)

    @property
    def family(self) -> str:
        return self.table.family if self.table is not None else ""

    def latest(self, column: str | None = None) -> pd.Timestamp:
        """The latest day on which the file says that something happened (in `column`); NaT when it says nothing."""
        columns = [column] if column else [each.name for each in self.table.columns if each.happened]
        return self.frame[columns].max().max() if columns and len(self.frame) else pd.NaT
