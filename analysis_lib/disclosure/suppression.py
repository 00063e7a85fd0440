"""Which rows to hide, and no more: the cheapest set of rows without which nothing protected can be worked out.

Found exactly, by conflicts. The attacker looks at what would be printed; where it works out a protected cell, the few printed rows
that it needs for it are found (a *conflict*: one of them at least must go). The cheapest choice that breaks every conflict
found so far is an integer program; the attacker looks again at what that leaves; and so on until it finds nothing. The
first choice without a leak is the cheapest of all, for every other one breaks the same conflicts at no smaller cost.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import inf

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from analysis_lib.disclosure.attacker import (
    Cell,
    Clue,
    around,
    between,
    blamed,
    is_possible,
    known_exactly,
    leaks,
)

Row = Hashable
Range = tuple[Cell, float, float]
MOST_ROUNDS = 200


@dataclass(frozen=True)
class Print:
    """A row that may be printed: the clues it gives, what hiding it costs a reader, the cells that are hidden with it.

    `hidden_clues` are what the symbol in its place tells: that a number is not small, where it is not.
    """

    clues: tuple[Clue, ...]
    cost: int
    cells: tuple[Cell, ...] = ()
    hidden_clues: tuple[Clue, ...] = ()


class CannotBeProtected(ValueError):
    """What is known without these rows gives a protected cell away already."""


@dataclass(frozen=True)
class Page:
    """What a reader knows whatever is hidden (`known`, and `definitions` before anything is printed), and the rows to decide on."""

    definitions: tuple[Clue, ...]
    known: tuple[Clue, ...]
    rows: Mapping[Row, Print]
    truth: Mapping[Cell, int]
    protected: tuple[Cell, ...]
    threshold: int

    def told(self, hidden: frozenset[Row]) -> list[Clue]:
        """Every clue that is left with the rows of `hidden` hidden."""
        printed = [
            clue for row, each in self.rows.items() for clue in (each.hidden_clues if row in hidden else each.clues)
        ]
        return [*self.known, *printed]

    def rows_to_hide(self, hidden: frozenset[Row] = frozenset()) -> frozenset[Row]:
        """The cheapest rows to hide, those of `hidden` among them, so that the attacker finds no protected cell.

        Of several choices that cost the same the one that hides later rows is taken: the answer depends on nothing else.

        Raises
        ------
        CannotBeProtected
            When hiding every row would not be enough.
        """
        conflicts: list[frozenset[Row]] = []
        out = hidden
        for _ in range(MOST_ROUNDS):
            found = self._conflicts(out)
            if not found:
                return out
            conflicts += found
            out = self._cheapest(conflicts, hidden)
        return frozenset(self.rows)  # no answer in a reasonable time

    def _conflicts(self, hidden: frozenset[Row]) -> list[frozenset[Row]]:
        """Sets of printed rows, no two with a row in common, each of which gives something away by itself."""
        told = self.told(hidden)
        given_away: list[list[Range]] = [
            [(leak.cell, value, value)]
            for leak in leaks(told, self.protected, self.threshold, definitions=self.definitions)
            for value in (leak.ruled_out[0], leak.ruled_out[-1])
        ]
        complements = {cell for row in hidden for cell in self.rows[row].cells} - self._secret
        if complements:
            everything = [*told, *self.definitions, *self._small]
            given_away += [
                [(cell, value + 1, inf), (cell, 0, value - 1)] if value else [(cell, 1, inf)]
                for cell, value in known_exactly(everything, complements).items()
            ]
        found: list[frozenset[Row]] = []
        taken: set[Row] = set()
        for ranges in given_away:
            needed = frozenset().union(*(self._needed(hidden, each) for each in ranges))
            if not needed:
                raise CannotBeProtected("what is known without these rows gives a protected cell away already")
            if not needed & taken:
                found.append(needed)
                taken |= needed
        return found

    @cached_property
    def _secret(self) -> frozenset[Cell]:
        return frozenset(self.protected)

    @cached_property
    def _ends(self) -> list[tuple[Cell, int]]:
        """The smallest and the largest value of each protected cell that its definitions allow, but for the true one."""
        small = {cell: between(cell, 1, self.threshold - 1) for cell in self.protected}
        ends = []
        for cell in self.protected:
            near = [*around(self.definitions, cell), *small.values()]
            possible = [value for value in range(1, self.threshold) if is_possible(near, cell, value, value)]
            ends += [(cell, value) for value in dict.fromkeys((possible[0], possible[-1])) if value != self.truth[cell]]
        return ends

    @cached_property
    def _most(self) -> float:
        """How far a hidden number may be from the true one, as far as the search for room goes."""
        return 4.0 * self.threshold

    @property
    def _small(self) -> list[Clue]:
        return [between(cell, 1, self.threshold - 1) for cell in self.protected]

    def _needed(self, hidden: frozenset[Row], ruled_out: Range) -> frozenset[Row]:
        """Printed rows that together rule out the range, none of which could be spared."""
        cell, low, high = ruled_out
        shown = [row for row in self.rows if row not in hidden]
        silent = [clue for row in self.rows for clue in self.rows[row].hidden_clues]
        owner = {id(clue): row for row in shown for clue in self.rows[row].clues}
        fixed_and_shown = around(
            [
                *self.known,
                *self.definitions,
                *self._small,
                *silent,
                *(c for row in shown for c in self.rows[row].clues),
            ],
            cell,
        )
        fixed = [clue for clue in fixed_and_shown if id(clue) not in owner]
        spared = [clue for clue in fixed_and_shown if id(clue) in owner]
        places = blamed(fixed, spared, cell, low, high)
        suspects = dict.fromkeys(
            owner[id(clue)] for clue in (spared if places is None else [spared[at] for at in places])
        )
        order = {row: at for at, row in enumerate(self.rows)}
        # The dearest to hide are spared first.
        for row in sorted(suspects, key=lambda row: (-self.rows[row].cost, order[row])):
            left = [clue for clue in spared if owner[id(clue)] in suspects and owner[id(clue)] != row]
            if not is_possible([*fixed, *left], cell, low, high):
                del suspects[row]
        return frozenset(suspects)

    def _cheapest(self, conflicts: Sequence[frozenset[Row]], hidden: frozenset[Row]) -> frozenset[Row]:
        """The cheapest rows to hide with `hidden`: one of every conflict at least, and room for the protected cells to move.

        Room: for the smallest and the largest value of each protected cell there is another filling of the hidden cells,
        in fractions at least, that fits the definitions. That is true of every answer, and rules out most of the others
        before the attacker is asked.
        """
        rows = list(self.rows)
        place = {row: at for at, row in enumerate(rows)}
        program = _Choice(len(rows))
        for conflict in conflicts:
            program.at_least([(place[row], 1.0) for row in conflict], 1)
        of_row = {cell: row for row, each in self.rows.items() for cell in each.cells}
        for cell, value in self._ends:
            filling = {each: program.number() for each in self.truth}
            for each, number in filling.items():
                low, high = (1, self.threshold - 1) if each in self._secret else (0, inf)
                true = self.truth[each]
                if each == cell:
                    low = high = value
                program.within(number, low, high)
                if each != cell and each in of_row:
                    row = place[of_row[each]]
                    program.at_most([(number, 1.0), (row, -self._most)], true)
                    program.at_least([(number, 1.0), (row, self._most)], true)
                elif each != cell and each not in self._secret:
                    program.within(number, true, true)
            for clue in self.definitions:
                terms = [(filling[each], float(factor)) for each, factor in clue.terms]
                if clue.high < inf:
                    program.at_most(terms, clue.high)
                if clue.low > -inf:
                    program.at_least(terms, clue.low)
        for row in hidden:
            program.within(place[row], 1, 1)
        cost = [self.rows[row].cost * (len(rows) + 1) + (len(rows) - at) / len(rows) for at, row in enumerate(rows)]
        return frozenset(row for row, out in zip(rows, program.cheapest(cost), strict=True) if out)


class _Choice:
    """An integer program under construction: `choices` numbers that are 0 or 1, and further numbers of any size."""

    def __init__(self, choices: int):
        self._choices = choices
        self._low, self._high = [0.0] * choices, [1.0] * choices
        self._rows: list[int] = []
        self._columns: list[int] = []
        self._factors: list[float] = []
        self._limits: list[tuple[float, float]] = []

    def number(self) -> int:
        """A further number, 0 or more; gives its place."""
        self._low.append(0.0)
        self._high.append(inf)
        return len(self._low) - 1

    def within(self, place: int, low: float, high: float) -> None:
        self._low[place], self._high[place] = max(self._low[place], low), min(self._high[place], high)

    def at_least(self, terms: Sequence[tuple[int, float]], low: float) -> None:
        self._limit(terms, low, inf)

    def at_most(self, terms: Sequence[tuple[int, float]], high: float) -> None:
        self._limit(terms, -inf, high)

    def _limit(self, terms: Sequence[tuple[int, float]], low: float, high: float) -> None:
        self._rows += [len(self._limits)] * len(terms)
        self._columns += [place for place, _ in terms]
        self._factors += [factor for _, factor in terms]
        self._limits.append((low, high))

    def cheapest(self, cost: Sequence[float]) -> list[bool]:
        """Which choices are 1 where their cost is the least. Raises `CannotBeProtected` where nothing fits."""
        numbers = len(self._low)
        shape = (len(self._limits), numbers)
        limits = LinearConstraint(
            csr_array((self._factors, (self._rows, self._columns)), shape=shape), *np.array(self._limits).T
        )
        found = milp(
            np.concatenate([cost, np.zeros(numbers - self._choices)]),
            integrality=np.concatenate([np.ones(self._choices), np.zeros(numbers - self._choices)]),
            bounds=Bounds(self._low, self._high),
            constraints=limits,
            options={"mip_rel_gap": 0.0},
        )
        if found.x is None:
            raise CannotBeProtected(f"no choice of rows to hide protects every cell: {found.message}")
        return [number > 0.5 for number in found.x[: self._choices]]
