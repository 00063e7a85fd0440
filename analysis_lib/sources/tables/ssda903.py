"""SSDA903, the return on children looked after: its columns and codes as data.

Code lists hold every code of the collection years 2016-17 to 2026-27 together, with the years of those that came or
went (`used`): a code outside its years is a warning, its row is used and its meaning kept.

Sources: DfE, "Children looked-after by local authorities in England: guide to the SSDA903 collection"; the code lists
in the public rule engine csc-validator-be-903 (0.1.17), rule sets 2022-23 to 2026-27; the lists by year in
SocialFinanceDigitalLabs/liia-tools-pipeline (`ssda903_pipeline/spec`), which begin with 2016-17. Where they differ or
are silent a code has no bound on that side, so that no warning is wrong:

- G6 (activity) is in the list of 2016-17 there, and elsewhere said to be new in 2021-22: no bound;
- E4A, E4B, E13 to E17 and E41 are in the list of 2016-17, E4 is not: E4 is allowed to 2017-18;
- Z1 has left the rule engine's list in 2025-26, when Z11 to Z14 come, while the other list keeps it: the engine is
  followed, for it follows DfE's rule 146. What each of Z11 to Z14 means is not spelled out in these sources;
- H5 and P2 stay in the engine's list of 2024-25 but not in the other; K3 takes the place of H5 then (rule 503D);
- P2 ended on 28 October 2023 (rule 217t): here it is allowed for the whole of 2023-24.
"""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

from analysis_lib.sources.table import (
    CLOSES_COLUMN,
    CODE,
    DATE,
    ERROR,
    MISREAD,
    MUST,
    WHOLE,
    Codes,
    Column,
    Rule,
    Table,
)

FAMILY = "ssda903"
TITLE = "SSDA903 return of children looked after"


def _used(**years: str) -> dict[str, tuple[str, str]]:
    """First and last collection year of codes, from "2024-25 on" or "to 2023-24"."""
    return {
        code: (told.removesuffix(" on"), "") if told.endswith(" on") else ("", told.removeprefix("to "))
        for code, told in years.items()
    }


