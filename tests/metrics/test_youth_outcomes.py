"""Interventions by type, and who comes back: edges by name, a plain loop as judge, and what adds up."""

import random

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal
from youth_cases import cases, intervention

from analysis_lib.metrics import youth_caseload, youth_outcomes
from analysis_lib.metrics.counting.members import behind, recorded
from analysis_lib.periods import Period

QUARTER, NEXT = Period.parse("2020-21-Q4"), Period.parse("2021-22-Q1")
YEAR = Period.parse("2020-21")
LATE = pd.Timestamp("2030-01-01")
BY_TYPE = (
    youth_outcomes.interventions_open,
    youth_outcomes.interventions_started,
    youth_outcomes.interventions_ended,
    youth_outcomes.children_by_most_serious,
)
TYPES = ["Prevention", "Out of court", "Court order", "Custody", "Not known"]
CODES = ["prevention", "out of court", "court order", "custody", None]


def told(make, *groups):
    """What `make()` counts and whom: (last day, groups) -> numerator, denominator, children of each, sorted."""
    with recorded():
        frame = behind(make())
    return {
        (row["period_end"], *(row[group] for group in groups)): (
            *(None if pd.isna(row[number]) else row[number] for number in ("numerator", "denominator")),
            *(None if row[of] is None else sorted(row[of]) for of in ("numerator_children", "denominator_children")),
        )
        for row in frame.to_dict("records")
    }


def only(result):
    (row,) = result.exact().to_dict("records")
    return row["numerator"], row["denominator"]


# By type


@pytest.mark.parametrize(
    ("start", "end", "is_open", "starts", "ends"),
    [
        ("2020-12-31", "2020-12-31", 0, 0, 0),
        ("2020-12-31", "2021-01-01", 1, 0, 1),
        ("2021-01-01", "2021-01-01", 1, 1, 1),  # within one day
        ("2021-03-30", None, 1, 1, 0),
        ("2021-03-31", "2021-04-01", 1, 1, 0),
        ("2021-04-01", None, 0, 0, 0),
        ("2020-02-29", "2021-03-31", 1, 0, 1),
        (None, None, 0, 0, 0),
    ],
)
def test_open_started_and_ended_at_the_edges_of_a_quarter(start, end, is_open, starts, ends):
    table = cases(intervention("a", start, end, "custody"))
    counts = [measure(table, period=QUARTER).exact()["value"].sum() for measure in BY_TYPE]
    assert counts == [is_open, starts, ends, is_open]


@pytest.mark.parametrize("code", CODES)
def test_each_type_has_its_row_and_what_is_not_known_its_own(code):
    table = cases(intervention("a", "2021-02-01", "2021-03-01", code))
    for measure in BY_TYPE:
        counted = told(lambda measure=measure: measure(table, period=QUARTER), "type")
        assert [name for _, name in counted] == TYPES
        name = TYPES[CODES.index(code)]
        assert counted.pop((QUARTER.end, name)) == (1, None, ["a"], None)
        assert set(numbers[0] for numbers in counted.values()) == {0}


def test_interventions_of_one_child_are_several_and_the_child_is_one():
    table = cases(
        *(intervention("a", "2021-02-01", None, code) for code in CODES), intervention("b", "2021-02-01", None, None)
    )
    opened = told(lambda: youth_outcomes.interventions_open(table, period=QUARTER), "type")
    assert [numbers[0] for numbers in opened.values()] == [1, 1, 1, 1, 2]
    serious = told(lambda: youth_outcomes.children_by_most_serious(table, period=QUARTER), "type")
    assert [numbers[2] for numbers in serious.values()] == [[], [], [], ["a"], ["b"]]


@pytest.mark.parametrize(
    ("less", "more"), [(None, "prevention"), ("prevention", "out of court"), ("out of court", "court order"), ("court order", "custody")]
)  # fmt: skip
def test_the_more_serious_of_two_types_counts_whichever_comes_first(less, more):
    for pair in ((less, more), (more, less)):
        table = cases(*(intervention("a", f"2021-02-0{place + 1}", None, code) for place, code in enumerate(pair)))
        counted = told(lambda table=table: youth_outcomes.children_by_most_serious(table, period=QUARTER), "type")
        assert [name for (_, name), numbers in counted.items() if numbers[0]] == [TYPES[CODES.index(more)]]


def test_an_intervention_outside_the_period_does_not_make_a_child_more_serious():
    table = cases(
        intervention("a", "2020-01-01", "2020-12-31", "custody"), intervention("a", "2021-02-01", None, "prevention")
    )
    counted = told(lambda: youth_outcomes.children_by_most_serious(table, period=[QUARTER, NEXT]), "type")
    assert {key for key, numbers in counted.items() if numbers[0]} == {
        (QUARTER.end, "Prevention"),
        (NEXT.end, "Prevention"),
    }


