"""Reviews of children looked after and child protection conferences, due and held."""

from __future__ import annotations

from analysis_lib.sources.table import ERROR, WARNING, Codes, Rule, Table
from analysis_lib.sources.tables.local.columns import CHILD, NEEDED, coded, due, flag, not_before, on
from analysis_lib.sources.tables.ssda903 import PARTICIPATION

FAMILY = "reviews_and_conferences"
TITLE = "reviews and conferences extract"
ABOUT = (
    "One row per meeting that was due or held: a review that was due and not held counts as late, so it must be here too, "
    "with `HELD_ON` blank."
)

MEETING = Codes(
    {
        "CLA_REVIEW": "review of a child looked after", "ICPC": "initial child protection conference",
        "RCPC": "review child protection conference",
    },
    {"lac review": "CLA_REVIEW", "cla review": "CLA_REVIEW"},
)  # fmt: skip
OUTCOME = Codes(
    {
        "PLAN": "a child protection plan begins", "NO_PLAN": "no child protection plan", "PLAN_GOES_ON": "the plan goes on",
        "PLAN_ENDS": "the plan ends", "CARE_PLAN_AGREED": "care plan agreed", "CARE_PLAN_CHANGED": "care plan changed",
    }
)  # fmt: skip
GRADE = Codes({"1": "outstanding", "2": "good", "3": "requires improvement", "4": "inadequate"})
TABLE = Table(
    "reviews_and_conferences",
    FAMILY,
    "the reviews and conferences extract",
    (
        CHILD,
        coded("MEETING", MEETING, "which meeting", **NEEDED),
        due("MEETING_DUE", "last day by which it was due"),
        on(
            "STRATEGY_DISCUSSION_ON", "for an initial conference: day of the strategy discussion that began the enquiry"
        ),
        on("HELD_ON", "day it was held; blank: not held"),
        coded("MEETING_PARTICIPATION", PARTICIPATION, "how the child took part, by the SSDA903's code"),
        flag("CHILD_SEEN_BEFORE", "the independent reviewing officer saw the child before it"),
        coded("MEETING_OUTCOME", OUTCOME, "what came of it"),
        coded("MEETING_GRADE", GRADE, "grade in the council's own audit of the meeting"),
    ),
    key=("CHILD", "MEETING", "MEETING_DUE", "HELD_ON"),
    rules=(
        Rule(
            "MEETING_DUE",
            "a date, or HELD_ON filled: a meeting neither due nor held is none",
            lambda frame: frame["MEETING_DUE"].notna() | frame["HELD_ON"].notna(),
            ERROR,
        ),
        not_before("HELD_ON", "STRATEGY_DISCUSSION_ON", WARNING),
        Rule(
            "MEETING_OUTCOME",
            "blank where the meeting was not held",
            lambda frame: frame["HELD_ON"].notna() | frame["MEETING_OUTCOME"].isna(),
        ),
    ),
)
TABLES = (TABLE,)
EXAMPLE = (
    {
        "CHILD": "1001", "MEETING": "CLA_REVIEW", "MEETING_DUE": "12/05/2021", "HELD_ON": "10/05/2021",
        "MEETING_PARTICIPATION": "PN1", "CHILD_SEEN_BEFORE": "Y", "MEETING_OUTCOME": "CARE_PLAN_AGREED",
    },
    {
        "CHILD": "1002", "MEETING": "ICPC", "MEETING_DUE": "25/06/2021", "STRATEGY_DISCUSSION_ON": "04/06/2021",
        "HELD_ON": "29/06/2021", "MEETING_OUTCOME": "PLAN",
    },
    {"CHILD": "1003", "MEETING": "RCPC", "MEETING_DUE": "17/09/2021"},
)  # fmt: skip
