"""Adoption measures on journeys written by hand: each day, each boundary and each name, without the returns behind them."""

import numpy as np
import pandas as pd
import pytest

from analysis_lib.metrics import adoption
from analysis_lib.metrics.adoption_journeys import JOURNEY_COLUMNS
from analysis_lib.metrics.counting.members import recorded
from analysis_lib.periods import Period
from analysis_lib.results import PUBLISHED

YEAR, BEFORE = Period.parse("2020-21"), Period.parse("2019-20")
SPANS = {"year": YEAR, "before": BEFORE}
DAY = YEAR.end
DAYS = (
    "birth_date", "entered_care", "decision_date", "order_date", "order_ended", "match_date", "moved_in", "adoption_date",
    "plan_ended", "left_care", "fostering_start",
)  # fmt: skip
NOTHING = {
    "plan": 1, "plan_ended_reason": None, "leaving_reason": None, "adopted_by_foster_carer": False, "early_permanence": False,
    "with_consent": False, "disrupted_placements": 0, "other_orders": 0, "replaced_decisions": 0, "sources_disagree": "",
}  # fmt: skip
ADOPTED = {
    "entered_care": "2019-04-01", "decision_date": "2019-08-01", "order_date": "2019-10-01", "match_date": "2020-01-15",
    "moved_in": "2020-02-01", "adoption_date": "2020-09-30",
}  # fmt: skip
WAITS = {"entered_care": "2020-05-01", "decision_date": "2020-10-01", "order_date": "2020-11-01"}


def journeys(**children):
    """Journeys from the days and answers of each child; those not told are missing, or nothing out of the ordinary."""
    rows = [{**NOTHING, "child_id": child, **told} for child, told in children.items()]
    frame = pd.DataFrame(rows, columns=list(JOURNEY_COLUMNS))
    frame = frame.assign(**{day: pd.to_datetime(frame[day]).astype("datetime64[ns]") for day in DAYS})
    return frame.astype({name: bool for name in ("early_permanence", "with_consent")}) if rows else frame


def named(make):
    with recorded():
        return make()


def children(result, row=0, column="numerator"):
    return result.exact()[f"{column}_children"][row]


def dated(result, span=YEAR, row=0):
    frame = result.exact()
    return (frame["period_start"][row], frame["period_end"][row]) == (span.start, span.end)


# -------------------------------------------------------------------------------------------------------------- counts


@pytest.mark.parametrize(
    ("function", "day", "name"),
    [
        (adoption.children_adopted, "adoption_date", "children_adopted"),
        (adoption.placement_orders_granted, "order_date", "placement_orders"),
        (adoption.adoption_decisions, "decision_date", "adoption_decisions"),
    ],
)
def test_each_count_goes_by_its_own_day_and_names_its_children(function, day, name):
    table = journeys(a={day: "2020-04-01"}, b={day: "2021-03-31"}, c={day: "2020-03-31"}, d={day: "2021-04-01"}, e={})
    result = named(lambda: function(table, SPANS))
    assert result.exact()["value"].tolist() == [2, 1] and result.exact()["span"].tolist() == ["year", "before"]
    assert (children(result), children(result, 1)) == (["a", "b"], ["c"])
    assert dated(result) and dated(result, BEFORE, 1)
    assert result.measure.name == name and result.groups == ("span",)
    since = function(table, SPANS, pd.Timestamp("2020-03-31")).exact()
    assert since["value"].tolist() == [2, 1]
    since = function(table, SPANS, pd.Timestamp("2020-04-01")).exact()
    assert since["value"].isna().tolist() == [False, True] and since["symbol"].tolist() == ["", "z"]


def test_children_adopted_by_year_has_no_spans():
    table = journeys(a={"adoption_date": "2020-04-01"}, b={"adoption_date": "2020-03-31"})
    result = adoption.children_adopted_by_year(table, [BEFORE, YEAR])
    assert result.exact()["value"].tolist() == [1, 1] and result.groups == ()
    early = adoption.children_adopted_by_year(table, [BEFORE, YEAR], YEAR.start).exact()
    assert early["value"].isna().tolist() == [True, False]


