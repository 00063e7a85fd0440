#!/usr/bin/env python3
"""Runs DfE's SSDA903 rules on every year of the synthetic returns, each with the year before it.

    python3.11 -m venv engine && engine/bin/pip install csc-validator-be-903==0.1.17
    engine/bin/python tools/synthetic_dfe_rules.py [FOLDER]     default: data/raw/synthetic of this checkout

The rules are those of the sector's public engine (PyPI csc-validator-be-903, MIT licence, Python 3.9 to 3.11). Its rule
sets begin with 2022-23: earlier years run on that one. Prints the table that docs/synthetic.md holds: flags by rule and
year, which tables were recognised, which rules were skipped and which crashed. Exit status 1 when a rule flags a row
that `EXPLAINED` does not account for, or a table was not recognised.
"""

from __future__ import annotations

import contextlib
import csv
import importlib
import io
import logging
import sys
import warnings
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
YEARS = range(2017, 2027)  # by the year in which they end
TWO_YEARS = (
    "the engine sees two years of episodes; the child's care lies before them (and it flags all aged 20 or over)"
)

# Rule -> (years in which it may flag, reason). docs/synthetic.md shows each in the engine's own code.
EXPLAINED = {
    "1001": (YEARS, TWO_YEARS),
    "1002": (YEARS, TWO_YEARS),
    "132": (range(2017, 2022), "F3 and P3 were codes of these years; the rule set of 2022-23 has their successors"),
    "149": (range(2017, 2019), "E43 and E44 were codes of these years; the rule set of 2022-23 has their successors"),
    "146": ((2025,), 'the rule set of 2024-25 spells the new code K3 "k3", so it refuses every K3'),
    "202": ((2025,), "SEX became M and F in this year, and the engine compares it with the 1 and 2 of the year before"),
    "362": (
        YEARS,
        "the engine joins two emergency orders of one child that lie months apart with other statuses between",
    ),
    "624": (
        YEARS,
        "a mother who has left care: 628 and 612 leave the child's birth out, 624 wants it as the year before",
    ),
    "SW12STG2": (
        range(2024, 2027),
        "a child who came back into care: the engine tests each pair of episode and worker, where one pair suffices",
    ),
}


def rule_set(year: int) -> str:
    year = max(year, 2023)
    return f"lac{year - 1}_{year % 100:02d}"


def files_of(folder: Path, description: str) -> list[dict]:
    return [
        {"name": path.name, "file_content": path.read_bytes(), "description": description}
        for path in sorted(folder.glob("*.csv"))
    ]


def unrecognised(folder: Path) -> list[str]:
    """Files whose columns are no table of the engine's."""
    from lac_validator.config import column_names

    known = [set(columns) for columns in column_names.values()]
    found = []
    for path in sorted(folder.glob("*.csv")):
        with open(path, encoding="utf-8", newline="") as file:
            if set(next(csv.reader(file))) not in known:
                found.append(path.name)
    return found


def run_year(returns: Path, year: int, authority: str) -> dict:
    """Flags by rule (rows, and the children behind them), and the rules that did not run."""
    from lac_validator.lac_validator import LacValidator

    folder = returns / f"{year - 1}-{year % 100:02d}"
    before = returns / f"{year - 2}-{(year - 1) % 100:02d}"
    registry = importlib.import_module(f"lac_validator.rules.{rule_set(year)}").registry
    files = files_of(folder, "This year") + (files_of(before, "Prev year") if before.is_dir() else [])
    with contextlib.redirect_stdout(io.StringIO()):  # some rules print the frames that they work on
        ran = LacValidator(
            metadata={"collectionYear": str(year), "localAuthority": authority},
            files=files, registry=registry, selected_rules=None,
        )  # fmt: skip
    flags: dict[str, int] = defaultdict(int)
    children: dict[str, list[str]] = defaultdict(list)
    for table, frame in ran.ds_results.items():
        for column in [] if table == "metadata" else [name for name in frame.columns if name.startswith("ERR_")]:
            rows = frame[frame[column].fillna(False).astype(bool)]
            if len(rows):
                flags[column[4:]] += len(rows)
                children[column[4:]] += rows["CHILD"].astype(str).tolist()
    return {
        "rules": len(registry), "ran": len(ran.dones), "flags": dict(flags), "children": dict(children),
        "skipped": sorted(map(str, ran.skips)), "crashed": sorted(map(str, ran.fails)),
        "unrecognised": unrecognised(folder), "tables": len(list(folder.glob("*.csv"))),
    }  # fmt: skip


def day(text: str) -> date | None:
    return date(int(text[6:]), int(text[3:5]), int(text[:2])) if text else None


def birthday(birth: date, age: int) -> date:
    leap = (birth.month, birth.day) == (2, 29)
    return date(birth.year + age, birth.month, 28 if leap else birth.day)


