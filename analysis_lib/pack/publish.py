"""Puts packs into the output folder: whole or not at all, restricted ones for their owner only.

A pack is built aside, in a hidden folder of the same output folder, and takes its place by renames. What is about to
be renamed is first written into a journal, so that the next run finishes what an interrupted one began.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from analysis_lib.errors import PanelpackError
from analysis_lib.whole_files import OWNER_ONLY_FILE, write_whole

ASIDE = ".panelpack"
OWNER_ONLY_FOLDER = 0o700
# What lies beside a restricted pack and is no part of it: the page for the person who decides on the public one, and
# what it is made of.
DECISION, RECORDS = "signoff.html", "signoff.json"


def edition_folder(output: Path, edition: str) -> Path:
    """Where the packs of an edition stand: restricted ones apart from what may be published."""
    return output if edition == "public" else output / "restricted"


def pack_folder(output: Path, period: str, edition: str) -> Path:
    return edition_folder(output, edition) / period


@contextmanager
def open_output(output: Path) -> Iterator[Path]:
    """The output folder, for this run alone; first finishes or undoes what an interrupted run left.

    Raises `PanelpackError` when another run is writing to it or it cannot be written.
    """
    aside = output / ASIDE
    try:
        aside.mkdir(parents=True, exist_ok=True)
        aside.chmod(OWNER_ONLY_FOLDER)
        lock = open(aside / "lock", "w")  # noqa: SIM115
    except OSError as error:
        raise PanelpackError(f"The output folder {output} cannot be written: {error.strerror}.") from None
    with lock:
        _lock(lock, output)
        repair(output)
        try:
            yield output
        finally:
            repair(output)


def _lock(lock, output: Path) -> None:
    try:
        import fcntl
    except ImportError:  # Windows: an open file there cannot be renamed over by a second run
        return
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise PanelpackError(f"Another run is writing to {output}. Wait until it has ended.") from None


def repair(output: Path) -> None:
    """Finish a swap that was interrupted, and clear what was being built."""
    journal = output / ASIDE / "swap.json"
    try:
        told = json.loads(journal.read_text(encoding="utf-8"))
    except (OSError, ValueError):  # no swap was under way, or its journal was never finished: nothing was renamed
        told = None
    if told:
        new, target, old = (output / told[name] for name in ("new", "target", "old"))
        if not target.exists():  # stopped between the two renames; the journal says that the new pack is complete
            complete = [each for each in (new, old) if each.exists()]
            if complete:
                complete[0].rename(target)
    journal.unlink(missing_ok=True)
    for name in ("building", "old"):
        shutil.rmtree(output / ASIDE / name, ignore_errors=True)


def new_folder(output: Path, period: str, edition: str) -> Path:
    """An empty folder to build a pack in, out of every reader's sight."""
    folder = output / ASIDE / "building" / edition / period
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def publish(new: Path, output: Path, period: str, edition: str) -> Path:
    """Move the finished pack in `new` to its place; the one that stood there is gone. Returns the place."""
    target = pack_folder(output, period, edition)
    if edition != "public":
        target.parent.mkdir(exist_ok=True)
        target.parent.chmod(OWNER_ONLY_FOLDER)
        for name in (DECISION, RECORDS):
            if (target / name).is_file():
                shutil.copyfile(target / name, new / name)
        _for_owner_only(new)
    old = output / ASIDE / "old" / edition / period
    shutil.rmtree(old, ignore_errors=True)
    old.parent.mkdir(parents=True, exist_ok=True)
    journal = output / ASIDE / "swap.json"
    places = {"new": new, "target": target, "old": old}
    write_whole(journal, json.dumps({name: path.relative_to(output).as_posix() for name, path in places.items()}))
    try:
        if target.exists():
            os.rename(target, old)
        os.rename(new, target)
    except OSError as error:
        repair(output)
        raise PanelpackError(
            f"The pack in {target} could not be replaced: {error.strerror}. Close any of its files that are open elsewhere."
        ) from None
    journal.unlink()
    shutil.rmtree(old, ignore_errors=True)
    return target


def write_beside(output: Path, period: str, name: str, text: str) -> Path:
    """Write a file for its owner only into the restricted folder of a period; returns its place."""
    folder = pack_folder(output, period, "restricted")
    folder.mkdir(parents=True, exist_ok=True)
    for each in (folder.parent, folder):
        each.chmod(OWNER_ONLY_FOLDER)
    write_whole(folder / name, text, owner_only=True)
    return folder / name


def _for_owner_only(folder: Path) -> None:
    folder.chmod(OWNER_ONLY_FOLDER)
    for path in folder.rglob("*"):
        path.chmod(OWNER_ONLY_FOLDER if path.is_dir() else OWNER_ONLY_FILE)


def failed_copy(output: Path, period: str, notebook: str) -> Path:
    """Where the executed copy of a notebook that failed is kept. It may show children's rows: for its owner only."""
    return output / "failed" / period / f"{notebook}.ipynb"


def keep_failed(output: Path, period: str, notebook: str, text: str) -> Path:
    """Keep the executed copy of a failed notebook as evidence; returns its place."""
    path = failed_copy(output, period, notebook)
    path.parent.mkdir(parents=True, exist_ok=True)
    for folder in (path.parent.parent, path.parent):
        folder.chmod(OWNER_ONLY_FOLDER)
    write_whole(path, text, owner_only=True)
    return path


def forget_failed(output: Path, period: str, notebook: str) -> None:
    """Remove the evidence of a failure once the page has been made."""
    path = failed_copy(output, period, notebook)
    path.unlink(missing_ok=True)
    for folder in (path.parent, path.parent.parent):
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
