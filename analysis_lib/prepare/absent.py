"""What the store does not have, and why: a table that no return feeds, a table or a column that an error closed.

The store's card (`inputs.json`) has `tables`, the names of those it holds, `closed`, the problem that closed a table of
the returns, and `closed_columns`, the problems that closed single columns of tidy tables. A figure that asks for what is
closed is closed itself; nothing else is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import pandas as pd

from analysis_lib.errors import Closed
from analysis_lib.periods import Period, day_in_words
from analysis_lib.prepare.tidy import MADE_OF
from analysis_lib.sources import FAMILIES, TABLES

ADD_THE_FILE = "Put the file into the folder of returns, under any name; it is recognised by its columns."


def closed_table(name: str, card: Mapping) -> Closed:
    """Why table `name` cannot be had from the store with this `card`. Raises `KeyError` for a name that no store knows."""
    beyond = card.get("beyond", {})
    if name in beyond:
        return Closed(f"table {name}", **beyond[name])
    sources = MADE_OF[name]
    title = _title(sources[0])
    problems = [card["closed"][source] for source in sources if source in card.get("closed", {})]
    if problems:
        return Closed(f"table {name}", f"the file of {title} cannot be used", str(problems[0]))
    return Closed(f"table {name}", f"there is no file of {title} among the returns", ADD_THE_FILE)


def closed_column(error: KeyError, used: Iterable[str], card: Mapping) -> Closed | None:
    """What closed the column that `error` missed, where it is a column of one of the tables `used`; None for any other.

    pandas names the columns that it missed in quotation marks; a single one is the key itself.
    """
    missed = {str(each) for each in error.args} | set(re.findall(r"'([^']+)'", str(error)))
    for table in sorted(used):
        for column, problem in sorted(card.get("closed_columns", {}).get(table, {}).items()):
            if column in missed:
                why = f"a column that it needs is missing or cannot be used ({column.replace('_', ' ')})"
                return Closed(f"column {column} of table {table}", why, str(problem))
    return None


def beyond_their_extract(extracts: pd.DataFrame, period: Period) -> dict[str, dict[str, str]]:
    """Tables whose return does not reach to the end of `period` or begins after it, each with `why` and `advice`.

    Such a return is silent about the period's last day, and to count it as it stood before would be wrong. How far a
    return reaches whose day of extract was only derived, `sources.extracts` says.
    """
    found = {
        row["family"]: {"why": why, "advice": _advice_beyond(row, period)}
        for row in extracts.to_dict("records")
        if (why := _why_beyond(row, period))
    }
    return {
        name: found[TABLES[sources[0]].family]
        for name, sources in MADE_OF.items()
        if TABLES[sources[0]].family in found
    }


def _why_beyond(extract: Mapping, period: Period) -> str:
    name = FAMILIES[extract["family"]]
    if extract["covers_to"] < period.end:
        if not extract["given"]:
            last = day_in_words(extract["extract_date"])
            return f"the returns ({name}) tell of nothing after {last}, and no card says when they were extracted"
        if extract["covers_to"] < extract["extract_date"]:
            return f"the returns ({name}) tell of the time to {day_in_words(extract['covers_to'])} only"
        day = day_in_words(extract["extract_date"])
        return f"the returns ({name}) were extracted on {day}, before the last day of the period"
    if extract["covers_from"] > period.end:
        return f"the returns ({name}) begin on {day_in_words(extract['covers_from'])}, after the period"
    return ""


def _advice_beyond(extract: Mapping, period: Period) -> str:
    covered = "or make the page for a period that they cover"
    if not extract["covers_to"] < period.end:
        return f"Put earlier returns beside them, {covered}."
    if not extract["given"] and extract["family"] != "ssda903":  # an SSDA903 tells of its own year only, whenever made
        return f"If they were extracted later than that, say so in a card (source.toml); else export them again, {covered}."
    return f"Export them again after {day_in_words(period.end)}, {covered}."


def _title(source: str) -> str:
    """A table of the returns in the middle of a sentence: "Annex A list 7 (child protection plans)"."""
    name, *words = TABLES[source].title.removeprefix("the ").split(", ", 1)
    return f"{name} ({words[0]})" if words else name
