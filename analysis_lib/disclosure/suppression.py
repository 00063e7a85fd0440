"""Which rows to hide, and no more: the cheapest set of rows without which nothing protected can be worked out.

The cheapest choice that keeps every condition known so far is found by linear programs; the attacker looks at what it leaves;
what it finds becomes a further condition; and so on until it finds nothing. Conditions come from three places. Sums show some at
once: where a protected cell stands in one, enough else in it must be able to move (`Cut`). Where that was not enough for a value of
a cell, there must be another filling of the hidden cells with that value, in fractions at least (`_Filling`, part of the same
program). Where fractions fit and whole numbers do not, one of the rows that rule the value out must go (`Cut`).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import floor, inf

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import block_array, csr_array

from analysis_lib.disclosure.attacker import Leak, around, is_possible, known_exactly, leaks
from analysis_lib.disclosure.clues import Cell, Clue, between
from analysis_lib.disclosure.programs import Contradiction, Effort, taken_apart

Row = Hashable
MOST_ROUNDS = 200
MOST_NODES = 400  # of one search for the cheapest rows; the best met by then is taken, which need not be the cheapest
NEAR_NOTHING, NEAR_WHOLE = 1e-7, 1e-5
TIE = 0.05  # what the places of rows add to their costs, in all
NEAR, FAR = 1, 24  # how far numbers may move, in times of what the protected cell moves
GOLDEN = 0.6180339887498949  # its multiples, less their whole part, spread evenly and never repeat


class CannotBeProtected(ValueError):
    """What is known without these rows gives a protected cell away already: they are to be withheld altogether."""

    def __init__(self, why: str = "what is known without these rows gives a protected cell away already"):
        super().__init__(why)


@dataclass(frozen=True)
class Print:
    """A row that may be printed: the clues it gives, what hiding it costs a reader, the cells that are hidden with it.

    `hidden_clues` are what the symbol in its place tells: that a number is not small, where it is not.
    """

    clues: tuple[Clue, ...]
    cost: int
    cells: tuple[Cell, ...] = ()
    hidden_clues: tuple[Clue, ...] = ()


@dataclass(frozen=True)
class Range:
    """Values of a cell that a reader must not be able to rule out."""

    cell: Cell
    low: float
    high: float


@dataclass(frozen=True)
class Cut:
    """A condition on what is hidden: the shares of the hidden rows add up to 1 or more, at least when `when` is hidden."""

    shares: Mapping[Row, float]
    when: Row | None = None


@dataclass(frozen=True)
class Page:
    """What a reader knows whatever is hidden (`known`, and `definitions` before anything is printed), and the rows to decide on."""

    definitions: tuple[Clue, ...]
    known: tuple[Clue, ...]
    rows: Mapping[Row, Print]
    truth: Mapping[Cell, int]
    protected: tuple[Cell, ...]
    threshold: int

    def told(self, hidden: Iterable[Row]) -> list[Clue]:
        """Every clue that is left with the rows of `hidden` hidden."""
        hidden = frozenset(hidden)
        printed = [
            clue for row, each in self.rows.items() for clue in (each.hidden_clues if row in hidden else each.clues)
        ]
        return [*self.known, *printed]

    def rows_to_hide(self, hidden: Iterable[Row] = (), *, effort: Effort | None = None) -> frozenset[Row]:
        """The cheapest rows to hide, those of `hidden` among them, so that the attacker finds no protected cell.

        No cell hidden besides can be worked out exactly, and none of them is 0: a hidden 0 protects nothing. Of choices that cost
        the same, one is taken by the order of the rows alone.

        Raises
        ------
        CannotBeProtected
            When hiding every row that may be hidden would not be enough.
        """
        first = frozenset(hidden)
        out, asked = first, _Conditions(self, first)
        for _ in range(MOST_ROUNDS):
            if asked:
                out = asked.cheapest()
            told = self.told(out)
            found, pinned = self._leaks(told, effort), self._pinned(told, out)
            if not found and not pinned:
                return out
            for leak in found:
                for value in _furthest(leak, self.truth[leak.cell]):
                    asked.be_possible(out, Range(leak.cell, value, value))
            for row, cell, value in pinned:
                asked.be_open(out, row, cell, value)
        raise CannotBeProtected(f"no safe choice of rows was found in {MOST_ROUNDS} rounds")

    def _leaks(self, told: Sequence[Clue], effort: Effort | None) -> list[Leak]:
        try:
            return leaks(
                told, self.protected, self.threshold, definitions=self.definitions, witness=self.truth, effort=effort
            )
        except Contradiction as error:
            raise CannotBeProtected(str(error)) from error

    def _pinned(self, told: Sequence[Clue], hidden: frozenset[Row]) -> list[tuple[Row, Cell, int]]:
        """The hidden cells besides the protected ones that a reader can work out, with their rows and values."""
        row_of = {cell: row for row in self.rows if row in hidden for cell in self.rows[row].cells}
        complements = [cell for cell in row_of if cell not in self._small]
        if not complements:
            return []
        known = known_exactly([*told, *self.definitions, *self._small.values()], complements, witness=self.truth)
        return [(row_of[cell], cell, value) for cell, value in known.items()]

    @cached_property
    def _small(self) -> dict[Cell, Clue]:
        """What the reader is taken to know of the protected cells."""
        return {cell: between(cell, 1, self.threshold - 1) for cell in self.protected}

    @cached_property
    def _facts(self) -> list[Clue]:
        """What a reader knows with every row hidden."""
        return [
            *self.known,
            *self.definitions,
            *self._small.values(),
            *(clue for each in self.rows.values() for clue in each.hidden_clues),
        ]

    @cached_property
    def _limits(self) -> Mapping[Cell, tuple[int, float]]:
        """Between which limits each cell is known to be with every row hidden."""
        try:
            return taken_apart(self._facts).limits
        except Contradiction as error:
            raise CannotBeProtected(str(error)) from error

    @cached_property
    def _hideable(self) -> frozenset[Row]:
        """The rows that may be hidden to protect another: none with a 0."""
        return frozenset(row for row, each in self.rows.items() if all(self.truth[cell] for cell in each.cells))

    @cached_property
    def _frame(self) -> _Frame:
        return _Frame(self)

    @cached_property
    def _printed_in(self) -> dict[Cell, list[Row]]:
        """Of each cell the rows that print it exactly."""
        printed: dict[Cell, list[Row]] = {}
        for row, each in self.rows.items():
            for clue in each.clues:
                if len(clue.terms) == 1 and clue.low == clue.high:
                    printed.setdefault(clue.terms[0][0], []).append(row)
        return printed

    def _plain_cuts(self) -> list[Cut]:
        """Conditions that single rows and single sums show.

        A protected cell is not printed. A cell that is printed twice is hidden twice or not at all. For a protected cell to have
        its smallest and its largest value, and for any hidden cell to move, enough beside it in each of its sums must be able to.
        """
        by_definition = taken_apart([*self.definitions, *self._small.values()]).limits
        counted = {cell for each in self.rows.values() for cell in each.cells} & self._printed_in.keys()
        cuts = []
        for cell, rows in self._printed_in.items():
            if cell in self._small:
                cuts += [Cut({row: 1.0}) for row in rows]
            elif cell in counted:  # a base that several rows print may stay known
                cuts += [
                    Cut({other: 1.0}, row)
                    for row, other in zip(rows, [*rows[1:], rows[0]], strict=True)
                    if row != other
                ]
        for clue in (*self.definitions, *self.known):
            if len(clue.terms) < 2 or any(cell not in self.truth for cell, _ in clue.terms):
                continue  # what nobody here knows can make up for anything, as far as this can tell
            for cell, factor in clue.terms:
                if cell in self._small:
                    for end in dict.fromkeys(by_definition[cell]):
                        shares = self._shares(clue, cell, factor * (end - self.truth[cell]))
                        cuts += [] if shares is None else [Cut(shares)]
                elif cell in counted and clue.low == clue.high:
                    up, down = self._shares(clue, cell, factor), self._shares(clue, cell, -factor)
                    if up is not None and down is not None:
                        cuts.append(Cut(dict.fromkeys([*up, *down], 1.0), self._printed_in[cell][0]))
        return cuts

    def _shares(self, clue: Clue, moved: Cell, by: int) -> dict[Row, float] | None:
        """Which rows let the others in a sum make up for `moved` moving it `by`, and how much of that each can; None: no need."""
        others = [(cell, factor) for cell, factor in clue.terms if cell != moved]
        total = by + sum(factor * self.truth[cell] for cell, factor in clue.terms)
        short = clue.low - total if total < clue.low else clue.high - total if total > clue.high else 0
        rooms: dict[Row, float] = {}
        for cell, factor in others:
            least, most = self._limits.get(cell, (0, inf))
            room = abs(factor) * (most - self.truth[cell] if factor * short > 0 else self.truth[cell] - least)
            if cell not in self._printed_in or cell in self._small:
                short = np.sign(short) * max(abs(short) - room, 0)
            else:
                row = self._printed_in[cell][0]
                rooms[row] = rooms.get(row, 0.0) + room
        return {row: min(1.0, room / abs(short)) for row, room in rooms.items() if room} if short else None

    def _needed(self, hidden: frozenset[Row], ruled_out: Range) -> list[Row]:
        """Printed rows that together rule the range out, none of which could be spared. The dearest are spared first."""
        shown = [row for row in self.rows if row not in hidden]
        told = [*self._facts, *(clue for row in shown for clue in self.rows[row].clues)]
        near = {id(clue) for clue in around(told, ruled_out.cell)}
        facts = [clue for clue in self._facts if id(clue) in near]
        suspects = {row: None for row in shown if any(id(clue) in near for clue in self.rows[row].clues)}
        for row in sorted(suspects, key=lambda row: -self.rows[row].cost):
            left = [clue for other in suspects if other != row for clue in self.rows[other].clues]
            if not is_possible([*facts, *left], ruled_out.cell, ruled_out.low, ruled_out.high):
                del suspects[row]
        return list(suspects)


def _furthest(leak: Leak, true: int) -> list[int]:
    """The values ruled out that are furthest from the true one, below and above: what leads there leads past the others."""
    below = [value for value in leak.ruled_out if value < true]
    above = [value for value in leak.ruled_out if value > true]
    return [*below[:1], *above[-1:]]


class _Conditions:
    """What every safe choice of rows keeps, as far as it is known, and the cheapest choice that keeps it."""

    def __init__(self, page: Page, first: frozenset[Row]):
        self._page, self._first = page, first
        self._cuts = page._plain_cuts()
        self._fillings: list[Range] = []
        self._reach = NEAR

    def __bool__(self) -> bool:
        return bool(self._cuts or self._fillings)

    def be_possible(self, hidden: frozenset[Row], value: Range) -> None:
        """A value of a protected cell, which hiding `hidden` does not leave possible, must be."""
        if value not in self._fillings:
            self._fillings.append(value)
            return
        needed = self._page._needed(hidden, value)
        if not needed:
            raise CannotBeProtected
        self._cuts.append(Cut(dict.fromkeys(needed, 1.0)))

    def be_open(self, hidden: frozenset[Row], row: Row, cell: Cell, value: int) -> None:
        """Another value of the cell must be possible where `row` is hidden."""
        either = [Range(cell, value + 1, inf), *([Range(cell, 0, value - 1)] if value else [])]
        needed = dict.fromkeys(row for each in either for row in self._page._needed(hidden, each))
        self._cuts.append(Cut(dict.fromkeys(needed, 1.0), row))

    def cheapest(self) -> frozenset[Row]:
        """The cheapest rows to hide that keep every condition.

        The numbers of a filling may be as far from the true ones as the protected cell is, times `NEAR`, and times `FAR` only where
        that leaves no choice at all: in sums of two lines none has to move further, and the narrower, the sooner solved.
        """
        for self._reach in [reach for reach in (NEAR, FAR) if reach >= self._reach]:
            rows = self._cheapest()
            if rows is not None:
                return rows
        raise CannotBeProtected

    def _cheapest(self) -> frozenset[Row] | None:
        page, frame = self._page, self._page._frame
        rows = list(page.rows)
        blocks = [frame.filling(value, page.truth[value.cell], self._reach) for value in self._fillings]
        low = np.array([row in self._first for row in rows], dtype=float)
        high = np.array([row in self._first or row in page._hideable for row in rows], dtype=float)
        cuts, least = self._cut_matrix(rows)
        matrix = block_array(
            [
                [cuts, *[None] * len(blocks)],
                *(
                    [block.of_rows, *[block.of_cells if at == other else None for other in range(len(blocks))]]
                    for at, block in enumerate(blocks)
                ),
            ],
            format="csr",
        )
        return _Cheapest(
            costs=np.append(self._costs(rows), np.zeros(matrix.shape[1] - len(rows))),
            low=np.concatenate([low, *(block.low for block in blocks)]),
            high=np.concatenate([high, *(block.high for block in blocks)]),
            constraint=LinearConstraint(
                matrix,
                np.concatenate([least, *(block.least for block in blocks)]),
                np.concatenate([np.full(len(least), inf), *(block.most for block in blocks)]),
            ),
        ).rows(rows)

    def _cut_matrix(self, rows: Sequence[Row]) -> tuple[csr_array, np.ndarray]:
        place = {row: at for at, row in enumerate(rows)}
        matrix, least = np.zeros((len(self._cuts), len(rows))), np.ones(len(self._cuts))
        for at, cut in enumerate(self._cuts):
            for row, share in cut.shares.items():
                matrix[at, place[row]] += share
            if cut.when is not None:
                matrix[at, place[cut.when]] -= 1.0
                least[at] = 0.0
        return csr_array(matrix), least - NEAR_NOTHING

    def _costs(self, rows: Sequence[Row]) -> np.ndarray:
        """What hiding each row costs, and a little by its place, so that no two choices cost the same.

        All that is added is together less than `TIE`, where two costs differ by 1 or not at all.
        """
        ties = np.array([at * GOLDEN % 1 for at in range(1, len(rows) + 1)])
        return np.array([self._page.rows[row].cost for row in rows]) + TIE * ties / (ties.sum() + 1)


@dataclass(frozen=True)
class _Filling:
    """Another filling of the cells of a page, within `low` and `high`.

    `least` <= `of_cells` x cells + `of_rows` x hidden rows <= `most`.
    """

    of_cells: csr_array
    of_rows: csr_array
    least: np.ndarray
    most: np.ndarray
    low: np.ndarray
    high: np.ndarray


class _Frame:
    """What all fillings of a page have in common: limits of sums of cells, and of each the row that prints it, if one does."""

    def __init__(self, page: Page):
        facts = [
            (clue, None) for clue in page._facts if len(clue.terms) > 1
        ]  # the others are in the limits of the cells
        rows = [(clue, row) for row, each in page.rows.items() for clue in each.clues]
        cells = dict.fromkeys(cell for clue, _ in (*facts, *rows) for cell, _ in clue.terms)
        place = {row: at for at, row in enumerate(page.rows)}
        self._place = {cell: at for at, cell in enumerate(cells)}
        self._low, self._high = np.array([page._limits.get(cell, (0, inf)) for cell in cells], dtype=float).T
        fixed = [(clue.terms, clue.low, clue.high, -1) for clue, row in facts]
        printed = [
            (tuple((cell, sign * factor) for cell, factor in clue.terms), -inf, limit, place[row])
            for clue, row in rows
            for sign, limit in ((1, clue.high), (-1, -clue.low))
            if limit < inf
        ]
        lines = [*fixed, *printed]
        self._least, self._most = (np.array([line[which] for line in lines], dtype=float) for which in (1, 2))
        self._owners = np.array([line[3] for line in lines], dtype=int)
        line_of = np.repeat(np.arange(len(lines)), [len(line[0]) for line in lines])
        places = [self._place[cell] for terms, *_ in lines for cell, _ in terms]
        factors = [float(factor) for terms, *_ in lines for _, factor in terms]
        self._of_cells = csr_array((factors, (line_of, places)), shape=(len(lines), len(cells)))
        self._sizes = abs(self._of_cells).sum(axis=1)
        self._rooms = np.array(
            [self._highest_sum(terms) - most if owner >= 0 else 0.0 for terms, _, most, owner in lines]
        )
        self._rows = len(place)

    def _highest_sum(self, terms: Iterable[tuple[Cell, int]]) -> float:
        return sum(factor * (self._high if factor > 0 else self._low)[self._place[cell]] for cell, factor in terms)

    def filling(self, value: Range, true: int, reach: int) -> _Filling:
        """A filling in which the cell has `value`; a hidden row gives its sums room, as far as `reach` says."""
        low, high = self._low.copy(), self._high.copy()
        at = self._place[value.cell]
        low[at], high[at] = value.low, value.high
        rooms = np.minimum(self._rooms, reach * abs(value.low - true) * self._sizes)
        owned = np.flatnonzero((self._owners >= 0) & (rooms > 0))
        of_rows = csr_array((-rooms[owned], (owned, self._owners[owned])), shape=(len(self._owners), self._rows))
        return _Filling(self._of_cells, of_rows, self._least - NEAR_NOTHING, self._most + NEAR_NOTHING, low, high)


@dataclass(frozen=True)
class _Cheapest:
    """A program that chooses rows at the least cost, solved by linear programs, in two parts where a row is half chosen."""

    costs: np.ndarray
    low: np.ndarray
    high: np.ndarray
    constraint: LinearConstraint

    def rows(self, rows: Sequence[Row]) -> frozenset[Row] | None:
        """The rows chosen; None where no choice keeps the constraint."""
        best, least = None, inf
        waiting = [(self.low, self.high)]
        for _ in range(MOST_NODES):
            if not waiting:
                break
            low, high = waiting.pop()
            found = milp(self.costs, bounds=Bounds(low, high), constraints=self.constraint)
            if found.x is None or found.fun > least - 1 + TIE:
                continue  # nothing here costs less by 1
            chosen = found.x[: len(rows)]
            off = np.abs(chosen - np.rint(chosen)).round(
                6
            )  # so that what the solver's error makes of a draw does not count
            if off.max() < NEAR_WHOLE:
                best, least = np.rint(chosen), floor(found.fun + NEAR_NOTHING)
                continue
            at = int(off.argmax())
            without, with_it = high.copy(), low.copy()
            without[at], with_it[at] = 0.0, 1.0
            waiting += (low, without), (with_it, high)
        return None if best is None else frozenset(row for row, out in zip(rows, best, strict=True) if out)
