"""What `who` leaves behind: a line in its log, and, when asked, the list as a file; both for their owner only."""

from __future__ import annotations

import csv
import datetime as dt
import getpass
import io
import json
import os
from pathlib import Path

from analysis_lib.errors import PanelpackError, UsageError
from analysis_lib.who.answer import Answer

FOLDER, FILE = 0o700, 0o600
LOG = "who.log"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would run a cell that begins so


def log(restricted: Path, answer: Answer, *, period: str, census: str) -> Path:
    """Note in `restricted`/who.log that the children behind a number were asked for: a JSON object a line, no identifiers.

    Raises `PanelpackError` when it cannot be written; then nothing may be shown.
    """
    entry = {
        "when": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "user": _user(),
        "measure": answer.measure.name,
        "period": period,
        "census": census,
        "group": dict(answer.groups),
        "of": answer.side,
        "label": answer.label,
        "children": len(answer.children),
    }
    path = restricted / LOG
    try:
        _folder(restricted)
        handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, FILE)
        with os.fdopen(handle, "a", encoding="utf-8", newline="\n") as file:
            path.chmod(FILE)
            file.write(json.dumps(entry, ensure_ascii=False) + "\n")
    except OSError as error:
        raise PanelpackError(f"{path} cannot be written ({error.strerror}), so nothing is shown.") from None
    return path


def save(path: Path, answer: Answer, project: Path) -> Path:
    """Write the list as CSV for its owner only. Refuses a place in the project's folder outside `outputs`.

    An identifier that a spreadsheet would take for a formula gets an apostrophe before it.
    """
    place = path.resolve()
    if place.is_relative_to(project.resolve()) and not place.is_relative_to((project / "outputs").resolve()):
        raise UsageError(
            f"{path} lies in the project's folder, from where it could be shared with the code. Choose a place below "
            "outputs/restricted, or outside the project."
        )
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["identifier", "times", "file", "line"])
    for identifier, times, file, line in answer.children.itertuples(index=False):
        writer.writerow([f"'{identifier}" if identifier.startswith(_FORMULA) else identifier, times, file, line])
    try:
        _folder(path.parent) if path.parent.name == "who" else path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, FILE)
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            path.chmod(FILE)
            file.write(text.getvalue())
    except OSError as error:
        raise PanelpackError(f"{path} cannot be written: {error.strerror}.") from None
    return path


def file_name(answer: Answer, period: str, census: str) -> str:
    """A name for the list that says what it is of: letters, digits and hyphens only."""
    parts = [
        answer.measure.name,
        census or period,
        *answer.groups.values(),
        *([answer.side] if answer.side != "numerator" else []),
    ]
    return (
        "_".join("".join(letter if letter.isalnum() else "-" for letter in part).strip("-") for part in parts) + ".csv"
    )


def _folder(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(FOLDER)


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # no name for this user in the system
        return "not known"
