"""The data-quality table that closes a page: what was read of the returns it used, and what was wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from functools import cache

import pandas as pd

from analysis_lib.checks import CHECKS
from analysis_lib.periods import day_in_words
from analysis_lib.report.number_words import bare_numbers
from analysis_lib.report.output import ORIGIN_WORDS, Output
from analysis_lib.report.questions import Question, closed_data, doubtful_data
from analysis_lib.report.sentence import Piece, Sentence
from analysis_lib.report.table import Rows, table
from analysis_lib.results import rows_of
from analysis_lib.sources import TABLES

MOST_KINDS = 12  # a page names the kinds of problem that touch most rows; `panelpack check` lists all
ROUNDED_TO = 5
DOUBTFUL_SHARE = 0.01  # of the rows read: more with an error or a warning raise a question
_DAY = r"\d\d/\d\d/\d{4}, "  # of a year's end: the same rule in each year's return
_HEAD = ["Return", "Figures", "Extracted", "Files", "Rows read", "Left out", "Replaced", "Errors", "Warnings"]
_NOTE = (
    "Left out: rows with an error. Replaced: rows of which a later return, or a later row of the same return, has a newer "
    "version. An error left something out or closed it; rows with a warning are used."
)
_ROUNDED = f"Numbers of rows are rounded to the nearest {ROUNDED_TO} in this edition; 1 to 5 are not told apart."


def quality(
    caption: str,
    sources: Collection[str],
    *,
    rows_read: pd.DataFrame,
    problems: pd.DataFrame,
    extracts: pd.DataFrame,
    provisional: Collection[str] = (),
    edition: str,
) -> Output:
    """The table, one row for each table of the returns in `sources`, and under it the problems by kind.

    `rows_read`, `problems` and `extracts` are the tidy tables of these names; `provisional` are families of which a
    later return may correct what is read. In the public edition numbers of rows are
    rounded: a kind of problem can tell of a group of children, and 1 to 5 of them are nowhere shown.
    """
    say = rows_said(edition)
    shown = rows_read[rows_read["table"].isin(sources)]
    found = problems[problems["table"].isin(shown["table"]) & (problems["table"] != "")]
    of_family = extracts.set_index("family").to_dict("index")
    days = {family: _day(extract, family in provisional) for family, extract in of_family.items()}
    rows = [
        _row(record, found, of_family.get(record["family"]), days.get(record["family"], ""), say)
        for record in rows_of(shown)
    ]
    note = f"{_NOTE} {_ROUNDED}" if edition == "public" else _NOTE
    whole = table("data_quality", caption, _HEAD, rows, note=note)
    kinds = problem_kinds(found, say)
    listed = "".join(f"<li>{kind.marked}</li>" for kind in kinds)
    html = f'{whole.html}<ul class="problems">{listed}</ul>' if kinds else whole.html
    told = [*("; ".join(map(_told, row)) for row in rows), *(kind.text for kind in kinds)]
    return replace(whole, kind="quality", html=html, text=tuple(told))


def doubts(
    sources: Collection[str], *, rows_read: pd.DataFrame, problems: pd.DataFrame, edition: str
) -> list[Question]:
    """A question for each table in `sources` that is closed, or of which more than one row in a hundred has an error or a
    warning, with the numbers that the table of data quality prints. Parameters as for `quality`.
    """
    say = rows_said(edition)
    raised = []
    for record in rows_read[rows_read["table"].isin(sources)].to_dict("records"):
        if record["closed"]:
            raised.append(closed_data(_title(record["table"])))
            continue
        found = problems[problems["table"] == record["table"]]
        lines = len(found[["file", "line"]].drop_duplicates())
        if lines > DOUBTFUL_SHARE * record["rows"]:
            numbers = (say(int((found["severity"] == severity).sum())) for severity in ("error", "warning"))
            raised.append(doubtful_data(_title(record["table"]), say(record["rows"]), *numbers))
    return raised


def rows_said(edition: str) -> Callable[[int], Rows]:
    """How an edition says a number of rows: rounded in public, else exact."""
    return _rounded if edition == "public" else _exact


def problem_kinds(problems: pd.DataFrame, say: Callable[[int], Rows]) -> list[Sentence]:
    """A sentence for each kind of problem, the errors first, then by the number of rows: what was expected where, of how
    many rows, and what it does to figures. No file, line, value or identifier is in it."""
    keys = ["severity", "table", "column", "expected", "advice"]
    plain = (
        problems[keys]
        .fillna("")
        .assign(
            expected=problems["expected"].str.split(";").str[0].str.replace(_DAY, "", regex=True),
            advice=problems["advice"].str.split(". ", regex=False).str[0],
        )
    )
    counts = plain.groupby(keys, sort=True).size().rename("rows").reset_index()
    counts = counts.sort_values(["severity", "rows"], ascending=[True, False], kind="stable")
    kinds = [_kind(kind, say) for kind in counts.head(MOST_KINDS).itertuples(index=False)]
    more = len(counts) - MOST_KINDS
    if more > 0:
        kinds.append(_sentence("And ", Rows(f"{more:,}"), " more kinds of problem."))
    return kinds


def _kind(kind, say: Callable[[int], Rows]) -> Sentence:
    column, expected, advice = _worded(kind.column), _worded(kind.expected), _worded(kind.advice.rstrip("."))
    first = f"{kind.severity.capitalize()}, {_title(kind.table)}{', ' if column else ''}{column}: expected "
    rows = say(kind.rows)
    times = ("", rows, " times") if rows.text != "1" else ("once", Rows(""), "")
    return _sentence(f"{first}{expected}. Not so {times[0]}", times[1], f"{times[2]}. {advice}.")


@cache
def rule_words() -> tuple[str, ...]:
    """What the rules of the checks expect, and the columns of the returns: their numbers are words, the same for all."""
    rules = {words for check in CHECKS for words in (check.column, check.expectation, check.effect, check.advice)}
    rules |= {
        words for table in TABLES.values() for column in table.columns for words in (column.name, column.expectation)
    }
    return tuple(sorted({rule.split(";")[0].split(". ")[0].rstrip(".") for rule in rules}))


def _worded(text: str) -> str:
    """What a rule says; where it holds a number that is of no rule, where that is to be found."""
    return "what `panelpack check` says" if bare_numbers(text, known=rule_words()) else text


def _sentence(before: str, rows: Rows, after: str) -> Sentence:
    """Words around a number of rows."""
    pieces = (Piece(before), Piece(rows.text, "span", rows.attribute), Piece(after))
    return Sentence(tuple(piece for piece in pieces if piece.text), ())


def _exact(count: int) -> Rows:
    return Rows(f"{count:,}", 1)


def _rounded(count: int) -> Rows:
    if 1 <= count <= 5:
        return Rows("1 to 5", ROUNDED_TO)
    return Rows(f"{ROUNDED_TO * ((count + ROUNDED_TO // 2) // ROUNDED_TO):,}", ROUNDED_TO)


def _told(cell: Rows | str) -> str:
    return cell.text if isinstance(cell, Rows) else cell


def _title(name: str) -> str:
    title = TABLES[name].title.removeprefix("the ")
    return title[:1].upper() + title[1:]


def _day(extract: dict, is_provisional: bool) -> str:
    """The day of an extract, and what to think of it; extracts without dates of their own have none unless it is stated."""
    day = day_in_words(extract["extract_date"]) if pd.notna(extract["extract_date"]) else "a day not stated"
    is_derived = not extract["given"] and pd.notna(extract["extract_date"])
    derived = " (the latest date in it; none was stated)" if is_derived else ""
    return f"{day}{derived}{' (provisional)' if is_provisional else ''}"


def _row(record: dict, problems: pd.DataFrame, extract: dict | None, day: str, say) -> list[Rows | str]:
    """Closed tables have their row too; what is not known of them is left blank."""
    severities = problems.loc[problems["table"] == record["table"], "severity"]
    counts = [say(int((severities == severity).sum())) for severity in ("error", "warning")]
    read = [Rows(f"{record['files']:,}"), say(record["rows"]), say(record["left_out"]), say(record["superseded"])]
    if record["closed"]:
        read = ["closed", "", say(record["left_out"]) if record["left_out"] else "", ""]
    if extract is None:
        return [_title(record["table"]), "", "", *read, *counts]
    return [_title(record["table"]), ORIGIN_WORDS[extract["label"]], day, *read, *counts]
