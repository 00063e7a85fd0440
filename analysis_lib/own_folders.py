"""Folders for what a process needs only while it works: for its owner only, and left by nobody for long.

Who works in one holds a lock on it, which the system lets go of when the process ends, however it ends. What a process
left that was killed is removed by the next that wants such a folder.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import shutil
import tempfile
import weakref
from collections.abc import Iterator
from pathlib import Path

SCRATCH = "pp-"  # begins the names of a run's own; short, since a socket's path has 104 characters at most

try:
    import fcntl
except ImportError:  # Windows: no process removes there what another has left
    fcntl = None


class OwnFolder:
    """A new folder, gone with its `with` block, with `remove`, or with the process.

    Parameters
    ----------
    prefix : how its name begins; folders of that prefix in the same place are removed when nobody works in them
    parent : where it is; the folder of the system for temporary files when not given

    Raises `OSError` where none can be made.
    """

    def __init__(self, prefix: str, parent: Path | None = None):
        parent = Path(tempfile.gettempdir()) if parent is None else parent
        remove_left(prefix, parent)
        self.path, lock = _made(parent, prefix)
        self.remove = weakref.finalize(self, _removed, self.path, lock, os.getpid())

    def __enter__(self) -> Path:
        return self.path

    def __exit__(self, *error) -> None:
        self.remove()


def _made(parent: Path, prefix: str) -> tuple[Path, int | None]:
    """The folder, and what holds the lock on it where the file system has locks."""
    while True:
        path = parent / f"{prefix}{secrets.token_hex(4)}"
        with contextlib.suppress(FileExistsError, FileNotFoundError, BlockingIOError):
            path.mkdir(mode=0o700)
            lock = _locked(path)
            if path.is_dir():  # else another process took it for left behind, in the moment before the lock
                return path, lock
            os.close(lock)
        if not parent.is_dir():
            raise FileNotFoundError(2, "No such folder", str(parent))


def _locked(path: Path) -> int | None:
    """Raises `BlockingIOError` where somebody else holds the lock; None where there are no locks on folders."""
    if fcntl is None:
        return None
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(handle)
        if isinstance(error, BlockingIOError):
            raise
        return None
    return handle


def remove_left(prefix: str, parent: Path | None = None) -> None:
    """Remove such folders in `parent` as nobody works in; for where no new one is needed."""
    for path in _like(Path(tempfile.gettempdir()) if parent is None else parent, prefix):
        with contextlib.suppress(OSError):
            lock = _locked(path)
            if lock is not None:
                shutil.rmtree(path, ignore_errors=True)
                os.close(lock)


def _like(parent: Path, prefix: str) -> Iterator[Path]:
    """The folders of this user in `parent` with a name such as these folders have."""
    name = re.compile(re.escape(prefix) + "[0-9a-f]{8}")
    with contextlib.suppress(OSError), os.scandir(parent) as found:
        for each in found:
            if name.fullmatch(each.name) and _is_own_folder(each):
                yield Path(each.path)


def _is_own_folder(entry: os.DirEntry) -> bool:
    try:
        mine = not hasattr(os, "geteuid") or entry.stat(follow_symlinks=False).st_uid == os.geteuid()
        return mine and entry.is_dir(follow_symlinks=False)
    except OSError:
        return False


def _removed(path: Path, lock: int | None, owner: int) -> None:
    if os.getpid() != owner:  # a copy of the process that made it
        return
    shutil.rmtree(path, ignore_errors=True)
    if lock is not None:
        os.close(lock)
