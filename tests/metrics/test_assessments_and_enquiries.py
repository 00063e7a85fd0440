"""Assessments, enquiries, conferences: published bands, time limits day by day, and plain loops on drawn tables."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis_lib.metrics import assessments_and_enquiries as area
from analysis_lib.metrics.counting.members import behind, recorded
from analysis_lib.periods import Period
from analysis_lib.working_days import bank_holidays

YEAR, MARCH = Period.parse("2021-22"), Period.parse("2021-M03")
MARCH_31 = pd.Timestamp("2021-03-31")


def assessments(*rows):
    """From (child, start, authorised, dropped, requires support, child seen), the last ones as far as needed."""
    columns = ["child_id", "assessment_start", "authorised_date", "dropped_date", "requires_support", "child_seen"]
    made = pd.DataFrame([[*row, *[None] * (6 - len(row))] for row in rows], columns=columns)
    days = {name: pd.to_datetime(made[name]) for name in columns[1:4]}
    return made.assign(**days, **{name: made[name].astype("boolean") for name in columns[4:]})


def enquiries(*rows):
    """From (child, start, conference, unnecessary, led to a plan), the last ones as far as needed."""
    columns = ["child_id", "enquiry_start", "conference_date", "conference_unnecessary", "led_to_plan"]
    made = pd.DataFrame([[*row, *[None] * (5 - len(row))] for row in rows], columns=columns)
    days = {name: pd.to_datetime(made[name]) for name in columns[1:3]}
    return made.assign(**days, **{name: made[name].astype("boolean") for name in columns[3:]})


def meetings(*rows):
    """From (child, meeting, discussion, held, outcome), as the council's own extract has them."""
    columns = ["child_id", "meeting", "strategy_discussion_on", "held_on", "meeting_outcome"]
    made = pd.DataFrame(list(rows), columns=columns)
    return made.assign(**{name: pd.to_datetime(made[name]) for name in columns[2:4]})


def held(*rows):
    """Conferences as functions take them, from (child, discussion, enquiry, held)."""
    made = pd.DataFrame(list(rows), columns=["child_id", "discussion_date", "enquiry_start", "conference_date"])
    return made.assign(**{name: pd.to_datetime(made[name]) for name in made.columns[1:]}, led_to_plan=pd.NA)


def counted(result):
    frame = result.exact()
    return [tuple(row) for row in frame[["numerator", "denominator", "value"]].to_numpy().tolist()]


def naming(make):
    with recorded():
        frame = behind(make())
    (top,), (base,) = frame["numerator_children"], frame["denominator_children"]
    return sorted(top), (None if base is None else sorted(base))


def bands(result):
    frame = result.exact().set_index("working_days")
    return frame["numerator"].to_dict(), set(frame["denominator"])


def test_england_in_2023():
    """DfE, Children in need, reporting year 2023, table C4 (in tens): 74,380 conferences, after 0 to 10 working days
    6,850, 11 to 15 51,480, 16 to 20 7,100, 21 and more 8,920; so 78.4% within 15 days, of all conferences. The 30 in no
    band are here taken to have been dated before the enquiry."""
    days = {10: 685, 15: 5_148, 16: 710, 21: 892, -1: 3}
    ends = {10: "2022-11-15", 15: "2022-11-22", 16: "2022-11-23", 21: "2022-11-30", -1: "2022-10-31"}
    rows = [(f"c{day} {number}", "2022-11-01", "2022-11-01", ends[day]) for day in days for number in range(days[day])]
    year = Period.parse("2022-23")
    told, base = bands(area.conferences_by_days(held(*rows), period=year))
    assert told == {
        "0 to 10": 685, "11 to 15": 5_148, "16 to 20": 710, "21 or more": 892, "before the enquiry": 3, "Not known": 0,
    }  # fmt: skip
    assert base == {7_438}
    in_time = area.conferences_in_15_days(held(*rows), period=year).exact()
    assert in_time[["numerator", "denominator"]].values.tolist() == [[5_833, 7_438]]
    assert round(in_time["value"].item(), 1) == 78.4


