"""Return home interviews: the talk that a child is offered after coming back from being missing."""

from __future__ import annotations

from analysis_lib.sources.table import MUST, WARNING, Rule, Table
from analysis_lib.sources.tables.local.columns import CHILD, NEEDED, flag, not_before, on

FAMILY = "return_home_interviews"
TITLE = "return home interviews extract"
ABOUT = (
    "One row per time that a child was missing, whether or not an interview was offered. Statutory guidance asks for the "
    "interview within 72 hours of the return; days, not hours, are recorded here."
)

TABLE = Table(
    "return_home_interviews",
    FAMILY,
    "the return home interviews extract",
    (
        CHILD,
        on("MISSING_FROM", "day the child went missing", **NEEDED),
        on("RETURNED_ON", "day the child came back; blank while missing"),
        flag("IN_CARE", "looked after at the time"),
        flag("PLACED_BY_ANOTHER_COUNCIL", "another council's child, placed here"),
        flag("INTERVIEW_OFFERED", "an interview was offered", heading=MUST),
        on("INTERVIEW_OFFERED_ON", "day it was offered"),
        flag("INTERVIEW_ACCEPTED", "the child accepted it"),
        on("INTERVIEW_HELD_ON", "day it was held; blank: not held"),
    ),
    key=("CHILD", "MISSING_FROM"),
    rules=(
        not_before("RETURNED_ON", "MISSING_FROM"),
        not_before("INTERVIEW_HELD_ON", "RETURNED_ON", WARNING),
        Rule(
            "INTERVIEW_HELD_ON",
            "blank where no interview was offered",
            lambda frame: frame["INTERVIEW_HELD_ON"].isna() | frame["INTERVIEW_OFFERED"].fillna(True).astype(bool),
        ),
    ),
)
TABLES = (TABLE,)
EXAMPLE = (
    {
        "CHILD": "1001", "MISSING_FROM": "03/07/2021", "RETURNED_ON": "04/07/2021", "IN_CARE": "Y",
        "PLACED_BY_ANOTHER_COUNCIL": "N", "INTERVIEW_OFFERED": "Y", "INTERVIEW_OFFERED_ON": "05/07/2021",
        "INTERVIEW_ACCEPTED": "Y", "INTERVIEW_HELD_ON": "06/07/2021",
    },
    {
        "CHILD": "1001", "MISSING_FROM": "19/08/2021", "RETURNED_ON": "19/08/2021", "IN_CARE": "Y",
        "INTERVIEW_OFFERED": "Y", "INTERVIEW_ACCEPTED": "N",
    },
    {"CHILD": "3004", "MISSING_FROM": "12/09/2021", "RETURNED_ON": "14/09/2021", "IN_CARE": "N", "INTERVIEW_OFFERED": "N"},
)  # fmt: skip
