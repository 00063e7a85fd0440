"""What a notebook opens: which tables it was given, and which of them it has used."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from analysis_lib.authority import read_authority
from analysis_lib.disclosure.printed import PrintedFigure
from analysis_lib.disclosure.register import Entry, Publication, SignOff, extend
from analysis_lib.errors import Closed, PanelpackError
from analysis_lib.metrics.facts import every_measure
from analysis_lib.page import Page
from analysis_lib.periods import Period
from analysis_lib.results import COLUMNS, Result

HOME = Path(__file__).resolve().parents[1]


@pytest.fixture
def page(tmp_path):
    tables = {"adoptions": pd.DataFrame({"child_id": ["a"]})}
    return Page(read_authority(HOME), Period.parse("2021-22-Q2"), "public", tmp_path, tables)


def test_an_optional_table_that_the_returns_have_is_given_and_counts_as_used(page):
    assert page.optional("adoptions") is page.tables["adoptions"]
    assert page.used == {"adoptions"}


def test_an_optional_table_that_they_lack_is_none_and_not_used(page):
    assert page.optional("adoption_list") is None
    assert page.used == set()


def test_a_table_that_must_be_there_stops_the_page(page):
    with pytest.raises(Closed, match="no file of Annex A list 10"):
        page["adoption_list"]


def told(page, *extracts, used=(), rest=()):
    """The banner's notices of a page with these extracts (family, covers_to, extract date, given) and returns used."""
    columns = ["family", "covers_to", "extract_date", "given"]
    days = dict.fromkeys(("covers_to", "extract_date"), "datetime64[us]")
    page.tables["extracts"] = pd.DataFrame(extracts, columns=columns).astype(days).assign(label="returns")
    columns = ["family", "year", "extract_date", "given", "final"]
    types = {"extract_date": "datetime64[us]", "final": "boolean"}
    page.tables["returns_used"] = pd.DataFrame(used, columns=columns).astype(types)
    return list(page.banner().text[2:])


def test_a_page_from_a_final_return_says_nothing_more(page):
    used = [("ssda903", "2021-22", "2022-03-31", True, None)]
    assert told(page, ("ssda903", "2022-03-31", "2022-03-31", True), used=used) == []


def test_a_page_from_an_extract_within_the_year_is_provisional(page):
    used = [("ssda903", "2021-22", "2021-11-08", True, None)]
    said = told(page, ("ssda903", "2021-11-08", "2021-11-08", True), used=used)
    assert said == [
        "Provisional: figures from the SSDA903 return of children looked after are counted from an extract of "
        "8 November 2021; the year's return may correct them."
    ]
    assert "<p>Provisional: figures" in page.banner().html
    assert page.banner().title.endswith("Some are provisional.")


def test_a_return_that_its_card_calls_not_final_is_provisional(page):
    used = [("ssda903", "2021-22", "2022-05-12", True, False)]
    (said,) = told(page, ("ssda903", "2022-03-31", "2022-05-12", True), used=used)
    assert said.endswith("are counted from an extract of 12 May 2022 that is not final yet.")


def test_an_extract_without_a_day_that_ends_before_the_period_is_said(page):
    used = [("ssda903", "2021-22", "2021-09-27", False, None)]
    said = told(page, ("ssda903", "2021-10-28", "2021-09-27", False), used=used)
    assert said[0].endswith("from an extract that ends with 27 September 2021; the year's return may correct them.")
    assert said[1] == (
        "No extract date is stated for the SSDA903 return of children looked after (last entry of 27 September 2021): "
        "what followed up to 30 September 2021 may be missing."
    )


@pytest.mark.parametrize(("extracted", "is_later"), [("2021-11-30", False), ("2021-12-01", True)])
def test_returns_extracted_after_the_as_at_day_hold_later_corrections_and_the_page_says_so(page, extracted, is_later):
    told(page, ("ssda903", extracted, extracted, True))
    line = page.provenance().text[0]
    assert line.startswith("Figures from returns count what had happened by 30 September 2021")
    assert ("a pack made at the time may have shown other figures" in line) is is_later


