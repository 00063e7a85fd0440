"""Attendance of looked-after pupils, one row per pupil and term: sessions, from which rates and bands are counted.

The virtual school extract holds the same sums for whole years; give this one where terms are wanted.
"""

from __future__ import annotations

from analysis_lib.sources.table import ERROR, Codes, Rule, Table
from analysis_lib.sources.tables.local.columns import ACADEMIC_YEAR, NEEDED, PUPIL, PUPIL_IS_TOLD, coded, count

FAMILY = "attendance"
TITLE = "attendance extract"
ABOUT = "One row per pupil and term, for every pupil looked after at any time in the term."

TERM = Codes(
    {"AUTUMN": "September to December", "SPRING": "January to Easter", "SUMMER": "Easter to July"},
    {"aut": "AUTUMN", "spr": "SPRING", "sum": "SUMMER"},
)
TABLE = Table(
    "attendance",
    FAMILY,
    "the attendance extract",
    (
        *PUPIL,
        ACADEMIC_YEAR,
        coded("ATTENDANCE_TERM", TERM, "school term", **NEEDED),
        count("SESSIONS_POSSIBLE", "sessions (half days) that the pupil could have attended in the term", **NEEDED),
        count("SESSIONS_AUTHORISED", "sessions missed with leave", **NEEDED),
        count("SESSIONS_UNAUTHORISED", "sessions missed without leave", **NEEDED),
    ),
    key=("UPN", "CHILD", "ACADEMIC_YEAR", "ATTENDANCE_TERM"),
    rules=(
        PUPIL_IS_TOLD,
        Rule(
            "SESSIONS_AUTHORISED",
            "a number that with SESSIONS_UNAUTHORISED comes to no more than SESSIONS_POSSIBLE",
            lambda frame: ~(frame["SESSIONS_AUTHORISED"] + frame["SESSIONS_UNAUTHORISED"] > frame["SESSIONS_POSSIBLE"]),
            ERROR,
        ),
    ),
    one_of=(("UPN", "CHILD"),),
)
TABLES = (TABLE,)
EXAMPLE = (
    {
        "UPN": "A123456789012", "ACADEMIC_YEAR": "2021-22", "ATTENDANCE_TERM": "AUTUMN", "SESSIONS_POSSIBLE": "140",
        "SESSIONS_AUTHORISED": "6", "SESSIONS_UNAUTHORISED": "0",
    },
    {
        "UPN": "A123456789012", "ACADEMIC_YEAR": "2021-22", "ATTENDANCE_TERM": "SPRING", "SESSIONS_POSSIBLE": "120",
        "SESSIONS_AUTHORISED": "2", "SESSIONS_UNAUTHORISED": "1",
    },
    {
        "CHILD": "1002", "ACADEMIC_YEAR": "2021-22", "ATTENDANCE_TERM": "AUTUMN", "SESSIONS_POSSIBLE": "138",
        "SESSIONS_AUTHORISED": "20", "SESSIONS_UNAUTHORISED": "9",
    },
)  # fmt: skip
