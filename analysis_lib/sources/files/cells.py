"""What every opener of files gives, whatever the kind of file, and how large a file may be.

The limits are far above any return that a council or a region makes, and far below what would fill the memory of an
ordinary computer: a file beyond them is damaged, is not a return, or was made to do harm.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
from pyarrow import compute

from analysis_lib.errors import DataProblem

MEGABYTE = 1_000_000
# A million episodes, a region of twelve councils over ten years, are about 100 MB as CSV.
LARGEST_FILE = 1_000 * MEGABYTE
# What a workbook may unpack to: 5,000,000 cells are about 230 MB, and take some three minutes.
LARGEST_UNPACKED = 400 * MEGABYTE
# An XML return of 30,000 children has 25 MB, and takes seven times as much memory while it is read.
LARGEST_XML = 200 * MEGABYTE
# Together over the cells of one sheet: a short file can repeat one long text in a million cells.
MOST_TEXT = 400 * MEGABYTE
# The rows that a spreadsheet program can hold; CSV files may have more.
MOST_SHEET_ROWS = 1_048_576
# The widest known return has 31 columns.
MOST_COLUMNS = 1_000
# What one cell of a spreadsheet program can hold; more is a quotation mark gone astray.
LONGEST_CELL = 32_767

EXPORT_AGAIN = "Export it again; raw files are never edited here."


@dataclass(frozen=True)
class Cells:
    """The text of one table of a file: `table` is None when it cannot be read, and `problems` says why.

    `lines` are the numbers that a person finds the rows under (in a spreadsheet, the header is mostly 1; a record with
    a line break inside a cell is one row; in an XML file, the line of a record's first tag). `name` is what messages
    call it: the path of the file and, in a workbook, the sheet.
    """

    table: pa.Table | None = None
    lines: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=int))
    problems: list[DataProblem] = field(default_factory=list)
    left_out: int = 0
    name: str = ""
    header_line: int = 1


def unusable(name: str, expected: str, advice: str = EXPORT_AGAIN, line: int = 0) -> Cells:
    """A file or sheet that cannot be read, with the one problem that says why."""
    return Cells(problems=[DataProblem(name, line, "", "", expected, advice)], name=name)


def too_large(name: str, size: int) -> Cells:
    """A file that is larger than any return, named instead of read."""
    expected = f"a file of at most {LARGEST_FILE // MEGABYTE:,} MB; it has {size / MEGABYTE:,.0f} MB"
    return unusable(name, expected, "See that it is a return; if it is, export it in parts, such as one for each year.")


def without_overlong_cells(cells: Cells) -> Cells:
    """The rows whose cells all fit into a spreadsheet's; the others are left out, each with a problem."""
    if cells.table is None or not len(cells.lines):
        return cells
    overlong = np.zeros(len(cells.lines), dtype=bool)
    for column in cells.table.columns:
        if compute.max(compute.binary_length(column)).as_py() > LONGEST_CELL:  # bytes are quicker to count than letters
            overlong |= compute.greater(compute.utf8_length(column), LONGEST_CELL).to_numpy()
    if not overlong.any():
        return cells
    expected = f"cells of at most {LONGEST_CELL:,} characters"
    advice = "The row is left out and counted. Look for a quotation mark that is opened and never closed; export again."
    problems = [DataProblem(cells.name, int(line), "", "", expected, advice) for line in cells.lines[overlong]]
    return Cells(
        cells.table.filter(pa.array(~overlong)),
        cells.lines[~overlong],
        cells.problems + problems,
        cells.left_out + len(problems),
        cells.name,
        cells.header_line,
    )
