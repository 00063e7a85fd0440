"""`docs/architecture.md` tells the way of one number, from a row of a return to a sentence. Here it is walked."""

import re
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from executed_page import execute, shown

from analysis_lib.metrics import looked_after
from analysis_lib.page import open_page

HOME = Path(__file__).resolve().parents[1]
TOLD = (HOME / "docs" / "architecture.md").read_text(encoding="utf-8")
RAW, LINE = "data/raw/synthetic/ssda903/2021-22/episodes.csv", 38
ROW = "SYN000156,13/06/2021,P,C2,N5,U3,PR1,,,,TS7 8QN,DL2 1JL,SC990001"
CHANGED = pd.Timestamp(2021, 6, 13)
CHILD, KEY = "dac04a98ba49e195", "looked_after;/2021-09-30;value;;0"
SENTENCE = "On 30 September 2021 Middlesbrough looked after 543 children"


@pytest.fixture(scope="module")
def page():
    return open_page("2021-22-Q2")


@pytest.fixture(scope="module")
def counted(page):
    return looked_after.looked_after_at(page["care_periods"], census_date=page.period.end)


@cache
def answer() -> str:
    (said,) = shown(execute("demand", period="2021-22-Q2", edition="public"))["answer"]
    return said["html"]


def test_the_row_of_the_return(page):
    assert f"`{RAW}`, line {LINE}" in TOLD and f"`{ROW}`" in TOLD
    assert (HOME / RAW).read_text(encoding="utf-8").splitlines()[LINE - 1] == ROW


def test_the_tidy_tables_know_the_child_by_a_hash_alone(page):
    assert f"`{CHILD}`" in TOLD
    episodes = page["episodes"].query("child_id == @CHILD").query("episode_start == @CHANGED")
    assert episodes[["reason_new_episode", "legal_status", "place"]].values.tolist() == [["P", "C2", "U3"]]
    assert not re.search(r"SYN\d|TS7|DL2", episodes.to_csv())
    (spell,) = page["care_periods"].query("child_id == @CHILD").to_dict("records")
    assert f"{spell['care_start']:%-d %B %Y}" == "23 June 2010" and "in care since 23 June 2010" in TOLD
    assert spell["care_end"] != spell["care_end"]  # not known to have ended


def test_the_measure_counts_the_child_among_543(page, counted):
    without = page["care_periods"].query("child_id != @CHILD")
    (row,) = counted.exact().to_dict("records")
    (other,) = looked_after.looked_after_at(without, census_date=page.period.end).exact().to_dict("records")
    assert (row["numerator"], other["numerator"]) == (543, 542)
    assert "that day: 543" in TOLD


def test_the_gate_releases_it(page, counted):
    assert page.release(counted).latest().text == "543"
    assert 'to be printed as "543"' in TOLD


def test_the_sentence_says_it_with_its_key():
    assert f'"{SENTENCE}"' in TOLD and f"`{KEY}`" in TOLD
    assert f'<span data-figure="{KEY}">543</span> children' in answer()
    assert SENTENCE in re.sub(r"<[^>]+>", "", answer())


def test_a_table_of_the_page_has_it_too():
    assert "`tables/demand/children_now.csv`" in TOLD
    tables = [
        each for cell in shown(execute("demand", period="2021-22-Q2", edition="public")).values() for each in cell
    ]
    (now,) = [each for each in tables if each["name"] == "children_now"]
    assert "Children looked after,543," in now["csv"]


def test_every_folder_of_the_library_has_its_line():
    folders = {path.name for path in (HOME / "analysis_lib").iterdir() if (path / "__init__.py").is_file()}
    assert folders == set(re.findall(r"`analysis_lib/(\w+)`", TOLD))
