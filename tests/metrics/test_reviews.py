"""Reviews of children looked after: when each is due, day by day; on time; taking part; a plain loop as judge."""

import random
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis_lib.metrics import reviews
from analysis_lib.metrics.counting.members import behind, recorded
from analysis_lib.periods import Period
from analysis_lib.working_days import bank_holidays

YEAR = Period.parse("2021-22")
MAY = Period.parse("2021-M05")
OPEN = None


def dated(rows, columns, days):
    frame = pd.DataFrame(rows, columns=columns)
    return frame.assign(**{day: pd.to_datetime(frame[day]) for day in days})


def care(*rows):
    return dated(rows, ["child_id", "care_start", "care_end"], ["care_start", "care_end"])


def held(*rows):
    columns = ["child_id", "review_date", "participation"]
    return dated([(*row, "PN1")[:3] for row in rows], columns, ["review_date"])


def meetings(*rows):
    columns = ["child_id", "meeting", "meeting_due", "held_on"]
    return dated(rows, columns, ["meeting_due", "held_on"])


def told(due):
    """Each review as "child due held", a dash for missing."""
    day = lambda one: "-" if pd.isna(one) else f"{one:%Y-%m-%d}"  # noqa: E731
    return [f"{row.child_id} {day(row.due)} {day(row.held)}" for row in due.itertuples()]


def due_of(days, start="2021-04-06", end=OPEN, **more):
    return told(reviews.reviews_due(held(*(("a", day) for day in days)), care(("a", start, end)), **more))


@pytest.mark.parametrize(
    ("start", "first"),
    [
        ("2021-01-04", "2021-02-01"),  # Monday: 20 working days are four weeks
        ("2021-01-02", "2021-01-29"),  # Saturday: Monday is day 1
        ("2021-03-29", "2021-04-28"),  # Good Friday and Easter Monday between
        ("2021-04-06", "2021-05-05"),  # the bank holiday of 3 May between
        ("2024-02-12", "2024-03-11"),  # over 29 February
    ],
)
def test_the_first_review_is_due_within_20_working_days(start, first):
    assert due_of([], start=start) == [f"a {first} -"]


@pytest.mark.parametrize(
    ("days", "due"),
    [
        ([], ["a 2021-05-05 -"]),
        (["2021-05-05"], ["a 2021-05-05 2021-05-05", "a 2021-08-05 -"]),
        # Held early: the second is due three months after the day on which it was held.
        (["2021-04-20"], ["a 2021-05-05 2021-04-20", "a 2021-07-20 -"]),
        (["2021-05-31"], ["a 2021-05-05 2021-05-31", "a 2021-08-31 -"]),
        (
            ["2021-05-05", "2021-08-31", "2022-02-28"],
            ["a 2021-05-05 2021-05-05", "a 2021-08-05 2021-08-31", "a 2022-02-28 2022-02-28", "a 2022-08-28 -"],
        ),  # six calendar months after 31 August end with February
        (["2021-04-06"], ["a 2021-05-05 2021-04-06", "a 2021-07-06 -"]),  # held on the day of coming into care
        (["2021-04-05"], ["a 2021-05-05 -"]),  # held before: not of this period of care
        (["2021-05-05", "2021-05-05"], ["a 2021-05-05 2021-05-05", "a 2021-08-05 -"]),  # one review a day
        ([None, "2021-05-05"], ["a 2021-05-05 2021-05-05", "a 2021-08-05 -"]),
    ],
)
def test_the_second_is_due_three_and_later_ones_six_months_after_the_one_before(days, due):
    assert due_of(days) == due
    assert due_of(days[::-1]) == due


def test_a_child_who_comes_back_begins_anew():
    both = care(("a", "2021-04-06", "2021-06-30"), ("a", "2021-07-05", OPEN), ("b", "2021-04-06", "2021-05-05"))
    table = held(
        ("a", "2021-05-05"), ("a", "2021-06-30"), ("a", "2021-07-02"), ("a", "2021-07-20"), ("c", "2021-05-05")
    )
    assert told(reviews.reviews_due(table, both)) == [
        "a 2021-05-05 2021-05-05", "a 2021-08-05 2021-06-30", "a 2021-12-30 -",
        "a 2021-08-02 2021-07-20", "a 2021-10-20 -", "b 2021-05-05 -",
    ]  # fmt: skip
    # What is due after the child has left is not due: only the first one of the first period of care is.
    on_time = reviews.reviews_on_time(table, both, period=YEAR).exact()
    assert on_time[["numerator", "denominator"]].values.tolist() == [[2, 3]]


