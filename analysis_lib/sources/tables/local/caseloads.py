"""Caseloads: how many children each social worker works with on a day, with supervision."""

from __future__ import annotations

from analysis_lib.sources.table import ERROR, MUST, NUMBER, WARNING, Codes, Column, Table
from analysis_lib.sources.tables.local.columns import NEEDED, coded, count, flag, not_before, on, text

FAMILY = "caseloads"
TITLE = "caseloads extract"
ABOUT = "One row per worker and day of counting (the last day of each month)."

ROLE = Codes(
    {
        "SOCIAL_WORKER": "social worker", "NEWLY_QUALIFIED": "social worker in the first year of practice",
        "SENIOR": "senior or advanced practitioner", "REVIEWING_OFFICER": "independent reviewing officer",
        "PERSONAL_ADVISER": "personal adviser of care leavers", "EARLY_HELP": "early help worker", "OTHER": "other",
    },
    {"asye": "NEWLY_QUALIFIED", "iro": "REVIEWING_OFFICER", "social worker": "SOCIAL_WORKER"},
)  # fmt: skip
TABLE = Table(
    "caseloads",
    FAMILY,
    "the caseloads extract",
    (
        Column("WORKER", meaning="the council's code of the worker; never a name", identifies=True, **NEEDED),
        on("COUNTED_ON", "day of counting", **NEEDED),
        text("WORKER_TEAM", "team"),
        coded("WORKER_ROLE", ROLE, "role"),
        Column("FTE", NUMBER, "share of full-time hours worked, such as 0.8", heading=MUST, severity=ERROR, high=1.5),
        count("CHILDREN_HELD", "children for whom the worker is responsible on the day", **NEEDED),
        flag("AGENCY", "employed through an agency"),
        on("LAST_SUPERVISION_ON", "day of the last supervision"),
    ),
    key=("WORKER", "COUNTED_ON"),
    rules=(not_before("COUNTED_ON", "LAST_SUPERVISION_ON", WARNING),),
)
TABLES = (TABLE,)
EXAMPLE = (
    {
        "WORKER": "W014", "COUNTED_ON": "30/09/2021", "WORKER_TEAM": "Assessment 1", "WORKER_ROLE": "SOCIAL_WORKER",
        "FTE": "1", "CHILDREN_HELD": "17", "AGENCY": "N", "LAST_SUPERVISION_ON": "08/09/2021",
    },
    {
        "WORKER": "W015", "COUNTED_ON": "30/09/2021", "WORKER_TEAM": "Assessment 1", "WORKER_ROLE": "NEWLY_QUALIFIED",
        "FTE": "0.8", "CHILDREN_HELD": "9", "AGENCY": "N", "LAST_SUPERVISION_ON": "22/09/2021",
    },
    {
        "WORKER": "W120", "COUNTED_ON": "30/09/2021", "WORKER_TEAM": "Looked after", "WORKER_ROLE": "SOCIAL_WORKER", "FTE": "1",
        "CHILDREN_HELD": "21", "AGENCY": "Y",
    },
)  # fmt: skip