def test_assessments_count_on_the_day_they_are_authorised():
    table = assessments(
        ("a", "2021-03-01", "2021-03-30"), ("b", "2021-03-01", "2021-03-31"), ("c", "2021-03-01", "2021-04-01"),
        ("c", "2021-03-02", "2021-04-01"), ("d", "2021-04-01", None),
    )  # fmt: skip
    made = area.assessments_completed(table, period=[YEAR.previous, YEAR])
    assert [row[0] for row in counted(made)] == [2, 2]
    assert naming(lambda: area.assessments_completed(table, period=YEAR)) == (["c", "c"], None)
    rate = area.assessment_rate(made, population=2_000).exact()
    assert rate["value"].tolist() == [10, 10] and set(rate["measure"]) == {"assessment_rate"}


@pytest.mark.parametrize(
    ("start", "authorised", "days", "in_time", "band"),
    [
        ("2021-07-05", "2021-07-05", 0, True, "same day"),
        ("2021-07-05", "2021-07-06", 1, True, "1 to 10"),
        ("2021-07-05", "2021-07-19", 10, True, "1 to 10"),
        ("2021-07-05", "2021-07-20", 11, True, "11 to 20"),
        ("2021-07-05", "2021-08-02", 20, True, "11 to 20"),
        ("2021-07-05", "2021-08-03", 21, True, "21 to 30"),
        ("2021-07-05", "2021-08-16", 30, True, "21 to 30"),
        ("2021-07-05", "2021-08-17", 31, True, "31 to 40"),
        ("2021-07-05", "2021-08-31", 40, True, "31 to 40"),
        ("2021-07-05", "2021-09-01", 41, True, "41 to 45"),
        ("2021-07-05", "2021-09-07", 45, True, "41 to 45"),
        ("2021-07-05", "2021-09-08", 46, False, "46 to 50"),
        ("2021-07-05", "2021-09-14", 50, False, "46 to 50"),
        ("2021-07-05", "2021-09-15", 51, False, "51 to 60"),
        ("2021-07-05", "2021-09-28", 60, False, "51 to 60"),
        ("2021-07-05", "2021-09-29", 61, False, "61 or more"),
        ("2021-05-17", "2022-03-17", 213, False, "61 or more"),
        ("2024-01-02", "2024-03-05", 45, True, "41 to 45"),  # over 29 February 2024
        ("2024-01-02", "2024-03-06", 46, False, "46 to 50"),
    ],
)
def test_working_days_of_an_assessment(start, authorised, days, in_time, band):
    table, period = assessments(("ann", start, authorised)), Period.month_of(pd.Timestamp(authorised))
    assert counted(area.assessments_in_45_days(table, period=period)) == [(in_time, 1, 100 * in_time)]
    told, base = bands(area.assessments_by_days(table, period=period))
    assert told == {**dict.fromkeys(area.ASSESSMENT_BANDS, 0), band: 1} and base == {1}
    assert area.assessment_days(table, period=period).exact()["value"].tolist() == [days]


def test_the_median_is_of_the_period_and_missing_without_assessments():
    table = assessments(
        ("a", "2021-07-05", "2021-07-06"), ("b", "2021-07-05", "2021-07-09"), ("c", "2021-03-01", "2021-03-31"),
        ("d", "2021-07-05", None),
    )  # fmt: skip
    made = area.assessment_days(table, period=[YEAR, YEAR.previous, YEAR.previous.previous])
    frame = made.exact()
    assert frame["value"].tolist()[:2] == [2.5, 22] and np.isnan(frame["value"][2])
    assert frame["denominator"].tolist() == [2, 1, 0] and frame["method"][0] == "median (type 7)"
    assert frame["period_start"].tolist() == [YEAR.start, YEAR.previous.start, YEAR.previous.previous.start]
    with recorded():
        named = behind(area.assessment_days(table, period=YEAR))
    assert named["denominator_children"].tolist() == [["a", "b"]]


def test_an_assessment_without_a_first_day_is_in_no_band():
    table = assessments(("a", "2021-07-05", "2021-07-06"), ("b", None, "2021-07-06"))
    told, base = bands(area.assessments_by_days(table, period=YEAR))
    assert told == {**dict.fromkeys(area.ASSESSMENT_BANDS, 0), "1 to 10": 1} and base == {1}


