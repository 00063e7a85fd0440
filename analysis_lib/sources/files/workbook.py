"""Opens a workbook (.xlsx, .xlsm) with openpyxl: its sheets as tables of text cells with their spreadsheet rows.

The text of a cell is what "Save as CSV" would write in England: dates as dd/mm/yyyy, whole numbers without ".0", what a
formula last gave. Nothing is calculated, no macro, link or picture is looked at. 700,000 cells took 28 seconds and 80 MB
(35 seconds where the sheet does not state its size); with a parser of our own they took 8 seconds and 90 MB.

Each part is looked over before openpyxl reads it, for what openpyxl does not say: a few kilobytes can unpack to tags that
fill the memory; rows and cells that are not in order, and sheets whose part is missing, would be left out in silence;
merged cells and formulas that were never calculated would be blanks like others. XML with a document type, and so with
entities, is refused there; defusedxml, which openpyxl uses where it is installed, refuses entities again.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import warnings
import zipfile
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from analysis_lib.errors import DataProblem
from analysis_lib.sources.files.cells import (
    LARGEST_UNPACKED,
    MEGABYTE,
    MOST_COLUMNS,
    MOST_SHEET_ROWS,
    MOST_TEXT,
    Cells,
    unusable,
    without_overlong_cells,
)
from analysis_lib.sources.files.safe_xml import BadXml, NotXml, walk
from analysis_lib.sources.table import WARNING

# A title, a date of the report and the like may stand above the header.
HEADER_WITHIN = 10
_MOST_PARTS = 10_000
_MOST_TAGS = 20_000_000  # of a workbook: eight million cells, five minutes
_MOST_HELD = 2_000_000  # tags that openpyxl holds at one time, of some 300 bytes: a row, and one for each row before
_MOST_PLACES = 50_000_000  # cells of a sheet, filled or not: a stray cell at the end of a row makes 16,384 of them
_SAVE_AGAIN = "Open it in the spreadsheet program and save it again as an Excel workbook (.xlsx)."
_LISTS_ALONE = (
    "See that it is a return; if it is, save each list as CSV UTF-8, or keep the lists alone in the workbook."
)
_OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"  # the container of .xls, and of an .xlsx with a password
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
# What a formula gives in place of a value; openpyxl gives it as a text.
_ERRORS = {
    "#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA", "#SPILL!", "#CONNECT!",
    "#BLOCKED!", "#UNKNOWN!", "#FIELD!", "#CALC!",
}  # fmt: skip
_LET_GO = {("worksheet", "row"), ("sst", "si")}  # what openpyxl empties as soon as it has read it


class _Refused(Exception):
    """The workbook is not read: what was expected instead, and what to do."""

    def __init__(self, expected: str, advice: str = _SAVE_AGAIN):
        super().__init__(expected)
        self.expected = expected
        self.advice = advice


@dataclass
class _Seen:
    """What the look over a part found that openpyxl does not tell: rows by their numbers."""

    sheets: int = 0
    merged: list[tuple[int, int]] = field(default_factory=list)
    never_calculated: list[int] = field(default_factory=list)


@dataclass
class _Sheet:
    """One sheet: its filled rows by their number, each up to its last filled cell, "" where a cell is empty."""

    name: str
    hidden: bool
    seen: _Seen
    rows: list[tuple[int, list[str]]] = field(default_factory=list)
    faults: list[tuple[int, int, str]] = field(default_factory=list)


def read_workbook(data: bytes, file: str, is_header: Callable[[list[str]], bool]) -> list[Cells]:
    """The sheets of a workbook given as bytes, in their order; never raises on bad data.

    Parameters
    ----------
    data : bytes
    file : str
        The path for messages, relative to the folder of returns.
    is_header : function
        Whether a row of texts is the header of a known table. The first such row among the first ten filled ones is the
        header, and what stands above it is passed over; where there is none, the first filled row is.

    Returns
    -------
    list of Cells
        At least one: for each sheet that holds something. A hidden sheet is not read: it holds what someone put out of sight, and
        a warning says so when it would have been recognised. One `Cells` without a table stands for a workbook that
        cannot be read at all.
    """
    try:
        sheets = _sheets(data)
    except _Refused as error:
        return [unusable(file, error.expected, error.advice)]
    except BadXml as error:
        return [unusable(file, f"an Excel workbook whose XML {error.why}", _LISTS_ALONE)]
    except Exception:
        # All that openpyxl and zipfile do with a damaged file, where they check little: KeyError, TypeError, AttributeError,
        # zlib.error, MemoryError and more. Nothing of our own but the functions that fill `_Sheet` stands within.
        return [unusable(file, "an Excel workbook that can be read; it is damaged or no workbook", _SAVE_AGAIN)]
    found = [cells for sheet in sheets if sheet.rows and (cells := _cells_of(sheet, file, is_header)) is not None]
    return found or [unusable(file, "a workbook with data; no sheet that can be seen has any", _SAVE_AGAIN)]


def _sheets(data: bytes) -> list[_Sheet]:
    if data.startswith(_OLD_WORKBOOK) and _ENCRYPTED in data:
        raise _Refused("a workbook without a password", "Save a copy without a password, and remove it later.")
    if data.startswith(_OLD_WORKBOOK):
        raise _Refused("an Excel workbook of the present kind (.xlsx); it is of the old one (.xls)")
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        seen = _looked_over(package)
    from openpyxl import load_workbook  # here, as most runs have no workbook

    # of styles and extensions that openpyxl leaves out; for good, since files are read in threads that share the filters
    warnings.filterwarnings("ignore", module=r"openpyxl\.")
    with closing(load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)) as book:
        if len(book.sheetnames) < sum(each.sheets for each in seen.values()):
            raise _Refused("an Excel workbook that can be read; a sheet of it is missing, or it is Strict Open XML")
        return [_read_sheet(sheet, seen[sheet._worksheet_path]) for sheet in book.worksheets]


def _looked_over(package: zipfile.ZipFile) -> dict[str, _Seen]:
    """What stands in each part, by its name, once nothing in them can do harm; raises `_Refused` or `BadXml`."""
    parts = package.infolist()
    names = [part.filename.casefold() for part in parts]
    if any(name.endswith("workbook.bin") for name in names):
        raise _Refused("an Excel workbook of the usual kind (.xlsx); it is a binary one (.xlsb)")
    if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
        raise _Refused(f"a workbook that unpacks to at most {LARGEST_UNPACKED // MEGABYTE:,} MB", _LISTS_ALONE)
    if not any(name.startswith("xl/") for name in names):
        raise _Refused("an Excel workbook; it is another kind of zip file")
    tags = 0
    seen = {}
    for part in parts:
        with package.open(part) as file:  # without a number, read() would unpack all before it looks at the size
            seen[part.filename], more = _look_over(file.read(part.file_size + 1), _MOST_TAGS - tags)
            tags += more
    return seen


def _look_over(xml: bytes, most_tags: int) -> tuple[_Seen, int]:
    """What stands in one part, and the number of its tags; raises `BadXml` for what openpyxl must not read."""
    seen = _Seen()
    tags = held = kept = row = 0
    root, cell = "", (0, "")
    awaited = False  # a formula whose value is still to come

    def start(tag: str, attributes: dict[str, str], _line: int) -> None:
        nonlocal tags, held, row, root, cell, awaited
        tags += 1
        held += 1
        root = root or tag
        if tags > most_tags or held > _MOST_HELD:
            raise BadXml(f"has at most {_MOST_TAGS:,} tags, and {_MOST_HELD:,} together with one row")
        if root == "workbook" and tag == "sheet":
            seen.sheets += any(name.rpartition(":")[2] == "id" for name in attributes)
        elif root != "worksheet":
            return
        elif tag == "c":
            awaited = False
            before, cell = cell, (len(attributes.get("r", "")), attributes.get("r", ""))  # AA1 comes after Z1
            if cell[0] and cell <= before:
                raise BadXml("has the cells of each row in their order")
        elif tag == "v":
            awaited = False
        elif tag == "f":
            awaited = True
        elif tag == "row":
            before, row, cell = row, int(attributes.get("r", row + 1)), (0, "")
            if not before < row <= MOST_SHEET_ROWS:
                raise BadXml(f"has rows in their order, up to {MOST_SHEET_ROWS:,}")
        elif tag == "mergeCell":
            first, _, last = attributes["ref"].partition(":")
            seen.merged.append((_row_of(first), _row_of(last or first)))

    def end(tag: str) -> None:
        nonlocal held, kept
        if (root, tag) in _LET_GO:
            kept += 1
            held = kept
        elif tag == "c" and awaited:
            seen.never_calculated.append(row)

    with suppress(NotXml):  # a picture, or a damaged part: openpyxl says so if it needs it
        walk(xml, start, end, None)
    return seen, tags


def _row_of(reference: str) -> int:
    """12 for AB12."""
    return int(reference.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))


def _read_sheet(sheet, seen: _Seen) -> _Sheet:
    """The filled rows of one of openpyxl's sheets; of a hidden one, only those among which its header may be."""
    found = _Sheet(sheet.title, sheet.sheet_state != "visible", seen)
    sheet.reset_dimensions()  # what a sheet says of its own size may be wrong
    letters = places = 0
    for line, values in enumerate(sheet.iter_rows(values_only=True), start=1):
        texts = [_text(value) for value in values]
        if not _ERRORS.isdisjoint(texts):
            found.faults += [(line, column, text) for column, text in enumerate(texts, start=1) if text in _ERRORS]
            texts = ["" if text in _ERRORS else text for text in texts]
        while texts and not texts[-1]:
            texts.pop()
        del texts[MOST_COLUMNS + 1 : -1]  # what is far beyond is only known to be there
        if texts:
            found.rows.append((line, texts))
        letters += sum(map(len, texts))
        places += len(values)
        if letters > MOST_TEXT or places > _MOST_PLACES:
            raise _Refused(f"sheets of at most {MOST_TEXT:,} letters and {_MOST_PLACES:,} cells", _LISTS_ALONE)
        if found.hidden and len(found.rows) == HEADER_WITHIN:
            break
    return found


