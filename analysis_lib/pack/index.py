"""The front page of a pack and the page that lists all packs, both from manifests alone."""

from __future__ import annotations

from pathlib import Path

from analysis_lib.pack.export import page_environment, page_faults
from analysis_lib.pack.manifest import read_manifest
from analysis_lib.pack.publish import edition_folder

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
        origin_words=ORIGIN_WORDS,
    )


def all_packs_index(output: Path, edition: str) -> str | None:
    """The page that lists every pack of `edition` in the output folder, latest period first; None when there is none."""
    folder = edition_folder(output, edition)
    found = [read_manifest(path) for path in sorted(folder.iterdir()) if path.is_dir()] if folder.is_dir() else []
    manifests = [each for each in found if each and each["edition"] == edition]
    if not manifests:
        return None
    manifests.sort(key=lambda each: (each["last_day"], each["first_day"]), reverse=True)
    return _render(
        "periods.html.j2",
        authority=manifests[0]["authority"]["name"],
        edition=edition,
        synthetic=any(each["synthetic"] for each in manifests),
        packs=[
            {
                "period": each["period"],
                "heading": _heading(each),
                "pages": each["pages"],
                "not_made": len(each["not_made"]),
            }
            for each in manifests
        ],
    )


def _heading(manifest: dict) -> str:
    label = manifest["period_label"]
    return label[:1].upper() + label[1:]


def _render(template: str, **facts) -> str:
    page = page_environment().get_template(template).render(**facts)
    faults = page_faults(page)
    if faults:
        raise ValueError(f"{template}: {faults[0]}")
    return page