def test_share_of_leavers_by_the_last_cessation_in_each_year():
    periods = pd.DataFrame(
        [
            ("a", "2020-04-01", True), ("b", "2020-04-01", False), ("b", "2021-03-31", True), ("c", "2021-03-31", True),
            ("c", "2021-04-01", False), ("d", None, False), ("e", "2020-03-31", False),
        ],
        columns=["child_id", "care_end", "ended_by_adoption"],
    )  # fmt: skip
    periods["care_end"] = pd.to_datetime(periods["care_end"])
    turned = periods.iloc[::-1]
    for each in (periods, turned):
        result = named(
            lambda rows=each: adoption.adopted_share_of_leavers(rows, [YEAR, BEFORE, Period.parse("2017-18")])
        )
        frame = result.exact()
        assert frame["numerator"].tolist() == [3, 0, 0] and frame["denominator"].tolist() == [3, 1, 0]
        assert frame["value"].tolist()[:2] == [100, 0] and np.isnan(frame["value"][2])
    assert sorted(children(result)) == sorted(children(result, 0, "denominator")) == ["a", "b", "c"]
    assert children(result, 1, "denominator") == ["e"] and children(result, 1) == []
    assert dated(result) and result.measure.name == "adopted_percent"


def test_printed_sources_are_those_of_adoption_each_once_in_order():
    figures = pd.DataFrame(
        [
            ("children_adopted", "paper b"), ("placement_orders", "paper a"), ("adoption_decisions", "paper c"),
            ("adoption_placements", "paper d"), ("waiting_with_placement_order", "paper e"), ("days_care_to_moved_in", "paper f"),
            ("days_order_to_match", "paper g"), ("days_order_to_adoption_order", "paper h"), ("children_adopted", "paper a"),
            ("something_else", "paper z"),
        ],
        columns=["measure", "source"],
    )  # fmt: skip
    assert adoption.printed_sources(figures) == [f"paper {letter}" for letter in "abcdefgh"]


def test_what_councils_print_is_carried_by_these_measures():
    assert {name: measure.name for name, measure in adoption.PRINTED_COUNTS.items()} == {
        "children_adopted": "children_adopted", "placement_orders": "placement_orders",
        "adoption_decisions": "adoption_decisions", "adoption_placements": "adoption_placements",
    }  # fmt: skip
    assert {name: measure.name for name, measure in adoption.PRINTED_WAITING.items()} == {
        "waiting_with_placement_order": "children_waiting"
    }
    assert {name: measure.name for name, measure in adoption.PRINTED_DAYS.items()} == {
        "days_care_to_moved_in": "a1_days", "days_order_to_match": "a2_days",
        "days_order_to_adoption_order": "order_to_adoption_days",
    }  # fmt: skip


# ------------------------------------------------------------------------------------------------- what the returns cover


def test_the_returns_begin_with_the_year_of_the_first_end():
    episodes = pd.DataFrame({"episode_start": pd.to_datetime(["2015-01-01", "2016-01-01"]), "episode_end": pd.NaT})
    assert adoption.returns_begin(episodes) == pd.Timestamp("2015-01-01")
    ended = episodes.assign(episode_end=pd.to_datetime(["2019-03-31", "2018-04-01"]))
    assert adoption.returns_begin(ended) == pd.Timestamp("2018-04-01")
    assert pd.isna(adoption.returns_begin(episodes.iloc[:0]))


@pytest.mark.parametrize(
    ("since", "words"),
    [
        (None, "Three years: April 2018 to March 2021"),
        ("2018-04-01", "Three years: April 2018 to March 2021"),
        ("2018-04-02", "Since the returns begin: 2 April 2018 to 31 March 2021"),
        ("2021-03-31", "Since the returns begin: 31 March 2021 to 31 March 2021"),
        ("2021-04-01", "Three years: April 2018 to March 2021"),
    ],
)
def test_three_years_begin_where_the_returns_do(since, words):
    spans = adoption.reporting_spans(Period.parse("2021-22-Q2"), pd.Timestamp(since or pd.NaT))
    start = pd.Timestamp(since) if words.startswith("Since") else pd.Timestamp("2018-04-01")
    assert [(span.start, span.end) for span in spans.values()] == [
        (pd.Timestamp("2021-04-01"), pd.Timestamp("2021-09-30")), (YEAR.start, YEAR.end), (start, YEAR.end),
    ]  # fmt: skip
    assert list(spans)[:2] == ["Year to date: April to September 2021", "Last full year: April 2020 to March 2021"]
    assert list(spans)[2].split(":")[0] == words.split(":")[0]


