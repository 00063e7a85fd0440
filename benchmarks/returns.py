"""Returns of any size to measure with: the demonstration authority's, as many times over as asked."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

from analysis_lib.sources.table import read_date
from analysis_lib.synthetic.card import authority_card
from analysis_lib.synthetic.people import Council, numbered_council, unique_pupil_number

PROJECT = Path(__file__).resolve().parents[1]
DEMONSTRATION = PROJECT / "data" / "raw" / "synthetic"
KEY_FIGURES = 6  # a child of the demonstration is "SYN" and so many figures


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
            for copy in range(1, copies + 1):
                writer.writerows(_of_council(numbered_council(copy), headings, rows))
    shutil.copy(DEMONSTRATION / "source.toml", folder)


def make_region(folder: Path, authorities: int) -> None:
    """Write into `folder` a region of authorities that each have the demonstration's returns, all families of them."""
    for number in range(1, authorities + 1):
        home = folder / f"authority-{number:03d}"
        shutil.copytree(DEMONSTRATION, home)
        (home / "authority.toml").write_text(authority_card(numbered_council(number)), encoding="utf-8")


def _of_council(council: Council, headings: list[str], rows: list[list[str]]) -> list[list[str]]:
    child, pupil = headings.index("CHILD"), headings.index("UPN") if "UPN" in headings else None
    made = []
    for row in rows:
        row = list(row)
        number = int(row[child][-KEY_FIGURES:])
        row[child] = council.child(number)
        if pupil is not None and not row[pupil].startswith("UN"):
            born = read_date(row[headings.index("DOB")])
            row[pupil] = unique_pupil_number(council.upn_area, number, born)
        made.append(row)
    return made
