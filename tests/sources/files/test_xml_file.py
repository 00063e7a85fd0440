"""The XML form of the SSDA903: the same tables as from CSV, with lines that a person finds in the file."""

import csv
import io
from collections import defaultdict
from pathlib import Path
from xml.sax.saxutils import escape

import pandas as pd
import pytest

from analysis_lib.errors import DataError
from analysis_lib.sources import read_returns
from analysis_lib.sources.files.xml_file import read_xml
from analysis_lib.sources.tables.ssda903 import TABLES

MINI = Path(__file__).resolve().parents[3].parent / "shared" / "real-data" / "ssda903-clean-mini"
RETURN = """<?xml version="1.0" encoding="UTF-8"?>
<SSDA903>
  <CHILD>
    <HEADER>
      <CHILDID>A1</CHILDID>
      <SEX>2</SEX>
      <DOB>2013-05-14</DOB>
      <ETHNIC>WBRI</ETHNIC>
      <UPN>UN1</UPN>
      <UASC>0</UASC>
      <AREVIEW>
        <REVIEW>2021-02-01</REVIEW>
        <REVIEW_CODE>PN1</REVIEW_CODE>
      </AREVIEW>
      <AREVIEW>
        <REVIEW>2021-03-01T00:00:00</REVIEW>
        <REVIEW_CODE>PN2</REVIEW_CODE>
      </AREVIEW>
      <OC2><CONVICTED/></OC2>
    </HEADER>
    <EPISODE>
      <DECOM>10/01/2021</DECOM>
      <RNE>S</RNE>
      <LS>C2</LS>
      <CIN>N1</CIN>
      <PL>U6</PL>
      <PLACE_PROVIDER>PR1</PLACE_PROVIDER>
      <DEC/>
    </EPISODE>
  </CHILD>
  <CHILD>
    <HEADER>
      <CHILDID>A2</CHILDID>
      <SEX>1</SEX>
      <DOB>2005-09-02</DOB>
      <UASC>1</UASC>
      <DUC>2023-09-02</DUC>
      <IN_TOUCH>YES</IN_TOUCH>
      <ACTIV>F2</ACTIV>
      <ACCOM>Z1</ACCOM>
    </HEADER>
  </CHILD>
</SSDA903>
"""


def read(text: str):
    return read_xml(text.encode(), "r.xml", TABLES)


def tables(found) -> dict[str, list[dict[str, str]]]:
    """The filled cells of each row, by the table's distinctive columns."""
    return {
        ",".join(cells.table.column_names[:4]): [
            {name: text for name, text in row.items() if text} for row in cells.table.to_pylist()
        ]
        for cells in found
    }


def messages(found):
    return [str(problem) for cells in found for problem in cells.problems]


def folder_of(folder: Path, text: str) -> Path:
    (folder / "r.xml").write_text(text, encoding="utf-8")
    return folder


def test_a_record_gives_rows_of_the_tables_that_its_tags_belong_to(tmp_path):
    raw = read_returns(folder_of(tmp_path, RETURN))
    assert raw.problems == [] and raw.closed == {}
    assert {name: len(frame) for name, frame in raw.frames.items()} == {
        "header": 2, "episodes": 1, "reviews": 2, "uasc": 1, "oc3": 1,
    }  # fmt: skip
    assert raw.frames["header"]["CHILD"].tolist() == ["A1", "A2"]
    assert raw.frames["header"]["DOB"].tolist() == list(pd.to_datetime(["2013-05-14", "2005-09-02"]))
    assert raw.frames["reviews"]["REVIEW"].tolist() == list(pd.to_datetime(["2021-02-01", "2021-03-01"]))
    assert raw.frames["reviews"]["DOB"].tolist() == [pd.Timestamp("2013-05-14")] * 2
    assert raw.frames["episodes"]["PLACE"].tolist() == ["U6"] and raw.frames["episodes"]["DEC"].isna().all()
    assert raw.frames["uasc"][["CHILD", "SEX"]].to_numpy().tolist() == [["A2", "1"]]


