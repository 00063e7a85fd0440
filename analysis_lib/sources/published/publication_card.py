"""The source card beside a downloaded file: `<name>.source.toml`, what the file itself does not say.

All of it may be left unsaid; what is said goes before what is derived.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path

import pandas as pd

from analysis_lib.errors import DataProblem
from analysis_lib.sources.table import WARNING

ENDING = ".source.toml"
_ADVICE = "Mend the card beside the file; docs/how-to/add-published-figures.md has an example."


@dataclass(frozen=True)
class PublicationCard:
    """What a card may say: `released` is the day of publication, `release` what that release is called ("2026 release").

    `model` names a list of statistical neighbours as authority.toml does, `vintage` a series of population estimates.
    """

    title: str = ""
    publisher: str = ""
    released: dt.date | None = None
    release: str = ""
    licence: str = ""
    address: str = ""
    model: str = ""
    vintage: str = ""

    @property
    def day(self) -> pd.Timestamp | None:
        return None if self.released is None else pd.Timestamp(self.released)


def card_path(path: Path) -> Path | None:
    """The card of the file at `path`, if there is one: figures.source.toml or figures.csv.source.toml for figures.csv."""
    beside = (path.with_name(path.name + ENDING), path.with_name(path.stem + ENDING))
    return next((card for card in beside if card.is_file()), None)


def read_publication_card(path: Path, file: str) -> tuple[PublicationCard, list[DataProblem]]:
    """The card at `path`, called `file` in messages; an entry that cannot be used is left out, with a problem."""
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        return PublicationCard(), [DataProblem(file, 0, "", "", f"a TOML file that can be read ({error})", _ADVICE)]
    kinds = {field.name: dt.date if field.name == "released" else str for field in fields(PublicationCard)}
    said, problems = {}, []
    for name, value in entries.items():
        if name not in kinds:
            expected = f"one of {', '.join(kinds)}"
            problems.append(DataProblem(file, 0, name, name, expected, _ADVICE, WARNING))
        elif not isinstance(value, kinds[name]) or isinstance(value, dt.datetime):
            expected = "a date written 2026-11-19, without quotation marks" if kinds[name] is dt.date else "text"
            problems.append(DataProblem(file, 0, name, str(value), expected, _ADVICE))
        else:
            said[name] = value
    return PublicationCard(**said), problems
