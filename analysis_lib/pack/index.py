"""The front page of a pack and the page that lists all packs, both from manifests alone."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from analysis_lib.disclosure.register import Register
from analysis_lib.pack import manifest as manifests
from analysis_lib.pack.export import page_environment, page_faults
from analysis_lib.pack.manifest import read_manifest
from analysis_lib.pack.publish import edition_folder
from analysis_lib.periods import day_in_words
from analysis_lib.whole_files import write_whole

INDEX = "index.html"
ORIGIN_WORDS = {"synthetic": "Synthetic", "returns": "Council returns", "published": "Published"}


def pack_index(manifest: dict) -> str:
    """The front page of one pack: each question, the first of its answer, and what is not there."""
    return _render(
        "index.html.j2",
        heading=_heading(manifest),
        authority=manifest["authority"]["name"],
        period=manifest["period"],
        edition=manifest["edition"],
        synthetic=manifest["synthetic"],
        version=manifest["package"]["version"],
        input_hash=manifest["input_hash"],
        pages=manifest["pages"],
        not_made=manifest["not_made"],
        correction=manifest.get("correction"),
        origin_words=ORIGIN_WORDS,
    )


def all_packs_index(output: Path, edition: str, register: Register) -> str | None:
    """The page that lists every pack of `edition` in the output folder, latest period first; None when there is none.

    Packs of the public edition are drafts, or signed off as `register` has it.
    """
    folder = edition_folder(output, edition)
    found = [(path, read_manifest(path)) for path in sorted(folder.iterdir())] if folder.is_dir() else []
    packs = [(path, each) for path, each in found if each and each["edition"] == edition]
    if not packs:
        return None
    packs.sort(key=lambda pack: (pack[1]["last_day"], pack[1]["first_day"]), reverse=True)
    return _render(
        "periods.html.j2",
        authority=packs[0][1]["authority"]["name"],
        edition=edition,
        synthetic=any(each["synthetic"] for _, each in packs),
        packs=[
            {
                "folder": path.name,
                "heading": _heading(each),
                "state": state(path, each, register) if edition == "public" else None,
                "pages": each["pages"],
                "not_made": len(each["not_made"]),
            }
            for path, each in packs
        ],
    )


def write_all_packs_index(output: Path, edition: str, register: Register) -> None:
    """Write the page that lists all packs of an edition, where there is one."""
    page = all_packs_index(output, edition, register)
    if page is not None:
        write_whole(edition_folder(output, edition) / INDEX, page, owner_only=edition != "public")


def state(folder: Path, manifest: dict, register: Register) -> dict:
    """Whether the pack in `folder` may be published: `is_signed_off`, and in words.

    A decision holds for the files that it was made on: when the manifest or one of its files is another, the pack is a
    draft again.
    """
    entry = register.entry(manifest["period"])
    if entry is None or entry.authority != manifest["authority"]["code"]:
        return {"is_signed_off": False, "words": "Draft: nobody has decided to publish it."}
    decided = entry.latest.sign_off
    by = f"signed off by {decided.by} on {day_in_words(pd.Timestamp(decided.on))}"
    is_the_same = entry.latest.manifest_sha256 == manifests.sha256(folder / manifests.NAME)
    if is_the_same and not manifests.altered_files(folder, manifest):
        return {"is_signed_off": True, "words": f"S{by[1:]}.{_corrects(manifest)}"}
    return {"is_signed_off": False, "words": f"Draft: it has changed since a pack of this period was {by}."}


def _corrects(manifest: dict) -> str:
    """What follows the state of a pack that takes the place of another; empty for every other."""
    told = manifest.get("correction")
    if not told:
        return ""
    return f" It corrects the pack signed off by {told['first_by']} on {day_in_words(pd.Timestamp(told['first_on']))}."


def _heading(manifest: dict) -> str:
    label = manifest["period_label"]
    return label[:1].upper() + label[1:]


def _render(template: str, **facts) -> str:
    page = page_environment().get_template(template).render(**facts)
    faults = page_faults(page)
    if faults:
        raise ValueError(f"{template}: {faults[0]}")
    return page
