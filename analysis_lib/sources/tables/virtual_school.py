"""The virtual school extract: looked-after pupils' results, attendance and plans, one row per pupil and academic year.

It has no national format: this is ours, written out as a template by `templates.template("virtual_school")`.
"""

from __future__ import annotations

import re
from typing import Any

from analysis_lib.sources.table import (
    CODE,
    ERROR,
    MISREAD,
    MUST,
    NUMBER,
    WHOLE,
    YES_NO,
    Codes,
    Column,
    Rule,
    Table,
)

FAMILY = "virtual_school"
TITLE = "virtual school extract"

YEAR_GROUP = Codes(
    {"N1": "nursery, first year", "N2": "nursery, second year", "R": "reception"}
    | {str(year): f"year {year}" for year in range(1, 14)},
    {"reception": "R", "year r": "R", "yr": "R", "nursery 1": "N1", "nursery 2": "N2"}
    | {f"{word}{year}": str(year) for year in range(1, 14) for word in ("y", "year ", "year", "yr", "yr ")},
)
KEY_STAGE = Codes(
    {
        "EYFS": "early years foundation stage", "KS1": "key stage 1", "KS2": "key stage 2", "KS4": "key stage 4",
    }
)  # fmt: skip
SEN = Codes(
    {"N": "no special educational needs", "K": "SEN support", "E": "education, health and care plan"},
    {"none": "N", "no": "N", "support": "K", "sen support": "K", "ehcp": "E", "ehc plan": "E", "s": "E"},
)
ASSESSED_BY = Codes(
    {
        "TEACHER": "local teacher assessment", "CAG": "centre assessment grades (2020)",
        "TAG": "teacher assessed grades (2021)",
    }
)  # fmt: skip
TRANSITION = Codes(
    {"RECEPTION": "to reception", "SECONDARY": "to secondary school", "POST16": "to post-16"}, {"post-16": "POST16"}
)
OFFER = Codes({"EDUCATION": "education", "TRAINING": "training", "EMPLOYMENT": "employment", "NONE": "no offer"})
DESTINATION = Codes(
    {
        "EDUCATION": "in education", "EMPLOYMENT": "in employment", "TRAINING": "in training",
        "NEET": "not in education, employment or training",
    }
)  # fmt: skip
_YEAR = re.compile(r"(20\d\d)[-/](?:20)?(\d\d)(?:-AY)?", re.IGNORECASE)


def read_academic_year(text: str) -> Any:
    """An academic year as "2020-21": also "2020/21", "2020/2021" and "2020-21-AY"."""
    match = _YEAR.fullmatch(text)
    follows = match and int(match[2]) == (int(match[1]) + 1) % 100
    return f"{match[1]}-{match[2]}" if follows else MISREAD


def _flag(name: str, meaning: str, **more: Any) -> Column:
    return Column(name, YES_NO, meaning, **more)


def _count(name: str, meaning: str, kind: str = WHOLE, **more: Any) -> Column:
    return Column(name, kind, meaning, **more)


def _no_more_than(part: str, whole: str) -> Rule:
    return Rule(part, f"no more than {whole}", lambda frame: ~(frame[part] > frame[whole]))


