"""The workbook reader on worked examples: workbooks that openpyxl writes, with parts changed by hand where it would not."""

import datetime as dt
import io
import subprocess
import sys
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from analysis_lib.sources import read_returns, recognise
from analysis_lib.sources.files import workbook
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


def without_part(data: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        return zip_of({part: file.read(part) for part in file.namelist() if part != name})


def zip_of(parts: dict) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return out.getvalue()


def sheet_xml(body: str) -> bytes:
    return f"<worksheet {NAMESPACE}><sheetData>{body}</sheetData></worksheet>".encode()


def read_sheet_xml(body: str) -> list[Cells]:
    data = with_part(saved(book_of(HEADINGS)), "xl/worksheets/sheet1.xml", lambda _: sheet_xml(body))
    return read_workbook(data, "a.xlsx", is_header)


def with_shared_texts(body: str, shared: str) -> bytes:
    """A workbook whose one sheet refers to texts that stand in a part of their own, as Excel writes them."""
    data = with_part(saved(book_of(HEADINGS)), "xl/worksheets/sheet1.xml", lambda _: sheet_xml(body))
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    override = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}"/></Types>'
    data = with_part(data, "[Content_Types].xml", lambda xml: xml.replace(b"</Types>", override.encode()))
    out = io.BytesIO(data)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as file:
        file.writestr("xl/sharedStrings.xml", f"<sst {NAMESPACE}>{shared}</sst>")
    return out.getvalue()


def test_texts_that_cells_share_are_read_whole():
    shared = (
        "<si><t>CHILD</t></si><si><r><t>rich </t></r><r><rPr><b/></rPr><t>text</t></r></si>"
        '<si><t>漢</t><rPh sb="0" eb="1"><t>kan</t></rPh></si><si><t>a_x000D_b</t></si><si/>'
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
        (MIDNIGHT, "01/02/2021"),
        (MIDNIGHT.replace(hour=13, minute=5, second=59), "01/02/2021 13:05:59"),
        (dt.time(9, 30), "09:30:00"),
        (dt.timedelta(hours=30), "1 day, 6:00:00"),
        (dt.date(1900, 1, 1), "01/01/1900"),
        (dt.date(1900, 3, 1), "01/03/1900"),
        ("é\n<&>\"'", "é\n<&>\"'"),
        ("ends_x000D_", "ends\r"),
        ("  ", ""),
        ("=1+1", ""),
        (None, ""),
    ]
    cells = read(["n", "v"], *([number, value] for number, (value, _) in enumerate(values)))
    assert cells.table["v"].to_pylist() == [text for _, text in values]
    assert cells.lines.tolist() == list(range(2, len(values) + 2))


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("dd/mm/yyyy", "09/05/2010 06:00:00"),
        ("d-mmm-yy;@", "09/05/2010 06:00:00"),
        ("[$-809]dd mmmm yyyy", "09/05/2010 06:00:00"),
        ('mmm" "yyyy', "09/05/2010 06:00:00"),
        ("dd/mm/yyyy hh:mm", "09/05/2010 06:00:00"),
        ("General", "40307.25"),
        ("0.00", "40307.25"),
        ('0" days"', "40307.25"),
        ("[Red]0", "40307.25"),
        ("[h]:mm", "40307 days, 6:00:00"),
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
        '<row><c t="b"><v>1</v></c><c t="d"><v>2021-02-01</v></c></row><row r="4"><c r="B4"><v>7</v></c></row>'
    )[0]
    assert (
        cells.table.column_names == ["TRUE", "01/02/2021"]
        and rows(cells) == [["", "7"]]
        and cells.lines.tolist() == [4]
    )


def test_one_stray_cell_in_the_far_corner_costs_nothing():
    book = book_of(HEADINGS, ["A1", "a) Male"])
    book.active["XFD1048576"] = "stray"
    cells = read_workbook(saved(book), "a.xlsx", is_header)[0]
    assert rows(cells) == [["A1", "a) Male", "", ""]]
    assert "line 1048576: expected cells under a heading" in messages(cells)[0]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('<row r="x"><c><v>1</v></c></row>', "that can be read"),
        ('<row r="1"><c r="1A"><v>1</v></c></row>', "that can be read"),
        ('<row r="1"><c t="s"><v>99</v></c></row>', "that can be read"),
        ('<row r="1"><c><v>one</v></c></row>', "that can be read"),
        ('<row r="1"><c s="first"><v>1</v></c></row>', "that can be read"),
        ('<row r="1"><c><v>1</v></row>', "that can be read"),
        ('<row r="0"><c><v>1</v></c></row>', "whose XML has rows in their order, up to 1,048,576"),
        ('<row r="1048577"><c><v>1</v></c></row>', "whose XML has rows in their order, up to 1,048,576"),
        ('<row r="2"><c><v>1</v></c></row><row r="1"><c><v>1</v></c></row>', "whose XML has rows in their order"),
        (
            '<row><c r="B1"><v>1</v></c><c r="A1"><v>1</v></c></row>',
            "whose XML has the cells of each row in their order",
        ),
        ("<a>" * 64 + "</a>" * 64, "whose XML has at most 64 tags within one another"),
    ],
)
def test_a_damaged_sheet_is_named(body, expected):
    cells = read_sheet_xml(body)
    assert len(cells) == 1 and cells[0].table is None
    assert messages(cells[0])[0].startswith(f"a.xlsx: expected an Excel workbook {expected}")


