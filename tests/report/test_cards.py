"""Headline cards: what each line says of a change, a comparison and a target, and what the manifest has of them."""

import dataclasses

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from analysis_lib.disclosure import release
from analysis_lib.errors import DisclosureError
from analysis_lib.metrics.counting import build
from analysis_lib.periods import Period
from analysis_lib.policy import DisclosurePolicy
from analysis_lib.report import say
from analysis_lib.report.cards import SHAPES, Card, at, before_in_words, beside, cards, changed, of, target, told
from analysis_lib.results import PUBLISHED, Break, Measure, Result

POLICY = DisclosurePolicy.alike(threshold=6, min_percentage_base=10, min_average_base=10, min_quartile_base=20)
CARE = Measure("care", "Children looked after", "Children in care.", "children", "neither", "DfE")
LATE = Measure("late", "Reviews late", "Reviews held late.", "reviews", "lower is better", "DfE")
SHARE = Measure("share", "In time", "Reviews in time.", "%", "higher is better", "DfE")
NOW, THEN = pd.Timestamp("2021-09-30"), pd.Timestamp("2021-06-30")


def counted(measure, **numbers):
    """Released counts, one for each month end: counted(CARE, **{"2021-09-30": 12})."""
    days = [pd.Timestamp(day) for day in numbers]
    frame = pd.DataFrame({"period_start": pd.NaT, "period_end": days, "numerator": list(numbers.values())})
    return release(build.count(measure, frame), edition="public", policy=POLICY, label="synthetic")


def two(measure, then, now):
    series = counted(measure, **{"2021-06-30": then, "2021-09-30": now})
    return at(series, NOW), at(series, THEN)


def shares(**counts):
    """Released shares by area, each of (numerator, denominator)."""
    numerators, denominators = zip(*counts.values(), strict=True)
    frame = pd.DataFrame(
        {
            "period_start": pd.NaT,
            "period_end": NOW,
            "area": list(counts),
            "numerator": numerators,
            "denominator": denominators,
        }
    )
    result = build.proportion(SHARE, frame, groups=["area"])
    return release(result, edition="restricted", policy=POLICY, label="synthetic")


def line(then, now, measure=CARE):
    value, before = two(measure, then, now)
    made = changed("Quarter before", value, before, THEN)
    return made.way, made.words.text


@pytest.mark.parametrize(
    ("then", "now", "way", "words"),
    [
        (100, 112, "up", "up 12 (12%) from 100 on 30 June 2021"),
        (100, 88, "down", "down 12 (12%) from 100 on 30 June 2021"),
        (100, 100, "level", "the same as 100 on 30 June 2021"),
        (3, 88, "", "not compared, as a number is too small to show"),
    ],
)
def test_a_change_has_its_way_and_its_words(then, now, way, words):
    assert line(then, now) == (way, words)


def test_better_and_worse_are_said_only_where_the_measure_says_which_is_which():
    assert line(100, 112, LATE)[1].endswith(", which is worse")
    assert line(100, 88, LATE)[1].endswith(", which is better")
    assert "which is" not in line(100, 112)[1]
    assert "which is" not in line(100, 100, LATE)[1]


def test_without_a_figure_to_compare_with_there_is_no_way():
    value, _ = two(CARE, 100, 112)
    made = changed("Year before", value, None, THEN)
    assert (made.way, made.words.text) == ("", "no figure to compare with")


def test_a_difference_that_chance_could_make_is_not_claimed():
    both = shares(Here=(10, 20), There=(55, 100), Elsewhere=(95, 100))
    mine, close, far = (both.value(area=each) for each in ("Here", "There", "Elsewhere"))
    unclear, clear = beside("There", mine, close, "", NOW), beside("Elsewhere", mine, far, "", NOW)
    assert unclear.way == "level" and unclear.words.text.startswith("no clear difference: 50")
    assert clear.way == "down" and clear.words.text.endswith("on 30 September 2021, which is worse")