SEX = Codes(
    {"M": "male", "F": "female", "U": "unknown", "1": "male (to 2023-24)", "2": "female (to 2023-24)"},
    {"male": "M", "female": "F", "unknown": "U"},
    _used(**dict.fromkeys("MFU", "2024-25 on"), **dict.fromkeys("12", "to 2023-24")),
)
ETHNICITY = Codes(
    {
        "WBRI": "White British", "WIRI": "White Irish", "WOTH": "any other White background",
        "WIRT": "Traveller of Irish heritage", "WROM": "Gypsy or Roma",
        "MWBC": "White and Black Caribbean", "MWBA": "White and Black African", "MWAS": "White and Asian",
        "MOTH": "any other Mixed background",
        "AIND": "Indian", "APKN": "Pakistani", "ABAN": "Bangladeshi", "AOTH": "any other Asian background",
        "BCRB": "Caribbean", "BAFR": "African", "BOTH": "any other Black background",
        "CHNE": "Chinese", "OOTH": "any other ethnic group",
        "REFU": "refused", "NOBT": "not yet obtained",
    }
)  # fmt: skip
REASON_NEW_EPISODE = Codes(
    {
        "S": "starts to be looked after", "L": "change of legal status only", "P": "change of placement and carer only",
        "T": "change of placement, same carer", "B": "change of legal status, placement and carer",
        "U": "change of legal status and placement, same carer",
    }
)  # fmt: skip
LEGAL_STATUS = Codes(
    {
        "C1": "interim care order", "C2": "full care order", "D1": "freeing order", "E1": "placement order",
        "V2": "accommodated under section 20", "V3": "short breaks, recorded one by one",
        "V4": "short breaks, recorded as an agreement", "L1": "police protection", "L2": "emergency protection order",
        "L3": "child assessment order", "J1": "on remand", "J2": "held under PACE in authority accommodation",
        "J3": "youth rehabilitation order with residence or intensive fostering",
    }
)  # fmt: skip
CATEGORY_OF_NEED = Codes(
    {
        "N1": "abuse or neglect", "N2": "child's disability", "N3": "parental illness or disability",
        "N4": "family in acute stress", "N5": "family dysfunction", "N6": "socially unacceptable behaviour",
        "N7": "low income", "N8": "absent parenting",
    }
)  # fmt: skip
PLACEMENT = Codes(
    {
        "A3": "for adoption with consent, current foster carer", "A4": "for adoption with consent, other carer",
        "A5": "for adoption by placement order, current foster carer",
        "A6": "for adoption by placement order, other carer",
        "H5": "semi-independent (to 2023-24)", "K1": "secure children's home", "K2": "children's home",
        "K3": "supported accommodation (from 2024-25)", "P1": "with parents", "P2": "independent living (to 2023)",
        "P3": "residential employment", "R1": "residential care home", "R2": "NHS or other medical establishment",
        "R3": "family centre or mother and baby unit", "R5": "young offender institution", "S1": "residential school",
        "T0": "temporary, all types", "T1": "temporary, in hospital", "T2": "temporary, on holiday",
        "T3": "temporary, carer on holiday", "T4": "temporary, other, up to 7 days",
        "U1": "relative or friend foster carer, long term",
        "U2": "relative or friend foster carer also approved to adopt",
        "U3": "relative or friend foster carer, other", "U4": "other foster carer, long term",
        "U5": "other foster carer also approved to adopt", "U6": "other foster carer, other",
        "Z1": "other (to 2024-25)", "Z11": "other (from 2025-26)", "Z12": "other (from 2025-26)",
        "Z13": "other (from 2025-26)", "Z14": "other (from 2025-26)",
    },
    used=_used(
        H5="to 2023-24", P2="to 2023-24", K3="2024-25 on", Z1="to 2024-25", Z11="2025-26 on", Z12="2025-26 on",
        Z13="2025-26 on", Z14="2025-26 on",
    ),
)  # fmt: skip
PROVIDER = Codes(
    {
        "PR0": "parent", "PR1": "own authority", "PR2": "other authority", "PR3": "other public body",
        "PR4": "private", "PR5": "voluntary",
    }
)  # fmt: skip
REASON_CEASED = Codes(
    {
        "X1": "episode ceases, the next follows the same day",
        "E11": "adopted, unopposed", "E12": "adopted, consent dispensed with", "E2": "died",
        "E3": "care taken over by another authority in the UK",
        "E4": "returned home (to 2017-18)", "E4A": "returned home, planned", "E4B": "returned home, not planned",
        "E13": "to parents or relatives without parental responsibility",
        "E41": "residence or child arrangements order",
        "E43": "special guardianship, former foster carer (to 2017-18)",
        "E44": "special guardianship, other carer (to 2017-18)",
        "E45": "special guardianship, foster carer who is a relative or friend",
        "E46": "special guardianship, other foster carer", "E47": "special guardianship, relative or friend",
        "E48": "special guardianship, other carer",
        "E5": "independent living with formal support", "E6": "independent living without formal support",
        "E7": "to adult social care, residential", "E8": "any other reason", "E9": "sentenced to custody",
        "E14": "remand ended", "E15": "found to be 18 or over", "E16": "moved abroad",
        "E17": "18 and stayed with current carers",
    },
    used=_used(
        E4="to 2017-18", E43="to 2017-18", E44="to 2017-18", E45="2018-19 on", E46="2018-19 on", E47="2018-19 on",
        E48="2018-19 on",
    ),
)  # fmt: skip
REASON_PLACE_CHANGE = Codes(
    {
        "CARPL": "care plan", "CLOSE": "resignation or closure", "ALLEG": "allegation", "STAND": "standards of care",
        "APPRR": "approval removed", "CREQB": "carer's request, behaviour", "CREQO": "carer's request, other",
        "CHILD": "child's request", "LAREQ": "authority's request", "PLACE": "status of placement only",
        "CUSTOD": "custody", "OTHER": "other",
    },
    used=_used(CUSTOD="2018-19 on"),
)  # fmt: skip
PARTICIPATION = Codes(
    {
        "PN0": "under 4", "PN1": "attends and speaks", "PN2": "attends, advocate speaks",
        "PN3": "attends, views by symbols", "PN4": "attends, gives no views", "PN5": "absent, advocate briefed",
        "PN6": "absent, views sent another way", "PN7": "absent, no views",
    }
)  # fmt: skip
FLAG = Codes({"0": "no", "1": "yes"})
SDQ_REASON = Codes(
    {
        "SDQ1": "under 4 or over 16", "SDQ2": "carer refused", "SDQ3": "severity of disability", "SDQ4": "other",
        "SDQ5": "child refused",
    }
)  # fmt: skip
IN_TOUCH = Codes(
    {
        "YES": "yes", "NO": "no", "DIED": "died", "REFU": "refuses contact", "NREQ": "no longer needs services",
        "RHOM": "home for six months or more",
    }
)  # fmt: skip
ACTIVITY = Codes(
    {
        "F1": "higher education, full time", "P1": "higher education, part time",
        "F2": "other education, full time", "P2": "other education, part time",
        "F3": "training or employment, full time (to 2020-21)", "P3": "training or employment, part time (to 2020-21)",
        "F4": "apprenticeship, full time", "P4": "apprenticeship, part time",
        "F5": "training or employment, full time", "P5": "training or employment, part time",
        "G4": "not in education, employment or training: illness or disability",
        "G5": "not in education, employment or training: other",
        "G6": "not in education, employment or training: pregnancy or parenting", "0": "not known",
    },
    used=_used(
        F3="to 2020-21", P3="to 2020-21", F4="2021-22 on", P4="2021-22 on", F5="2021-22 on", P5="2021-22 on",
    ),
)  # fmt: skip
_ACCOMMODATION = {
    "B": "with parents or relatives", "C": "community home or residential care", "D": "semi-independent",
    "E": "supported lodgings", "G": "gone abroad", "H": "deported", "K": "ordinary lodgings",
    "R": "residence not known", "T": "foyer", "U": "independent living", "V": "emergency accommodation",
    "W": "bed and breakfast", "Y": "other", "Z": "with former foster carer",
}  # fmt: skip
ACCOMMODATION = Codes(
    {
        f"{letter}{number}": f"{meaning}, {word}"
        for letter, meaning in _ACCOMMODATION.items()
        for number, word in ((1, "suitable"), (2, "not suitable"))
    }
    | {"S1": "no fixed abode", "S2": "no fixed abode", "X1": "in custody", "X2": "in custody", "0": "not known"}
)
MISSING_KIND = Codes({"M": "missing", "A": "away without authorisation"})
PREVIOUS_PERMANENCE = Codes(
    {
        "P1": "adoption", "P2": "special guardianship", "P3": "residence or child arrangements order",
        "P4": "not known", "Z1": "none",
    }
)  # fmt: skip
ADOPTERS = Codes({"1": "one", "2": "two"})
ADOPTERS_SEX = Codes({"M1": "one man", "F1": "one woman", "MM": "two men", "FF": "two women", "MF": "man and woman"})
ADOPTERS_STATUS = Codes(
    {
        "L0": "single", "L11": "married, different gender", "L12": "married, same gender", "L2": "civil partnership",
        "L3": "unmarried, different gender", "L4": "unmarried, same gender",
    }
)  # fmt: skip
REASON_DECISION_CEASED = Codes(
    {
        "RD1": "child's needs changed", "RD2": "court made no placement order", "RD3": "no adopters found",
        "RD4": "other",
    }
)  # fmt: skip
SOCIAL_WORKER_CHANGE = Codes(
    {
        "MANAGE": "caseloads", "FCONTA": "first contact", "LEFTRL": "left the role", "ORGRST": "restructure",
        "TSPROC": "standard transfer", "ABSENC": "absence", "CHCHAN": "child asked", "PCCHAN": "parent or carer asked",
        "SWDIED": "died", "OTHERS": "other",
    }
)  # fmt: skip


