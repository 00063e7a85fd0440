"""Our result beside the region, England, statistical neighbours and what the council printed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis_lib.authority import Area
from analysis_lib.compare import (
    DFE_MEDIAN,
    NEIGHBOURS,
    beside_others,
    council_points,
    lists_of,
    members_of,
    neighbours,
    population,
    preceding_mid_year,
    published,
    together,
)
from analysis_lib.errors import Closed, UsageError
from analysis_lib.results import PUBLISHED, Measure
from analysis_lib.sources.published.published import read_published

MIDDLESBROUGH, REDCAR = Area("Middlesbrough", "E06000002"), Area("Redcar and Cleveland", "E06000003")
NORTH_EAST, ENGLAND = Area("North East", "E12000001"), Area("England", "E92000001")
LIST_2021, LIST_2025 = "2021 (April 2021)", "2025 (May 2025)"


def measure(unit: str) -> Measure:
    return Measure("looked_after", "Children looked after", "On the day.", unit, "neither", "DfE")


RATE, PERCENT, CHILDREN = measure("per 10,000"), measure("%"), measure("children")


@pytest.fixture(scope="module")
def tables():
    tables = read_published(Path(__file__).parents[1] / "data" / "raw" / "published")
    return tables | {"statistical_neighbours": lists_of(tables["statistical_neighbours"], MIDDLESBROUGH)}


def day(text: str) -> pd.Timestamp:
    return pd.Timestamp(text)


# published


def test_published_rates_of_march_2021_are_dfe_s(tables):
    """DfE, Children looked after in England including adoptions: 172 in Middlesbrough, 108 North East, 67 England."""
    result = published(
        RATE,
        tables["benchmarks"],
        indicator="cla_31mar_rate",
        areas=[MIDDLESBROUGH, NORTH_EAST, ENGLAND],
        since=day("2021-03-31"),
        until=day("2021-03-31"),
    )
    frame = result.exact()
    assert frame["area"].tolist() == ["Middlesbrough", "North East", "England"]
    assert frame["value"].iloc[0] == 172
    assert (frame["numerator"].iloc[0], frame["denominator"].iloc[0]) == (570, 33231)
    assert frame["period_start"].isna().all()
    assert set(frame["method"]) == {"as published"}
    assert frame["source"].str.startswith("DfE, ").all()
    assert result.origin == PUBLISHED


def test_a_flow_keeps_the_first_day_of_its_year(tables):
    result = published(
        CHILDREN, tables["benchmarks"], indicator="adopted_number", areas=[MIDDLESBROUGH], until=day("2021-03-31")
    ).exact()
    assert result["value"].iloc[-2:].tolist() == [16, 25]
    assert result["period_start"].iloc[-1] == day("2020-04-01")


def test_a_hidden_figure_is_missing_with_its_symbol(tables):
    result = published(PERCENT, tables["benchmarks"], indicator="cla_ks4_em95_pct", areas=[MIDDLESBROUGH]).exact()
    hidden = result[result["value"].isna()]
    assert len(hidden) and set(hidden["symbol"]) == {"c"}


def test_before_the_first_release_there_is_nothing(tables):
    benchmarks = tables["benchmarks"]
    known = benchmarks[benchmarks["first_released"] <= day("2012-01-01")]
    assert len(published(RATE, known, indicator="cla_31mar_rate", areas=[MIDDLESBROUGH])) == 0


def test_a_rate_is_not_shown_as_a_count(tables):
    with pytest.raises(ValueError, match="looked_after is in children, cla_31mar_rate in per 10,000"):
        published(CHILDREN, tables["benchmarks"], indicator="cla_31mar_rate", areas=[ENGLAND])


# neighbours


@pytest.mark.parametrize(
    ("average", "year", "expected"),
    [
        ("mean", 2018, 119.6),
        ("mean", 2019, 125.9),
        ("mean", 2020, 131.6),
        ("mean", 2021, 135.3),
        ("median", 2021, 122.0),
    ],
)
def test_the_average_neighbour_of_the_2021_list(tables, average, year, expected):
    """By a hand calculation on the ten whole-number rates that DfE prints."""
    result = neighbours(
        RATE,
        tables["benchmarks"],
        tables["statistical_neighbours"],
        indicator="cla_31mar_rate",
        model=LIST_2021,
        average=average,
    ).exact()
    row = result[result["period_end"] == f"{year}-03-31"].iloc[0]
    assert row["value"] == pytest.approx(expected, abs=0.05)
    assert row["method"] == f"{average} of 10 of 10 statistical neighbours (2021 list)"


def test_our_median_of_the_2025_list_is_the_one_that_dfe_prints(tables):
    ours = neighbours(
        RATE,
        tables["benchmarks"],
        tables["statistical_neighbours"],
        indicator="cla_31mar_rate",
        model=LIST_2025,
        average="median",
    ).exact()
    theirs = published(RATE, tables["benchmarks"], indicator="cla_31mar_rate", areas=[DFE_MEDIAN]).exact()
    both = ours.merge(theirs, on="period_end", suffixes=("", "_dfe"))
    assert len(both) == 5
    assert np.abs(both["value"] - both["value_dfe"]).max() <= 0.5  # DfE prints whole numbers


def ten_councils(values: list[float]) -> tuple[pd.DataFrame, pd.DataFrame]:
    codes = [f"E0600010{place}" for place in range(10)]
    members = pd.DataFrame({"model": LIST_2021, "area_code": codes})
    rows = pd.DataFrame({"area_code": codes, "value": values}).assign(
        indicator="rate", unit="per 10,000", time_period="2021", period_start=pd.NaT, period_end=day("2021-03-31"),
        numerator=np.nan, denominator=np.nan, symbol="", source="DfE",
    )  # fmt: skip
    return rows, members


@pytest.mark.parametrize(
    ("known", "value", "symbol"), [(10, 80.0, ""), (5, 80.0, ""), (4, np.nan, "x"), (0, np.nan, "x")]
)
def test_fewer_than_half_of_the_list_give_no_average(known, value, symbol):
    rows, members = ten_councils([80.0] * known + [np.nan] * (10 - known))
    row = neighbours(RATE, rows, members, indicator="rate", model=LIST_2021).exact().iloc[0]
    assert row["value"] == pytest.approx(value, nan_ok=True)
    assert row["symbol"] == symbol
    assert row["denominator"] == known
    assert row["method"] == f"mean of {known} of 10 statistical neighbours (2021 list)"


def test_a_member_without_any_row_counts_as_without_a_figure():
    rows, members = ten_councils([80.0] * 9 + [90.0])
    row = neighbours(RATE, rows.iloc[:9], members, indicator="rate", model=LIST_2021).exact().iloc[0]
    assert (row["value"], row["denominator"]) == (80, 9)
    assert row["method"] == "mean of 9 of 10 statistical neighbours (2021 list)"


@given(st.permutations(range(10)), st.lists(st.integers(20, 300), min_size=10, max_size=10))
def test_the_order_of_the_rows_does_not_matter(order, values):
    rows, members = ten_councils([float(value) for value in values])
    there = neighbours(RATE, rows, members, indicator="rate", model=LIST_2021, average="median").exact()
    back = neighbours(RATE, rows.iloc[order], members, indicator="rate", model=LIST_2021, average="median").exact()
    pd.testing.assert_frame_equal(there, back)


def test_an_unknown_list_or_average_is_named(tables):
    arguments = (RATE, tables["benchmarks"], tables["statistical_neighbours"])
    with pytest.raises(Closed, match="no list of our statistical neighbours called 2014"):
        neighbours(*arguments, indicator="cla_31mar_rate", model="2014")
    with pytest.raises(UsageError, match="no average 'mode'"):
        neighbours(*arguments, indicator="cla_31mar_rate", model=LIST_2021, average="mode")


def test_no_neighbour_figure_released_gives_no_rows(tables):
    none = tables["benchmarks"].iloc[:0]
    result = neighbours(RATE, none, tables["statistical_neighbours"], indicator="cla_31mar_rate", model=LIST_2021)
    assert len(result) == 0


# council points


def test_the_council_s_points_stand_with_their_document_and_what_is_said_of_them(tables):
    frame = council_points(CHILDREN, tables["council_figures"], figures="children_looked_after").exact()
    points = frame.set_index("figure")
    assert points.loc["emr201903_cla_total", "value"] == 505
    assert points.loc["emr201903_cla_total", "method"] == "as printed by the council"
    assert "15 March 2019, Performance Information" in points.loc["emr201903_cla_total", "source"]
    assert "derived by us: 702 less" in points.loc["cpb2021_cla_september_2021", "method"]


def test_conflicting_points_of_one_month_are_both_kept(tables):
    frame = council_points(CHILDREN, tables["council_figures"], figures="children_looked_after").exact()
    assert frame[frame["period_end"] == "2022-08-31"]["value"].tolist() == [522, 535]


def test_points_of_the_council_alone_leave_out_its_comparators(tables):
    arguments = (RATE, tables["council_figures"])
    council = council_points(*arguments, figures="children_looked_after_rate", breakdown="").exact()
    everything = council_points(*arguments, figures="children_looked_after_rate").exact()
    assert 125.5 in set(everything["value"]) and 125.5 not in set(council["value"])


def test_results_of_one_measure_can_stand_together(tables):
    areas = published(RATE, tables["benchmarks"], indicator="cla_31mar_rate", areas=[MIDDLESBROUGH])
    mean = neighbours(
        RATE, tables["benchmarks"], tables["statistical_neighbours"], indicator="cla_31mar_rate", model=LIST_2021
    )
    both = together([areas, mean])
    assert len(both) == len(areas) + len(mean)
    assert both.exact()["area"].unique().tolist() == ["Middlesbrough", "Statistical neighbours"]
    with pytest.raises(ValueError, match="differ in measure"):
        together([areas, council_points(RATE, tables["council_figures"], figures="children_looked_after_rate")])


# population


@pytest.mark.parametrize(
    ("on", "year"),
    [
        ("2019-02-08", 2017),  # the council's report of 15 March 2019 divides by mid-2017
        ("2019-03-31", 2018),  # DfE
        ("2021-03-31", 2020),  # DfE
        ("2021-09-30", 2020),
        ("2021-12-31", 2020),
        ("2021-03-29", 2019),
        ("2021-03-30", 2020),
        ("2022-03-29", 2020),
        ("2020-02-29", 2018),
    ],
)
def test_the_mid_year_before(on, year):
    assert preceding_mid_year(day(on)) == year


@given(st.dates(min_value=pd.Timestamp("2013-01-01").date(), max_value=pd.Timestamp("2026-12-31").date()))
def test_the_mid_year_is_nine_to_twenty_one_months_old(on):
    mid_year = pd.Timestamp(preceding_mid_year(pd.Timestamp(on)), 6, 30)
    assert mid_year + pd.DateOffset(months=9) <= pd.Timestamp(on) < mid_year + pd.DateOffset(months=21)


def test_dfe_s_rate_of_march_2021_comes_back(tables):
    """570 children on 33,231 is 172 (171.5 before rounding)."""
    found = population(tables["population"], areas=[MIDDLESBROUGH], ages=(0, 17), day=day("2021-03-31"))
    assert (found.number, found.year) == (33231, 2020)
    assert found.name == "Office for National Statistics mid-2020 population estimate, revised after Census 2021"
    assert round(10_000 * 570 / found.number) == 172


def test_the_council_s_rate_of_february_2019_comes_back_on_the_estimate_it_used(tables):
    found = population(
        tables["population"],
        areas=[MIDDLESBROUGH],
        ages=(0, 17),
        day=day("2019-02-08"),
        vintage="mid-2017 as first published",
    )
    assert found.number == 32396
    assert found.name == "Office for National Statistics mid-2017 population estimate, as first published"
    assert round(10_000 * 505 / found.number, 1) == 155.9


def test_the_youth_offending_service_has_the_children_of_both_councils_by_sex(tables):
    both = [MIDDLESBROUGH, REDCAR]
    found = population(tables["population"], areas=both, ages=(10, 17), day=day("2021-09-30"), sexes=("female", "male"))
    persons = population(tables["population"], areas=both, ages=(10, 17), day=day("2021-09-30"))
    assert found.year == persons.year == 2020
    assert found.number == persons.number
    assert len(found.frame) == 2 * 2 * 8
    assert found.vintage == "mid-2020 as first published"


def test_an_earlier_year_stands_in_and_says_so(tables):
    found = population(tables["population"], areas=[MIDDLESBROUGH], ages=(10, 17), day=day("2019-03-31"))
    assert (found.year, found.wanted_year) == (2017, 2018)


def test_an_estimate_that_was_not_out_yet_is_not_used(tables):
    known = tables["population"][tables["population"]["released"] <= day("2022-05-31")]
    found = population(known, areas=[MIDDLESBROUGH], ages=(0, 17), day=day("2022-03-31"))
    assert (found.year, found.wanted_year) == (2020, 2021)


def test_what_is_not_held_is_named(tables):
    with pytest.raises(Closed) as error:
        population(
            tables["population"], areas=[MIDDLESBROUGH], ages=(10, 17), day=day("2020-06-30"), sexes=("female", "male")
        )
    assert error.value.why == (
        "the published tables have no estimate of the people aged 10 to 17 in Middlesbrough in mid-2019 or before, "
        "by sex"
    )


def test_half_an_answer_is_none(tables):
    """One council held, the other not: no population rather than one council's."""
    table = tables["population"]
    table = table[(table["area_code"] != REDCAR.code) | (table["year"] != 2020)]
    found = population(table, areas=[MIDDLESBROUGH, REDCAR], ages=(0, 17), day=day("2021-03-31"))
    assert found.year == 2019