def test_a_return_without_any_day_is_said_to_have_none(page):
    assert told(page, ("ssda903", None, None, False), used=[("ssda903", "2021-22", None, False, None)])[0].endswith(
        "are counted from an extract of a day not stated; the year's return may correct them."
    )


def test_what_the_gate_did_goes_with_the_last_output_and_the_exact_edition_has_none(page):
    page.tables["extracts"] = pd.DataFrame({"label": ["synthetic"], "extract_date": [pd.Timestamp("2021-10-31")]})
    result = girls_and_boys(3, 40)
    page.release(result)
    assert [(each.what_done, each.numerator) for each in page.provenance().restricted] == [("hidden", 3), ("shown", 40)]
    exact = replace(page, edition="restricted")
    exact.release(result)
    assert exact.provenance().restricted == ()


def test_the_data_of_a_page_are_what_it_used_with_the_days_of_extract_and_of_issue(page):
    extracts = [("ssda903", "2021-12-01", "2021-12-01", True), ("annex_a", "2021-12-01", "2021-11-29", False)]
    told(page, *extracts)
    page.tables["benchmarks"] = pd.DataFrame(
        {"source": ["DfE, a release", "DfE, another"], "issued": pd.to_datetime(["2021-11-18", "2021-10-28"])}
    )
    page.optional("adoptions")
    cited = page.provenance("DfE, a release", "ONS, undated")
    assert cited.page["data"] == [
        "SSDA903 return of children looked after: council returns, extracted on 1 December 2021",
        "Published figures: the publications named under the sources, the latest issued on 18 November 2021",
    ]
    assert "DfE, a release (issued 18 November 2021)" in cited.text and "ONS, undated" in cited.text
    page.used.add("cp_plans")
    assert (
        page.provenance()
        .page["data"][1]
        .endswith(": council returns, no extract date stated, last entry of 29 November 2021")
    )


def test_a_page_defines_the_measures_that_it_has_figures_of(page):
    page.tables["extracts"] = pd.DataFrame({"label": ["synthetic"]})
    result = girls_and_boys(20, 40)
    assert page.shown([result.measure]) == []
    page.release(result)
    other = replace(result.measure, name="other")
    assert page.shown([other, result.measure]) == [result.measure]


def girls_and_boys(*counts):
    """Children on the youth offending caseload by sex."""
    frame = pd.DataFrame({"sex": ["Female", "Male"], "value": map(float, counts)})
    day = pd.Timestamp("2021-09-30")
    frame = frame.assign(measure="yos_caseload_by", period_start=pd.Timestamp("2021-04-01"), period_end=day)
    frame = frame.reindex(columns=[*COLUMNS[:3], "sex", *COLUMNS[3:]]).assign(method="count", symbol="", source="")
    return Result(every_measure()["yos_caseload_by"], frame, ("sex",))


def test_a_page_knows_the_signed_packs_of_other_periods(page, tmp_path):
    page = replace(page, releases=tmp_path / "releases")
    page.tables["extracts"] = pd.DataFrame({"label": ["synthetic"]})
    assert page.earlier == []
    figures = {
        period: PrintedFigure("looked_after", (), "", f"{period} end", "value", "543")
        for period in ("2021-22-Q1", "2021-22-Q2")
    }
    for period, figure in figures.items():
        publication = Publication.of("aa", [figure], SignOff("Head of Performance", "2021-11-30"))
        extend(page.releases, Entry(period, page.authority.area.code, True, (publication,)))
    assert replace(page).earlier == [figures["2021-22-Q1"]]
    page.tables["extracts"]["label"] = "returns"
    with pytest.raises(PanelpackError, match="of synthetic returns"):
        _ = replace(page).earlier