def _partial_date(text: str) -> Any:
    """A date whose unknown parts are written ZZ, kept as text; a whole one has to be in the calendar."""
    if not re.fullmatch(r"(\d\d|ZZ)/(\d\d|ZZ)/(\d{4}|ZZZZ)", text.upper()):
        return MISREAD
    return text.upper() if "Z" in text.upper() or not pd.isna(_calendar_day(text)) else MISREAD


def _calendar_day(text: str) -> pd.Timestamp:
    return pd.to_datetime(text, format="%d/%m/%Y", errors="coerce")


def _one_code(name: str, codes: Codes, meaning: str, **more: Any) -> Column:
    return Column(name, CODE, meaning, codes, **more)


CHILD = Column(
    "CHILD", meaning="the council's identifier of the child", heading=MUST, filled=True, severity=ERROR, identifies=True
)
BORN = Column("DOB", DATE, "date of birth", identifies=True)
_NEEDED = {"heading": MUST, "filled": True, "severity": ERROR}
# A wrong end leaves its row out, for the row would count as open; without the column what began is still known.
_ENDS = {"heading": MUST, "severity": ERROR, "without": CLOSES_COLUMN}
_SEX = _one_code("SEX", SEX, "sex; letters from 2024-25, numbers before")


def _not_before(end: str, start: str, severity: str = ERROR) -> Rule:
    """`end` on or after `start`; well where either is missing."""
    return Rule(end, f"a date on or after {start}", lambda frame: ~(frame[end] < frame[start]), severity)


