"""Which reader a file gets, and what is said of files that get none."""

import os

import pytest

from analysis_lib.sources.files import opening
from analysis_lib.sources.files.opening import KINDS, open_bytes, open_path
from analysis_lib.sources.tables.ssda903 import TABLES


def opened(data: bytes, file: str):
    return open_bytes(data, file, lambda headings: False, TABLES)


def message(cells) -> str:
    return str(cells[0].problems[0])


@pytest.mark.parametrize("file", ["a.csv", "a.tsv", "a.txt", "A.CSV", "x/y.Txt"])
def test_text_is_read_as_csv(file):
    assert opened(b"A\tB\n1\t2\n", file)[0].table.to_pylist() == [{"A": "1", "B": "2"}]


@pytest.mark.parametrize("file", ["a.xls", "a.xlsb", "a.ods", "a.zip", "a.7z"])
def test_kinds_that_are_not_read_are_warned_of_with_what_to_do(file):
    (cells,) = opened(b"PK", file)
    assert cells.table is None and [each.severity for each in cells.problems] == ["warning"]
    assert "save it as an Excel workbook (.xlsx)" in message([cells]) or "Unpack it" in message([cells])


@pytest.mark.parametrize("file", sorted(f"a{kind}" for kind in KINDS))
def test_a_file_larger_than_any_return_is_named_and_not_read(tmp_path, monkeypatch, file):
    monkeypatch.setattr(opening, "LARGEST_FILE", 10)
    (tmp_path / file).write_bytes(b"CHILD,SEX\n1,2\n")
    for cells in (opened(b"CHILD,SEX\n1,2\n", file), open_path(tmp_path / file, file, lambda _: False, TABLES)):
        assert len(cells) == 1 and cells[0].table is None
        assert message(cells).startswith(
            f"{file}: expected a file of at most 1,000 MB; it has 0 MB. See that it is a return"
        )


def test_a_file_that_is_not_there_or_never_ends_is_named(tmp_path):
    gone = open_path(tmp_path / "gone.csv", "gone.csv", lambda _: False, TABLES)
    assert "gone.csv: expected a file that can be read (No such file or directory)" in message(gone)
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.csv")
        pipe = open_path(tmp_path / "pipe.csv", "pipe.csv", lambda _: False, TABLES)
        assert message(pipe).startswith("pipe.csv: expected an ordinary file.")