def test_nothing_is_compared_or_drawn_across_a_break_in_the_series():
    broken = dataclasses.replace(CARE, breaks=(Break(pd.Timestamp("2021-09-01"), "a new way of counting"),))
    assert line(100, 112, broken) == ("", "not compared, for the way of counting changed in between")
    series = counted(broken, **{"2021-06-30": 100, "2021-09-30": 112, "2021-10-31": 113})
    value = at(series, pd.Timestamp("2021-10-31"))
    points = Card("Children", value, of(value, "children", NOW), [], series=series).headline()["series"]["points"]
    assert points == [["2021-09-30", 112.0], ["2021-10-31", 113.0]]


def test_a_comparison_that_is_not_published_is_said_to_be_missing():
    value, _ = two(CARE, 100, 112)
    assert beside("England", value, None, "", NOW).words.text == "none was published in time for this page"


def test_the_target_is_the_measures_own_or_none():
    with_target = dataclasses.replace(LATE, target=10.0, target_source="the panel, June 2021")
    assert target(CARE).text == "Target: none is published"
    assert target(with_target).text == "Target: 10 (the panel, June 2021)"


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("2021-M09", "Month before"),
        ("2021-22-Q2", "Quarter before"),
        ("2021-22-H1", "Half-year before"),
        ("2021-22", "Year before"),
    ],
)
def test_the_period_before_has_the_name_of_its_length(code, words):
    assert before_in_words(Period.parse(code)) == words


def card(**others):
    series = counted(CARE, **{"2021-03-31": 3, "2021-06-30": 100, "2021-09-30": 112})
    value = at(series, NOW)
    return Card(
        title="Children looked after",
        value=value,
        figure=of(value, "children", NOW),
        lines=[changed("Quarter before", value, at(series, THEN), THEN), told("England", "none is published")],
        questions={"Is it rising?": say("Yes: {value}.", value=value)},
        series=series,
        **others,
    )


def test_a_card_says_its_way_in_words_beside_a_shape_that_readers_of_words_do_not_hear():
    page = BeautifulSoup(cards(card()).html, "html.parser")
    shape = page.select_one(".way")
    assert (shape.text, shape["aria-hidden"]) == (SHAPES["up"], "true")
    assert "up 12 (12%)" in shape.parent.text
    assert [each.text for each in page.select(".origin")] == ["Synthetic"]
    assert page.select_one(".much").text.startswith("112 children on 30 September 2021")


def test_a_line_says_whose_its_figures_are_where_they_are_not_the_cards():
    value, _ = two(CARE, 100, 112)
    frame = pd.DataFrame({"period_start": [pd.NaT], "period_end": [NOW], "numerator": [50]})
    exact = build.count(CARE, frame)
    published = release(
        Result(CARE, exact.exact(), (), PUBLISHED), edition="public", policy=POLICY, label=PUBLISHED
    ).latest()
    shown = Card("Children", value, of(value, "children", NOW), [beside("England", value, published, "", NOW)])
    assert [each.text for each in BeautifulSoup(shown.html, "html.parser").select(".origin")] == [
        "Synthetic", "Synthetic", "Published",
    ]  # fmt: skip


def test_the_manifest_has_the_words_the_keys_and_the_points_without_what_is_hidden():
    headline = card().headline()
    assert (headline["text"], headline["key"]) == ("112", "care;/2021-09-30;value;;0")
    assert headline["series"]["points"] == [["2021-03-31", None], ["2021-06-30", 100.0], ["2021-09-30", 112.0]]
    assert headline["lines"][0]["way"] == "up"
    assert "data-change" in headline["lines"][0]["marked"]
    assert headline["questions"][0]["text"] == "Yes: 112."
    assert cards(card()).headlines == (headline,)


def test_a_number_that_is_no_released_figure_is_refused():
    with pytest.raises(DisclosureError):
        told("England", "about 17 of them")
    with pytest.raises(DisclosureError):
        dataclasses.replace(card(), title="543 children")