def test_bands_and_shares_name_children():
    table = assessments(("a", "2021-07-05", "2021-07-06"), ("b", "2021-07-05", "2021-12-09"))
    assert naming(lambda: area.assessments_in_45_days(table, period=YEAR)) == (["a"], ["a", "b"])
    with recorded():
        result = area.assessments_by_days(table, period=YEAR)
        named = behind(result).set_index("working_days")["numerator_children"]
    assert named["1 to 10"] == ["a"] and named["61 or more"] == ["b"] and named["same day"] == []
    assert result.groups == result.parts == ("working_days",)


def test_assessments_open_on_a_day():
    table = assessments(
        ("begins that day", "2021-03-31", None), ("day after", "2021-04-01", None),
        ("authorised that day", "2021-03-01", "2021-03-31"), ("authorised after", "2021-03-01", "2021-04-01"),
        ("dropped", "2020-03-01", None, "2020-04-01"), ("dropped after", "2021-03-02", None, "2021-04-01"),
        ("authorised and listed", "2021-03-01", "2021-03-15", "2021-06-01"),
    )  # fmt: skip
    opened = ["authorised after", "begins that day", "dropped after"]
    assert naming(lambda: area.assessments_open(table, census_date=MARCH_31)) == (opened, None)
    days = [MARCH_31 - pd.Timedelta(days=1), MARCH_31, MARCH_31 + pd.Timedelta(days=1), pd.Timestamp("2020-03-31")]
    assert [row[0] for row in counted(area.assessments_open(table, census_date=days))] == [3, 3, 2, 1]
    over = area.assessments_open_over_45_days(table, census_date=days)
    assert [row[:2] for row in counted(over)] == [(0, 3), (0, 3), (0, 2), (0, 1)]
    assert over.exact()["period_start"].isna().all() and over.exact()["period_end"].tolist() == days


@pytest.mark.parametrize(
    ("start", "over"), [("2021-07-01", 1), ("2021-07-02", 1), ("2021-07-05", 0), ("2021-07-06", 0)]
)
def test_an_assessment_is_over_45_days_on_the_46th(start, over):
    table = assessments(("ann", start, None), ("bob", "2021-09-06", None), ("cal", start, "2021-09-07"))
    day = pd.Timestamp("2021-09-07")
    assert counted(area.assessments_open_over_45_days(table, census_date=day)) == [(over, 2, 50 * over)]
    expected = (["ann"] * over, ["ann", "bob"])
    assert naming(lambda: area.assessments_open_over_45_days(table, census_date=day)) == expected


def test_outcomes_that_are_not_known_are_left_out_and_counted():
    answers = [(True, True), (True, None), (False, False), (None, False), (None, None)]
    table = assessments(
        *((name, "2021-07-05", "2021-07-20", None, *both) for name, both in zip("abcde", answers, strict=True)),
        ("early", "2020-07-05", "2020-07-20"),
    )
    assert counted(area.assessments_not_requiring_support(table, period=YEAR)) == [(1, 3, pytest.approx(100 / 3))]
    assert naming(lambda: area.assessments_not_requiring_support(table, period=YEAR)) == (["c"], ["a", "b", "c"])
    assert naming(lambda: area.assessments_not_requiring_support_unknown(table, period=YEAR))[0] == ["d", "e"]
    assert counted(area.assessments_child_seen(table, period=YEAR))[0][:2] == (1, 3)
    assert naming(lambda: area.assessments_child_seen(table, period=YEAR)) == (["a"], ["a", "c", "d"])
    assert naming(lambda: area.assessments_child_seen_unknown(table, period=YEAR))[0] == ["b", "e"]


