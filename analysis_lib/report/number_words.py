"""Numbers that are words: dates, school years, key stages, "for every 10,000". Every other number is a figure.

A page says figures by released values alone, each marked up with what it is. What is left of its text may hold no number
but those that the list `number_words.toml` explains. The page is held to it when a text is made (`in_words`), and the
auditor holds what was printed to the same list (`bare_numbers`).
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from analysis_lib.errors import DisclosureError
from analysis_lib.metrics.facts import every_measure
from analysis_lib.periods import day_in_words
from analysis_lib.results import Measure, number_text

NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_WORD_BEFORE = re.compile(r"(\w+)\W*$")
_WORD_AFTER = re.compile(r"\W*(\w+)")


def bare_numbers(text: str, *, known: Iterable[str] = ()) -> list[str]:
    """The numbers of `text`, as written, that are neither on the list of words nor in `known`; empty when all are.

    Parameters
    ----------
    text : str
        As a reader sees it. Figures that are marked up are to be left out of it, each replaced by a word.
    known : texts
        What else is said for certain without a figure: names of groups, facts of measures. A number is known when the
        whole text is one of them, when one of them stands in the text as it is and has a word beside its number, or when
        the number stands between the same two words.
    """
    if not _has_digits(text):
        return []
    text = _plain(text)
    explained = _spans(_patterns(), text)
    left = [match for match in NUMBER.finditer(text) if not _within(match, explained)]
    known = tuple(plain for each in known if _has_digits(each) for plain in [_plain(each)]) if left else ()
    if not left or text.strip() in known:
        return []
    phrases = [each for each in known if re.search(r"[^\W\d_]", each)]
    explained += _spans([_phrase(each) for each in phrases], text)
    between = {context for each in phrases for context in _contexts(each)}
    return [match.group() for match in left if not _within(match, explained) and _context(text, match) not in between]


def in_words(text: str, where: str, *, known: Iterable[str] = ()) -> str:
    """`text` itself when every number in it is a word, of the list, of `known` or of a measure's facts.

    Raises `DisclosureError` otherwise, which says where, and shows the text without its numbers.
    """
    if bare_numbers(text, known=known) and bare_numbers(text, known=[*known, *vocabulary()]):
        shown = re.sub(r"\d", "#", _plain(text))
        raise DisclosureError(
            f"{where} holds a number that is no released figure: {shown!r}. Give it as a value from page.release(), or "
            "add what it means to analysis_lib/report/number_words.toml when it counts nobody."
        )
    return text


def published_attribute(text: str) -> str:
    """What marks words that are quoted from a published table, where they hold a number; nothing where they hold none."""
    return " data-published" if bare_numbers(text) else ""


@cache
def vocabulary() -> tuple[str, ...]:
    """What the facts of all measures say: the numbers in their titles, definitions and breaks are words as well."""
    return tuple(sorted({text for measure in every_measure().values() for text in facts_of(measure)}))


def facts_of(measure: Measure) -> list[str]:
    """The facts of a measure that pages print and that hold a number."""
    facts = [measure.title, measure.definition, measure.source, measure.formula, measure.unverified]
    facts += [measure.target_source, *(each.reason for each in measure.breaks)]
    facts += [day_in_words(each.day) for each in measure.breaks]
    if measure.target is not None:
        facts.append(f"Target: {number_text(measure.target, measure.unit, measure.decimals)}")
        facts.append(f"Target {number_text(measure.target, measure.unit, measure.decimals)}")
    return [fact for fact in facts if _has_digits(fact)]


def _has_digits(text: str) -> bool:
    return any(letter.isnumeric() for letter in text)


def _plain(text: str) -> str:
    """As it is searched: one space between words, and every form of a digit (superscript, full width) as the digit."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


@cache
def _patterns() -> tuple[re.Pattern, ...]:
    listed = tomllib.loads(files("analysis_lib.report").joinpath("number_words.toml").read_text(encoding="utf-8"))
    patterns = [
        re.compile(each["pattern"], re.ASCII | (re.IGNORECASE if each.get("any_case") else 0))
        for each in listed["pattern"]
    ]
    return (*patterns, *(_phrase(phrase) for phrases in listed["phrases"].values() for phrase in phrases))


@cache
def _phrase(text: str) -> re.Pattern:
    """`text` as it stands, and no part of a longer word or number."""
    return re.compile(rf"(?<!\w)(?<!\d[.,]){re.escape(_plain(text))}(?!\w)(?![.,]\d)(?!(?<=\d)%)", re.IGNORECASE)


def _spans(patterns: Iterable[re.Pattern], text: str) -> list[tuple[int, int]]:
    return [match.span() for pattern in patterns for match in pattern.finditer(text)]


def _within(match: re.Match, spans: Iterable[tuple[int, int]]) -> bool:
    return any(start <= match.start() and match.end() <= end for start, end in spans)


@cache
def _contexts(text: str) -> tuple[tuple[str, str, str], ...]:
    found = (_context(text, match) for match in NUMBER.finditer(text))
    return tuple(context for context in found if context[0] and context[2])


def _context(text: str, match: re.Match) -> tuple[str, str, str]:
    """The word before a number, the number, and the word after it; empty where there is none."""
    before, after = _WORD_BEFORE.search(text[: match.start()]), _WORD_AFTER.match(text[match.end() :])
    return (before[1].lower() if before else "", match.group(), after[1].lower() if after else "")
