"""The prepared data that a pack is made from: which files it came from, and which periods it can serve."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis_lib.authority import Authority
from analysis_lib.errors import UsageError
from analysis_lib.pack.plan import Notebook
from analysis_lib.periods import Period, day_in_words
from analysis_lib.prepare import why_absent
from analysis_lib.sources import FAMILIES, AsOf

INPUTS = "inputs.json"  # what `prepare` notes beside its tables: every raw file with its SHA-256


@dataclass(frozen=True)
class Extract:
    """One family of returns: whose figures (`label`), the days that it tells of, and the day that it was extracted.

    `given` when a path or card states the day of the extract; `covers_from` and `covers_to`, the last day that a period
    may have, are NaT where nothing says them.
    """

    family: str
    label: str
    covers_from: pd.Timestamp
    covers_to: pd.Timestamp
    extract_date: pd.Timestamp
    given: bool

    @property
    def name(self) -> str:
        return FAMILIES[self.family]

    @property
    def how_far(self) -> str:
        """How far the returns reach, in words."""
        if not self.given:
            return (
                f"its returns ({self.name}) do not say when they were extracted, and tell of nothing after "
                f"{day_in_words(self.extract_date)} (a card, source.toml, can say it)"
            )
        if self.covers_to < self.extract_date:
            return f"its returns ({self.name}) tell of the time to {day_in_words(self.covers_to)}"
        return f"its returns ({self.name}) were extracted on {day_in_words(self.extract_date)}"


@dataclass(frozen=True)
class Store:
    """Prepared tables in `folder`, the hashes of the raw files behind them, and what was found wrong with those.

    `inputs` maps "returns/…" and "published/…" to SHA-256, `card` is what was written when the tables were prepared,
    `problems` maps severity to how many.
    """

    folder: Path
    inputs: dict[str, str]
    card: dict
    extracts: tuple[Extract, ...]
    problems: dict[str, int]

    @property
    def is_synthetic(self) -> bool:
        return any(extract.label == "synthetic" for extract in self.extracts)

    def obstacle(self, notebook: Notebook, period: Period) -> str:
        """Why this data cannot serve `notebook` for `period`, in words; empty when it can."""
        return self.absent(notebook) or self.unserved(notebook, period)

    def lacking(self, notebook: Notebook) -> list[str]:
        """The families of returns that `notebook` needs and of which the folder holds nothing."""
        held = {extract.family for extract in self.extracts}
        return [family for family in notebook.returns if family not in held]

    def absent(self, notebook: Notebook) -> str:
        """Which returns or tables that `notebook` needs are not there, in words; empty when all are."""
        names = [FAMILIES[family] for family in self.lacking(notebook)]
        if names:
            return f"it needs the {' and the '.join(names)}, and the returns folder has none"
        closed = [table for table in notebook.tables if table not in self.card["tables"]]
        return why_absent(closed[0], self.card).rstrip(".") if closed else ""

    def unserved(self, notebook: Notebook, period: Period) -> str:
        """Which extract that `notebook` needs does not reach to the end of `period` or begins after it, in words.

        Empty when none. An extract whose day was only derived reaches a month further than the last thing in it: quiet
        weeks are possible, and the page says what it rests on; a period that ends later would show stocks that nobody
        has looked at.
        """
        for extract in self._needed(notebook):
            if extract.covers_to < period.end:
                return f"{extract.how_far}, and {period.code} ends on {day_in_words(period.end)}"
        for extract in self._needed(notebook):
            if extract.covers_from > period.end:
                return f"its returns ({extract.name}) begin on {day_in_words(extract.covers_from)}, after {period.code}"
        return ""

    def first_day(self, notebook: Notebook) -> pd.Timestamp | None:
        """The first day that every return which `notebook` needs tells of; None when nothing says it."""
        days = [extract.covers_from for extract in self._needed(notebook) if pd.notna(extract.covers_from)]
        return max(days, default=None)

    def last_day(self, notebook: Notebook) -> pd.Timestamp | None:
        """The last day of the latest period that `notebook` can be run for; None when nothing says it."""
        days = [extract.covers_to for extract in self._needed(notebook) if pd.notna(extract.covers_to)]
        return min(days, default=None)

    def _needed(self, notebook: Notebook) -> list[Extract]:
        return [extract for extract in self.extracts if extract.family in notebook.returns]


def open_store(authority: Authority, returns: Path, period: Period | None = None) -> Store:
    """Prepare the returns (unless that has been done for these very files) and open what a pack of `period` uses.

    Raises `UsageError` when the folder is not there, `DataError` when its files cannot be used.
    """
    if not returns.is_dir():
        raise UsageError(
            f"There is no folder {returns} with returns. Give one with --data, or correct `returns` in authority.toml."
        )
    from analysis_lib.prepare import prepare_folder

    as_of = None if period is None else AsOf(period.end, authority.as_at(period))
    return read_store(prepare_folder(returns, authority, as_of))


def read_store(folder: Path) -> Store:
    """The store in `folder`, as it was prepared."""
    inputs = json.loads((folder / INPUTS).read_text(encoding="utf-8"))
    extracts = pd.read_parquet(folder / "extracts.parquet").to_dict("records")
    problems = pd.read_parquet(folder / "problems.parquet")["severity"].value_counts()
    left_aside = set(inputs.get("left_aside", ()))  # snapshots that the pack does not use are none of its inputs
    return Store(
        folder=folder,
        inputs={
            f"{kind}/{path}": digest
            for kind in ("published", "returns")
            for path, digest in sorted(inputs[kind].items())
            if kind == "published" or path not in left_aside
        },
        card=inputs,
        extracts=tuple(
            Extract(
                row["family"],
                row["label"],
                pd.Timestamp(row["covers_from"]),
                pd.Timestamp(row["covers_to"]),
                pd.Timestamp(row["extract_date"]),
                bool(row["given"]),
            )
            for row in sorted(extracts, key=lambda row: row["family"])
        ),
        problems={str(severity): int(count) for severity, count in sorted(problems.items())},
    )


def periods_served(store: Store, notebook: Notebook) -> str:
    """In words: the periods that `notebook` can be run for, with the latest of each kind."""
    first, last = store.first_day(notebook), store.last_day(notebook)
    since = f" from {day_in_words(first)}" if first is not None else ""
    if last is None:
        return f"any period{since} on; the returns do not say when they were extracted" if since else "any period"
    year = Period.financial_year_of(last)
    ends = [Period.month_of(last), Period.parse(f"{year.code}-Q4"), Period.parse(f"{year.code}-H2"), year]
    latest = ", ".join(_latest(period, last).code for period in ends)
    return f"any period{since} to {day_in_words(last)}: up to {latest}"


def _latest(period: Period, last_day: pd.Timestamp) -> Period:
    while period.end > last_day:
        period = period.previous
    return period
