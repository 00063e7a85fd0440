"""Small early help tables for tests, a row written in few words."""

from __future__ import annotations

import pandas as pd

DATES = ("early_help_start", "early_help_end", "allocated_on", "first_contact_on")
COLUMNS = ("child_id", "family_id", "lead", "came_from", "level", "ward", "early_help_outcome", *DATES)


def cases(*rows: dict) -> pd.DataFrame:
    """An early help table; `start`, `end`, `allocated` and `contact` stand for the columns of those days."""
    short = {"child": "child_id", "family": "family_id", "start": DATES[0], "end": DATES[1], "allocated": DATES[2], "contact": DATES[3], "outcome": "early_help_outcome"}  # fmt: skip
    frame = pd.DataFrame([{short.get(name, name): value for name, value in row.items()} for row in rows])
    frame = frame.reindex(columns=COLUMNS).astype({name: object for name in COLUMNS})
    return frame.assign(**{name: pd.to_datetime(frame[name]) for name in DATES})


def referred(*rows: tuple[str, str]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["child_id", "referral_date"])
    return frame.assign(referral_date=pd.to_datetime(frame["referral_date"]))


def opened(child: str, start: str, end: str | None = None, **more) -> dict:
    return {"child": child, "start": start, "end": end, **more}
