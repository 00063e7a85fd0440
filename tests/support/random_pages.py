"""Random tables and pages with small counts, and a judge that knows nothing of the attacker: plain programs, one after the other.

Used by the tests of suppression and by its benchmark.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array, eye_array, kron

from analysis_lib.disclosure.clues import Cell, Clue, adds_up, between, exactly, rounded
from analysis_lib.disclosure.suppression import CannotBeProtected, Page, Print

THRESHOLD = 6
ALL = "all"


def count(chance: random.Random) -> int:
    """One count: half of them around the threshold, the others well above."""
    return chance.choice([chance.randint(0, 8), chance.randint(6, 60)])


def page_of(truth: dict[Cell, int], sums: Sequence[Clue], cost: dict[Cell, int], *, base: int = 0, **more) -> Page:
    """A page that prints every cell of `cost`, to the nearest `base` where it is not 0, and hides what is small."""
    rows = {
        (which, cell): Print(
            (
                rounded(cell, base * int((truth[cell] + base / 2) // base), base)
                if base
                else exactly(cell, truth[cell]),
            ),
            cost=cost[cell],
            cells=(cell,),
            hidden_clues=(between(cell, THRESHOLD),) if truth[cell] >= THRESHOLD else (),
        )
        for cell in cost
        for which in more.get("printed_in", {}).get(cell, ("page",))
    }
    protected = tuple(cell for cell, number in truth.items() if 1 <= number < THRESHOLD)
    return Page(tuple(sums), tuple(more.get("known", ())), rows, truth, protected, THRESHOLD)


def small_rows(page: Page) -> frozenset:
    """The rows that show a protected cell: hidden from the start."""
    secret = set(page.protected)
    return frozenset(row for row, each in page.rows.items() if secret & set(each.cells))


def one_way(chance: random.Random, parts: int, base: int = 0) -> Page:
    """A table of one line with its total."""
    truth = {part: count(chance) for part in range(parts)}
    sums = [adds_up(ALL, truth)]
    cost = {**dict.fromkeys(truth, 1), ALL: parts}
    return page_of({**truth, ALL: sum(truth.values())}, sums, cost, base=base)


def two_way_counts(chance, rows, columns, name=""):
    """Counts of a table of rows and columns with all its margins, and their sums."""
    inner = {(name, row, column): count(chance) for row in range(rows) for column in range(columns)}
    truth, sums = dict(inner), []
    lines = [
        *(((name, row, ALL), [(name, row, column) for column in range(columns)]) for row in range(rows)),
        *(((name, ALL, column), [(name, row, column) for row in range(rows)]) for column in range(columns)),
        (ALL, [(name, row, ALL) for row in range(rows)]),
    ]
    for total, parts in lines:
        truth[total] = sum(truth[part] for part in parts)
        sums.append(adds_up(total, parts))
    sums.append(adds_up(ALL, [(name, ALL, column) for column in range(columns)]))
    return truth, sums


def two_way(chance: random.Random, rows: int, columns: int, base: int = 0) -> Page:
    """A table of rows and columns with all its margins."""
    truth, sums = two_way_counts(chance, rows, columns)
    return page_of(truth, sums, costs(truth), base=base)


def costs(truth: Iterable[Cell]) -> dict[Cell, int]:
    """A margin is worth four cells, the total twenty."""
    return {cell: 20 if cell == ALL else 4 if ALL in cell else 1 for cell in truth}


def nested(chance: random.Random, groups: int, base: int = 0) -> Page:
    """Three lines: a total, its groups, and the parts of each."""
    truth, sums = {}, []
    for group in range(groups):
        parts = [(group, part) for part in range(chance.randint(2, 4))]
        truth.update({part: count(chance) for part in parts})
        truth[group, ALL] = sum(truth[part] for part in parts)
        sums.append(adds_up((group, ALL), parts))
    truth[ALL] = sum(truth[group, ALL] for group in range(groups))
    sums.append(adds_up(ALL, [(group, ALL) for group in range(groups)]))
    return page_of(truth, sums, costs(truth), base=base)


def linked(chance: random.Random, base: int = 0) -> Page:
    """Two tables of the same children: by sex and age, by sex and ethnicity; sexes and total stand in both."""
    truth, sums = two_way_counts(chance, 2, chance.randint(3, 4), "age")
    second = chance.randint(3, 4)
    rows = {}
    for sex in range(2):
        left = truth["age", sex, ALL]
        for group in range(second):
            rows["ethnicity", sex, group] = (
                left if group == second - 1 else chance.randint(0, min(left, chance.choice([4, 40])))
            )
            left -= rows["ethnicity", sex, group]
        sums.append(adds_up(("age", sex, ALL), [("ethnicity", sex, group) for group in range(second)]))
    for group in range(second):
        parts = [("ethnicity", sex, group) for sex in range(2)]
        rows["ethnicity", ALL, group] = sum(rows[part] for part in parts)
        sums.append(adds_up(("ethnicity", ALL, group), parts))
    sums.append(adds_up(ALL, [("ethnicity", ALL, group) for group in range(second)]))
    truth |= rows
    both = {cell: ("first", "second") for cell in (ALL, ("age", 0, ALL), ("age", 1, ALL))}
    return page_of(truth, sums, costs(truth), base=base, printed_in=both)


def year_to_date(chance: random.Random, base: int = 0) -> Page:
    """The year to date by group on two days; the first is printed already where it was not small, a quarter's count never."""
    groups = range(chance.randint(3, 5))
    truth, sums, known = {}, [], []
    for group in groups:
        truth["first", group], truth["quarter", group] = chance.randint(6, 40), count(chance)
        truth["second", group] = truth["first", group] + truth["quarter", group]
        sums.append(adds_up(("second", group), [("first", group), ("quarter", group)]))
        if chance.random() < 0.3:
            known.append(exactly(("first", group), truth["first", group]))
    for when in ("first", "quarter", "second"):
        truth[when, ALL] = sum(truth[when, group] for group in groups)
        sums.append(adds_up((when, ALL), [(when, group) for group in groups]))
    told = {cell: price for cell, price in costs(truth).items() if cell[0] != "quarter"}
    return page_of(truth, sums, told, base=base, known=known)


