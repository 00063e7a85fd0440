"""Contacts and referrals: published shares, the window of re-referrals day by day, and a plain loop on drawn tables."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis_lib.metrics import contacts_and_referrals as area
from analysis_lib.metrics.counting.members import behind, recorded
from analysis_lib.periods import Period
from analysis_lib.working_days import bank_holidays

YEAR, MAY = Period.parse("2021-22"), Period.parse("2021-M05")
LONG_AGO = pd.Timestamp("2010-01-01")
NA = pd.NA


def table(day, *rows, **columns):
    frame = pd.DataFrame(list(rows), columns=["child_id", day, *columns])
    return frame.assign(**{day: pd.to_datetime(frame[day])})


def referrals(*rows):
    return table("referral_date", *rows)


def contacts(*rows):
    return table("contact_date", *rows)


def counted(result):
    """(numerator, denominator, value) of every row."""
    frame = result.exact()
    return [tuple(row) for row in frame[["numerator", "denominator", "value"]].to_numpy().tolist()]


def naming(make):
    """The children behind the one row: of the numerator and of the denominator."""
    with recorded():
        frame = behind(make())
    (top,), (base,) = frame["numerator_children"], frame["denominator_children"]
    return sorted(top), (None if base is None else sorted(base))


def year_shares(referred, **how):
    return counted(area.re_referrals(referred, period=YEAR, known_from=LONG_AGO, **how))


def test_england_in_2025():
    """DfE, Children in need, reporting year 2025, table C1 (numbers in tens): 632,830 referrals, of them 142,900
    re-referrals, 22.6%, and 41,340 with no further action, 6.5%."""
    names = [f"c{number}" for number in range(63_283)]
    first = pd.DataFrame({"child_id": names[:14_290], "referral_date": pd.Timestamp("2024-03-31")})
    second = pd.DataFrame({"child_id": names, "referral_date": pd.Timestamp("2024-12-02")})
    referred = pd.concat([first, second], ignore_index=True)
    nothing = pd.array(np.arange(len(referred)) % len(second) < 4_134, dtype="boolean")
    referred = referred.assign(no_further_action=nothing)
    year = Period.parse("2024-25")
    again = area.re_referrals(referred, period=year, known_from=LONG_AGO).exact()
    assert again[["numerator", "denominator"]].values.tolist() == [[14_290, 63_283]]
    assert round(again["value"].item(), 1) == 22.6
    in_year = referred[referred["referral_date"] >= "2024-04-01"].assign(
        no_further_action=pd.array(np.arange(len(second)) < 4_134, dtype="boolean")
    )
    assert round(area.referrals_no_further_action(in_year, period=year).exact()["value"].item(), 1) == 6.5


def test_referrals_of_30_and_31_march_and_1_april():
    days = ("2021-03-30", "2021-03-31", "2021-04-01", "2022-03-31", "2022-04-01")
    referred = referrals(*((f"c{place}", day) for place, day in enumerate(days)))
    assert counted(area.referrals_received(referred, period=YEAR))[0][0] == 2
    assert counted(area.children_referred(referred, period=[YEAR.previous, YEAR]))[0][0] == 2
    made = area.referrals_received(referred, period=[YEAR.previous, YEAR]).exact()
    assert made["period_start"].tolist() == [YEAR.previous.start, YEAR.start]
    assert made["period_end"].tolist() == [YEAR.previous.end, YEAR.end]
    assert made["measure"].tolist() == ["referrals_received"] * 2


def test_events_name_a_child_each_time_and_children_once():
    called = contacts(("ann", "2021-05-01"), ("ann", "2021-05-02"), ("bob", "2021-05-31"), ("cal", "2021-06-01"))
    assert naming(lambda: area.contacts_received(called, period=MAY)) == (["ann", "ann", "bob"], None)
    assert naming(lambda: area.children_with_contact(called, period=MAY)) == (["ann", "bob"], None)
    sent = called.rename(columns={"contact_date": "referral_date"})
    assert naming(lambda: area.referrals_received(sent, period=MAY)) == (["ann", "ann", "bob"], None)
    assert naming(lambda: area.children_referred(sent, period=MAY)) == (["ann", "bob"], None)


@pytest.mark.parametrize(
    ("before", "day", "calendar", "days_365"),
    [
        ("2020-05-10", "2021-05-10", True, True),
        ("2020-05-09", "2021-05-10", False, False),
        ("2021-05-09", "2021-05-10", True, True),
        ("2021-05-10", "2021-05-10", False, False),  # twice on one day is no re-referral
        ("2020-02-28", "2021-02-28", True, False),  # 366 days, over the leap day
        ("2020-02-29", "2021-02-28", True, True),
        ("2020-02-29", "2021-03-01", False, False),
        ("2020-03-01", "2021-03-01", True, True),
        ("2019-02-28", "2020-02-29", True, False),  # a year before 29 February is 28 February
        ("2019-02-27", "2020-02-29", False, False),
        ("2019-03-01", "2020-02-29", True, True),
    ],
)
def test_the_window_of_a_re_referral(before, day, calendar, days_365):
    referred = referrals(("ann", before), ("ann", day))
    month = Period.month_of(pd.Timestamp(day))
    for window, is_again in (("12 calendar months", calendar), ("365 days", days_365)):
        result = area.re_referrals(referred, period=month, window=window, known_from=LONG_AGO)
        base = (pd.to_datetime(referred["referral_date"]) >= month.start).sum()
        assert counted(result)[0][:2] == (is_again, base), window
        children = area.children_re_referred(referred, period=month, window=window, known_from=LONG_AGO)
        assert counted(children)[0][:2] == (is_again, 1), window
    assert counted(area.re_referrals(referred, period=month, known_from=LONG_AGO))[0][0] == calendar
    assert counted(area.children_re_referred(referred, period=month, known_from=LONG_AGO))[0][0] == calendar


def test_an_unknown_window_is_refused():
    with pytest.raises(KeyError):
        area.re_referrals(referrals(), period=YEAR, window="a year")


def test_each_child_has_a_history_of_its_own():
    siblings = referrals(("ann", "2021-05-10"), ("bob", "2021-06-10"), ("cal", "2021-07-10"))
    assert year_shares(siblings) == [(0, 3, 0)]


def test_a_third_referral_looks_back_to_the_second_and_rows_of_one_day_look_back_together():
    referred = referrals(("ann", "2019-01-01"), ("ann", "2020-06-01"), ("ann", "2021-05-20"), ("ann", "2021-05-20"))
    assert year_shares(referred) == [(2, 2, 100)]
    assert naming(lambda: area.re_referrals(referred, period=YEAR, known_from=LONG_AGO)) == (["ann"] * 2, ["ann"] * 2)
    assert naming(lambda: area.children_re_referred(referred, period=YEAR, known_from=LONG_AGO)) == (["ann"], ["ann"])


def test_the_order_of_the_rows_does_not_matter():
    referred = referrals(("ann", "2021-05-20"), ("bob", "2021-05-01"), ("ann", "2021-01-20"))
    assert year_shares(referred) == year_shares(referred.iloc[::-1]) == [(1, 2, 50)]


def test_referrals_whose_year_before_is_not_all_at_hand_are_left_out_and_counted():
    referred = referrals(("ann", "2020-04-01"), ("ann", "2021-03-31"), ("bob", "2021-04-01"), ("ann", "2021-05-01"))
    both = Period.span(pd.Timestamp("2021-03-01"), pd.Timestamp("2021-05-31"))
    # Without `known_from` the first referral says when the data begin: the year before 31 March 2021 is not all there.
    assert counted(area.re_referrals(referred, period=both)) == [(1, 2, 50)]
    assert counted(area.re_referrals_unknown(referred, period=both))[0][0] == 1
    assert naming(lambda: area.re_referrals_unknown(referred, period=both)) == (["ann"], None)
    assert counted(area.children_re_referred(referred, period=both)) == [(1, 2, 50)]
    later = {"known_from": pd.Timestamp("2020-05-02")}
    assert counted(area.re_referrals(referred, period=both, **later))[0][:2] == (0, 0)
    assert area.re_referrals(referred, period=both, **later).exact()["value"].isna().all()
    assert counted(area.re_referrals_unknown(referred, period=both, **later))[0][0] == 3
    assert counted(area.children_re_referred(referred, period=both, **later))[0][:2] == (0, 0)
    # By days the year before 29 February 2020 begins a day later than by the calendar.
    leap = referrals(("ann", "2020-02-29"))
    month, first = Period.parse("2020-M02"), pd.Timestamp("2019-03-01")
    assert counted(area.re_referrals_unknown(leap, period=month, known_from=first))[0][0] == 1
    assert counted(area.re_referrals_unknown(leap, period=month, known_from=first, window="365 days"))[0][0] == 0


def test_no_further_action_leaves_out_what_is_not_decided():
    rows = [("a", "2022-03-01", True), ("b", "2022-03-15", False), ("c", "2022-03-16", True), ("d", "2022-03-02", NA)]
    referred = table("referral_date", *rows, no_further_action=None)
    referred = referred.assign(no_further_action=referred["no_further_action"].astype("boolean"))
    until = {"known_until": pd.Timestamp("2022-03-15")}
    assert counted(area.referrals_no_further_action(referred, period=YEAR, **until)) == [(1, 2, 50)]
    assert naming(lambda: area.referrals_no_further_action(referred, period=YEAR, **until)) == (["a"], ["a", "b"])
    assert naming(lambda: area.referrals_no_further_action_unknown(referred, period=YEAR, **until))[0] == ["c", "d"]
    assert counted(area.referrals_no_further_action(referred, period=YEAR))[0][:2] == (2, 3)
    assert naming(lambda: area.referrals_no_further_action_unknown(referred, period=YEAR))[0] == ["d"]
    assert referred["no_further_action"].notna().sum() == 3, "the table given is not altered"


def test_every_source_has_a_row_and_unknown_ones_are_not_known():
    sources = ["Police", "Police", "Schools", "Not known", None, "a neighbour's dog"]
    called = contacts(*((name, "2021-05-05") for name in "abcdef")).assign(source_group=sources)
    result = area.contacts_by_source(called, period=MAY)
    shares = result.exact().set_index("source_group")
    assert list(shares.index) == list(area.SOURCES) and len(area.SOURCES) == 11
    assert shares["numerator"].to_dict() == {
        **dict.fromkeys(area.SOURCES, 0), "Police": 2, "Schools": 1, "Not known": 3,
    }  # fmt: skip
    assert (shares["denominator"] == 6).all() and shares.loc["Police", "value"] == pytest.approx(100 / 3)
    assert result.groups == result.parts == ("source_group",)
    with recorded():
        frame = behind(area.contacts_by_source(called, period=MAY)).set_index("source_group")
    assert frame.loc["Not known", "numerator_children"] == ["d", "e", "f"]
    assert frame.loc["Housing", "numerator_children"] == [] and len(frame.loc["Housing", "denominator_children"]) == 6
    sent = called.rename(columns={"contact_date": "referral_date"})
    again = area.referrals_by_source(sent, period=[MAY, MAY.previous])
    assert again.measure.name == "referrals_by_source" and again.groups == ("source_group",)
    assert again.exact()["numerator"].sum() == 6 and len(again) == 22
    assert again.exact().loc[again.exact()["period_end"] == MAY.previous.end, "value"].isna().all()


@pytest.mark.parametrize(
    ("sent", "led"),
    [("2021-05-07", True), ("2021-05-10", True), ("2021-05-11", False), ("2021-05-06", False), (None, False)],
)
def test_a_contact_on_a_friday_leads_to_a_referral_up_to_monday(sent, led):
    called = contacts(("ann", "2021-05-07"))
    sent = referrals(("bob", "2021-05-07"), *([("ann", sent)] if sent else []))
    assert counted(area.contacts_leading_to_referral(called, sent, period=MAY)) == [(led, 1, 100 * led)]
    two = area.contacts_leading_to_referral(called, sent, period=MAY, within_working_days=2)
    assert counted(two)[0][0] == (led or (sent["referral_date"] == "2021-05-11").any())


def test_the_next_referral_of_the_child_counts_and_two_contacts_may_lead_to_one():
    called = contacts(("ann", "2021-05-10"), ("ann", "2021-05-11"), ("ann", "2021-05-20"))
    sent = referrals(("ann", "2021-05-01"), ("ann", "2021-05-25"), ("ann", "2021-05-11"))
    assert counted(area.contacts_leading_to_referral(called, sent, period=MAY)) == [(2, 3, pytest.approx(200 / 3))]
    assert naming(lambda: area.contacts_leading_to_referral(called, sent, period=MAY)) == (["ann"] * 2, ["ann"] * 3)


def test_contacts_whose_time_is_not_over_are_left_out_and_counted():
    called = contacts(("ann", "2021-05-26"), ("bob", "2021-05-27"), ("cal", "2021-05-28"))
    sent = referrals(("ann", "2021-05-26"), ("cal", "2021-05-28"))
    until = {"known_until": pd.Timestamp("2021-05-28")}
    assert counted(area.contacts_leading_to_referral(called, sent, period=MAY, **until)) == [(1, 2, 50)]
    assert naming(lambda: area.contacts_leading_unknown(called, sent, period=MAY, **until)) == (["cal"], None)
    two = area.contacts_leading_unknown(called, sent, period=MAY, within_working_days=2, **until)
    assert counted(two)[0][0] == 2
    assert counted(area.contacts_leading_unknown(called, sent, period=MAY))[0][0] == 0


def steps(result):
    frame = result.exact().set_index("step")
    return {step: tuple(row) for step, row in frame[["numerator", "denominator"]].iterrows()}


def test_each_step_has_a_base_of_its_own():
    called = contacts(*((name, "2021-05-04") for name in "abcde"))
    sent = referrals(*((name, "2021-05-04") for name in "abcd"))
    assessed = table("assessment_start", ("a", "2021-05-04"), ("b", "2021-05-18"), ("c", "2021-05-19"))
    assessed = pd.concat([assessed, table("assessment_start", ("z", "2021-05-31"))])
    enquired = pd.DataFrame(
        {
            "child_id": ["a", "b", "c", "q"],
            "enquiry_start": pd.to_datetime(["2021-05-04", "2021-07-21", "2021-07-23", "2021-05-05"]),
            "conference_date": pd.to_datetime(["2021-05-20", None, None, "2021-05-21"]),
            "conference_unnecessary": pd.array([False, True, NA, False], dtype="boolean"),
            "led_to_plan": pd.array([True, NA, NA, False], dtype="boolean"),
        }
    )
    result = area.conversion(called, sent, assessed, enquired, period=MAY)
    assert steps(result) == {
        "contact to referral": (4, 5),
        "referral to assessment": (2, 4),  # c's begins on the eleventh working day
        "assessment to section 47 enquiry": (2, 4),  # b's on the 45th working day, c's on the 46th
        "section 47 enquiry to conference": (2, 2),  # begun in May
        "conference to plan": (1, 2),
    }
    assert result.groups == ("step",) and result.exact()["value"].tolist() == [80, 50, 50, 100, 50]
    until = pd.Timestamp("2021-05-18")
    known = steps(area.conversion(called, sent, assessed, enquired, period=MAY, known_until=until))
    assert known["contact to referral"] == (4, 5) and known["referral to assessment"] == (2, 4)
    assert known["assessment to section 47 enquiry"] == (0, 0)
    day_before = steps(
        area.conversion(called, sent, assessed, enquired, period=MAY, known_until=until - pd.Timedelta(days=1))
    )
    assert day_before["referral to assessment"] == (0, 0)
    assert steps(area.conversion(called, sent, assessed, enquired, period=MAY, known_until=pd.Timestamp("2021-05-04")))[
        "contact to referral"
    ] == (0, 0)
    nobody = steps(area.conversion(None, sent, assessed, enquired, period=MAY))
    assert nobody["contact to referral"] == (0, 0) and nobody["referral to assessment"] == (2, 4)
    with recorded():
        frame = behind(area.conversion(called, sent, assessed, enquired, period=MAY)).set_index("step")
    assert frame.loc["conference to plan", "numerator_children"] == ["a"]
    assert sorted(frame.loc["conference to plan", "denominator_children"]) == ["a", "q"]


def test_empty_tables_give_rows_with_nothing():
    empty, sourced = referrals(), contacts().assign(source_group=pd.Series(dtype=object))
    assert counted(area.referrals_received(empty, period=YEAR))[0][0] == 0
    assert counted(area.contacts_received(contacts(), period=YEAR))[0][0] == 0
    assert counted(area.re_referrals_unknown(empty, period=YEAR))[0][0] == 0
    for result in (
        area.re_referrals(empty, period=YEAR),
        area.children_re_referred(empty, period=YEAR),
        area.contacts_leading_to_referral(contacts(), empty, period=YEAR),
    ):
        frame = result.exact()
        assert (
            frame["denominator"].tolist() == [0] and frame["value"].isna().all() and frame["symbol"].tolist() == ["z"]
        )
    assert area.contacts_by_source(sourced, period=YEAR).exact()["denominator"].tolist() == [0] * 11


def test_the_rate_is_per_10_000_and_missing_without_a_population():
    received = area.referrals_received(referrals(("a", "2021-05-01"), ("b", "2021-05-01")), period=YEAR)
    rate = area.referral_rate(received, population=4_000).exact()
    assert rate[["numerator", "denominator", "value"]].values.tolist() == [[2, 4_000, 5]]
    assert rate["measure"].tolist() == ["referral_rate"]
    assert area.referral_rate(received, population=None).exact()["symbol"].tolist() == ["x"]


def test_the_module_shows_its_measures():
    assert dir(area) == sorted(area.__all__) and set(area.MEASURES) <= set(area.__all__)


def drawn(seed, day, rows=400, first="2020-01-01", days=800, children=70):
    draw = np.random.default_rng(seed)
    when = pd.Timestamp(first) + pd.to_timedelta(draw.integers(0, days, rows), unit="D")
    return pd.DataFrame({"child_id": [f"c{number}" for number in draw.integers(0, children, rows)], day: when})


def test_re_referrals_are_those_of_a_plain_loop():
    referred, known_from = drawn(21, "referral_date"), pd.Timestamp("2020-03-01")
    rows = [(row.child_id, row.referral_date.date()) for row in referred.itertuples()]
    again = unknown = base = 0
    for child, day in rows:
        if not date(2021, 1, 1) <= day <= date(2021, 12, 31):
            continue
        year_before = date(day.year - 1, day.month, day.day)  # no 29 February in 2021
        if year_before < known_from.date():
            unknown += 1
            continue
        base += 1
        again += any(other == child and year_before <= earlier < day for other, earlier in rows)
    period = Period.span(pd.Timestamp("2021-01-01"), pd.Timestamp("2021-12-31"))
    result = area.re_referrals(referred, period=period, known_from=known_from)
    assert counted(result)[0][:2] == (again, base) and 50 < again < base
    left_out = area.re_referrals_unknown(referred, period=period, known_from=known_from)
    assert counted(left_out)[0][0] == unknown > 10


def test_contacts_that_led_to_a_referral_are_those_of_a_plain_loop():
    called, sent = (
        drawn(5, "contact_date", first="2021-05-01", days=60),
        drawn(6, "referral_date", first="2021-05-01", days=60),
    )
    holidays = {str(day) for day in bank_holidays()}

    def working_days(start, end):
        return sum(
            (start + timedelta(days=step)).weekday() < 5 and str(start + timedelta(days=step)) not in holidays
            for step in range(1, (end - start).days + 1)
        )

    led = base = 0
    for contact in called.itertuples():
        day = contact.contact_date.date()
        if day.month != 5:
            continue
        base += 1
        theirs = [row.referral_date.date() for row in sent.itertuples() if row.child_id == contact.child_id]
        led += any(day <= each and working_days(day, each) <= 3 for each in theirs)
    result = area.contacts_leading_to_referral(called, sent, period=MAY, within_working_days=3)
    assert counted(result)[0][:2] == (led, base) and 20 < led < base


DAYS = st.dates(date(2019, 1, 1), date(2021, 12, 31))


@settings(max_examples=15)
@given(st.lists(st.tuples(st.sampled_from("abc"), DAYS), max_size=25))
def test_a_longer_window_has_no_fewer_re_referrals_and_known_and_unknown_are_all(rows):
    referred = referrals(*rows)
    both = Period.span(pd.Timestamp("2019-01-01"), pd.Timestamp("2021-12-31"))
    first = pd.Timestamp("2019-06-30")
    calendar, by_days = (
        counted(area.re_referrals(referred, period=both, window=window, known_from=LONG_AGO))[0]
        for window in ("12 calendar months", "365 days")
    )
    assert calendar[0] >= by_days[0] and calendar[1] == by_days[1] == len(rows)
    known = counted(area.re_referrals(referred, period=both, known_from=first))[0]
    assert known[1] + counted(area.re_referrals_unknown(referred, period=both, known_from=first))[0][0] == len(rows)
    assert known[0] <= calendar[0]
