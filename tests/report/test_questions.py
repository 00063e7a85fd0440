"""Each rule from an example worked out by hand: when it raises a question, when it does not, and with which figure."""

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup

from analysis_lib.disclosure import release
from analysis_lib.metrics.counting import build
from analysis_lib.periods import Period
from analysis_lib.policy import DisclosurePolicy
from analysis_lib.report.quality import doubts
from analysis_lib.report.questions import (
    NONE_RAISED,
    apart,
    beyond_neighbours,
    closed_data,
    doubtful_data,
    hidden_headline,
    missed_target,
    moved,
    over_represented,
    questions,
    tiny_base,
    unusual,
)
from analysis_lib.report.sentence import say
from analysis_lib.report.table import Rows
from analysis_lib.results import COLUMNS, PUBLISHED, Measure, Result, Value

POLICY = DisclosurePolicy.alike(threshold=6, min_percentage_base=10, min_average_base=10, min_quartile_base=20)
STARTS = Measure("starts", "Starts of care", "Starts.", "starts", "neither", "local", over_time="adds")
ON_TIME = Measure(
    "on_time",
    "Reviews on time",
    "Held on time.",
    "%",
    "higher is better",
    "local",
    target=90.0,
    target_source="the board",
)
RATE = Measure("rate", "Rate", "A rate.", "per 10,000", "neither", "local", carried=True)


def released(result):
    return release(result, edition="public", policy=POLICY, label="synthetic")


def months(*numbers, last="2021-M09"):
    periods = Period.parse(last).months_to_end(len(numbers)).months
    rows = [
        {"period_start": each.start, "period_end": each.end, "numerator": number}
        for each, number in zip(periods, numbers, strict=True)
    ]
    return released(build.count(STARTS, pd.DataFrame(rows)))


def shares(*pairs, measure=ON_TIME):
    years = [Period.parse(f"{2022 - len(pairs) + at}-{23 - len(pairs) + at}") for at in range(len(pairs))]
    rows = [
        {"period_start": each.start, "period_end": each.end, "numerator": pair[0], "denominator": pair[1]}
        for each, pair in zip(years, pairs, strict=True)
    ]
    return released(build.proportion(measure, pd.DataFrame(rows)))


def value(number, *, unit="children", lower=np.nan, upper=np.nan, denominator=np.nan, symbol="", polarity="neither"):
    day = pd.Timestamp("2021-09-30")
    text = symbol or (f"{number:,.0f}%" if unit == "%" else f"{number:,.0f}")
    measure = Measure("thing", "Thing", "A thing.", unit, polarity, "local")
    return Value(
        text, number, measure, pd.NaT, day, "synthetic", 0, symbol, denominator=denominator, lower=lower, upper=upper
    )


def told(raised):
    return [each.text for each in raised]


QUIET = [30, 32, 29, 31, 30, 33, 31, 29, 32, 30, 31, 30, 29, 31]
Q2 = Period.parse("2021-22-Q2")


# A mean of 30.6 and a mean moving range of about two: sixty is far outside, thirty is not.
def test_a_month_outside_the_limits_raises_a_question_with_its_figure():
    assert told(unusual(months(*QUIET, 60), what="starts of care", period=Q2)) == [
        "What lies behind the number of starts of care in September 2021? Starts of care, September 2021: 60, more than "
        "chance alone would explain beside the other months."
    ]
    (low,) = told(unusual(months(*QUIET, 8), what="starts of care", period=Q2))
    assert "September 2021: 8, fewer than chance" in low


def test_ordinary_variation_raises_none():
    assert unusual(months(*QUIET), what="starts of care", period=Q2) == []


def test_a_month_before_the_period_of_the_page_was_asked_about_in_its_own_pack():
    series = months(*QUIET, 60, 30, 31, 30)
    assert unusual(series, what="starts of care", period=Q2) == []
    assert told(unusual(series, what="starts of care", period=Period.parse("2021-22-Q1")))


def test_a_run_of_seven_is_told_by_its_latest_month():
    high = [30, 20, 31, 19, 30, 20, 31, 19, 38, 39, 37, 40, 38, 37, 39]
    (said,) = told(unusual(months(*high), what="starts of care", period=Q2))
    assert said.endswith("September 2021: 39, one of seven months or more in a row above the average.")
    rising = [31, 20, 31, 19, 30, 20, 31, 24, 25, 26, 27, 28, 29, 30]
    (said,) = told(unusual(months(*rising), what="starts of care", period=Q2))
    assert said.endswith("30, one of seven months in a row that each had more than the one before.")


@pytest.mark.parametrize("numbers", [QUIET[:10] + [60], [7, 8, 6, 7, 8, 7, 6, 7, 8, 7, 7, 8, 40]])
def test_a_chart_that_does_not_fit_raises_none(numbers):
    assert unusual(months(*numbers), what="starts of care", period=Q2) == []


def test_a_hidden_month_raises_none_and_is_no_zero():
    assert unusual(months(*QUIET, 3), what="starts of care", period=Q2) == []


