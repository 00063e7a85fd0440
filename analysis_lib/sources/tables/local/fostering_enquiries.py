"""Enquiries from people who may become foster carers, and what came of them: application, approval."""

from __future__ import annotations

from analysis_lib.sources.table import OPTIONAL, WARNING, Codes, Column, Rule, Table
from analysis_lib.sources.tables.local.columns import NEEDED, coded, not_before, on
from analysis_lib.sources.tables.local.fostering import KIND

FAMILY = "fostering_enquiries"
TITLE = "fostering enquiries extract"
ABOUT = (
    "One row per enquiry from people who may become foster carers, whether or not they applied. Carers who were approved "
    "for a child whom they knew are here only if they enquired."
)

OUTCOME = Codes(
    {
        "APPROVED": "approved as foster carers", "NOT_APPROVED": "not approved",
        "WITHDRAWN": "the applicants or the council ended it before a decision",
    },
    {"not approved": "NOT_APPROVED", "refused": "NOT_APPROVED"},
)  # fmt: skip
TABLE = Table(
    "fostering_enquiries",
    FAMILY,
    "the fostering enquiries extract",
    (
        Column("ENQUIRY", meaning="the council's number of the enquiry", **NEEDED),
        on("ENQUIRED_ON", "day of the first enquiry", **NEEDED),
        coded("HOUSEHOLD_KIND", KIND, "kind of fostering asked about"),
        on("APPLIED_ON", "day the application was received; blank: none"),
        on("APPLICATION_DECIDED_ON", "day the application was decided or ended; blank while open"),
        coded("APPLICATION_OUTCOME", OUTCOME, "how the application ended"),
        Column(
            "HOUSEHOLD",
            meaning="the household approved, as in the fostering households extract",
            heading=OPTIONAL,
            identifies=True,
        ),
    ),
    key=("ENQUIRY",),
    rules=(
        not_before("APPLIED_ON", "ENQUIRED_ON", WARNING),
        not_before("APPLICATION_DECIDED_ON", "APPLIED_ON", WARNING),
        Rule(
            "APPLICATION_OUTCOME",
            "blank where there is no application",
            lambda frame: frame["APPLICATION_OUTCOME"].isna() | frame["APPLIED_ON"].notna(),
        ),
    ),
)
TABLES = (TABLE,)
EXAMPLE = (
    {
        "ENQUIRY": "E-21-031", "ENQUIRED_ON": "14/01/2021", "HOUSEHOLD_KIND": "MAINSTREAM", "APPLIED_ON": "02/03/2021",
        "APPLICATION_DECIDED_ON": "11/08/2021", "APPLICATION_OUTCOME": "APPROVED", "HOUSEHOLD": "H101",
    },
    {
        "ENQUIRY": "E-21-044", "ENQUIRED_ON": "20/04/2021", "HOUSEHOLD_KIND": "MAINSTREAM", "APPLIED_ON": "08/06/2021",
        "APPLICATION_DECIDED_ON": "01/09/2021", "APPLICATION_OUTCOME": "WITHDRAWN",
    },
    {"ENQUIRY": "E-21-052", "ENQUIRED_ON": "30/06/2021"},
)  # fmt: skip
