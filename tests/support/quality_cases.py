"""Small tables of Regulation 44 visits, challenges and returns for tests, a row written in few words."""

from __future__ import annotations

import pandas as pd


def _frame(names: dict[str, str], days: tuple[str, ...], rows) -> pd.DataFrame:
    frame = pd.DataFrame(
        [{names[name]: value for name, value in row.items()} for row in rows], columns=list(names.values())
    )
    return frame.assign(**{name: pd.to_datetime(frame[name]) for name in days})


def visits(*rows: dict) -> pd.DataFrame:
    """Visits due: `home`, `month` (its last day), `visited`, `reported`, `made`, `closed`, `beds`, `occupied`."""
    names = {
        "home": "home", "month": "month_end", "visited": "visited_on", "reported": "reported_on", "made": "recommendations",
        "closed": "recommendations_closed", "beds": "beds", "occupied": "beds_occupied",
    }  # fmt: skip
    frame = _frame(names, ("month_end", "visited_on", "reported_on"), rows)
    return frame.assign(**{name: frame[name].astype(float) for name in list(names.values())[4:]})


def issues(*rows: dict) -> pd.DataFrame:
    """Challenges: `issue`, `child`, `raised`, `at`, `reason`, `stage`, `due`, `resolved`."""
    names = {
        "issue": "issue", "child": "child_id", "raised": "issue_raised_on", "at": "issue_raised_at",
        "reason": "issue_reason", "stage": "issue_stage", "due": "issue_due", "resolved": "issue_resolved_on",
    }  # fmt: skip
    numbered = [{"issue": f"i{place}", "child": "a", "raised": "2020-06-01", **row} for place, row in enumerate(rows)]
    frame = _frame(names, ("issue_raised_on", "issue_due", "issue_resolved_on"), numbered)
    return frame.assign(issue_stage=frame["issue_stage"].astype("Int64"))


def came_back(*rows: dict) -> pd.DataFrame:
    """Times missing: `child`, `returned`, `care`, `placed`, `offered`, `accepted`, `held`."""
    names = {
        "child": "child_id", "missing": "missing_from", "returned": "returned_on", "care": "in_care",
        "placed": "placed_by_another_council", "offered": "interview_offered", "accepted": "interview_accepted",
        "held": "interview_held_on",
    }  # fmt: skip
    given = [{"child": "a", "missing": "2020-01-01", "returned": "2020-06-01", **row} for row in rows]
    frame = _frame(names, ("missing_from", "returned_on", "interview_held_on"), given)
    flags = ("in_care", "placed_by_another_council", "interview_offered", "interview_accepted")
    return frame.assign(**{name: frame[name].astype("boolean") for name in flags})
