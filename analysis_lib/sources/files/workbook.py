"""Opens a workbook (.xlsx, .xlsm): its sheets as tables of text cells with their spreadsheet rows.

The text of a cell is what "Save as CSV" would write in England: dates as dd/mm/yyyy, whole numbers without ".0", what a
formula last gave. Nothing is calculated, no macro, link or picture is looked at.

Read with the standard library, because both libraries that were looked at fail on files that people really have:
python-calamine (0.9.1) sets aside memory for the rectangle between the first and the last cell and ends the whole
program, without an exception, at one stray cell in the far corner of a sheet; openpyxl (3.1.5) took 29 seconds for
700,000 cells where this reader took 8, and refuses workbooks for faults in their styles, which do not matter here. The
tests have openpyxl as the judge of this reader. Source of the format: ECMA-376, Office Open XML, part 1, chapter 18 (SpreadsheetML).
"""

from __future__ import annotations

import datetime as dt
import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

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
from analysis_lib.sources.files.safe_xml import BadXml, walk
from analysis_lib.sources.table import WARNING

# A title, a date of the report and the like may stand above the header.
HEADER_WITHIN = 10
_MOST_PARTS = 10_000
_SAVE_AGAIN = "Open it in the spreadsheet program and save it again as an Excel workbook (.xlsx)."
_OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"  # the container of .xls, and of an .xlsx with a password
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
# Numbers of the formats that are dates or times without being declared (ECMA-376, part 1, 18.8.30).
_BUILT_IN_DAYS = {14, 15, 16, 17, 22, *range(27, 32), 34, 35, 36, *range(50, 59)}
_BUILT_IN_TIMES = {18, 19, 20, 21, 22, 32, 33, 45, 46, 47}
_NOT_FORMAT = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_LETTERS = re.compile(r"[A-Z]{1,3}")
_FIGURES = "0123456789"
_NUMBER = re.compile(r"-?[0-9]*\.?[0-9]+([eE][-+]?[0-9]{1,3})?")


class _Unreadable(Exception):
    """The workbook cannot be read: what was expected instead, and what to do."""

    def __init__(self, expected: str, advice: str = _SAVE_AGAIN):
        super().__init__(expected)
        self.expected = expected
        self.advice = advice


@dataclass
class _Sheet:
    """One sheet as it stands in the file: filled rows by their number, each a list of texts, None where empty."""

    name: str
    hidden: bool
    part: str
    rows: list[tuple[int, list[str | None]]] = field(default_factory=list)
    merged: list[tuple[int, int]] = field(default_factory=list)
    faults: list[tuple[int, int, str]] = field(default_factory=list)
    never_calculated: list[int] = field(default_factory=list)


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
    if data.startswith(_OLD_WORKBOOK):
        if _ENCRYPTED in data:
            return [
                unusable(file, "a workbook without a password", "Save a copy without a password, and remove it later.")
            ]
        return [
            unusable(file, "an Excel workbook of the present kind (.xlsx); it is of the old one (.xls)", _SAVE_AGAIN)
        ]
    try:
        sheets = _sheets(_Package(data))
    except _Unreadable as error:
        return [unusable(file, error.expected, error.advice)]
    except BadXml as error:
        return [
            unusable(
                file, f"an Excel workbook that can be read; a part of it holds XML that never {error.why}", _SAVE_AGAIN
            )
        ]
    except (KeyError, ValueError, IndexError, OverflowError):  # a number or a name that is not what the format says
        return [unusable(file, "an Excel workbook that can be read; it is damaged", _SAVE_AGAIN)]
    found = [cells for sheet in sheets if sheet.rows and (cells := _cells_of(sheet, file, is_header)) is not None]
    return found or [unusable(file, "a workbook with data; no sheet that can be seen has any")]


class _Package:
    """The zip file that a workbook is. Every part is read up to the size that its list of contents states, no further."""

    def __init__(self, data: bytes):
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            parts = self._zip.infolist()
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, UnicodeDecodeError):
            raise _Unreadable("an Excel workbook that can be read; it is damaged or no workbook") from None
        if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
            size = f"{LARGEST_UNPACKED // MEGABYTE:,} MB"
            advice = "See that it is a return; if it is, save each list as CSV UTF-8, or keep the lists alone in the workbook."
            raise _Unreadable(f"a workbook that unpacks to at most {size}", advice)
        self._parts = {part.filename.replace("\\", "/").lstrip("/").casefold(): part for part in parts}

    def __contains__(self, name: str) -> bool:
        return name.casefold() in self._parts

    def read(self, name: str) -> bytes:
        """One part; raises `_Unreadable` when it is not there, damaged, or packed in a way that workbooks never are."""
        part = self._parts.get(name.casefold())
        if part is None:
            raise _Unreadable(f"an Excel workbook that can be read; its part {name[:80]} is missing")
        if part.flag_bits & 1 or part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise _Unreadable("an Excel workbook that can be read; it is encrypted or packed in an unknown way")
        try:
            with self._zip.open(part) as file:
                return file.read(part.file_size + 1)  # without a number it would unpack all before it looks at the size
        except (zipfile.BadZipFile, zlib.error, ValueError, NotImplementedError, RuntimeError, OSError, EOFError):
            raise _Unreadable("an Excel workbook that can be read; it is damaged") from None


