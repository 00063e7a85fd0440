"""The youth offending extract: one row per child and intervention, for all councils that the service covers.

It comes out of case management systems with headings and spellings of their own, so it is read generously; what is not
understood is reported row by row, never guessed. Written out as a template by `templates.template("youth_offending")`.
"""

from __future__ import annotations

import re
from typing import Any

from analysis_lib.sources.table import (
    CLOSES_COLUMN,
    CODE,
    DATE,
    ERROR,
    MISREAD,
    MUST,
    OPTIONAL,
    WHOLE,
    YES_NO,
    Column,
    Rule,
    Table,
    without_letter,
)
from analysis_lib.sources.tables.ssda903 import ETHNICITY

FAMILY = "youth_offending"
TITLE = "youth offending extract"

GROUPS = ("White", "Mixed", "Asian", "Black", "Chinese", "Other", "Not known")
GROUP_OF_CODE = {
    "WBRI": "White", "WIRI": "White", "WOTH": "White", "WIRT": "White", "WROM": "White",
    "MWBC": "Mixed", "MWBA": "Mixed", "MWAS": "Mixed", "MOTH": "Mixed",
    "AIND": "Asian", "APKN": "Asian", "ABAN": "Asian", "AOTH": "Asian",
    "BCRB": "Black", "BAFR": "Black", "BOTH": "Black",
    # The youth offending service's table shows Chinese apart; the 2011 census onward counts it as Asian.
    "CHNE": "Chinese", "OOTH": "Other", "REFU": "Not known", "NOBT": "Not known",
}  # fmt: skip
# The 16+1 self-defined codes of police and youth justice systems, by their letter; O1 and NS stand apart.
_JUSTICE_CODE = re.compile(r"([WMABO])[1-9](?:\W.*)?")
_JUSTICE_GROUPS = {"W": "White", "M": "Mixed", "A": "Asian", "B": "Black", "O": "Other"}
_NOT_KNOWN = {
    "", "u", "ns", "not known", "unknown", "not stated", "not recorded", "not obtained", "not yet obtained",
    "information not yet obtained", "refused", "information refused", "declined", "prefer not to say", "not provided",
}  # fmt: skip
_WHITE = {"white", "british", "irish", "english", "welsh", "scottish", "gypsy", "roma", "traveller", "european"}
_ASIAN = {"asian", "indian", "pakistani", "bangladeshi", "kashmiri"}
_BLACK = {"black", "african", "caribbean", "somali"}
_MIXED = {"mixed", "dual", "multiple"}
_OTHER = {"other", "arab"}
_FILLERS = {
    "or", "and", "any", "of", "the", "a", "ethnic", "ethnicity", "group", "groups", "background", "heritage",
    "northern", "british", "other", "eastern", "origin",
}  # fmt: skip
_SEXES = {
    "female": "female", "f": "female", "2": "female", "2.0": "female", "girl": "female", "woman": "female",
    "male": "male", "m": "male", "1": "male", "1.0": "male", "boy": "male", "man": "male",
    "u": "unknown", "unknown": "unknown", "not known": "unknown", "not recorded": "unknown", "not stated": "unknown",
    "not stated/recorded": "unknown",
}  # fmt: skip
_TYPES = {
    "prevention": "prevention", "preventative": "prevention", "diversion": "prevention", "turnaround": "prevention",
    "outofcourt": "out of court", "outofcourtdisposal": "out of court", "oocd": "out of court",
    "youthcaution": "out of court", "youthconditionalcaution": "out of court", "communityresolution": "out of court",
    "precourt": "out of court",
    "courtorder": "court order", "community": "court order", "referralorder": "court order",
    "youthrehabilitationorder": "court order", "yro": "court order", "reparationorder": "court order",
    "custody": "custody", "custodial": "custody", "detentionandtrainingorder": "custody", "dto": "custody",
}  # fmt: skip
TYPES = ("prevention", "out of court", "court order", "custody")


def read_sex(text: str) -> Any:
    """Female, F or 2; Male, M or 1 (the SSDA903's numbers); U or "not recorded" as unknown; any case."""
    return _SEXES.get(without_letter(text).casefold(), MISREAD)


