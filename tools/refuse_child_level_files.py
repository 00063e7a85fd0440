#!/usr/bin/env python3
"""Keeps a council's returns out of the repository: refuses a commit that holds child-level data or notebook outputs.

    tools/refuse_child_level_files.py            looks at what is staged (as a git hook does)
    tools/refuse_child_level_files.py FILE ...   looks at these files (as pre-commit does)
    tools/refuse_child_level_files.py --all      looks at every tracked file

Recognises returns by their columns, whatever the file is called. Needs Python 3.11 and git, no package. It prints
names of files and columns, never values. docs/how-to/keep-returns-out.md says what to do when it refuses.
"""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path, PurePosixPath

SYNTHETIC = "data/raw/synthetic/"
KEPT = {"data/raw/": (SYNTHETIC, "data/raw/published/", "data/raw/README.md")}
KEPT |= {f"{folder}/": (f"{folder}/README.md",) for folder in ("data/processed", "outputs", "releases/restricted")}

# One of these columns says that a row is about one child.
TELLING = {
    "UPN", "CHILDUNIQUEID", "LACHILDID", "CHILDID", "DATEOFBIRTH", "DOB", "NHSNUMBER", "PERSONID",
    "FORENAME", "SURNAME", "FIRSTNAME", "LASTNAME", "HOMEPOST", "PLPOST", "UNIQUEPUPILNUMBER",
}  # fmt: skip
# "CHILD" alone may head a table of counts; beside one of these it is the child's number in a return.
BESIDE_CHILD = {
    "DECOM", "DEC", "SEX", "ETHNIC", "ETHNICITY", "REVIEW", "REVIEWCODE", "UASC", "DUC", "MISSTART", "MISEND",
    "DATEPLACED", "DATEMATCH", "DATEINT", "SDQSCORE", "HEALTHCHECK", "INTOUCH", "ACTIV", "PREVPERM", "ACADEMICYEAR",
    "INTERVENTIONSTART", "SWID", "SWDECOM",
}  # fmt: skip

DELIMITED = {"", ".csv", ".tsv", ".tab", ".psv", ".txt", ".dat", ".bak", ".old"}
TAGGED = {".xml", ".json", ".jsonl", ".geojson"}
CLOSED = {
    ".xls", ".xlsb", ".ods", ".parquet", ".feather", ".arrow", ".sav", ".dta", ".rds", ".rdata", ".sqlite", ".sqlite3",
    ".db", ".duckdb", ".mdb", ".accdb", ".pkl", ".pickle", ".zip", ".7z", ".gz", ".tar", ".hyper",
}  # fmt: skip
HEADER_LINES = 30  # an export may have a title and notes above its header
LOOKED_AT = 1_000_000  # bytes


def main(arguments: list[str]) -> int:
    if arguments == ["--all"]:
        files = {name: Path(name).read_bytes() for name in _git_names("ls-files", "-z") if Path(name).is_file()}
    elif arguments:
        files = {PurePosixPath(Path(name)).as_posix(): Path(name).read_bytes() for name in arguments}
    else:
        staged = _git_names("diff", "--cached", "--name-only", "--diff-filter=d", "-z")
        files = {name: _git("show", f":{name}") for name in staged}
    refused = {name: why for name, content in sorted(files.items()) if (why := objection(name, content))}
    for name, why in refused.items():
        print(f"{name}: {why}", file=sys.stderr)
    if refused:
        print("Nothing was committed. docs/how-to/keep-returns-out.md says what to do.", file=sys.stderr)
    return 1 if refused else 0


def objection(name: str, content: bytes) -> str:
    """Why the file `name` (its path from the repository's root) may not be committed; empty when it may."""
    for folder, kept in KEPT.items():
        if name.startswith(folder) and not name.startswith(kept):
            return f"nothing in {folder} is committed but {', '.join(kept)}"
    if name.startswith(SYNTHETIC):
        return ""
    suffix = PurePosixPath(name).suffix.lower()
    if suffix == ".ipynb":
        return _notebook_objection(content)
    if suffix in CLOSED:
        return f"a {suffix} file may hold children's rows and cannot be looked into; keep it outside the repository"
    columns = _columns_of_children(suffix, content)
    return f"it looks like child-level data (columns {', '.join(columns)})" if columns else ""


def _notebook_objection(content: bytes) -> str:
    try:
        cells = json.loads(content)["cells"]
    except (ValueError, KeyError, TypeError):
        return "it is not a notebook that can be read"
    shown = [number for number, cell in enumerate(cells, start=1) if cell.get("outputs")]
    if shown:
        return f"cell {shown[0]} has outputs; in JupyterLab: Edit, Clear Outputs of All Cells, then save"
    return ""


def _columns_of_children(suffix: str, content: bytes) -> list[str]:
    if suffix in DELIMITED:
        return _delimited(_text(content[:LOOKED_AT]))
    if suffix in TAGGED:
        found = re.findall(r"[<\"]\s*([A-Za-z][A-Za-z _]{1,40})\s*[>\"]", _text(content[:LOOKED_AT]))
        return _telling(found)
    if suffix in (".xlsx", ".xlsm"):
        return _workbook(content)
    return []


def _delimited(text: str) -> list[str]:
    """The telling columns of a delimited table with at least one row; a header alone is a template."""
    lines = [line for line in text.splitlines() if line.strip()]
    for number, line in enumerate(lines[:HEADER_LINES]):
        for delimiter in ",;\t|":
            columns = _telling(next(csv.reader(io.StringIO(line), delimiter=delimiter), []))
            if columns and number + 1 < len(lines):
                return columns
    return []


def _workbook(content: bytes) -> list[str]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            parts = [name for name in book.namelist() if name.endswith(("sharedStrings.xml",)) or "worksheets/" in name]
            words = [word for part in parts for word in re.findall(r"<t[^>]*>([^<]*)</t>", _text(book.read(part)))]
    except (zipfile.BadZipFile, RuntimeError):  # RuntimeError: it has a password
        return ["unreadable workbook"]
    return _telling(words)


def _telling(columns: list[str]) -> list[str]:
    """Those of `columns` that say that a row is about one child."""
    plain = {re.sub(r"[^A-Z0-9]", "", column.upper()): column.strip() for column in columns if len(column) < 60}
    found = TELLING & set(plain)
    if "CHILD" in plain and BESIDE_CHILD & set(plain):
        found |= {"CHILD"} | (BESIDE_CHILD & set(plain))
    return sorted(plain[column] for column in found)


def _text(content: bytes) -> str:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", errors="replace")
    return content.decode("utf-8-sig", errors="replace")


def _git(*arguments: str) -> bytes:
    return subprocess.run(["git", *arguments], check=True, capture_output=True).stdout


def _git_names(*arguments: str) -> list[str]:
    return [name for name in _git(*arguments).decode("utf-8", errors="surrogateescape").split("\0") if name]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
