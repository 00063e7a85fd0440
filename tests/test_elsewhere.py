"""What others have published of the council's own children, as figures that an attacker knows."""

import pandas as pd
import pytest

from analysis_lib.authority import Area, read_authority
from analysis_lib.disclosure.printed import PrintedFigure
from analysis_lib.elsewhere import public_figures, published_as
from analysis_lib.metrics import child_protection, looked_after
from analysis_lib.metrics.facts import every_measure
from analysis_lib.page import page_of
from analysis_lib.periods import Period

US = Area("Ours", "E1")
DAY = pd.Timestamp("2021-11-30")


def benchmark(**facts) -> dict:
    plain = {
        "indicator": "cla_31mar_number", "area_code": "E1", "period_start": None, "period_end": "2021-03-31", "value": 570.0,
        "unit": "children", "numerator": None, "denominator": None, "first_released": "2021-11-18", "source": "DfE 2021",
        "method": "as published",
    }  # fmt: skip
    return {**plain, **facts}


def printed(**facts) -> dict:
    plain = {
        "measure": "children_looked_after", "council_code": "E1", "breakdown": "", "period_start": None,
        "period_end": "2021-09-30", "value": 543.0, "unit": "children", "published": "2021-11-30",
    }  # fmt: skip
    return {**plain, **facts}


def tables(benchmarks=(), council_figures=()) -> dict[str, pd.DataFrame]:
    made = {
        "benchmarks": pd.DataFrame(list(benchmarks), columns=list(benchmark())),
        "council_figures": pd.DataFrame(list(council_figures), columns=list(printed())),
    }
    for name, days in (("benchmarks", ["first_released"]), ("council_figures", ["published"])):
        for column in ("period_start", "period_end", *days):
            made[name][column] = pd.to_datetime(made[name][column])
    numbers = ["value", "numerator", "denominator"]
    made["benchmarks"] = made["benchmarks"].astype(dict.fromkeys(numbers, float))
    made["council_figures"] = made["council_figures"].astype({"value": float})
    return made


def told(found) -> list[tuple[str, str, str]]:
    return [(figure.measure, figure.what, figure.text) for figure in found]


def test_a_published_number_is_the_number_of_our_measure():
    (figure,) = public_figures(tables([benchmark()]), US, DAY)
    assert figure == PrintedFigure("looked_after", (), "", "2021-03-31", "value", "570")


def test_a_percentage_has_its_groups_its_decimals_and_what_it_is_made_of():
    whole = dict(indicator="cla_ks2_rwm_pct", unit="%", period_start="2018-09-01", period_end="2019-08-31")
    rows = [
        benchmark(**whole, value=45.0, numerator=9, denominator=20),
        benchmark(**whole, value=37.5, area_code="E2"),
    ]
    found = public_figures(tables(rows), US, DAY)
    assert told(found) == [
        ("ks2_expected_standard", "denominator", "20"),
        ("ks2_expected_standard", "numerator", "9"),
        ("ks2_expected_standard", "value", "45.0%"),
    ]
    assert {(figure.groups, figure.start, figure.end) for figure in found} == {
        ((("standard", "All three"),), "2018-09-01", "2019-08-31")
    }


def test_the_decimals_of_another_publication_do_not_count():
    rows = [
        benchmark(indicator="cla_ks2_rwm_pct", unit="%", value=45.0),
        benchmark(indicator="cla_ks2_rwm_pct", unit="%", value=37.5, area_code="E2", source="DfE 2020"),
    ]
    assert told(public_figures(tables(rows), US, DAY)) == [("ks2_expected_standard", "value", "45%")]


@pytest.mark.parametrize(
    "facts",
    [
        {"area_code": "E2"},
        {"first_released": "2021-12-01"},
        {"value": None},
        {"indicator": "cla_31mar_rate"},
        {"method": "computed here"},
    ],
)
def test_what_is_not_ours_not_out_hidden_or_no_count_of_ours_is_left_out(facts):
    assert public_figures(tables([benchmark(**facts)]), US, DAY) == []


def test_a_figure_that_is_out_on_the_day_counts():
    assert len(public_figures(tables([benchmark(first_released=DAY)]), US, DAY)) == 1


def test_of_a_number_that_is_printed_differently_none_is_taken():
    both = [benchmark(), benchmark(value=571.0, source="DfE 2022")]
    assert public_figures(tables(both), US, DAY) == []
    assert len(public_figures(tables([benchmark(), benchmark(source="DfE 2022")]), US, DAY)) == 1


def test_what_the_council_printed_of_itself_counts_and_its_breakdowns_do_not():
    rows = [
        printed(),
        printed(value=702.0, breakdown="highest point", period_end="2020-09-30"),
        printed(council_code="E2", period_end="2020-03-31"),
        printed(published="2021-12-01", period_end="2020-06-30"),
    ]
    assert told(public_figures(tables(council_figures=rows), US, DAY)) == [("looked_after", "value", "543")]


def test_of_synthetic_returns_only_what_they_were_made_to_give():
    rows = [benchmark(), benchmark(indicator="cpp_started_number")]
    found = public_figures(tables(rows, [printed()]), US, DAY, synthetic=True)
    assert told(found) == [("looked_after", "value", "570")]


def test_every_figure_is_a_number_of_a_measure_that_there_is():
    assert {number.name for number, _ in published_as().values()} <= set(every_measure())


def test_the_demonstration_gives_the_figures_that_it_was_made_to_give():
    authority = read_authority()
    page = page_of(authority, Period.parse("2021-22-Q2"), "public")
    found = {figure.key: figure for figure in public_figures(page.tables, authority.area, page.as_at, synthetic=True)}
    days = [Period.parse(f"20{year}-{year + 1}").end for year in range(16, 21)]
    years = [Period.parse(f"20{year}-{year + 1}") for year in range(16, 21)]
    ours = [
        looked_after.looked_after_at(page["care_periods"], census_date=days),
        looked_after.children_starting(page["care_periods"], period=years),
        looked_after.children_ceasing(page["care_periods"], period=years),
        child_protection.on_protection_plan_at(page["cp_plans"], census_date=days),
    ]
    for result in ours:
        for row in result.exact().itertuples():
            start = "" if pd.isna(row.period_start) else f"{row.period_start:%Y-%m-%d}"
            figure = PrintedFigure(result.measure.name, (), start, f"{row.period_end:%Y-%m-%d}", "value", "")
            assert found[figure.key].text == f"{row.value:,.0f}"
    assert "children_adopted;2020-04-01/2021-03-31;value;;0" in found
