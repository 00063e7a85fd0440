"""From the placement order on: who is followed how long, the curves, where they may be read, what they give away."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis_lib.metrics import adoption_curves as curves
from analysis_lib.metrics.adoption_journeys import JOURNEY_COLUMNS
from analysis_lib.metrics.counting.members import recorded
from analysis_lib.periods import Period

YEAR = Period.parse("2020-21")
DAY = YEAR.end
DAYS = ("order_date", "order_ended", "moved_in", "match_date", "adoption_date", "plan_ended", "left_care")


def journeys(**children):
    frame = pd.DataFrame(
        [{"child_id": child, **told} for child, told in children.items()], columns=list(JOURNEY_COLUMNS)
    )
    return frame.assign(**{day: pd.to_datetime(frame[day]).astype("datetime64[ns]") for day in DAYS})


def followed(days, end):
    return pd.DataFrame({"child_id": [f"c{place}" for place in range(len(days))], "days": days, "end": end})


TEN = followed([10] * 4 + [5] * 5 + [20], [1] * 4 + [2] * 5 + [0])


def test_each_child_is_followed_to_moving_in_the_end_of_the_plan_or_the_last_day():
    table = journeys(
        moved={"order_date": "2020-04-01", "moved_in": "2021-03-31", "adoption_date": "2021-03-31"},
        moves={"order_date": "2020-04-01", "moved_in": "2021-04-01"},
        ended={"order_date": "2020-04-11", "plan_ended": "2021-03-31"},
        ends={"order_date": "2020-04-11", "plan_ended": "2021-04-01"},
        left={"order_date": "2020-04-21", "left_care": "2020-05-01"},
        order_over={"order_date": "2020-04-21", "order_ended": "2020-05-02"},
        moved_then_ended={"order_date": "2020-04-21", "moved_in": "2020-06-01", "plan_ended": "2020-05-01"},
        last_day={"order_date": "2021-03-31"},
        before={"order_date": "2020-03-31"},
        after={"order_date": "2021-04-01"},
        early={"order_date": "2020-05-01", "moved_in": "2020-04-30"},
        at_once={"order_date": "2020-05-01", "moved_in": "2020-05-01"},
        none={"moved_in": "2020-05-01"},
    )
    found = curves.time_to_moving_in(table, orders_in=YEAR, census_date=DAY).set_index("child_id")
    assert list(found.columns) == ["days", "end"]
    assert {child: tuple(row) for child, *row in found.itertuples()} == {
        "moved": (364, 1), "moves": (364, 0), "ended": (354, 2), "ends": (354, 0), "left": (10, 2), "order_over": (11, 2),
        "moved_then_ended": (41, 1), "last_day": (0, 0), "at_once": (0, 1),
    }  # fmt: skip
    cut = curves.time_to_moving_in(table, orders_in=YEAR, census_date=pd.Timestamp("2020-04-20"))
    assert cut["child_id"].tolist() == ["moved", "moves", "ended", "ends"]
    assert cut["days"].tolist() == [19, 19, 9, 9] and cut["end"].eq(0).all()


def test_how_many_are_followed_and_what_became_of_them():
    with recorded():
        everyone = curves.children_followed(TEN, when=YEAR)
        three = curves.outcomes_so_far(TEN, when=YEAR)
        two = curves.outcomes_so_far(TEN, when=YEAR, together=True)
    names = [f"c{place}" for place in range(10)]
    assert everyone.exact()["value"].tolist() == [10] and everyone.exact()["numerator_children"].tolist() == [names]
    frame = three.exact()
    assert frame["outcome"].tolist() == [
        "Moved in with adopters", "Plan ended or left care otherwise", "Still waiting to move in",
    ]  # fmt: skip
    assert frame["numerator_children"].tolist() == [names[:4], names[4:9], names[9:]] and frame["value"].tolist() == [
        4,
        5,
        1,
    ]
    frame = two.exact()
    assert frame["outcome"].tolist() == [
        "Moved in with adopters", "Still waiting to move in, or plan ended, or left care otherwise",
    ]  # fmt: skip
    assert frame["numerator_children"].tolist() == [names[:4], names[4:]] and frame["value"].tolist() == [4, 6]
    for result, groups in ((everyone, ()), (three, ("outcome",)), (two, ("outcome",))):
        assert result.measure.name == "children_followed" and result.groups == result.parts == groups
        assert result.exact()["period_start"].eq(YEAR.start).all() and result.exact()["period_end"].eq(YEAR.end).all()


def test_the_curves_say_what_they_are():
    rules = curves.CurveRules([0, 5, 12, 20, 21], fewest_followed=1)
    moved = curves.moved_in_after_order(TEN, when=YEAR, rules=rules)
    frame = moved.exact()
    assert frame["days"].tolist() == [0, 5, 12] and frame["value"].tolist() == pytest.approx([0, 0, 40])
    assert frame["numerator"].tolist() == [0, 0, 4] and frame["denominator"].tolist() == [10] * 3
    assert (frame["lower"][2] < 40 < frame["upper"][2]) and frame["method"].eq("Aalen-Johansen, log-log 95%").all()
    assert moved.measure.name == "moved_in_percent" and moved.groups == ("days",) and moved.parts == ()
    others = curves.not_moved_in_after_order(TEN, when=YEAR, rules=rules)
    rows = others.exact().set_index(["days", "outcome"])
    waiting, over = "Still waiting to move in", "Plan ended or left care otherwise"
    assert rows["value"].to_dict() == pytest.approx(
        {(0, waiting): 100, (5, waiting): 50, (12, waiting): 10, (0, over): 0, (5, over): 50, (12, over): 50}
    )
    assert rows["numerator"].to_dict() == {
        (0, waiting): 10, (5, waiting): 5, (12, waiting): 1, (0, over): 0, (5, over): 5, (12, over): 5,
    }  # fmt: skip
    assert rows["method"].eq("Kaplan-Meier and Aalen-Johansen, log-log 95%").all()
    assert others.groups == ("days", "outcome") and others.parts == ("outcome",)
    assert others.measure.name == "not_moved_in_percent"
    for result in (moved, others):
        frame = result.exact()
        assert frame["period_start"].eq(YEAR.start).all() and frame["period_end"].eq(YEAR.end).all()
        assert frame["symbol"].eq("").all() and frame["source"].eq("").all() and frame["unit"].eq("%").all()
        assert frame["measure"].eq(result.measure.name).all()


def test_a_day_is_kept_where_enough_came_to_an_end_or_nobody_did():
    # 3 move in on day 10, 1 on day 20, 2 on day 30; 2 plans end on day 40; 20 are followed to day 100
    table = followed([10] * 3 + [20] + [30] * 2 + [40] * 2 + [100] * 20, [1] * 6 + [2] * 2 + [0] * 20)
    days = [0, 15, 25, 35, 45, 60]

    def kept(function, **rules):
        return sorted(set(function(table, when=YEAR, rules=curves.CurveRules(days, **rules)).exact()["days"]))

    assert kept(curves.moved_in_after_order) == days
    assert kept(curves.moved_in_after_order, fewest_per_step=2) == [0, 15, 35, 45, 60]
    assert kept(curves.moved_in_after_order, fewest_per_step=3) == [0, 15, 35]
    assert kept(curves.not_moved_in_after_order, fewest_per_step=2) == [0, 15, 35, 45, 60]
    assert kept(curves.moved_in_after_order, fewest_followed=20) == days
    assert kept(curves.moved_in_after_order, fewest_followed=21) == [0, 15, 25, 35]
    assert kept(curves.not_moved_in_after_order, fewest_per_step=4) == [0, 25]


def test_curves_are_read_every_60_days_for_four_years_where_ten_are_followed():
    assert tuple(range(0, 1441, 60)) == curves.CURVE_DAYS and curves.CurveRules() == curves.CurveRules(
        curves.CURVE_DAYS, fewest_per_step=1, fewest_followed=10
    )


@pytest.mark.parametrize(
    ("share", "days", "words"), [(0.5, 90, "median"), (0.25, 70, "quartile"), (0.4, 80, "quartile")]
)
def test_days_until_a_share_had_moved_in(share, days, words):
    table = followed([50, 60, 70, 80, 90] + [200] * 5, [1] * 5 + [0] * 5)
    result = curves.days_until_moved_in(table, share=share, when=YEAR)
    (row,) = result.exact().to_dict("records")
    assert (row["value"], row["denominator"], row["method"]) == (days, 10, f"{words} of the Aalen-Johansen curve")
    assert np.isnan([row["numerator"], row["lower"], row["upper"]]).all() and (row["symbol"], row["source"]) == ("", "")
    assert (row["measure"], row["unit"]) == ("days_until_moved_in", "days") and result.measure.name == row["measure"]
    assert (row["period_start"], row["period_end"]) == (YEAR.start, YEAR.end)
    never = curves.days_until_moved_in(table, share=0.6, when=YEAR).exact()
    assert np.isnan(never["value"][0]) and never["symbol"][0] == "z"


WAITS = {"order_date": "2020-05-01"}


@pytest.mark.parametrize(
    ("moved_in", "older", "fewest", "gives"),
    [
        (0, 0, 6, False),
        (1, 0, 6, True),  # one who has moved in
        (5, 0, 6, True),
        (6, 0, 6, False),
        (0, 1, 6, True),  # one whose order is older
        (0, 6, 6, False),
        (5, 5, 5, False),
        (6, 5, 6, True),
        (3, 3, 4, True),
    ],
)
def test_numbers_that_differ_by_few_children_give_them_away(moved_in, older, fewest, gives):
    stories = {f"w{place}": WAITS for place in range(10)}
    stories |= {f"m{place}": {**WAITS, "moved_in": "2020-06-01"} for place in range(moved_in)}
    stories |= {f"o{place}": {"order_date": "2019-05-01"} for place in range(older)}
    table = journeys(**stories)
    those = curves.time_to_moving_in(table, orders_in=YEAR, census_date=DAY)
    assert curves.gives_few_away(table, those, census_date=DAY, fewest_shown=fewest) == gives


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 2)), min_size=1, max_size=15))
def test_moved_in_waiting_and_over_make_a_hundred_on_any_day(rows):
    table = followed([days for days, _ in rows], [end for _, end in rows])
    rules = curves.CurveRules(range(0, 51, 10), fewest_followed=1)
    moved = curves.moved_in_after_order(table, when=YEAR, rules=rules).exact().set_index("days")["value"]
    others = curves.not_moved_in_after_order(table, when=YEAR, rules=rules).exact().groupby("days")["value"].sum()
    assert (moved + others).dropna().tolist() == pytest.approx([100] * len(moved.index.intersection(others.index)))


def test_a_plain_count_where_nobody_is_lost_from_sight():
    draw = np.random.default_rng(4)
    days, end = draw.integers(0, 300, size=60), draw.integers(1, 3, size=60)
    table = followed(days.tolist(), end.tolist())
    rules = curves.CurveRules([50, 100, 150], fewest_followed=1)
    found = curves.moved_in_after_order(table, when=YEAR, rules=rules).exact()
    expected = [
        100 * sum(1 for day, ended in zip(days, end, strict=True) if ended == 1 and day <= by) / 60
        for by in (50, 100, 150)
    ]
    assert found["value"].tolist() == pytest.approx(expected)
