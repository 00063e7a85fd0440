"""Small tables of fostering households and enquiries for tests, a row written in few words."""

from __future__ import annotations

import pandas as pd

HOUSEHOLD_DAYS = ("counted_on", "household_approved_on", "household_left_on")
ENQUIRY_DAYS = ("enquired_on", "applied_on", "application_decided_on")
_PLACES = ("places_approved", "places_filled", "places_unavailable", "places_on_hold")


def home(name: str, counted: str = "2021-03-31", kind: str | None = "MAINSTREAM", **more) -> dict:
    """A household on a day of counting: `places`, `filled`, `unavailable`, `hold`, `why`, `approved`, `left`, `because`."""
    return {"name": name, "counted": counted, "kind": kind, "approved": "2015-01-01", "places": 1, "filled": 0, **more}


def households(*rows: dict) -> pd.DataFrame:
    names = {
        "name": "household_id", "counted": "counted_on", "kind": "household_kind", "approved": "household_approved_on",
        "left": "household_left_on", "because": "household_left_reason", "places": "places_approved",
        "filled": "places_filled", "unavailable": "places_unavailable", "hold": "places_on_hold", "why": "on_hold_reason",
    }  # fmt: skip
    frame = pd.DataFrame(
        [{names[name]: value for name, value in row.items()} for row in rows], columns=list(names.values())
    )
    frame = frame.assign(**{name: pd.to_datetime(frame[name]) for name in HOUSEHOLD_DAYS})
    return frame.assign(**{name: frame[name].astype(float) for name in _PLACES})


def asked(*rows: tuple) -> pd.DataFrame:
    """Enquiries: (day, day of the application, day it ended, outcome), the later ones left away where there are none."""
    names = [*ENQUIRY_DAYS, "application_outcome"]
    frame = pd.DataFrame([dict(zip(names, row, strict=False)) for row in rows], columns=names, dtype=object)
    return frame.assign(**{name: pd.to_datetime(frame[name]) for name in ENQUIRY_DAYS})
