"""Reads what the service says of a pack, and checks it: a file for each page, and one for a correction.

`<commentary>/<period>/<notebook>.toml` and `<commentary>/<period>/correction.toml`. Nothing that a person writes passes the
gate, so a text may hold no number but what is a word (a day, a school year, an age): figures stand on the page, and what
counts something else than children is listed by whoever writes it. What looks like an identifier, a day of birth or a person's
name is refused too. Not everything can be recognised: somebody reads every text before it is published.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import tomllib
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from analysis_lib.disclosure.register import Register
from analysis_lib.errors import PanelpackError
from analysis_lib.periods import Period
from analysis_lib.report.commentary import SERVICE, Action, Commentary, Correction, LastAction
from analysis_lib.report.number_words import bare_numbers
from analysis_lib.report.output import SYNTHETIC
from analysis_lib.roles import MOST_LETTERS, looks_like_a_role

CORRECTION = "correction"
LONGEST_CAUSE, LONGEST_LINE, LONGEST_STATED = 2000, 400, 60
MOST_SHOWN = 10
HOW_TO = "docs/how-to/write-commentary.md says how."

_NUMBER_IN_LETTERS = re.compile(
    r"\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|"
    r"nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundreds?|thousands?|dozens?|couple|both|twins?|triplets)\b"
    r"|\b(?:half|a third|a quarter) of (?:them|all|our|the|these|those)\b(?! (?:year|term|quarter))",
    re.IGNORECASE,
)
_WHO = (
    r"(?:child(?:ren)?|pupils?|students?|boys?|girls?|bab(?:y|ies)|infants?|toddlers?|teenagers?|adolescents?|siblings?|brothers?|"
    r"sisters?|twins?|triplets|sons?|daughters?|youths?|young|leavers?|minors?|famil(?:y|ies)|households?)"
)
# What is said of children by another word: a number of them is a number of children.
_WHAT = (
    r"(?:cases?|plans?|referrals?|adoptions?|placements?|episodes?|exclusions?|suspensions?|offences?|assessments?|conferences?|"
    r"breakdowns?|deaths?|injur(?:y|ies)|orders?|match(?:es)?|starts?|leaving)"
)
_OF_CHILDREN = re.compile(rf"\b(?:{_WHO}|{_WHAT})\b", re.IGNORECASE)
_ONE_CHILD = re.compile(rf"(?<![\w-])(?:one|single|only|sole)\s+(?:\w+\s+){{0,3}}{_WHO}\b", re.IGNORECASE)
_MONTH = r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
# What a text may not hold, and what it is called; looked for in this order, the first that is found is told.
IDENTIFYING = {
    "an e-mail address": re.compile(r"\S+@\S+"),
    "a postcode": re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]?\s*\d[A-Z]{2}\b", re.IGNORECASE),
    "a unique pupil number": re.compile(r"\b[A-Z]\d{11}[A-Z\d]\b", re.IGNORECASE),
    "an NHS number": re.compile(r"(?<!\d)\d{3}[ -]?\d{3}[ -]?\d{4}(?!\d)"),
    "a telephone number": re.compile(r"(?<!\w)(?:\+44|0)(?:[ \-()]*\d){9,10}(?!\d)"),
    "a day as case systems write it": re.compile(r"(?<!\d)\d{1,2}([/.-])\d{1,2}\1(?:\d{4}|\d{2})(?!\d)"),
    "a day of birth": re.compile(
        rf"\b(?:date of birth|d\.?o\.?b\b|birthday)|\bborn\b[^.]{{0,30}}(?:\d|\b{_MONTH}\b)", re.IGNORECASE
    ),
    "a person's name": re.compile(
        r"\b(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Professor|Cllr|Councillor|Sir|Dame|Master)\.? +[A-Z]"
    ),
}  # fmt: skip


@dataclass(frozen=True, order=True)
class TextProblem:
    """One thing wrong in one place of a file; `line` is 0 where it is not known. What identifies is never repeated."""

    file: str
    line: int
    field: str
    expected: str
    advice: str

    def __str__(self) -> str:
        place = "".join(
            [self.file, f", line {self.line}" if self.line else "", f", field {self.field}" if self.field else ""]
        )
        return f"{place}: {self.expected}. {self.advice}"


class CommentaryError(PanelpackError):
    """What people have written cannot be published as it is; prints the first ten problems."""

    def __init__(self, problems: Collection[TextProblem]):
        self.problems = sorted(problems)
        shown = [str(each) for each in self.problems[:MOST_SHOWN]]
        more = len(self.problems) - MOST_SHOWN
        super().__init__("\n".join([*shown, *([f"... and {more:,} more."] if more > 0 else [])]))


def read_commentary(folder: Path, period: Period, notebook: str) -> Commentary | None:
    """The commentary of one page; None where there is no file. Raises `CommentaryError` with everything wrong in it."""
    file = folder / period.code / f"{notebook}.toml"
    if not file.is_file():
        return None
    checked = _Checked.of(file, period)
    told = checked.commentary()
    checked.stop_at_problems()
    return told


def read_correction(folder: Path, period: Period, register: Callable[[], Register]) -> Correction | None:
    """What the pack of `period` corrects; None where there is no file, so that it corrects nothing.

    `register` gives the register of releases; it is asked for only where there is a file.

    Raises `CommentaryError` with everything wrong in the file, also where the register has no such pack of the period.
    """
    file = folder / period.code / f"{CORRECTION}.toml"
    if not file.is_file():
        return None
    checked = _Checked.of(file, period)
    told = checked.correction()
    entry = register().entry(period.code)
    signed = {each.manifest_sha256: each.sign_off for each in entry.publications} if entry else {}
    if told is not None and told.corrects not in signed:
        checked.refuse(
            ("corrects",),
            f"no pack of {period.code} with this manifest has been signed off",
            "Give the manifest_sha256 that the register has of it: "
            f"{period.code}.signoff.json in the folder of releases.",
        )
    checked.stop_at_problems()
    first = signed[told.corrects]
    return replace(told, first_by=first.by, first_on=pd.Timestamp(first.on))


def check_commentary(folder: Path, period: Period, notebooks: Collection[str]) -> dict[str, str]:
    """The SHA-256 of each file that people have written for `period`, by notebook (or "correction"), all of them checked.

    Raises `CommentaryError` with what is wrong in any of them, or for a file that belongs to none of `notebooks`.
    """
    problems: list[TextProblem] = []
    found: dict[str, str] = {}
    for file in sorted(each for each in _files_in(folder / period.code)):
        name = f"{period.code}/{file.name}"
        if file.suffix != ".toml" or file.stem not in (*notebooks, CORRECTION):
            known = ", ".join(f"{each}.toml" for each in (*notebooks, CORRECTION))
            problems.append(TextProblem(name, 0, "", "a file of no page", f"There may be: {known}."))
            continue
        try:
            checked = _Checked.of(file, period)
            _ = checked.correction() if file.stem == CORRECTION else checked.commentary()
            problems += checked.problems
        except CommentaryError as error:
            problems += error.problems
        found[file.stem] = hashlib.sha256(file.read_bytes()).hexdigest()
    if problems:
        raise CommentaryError(problems)
    return found


def _files_in(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return [each for each in folder.iterdir() if not each.name.startswith(".") and each.name != "README.md"]


def names_children(text: str) -> bool:
    """Whether a phrase speaks of children, or of what is counted of children: a number in it would be a figure."""
    return bool(_OF_CHILDREN.search(text))


class _Checked:
    """One file while it is checked: what it says, where each field stands, and what is wrong with it."""

    def __init__(self, name: str, said: dict, source: str, period: Period):
        self.name, self.said, self.source, self.period = name, said, source, period
        self.places = {path: line for path, line, _ in _places(source)}
        self.begins_after = {path: lines for path, _, lines in _places(source)}
        self.problems: list[TextProblem] = []
        self.stated: tuple[str, ...] = ()

    @classmethod
    def of(cls, file: Path, period: Period) -> _Checked:
        name = f"{period.code}/{file.name}"
        try:
            source = file.read_text(encoding="utf-8")
            return cls(name, tomllib.loads(source), source, period)
        except (OSError, UnicodeDecodeError) as error:
            raise CommentaryError([TextProblem(name, 0, "", "a file that can be read", f"{error}.")]) from None
        except tomllib.TOMLDecodeError as error:
            found = re.search(r"line (\d+)", str(error))
            line = int(found[1]) if found else 0
            why = re.sub(r"\s*\(at .*\)$", "", str(error))
            raise CommentaryError([TextProblem(name, line, "", f"not TOML ({why})", HOW_TO)]) from None

    def refuse(self, path: tuple, expected: str, advice: str, *, beyond: int = 0) -> None:
        line = self.places.get(path, 0)
        self.problems.append(TextProblem(self.name, line + beyond if line else 0, _field(path), expected, advice))

    def stop_at_problems(self) -> None:
        if self.problems:
            raise CommentaryError(self.problems)

    # The two kinds of files

    def commentary(self) -> Commentary | None:
        self.only(
            (), self.said, ("label", "written_by", "written_on", "cause", "not_children", "actions", "last_actions")
        )
        self.stated = self.phrases()
        label = self.said.get("label")
        if label not in (SYNTHETIC, SERVICE):
            self.refuse(
                ("label",),
                "a label is missing",
                f'Write label = "{SERVICE}" above everything else; "{SYNTHETIC}" is for what nobody has said.',
            )
        told = Commentary(
            label=label,
            written_by=self.role(("written_by",), self.said),
            written_on=self.day(("written_on",), self.said),
            cause=self.text(("cause",), self.said, LONGEST_CAUSE),
            actions=tuple(self.action(("actions", at), each) for at, each in self.tables("actions")),
            last_actions=tuple(
                self.last_action(("last_actions", at), each) for at, each in self.tables("last_actions")
            ),
            stated=self.stated,
        )
        self.all_phrases_are_used()
        return None if self.problems else told

    def correction(self) -> Correction | None:
        self.only((), self.said, ("corrects", "what", "why", "by", "on"))
        corrects = self.said.get("corrects")
        if not isinstance(corrects, str) or not re.fullmatch(r"[0-9a-f]{64}", corrects):
            self.refuse(
                ("corrects",),
                "the SHA-256 of the manifest that is corrected: 64 letters and figures",
                "The register of releases has it, as manifest_sha256 in the sign-off of the period.",
            )
        told = Correction(
            corrects=corrects,
            what=self.text(("what",), self.said, LONGEST_LINE),
            why=self.text(("why",), self.said, LONGEST_LINE),
            by=self.role(("by",), self.said),
            on=self.day(("on",), self.said),
        )
        return None if self.problems else told

    def action(self, path: tuple, said: dict) -> Action:
        self.only(path, said, ("what", "owner", "due"))
        return Action(
            self.text((*path, "what"), said, LONGEST_LINE),
            self.role((*path, "owner"), said),
            self.day((*path, "due"), said),
        )

    def last_action(self, path: tuple, said: dict) -> LastAction:
        self.only(path, said, ("what", "became"))
        return LastAction(
            self.text((*path, "what"), said, LONGEST_LINE), self.text((*path, "became"), said, LONGEST_LINE)
        )

    # The kinds of fields

    def only(self, path: tuple, said: dict, known: tuple[str, ...]) -> None:
        for name in said:
            if name not in known:
                self.refuse((*path, name), "a field that nobody reads", f"There may be: {', '.join(known)}.")

    def tables(self, name: str) -> Iterator[tuple[int, dict]]:
        said = self.said.get(name, [])
        if not isinstance(said, list) or not all(isinstance(each, dict) for each in said):
            self.refuse((name,), "not a list of tables", f"Begin each with a line [[{name}]].")
            return
        yield from enumerate(said)

    def text(self, path: tuple, said: dict, longest: int) -> str:
        text = said.get(path[-1])
        if not isinstance(text, str) or not text.strip():
            self.refuse(path, "a text is missing", HOW_TO)
            return ""
        if len(text) > longest:
            self.refuse(
                path, f"a text of more than {longest:,} letters", "Say it shorter: a panel reads it in a minute."
            )
        self.look_for_what_may_not_stand(path, text)
        return text.strip()

    def role(self, path: tuple, said: dict) -> str:
        words = said.get(path[-1])
        if not isinstance(words, str) or not looks_like_a_role(words) or len(words) > MOST_LETTERS:
            self.refuse(path, "a role is missing", 'Pages name no person: write the role, such as "Head of Fostering".')
            return ""
        self.look_for_what_may_not_stand(path, words)
        return " ".join(words.split())

    def day(self, path: tuple, said: dict) -> pd.Timestamp | None:
        day = said.get(path[-1])
        if not isinstance(day, dt.date) or isinstance(day, dt.datetime):
            self.refuse(path, "a day is missing", "Write it without quotation marks, as 2021-11-15.")
            return None
        if pd.Timestamp(day) <= self.period.end:
            self.refuse(
                path, "a day within the period, or before it", f"It must lie after the end of {self.period.code}."
            )
        return pd.Timestamp(day)

    def phrases(self) -> tuple[str, ...]:
        """What `not_children` lists: each a phrase with a number, and with a word that says what it counts."""
        listed = self.said.get("not_children", [])
        path = ("not_children",)
        if not isinstance(listed, list) or not all(isinstance(each, str) for each in listed):
            self.refuse(path, "not a list of phrases", 'Write it as ["10 foster carers"].')
            return ()
        for each in listed:
            if not re.search(r"\d", each) and not _NUMBER_IN_LETTERS.search(each):
                self.refuse(path, "a phrase without a number", "Only what has a number needs to be listed.")
            elif not re.search(r"[^\W\d_]{3,}", each) or len(each) > LONGEST_STATED:
                self.refuse(
                    path, "a phrase that does not say what it counts, or is too long", 'Such as "10 foster carers".'
                )
            elif names_children(each):
                self.refuse(
                    path,
                    "a number of children, or of what is counted of children",
                    "Such numbers come from the figures of the page. Point to the table instead.",
                )
        return tuple(" ".join(each.split()) for each in listed)

    def all_phrases_are_used(self) -> None:
        texts = " ".join(" ".join(each.split()) for each in _texts(self.said))
        for each in self.stated:
            if not _phrase(each).search(texts):
                self.refuse(
                    ("not_children",), "a phrase that no text has", "Write it as the text does, or leave it out."
                )

    def look_for_what_may_not_stand(self, path: tuple, text: str) -> None:
        first = self.begins_after.get(path, 0)
        for what, pattern in IDENTIFYING.items():
            if found := pattern.search(text):
                self.refuse(
                    path,
                    f"what looks like {what}",
                    "Take it out: the page is public.",
                    beyond=first + _lines_before(text, found),
                )
                return
        plain = " ".join(text.split())
        for each in self.stated:
            plain = _phrase(each).sub("this", plain)
        if left := bare_numbers(plain):
            where = re.search(re.escape(left[0]), text)
            self.refuse(path, "a number that is no word", _NUMBERS, beyond=first + _lines_before(text, where))
        elif found := _NUMBER_IN_LETTERS.search(plain) or _ONE_CHILD.search(plain):
            where = re.search(r"\s+".join(map(re.escape, found[0].split())), text)
            self.refuse(path, "a number in letters, or one child", _NUMBERS, beyond=first + _lines_before(text, where))


_NUMBERS = (
    "Numbers of children come from the figures of the page, which have passed the disclosure rules. A number of something "
    'else is listed: not_children = ["10 foster carers"].'
)


def _phrase(text: str) -> re.Pattern:
    return re.compile(rf"(?<![\w.,]){re.escape(text)}(?!\w)")


def _lines_before(text: str, found: re.Match | None) -> int:
    return text[: found.start()].count("\n") if found else 0


def _texts(said) -> Iterator[str]:
    """Every text of a file but the phrases of `not_children`."""
    match said:
        case str():
            yield said
        case list():
            for each in said:
                yield from _texts(each)
        case dict():
            for name, each in said.items():
                if name != "not_children":
                    yield from _texts(each)


def _field(path: tuple) -> str:
    """A field as a person would name it: "actions 2, owner"."""
    if len(path) == 3:
        return f"{path[0]} {path[1] + 1}, {path[2]}"
    return str(path[0]) if path else ""


_TABLE = re.compile(r"\s*\[\[\s*([\w-]+)\s*\]\]")
_KEY = re.compile(r"\s*([\w-]+)\s*=\s*(\"\"\"|''')?(.*)")


def _places(source: str) -> Iterator[tuple[tuple, int, int]]:
    """Of each field, the line that it stands in, from 1, and how many lines further its text begins."""
    table: tuple = ()
    counted: dict[str, int] = {}
    inside = ""
    for number, line in enumerate(source.splitlines(), start=1):
        if inside:
            inside = "" if inside in line else inside
            continue
        if found := _TABLE.match(line):
            at = counted.get(found[1], 0)
            counted[found[1]] = at + 1
            table = (found[1], at)
            yield table, number, 0
        elif found := _KEY.match(line):
            name, quotes, rest = found.groups()
            yield (*table, name), number, int(bool(quotes) and not rest.strip())
            inside = quotes if quotes and quotes not in rest else ""