def test_a_review_on_the_day_of_coming_back_is_of_the_new_period_of_care():
    table = care(("a", "2021-04-06", "2021-05-04"), ("a", "2021-05-04", OPEN))
    assert told(reviews.reviews_due(held(("a", "2021-05-04")), table)) == [
        "a 2021-05-05 -", "a 2021-06-02 2021-05-04", "a 2021-08-04 -"
    ]  # fmt: skip


@pytest.mark.parametrize(("left", "counted"), [("2021-05-04", 0), ("2021-05-05", 0), ("2021-05-06", 1), (OPEN, 1)])
def test_due_with_none_held_is_late_and_left_by_then_is_not_due(left, counted):
    result = reviews.reviews_on_time(held(), care(("a", "2021-04-06", left)), period=YEAR).exact()
    assert result[["numerator", "denominator"]].values.tolist() == [[0, counted]]
    assert result["value"].isna().tolist() == [counted == 0]


@pytest.mark.parametrize(("day", "on_time"), [("2021-05-04", 1), ("2021-05-05", 1), ("2021-05-06", 0)])
def test_the_last_day_is_on_time(day, on_time):
    result = reviews.reviews_on_time(held(("a", day)), care(("a", "2021-04-06", OPEN)), period=MAY).exact()
    assert result[["numerator", "denominator", "value"]].values.tolist() == [[on_time, 1, 100 * on_time]]


@pytest.mark.parametrize(
    ("first", "last", "counted"),
    [
        ("2021-05-05", "2021-05-05", 1),
        ("2021-04-01", "2021-05-04", 0),  # not due yet at the period's end
        ("2021-05-06", "2021-06-30", 0),
    ],
)
def test_a_review_counts_on_the_day_on_which_it_is_due(first, last, counted):
    period = Period.span(pd.Timestamp(first), pd.Timestamp(last))
    for day in ("2021-04-30", "2021-05-20"):  # held before the period, or after it
        result = reviews.reviews_on_time(
            held(("a", day)), care(("a", "2021-04-06", "2021-06-30")), period=period
        ).exact()
        assert result["denominator"].tolist() == [counted]
        assert result["numerator"].tolist() == [counted * (day == "2021-04-30")]


KNOWN_FROM = pd.Timestamp("2020-04-01")


@pytest.mark.parametrize(
    ("days", "due"),
    [
        # The one before may have been any, at the latest on 31 March: due by 30 September.
        (["2020-06-01", "2020-11-30"], ["a - 2020-06-01", "a 2020-12-01 2020-11-30", "a 2021-05-30 -"]),
        (["2020-09-30"], ["a - 2020-09-30", "a 2021-03-30 -"]),
        (["2020-10-01"], ["a 2020-09-30 2020-10-01", "a 2021-04-01 -"]),
        ([], ["a 2020-09-30 -"]),
    ],
)
@pytest.mark.parametrize("start", ["2018-01-08", "2020-03-31"])
def test_where_care_began_before_the_returns_the_first_due_day_is_not_known(start, days, due):
    assert due_of(days, start=start, known_from=KNOWN_FROM) == due


def test_care_that_begins_with_the_returns_is_known_from_its_start():
    assert due_of(["2020-04-20"], start="2020-04-01", known_from=KNOWN_FROM) == [
        "a 2020-05-01 2020-04-20", "a 2020-07-20 -"
    ]  # fmt: skip
    assert due_of(["2020-06-01"], start="2018-01-08") == ["a 2018-02-05 2020-06-01", "a 2020-09-01 -"]


def test_care_of_which_the_start_is_not_known_is_no_start():
    table = care(("a", "2021-04-06", OPEN), ("b", "2021-04-06", OPEN)).assign(start_known=[False, True])
    assert told(reviews.reviews_due(held(("a", "2021-05-05"), ("b", "2021-05-05")), table)) == [
        "a - 2021-05-05", "a 2021-11-05 -", "b 2021-05-05 2021-05-05", "b 2021-08-05 -"
    ]  # fmt: skip
    assert told(reviews.reviews_due(held(), table)) == ["a 2021-10-05 -", "b 2021-05-05 -"]


