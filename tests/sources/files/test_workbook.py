"""The workbook reader, judged by openpyxl: workbooks are written, and mostly read again, by it."""

import datetime as dt
import io
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis_lib.sources import read_returns, recognise
from analysis_lib.sources.files.cells import Cells
from analysis_lib.sources.files.workbook import read_workbook

SAMPLE = Path(__file__).resolve().parents[3].parent / "shared" / "real-data" / "annex-a" / "Annex_A_2024_Jan.xlsx"
MIDNIGHT = dt.datetime.fromisoformat("2021-02-01")
HEADINGS = ["Child Unique ID", "Gender", "Date of Contact", "Contact Source"]
NAMESPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def is_header(texts):
    return recognise(texts) is not None


def saved(book: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def book_of(*rows, title="List 1"):
    book = openpyxl.Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    return book


def read(*rows) -> Cells:
    return read_workbook(saved(book_of(*rows)), "a.xlsx", is_header)[0]


def rows(cells):
    return [list(row.values()) for row in cells.table.to_pylist()]


def messages(cells):
    return [str(problem) for problem in cells.problems]


def with_part(data: bytes, name: str, change) -> bytes:
    """The workbook with one part changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            new.writestr(part, change(old.read(part)) if part == name else old.read(part))
    return out.getvalue()


def sheet_xml(body: str) -> bytes:
    return f"<worksheet {NAMESPACE}><sheetData>{body}</sheetData></worksheet>".encode()


def read_sheet_xml(body: str) -> list[Cells]:
    data = with_part(saved(book_of(HEADINGS)), "xl/worksheets/sheet1.xml", lambda _: sheet_xml(body))
    return read_workbook(data, "a.xlsx", is_header)


def with_shared_texts(body: str, shared: str) -> bytes:
    """A workbook whose one sheet refers to texts that stand in a part of their own, as Excel writes them."""
    rels = "xl/_rels/workbook.xml.rels"
    relation = '<Relationship Id="rIdT" Type="http://x/relationships/sharedStrings" Target="/xl/sharedStrings.xml"/>'
    data = with_part(saved(book_of(HEADINGS)), rels, lambda xml: xml.replace(b"</Rel", relation.encode() + b"</Rel"))
    out = io.BytesIO(with_part(data, "xl/worksheets/sheet1.xml", lambda _: sheet_xml(body)))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as file:
        file.writestr("xl/sharedStrings.xml", f"<sst {NAMESPACE}>{shared}</sst>")
    return out.getvalue()


def test_texts_that_cells_share_are_read_whole():
    shared = (
        "<si><t>CHILD</t></si><si><r><t>rich </t></r><r><rPr><b/></rPr><t>text</t></r></si>"
        "<si><t>漢</t><rPh><t>kan</t></rPh></si><si><t>a_x000D_b</t></si><si/>"
    )
    body = "".join(f'<row><c t="s"><v>{number}</v></c></row>' for number in (0, 1, 2, 3, 4, 1))
    cells = read_workbook(with_shared_texts(body, shared), "a.xlsx", is_header)[0]
    assert cells.table.column_names == ["CHILD"]
    assert rows(cells) == [["rich text"], ["漢"], ["a\rb"], ["rich text"]] and cells.lines.tolist() == [2, 3, 4, 6]


def test_cells_are_the_text_that_a_csv_file_would_hold():
    values = [
        (1, "1"),
        (1.0, "1"),
        (3.3, "3.3"),
        (2 / 3, "0.6666666666666666"),
        (12345678901, "12345678901"),
        (-2, "-2"),
        ("001", "001"),
        (" a) Male ", " a) Male "),
        (True, "TRUE"),
        (False, "FALSE"),
        (dt.date(2021, 2, 1), "01/02/2021"),
        (MIDNIGHT, "01/02/2021 00:00:00"),
        (MIDNIGHT.replace(hour=13, minute=5, second=59), "01/02/2021 13:05:59"),
        (dt.time(9, 30), "09:30:00"),
        (dt.date(1900, 1, 1), "01/01/1900"),
        (dt.date(1900, 3, 1), "01/03/1900"),
        ("é\n<&>\"'", "é\n<&>\"'"),
        ("=1+1", ""),
        (None, ""),
    ]
    cells = read(["n", "v"], *([number, value] for number, (value, _) in enumerate(values)))
    assert cells.table["v"].to_pylist() == [text for _, text in values]
    assert cells.lines.tolist() == list(range(2, len(values) + 2))


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("dd/mm/yyyy", "09/05/2010"),
        ("d-mmm-yy;@", "09/05/2010"),
        ("[$-809]dd mmmm yyyy", "09/05/2010"),
        ('mmm" "yyyy', "09/05/2010"),
        ("dd/mm/yyyy hh:mm", "09/05/2010 06:00:00"),
        ("General", "40307.25"),
        ("0.00", "40307.25"),
        ('0" days"', "40307.25"),
        ("[Red]0", "40307.25"),
        ("[h]:mm", "40307.25"),
        ("@", "40307.25"),
    ],
)
def test_a_number_is_a_date_where_its_format_shows_one(code, text):
    book = book_of(["n"], [40307.25])
    book.active["A2"].number_format = code
    assert rows(read_workbook(saved(book), "a.xlsx", is_header)[0]) == [[text]]


def test_days_may_count_from_1904():
    book = book_of(["d"], [dt.date(2021, 2, 1)])
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    assert rows(read_workbook(saved(book), "a.xlsx", is_header)[0]) == [["01/02/2021"]]


def test_titles_above_the_header_are_passed_over_and_rows_keep_their_numbers():
    cells = read(["Extract of contacts"], [], ["run on", dt.date(2021, 4, 1)], HEADINGS, [], ["A1", "a) Male"], ["A2"])
    assert cells.table.column_names == HEADINGS and cells.header_line == 4
    assert cells.lines.tolist() == [6, 7]
    assert cells.name == 'a.xlsx, sheet "List 1"'


def test_a_header_below_the_tenth_filled_row_is_not_looked_for():
    cells = read(*([f"note {number}"] for number in range(10)), HEADINGS, ["A1"])
    assert cells.table.column_names == ["note 0"]


def test_empty_sheets_are_passed_over_and_hidden_ones_named_if_they_would_be_read():
    book = book_of(HEADINGS, ["A1"])
    book.create_sheet("Empty")
    for title, row in (("Old list", HEADINGS), ("Codes", ["a", "b"])):
        sheet = book.create_sheet(title)
        sheet.append(row)
        sheet.sheet_state = "veryHidden" if title == "Old list" else "hidden"
    cells = read_workbook(saved(book), "a.xlsx", is_header)
    assert [each.name for each in cells] == ['a.xlsx, sheet "List 1"', 'a.xlsx, sheet "Old list"']
    assert cells[1].table is None
    assert messages(cells[1])[0].startswith('a.xlsx, sheet "Old list": expected a sheet that can be seen. It is hidden')


def test_merged_cells_and_cells_beside_the_table_are_warned_of():
    book = book_of(["Title"], HEADINGS, ["A1", "a) Male", None, None, None, "see me"], ["A2", "b) Female"])
    book.active.merge_cells("A1:D1")
    book.active.merge_cells("B3:B4")
    cells = read_workbook(saved(book), "a.xlsx", is_header)[0]
    assert rows(cells) == [["A1", "a) Male", "", ""], ["A2", "", "", ""]]
    assert [problem.severity for problem in cells.problems] == ["warning", "warning"]
    assert "line 3: expected cells of their own in every row; 1 are merged." in messages(cells)[0]
    assert "line 3: expected cells under a heading; 1 rows have others to the right" in messages(cells)[1]


def test_formulas_give_what_they_last_gave_and_their_errors_are_named():
    header = "".join(f'<c t="inlineStr"><is><t>{heading}</t></is></c>' for heading in HEADINGS)
    cells = read_sheet_xml(
        f'<row>{header}</row><row r="3"><c t="str"><f>A1</f><v>A1</v></c><c t="str"><f>""</f><v></v></c>'
        '<c t="e"><f>NA()</f><v>#N/A</v></c><c><f>1+1</f></c></row>'
    )[0]
    assert rows(cells) == [["A1", "", "", ""]] and cells.lines.tolist() == [3]
    assert messages(cells)[0].startswith(
        "a.xlsx, sheet \"List 1\", line 3, column Date of Contact: '#N/A' is not what a formula should give."
    )
    assert "line 3: expected what a formula gives; 1 were never calculated." in messages(cells)[1]
    assert len(cells.problems) == 2


def test_rows_and_cells_may_leave_out_their_reference():
    cells = read_sheet_xml(
        '<row><c t="d"><v>a</v></c><c t="d"><v>b</v></c></row><row r="4"><c r="B4"><v>7</v></c></row>'
    )[0]
    assert cells.table.column_names == ["a", "b"] and rows(cells) == [["", "7"]] and cells.lines.tolist() == [4]


def test_one_stray_cell_in_the_far_corner_costs_nothing():
    book = book_of(HEADINGS, ["A1", "a) Male"])
    book.active["XFD1048576"] = "stray"
    cells = read_workbook(saved(book), "a.xlsx", is_header)[0]
    assert rows(cells) == [["A1", "a) Male", "", ""]]
    assert "line 1048576: expected cells under a heading" in messages(cells)[0]


@pytest.mark.parametrize(
    "body",
    [
        '<row r="0"><c><v>1</v></c></row>',
        '<row r="1048577"><c><v>1</v></c></row>',
        '<row r="x"><c><v>1</v></c></row>',
        '<row r="1"><c r="1A"><v>1</v></c></row>',
        '<row r="1"><c t="s"><v>99</v></c></row>',
        '<row r="1"><c t="s"><v>-1</v></c></row>',
        '<row r="1"><c><v>one</v></c></row>',
        '<row r="1"><c s="first"><v>1</v></c></row>',
        '<row r="1"><c><v>1</v></row>',
    ],
)
def test_a_damaged_sheet_is_named(body):
    cells = read_sheet_xml(body)
    assert len(cells) == 1 and cells[0].table is None
    assert messages(cells[0])[0].startswith("a.xlsx: expected an Excel workbook that can be read")


def test_workbooks_that_cannot_be_opened_say_why():
    good = saved(book_of(HEADINGS))
    encrypted = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le")
    no_workbook = io.BytesIO()
    with zipfile.ZipFile(no_workbook, "w") as file:
        file.writestr("readme.txt", "hello")
    for data, expected in (
        (b"", "it is damaged or no workbook"),
        (b"CHILD,DECOM\n1,2\n", "it is damaged or no workbook"),
        (good[: len(good) // 2], "it is damaged or no workbook"),
        (encrypted, "a workbook without a password"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "it is of the old one (.xls)"),
        (no_workbook.getvalue(), "it is another kind of zip file"),
        (with_part(good, "xl/workbook.xml", lambda _: b"<workbook"), "holds XML that never"),
        (with_part(good, "xl/styles.xml", lambda xml: b'<!DOCTYPE a [<!ENTITY b "c">]>' + xml), "has no document type"),
    ):
        cells = read_workbook(data, "a.xlsx", is_header)
        assert len(cells) == 1 and cells[0].table is None and len(cells[0].problems) == 1
        assert expected in messages(cells[0])[0], data[:20]


def test_a_zip_bomb_is_refused_by_its_size_before_it_is_unpacked():
    padding = b" " * 20_000_000
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for number in range(21):
            file.writestr(f"xl/worksheets/sheet{number}.xml", padding)
    assert len(out.getvalue()) < 1_000_000
    cells = read_workbook(out.getvalue(), "a.xlsx", is_header)
    assert "expected a workbook that unpacks to at most 400 MB" in messages(cells[0])[0]


def test_a_zip_bomb_that_lies_about_its_size_is_not_unpacked():
    data = with_part(saved(book_of(HEADINGS)), "xl/worksheets/sheet1.xml", lambda _: b" " * 50_000_000)
    size = (50_000_000).to_bytes(4, "little")
    assert data.count(size) == 2  # in the part's own header and in the list of contents
    cells = read_workbook(data.replace(size, (500).to_bytes(4, "little")), "a.xlsx", is_header)
    assert cells[0].table is None and "it is damaged" in messages(cells[0])[0]


def test_one_long_text_in_many_cells_is_refused():
    many = ("<row>" + '<c t="s"><v>0</v></c>' * 500 + "</row>") * 30
    cells = read_workbook(with_shared_texts(many, f"<si><t>{'x' * 32_000}</t></si>"), "a.xlsx", is_header)
    assert "expected sheets of at most 400 million letters" in messages(cells[0])[0]


plain = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**9), 10**9),
    st.floats(-1e9, 1e9, width=32),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=12).filter(lambda t: t[:1] != "="),
    st.dates(dt.date(1900, 3, 1), dt.date(2199, 12, 31)),
)


def shown_by_openpyxl(value) -> str:
    if value is None or (isinstance(value, str) and not value.strip()):
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, dt.datetime):
        return f"{value:%d/%m/}{value.year:04}"
    return str(value) if isinstance(value, str) else repr(int(value) if value == int(value) else value)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.lists(plain, min_size=3, max_size=3), max_size=5))
def test_cells_are_those_of_openpyxl(records):
    data = saved(book_of(["A", "B", "C"], *records))
    judged = list(openpyxl.load_workbook(io.BytesIO(data)).active.iter_rows(min_row=2, values_only=True))
    expected = [[shown_by_openpyxl(value) for value in row] for row in judged]
    cells = read_workbook(data, "a.xlsx", is_header)[0]
    assert rows(cells) == [row for row in expected if any(row)]


def test_a_workbook_in_a_folder_gives_the_same_rows_as_its_lists_as_csv(tmp_path):
    table = [
        ["Child Unique ID", "Gender", "Ethnicity", "Date of Birth", "Age", "Date of Contact", "Contact Source"],
        ["A1", "a) Male", "a) WBRI", dt.date(2013, 5, 14), 7, dt.date(2021, 2, 1), "1A: Individual"],
        [1002, "b) Female", "t) NOBT", dt.date(2015, 1, 2), 6, MIDNIGHT, None],
    ]
    book = book_of(*table, title="Contacts")
    wrong = book.create_sheet("2 of 3")
    wrong.append(["Annex A"])
    wrong.append(
        [*table[0][:5], "Assessment start date", "Assessment completion date", "Organisation completing assessment"]
    )
    wrong.append(["A1", "x) Who", "a) WBRI", None, 7, "31/02/2021", None, None])
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "Annex A.xlsx").write_bytes(saved(book))
    (tmp_path / "b").mkdir()
    as_text = [[f"{cell:%d/%m/%Y}" if isinstance(cell, dt.date) else cell for cell in row] for row in table]
    pd.DataFrame(as_text[1:], columns=as_text[0]).to_csv(tmp_path / "b" / "list.csv", index=False)
    raw, judged = read_returns(tmp_path / "a"), read_returns(tmp_path / "b")
    own = [column for column in judged.frames["list_01"] if not column.startswith("_")]
    pd.testing.assert_frame_equal(raw.frames["list_01"][[*own, "_line"]], judged.frames["list_01"][[*own, "_line"]])
    assert raw.frames["list_01"]["Child Unique ID"].tolist() == ["A1", "1002"]
    assert raw.left_out == {"list_02": 1}
    sheet = 'Annex A.xlsx, sheet "2 of 3"'
    assert [(each.file, each.line, each.column, each.value) for each in raw.problems] == [
        (sheet, 3, "Assessment start date", "31/02/2021"),
        (sheet, 3, "Gender", "x) Who"),
    ]


@pytest.mark.skipif(not SAMPLE.is_file(), reason="needs ../shared: the sample workbook")
def test_the_sample_annex_a_workbook_loads_with_all_eleven_lists(tmp_path):
    (tmp_path / SAMPLE.name).write_bytes(SAMPLE.read_bytes())
    raw = read_returns(tmp_path)
    counts = {name: len(frame) for name, frame in raw.frames.items()}
    assert counts == {"list_01": 5, "list_02": 5, "list_03": 6, "list_04": 5, "list_05": 5, "list_06": 5, "list_07": 7,
                      "list_08": 5, "list_09": 6, "list_10": 5, "list_11": 5}  # fmt: skip
    assert raw.closed == {} and raw.left_out == {}
    book = openpyxl.load_workbook(SAMPLE, data_only=True)
    for number, table in enumerate(sorted(counts), start=1):
        sheet, frame = book[f"List {number}"], raw.frames[table]
        identifiers = [str(row[0]) for row in sheet.iter_rows(min_row=2, values_only=True) if row[0] is not None]
        assert frame.iloc[:, 0].tolist() == identifiers
        births = [row[3] for row in sheet.iter_rows(min_row=2, values_only=True) if row[0] is not None]
        if number < 10:
            assert frame["Date of Birth"].tolist() == [pd.Timestamp(birth) for birth in births]
    assert set(raw.frames["list_08"]["Gender"]) <= {"M", "F", "U"}
    assert raw.frames["list_03"]["Referral NFA?"].notna().all()
    unread = [str(each) for each in raw.problems if "'#N/A'" not in str(each)]
    assert unread == []
