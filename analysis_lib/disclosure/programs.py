"""Clues as integer programs, small ones: what is known put in, what nothing ties together taken apart.

`taken_apart` draws from single clues what they say of the limits of each cell, until nothing moves. Cells with one value left are
known; the rest fall into groups that clues tie together, each a `Program`. A program answers one question, `allows`: can this
cell lie between these limits? It asks what costs least first: a solution that it has met already, one that follows from
two of those, limits, a linear program, and several of them only where the first answers in fractions.

Every solution is checked in whole numbers before it counts. A solver that errs can make a cell look given away that is not,
never the other way about.
"""

from __future__ import annotations

import time
from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from math import ceil, floor, gcd, inf

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from analysis_lib.disclosure.clues import Cell, Clue

MOST_VISITS = 30  # of one clue, on average: limits could creep on for ever; what is left is for the solver
MOST_NODES = 2_000  # of one search; what it does not find by then counts as impossible
NEAR_WHOLE = 1e-6
MOST_STEPS = 60  # differences between solutions that are tried again
MOST_SOLUTIONS = 12  # solutions from which they are tried

Terms = tuple[tuple[int, int], ...]  # place of a cell and its factor
Line = tuple[Terms, float, float]  # as a clue, with whole limits and places for cells


class Contradiction(ValueError):
    """The clues cannot all be true: what is printed does not fit together."""

    def __init__(self):
        super().__init__("what is printed does not fit together")


@dataclass
class Effort:
    """What an attack cost: how many programs it had, how often a solver was asked, and the largest program that asked one."""

    programs: int = 0
    solved: int = 0
    seconds: float = 0.0
    largest: tuple[int, int] = (0, 0)
    largest_seconds: float = 0.0

    def __str__(self) -> str:
        cells, clues = self.largest
        return (
            f"{self.programs:,} programs, {self.solved:,} of them solved in {self.seconds:.2f} s; "
            f"the largest had {cells:,} cells and {clues:,} clues and took {self.largest_seconds:.2f} s"
        )

    def add(self, program: Program) -> None:
        """Count a program that has answered its questions."""
        self.programs += 1
        if program.times_solved:
            self.solved += 1
            self.seconds += program.seconds
            size = len(program.cells), len(program.lines)
            if size > self.largest:
                self.largest, self.largest_seconds = size, program.seconds


@dataclass(frozen=True)
class TakenApart:
    """The limits of each cell, and the groups of cells that are not known and tied together."""

    limits: Mapping[Cell, tuple[int, float]]
    programs: tuple[Program, ...]
    _program_of: dict[Cell, Program] = field(repr=False)

    def allows(self, cell: Cell, low: float, high: float) -> bool:
        """Whether the clues leave `cell` a value from `low` to `high`; yes for a cell that no clue speaks of.

        Only the clues that are tied to it are asked: where others contradict each other, that is not seen.
        """
        least, most = self.limits.get(cell, (0, inf))
        low, high = max(low, least), min(high, most)
        if low > high:
            return False
        program = self._program_of.get(cell)
        return program is None or program.allows(cell, low, high)

    def remember(self, solution: Mapping[Cell, int]) -> None:
        """Take a solution that is known from elsewhere as a first one, in every program that it fits."""
        for program in self.programs:
            program.remember([solution.get(cell, 0) for cell in program.cells])

    def some_value(self, cell: Cell) -> int:
        """One value that `cell` can have. Raises `Contradiction` where there is none."""
        program = self._program_of.get(cell)
        return int(self.limits.get(cell, (0, inf))[0]) if program is None else program.some_value(cell)

    def count(self, effort: Effort | None) -> None:
        for program in self.programs if effort else ():
            effort.add(program)