def rolling(chance: random.Random, base: int = 0) -> Page:
    """Twelve months by group, a quarter apart; the oldest quarter of some groups is printed elsewhere."""
    groups = range(chance.randint(2, 4))
    truth, sums, known = {}, [], []
    for group in groups:
        truth.update({(quarter, group): chance.randint(0, 12) for quarter in range(5)})
        for at, when in enumerate(("to March", "to June")):
            parts = [(quarter, group) for quarter in range(at, at + 4)]
            truth[when, group] = sum(truth[part] for part in parts)
            sums.append(adds_up((when, group), parts))
        if chance.random() < 0.5 and truth[0, group] >= THRESHOLD:
            known.append(exactly((0, group), truth[0, group]))
    for when in ("to March", "to June"):
        truth[when, ALL] = sum(truth[when, group] for group in groups)
        sums.append(adds_up((when, ALL), [(when, group) for group in groups]))
    told = {cell: price for cell, price in costs(truth).items() if cell[0] in ("to March", "to June")}
    return page_of(truth, sums, told, base=base, known=known)


def one_more_in_each_line(page: Page) -> frozenset:
    """The simple rule on a table of rows and columns: the smallest other count of each row and column with one hidden, no 0."""
    hidden = {row[1] for row in small_rows(page)}
    inner = [cell for cell in page.truth if cell != ALL and ALL not in cell]
    for at in (1, 2):
        for line in sorted({cell[at] for cell in inner}):
            cells = [cell for cell in inner if cell[at] == line]
            shown = [cell for cell in cells if cell not in hidden and page.truth[cell]]
            if len(cells) - len(shown) and sum(cell in hidden for cell in cells) == 1 and shown:
                hidden.add(min(shown, key=lambda cell: (page.truth[cell], cell)))
    return frozenset(("page", cell) for cell in hidden)


# The judge.


def ruled_out(clues: Sequence[Clue], asked: Sequence[tuple[Cell, float, float]]) -> list[tuple[Cell, float, float]]:
    """Those of `asked` (a cell with a range) that no whole numbers fit: all in one program; one by one where that has none."""
    if not asked or _fits(clues, asked):
        return []
    return [each for each in asked if not _fits(clues, [each])]


