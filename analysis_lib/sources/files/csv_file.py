"""Opens one CSV file: bytes in, a table of text cells with their spreadsheet rows out. It knows nothing of returns."""

from __future__ import annotations

import csv
import io

import numpy as np
import pyarrow as pa
from pyarrow import compute
from pyarrow import csv as arrow_csv

from analysis_lib.errors import DataProblem
from analysis_lib.sources.files.cells import EXPORT_AGAIN, MOST_COLUMNS, Cells, unusable, without_overlong_cells
from analysis_lib.sources.table import WARNING

_KNOWN_STARTS = {
    b"PK\x03\x04": "a CSV file; it is a workbook or a zip file",
    b"\xd0\xcf\x11\xe0": "a CSV file; it is an old Excel workbook",
    b"%PDF": "a CSV file; it is a PDF",
}
_LONGEST_HEADER = 1_000_000  # letters; only so much of the file is looked at to find the headings
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")  # "Unicode text", as spreadsheet programs call it
_EMPTY = "a header row and data; the file is empty"
_SAVE_AGAIN = 'Open it in the spreadsheet program and save it as "CSV UTF-8".'


def read_cells(data: bytes, file: str) -> Cells:
    """The cells of a CSV file given as bytes; never raises on bad data.

    UTF-8 with or without a byte-order mark, else Windows-1252 with a warning. Separated by commas, or by semicolons or
    tabs when the header has no comma. Rows that are blank throughout are passed over; rows with another number of cells
    than the header are left out, each with a problem, unless the cells too many are blank; so are rows with a cell that
    no spreadsheet could hold. A file whose last row neither is whole nor ends is cut off, and none of it is used.
    """
    text, problems = _decode(data, file)
    if text is None:
        return Cells(problems=problems, name=file)
    body = text.lstrip("\r\n") + "\n"  # a header alone has to end for the parser
    offset = len(text[: len(text) + 1 - len(body)].replace("\r\n", "\n"))
    header, delimiter = _header(body)
    if not any(heading.strip() for heading in header):
        return unusable(file, _EMPTY)
    if len(header) > MOST_COLUMNS:
        return unusable(file, f"at most {MOST_COLUMNS:,} columns; it has {len(header):,}", EXPORT_AGAIN, 1)
    try:
        table, numbers, ragged = _parse(body.encode("utf-8"), len(header), delimiter)
    except (pa.ArrowInvalid, pa.ArrowCapacityError):
        return unusable(file, "a CSV file that can be read")
    if (number := _never_closed(body, table, numbers, ragged)) is not None:
        expected = "a row that ends; a quotation mark is opened and never closed, so the rest of the file is lost"
        return unusable(file, expected, EXPORT_AGAIN, int(number) + offset)
    if (
        not text.endswith(("\n", "\r"))
        and ragged
        and ragged[-1][0] == _last(numbers, ragged)
        and ragged[-1][1] < len(header)
    ):
        found = ragged[-1][1]
        expected = (
            f"a whole last row; it has {found} of {len(header)} cells and does not end: the file seems to be cut off"
        )
        return unusable(file, expected, EXPORT_AGAIN, ragged[-1][0] + offset)
    kept, left_out = _mend_or_report(ragged, len(header), delimiter, file, offset)
    problems += left_out
    if kept:
        table = pa.concat_tables(
            [
                table,
                pa.table([list(column) for column in zip(*(row for _, row in kept), strict=True)], schema=table.schema),
            ]
        )
        numbers = np.append(numbers, [number for number, _ in kept])
        order = np.argsort(numbers, kind="stable")
        table, numbers = table.take(order), numbers[order]
    table, numbers = table.slice(1), numbers[1:]  # without the header itself
    filled = _is_filled(table)
    if not filled.all():
        table, numbers = table.filter(pa.array(filled)), numbers[filled]
    cells = Cells(table.rename_columns(header), numbers + offset, problems, len(left_out), file, 1 + offset)
    return without_overlong_cells(cells)


def _decode(data: bytes, file: str) -> tuple[str | None, list[DataProblem]]:
    for start, found in _KNOWN_STARTS.items():
        if data.startswith(start):
            return None, [DataProblem(file, 0, "", "", found, _SAVE_AGAIN)]
    if not data or data.isspace():
        return None, [DataProblem(file, 0, "", "", _EMPTY, EXPORT_AGAIN)]
    if data.startswith(_UTF_16):
        return _decode_utf_16(data, file)
    if b"\0" in data:
        return None, [DataProblem(file, 0, "", "", "a CSV file; it is not text", _SAVE_AGAIN)]
    try:
        return data.decode("utf-8-sig"), []
    except UnicodeDecodeError:
        pass
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        return None, [DataProblem(file, 0, "", "", "text in UTF-8 or Windows-1252", _SAVE_AGAIN)]
    expected = "text in UTF-8; it is read as Windows-1252"
    return text, [DataProblem(file, 0, "", "", expected, _SAVE_AGAIN, WARNING)]