def _text(value: object) -> str:
    """The text of what openpyxl gives for a cell; empty for one that holds only spaces."""
    match value:
        case str() if "_x" in value:
            from openpyxl.utils.escape import unescape  # of what XML cannot hold: _x000D_

            return unescape(value)
        case str():
            return value if value.strip() else ""
        case None:
            return ""
        case bool():
            return str(value).upper()
        case float():
            return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
        case dt.datetime() if value.time() != dt.time():
            return f"{value:%d/%m/%Y %H:%M:%S}"
        case dt.date():
            return f"{value:%d/%m/%Y}"
        case dt.time():
            return f"{value:%H:%M:%S}"
    return str(value)  # an integer, or a length of time


def _cells_of(sheet: _Sheet, file: str, is_header: Callable[[list[str]], bool]) -> Cells | None:
    """One sheet as a table under its header; None for a hidden sheet that would not be recognised."""
    plain_name = " ".join(re.sub(r"[/\\]", "_", sheet.name).split())[:60]  # "_" as elsewhere a path ends in a name
    name = f'{file}, sheet "{plain_name}"'
    place = next((place for place, (_, texts) in enumerate(sheet.rows[:HEADER_WITHIN]) if is_header(texts)), None)
    if sheet.hidden:
        if place is None:
            return None
        advice = "It is hidden and is not read. If it belongs to the return, unhide it; if not, delete it."
        return Cells(problems=[DataProblem(name, 0, "", "", "a sheet that can be seen", advice, WARNING)], name=name)
    header_line, header = sheet.rows[place or 0]
    if len(header) > MOST_COLUMNS:
        return unusable(name, f"at most {MOST_COLUMNS:,} columns", "Delete what is beyond the table.", header_line)
    below = sheet.rows[(place or 0) + 1 :]
    rows = [(line, texts) for line, texts in below if any(texts[: len(header)])]
    columns = [
        pa.array([texts[number] if number < len(texts) else "" for _, texts in rows], type=pa.string())
        for number in range(len(header))
    ]
    lines = np.array([line for line, _ in rows], dtype=int)
    problems = _notes(sheet, name, header_line, header, below)
    table = pa.Table.from_arrays(columns, names=header)
    return without_overlong_cells(Cells(table, lines, problems, 0, name, header_line))


