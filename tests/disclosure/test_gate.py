"""The gate: boundary triples around each threshold, and what each edition shows."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis_lib.disclosure import Gate, release
from analysis_lib.disclosure.printed import DENOMINATOR, VALUE, PrintedFigure
from analysis_lib.errors import UsageError
from analysis_lib.metrics.counting import build
from analysis_lib.periods import Period
from analysis_lib.policy import DisclosurePolicy
from analysis_lib.results import PUBLISHED, Measure, Result

POLICY = DisclosurePolicy.alike(threshold=6, min_percentage_base=10, min_average_base=10, min_quartile_base=20)
QUARTER = Period.parse("2021-22-Q2")
COUNT = Measure("cases", "Cases", "Children on the caseload.", "children", "neither", "local")
SHARE = Measure("share", "Share", "Share of the caseload.", "%", "neither", "local", decimals=1)
RATE = Measure("rate", "Rate", "Rate.", "per 10,000", "neither", "local", decimals=1)
DAYS = Measure("days", "Days", "Days waited.", "days", "lower is better", "local", decimals=1)


def counted(*numbers, parts=()):
    frame = pd.DataFrame({"group": [f"g{i}" for i in range(len(numbers))], "numerator": numbers})
    return build.count(COUNT, frame, groups=["group"], when=QUARTER, parts=parts)


def shared(numerator, denominator):
    return build.proportion(SHARE, pd.DataFrame({"numerator": [numerator], "denominator": [denominator]}), when=QUARTER)


def shown(result, edition="public"):
    return [value.text for value in release(result, edition=edition, policy=POLICY).values()]


def test_counts_of_1_to_5_are_hidden_and_0_and_6_are_not():
    assert shown(counted(0, 1, 5, 6, 1135)) == ["0", "c", "c", "6", "1,135"]


def test_the_restricted_edition_shows_exact_figures_with_decimals():
    assert shown(counted(0, 1, 5, 6), "restricted") == ["0", "1", "5", "6"]
    assert shown(shared(2, 24), "restricted") == ["8.3%"]


@pytest.mark.parametrize(
    ("numerator", "denominator", "text"),
    [
        (0, 9, "c"),
        (0, 10, "0%"),
        (6, 12, "50%"),
        (5, 100, "c"),
        (6, 100, "6%"),
        (95, 100, "c"),
        (94, 100, "94%"),
        (10, 10, "100%"),
        (0, 0, "z"),
    ],
)
def test_percentages_need_a_base_of_10_and_0_or_6_on_both_sides(numerator, denominator, text):
    assert shown(shared(numerator, denominator)) == [text]


def test_a_hidden_percentage_leaves_neither_base_nor_interval():
    row = release(shared(3, 24), edition="public", policy=POLICY).frame.loc[0]
    assert np.isnan(row[["numerator", "denominator", "value", "lower", "upper"]].astype(float)).all()
    assert row["symbol"] == "c"


def test_a_rate_on_a_public_population_is_treated_as_its_count():
    few = build.rate(
        RATE,
        pd.DataFrame({"numerator": [5, 6], "denominator": [8000, 8000], "area": ["a", "b"]}),
        groups=["area"],
        when=QUARTER,
    )
    assert shown(few) == ["c", "7.5"]


@pytest.mark.parametrize(("children", "text"), [(9, "c"), (10, "100"), (0, "z")])
def test_averages_need_ten_children(children, text):
    result = build.mean(DAYS, pd.DataFrame({"days": [100.4] * children}), value="days", when=QUARTER)
    assert shown(result) == [text]


@pytest.mark.parametrize(("children", "q", "text"), [(19, 0.25, "c"), (20, 0.25, "100"), (19, 0.5, "100")])
def test_quartiles_need_twenty(children, q, text):
    result = build.quantile(DAYS, pd.DataFrame({"days": [100.4] * children}), value="days", q=q, when=QUARTER)
    assert shown(result) == [text]


def test_a_single_hidden_part_takes_the_smallest_other_part_with_it():
    assert shown(counted(3, 40, 0, 7, parts=("group",))) == ["c", "40", "0", "c"]


def test_hidden_parts_of_fewer_than_6_together_take_another_with_them():
    assert shown(counted(2, 3, 40, 7, parts=("group",))) == ["c", "c", "40", "c"]
    assert shown(counted(1, 1, 1, parts=("group",))) == ["c", "c", "c"]


def test_each_of_two_hidden_parts_could_be_any_small_number_or_a_third_goes_with_them():
    assert shown(counted(3, 3, 40, 7, parts=("group",))) == ["c", "c", "40", "7"]  # 1 and 5, 2 and 4, 3 and 3, ...
    assert shown(counted(3, 4, 7, 40, parts=("group",))) == ["c", "c", "c", "40"]  # 7 together: neither could be 1
    assert shown(counted(3, 40, 7)) == ["c", "40", "7"]


def test_limits_are_rounded_outward_so_that_they_do_not_give_the_base_away():
    row = release(shared(24, 213), edition="public", policy=POLICY).frame.loc[0]
    assert (row["value"], row["lower"], row["upper"]) == (11, 7, 17)  # exactly 7.68 and 16.22


def test_published_figures_pass_as_they_were_published():
    published = Result(SHARE, shared(7, 8).exact(), origin=PUBLISHED)
    assert shown(published) == ["87.5%"]


def test_an_unknown_edition_is_refused():
    with pytest.raises(UsageError, match="public or restricted"):
        release(counted(1), edition="draft", policy=POLICY)


def test_the_label_names_whose_figures_they_are():
    assert release(counted(7), edition="public", policy=POLICY, label="synthetic").values()[0].origin == "synthetic"


@given(st.lists(st.integers(0, 60), min_size=2, max_size=8))
def test_no_count_of_1_to_5_is_ever_shown_nor_given_by_the_rest(numbers):
    released = release(counted(*numbers, parts=("group",)), edition="public", policy=POLICY)
    values = released.frame["value"]
    assert not values.between(1, 5).any()
    remainder = sum(numbers) - values.sum()
    if any(number in range(1, 6) for number in numbers) and values.gt(0).any():
        assert remainder >= 6 and released.hidden > 1


@given(st.integers(0, 300), st.data())
def test_a_shown_percentage_never_rests_on_few(denominator, data):
    numerator = data.draw(st.integers(0, denominator))
    row = release(shared(numerator, denominator), edition="public", policy=POLICY).frame.loc[0]
    if not np.isnan(row["value"]):
        assert denominator >= 10
        assert numerator not in range(1, 6)
        assert denominator - numerator not in range(1, 6)
        assert row["lower"] <= row["value"] <= row["upper"]


@pytest.mark.parametrize(("base", "text"), [(999, "8%"), (1000, "8%"), (1001, "8.2%")])
def test_a_decimal_needs_a_base_above_1000(base, text):
    assert shown(shared(82 * base // 1000, base)) == [text]


def test_one_small_base_takes_the_decimal_from_the_whole_table():
    two = pd.DataFrame({"group": ["a", "b"], "numerator": [820, 41], "denominator": [10_000, 500]})
    result = build.proportion(SHARE, two, groups=["group"], when=QUARTER)
    assert shown(result) == ["8%", "8%"]


def test_years_that_add_up_to_a_shown_total_are_never_hidden_alone():
    yearly = replace(SHARE, over_time="adds")
    days = pd.DataFrame({"year": [2016, 2017, 2018], "numerator": [8, 9, 3], "denominator": 20})
    days["period_start"], days["period_end"] = (
        pd.to_datetime(days["year"].astype(str) + end) for end in ("-01-01", "-12-31")
    )
    single = build.proportion(yearly, days.drop(columns="year"))
    pooled = days[["numerator", "denominator"]].sum().to_frame().T
    pooled["period_start"], pooled["period_end"] = days["period_start"].min(), days["period_end"].max()
    gate = Gate("public", POLICY, measures={"share": yearly})
    assert [value.text for value in gate.release(build.proportion(yearly, pooled)).values()] == ["33%"]
    assert [value.text for value in gate.release(single).values()] == ["c", "45%", "c"]
    assert shown(single) == ["40%", "45%", "c"]


@pytest.mark.parametrize(
    ("begun", "ended", "text"),
    [
        (10, 3, "c"),
        (3, 10, "c"),
        (14, 10, "c"),
        (10, 14, "c"),
        (20, 10, "10"),
        (10, 20, "-10"),
        (8, 8, "0"),
        (0, 8, "-8"),
    ],
)
def test_a_difference_is_hidden_where_it_or_either_count_is_small(begun, ended, text):
    counts = pd.DataFrame({"numerator": [begun], "denominator": [ended]})
    measure = Measure("change", "Change", "Starts less ends of something.", "children", "neither", "local")
    released = shown(build.difference(measure, counts, when=Period.parse("2020-21")))
    assert released == [text]


def gate(**known):
    return Gate("public", POLICY, measures={each.name: each for each in (COUNT, SHARE, DAYS)}, **known)


def test_the_first_option_that_is_whole_is_taken_and_nothing_where_nothing_is():
    assert gate().first_safe([[shared(2, 24)], [shared(12, 24)], []]) == 1
    assert gate().first_safe([[shared(2, 24)], []]) == 1
    assert (
        gate().first_safe([[counted(6, 1, 2)], [counted(6, 7, 2)]]) == 1
    )  # none is whole: what loses the smaller share


def waited(months, days):
    """The mean of `days` over children of the last `months` to the end of the quarter."""
    frame = pd.DataFrame({"child_id": [f"c{at}" for at in range(len(days))], "days": days})
    return build.mean(DAYS, frame, value="days", when=QUARTER.months_to_end(months))


def test_an_average_that_differs_from_an_earlier_packs_by_few_children_is_hidden():
    nine, year = waited(9, [500.0] * 15), waited(12, [500.0] * 15 + [300.0])
    value = release(nine, edition="public", policy=POLICY).value()
    earlier = [PrintedFigure.of_value(value, DENOMINATOR, "15"), PrintedFigure.of_value(value, VALUE, value.text)]
    assert gate(earlier=earlier).release(year).value().text == "c"
    assert gate(earlier=earlier).release(waited(12, [500.0] * 25)).value().text == "500"
    assert gate().release(year).value().text == "488"