def test_disposals_out_of_court():
    table = cases(*(intervention(f"{code}{number}", "2021-02-01", None, code) for code in CODES for number in range(2)))
    counted = told(lambda: youth_outcomes.out_of_court_share(table, period=[QUARTER, NEXT]))
    out = ["out of court0", "out of court1"]
    assert counted[(QUARTER.end,)] == (
        2,
        6,
        out,
        sorted([*out, "court order0", "court order1", "custody0", "custody1"]),
    )
    assert counted[(NEXT.end,)] == (0, 0, [], [])
    share = youth_outcomes.out_of_court_share(table, period=[QUARTER, NEXT]).exact()
    assert share["value"].iloc[0] == pytest.approx(100 / 3) and np.isnan(share["value"].iloc[1])
    assert share["lower"].iloc[0] < 100 / 3 < share["upper"].iloc[0]


# Custody


@pytest.mark.parametrize(
    ("birth_date", "age", "counted"),
    [
        ("2003-02-01", 15, 0),  # 18 on the first day: the birthday goes before the age that is given
        ("2003-02-02", 19, 1),  # 18 the day after
        (None, 17, 1),
        (None, 18, 0),
        (None, None, 1),  # nobody knows: counted
    ],
)
def test_children_under_18_on_the_first_day_in_custody(birth_date, age, counted):
    row = {**intervention("a", "2021-02-01", None, "custody"), "birth_date": birth_date, "age": age}
    result = youth_outcomes.custody_rate(cases(row), period=QUARTER, population=1000)
    assert only(result) == (counted, 1000) and result.exact()["value"].item() == counted


def test_custody_rate_counts_starts_in_custody_alone_and_has_an_interval():
    table = cases(
        *(intervention(str(place), "2021-02-01", None, code) for place, code in enumerate([*CODES, "custody"]))
    )
    counted = told(lambda: youth_outcomes.custody_rate(table, period=[QUARTER, NEXT], population=4000))
    assert counted == {(QUARTER.end,): (2, 4000, ["3", "5"], None), (NEXT.end,): (0, 4000, [], None)}
    (row,) = youth_outcomes.custody_rate(table, period=QUARTER, population=4000).exact().to_dict("records")
    assert (row["measure"], row["unit"], row["value"]) == ("yos_custody_rate", "per 1,000", 0.5)
    # Exact Poisson limits of 2 events are 0.2422 and 7.2247 (R: poisson.test(2)), here for every 4 thousand.
    assert (row["lower"], row["upper"]) == (pytest.approx(0.2422 / 4, abs=1e-4), pytest.approx(7.2247 / 4, abs=1e-4))
    nobody = youth_outcomes.custody_rate(table, period=QUARTER, population=None).exact()
    assert nobody["value"].isna().all() and nobody["symbol"].tolist() == ["x"]


# Who comes back


@pytest.mark.parametrize(
    ("again", "came_back"),
    [
        ("2021-02-01", None),  # the day after: one time on the caseload goes on, the child has not left
        ("2021-02-02", 1),
        ("2022-01-30", 1),
        ("2022-01-31", 1),  # a year later to the day
        ("2022-02-01", 0),
    ],
)
def test_a_new_intervention_within_12_months(again, came_back):
    table = cases(intervention("a", "2020-06-01", "2021-01-31"), intervention("a", again, None))
    expected = (0, 0) if came_back is None else (came_back, 1)
    assert only(youth_outcomes.returned(table, period=QUARTER, known_until=LATE)) == expected


@pytest.mark.parametrize(
    ("left", "in_period"),
    [("2020-12-31", 0), ("2021-01-01", 1), ("2021-03-30", 1), ("2021-03-31", 1), ("2021-04-01", 0), (None, 0)],
)
def test_leaving_on_the_edges_of_a_quarter(left, in_period):
    table = cases(intervention("a", "2020-06-01", left))
    assert only(youth_outcomes.returned(table, period=QUARTER, known_until=LATE)) == (0, in_period)


@pytest.mark.parametrize(("known_until", "followed"), [("2022-01-30", 0), ("2022-01-31", 1), ("2022-02-01", 1)])
def test_whoever_cannot_be_followed_for_12_months_is_in_neither_number(known_until, followed):
    table = cases(intervention("a", "2020-06-01", "2021-01-31"), intervention("a", "2021-03-01", None))
    result = youth_outcomes.returned(table, period=QUARTER, known_until=pd.Timestamp(known_until))
    assert only(result) == (followed, followed)