@pytest.mark.parametrize(
    ("since", "start"), [("2016-10-01", "2016-10-01"), ("2016-10-02", "2016-10-02"), ("2021-09-30", "2021-09-30"), ("2021-10-01", "2016-10-01"), (None, "2016-10-01")]
)  # fmt: skip
def test_five_years_back_or_from_the_first_day_of_the_returns(since, start):
    found = adoption.years_back(Period.parse("2021-22-Q2"), pd.Timestamp(since or pd.NaT))
    assert (found.start, found.end) == (pd.Timestamp(start), pd.Timestamp("2021-09-30"))
    two = adoption.years_back(Period.parse("2021-22-Q2"), pd.Timestamp(since or pd.NaT), years=2)
    assert two.start == max(pd.Timestamp(start), pd.Timestamp("2019-10-01"))


@pytest.mark.parametrize(
    ("since", "codes"),
    [
        ("2018-04-01", ["2018-19", "2019-20", "2020-21"]),
        ("2018-04-02", ["2018-19", "2019-20", "2020-21"]),
        ("2018-03-31", ["2017-18", "2018-19", "2019-20", "2020-21"]),
        ("2020-04-01", ["2020-21"]),
        ("2022-04-01", ["2020-21"]),
        (None, ["2020-21"]),
    ],
)
def test_financial_years_reach_back_to_the_returns(since, codes):
    years = adoption.financial_years(Period.parse("2021-22-Q2"), pd.Timestamp(since or pd.NaT))
    assert [year.code for year in years] == codes


# -------------------------------------------------------------------------------------------------------- children who wait

ENDS = ("plan_ended", "order_ended", "left_care")


@pytest.mark.parametrize("end", [*ENDS, "adoption_date"])
@pytest.mark.parametrize(("when", "waits"), [("2021-03-31", 0), ("2021-04-01", 1)])
def test_a_child_waits_until_the_day_of_any_end(end, when, waits):
    table = journeys(a={**WAITS, end: when}, b={"decision_date": "2020-10-01"})
    result = named(lambda: adoption.children_waiting(table, census_date=DAY))
    assert result.exact()["value"].tolist() == [waits] and children(result) == ["a"] * waits
    assert result.measure.name == "children_waiting" and result.exact()["period_end"].tolist() == [DAY]
    assert adoption.children_waiting_by_stage(table, census_date=DAY).exact()["value"].sum() == waits
    assert adoption.waiting_to_be_placed_with_order(table, census_date=DAY).exact()["value"].tolist() == [waits]
    assert adoption.waiting_to_be_placed(table, census_date=DAY).exact()["value"].tolist() == [waits + 1]


def test_a_plan_that_was_ended_counts_for_nothing_once_the_child_is_adopted():
    table = journeys(
        a={**ADOPTED, "plan_ended": "2020-01-01"}, b={**WAITS, "plan_ended": "2021-01-02", "left_care": "2021-01-01"}
    )
    assert adoption.ended_without_adoption(table).tolist() == [pd.NaT, pd.Timestamp("2021-01-01")]
    assert adoption.children_waiting(table, census_date=pd.Timestamp("2020-02-01")).exact()["value"].tolist() == [1]