def read_ethnic_group(text: str) -> Any:
    """The major group of an SSDA903 code, a justice system's code (W1, M3, NS), a group or a census label.

    A label is understood only if every word of it is known; "White and Asian" is Mixed, "Any other Asian background"
    Asian, "Asian or Asian British: Chinese" Chinese.
    """
    plain = without_letter(text)
    if plain.upper() in GROUP_OF_CODE:
        return GROUP_OF_CODE[plain.upper()]
    if plain.casefold() in _NOT_KNOWN:
        return "Not known"
    words = set(re.findall(r"[a-z]+", plain.casefold().replace("16+1", "")))
    if match := _JUSTICE_CODE.fullmatch(plain.upper()):
        return "Chinese" if plain[:2].upper() == "O1" else _JUSTICE_GROUPS[match[1]]
    if first_code := re.match(r"([A-Z]{4})\b", plain):
        return GROUP_OF_CODE.get(first_code[1], MISREAD)
    return _group_of_words(words)


def _group_of_words(words: set[str]) -> Any:
    if not words or words - _WHITE - _ASIAN - _BLACK - _MIXED - _OTHER - _FILLERS - {"chinese"}:
        return MISREAD
    several = "white" in words and words & (_ASIAN | _BLACK)
    for group, known in (
        ("Mixed", words if several else words & _MIXED),
        ("Chinese", words & {"chinese"}),
        ("Asian", words & _ASIAN),
        ("Black", words & _BLACK),
        ("White", words & _WHITE),
        ("Other", words & _OTHER),
    ):
        if known:
            return group
    return MISREAD


def read_type(text: str) -> Any:
    """What kind of intervention: one of `TYPES`, from several usual spellings."""
    return _TYPES.get("".join(letter for letter in text.casefold() if letter.isalnum()), MISREAD)