TABLE = Table(
    "virtual_school",
    FAMILY,
    "the virtual school extract",
    (
        Column(
            "UPN",
            meaning="unique pupil number; joins the pupil to the SSDA903 header",
            identifies=True,
        ),
        Column(
            "CHILD",
            meaning="the council's identifier of the child, as in the SSDA903; not needed where UPN is given",
            identifies=True,
        ),
        Column(
            "ACADEMIC_YEAR",
            meaning="academic year, September to August",
            heading=MUST,
            filled=True,
            severity=ERROR,
            reader=read_academic_year,
            expected='an academic year written "2020-21"',
        ),
        Column("NC_YEAR", CODE, "national curriculum year", YEAR_GROUP, heading=MUST, filled=True),
        Column(
            "KEY_STAGE_END",
            CODE,
            "key stage that the pupil reached the end of in this year; blank for other years",
            KEY_STAGE,
            heading=MUST,
        ),
        _flag(
            "LOOKED_AFTER_12M",
            "looked after without a break for 12 months at 31 March of this academic year",
            heading=MUST,
            filled=True,
        ),
        Column("SEN", CODE, "special educational needs", SEN),
        _flag("SCHOOL_IN_AUTHORITY", "the school lies in the council's area"),
        _flag("GLD", "reached a good level of development (end of EYFS)"),
        _flag("KS1_READING", "reached the expected standard; blank: not assessed or not in this key stage"),
        _flag("KS1_WRITING", "as KS1_READING"),
        _flag("KS1_MATHS", "as KS1_READING"),
        _flag("KS2_READING", "as KS1_READING"),
        _flag("KS2_WRITING", "as KS1_READING"),
        _flag("KS2_MATHS", "as KS1_READING"),
        _count("KS4_ENGLISH", "best GCSE grade in English, 0 to 9", high=9),
        _count("KS4_MATHS", "GCSE grade in mathematics, 0 to 9", high=9),
        _count("ATTAINMENT_8", "Attainment 8 score, points", NUMBER, high=90),
        Column("ASSESSED_BY", CODE, "who assessed; blank: statutory assessment or examination", ASSESSED_BY),
        _flag("PEP_AUTUMN", "had a personal education plan in the autumn term; blank: none was due"),
        _flag("PEP_SPRING", "the same in the spring term"),
        _flag("PEP_SUMMER", "the same in the summer term"),
        _count("SESSIONS_POSSIBLE", "sessions (half days) the pupil could have attended; blank: no record"),
        _count("SESSIONS_AUTHORISED", "sessions missed with leave"),
        _count("SESSIONS_UNAUTHORISED", "sessions missed without leave"),
        _count("SUSPENSIONS", "suspensions in the year"),
        _count("SUSPENSION_DAYS", "school days lost to suspensions; halves allowed", NUMBER),
        _flag("PERMANENT_EXCLUSION", "permanently excluded in the year"),
        Column("TRANSITION", CODE, "phase that the pupil moves to after this academic year", TRANSITION),
        _flag("LEFT_CARE_BEFORE_MOVE", "left care before that move"),
        _flag("NEXT_SCHOOL_IN_AUTHORITY", "the next school lies in the council's area"),
        Column("POST16_OFFER", CODE, "what the pupil was offered after year 11", OFFER),
        Column("EET_STATUS", CODE, "what the young person does (years 12 and 13)", DESTINATION),
    ),
    key=("UPN", "CHILD", "ACADEMIC_YEAR"),
    rules=(
        Rule(
            "UPN",
            "a value, or CHILD filled: without either the pupil cannot be told apart",
            lambda frame: frame["UPN"].notna() | frame["CHILD"].notna(),
            ERROR,
        ),
        _no_more_than("SESSIONS_AUTHORISED", "SESSIONS_POSSIBLE"),
        _no_more_than("SESSIONS_UNAUTHORISED", "SESSIONS_POSSIBLE"),
    ),
    one_of=(("UPN", "CHILD"),),
)
TABLES = (TABLE,)
EXAMPLE = (
    {
        "UPN": "A123456789012", "ACADEMIC_YEAR": "2020-21", "NC_YEAR": "6", "KEY_STAGE_END": "KS2",
        "LOOKED_AFTER_12M": "Y", "SEN": "K", "SCHOOL_IN_AUTHORITY": "Y", "KS2_READING": "Y", "KS2_WRITING": "N",
        "KS2_MATHS": "Y", "ASSESSED_BY": "TEACHER", "PEP_AUTUMN": "Y", "PEP_SPRING": "Y", "PEP_SUMMER": "N",
        "SESSIONS_POSSIBLE": "310", "SESSIONS_AUTHORISED": "12", "SESSIONS_UNAUTHORISED": "4", "SUSPENSIONS": "0",
        "SUSPENSION_DAYS": "0", "PERMANENT_EXCLUSION": "N", "TRANSITION": "SECONDARY", "LEFT_CARE_BEFORE_MOVE": "N",
        "NEXT_SCHOOL_IN_AUTHORITY": "Y",
    },
    {
        "UPN": "B123456789013", "ACADEMIC_YEAR": "2020-21", "NC_YEAR": "11", "KEY_STAGE_END": "KS4",
        "LOOKED_AFTER_12M": "Y", "SEN": "N", "SCHOOL_IN_AUTHORITY": "N", "KS4_ENGLISH": "5", "KS4_MATHS": "4",
        "ATTAINMENT_8": "38.5", "ASSESSED_BY": "TAG", "PEP_AUTUMN": "Y", "PEP_SPRING": "Y", "PEP_SUMMER": "Y",
        "SESSIONS_POSSIBLE": "298", "SESSIONS_AUTHORISED": "20", "SESSIONS_UNAUTHORISED": "0", "SUSPENSIONS": "1",
        "SUSPENSION_DAYS": "1.5", "PERMANENT_EXCLUSION": "N", "TRANSITION": "POST16", "LEFT_CARE_BEFORE_MOVE": "N",
        "POST16_OFFER": "EDUCATION",
    },
    {
        "CHILD": "1003", "ACADEMIC_YEAR": "2020-21", "NC_YEAR": "13", "LOOKED_AFTER_12M": "N", "SEN": "N",
        "EET_STATUS": "EMPLOYMENT",
    },
)  # fmt: skip
