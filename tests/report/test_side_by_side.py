"""Tables and words that set several released figures beside each other."""

import csv
import io

import numpy as np
import pandas as pd
import pytest

from analysis_lib.compare import points_of
from analysis_lib.disclosure import release
from analysis_lib.errors import DisclosureError
from analysis_lib.metrics.counting import build
from analysis_lib.periods import Period
from analysis_lib.policy import DisclosurePolicy
from analysis_lib.report import as_printed, curve, largest, listed, say, side_by_side
from analysis_lib.results import PUBLISHED, Measure

POLICY = DisclosurePolicy.alike(threshold=6, min_percentage_base=10, min_average_base=10, min_quartile_base=20)
CHILDREN = Measure("children", "Children adopted", "Children adopted.", "children", "neither", "local")
DAYS = Measure("days", "Days waited", "Days waited.", "days", "lower is better", "local")
YEARS = [Period.parse("2019-20"), Period.parse("2020-21")]


def public(result, label="synthetic"):
    return release(result, edition="public", policy=POLICY, label=label)


def by_year(*numbers, years=YEARS):
    rows = [
        {"period_start": year.start, "period_end": year.end, "numerator": number}
        for year, number in zip(years, numbers, strict=True)
    ]
    return public(build.count(CHILDREN, pd.DataFrame(rows)))


def waits(**days):
    rows = pd.DataFrame([{"stage": stage, "days": day} for stage, several in days.items() for day in several])
    return public(build.mean(DAYS, rows, value="days", groups=["stage"], when=YEARS[0]))


def read(output):
    return list(csv.reader(io.StringIO(output.csv)))


def test_series_stand_side_by_side_and_dates_go_in_order():
    later = by_year(20, years=[YEARS[1]])
    table = side_by_side("t", "Both", {"Ours": later, "Theirs": by_year(16, 25)}, rows="period_end", heading="Year to")
    assert read(table) == [["Year to", "Ours", "Theirs"], ["31 March 2020", "", "16"], ["31 March 2021", "20", "25"]]


def test_each_series_shows_what_is_asked_of_it():
    table = side_by_side(
        "t", "Days", {"A": waits(one=[5] * 12, two=[9] * 3)}, rows="stage", show=("value", "denominator", "interval")
    )
    assert read(table) == [
        ["What is counted", "A", "A, children counted", "A, 95% interval"],
        ["one", "5", "12", "5 to 5"],
        ["two", "c", "c", "c"],
    ]


def test_exact_results_are_refused():
    exact = build.count(CHILDREN, pd.DataFrame({"numerator": [3]}), when=YEARS[0])
    with pytest.raises(DisclosureError):
        side_by_side("t", "Exact", {"A": exact}, rows="period_end")
    with pytest.raises(DisclosureError):
        as_printed("t", "Exact", [exact])


def figures(**changes):
    row = {
        "figure_id": "a", "measure": "adopted", "breakdown": "", "period_text": "2019-20", "period_start": YEARS[0].start,
        "period_end": YEARS[0].end, "value": 16.0, "unit": "children", "document": "Minutes", "locator": "page 1",
        "published": pd.Timestamp("2020-06-01"), "source": "Minutes", "note": "printed as over 15",
    }  # fmt: skip
    return pd.DataFrame([{**row, **changes}])


def test_what_the_council_printed_stands_with_what_is_said_of_it():
    released = [public(each, PUBLISHED) for each in points_of({"adopted": CHILDREN}, figures())]
    head, row = read(as_printed("t", "Printed", released))
    assert row == ["Children adopted", "April 2019 to March 2020", "16", "children", "printed as over 15"]
    at_a_day = [
        public(each, PUBLISHED)
        for each in points_of({"adopted": CHILDREN}, figures(period_start=pd.NaT, breakdown="one agency"))
    ]
    assert read(as_printed("t", "Printed", at_a_day))[1][:2] == ["Children adopted, one agency", "31 March 2020"]


def test_nothing_printed_by_then_is_said():
    released = [public(each, PUBLISHED) for each in points_of({"adopted": CHILDREN}, figures().iloc[:0])]
    assert read(as_printed("t", "Printed", released))[1][0] == "Nothing that was out by then"


def test_the_largest_of_the_figures_that_are_shown():
    label, value = largest(waits(one=[5] * 12, two=[9] * 3, three=[7] * 10), "stage")
    assert (label, value.text) == ("three", "7")  # "two" is longer, and hidden
    label, value = largest(waits(two=[9] * 3), "stage")
    assert not value.is_shown
    assert say('Longest: "{stage}".', otherwise="Too few.", stage=label, days=value).text == 'Longest: "none".'
    assert say('Longest: "{stage}", {days}.', otherwise="Too few.", stage=label, days=value).text == "Too few."


def test_figures_are_listed_with_their_periods_each_once():
    assert listed(by_year(16, 25)).text == "16 from April 2019 to March 2020 and 25 from April 2020 to March 2021"
    assert listed(by_year(3, 25)).text.startswith("a number too small to show from April 2019")
    assert listed(by_year(np.nan, 25)).text.startswith("no figure from April 2019")
    assert listed(by_year(16, years=YEARS[:1])).origins == ("synthetic",)


def test_a_curve_known_at_some_days_only_is_no_stair():
    rows = pd.DataFrame({"days": [0, 90], "numerator": [0, 40], "denominator": [100, 100]})
    share = public(
        build.proportion(Measure("s", "S", "S.", "%", "neither", "local"), rows, groups=["days"], when=YEARS[0])
    )
    arguments = {
        "x": "days",
        "x_label": "Days",
        "y_label": "%",
        "table": side_by_side("t", "t", {"S": share}, rows="days"),
    }
    assert curve("c", "Stairs", {"S": share}, **arguments).text[0].startswith("Stairs. Stepped line chart.")
    assert curve("c", "Points", {"S": share}, **arguments, stepped=False).text[0].startswith("Points. Line chart.")
