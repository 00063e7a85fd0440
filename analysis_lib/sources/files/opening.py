"""Opens a file of any kind that may hold a return: which reader it needs, and what to say of the kinds that have none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path, PurePosixPath

from analysis_lib.errors import DataProblem
from analysis_lib.sources.files.cells import LARGEST_FILE, Cells, too_large, unusable
from analysis_lib.sources.files.csv_file import read_cells
from analysis_lib.sources.files.workbook import read_workbook
from analysis_lib.sources.files.xml_file import read_xml
from analysis_lib.sources.table import WARNING, Table

TEXT_FILES = {".csv", ".tsv", ".txt"}
WORKBOOKS = {".xlsx", ".xlsm"}
XML_FILES = {".xml"}
# What a user may take for a return, and what to do with it.
_NOT_READ = {
    ".xls": "Open it in the spreadsheet program and save it as an Excel workbook (.xlsx).",
    ".xlsb": "Open it in the spreadsheet program and save it as an Excel workbook (.xlsx).",
    ".ods": "Open it in the spreadsheet program and save it as an Excel workbook (.xlsx).",
    ".zip": "Unpack it, put the files that it holds into the folder, and remove the zip file.",
    ".7z": "Unpack it, put the files that it holds into the folder, and remove the packed file.",
}
KINDS = TEXT_FILES | WORKBOOKS | XML_FILES | set(_NOT_READ)


def open_path(
    path: Path, file: str, is_header: Callable[[list[str]], bool], xml_tables: Sequence[Table]
) -> list[Cells]:
    """The tables of the file at `path`, which messages call `file`; never raises on a file that cannot be read."""
    try:
        if not path.is_file() and path.exists():  # a pipe or a device, which may never end
            return [unusable(file, "an ordinary file", "Put a copy of the file itself into the folder.")]
        size = path.stat().st_size
        if size > LARGEST_FILE:
            return [too_large(file, size)]
        return open_bytes(path.read_bytes(), file, is_header, xml_tables)
    except OSError as error:
        advice = "See that the file is there, is not open elsewhere, and may be read."
        return [unusable(file, f"a file that can be read ({error.strerror})", advice)]


def open_bytes(
    data: bytes, file: str, is_header: Callable[[list[str]], bool], xml_tables: Sequence[Table]
) -> list[Cells]:
    """The tables of a file given as bytes, by the ending of its name.

    Parameters
    ----------
    data : bytes
    file : str
    is_header : function
        Whether a row of texts is the header of a known table: workbooks may have titles above it.
    xml_tables : sequence of Table
        Those that an XML file may hold.

    Returns
    -------
    list of Cells
        At least one. What cannot be read is a `Cells` without a table.
    """
    ending = PurePosixPath(file).suffix.lower()
    if len(data) > LARGEST_FILE:
        return [too_large(file, len(data))]
    if ending in WORKBOOKS:
        return read_workbook(data, file, is_header)
    if ending in XML_FILES:
        return read_xml(data, file, xml_tables)
    if ending in _NOT_READ:
        expected = "a CSV file, a workbook (.xlsx) or XML; it is not read"
        problem = DataProblem(file, 0, "", "", expected, _NOT_READ[ending], WARNING)
        return [Cells(problems=[problem], name=file)]
    return [read_cells(data, file)]