def test_workbooks_that_cannot_be_opened_say_why():
    good = saved(book_of(HEADINGS))
    encrypted = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le")
    entities = b'<!DOCTYPE a [<!ENTITY b "c">]>'
    for data, expected in (
        (b"", "it is damaged or no workbook"),
        (b"CHILD,DECOM\n1,2\n", "it is damaged or no workbook"),
        (good[: len(good) // 2], "it is damaged or no workbook"),
        (encrypted, "a workbook without a password"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "it is of the old one (.xls)"),
        (zip_of({"readme.txt": "hello"}), "it is another kind of zip file"),
        (zip_of({"xl/workbook.bin": "hello"}), "it is a binary one (.xlsb)"),
        (with_part(good, "xl/workbook.xml", lambda _: b"<workbook"), "it is damaged or no workbook"),
        (with_part(good, "xl/styles.xml", lambda xml: entities + xml), "whose XML has no document type"),
        (without_part(good, "xl/worksheets/sheet1.xml"), "a sheet of it is missing"),
        (without_part(with_shared_texts("", "<si/>"), "xl/sharedStrings.xml"), "it is damaged or no workbook"),
    ):
        cells = read_workbook(data, "a.xlsx", is_header)
        assert len(cells) == 1 and cells[0].table is None and len(cells[0].problems) == 1
        assert expected in messages(cells[0])[0], data[:20]


def test_a_strict_workbook_is_named():
    good = saved(book_of(HEADINGS, ["A1"]))
    with zipfile.ZipFile(io.BytesIO(good)) as file:
        parts = {name: file.read(name) for name in file.namelist()}
    old = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    strict = {
        name: xml.replace(old, b"http://purl.oclc.org/ooxml/officeDocument/relationships")
        for name, xml in parts.items()
    }
    assert "or it is Strict Open XML" in messages(read_workbook(zip_of(strict), "a.xlsx", is_header)[0])[0]


def test_parts_that_are_not_read_may_hold_anything():
    good = saved(book_of(HEADINGS, ["A1"]))
    out = io.BytesIO(good)
    with zipfile.ZipFile(out, "a") as file:
        file.writestr("xl/media/image1.png", b"\x89PNG\r\n\x1a\n")
        file.writestr("xl/drawings/vmlDrawing1.vml", "<xml><br></xml>")
        file.writestr("xl/calcChain.xml", '<calcChain><c r="B2"/><c r="A1"/></calcChain>')
        file.writestr("customXml/item1.xml", '<list><row r="x"/><sheet id="1"/></list>')
    assert rows(read_workbook(out.getvalue(), "a.xlsx", is_header)[0]) == [["A1", "", "", ""]]


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
    assert "expected sheets of at most 400,000,000 letters" in messages(cells[0])[0]


@pytest.mark.parametrize("name", ["xl/worksheets/sheet1.xml", "xl/styles.xml", "xl/sharedStrings.xml"])
def test_tags_that_would_fill_the_memory_are_refused_before_openpyxl_reads_them(monkeypatch, name):
    monkeypatch.setattr(workbook, "_MOST_HELD", 10_000)
    monkeypatch.setattr(openpyxl, "load_workbook", lambda *_, **__: pytest.fail("it was read"))
    good = with_shared_texts("<row><c/></row>", "<si><t>CHILD</t></si>")
    data = with_part(good, name, lambda xml: xml.replace(b"</", b"<c/>" * 10_000 + b"</", 1))
    assert "whose XML has at most" in messages(read_workbook(data, "a.xlsx", is_header)[0])[0]


def test_the_tags_of_all_parts_together_are_limited(monkeypatch):
    book = book_of(HEADINGS, *[["A1"]] * 100)
    book.copy_worksheet(book.active)
    one = read_workbook(saved(book_of(HEADINGS, *[["A1"]] * 100)), "a.xlsx", is_header)
    monkeypatch.setattr(workbook, "_MOST_TAGS", 600)
    assert one[0].table is not None
    assert "whose XML has at most 600 tags" in messages(read_workbook(saved(book), "a.xlsx", is_header)[0])[0]


def test_rows_that_reach_to_the_last_column_are_limited(monkeypatch):
    monkeypatch.setattr(workbook, "_MOST_PLACES", 100_000)
    cells = read_sheet_xml("<row><c/></row>" + "".join(f'<row><c r="XFD{line}"/></row>' for line in range(2, 10)))
    assert "and 100,000 cells" in messages(cells[0])[0]


def test_workbooks_are_read_without_entities():
    assert openpyxl.DEFUSEDXML


def test_openpyxl_is_not_loaded_before_there_is_a_workbook():
    code = "import sys; import analysis_lib.sources; sys.exit('openpyxl' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


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
