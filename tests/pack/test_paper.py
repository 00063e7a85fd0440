"""The printed pack: a tagged PDF with bookmarks and true page numbers, the same bytes each time, and no browser no PDF."""

from __future__ import annotations

import json
import stat
import sys

import pandas as pd
import pytest
from pypdf import PdfReader

from analysis_lib.errors import PanelpackError, UsageError
from analysis_lib.pack import paper

PERIOD = "2021-22-Q2"
AS_AT = pd.Timestamp("2021-11-30")
PAGE = """<!DOCTYPE html><html lang="en-GB"><head><title>T</title><style>
@page {{ size: A4; @bottom-right {{ content: "Page " counter(page) " of " counter(pages); }} }}
</style></head><body><nav>Menu</nav><main id="main"><h1>{title}</h1>
<nav class="contents"><a href="#now">Now</a></nav><h2 id="now">Where it stands</h2><p>Words of the page.</p>
<a download="t.csv" href="data:text/csv;base64,QQ==">Download this table</a>
<details><summary>More</summary><table data-table="by_month"><tbody>{rows}</tbody></table></details>
<details><summary>Short</summary><table><tr><td>Short and folded</td></tr></table></details>
<table><caption>Long</caption><thead><tr><th scope="col">Heading of the table</th></tr></thead>
<tbody>{rows}</tbody></table><h2 id="end">The end</h2></main></body></html>"""
HEADER = f"""[{PERIOD}]
committee = "Scrutiny <Panel>"
meeting = 2021-12-07
author = "Head of Performance"
"""


def pack_in(home, edition="public"):
    folder = home / ("outputs" if edition == "public" else "outputs/restricted") / PERIOD
    folder.mkdir(parents=True)
    rows = "<tr><td>row</td></tr>" * 120
    pages = [
        {"notebook": name, "title": f"The page {name}?", "file": f"{name}.html"}
        for name in ("demand", "adoption_times")
    ]
    for page in pages:
        (folder / page["file"]).write_text(PAGE.format(title=page["title"], rows=rows), encoding="utf-8")
    manifest = {
        "format": 1, "authority": {"name": "Anyborough"}, "period": PERIOD, "period_label": "July to September", "edition": edition,
        "synthetic": True, "input_hash": "ab" * 32, "package": {"version": "0"}, "pages": pages,
    }  # fmt: skip
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def printed(tmp_path_factory):
    try:
        paper.find_browser()
    except PanelpackError:
        pytest.skip("needs a browser: install chromium")
    homes = [tmp_path_factory.mktemp(name) for name in ("one", "another place")]
    for home in homes:
        (home / paper.HEADER).write_text(HEADER, encoding="utf-8")
    return [paper.print_pack(pack_in(home), home, AS_AT) for home in homes]


def test_two_prints_have_the_same_bytes_and_give_the_day_of_the_pack(printed):
    assert printed[0].read_bytes() == printed[1].read_bytes()
    reader = PdfReader(printed[0])
    assert reader.metadata["/CreationDate"] == reader.metadata["/ModDate"] == "D:20211130000000Z"
    assert len(reader.trailer["/ID"]) == 2 and printed[0].name == f"{PERIOD}.pdf"


def test_it_is_tagged_in_its_language_with_bookmarks(printed):
    reader = PdfReader(printed[0])
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] and "/StructTreeRoot" in root and root["/Lang"] == "en-GB"
    outline = str(reader.outline)
    assert all(f"The page {name}?" in outline for name in ("demand", "adoption_times")) and "Where it stands" in outline


def test_the_contents_give_the_page_on_which_each_heading_stands(printed):
    reader = PdfReader(printed[0])
    texts = [page.extract_text() for page in reader.pages]
    at = [number for number, text in enumerate(texts, 1) if "Words of the page." in text]
    lines = texts[1].split("\n")
    assert len(at) == 2 and "000" not in texts[1]
    found = [line.split()[-1] for line in lines if line.startswith("The page")] or [
        lines[place + 1].strip() for place, line in enumerate(lines) if line.startswith("The page")
    ]
    assert found == [str(number) for number in at]