def test_reviews_without_a_known_due_day_are_counted_apart():
    table, several = (
        care(("a", "2018-01-08", OPEN)),
        held(("a", "2020-06-01"), ("a", "2020-12-01"), ("a", "2021-07-01")),
    )
    years = [Period.parse("2020-21"), Period.parse("2021-22")]
    with recorded():
        unknown = reviews.reviews_with_due_date_unknown(several, table, period=years, known_from=KNOWN_FROM)
        on_time = reviews.reviews_on_time(several, table, period=years, known_from=KNOWN_FROM)
        children = reviews.children_reviewed_on_time(several, table, period=years, known_from=KNOWN_FROM)
    assert unknown.measure.name == "reviews_with_due_date_unknown"
    assert unknown.exact()["value"].tolist() == [1, 0]
    assert behind(unknown)["numerator_children"].tolist() == [["a"], []]
    assert on_time.exact()[["numerator", "denominator"]].values.tolist() == [[1, 1], [0, 2]]
    assert children.exact()[["numerator", "denominator"]].values.tolist() == [[1, 1], [0, 1]]
    known = reviews.reviews_with_due_date_unknown(several, table, period=years).exact()
    assert known["value"].tolist() == [0, 0]


def test_the_returns_begin_with_the_financial_year_of_the_earliest_review():
    assert reviews.reviews_known_from(held(("a", "2021-03-31"), ("a", "2021-05-01"))) == KNOWN_FROM
    assert reviews.reviews_known_from(held(("a", "2020-04-01"))) == KNOWN_FROM
    assert pd.isna(reviews.reviews_known_from(held()))


def test_reviews_and_children_differ_and_are_named():
    table = care(
        ("twice", "2021-04-06", OPEN),
        ("late", "2021-04-06", OPEN),
        ("none", "2021-04-06", OPEN),
        ("new", "2021-09-20", OPEN),
    )
    several = held(("twice", "2021-05-05"), ("twice", "2021-08-05"), ("late", "2021-05-05"), ("late", "2021-08-06"))
    periods = [Period.parse("2021-22-Q1"), Period.span(pd.Timestamp("2021-04-01"), pd.Timestamp("2021-09-30"))]
    with recorded():
        events = reviews.reviews_on_time(several, table, period=periods)
        children = reviews.children_reviewed_on_time(several, table, period=periods)
    assert (events.measure.name, children.measure.name) == ("reviews_on_time", "children_reviewed_on_time")
    assert events.exact()["period_start"].tolist() == [each.start for each in periods]
    assert events.exact()["period_end"].tolist() == [each.end for each in periods]
    assert children.exact()["period_end"].tolist() == [each.end for each in periods]
    assert events.exact()[["numerator", "denominator"]].values.tolist() == [[2, 3], [3, 5]]
    assert children.exact()[["numerator", "denominator"]].values.tolist() == [[2, 3], [1, 3]]
    assert children.exact()["value"].tolist() == pytest.approx([200 / 3, 100 / 3])
    assert [sorted(each) for each in behind(events)["numerator_children"]] == [
        ["late", "twice"],
        ["late", "twice", "twice"],
    ]
    assert [sorted(each) for each in behind(events)["denominator_children"]] == [
        ["late", "none", "twice"], ["late", "late", "none", "twice", "twice"],
    ]  # fmt: skip
    assert [sorted(each) for each in behind(children)["numerator_children"]] == [["late", "twice"], ["twice"]]
    assert [sorted(each) for each in behind(children)["denominator_children"]] == [["late", "none", "twice"]] * 2


def test_no_reviews_and_no_care_give_no_share():
    for function in (reviews.reviews_on_time, reviews.children_reviewed_on_time):
        result = function(held(), care(), period=YEAR).exact()
        assert result[["numerator", "denominator"]].values.tolist() == [[0, 0]] and result["value"].isna().all()
    assert reviews.reviews_with_due_date_unknown(held(), care(), period=YEAR).exact()["value"].tolist() == [0]


def test_the_councils_own_dates_count_reviews_only_and_by_their_due_day():
    table = meetings(
        ("a", "CLA_REVIEW", "2021-05-04", "2021-05-04"),
        ("a", "CLA_REVIEW", "2021-05-31", "2021-06-01"),
        ("b", "CLA_REVIEW", "2021-05-01", "2021-04-20"),
        ("c", "CLA_REVIEW", "2021-05-10", None),
        ("c", "CLA_REVIEW", None, "2021-05-10"),
        ("d", "CLA_REVIEW", "2021-04-30", "2021-05-10"),
        ("e", "ICPC", "2021-05-10", "2021-05-10"),
    )
    with recorded():
        events = reviews.reviews_on_time_by_own_dates(table, period=MAY)
        children = reviews.children_reviewed_on_time_by_own_dates(table, period=[MAY])
    assert events.measure.name == "reviews_on_time_by_own_dates"
    assert children.measure.name == "children_reviewed_on_time_by_own_dates"
    assert events.exact()[["numerator", "denominator", "value"]].values.tolist() == [[2, 4, 50]]
    assert behind(events)["numerator_children"].tolist() == [["a", "b"]]
    assert behind(events)["denominator_children"].tolist() == [["a", "a", "b", "c"]]
    assert children.exact()[["numerator", "denominator"]].values.tolist() == [[1, 3]]
    assert behind(children)["numerator_children"].tolist() == [["b"]]


