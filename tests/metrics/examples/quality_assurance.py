"""The cases of the examples in `quality_assurance.toml`."""

from collections.abc import Callable

import pandas as pd
from quality_cases import came_back, issues, visits

from analysis_lib.metrics import quality_assurance as qa
from analysis_lib.periods import Period
from analysis_lib.results import Result

DAY = pd.Timestamp("2021-03-31")
YEAR = Period.parse("2020-21")
LATER = pd.Timestamp("2026-03-31")
OFFERS = came_back({"offered": True}, {"offered": True}, {"offered": False}, {})
HELD = came_back({"held": "2020-06-04"}, {"held": "2020-06-05"}, {"held": "2020-06-01"}, {})


def _visits() -> Result:
    table = visits(
        {"home": "1", "month": "2020-06-30", "visited": "2020-06-30"},
        {"home": "2", "month": "2020-06-30", "visited": "2020-07-01"},
    )
    return qa.home_visits(table, period=YEAR)


def _recommendations() -> Result:
    table = visits({"visited": "2020-06-30", "made": 3}, {"visited": "2020-07-30", "made": 0})
    return qa.recommendations(table, period=YEAR)


def _closed() -> Result:
    table = visits({"visited": "2020-06-30", "made": 3, "closed": 2}, {"visited": "2020-07-30", "made": 1, "closed": 1})
    return qa.recommendations_closed(table, period=YEAR)


def _days_to_report() -> Result:
    reported = ("2020-06-05", "2020-06-11", "2020-06-21")
    return qa.days_to_report(visits(*({"visited": "2020-06-01", "reported": day} for day in reported)), period=YEAR)


def _occupancy() -> Result:
    table = visits(
        {"visited": "2020-06-30", "beds": 5, "occupied": 4}, {"visited": "2020-06-30", "beds": 3, "occupied": 2}
    )
    return qa.home_occupancy(table, period=YEAR)


def _raised() -> Result:
    return qa.issues_raised(issues({}, {"raised": "2020-04-01"}, {"raised": "2020-03-31"}), period=YEAR)


def _open() -> Result:
    table = issues({"resolved": "2021-03-31"}, {"resolved": "2021-04-01"}, {"raised": "2021-04-01"})
    return qa.issues_open(table, census_date=DAY)


def _in_time() -> Result:
    resolved = ("2021-03-31", "2021-04-01", None)
    table = issues(*({"due": "2021-03-31", "resolved": day} for day in resolved))
    return qa.issues_in_time(table, period=YEAR, known_until=LATER)


def _settled_early() -> Result:
    table = issues(*({"stage": stage, "resolved": "2020-07-01"} for stage in (1, 2, 3, None)))
    return qa.issues_settled_early(table, period=YEAR)


def _accepted() -> Result:
    table = came_back(*({"offered": True, "accepted": answer} for answer in (True, False, None)))
    return qa.interviews_accepted(table, period=YEAR)


EXAMPLES: dict[str, Callable[[], Result]] = {
    "regulation_44_visits": _visits,
    "regulation_44_recommendations": _recommendations,
    "regulation_44_recommendations_closed": _closed,
    "regulation_44_days_to_report": _days_to_report,
    "children_home_occupancy": _occupancy,
    "issues_raised": _raised,
    "issues_open": _open,
    "issues_in_time": _in_time,
    "issues_due_not_known": lambda: qa.issues_due_not_known(issues({"due": "2020-07-01"}, {}), period=YEAR),
    "issues_settled_early": _settled_early,
    "issues_days_to_resolution": lambda: qa.days_to_resolution(
        issues({"resolved": "2020-06-05"}, {"resolved": "2020-06-11"}), period=YEAR
    ),
    "missing_returns": lambda: qa.returns(
        came_back({}, {"returned": "2020-08-01"}, {"child": "b", "returned": None}), period=YEAR
    ),
    "interviews_offered": lambda: qa.interviews_offered(OFFERS, period=YEAR),
    "interview_offers_not_known": lambda: qa.offers_not_known(OFFERS, period=YEAR),
    "interviews_accepted": _accepted,
    "interviews_held": lambda: qa.interviews_held(
        came_back({"held": "2020-06-02"}, {"held": "2020-07-01"}, {}), period=YEAR
    ),
    "interviews_held_in_72_hours": lambda: qa.interviews_held_in_72_hours(HELD, period=YEAR),
    "returns_followed_in_72_hours": lambda: qa.returns_followed_in_72_hours(HELD, period=YEAR, known_until=LATER),
}
