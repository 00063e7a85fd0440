"""The register of releases: every figure that a signed-off pack has printed, and so what a reader of the next pack knows.

A folder with two files for each period and one that lists them:

- `<period>.json`: the figures, as printed; the numbers behind those that were hidden are not in it;
- `<period>.signoff.json`: who decided to publish, in which role, on which day, and the hash of the manifest;
- `register.json`: the SHA-256 of each of these files. It is checked at every use, so that a file that was lost, added or
  edited stops the program. It is no protection against somebody who writes a new list as well: the folder's history
  in git is.

What a pack is made from is the register without the pack's own period: signing a pack changes nothing about the pack.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from analysis_lib.disclosure.printed import PrintedFigure
from analysis_lib.errors import PanelpackError
from analysis_lib.periods import Period
from analysis_lib.whole_files import write_whole

FORMAT = 1
LIST = "register.json"
NOT_ENTRIES = ("README.md",)  # beside files whose names begin with a dot


@dataclass(frozen=True)
class SignOff:
    """A decision to publish: by whom (a role, not a name), on which day (ISO), and what the decision rests on."""

    by: str
    on: str
    note: str = ""


@dataclass(frozen=True)
class Publication:
    """What one published pack printed: pairs of `PrintedFigure.key` and text, in order, each once."""

    manifest_sha256: str
    figures: tuple[tuple[str, str], ...]
    sign_off: SignOff

    @classmethod
    def of(cls, manifest_sha256: str, figures: Iterable[PrintedFigure], sign_off: SignOff) -> Publication:
        return cls(manifest_sha256, tuple(sorted({(figure.key, figure.text) for figure in figures})), sign_off)


@dataclass(frozen=True)
class Entry:
    """A period whose pack has been published: latest publication first, then those that it superseded.

    `authority` is the council's code; `synthetic` says whether invented returns are behind the figures.
    """

    period: str
    authority: str
    synthetic: bool
    publications: tuple[Publication, ...]

    @property
    def latest(self) -> Publication:
        return self.publications[0]

    def figures(self) -> Iterator[tuple[str, str]]:
        """What is known of this period: each number as it was last printed or hidden.

        A superseded publication stays known, and so does what it alone shows. Where a later one shows the same number
        otherwise, the later one holds: two values of one number cannot both be true, and what a later pack hides after
        it has been printed is a secret no more, which no later pack can mend.
        """
        told: set[str] = set()
        for publication in self.publications:
            yield from (pair for pair in publication.figures if pair[0] not in told)
            told.update(key for key, _ in publication.figures)

    @property
    def sha256(self) -> str:
        """Hash of the file of the entry's figures."""
        return _sha256(_entry_text(self))


@dataclass(frozen=True)
class Register:
    """What has been published, by period."""

    entries: tuple[Entry, ...] = ()

    def entry(self, period: str) -> Entry | None:
        return next((entry for entry in self.entries if entry.period == period), None)

    def without(self, period: str) -> Register:
        """What a pack of `period` is made from: all entries but its own."""
        return Register(tuple(entry for entry in self.entries if entry.period != period))

    def figures(self, *, without: str = "") -> list[PrintedFigure]:
        """What a reader knows from the signed-off packs but that of the period `without`: each figure once, in order."""
        pairs = {pair for entry in self.without(without).entries for pair in entry.figures()}
        return [PrintedFigure.from_key(key, text) for key, text in sorted(pairs)]

    def digest(self, *, without: str = "") -> str:
        """Hash of all figures but those of the period `without`. Who signed, and in which order, does not change it."""
        return _sha256(json.dumps([(entry.period, entry.sha256) for entry in self.without(without).entries]))

    def only_of(self, authority: str, *, synthetic: bool) -> None:
        """Raise `PanelpackError` for an entry of another council, or of invented figures among real ones.

        Figures of different origin are no equations of one another: attacked together they would prove nothing.
        """
        for entry in self.entries:
            if entry.authority != authority:
                other = f"the council {entry.authority}, not {authority}"
            elif entry.synthetic != synthetic:
                other = "synthetic returns" if entry.synthetic else "a council's own returns, not synthetic ones"
            else:
                continue
            raise PanelpackError(
                f"The register of releases has the pack {entry.period} of {other}. Keep a register for each: name another "
                "folder in authority.toml ([data] releases), or with --releases."
            )

    def with_entry(self, entry: Entry) -> Register:
        """The register with `entry`; what it has of the same period already is superseded by it."""
        standing = self.entry(entry.period)
        if standing is not None:
            entry = replace(entry, publications=(*entry.publications, *standing.publications))
        return Register(tuple(sorted((*self.without(entry.period).entries, entry), key=lambda each: each.period)))


