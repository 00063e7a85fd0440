"""The CSV reader: bytes in, cells with their spreadsheet rows out, named problems and never a traceback."""

import csv
import io

from hypothesis import given, settings
from hypothesis import strategies as st

from analysis_lib.sources.files.csv_file import read_cells


def rows(cells):
    return [list(row.values()) for row in cells.table.to_pylist()]


def messages(cells):
    return [str(problem) for problem in cells.problems]


def test_lines_are_spreadsheet_rows_when_a_cell_holds_a_line_break():
    cells = read_cells(b'A,B\n"one\nstill one",1\ntwo,2\n', "f.csv")
    assert rows(cells) == [["one\nstill one", "1"], ["two", "2"]]
    assert cells.lines.tolist() == [2, 3]


def test_blank_rows_are_passed_over_and_counted_as_rows():
    cells = read_cells(b"\n\nA,B\n1,2\n\n , \n,\n3,4\n\n", "f.csv")
    assert rows(cells) == [["1", "2"], ["3", "4"]]
    assert cells.lines.tolist() == [4, 8]
    assert cells.problems == [] and cells.left_out == 0


def test_byte_order_mark_carriage_returns_and_semicolons_do_not_matter():
    assert rows(read_cells("\ufeffA;B\r\n1;é\r\n".encode(), "f.csv")) == [["1", "é"]]
    assert rows(read_cells(b"A\tB\r1\t2\r", "f.csv")) == [["1", "2"]]


def test_windows_1252_is_read_with_a_warning():
    cells = read_cells("A,B\nZoë,1\n".encode("cp1252"), "f.csv")
    assert rows(cells) == [["Zoë", "1"]]
    assert [problem.severity for problem in cells.problems] == ["warning"]
    assert "f.csv: expected text in UTF-8; it is read as Windows-1252." in messages(cells)[0]


def test_utf_16_is_read_with_a_warning():
    for encoding in ("utf-16", "utf-16-le", "utf-16-be"):
        text = "A\tB\r\nZoë\t1\r\n" if encoding == "utf-16" else "\ufeffA\tB\r\nZoë\t1\r\n"
        cells = read_cells(text.encode(encoding), "f.csv")
        assert rows(cells) == [["Zoë", "1"]]
        assert [problem.severity for problem in cells.problems] == ["warning"]
        assert "f.csv: expected text in UTF-8; it is read as UTF-16." in messages(cells)[0]


def test_a_row_with_a_cell_that_no_spreadsheet_holds_is_left_out_with_its_line():
    cells = read_cells(f"A,B\n1,{'x' * 32_767}\n2,{'é' * 32_768}\n3,y\n".encode(), "f.csv")
    assert cells.table["A"].to_pylist() == ["1", "3"]
    assert cells.lines.tolist() == [2, 4] and cells.left_out == 1
    assert messages(cells)[0].startswith("f.csv, line 3: expected cells of at most 32,767 characters.")


def test_ragged_rows_are_left_out_with_their_line_and_surplus_blanks_forgiven():
    cells = read_cells(b"A,B,C\n1,2\n1,2,3,,\n1,2,3,4\n5,6,7\n", "f.csv")
    assert rows(cells) == [["1", "2", "3"], ["5", "6", "7"]]
    assert cells.lines.tolist() == [3, 5]
    assert cells.left_out == 2
    assert messages(cells)[0].startswith("f.csv, line 2: expected a row of 3 cells, as the header has; it has 2.")
    assert messages(cells)[1].startswith("f.csv, line 4: expected a row of 3 cells, as the header has; it has 4.")


def test_a_quotation_mark_never_closed_stops_the_file_wherever_it_swallows_the_rest():
    for text in (b'A,B\n1,2\n"3,4\n5,6\n', b'A,B\n1,2\n3,"4\n5,6\n', b'A,B\n1,2\n3,4,"5\n6,7\n'):
        cells = read_cells(text, "f.csv")
        assert cells.table is None
        assert messages(cells)[0].startswith("f.csv, line 3: expected a row that ends; a quotation mark is opened")


def test_an_inch_sign_is_not_a_quotation_mark():
    assert rows(read_cells(b'A,B\n1,5" nail\n2,x\n', "f.csv")) == [["1", '5" nail'], ["2", "x"]]


def test_files_that_are_no_csv_say_what_they_are():
    for data, expected in (
        (b"", "the file is empty"),
        (b" \n\n", "the file is empty"),
        (b"\xef\xbb\xbf", "the file is empty"),
        (b"PK\x03\x04rest", "it is a workbook or a zip file"),
        (b"\xff\xfeA\0,\0B", "begins as UTF-16 and does not go on so"),
        (b"\xff\xfe \0\n\0", "the file is empty"),
        (b"\xff\xfe\0\0A\0\0\0", "it is not text"),
        (("A," * 1_000 + "B\n").encode(), "at most 1,000 columns; it has 1,001"),
        (b"A,B\n\0\0,1\n", "it is not text"),
        (b"A,B\n\x81,1\n", "text in UTF-8 or Windows-1252"),
    ):
        cells = read_cells(data, "f.csv")
        assert cells.table is None
        assert len(cells.problems) == 1 and expected in messages(cells)[0], data


def test_a_header_alone_is_a_table_without_rows():
    cells = read_cells(b"A,B", "f.csv")
    assert cells.table.column_names == ["A", "B"] and cells.table.num_rows == 0 and cells.problems == []


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_random_bytes_give_cells_or_named_problems(data):
    cells = read_cells(data, "f.csv")
    assert cells.table is not None or cells.problems


plain_cell = st.text(st.characters(codec="utf-8", exclude_characters="\0\r", exclude_categories=["Cs"]), max_size=8)


@settings(deadline=None)
@given(st.lists(st.lists(plain_cell, min_size=3, max_size=3), max_size=6))
def test_cells_are_those_of_the_standard_library(records):
    """Python's own csv module is the judge, on files that it wrote."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows([["A", "B", "C"], *records])
    cells = read_cells(text.getvalue().encode(), "f.csv")
    filled = [(line, record) for line, record in enumerate(records, start=2) if any(cell.strip() for cell in record)]
    assert rows(cells) == [record for _, record in filled]
    assert cells.lines.tolist() == [line for line, _ in filled]
    assert cells.problems == []
