"""Searches every byte of a finished pack for what identifies a child: identifiers, pupil numbers, postcodes, days of birth.

What is sought are the values of the returns themselves, and things that look like a pupil number, a postcode or a day as
case systems write it, whoever's they are. How harmless figures are told apart:

- values are sought as whole words: SYN000225 is not found in SYN0002251;
- values of letters and figures with fewer than `SHORTEST` characters are not sought (UN1 and E1 are codes), nor single
  words without a figure (a surname such as White is a word like any other);
- identifiers of figures alone are sought from `SHORTEST_NUMBER` figures up, and not where they are printed figures: a
  number that stands on a page without being marked as one is found by the accounts of numbers whatever it is, so that a
  short identifier cannot stand there either;
- a day is found when somebody's day of birth is written in any of the usual ways, unless it is a day that the pack has a
  reason to name (`harmless_days`): of its period, its figures, its sources.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import html
import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from urllib.parse import unquote_plus

from analysis_lib.periods import MONTH_NAMES
from analysis_lib.sources.identifying import IdentifyingValues

SHORTEST, SHORTEST_NUMBER = 4, 5
IDENTIFIER, POSTCODE, DAY, PUPIL, KEY = (
    "an identifier that the returns have",
    "a postcode",
    "a day of birth, or a day as case systems write it",
    "a unique pupil number",
    "a key that stands for a child in the prepared tables",
)
_WORD = re.compile(r"[^\W_]+(?:\.[0-9]+)?")
_FIGURE = re.compile(r"[0-9]")
_POSTCODE = re.compile(r"(?<![A-Za-z0-9])(?:[A-Z]{1,2}[0-9][A-Z0-9]?|GIR)\s?[0-9][ABD-HJLNP-UW-Z]{2}(?![A-Za-z0-9])")
_PUPIL = re.compile(r"(?<![A-Za-z0-9])[A-HJ-NP-RT-Z][0-9]{11}[0-9A-HJ-NP-RT-Z](?![A-Za-z0-9])")
_KEY = re.compile(r"(?<![A-Za-z0-9])(?=[0-9]*[a-f])(?=[a-f]*[0-9])[0-9a-f]{16}(?![A-Za-z0-9])")
_SYSTEM_DAY = re.compile(r"(?<![0-9./-])[0-3]?[0-9]([/.-])[01]?[0-9]\1(?:19|20)[0-9]{2}(?![0-9])")
_MONTHS = {name: number for number, month in enumerate(MONTH_NAMES, 1) for name in (month.lower(), month[:3].lower())}
_ISO_DAY = re.compile(r"(?<![0-9])((?:19|20)[0-9]{2})-?([01][0-9])-?([0-3][0-9])(?![0-9])")
_WORDED_DAY = re.compile(rf"(?<![0-9])([0-3]?[0-9])(?:st|nd|rd|th)?\s+({'|'.join(_MONTHS)})\s+((?:19|20)[0-9]{{2}})", re.IGNORECASE)  # fmt: skip
_DATA_ADDRESS = re.compile(r"data:([\w/+.-]*)((?:;[\w=.-]+)*?)(;base64)?,([^\"'\s)>]*)")


@dataclass(frozen=True)
class Found:
    """Something that identifies: what kind of thing, in which file and on which line, never what it is."""

    kind: str
    file: str
    line: int


@dataclass(frozen=True)
class Sought:
    """What to look for, besides what looks like an identifier whoever's it is."""

    values: IdentifyingValues = IdentifyingValues(frozenset(), frozenset())
    harmless_days: frozenset[dt.date] = frozenset()
    printed: frozenset[str] = frozenset()  # figures of the pack as text of digits

    @cached_property
    def by_first_word(self) -> Mapping[str, Sequence[str]]:
        """First word -> the values that begin with it, all in small letters, single spaces; printed figures among them."""
        return _by_first_word(self.values.texts)

    @cached_property
    def days(self) -> frozenset[dt.date]:
        return self.values.days - self.harmless_days


@lru_cache(maxsize=1)  # the packs of one run are searched for the same values
def _by_first_word(texts: frozenset[str]) -> Mapping[str, Sequence[str]]:
    found = defaultdict(list)
    for text in texts:
        value = text.lower()
        if value.isalnum():  # nearly all of them: one word
            if _is_sought(value):
                found[value].append(value)
            continue
        value = " ".join(value.split())
        if (first := _WORD.search(value)) and _is_sought(value):
            found[first[0]].append(value)
            if _POSTCODE.fullmatch(text.upper()):  # also where it is written as one word
                found[value.replace(" ", "")].append(value.replace(" ", ""))
    return {word: tuple(sorted(values)) for word, values in found.items()}