def test_overlapping_interventions_are_one_time_and_a_child_leaves_with_the_last():
    table = cases(
        intervention("a", "2020-06-01", "2021-02-15"),
        intervention("a", "2020-07-01", "2021-01-15"),
        intervention("a", "2021-01-31", "2021-02-10"),
        intervention("b", "2020-06-01", "2021-01-15"),
        intervention("b", "2020-06-01", None),  # still there
    )
    assert told(lambda: youth_outcomes.returned(table, period=QUARTER, known_until=LATE)) == {
        (QUARTER.end,): (0, 1, [], ["a"])
    }
    first_half = Period.span(pd.Timestamp("2021-01-01"), pd.Timestamp("2021-02-14"))
    assert only(youth_outcomes.returned(table, period=first_half, known_until=LATE)) == (0, 0)


def test_who_leaves_twice_in_a_period_is_followed_from_the_first_time():
    table = cases(
        intervention("a", "2020-06-01", "2021-01-10"),
        intervention("a", "2021-02-01", "2021-03-01"),
        intervention("a", "2022-01-15", None),  # within a year of the second time, not of the first
    )
    for measure, expected in (
        (youth_outcomes.returned, (1, 1)),
        (youth_outcomes.new_interventions_each_returned, (1, 1)),
        (youth_outcomes.new_interventions_each_left, (1, 1)),
    ):
        assert only(measure(table, period=QUARTER, known_until=LATE)) == expected


def test_frequency_per_child_who_came_back_and_per_child_who_left():
    table = cases(
        *(intervention(child, "2020-06-01", "2021-01-31") for child in "abcd"),
        intervention("a", "2021-03-01", None),
        intervention("a", "2021-03-01", None, "custody"),  # two on one day are two
        intervention("a", "2021-06-01", None),
        intervention("b", "2022-01-31", None),
        intervention("b", "2022-02-01", None),  # too late
        intervention("e", "2021-03-01", None),  # nobody who left
    )

    def counted(measure):
        return told(lambda: measure(table, period=QUARTER, known_until=LATE))[(QUARTER.end,)]

    assert counted(youth_outcomes.returned) == (2, 4, ["a", "b"], ["a", "b", "c", "d"])
    assert counted(youth_outcomes.new_interventions_each_returned) == (4, 2, None, ["a", "b"])
    assert counted(youth_outcomes.new_interventions_each_left) == (4, 4, None, ["a", "b", "c", "d"])


def test_a_frequency_has_an_interval_over_the_children():
    left = [intervention(str(number), "2020-06-01", "2021-01-31") for number in range(30)]
    again = [intervention(str(number), "2021-05-01", None) for number in range(10)]
    table = cases(*left, *again)
    result = youth_outcomes.new_interventions_each_left(table, period=[QUARTER, NEXT], known_until=LATE)
    row, nobody = result.exact().to_dict("records")
    assert row["value"] == pytest.approx(1 / 3) and row["method"] == "events per child, BCa bootstrap over children 95%"
    # About 1.96 standard errors of the mean, sqrt(1/3 x 2/3 / 30) = 0.086, to either side.
    assert 0.1 < row["lower"] < 0.25 and 0.42 < row["upper"] < 0.6
    assert np.isnan(nobody["value"]) and nobody["denominator"] == 0 and nobody["symbol"] == "z"


def test_rows_without_a_start_or_that_end_before_it_are_left_out():
    table = cases(
        intervention("a", "2020-06-01", "2021-01-31"),
        intervention("a", None, "2021-03-01"),
        intervention("b", "2021-02-01", "2021-01-31"),
    )
    assert told(lambda: youth_outcomes.returned(table, period=QUARTER, known_until=LATE)) == {
        (QUARTER.end,): (0, 1, [], ["a"])
    }


def test_nobody_at_all():
    nobody = cases().iloc[:0]
    for measure in BY_TYPE:
        assert measure(nobody, period=QUARTER).exact()["value"].tolist() == [0] * 5
    for measure in (
        youth_outcomes.returned,
        youth_outcomes.new_interventions_each_returned,
        youth_outcomes.new_interventions_each_left,
    ):
        frame = measure(nobody, period=QUARTER, known_until=LATE).exact()
        assert frame["value"].isna().tolist() == [True] and frame["denominator"].tolist() == [0]


def seeded():
    chance = random.Random(3)
    rows = []
    for _ in range(120):
        start = pd.Timestamp("2020-01-01") + pd.Timedelta(days=chance.randrange(600))
        end = chance.choice([None, start + pd.Timedelta(days=chance.randrange(90))])
        rows.append(intervention(chance.choice("abcdefghijklmnop"), start, end, chance.choice(CODES)))
    return rows


