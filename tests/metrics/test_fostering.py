"""Fostering: the places of a day, who joins and leaves, enquiries set against applications in two ways, and a plain loop."""

import random
from datetime import date, timedelta

import pandas as pd
import pytest
from fostering_cases import asked, home, households
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis_lib.metrics import fostering
from analysis_lib.periods import Period

DAY = pd.Timestamp("2021-03-31")
YEAR = Period.parse("2020-21")
LATER = pd.Timestamp("2026-03-31")
ON_A_DAY = (
    fostering.households_approved, fostering.households_on_hold, fostering.places_approved, fostering.places_filled,
    fostering.places_vacant, fostering.places_not_available, fostering.occupancy,
)  # fmt: skip
IN_A_PERIOD = (
    fostering.approvals, fostering.deregistrations, fostering.enquiries, fostering.applications,
    fostering.application_outcomes, fostering.applications_approved, fostering.applications_per_enquiry,
    fostering.days_to_decision,
)  # fmt: skip


def values(result) -> list[float]:
    return result.exact()["value"].tolist()


def row(result) -> dict:
    (only,) = result.exact().to_dict("records")
    return only


def counts(result) -> tuple[float, float]:
    return row(result)["numerator"], row(result)["denominator"]


def by(result, group: str) -> dict:
    return dict(zip(result.exact()[group], result.exact()["value"], strict=True))


# --- on a day --------------------------------------------------------------------------------------------------------


def test_filled_places_of_the_council_on_31_march_2021():
    """Fostering quarterly report, Corporate Parenting Board, 30 November 2021: 145 households, 264 places, 160 children."""
    rows = [home(f"h{number}", places=1 + (number < 119), filled=int(number < 160)) for number in range(145)]
    rows[0] |= {"filled": 2}
    table = households(*rows, *(home(f"x{number}", places=0, filled=1) for number in range(14)))
    assert values(fostering.places_approved(table, census_date=DAY)) == [264]
    assert values(fostering.places_filled(table, census_date=DAY)) == [160]
    found = row(fostering.occupancy(table, census_date=DAY))
    assert (found["numerator"], found["denominator"], round(found["value"], 1)) == (160, 264, 60.6)
    assert pd.isna(found["lower"]) and found["symbol"] == ""


def test_places_are_filled_not_available_or_vacant():
    table = households(
        home("a", places=4, filled=1, unavailable=1, hold=1),
        home("b", places=2, filled=2, kind="CONNECTED"),
        home("c", places=3, filled=0, unavailable=None, hold=None),
        home("d", places=5, filled=5, left="2021-03-30"),
    )
    found = [values(f(table, census_date=DAY))[0] for f in ON_A_DAY[:6]]
    assert found == [3, 1, 9, 3, 4, 2]
    carers = {f: by(f(table, census_date=DAY, by=["carers"]), "carers") for f in ON_A_DAY}
    assert carers[fostering.households_approved] == {"Mainstream": 2, "Family and friends": 1, "Not known": 0}
    assert carers[fostering.places_approved] == {"Mainstream": 7, "Family and friends": 2, "Not known": 0}
    assert carers[fostering.places_filled] == {"Mainstream": 1, "Family and friends": 2, "Not known": 0}
    assert carers[fostering.places_vacant] == {"Mainstream": 4, "Family and friends": 0, "Not known": 0}
    assert carers[fostering.places_not_available] == {"Mainstream": 2, "Family and friends": 0, "Not known": 0}
    assert carers[fostering.occupancy]["Family and friends"] == 100
    assert carers[fostering.occupancy]["Mainstream"] == pytest.approx(100 / 7) and pd.isna(
        carers[fostering.occupancy]["Not known"]
    )
    assert fostering.occupancy(table, census_date=DAY, by=["carers"]).groups == ("carers",)


def test_kinds_have_their_words_and_all_but_connected_are_mainstream():
    kinds = ("MAINSTREAM", "CONNECTED", "SHORT_BREAK", "PARENT_CHILD", "SUPPORTED_LODGINGS", "OTHER", None)
    table = households(*(home(f"h{place}", kind=kind) for place, kind in enumerate(kinds)))
    assert by(fostering.households_approved(table, census_date=DAY, by=["kind"]), "kind") == {
        "Mainstream fostering": 1, "Family and friends": 1, "Short breaks": 1, "Parent and child": 1,
        "Supported lodgings": 1, "Other": 1, "Not known": 1,
    }  # fmt: skip
    assert by(fostering.households_approved(table, census_date=DAY, by=["carers"]), "carers") == {
        "Mainstream": 5, "Family and friends": 1, "Not known": 1,
    }  # fmt: skip


