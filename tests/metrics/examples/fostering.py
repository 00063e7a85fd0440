"""The cases of the examples in `fostering.toml`."""

from collections.abc import Callable

import pandas as pd
from fostering_cases import asked, home, households

from analysis_lib.metrics import fostering
from analysis_lib.periods import Period
from analysis_lib.results import Result

DAY = pd.Timestamp("2021-03-31")
YEAR = Period.parse("2020-21")
LATER = pd.Timestamp("2026-03-31")
TWO = households(home("a", places=2, filled=1, hold=1, why="HEALTH"), home("b", places=3, filled=2))


def _households() -> Result:
    table = households(home("a"), home("b", kind="CONNECTED"), home("c", left="2021-02-10"))
    return fostering.households_approved(table, census_date=DAY)


def _on_hold() -> Result:
    table = households(home("a", places=3, hold=2), home("b", places=2, hold=1), home("c", hold=0))
    return fostering.households_on_hold(table, census_date=DAY)


def _vacant() -> Result:
    table = households(home("a", places=3, filled=1, hold=1), home("b", places=1, filled=2))
    return fostering.places_vacant(table, census_date=DAY)


def _not_available() -> Result:
    table = households(home("a", places=2, hold=1), home("b", places=3, filled=1, unavailable=2))
    return fostering.places_not_available(table, census_date=DAY)


def _approvals() -> Result:
    table = households(
        home("a", approved="2020-06-01"),
        home("b", approved="2020-06-01", left="2021-01-31"),
        home("c", approved="2019-06-01"),
    )
    return fostering.approvals(table, period=YEAR)


def _deregistrations() -> Result:
    table = households(home("a"), home("b", left="2021-03-31"), home("c", "2021-06-30", left="2021-04-01"))
    return fostering.deregistrations(table, period=YEAR)


def _outcomes() -> Result:
    frame = fostering.application_outcomes(
        asked(("2020-04-01", "2020-05-01", "2020-06-01", "WITHDRAWN")), period=YEAR
    ).exact()
    return Result(
        fostering.MEASURES["fostering_application_outcomes"], frame[frame["outcome"] == "Withdrawn"], ("outcome",)
    )


def _approved() -> Result:
    ends = ("APPROVED", "NOT_APPROVED", "WITHDRAWN", "WITHDRAWN", None)
    return fostering.applications_approved(
        asked(*(("2020-04-01", "2020-05-01", "2020-06-01", end) for end in ends)), period=YEAR
    )


def _per_enquiry() -> Result:
    table = asked(("2020-03-31", "2020-05-01"), *(("2020-06-01",) for _ in range(4)))
    return fostering.applications_per_enquiry(table, period=YEAR)


def _that_applied() -> Result:
    table = asked(("2020-06-10", "2020-12-10"), ("2020-06-10", "2020-12-11"), ("2020-06-10",), ("2020-06-10",))
    return fostering.enquiries_that_applied(table, period=YEAR, known_until=LATER)


def _days() -> Result:
    table = asked(
        ("2020-01-01", "2020-05-01", "2020-08-09", "APPROVED"),
        ("2020-01-01", "2020-05-01", "2020-11-17", "NOT_APPROVED"),
        ("2020-01-01", "2020-05-01", "2020-05-11", "WITHDRAWN"),
    )
    return fostering.days_to_decision(table, period=YEAR)


EXAMPLES: dict[str, Callable[[], Result]] = {
    "fostering_households": _households,
    "fostering_households_on_hold": _on_hold,
    "fostering_places": lambda: fostering.places_approved(TWO, census_date=DAY),
    "fostering_places_filled": lambda: fostering.places_filled(TWO, census_date=DAY),
    "fostering_places_vacant": _vacant,
    "fostering_places_not_available": _not_available,
    "fostering_occupancy": lambda: fostering.occupancy(TWO, census_date=DAY),
    "fostering_approvals": _approvals,
    "fostering_deregistrations": _deregistrations,
    "fostering_enquiries": lambda: fostering.enquiries(
        asked(("2020-03-31",), ("2020-04-01",), ("2021-03-31",)), period=YEAR
    ),
    "fostering_applications": lambda: fostering.applications(asked(("2020-03-01", "2020-04-10")), period=YEAR),
    "fostering_application_outcomes": _outcomes,
    "fostering_applications_approved": _approved,
    "fostering_applications_per_enquiry": _per_enquiry,
    "fostering_enquiries_that_applied": _that_applied,
    "fostering_days_to_decision": _days,
}
