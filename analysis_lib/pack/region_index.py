"""The page of a region: its authorities by name, each with its packs, what these lack, and the headlines of the newest.

It is made from the manifests of the packs that stand, and from each authority's register; like the page of all periods it
stands outside every pack, and is read back before it is written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from analysis_lib.authority import Authority, within
from analysis_lib.disclosure.register import Register, read_register
from analysis_lib.errors import PanelpackError
from analysis_lib.pack.all_periods import Pack, files_to_read, findings_on, packs_in, state
from analysis_lib.pack.index import INDEX, data_quality, heading, render
from analysis_lib.pack.printed import FIGURE, ROUNDED
from analysis_lib.pack.publish import OWNER_ONLY_FOLDER, edition_folder, one_at_a_time
from analysis_lib.sources.region import authorities_in
from analysis_lib.whole_files import write_whole

TEMPLATE = "region.html.j2"
NO_REGISTER = "Draft: the register of what was signed off cannot be read."


@dataclass(frozen=True)
class _Member:
    """One authority of the region: the name of its folder, its own name, its packs (the latest period first), their states."""

    folder: str
    name: str
    packs: tuple[Pack, ...]
    states: tuple[dict | None, ...]

    @property
    def told(self) -> list[str]:
        """The texts about it that are accounted for where they come from."""
        states = [each["words"] for each in self.states if each]
        return [self.name, *states, *(missing["reason"] for _, pack in self.packs for missing in pack["not_made"])]

    def place(self, edition: str) -> str:
        """Where its packs of an edition stand, from the page of the region on: that of the restricted edition stands beside
        the authorities' folders, not above them."""
        return f"{self.folder}/" if edition == "public" else f"../{self.folder}/restricted/"

    def addresses(self, edition: str) -> list[str]:
        """Where the page of the region may lead for it."""
        pages = [f"{path.name}/{name}" for path, pack in self.packs for name in files_to_read(pack)]
        return [self.place(edition) + page for page in (INDEX, *pages)]


def write_region_index(project: Authority, region: Path, output: Path, edition: str) -> Path:
    """Write the page of the region whose packs stand below `output`; runs that end at once write one after the other.

    Returns its place. Raises `PanelpackError` where it would print what no pack has printed.
    """
    place = edition_folder(output, edition) / INDEX
    place.parent.mkdir(parents=True, exist_ok=True)
    with one_at_a_time(output, "index"):
        if edition != "public":
            place.parent.chmod(OWNER_ONLY_FOLDER)
        write_whole(place, region_index(project, region, output, edition), owner_only=edition != "public")
    return place


def region_index(project: Authority, region: Path, output: Path, edition: str) -> str:
    """The page of the region: every authority that has a folder there, by name, and what stands of each below `output`.

    Authorities are not ranked. Raises `PanelpackError` where the page would print what no pack in the folder has printed, or
    one authority's figures under the name of another.
    """
    members = [_member(project, folder, output, edition) for folder in authorities_in(region)]
    members.sort(key=lambda member: (member.name, member.folder))
    page = _page(members, edition)
    for whole in [members, *([member] for member in members)]:
        shown = page if len(whole) > 1 or whole == members else _page(whole, edition)
        _refuse(shown, whole, edition)
    return page


def _member(project: Authority, folder: Path, output: Path, edition: str) -> _Member:
    packs = packs_in(output / folder.name, edition)
    name = packs[0][1]["authority"]["name"] if packs else folder.name
    register: Register | None = None
    try:
        authority = within(project, folder)
        name, packs = authority.name, [pack for pack in packs if pack[1]["authority"]["code"] == authority.area.code]
        register = read_register(authority.releases)
    except PanelpackError:  # what is wrong with its file or register stops its own packs, not this page
        pass
    return _Member(folder.name, name, tuple(packs), tuple(_state(pack, register, edition) for pack in packs))


def _state(pack: Pack, register: Register | None, edition: str) -> dict | None:
    """Whether a pack may be published; None for one of the restricted edition, which nobody signs off."""
    if edition != "public":
        return None
    return {"is_signed_off": False, "words": NO_REGISTER} if register is None else state(*pack, register)


def _page(members: Sequence[_Member], edition: str) -> str:
    newest = [member.packs[0][1] for member in members if member.packs]
    return render(
        TEMPLATE,
        edition=edition,
        synthetic=any(pack["synthetic"] for pack in newest),
        members=[_shown(member, edition) for member in members],
    )


def _shown(member: _Member, edition: str) -> dict:
    """What the template has of an authority."""
    newest = member.packs[0] if member.packs else None
    return {
        "place": member.place(edition),
        "name": member.name,
        "packs": [
            {"folder": path.name, "heading": heading(pack), "state": said, "not_made": pack["not_made"]}
            for (path, pack), said in zip(member.packs, member.states, strict=True)
        ],
        "quality": data_quality(newest[1]).marked if newest else "",
        "pages": [page for page in newest[1]["pages"] if page.get("headlines")] if newest else [],
    }


def _refuse(page: str, members: Sequence[_Member], edition: str) -> None:
    packs = [pack for member in members for pack in member.packs]
    if not packs:
        return
    told = [text for member in members for text in member.told]
    linked = [address for member in members for address in member.addresses(edition)]
    found = findings_on(page, packs, told, kinds=(FIGURE, ROUNDED), linked=linked)
    if found:
        raise PanelpackError(f"The page of the region was not written: {found[0]}")