def read_register(folder: Path) -> Register:
    """The register in `folder`; an absent or empty folder is a register without entries.

    Raises
    ------
    PanelpackError
        Naming the file that is missing, was edited or is not in the list of the register.
    """
    found = _files(folder)
    if not found:
        return Register()
    listed = _listed(folder)
    for name in sorted(found - listed.keys() - {LIST}):
        raise PanelpackError(
            f"{folder / name} is not in the register of releases. Take it out of the folder: `panelpack signoff` alone adds "
            "to the register."
        )
    texts = {name: _verified(folder, name, digest) for name, digest in listed.items()}
    return Register(tuple(_entry(folder, period, texts) for period in sorted(_periods(folder, listed))))


def extend(folder: Path, entry: Entry, *, replacing: bool = False) -> Register:
    """Add the publication of `entry` to the register in `folder`; returns the register as it is then.

    The same pack a second time changes nothing. With `replacing`, another pack of the same period supersedes the one that
    stands: the earlier figures stay in the register, for they have been read.

    Raises
    ------
    PanelpackError
        When the register is damaged, holds another pack of the period and `replacing` is not set, or is of another council
        or of other returns; when the folder cannot be written.
    ValueError
        For a figure that does not say which number it shows, or a period that is none.
    """
    if Period.parse(entry.period).code != entry.period:
        raise ValueError(f"{entry.period!r} is not the code of a period")
    for key, text in entry.latest.figures:
        PrintedFigure.from_key(key, text)
    register = read_register(folder)
    register.only_of(entry.authority, synthetic=entry.synthetic)
    standing = register.entry(entry.period)
    if standing is not None:
        if standing.latest.manifest_sha256 == entry.latest.manifest_sha256:
            return register
        if not replacing:
            raise PanelpackError(
                f"Another pack of {entry.period} was signed off by {standing.latest.sign_off.by} on "
                f"{standing.latest.sign_off.on}. If this one is to take its place, use --replace; the figures of the first stay "
                "in the register, for they have been published."
            )
    register = register.with_entry(entry)
    try:
        _write(folder, register, entry.period)
    except OSError as error:
        raise PanelpackError(f"The register of releases in {folder} cannot be written: {error.strerror}.") from None
    return register


def _write(folder: Path, register: Register, period: str) -> None:
    """Write the list and the files of `period`. New files first under hidden names, then the list, which decides; then they take their places.

    Stopped before the list is written, the register is as it was; stopped after, `_verified` finds the files where they are.
    """
    folder.mkdir(parents=True, exist_ok=True)
    texts = _texts(register.entry(period))
    for name, text in texts.items():
        write_whole(_aside(folder, name), text)
    listed = {name: _sha256(text) for each in register.entries for name, text in _texts(each).items()}
    files = [{"file": name, "sha256": digest} for name, digest in sorted(listed.items())]
    write_whole(folder / LIST, json.dumps({"format": FORMAT, "files": files}, indent=1) + "\n")
    for name in texts:
        os.replace(_aside(folder, name), folder / name)


def _texts(entry: Entry) -> dict[str, str]:
    return {_figures_file(entry.period): _entry_text(entry), _sign_off_file(entry.period): _sign_offs_text(entry)}


def _figures_file(period: str) -> str:
    return f"{period}.json"


def _sign_off_file(period: str) -> str:
    return f"{period}.signoff.json"


def _aside(folder: Path, name: str) -> Path:
    return folder / f".{name}.new"