def test_stages_of_those_who_wait():
    table = journeys(
        a=WAITS, b={**WAITS, "match_date": "2021-03-31"}, c={**WAITS, "match_date": "2021-04-01"},
        d={**WAITS, "match_date": "2021-01-01", "moved_in": "2021-03-31"},
        e={**WAITS, "match_date": "2021-01-01", "moved_in": "2021-04-01"}, f={**WAITS, "moved_in": "2021-02-01"},
    )  # fmt: skip
    result = named(lambda: adoption.children_waiting_by_stage(table, census_date=DAY))
    frame = result.exact()
    assert frame["stage"].tolist() == ["No match known yet", "Matched, not yet moved in", "Moved in, not yet adopted"]
    assert frame["numerator_children"].tolist() == [["a", "c"], ["b", "e"], ["d", "f"]]
    assert frame["value"].tolist() == [2, 2, 2] and frame["period_end"].eq(DAY).all()
    assert result.groups == ("stage",) and result.parts == ("stage",) and result.measure.name == "children_waiting"
    for arguments in ({"fewest_shown": 3}, {"matches_known": False}):
        two = named(lambda told=arguments: adoption.children_waiting_by_stage(table, census_date=DAY, **told)).exact()
        assert two["stage"].tolist() == ["Not moved in yet", "Moved in, not yet adopted"]
        assert two["numerator_children"].tolist() == [["a", "b", "c", "e"], ["d", "f"]]
        assert two["value"].tolist() == [4, 2]
    assert len(adoption.children_waiting_by_stage(table, census_date=DAY, fewest_shown=2)) == 3
    one = journeys(a=WAITS)
    assert adoption.children_waiting_by_stage(one, census_date=DAY).exact()["value"].tolist() == [1, 0, 0]
    assert adoption.children_waiting_by_stage(one, census_date=DAY, fewest_shown=1).exact()["value"].tolist() == [
        1,
        0,
        0,
    ]
    assert len(adoption.children_waiting_by_stage(one, census_date=DAY, fewest_shown=2)) == 2


def test_days_waited_so_far_are_those_of_children_not_moved_in():
    table = journeys(
        a={**WAITS, "order_date": "2021-03-30"}, b={**WAITS, "order_date": "2021-03-01"}, c={**WAITS, "order_date": "2020-03-31"},
        d={**WAITS, "moved_in": "2021-03-31"}, e={**WAITS, "order_date": "2021-04-01"},
    )  # fmt: skip
    result = named(lambda: adoption.days_waited_so_far(table, census_date=DAY))
    frame = result.exact()
    assert (frame["value"][0], frame["denominator"][0]) == (30, 3) and frame["period_end"].tolist() == [DAY]
    assert children(result, 0, "denominator") == ["a", "b", "c"] and result.measure.name == "days_waited_so_far"
    assert frame["method"][0] == "median (type 7)"


# -------------------------------------------------------------------------------------------------------- scorecards

CARER = {**ADOPTED, "adopted_by_foster_carer": True, "fostering_start": "2019-05-01"}


def days(function, statistic="mean", **stories):
    return function(journeys(**stories), SPANS, statistic)


def test_a1_a10_and_a2_rest_on_children_adopted_in_the_span_whose_days_are_in_order():
    table = journeys(
        a=ADOPTED, b=CARER, c={**ADOPTED, "adoption_date": "2020-03-31", "moved_in": "2019-04-02", "match_date": "2019-10-02"},
        d={**ADOPTED, "entered_care": None}, e={**ADOPTED, "moved_in": "2019-03-31"}, f={**CARER, "fostering_start": None},
        g={**ADOPTED, "match_date": "2019-09-01"}, h={**ADOPTED, "order_date": None}, i={**ADOPTED, "moved_in": None}, j=WAITS,
    )  # fmt: skip
    a1 = named(lambda: adoption.days_to_moving_in_a1(table, SPANS))
    assert a1.exact()["numerator"].tolist() == [306 * 5, 1] and a1.exact()["denominator"].tolist() == [5, 1]
    assert children(a1, 0, "denominator") == ["a", "b", "f", "g", "h"]
    assert a1.exact()["value"].tolist() == [306, 1]
    a10 = named(lambda: adoption.days_to_moving_in_a10(table, SPANS))
    assert children(a10, 0, "denominator") == ["a", "b", "g", "h"]
    assert a10.exact()["numerator"].tolist() == [306 * 3 + 30, 1]
    a2 = named(lambda: adoption.days_from_order_to_match_a2(table, SPANS))
    assert children(a2, 0, "denominator") == ["a", "b", "d", "e", "f", "g"]
    assert a2.exact()["numerator"].tolist() == [106 * 5, 1]
    for result, name in ((a1, "a1_days"), (a10, "a10_days"), (a2, "a2_days")):
        assert result.measure.name == name and result.groups == ("span",)
        assert result.exact()["span"].tolist() == ["year", "before"]
        assert dated(result) and dated(result, BEFORE, 1)
        assert result.exact()["method"].eq("mean, t interval 95%").all()


