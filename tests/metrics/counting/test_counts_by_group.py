"""Plans and waits for adoption by group: a row for each group, with its own children and nobody else's."""

import pandas as pd
import pytest
from adoption_stories import BY_CARER, PLAIN, WAITING, returns

from analysis_lib.metrics import adoption
from analysis_lib.metrics.adoption_journeys import adoption_journeys
from analysis_lib.metrics.child_protection import on_protection_plan_at, protection_plan_ends, protection_plan_starts
from analysis_lib.metrics.children_in_need import need_plan_ends, need_plan_starts, on_need_plan_at
from analysis_lib.metrics.counting import members
from analysis_lib.periods import Period

DAY = pd.Timestamp("2021-03-31")
YEAR = Period.parse("2020-21")


def spells(start, end, *rows):
    frame = pd.DataFrame(rows, columns=["child_id", "area", start, end])
    return frame.assign(**{name: pd.to_datetime(frame[name]) for name in (start, end)})


def plans(*rows):
    return spells("plan_start", "plan_end", *rows)


def by_group(result):
    frame = members.behind(result)
    return dict(zip(frame["area"], frame["numerator_children"], strict=True)), frame["value"].tolist()


PLANS = plans(
    ("ann", "east", "2020-04-01", "2021-03-31"),
    ("ann", "west", "2021-03-31", None),
    ("bob", None, "2020-03-31", "2021-04-01"),
)


@pytest.mark.parametrize(
    ("count", "when", "expected"),
    [
        (on_protection_plan_at, {"census_date": DAY}, {"east": [], "west": ["ann"], "Not known": ["bob"]}),
        (protection_plan_starts, {"period": YEAR}, {"east": ["ann"], "west": ["ann"], "Not known": []}),
        (protection_plan_ends, {"period": YEAR}, {"east": ["ann"], "west": [], "Not known": []}),
        (need_plan_starts, {"period": YEAR}, {"east": ["ann"], "west": ["ann"], "Not known": []}),
        (need_plan_ends, {"period": YEAR}, {"east": ["ann"], "west": [], "Not known": []}),
    ],
)
def test_plans_by_group(count, when, expected):
    with members.recorded():
        result = count(PLANS, **when, by=["area"])
    assert by_group(result) == (expected, [len(each) for each in expected.values()])
    assert result.measure.name == count.__name__.removesuffix("_at") and result.parts == ("area",)


def test_children_on_a_need_plan_by_group_have_nothing_higher_in_the_same_group():
    need = plans(
        ("ann", "east", "2020-01-01", None), ("bob", "east", "2020-01-01", None), ("cat", "west", "2020-01-01", None),
        ("dan", "south", "2020-01-01", None), ("eve", "south", "2020-01-01", "2021-03-31"),
    )  # fmt: skip
    protected = plans(("bob", "east", "2021-01-01", None), ("zoe", "north", "2021-01-01", None))
    care = spells("care_start", "care_end", ("cat", "west", "2021-03-31", None), ("dan", "west", "2021-01-01", None))
    with members.recorded():
        result = on_need_plan_at(need, protected, care, census_date=DAY, by=["area"])
    expected = {"east": ["ann"], "north": [], "west": [], "south": ["dan"]}
    assert by_group(result) == (expected, [1, 0, 0, 1]) and result.groups == result.parts == ("area",)
    whole = on_need_plan_at(need, protected, care, census_date=[DAY, pd.Timestamp("2021-03-30")])
    assert whole.exact()["value"].tolist() == [1, 3] and whole.groups == ()


SPANS = {"year": YEAR, "three years": Period.span(pd.Timestamp("2018-04-01"), DAY), "before": Period.parse("2017-18")}


@pytest.mark.parametrize("statistic", ["mean", "median"])
@pytest.mark.parametrize(
    "count", [adoption.days_to_moving_in_a1, adoption.days_to_moving_in_a10, adoption.days_from_order_to_match_a2]
)
def test_waits_for_adoption_by_group_are_those_of_the_group_alone(count, statistic):
    journeys = adoption_journeys(**returns(PLAIN, BY_CARER, WAITING))
    areas = pd.Categorical(
        ["east" if child == "plain" else "west" for child in journeys["child_id"]], ["west", "east", "north"]
    )
    journeys = journeys.assign(area=areas)
    with members.recorded():
        result = count(journeys, SPANS, statistic, by=["area"])
        alone = {name: members.behind(count(journeys[areas == name], SPANS, statistic)) for name in areas.categories}
    frame = members.behind(result)
    assert result.groups == ("span", "area")
    assert frame[["span", "area"]].values.tolist() == [
        [span, area] for span in SPANS for area in ("west", "east", "north")
    ]
    for area, rows in frame.groupby("area"):
        pd.testing.assert_frame_equal(rows.drop(columns="area").reset_index(drop=True), alone[area], rtol=1e-12)
    assert frame["denominator"].sum() > 0


def test_waits_of_an_unknown_group_have_a_row_of_their_own():
    journeys = adoption_journeys(**returns(PLAIN)).assign(area=None)
    frame = adoption.days_to_moving_in_a1(journeys, {"year": YEAR}, by=["area"]).exact()
    assert frame["area"].tolist() == ["Not known"] and frame["denominator"].tolist() == [1]
    assert (frame["period_start"][0], frame["period_end"][0]) == (YEAR.start, YEAR.end)
