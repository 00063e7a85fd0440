"""Clues: what a printed figure, a definition or a public source says of numbers that a reader does not know.

A number that was counted is a whole number, 0 or more (a *cell*, under any name). A *clue* ties cells together: it says that a
sum of them, each times a whole factor, lies between two limits. Every kind of figure on a page can be written so without any
loss: a count, a rounded count, a percentage, a total of parts, a stock and its flows.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, inf

Cell = Hashable


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
    """A count of which only limits are told."""
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