@pytest.mark.parametrize(
    ("statistic", "value"), [("lower quartile", 153.25), ("median", 306), ("upper quartile", 306), ("mean", 229.75)]
)
@pytest.mark.parametrize(
    "function", [adoption.days_to_moving_in_a1, adoption.days_to_moving_in_a10, adoption.days_from_order_to_match_a2]
)
def test_averages_come_as_mean_median_and_quartiles(function, statistic, value):
    short = {**ADOPTED, "moved_in": "2019-04-02", "match_date": "2019-10-01"}
    stories = {"a": ADOPTED, "b": ADOPTED, "c": ADOPTED, "d": short}
    found = days(function, statistic, **stories).exact()
    if function is adoption.days_from_order_to_match_a2:
        value = {"lower quartile": 79.5, "median": 106, "upper quartile": 106, "mean": 79.5}[statistic]
    elif statistic == "lower quartile":
        value = 1 + 0.75 * 305
    assert found["value"][0] == pytest.approx(value)
    words = "mean, t interval 95%" if statistic == "mean" else f"{statistic} (type 7)"
    assert found["method"][0] == words


@pytest.mark.parametrize(
    ("moved_in", "within"), [("2020-05-31", 1), ("2020-06-01", 0), ("2020-06-02", 0), ("2019-04-01", 1)]
)
def test_a3_by_months_is_strictly_less(moved_in, within):
    table = journeys(a={**ADOPTED, "moved_in": moved_in})
    result = named(
        lambda: adoption.moved_in_in_time_a3(table, SPANS, include_waiting=False, threshold_months=14)
    )  # fmt: skip
    assert (children(result), children(result, 0, "denominator")) == (["a"] * within, ["a"])
    frame = result.exact()
    assert frame["numerator"].tolist() == [within, 0] and frame["denominator"].tolist() == [1, 0]
    assert (
        result.measure.name == "a3_percent"
        and result.groups == ("span", "threshold")
        and dated(result)
        and dated(result, BEFORE, 1)
    )


@pytest.mark.parametrize(("moved_in", "within"), [("2020-05-30", 1), ("2020-05-31", 0)])
def test_a3_by_days_is_strictly_less_than_426(moved_in, within):
    table = journeys(a={**ADOPTED, "moved_in": moved_in})
    by_days = adoption.moved_in_in_time_a3(table, SPANS, include_waiting=False, threshold_days=426)
    assert by_days.exact()["numerator"].tolist() == [within, 0]
    both = adoption.a3_both_ways(table, SPANS)
    assert [each.exact()["numerator"][0] for each in both] == [1, within, 1, within]
    assert [each.measure.name for each in both] == ["a3_percent"] * 2 + ["a3_with_waiting_percent"] * 2
    shorter = adoption.a3_both_ways(table, SPANS, months=13, days=420)
    assert [each.exact()["numerator"][0] for each in shorter] == [0, 0, 0, 0]
    longer = adoption.a3_both_ways(table, SPANS, months=15, days=430)
    assert [each.exact()["numerator"][0] for each in longer] == [1, 1, 1, 1]


def test_a3_leaves_out_what_is_not_known_or_out_of_order():
    table = journeys(
        a={**ADOPTED, "entered_care": None}, b={**ADOPTED, "moved_in": None}, c={**ADOPTED, "moved_in": "2019-03-31"}, d=ADOPTED,
    )  # fmt: skip
    result = named(
        lambda: adoption.moved_in_in_time_a3(table, SPANS, include_waiting=False, threshold_months=14)
    )  # fmt: skip
    assert children(result, 0, "denominator") == ["d"]