def test_a_household_with_more_children_than_places_takes_none_from_another():
    table = households(home("a", places=1, filled=3), home("b", places=2, filled=0))
    assert values(fostering.places_vacant(table, census_date=DAY)) == [2]
    assert values(fostering.occupancy(table, census_date=DAY)) == [100]


def test_reasons_of_households_on_hold():
    reasons = ("HOLIDAY", "HEALTH", "ALLEGATION", "REVIEW", "PERSONAL", "OTHER", None)
    table = households(
        *(home(f"h{place}", hold=1, why=why) for place, why in enumerate(reasons)), home("none", hold=0), home("blank")
    )
    assert by(fostering.households_on_hold(table, census_date=DAY, by=["reason"]), "reason") == {
        "Holiday or rest": 1, "Illness": 1, "An allegation": 1, "Under review": 1, "Personal reasons": 1, "Other": 1,
        "Not known": 1,
    }  # fmt: skip
    assert by(fostering.households_on_hold(table, census_date=DAY, by=["carers"]), "carers")["Mainstream"] == 7


@pytest.mark.parametrize("function", ON_A_DAY)
def test_a_day_on_which_nothing_was_counted_has_no_figure(function):
    table = households(home("a", "2021-03-31", places=2, filled=1), home("a", "2021-06-30", places=2, filled=2))
    days = [pd.Timestamp(text) for text in ("2021-03-30", "2021-03-31", "2021-06-30")]
    frame = function(table, census_date=days).exact()
    assert frame["symbol"].tolist() == ["x", "", ""] and frame["value"].isna().tolist() == [True, False, False]
    assert frame[["numerator", "denominator", "lower", "upper"]].iloc[0].isna().all()
    assert frame["period_end"].tolist() == days and frame["period_start"].isna().all()
    (empty,) = function(table.iloc[:0], census_date=DAY).exact().to_dict("records")
    assert empty["symbol"] == "x" and pd.isna(empty["value"])


def test_no_household_on_hold_is_0_where_households_were_counted():
    assert values(fostering.households_on_hold(households(home("a", hold=0)), census_date=DAY)) == [0]


def test_each_measure_is_the_one_it_says():
    table, enquiries = households(home("a")), asked(("2020-06-01", "2020-07-01", "2020-08-01", "APPROVED"))
    found = {f.__name__: f(table, census_date=DAY).measure.name for f in ON_A_DAY}
    found |= {
        f.__name__: f(table if place < 2 else enquiries, period=YEAR).measure.name
        for place, f in enumerate(IN_A_PERIOD)
    }
    found["enquiries_that_applied"] = fostering.enquiries_that_applied(
        enquiries, period=YEAR, known_until=LATER
    ).measure.name
    assert found == {
        "households_approved": "fostering_households", "households_on_hold": "fostering_households_on_hold",
        "places_approved": "fostering_places", "places_filled": "fostering_places_filled",
        "places_vacant": "fostering_places_vacant", "places_not_available": "fostering_places_not_available",
        "occupancy": "fostering_occupancy", "approvals": "fostering_approvals",
        "deregistrations": "fostering_deregistrations", "enquiries": "fostering_enquiries",
        "applications": "fostering_applications", "application_outcomes": "fostering_application_outcomes",
        "applications_approved": "fostering_applications_approved",
        "applications_per_enquiry": "fostering_applications_per_enquiry",
        "days_to_decision": "fostering_days_to_decision", "enquiries_that_applied": "fostering_enquiries_that_applied",
    }  # fmt: skip
    assert dir(fostering) == fostering.__all__ == sorted(found)


# --- joining and leaving ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "counted"), [("2020-03-31", 0), ("2020-04-01", 1), ("2021-03-31", 1), ("2021-04-01", 0)]
)
def test_the_first_and_the_last_day_of_the_year_count(day, counted):
    assert values(fostering.approvals(households(home("a", approved=day)), period=YEAR)) == [counted]
    assert values(fostering.deregistrations(households(home("a", left=day)), period=YEAR)) == [counted]
    assert values(fostering.enquiries(asked((day,)), period=YEAR)) == [counted]
    assert values(fostering.applications(asked(("2019-01-01", day)), period=YEAR)) == [counted]


