"""The card `source.toml` beside returns: whose they are in one word, and on which day they were extracted."""

from __future__ import annotations

import datetime as dt
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis_lib.errors import DataError, DataProblem, UsageError

NAME = "source.toml"
RETURNS, SYNTHETIC = "returns", "synthetic"
LABELS = (RETURNS, SYNTHETIC)


@dataclass(frozen=True)
class Card:
    """What is said about the returns in a folder; all of it may be left unsaid."""

    label: str = RETURNS
    extract_date: pd.Timestamp | None = None
    of_family: tuple[tuple[str, pd.Timestamp], ...] = ()

    def day(self, family: str) -> pd.Timestamp | None:
        """The day on which a family of returns was extracted, if the card gives it."""
        return dict(self.of_family).get(family, self.extract_date)


def card_of(folder: Path, files: list[Path], families) -> Card:
    """The card that holds for all of `files`, which lie in `folder` and below.

    That is the folder's own; where it has none, the one that the folders below agree on (a folder for each of several
    authorities), else an empty one.

    Raises `UsageError` when returns of different labels lie together: the demonstration and a council's own returns
    are never read as one. Raises `DataError` for a card that cannot be understood.
    """
    cards = {place: read_card(place / NAME, families) for place in _places(folder, files)}
    labels = {}
    for file in files:
        place = next((each for each in file.parents if each in cards), None)
        labels.setdefault(cards[place].label if place else RETURNS, file)
    if len(labels) > 1:
        found = ", ".join(f"{label} ({file.relative_to(folder).as_posix()})" for label, file in sorted(labels.items()))
        raise UsageError(
            f"{folder} holds returns of more than one kind: {found}. They are never mixed: name the folder of one of them."
        )
    if folder in cards:
        return cards[folder]
    agreed = set(cards.values())
    return agreed.pop() if len(agreed) == 1 else Card(next(iter(labels), RETURNS))


def _places(folder: Path, files: list[Path]) -> list[Path]:
    """Folders with a card, among `folder` and those below it that files lie in."""
    below = {place for file in files for place in file.parents if place.is_relative_to(folder)}
    return sorted(place for place in below | {folder} if (place / NAME).is_file())


def read_card(path: Path, families) -> Card:
    """The card at `path`. Raises `DataError` when it cannot be read, or says something outside the known."""
    try:
        facts = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise _unclear("", "", f"a TOML file that can be read ({error})") from None
    label = facts.get("label", RETURNS)
    if label not in (*LABELS, "published"):  # published figures have a card of their own, with this label
        raise _unclear("label", str(label), f"one of {', '.join(LABELS)}")
    sections = facts.get("families", {})
    stated = {
        family: section["extract_date"]
        for family, section in (sections.items() if isinstance(sections, dict) else ())
        if isinstance(section, dict) and "extract_date" in section
    }
    if unknown := sorted(set(stated) - set(families)):
        raise _unclear("families", unknown[0], f"one of {', '.join(families)}")
    day = facts.get("extract_date")
    days = tuple((family, _day(each, f"families.{family}.extract_date")) for family, each in stated.items())
    return Card(label, None if day is None else _day(day, "extract_date"), days)


def _day(value, entry: str) -> pd.Timestamp:
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return pd.Timestamp(value)
    raise _unclear(entry, str(value), "a date written 2026-03-31, without quotation marks")


def _unclear(entry: str, value: str, expected: str) -> DataError:
    return DataError([DataProblem(NAME, 0, entry, value, expected, "Mend the card beside the returns.")])