def test_interventions_agree_with_a_plain_loop():
    rows = seeded()
    table, before = cases(*rows), cases(*rows)
    for period in (QUARTER, NEXT):
        expected = {measure: {name: [] for name in TYPES} for measure in BY_TYPE}
        most = {}
        for row in rows:
            name, start, end = (
                TYPES[CODES.index(row["intervention_type"])],
                row["intervention_start"],
                row["intervention_end"],
            )
            if start <= period.end and (end is None or end >= period.start):
                expected[youth_outcomes.interventions_open][name].append(row["child_id"])
                order = ["Not known", *TYPES[:-1]]
                most[row["child_id"]] = max(most.get(row["child_id"], "Not known"), name, key=order.index)
            if period.start <= start <= period.end:
                expected[youth_outcomes.interventions_started][name].append(row["child_id"])
            if end is not None and period.start <= end <= period.end:
                expected[youth_outcomes.interventions_ended][name].append(row["child_id"])
        for child, name in most.items():
            expected[youth_outcomes.children_by_most_serious][name].append(child)
        for measure in BY_TYPE:
            counted = told(lambda measure=measure, period=period: measure(table, period=period), "type")
            assert counted == {
                (period.end, name): (len(who), None, sorted(who), None) for name, who in expected[measure].items()
            }
        on_caseload = youth_caseload.caseload(table, period).exact()["value"].item()
        assert youth_outcomes.children_by_most_serious(table, period=period).exact()["value"].sum() == on_caseload
    assert_frame_equal(table, before)


def test_returns_agree_with_a_plain_loop_over_days():
    rows, known_until = seeded(), pd.Timestamp("2021-11-15")
    table, day = cases(*rows), pd.Timedelta(days=1)
    by_child = {}
    for row in rows:
        by_child.setdefault(row["child_id"], []).append(
            (row["intervention_start"], row["intervention_end"] or pd.Timestamp("2050-01-01"))
        )
    for period in (QUARTER, NEXT, Period.parse("2019-20-Q4")):
        left, back, new = [], [], 0
        for child, times in by_child.items():
            for when in pd.date_range(period.start, period.end):
                is_there = any(start <= when <= end for start, end in times)
                is_there_next = any(start <= when + day <= end for start, end in times)
                if is_there and not is_there_next:
                    until = when + pd.DateOffset(years=1)
                    if until <= known_until:
                        left.append(child)
                        again = sum(when < start <= until for start, _ in times)
                        new += again
                        back += [child] if again else []
                    break
        counted = told(lambda period=period: youth_outcomes.returned(table, period=period, known_until=known_until))
        assert counted[(period.end,)] == (len(back), len(left), sorted(back), sorted(left))
        each = only(youth_outcomes.new_interventions_each_left(table, period=period, known_until=known_until))
        assert each == (new, len(left))


@settings(max_examples=10, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.integers(0, 400), st.none() | st.integers(0, 60), st.sampled_from(CODES)),
        max_size=10,
    )
)
def test_what_started_and_was_open_before_is_open_or_ended(drawn):
    first = pd.Timestamp("2020-06-01")
    table = cases(
        *(
            intervention(
                child,
                first + pd.Timedelta(days=after),
                None if long is None else first + pd.Timedelta(days=after + long),
                code,
            )
            for child, after, long, code in drawn
        )
    )
    opened = youth_outcomes.interventions_open(table, period=YEAR).exact()["value"]
    started = youth_outcomes.interventions_started(table, period=YEAR).exact()["value"]
    assert (started <= opened).all()
    frame = youth_outcomes.returned(table, period=QUARTER, known_until=LATE).exact()
    assert (frame["numerator"] <= frame["denominator"]).all()


def test_rows_carry_their_measure_and_unit():
    table = cases(intervention("a", "2020-06-01", "2021-01-31"), intervention("a", "2021-03-01", None, "custody"))
    follow = {"known_until": LATE}
    for name, measure, more in (
        ("yos_interventions_open", youth_outcomes.interventions_open, {}),
        ("yos_interventions_started", youth_outcomes.interventions_started, {}),
        ("yos_interventions_ended", youth_outcomes.interventions_ended, {}),
        ("yos_children_by_most_serious", youth_outcomes.children_by_most_serious, {}),
        ("yos_out_of_court_share", youth_outcomes.out_of_court_share, {}),
        ("yos_returned", youth_outcomes.returned, follow),
        ("yos_new_interventions_each_returned", youth_outcomes.new_interventions_each_returned, follow),
        ("yos_new_interventions_each_left", youth_outcomes.new_interventions_each_left, follow),
    ):
        result = measure(table, period=QUARTER, **more)
        frame = result.exact()
        assert result.measure.name == name and set(frame["measure"]) == {name}
        assert set(frame["period_start"]) == {QUARTER.start} and set(frame["period_end"]) == {QUARTER.end}


def test_the_module_shows_its_measures():
    assert dir(youth_outcomes) == sorted(youth_outcomes.__all__) and "returned" in dir(youth_outcomes)
