"""The card `source.toml` beside returns: whose they are in one word, when they were extracted, whether they are final."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import pandas as pd

from analysis_lib.errors import DataError, DataProblem, UsageError
from analysis_lib.sources import paths

NAME = "source.toml"
RETURNS, SYNTHETIC = "returns", "synthetic"
LABELS = (RETURNS, SYNTHETIC)


@dataclass(frozen=True)
class Card:
    """What is said about the returns in a folder; all of it may be left unsaid."""

    label: str = RETURNS
    extract_date: pd.Timestamp | None = None
    of_family: tuple[tuple[str, pd.Timestamp], ...] = ()
    final: bool | None = None
    final_of_family: tuple[tuple[str, bool], ...] = ()

    def day(self, family: str) -> pd.Timestamp | None:
        """The day on which a family of returns was extracted, if the card gives it."""
        return dict(self.of_family).get(family, self.extract_date)

    def is_final(self, family: str) -> bool | None:
        """Whether the latest return of a family is final, if the card says it."""
        return dict(self.final_of_family).get(family, self.final)


@dataclass(frozen=True)
class Cards:
    """The cards of a folder of returns by the folder that they lie in, as a path below it ("" for itself)."""

    label: str
    by_place: Mapping[str, Card]

    def of(self, file: str) -> Card:
        """The card that holds for a file: the nearest one at or above it."""
        places = ["" if place == "." else place for place in map(str, PurePosixPath(paths.of_file(file)).parents)]
        return next((self.by_place[place] for place in places if place in self.by_place), Card(self.label))

    def beside(self, file: str) -> Card | None:
        """The card in the file's own folder, where that is not the folder of all returns."""
        place = paths.folder_of(file)
        return None if place == "." else self.by_place.get(place)


def cards_of(folder: Path, files: list[Path], families) -> Cards:
    """The cards that hold for `files`, which lie in `folder` and below: the nearest one for each.

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
    by_place = {"" if place == folder else place.relative_to(folder).as_posix(): card for place, card in cards.items()}
    return Cards(next(iter(labels), RETURNS), by_place)


def _places(folder: Path, files: list[Path]) -> list[Path]:
    """Folders with a card, among `folder` and those below it that files lie in."""
    folders = {file.parent for file in files}  # few, where the files are many
    below = {place for each in folders for place in (each, *each.parents) if place.is_relative_to(folder)}
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
        family: section
        for family, section in (sections.items() if isinstance(sections, dict) else ())
        if isinstance(section, dict) and section.keys() & {"extract_date", "final"}
    }
    if unknown := sorted(set(stated) - set(families)):
        raise _unclear("families", unknown[0], f"one of {', '.join(families)}")
    return Card(
        label,
        _day(facts.get("extract_date"), "extract_date"),
        tuple(_of_families(stated, "extract_date", _day)),
        _yes_no(facts.get("final"), "final"),
        tuple(_of_families(stated, "final", _yes_no)),
    )


def _of_families(sections: Mapping[str, Mapping], entry: str, read: Callable) -> list[tuple]:
    return [
        (family, read(section[entry], f"families.{family}.{entry}"))
        for family, section in sections.items()
        if entry in section
    ]


def _day(value, entry: str) -> pd.Timestamp | None:
    if value is None:
        return None
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return pd.Timestamp(value)
    raise _unclear(entry, str(value), "a date written 2026-03-31, without quotation marks")


def _yes_no(value, entry: str) -> bool | None:
    if value is None or isinstance(value, bool):
        return value
    raise _unclear(entry, str(value), "true or false, without quotation marks")


def _unclear(entry: str, value: str, expected: str) -> DataError:
    return DataError([DataProblem(NAME, 0, entry, value, expected, "Mend the card beside the returns.")])
