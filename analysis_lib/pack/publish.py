"""Puts packs into the output folder: whole or not at all, restricted ones for their owner only.

A pack is built aside, in a hidden folder of the same output folder, and takes its place by renames. What is about to
be renamed is first written into a journal, so that the next run finishes what an interrupted one began. Every pack has a
lock of its own: several runs, on several machines that share the folder, may make different packs at once.
"""

from __future__ import annotations

import ctypes
import errno
import json
import os
import shutil
from collections.abc import Collection, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from analysis_lib.errors import PanelpackError
from analysis_lib.own_folders import SCRATCH, remove_left
from analysis_lib.whole_files import OWNER_ONLY_FILE, PART, part_of, write_whole

ASIDE = ".panelpack"
OWNER_ONLY_FOLDER = 0o700
# What lies beside a restricted pack and is no part of it: the page for the person who decides on the public one, and
# what it is made of.
DECISION, RECORDS = "signoff.html", "signoff.json"


NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
NOT_ALLOWED = (errno.EROFS, errno.EACCES, errno.EPERM)


class _Busy(Exception):
    """Another run holds the lock."""


def edition_folder(output: Path, edition: str) -> Path:
    """Where the packs of an edition stand: restricted ones apart from what may be published."""
    return output if edition == "public" else output / "restricted"


def pack_folder(output: Path, period: str, edition: str) -> Path:
    return edition_folder(output, edition) / period


@dataclass(frozen=True, order=True)
class _Aside:
    """Where one pack is built and swapped, in the hidden folder of the output folder."""

    output: Path
    edition: str
    period: str

    @property
    def lock(self) -> Path:
        return self._place("locks")

    @property
    def journal(self) -> Path:
        return self._place("swaps")

    @property
    def building(self) -> Path:
        return self._place("building")

    @property
    def old(self) -> Path:
        return self._place("old")

    def _place(self, kind: str) -> Path:
        return self.output / ASIDE / kind / self.edition / self.period


@contextmanager
def open_output(output: Path, packs: Iterable[tuple[str, str]]) -> Iterator[Path]:
    """The output folder, and in it `packs` (period and edition) for this run alone.

    First finishes or undoes what interrupted runs left, of these packs and of all others that nobody is working on.

    Raises `PanelpackError` when another run is making one of the packs or the folder cannot be written.
    """
    wanted = [_Aside(output, edition, period) for period, edition in dict.fromkeys(packs)]
    with ExitStack() as held:
        try:
            for pack in wanted:
                held.enter_context(_locked(output, pack.lock))
        except _Busy:
            raise PanelpackError(
                f"Another run is making {pack.period} ({pack.edition} edition) in {output}. Wait until it has ended."
            ) from None
        except OSError as error:
            raise PanelpackError(f"The output folder {output} cannot be written: {error.strerror}.") from None
        for pack in wanted:
            _repair(pack)
        _repair_what_nobody_works_on(output, wanted)
        remove_left(SCRATCH)
        try:
            yield output
        finally:
            for pack in wanted:
                _repair(pack)


@contextmanager
def said_in_words(output: Path) -> Iterator[None]:
    """Turns what a disk says (full, or not to be written) into a `PanelpackError`; all else is a mistake of ours."""
    try:
        yield
    except OSError as error:
        if error.errno not in (*NO_ROOM, *NOT_ALLOWED):
            raise
        where = error.filename or output
        advice = "Make room" if error.errno in NO_ROOM else "Ask for the right to write there"
        raise PanelpackError(
            f"{where} cannot be written: {error.strerror}. Packs that were not finished have not changed. {advice} and run again."
        ) from None


@contextmanager
def _locked(output: Path, path: Path, *, wait: bool = False) -> Iterator[None]:
    """The lock at `path`, held; the system lets go of it when the process ends, however it ends. Raises `_Busy`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    (output / ASIDE).chmod(OWNER_ONLY_FOLDER)
    with open(path, "w") as lock:
        try:
            import fcntl
        except ImportError:  # Windows: an open file there cannot be renamed over by a second run
            yield
            return
        try:
            fcntl.flock(lock, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _Busy from None
        yield


@contextmanager
def one_at_a_time(output: Path, name: str) -> Iterator[None]:
    """What several runs may do only one after the other, such as writing the page of all packs."""
    with _locked(output, output / ASIDE / "locks" / name, wait=True):
        yield


def _repair_what_nobody_works_on(output: Path, but: Collection[_Aside]) -> None:
    left = {
        _Aside(output, path.parent.name, path.name.removeprefix(".").removesuffix(PART))
        for kind in ("swaps", "building", "old")
        for path in (output / ASIDE / kind).glob("*/*")
    }
    for pack in sorted(left.difference(but)):
        try:
            with _locked(output, pack.lock):
                _repair(pack)
        except _Busy:
            continue


def _repair(pack: _Aside) -> None:
    """Finish a swap that was interrupted, and clear what was being built."""
    try:
        told = json.loads(pack.journal.read_text(encoding="utf-8"))
    except (OSError, ValueError):  # no swap was under way, or its journal was never finished: nothing was renamed
        told = None
    if told:
        target = pack.output / told["target"]
        if not target.exists():  # stopped between the two renames; the journal says that the new pack is complete
            complete = [each for each in (pack.building, pack.old) if each.exists()]
            if complete:
                complete[0].rename(target)
    for journal in (pack.journal, part_of(pack.journal)):
        journal.unlink(missing_ok=True)
    for folder in (pack.building, pack.old):
        shutil.rmtree(folder, ignore_errors=True)


def new_folder(output: Path, period: str, edition: str) -> Path:
    """An empty folder to build a pack in, out of every reader's sight."""
    folder = _Aside(output, edition, period).building
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
    pack = _Aside(output, edition, period)
    shutil.rmtree(pack.old, ignore_errors=True)
    for place in (pack.old, pack.journal):
        place.parent.mkdir(parents=True, exist_ok=True)
    write_whole(pack.journal, json.dumps({"target": target.relative_to(output).as_posix()}))
    try:
        if target.exists() and not _exchanged(new, target):
            os.rename(target, pack.old)
        if not target.exists():
            os.rename(new, target)
    except OSError as error:
        _repair(pack)
        raise PanelpackError(
            f"The pack in {target} could not be replaced: {error.strerror}. Close any of its files that are open elsewhere."
        ) from None
    pack.journal.unlink()
    for left in (new, pack.old):
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