def _sheets(package: _Package) -> list[_Sheet]:
    book = _related(package, "", "/officeDocument").values()
    place = next(iter(book), "xl/workbook.xml")
    if place.endswith(".bin"):
        raise _Unreadable("an Excel workbook of the usual kind (.xlsx); it is a binary one (.xlsb)")
    if place not in package:
        raise _Unreadable("an Excel workbook; it is another kind of zip file")
    sheets, from_1904 = _contents(package, place)
    formats = _formats(package, next(iter(_related(package, place, "/styles").values()), ""))
    shared = _shared_texts(package, next(iter(_related(package, place, "/sharedStrings").values()), ""))
    for sheet in sheets:
        _read_sheet(package.read(sheet.part), sheet, _CellReader(shared, formats, from_1904))
    return sheets


def _related(package: _Package, part: str, kind: str) -> dict[str, str]:
    """The parts that `part` names as related to it, of the kinds that end in `kind`, by the name it has for each."""
    folder, name = posixpath.split(part)
    listing = posixpath.join(folder, "_rels", f"{name}.rels")
    found: dict[str, str] = {}

    def start(tag: str, attributes: dict[str, str], _line: int) -> None:
        if (
            tag == "Relationship"
            and attributes.get("Type", "").endswith(kind)
            and attributes.get("TargetMode") != "External"
        ):
            target = attributes.get("Target", "")
            path = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
            found[attributes.get("Id", "")] = posixpath.normpath(path)

    if listing in package:
        walk(package.read(listing), start, _ignore, _ignore)
    return found


def _contents(package: _Package, place: str) -> tuple[list[_Sheet], bool]:
    """The worksheets in their order, still empty, and whether days are counted from 1904 (as old Macs did)."""
    parts = _related(package, place, "/worksheet")  # not sheets that are one chart, nor those of macros
    sheets: list[_Sheet] = []
    from_1904 = False

    def start(tag: str, attributes: dict[str, str], _line: int) -> None:
        nonlocal from_1904
        if tag == "workbookPr":
            from_1904 = attributes.get("date1904", "0") in ("1", "true")
        elif tag == "sheet":
            key = next((value for name, value in attributes.items() if name.rpartition(":")[2] == "id"), "")
            if key in parts:
                hidden = attributes.get("state", "visible") != "visible"
                sheets.append(_Sheet(attributes.get("name", f"number {len(sheets) + 1}"), hidden, parts[key]))

    walk(package.read(place), start, _ignore, _ignore)
    return sheets, from_1904


def _formats(package: _Package, place: str) -> list[tuple[bool, bool]]:
    """For each style of cells, whether it shows a day and whether it shows a time."""
    declared: dict[int, tuple[bool, bool]] = {}
    styles: list[tuple[bool, bool]] = []
    inside = ""

    def start(tag: str, attributes: dict[str, str], _line: int) -> None:
        nonlocal inside
        if tag in ("cellXfs", "cellStyleXfs", "dxfs"):
            inside = tag
        elif tag == "numFmt" and inside != "dxfs":
            declared[int(attributes["numFmtId"])] = _shows(attributes.get("formatCode", ""))
        elif tag == "xf" and inside == "cellXfs":
            number = int(attributes.get("numFmtId", "0"))
            styles.append(declared.get(number, (number in _BUILT_IN_DAYS, number in _BUILT_IN_TIMES)))

    if place and place in package:
        walk(package.read(place), start, _ignore, _ignore)
    return styles


def _shows(code: str) -> tuple[bool, bool]:
    """Whether a number format shows a day (years or days) and a time (hours or seconds)."""
    letters = _NOT_FORMAT.sub("", code.split(";")[0]).casefold()
    if "general" in letters:
        return False, False
    time = "h" in letters or "s" in letters
    return "y" in letters or "d" in letters or ("m" in letters and not time), time


