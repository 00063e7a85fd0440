"""A region: a folder with a folder for each of several authorities, whose returns are never joined."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from analysis_lib.authority import FILE_NAME, read_authority
from analysis_lib.errors import UsageError
from analysis_lib.sources.files.opening import KINDS


def authorities_in(folder: Path) -> list[Path]:
    """The folders of the authorities when `folder` is a region, in the order of their names; empty when it is none.

    A folder is a region when folders straight in it have an `authority.toml`; the returns of each lie beside or below
    that file. The published figures that these files name may lie in the region too, and no other table.

    Raises `UsageError` when there are other files that could be returns: nothing says whose they are.
    """
    homes = sorted(card.parent for card in folder.glob(f"*/{FILE_NAME}"))
    if homes:
        published = {place.resolve() for home in homes for place in _published(home)}
        _refuse_returns_outside(folder, {*(home.resolve() for home in homes), *published}, homes[0].name)
    return homes


def _published(home: Path) -> list[Path]:
    """The folder of published figures that an authority names; none where its file cannot be read, which others say."""
    with suppress(UsageError):
        return [read_authority(home).published]
    return []


def refuse_region(folder: Path) -> None:
    """Raises `UsageError` for a region where the returns of one authority are wanted."""
    homes = authorities_in(folder)
    if homes:
        raise UsageError(
            f"{folder} is a region: it holds the returns of {len(homes)} authorities, each with its {FILE_NAME}, and they "
            f"are never joined. `panelpack run --region {folder}` makes the packs of each; --authority "
            f"{folder / homes[0].name} names one of them."
        )


def _refuse_returns_outside(region: Path, known: set[Path], example: str) -> None:
    for path in sorted(region.rglob("*")):
        is_hidden = any(part.startswith(".") for part in path.relative_to(region).parts)
        if path.suffix.lower() in KINDS and not is_hidden and not known.intersection(path.resolve().parents):
            raise UsageError(
                f"{region} holds folders of authorities ({example}, with its {FILE_NAME}) and other files beside them: "
                f"{path.relative_to(region).as_posix()}. Move these into the folder of the authority that they belong to."
            )
