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
    ("extracted", "given", "refused"),
    [
        ("2021-09-29", True, True),
        ("2021-09-30", True, False),
        ("2021-10-01", True, False),
        ("2021-09-29", False, False),
    ],
    ids=["day before", "last day", "day after", "date only derived"],
)
def test_a_period_may_not_end_after_a_stated_extract(authority, prepared, needs, extracted, given, refused):
    prepared(extracted=extracted, given=given)
    store = open_store(authority, authority.returns)
    assert bool(store.unserved(needs("ssda903"), Period.parse("2021-22-Q2"))) is refused
    assert store.unserved(needs("virtual_school"), Period.parse("2021-22-Q2")) == ""
    assert store.last_day(needs("ssda903")) == (pd.Timestamp(extracted) if given else None)


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