def _notes(sheet: _Sheet, name: str, header_line: int, header: list[str], below) -> list[DataProblem]:
    """What a person should know of a sheet: errors of formulas, merged cells, cells outside the table."""
    blank = "Such cells are read as blank. Mend the formula, or put the value in its place, and save."
    problems = [
        DataProblem(name, line, header[column - 1], text, "what a formula should give", blank, WARNING)
        for line, column, text in sheet.faults
        if line > header_line and column <= len(header)
    ]
    uncalculated = [line for line in sheet.seen.never_calculated if line > header_line]
    merged = sorted(first for first, last in sheet.seen.merged if last > header_line)
    beside = [line for line, texts in below if any(texts[len(header) :])]
    for lines, expected, advice in (
        (
            uncalculated,
            f"what a formula gives; {len(uncalculated):,} were never calculated",
            "They are read as blank. Open the workbook in the spreadsheet program and save it.",
        ),
        (
            merged,
            f"cells of their own in every row; {len(merged):,} are merged",
            "Only the first of merged cells is read. Unmerge them and fill in each row.",
        ),
        (
            beside,
            f"cells under a heading; {len(beside):,} rows have others to the right of the last one",
            "They are not read.",
        ),
    ):
        if lines:
            problems.append(DataProblem(name, max(lines[0], header_line), "", "", expected, advice, WARNING))
    return problems
