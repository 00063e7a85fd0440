"""The attacker: what somebody can work out who reads everything that is printed and can solve equations.

It knows nothing of pages, children or metrics: only clues (`clues.py`) about numbers that it does not know, and integer programs
(`programs.py`). `leaks` is asked by the gate, which knows what it has to protect; `given_away` by an auditor, who knows only
what is printed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import inf

from analysis_lib.disclosure.clues import (
    Cell,
    Clue,
    adds_up,
    between,
    exactly,
    is_part,
    percentage,
    quotient,
    rounded,
)
from analysis_lib.disclosure.programs import Contradiction, Effort, TakenApart, taken_apart

__all__ = [
    "Cell",
    "Clue",
    "Contradiction",
    "Effort",
    "Leak",
    "adds_up",
    "around",
    "between",
    "exactly",
    "given_away",
    "is_part",
    "is_possible",
    "known_exactly",
    "leaks",
    "percentage",
    "possible_values",
    "quotient",
    "rounded",
    "taken_apart",
]


@dataclass(frozen=True)
class Leak:
    """A cell that the clues give away: which values from 1 up to the threshold they rule out, and which they leave."""

    cell: Cell
    ruled_out: tuple[int, ...]
    left: tuple[int, ...]

    @property
    def is_exact(self) -> bool:
        return len(self.left) == 1


def leaks(
    clues: Iterable[Clue],
    protected: Iterable[Cell],
    threshold: int,
    *,
    definitions: Sequence[Clue] = (),
    witness: Mapping[Cell, int] | None = None,
    effort: Effort | None = None,
) -> list[Leak]:
    """The protected cells for which `clues` rule out a value from 1 to `threshold` - 1.

    A protected cell holds 1 to `threshold` - 1, and the attacker is taken to know that it is one of these. Each value must stay
    possible by itself, but for those that `definitions` alone rule out: a sum of two protected cells is never 1. `witness`,
    where the true numbers are at hand, only saves time.

    Raises
    ------
    Contradiction
        When the clues cannot all be true.
    """
    secret = list(dict.fromkeys(protected))
    small = {cell: between(cell, 1, threshold - 1) for cell in secret}
    apart = taken_apart([*clues, *definitions, *small.values()])
    apart.remember(witness or {})
    left = _values(apart, secret, threshold)
    found = []
    for cell in secret:
        if not left[cell]:
            raise Contradiction
        out = [value for value in range(1, threshold) if value not in left[cell]]
        if out and definitions:
            near = around(definitions, cell)
            near += [
                small[each] for each in {each for clue in near for each, _ in clue.terms} | {cell} if each in small
            ]
            unprinted = _values(taken_apart(near), [cell], threshold)[cell]
            if len(unprinted) > 1:  # what is known of itself from the start is given away, and stays so
                out = [value for value in out if value in unprinted]
        if out:
            found.append(Leak(cell, tuple(out), tuple(left[cell])))
    apart.count(effort)
    return found


def given_away(
    clues: Iterable[Clue],
    candidates: Iterable[Cell],
    threshold: int,
    *,
    definitions: Sequence[Clue] = (),
    effort: Effort | None = None,
) -> list[Leak]:
    """Those of `candidates` of which the clues tell by themselves that they are small, and more.

    For an auditor without the true numbers. A cell is given away when every value that the clues leave it lies from 1 to
    `threshold` - 1 and they are not all of these, but for those that `definitions` alone rule out. A cell that could be 0
    or large is not: nobody can tell that it had to be hidden.

    Raises
    ------
    Contradiction
        When the clues about a candidate cannot all be true.
    """
    apart = taken_apart([*clues, *definitions])
    by_definition = taken_apart(definitions)
    found = []
    for cell in dict.fromkeys(candidates):
        if apart.allows(cell, 0, 0) or apart.allows(cell, threshold, inf):
            continue
        left = _values(apart, [cell], threshold)[cell]
        if not left:
            raise Contradiction
        out = [value for value in range(1, threshold) if value not in left]
        if len(unprinted := [value for value in range(1, threshold) if by_definition.allows(cell, value, value)]) > 1:
            out = [value for value in out if value in unprinted]
        if out:
            found.append(Leak(cell, tuple(out), tuple(left)))
    apart.count(effort)
    return found


def possible_values(clues: Iterable[Clue], cell: Cell, threshold: int) -> tuple[int, ...]:
    """The values from 1 to `threshold` - 1 that the clues leave `cell`."""
    return tuple(_values(taken_apart(clues), [cell], threshold)[cell])


def _values(apart: TakenApart, cells: Sequence[Cell], threshold: int) -> dict[Cell, list[int]]:
    """Of each of `cells` the values from 1 to `threshold` - 1 that are possible.

    The smallest and the largest are asked first, of every cell: what leads from one to the other leads to those between.
    """
    found: dict[Cell, list[int]] = {cell: [] for cell in cells}
    for value in sorted(range(1, threshold), key=lambda value: min(value, threshold - value)):
        for cell in cells:
            if apart.allows(cell, value, value):
                found[cell].append(value)
    return {cell: sorted(values) for cell, values in found.items()}


def known_exactly(
    clues: Iterable[Clue],
    cells: Iterable[Cell],
    *,
    witness: Mapping[Cell, int] | None = None,
    effort: Effort | None = None,
) -> dict[Cell, int]:
    """Those of `cells` that the clues leave a single value, with it: a hidden complement must not be one of them."""
    apart = taken_apart(clues)
    apart.remember(witness or {})
    found = {}
    for cell in dict.fromkeys(cells):
        value = apart.some_value(cell)
        if not apart.allows(cell, value + 1, inf) and not apart.allows(cell, 0, value - 1):
            found[cell] = value
    apart.count(effort)
    return found


def is_possible(clues: Iterable[Clue], cell: Cell, low: float, high: float) -> bool:
    """Whether the clues that are tied to `cell` leave it a value from `low` to `high`."""
    try:
        return taken_apart(clues).allows(cell, low, high)
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
