"""Where the project is: the folder with its `authority.toml`."""

from __future__ import annotations

from pathlib import Path

from analysis_lib.errors import UsageError

FILE_NAME = "authority.toml"


def find_home(start: Path | None = None) -> Path:
    """The nearest folder at or above `start` (default: the working directory) that holds an `authority.toml`.

    Falls back to the checkout that this package stands in, so that an installed command works from anywhere.
    """
    start = (start or Path.cwd()).resolve()
    checkout = Path(__file__).resolve().parents[1]
    for folder in (start, *start.parents, checkout):
        if (folder / FILE_NAME).is_file():
            return folder
    raise UsageError(f"There is no {FILE_NAME} in {start} or above it. Run panelpack inside a checkout of the project.")