def test_enquiries_and_what_they_led_to():
    table = enquiries(
        ("ann", "2021-04-01", "2021-04-20", False, True), ("ann", "2021-10-01", None, True),
        ("bob", "2022-03-31", None, False), ("cal", "2021-05-01", None, None), ("dee", "2021-03-31", "2021-04-10"),
        ("eve", "2021-06-01", "2021-06-20", True, False),  # held though deemed unnecessary
    )  # fmt: skip
    assert naming(lambda: area.section_47_enquiries(table, period=YEAR))[0] == ["ann", "ann", "bob", "cal", "eve"]
    assert naming(lambda: area.children_with_enquiry(table, period=YEAR))[0] == ["ann", "bob", "cal", "eve"]
    led = area.enquiries_leading_to_conference(table, period=YEAR)
    assert counted(led) == [(2, 3, pytest.approx(200 / 3))]
    assert naming(lambda: area.enquiries_leading_to_conference(table, period=YEAR))[0] == ["ann", "eve"]
    assert naming(lambda: area.enquiries_leading_unknown(table, period=YEAR)) == (["bob", "cal"], None)
    rate = area.enquiry_rate(area.section_47_enquiries(table, period=YEAR), population=5_000).exact()
    assert (rate["value"].item(), rate["measure"].item()) == (10, "enquiry_rate")


def test_conferences_of_list_5_are_one_a_child_and_day_timed_from_the_first_enquiry():
    table = enquiries(
        ("ann", "2021-03-08", "2021-03-22", False, True), ("ann", "2021-03-01", "2021-03-22", False, False),
        ("bob", "2021-03-08", "2021-03-22"), ("ann", "2021-05-01", "2021-05-20", False, None), ("cal", "2021-05-01"),
    )  # fmt: skip
    found = area.conferences_listed(table)
    rows = found.astype(object).where(found.notna(), None).sort_values(["child_id", "conference_date"])
    first, second = pd.Timestamp("2021-03-01"), pd.Timestamp("2021-05-01")
    assert rows.values.tolist() == [
        ["ann", first, first, pd.Timestamp("2021-03-22"), False],
        ["ann", second, second, pd.Timestamp("2021-05-20"), None],
        ["bob", pd.Timestamp("2021-03-08"), pd.Timestamp("2021-03-08"), pd.Timestamp("2021-03-22"), None],
    ]
    assert list(found.columns) == ["child_id", "discussion_date", "enquiry_start", "conference_date", "led_to_plan"]


def test_conferences_of_the_extract_are_the_initial_ones_held():
    table = meetings(
        ("ann", "ICPC", "2021-03-08", "2021-03-22", "PLAN"), ("ann", "ICPC", "2021-03-01", "2021-03-22", "NO_PLAN"),
        ("bob", "ICPC", None, "2021-03-23", "NO_PLAN"), ("cal", "RCPC", None, "2021-03-23", "PLAN_GOES_ON"),
        ("dee", "ICPC", "2021-03-01", None, None), ("eve", "ICPC", "2021-03-02", "2021-03-23", None),
    )  # fmt: skip
    found = area.conferences_extracted(table)
    rows = found.astype(object).where(found.notna(), None).sort_values("child_id")
    assert rows.values.tolist() == [
        ["ann", pd.Timestamp("2021-03-01"), None, pd.Timestamp("2021-03-22"), False],
        ["bob", None, None, pd.Timestamp("2021-03-23"), False],
        ["eve", pd.Timestamp("2021-03-02"), None, pd.Timestamp("2021-03-23"), None],
    ]
    assert list(found.columns) == list(area.conferences_listed(enquiries()).columns)
    told, base = bands(area.conferences_by_days(found, period=MARCH))
    assert told["Not known"] == 3 and base == {3}
    planned = area.conferences_extracted(table.assign(meeting_outcome="PLAN"))["led_to_plan"]
    assert planned.tolist() == [True] * 3 and found["led_to_plan"].dtype == planned.dtype == "boolean"


