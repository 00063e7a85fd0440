"""Numbers of children over time, said and set side by side; and areas beside one another."""

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from analysis_lib.disclosure import release
from analysis_lib.metrics.counting import build
from analysis_lib.metrics.counting.spells import per_population
from analysis_lib.policy import DisclosurePolicy
from analysis_lib.report import (
    areas_by_year,
    by_measure,
    compared,
    folded,
    joined,
    latest_of,
    movement,
    movement_in_a_year,
    say,
    sources,
    stock,
    stock_trend,
    stocks_table,
)
from analysis_lib.results import PUBLISHED, Measure, Result

POLICY = DisclosurePolicy.alike(threshold=6, min_percentage_base=10, min_average_base=10, min_quartile_base=20)
CARE = Measure("care", "Children looked after", "Children in care.", "children", "neither", "DfE")
RATE = Measure("rate", "Rate", "Children in care for every 10,000.", "per 10,000", "neither", "DfE", decimals=1)
DAY = pd.Timestamp("2021-11-30")


def public(result):
    return release(result, edition="public", policy=POLICY, label="synthetic")


def counted(*numbers, last="2021-09-30"):
    """A stock of these numbers at the month ends up to `last`."""
    days = pd.date_range(end=last, periods=len(numbers), freq="ME")
    frame = pd.DataFrame({"period_start": pd.NaT, "period_end": days, "numerator": numbers})
    series = build.count(CARE, frame)
    return stock(public, series, lambda counts, population: per_population(RATE, counts, population), 10_000)


def test_a_movement_names_its_days_and_the_highest_month_end():
    falling = counted(115, *range(112, 99, -1))
    assert movement(falling).text == (
        "Children looked after: down 3 (3%) from three months before (103 on 30 June 2021). Their number was down 12 (11%) "
        "from a year before (112 on 30 September 2020). The highest month end since August 2020 was 115 on 31 August 2020."
    )
    assert movement(falling).origins == ("synthetic",)


def test_a_year_before_that_is_the_highest_is_named_once():
    assert movement(counted(*range(112, 99, -1))).text == (
        "Children looked after: down 3 (3%) from three months before (103 on 30 June 2021). Their number was down 12 (11%) "
        "from a year before (112 on 30 September 2020, the highest month end since September 2020)."
    )


def test_three_months_before_that_is_the_highest_is_named_once():
    assert movement(counted(*[90] * 9, 95, 94, 93, 92)).text == (
        "Children looked after: down 3 (3%) from three months before (95 on 30 June 2021, the highest month end since "
        "September 2020). Their number was up 2 (2%) from a year before (90 on 30 September 2020)."
    )


def test_a_highest_that_cannot_be_compared_with_is_still_said():
    assert movement(counted(20, *[3] * 12)).text.endswith(
        "not compared with a year before, as a number is too small to show. "
        "The highest month end since September 2020 was 20 on 30 September 2020."
    )


def test_the_highest_may_be_now():
    assert movement(counted(*range(100, 113))).text.endswith(". No month end since September 2020 was higher.")


def test_a_month_end_before_the_returns_is_said_to_be_missing():
    assert movement(counted(100)).text == (
        "Children looked after: no count three months before to compare with. There is no count a year before to compare with. "
        "This is the first month end that the returns hold."
    )
    assert movement_in_a_year(counted(100)).text == "Children looked after: 100 on 30 September 2021"


def test_a_small_number_is_neither_said_nor_given_away_by_a_change():
    small = counted(*[3] * 12, 20)
    assert movement(small).text == (
        "Children looked after: not compared with three months before, as a number is too small to show. Their number was "
        "not compared with a year before, as a number is too small to show. No month end since September 2020 was higher."
    )
    assert movement(counted(5, *[3] * 12)).text.endswith(". The highest month end cannot be shown.")


def test_several_movements_in_a_year_are_one_sentence():
    two = movement_in_a_year(counted(*range(112, 99, -1)), counted(*[50] * 13))
    assert two.text == (
        "Children looked after: down 12 (11%) from a year before (112 on 30 September 2020); "
        "children looked after: the same as a year before (50 on 30 September 2020)"
    )


def test_the_table_sets_now_changes_and_the_highest_side_by_side():
    shown = stocks_table("now", "Children", [counted(*range(112, 99, -1)), counted(*[4] * 13)])
    rows = shown.csv.splitlines()
    assert rows[0] == (
        'What is counted,Children,"For every 10,000",95% interval,Residents aged 0 to 17,Change in 3 months,Change in a year,'
        "Highest month end,Highest on"
    )
    assert rows[1].startswith("Children looked after,100,100.0,")
    assert rows[1].endswith(",down 3 (3%),down 12 (11%),112,30 September 2020")
    assert rows[2] == "Children looked after,c,c,c,c,c,c,c,"