CODES = ["PN0", "PN1", "PN2", "PN3", "PN4", "PN5", "PN6", "PN7", None]


def test_taking_part_is_shown_for_every_code_and_those_not_known():
    several = held(*((f"c{place}", "2021-05-31", code) for place, code in enumerate(CODES)), ("x", "2021-06-01", "PN1"))
    several = pd.concat(
        [several, held(("y", "2021-05-01", "PN7"), ("z", "2021-04-30", "PN7"), ("w", "2021-05-05", "odd"))]
    )
    with recorded():
        result = reviews.reviews_by_participation(several, period=MAY)
    assert result.measure.name == "reviews_by_participation"
    assert (result.groups, result.parts) == (("participation",), ("participation",))
    assert dict(result.exact()[["participation", "value"]].values.tolist()) == {
        "Under four": 1, "Came and spoke": 1, "Came, an advocate spoke": 1, "Came, gave views by symbols": 1,
        "Came, gave no views": 1, "Stayed away, an advocate spoke": 1, "Stayed away, sent views": 1,
        "Stayed away, gave no views": 2, "Not known": 2,
    }  # fmt: skip
    named = behind(result).set_index("participation")["numerator_children"]
    assert named["Under four"] == ["c0"] and named["Not known"] == ["c8", "w"] and named["Came and spoke"] == ["c1"]


@pytest.mark.parametrize(
    ("function", "names"),
    [
        (reviews.reviews_with_views, ["c1", "c2", "c3", "c5", "c6"]),
        (reviews.reviews_attended, ["c1", "c2", "c3", "c4"]),
    ],
)
def test_views_and_coming_are_shares_of_reviews_of_those_aged_four_or_over(function, names):
    several = held(*((f"c{place}", "2021-05-31", code) for place, code in enumerate(CODES)), ("x", "2021-06-01", "PN1"))
    with recorded():
        result = function(several, period=[MAY, Period.parse("2021-M07")])
    assert result.measure.name == function.__name__
    assert result.exact()["numerator"].tolist() == [len(names), 0]
    assert result.exact()["denominator"].tolist() == [7, 0]
    assert result.exact()["value"][0] == pytest.approx(100 * len(names) / 7) and np.isnan(result.exact()["value"][1])
    assert behind(result)["numerator_children"][0] == names
    assert behind(result)["denominator_children"][0] == [f"c{place}" for place in range(1, 8)]


HOLIDAYS = {str(day) for day in bank_holidays()}


def months_after(day, months):
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    last = (date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month, min(day.day, last))


def naive(held_days, spells, known_from):
    """For one child: every review due (day, held or None), going through each period of care day by day and review by review."""
    due = []
    for place, (start, end) in enumerate(spells):
        later = [other for other, _ in spells[place + 1 :]]
        mine = [
            day for day in sorted(set(held_days))
            if day >= start and (end is None or day <= end) and not any(day >= other for other in later)
        ]  # fmt: skip
        if known_from is None or start >= known_from:
            first, count = start, 0
            while count < 20:
                first += timedelta(days=1)
                count += first.weekday() < 5 and str(first) not in HOLIDAYS
            sure = True
        else:
            first, sure = months_after(known_from - timedelta(days=1), 6), False
        for number, day in enumerate([*mine, None]):
            if number == 0:
                by = first
                if not sure and day is not None and day <= first:
                    by = None
            else:
                by = months_after(mine[number - 1], 3 if number == 1 and sure else 6)
            if by is not None and (end is None or end > by):
                due.append((by, day))
    return due


def seeded(seed, children):
    draw = random.Random(seed)
    histories = {}
    for number in range(children):
        day, spells, days = date(2019, 6, 1) + timedelta(days=draw.randrange(500)), [], []
        for _ in range(draw.randrange(1, 4)):
            end = day + timedelta(days=draw.choice([1, 10, 29, 40, 200, 700]))
            is_open = draw.random() < 0.2
            spells.append((day, None if is_open else end))
            review = day
            for _ in range(draw.randrange(6)):
                review += timedelta(days=draw.choice([0, 15, 28, 30, 90, 92, 180, 184, 260]))
                days.append(review)
            if is_open:
                break
            day = end + timedelta(days=draw.choice([0, 1, 30, 90]))
        histories[f"c{number}"] = (days, spells)
    return histories