def _shared_texts(package: _Package, place: str) -> list[str]:
    """The texts that cells refer to by their number; the reading aids of East Asian scripts are left out."""
    texts: list[str] = []
    pieces: list[str] = []
    aside = wanted = False

    def start(tag: str, _attributes: dict[str, str], _line: int) -> None:
        nonlocal aside, wanted
        if tag == "si":
            pieces.clear()
        aside = aside or tag == "rPh"
        wanted = tag == "t" and not aside

    def end(tag: str) -> None:
        nonlocal aside, wanted
        wanted = False
        aside = aside and tag != "rPh"
        if tag == "si":
            texts.append(_unescaped("".join(pieces)))

    def text(piece: str) -> None:
        if wanted:
            pieces.append(piece)

    if place and place in package:
        walk(package.read(place), start, end, text)
    return texts


def _unescaped(text: str) -> str:
    """The text with the letters that XML cannot hold, which are written _x000D_."""
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text


@dataclass(frozen=True)
class _CellReader:
    """Turns what a cell holds into the text that it shows. The same days and numbers come again in row after row."""

    shared: list[str]
    formats: list[tuple[bool, bool]]
    from_1904: bool
    seen: dict[tuple[int, str], str] = field(default_factory=dict)

    def text(self, kind: str, style: int, value: str) -> str:
        """The text of a cell of `kind` (its attribute t). Raises ValueError or IndexError for what cannot be."""
        if kind == "s":
            number = int(value)
            if number < 0:
                raise IndexError(number)
            return self.shared[number]
        if kind in ("str", "inlineStr", "e"):
            return _unescaped(value)
        if kind == "b":
            return "TRUE" if value.strip() in ("1", "true") else "FALSE"
        if kind == "d":
            return value.strip()
        text = self.seen.get((style, value))
        if text is None:
            text = self.seen[style, value] = self._number(style, value.strip())
        return text

    def _number(self, style: int, value: str) -> str:
        if not value:
            return ""
        if not _NUMBER.fullmatch(value):
            raise ValueError("not a number")
        day, time = self.formats[style] if 0 <= style < len(self.formats) else (False, False)
        if day or time:
            shown = _moment(float(value), day, time, self.from_1904)
            if shown:
                return shown
        return value if value.isdecimal() else _plain_number(float(value))


def _plain_number(number: float) -> str:
    """12 for 12.0; else the shortest text that is the number."""
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)


def _moment(serial: float, day: bool, time: bool, from_1904: bool) -> str:
    """The day number `serial` as dd/mm/yyyy, with the time where the format shows one; empty when it is none.

    Days count from 1 January 1900 as 1, with a 29 February 1900 that never was (day 60).
    """
    if from_1904:
        serial += 1462
    seconds = round(serial * 86_400)
    whole, rest = divmod(seconds, 86_400)
    clock = f"{rest // 3600:02}:{rest // 60 % 60:02}:{rest % 60:02}"
    if not day:
        return clock if 0 <= serial < 1 else ""
    if not 1 <= whole < 2_958_466 or whole == 60:  # from 1900 to 9999
        return ""
    date = dt.date(1899, 12, 31 if whole < 60 else 30) + dt.timedelta(days=whole)
    return f"{date:%d/%m/}{date.year:04}" + (f" {clock}" if time else "")


def _read_sheet(xml: bytes, sheet: _Sheet, reader: _CellReader) -> None:
    """Fill in what a sheet holds. Rows and cells may leave out their reference: they then follow the one before."""
    row = column = length = style = 0
    kind = ""
    texts: list[str | None] = []
    value: list[str] = []
    state = ""  # the tag whose text is being read
    aside = awaited = False  # inside a reading aid; a formula whose value is still to come

    def start(tag: str, attributes: dict[str, str], _line: int) -> None:
        nonlocal row, column, kind, style, state, texts, aside, awaited
        if tag == "c":
            column = _column_of(attributes["r"].rstrip(_FIGURES)) if "r" in attributes else column + 1
            kind, style = attributes.get("t", "n"), int(attributes.get("s", "0"))
            awaited = False
            value.clear()
        elif tag in ("v", "t") and not aside:
            state = tag
            awaited = False
        elif tag == "f":
            awaited = True
        elif tag == "rPh":
            aside = True
        elif tag == "row":
            row = int(attributes.get("r", row + 1))
            column, texts = 0, []
            if not 0 < row <= MOST_SHEET_ROWS:
                raise ValueError("a row beyond the sheet")
        elif tag == "mergeCell":
            ends = [_REFERENCE.fullmatch(each) for each in attributes.get("ref", "").split(":")]
            if len(ends) == 2 and all(ends):
                sheet.merged.append((int(ends[0][2]), int(ends[1][2])))

    def end(tag: str) -> None:
        nonlocal state, aside, length
        if tag in ("v", "t"):
            state = ""
        elif tag == "rPh":
            aside = False
        elif tag == "c":
            text = reader.text(kind, style, "".join(value)) if value else ""
            if kind == "e" and text:
                sheet.faults.append((row, column, text))
                text = ""
            elif awaited:
                sheet.never_calculated.append(row)
            if text and text.strip():
                length += len(text)
                if length > MOST_TEXT:
                    raise _Unreadable(f"sheets of at most {MOST_TEXT // MEGABYTE:,} million letters")
                place = min(column, MOST_COLUMNS + 1)  # what is beyond is only known to be there
                texts.extend([None] * (place - len(texts)))
                texts[place - 1] = text
        elif tag == "row" and texts:
            sheet.rows.append((row, texts))

    def text(piece: str) -> None:
        if state:
            value.append(piece)

    walk(xml, start, end, text)
    sheet.rows.sort(key=lambda each: each[0])


