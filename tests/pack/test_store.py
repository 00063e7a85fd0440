import hashlib

import pandas as pd
import pytest
from fake_pack import page_cells, write_notebook

from analysis_lib.errors import UsageError
from analysis_lib.pack.plan import read_notebook
from analysis_lib.pack.store import open_store, periods_served
from analysis_lib.periods import Period


@pytest.fixture
def needs(tmp_path):
    def notebook(*families, tables=()):
        return read_notebook(write_notebook(tmp_path, "n", page_cells(), families, tables))

    return notebook


def test_inputs_are_named_as_in_any_copy_of_the_project(authority, prepared):
    store = open_store(authority, authority.returns)
    content = (authority.returns / "episodes.csv").read_bytes()
    assert sorted(store.inputs) == ["published/benchmarks.csv", "returns/episodes.csv"]
    assert store.inputs["returns/episodes.csv"] == hashlib.sha256(content).hexdigest()


def test_a_folder_that_is_not_there_is_named(authority, prepared, tmp_path):
    with pytest.raises(UsageError, match="no folder .*nowhere with returns. Give one with --data"):
        open_store(authority, tmp_path / "nowhere")


def test_returns_that_a_notebook_needs_and_that_are_absent_are_named(authority, prepared, needs):
    store = open_store(authority, authority.returns)
    assert store.absent(needs("ssda903")) == ""
    said = store.absent(needs("ssda903", "virtual_school", "youth_offending"))
    assert (
        said == "it needs the virtual school extract and the youth offending extract, and the returns folder has none"
    )


def test_a_table_that_a_bad_file_closed_is_named_before_anything_starts(authority, prepared, needs):
    prepared(closed={"episodes": "episodes.csv: expected a header row and data. Export it again."})
    store = open_store(authority, authority.returns)
    said = store.absent(needs("ssda903", tables=("care_periods",)))
    assert said.startswith("SSDA903 Episodes cannot be used, so there is no table care_periods: episodes.csv: expected")
    assert store.absent(needs("ssda903", tables=("reviews",))) == ""


@pytest.mark.parametrize(
    ("covers_to", "extracted", "given", "said"),
    [
        ("2021-09-29", "2021-09-29", True, "were extracted on 29 September 2021, and 2021-22-Q2 ends on 30 September"),
        ("2021-09-30", "2021-09-30", True, ""),
        ("2021-10-01", "2021-10-01", True, ""),
        ("2021-03-31", "2021-10-01", True, "tell of the time to 31 March 2021, and 2021-22-Q2 ends on 30 September"),
        ("2021-09-30", "2021-08-30", False, ""),
        ("2021-09-29", "2021-08-29", False, "do not say when they were extracted, and tell of nothing after 29 August"),
    ],
    ids=["day before", "last day", "day after", "a return of the year before", "a month after the last entry", "later"],
)
def test_a_period_may_not_end_after_what_the_returns_reach(
    authority, prepared, needs, covers_to, extracted, given, said
):
    prepared(extracted=extracted, covers_to=covers_to, given=given)
    store = open_store(authority, authority.returns)
    answer = store.unserved(needs("ssda903"), Period.parse("2021-22-Q2"))
    assert said in answer and bool(answer) is bool(said)
    assert store.unserved(needs("virtual_school"), Period.parse("2021-22-Q2")) == ""
    assert store.last_day(needs("ssda903")) == pd.Timestamp(covers_to)


@pytest.mark.parametrize(
    ("period", "refused"), [("2016-M03", True), ("2016-M04", False), ("2015-16", True), ("2016-17", False)]
)
def test_a_period_may_not_end_before_the_returns_begin(authority, prepared, needs, period, refused):
    prepared(covers_from="2016-04-01")
    store = open_store(authority, authority.returns)
    said = store.unserved(needs("ssda903"), Period.parse(period))
    assert said == (
        f"its returns (SSDA903 return of children looked after) begin on 1 April 2016, after {period}"
        if refused
        else ""
    )


def test_problems_are_counted(authority, prepared):
    prepared(problems=3)
    assert open_store(authority, authority.returns).problems == {"error": 3}


@pytest.mark.parametrize(
    ("day", "latest"),
    [
        ("2026-03-31", "2026-M03, 2025-26-Q4, 2025-26-H2, 2025-26"),
        ("2026-03-30", "2026-M02, 2025-26-Q3, 2025-26-H1, 2024-25"),
        ("2021-09-30", "2021-M09, 2021-22-Q2, 2021-22-H1, 2020-21"),
    ],
)
def test_the_periods_that_an_extract_can_serve(authority, prepared, needs, day, latest):
    prepared(extracted=day, covers_from="2016-04-01")
    store = open_store(authority, authority.returns)
    served = periods_served(store, needs("ssda903"))
    assert served.startswith("any period from 1 April 2016 to ")
    assert served.endswith(f": up to {latest}")