def test_rows_carry_the_line_of_their_groups_first_tag(tmp_path):
    raw = read_returns(folder_of(tmp_path, RETURN))
    lines = {name: frame["_line"].tolist() for name, frame in raw.frames.items()}
    assert lines == {"header": [4, 32], "reviews": [11, 15], "episodes": [21], "uasc": [32], "oc3": [32]}
    text = RETURN.splitlines()
    assert "<HEADER>" in text[32 - 1] and "<AREVIEW>" in text[15 - 1] and "<EPISODE>" in text[21 - 1]
    wrong = read_returns(folder_of(tmp_path, RETURN.replace("<LS>C2", "<LS>C9")))
    assert str(wrong.problems[0]).startswith("r.xml, line 21, column LS: 'C9' is not one of C1, C2")


def test_a_file_without_line_breaks_is_counted_as_a_browser_shows_it():
    in_one_line = "".join(line.strip() for line in RETURN.splitlines()).replace("<OC2><CONVICTED/></OC2>", "")
    pretty = RETURN.replace("      <OC2><CONVICTED/></OC2>\n", "")
    found, judged = read(in_one_line), read(pretty)
    assert [cells.lines.tolist() for cells in found] == [cells.lines.tolist() for cells in judged]
    assert messages(judged) == []
    assert messages(found)[0].startswith("r.xml: expected a line for each record. Lines are counted as if every tag")


def test_the_names_of_groups_prefixes_and_the_case_of_tags_do_not_matter():
    changed = RETURN.replace("AREVIEW", "REVIEWS").replace("EPISODE", "Ep").replace("CHILDID", "ChildId")
    changed = changed.replace("<SSDA903>", '<x:RETURN xmlns:x="http://x">').replace("</SSDA903>", "</x:RETURN>")
    changed = changed.replace("<HEADER>", "<x:HEADER>").replace("</HEADER>", "</x:HEADER>")
    assert tables(read(changed)) == tables(read(RETURN))


def test_unknown_tags_are_named_and_empty_ones_are_not():
    found = read(RETURN.replace("<UASC>0", "<SHOE_SIZE>36</SHOE_SIZE><NOTE/><UASC>0"))
    assert messages(found) == [
        "r.xml: expected tags that are columns of the SSDA903; not read: SHOE_SIZE (1 times). Nothing need be done."
    ]


def test_a_tag_twice_in_one_group_leaves_its_record_out_with_a_problem():
    found = read(RETURN.replace("<RNE>S</RNE>", "<RNE>S</RNE><RNE>P</RNE>"))
    assert messages(found)[0].startswith("r.xml, line 21, column RNE: expected a tag that is there only once")
    assert sum(cells.left_out for cells in found) == 1
    assert [row["CHILD"] for rows in tables(found).values() for row in rows] == ["A2", "A2", "A2"]


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda text: text[:700], "r.xml, line "),
        (lambda text: "", "r.xml, line 1: expected XML that is well-formed (no element found)"),
        (lambda text: text.replace("</RNE>", "</LS>"), "line 23: expected XML that is well-formed (mismatched tag)"),
        (lambda text: text.replace("WBRI", "&unknown;"), "line 8: expected XML that is well-formed (undefined entity)"),
        (lambda text: text.replace("UTF-8", "EBCDIC-9"), "line 1: expected XML that is in an encoding that is known"),
        (lambda text: text.replace("WBRI", "\0"), "line 8: expected XML that is well-formed"),
        (lambda text: text.replace("WBRI", "<a>" * 70 + "</a>" * 70), "line 8: expected XML that has at most 64 tags"),
    ],
)
def test_xml_that_cannot_be_read_says_where(tmp_path, spoil, message):
    found = read(spoil(RETURN))
    assert len(found) == 1 and found[0].table is None and len(found[0].problems) == 1
    assert message in messages(found)[0]
    with pytest.raises(DataError, match="No file in .* can be used"):
        read_returns(folder_of(tmp_path, spoil(RETURN)))


