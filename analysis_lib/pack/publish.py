"""Puts packs into the output folder: whole or not at all, restricted ones for their owner only.

A pack is built aside, in a hidden folder of the same output folder, and takes its place by renames. What is about to
be renamed is first written into a journal, so that the next run finishes what an interrupted one began. Every pack has a
lock of its own: several runs, on several machines that share the folder, may make different packs at once.
"""

from __future__ import annotations

import ctypes
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

from analysis_lib.errors import PanelpackError
from analysis_lib.whole_files import OWNER_ONLY_FILE, write_whole

ASIDE = ".panelpack"
OWNER_ONLY_FOLDER = 0o700
LOCK, JOURNAL, BUILDING, OLD = "lock", "swap.json", "building", "old"
# What lies beside a restricted pack and is no part of it: the page for the person who decides on the public one, and
# what it is made of.
DECISION, RECORDS = "signoff.html", "signoff.json"


class _Busy(Exception):
    """Another run holds the lock."""


def edition_folder(output: Path, edition: str) -> Path:
    """Where the packs of an edition stand: restricted ones apart from what may be published."""
    return output if edition == "public" else output / "restricted"


def pack_folder(output: Path, period: str, edition: str) -> Path:
    return edition_folder(output, edition) / period


def aside(output: Path, period: str, edition: str) -> Path:
    """The hidden folder in which a pack is built and swapped."""
    return output / ASIDE / edition / period


@contextmanager
def open_output(output: Path, packs: Iterable[tuple[str, str]]) -> Iterator[Path]:
    """The output folder, and in it `packs` (period and edition) for this run alone.

    First finishes or undoes what interrupted runs left, of these packs and of all others that nobody is working on.

    Raises `PanelpackError` when another run is making one of the packs or the folder cannot be written.
    """
    wanted = [aside(output, period, edition) for period, edition in dict.fromkeys(packs)]
    with ExitStack() as held:
        try:
            for folder in wanted:
                _make_owner_only(output, folder)
                held.enter_context(_locked(folder / LOCK))
        except _Busy:
            raise PanelpackError(
                f"Another run is making {folder.name} ({folder.parent.name} edition) in {output}. Wait until it has ended."
            ) from None
        except OSError as error:
            raise PanelpackError(f"The output folder {output} cannot be written: {error.strerror}.") from None
        for folder in wanted:
            _repair(output, folder)
        _repair_what_nobody_works_on(output, wanted)
        try:
            yield output
        finally:
            for folder in wanted:
                _repair(output, folder)


def _make_owner_only(output: Path, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (output / ASIDE).chmod(OWNER_ONLY_FOLDER)


@contextmanager
def _locked(path: Path, *, wait: bool = False) -> Iterator[IO]:
    """The lock at `path`, held; the system lets go of it when the process ends, however it ends. Raises `_Busy`."""
    with open(path, "w") as lock:
        try:
            import fcntl
        except ImportError:  # Windows: an open file there cannot be renamed over by a second run
            yield lock
            return
        try:
            fcntl.flock(lock, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _Busy from None
        yield lock


@contextmanager
def one_at_a_time(output: Path, name: str) -> Iterator[None]:
    """What several runs may do only one after the other, such as writing the page of all packs."""
    _make_owner_only(output, output / ASIDE)
    with _locked(output / ASIDE / f"{name}.{LOCK}", wait=True):
        yield


def _repair_what_nobody_works_on(output: Path, but: Iterable[Path]) -> None:
    left = {path.parent for path in (output / ASIDE).glob("*/*/*") if path.name != LOCK}
    for folder in sorted(left.difference(but)):
        try:
            with _locked(folder / LOCK):
                _repair(output, folder)
        except _Busy:
            continue


def _repair(output: Path, folder: Path) -> None:
    """Finish a swap that was interrupted, and clear what was being built in `folder`."""
    journal = folder / JOURNAL
    try:
        told = json.loads(journal.read_text(encoding="utf-8"))
    except (OSError, ValueError):  # no swap was under way, or its journal was never finished: nothing was renamed
        told = None
    if told:
        target = output / told["target"]
        if not target.exists():  # stopped between the two renames; the journal says that the new pack is complete
            complete = [each for each in (folder / BUILDING, folder / OLD) if each.exists()]
            if complete:
                complete[0].rename(target)
    journal.unlink(missing_ok=True)
    for name in (BUILDING, OLD):
        shutil.rmtree(folder / name, ignore_errors=True)


def new_folder(output: Path, period: str, edition: str) -> Path:
    """An empty folder to build a pack in, out of every reader's sight."""
    folder = aside(output, period, edition) / BUILDING
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
    folder = aside(output, period, edition)
    journal, old = folder / JOURNAL, folder / OLD
    shutil.rmtree(old, ignore_errors=True)
    write_whole(journal, json.dumps({"target": target.relative_to(output).as_posix()}))
    try:
        if target.exists() and not _exchanged(new, target):
            os.rename(target, old)
        if not target.exists():
            os.rename(new, target)
    except OSError as error:
        _repair(output, folder)
        raise PanelpackError(
            f"The pack in {target} could not be replaced: {error.strerror}. Close any of its files that are open elsewhere."
        ) from None
    journal.unlink()
    for left in (new, old):
        shutil.rmtree(left, ignore_errors=True)
    return target


_AT_FDCWD, _RENAME_EXCHANGE = -100, 2  # of Linux: fcntl.h and linux/fs.h


def _exchanged(one: Path, other: Path) -> bool:
    """Whether two folders have changed places in one step, so that no reader finds neither. Linux can; others cannot."""
    try:
        renameat2 = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError, TypeError):
        return False
    return renameat2(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) == 0


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