@pytest.mark.parametrize(
    ("discussed", "on", "in_time", "band"),
    [
        ("2021-03-01", "2021-03-01", True, "0 to 10"),
        ("2021-03-01", "2021-03-15", True, "0 to 10"),
        ("2021-03-01", "2021-03-16", True, "11 to 15"),
        ("2021-03-01", "2021-03-22", True, "11 to 15"),  # day 15
        ("2021-03-01", "2021-03-23", False, "16 to 20"),
        ("2021-03-01", "2021-03-29", False, "16 to 20"),
        ("2021-03-01", "2021-03-30", False, "21 or more"),
        ("2021-03-05", "2021-03-26", True, "11 to 15"),
        ("2021-03-05", "2021-03-27", True, "11 to 15"),  # the Saturday after day 15
        ("2021-03-05", "2021-03-29", False, "16 to 20"),
        ("2021-03-06", "2021-03-26", True, "11 to 15"),  # begun on a Saturday: Monday is day 1
        ("2021-03-22", "2021-04-14", True, "11 to 15"),  # Good Friday and Easter Monday between
        ("2021-03-22", "2021-04-15", False, "16 to 20"),
        ("2024-02-12", "2024-03-04", True, "11 to 15"),  # over 29 February
        ("2021-03-02", "2021-03-01", False, "before the enquiry"),
        (None, "2021-03-01", None, "Not known"),
    ],
)
def test_working_days_to_a_conference(discussed, on, in_time, band):
    conferences, period = held(("ann", discussed, discussed, on)), Period.month_of(pd.Timestamp(on))
    expected = (0, 0) if in_time is None else (in_time, 1)
    assert counted(area.conferences_in_15_days(conferences, period=period))[0][:2] == expected
    unknown = area.conferences_in_15_days_unknown(conferences, period=period)
    assert counted(unknown)[0][0] == (in_time is None)
    told, base = bands(area.conferences_by_days(conferences, period=period))
    assert told == {
        **dict.fromkeys([*area.CONFERENCE_BANDS, "before the enquiry", "Not known"], 0), band: 1,
    }  # fmt: skip
    assert base == {1}


def test_the_two_clocks_run_from_their_own_days():
    conferences = held(("ann", "2021-03-01", "2021-03-08", "2021-03-23"), ("bob", None, "2021-03-08", "2021-03-23"))
    assert counted(area.conferences_in_15_days(conferences, period=MARCH))[0][:2] == (0, 1)
    told, base = bands(area.conferences_by_days(conferences, period=MARCH))
    assert told["11 to 15"] == 2 and base == {2}
    assert naming(lambda: area.conferences_in_15_days_unknown(conferences, period=MARCH)) == (["bob"], None)
    assert naming(lambda: area.conferences_in_15_days(conferences, period=MARCH)) == ([], ["ann"])
    result = area.conferences_by_days(conferences, period=MARCH)
    assert result.groups == result.parts == ("working_days",)


def test_conferences_are_counted_by_the_day_they_are_held():
    days = ("2021-03-30", "2021-03-31", "2021-04-01", "2021-04-02")
    conferences = held(*((name, "2021-03-10", "2021-03-10", day) for name, day in zip("abcc", days, strict=True)))
    conferences = conferences.assign(led_to_plan=pd.array([True, pd.NA, False, True], dtype="boolean"))
    assert naming(lambda: area.initial_conferences(conferences, period=YEAR)) == (["c", "c"], None)
    assert naming(lambda: area.children_with_conference(conferences, period=YEAR)) == (["c"], None)
    assert naming(lambda: area.conferences_leading_to_plan(conferences, period=YEAR)) == (["c"], ["c", "c"])
    assert counted(area.conferences_leading_to_plan(conferences, period=MARCH)) == [(1, 1, 100)]
    assert naming(lambda: area.conferences_leading_unknown(conferences, period=MARCH)) == (["b"], None)
    rate = area.conference_rate(area.initial_conferences(conferences, period=YEAR), population=1_000).exact()
    assert (rate["value"].item(), rate["measure"].item()) == (20, "conference_rate")


def test_empty_tables_give_rows_with_nothing():
    none, no_enquiries = assessments(), enquiries()
    no_conferences = area.conferences_listed(no_enquiries)
    for result in (
        area.assessments_in_45_days(none, period=YEAR),
        area.assessments_not_requiring_support(none, period=YEAR),
        area.assessments_child_seen(none, period=YEAR),
        area.assessments_open_over_45_days(none, census_date=MARCH_31),
        area.enquiries_leading_to_conference(no_enquiries, period=YEAR),
        area.conferences_in_15_days(no_conferences, period=YEAR),
        area.conferences_leading_to_plan(area.conferences_extracted(meetings()), period=YEAR),
        area.assessment_days(none, period=YEAR),
    ):
        frame = result.exact()
        assert (frame["denominator"].tolist(), frame["symbol"].tolist()) == ([0], ["z"]), result.measure.name
    for result in (
        area.assessments_completed(none, period=YEAR),
        area.assessments_open(none, census_date=MARCH_31),
        area.section_47_enquiries(no_enquiries, period=YEAR),
        area.initial_conferences(no_conferences, period=YEAR),
        area.conferences_in_15_days_unknown(no_conferences, period=YEAR),
    ):
        assert result.exact()["value"].tolist() == [0], result.measure.name
    assert set(bands(area.assessments_by_days(none, period=YEAR))[0].values()) == {0}
    assert bands(area.conferences_by_days(no_conferences, period=YEAR))[1] == {0}