def taken_apart(clues: Iterable[Clue]) -> TakenApart:
    """The clues taken apart. Raises `Contradiction` where limits alone show that they cannot all be true."""
    clues = list(clues)
    cells = list(dict.fromkeys(cell for clue in clues for cell, _ in clue.terms))
    place = {cell: at for at, cell in enumerate(cells)}
    low, high = [0] * len(cells), [inf] * len(cells)
    sums: dict[Terms, tuple[float, float]] = {}  # the same sum once
    for clue in clues:
        (cell, factor), *others = clue.terms
        if factor == 1 and not others:
            at = place[cell]
            low[at], high[at] = max(low[at], clue.low), min(high[at], clue.high)
        else:
            terms, least, most = _in_order([(place[cell], factor) for cell, factor in clue.terms], clue.low, clue.high)
            other_least, other_most = sums.get(terms, (-inf, inf))
            sums[terms] = max(least, other_least), min(most, other_most)
    low, high = [ceil(least) for least in low], [most if most == inf else floor(most) for most in high]
    if any(least > most for least, most in zip(low, high, strict=True)):
        raise Contradiction
    lines = [(terms, least, most) for terms, (least, most) in sums.items()]
    tighten(lines, _touching(lines, len(cells)), low, high, range(len(lines)))
    groups = _groups([line for each in lines if (line := _open_part(each, low, high))])
    programs = tuple(_program(cells, low, high, group) for group in groups)
    limits = dict(zip(cells, zip(low, high, strict=True), strict=True))
    return TakenApart(limits, programs, {cell: program for program in programs for cell in program.cells})