def _entry_text(entry: Entry) -> str:
    """The figures' file: a line for each figure, so that a change can be read in git."""
    about = {"period": entry.period, "edition": "public", "authority": entry.authority, "synthetic": entry.synthetic}
    publications = ",\n".join(
        f'{{"manifest_sha256": {json.dumps(each.manifest_sha256)}, "figures": [\n{_lines(each.figures)}\n]}}'
        for each in entry.publications
    )
    return f'{{"format": {FORMAT}, "pack": {json.dumps(about)}, "publications": [\n{publications}\n]}}\n'


def _lines(pairs: Iterable[tuple[str, str]]) -> str:
    return ",\n".join(json.dumps(pair, ensure_ascii=False) for pair in pairs)


def _sign_offs_text(entry: Entry) -> str:
    sign_offs = [
        {
            "manifest_sha256": each.manifest_sha256,
            "by": each.sign_off.by,
            "on": each.sign_off.on,
            "note": each.sign_off.note,
        }
        for each in entry.publications
    ]
    content = {"format": FORMAT, "period": entry.period, "sign_offs": sign_offs}
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def _files(folder: Path) -> set[str]:
    """What lies in the folder, but for its README and hidden files."""
    try:
        names = {path.name for path in folder.iterdir()}
    except FileNotFoundError:
        return set()
    except OSError as error:
        raise PanelpackError(f"The register of releases in {folder} cannot be read: {error.strerror}.") from None
    return {name for name in names if name not in NOT_ENTRIES and not name.startswith(".")}


def _listed(folder: Path) -> dict[str, str]:
    """Name and hash of each file of the register."""
    text = _read(folder / LIST)
    if text is None:
        raise _damaged(folder, LIST, "is missing")
    try:
        content = json.loads(text)
        if content["format"] != FORMAT:
            raise PanelpackError(
                f"{folder / LIST} has the format {content['format']!r}, which this version of panelpack does not know. Use the "
                "version that wrote it."
            )
        return {each["file"]: each["sha256"] for each in content["files"]}
    except (ValueError, KeyError, TypeError):
        raise _damaged(folder, LIST, "cannot be read") from None


def _periods(folder: Path, listed: dict[str, str]) -> list[str]:
    """The periods with an entry: each has its two files, and there are no others."""
    periods = [name.removesuffix(".signoff.json") for name in listed if name.endswith(".signoff.json")]
    if listed.keys() != {file(period) for period in periods for file in (_figures_file, _sign_off_file)}:
        raise _damaged(folder, LIST, "does not list two files for each period")
    return periods


def _verified(folder: Path, name: str, digest: str) -> str:
    """The text of a file with this hash. A sign-off that was stopped at its last step left it under its hidden name."""
    texts = [_read(folder / name), _read(_aside(folder, name))]
    for text in texts:
        if text is not None and _sha256(text) == digest:
            return text
    raise _damaged(folder, name, "is missing" if texts[0] is None else "is not as it was signed off")


def _read(path: Path) -> str | None:
    """The text of a file to the last byte; None where there is none, and text that no hash fits where it cannot be read."""
    try:
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError):
        return ""


def _entry(folder: Path, period: str, texts: dict[str, str]) -> Entry:
    name = _figures_file(period)
    try:
        told, signed = json.loads(texts[name]), json.loads(texts[_sign_off_file(period)])
        about = told["pack"]
        entry = Entry(
            about["period"],
            about["authority"],
            about["synthetic"],
            tuple(
                Publication(
                    printed["manifest_sha256"],
                    tuple((key, text) for key, text in printed["figures"]),
                    SignOff(decision["by"], decision["on"], decision["note"]),
                )
                for printed, decision in zip(told["publications"], signed["sign_offs"], strict=True)
            ),
        )
    except (ValueError, KeyError, TypeError):
        raise _damaged(folder, name, "cannot be read") from None
    # An entry that would be written in other words has been edited, its hash in the list with it.
    if entry.period != period or any(texts[file] != text for file, text in _texts(entry).items()):
        raise _damaged(folder, name, "is not as panelpack writes it")
    return entry


def _damaged(folder: Path, name: str, what: str) -> PanelpackError:
    return PanelpackError(
        f"{folder / name} {what}. Restore the folder as it was last committed (git restore {folder.name}) and never edit it by "
        "hand: what has been published decides what the next pack may show."
    )


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
