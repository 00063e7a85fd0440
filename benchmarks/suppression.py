"""How long the attacker takes, how long the choice of what to hide, and how much is hidden: random tables of set sizes.

Small counts are many here: half of all counts lie from 0 to 8. The times are seconds of processor time of the one process.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "support"))  # where the random tables are made

from random_pages import (
    THRESHOLD,
    Page,
    linked,
    nested,
    one_more_in_each_line,
    one_way,
    rolling,
    small_rows,
    two_way,
    what_is_given_away,
    year_to_date,
)

from analysis_lib.disclosure.attacker import Effort, leaks
from analysis_lib.disclosure.clues import Clue, adds_up, exactly
from analysis_lib.disclosure.suppression import CannotBeProtected

KINDS: dict[str, Callable[[random.Random], Page]] = {
    "one line of 8 with its total": lambda chance: one_way(chance, 8),
    "4 x 5 with margins": lambda chance: two_way(chance, 4, 5),
    "4 x 5 with margins, rounded to 5": lambda chance: two_way(chance, 4, 5, 5),
    "a total, 3 groups, their parts": lambda chance: nested(chance, 3),
    "two tables with margins in common": linked,
    "year to date, two days": year_to_date,
    "rolling twelve months, two days": rolling,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=40, help="pages of each kind (default: 40)")
    pages = parser.parse_args().pages
    print(in_words_of_a_page_of_exact_counts())
    for name, make in KINDS.items():
        print(f"{name}: {in_words([make(random.Random(f'{name} {seed}')) for seed in range(pages)])}")
    print(in_words_of_the_simple_rule([two_way(random.Random(f"simple {seed}"), 4, 5) for seed in range(pages)]))


def in_words(pages: list[Page]) -> str:
    """One line: time, share hidden, pages withheld, and the largest program of the attacks."""
    taken, hidden, cells, small, withheld, effort = [], 0, 0, 0, 0, Effort()
    for page in pages:
        begun = time.process_time()
        try:
            rows = page.rows_to_hide(small_rows(page), effort=effort)
        except CannotBeProtected:
            rows = None
        taken.append(time.process_time() - begun)
        if rows is None:
            withheld += 1
            continue
        hidden, cells, small = hidden + len(rows), cells + len(page.rows), small + len(small_rows(page))
    return (
        f"median {1000 * statistics.median(taken):.0f} ms, longest {1000 * max(taken):.0f} ms; "
        f"{hidden / max(cells, 1):.0%} of cells hidden ({small / max(cells, 1):.0%} small), "
        f"{withheld} of {len(pages)} withheld; attacks: {effort}"
    )


def in_words_of_the_simple_rule(pages: list[Page]) -> str:
    """What is left to find when one more is hidden in each row and column."""
    pages = [page for page in pages if page.protected]
    left = [what_is_given_away(page, one_more_in_each_line(page))[0] for page in pages]
    exact = sum(any(len(gone) == THRESHOLD - 2 for gone in values.values()) for values in left)
    return (
        f"one more hidden in each row and column (4 x 5): of {len(pages)} tables "
        f"{exact} give a small count back exactly, {sum(map(bool, left))} narrow one"
    )


def in_words_of_a_page_of_exact_counts() -> str:
    """An attack on a page of which nearly every count is printed."""
    clues, hidden = page_of_exact_counts()
    taken = []
    for _ in range(20):
        begun = time.process_time()
        leaks(clues, hidden, THRESHOLD)
        taken.append(time.process_time() - begun)
    return f"{len(clues):,} clues, nearly all exact: {1000 * min(taken):.0f} ms at best, {1000 * statistics.median(taken):.0f} ms median"


def page_of_exact_counts(tables: int = 12, rows: int = 12, columns: int = 9) -> tuple[list[Clue], list]:
    chance = random.Random(1)
    clues, hidden = [], []
    for table in range(tables):
        counts = {(table, row, column): chance.randint(8, 90) for row in range(rows) for column in range(columns)}
        counts[table, 0, 0] = 3
        hidden.append((table, 0, 0))
        clues += [exactly(cell, count) for cell, count in counts.items() if cell[1:] not in {(0, 0), (0, 1)}]
        for row in range(rows):
            line = [(table, row, column) for column in range(columns)]
            clues += [adds_up((table, row), line), exactly((table, row), sum(counts[cell] for cell in line))]
    return clues, hidden


if __name__ == "__main__":
    main()
