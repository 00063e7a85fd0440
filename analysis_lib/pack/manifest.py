"""What a pack was made from and what it consists of, in one file without times or machines."""

from __future__ import annotations

import json
import subprocess
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import analysis_lib
from analysis_lib.authority import FILE_NAME, Authority
from analysis_lib.commentary import CORRECTION
from analysis_lib.disclosure.register import Register
from analysis_lib.pack.hashes import hash_of, library_hash, sha256, versions
from analysis_lib.pack.plan import PackPlan, Task
from analysis_lib.pack.publish import DECISION, RECORDS
from analysis_lib.pack.results import results_file
from analysis_lib.pack.store import Store
from analysis_lib.report.commentary import Correction

if TYPE_CHECKING:  # nbconvert takes a second to import, and a run in which nothing has changed needs none of it
    from analysis_lib.pack.export import Page

NAME = "manifest.json"
FORMAT = 1
SOURCES = (
    "analysis_lib",
    "notebooks",
    "data/raw",
    "commentary",
    FILE_NAME,
)  # what decides the outputs, for the dirty flag


def key_parts(
    authority: Authority, store: Store, register: Register, written: Mapping[str, str] | None = None
) -> dict[str, str]:
    """What every page of a pack shares, a hash for each part: so that a later run can say which of them has changed.

    `register` is what of the register the pack uses, `written` the hashes of what people have written, by name.
    """
    return {
        "data": hash_of(store.inputs),
        "register of signed-off packs": register.digest(),
        "library": library_hash(),
        "settings of the authority": hash_of(settings(authority)),
        "correction": (written or {}).get(CORRECTION, ""),
    }


def common_hash(parts: Mapping[str, str], plan: PackPlan) -> str:
    """Hash of `key_parts`, period and edition."""
    return hash_of({**parts, "period": plan.period.code, "edition": plan.edition})


def page_hash(common: str, task: Task, written: Mapping[str, str] | None = None) -> str:
    """Input hash of one page: what its pack shares, its own notebook, parameters and commentary; those of others do not
    change it."""
    return hash_of(
        {
            "common": common,
            "notebook": task.notebook.name,
            "source": task.notebook.sha256,
            "parameters": dict(task.parameters),
            "commentary": (written or {}).get(task.notebook.name, ""),
        }
    )


def pack_hash(pages: list[dict]) -> str:
    """Input hash of a pack: that of its pages together."""
    return hash_of(sorted(page["input_hash"] for page in pages))


def settings(authority: Authority) -> dict:
    """What `authority.toml` decides about the figures: all of it but where the data lies."""
    facts = tomllib.loads(authority.card.read_text(encoding="utf-8"))
    return json.loads(json.dumps({key: facts[key] for key in sorted(facts) if key != "data"}, default=str))


def commit(home: Path) -> dict:
    """The commit that `home` stands at and whether its sources differ from it; nothing where git cannot tell."""
    top = _git(home, "rev-parse", "--show-toplevel")
    if not top or Path(top).resolve() != home.resolve():
        return {"commit": None, "dirty": None}
    head = _git(home, "rev-parse", "HEAD") or None
    changed = _git(home, "status", "--porcelain", "--", *SOURCES)
    return {"commit": head, "dirty": None if changed is None else bool(changed)}


