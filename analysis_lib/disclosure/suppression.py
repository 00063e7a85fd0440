"""Which rows to hide, and no more: the cheapest set of rows without which nothing protected can be worked out.

Found exactly, by conditions that every safe choice keeps (`Cut`). Some are plain to see: where a protected cell stands in a sum,
enough else in that sum must be able to move. The cheapest choice that keeps every condition found so far is an integer
program; the attacker looks at what it leaves; where it works something out, the dual of a linear program says which printed
rows it needed for that, and how much hiding each of them would help: one more condition. So on until the attacker finds nothing. The
first safe choice is the cheapest of all, for every other safe one keeps the same conditions at no smaller cost.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import inf

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_array

from analysis_lib.disclosure.attacker import Leak, around, is_possible, known_exactly, leaks
from analysis_lib.disclosure.clues import Cell, Clue, between
from analysis_lib.disclosure.programs import Contradiction, Effort, taken_apart

Row = Hashable
MOST_ROUNDS = 200
NEAR_NOTHING = 1e-6
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
        cuts, out = self._plain_cuts(), first
        for _ in range(MOST_ROUNDS):
            if cuts:
                out = self._cheapest(cuts, first)
            found = self._cuts(out, effort)
            if not found:
                return out
            cuts += found
        raise CannotBeProtected(f"no safe choice of rows was found in {MOST_ROUNDS} rounds")

    def _cuts(self, hidden: frozenset[Row], effort: Effort | None) -> list[Cut]:
        """Conditions that hiding `hidden` does not keep; none when it is safe."""
        told = self.told(hidden)
        try:
            found = leaks(
                told,
                self.protected,
                self.threshold,
                definitions=self.definitions,
                witness=self.truth,
                effort=effort,
            )
            pinned = self._pinned(told, hidden)
        except Contradiction as error:
            raise CannotBeProtected(str(error)) from error
        blame = _Blame(self, hidden)
        for leak in found:
            for value in self._ends(leak):
                blame.add([Range(leak.cell, value, value)])
        for row, cell, value in pinned:
            either = [Range(cell, value + 1, inf), Range(cell, 0, value - 1)]
            blame.add(either if value else either[:1], when=row)
        return blame.cuts

    @staticmethod
    def _ends(leak: Leak) -> tuple[int, ...]:
        return tuple(dict.fromkeys((leak.ruled_out[0], leak.ruled_out[-1])))

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
    def _overstepping(self) -> _Overstepping:
        return _Overstepping(self)

    def _plain_cuts(self) -> list[Cut]:
        """Conditions that single sums show: for a protected cell to be anything else, something beside it must move."""
        shown_in = {
            clue.terms[0][0]: row
            for row, each in reversed(self.rows.items())
            for clue in each.clues
            if len(clue.terms) == 1 and clue.low == clue.high
        }
        by_definition = taken_apart([*self.definitions, *self._small.values()]).limits
        cuts = [
            Cut({row: 1.0})
            for row, each in self.rows.items()
            for clue in each.clues
            if len(clue.terms) == 1 and clue.low == clue.high and clue.terms[0][0] in self._small
        ]
        for clue in (*self.definitions, *self.known):
            for cell, factor in clue.terms if len(clue.terms) > 1 else ():
                for end in dict.fromkeys(by_definition[cell]) if cell in self._small else ():
                    shares = self._shares(clue, cell, factor * (end - self.truth[cell]), shown_in)
                    if shares is not None:
                        cuts.append(Cut(shares))
        return cuts

    def _shares(self, clue: Clue, moved: Cell, by: int, shown_in: Mapping[Cell, Row]) -> dict[Row, float] | None:
        """Which rows let the others in a sum make up for `moved` moving it `by`, and how much of that each can; None: no need."""
        others = [(cell, factor) for cell, factor in clue.terms if cell != moved]
        total = by + sum(factor * self.truth[cell] for cell, factor in clue.terms)
        short = clue.low - total if total < clue.low else clue.high - total if total > clue.high else 0
        rooms: dict[Row, float] = {}
        for cell, factor in others:
            least, most = self._limits.get(cell, (0, inf))
            room = abs(factor) * (most - self.truth[cell] if factor * short > 0 else self.truth[cell] - least)
            if cell not in shown_in or cell in self._small:
                short = np.sign(short) * max(abs(short) - room, 0)
            else:
                rooms[shown_in[cell]] = rooms.get(shown_in[cell], 0.0) + room
        return {row: min(1.0, room / abs(short)) for row, room in rooms.items() if room} if short else None

    def _cheapest(self, cuts: Sequence[Cut], hidden: frozenset[Row]) -> frozenset[Row]:
        """The cheapest rows to hide with `hidden` that keep every cut."""
        named = {row for cut in cuts for row in (*cut.shares, cut.when)}
        rows = [row for row in self.rows if row in named or row in hidden]
        place = {row: at for at, row in enumerate(rows)}
        matrix = np.zeros((len(cuts), len(rows)))
        least = np.ones(len(cuts))
        for at, cut in enumerate(cuts):
            for row, share in cut.shares.items():
                matrix[at, place[row]] += share
            if cut.when is not None:
                matrix[at, place[cut.when]] -= 1.0
                least[at] = 0.0
        low = np.array([row in hidden for row in rows], dtype=float)
        high = np.array([row in hidden or row in self._hideable for row in rows], dtype=float)
        if (matrix.clip(min=0) @ high < least - NEAR_NOTHING).any():
            raise CannotBeProtected
        constraint = LinearConstraint(csr_array(matrix), least - NEAR_NOTHING, np.inf)
        for whole in (0, 1):  # fractions first: for most tables the answer is whole
            found = milp(
                self._costs(rows),
                integrality=np.full(len(rows), whole),
                bounds=Bounds(low, high),
                constraints=constraint,
                options={"mip_rel_gap": 0.0},
            )
            if found.x is None:
                raise CannotBeProtected
            if np.abs(found.x - np.rint(found.x)).max() < NEAR_NOTHING:
                break
        return frozenset(row for row, out in zip(rows, found.x, strict=True) if out > 0.5)

    def _costs(self, rows: Sequence[Row]) -> np.ndarray:
        """What hiding each row costs, and a little by its place, so that no two choices cost the same.

        All that is added together is less than 1, the smallest difference between two costs.
        """
        ties = np.array([at * GOLDEN % 1 for at in range(1, len(rows) + 1)])
        return np.array([self.rows[row].cost for row in rows]) + ties / (ties.sum() + 1)


class _Blame:
    """The conditions that follow from what the attacker found with `hidden` hidden: which rows it needed.

    A linear program lets every limit of a printed row be overstepped at a price, and asks for the cheapest way in which the
    values that were ruled out are possible. Its dual gives each limit a weight w. For any choice of rows: the sum of w times
    the room that a hidden row gives must reach the price. Rows blamed once are free for the rest of the round, so that each
    further condition is about other rows.
    """

    def __init__(self, page: Page, hidden: frozenset[Row]):
        self.cuts: list[Cut] = []
        self._page, self._hidden, self._free = page, hidden, set(hidden)

    def add(self, ranges: Sequence[Range], *, when: Row | None = None) -> None:
        """One more condition, that one of `ranges` be possible (at least when the row `when` is hidden)."""
        shares: dict[Row, float] = {}
        for each in ranges:
            found = self._weighed(each)
            if found is None:
                if self._free > self._hidden:
                    return  # an earlier condition of this round may be enough
                found = self._needed(each)
            if not found and when is None:
                raise CannotBeProtected
            for row, share in found.items():
                shares[row] = shares.get(row, 0.0) + share
        self.cuts.append(Cut(shares, when))
        self._free |= shares.keys()

    def _weighed(self, ruled_out: Range) -> dict[Row, float] | None:
        """The share of each row in making the range possible; None where fractions would fit already."""
        lp = self._page._overstepping
        price = np.where([row in self._free for row in lp.owners], 0.0, 1.0)
        low, high = lp.low.copy(), lp.high.copy()
        at = lp.place[ruled_out.cell]
        low[at], high[at] = max(low[at], ruled_out.low), min(high[at], ruled_out.high)
        if low[at] > high[at]:
            return {}
        found = linprog(
            np.concatenate([np.zeros(len(lp.place)), price]),
            A_ub=lp.matrix,
            b_ub=lp.bounds,
            bounds=np.column_stack([np.append(low, np.zeros(len(price))), np.append(high, np.full(len(price), inf))]),
            method="highs-ds",
        )
        if found.x is None:
            return {}
        if found.fun < NEAR_NOTHING:
            return None
        shares: dict[Row, float] = {}
        weights = np.abs(found.ineqlin.marginals[lp.first_of_rows :])
        for row, weight, room in zip(lp.owners, weights, lp.rooms, strict=True):
            if weight > NEAR_NOTHING and room > 0 and row not in self._free:
                shares[row] = shares.get(row, 0.0) + weight * room / found.fun
        return {row: _at_most_1(share) for row, share in shares.items()}

    def _needed(self, ruled_out: Range) -> dict[Row, float]:
        """Rows that together rule the range out in whole numbers, none of which could be spared. The dearest are spared first."""
        page = self._page
        told = [*page._facts, *(c for row, each in page.rows.items() if row not in self._hidden for c in each.clues)]
        near = {id(clue) for clue in around(told, ruled_out.cell)}
        facts = [clue for clue in page._facts if id(clue) in near]
        shown = [
            row for row in page.rows if row not in self._hidden and any(id(c) in near for c in page.rows[row].clues)
        ]
        suspects = dict.fromkeys(shown)
        order = {row: at for at, row in enumerate(page.rows)}
        for row in sorted(shown, key=lambda row: (-page.rows[row].cost, order[row])):
            left = [clue for other in suspects if other != row for clue in page.rows[other].clues]
            if not is_possible([*facts, *left], ruled_out.cell, ruled_out.low, ruled_out.high):
                del suspects[row]
        return dict.fromkeys(suspects, 1.0)


def _at_most_1(share: float) -> float:
    return 1.0 if share > 1 - NEAR_NOTHING else share


class _Overstepping:
    """The linear program of a page in which limits of rows may be overstepped: cells first, then one number for each limit."""

    def __init__(self, page: Page):
        facts = [
            (clue, None) for clue in page._facts if len(clue.terms) > 1
        ]  # the others are in the limits of the cells
        rows = [(clue, row) for row, each in page.rows.items() for clue in each.clues]
        cells = dict.fromkeys(cell for clue, _ in (*facts, *rows) for cell, _ in clue.terms)
        self.place = {cell: at for at, cell in enumerate(cells)}
        limits = [page._limits.get(cell, (0, inf)) for cell in cells]
        self.low, self.high = np.array(limits, dtype=float).T
        self.owners: list[Row] = []
        self.rooms: list[float] = []
        lines, bounds = [], []
        for clue, row in (*facts, *rows):
            for sign, limit in ((1, clue.high), (-1, -clue.low)):
                if limit == inf:
                    continue
                terms = [(self.place[cell], float(sign * factor)) for cell, factor in clue.terms]
                if row is not None:
                    most = sum(factor * (self.high[at] if factor > 0 else self.low[at]) for at, factor in terms)
                    terms.append((len(cells) + len(self.owners), -1.0))
                    self.owners.append(row)
                    self.rooms.append(most - limit)
                lines.append(terms)
                bounds.append(float(limit))
        self.first_of_rows = len(lines) - len(self.owners)
        self.bounds = np.array(bounds)
        places, factors = zip(*(term for terms in lines for term in terms), strict=True)
        line_of = np.repeat(np.arange(len(lines)), [len(terms) for terms in lines])
        shape = (len(lines), len(cells) + len(self.owners))
        self.matrix = csr_array((factors, (line_of, places)), shape=shape)
