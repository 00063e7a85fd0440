"""Issues resolution: challenges that independent reviewing officers and conference chairs raise, and how they end."""

from __future__ import annotations

from analysis_lib.sources.table import OPTIONAL, Codes, Column, Table
from analysis_lib.sources.tables.local.columns import NEEDED, coded, count, due, not_before, on, text

FAMILY = "issues_resolution"
TITLE = "issues resolution extract"
ABOUT = "One row per challenge, closed ones included."

RAISED_AT = Codes(
    {"CLA_REVIEW": "about a child looked after", "CONFERENCE": "about a child on a protection plan", "OTHER": "other"}
)
REASON = Codes(
    {
        "DRIFT": "drift or delay", "CARE_PLAN": "care plan missing or not followed", "VISITS": "visits not done",
        "REPORT": "report late or missing", "PLACEMENT": "placement", "EDUCATION": "education", "HEALTH": "health",
        "CONTACT": "family time", "RECORDS": "records", "OTHER": "other",
    }
)  # fmt: skip
TABLE = Table(
    "issues_resolution",
    FAMILY,
    "the issues resolution extract",
    (
        Column("ISSUE", meaning="the council's number of the challenge", **NEEDED),
        Column("CHILD", meaning="the council's identifier of the child", heading=OPTIONAL, identifies=True),
        on("ISSUE_RAISED_ON", "day it was raised", **NEEDED),
        coded("ISSUE_RAISED_AT", RAISED_AT, "where it was raised"),
        coded("ISSUE_REASON", REASON, "why"),
        text("ISSUE_TEAM", "team that it was raised with"),
        count(
            "ISSUE_STAGE", "stage reached: 1 social worker, 2 team manager, 3 and above heads of service", low=1, high=6
        ),
        due("ISSUE_DUE", "day by which it was to be resolved"),
        on("ISSUE_RESOLVED_ON", "day it was resolved; blank while open"),
    ),
    key=("ISSUE",),
    rules=(not_before("ISSUE_RESOLVED_ON", "ISSUE_RAISED_ON"),),
)
TABLES = (TABLE,)
EXAMPLE = (
    {
        "ISSUE": "IR-21-014", "CHILD": "1001", "ISSUE_RAISED_ON": "11/05/2021", "ISSUE_RAISED_AT": "CLA_REVIEW",
        "ISSUE_REASON": "DRIFT", "ISSUE_STAGE": "1", "ISSUE_DUE": "25/05/2021", "ISSUE_RESOLVED_ON": "21/05/2021",
    },
    {
        "ISSUE": "IR-21-015", "CHILD": "1002", "ISSUE_RAISED_ON": "30/06/2021", "ISSUE_RAISED_AT": "CONFERENCE",
        "ISSUE_REASON": "REPORT", "ISSUE_STAGE": "2", "ISSUE_DUE": "14/07/2021", "ISSUE_RESOLVED_ON": "20/07/2021",
    },
    {"ISSUE": "IR-21-016", "ISSUE_RAISED_ON": "20/09/2021", "ISSUE_REASON": "VISITS", "ISSUE_STAGE": "1"},
)  # fmt: skip
