"""The page that lists all packs of an output folder, with small lines and sign-off states, from manifests alone.

It stands outside every pack, so no audit of a pack reads it: it is read back here before it is written.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

import pandas as pd

from analysis_lib.disclosure.register import Register
from analysis_lib.errors import PanelpackError
from analysis_lib.pack import accounts
from analysis_lib.pack import manifest as manifests
from analysis_lib.pack.finding import Finding
from analysis_lib.pack.hidden import what_is_hidden
from analysis_lib.pack.index import INDEX, heading, render
from analysis_lib.pack.manifest import read_manifest
from analysis_lib.pack.printed import FIGURE, Place, PrintedPack, read_page
from analysis_lib.pack.publish import edition_folder, one_at_a_time
from analysis_lib.periods import day_in_words
from analysis_lib.report.number_words import vocabulary
from analysis_lib.whole_files import write_whole

MOST_PERIODS = 6  # columns of the tables: the newest ones

Pack = tuple[Path, dict]


def write_all_packs_index(output: Path, edition: str, register: Register) -> str | None:
    """Write the page that lists all packs of an edition, where there is one, and give it; runs that end at once write one
    after the other."""
    with one_at_a_time(output, "index"):
        page = all_packs_index(output, edition, register)
        if page is not None:
            write_whole(edition_folder(output, edition) / INDEX, page, owner_only=edition != "public")
        return page


def all_packs_index(output: Path, edition: str, register: Register) -> str | None:
    """The page that lists every pack of `edition` in the output folder, latest period first; None when there is none.

    Packs of the public edition are drafts, or signed off as `register` has it. Raises `PanelpackError` where the page
    would print what no pack in the folder has printed, or hold what a reader does not see.
    """
    packs = packs_in(output, edition)
    if not packs:
        return None
    states = [state(path, each, register) if edition == "public" else None for path, each in packs]
    page = render(
        "periods.html.j2",
        authority=packs[0][1]["authority"]["name"],
        edition=edition,
        synthetic=any(each["synthetic"] for _, each in packs),
        newest=packs[0][0].name,
        periods=[{"folder": path.name, "heading": heading(each)} for path, each in packs[:MOST_PERIODS]],
        trends=_trends(packs),
        packs=[
            {
                "folder": path.name,
                "heading": heading(each),
                "state": said,
                "pages": each["pages"],
                "not_made": len(each["not_made"]),
            }
            for (path, each), said in zip(packs, states, strict=True)
        ],
    )
    found = findings_on(page, packs, [each["words"] for each in states if each])
    if found:
        raise PanelpackError(f"The page of all periods was not written: {found[0]}")
    return page


def packs_in(output: Path, edition: str) -> list[Pack]:
    """Every pack of `edition` in the output folder with its manifest, the latest period first."""
    folder = edition_folder(output, edition)
    found = [(path, read_manifest(path)) for path in sorted(folder.iterdir())] if folder.is_dir() else []
    packs = [(path, each) for path, each in found if each and each["edition"] == edition]
    return sorted(packs, key=lambda pack: (pack[1]["last_day"], pack[1]["first_day"]), reverse=True)


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


def _trends(packs: Sequence[Pack]) -> list[dict]:
    """For each page of the newest pack: its headlines, each with the small line and what every pack says of it."""
    return [
        {
            "title": page["title"],
            "file": page["file"],
            "notebook": page["notebook"],
            "rows": [
                {
                    "card": card,
                    "cells": [_card_of(each, page["notebook"], card["title"]) for _, each in packs[:MOST_PERIODS]],
                }
                for card in page["headlines"]
            ],
        }
        for page in packs[0][1]["pages"]
        if page.get("headlines")
    ]


def _card_of(manifest: dict, notebook: str, title: str) -> dict | None:
    """The headline of this title in a pack; None where it has none."""
    cards = [card for page in manifest["pages"] if page["notebook"] == notebook for card in page.get("headlines", ())]
    return next((card for card in cards if card["title"] == title), None)


def findings_on(
    html: str,
    packs: Sequence[Pack],
    told: Collection[str],
    *,
    kinds: Collection[str] = (FIGURE,),
    linked: Collection[str] | None = None,
) -> list[Finding]:
    """What a page of several packs prints that no headline of them has, and what a reader would not see.

    `told` are texts that are accounted for elsewhere, `kinds` the marks that it may have, `linked` the files that it
    may lead to (None: those of the packs, which stand beside it).
    """
    page = read_page(INDEX, html)
    files = linked or [f"{path.name}/{name}" for path, each in packs for name in files_to_read(each)]
    around = PrintedPack(packs[0][0].parent, tuple(files), (page,), {}, {})
    headlines = [card for _, each in packs for one in each["pages"] for card in one.get("headlines", ())]
    printed = {(card["key"], card["text"]) for card in headlines}
    strange = [
        Finding(accounts.NUMBER, str(mark.place), "a figure that is no headline of a pack", accounts.GIVE_AS_FIGURE)
        for mark in page.marks
        if mark.kind not in kinds or (mark.kind == FIGURE and (mark.keys[0], _symbol(mark.text)) not in printed)
    ]
    words = accounts.Vocabulary([*vocabulary(), *accounts.names_of_groups(around)])
    return [
        *strange,
        *what_is_hidden(page),
        *accounts.numbers_on(around, page, words, told),
        *(
            Finding("link", str(Place(INDEX)), "a link to the restricted edition", "")
            for each in _links(page)
            if _is_out(each) and each not in (linked or ())
        ),
    ]


def files_to_read(manifest: dict) -> list[str]:
    """The pages of a pack that an index leads to."""
    return [INDEX, *(page["file"] for page in manifest["pages"])]


def _symbol(text: str) -> str:
    """What is printed, or "c" where a sentence says in words, such as "a number too small to show", that it is hidden."""
    return text if any(letter.isdigit() for letter in text) or len(text) <= 3 else "c"


def _links(page) -> list[str]:
    return [each.attributes["href"] for each in page.root.find("a") if "href" in each.attributes]


def _is_out(link: str) -> bool:
    return link.startswith(("/", ".", "restricted"))