def _in_order(terms: Sequence[tuple[int, int]], low: float, high: float) -> Line:
    """A sum in one way of writing: each cell once, by place; no divisor that all factors share; whole limits."""
    factors: dict[int, int] = defaultdict(int)
    for at, factor in terms:
        factors[at] += factor
    divisor = gcd(*factors.values()) or 1
    terms = [(at, factor // divisor) for at, factor in sorted(factors.items()) if factor]
    if divisor > 1:
        low = low if low == -inf else Fraction(low) / divisor
        high = high if high == inf else Fraction(high) / divisor
    return tuple(terms), low if low == -inf else ceil(low), high if high == inf else floor(high)


def _touching(lines: Sequence[Line], cells: int) -> list[list[int]]:
    """For each cell the lines that speak of it."""
    touching: list[list[int]] = [[] for _ in range(cells)]
    for at, (terms, _, _) in enumerate(lines):
        for cell, _ in terms:
            touching[cell].append(at)
    return touching


def tighten(
    lines: Sequence[Line], touching: Sequence[Sequence[int]], low: list, high: list, first: Iterable[int]
) -> None:
    """Take into the limits `low` and `high` of the cells what single lines say of them, from the lines `first` on.

    A line is looked at again when a limit of one of its cells has moved. Raises `Contradiction` when a cell has no value left.
    """
    waiting = deque(first)
    queued = set(waiting)
    visits = MOST_VISITS * (len(lines) + 1)
    while waiting and visits:
        visits -= 1
        at = waiting.popleft()
        queued.discard(at)
        for cell in _tighten(lines[at], low, high):
            for other in touching[cell]:
                if other not in queued and other != at:
                    queued.add(other)
                    waiting.append(other)


def _tighten(line: Line, low: list, high: list) -> list[int]:
    """Take what one line says into the limits of its cells; the cells whose limits moved."""
    terms, floor_, ceiling = line
    least, most, no_least, no_most = _activity(terms, low, high)
    if not no_least and least > ceiling or not no_most and most < floor_:
        raise Contradiction
    moved = []
    if not no_most and most <= ceiling and not no_least and least >= floor_:
        return moved  # says nothing that the limits do not
    for cell, factor in terms:
        old_low, old_high = low[cell], high[cell]
        new_low, new_high = old_low, old_high
        down, up = (old_low, old_high) if factor > 0 else (old_high, old_low)
        # What the others leave for this one, at their least and at their most: known when none of them is without a limit.
        if ceiling < inf and no_least == (down == inf):
            room = ceiling - (least if down == inf else least - factor * down)
            if factor > 0:
                new_high = min(new_high, room // factor)
            else:
                new_low = max(new_low, -(room // -factor))
        if floor_ > -inf and no_most == (up == inf):
            need = floor_ - (most if up == inf else most - factor * up)
            if factor > 0:
                new_low = max(new_low, -(-need // factor))
            else:
                new_high = min(new_high, -need // -factor)
        if new_low > new_high:
            raise Contradiction
        if new_low != old_low or new_high != old_high:
            low[cell], high[cell] = new_low, new_high
            moved.append(cell)
            least, most, no_least, no_most = _activity(terms, low, high)
    return moved


def _activity(terms: Terms, low: Sequence, high: Sequence) -> tuple[int, int, int, int]:
    """The least and the most that the terms can add up to, and how many of them have no limit downwards and upwards."""
    least = most = no_least = no_most = 0
    for cell, factor in terms:
        down, up = (low[cell], high[cell]) if factor > 0 else (high[cell], low[cell])
        if down == inf:
            no_least += 1
        else:
            least += factor * down
        if up == inf:
            no_most += 1
        else:
            most += factor * up
    return least, most, no_least, no_most


def _open_part(line: Line, low: Sequence, high: Sequence) -> Line | None:
    """The line with the known cells put in; None where the limits of the cells say as much."""
    terms, floor_, ceiling = line
    least, most, no_least, no_most = _activity(terms, low, high)
    if (no_most or most > ceiling) and ceiling < inf or (no_least or least < floor_) and floor_ > -inf:
        known = sum(factor * low[cell] for cell, factor in terms if low[cell] == high[cell])
        return tuple(term for term in terms if low[term[0]] != high[term[0]]), floor_ - known, ceiling - known
    return None


def _groups(lines: Sequence[Line]) -> list[list[Line]]:
    """The lines by which cells they tie together, in the order in which they were given."""
    root: dict[int, int] = {}

    def found(cell: int) -> int:
        root.setdefault(cell, cell)
        while root[cell] != cell:
            root[cell] = root[root[cell]]
            cell = root[cell]
        return cell

    for terms, _, _ in lines:
        for other, _ in terms[1:]:
            root[found(other)] = found(terms[0][0])
    groups: dict[int, list[Line]] = defaultdict(list)
    for line in lines:
        groups[found(line[0][0][0])].append(line)
    return list(groups.values())


def _program(cells: Sequence[Cell], low: Sequence, high: Sequence, lines: Sequence[Line]) -> Program:
    places = sorted({cell for terms, _, _ in lines for cell, _ in terms})
    new = {old: at for at, old in enumerate(places)}
    own = [(tuple((new[cell], factor) for cell, factor in terms), least, most) for terms, least, most in lines]
    return Program([cells[at] for at in places], [low[at] for at in places], [high[at] for at in places], own)


class Program:
    """Cells that clues tie together, as one integer program that keeps the solutions it has met."""

    def __init__(self, cells: list[Cell], low: list, high: list, lines: list[Line]):
        self.cells, self.lines = cells, lines
        self.times_solved, self.seconds = 0, 0.0
        self._low, self._high = low, high
        self._place = {cell: at for at, cell in enumerate(cells)}
        self._touching = _touching(lines, len(cells))
        self._solutions = np.empty((0, len(cells)), dtype=np.int64)
        self._steps = np.empty((0, len(cells)), dtype=np.int64)

    def allows(self, cell: Cell, low: float, high: float) -> bool:
        """Whether there is a solution in which `cell` lies from `low` to `high`."""
        at = self._place[cell]
        met = self._solutions[:, at]
        return bool(((met >= low) & (met <= high)).any()) or self._steps_to(at, low, high) or self._solve(at, low, high)

    def some_value(self, cell: Cell) -> int:
        """The value of `cell` in some solution. Raises `Contradiction` where there is none."""
        at = self._place[cell]
        if not len(self._solutions) and not self._solve(at, self._low[at], self._high[at]):
            raise Contradiction
        return int(self._solutions[0, at])

    def remember(self, solution: Sequence[int]) -> bool:
        """Keep a solution, with its differences from the others, if it is one."""
        new = np.array(solution, dtype=np.int64)
        if not self._are_solutions(new[None])[0]:
            return False
        steps = new - self._solutions[-MOST_SOLUTIONS:]
        steps //= np.maximum(np.gcd.reduce(steps, axis=1, keepdims=True), 1)
        self._steps = np.vstack([self._steps, steps[steps.any(axis=1)]])[-MOST_STEPS:]
        self._solutions = np.vstack([self._solutions, new])
        return True

    def _steps_to(self, at: int, low: float, high: float) -> bool:
        """Whether a step that led from one solution to another leads from a third one to what is asked."""
        if not len(self._steps):
            return False
        start = self._solutions[-MOST_SOLUTIONS:]
        away = np.clip(start[:, at], low, high).astype(np.int64) - start[:, at]
        size = self._steps[:, at]
        times, rest = np.divmod(away[:, None], np.where(size, size, 1)[None])
        which, step = np.nonzero((rest == 0) & (size != 0)[None])
        candidates = start[which] + times[which, step, None] * self._steps[step]
        found = np.flatnonzero(self._are_solutions(candidates))
        if not len(found):
            return False
        self._solutions = np.vstack([self._solutions, candidates[found[:1]]])
        return True

    def _are_solutions(self, candidates: np.ndarray) -> np.ndarray:
        """Which rows of `candidates` keep every limit and every line, in whole numbers."""
        inside = ((candidates >= self._low) & (candidates <= self._high)).all(axis=1)
        sums = (self._matrix @ candidates.T).T
        return inside & (sums >= self._floors).all(axis=1) & (sums <= self._ceilings).all(axis=1)

    def _solve(self, at: int, low: float, high: float) -> bool:
        """Search a solution in which the cell at `at` lies from `low` to `high`, and keep it."""
        lowest, highest = list(self._low), list(self._high)
        lowest[at], highest[at] = max(low, lowest[at]), min(high, highest[at])
        begun, before = time.perf_counter(), self.times_solved
        found = self._branch_and_bound(lowest, highest, at)
        if self.times_solved > before:
            self.seconds += time.perf_counter() - begun
        return found

    def _branch_and_bound(self, low: list, high: list, at: int) -> bool:
        """Solve a linear program; where its answer is not whole, look below and above one of the fractions, and so on.

        HiGHS's own integer programs take ten times as long for programs of this size, and write to standard output at times,
        which nothing but the report may do.
        """
        waiting = [(low, high, at)]
        for _ in range(MOST_NODES):
            if not waiting:
                return False
            low, high, at = waiting.pop()
            numbers = self._in_fractions(low, high, at)
            if numbers is None:
                continue
            if self.remember(np.rint(numbers)):
                return True
            at = _to_branch_on(numbers, low, high)
            if low[at] == high[at]:
                continue
            middle = max(low[at], min(floor(numbers[at]), high[at] - 1))
            below = list(low), [*high[:at], middle, *high[at + 1 :]], at
            above = [*low[:at], middle + 1, *low[at + 1 :]], list(high), at
            waiting += (above, below) if numbers[at] - middle < 0.5 else (below, above)
        return False

    def _in_fractions(self, low: list, high: list, at: int) -> np.ndarray | None:
        """A solution between the limits, fractions allowed; None when there is none. Limits move where that at `at` moves them."""
        if low[at] > high[at]:
            return None
        try:
            tighten(self.lines, self._touching, low, high, self._touching[at])
        except Contradiction:
            return None
        if low == high:
            return np.array(low, dtype=float)
        self.times_solved += 1
        return milp(np.zeros(len(self.cells)), bounds=Bounds(low, high), constraints=self._constraint).x

    @cached_property
    def _matrix(self) -> csr_array:
        rows = [at for at, (terms, _, _) in enumerate(self.lines) for _ in terms]
        columns, factors = zip(*(term for terms, _, _ in self.lines for term in terms), strict=True)
        return csr_array((np.array(factors, dtype=np.int64), (rows, columns)), shape=(len(self.lines), len(self.cells)))

    @cached_property
    def _floors(self) -> np.ndarray:
        return np.array([least for _, least, _ in self.lines], dtype=float)

    @cached_property
    def _ceilings(self) -> np.ndarray:
        return np.array([most for _, _, most in self.lines], dtype=float)

    @cached_property
    def _constraint(self) -> LinearConstraint:
        """The lines for the solver, each divided by its largest factor.

        HiGHS lets a line be missed by a little, the same for every line: with factors in the thousands that would be nothing.
        """
        scale = 1.0 / np.array([max(abs(factor) for _, factor in terms) for terms, _, _ in self.lines])
        matrix = self._matrix.astype(float)
        matrix.data *= np.repeat(scale, np.diff(matrix.indptr))
        return LinearConstraint(matrix, self._floors * scale, self._ceilings * scale)


def _to_branch_on(numbers: np.ndarray, low: list, high: list) -> int:
    """The place of the number furthest from a whole one; where all are whole but for the solver's error, of the widest limits."""
    off = np.abs(numbers - np.rint(numbers))
    return int(off.argmax() if off.max() > NEAR_WHOLE else np.subtract(high, low).argmax())
