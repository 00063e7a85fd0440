"""Early help: one row per child and spell of early help, by the council's own teams or led by a partner."""

from __future__ import annotations

from analysis_lib.sources.table import CODE, DATE, ERROR, MUST, OPTIONAL, WARNING, Codes, Column, Table
from analysis_lib.sources.tables.local.columns import CHILD, NEEDED, coded, count, flag, not_before, on, text
from analysis_lib.sources.tables.youth_offending import read_ethnic_group, read_sex

FAMILY = "early_help"
TITLE = "early help extract"
ABOUT = "One row per child and spell of early help, closed spells included. Families are counted by `FAMILY`."

LEAD = Codes({"COUNCIL": "a team of the council", "PARTNER": "a school, health or another partner"})
CAME_FROM = Codes(
    {
        "STEP_DOWN": "from social care", "SELF": "the family itself", "SCHOOL": "school or early years", "HEALTH": "health",
        "POLICE": "police", "HOUSING": "housing", "OTHER_COUNCIL": "another service of the council", "OTHER": "other",
    },
    {"step down": "STEP_DOWN", "step-down": "STEP_DOWN", "education": "SCHOOL"},
)  # fmt: skip
OUTCOME = Codes(
    {
        "NEEDS_MET": "closed, needs met", "STEP_UP": "to social care", "DISENGAGED": "the family did not go on with it",
        "MOVED": "moved away", "OTHER": "other",
    },
    {"needs met": "NEEDS_MET", "step up": "STEP_UP", "step-up": "STEP_UP"},
)  # fmt: skip
TABLE = Table(
    "early_help",
    FAMILY,
    "the early help extract",
    (
        CHILD,
        text("FAMILY", "the council's identifier of the family or household", identifies=True),
        Column(
            "SEX",
            CODE,
            "Female or Male (also F, M, 2, 1); blank or U: not recorded",
            heading=OPTIONAL,
            reader=read_sex,
            expected="Female, Male (also F, M, 2, 1) or U",
        ),
        Column("DATE_OF_BIRTH", DATE, "date of birth", heading=OPTIONAL, identifies=True),
        Column(
            "ETHNICITY",
            CODE,
            "SSDA903 code such as WBRI, or a group",
            heading=OPTIONAL,
            reader=read_ethnic_group,
            expected="an SSDA903 code such as WBRI, or a group (White, Mixed, Asian, Black, Chinese, Other, Not known)",
        ),
        text("WARD", "code of the ward where the family lives (E05...)"),
        coded("CAME_FROM", CAME_FROM, "who asked for early help"),
        coded("LEAD", LEAD, "who leads the case"),
        text("EARLY_HELP_TEAM", "team that works with the family"),
        count("LEVEL", "level of need on the council's own scale, 1 to 4", low=1, high=4),
        on("EARLY_HELP_START", "day the case was opened", **NEEDED),
        on("ALLOCATED_ON", "day the case was given to a worker"),
        on("FIRST_CONTACT_ON", "day of the first contact with the family after that"),
        on("EARLY_HELP_END", "day the case was closed; blank while open", heading=MUST, severity=ERROR),
        coded("EARLY_HELP_OUTCOME", OUTCOME, "how it closed"),
        flag("PLAN_IN_PLACE", "there is a family plan (early help assessment)"),
    ),
    key=("CHILD", "EARLY_HELP_START"),
    rules=(
        not_before("EARLY_HELP_END", "EARLY_HELP_START"),
        not_before("FIRST_CONTACT_ON", "ALLOCATED_ON", WARNING),
        not_before("ALLOCATED_ON", "EARLY_HELP_START", WARNING),
    ),
)
TABLES = (TABLE,)
EXAMPLE = (
    {
        "CHILD": "2001", "FAMILY": "F501", "SEX": "F", "DATE_OF_BIRTH": "03/02/2014", "ETHNICITY": "WBRI",
        "CAME_FROM": "SCHOOL", "LEAD": "COUNCIL", "EARLY_HELP_TEAM": "Family casework", "LEVEL": "3",
        "EARLY_HELP_START": "06/04/2021", "ALLOCATED_ON": "07/04/2021", "FIRST_CONTACT_ON": "09/04/2021",
        "EARLY_HELP_END": "14/10/2021", "EARLY_HELP_OUTCOME": "NEEDS_MET", "PLAN_IN_PLACE": "Y",
    },
    {
        "CHILD": "2002", "FAMILY": "F501", "SEX": "M", "DATE_OF_BIRTH": "21/09/2017", "ETHNICITY": "WBRI",
        "CAME_FROM": "SCHOOL", "LEAD": "COUNCIL", "EARLY_HELP_TEAM": "Family casework", "LEVEL": "3",
        "EARLY_HELP_START": "06/04/2021", "ALLOCATED_ON": "07/04/2021", "FIRST_CONTACT_ON": "09/04/2021",
        "EARLY_HELP_END": "14/10/2021", "EARLY_HELP_OUTCOME": "NEEDS_MET", "PLAN_IN_PLACE": "Y",
    },
    {
        "CHILD": "2003", "FAMILY": "F502", "CAME_FROM": "STEP_DOWN", "LEAD": "PARTNER", "LEVEL": "2",
        "EARLY_HELP_START": "19/08/2021",
    },
)  # fmt: skip
