"""The key of the keyed hashes: a council's own, kept outside the project's folder; a public one for the demonstration.

With the key anyone who knows a child's identifier finds the child in the tidy tables; without it nobody does. So it lies
neither with the tables nor with the code, only its owner can read it, and it is never printed or stored: the store of tidy
tables carries a fingerprint of it, which does not lead back.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import sys
import tempfile
from pathlib import Path

from analysis_lib.errors import UsageError
from analysis_lib.prepare.identifiers import DEMONSTRATION_KEY
from analysis_lib.sources.returns import label_of

KEY_BYTES = 32
GUIDE = "docs/how-to/keys-and-who.md"
_KEY_TEXT = re.compile(rf"[0-9a-f]{{{2 * KEY_BYTES},128}}", re.IGNORECASE)  # BLAKE2b takes keys of up to 64 bytes
_OTHERS = 0o077  # what the group and everybody else may do with a file


def key_of(returns: Path, key_file: Path, project: Path) -> bytes:
    """The key for the folder `returns`: the demonstration's for returns labelled synthetic, else that in `key_file`.

    Raises what `council_key` raises, and `UsageError` or `DataError` for cards that cannot be understood.
    """
    return DEMONSTRATION_KEY if label_of(returns) == "synthetic" else council_key(key_file, project)


def council_key(key_file: Path, project: Path) -> bytes:
    """The key in `key_file`, made when there is none (and said so once, on the error stream).

    Raises `UsageError` for a key file inside the folder `project`, one that others may read, or one that holds no key.
    """
    if key_file.resolve().is_relative_to(project.resolve()):
        raise UsageError(
            f"The key file {key_file} lies inside the project's folder, from where it could be shared with the code. "
            f"Move it elsewhere and name it in authority.toml ([data] key_file); see {GUIDE}."
        )
    if not key_file.exists() and _make(key_file):
        print(
            f"A new key was made at {key_file}; children are named by it in the prepared tables. Back it up; see {GUIDE}.",
            file=sys.stderr,
        )
    return _read(key_file)


def fingerprint(key: bytes) -> str:
    """Sixteen characters that tell two keys apart and do not lead back to either."""
    return hashlib.blake2b(b"panelpack key fingerprint", digest_size=8, key=key[:64]).hexdigest()


def _read(key_file: Path) -> bytes:
    try:
        if os.name == "posix" and key_file.stat().st_mode & _OTHERS:
            raise UsageError(
                f"The key file {key_file} can be read by others. Close it to them: chmod 600 {key_file}. "
                f"If it may have been read, make a new key; see {GUIDE}."
            )
        text = key_file.read_text(encoding="ascii").strip()
    except OSError as error:
        raise UsageError(f"The key file {key_file} cannot be read: {error.strerror}. See {GUIDE}.") from None
    except UnicodeDecodeError:
        text = "not a key"
    if not text:
        raise UsageError(f"The key file {key_file} is empty. Put the key back from its back-up; see {GUIDE}.")
    if not _KEY_TEXT.fullmatch(text) or len(text) % 2:
        raise UsageError(
            f"The key file {key_file} holds no key: it should have {2 * KEY_BYTES} or more characters 0 to 9 and a to f, "
            f"on one line. Put the key back from its back-up, or make a new one; see {GUIDE}."
        )
    return bytes.fromhex(text)


def _make(key_file: Path) -> bool:
    """Write a new key that only its owner can read; False when another process has just made one.

    Written whole under another name first, so that nobody reads half a key.
    """
    try:
        key_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{key_file.name}.", dir=key_file.parent)  # for its owner only
    except OSError as error:
        raise UsageError(
            f"No key can be made at {key_file}: {error.strerror}. Name another place in authority.toml ([data] key_file)."
        ) from None
    try:
        with os.fdopen(handle, "w", encoding="ascii", newline="\n") as file:
            file.write(secrets.token_bytes(KEY_BYTES).hex() + "\n")
        return _name(Path(name), key_file)
    finally:
        Path(name).unlink(missing_ok=True)


def _name(written: Path, key_file: Path) -> bool:
    """Give the file its name unless that is taken."""
    try:
        os.link(written, key_file)  # unlike a rename, never over another file
    except FileExistsError:
        return False
    except OSError:  # a file system without links
        if key_file.exists():
            return False
        written.rename(key_file)
    return True