def _is_sought(value: str) -> bool:
    if value.isdigit():
        return len(value) >= SHORTEST_NUMBER
    return len(value) >= SHORTEST and (not value.isalpha() and _FIGURE.search(value) is not None or " " in value)


def get_ready(values: IdentifyingValues) -> None:
    """Prepare the search for `values` before there is a pack to search, while others work."""
    _by_first_word(values.texts)


def search(folder: Path, files: Collection[str], sought: Sought) -> list[Found]:
    """What identifies in the `files` of `folder`, in their order; each kind once a line."""
    found: dict[Found, None] = {}
    for name in files:
        text = (folder / name).read_bytes().decode("utf-8", errors="replace")
        for line, part in _readings(text, is_page=name.endswith(".html")):
            found |= {Found(kind, name, at): None for kind, at in _in_text(part, line, sought)}
        found |= {Found(kind, name, 0): None for kind, _ in _in_text(unquote_plus(name), 0, sought)}
    return list(found)


def _readings(text: str, *, is_page: bool) -> Iterator[tuple[int, str]]:
    """A file as the different texts that somebody could read in it, each with the line it begins on."""
    if not is_page:
        yield 1, text
        return
    plain = _DATA_ADDRESS.sub("data:", text)  # the lines stay as they are
    yield 1, html.unescape(plain)
    yield 1, html.unescape(re.sub(r"<[^>]*>", "", plain))  # what tags cut in two
    yield 1, "\n".join(" ".join(unquote_plus(each) for each in re.findall(r'"([^"<>]*[%+][^"<>]*)"', line)) for line in plain.split("\n"))  # fmt: skip
    for address in _DATA_ADDRESS.finditer(text):
        line = text.count("\n", 0, address.start()) + 1
        inner = " ".join(decoded(address[0]).decode("utf-8", errors="replace").split("\n"))
        yield line, html.unescape(inner)
        yield line, html.unescape(re.sub(r"<[^>]*>", " ", inner))


def decoded(address: str) -> bytes:
    """What a data: address holds. Empty where it holds nothing that can be read."""
    parts = _DATA_ADDRESS.fullmatch(address)
    if parts is None:
        return b""
    try:
        if parts[3]:
            return base64.b64decode(unquote_plus(parts[4].replace("+", "%2B")), validate=True)
    except (binascii.Error, ValueError):
        return b""
    return unquote_plus(parts[4]).encode()


def _in_text(text: str, first_line: int, sought: Sought) -> Iterator[tuple[str, int]]:
    """Kind and line of everything in `text` that identifies."""

    def line_of(place: int) -> int:
        return first_line + text.count("\n", 0, place)

    for kind, pattern in ((POSTCODE, _POSTCODE), (PUPIL, _PUPIL), (KEY, _KEY), (DAY, _SYSTEM_DAY)):
        for match in pattern.finditer(text):
            yield kind, line_of(match.start())
    for match, day in _days(text):
        if day in sought.days:
            yield DAY, line_of(match.start())
    lowered = text.lower()
    first_words = sought.by_first_word
    if first_words.keys().isdisjoint(set(_WORD.findall(lowered))):
        return
    for match in _WORD.finditer(lowered):
        for value in first_words.get(match[0], ()):
            if value.isdigit() and value in sought.printed:
                continue
            if _stands_at(lowered, match.start(), value):
                yield POSTCODE if _POSTCODE.fullmatch(value.upper()) else IDENTIFIER, line_of(match.start())


def _stands_at(text: str, place: int, value: str) -> bool:
    """Whether `value` stands there as a whole word, or figure: not as a part of 12,345 or 0.12345."""
    end = place + len(value)
    there = text[place:end] if " " not in value else " ".join(text[place : end + 20].split())[: len(value)]
    if there != value or (" " not in value and end < len(text) and text[end].isalnum()):
        return False
    if not value.isdigit():
        return True
    return not re.search(r"[0-9][.,]$", text[max(0, place - 2) : place]) and not re.match(r"[.,][0-9]", text[end:])


def _days(text: str) -> Iterator[tuple[re.Match, dt.date]]:
    for match in _ISO_DAY.finditer(text):
        year, month, day = match.groups()
        yield from _real(match, year, month, day)
    for match in _WORDED_DAY.finditer(text):
        day, month, year = match.groups()
        yield from _real(match, year, _MONTHS[month.lower()], day)


def _real(match: re.Match, year, month, day) -> Iterator[tuple[re.Match, dt.date]]:
    try:
        yield match, dt.date(int(year), int(month), int(day))
    except ValueError:
        return


@lru_cache(maxsize=512)  # what others have published is the same for every pack of a run
def days_in(text: str) -> frozenset[dt.date]:
    """Every day that a text names, in figures or in words."""
    return frozenset(day for _, day in _days(text))
