"""The shipped synthetic returns, read once as plain dictionaries of text."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import date
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ROOT / "data" / "raw" / "synthetic"
YEARS = [f"{year}-{(year + 1) % 100:02d}" for year in range(2016, 2026)]


def rows_of(path: Path) -> list[dict[str, str]]:
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def day(text: str) -> date | None:
    """A date as the files write it, dd/mm/yyyy; None for a blank."""
    return date(int(text[6:]), int(text[3:5]), int(text[:2])) if text else None


@pytest.fixture(scope="session")
def shipped() -> Path:
    return SHIPPED


@pytest.fixture(scope="session")
def returns() -> dict[str, dict[str, list[dict[str, str]]]]:
    """SSDA903 rows by year and table."""
    folder = SHIPPED / "ssda903"
    return {year: {file.stem: rows_of(file) for file in sorted((folder / year).glob("*.csv"))} for year in YEARS}


@pytest.fixture(scope="session")
def episodes(returns) -> dict[str, list[dict[str, str]]]:
    """Episodes of all years by child, each once, as the latest return has it, in order of their start."""
    latest: dict[tuple[str, str], dict[str, str]] = {}
    for year in YEARS:
        for row in returns[year]["episodes"]:
            latest[(row["CHILD"], row["DECOM"])] = row
    by_child: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in latest.values():
        by_child[row["CHILD"]].append(row)
    for rows in by_child.values():
        rows.sort(key=lambda row: day(row["DECOM"]))
    return dict(by_child)


@pytest.fixture(scope="session")
def births(returns) -> dict[str, date]:
    return {row["CHILD"]: day(row["DOB"]) for year in YEARS for row in returns[year]["header"]}


@pytest.fixture(scope="session")
def annex_a() -> dict[str, dict[int, list[dict[str, str]]]]:
    folder = SHIPPED / "annex_a"
    return {
        year: {int(file.stem[-2:]): rows_of(file) for file in sorted((folder / year).glob("list_*.csv"))}
        for year in YEARS
    }