def test_the_module_shows_its_measures():
    assert dir(area) == sorted(area.__all__) and set(area.MEASURES) <= set(area.__all__)


HOLIDAYS = {str(day) for day in bank_holidays()}


def working_days(start, end):
    """One day after another."""
    each = [start + timedelta(days=step) for step in range(1, (end - start).days + 1)]
    return sum(day.weekday() < 5 and str(day) not in HOLIDAYS for day in each)


def drawn(seed, rows=120):
    draw = np.random.default_rng(seed)
    start = pd.Timestamp("2021-01-01") + pd.to_timedelta(draw.integers(0, 300, rows), unit="D")
    ended = start + pd.to_timedelta(draw.integers(0, 100, rows), unit="D")
    return [
        (f"c{number}", begun, None if number % 7 == 0 else end)
        for number, (begun, end) in enumerate(zip(start, ended, strict=True))
    ]


def test_assessments_are_those_of_a_plain_loop():
    rows, day = drawn(45), pd.Timestamp("2021-09-15")
    table = assessments(*rows)
    in_time = done = opened = over = 0
    for _, start, end in rows:
        if end is not None and YEAR.start <= end <= YEAR.end:
            done += 1
            in_time += working_days(start.date(), end.date()) <= 45
        if start <= day and (end is None or end > day):
            opened += 1
            over += working_days(start.date(), day.date()) > 45
    assert counted(area.assessments_in_45_days(table, period=YEAR))[0][:2] == (in_time, done)
    assert counted(area.assessments_open_over_45_days(table, census_date=day))[0][:2] == (over, opened)
    assert counted(area.assessments_open(table, census_date=day))[0][0] == opened
    assert 20 < in_time < done and 5 < over < opened


def test_conferences_are_those_of_a_plain_loop():
    rows = [(child, start, end) for child, start, end in drawn(15) if end is None or (end - start).days < 60]
    conferences = area.conferences_listed(enquiries(*rows))
    taken = [working_days(start.date(), end.date()) for _, start, end in rows if end is not None and end in YEAR]
    assert counted(area.conferences_in_15_days(conferences, period=YEAR))[0][:2] == (
        sum(days <= 15 for days in taken),
        len(taken),
    )
    told, _ = bands(area.conferences_by_days(conferences, period=YEAR))
    limits = {"0 to 10": (0, 10), "11 to 15": (11, 15), "16 to 20": (16, 20), "21 or more": (21, 999)}
    for band, (low, high) in limits.items():
        assert told[band] == sum(low <= days <= high for days in taken), band
    assert len(taken) > 30


DAYS = st.dates(date(2021, 1, 1), date(2021, 12, 31))


@settings(max_examples=15)
@given(st.lists(st.tuples(DAYS, st.integers(-30, 90)), max_size=20))
def test_bands_add_up_to_all_conferences_and_those_in_time_are_the_first_two(rows):
    days = [(start, start, start + timedelta(days=length)) for start, length in rows]
    conferences = held(*((f"c{number}", *each) for number, each in enumerate(days)))
    both = Period.span(pd.Timestamp("2020-12-01"), pd.Timestamp("2022-04-30"))
    told, base = bands(area.conferences_by_days(conferences, period=both))
    assert sum(told.values()) == len(rows) and base == {len(rows)}
    in_time = counted(area.conferences_in_15_days(conferences, period=both))[0]
    assert in_time[:2] == (told["0 to 10"] + told["11 to 15"], len(rows))