def test_a3_with_those_who_wait_takes_their_wait_so_far():
    table = journeys(
        late={**WAITS, "entered_care": "2020-01-31"}, soon={**WAITS, "entered_care": "2020-02-01"},
        moved={**WAITS, "entered_care": "2019-01-01", "moved_in": "2020-02-28"}, adopted=ADOPTED,
        ended={**WAITS, "plan_ended": "2021-03-31"}, later={**WAITS, "decision_date": None, "order_date": "2021-04-01"},
        moves={**WAITS, "entered_care": "2020-01-01", "moved_in": "2021-04-01"},
        unplaced={**ADOPTED, "moved_in": None}, next_year={**ADOPTED, "adoption_date": "2021-04-01"},
        early={"entered_care": "2020-12-01", "moved_in": "2021-03-31"},
    )  # fmt: skip
    result = named(
        lambda: adoption.moved_in_in_time_a3(table, {"year": YEAR}, include_waiting=True, threshold_months=14)
    )  # fmt: skip
    assert sorted(children(result, 0, "denominator")) == [
        "adopted", "early", "late", "moved", "moves", "next_year", "soon",
    ]  # fmt: skip
    assert sorted(children(result)) == ["adopted", "early", "moved", "next_year", "soon"]
    assert result.measure.name == "a3_with_waiting_percent"


@pytest.mark.parametrize("told", [{}, {"threshold_months": 14, "threshold_days": 426}])
def test_a3_takes_one_threshold(told):
    with pytest.raises(ValueError, match=r"^moved_in_in_time_a3\(\) needs either threshold_months or threshold_days$"):
        adoption.moved_in_in_time_a3(journeys(a=ADOPTED), SPANS, include_waiting=False, **told)


def test_thresholds_are_published_and_say_where():
    result = adoption.thresholds()
    frame = result.exact()
    assert result.origin == PUBLISHED and result.groups == ("threshold",) and result.measure.name == "threshold_days"
    assert frame["threshold"].tolist()[0] == "A1, set in 2012: 21 months"
    assert frame["threshold"].tolist()[-1] == "A2, three-year average 2013 to 2016: 4 months"
    assert frame["period_start"].isna().all() and frame["period_end"].tolist()[0] == pd.Timestamp("2012-12-31")
    absent = frame[["numerator", "denominator", "lower", "upper"]]
    assert absent.isna().all().all() and absent.dtypes.eq("float64").all()
    assert frame["value"].tolist() == [639, 547, 487, 426, 213, 182, 152, 121]
    assert (
        frame["unit"].eq("days").all() and frame["measure"].eq("threshold_days").all() and frame["symbol"].eq("").all()
    )
    assert frame["method"][0] == "days as printed" and frame["method"][3].startswith("months as printed")
    assert frame["source"].str.startswith(("Wolverhampton City Council", "Department for Education")).all()


# ------------------------------------------------------------------------------------------------------------ stages

STAGE_DAYS = {
    "Entered care to decision": 122,
    "Decision to placement order": 61,
    "Placement order to match": 106,
    "Match to moving in": 17,
    "Moving in to adoption": 242,
    "Entered care to moving in": 306,
    "Entered care to adoption": 548,
}


def test_each_stage_has_its_days_in_order():
    table = journeys(a=ADOPTED, b={**ADOPTED, "adoption_date": "2021-04-01"})
    result = named(lambda: adoption.days_by_stage(table, period=YEAR, statistic="mean"))
    frame = result.exact()
    assert dict(zip(frame["stage"], frame["value"], strict=True)) == STAGE_DAYS
    assert frame["stage"].tolist() == list(STAGE_DAYS) and frame["denominator"].eq(1).all()
    assert frame["denominator_children"].tolist() == [["a"]] * 7
    assert (
        result.measure.name == "stage_days" and result.groups == ("stage",) and dated(result) and dated(result, row=6)
    )
    assert adoption.days_by_stage(table, period=YEAR, statistic="median").exact()["method"].eq("median (type 7)").all()


