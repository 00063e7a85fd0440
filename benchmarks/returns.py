"""Returns of any size to measure with: the demonstration authority's, as many times over as asked."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

from analysis_lib.sources.table import read_date
from analysis_lib.synthetic.people import DEMONSTRATION as COUNCIL
from analysis_lib.synthetic.people import unique_pupil_number

PROJECT = Path(__file__).resolve().parents[1]
DEMONSTRATION = PROJECT / "data" / "raw" / "synthetic"
KEY_FIGURES = 6  # a child is "SYN" and so many figures
CHILDREN_A_COPY = 10_000  # more than the demonstration has: the numbers of two copies never meet
PUPILS_A_COPY = 5_000


def make_large_authority(folder: Path, copies: int) -> None:
    """Write into `folder` the demonstration's SSDA903 `copies` times over, one file for each year and table.

    The children of each copy have identifiers and pupil numbers of their own; all else is as in the demonstration, so
    that no rule is broken which the demonstration keeps.
    """
    for source in sorted((DEMONSTRATION / "ssda903").rglob("*.csv")):
        target = folder / source.relative_to(DEMONSTRATION)
        target.parent.mkdir(parents=True, exist_ok=True)
        with source.open(newline="", encoding="utf-8") as file:
            headings, *rows = csv.reader(file)
        with target.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(headings)
            for copy in range(copies):
                writer.writerows(_of_copy(copy, headings, rows))
    shutil.copy(DEMONSTRATION / "source.toml", folder)


def _of_copy(copy: int, headings: list[str], rows: list[list[str]]) -> list[list[str]]:
    child, pupil = headings.index("CHILD"), headings.index("UPN") if "UPN" in headings else None
    made = []
    for row in rows:
        row = list(row)
        number = int(row[child][-KEY_FIGURES:])
        row[child] = COUNCIL.child(copy * CHILDREN_A_COPY + number)
        if pupil is not None and not row[pupil].startswith("UN"):
            born = read_date(row[headings.index("DOB")])
            row[pupil] = unique_pupil_number(COUNCIL.upn_area, copy * PUPILS_A_COPY + number, born)
        made.append(row)
    return made
