"""Ofsted's Annex A, the child-level lists of an inspection: columns as data.

Headings differ between systems and are matched without case, spaces, punctuation and quotes. Values are letter-coded
("a) Male") or plain. Each list is a snapshot with a look-back, so extracts are joined in `prepare`.
Source: Ofsted, "Inspecting local authority children's services", child-level data, lists 1 to 11.
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
    NUMBER,
    OPTIONAL,
    WHOLE,
    YES_NO,
    Column,
    Rule,
    Table,
    without_letter,
)
from analysis_lib.sources.tables.ssda903 import ETHNICITY

FAMILY = "annex_a"
TITLE = "Ofsted Annex A lists"

_SEXES = {
    "male": "M", "m": "M", "female": "F", "f": "F", "not stated/recorded": "U", "not stated": "U",
    "not recorded": "U", "not known": "U", "unknown": "U", "indeterminate": "U", "neither": "U", "unborn": "U", "u": "U",
}  # fmt: skip
_NEED = re.compile(r"(N\d)\b.*", re.IGNORECASE)
_REVERSAL = re.compile(r"(RD\d)\b.*", re.IGNORECASE)


def _sex(text: str) -> Any:
    return _SEXES.get(without_letter(text).casefold(), MISREAD)


def _ethnicity(text: str) -> Any:
    """The 903 code that begins the text; the lists carry "a) WBRI" or "a) WBRI - White British"."""
    code = without_letter(text)[:4].upper()
    return code if code in ETHNICITY.meanings else MISREAD


def _leading_code(pattern: re.Pattern) -> Any:
    def read(text: str) -> str:
        """The code that begins the text, or the whole text where a council uses words of its own."""
        match = pattern.fullmatch(without_letter(text))
        return match[1].upper() if match else without_letter(text)

    return read


def _words(name: str, meaning: str, **more: Any) -> Column:
    """A column of text whose letter code is dropped."""
    return Column(name, meaning=meaning, reader=without_letter, **more)


def _day(name: str, meaning: str, happened: bool = True, **more: Any) -> Column:
    """A date; the lists ask for what has happened, so the latest one is a lower bound of the extract date."""
    return Column(name, DATE, meaning, happened=happened, **more)


def _flag(name: str, meaning: str, **more: Any) -> Column:
    return Column(name, YES_NO, meaning, **more)


_NEEDED = {"heading": MUST, "filled": True, "severity": ERROR}
_CLOSES = {"heading": MUST, "severity": ERROR}
# A wrong date leaves its row out, for a stage would seem not reached; without the column the other stages are known.
_STAGE = {"heading": MUST, "severity": ERROR, "without": CLOSES_COLUMN}
_ID = Column(
    "Child Unique ID",
    meaning="the council's identifier of the child",
    heading=MUST,
    filled=True,
    severity=ERROR,
    identifies=True,
    other_headings=("Child ID", "Unique ID"),
)
_GENDER = Column(
    "Gender", CODE, "sex", reader=_sex, expected="a) Male, b) Female, c) Not stated/recorded or d) Neither"
)
_ETHNIC = Column("Ethnicity", CODE, "ethnicity", reader=_ethnicity, expected=ETHNICITY.expected)
_BORN = _day("Date of Birth", "date of birth, or expected date", happened=False, identifies=True)
_AGE = Column(
    "Age", NUMBER, "age in years", heading=OPTIONAL, low=-2, high=130, other_headings=("Age of Child (Years)",)
)
_PERSON = (_ID, _GENDER, _ETHNIC, _BORN, _AGE)
_DISABILITY = _words("Does the Child have a Disability", "has a disability", other_headings=("Disability",))
_STAFF = (
    _words("Allocated Team", "team", heading=OPTIONAL),
    Column("Allocated Worker", meaning="social worker", heading=OPTIONAL, identifies=True),
)


def _not_before(end: str, start: str) -> Rule:
    return Rule(end, f"a date on or after {start}", lambda frame: ~(frame[end] < frame[start]), ERROR)


def _list(number: int, title: str, *columns: Column, person=_PERSON, key=(), rules=()) -> Table:
    return Table(f"list_{number:02d}", FAMILY, f"Annex A list {number}, {title}", (*person, *columns), key, rules)


TABLES = (
    _list(
        1,
        "contacts",
        _day("Date of Contact", "day of the contact", **_NEEDED),
        _words("Contact Source", "who made contact", heading=MUST),
    ),
    _list(
        2,
        "early help assessments",
        _day("Assessment start date", "day the assessment began", **_NEEDED),
        _day("Assessment completion date", "day it was completed", heading=MUST),
        _words("Organisation completing assessment", "who made the assessment"),
    ),
    _list(
        3,
        "referrals",
        _day("Date of Referral", "day of the referral", **_NEEDED),
        _words("Referral Source", "who referred"),
        _flag("Referral NFA?", "led to no further action", heading=MUST),
        Column("Number of Referrals in Last 12 Months", WHOLE, "referrals in the 12 months before"),
        *_STAFF,
    ),
    _list(
        4,
        "assessments",
        _DISABILITY,
        _day("Continuous Assessment Start Date", "day the assessment began", **_NEEDED),
        _words("Child Seen During Continuous Assessment", "child seen"),
        _day("Continuous Assessment Date of Authorisation", "day it was authorised", **_STAGE),
        _words("Was the child assessed as requiring LA children's social care support?", "outcome"),
        *_STAFF,
        rules=(_not_before("Continuous Assessment Date of Authorisation", "Continuous Assessment Start Date"),),
    ),
    _list(
        5,
        "section 47 enquiries and conferences",
        _DISABILITY,
        _day(
            "Strategy discussion initiating Section 47 Enquiry Start Date",
            "day of the strategy discussion that began the enquiry",
            **_NEEDED,
        ),
        _flag("Was an Initial Child Protection Conference deemed unnecessary?", "no conference was needed"),
        _day("Date of Initial Child Protection Conference", "day of the initial conference", **_STAGE),
        _flag("Did the Initial Child Protection Conference Result in a Child Protection Plan", "led to a plan"),
        Column("Number of Section 47 Enquiries in the last 12 months", WHOLE, "enquiries in the 12 months before"),
        Column("Number of ICPCs in the last 12 months", WHOLE, "conferences in the 12 months before"),
        *_STAFF,
    ),
    _list(
        6,
        "children in need",
        _DISABILITY,
        _day("CIN Start Date", "day the plan began", **_NEEDED),
        Column("Primary Need Code", meaning="main need, N1 to N9 or the council's words", reader=_leading_code(_NEED)),
        _day("Date Child Was Last Seen", "day the child was last seen"),
        _day("CIN Closure Date", "day the plan ended; blank while open", **_CLOSES),
        _words("Reason for Closure", "why it ended"),
        _words("Case Status", "status of the case"),
        *_STAFF,
        rules=(_not_before("CIN Closure Date", "CIN Start Date"),),
    ),
    _list(
        7,
        "child protection plans",
        _DISABILITY,
        _day("Child Protection Plan Start Date", "day the plan began", **_NEEDED),
        _words("Initial Category of Abuse", "category at the start"),
        _words("Latest Category of Abuse", "category at the extract"),
        _day("Date of the Last Statutory Visit", "day of the last visit"),
        _words("Was the Child Seen Alone?", "seen alone"),
        _day("Date of latest review conference", "day of the latest review conference"),
        _day("Child Protection Plan End Date", "day the plan ended; blank while open", **_CLOSES),
        _flag(
            "Subject to Emergency Protection Order or Protected Under Police Powers in Last Six Months (Y/N)",
            "protected by an order or by the police",
        ),
        Column("Number of Previous Child Protection Plans", WHOLE, "earlier plans"),
        *_STAFF,
        rules=(_not_before("Child Protection Plan End Date", "Child Protection Plan Start Date"),),
    ),
    _list(
        8,
        "children in care",
        _flag(
            "Unaccompanied Asylum Seeking Child (UASC) within the Last 12 Months (Y/N)", "unaccompanied asylum seeker"
        ),
        _DISABILITY,
        _day("Date Started to be Looked After", "day the child began to be looked after", **_NEEDED),
        _words("Child's Category of Need", "category of need"),
        _flag(
            "Is this a second or subsequent period of being a Looked After Child within the last 12 months (Y/N)",
            "came back within 12 months",
        ),
        _day("Start date of current legal status", "day the legal status began"),
        _words("Child's Legal Status", "legal status"),
        _day("Date of Latest Statutory Review", "day of the latest review"),
        _day("Date of Last Social Work Visit", "day of the last visit"),
        _words("What is the permanence plan for this child?", "permanence plan"),
        _day("Date of Last IRO Visit / Contact to the Child", "last contact of the reviewing officer"),
        _day("Date of Last Health Assessment", "day of the last health assessment"),
        _day("Date of Last Dental Check", "day of the last dental check"),
        Column("Number of Placements in the Last 12 months", WHOLE, "placements in the 12 months before"),
        _day("Date Ceased to be Looked After", "day it ended; blank while looked after", **_CLOSES),
        _words("Reason Ceased to be Looked After", "why it ended"),
        _day("Start Date of Most Recent Placement", "day the placement began"),
        _words("Placement Type", "placement"),
        _words("Placement Provider", "who provides it"),
        Column("Placement postcode", meaning="postcode of the placement", identifies=True),
        Column("URN of Placement", meaning="Ofsted number of the placement"),
        _words("Placement Location", "inside or outside the council"),
        _words("LA of Placement", "council of the placement"),
        Column(
            "Number of Episodes the Child has been 'Missing' from their Placement in the last 12 months",
            WHOLE,
            "missing episodes in the 12 months before",
        ),
        Column(
            "Number of Episodes the Child has been 'Absent' from their Placement in the last 12 months",
            WHOLE,
            "absences in the 12 months before",
        ),
        _words("Was the child offered a Return Interview after their last missing episode (Y/N)?", "interview offered"),
        _words("Did the child accept a Return Interview after their last missing episode (Y/N)?", "interview accepted"),
        *_STAFF,
        rules=(_not_before("Date Ceased to be Looked After", "Date Started to be Looked After"),),
    ),
    _list(
        9,
        "care leavers",
        _flag(
            "Unaccompanied Asylum Seeking Child (UASC), or formerly UASC if 18 or over (Y/N)",
            "unaccompanied asylum seeker",
            heading=OPTIONAL,
        ),
        _DISABILITY,
        *_STAFF,
        Column("Allocated Personal Advisor", meaning="personal adviser", heading=OPTIONAL, identifies=True),
        _words("Eligibility Category", "eligibility", heading=MUST),
        _day("Latest Pathway Plan Review Date", "day of the latest pathway plan review", heading=OPTIONAL),
        _words("LA in Touch", "the council is in touch", heading=MUST),
        _day("Latest Date of Contact", "day of the latest contact", heading=OPTIONAL),
        Column("Type of Accommodation", meaning="accommodation", heading=MUST),  # its letter is the answer
        _words("Suitability of Accommodation", "suitability", heading=MUST),
        _words("Activity Status", "activity", heading=MUST),
    ),
    _list(
        10,
        "children with an adoption decision",
        Column("Family identifier", meaning="identifier of the adoptive family", identifies=True),
        _DISABILITY,
        _day("Date the Child Entered Care", "day the child entered care", **_STAGE),
        _day("Date of Decision that Child Should be Placed for Adoption", "day of the decision", **_CLOSES),
        _day("Date of Placement Order", "day of the placement order", **_STAGE),
        _day("Date of Matching Child and Prospective Adopters", "day of the match", **_STAGE),
        _day("Date Placed for Adoption", "day the child moved in", **_STAGE),
        _day("Date of Adoption Order", "day of the adoption order", **_STAGE),
        _day("Date of Decision that Child Should No Longer be Placed for Adoption", "day of the reversal", **_STAGE),
        Column(
            "Reason Why Child No Longer Placed for Adoption",
            meaning="why it was reversed, RD1 to RD4 or the council's words",
            reader=_leading_code(_REVERSAL),
        ),
        _day(
            "Date the child was placed for fostering in FFA or concurrent planning placement",
            "day the child was placed with carers who may adopt",
        ),
    ),
    _list(
        11,
        "adopters",
        Column(
            "Individual adopter identifier",
            meaning="identifier of the adopter",
            heading=MUST,
            filled=True,
            severity=ERROR,
            identifies=True,
        ),
        Column("Family identifier", meaning="identifier of the family", identifies=True),
        _GENDER,
        _ETHNIC,
        _words("Disability", "has a disability"),
        _flag("Is the (prospective) adopter fostering for adoption?", "fosters for adoption"),
        _day("Date enquiry received", "day of the enquiry", heading=MUST),
        _day("Date Stage 1 started", "day stage 1 began", heading=MUST),
        _day("Date Stage 1 ended", "day stage 1 ended", heading=MUST),
        _day("Date Stage 2 started", "day stage 2 began", heading=MUST),
        _day("Date Stage 2 ended", "day stage 2 ended", heading=MUST),
        _day("Date application submitted", "day of the application", heading=MUST),
        _day("Date application approved", "day of the approval", heading=MUST),
        _day("Date adopter matched with child(ren)", "day of the match"),
        _day("Date child/children placed with adopter(s)", "day a child moved in"),
        Column("No. of children placed", WHOLE, "children placed"),
        _day("Date of Adoption Order", "day of the adoption order"),
        _day("Date of leaving adoption process", "day the adopter left"),
        _words("Reason for leaving adoption process", "why the adopter left"),
        person=(),
    ),
)