def tables(histories):
    table = care(*((name, start, end) for name, (_, spells) in histories.items() for start, end in spells))
    return held(*((name, day) for name, (days, _) in histories.items() for day in days)), table


@pytest.mark.parametrize("known_from", [None, pd.Timestamp("2020-04-01")])
def test_it_is_what_a_plain_loop_finds(known_from):
    histories = seeded(11, 120)
    several, table = tables(histories)
    when = None if known_from is None else known_from.date()
    loops = {name: naive(*history, when) for name, history in histories.items()}
    periods = [Period.parse(code) for code in ("2019-20", "2020-21", "2021-22-Q1", "2021-M08")]
    with recorded():
        events = behind(reviews.reviews_on_time(several, table, period=periods, known_from=known_from))
        children = behind(reviews.children_reviewed_on_time(several, table, period=periods, known_from=known_from))
    for place, period in enumerate(periods):
        inside = [
            (name, day is not None and day <= by)
            for name, due in loops.items()
            for by, day in due
            if period.start.date() <= by <= period.end.date()
        ]
        assert sorted(events["denominator_children"][place]) == sorted(name for name, _ in inside)
        assert sorted(events["numerator_children"][place]) == sorted(name for name, on_time in inside if on_time)
        everyone = {name for name, _ in inside}
        assert sorted(children["denominator_children"][place]) == sorted(everyone)
        assert set(children["numerator_children"][place]) == everyone - {
            name for name, on_time in inside if not on_time
        }
    assert events["denominator"].min() > 3


@settings(max_examples=6)
@given(st.integers(0, 10_000))
def test_order_does_not_matter_parts_add_up_and_what_is_given_stays(seed):
    several, table = tables(seeded(seed, 8))
    before = several.copy(deep=True), table.copy(deep=True)
    quarters = [Period.parse(f"2020-21-Q{number}") for number in (1, 2, 3, 4)]
    year = reviews.reviews_on_time(several, table, period=Period.parse("2020-21")).exact()
    parts = reviews.reviews_on_time(several.sample(frac=1, random_state=1), table.iloc[::-1], period=quarters).exact()
    assert parts[["numerator", "denominator"]].sum().tolist() == year[["numerator", "denominator"]].sum().tolist()
    children = reviews.children_reviewed_on_time(several, table, period=Period.parse("2020-21")).exact()
    assert (children["denominator"] <= year["denominator"]).all() and (children["numerator"] <= year["numerator"]).all()
    pd.testing.assert_frame_equal(several, before[0])
    pd.testing.assert_frame_equal(table, before[1])


def test_the_module_shows_its_functions_and_nothing_else():
    assert dir(reviews) == [
        "children_reviewed_on_time", "children_reviewed_on_time_by_own_dates", "reviews_attended",
        "reviews_by_participation", "reviews_due", "reviews_known_from", "reviews_on_time", "reviews_on_time_by_own_dates",
        "reviews_with_due_date_unknown", "reviews_with_views",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("known_until", "due"),
    [
        (None, ["a 2021-05-05 2021-05-05", "a 2021-08-05 -"]),
        ("2021-08-05", ["a 2021-05-05 2021-05-05", "a 2021-08-05 -"]),
        ("2021-08-04", ["a 2021-05-05 2021-05-05"]),
        ("2021-05-01", ["a 2021-05-05 2021-05-05"]),  # what was held is known
    ],
)
def test_a_review_due_after_the_data_end_may_have_been_held_since_and_is_left_out(known_until, due):
    known_until = known_until and pd.Timestamp(known_until)
    assert due_of(["2021-05-05"], known_until=known_until) == due


def test_shares_of_reviews_take_the_day_up_to_which_reviews_are_known():
    tables = held(("a", "2021-05-05")), care(("a", "2021-04-06", OPEN))
    for share in (reviews.reviews_on_time, reviews.children_reviewed_on_time):
        late = share(*tables, period=Period.parse("2021-22-Q2")).exact().iloc[0]
        assert (late["numerator"], late["denominator"]) == (0, 1)
        known = (
            share(*tables, period=Period.parse("2021-22-Q2"), known_until=pd.Timestamp("2021-07-31")).exact().iloc[0]
        )
        assert known["denominator"] == 0 and np.isnan(known["value"])
