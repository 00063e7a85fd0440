"""The page that lists every rule, and says of each group of rules of the SSDA903 what is not built and why."""

from __future__ import annotations

from analysis_lib.checks.catalogue import CHECKS
from analysis_lib.sources import TABLES

# The groups of rules that returns of the SSDA903 must satisfy (DfE's guides to the collection), and for what is not built,
# why. A group says nothing where all of it is built.
GROUPS: dict[int, tuple[str, str]] = {
    1: ("Every child once in Header, with one day of birth and one sex in all tables", ""),
    2: (
        "Codes are of the code list of their year; UPN well formed and unique (101, 103, 143 to 149, 168, 444)",
        "Codes are checked where files are read (`sources/tables/ssda903.py`); a wrong one blanks the field, or leaves the row out "
        "where nothing can be counted without it.",
    ),
    3: ("Born before the start, start after the Children Act 1989, under 18 at the start of care", ""),
    4: (
        "No episode of a day or less; none ends after the year (354 to 356)",
        "354 and 356 are checked where files are read: an end before the start leaves the row out, one after the year is used.",
    ),
    5: ("DEC and REC both or neither (148); only the last episode open", "148 is checked where files are read."),
    6: ("Episodes do not overlap; one that continues begins on the day the last ended", ""),
    7: ("X1 is followed the same day; after any other reason comes a start, later", ""),
    8: (
        "The first episode is a start",
        "Of a child's first episode in a return only where it began in that year: before, an earlier return has the start.",
    ),
    9: ("The reason for a new episode says what changed", ""),
    10: ("The category of need stays within a period of care", ""),
    11: ("A reason for placement change where there was a move, and only there", ""),
    12: ("Providers go with placements", ""),
    13: (
        "URN filled where there is one (218, 222, 242)",
        "Not built: no figure uses the URN. It is compared for group 9.",
    ),
    14: (
        "Postcodes are real, and differ (392b to 392d, 214)",
        "392b and 392c are checked when tables are prepared, by the postcode directory (`prepare/whereabouts.py`). 392d and 214 "
        "are not built: no figure depends on them.",
    ),
    15: ("Ages fit placements, legal statuses and reasons for leaving", ""),
    16: (
        "Time limits; no temporary placement at either end of care; no section 20 with parents",
        "Limits are put to each episode by itself, not to several in a row.",
    ),
    17: ("Placements for adoption fit legal status and what came before", ""),
    18: (
        "A decision before a placement for adoption, and before a placement order",
        "Decisions of all years' returns count.",
    ),
    19: (
        "An adoption comes from such a placement, and has its row in AD1",
        "601 asks for the row; its dates must be filled where files are read, what describes the adopters need not.",
    ),
    20: ("Care, decision, match, moving in and adoption in this order", ""),
    21: (
        "AD1 and PlacedAdoption tell of the same decision; a reversed or open one fits how care ended",
        "119 is checked where files are read.",
    ),
    22: (
        "FOSTER_CARE fits the last placement; number, sex and status of adopters agree (511 to 524)",
        "Only 335 is built: no figure uses what describes the adopters.",
    ),
    23: (
        "OC2 for those looked after all year, each field where it is due",
        "The cohort and 197A are built. Fields by age are not: no figure uses them yet.",
    ),
    24: ("OC3: all filled, ages, and codes that agree", "347 and 1007 are not built: no figure uses OC3 yet."),
    25: ("Nobody without an episode has rows elsewhere", "628 (MOTHER) is not built: no figure uses it."),
    26: (
        "Reviews: a code that fits the age; none under short breaks alone",
        "393 and 607 (MOTHER) are not built: no figure uses it.",
    ),
    27: ("Earlier permanence filled as it should be (630, 634, 635)", "Not built: no figure uses it."),
    28: (
        "Missing spells, social workers, and what one year's return left open",
        "564 to 567 and 570, 571 are checked where files are read. Of 503, F to J (URN, distance, council of the placement) are not "
        "built. An open episode that no later return repeats is reported when tables are prepared. That social workers' "
        "numbers begin with SW or XX (SW02) is not checked.",
    ),
}
_HEADINGS = {
    "annex_a": "Ofsted's Annex A",
    "virtual_school": "The virtual school extract",
    "youth_offending": "The youth offending extract",
}
_INTRODUCTION = """# Checks: what is asked of the returns

This page is written by `python -m analysis_lib.checks.handbook > docs/checks.md` from the rules themselves; a test holds the
two together.

Returns are checked three times: cell by cell and row by row when a file is read (`analysis_lib/sources/`), across columns,
tables and years by the rules below (`analysis_lib/checks/`), and once more when tables are prepared
(`analysis_lib/prepare/`: [corrections](data-dictionary.md#corrections-made-on-the-way)).

**Severity is consequence.** An *error* left something out or closed it. A *warning* is used as it is, and counted on every
page that uses the table.

| What is wrong | What happens |
|---|---|
| a row that cannot be used (no child, no first day, an end before the start) | it is left out and counted |
| more rows left out than `[checks] rows_left_out` in authority.toml allows (1% as shipped) | the table is closed |
| a column that should be there and is not, is there twice, or of which most filled cells cannot be read | the column is closed |
| a column without which no row can be used; a file that cannot be read | the table is closed |
| a rule below is broken | a warning; where two rows disagree nothing says which is wrong, so both stay |

What is closed is not in the prepared tables, so figures that are made of it are closed, and no others. `panelpack check`
lists every problem; values that could identify a child are left out.

A rule is put only where its tables are there and its columns open. A *return* is what was extracted together: one family, one
year, one day.
"""


def handbook() -> str:
    """`docs/checks.md`: every rule, by group of the SSDA903 and by return."""
    lines = [_INTRODUCTION, "## SSDA903, by group of rules\n"]
    for number, (title, remark) in GROUPS.items():
        lines.append(f"**{number}. {title}.** {remark}".rstrip() + "\n")
        built = [check for check in CHECKS if check.group == number]
        lines += [*_table(built), ""] if built else []
    for family, heading in _HEADINGS.items():
        built = [check for check in CHECKS if not check.group and TABLES[check.table].family == family]
        lines += [f"## {heading}\n", *_table(built), ""]
    beside = [check for check in CHECKS if not check.group and TABLES[check.table].family == "ssda903"]
    lines += ["## The SSDA903 beside the other returns\n", *_table(beside)]
    return "\n".join(lines) + "\n"


def _table(checks) -> list[str]:
    """One line for each rule; the same rule of several tables once."""
    tables: dict[tuple, list[str]] = {}
    for check in checks:
        tables.setdefault((check.column, check.expected, check.effect, check.codes), []).append(check.table)
    rows = [
        f"| {', '.join(f'`{name}`' for name in names)} | {column} | {expected} | {effect} | {', '.join(codes)} |"
        for (column, expected, effect, codes), names in tables.items()
    ]
    return ["| table | column | expected | what it does to figures | DfE rule |", "|---|---|---|---|---|", *rows]


if __name__ == "__main__":
    print(handbook(), end="")
