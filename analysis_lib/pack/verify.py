"""Whether a pack can be made again: rebuilt aside from today's inputs as its manifest says it was made, and compared.

With the versions that the manifest names, every byte agrees; with others, every printed figure. Nothing of the output
folder is read but the pack, and nothing is written there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from analysis_lib.authority import Authority
from analysis_lib.disclosure.register import Register, extend, read_register
from analysis_lib.errors import PanelpackError, UsageError
from analysis_lib.own_folders import OwnFolder
from analysis_lib.pack import manifest as manifests
from analysis_lib.pack.build import FAILED, Request, build_packs
from analysis_lib.pack.printed import MARKS, read_pack
from analysis_lib.pack.publish import pack_folder

if TYPE_CHECKING:
    from analysis_lib.pack.run import Progress

MOST_SHOWN = 10  # lines of a kind; --json has all
NO_REASON = "Nothing that the pack is made from has changed, so this should not be: please report it."


@dataclass(frozen=True)
class Verification:
    """What came of making a pack again.

    Attributes
    ----------
    same : every byte agrees, or, where versions differ, every printed figure
    altered : how the files of the pack are no more what its manifest says
    versions : packages of another version than then, with both
    differ : the files that come out otherwise
    figures : printed figures that come out otherwise: page, key, then and now
    compared : how many printed figures the pack has
    why : what of that from which the pack was made has changed, a line each
    notes : what else is to be known
    """

    period: str
    edition: str
    same: bool
    altered: tuple[str, ...]
    versions: tuple[str, ...]
    differ: tuple[str, ...]
    figures: tuple[str, ...]
    compared: int
    why: tuple[str, ...]
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict:
        return asdict(self)

    def lines(self) -> list[str]:
        """The result for people."""
        what = f"{self.period} ({self.edition} edition)"
        if self.same and not self.versions:
            head = f"{what}: made again, every byte agrees."
        elif self.same:
            head = f"{what}: made again with other versions, all {self.compared:,} printed figures agree."
        else:
            head = f"{what}: made again, it does not agree with the pack that stands."
        told = [("Changed since the pack was made", self.altered), ("Other versions", self.versions)]
        if not self.same:
            told.append(("Files that come out otherwise", self.differ))
            told.append((f"Figures that come out otherwise, of {self.compared:,}", self.figures))
            told.append(("Why", self.why or (NO_REASON,)))
        told.append(("To know", self.notes))
        return [head, *(line for title, lines in told if lines for line in _listed(title, lines))]


def _listed(title: str, lines: tuple[str, ...]) -> list[str]:
    more = len(lines) - MOST_SHOWN
    return [f"{title}:", *(f"  {each}" for each in lines[:MOST_SHOWN]), *([f"  and {more:,} more"] if more > 0 else [])]


def verify(
    authority: Authority,
    pack: Path,
    *,
    progress: Progress,
    data: Path | None = None,
    releases: Path | None = None,
    jobs: int = 1,
) -> Verification:
    """Make the pack in the folder `pack` again, for the period, edition, notebooks and parameters of its manifest, and with
    what the register held then.

    Parameters
    ----------
    data, releases : folders of returns and of the register; None for those that `authority.toml` names
    jobs : notebooks at work at once

    Raises
    ------
    UsageError
        Where there is no pack that this version can read, or it asks for a notebook or parameter that is no more.
    PanelpackError
        When it cannot be made again at all: the data cannot be used, a notebook fails, the register is damaged.
    """
    then = manifests.read_manifest(pack)
    if then is None:
        raise UsageError(f"There is no pack in {pack} that this version of panelpack can read.")
    register = read_register(releases or authority.releases)
    with OwnFolder("panelpack-verify-") as aside:
        as_then = _register_as_then(register, then, aside / "releases")
        output = aside / "outputs"
        outcome = build_packs(authority, _request(then, output, data, as_then), jobs=jobs, progress=progress)
        if not outcome.published:
            raise PanelpackError("\n".join(["The pack could not be made again:", *outcome.not_made]))
        again = pack_folder(output, then["period"], then["edition"])
        return _compared(pack, then, again, _entries_lost(register, then))


def _request(then: Mapping, output: Path, data: Path | None, releases: Path) -> Request:
    """What failed then is tried again: the index says whether it did."""
    own, made = ("period", "edition"), [page["notebook"] for page in then["pages"]]
    parameters = {
        name: str(value) for page in then["pages"] for name, value in page["parameters"].items() if name not in own
    }
    return Request(
        periods=[then["period"]],
        edition=then["edition"],
        output=output,
        notebooks=[*made, *(each["notebook"] for each in then["not_made"] if each["reason"] == FAILED)],
        parameters=parameters,
        data=data,
        releases=releases,
    )


def _register_as_then(register: Register, then: Mapping, folder: Path) -> Path:
    """A register of what the pack knew: packs signed off since, other than its own, are left out. A correction is of the
    pack's own period, and is looked up there; the pack itself is not made from it."""
    known = {each["period"] for each in then["register"]["packs"]} | {then["period"]}
    folder.mkdir()
    for entry in register.entries:
        if entry.period in known:
            _copy(entry, folder)
    return folder


def _copy(entry, folder: Path) -> None:
    """Add an entry with all its publications, the earliest first, as they were signed off."""
    for publication in reversed(entry.publications):
        extend(folder, type(entry)(entry.period, entry.authority, entry.synthetic, (publication,)), replacing=True)