def test_a_trend_shows_its_months_and_leaves_out_marks_without_a_point():
    empty = areas()
    chart = stock_trend("care", counted(100, 90), y_label="Children", marks={"Printed": empty})
    assert chart.csv.splitlines() == ["On,Children looked after", "31 August 2021,100", "30 September 2021,90"]
    assert "Printed" not in chart.text[0]


def areas(*rows):
    """Published rates from rows of area, day, value."""
    frame = pd.DataFrame(rows, columns=["area", "period_end", "value"])
    frame = frame.assign(
        measure="rate", period_start=pd.NaT, period_end=pd.to_datetime(frame["period_end"]), unit="per 10,000",
        symbol=["" if pd.notna(value) else "x" for value in frame["value"]], source="B; A", method="as published",
    )  # fmt: skip
    for column in ("numerator", "denominator", "lower", "upper"):
        frame[column] = float("nan")
    frame["value"] = frame["value"].astype(float)
    return public(Result(RATE, frame, ("area",), PUBLISHED))


WORDS = {"ours": "Exampleton", "what": "children looked after for every 10,000 children", "as_at": DAY}


def test_areas_are_said_by_whether_ours_is_above_level_or_below():
    released = areas(
        ("Exampleton", "2020-03-31", 60), ("Exampleton", "2021-03-31", 100), ("North East", "2021-03-31", 110),
        ("England", "2021-03-31", 70), ("Statistical neighbours", "2021-03-31", 100), ("West", "2021-03-31", None),
    )  # fmt: skip
    assert compared(released, **WORDS).text == (
        "On 31 March 2021, Exampleton had 100.0 children looked after for every 10,000 children. That is above England "
        "(70.0); level with the average of its statistical neighbours (100.0); below the North East (110.0). "
        "No later figure had been published by 30 November 2021."
    )


@pytest.mark.parametrize("rows", [[], [("Exampleton", "2021-03-31", None), ("England", "2021-03-31", 70)]])
def test_without_a_figure_of_ours_the_sentence_says_so(rows):
    assert compared(areas(*rows), **WORDS).text == (
        "By 30 November 2021 no figure of children looked after for every 10,000 children had been published to compare with."
    )


def test_without_any_figure_the_chart_gives_way_to_the_sentence():
    shown = areas_by_year("compared", areas(), caption="Rates", **WORDS)
    assert (shown.kind, shown.csv) == ("sentence", None)


def test_areas_by_year_draw_ours_first_and_keep_every_year_in_the_table():
    released = areas(("England", "2020-03-31", 60), ("England", "2021-03-31", 70), ("Exampleton", "2021-03-31", 100))
    shown = areas_by_year("compared", released, caption="Rates", **WORDS)
    assert (
        shown.title
        == "Children looked after for every 10,000 children on 31 March 2021: England 70.0 and Exampleton 100.0"
    )
    assert shown.text[0].index("Exampleton: 100.0") < shown.text[0].index("England: from 60.0")
    assert shown.csv.splitlines() == ["On,England,Exampleton", "31 March 2020,60.0,", "31 March 2021,70.0,100.0"]


def test_the_latest_day_is_the_last_one_with_a_figure():
    released = areas(("A", "2020-03-31", 60), ("A", "2021-03-31", None))
    assert latest_of(released).frame["period_end"].tolist() == [pd.Timestamp("2020-03-31")]
    assert len(latest_of(areas())) == 0


def test_one_measure_a_row_under_each_heading():
    columns = {"now": [counted(20, 30).series], "before": [counted(20).series]}
    shown = by_measure("flows", "Flows", columns, heading="Counted as")
    assert shown.csv.splitlines() == ["Counted as,now,before", "Children looked after,30,20"]


def test_a_folded_table_keeps_its_figures_and_opens_by_its_title():
    shown = folded(by_measure("flows", "Flows", {"now": [counted(20).series]}))
    assert BeautifulSoup(shown.html, "html.parser").find("summary").text == "Flows"
    assert shown.csv.splitlines()[1] == "Children looked after,20"


def test_sources_are_named_once_each():
    assert sources(areas(("A", "2021-03-31", 1), ("B", "2021-03-31", 1)), counted(20).series) == ["A", "B"]


@pytest.mark.parametrize(("pieces", "text"), [("", ""), ("a", "a"), ("ab", "a and b"), ("abc", "a, b and c")])
def test_pieces_are_joined_as_a_list(pieces, text):
    assert joined([say(piece) for piece in pieces]).text == text
    assert joined([say(piece) for piece in pieces], "; ").text == "; ".join(pieces)
