"""Suspensions and permanent exclusions of looked-after pupils, one row each."""

from __future__ import annotations

from analysis_lib.sources.table import NUMBER, OPTIONAL, Codes, Column, Rule, Table
from analysis_lib.sources.tables.local.columns import NEEDED, PUPIL, PUPIL_IS_TOLD, coded, flag, on

FAMILY = "exclusions"
TITLE = "suspensions and exclusions extract"
ABOUT = "One row per suspension or permanent exclusion of a looked-after pupil."

KIND = Codes(
    {"SUSPENSION": "suspended for a fixed time", "PERMANENT": "permanently excluded"},
    {"susp": "SUSPENSION", "fixed term": "SUSPENSION", "fixed": "SUSPENSION", "perm": "PERMANENT"},
)
# The reasons of the school census, in use since 2020-21; a suspension may have up to three, the main one is given here.
REASON = Codes(
    {
        "PP": "physical assault against a pupil", "PA": "physical assault against an adult",
        "VP": "verbal abuse or threat against a pupil", "VA": "verbal abuse or threat against an adult",
        "OW": "use or threat of an offensive weapon", "BU": "bullying", "RA": "racist abuse",
        "LG": "abuse against sexual orientation and gender identity", "DS": "abuse relating to disability",
        "SM": "sexual misconduct", "DA": "drugs and alcohol", "DM": "damage", "TH": "theft",
        "MT": "inappropriate use of social media or online technology",
        "PH": "wilful and repeated breach of protective measures", "DB": "persistent disruptive behaviour",
        "OT": "other (to 2019-20)",
    }
)  # fmt: skip
TABLE = Table(
    "exclusions",
    FAMILY,
    "the suspensions and exclusions extract",
    (
        *PUPIL,
        coded("EXCLUSION_KIND", KIND, "suspended or permanently excluded", **NEEDED),
        on("EXCLUSION_START", "first day", **NEEDED),
        Column("EXCLUSION_DAYS", NUMBER, "school days of a suspension; halves allowed", heading=OPTIONAL),
        coded("EXCLUSION_REASON", REASON, "main reason, as in the school census"),
        flag("UPHELD", "a permanent exclusion that was not overturned; blank: not decided yet"),
    ),
    key=("UPN", "CHILD", "EXCLUSION_KIND", "EXCLUSION_START"),
    rules=(
        PUPIL_IS_TOLD,
        Rule(
            "EXCLUSION_DAYS",
            "a number of days for each suspension",
            lambda frame: frame["EXCLUSION_DAYS"].notna() | (frame["EXCLUSION_KIND"] != "SUSPENSION"),
        ),
    ),
    one_of=(("UPN", "CHILD"),),
)
TABLES = (TABLE,)
EXAMPLE = (
    {
        "UPN": "A123456789012", "EXCLUSION_KIND": "SUSPENSION", "EXCLUSION_START": "04/10/2021", "EXCLUSION_DAYS": "1.5",
        "EXCLUSION_REASON": "DB",
    },
    {
        "UPN": "A123456789012", "EXCLUSION_KIND": "SUSPENSION", "EXCLUSION_START": "22/11/2021", "EXCLUSION_DAYS": "3",
        "EXCLUSION_REASON": "VA",
    },
    {"CHILD": "1002", "EXCLUSION_KIND": "PERMANENT", "EXCLUSION_START": "14/03/2022", "EXCLUSION_REASON": "OW", "UPHELD": "Y"},
)  # fmt: skip
