"""The one place where tables become CSV text for people: nothing in it runs when a spreadsheet program opens it.

A cell that begins with = + - @ is a formula to a spreadsheet program, whoever wrote it: a name of a file or a value in a
return could so call up a program on the computer of the person who opens our list of its problems. An apostrophe before
it makes it text. Numbers stay numbers. Source: OWASP, "CSV injection".
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # the wide ones are read as the others
_NUMBER = re.compile(r"[-+][0-9][0-9A-Za-z ,.%]*")  # -3, or -3.2 to 1.4: nothing that could be called


def csv_text(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table as CSV with line feeds: `head`, then `rows` of as many cells; None is an empty cell."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([harmless(heading) for heading in head])
    for row in rows:
        writer.writerow(["" if cell is None else harmless(str(cell)) for cell in row])
    return text.getvalue()


def harmless(cell: str) -> str:
    """The cell, with an apostrophe before it where a spreadsheet program would take it for a formula."""
    begins = cell.lstrip(" \u00a0\ufeff")  # spreadsheet programs drop these first
    if begins.startswith(_FORMULA_STARTS) and not _NUMBER.fullmatch(cell):
        return "'" + cell
    return cell