def test_completed_stages_count_in_the_period_of_their_last_day():
    table = journeys(a=WAITS, b=ADOPTED, c={**WAITS, "decision_date": "2021-03-31", "order_date": "2021-04-01"})
    result = adoption.days_by_stage(table, period=YEAR, statistic="median", cohort="completed")
    found = result.exact().set_index("stage")
    assert found["denominator"].tolist() == [2, 1, 0, 0, 1, 0, 1]
    assert found.loc["Entered care to decision", "value"] == (153 + 334) / 2
    assert found.loc["Decision to placement order", "value"] == 31
    assert result.measure.name == "stage_days_completed"
    assert (
        result.measure.name
        != adoption.days_by_stage(table, period=YEAR, statistic="mean", cohort="adopted").measure.name
    )


def test_days_out_of_order_are_no_days_but_an_early_match_is_none():
    table = journeys(a={**ADOPTED, "decision_date": "2019-11-01", "match_date": "2019-09-01"})
    by_stage = {stage.name: adoption.stage_days(table, stage)[0] for stage in adoption.STAGES}
    assert np.isnan(by_stage["Decision to placement order"])
    assert by_stage["Placement order to match"] == 0 and by_stage["Match to moving in"] == 153
    same_day = journeys(a={**ADOPTED, "decision_date": "2019-10-01"})
    assert adoption.stage_days(same_day, adoption.STAGES[1])[0] == 0


# ---------------------------------------------------------------------------------------------------------------- audits


def audit(**stories):
    result = named(lambda: adoption.dates_audited(journeys(**stories), period=YEAR))
    frame = result.exact()
    pairs = frame[["stage", "finding"]].itertuples(index=False, name=None)
    return result, dict(zip(pairs, frame["numerator_children"], strict=True))


def test_what_was_found_in_the_days_of_each_stage():
    result, found = audit(
        good=ADOPTED,
        no_match={**ADOPTED, "match_date": None},
        no_decision={**ADOPTED, "decision_date": None},
        late_order={**ADOPTED, "decision_date": "2019-10-02"},
        early_match={**ADOPTED, "match_date": "2019-09-30"},
        consent={**ADOPTED, "order_date": None, "with_consent": True},
        waits=WAITS,
        before={**ADOPTED, "adoption_date": "2020-03-31"},
        after={"decision_date": "2021-04-01"},
        no_start={**ADOPTED, "entered_care": None},
    )
    assert result.groups == ("stage", "finding") and result.parts == ("finding",) and dated(result)
    assert result.measure.name == "journeys_audited" and len(result) == 30
    assert [finding for stage, finding in found if stage == "Match to moving in"] == [
        "Past this stage", "Used", "Start date missing", "End date missing", "Dates out of order", "No order needed",
    ]  # fmt: skip
    all_past = ["good", "no_match", "no_decision", "late_order", "early_match", "consent", "waits", "no_start"]
    stage = "Entered care to decision"
    assert found[stage, "Past this stage"] == all_past
    assert found[stage, "End date missing"] == ["no_decision"] and found[stage, "Start date missing"] == ["no_start"]
    assert found[stage, "No order needed"] == found[stage, "Dates out of order"] == []
    stage = "Decision to placement order"
    assert found[stage, "Past this stage"] == all_past and found[stage, "No order needed"] == ["consent"]
    assert found[stage, "Start date missing"] == ["no_decision"]
    assert found[stage, "Dates out of order"] == ["late_order"] and found[stage, "End date missing"] == []
    assert found[stage, "Used"] == ["good", "no_match", "early_match", "waits", "no_start"]
    stage = "Placement order to match"
    assert found[stage, "Past this stage"] == [each for each in all_past if each != "waits"]
    assert found[stage, "End date missing"] == ["no_match"] and found[stage, "No order needed"] == ["consent"]
    assert found[stage, "Dates out of order"] == [] and "early_match" in found[stage, "Used"]
    stage = "Match to moving in"
    assert found[stage, "Start date missing"] == ["no_match"] and found[stage, "No order needed"] == []
    stage = "Moving in to adoption"
    assert found[stage, "Used"] == [each for each in all_past if each != "waits"]
    assert (adoption.FINDINGS[2:]) == adoption.FOUND_IN_DATES


