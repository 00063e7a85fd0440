"""The peer-made five years of the SSDA903, as another council would bring them: through the command, and counted again.

Its folders are named for the year in which each return begins, and hold no Annex A.
"""

import csv
import datetime as dt
import json
import sys
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest
from executed_page import HOME

from analysis_lib import cli
from analysis_lib.sources import TABLES

RETURNS = HOME.parent / "shared" / "real-data" / "ssda903-five-years"
pytestmark = pytest.mark.skipif(not RETURNS.is_dir(), reason="needs ../shared: the peer-made returns")
SHORT_BREAKS = ("V3", "V4")


def panelpack(*arguments):
    """The exit code of the command."""
    with pytest.MonkeyPatch.context() as patch, pytest.raises(SystemExit) as stop:
        patch.chdir(HOME)
        patch.setattr(sys, "argv", ["panelpack", *map(str, arguments)])
        cli.main()
    return stop.value.code


@pytest.fixture(scope="module")
def pack(tmp_path_factory):
    output = tmp_path_factory.mktemp("outputs")
    code = panelpack(
        "run", "--data", RETURNS, "--period", "2021-22", "--notebook", "demand", "--edition", "restricted",
        "--output", output,
    )  # fmt: skip
    assert code == 0
    return output / "restricted" / "2021-22"


def day(text):
    return dt.date(*map(int, reversed(text.split("/")))) if text else None


def rows_of(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def last_day_of_return(rows):
    """31 March of the financial year in which the latest episode of a return starts: its content decides, not its folder."""
    latest = max(day(row["DECOM"]) for row in rows)
    return dt.date(latest.year + (latest.month >= 4), 3, 31)


def episodes():
    """(child, first day, last day or None) of every episode: the latest return wins for a child's episodes from one day;
    what is open in a return and in no later one ended on the day after it."""
    returns = {last_day_of_return(rows): rows for rows in map(rows_of, sorted(RETURNS.glob("*/episodes.csv")))}
    told = {}
    for last_day in sorted(returns):
        for row in returns[last_day]:
            by_return = told.setdefault((row["CHILD"], row["DECOM"]), {})
            by_return.setdefault(last_day, {})[row["RNE"]] = row
    found = []
    for by_return in told.values():
        last_day = max(by_return)
        for row in by_return[last_day].values():
            end = day(row["DEC"])
            if end is None and last_day < max(returns):
                end = last_day + dt.timedelta(days=1)
            if row["LS"] not in SHORT_BREAKS:
                found.append((row["CHILD"], day(row["DECOM"]), end))
    return found


def test_every_month_end_is_that_of_a_plain_loop(pack):
    every = episodes()
    months = rows_of(pack / "tables" / "demand" / "looked_after.csv")
    assert len(months) == 5 * 12
    for month in months:
        on = pd.to_datetime(month["On"], format="%d %B %Y").date()
        in_care = {child for child, start, end in every if start <= on and not (end and end <= on)}
        assert int(month["Children looked after"]) == len(in_care), on
    last = {month["On"]: int(month["Children looked after"]) for month in months}
    assert (last["31 March 2018"], last["31 March 2022"]) == (466, 55)


def test_what_needs_annex_a_is_closed_in_its_own_sections_and_said_at_the_top(pack):
    page = (pack / "demand.html").read_text(encoding="utf-8")
    assert page.count('<div class="note closed">') == 2
    (entry,) = [each for each in json.loads((pack / "manifest.json").read_text())["pages"]]
    assert entry["answer"][0]["text"] == (
        "On 31 March 2022 Middlesbrough looked after 55 children: 17 in every 10,000 aged 0 to 17."
    )
    assert entry["answer"][-1]["text"] == (
        "This page cannot say how many children are on a child protection plan, because there is no file of Annex A list 7 "
        "(child protection plans) among the returns. Nor can it say how many are on a child in need plan alone, because "
        "there is no file of Annex A list 6 (children in need) among the returns."
    )
    assert not (pack / "tables" / "demand" / "protection_plans.csv").exists()


def test_its_problems_are_listed_on_the_page_and_by_the_check(pack, tmp_path, capsys):
    quality = rows_of(pack / "tables" / "demand" / "data_quality.csv")
    report = tmp_path / "problems.csv"
    panelpack("check", "--data", RETURNS, "--report", report)
    capsys.readouterr()
    listed = rows_of(report)
    used = {TABLES[name].title: name for name in ("header", "episodes")}
    warnings = {used[row["Return"]]: int(row["Warnings"].replace(",", "")) for row in quality}
    by_table = Counter(row["table"] for row in listed if row["severity"] == "warning")
    assert warnings == {name: by_table[name] for name in used.values()} and by_table["episodes"] > 0
    assert {Path(row["file"]).name for row in listed} & {"episodes.csv"}