def test_a_household_counted_four_times_was_approved_and_left_once_as_the_latest_row_has_it():
    table = households(
        home("a", "2020-06-30", approved="2020-05-01", kind="CONNECTED"),
        home("a", "2020-12-31", approved="2020-05-01", left="2020-12-01", because="RETIRED"),
        home("a", "2020-09-30", approved="2020-05-02", kind="CONNECTED"),
        home("b", "2020-12-31", approved="2020-05-01", left="2020-12-02"),
        home("c", "2020-12-31", approved="2020-05-01", left="2020-12-02", because="PERMANENCE", kind="CONNECTED"),
    )
    assert values(fostering.approvals(table, period=YEAR)) == [3]
    assert by(fostering.approvals(table, period=YEAR, by=["carers"]), "carers") == {
        "Mainstream": 2, "Family and friends": 1, "Not known": 0,
    }  # fmt: skip
    reasons = by(fostering.deregistrations(table, period=YEAR, by=["reason"]), "reason")
    assert reasons == {
        "Retired": 1, "Became adopters or special guardians": 1, "Another agency": 0, "Ended by the council": 0,
        "Personal reasons": 0, "Other": 0, "Not known": 1,
    }  # fmt: skip
    assert list(fostering.LEFT) == ["RETIRED", "PERMANENCE", "OTHER_AGENCY", "DEREGISTERED", "PERSONAL", "OTHER"]
    assert by(fostering.deregistrations(table, period=YEAR, by=["carers"]), "carers")["Family and friends"] == 1


def test_nothing_at_all_is_0_or_missing():
    no_households, no_enquiries = households(home("a")).iloc[:0], asked(("2020-04-01",)).iloc[:0]
    for function in IN_A_PERIOD[:2]:
        assert values(function(no_households, period=YEAR)) == [0]
    for function in IN_A_PERIOD[2:4]:
        assert values(function(no_enquiries, period=YEAR)) == [0]
    assert values(fostering.application_outcomes(no_enquiries, period=YEAR)) == [0, 0, 0, 0]
    for function in IN_A_PERIOD[5:]:
        assert pd.isna(values(function(no_enquiries, period=YEAR))[0])
    assert counts(fostering.enquiries_that_applied(no_enquiries, period=YEAR, known_until=LATER)) == (0, 0)


# --- enquiries and applications --------------------------------------------------------------------------------------


def test_applications_against_enquiries_of_england_in_2021_22():
    """Ofsted, Fostering in England, 1 April 2021 to 31 March 2022: 138,075 enquiries, 8,280 applications, 6%."""
    one = asked(("2021-06-01", "2021-09-01"))
    table = pd.concat([one] * 8280 + [asked(("2021-06-01",))] * 0, ignore_index=True)
    rest = asked(("2021-06-01",))
    table = pd.concat([table, rest.loc[[0] * (138_075 - 8_280)]], ignore_index=True)
    found = row(fostering.applications_per_enquiry(table, period=Period.parse("2021-22")))
    assert (found["numerator"], found["denominator"], round(found["value"])) == (8280, 138_075, 6)


def test_applications_of_a_period_need_not_be_those_of_its_enquiries():
    table = asked(("2020-03-20", "2020-04-20"), ("2020-03-25", "2020-05-01"), ("2020-06-01",))
    assert counts(fostering.applications_per_enquiry(table, period=YEAR)) == (2, 1)
    assert values(fostering.applications_per_enquiry(table, period=YEAR)) == [200]
    assert counts(fostering.enquiries_that_applied(table, period=YEAR, known_until=LATER)) == (0, 1)
    months = [Period.parse("2020-M06"), Period.parse("2020-M07")]
    frame = fostering.applications_per_enquiry(table, period=months).exact()
    assert frame["period_start"].tolist() == [each.start for each in months]
    assert frame["denominator"].tolist() == [1, 0]


def test_enquiries_of_the_last_months_cannot_be_followed():
    table = asked(("2020-06-01", "2020-12-01"), ("2020-06-02", "2020-06-10"), ("2020-08-31", "2021-02-28"))
    until = pd.Timestamp("2020-12-01")
    assert counts(fostering.enquiries_that_applied(table, period=YEAR, known_until=until)) == (1, 1)
    assert counts(fostering.enquiries_that_applied(table, period=YEAR, known_until=LATER)) == (3, 3)
    assert counts(fostering.enquiries_that_applied(table, period=YEAR, known_until=LATER, within_months=1)) == (1, 3)