TABLE = Table(
    "youth_offending",
    FAMILY,
    "the youth offending extract",
    (
        Column(
            "CHILD",
            meaning="the service's own identifier of the child",
            heading=MUST,
            filled=True,
            severity=ERROR,
            identifies=True,
            other_headings=("CHILD_ID", "PERSON_ID", "CLIENT_ID", "YOUNG_PERSON_ID", "Child Unique ID", "ID"),
        ),
        Column(
            "SEX",
            CODE,
            "Female or Male (also F, M, 2, 1); blank or U: not recorded",
            heading=MUST,
            reader=read_sex,
            expected="Female, Male (also F, M, 2, 1) or U; the child is counted with sex not recorded",
            other_headings=("GENDER",),
        ),
        Column(
            "DATE_OF_BIRTH",
            DATE,
            "date of birth; not needed where AGE is given",
            heading=OPTIONAL,
            identifies=True,
            other_headings=("DOB", "BIRTH_DATE"),
        ),
        Column(
            "AGE",
            WHOLE,
            "age in whole years, used as given; not needed where DATE_OF_BIRTH is given",
            heading=OPTIONAL,
            high=25,
        ),
        Column(
            "ETHNICITY",
            CODE,
            "SSDA903 code such as WBRI, or a group: White, Mixed, Asian, Black, Chinese, Other, Not known",
            heading=MUST,
            reader=read_ethnic_group,
            expected=f"{ETHNICITY.expected} or a group ({', '.join(GROUPS)}); the child is counted as Not known",
            other_headings=("ETHNIC", "ETHNIC_GROUP", "ETHNIC_ORIGIN"),
        ),
        Column(
            "LOOKED_AFTER",
            YES_NO,
            "looked after at any time while the intervention was open",
            heading=MUST,
            other_headings=("LAC", "CLA", "LOOKED_AFTER_CHILD", "CHILD_LOOKED_AFTER"),
        ),
        Column(
            "COUNCIL",
            meaning="name or area code of the council that the child lives in; may be blank",
            heading=OPTIONAL,
            other_headings=("LOCAL_AUTHORITY", "AUTHORITY", "LA", "AREA"),
        ),
        Column(
            "INTERVENTION_START",
            DATE,
            "first day of the intervention",
            heading=MUST,
            filled=True,
            severity=ERROR,
            happened=True,
            other_headings=("INTERVENTION_START_DATE", "START_DATE", "DATE_STARTED", "START"),
        ),
        Column(
            "INTERVENTION_END",
            DATE,
            "last day; blank while open",
            heading=MUST,
            severity=ERROR,
            without=CLOSES_COLUMN,
            happened=True,
            other_headings=("INTERVENTION_END_DATE", "END_DATE", "DATE_ENDED", "END"),
        ),
        Column(
            "INTERVENTION_TYPE",
            CODE,
            "prevention, out of court, court order or custody; may be left out",
            heading=OPTIONAL,
            reader=read_type,
            expected=f"one of {', '.join(TYPES)}",
        ),
    ),
    # the whole row: one child may have two interventions between the same days
    key=(
        "CHILD",
        "SEX",
        "DATE_OF_BIRTH",
        "AGE",
        "ETHNICITY",
        "LOOKED_AFTER",
        "COUNCIL",
        "INTERVENTION_START",
        "INTERVENTION_END",
        "INTERVENTION_TYPE",
    ),  # fmt: skip
    rules=(
        Rule(
            "INTERVENTION_END",
            "a date on or after INTERVENTION_START",
            lambda frame: ~(frame["INTERVENTION_END"] < frame["INTERVENTION_START"]),
            ERROR,
        ),
        Rule(
            "DATE_OF_BIRTH",
            "a value, or AGE filled; the child is counted without an age",
            lambda frame: frame["DATE_OF_BIRTH"].notna() | frame["AGE"].notna(),
        ),
        Rule(
            "DATE_OF_BIRTH",
            "a date before INTERVENTION_START",
            lambda frame: ~(frame["DATE_OF_BIRTH"] >= frame["INTERVENTION_START"]),
        ),
    ),
    one_of=(("DATE_OF_BIRTH", "AGE"),),
)
SCHOOL_CENSUS = Table(
    "school_census_ethnicity",
    FAMILY,
    "the school census by ethnic group",
    (
        Column(
            "COUNCIL",
            meaning="name or area code of the council that keeps the schools; every council that the service covers",
            heading=MUST,
            filled=True,
            severity=ERROR,
            other_headings=("LOCAL_AUTHORITY", "AUTHORITY", "LA", "AREA"),
        ),
        Column(
            "ETHNIC_GROUP",
            CODE,
            "code such as WBRI, or a group; codes are added up to groups",
            heading=MUST,
            reader=read_ethnic_group,
            expected=f"{ETHNICITY.expected} or a group ({', '.join(GROUPS)}); its pupils are counted as Not known",
            other_headings=("ETHNICITY", "ETHNIC"),
        ),
        Column(
            "PUPILS",
            WHOLE,
            "pupils aged 10 to 17 on the roll, or as near to these ages as the council has them",
            heading=MUST,
            filled=True,
            severity=ERROR,
            other_headings=("PUPIL_COUNT", "NUMBER_OF_PUPILS"),
        ),
    ),
)
TABLES = (TABLE, SCHOOL_CENSUS)
EXAMPLE = (
    {
        "CHILD": "Y1001", "SEX": "M", "DATE_OF_BIRTH": "14/05/2006", "ETHNICITY": "WBRI", "LOOKED_AFTER": "N",
        "COUNCIL": "Middlesbrough", "INTERVENTION_START": "12/04/2021", "INTERVENTION_END": "30/09/2021",
        "INTERVENTION_TYPE": "out of court",
    },
    {
        "CHILD": "Y1002", "SEX": "F", "DATE_OF_BIRTH": "02/11/2004", "ETHNICITY": "APKN", "LOOKED_AFTER": "Y",
        "COUNCIL": "Redcar and Cleveland", "INTERVENTION_START": "03/06/2021", "INTERVENTION_TYPE": "court order",
    },
    {
        "CHILD": "Y1003", "SEX": "Male", "AGE": "17", "ETHNICITY": "Not known", "LOOKED_AFTER": "N",
        "COUNCIL": "E06000002", "INTERVENTION_START": "21/07/2021", "INTERVENTION_TYPE": "prevention",
    },
)  # fmt: skip
SCHOOL_CENSUS_EXAMPLE = (
    {"COUNCIL": "Middlesbrough", "ETHNIC_GROUP": "White", "PUPILS": "9000"},
    {"COUNCIL": "Middlesbrough", "ETHNIC_GROUP": "Asian", "PUPILS": "1500"},
    {"COUNCIL": "Redcar and Cleveland", "ETHNIC_GROUP": "White", "PUPILS": "8500"},
)