@pytest.mark.parametrize(
    ("now", "then", "asked"), [(90, 100, 1), (91, 100, 0), (110, 100, 1), (109, 100, 0), (40, 49, 0)]
)
def test_a_tenth_in_a_year_is_a_large_change_of_a_number_that_is_not_small(now, then, asked):
    assert len(moved(value(now), value(then), what="children looked after")) == asked


def test_a_large_change_is_told_with_both_figures():
    (said,) = told(moved(value(90), value(100), what="children looked after"))
    assert said == (
        "Why are there fewer children looked after than a year before, and is that expected to go on? "
        "90 on 30 September 2021, down 10 (10%) from a year before (100)."
    )
    assert moved(value(90), value(np.nan, symbol="c"), what="children looked after") == []


def test_a_target_missed_in_two_periods_running():
    (said,) = told(missed_target(shares((95, 100), (88, 100), (85, 100)), what="the share of reviews on time"))
    assert said == (
        "What will bring the share of reviews on time to its target, and by when? 85% in 2021/22, after 88% in 2020/21. "
        "Target 90%, set by the board."
    ).replace("2021/22", Period.parse("2021-22").label).replace("2020/21", Period.parse("2020-21").label)


@pytest.mark.parametrize(
    "pairs", [[(88, 100)], [(88, 100), (91, 100)], [(91, 100), (88, 100)], [(90, 100), (90, 100)], [(88, 100), (2, 9)]]
)
def test_one_miss_a_target_reached_or_a_hidden_figure_is_no_run_of_two(pairs):
    assert missed_target(shares(*pairs), what="the share of reviews on time") == []


def test_nobody_has_set_a_target():
    from dataclasses import replace

    without = replace(ON_TIME, target=None)
    assert missed_target(shares((1, 100), (1, 100), measure=without), what="the share") == []
    neither = replace(ON_TIME, polarity="neither")
    assert missed_target(shares((20, 100), (20, 100), measure=neither), what="the share") == []


def rates(**by_area):
    day = pd.Timestamp("2021-03-31")
    blank = dict.fromkeys(COLUMNS, np.nan) | {"symbol": "", "source": "DfE", "method": "", "unit": "per 10,000"}
    rows = [
        blank | {"measure": "rate", "period_start": pd.NaT, "period_end": day, "area": area, "value": float(number)}
        for area, number in by_area.items()
    ]
    return released(Result(RATE, pd.DataFrame(rows), ("area",), PUBLISHED))


OTHERS = {"Blackpool": 126, "Hartlepool": 110, "Hull": 90, "Stoke": 100, "Oldham": 60}
PLANS = "plans for every 10,000 children"


def test_beyond_every_neighbour_names_the_nearest():
    (said,) = told(beyond_neighbours(rates(Ours=171, **OTHERS), ours="Ours", what=PLANS))
    assert said == (
        "Why does Ours have more plans for every 10,000 children than every one of its statistical neighbours? "
        "On 31 March 2021 Ours had 171 plans for every 10,000 children. The highest of its statistical neighbours, "
        "Blackpool, had 126."
    )
    (said,) = told(beyond_neighbours(rates(Ours=50, **OTHERS), ours="Ours", what=PLANS))
    assert "have fewer plans" in said and "The lowest of its statistical neighbours, Oldham, had 60." in said


@pytest.mark.parametrize("ours", [126, 60, 100])
def test_level_with_a_neighbour_is_not_beyond_it(ours):
    assert beyond_neighbours(rates(Ours=ours, **OTHERS), ours="Ours", what=PLANS) == []


def test_a_few_neighbours_are_no_list_and_without_ours_there_is_nothing_to_ask():
    assert beyond_neighbours(rates(Ours=171, Blackpool=126, Hull=90), ours="Ours", what=PLANS) == []
    assert beyond_neighbours(rates(**OTHERS), ours="Ours", what=PLANS) == []


def test_apart_from_england_where_its_figure_is_outside_our_interval():
    ours = value(30, unit="%", lower=22, upper=39)
    (said,) = told(apart(ours, value(45, unit="%"), what="the share who moved", theirs="England"))
    assert said == (
        "Why is the share who moved below England? The share who moved: 30%, below England (45%) by more than chance alone "
        "would explain."
    )
    assert apart(ours, value(39, unit="%"), what="the share who moved", theirs="England") == []
    assert apart(value(30, unit="%"), value(45, unit="%"), what="the share", theirs="England") == []
    assert apart(ours, None, what="the share", theirs="England") == []


@pytest.mark.parametrize(
    ("polarity", "words"),
    [("higher is better", "worse, that is below,"), ("lower is better", "better, that is below,")],
)
def test_better_or_worse_is_said_only_where_the_measure_says_which(polarity, words):
    ours = value(30, unit="%", lower=22, upper=39, polarity=polarity)
    (raised,) = apart(ours, value(45, unit="%"), what="the share", theirs="England")
    assert raised.asks == f"Why is the share {words} England?"


