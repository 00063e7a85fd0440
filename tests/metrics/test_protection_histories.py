"""Repeat plans, how long plans last, reviews and visits: published bands, boundary days, plain loops on drawn tables."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis_lib.metrics import child_protection as area
from analysis_lib.metrics.counting.members import behind, recorded
from analysis_lib.periods import Period

YEAR, DAY = Period.parse("2021-22"), pd.Timestamp("2021-03-31")
LONG_AGO = pd.Timestamp("2000-01-01")


def plans(*rows):
    """From (child, start, end, earlier plans, initial category, latest category), the last ones as far as needed."""
    columns = ["child_id", "plan_start", "plan_end", "previous_plans", "initial_category", "latest_category"]
    made = pd.DataFrame([[*row, *[None] * (6 - len(row))] for row in rows], columns=columns)
    days = {name: pd.to_datetime(made[name]) for name in columns[1:3]}
    return made.assign(**days, previous_plans=made["previous_plans"].astype("Int64"))


def reviews(*rows):
    """From (child, held, which meeting)."""
    made = pd.DataFrame([[*row, "RCPC"][:3] for row in rows], columns=["child_id", "held_on", "meeting"])
    return made.assign(held_on=pd.to_datetime(made["held_on"]))


def counted(result):
    frame = result.exact()
    return [tuple(row) for row in frame[["numerator", "denominator", "value"]].to_numpy().tolist()]


def naming(make):
    with recorded():
        frame = behind(make())
    (top,), (base,) = frame["numerator_children"], frame["denominator_children"]
    return sorted(top), (None if base is None else sorted(base))


def grouped(result, group):
    frame = result.exact().set_index(group)
    return frame["numerator"].to_dict(), set(frame["denominator"])


def test_england_in_2025_by_how_long_plans_lasted():
    """DfE, Children in need, reporting year 2025, table D7 (in tens): of 62,300 plans ended 9,920 lasted 3 months or
    less (15.9%), 6,880 up to 6 (11.0%), 27,110 up to a year (43.5%), 15,680 up to two (25.2%), 2,710 longer (4.4%)."""
    published = {60: (992, 15.9), 150: (688, 11.0), 300: (2_711, 43.5), 500: (1_568, 25.2), 800: (271, 4.4)}
    end = pd.Timestamp("2025-01-15")
    ended = [
        (f"{days} {number}", end - pd.Timedelta(days=days), end)
        for days, (plans_ended, _) in published.items()
        for number in range(plans_ended)
    ]
    year = Period.parse("2024-25")
    frame = area.plans_ended_by_duration(plans(*ended), period=year).exact()
    assert frame["duration"].tolist() == list(area.DURATIONS)
    # Published numbers are rounded to tens, the shares were not made from those.
    assert frame["value"].tolist() == pytest.approx([share for _, share in published.values()], abs=0.06)
    assert set(frame["denominator"]) == {6_230}
    assert round(area.plans_ended_after_two_years(plans(*ended), period=year).exact()["value"].item(), 1) == 4.3
    assert round(area.plans_ended_within_3_months(plans(*ended), period=year).exact()["value"].item(), 1) == 15.9


def test_plans_and_children_differ_where_a_child_has_two_at_once():
    table = plans(("ann", "2021-01-05", "2021-06-01"), ("ann", "2021-03-31", None), ("bob", "2020-01-05", "2021-03-31"))
    assert counted(area.protection_plans_open(table, census_date=DAY))[0][0] == 2
    assert counted(area.on_protection_plan_at(table, census_date=DAY))[0][0] == 1
    assert naming(lambda: area.protection_plans_open(table, census_date=DAY)) == (["ann", "ann"], None)
    days = [DAY - pd.Timedelta(days=1), DAY, DAY + pd.Timedelta(days=1)]
    assert [row[0] for row in counted(area.protection_plans_open(table, census_date=days))] == [2, 2, 2]
    undated = plans(("ann", None, None))
    assert counted(area.protection_plans_open(undated, census_date=DAY))[0][0] == 0


def test_plans_by_category_latest_or_initial():
    table = plans(
        ("a", "2021-01-05", None, 0, "Neglect", "Emotional abuse"), ("b", "2021-01-05", None, 0, "Neglect", "Neglect"),
        ("c", "2021-01-05", None, 0, "Physical abuse", None), ("d", "2021-01-05", "2021-03-31", 0, "Neglect", "Neglect"),
        ("e", "2021-01-05", None, 0, "Both", "Both"),
    )  # fmt: skip
    result = area.protection_plans_by_category(table, census_date=DAY)
    told, base = grouped(result, "category")
    assert told == {
        "Neglect": 1, "Physical abuse": 0, "Sexual abuse": 0, "Emotional abuse": 1, "Multiple": 0, "Not known": 2,
    }  # fmt: skip
    assert base == {4} and result.groups == result.parts == ("category",)
    initial, _ = grouped(area.protection_plans_by_category(table, census_date=DAY, category="initial"), "category")
    assert (initial["Neglect"], initial["Physical abuse"], initial["Not known"]) == (2, 1, 1)
    with recorded():
        named = behind(
            result := area.protection_plans_by_category(table, census_date=[DAY, DAY - pd.Timedelta(days=1)])
        )
    first = named[named["period_end"] == DAY].set_index("category")
    assert first.loc["Not known", "numerator_children"] == ["c", "e"] and result.exact()["period_start"].isna().all()
    assert named.loc[named["period_end"] < DAY, "denominator"].tolist() == [5] * 6


def test_a_second_plan_is_one_listed_or_counted_before_however_long_ago():
    table = plans(
        ("ann", "2021-05-10", None, 2), ("bob", "2005-01-10", "2005-05-10", 0), ("bob", "2021-05-10", None, 0),
        ("cal", "2021-04-01", "2021-05-10", 0), ("cal", "2021-05-10", None, None), ("dee", "2022-03-31", None, None),
        ("eve", "2022-04-01", None, 1), ("fay", "2021-05-10", None, 0), ("gus", "2021-05-11", None, 1),
    )  # fmt: skip
    result = area.second_plans(table, period=YEAR)
    assert counted(result) == [(4, 6, pytest.approx(200 / 3))]
    assert naming(lambda: area.second_plans(table, period=YEAR)) == (
        ["ann", "bob", "cal", "gus"],
        ["ann", "bob", "cal", "cal", "fay", "gus"],
    )
    assert naming(lambda: area.second_plans_unknown(table, period=YEAR)) == (["dee"], None)
    assert counted(area.second_plans(table.iloc[::-1], period=YEAR)) == counted(result)


def test_the_highest_count_of_two_rows_of_one_plan_is_taken():
    table = plans(("ann", "2021-05-10", None, 0), ("ann", "2021-05-10", "2021-09-01", 1))
    assert counted(area.second_plans(table, period=YEAR)) == [(1, 1, 100)]


@pytest.mark.parametrize(
    ("ended", "start", "lately"),
    [
        ("2019-05-10", "2021-05-10", True),
        ("2019-05-09", "2021-05-10", False),
        ("2021-05-10", "2021-05-10", True),  # ended and began again on one day
        ("2022-02-28", "2024-02-29", True),
        ("2022-02-27", "2024-02-29", False),
        ("2020-02-29", "2022-02-28", True),
        ("2020-02-29", "2022-03-01", False),
    ],
)
def test_within_24_months_goes_by_the_day_the_plan_before_ended(ended, start, lately):
    table = plans(("ann", "2018-01-10", ended), ("ann", start, None), ("bob", start, None, 3))
    month = Period.month_of(pd.Timestamp(start))
    result = area.second_plans_in_24_months(table, period=month, known_from=LONG_AGO)
    assert counted(result)[0] == (lately, 2, 50 * lately)
    named = naming(lambda: area.second_plans_in_24_months(table, period=month, known_from=LONG_AGO))
    assert named == (["ann"] * lately, ["ann", "bob"])


def test_plans_whose_24_months_are_not_all_at_hand_are_left_out_and_counted():
    table = plans(
        ("ann", "2018-01-10", "2019-04-01"), ("ann", "2021-03-31", None), ("bob", "2021-04-01", None),
        ("cal", "2018-01-10", "2019-08-01"),
    )  # fmt: skip
    both = Period.span(pd.Timestamp("2021-03-01"), pd.Timestamp("2021-04-30"))
    # Without `known_from` the first end in the table, 1 April 2019.
    assert counted(area.second_plans_in_24_months(table, period=both))[0][:2] == (0, 1)
    assert naming(lambda: area.second_plans_in_24_months_unknown(table, period=both)) == (["ann"], None)
    earlier = {"known_from": pd.Timestamp("2019-03-31")}
    assert counted(area.second_plans_in_24_months(table, period=both, **earlier))[0][:2] == (1, 2)
    assert counted(area.second_plans_in_24_months_unknown(table, period=both, **earlier))[0][0] == 0


@pytest.mark.parametrize(
    ("start", "end", "band"),
    [
        ("2021-01-15", "2021-01-15", 0),
        ("2021-01-15", "2021-04-15", 0),
        ("2021-01-15", "2021-04-16", 1),
        ("2020-11-30", "2021-02-28", 0),  # February has no 30th
        ("2020-11-30", "2021-03-01", 1),
        ("2021-01-15", "2021-07-15", 1),
        ("2021-01-15", "2021-07-16", 2),
        ("2021-01-15", "2022-01-14", 2),
        ("2021-01-15", "2022-01-15", 3),
        ("2019-04-01", "2021-03-29", 3),  # the 729th day
        ("2019-04-01", "2021-03-30", 4),  # the 730th, in two years with a leap day
        ("2021-04-01", "2023-03-30", 3),
        ("2021-04-01", "2023-03-31", 4),  # two years without one
    ],
)
def test_how_long_a_plan_lasted(start, end, band):
    table, month = plans(("ann", start, end)), Period.month_of(pd.Timestamp(end))
    told, base = grouped(area.plans_ended_by_duration(table, period=month), "duration")
    assert told == {**dict.fromkeys(area.DURATIONS, 0), area.DURATIONS[band]: 1} and base == {1}
    assert counted(area.plans_ended_within_3_months(table, period=month))[0][:2] == (band == 0, 1)
    assert counted(area.plans_ended_after_two_years(table, period=month))[0][:2] == (band == 4, 1)
    still_open = plans(("ann", start, None))
    opened = area.plans_open_two_years(still_open, census_date=pd.Timestamp(end))
    assert counted(opened)[0][:2] == (band == 4, 1)


def test_two_years_ended_and_open_are_different_plans():
    table = plans(
        ("ended long", "2018-04-02", "2021-03-31"), ("open long", "2018-04-02", None), ("open", "2021-03-01", None),
        ("ends after", "2018-04-02", "2021-04-01"), ("ended", "2021-01-01", "2021-03-01"),
    )  # fmt: skip
    march = Period.parse("2021-M03")
    assert naming(lambda: area.plans_ended_after_two_years(table, period=march)) == (
        ["ended long"],
        ["ended", "ended long"],
    )
    assert naming(lambda: area.plans_ended_within_3_months(table, period=march)) == (["ended"], ["ended", "ended long"])
    open_now = ["ends after", "open", "open long"]
    assert naming(lambda: area.plans_open_two_years(table, census_date=DAY)) == (["ends after", "open long"], open_now)
    both = area.plans_open_two_years(table, census_date=[DAY, DAY + pd.Timedelta(days=1)])
    assert [row[:2] for row in counted(both)] == [(2, 3), (1, 2)]
    assert counted(both)[1][2] == 50 and both.exact()["period_start"].isna().all()
    assert counted(area.plans_open_two_years(plans(), census_date=DAY))[0][:2] == (0, 0)
    result = area.plans_ended_by_duration(table, period=march)
    assert result.groups == result.parts == ("duration",)


@pytest.mark.parametrize(
    ("start", "held", "expected"),
    [
        ("2021-01-01", (), None),  # not open for 3 months: 1 April would be the first day
        ("2020-12-31", (), True),  # 3 months on the very day: the review is due that day, and not late before it ends
        ("2020-12-30", (), False),
        ("2020-12-01", ("2021-03-01",), True),
        ("2020-12-01", ("2021-03-02",), False),
        ("2020-07-01", ("2020-10-01", "2021-03-31"), True),
        ("2020-07-01", ("2020-09-30",), False),  # the next was due on 30 March
        ("2020-07-01", ("2020-10-01",), True),  # due on 1 April
        ("2019-11-29", ("2020-02-29", "2020-08-29", "2021-02-28"), True),
        ("2019-11-29", ("2020-02-29", "2020-08-30", "2021-02-28"), False),
        ("2019-11-29", ("2020-08-29", "2021-02-28"), False),
        ("2020-12-01", ("2020-12-01", "2021-03-02"), False),  # the day it begins is the initial conference
        ("2020-12-01", ("2020-11-30", "2021-03-02"), False),  # of the plan before
        ("2020-12-01", ("2021-04-01",), False),  # held after the day: not known then
        ("2020-12-01", ("2021-01-15", "2021-01-15"), True),
    ],
)
def test_reviews_in_time(start, held, expected):
    meetings = reviews(*(("ann", day) for day in held), ("bob", "2021-02-01"), ("ann", "2021-02-27", "CLA_REVIEW"))
    table = plans(("ann", start, None))
    result = area.protection_reviews_in_time(table, meetings, census_date=DAY, known_from=LONG_AGO)
    assert counted(result)[0][:2] == ((0, 0) if expected is None else (expected, 1))


def test_plans_that_began_before_the_extract_of_meetings_are_left_out_and_counted():
    table = plans(("ann", "2020-03-31", None), ("bob", "2020-04-01", None), ("cal", "2021-03-01", None))
    meetings = reviews(("zoe", "2020-04-01", "CLA_REVIEW"), ("ann", "2020-05-01"), ("bob", "2020-05-01"))
    # Without `known_from` the first meeting held in the extract, 1 April 2020.
    asked = {"census_date": DAY}
    assert naming(lambda: area.protection_reviews_in_time(table, meetings, **asked)) == ([], ["bob"])
    assert naming(lambda: area.protection_reviews_unknown(table, meetings, **asked)) == (["ann"], None)
    earlier = {**asked, "known_from": pd.Timestamp("2020-03-31")}
    assert naming(lambda: area.protection_reviews_in_time(table, meetings, **earlier)) == ([], ["ann", "bob"])
    assert counted(area.protection_reviews_unknown(table, meetings, **earlier))[0][0] == 0
    later = {**asked, "known_from": pd.Timestamp("2020-04-02")}
    assert counted(area.protection_reviews_in_time(table, meetings, **later))[0][:2] == (0, 0)
    assert counted(area.protection_reviews_unknown(table, meetings, **later))[0][0] == 2


def test_reviews_are_of_the_plans_open_on_each_day():
    table = plans(
        ("ann", "2020-06-01", None), ("bob", "2020-06-01", "2021-03-31"), ("cal", "2020-06-01", "2021-04-01"),
        ("ann", "2019-01-01", "2019-12-01"),
    )  # fmt: skip
    meetings = reviews(("ann", "2020-08-01"), ("ann", "2021-01-31"), ("cal", "2020-10-01"), ("bob", None))
    asked = {"known_from": LONG_AGO}
    named = naming(lambda: area.protection_reviews_in_time(table, meetings, census_date=DAY, **asked))
    assert named == (["ann"], ["ann", "cal"])
    days = [pd.Timestamp("2020-09-01"), pd.Timestamp("2020-09-02"), DAY - pd.Timedelta(days=1)]
    result = area.protection_reviews_in_time(table, meetings, census_date=days, **asked)
    assert [row[:2] for row in counted(result)] == [(3, 3), (1, 3), (1, 3)]
    assert result.exact()["period_end"].tolist() == days
    none = area.protection_reviews_in_time(plans(), reviews(), census_date=DAY)
    assert counted(none)[0][:2] == (0, 0)


@pytest.mark.parametrize(
    ("visit", "start", "expected"),
    [
        ("2021-03-31", "2021-01-05", True),
        ("2021-03-17", "2021-01-05", True),  # ten working days before
        ("2021-03-16", "2021-01-05", False),
        (None, "2021-01-05", None),
        (None, "2021-03-16", None),
        ("2021-03-16", "2021-03-16", False),
        ("2021-03-16", "2021-03-17", "not due"),  # open for ten working days, not more
        (None, "2021-03-17", "not due"),
    ],
)
def test_visits_in_ten_working_days(visit, start, expected):
    table = plans(("ann", start, None), ("gone", "2021-01-05", "2021-03-31"))
    table = table.assign(last_visit=pd.to_datetime(pd.Series([visit, "2021-03-30"])), extract_date=DAY)
    visited = area.protection_visits_in_time(table, census_date=DAY)
    known = expected in (True, False)
    assert counted(visited)[0][:2] == (expected is True, known)
    unknown = area.protection_visits_unknown(table, census_date=DAY)
    assert counted(unknown)[0][0] == (expected is None)


def test_the_days_of_a_visit_are_an_argument_and_children_are_named():
    table = plans(*((name, "2021-01-05", None) for name in ("ann", "bob", "cal", "dee")))
    visits = pd.to_datetime(pd.Series(["2021-03-10", "2021-03-09", None, "2021-03-31"]))
    table = table.assign(last_visit=visits, extract_date=DAY)
    within = {"census_date": DAY, "within_working_days": 15}
    assert naming(lambda: area.protection_visits_in_time(table, **within)) == (["ann", "dee"], ["ann", "bob", "dee"])
    assert naming(lambda: area.protection_visits_unknown(table, **within)) == (["cal"], None)
    new = plans(("ann", "2021-03-10", None), ("bob", "2021-03-09", None)).assign(last_visit=pd.NaT, extract_date=DAY)
    assert naming(lambda: area.protection_visits_unknown(new, **within)) == (["bob"], None)
    assert area.protection_visits_in_time(table, **within).exact()["period_start"].isna().all()


def test_visits_of_an_extract_of_another_day_tell_nothing():
    table = plans(*((name, "2021-01-05", None) for name in ("ann", "bob", "cal")))
    extracts = pd.to_datetime(pd.Series(["2021-03-31", "2021-04-01", None]))
    table = table.assign(last_visit=pd.Timestamp("2021-03-30"), extract_date=extracts)
    assert naming(lambda: area.protection_visits_in_time(table, census_date=DAY)) == (["ann"], ["ann"])
    assert naming(lambda: area.protection_visits_unknown(table, census_date=DAY)) == (["bob", "cal"], None)


def test_empty_tables_give_rows_with_nothing():
    none = plans()
    for result in (
        area.second_plans(none, period=YEAR),
        area.second_plans_in_24_months(none, period=YEAR),
        area.plans_ended_after_two_years(none, period=YEAR),
        area.plans_ended_within_3_months(none, period=YEAR),
    ):
        assert (result.exact()["denominator"].tolist(), result.exact()["symbol"].tolist()) == ([0], ["z"])
    assert grouped(area.plans_ended_by_duration(none, period=YEAR), "duration")[1] == {0}
    assert grouped(area.protection_plans_by_category(none, census_date=DAY), "category")[1] == {0}


def test_plans_that_start_and_end_name_a_child_each_time():
    table = plans(
        ("ann", "2021-04-01", "2021-06-01"), ("ann", "2021-09-01", "2022-03-31"), ("bob", "2021-03-31", "2022-04-01"),
        ("cal", "2022-03-31", None),
    )  # fmt: skip
    both = [YEAR.previous, YEAR]
    with recorded():
        starts, ends = (
            behind(each(table, period=both)) for each in (area.protection_plan_starts, area.protection_plan_ends)
        )
    assert starts["numerator_children"].tolist() == [["bob"], ["ann", "ann", "cal"]]
    assert ends["numerator_children"].tolist() == [[], ["ann", "ann"]]
    assert starts["value"].tolist() == [1, 3] and ends["value"].tolist() == [0, 2]
    assert set(starts["measure"]) == {"protection_plan_starts"} and set(ends["measure"]) == {"protection_plan_ends"}
    assert starts["period_end"].tolist() == ends["period_end"].tolist() == [each.end for each in both]


def test_month_ends_are_counted_from_the_first_plan_to_end():
    table = plans(("ann", "2020-01-05", "2021-01-15"), ("bob", "2020-01-05", None))
    ends = area.month_ends_counted(table, until=DAY)
    assert ends == [pd.Timestamp("2021-01-31"), pd.Timestamp("2021-02-28"), DAY]


def test_the_module_shows_its_measures():
    assert dir(area) == sorted(area.__all__)


def months_later(day, months):
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    last = (date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month, min(day.day, last))


def drawn(seed, children=150):
    """Plans of children one after another, as (child, start, end or None), and reviews of some of them."""
    draw = np.random.default_rng(seed)
    rows, held = [], []
    for number in range(children):
        day = date(2015, 1, 1) + timedelta(days=int(draw.integers(0, 2000)))
        for _ in range(int(draw.integers(1, 4))):
            end = day + timedelta(days=int(draw.integers(1, 1100)))
            is_open = end > date(2021, 12, 31)
            rows.append((f"c{number}", day, None if is_open else end))
            review = day
            while (review := review + timedelta(days=int(draw.integers(60, 190)))) < (
                date(2022, 1, 1) if is_open else end
            ):
                held.append((f"c{number}", review))
            if is_open:
                break
            day = end + timedelta(days=int(draw.integers(0, 1500)))
    return rows, held


def test_plans_are_those_of_a_plain_loop():
    rows, held = drawn(65)
    table, day = plans(*rows), date(2021, 3, 31)
    first, last = date(2020, 4, 1), date(2021, 3, 31)
    second = lately = starts = ended = long = opened = long_open = due = in_time = 0
    for child, start, end in rows:
        before = [other_end for other, other_start, other_end in rows if other == child and other_start < start]
        if first <= start <= last:
            starts += 1
            second += bool(before)
            lately += any(months_later(each, 24) >= start for each in before)
        if end is not None and first <= end <= last:
            ended += 1
            long += (end - start).days + 1 > 729
        if start <= day and (end is None or end > day):
            opened += 1
            long_open += (day - start).days + 1 > 729
            if months_later(start, 3) <= day:
                due += 1
                limit, fine = months_later(start, 3), True
                for _, review in sorted(each for each in held if each[0] == child and start < each[1] <= day):
                    fine, limit = fine and review <= limit, months_later(review, 6)
                in_time += fine and day <= limit
    year = Period.parse("2020-21")
    known = plans(*((*row, 0) for row in rows))
    assert counted(area.second_plans(known, period=year))[0][:2] == (second, starts)
    result = area.second_plans_in_24_months(table, period=year, known_from=LONG_AGO)
    assert counted(result)[0][:2] == (lately, starts) and 0 < lately < second < starts
    assert counted(area.plans_ended_after_two_years(table, period=year))[0][:2] == (long, ended) and 0 < long < ended
    assert counted(area.plans_open_two_years(table, census_date=DAY))[0][:2] == (long_open, opened)
    assert counted(area.protection_plans_open(table, census_date=DAY))[0][0] == opened > long_open > 0
    reviewed = area.protection_reviews_in_time(table, reviews(*held), census_date=DAY, known_from=LONG_AGO)
    assert counted(reviewed)[0][:2] == (in_time, due) and 0 < in_time < due


DAYS = st.dates(date(2018, 1, 1), date(2021, 12, 31))


@settings(max_examples=15)
@given(st.lists(st.tuples(st.sampled_from("abcd"), DAYS, st.integers(0, 900)), max_size=12))
def test_lately_is_never_more_than_ever_and_durations_add_up(rows):
    table = plans(*((child, start, start + timedelta(days=length), 0) for child, start, length in rows))
    all_years = Period.span(pd.Timestamp("2018-01-01"), pd.Timestamp("2025-12-31"))
    ever = counted(area.second_plans(table, period=all_years))[0]
    lately = counted(area.second_plans_in_24_months(table, period=all_years, known_from=LONG_AGO))[0]
    assert lately[0] <= ever[0] and lately[1] == ever[1]
    told, base = grouped(area.plans_ended_by_duration(table, period=all_years), "duration")
    assert base == {sum(told.values())}
    long = counted(area.plans_ended_after_two_years(table, period=all_years))[0]
    assert long[:2] == (told[area.DURATIONS[-1]], sum(told.values()))