def _git(home: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", "-C", str(home), *arguments], capture_output=True, text=True, check=True, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()


def manifest(
    authority: Authority,
    store: Store,
    plan: PackPlan,
    register: Register,
    *,
    parts: Mapping[str, str],
    pages: list[dict],
    not_made: list[dict],
    outputs: dict[str, str],
    written: Mapping[str, str] | None = None,
    correction: Correction | None = None,
) -> dict:
    """The manifest of a pack.

    Parameters
    ----------
    register : what the pack uses of the register
    parts : the `key_parts`
    pages : one dict a page, as `page_entry` makes them
    not_made : notebook, title and reason of each page that is missing
    outputs : file name to SHA-256, all files but the manifest itself
    written : the hashes of what people have written for the pack, by name
    correction : what the pack corrects
    """
    return {
        "format": FORMAT,
        "authority": {"name": authority.name, "code": authority.area.code},
        "period": plan.period.code,
        "period_label": plan.period.label,
        "first_day": f"{plan.period.start:%Y-%m-%d}",
        "last_day": f"{plan.period.end:%Y-%m-%d}",
        "edition": plan.edition,
        "synthetic": store.is_synthetic,
        "complete": not not_made,
        "input_hash": pack_hash(pages),
        "key": dict(parts),
        "package": {"name": "panelpack", "version": analysis_lib.__version__, **commit(authority.home)},
        "versions": versions(),
        "settings": settings(authority),
        "extracts": [
            {
                "family": extract.family,
                "label": extract.label,
                "extract_date": f"{extract.extract_date:%Y-%m-%d}",
                "given": extract.given,
            }
            for extract in store.extracts
        ],
        "data_problems": store.problems,
        "inputs": _inputs_told(store, plan.edition, written or {}),
        "register": _register_told(register),
        "correction": _correction_told(correction),
        "pages": pages,
        "not_made": not_made,
        "outputs": [{"path": path, "sha256": digest} for path, digest in sorted(outputs.items())],
    }


def _correction_told(correction: Correction | None) -> dict | None:
    """What the pack corrects and takes the place of; None where it corrects nothing."""
    if correction is None:
        return None
    return {
        "corrects": correction.corrects,
        "what": correction.what,
        "why": correction.why,
        "by": correction.by,
        "on": f"{correction.on:%Y-%m-%d}",
        "first_by": correction.first_by,
        "first_on": f"{correction.first_on:%Y-%m-%d}",
        "words": list(correction.words),
    }


def _inputs_told(store: Store, edition: str, written: Mapping[str, str]) -> list[dict]:
    """Every raw file with its hash; a council's own returns as one entry in public, for a file's name may say too much."""
    told = dict(store.inputs)
    if edition == "public" and any(extract.label != "synthetic" for extract in store.extracts):
        returns = {path: told.pop(path) for path in list(told) if path.startswith("returns/")}
        told["returns/"] = hash_of(returns)
    told |= {f"commentary/{name}.toml": digest for name, digest in written.items()}
    return [{"path": path, "sha256": digest} for path, digest in sorted(told.items())]


def _register_told(register: Register) -> dict:
    """The signed-off packs whose figures decided what this one shows, each with the hash of its manifest."""
    packs = [{"period": entry.period, "manifest_sha256": entry.latest.manifest_sha256} for entry in register.entries]
    return {"sha256": register.digest(), "packs": packs}


def table_file(notebook: str, name: str) -> str:
    """Where in its pack the CSV of a table stands."""
    return f"tables/{notebook}/{name}.csv"


def page_entry(page: Page, input_hash: str) -> dict:
    """What the manifest says of one exported page."""
    task = page.task
    return {
        "notebook": task.notebook.name,
        "title": page.title,
        "file": f"{task.notebook.name}.html",
        "answer": list(page.answer),
        "headlines": list(page.headlines),
        "figures": list(page.origins),
        "hidden": page.hidden,
        "parameters": {"period": task.period.code, "edition": task.edition, **dict(task.parameters)},
        "notebook_sha256": task.notebook.sha256,
        "input_hash": input_hash,
        "commentary": page.commentary,
        "tables": [
            {"name": name, "title": title, "file": table_file(task.notebook.name, name)}
            for name, (title, _) in page.tables.items()
        ],
        **({"results": results_file(task.notebook.name)} if page.results else {}),
    }


def files_of(page: Mapping) -> list[str]:
    """The files of a page of a manifest: itself, its tables and, in the restricted edition, its numbers."""
    return [
        page["file"],
        *(table["file"] for table in page["tables"]),
        *([page["results"]] if "results" in page else []),
    ]


def to_json(content: dict) -> str:
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def read_manifest(folder: Path) -> dict | None:
    """The manifest of the pack in `folder`; None where there is no pack that this version can read."""
    try:
        content = json.loads((folder / NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return content if isinstance(content, dict) and content.get("format") == FORMAT else None


def altered_files(folder: Path, manifest: dict) -> list[str]:
    """How the files of the pack in `folder` differ from what its manifest says of them, a line each; empty when in nothing.

    The pages for the person who decides on the public pack lie beside a restricted one, and are no part of it.
    """
    told = {each["path"]: each["sha256"] for each in manifest["outputs"]}
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if not path.is_dir()}
    for name in (NAME, *((DECISION, RECORDS) if manifest["edition"] != "public" else ())):
        found.pop(name, None)
    missing = [f"{name} is missing" for name in told.keys() - found.keys()]
    added = [f"{name} is not in the manifest" for name in found.keys() - told.keys()]
    changed = [f"{name} has changed" for name in told.keys() & found.keys() if sha256(found[name]) != told[name]]
    return sorted(missing + added + changed)