def _entries_lost(register: Register, then: Mapping) -> list[str]:
    """Signed-off packs that the pack was made with, and of which the register has nothing or another by now."""
    lost = []
    for told in then["register"]["packs"]:
        entry = register.entry(told["period"])
        if entry is None:
            lost.append(f"the register of releases has no pack {told['period']} any more")
        elif entry.latest.manifest_sha256 != told["manifest_sha256"]:
            lost.append(f"another pack {told['period']} has been signed off since")
    return lost


def _compared(pack: Path, then: Mapping, again: Path, lost: list[str]) -> Verification:
    now = manifests.read_manifest(again)
    altered = manifests.altered_files(pack, then)
    versions = _versions(then["versions"], now["versions"])
    differ = _files(then["outputs"], now["outputs"])
    rest = _without_commit(then) != _without_commit(now)
    if rest and not differ and not versions:
        differ = [f"{manifests.NAME}, in {', '.join(_parts_of_manifest(then, now))}"]
    before, after = _figures(pack), _figures(again)
    figures = [
        f"{page}, {key}: {_said(before.get((page, key)))} then, {_said(after.get((page, key)))} now"
        for page, key in sorted(before.keys() | after.keys())
        if before.get((page, key)) != after.get((page, key))
    ]
    is_same = not altered and not (figures if versions else differ)
    return Verification(
        period=then["period"],
        edition=then["edition"],
        same=is_same,
        altered=tuple(altered),
        versions=tuple(versions),
        differ=tuple(differ),
        figures=tuple(figures),
        compared=len(before),
        why=tuple(_why(then, now, lost, versions)) or (("the pack's own files were changed",) if altered else ()),
        notes=tuple(_notes(then, now)),
    )


def _said(texts: tuple[str, ...] | None) -> str:
    return " and ".join(texts) if texts else "not there"


def _versions(then: Mapping, now: Mapping) -> list[str]:
    return [
        f"{name} {then.get(name, 'none')}, now {now.get(name, 'none')}"
        for name in sorted({*then, *now})
        if then.get(name) != now.get(name)
    ]


def _files(then: list[dict], now: list[dict]) -> list[str]:
    """The files of a pack that are not the same again."""
    before, after = ({each["path"]: each["sha256"] for each in files} for files in (then, now))
    said = {True: "", False: " (not made now)"}
    return [
        path + ("" if path in before else " (not in the pack)") + said[path in after]
        for path in sorted(before.keys() | after.keys())
        if before.get(path) != after.get(path)
    ]


def _figures(folder: Path) -> dict[tuple[str, str], tuple[str, ...]]:
    """Page and key to what is printed there, in every wording that the page has of it."""
    found: dict[tuple[str, str], set[str]] = {}
    for page in read_pack(folder).pages:
        for mark in page.marks:
            if mark.kind in MARKS:
                found.setdefault((page.name, " ".join(mark.keys)), set()).add(mark.text)
    return {where: tuple(sorted(texts)) for where, texts in found.items()}


def _without_commit(manifest: Mapping) -> dict:
    package = {key: value for key, value in manifest["package"].items() if key not in ("commit", "dirty")}
    return {**manifest, "package": package}


def _parts_of_manifest(then: Mapping, now: Mapping) -> list[str]:
    before, after = _without_commit(then), _without_commit(now)
    return [name for name in sorted(before.keys() | after.keys()) if before.get(name) != after.get(name)]


def _why(then: Mapping, now: Mapping, lost: list[str], versions: list[str]) -> Iterator[str]:
    """What has changed of all that a pack is made from."""
    before, after = ({each["path"]: each["sha256"] for each in told["inputs"]} for told in (then, now))
    for path in sorted(before.keys() | after.keys()):
        if before.get(path) != after.get(path):
            way = "is new" if path not in before else "is gone" if path not in after else "has changed"
            yield f"the input {path} {way}"
    pages = {page["notebook"]: page for page in now["pages"]}
    for page in then["pages"]:
        if pages.get(page["notebook"], page)["notebook_sha256"] != page["notebook_sha256"]:
            yield f"the notebook {page['notebook']} has changed"
    for name in sorted(then["settings"].keys() | now["settings"].keys()):
        if then["settings"].get(name) != now["settings"].get(name):
            yield f"the settings of the authority have changed: [{name}] in authority.toml"
    if then["key"].get("library") != now["key"].get("library"):
        packages = then["package"]["version"], now["package"]["version"]
        which = f": {packages[0]} then, {packages[1]} now" if packages[0] != packages[1] else ""
        yield f"the library analysis_lib has changed{which}"
    if then["register"] != now["register"]:
        yield from lost or ["the register of releases has changed"]
    if then["correction"] != now["correction"]:
        yield "what the pack says that it corrects has changed (commentary/<period>/correction.toml)"
    if versions:
        yield "other versions of the packages"


def _notes(then: Mapping, now: Mapping) -> Iterator[str]:
    commits = [told["package"]["commit"] for told in (then, now)]
    if commits[0] != commits[1]:
        yield f"The pack was made at the commit {commits[0] or 'none'}; this was {commits[1] or 'none'}."
    for told, when in ((then, "the pack was made"), (now, "it was made again")):
        if told["package"]["dirty"]:
            yield f"When {when}, files differed from that commit."
    for missing in then["not_made"]:
        if missing["notebook"] in {page["notebook"] for page in now["pages"]}:
            yield f"The page {missing['notebook']}, which the pack lacks, can be made now."
