"""Regulation 44: the independent person's monthly visit to each children's home (Children's Homes Regulations 2015)."""

from __future__ import annotations

from analysis_lib.sources.table import MUST, WARNING, Column, Table
from analysis_lib.sources.tables.local.columns import NEEDED, at_most, count, not_before, on

FAMILY = "regulation_44"
TITLE = "Regulation 44 visits extract"
ABOUT = "One row per home and month in which a visit was due, with `VISITED_ON` blank where none took place."

TABLE = Table(
    "regulation_44",
    FAMILY,
    "the Regulation 44 visits extract",
    (
        Column("HOME", meaning="the home's name or number", **NEEDED),
        on("VISIT_MONTH", "any day of the month in which a visit was due", **NEEDED),
        on("VISITED_ON", "day of the visit; blank: none took place", heading=MUST),
        on("REPORTED_ON", "day of the report"),
        count("RECOMMENDATIONS", "recommendations made"),
        count("RECOMMENDATIONS_CLOSED", "of these, carried out by the day of the extract"),
        count("BEDS", "beds registered"),
        count("BEDS_OCCUPIED", "beds occupied on the day of the visit"),
    ),
    key=("HOME", "VISIT_MONTH"),
    rules=(
        not_before("REPORTED_ON", "VISITED_ON", WARNING),
        at_most("RECOMMENDATIONS_CLOSED", "RECOMMENDATIONS", WARNING),
        at_most("BEDS_OCCUPIED", "BEDS", WARNING),
    ),
)
TABLES = (TABLE,)
EXAMPLE = (
    {
        "HOME": "Home A", "VISIT_MONTH": "01/07/2021", "VISITED_ON": "14/07/2021", "REPORTED_ON": "21/07/2021",
        "RECOMMENDATIONS": "3", "RECOMMENDATIONS_CLOSED": "2", "BEDS": "5", "BEDS_OCCUPIED": "4",
    },
    {
        "HOME": "Home B", "VISIT_MONTH": "01/07/2021", "VISITED_ON": "28/07/2021", "REPORTED_ON": "06/08/2021",
        "RECOMMENDATIONS": "0", "RECOMMENDATIONS_CLOSED": "0", "BEDS": "4", "BEDS_OCCUPIED": "4",
    },
    {"HOME": "Home A", "VISIT_MONTH": "01/08/2021"},
)  # fmt: skip
