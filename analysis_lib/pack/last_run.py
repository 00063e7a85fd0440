"""Whether a command would leave everything as it stands, told from bytes alone, before anything that reads data is imported.

A run in which all went well leaves a note: what was typed and where, the hash of every file that a run of it may read, and
of every file that stands where it writes. When the same is typed again and each of these hashes is still true, there is nothing
to make. Every byte is read again for that: what a file system says of times and sizes is not believed. In every other
case the run finds out page by page what has changed (`standing.py`). So a note saves the imports and never decides what is made.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from analysis_lib.errors import UsageError
from analysis_lib.home import find_home
from analysis_lib.pack.hashes import hash_of, library_hash, sha256, versions
from analysis_lib.pack.publish import DECISION, RECORDS, edition_folder, open_output, pack_folder
from analysis_lib.whole_files import write_whole

FORMAT = 1
MOST_NOTES = 50  # older ones are removed
MANIFEST, INDEX = "manifest.json", "index.html"
_PLACES = ("HOME", "XDG_CONFIG_HOME", "APPDATA", "LOCALAPPDATA")  # what decides where a council's key lies


@dataclass(frozen=True)
class Unchanged:
    """What a run says that finds everything as it was, and where its packs stand."""

    output: Path
    told: dict


def unchanged(words: Sequence[str]) -> Unchanged | None:
    """What `panelpack WORDS` has to say when nothing has changed since it was last run; None where that is not known.

    Raises `PanelpackError` when another run is making one of its packs.
    """
    try:
        noted = json.loads(_place_of(words).read_text(encoding="utf-8"))
        read, output = [Path(each) for each in noted["read"]], Path(noted["output"])
        if noted["format"] != FORMAT or not noted["was_read"] or noted["was_read"] != _read(read):
            return None
        with open_output(output, [(period, noted["edition"]) for period in noted["periods"]]):
            stands = _standing(output, noted["edition"], noted["periods"])
            is_same = noted["stands"] == stands | _index(output, noted["edition"])
            return Unchanged(output, noted["told"]) if is_same else None
    except (OSError, ValueError, KeyError, TypeError, UsageError):
        return None


class Note:
    """What the next run of the same words may rely on. It is kept when everything has stayed as the run saw and left it.

    Parameters
    ----------
    words : what was typed after `panelpack`
    read : files and folders that the run reads; the library is always one of them
    """

    def __init__(self, words: Sequence[str], read: Iterable[Path], output: Path, edition: str):
        self.words, self.read, self.edition = words, list(read), edition
        self.output = output.absolute()
        self.was_read = _read(self.read)
        self.periods: list[str] = []
        self.stands: dict[str, str] = {}

    def packs_are_finished(self, periods: Iterable[str]) -> None:
        """To be said while no other run can touch the packs."""
        self.periods = sorted(periods)
        self.stands = _standing(self.output, self.edition, self.periods)

    def keep(self, told: dict, index: str | None) -> None:
        """Keep the note, unless something was changed meanwhile. `index` is the page of all packs as it was written."""
        if index is None or not self.periods or not self.was_read or self.was_read != _read(self.read):
            return
        page = _index(self.output, self.edition)
        if self.stands != _standing(self.output, self.edition, self.periods) or page != _index_of(index):
            return
        content = {
            "format": FORMAT,
            "read": [str(path.absolute()) for path in self.read],
            "was_read": self.was_read,
            "output": str(self.output),
            "edition": self.edition,
            "periods": self.periods,
            "stands": self.stands | page,
            "told": told,
        }
        with suppress(OSError):  # for want of a note no pack goes unmade
            place = _place_of(self.words)
            place.parent.mkdir(parents=True, exist_ok=True)
            for old in sorted(place.parent.glob("*.json"), key=os.path.getmtime)[: 1 - MOST_NOTES]:
                old.unlink(missing_ok=True)
            write_whole(place, json.dumps(content), owner_only=True)


def _place_of(words: Sequence[str]) -> Path:
    """Where the note of a command stands: one for each choice of words, folder and user."""
    home = find_home()
    places = [os.environ.get(name, "") for name in _PLACES]
    return home / "data" / "processed" / ".last-runs" / f"{hash_of([*words, str(Path.cwd()), *places])[:16]}.json"


def _read(paths: Iterable[Path]) -> str:
    """One hash of the library, its packages, and all that lies in `paths`; empty where that cannot be told."""
    try:
        files = {str(path): sha256(path) for place in paths for path in _files_in(place)}
    except OSError:
        return ""
    return hash_of({"library": library_hash(), "versions": versions(), "files": files})


def _files_in(place: Path) -> Iterator[Path]:
    """The file, or every file in the folder. Raises `OSError` for a link to a folder in it, which may lead anywhere."""
    if not place.is_dir():
        yield place
        return
    for folder, folders, names in os.walk(place):
        if any(os.path.islink(os.path.join(folder, name)) for name in folders):
            raise OSError(f"{folder} has a link to a folder")
        yield from (Path(folder, name) for name in names)


def _standing(output: Path, edition: str, periods: Iterable[str]) -> dict[str, str]:
    """Hash of every file of every pack of `edition`, and of what the gate did in the packs of `periods`."""
    folder = edition_folder(output, edition)
    packs = [each for each in folder.iterdir() if (each / MANIFEST).is_file()] if folder.is_dir() else []
    files = [path for pack in packs for path in pack.rglob("*") if not path.is_dir()]
    files += [pack_folder(output, period, "restricted") / name for period in periods for name in (RECORDS, DECISION)]
    return {path.relative_to(output).as_posix(): sha256(path) for path in files}


def _index(output: Path, edition: str) -> dict[str, str]:
    return {INDEX: sha256(edition_folder(output, edition) / INDEX)}


def _index_of(page: str) -> dict[str, str]:
    return {INDEX: hashlib.sha256(page.encode()).hexdigest()}
