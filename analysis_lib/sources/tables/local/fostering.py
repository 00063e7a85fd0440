"""Fostering households of the council on a day: approval, places, and why places are not in use."""

from __future__ import annotations

from analysis_lib.sources.table import WARNING, Codes, Column, Rule, Table
from analysis_lib.sources.tables.local.columns import NEEDED, at_most, coded, count, not_before, on

FAMILY = "fostering_households"
TITLE = "fostering households extract"
ABOUT = (
    "One row per household and day of counting (the last day of each quarter), households that have left since the day of "
    "counting before included."
)

KIND = Codes(
    {
        "MAINSTREAM": "mainstream fostering", "CONNECTED": "family and friends (connected carers)",
        "SHORT_BREAK": "short breaks", "PARENT_CHILD": "parent and child", "SUPPORTED_LODGINGS": "supported lodgings",
        "OTHER": "other",
    },
    {"family and friends": "CONNECTED", "kinship": "CONNECTED", "short break": "SHORT_BREAK"},
)  # fmt: skip
ON_HOLD = Codes(
    {
        "HOLIDAY": "holiday or rest", "HEALTH": "illness", "ALLEGATION": "an allegation is looked into",
        "REVIEW": "approval under review", "PERSONAL": "personal reasons", "OTHER": "other",
    }
)  # fmt: skip
LEFT = Codes(
    {
        "RETIRED": "retired", "PERMANENCE": "became adopters or special guardians", "OTHER_AGENCY": "moved to another agency",
        "DEREGISTERED": "approval ended by the council", "PERSONAL": "personal reasons", "OTHER": "other",
    }
)  # fmt: skip
TABLE = Table(
    "fostering_households",
    FAMILY,
    "the fostering households extract",
    (
        Column("HOUSEHOLD", meaning="the council's identifier of the household", identifies=True, **NEEDED),
        on("COUNTED_ON", "day of counting", **NEEDED),
        coded("HOUSEHOLD_KIND", KIND, "kind of approval", **NEEDED),
        on("HOUSEHOLD_APPROVED_ON", "day of first approval", **NEEDED),
        on("HOUSEHOLD_LEFT_ON", "day the approval ended; blank while approved"),
        coded("HOUSEHOLD_LEFT_REASON", LEFT, "why it ended"),
        count("PLACES_APPROVED", "places approved", **NEEDED),
        count("PLACES_FILLED", "children placed there", **NEEDED),
        count("PLACES_UNAVAILABLE", "approved places that cannot be used (matching, bedrooms, sibling groups)"),
        count("PLACES_ON_HOLD", "approved places on hold"),
        coded("ON_HOLD_REASON", ON_HOLD, "why on hold"),
    ),
    key=("HOUSEHOLD", "COUNTED_ON"),
    rules=(
        not_before("HOUSEHOLD_LEFT_ON", "HOUSEHOLD_APPROVED_ON"),
        not_before("COUNTED_ON", "HOUSEHOLD_APPROVED_ON", WARNING),
        at_most("PLACES_UNAVAILABLE", "PLACES_APPROVED", WARNING),
        at_most("PLACES_ON_HOLD", "PLACES_APPROVED", WARNING),
        Rule(
            "ON_HOLD_REASON",
            "a reason where places are on hold",
            lambda frame: frame["ON_HOLD_REASON"].notna() | ~(frame["PLACES_ON_HOLD"] > 0),
        ),
    ),
)
TABLES = (TABLE,)
EXAMPLE = (
    {
        "HOUSEHOLD": "H101", "COUNTED_ON": "30/09/2021", "HOUSEHOLD_KIND": "MAINSTREAM", "HOUSEHOLD_APPROVED_ON": "11/05/2015",
        "PLACES_APPROVED": "2", "PLACES_FILLED": "1", "PLACES_UNAVAILABLE": "0", "PLACES_ON_HOLD": "1",
        "ON_HOLD_REASON": "HEALTH",
    },
    {
        "HOUSEHOLD": "H102", "COUNTED_ON": "30/09/2021", "HOUSEHOLD_KIND": "CONNECTED", "HOUSEHOLD_APPROVED_ON": "02/12/2020",
        "PLACES_APPROVED": "1", "PLACES_FILLED": "1",
    },
    {
        "HOUSEHOLD": "H103", "COUNTED_ON": "30/09/2021", "HOUSEHOLD_KIND": "MAINSTREAM", "HOUSEHOLD_APPROVED_ON": "20/01/2009",
        "HOUSEHOLD_LEFT_ON": "31/08/2021", "HOUSEHOLD_LEFT_REASON": "RETIRED", "PLACES_APPROVED": "3", "PLACES_FILLED": "0",
    },
)  # fmt: skip
