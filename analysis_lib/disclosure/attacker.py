"""The attacker: what somebody can work out who reads everything that is printed and can solve equations.

It knows nothing of pages, children or metrics. Each number that was counted is a whole number that it does not know (a *cell*);
each thing that is printed, public elsewhere or true by definition is a *clue* that ties cells together: a printed count, a
rounded one, a percentage, a total of parts, a stock and its flows. `leaks` asks, by integer programming, which protected
cells these clues give away.

Cells that no clue ties together are taken apart and solved as separate small programs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import ceil, floor, inf

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_array

Cell = Hashable
NO_SOLUTION = 2  # HiGHS's status for a program without a solution
MOST_SWEEPS = 12  # bounds without a limit could creep on for ever; what is left is for the solver


@dataclass(frozen=True)
class Clue:
    """`low` <= the sum of `terms` (pairs of cell and whole factor) <= `high`."""

    terms: tuple[tuple[Cell, int], ...]
    low: float
    high: float


def exactly(cell: Cell, number: int) -> Clue:
    """A count that is printed as it is."""
    return Clue(((cell, 1),), number, number)


def between(cell: Cell, low: float, high: float = inf) -> Clue:
    return Clue(((cell, 1),), low, high)


def rounded(cell: Cell, printed: int, base: int) -> Clue:
    """A count that is printed to the nearest `base`, halves up."""
    half = Fraction(base, 2)
    return Clue(((cell, 1),), ceil(printed - half), ceil(printed + half) - 1)


def adds_up(total: Cell, parts: Iterable[Cell]) -> Clue:
    """The total is the sum of its parts."""
    return Clue((*((part, 1) for part in parts), (total, -1)), 0, 0)


def is_part(part: Cell, whole: Cell) -> Clue:
    """Everything in `part` is in `whole`."""
    return Clue(((whole, 1), (part, -1)), 0, inf)


def quotient(numerator: Cell, denominator: Cell, printed: float | str, decimals: int, scale: int) -> tuple[Clue, ...]:
    """`scale` x `numerator` / `denominator`, printed with `decimals`, halves up. The denominator is not 0.

    printed - h <= scale numerator / denominator < printed + h, where h is half of the last digit: exact in whole numbers.
    """
    shown = Fraction(printed).limit_denominator(10 ** (decimals + 3))
    half = Fraction(1, 2 * 10**decimals)
    low, high = shown - half, shown + half
    return (
        between(denominator, 1),
        Clue(((numerator, scale * low.denominator), (denominator, -low.numerator)), 0, inf),
        Clue(((numerator, -scale * high.denominator), (denominator, high.numerator)), 1, inf),
    )


def percentage(numerator: Cell, denominator: Cell, printed: float | str, decimals: int) -> tuple[Clue, ...]:
    """`numerator` as a percentage of `denominator`, printed with `decimals`, halves up."""
    return quotient(numerator, denominator, printed, decimals, 100)


@dataclass(frozen=True)
class Leak:
    """A protected cell that the clues give away: which values from 1 up to the threshold they rule out, and leave."""

    cell: Cell
    ruled_out: tuple[int, ...]
    left: tuple[int, ...]

    @property
    def is_exact(self) -> bool:
        return len(self.left) == 1


class Contradiction(ValueError):
    """The clues cannot all be true: what is printed does not fit together."""


def leaks(
    clues: Sequence[Clue], protected: Iterable[Cell], threshold: int, *, definitions: Sequence[Clue] = ()
) -> list[Leak]:
    """The protected cells for which `clues` rule out a value from 1 to `threshold` - 1.

    A protected cell holds 1 to `threshold` - 1, and the attacker is taken to know that it is one of these. Each value must stay
    possible by itself, but for those that `definitions` alone rule out: a sum of two protected cells is never 1.

    Raises
    ------
    Contradiction
        When the clues cannot all be true.
    """
    secret = list(dict.fromkeys(protected))
    small = [between(cell, 1, threshold - 1) for cell in secret]
    possible = _possible([*clues, *definitions, *small], secret, threshold)
    found = []
    for cell in secret:
        out = [value for value in range(1, threshold) if value not in possible[cell]]
        if len(out) == threshold - 1:
            raise Contradiction("what is printed does not fit together: no value of a protected cell is possible")
        if out and definitions:
            nothing_printed = _possible([*around(definitions, cell), *small], [cell], threshold)[cell]
            if len(nothing_printed) > 1:  # what is known of itself from the start is given away, and stays so
                out = [value for value in out if value in nothing_printed]
        if out:
            found.append(Leak(cell, tuple(out), tuple(sorted(possible[cell]))))
    return found


def _possible(clues: Sequence[Clue], cells: Sequence[Cell], threshold: int) -> dict[Cell, set[int]]:
    """Of each of `cells` the values from 1 to `threshold` - 1 that the clues leave."""
    asked = set(cells)
    possible: dict[Cell, set[int]] = defaultdict(set)
    for program in programs(clues):
        for cell in program.cells:
            if cell not in asked:
                continue
            for value in range(1, threshold):
                if value in possible[cell]:
                    continue
                for other, number in (program.solution(cell, value, value) or {}).items():
                    if other in asked:  # one solution is a witness for every cell in it
                        possible[other].add(number)
    for cell in asked - possible.keys():
        possible[cell] = set(range(1, threshold))  # no clue speaks of it
    return possible


def known_exactly(clues: Sequence[Clue], cells: Iterable[Cell]) -> dict[Cell, int]:
    """Those of `cells` that the clues leave a single value, with it: a hidden complement must not be one of them."""
    asked = set(cells)
    found = {}
    for program in programs(clues):
        for cell in program.cells:
            if cell in asked and (value := program.only_value(cell)) is not None:
                found[cell] = value
    return found


def is_possible(clues: Sequence[Clue], cell: Cell, low: float, high: float) -> bool:
    """Whether the clues leave `cell` a value from `low` to `high`."""
    try:
        return all(program.is_solvable for program in programs([*clues, between(cell, low, high)]))
    except Contradiction:
        return False


def around(clues: Sequence[Clue], cell: Cell) -> list[Clue]:
    """The clues that are tied to `cell`, directly or through other cells: all that can tell of it."""
    touching = defaultdict(list)
    for clue in clues:
        for each, _ in clue.terms:
            touching[each].append(clue)
    near: dict[int, Clue] = {}
    waiting, seen = [cell], {cell}
    while waiting:
        for clue in touching[waiting.pop()]:
            near[id(clue)] = clue
            for each, _ in clue.terms:
                if each not in seen:
                    seen.add(each)
                    waiting.append(each)
    return list(near.values())


def blamed(fixed: Sequence[Clue], spared: Sequence[Clue], cell: Cell, low: float, high: float) -> list[int] | None:
    """Which of the `spared` clues rule out that `cell` lies from `low` to `high`, by their places; `fixed` ones are not asked.

    From the dual of a linear program: a set that is enough, not always the smallest. None when fractions would fit, so
    that only whole numbers rule it out.
    """
    cells = list(dict.fromkeys([cell, *(each for clue in (*fixed, *spared) for each, _ in clue.terms)]))
    place = {each: at for at, each in enumerate(cells)}
    rows, columns, factors, limits, owner = [], [], [], [], []
    for at, clue in enumerate((*fixed, *spared, between(cell, low, high))):
        for sign, limit in ((1, clue.high), (-1, -clue.low)):
            if limit == inf:
                continue
            rows += [len(limits)] * len(clue.terms)
            columns += [place[each] for each, _ in clue.terms]
            factors += [sign * float(factor) for _, factor in clue.terms]
            limits.append(float(limit))
            owner.append(at - len(fixed) if len(fixed) <= at < len(fixed) + len(spared) else -1)
    spare = [row for row, whose in enumerate(owner) if whose >= 0]
    # Each limit of a spared clue may be overstepped at a price: where something must be, the price is above 0.
    rows += spare
    columns += range(len(cells), len(cells) + len(spare))
    factors += [-1.0] * len(spare)
    matrix = csr_array((factors, (rows, columns)), shape=(len(limits), len(cells) + len(spare)))
    price = np.concatenate([np.zeros(len(cells)), np.ones(len(spare))])
    found = linprog(price, A_ub=matrix, b_ub=np.array(limits), bounds=(0, None), method="highs")
    if found.x is None:
        return [] if found.status == NO_SOLUTION else None
    if found.fun < 1e-6:
        return None
    weights = np.abs(found.ineqlin.marginals)
    return sorted({owner[row] for row in spare if weights[row] > 1e-9})


def programs(clues: Sequence[Clue]) -> list[Program]:
    """The clues taken apart: cells with a known value put in, the rest grouped by the clues that tie them."""
    bounds, left = _tightened(clues)
    group = {cell: cell for cell in bounds}

    def root(cell: Cell) -> Cell:
        while group[cell] != cell:
            group[cell] = group[group[cell]]
            cell = group[cell]
        return cell

    for clue in left:
        (first, _), *others = clue.terms
        for other, _ in others:
            group[root(other)] = root(first)
    cells, tied = defaultdict(list), defaultdict(list)
    for cell in bounds:
        cells[root(cell)].append(cell)
    for clue in left:
        tied[root(clue.terms[0][0])].append(clue)
    return [Program(several, [bounds[cell] for cell in several], tied[which]) for which, several in cells.items()]


def _tightened(clues: Sequence[Clue]) -> tuple[dict[Cell, tuple[float, float]], list[Clue]]:
    """Bounds that follow from single clues, and the clues left with the known cells put in."""
    bounds: dict[Cell, tuple[float, float]] = {cell: (0, inf) for clue in clues for cell, _ in clue.terms}
    for _ in range(MOST_SWEEPS):
        if not [True for clue in clues if _tighten(bounds, clue)]:
            break
    left = []
    for clue in clues:
        terms = tuple((cell, factor) for cell, factor in clue.terms if bounds[cell][0] < bounds[cell][1])
        known = sum(factor * bounds[cell][0] for cell, factor in clue.terms if bounds[cell][0] == bounds[cell][1])
        low, high = clue.low - known, clue.high - known
        if len(terms) > 1:
            left.append(Clue(terms, low, high))
        elif not terms and not low <= 0 <= high:
            raise Contradiction("what is printed does not fit together")
    return bounds, left


def _tighten(bounds: dict[Cell, tuple[float, float]], clue: Clue) -> bool:
    """Take what a clue says of each of its cells into `bounds`; whether anything moved."""
    moved = False
    limits = [(factor * bounds[cell][factor < 0], factor * bounds[cell][factor > 0]) for cell, factor in clue.terms]
    for at, (cell, factor) in enumerate(clue.terms):
        least = sum(low for other, (low, _) in enumerate(limits) if other != at)
        most = sum(high for other, (_, high) in enumerate(limits) if other != at)
        low, high = clue.low - most, clue.high - least
        low, high = (low / factor, high / factor) if factor > 0 else (high / factor, low / factor)
        old_low, old_high = bounds[cell]
        new_low = max(old_low, ceil(low - 1e-9)) if low > -inf else old_low
        new_high = min(old_high, floor(high + 1e-9)) if high < inf else old_high
        if new_low > new_high:
            raise Contradiction("what is printed does not fit together")
        if (new_low, new_high) != (old_low, old_high):
            bounds[cell], moved = (new_low, new_high), True
            limits[at] = factor * bounds[cell][factor < 0], factor * bounds[cell][factor > 0]
    return moved


class Program:
    """Cells that clues tie together, as one integer program."""

    def __init__(self, cells: list[Cell], bounds: list[tuple[float, float]], clues: list[Clue]):
        self.cells, self.clues = cells, clues
        self._place = {cell: at for at, cell in enumerate(cells)}
        self._low, self._high = np.array(bounds, dtype=float).T

    @cached_property
    def _constraint(self) -> LinearConstraint:
        rows = [at for at, clue in enumerate(self.clues) for _ in clue.terms]
        columns = [self._place[cell] for clue in self.clues for cell, _ in clue.terms]
        factors = [float(factor) for clue in self.clues for _, factor in clue.terms]
        matrix = csr_array((factors, (rows, columns)), shape=(len(self.clues), len(self.cells)))
        return LinearConstraint(
            matrix, np.array([clue.low for clue in self.clues]), np.array([clue.high for clue in self.clues])
        )

    def solution(self, cell: Cell, low: float, high: float) -> dict[Cell, int] | None:
        """A solution in which `cell` lies from `low` to `high`; None when there is none."""
        place = self._place[cell]
        lowest, highest = self._low.copy(), self._high.copy()
        lowest[place], highest[place] = max(low, lowest[place]), min(high, highest[place])
        return None if lowest[place] > highest[place] else self._solved(np.zeros(len(self.cells)), lowest, highest)

    @cached_property
    def is_solvable(self) -> bool:
        return self._solved(np.zeros(len(self.cells)), self._low, self._high) is not None

    def only_value(self, cell: Cell) -> int | None:
        """The one value that `cell` can have; None when there are several."""
        place = self._place[cell]
        if self._low[place] == self._high[place]:
            return int(self._low[place])
        aim = np.zeros(len(self.cells))
        aim[place] = 1
        least = self._solved(aim, self._low, self._high)
        if least is None:
            raise Contradiction("what is printed does not fit together")
        return least[cell] if self.solution(cell, least[cell] + 1, inf) is None else None

    def _solved(self, aim: np.ndarray, low: np.ndarray, high: np.ndarray) -> dict[Cell, int] | None:
        if not self.clues:
            return {cell: int(low[at]) for at, cell in enumerate(self.cells)}
        found = milp(aim, integrality=np.ones(len(self.cells)), bounds=Bounds(low, high), constraints=self._constraint)
        if found.x is None:
            if found.status == NO_SOLUTION:
                return None
            raise RuntimeError(f"the solver gave up: {found.message}")
        return {cell: round(number) for cell, number in zip(self.cells, found.x, strict=True)}