def test_a_group_that_is_there_more_often():
    rate = value(5, unit="ratio", lower=3, upper=8)
    (said,) = told(over_represented(rate, group="boys", beside="girls", where="on the caseload"))
    assert said == (
        "Why are boys on the caseload more often than girls, and what is done about it? Boys were 5 times as likely as "
        "girls to be on the caseload, and chance alone does not explain that."
    )
    unclear = value(5, unit="ratio", lower=0.9, upper=8)
    assert over_represented(unclear, group="boys", beside="girls", where="on the caseload") == []
    assert over_represented(None, group="boys", beside="girls", where="on the caseload") == []


@pytest.mark.parametrize(("base", "asked"), [(29, 1), (30, 0), (np.nan, 0)])
def test_fewer_than_thirty_is_a_tiny_base(base, asked):
    assert len(tiny_base(value(50, unit="%", denominator=base), what="the share")) == asked


def test_a_tiny_base_is_told():
    (said,) = told(tiny_base(value(50, unit="%", denominator=24), what="the share"))
    assert said == (
        "How much can be read into the share? The share: 50%. It rests on 24 children, so that one child more or less moves "
        "it by several points."
    )
    (said,) = told(tiny_base(value(380, unit="days", denominator=24), what="the average"))
    assert said.endswith("so that one long or short wait moves it a good deal.")
    assert tiny_base(value(5, denominator=5), what="a count") == []


def test_a_hidden_headline_says_no_number():
    (said,) = told(hidden_headline(value(np.nan, symbol="c"), what="the number of boys"))
    assert said == (
        "Who on the panel may see the number of boys? The number of boys: a number too small to show, or one that would "
        "give such a number away."
    )
    assert hidden_headline(value(np.nan, symbol="x"), what="the number") == []


def data(rows=1000, closed=False):
    return pd.DataFrame([{"table": "episodes", "rows": rows, "closed": closed}])


def problems(count, severity="warning", table="episodes"):
    columns = ["file", "line", "table", "severity"]
    return pd.DataFrame([("e.csv", line, table, severity) for line in range(count)], columns=columns)


@pytest.mark.parametrize(("found", "asked"), [(10, 0), (11, 1)])
def test_data_are_doubtful_when_more_than_one_row_in_a_hundred_has_a_problem(found, asked):
    raised = doubts({"episodes"}, rows_read=data(), problems=problems(found), edition="public")
    assert len(raised) == asked
    assert doubts(set(), rows_read=data(), problems=problems(found), edition="public") == []


def test_doubtful_data_are_told_in_the_numbers_of_the_table_of_data_quality():
    (raised,) = doubts({"episodes"}, rows_read=data(1003), problems=problems(12), edition="public")
    assert "0 errors and 10 warnings in 1,005 rows read" in raised.because.text
    assert 'data-rounded="5">1,005<' in raised.because.html
    (exact,) = doubts({"episodes"}, rows_read=data(1003), problems=problems(12), edition="restricted")
    assert "0 errors and 12 warnings in 1,003 rows read" in exact.because.text


def test_two_problems_of_one_row_are_one_row():
    twice = pd.concat([problems(6), problems(6, "error")])
    assert doubts({"episodes"}, rows_read=data(), problems=twice, edition="public") == []


def test_a_closed_table_raises_a_question():
    (raised,) = doubts({"episodes"}, rows_read=data(closed=True), problems=problems(0), edition="public")
    assert raised.asks == "When will these data be put right?" and "not used at all" in raised.because.text


# The list


def test_every_question_stands_with_its_figure_marked_up():
    output = questions(moved(value(90), value(100), what="children looked after"))
    soup = BeautifulSoup(output.html, "html.parser")
    (item,) = soup.select("ol.questions > li")
    assert item.b.text.endswith("go on?")
    assert [each.text for each in item.find_all(attrs={"data-figure": True})] == ["90", "100"]
    assert item.select_one(".origin").text == "Synthetic"
    assert output.kind == "questions" and output.origins == ("synthetic",)


def test_without_a_question_that_is_said_and_is_no_all_clear():
    output = questions([])
    assert output.text == (NONE_RAISED,) and NONE_RAISED in output.html and "<ol" not in output.html


def test_one_question_stands_once_and_what_could_not_be_looked_at_is_said():
    question = closed_data("Episodes")
    output = questions([question, question], closing=say("This page cannot say how many."))
    assert output.text == (question.text, "This page cannot say how many.")


def test_the_rules_are_told_beneath():
    rules = BeautifulSoup(questions([]).html, "html.parser").details
    assert rules.summary.text == "What raises a question" and len(rules.find_all("li")) == 6


def test_the_number_of_rows_of_a_question_is_one_that_says_so():
    raised = doubtful_data("Episodes", Rows("1,005", 5), Rows("0", 5), Rows("10", 5))
    assert raised.because.html.count('data-rounded="5"') == 3