def test_applications_end_in_three_ways_or_nobody_wrote_it_down():
    table = asked(
        ("2020-01-01", "2020-02-01", "2020-06-01", "APPROVED"),
        ("2020-01-01", "2020-02-01", "2020-06-01", "NOT_APPROVED"),
        ("2020-01-01", "2020-02-01", "2020-06-01", "WITHDRAWN"),
        ("2020-01-01", "2020-02-01", "2020-06-01", None),
        ("2020-01-01", "2020-02-01"),
    )
    assert by(fostering.application_outcomes(table, period=YEAR), "outcome") == {
        "Approved": 1, "Not approved": 1, "Withdrawn": 1, "Not known": 1,
    }  # fmt: skip
    assert counts(fostering.applications_approved(table, period=YEAR)) == (1, 3)


def test_days_to_a_decision_leave_out_what_was_withdrawn_or_cannot_be():
    table = asked(
        ("2020-01-01", "2020-05-01", "2020-05-01", "APPROVED"),
        ("2020-01-01", "2020-05-01", "2020-05-11", "NOT_APPROVED"),
        ("2020-01-01", "2020-05-01", "2020-08-01", "WITHDRAWN"),
        ("2020-01-01", "2020-05-01", "2020-04-30", "APPROVED"),
        ("2020-01-01", None, "2020-04-30", "APPROVED"),
    )
    found = row(fostering.days_to_decision(table, period=YEAR))
    assert (found["value"], found["denominator"]) == (5, 2)


# --- a property and a plain loop -------------------------------------------------------------------------------------

PLACES = st.lists(st.tuples(*(st.integers(0, 4) for _ in range(4)), st.booleans()), min_size=1, max_size=6)


@settings(max_examples=10, deadline=None)
@given(PLACES)
def test_vacant_places_are_what_is_left_over_household_by_household(rows):
    table = households(
        *(
            home(
                f"h{place}",
                places=places,
                filled=filled,
                unavailable=away,
                hold=hold,
                left="2021-01-01" if left else None,
            )
            for place, (places, filled, away, hold, left) in enumerate(rows)
        )
    )
    vacant, approved, filled, away = (
        values(f(table, census_date=DAY))[0]
        for f in (
            fostering.places_vacant,
            fostering.places_approved,
            fostering.places_filled,
            fostering.places_not_available,
        )
    )
    assert vacant == sum(max(0, p - f - u - h) for p, f, u, h, left in rows if not left)
    assert approved <= vacant + filled + away


def test_a_plain_loop_counts_the_same():
    draw, first = random.Random(11), date(2019, 4, 1)
    counted = [date(2020, 3, 31), date(2020, 6, 30), date(2020, 9, 30), date(2020, 12, 31), date(2021, 3, 31)]
    rows = []
    for number in range(60):
        approved = first + timedelta(draw.randrange(700))
        left = approved + timedelta(draw.randrange(30, 600)) if draw.random() < 0.5 else None
        kind = draw.choice(["MAINSTREAM", "CONNECTED", "OTHER"])
        for day in (each for each in counted if each >= approved):
            gone = left is not None and left <= day
            rows.append(home(f"h{number}", str(day), kind, approved=str(approved), left=str(left) if gone else None,
                             places=draw.randrange(1, 4), filled=draw.randrange(3), because=draw.choice(["RETIRED", None])))  # fmt: skip
            if gone:
                break
    table = households(*rows)
    records = table.to_dict("records")
    for day in map(pd.Timestamp, counted):
        there = [each for each in records if each["counted_on"] == day and pd.isna(each["household_left_on"])]
        assert values(fostering.households_approved(table, census_date=day)) == [len(there)]
        assert values(fostering.places_filled(table, census_date=day)) == [sum(each["places_filled"] for each in there)]
        connected = sum(each["household_kind"] == "CONNECTED" for each in there)
        assert (
            by(fostering.households_approved(table, census_date=day, by=["carers"]), "carers")["Family and friends"]
            == connected
        )
    approved = {each["household_id"] for each in records if YEAR.start <= each["household_approved_on"] <= YEAR.end}
    gone = {each["household_id"] for each in records if pd.notna(each["household_left_on"]) and YEAR.start <= each["household_left_on"] <= YEAR.end}  # fmt: skip
    assert values(fostering.approvals(table, period=YEAR)) == [len(approved)]
    assert values(fostering.deregistrations(table, period=YEAR)) == [len(gone)]
    shuffled = table.sample(frac=1, random_state=2)
    pd.testing.assert_frame_equal(
        fostering.deregistrations(shuffled, period=YEAR, by=["reason"]).exact(),
        fostering.deregistrations(table, period=YEAR, by=["reason"]).exact(),
    )