@pytest.mark.parametrize(
    ("story", "is_open"),
    [
        ({"decision_date": "2021-03-31"}, True),
        ({"decision_date": "2021-04-01"}, False),
        ({"decision_date": "2019-05-01", "plan_ended": "2020-03-31"}, False),
        ({"decision_date": "2019-05-01", "plan_ended": "2020-04-01"}, True),
        ({"match_date": "2021-03-31"}, True),
        ({"moved_in": "2021-03-31"}, True),
        ({"order_date": "2021-03-31"}, True),
        ({"adoption_date": "2020-04-01"}, True),
        ({"adoption_date": "2020-03-31"}, False),
        ({"entered_care": "2020-03-31"}, False),
    ],
)
def test_a_journey_is_looked_at_while_it_is_open_in_the_period(story, is_open):
    result = named(lambda: adoption.records_audited(journeys(a=story), period=YEAR))
    assert children(result) == ["a"] * is_open


def test_other_things_a_reader_should_know():
    table = journeys(
        good=ADOPTED, replaced={**ADOPTED, "replaced_decisions": 1}, orders={**ADOPTED, "other_orders": 1},
        broken={**ADOPTED, "disrupted_placements": 1}, ended={**ADOPTED, "plan_ended": "2020-05-01"},
        ended_only={**WAITS, "plan_ended": "2021-01-01"}, differ={**ADOPTED, "sources_disagree": "match_date"},
        unborn={**ADOPTED, "birth_date": "2019-08-02"}, born={**ADOPTED, "birth_date": "2019-08-01"},
        carer=CARER, unknown={**CARER, "fostering_start": None},
        unknown_waits={**WAITS, "adopted_by_foster_carer": True},
        born_late={**ADOPTED, "birth_date": "2020-10-01", "decision_date": None, "order_date": None, "match_date": None,
                   "moved_in": None},
    )  # fmt: skip
    result = named(lambda: adoption.records_audited(table, period=YEAR))
    frame = result.exact()
    found = dict(zip(frame["finding"], frame["numerator_children"], strict=True))
    assert found.pop("Journeys looked at") == table["child_id"].tolist()
    assert found == {
        "Decision recorded again without an end to the first": ["replaced"],
        "More than one placement order in one plan": ["orders"],
        "An earlier adoptive placement broke down": ["broken"],
        "Adopted although the plan was recorded as ended": ["ended"],
        "Return and Annex A list 10 give different days": ["differ"],
        "A day before the child was born": ["unborn", "born_late"],
        "Adopted by the foster carer, start of fostering not known": ["unknown"],
    }
    assert frame["value"].tolist() == [13, 1, 1, 1, 1, 1, 2, 1] and dated(result)
    assert result.groups == ("finding",) and result.measure.name == "journeys_audited"


# ------------------------------------------------------------------------------------------------------------ changed plans


def test_changed_plans_and_their_share_name_their_children():
    table = journeys(
        a={**WAITS, "plan_ended": "2020-12-31"}, b=ADOPTED, c={**ADOPTED, "plan_ended": "2020-05-01"}, d=WAITS
    )
    number = named(lambda: adoption.decisions_changed(table, SPANS))
    share = named(lambda: adoption.decisions_changed_share(table, SPANS))
    assert (children(number), children(share), children(share, 0, "denominator")) == (["a"], ["a"], ["a", "b", "c"])
    assert share.exact()["value"].tolist()[0] == pytest.approx(100 / 3) and np.isnan(share.exact()["value"][1])
    assert dated(share) and dated(share, BEFORE, 1) and share.exact()["denominator"].tolist() == [3, 0]
    missing = adoption.decisions_changed(table, SPANS, YEAR.start).exact()["value"]
    assert missing.isna().tolist() == [False, True]