def _both_or_neither(first: str, second: str) -> Rule:
    return Rule(
        second,
        f"a value exactly where {first} has one",
        lambda frame: frame[first].notna() == frame[second].notna(),
        advice=f"The row is used; {second} counts only where {first} is filled. Correct it in the case system.",
    )


def _table(name: str, title: str, *columns: Column, key=("CHILD",), rules=(), since="") -> Table:
    return Table(name, FAMILY, f"SSDA903 {title}", (CHILD, *columns), key, rules, used=(since, ""))


TABLES = (
    _table(
        "header",
        "Header",
        _one_code("SEX", SEX, "sex; letters from 2024-25, numbers before", heading=MUST, filled=True),
        Column("DOB", DATE, "date of birth", heading=MUST, filled=True, identifies=True),
        _one_code("ETHNIC", ETHNICITY, "ethnicity", heading=MUST),
        Column("UPN", meaning="unique pupil number, or UN1 to UN5", identifies=True),
        _one_code("MOTHER", FLAG, "is a mother"),
        Column("MC_DOB", DATE, "date of birth of the mother's child", identifies=True),
    ),
    _table(
        "episodes",
        "Episodes",
        Column("DECOM", DATE, "day the episode began", happened=True, **_NEEDED),
        _one_code("RNE", REASON_NEW_EPISODE, "reason for new episode", **_NEEDED),
        _one_code("LS", LEGAL_STATUS, "legal status", **_NEEDED),
        _one_code("CIN", CATEGORY_OF_NEED, "category of need", heading=MUST),
        _one_code("PLACE", PLACEMENT, "placement", heading=MUST, filled=True, other_headings=("PL",)),
        _one_code("PLACE_PROVIDER", PROVIDER, "who provides the placement"),
        Column("DEC", DATE, "day the episode ceased; blank while open", heading=MUST, severity=ERROR, happened=True),
        _one_code("REC", REASON_CEASED, "reason the episode ceased", heading=MUST, severity=ERROR),
        _one_code("REASON_PLACE_CHANGE", REASON_PLACE_CHANGE, "why the placement ended"),
        Column("HOME_POST", meaning="home postcode", identifies=True),
        Column("PL_POST", meaning="postcode of the placement", identifies=True),
        Column("URN", meaning="Ofsted number of the placement"),
        key=("CHILD", "DECOM", "RNE"),
        rules=(_not_before("DEC", "DECOM"), _both_or_neither("DEC", "REC")),
    ),
    _table(
        "reviews",
        "Reviews",
        BORN,
        Column("REVIEW", DATE, "day of the review", happened=True, **_NEEDED),
        _one_code("REVIEW_CODE", PARTICIPATION, "how the child took part", heading=MUST, filled=True),
        key=("CHILD", "REVIEW"),
    ),
    _table(
        "uasc",
        "UASC",
        _SEX,
        BORN,
        Column("DUC", DATE, "day the status ceased or will cease", heading=MUST, identifies=True),
    ),
    _table(
        "oc2",
        "OC2",
        BORN,
        Column("SDQ_SCORE", WHOLE, "strengths and difficulties score", heading=MUST, high=40),
        _one_code("SDQ_REASON", SDQ_REASON, "why there is no score"),
        *(
            _one_code(name, FLAG, meaning, heading=MUST)
            for name, meaning in (
                ("CONVICTED", "convicted or cautioned in the year"),
                ("HEALTH_CHECK", "health surveillance checks up to date (under 5)"),
                ("IMMUNISATIONS", "immunisations up to date"),
                ("TEETH_CHECK", "teeth checked by a dentist"),
                ("HEALTH_ASSESSMENT", "had the annual health assessment"),
                ("SUBSTANCE_MISUSE", "found to misuse substances"),
                ("INTERVENTION_RECEIVED", "received an intervention"),
                ("INTERVENTION_OFFERED", "was offered an intervention"),
            )
        ),
    ),
    _table(
        "oc3",
        "OC3",
        BORN,
        _one_code("IN_TOUCH", IN_TOUCH, "whether the council is in touch", heading=MUST, filled=True),
        _one_code("ACTIV", ACTIVITY, "main activity", heading=MUST, filled=True),
        _one_code("ACCOM", ACCOMMODATION, "accommodation", heading=MUST, filled=True),
    ),
    _table(
        "ad1",
        "AD1",
        BORN,
        Column("DATE_INT", DATE, "day of the decision that the child should be placed", heading=MUST, filled=True),
        Column("DATE_MATCH", DATE, "day of the match with adopters", heading=MUST, filled=True),
        _one_code("FOSTER_CARE", FLAG, "adopted by a former foster carer", heading=MUST),
        _one_code("NB_ADOPTR", ADOPTERS, "number of adopters"),
        _one_code("SEX_ADOPTR", ADOPTERS_SEX, "sex of the adopters"),
        _one_code("LS_ADOPTR", ADOPTERS_STATUS, "legal status of the adopters"),
    ),
    _table(
        "placed_for_adoption",
        "PlacedAdoption",
        BORN,
        Column("DATE_PLACED", DATE, "day of the decision, not of moving in", happened=True, **_NEEDED),
        Column("DATE_PLACED_CEASED", DATE, "day the decision was reversed", **_ENDS),
        _one_code("REASON_PLACED_CEASED", REASON_DECISION_CEASED, "why it was reversed", heading=MUST),
        key=("CHILD", "DATE_PLACED"),
        rules=(
            _not_before("DATE_PLACED_CEASED", "DATE_PLACED"),
            _both_or_neither("DATE_PLACED_CEASED", "REASON_PLACED_CEASED"),
        ),
    ),
    _table(
        "previous_permanence",
        "PrevPerm",
        BORN,
        _one_code("PREV_PERM", PREVIOUS_PERMANENCE, "earlier permanence", heading=MUST),
        Column("LA_PERM", meaning="authority of the earlier permanence"),
        Column(
            "DATE_PERM",
            meaning="day of the earlier order",
            reader=_partial_date,
            expected="a date written dd/mm/yyyy, unknown parts ZZ",
        ),
    ),
    _table(
        "missing",
        "Missing",
        BORN,
        _one_code("MISSING", MISSING_KIND, "missing, or away without authorisation", heading=MUST, filled=True),
        Column("MIS_START", DATE, "first day", happened=True, **_NEEDED),
        Column("MIS_END", DATE, "last day; blank while missing", **_ENDS),
        key=("CHILD", "MIS_START"),
        rules=(_not_before("MIS_END", "MIS_START"),),
    ),
    _table(
        "sw_episodes",
        "SWEpisodes",
        BORN,
        Column("SW_ID", meaning="number of the social worker", heading=MUST, filled=True, identifies=True),
        Column("SW_DECOM", DATE, "day the social worker took over", happened=True, **_NEEDED),
        Column("SW_DEC", DATE, "day the social worker left; blank for the present one", **_ENDS),
        _one_code("SW_REASON", SOCIAL_WORKER_CHANGE, "why the social worker changed"),
        key=("CHILD", "SW_DECOM", "SW_ID"),
        rules=(_not_before("SW_DEC", "SW_DECOM"),),
        since="2023-24",
    ),
    _table(
        "dolo",
        "DoLo",
        BORN,
        Column("DOLO_START", DATE, "day the deprivation of liberty began", happened=True, **_NEEDED),
        Column("DOLO_END", DATE, "day it ended", **_ENDS),
        key=("CHILD", "DOLO_START"),
        rules=(_not_before("DOLO_END", "DOLO_START"),),
        since="2026-27",
    ),
)