def _fits(clues: Sequence[Clue], asked: Sequence[tuple[Cell, float, float]]) -> bool:
    """Whether there is a filling for each of `asked`, written as one program of as many copies."""
    cells = {cell: at for at, cell in enumerate(dict.fromkeys(cell for clue in clues for cell, _ in clue.terms))}
    matrix = np.zeros((len(clues), len(cells)))
    for at, clue in enumerate(clues):
        for cell, factor in clue.terms:
            matrix[at, cells[cell]] += factor
    low, high = np.zeros((len(asked), len(cells))), np.full((len(asked), len(cells)), inf)
    for copy, (cell, least, most) in enumerate(asked):
        low[copy, cells[cell]], high[copy, cells[cell]] = least, most
    copies = csr_array(kron(eye_array(len(asked)), csr_array(matrix)))
    least, most = (np.tile([getattr(clue, end) for clue in clues], len(asked)).astype(float) for end in ("low", "high"))
    for whole in (0, 1):
        found = milp(
            np.zeros(low.size),
            integrality=np.full(low.size, whole),
            bounds=Bounds(low.ravel(), high.ravel()),
            constraints=LinearConstraint(copies, least, most),
        )
        if found.x is None:
            return False
        numbers = np.rint(found.x)
        sums = copies @ numbers
        if (
            (sums >= least).all()
            and (sums <= most).all()
            and (numbers >= low.ravel()).all()
            and (numbers <= high.ravel()).all()
        ):
            return True
    raise AssertionError("the solver's whole numbers do not fit")


def what_is_given_away(page: Page, hidden: frozenset) -> tuple[dict[Cell, list[int]], list[Cell]]:
    """The values ruled out of protected cells, but for those that are so before anything is printed; and hidden others known."""
    small = [between(cell, 1, THRESHOLD - 1) for cell in page.protected]
    everything = [*page.told(hidden), *page.definitions, *small]
    asked = [(cell, value, value) for cell in page.protected for value in range(1, THRESHOLD)]
    gone = {}
    for cell, value, _ in ruled_out(everything, asked):
        gone.setdefault(cell, []).append(value)
    for cell in list(gone):
        before = ruled_out([*page.definitions, *small], [(cell, value, value) for value in range(1, THRESHOLD)])
        if len(before) < THRESHOLD - 2:
            gone[cell] = [value for value in gone[cell] if (cell, value, value) not in before]
        if not gone[cell]:
            del gone[cell]
    others = [cell for row in hidden for cell in page.rows[row].cells if cell not in page.protected]
    no_more = ruled_out(everything, [(cell, page.truth[cell] + 1, inf) for cell in others])
    known = ruled_out(everything, [(cell, 0, page.truth[cell] - 1) for cell, *_ in no_more])
    return gone, [cell for cell, *_ in known]


# What became of many of them.


@dataclass
class Tally:
    """What was printed, hidden and withheld of some pages, and how many of the released ones are unsafe."""

    pages: int = 0
    withheld: int = 0
    cells: int = 0
    small: int = 0
    hidden: int = 0
    unsafe: list = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"{self.pages} pages, {self.withheld} withheld ({self.withheld / self.pages:.1%}), "
            f"{self.hidden / self.cells:.1%} of {self.cells:,} cells hidden ({self.small / self.cells:.1%} small themselves), "
            f"{len(self.unsafe)} unsafe released"
        )


def released_safely(pages: Mapping[str, Page]) -> Tally:
    """Hide what has to be hidden of each page, and let the judge look at what is left."""
    tally = Tally()
    for name, page in pages.items():
        tally.pages += 1
        try:
            hidden = page.rows_to_hide(small_rows(page))
        except CannotBeProtected:
            tally.withheld += 1
            continue
        tally.cells += len(page.rows)
        tally.small += len(small_rows(page))
        tally.hidden += len(hidden)
        values, known = what_is_given_away(page, hidden)
        zeros = [row for row in hidden for cell in page.rows[row].cells if not page.truth[cell]]
        if values or known or zeros:
            tally.unsafe.append((name, values, known, zeros))
    return tally
