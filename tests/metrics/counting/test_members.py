"""Who is behind a number: named only inside `recorded`, carried with the rows, stopped at the gate."""

import pandas as pd
import pytest

from analysis_lib.disclosure import release
from analysis_lib.metrics.counting import build, members
from analysis_lib.metrics.looked_after import care_starts, children_starting, looked_after_at, looked_after_rate
from analysis_lib.periods import Period
from analysis_lib.policy import DisclosurePolicy
from analysis_lib.results import CHILDREN, Measure, Released

POLICY = DisclosurePolicy.alike(threshold=6, min_percentage_base=10, min_average_base=10, min_quartile_base=20)
DAYS = Measure("wait", "Wait", "Days waited.", "days", "lower is better", "ours")


@pytest.fixture
def care_periods():
    rows = [
        ("child-1", "2021-04-01", "2021-05-01"),
        ("child-1", "2021-06-01", None),
        ("child-2", "2020-01-01", "2021-06-30"),
    ]
    frame = pd.DataFrame(rows, columns=["child_id", "care_start", "care_end"])
    return frame.assign(care_start=pd.to_datetime(frame["care_start"]), care_end=pd.to_datetime(frame["care_end"]))


def test_nothing_is_named_outside(care_periods):
    result = looked_after_at(care_periods, census_date=pd.Timestamp("2021-06-29"))
    assert not set(CHILDREN) & set(result.exact().columns)
    assert members.behind(result)["numerator_children"].tolist() == [None]


def test_children_in_care_are_named_and_those_who_leave_that_day_are_not(care_periods):
    days = [pd.Timestamp("2021-06-29"), pd.Timestamp("2021-06-30"), pd.Timestamp("2019-01-01")]
    with members.recorded():
        result = looked_after_at(care_periods, census_date=days)
        rate = looked_after_rate(result, population=1000)
    assert [sorted(each) for each in members.behind(result)["numerator_children"]] == [
        ["child-1", "child-2"],
        ["child-1"],
        [],
    ]
    assert members.behind(rate)["numerator_children"].tolist() == members.behind(result)["numerator_children"].tolist()
    assert members.behind(rate)["denominator_children"].tolist() == [None] * 3


def test_an_event_names_its_child_each_time_and_a_child_once(care_periods):
    year = Period.parse("2021-22")
    with members.recorded():
        events, children = care_starts(care_periods, period=year), children_starting(care_periods, period=year)
    assert members.behind(events)["numerator_children"].tolist() == [["child-1", "child-1"]]
    assert members.behind(children)["numerator_children"].tolist() == [["child-1"]]


def test_recording_ends_with_the_block_also_after_a_mistake(care_periods):
    with pytest.raises(ZeroDivisionError), members.recorded():
        _ = 1 / 0
    assert members.named(numerator=lambda: pytest.fail("asked outside")) == {}


def test_an_average_names_those_whose_values_it_takes():
    waits = pd.DataFrame({"child_id": ["a", "b", "c"], "days": [10.0, None, 20.0]})
    with members.recorded():
        for result in (
            build.mean(DAYS, waits, value="days", when=Period.parse("2021-22")),
            build.quantile(DAYS, waits, value="days", q=0.5, when=Period.parse("2021-22")),
        ):
            assert members.behind(result)["denominator_children"].tolist() == [["a", "c"]]
            assert members.behind(result)["numerator_children"].tolist() == [None]


@pytest.mark.parametrize("edition", ["public", "restricted"])
def test_the_gate_lets_no_child_pass(care_periods, edition):
    with members.recorded():
        result = looked_after_at(care_periods, census_date=pd.Timestamp("2021-06-29"))
    released = release(result, edition=edition, policy=POLICY)
    assert not set(CHILDREN) & set(released.frame.columns)
    assert "child-1" not in repr(released) + released.frame.to_csv()
    assert not [
        column for column in released.frame if released.frame[column].map(lambda cell: isinstance(cell, list)).any()
    ]


def test_a_released_figure_that_names_children_cannot_be_made(care_periods):
    with members.recorded():
        result = looked_after_at(care_periods, census_date=pd.Timestamp("2021-06-29"))
    with pytest.raises(ValueError, match="name children"):
        Released(result.measure, result.exact(), (), "returns", "restricted", 0)


def test_an_average_does_not_depend_on_the_order_of_the_children():
    values = [0.1, 0.2, 0.3, 1e9, 7.7, 1 / 3]
    one = build.mean(DAYS, pd.DataFrame({"days": values}), value="days", when=Period.parse("2021-22")).exact()
    for order in ([5, 3, 1, 0, 2, 4], [4, 0, 3, 5, 1, 2]):
        shuffled = pd.DataFrame({"days": [values[place] for place in order]})
        other = build.mean(DAYS, shuffled, value="days", when=Period.parse("2021-22")).exact()
        pd.testing.assert_frame_equal(one, other, check_exact=True)
