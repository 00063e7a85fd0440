"""Which columns of the tidy tables are closed, because a column or a table of the returns is: closing follows use."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analysis_lib.errors import DataProblem
from analysis_lib.prepare import casework, children, education, local, looked_after, youth_offending
from analysis_lib.prepare.known import BROUGHT
from analysis_lib.sources import RawReturns

TOPICS = (looked_after, casework, education, youth_offending, local, children)
# The tables of the returns that each tidy table is made of; the first one must be there.
MADE_OF = {table: sources for topic in TOPICS for table, sources in topic.MADE_OF.items()}
# What each tidy column is called in the first of them.
NAMES = {table: names for topic in TOPICS for table, names in topic.NAMES.items()}
# Tidy columns that are closed with another of their table: worked out from it, or not known to have come without it.
_CLOSED_WITH = {
    ("children", "ethnicity"): ("ethnic_group",),
    ("contacts", "source"): ("source_group",),
    ("previous_permanence", "permanence_date"): ("permanence_year",),
    ("referrals", "source"): ("source_group",),
    ("assessments", "outcome"): ("requires_support",),
    **BROUGHT,
}

# Tidy columns that are worked out from columns of the returns which have no tidy name of their own.
_FROM_POSTCODES = {
    "HOME_POST": ("home_council", "home_square", "distance_miles"),
    "PL_POST": ("placement_council", "placement_square", "distance_miles", "in_own_area"),
}

_ADD_UASC = "Add the file; where no child is unaccompanied, its row of headings is enough."

Closings = dict[str, dict[str, DataProblem]]


def closed_columns(raw: RawReturns) -> Closings:
    """Tidy table -> column -> the problem that closed it."""
    closed = {
        table: _by_tidy_name(names, raw.closed_columns.get(MADE_OF[table][0], {}))
        for table, names in NAMES.items()
        if table != "children"
    }
    closed["children"] = _of_children(raw)
    for column, problem in raw.closed_columns.get("episodes", {}).items():
        closed["episodes"] |= dict.fromkeys(_FROM_POSTCODES.get(column, ()), problem)
    for (table, column), others in _CLOSED_WITH.items():
        if column in closed.get(table, {}):
            closed[table] |= dict.fromkeys(others, closed[table][column])
    return {table: columns for table, columns in closed.items() if columns}


def without_closed_columns(tables: Mapping[str, pd.DataFrame], closed: Closings) -> dict[str, pd.DataFrame]:
    """The tidy tables without the columns that are closed: whoever asks for one gets no figure instead of a wrong one."""
    return {name: table.drop(columns=list(closed.get(name, ())), errors="ignore") for name, table in tables.items()}


def _by_tidy_name(names: Mapping[str, str], closed: Mapping[str, DataProblem]) -> dict[str, DataProblem]:
    return {names[column]: problem for column, problem in closed.items() if column in names}


def _of_children(raw: RawReturns) -> dict[str, DataProblem]:
    """What is closed of the children: the SSDA903 header tells of them first, Annex A's lists where there is no header.

    A header that cannot be used closes what it tells as long as the SSDA903 has children: to take them from the lists
    would count most of them as not known. A list that lacks a column does not close it while another source has it.
    """
    closed: dict[str, DataProblem] = {}
    if "uasc" in raw.closed:
        closed["uasc"] = raw.closed["uasc"]
    elif "uasc" not in raw.frames:  # nobody unaccompanied, or nobody asked: the two must not look alike
        closed["uasc"] = DataProblem("returns", 0, "", "", "a file of SSDA903 UASC among them", _ADD_UASC)
    if "header" in raw.closed and "episodes" in raw.frames:
        return closed | dict.fromkeys(children.HEADER_NAMES.values(), raw.closed["header"])
    if "header" in raw.frames:
        return closed | _by_tidy_name(children.HEADER_NAMES, raw.closed_columns.get("header", {}))
    lists = [name for name, frame in raw.frames.items() if name.startswith("list_") and casework.CHILD in frame]
    for listed, column in children.LIST_NAMES.items():
        problems = [raw.closed_columns.get(name, {}).get(listed) for name in lists]
        if problems and all(problem is not None for problem in problems):
            closed[children.HEADER_NAMES[column]] = problems[0]
    return closed
