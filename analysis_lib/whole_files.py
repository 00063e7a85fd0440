"""Files that a reader finds old or new, never in part: whatever stops the program while it writes."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

OWNER_ONLY_FILE = 0o600
PART = ".part"  # ends the name of a file that is being written


def part_of(path: Path) -> Path:
    """Where `write_whole` writes what is to become the file at `path`; a process that was killed may have left it."""
    return path.with_name(f".{path.name}{PART}")


def write_whole(path: Path, content: str | bytes, *, owner_only: bool = False) -> None:
    """Write a file so that a reader finds the old or the new content, never a part. A text is written as UTF-8."""
    part = part_of(path)
    try:
        with open(part, "wb") as stream:
            if owner_only:
                part.chmod(OWNER_ONLY_FILE)
            stream.write(content.encode() if isinstance(content, str) else content)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(part, path)
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink()
        raise