# beside others


def test_members_of_a_list_come_nearest_first(tables):
    names = [area.name for area in members_of(tables["statistical_neighbours"], LIST_2021)]
    assert names[:3] == ["Hartlepool", "Salford", "Halton"]
    assert len(names) == 10


def test_areas_stand_beside_their_neighbours_for_the_days_that_ours_has(tables):
    benchmarks = tables["benchmarks"]
    ours = benchmarks["area_code"] == MIDDLESBROUGH.code
    rest = benchmarks[~(ours & (benchmarks["period_end"] > day("2021-03-31")))]
    result = beside_others(
        RATE, rest, tables["statistical_neighbours"], indicator="cla_31mar_rate",
        areas=[MIDDLESBROUGH, ENGLAND], model=LIST_2021,
    ).exact()  # fmt: skip
    assert list(dict.fromkeys(result["area"])) == ["Middlesbrough", "England", NEIGHBOURS]
    assert result["period_end"].max() == day("2021-03-31")
    latest = result[result["period_end"] == day("2021-03-31")].set_index("area")["value"]
    assert latest[["Middlesbrough", "England"]].tolist() == [172, 69]
    assert latest[NEIGHBOURS] == pytest.approx(135.3)


def test_before_anything_is_published_nothing_stands_beside_us(tables):
    none = tables["benchmarks"].iloc[:0]
    result = beside_others(
        RATE, none, tables["statistical_neighbours"], indicator="cla_31mar_rate",
        areas=[MIDDLESBROUGH, ENGLAND], model=LIST_2021,
    )  # fmt: skip
    assert len(result) == 0