@lru_cache(maxsize=20_000)
def _column_of(letters: str) -> int:
    """27 for AA."""
    if not _LETTERS.fullmatch(letters):
        raise ValueError("not a column")
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _cells_of(sheet: _Sheet, file: str, is_header: Callable[[list[str]], bool]) -> Cells | None:
    """One sheet as a table under its header; None for a hidden sheet that would not be recognised."""
    plain_name = " ".join(re.sub(r"[/\\]", "_", sheet.name).split())[:60]  # "_" as elsewhere a path ends in a name
    name = f'{file}, sheet "{plain_name}"'
    headers = [[text or "" for text in texts] for _, texts in sheet.rows[:HEADER_WITHIN]]
    place = next((place for place, header in enumerate(headers) if is_header(header)), None)
    if sheet.hidden:
        if place is None:
            return None
        advice = "It is hidden and is not read. If it belongs to the return, unhide it; if not, delete it."
        return Cells(problems=[DataProblem(name, 0, "", "", "a sheet that can be seen", advice, WARNING)], name=name)
    header_line, header = sheet.rows[place or 0][0], headers[place or 0]
    if len(header) > MOST_COLUMNS:
        return unusable(name, f"at most {MOST_COLUMNS:,} columns", "Delete what is beyond the table.", header_line)
    width = len(header)
    below = sheet.rows[(place or 0) + 1 :]
    rows = [(line, texts) for line, texts in below if any(texts[:width])]
    columns = [
        pa.array([(texts[number] or "") if number < len(texts) else "" for _, texts in rows], type=pa.string())
        for number in range(width)
    ]
    problems = _notes(sheet, name, header_line, header, below)
    lines = np.array([line for line, _ in rows], dtype=int)
    table = pa.Table.from_arrays(columns, names=header)
    return without_overlong_cells(Cells(table, lines, problems, 0, name, header_line))


def _notes(sheet: _Sheet, name: str, header_line: int, header: list[str], below) -> list[DataProblem]:
    """What a person should know of a sheet: errors of formulas, merged cells, cells outside the table."""
    problems = []
    blank = "Such cells are read as blank. Mend the formula, or put the value in its place, and save."
    for line, column, text in sheet.faults:
        if line > header_line and column <= len(header):
            problems.append(
                DataProblem(name, line, header[column - 1], text[:20], "what a formula should give", blank, WARNING)
            )
    uncalculated = [line for line in sheet.never_calculated if line > header_line]
    if uncalculated:
        expected = f"what a formula gives; {len(uncalculated):,} were never calculated"
        advice = "They are read as blank. Open the workbook in the spreadsheet program and save it."
        problems.append(DataProblem(name, uncalculated[0], "", "", expected, advice, WARNING))
    merged = sorted(first for first, last in sheet.merged if last > header_line)
    if merged:
        expected = f"cells of their own in every row; {len(merged):,} are merged"
        advice = "Only the first of merged cells is read. Unmerge them and fill in each row."
        problems.append(DataProblem(name, max(merged[0], header_line), "", "", expected, advice, WARNING))
    beside = [line for line, texts in below if any(texts[len(header) :])]
    if beside:
        expected = f"cells under a heading; {len(beside):,} rows have others to the right of the last one"
        problems.append(DataProblem(name, beside[0], "", "", expected, "They are not read.", WARNING))
    return problems


def _ignore(*_) -> None:
    """Tags and text that do not matter."""