def _decode_utf_16(data: bytes, file: str) -> tuple[str | None, list[DataProblem]]:
    try:
        text = data.decode("utf-16")
    except UnicodeDecodeError:
        return None, [
            DataProblem(file, 0, "", "", "text in UTF-8; it begins as UTF-16 and does not go on so", _SAVE_AGAIN)
        ]
    if "\0" in text:
        return None, [DataProblem(file, 0, "", "", "a CSV file; it is not text", _SAVE_AGAIN)]
    if not text.strip():
        return None, [DataProblem(file, 0, "", "", _EMPTY, EXPORT_AGAIN)]
    expected = "text in UTF-8; it is read as UTF-16"
    return text, [DataProblem(file, 0, "", "", expected, _SAVE_AGAIN, WARNING)]


def _header(body: str) -> tuple[list[str], str]:
    """The headings and what separates them."""
    start = body[:_LONGEST_HEADER]
    first_line = start.split("\n", 1)[0]
    delimiter = next((mark for mark in (",", ";", "\t") if mark in first_line), ",")
    return _split(start, delimiter), delimiter


def _split(text: str, delimiter: str) -> list[str]:
    """The cells of the first record of `text`."""
    try:
        return next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [])
    except csv.Error:  # a cell longer than the module allows
        return []


def _parse(body: bytes, width: int, delimiter: str):
    """All records of `width` cells, their numbers, and the others as (number, cells found, text)."""
    ragged = []

    def note(row) -> str:
        ragged.append((row.number, row.actual_columns, row.text or ""))
        return "skip"

    table = arrow_csv.read_csv(
        io.BytesIO(body),
        # one thread and one block: only so are records numbered, and a quotation mark never closed is seen as one record
        read_options=arrow_csv.ReadOptions(
            use_threads=False, autogenerate_column_names=True, block_size=max(len(body) + 1, 1024)
        ),
        parse_options=arrow_csv.ParseOptions(
            delimiter=delimiter, newlines_in_values=True, ignore_empty_lines=False, invalid_row_handler=note
        ),
        convert_options=arrow_csv.ConvertOptions(
            column_types={f"f{place}": pa.string() for place in range(width)}, strings_can_be_null=False
        ),
    )
    numbers = np.arange(1, table.num_rows + len(ragged) + 1)
    return table, np.delete(numbers, [number - 1 for number, _, _ in ragged]), ragged


def _last(numbers, ragged) -> int:
    """The number of the last record."""
    return max([*numbers[-1:].tolist(), *(number for number, _, _ in ragged[-1:])])


def _never_closed(body: str, table: pa.Table, numbers, ragged) -> int | None:
    """The number of the last record when a quotation mark in it swallowed the lines after it, else None."""
    if body.count('"') % 2 == 0:
        return None
    last_ragged = ragged[-1] if ragged else (0, 0, "")
    if not len(numbers) or last_ragged[0] > numbers[-1]:
        return last_ragged[0] if "\n" in last_ragged[2] else None
    last_cells = (column[-1].as_py() for column in table.columns)
    return numbers[-1] if any("\n" in cell for cell in last_cells) else None


def _mend_or_report(ragged, width: int, delimiter: str, file: str, offset: int):
    """Rows whose surplus cells are blank, cut to width; a problem for each of the others."""
    kept, problems = [], []
    for number, found, text in ragged:
        row = _split(text, delimiter) if found > width else []
        if row and not any(cell.strip() for cell in row[width:]):
            kept.append((number, row[:width]))
            continue
        expected = f"a row of {width} cells, as the header has; it has {found}"
        advice = "The row is left out and counted. A comma inside a cell needs quotation marks around the cell; export again."
        problems.append(DataProblem(file, number + offset, "", "", expected, advice))
    return kept, problems


def _is_filled(table: pa.Table) -> np.ndarray:
    """True for rows in which any cell has text; a spreadsheet leaves blank rows at the end of many files."""
    blank = np.arange(table.num_rows)  # rows in which no cell with text was found so far
    for column in table.columns:
        if not len(blank):
            break
        cells = column if len(blank) == len(column) else column.take(blank)
        blank = blank[compute.equal(compute.utf8_trim_whitespace(cells), "").to_numpy()]
    filled = np.ones(table.num_rows, dtype=bool)
    filled[blank] = False
    return filled