@pytest.mark.parametrize(
    "declared",
    [
        '<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>',
        '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///somewhere.txt">]>',
        '<!DOCTYPE a SYSTEM "http://example.org/a.dtd">',
    ],
)
def test_xml_with_a_document_type_is_refused_before_anything_is_expanded(declared):
    found = read(RETURN.replace("<SSDA903>", f"{declared}\n<SSDA903>").replace("WBRI", "&c;"))
    assert messages(found)[0].startswith("r.xml, line 2: expected XML that has no document type (DOCTYPE)")


def test_other_xml_is_a_warning(tmp_path):
    (tmp_path / "h.csv").write_text("CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\nA1,F,14/05/2013,WBRI,UN1,0,\n")
    census = "<Message><Children><Child><ChildIdentifiers><LAchildID>7</LAchildID></ChildIdentifiers></Child></Children></Message>"
    raw = read_returns(folder_of(tmp_path, census))
    assert [problem.severity for problem in raw.problems] == ["warning"]
    assert "r.xml, line 1: expected the XML form of the SSDA903" in str(raw.problems[0])


def test_an_xml_return_that_is_broken_closes_all_its_tables_when_its_name_says_what_it_is(tmp_path):
    (tmp_path / "h.csv").write_text("CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\nA1,F,14/05/2013,WBRI,UN1,0,\n")
    (tmp_path / "SSDA903_2021.xml").write_text(RETURN[:500])
    raw = read_returns(tmp_path)
    assert set(raw.closed) == {table.name for table in TABLES} and len(raw.problems) == 1


GROUPS = {
    "reviews": "AREVIEW", "oc2": "OC2", "missing": "AMISSING", "previous_permanence": "PERMANENCE",
    "placed_for_adoption": "AD_PLACED", "sw_episodes": "SWEPISODE", "dolo": "ADOLO",
}  # fmt: skip


def as_xml(folder: Path) -> str:
    """The CSV files of one return in the XML form."""
    rows = defaultdict(lambda: defaultdict(list))
    for path in sorted(folder.glob("*.csv")):
        for row in csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))):
            rows[row.pop("CHILD")][path.stem].append(row)

    def tags(row, without=()):
        renamed = {"PLACE": "PL"}
        return "\n".join(
            f"<{renamed.get(name, name)}>{escape(text)}</{renamed.get(name, name)}>"
            for name, text in row.items()
            if text and name not in without
        )

    def year_first(text):
        return f"{text[6:]}-{text[3:5]}-{text[:2]}"

    records = []
    for child, of in sorted(rows.items()):
        (header,) = of["header"]
        header["DOB"] = year_first(header["DOB"])
        alone = [tags(row, ("DOB", "SEX")) for name in ("uasc", "oc3", "ad1") for row in of[name]]
        groups = [f"<{group}>\n{tags(row, ('DOB',))}\n</{group}>" for name, group in GROUPS.items() for row in of[name]]
        episodes = [f"<EPISODE>\n{tags(row)}\n</EPISODE>" for row in of["episodes"]]
        first = [f"<CHILDID>{child}</CHILDID>", tags(header), f"<UASC>{len(of['uasc'])}</UASC>"]
        inside = "\n".join([*first, *alone, *groups])
        records.append("\n".join(["<CHILD>", "<HEADER>", inside, "</HEADER>", *episodes, "</CHILD>"]))
    return "\n".join(["<SSDA903>", *records, "</SSDA903>"])


@pytest.mark.skipif(not MINI.is_dir(), reason="needs ../shared: the clean mini return")
def test_the_clean_mini_return_written_as_xml_gives_the_frames_of_its_csv_files(tmp_path):
    judged = read_returns(MINI)
    raw = read_returns(folder_of(tmp_path, as_xml(MINI)))
    assert raw.problems == judged.problems == []
    assert set(raw.frames) == set(judged.frames)
    for name, frame in judged.frames.items():
        own = [column for column in frame if not column.startswith("_")]
        in_order = frame[own].sort_values("CHILD", kind="stable", ignore_index=True)
        pd.testing.assert_frame_equal(raw.frames[name][own], in_order)
    assert raw.extracts[0].extract_date == judged.extracts[0].extract_date