def table_of(returns: Path, year: int, name: str) -> list[dict[str, str]]:
    path = returns / f"{year - 1}-{year % 100:02d}" / f"{name}.csv"
    if not path.is_file():
        return []
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def entitled(returns: Path) -> tuple[set[str], set[str]]:
    """(children with 13 weeks of care after 14 and some after 16 in the returns of all years, children with any episode)."""
    births, latest = {}, {}
    for year in YEARS:
        births |= {row["CHILD"]: day(row["DOB"]) for row in table_of(returns, year, "header")}
        latest |= {(row["CHILD"], row["DECOM"]): row for row in table_of(returns, year, "episodes")}
    after_14, after_16 = defaultdict(int), defaultdict(int)
    for (child, start), row in latest.items():
        end = day(row["DEC"]) or date(2026, 4, 1)
        for total, age in ((after_14, 14), (after_16, 16)):
            total[child] += max(timedelta(0), end - max(day(start), birthday(births[child], age))).days
    return {child for child in births if after_14[child] >= 91 and after_16[child] >= 1}, {child for child, _ in latest}


def proofs(results: dict[int, dict], returns: Path) -> list[str]:
    """What the returns themselves say of the rows that are flagged, rule by rule."""
    care, any_care = entitled(returns)
    lines = []
    for rule in ("1001", "1002"):
        flagged = [child for result in results.values() for child in result["children"].get(rule, ())]
        shown = sum(child in care for child in flagged)
        before = sum(child not in any_care for child in flagged)
        lines.append(
            f"{rule}: {len(flagged)} flags: {shown} of children who had 13 weeks of care after 14, and some after 16, in the "
            f"returns of all years; {before} of young people who left before 1 April 2016; {len(flagged) - shown - before} others."
        )
    unbroken, mothers, came_back, uncovered, left = [0], [], [], 0, set()
    for year, result in results.items():
        episodes = defaultdict(list)
        for row in table_of(returns, year, "episodes"):
            episodes[row["CHILD"]].append(row)
        unbroken += [longest_order(chain) for chain in episodes.values()]
        mothers += [child in episodes for child in result["children"].get("624", ())]
        workers = defaultdict(list)
        for row in table_of(returns, year, "sw_episodes"):
            workers[row["CHILD"]].append((day(row["SW_DECOM"]), day(row["SW_DEC"])))
        left |= {child for child, chain in episodes.items() if any(row["REC"] not in ("", "X1") for row in chain)}
        for child in result["children"].get("SW12STG2", ()):
            came_back.append(child in left and any(row["RNE"] == "S" for row in episodes[child]))
            uncovered += sum(days_without_worker(row, workers[child], year) for row in episodes[child])
    lines.append(f"362: the longest unbroken emergency protection order of all years lasts {max(unbroken)} days.")
    lines.append(f"624: {len(mothers)} flags, {sum(mothers)} of them of mothers with an episode in the year.")
    lines.append(
        f"SW12STG2: {len(came_back)} flags, {sum(came_back)} of children who left care and came back; the returns leave "
        f"them {uncovered} days of care without a social worker."
    )
    return lines


def longest_order(chain: list[dict[str, str]]) -> int:
    """Days of the longest run of L2 episodes that follow one another, 0 where there is none that ended."""
    longest, first, last = 0, None, None
    for row in sorted(chain, key=lambda row: day(row["DECOM"])):
        if row["LS"] != "L2" or not row["DEC"]:
            continue
        first = first if last == day(row["DECOM"]) else day(row["DECOM"])
        last = day(row["DEC"])
        longest = max(longest, (last - first).days)
    return longest


def days_without_worker(episode: dict[str, str], workers: list[tuple], year: int) -> int:
    start, end = max(day(episode["DECOM"]), date(year - 1, 4, 1)), day(episode["DEC"]) or date(year, 4, 1)
    days = [start + timedelta(days=step) for step in range((end - start).days)]
    return sum(not any(begun <= each and (left is None or each < left) for begun, left in workers) for each in days)


def unexplained(results: dict[int, dict]) -> list[str]:
    found = []
    for year, result in results.items():
        found += [f"{year}: {name} was not recognised" for name in result["unrecognised"]]
        for rule, number in result["flags"].items():
            if year not in EXPLAINED.get(rule, ((), ""))[0]:
                found.append(f"{year}: rule {rule} flags {number} rows")
    return found


def report(results: dict[int, dict], returns: Path) -> list[str]:
    rules = sorted(
        {rule for result in results.values() for rule in result["flags"]}, key=lambda rule: (len(rule), rule)
    )
    lines = ["| rule | " + " | ".join(map(str, results)) + " | reason |", "|---" * (len(results) + 2) + "|"]
    for rule in rules:
        counts = " | ".join(str(result["flags"].get(rule, "")) for result in results.values())
        lines.append(f"| {rule} | {counts} | {EXPLAINED.get(rule, ((), 'not explained'))[1]} |")
    lines.append("| rules that ran | " + " | ".join(str(result["ran"]) for result in results.values()) + " | |")
    lines += proofs(results, returns)
    for year, result in results.items():
        lines.append(
            f"{year}: {result['tables']} tables, all recognised; crashed: {', '.join(result['crashed']) or 'none'}; "
            f"skipped: {', '.join(result['skipped'])}"
        )
    return lines


def main() -> int:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "data" / "raw" / "synthetic"
    warnings.filterwarnings("ignore")
    logging.disable(logging.CRITICAL)  # rules that crash are reported below
    returns = folder / "ssda903"
    results = {year: run_year(returns, year, "E06000002") for year in YEARS}
    print("\n".join(report(results, returns)))
    problems = unexplained(results)
    print("\n".join(problems) if problems else "Every flag is accounted for.")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