def test_each_page_has_its_number_and_the_heads_of_tables_come_again(printed):
    texts = [page.extract_text() for page in PdfReader(printed[0]).pages]
    assert all(f"Page {number} of {len(texts)}" in text for number, text in enumerate(texts, 1))
    assert sum("Heading of the table" in text for text in texts) >= 4  # two tables of 120 rows, each over several pages


def test_a_long_folded_table_is_said_where_it_stands_and_what_was_said_once_is_not_said_again(printed):
    reader = PdfReader(printed[0])
    text = " ".join(" ".join(page.extract_text().split()) for page in reader.pages)
    assert "beneath it on demand.html of the pack, and as demand/by_month.csv in its folder tables" in text
    assert text.count("row") - text.count("rows") <= 2 * 120 + 20
    assert text.count("Short and folded") == 1
    assert reader.pdf_header == "%PDF-1.7"


def test_the_cover_has_the_header_and_nothing_of_a_screen_is_printed(printed):
    texts = [page.extract_text() for page in PdfReader(printed[0]).pages]
    for said in ("Scrutiny <Panel>", "7 December 2021", "Head of Performance", "Public", "ab" * 8, "Synthetic"):
        assert said in texts[0]
    assert not any("Download" in text or "Menu" in text for text in texts)


def test_without_a_browser_it_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setattr(paper.shutil, "which", lambda name: None)
    with pytest.raises(PanelpackError, match="Install chromium"):
        paper.print_pack(pack_in(tmp_path), tmp_path, AS_AT)


def test_a_restricted_pack_is_printed_for_its_owner_alone_and_needs_its_paragraph(tmp_path, monkeypatch):
    pack = pack_in(tmp_path, "restricted")
    (tmp_path / paper.HEADER).write_text(HEADER, encoding="utf-8")
    with pytest.raises(UsageError, match="exempt_paragraph"):
        paper.print_pack(pack, tmp_path, AS_AT)
    monkeypatch.setattr(paper, "find_browser", lambda: "browser")
    monkeypatch.setattr(paper, "_print", lambda *_: b"")
    monkeypatch.setattr(paper, "_page_numbers", lambda _: {})
    monkeypatch.setattr(paper, "_stamped", lambda *_: b"%PDF")
    (tmp_path / paper.HEADER).write_text(HEADER + "exempt_paragraph = 2\n", encoding="utf-8")
    path = paper.print_pack(pack, tmp_path, AS_AT)
    assert path == tmp_path / "outputs/restricted/pdf" / f"{PERIOD}.pdf"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600 and stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("exempt_paragraph = 8", "from 1 to 7"),
        ("exempt_paragraph = true", "exempt_paragraph must be a int"),
        ("comittee = 'x'", "comittee is not one of"),
        ("= 1", "cannot be read"),
    ],
)
def test_a_header_that_is_not_right_is_refused(tmp_path, entry, said):
    (tmp_path / paper.HEADER).write_text(HEADER + entry, encoding="utf-8")
    with pytest.raises(UsageError, match=said):
        paper.read_header(tmp_path, PERIOD)


def test_without_a_header_there_is_none(tmp_path):
    assert paper.read_header(tmp_path, PERIOD) is None


def test_a_run_prints_each_pack_and_one_without_a_browser_says_so_once(tmp_path, monkeypatch, capsys):
    from types import SimpleNamespace

    from analysis_lib.cli import _print_packs

    packs = [pack_in(tmp_path), pack_in(tmp_path, "restricted")]
    authority = SimpleNamespace(home=tmp_path, as_at=lambda period: AS_AT)
    monkeypatch.setattr(paper.shutil, "which", lambda name: None)
    reasons = _print_packs(authority, packs, sys.stdout)
    assert len(reasons) == 1 and "Install chromium" in reasons[0] and "On paper" not in capsys.readouterr().out
    monkeypatch.setattr(paper, "find_browser", lambda: "browser")
    monkeypatch.setattr(paper, "_print", lambda *_: b"")
    monkeypatch.setattr(paper, "_page_numbers", lambda _: {})
    monkeypatch.setattr(paper, "_stamped", lambda *_: b"%PDF")
    assert _print_packs(authority, packs, sys.stdout) == []
    assert capsys.readouterr().out.count("On paper: ") == 2 and all(paper.paper_path(pack).exists() for pack in packs)
