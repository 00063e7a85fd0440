"""What printed figures say of the children behind them, as equations: the attacker's view of a page.

A *quantity* is a whole number that was counted: a measure's count in one group and period. `equations` turns printed figures
into clues about quantities, adds what is true by definition (a share is part of its base, groups add up, a long period
holds a short one), and names the quantities that nobody may work out.

The gate uses it with the true numbers at hand, the auditor without.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import ceil, floor
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from analysis_lib.disclosure.attacker import Clue, adds_up, between, exactly, quotient, rounded
from analysis_lib.disclosure.printed import DENOMINATOR, NUMERATOR, PUBLISHED_MARK, VALUE, PrintedFigure
from analysis_lib.results import ADDS, GAP, GROWS, PERCENT, RATE_UNITS, RATIO, Measure

if TYPE_CHECKING:
    from analysis_lib.groupings import Groupings
    from analysis_lib.policy import DisclosurePolicy


class Quantity(NamedTuple):
    """A whole number that was counted. `start` is empty for a number on a day; `role` is empty but for a derived one."""

    name: str
    groups: tuple[tuple[str, str], ...]
    start: str
    end: str
    role: str = ""

    def without(self, columns: Iterable[str]) -> tuple[tuple[str, str], ...]:
        """The groups but those of `columns`."""
        return tuple(pair for pair in self.groups if pair[0] not in columns)


@dataclass(frozen=True)
class Equations:
    """Clues by the figure that gives them, what holds by definition, and the quantities to protect with their threshold."""

    clues: dict[PrintedFigure, tuple[Clue, ...]]
    definitions: tuple[Clue, ...]
    candidates: dict[Quantity, int] = field(repr=False)

    @property
    def told(self) -> list[Clue]:
        """Every clue of every figure."""
        return [clue for clues in self.clues.values() for clue in clues]


def numerator(figure: PrintedFigure, measures: Mapping[str, Measure]) -> Quantity:
    """What a figure counts, or counts above the line."""
    measure = measures.get(figure.measure)
    name = (measure.counts if measure else "") or figure.measure
    return Quantity(name, figure.groups, figure.start, figure.end)


def denominator(figure: PrintedFigure, measures: Mapping[str, Measure]) -> Quantity:
    """The base that a figure rests on: the parts of one breakdown share it."""
    measure = measures.get(figure.measure)
    name = (measure.base if measure else "") or f"{figure.measure}/base"
    groups = tuple(pair for pair in figure.groups if pair[0] not in figure.parts)
    return Quantity(name, groups, figure.start, figure.end)


def is_ours(figure: PrintedFigure, measures: Mapping[str, Measure]) -> bool:
    """Whether a figure counts our own children: it is not carried over from a publication."""
    measure = measures.get(figure.measure)
    return PUBLISHED_MARK not in figure.groups and not (measure and measure.carried)


def equations(
    figures: Sequence[PrintedFigure],
    measures: Mapping[str, Measure],
    *,
    groupings: Groupings,
    policy: DisclosurePolicy,
) -> Equations:
    """What `figures` tell, hidden ones included: that they stand there says which groups and periods there are.

    Raises `ValueError` for a printed text that is no number.
    """
    ours = [figure for figure in figures if is_ours(figure, measures)]
    clues = {figure: tuple(_clues(figure, measures, policy)) for figure in ours}
    candidates: dict[Quantity, int] = {}
    rows = _rows(ours)
    rows += _pieces(rows, measures)
    definitions = [
        *_bases(rows, measures, policy, candidates),
        *_breakdowns(rows, measures, groupings),
        *_nested(rows, measures, groupings, policy, candidates),
        *_periods(rows, measures, policy, candidates),
        *_stocks(rows, measures),
    ]
    return Equations(clues, tuple(definitions), candidates)


def solved(known: Mapping[Quantity, int], definitions: Iterable[Clue]) -> dict[Quantity, int]:
    """`known`, and every quantity that follows from it by an equation with one unknown at a time."""
    found = dict(known)
    waiting = [clue for clue in definitions if clue.low == clue.high]
    while True:
        left = []
        for clue in waiting:
            unknown = [(cell, factor) for cell, factor in clue.terms if cell not in found]
            if len(unknown) == 1:
                (cell, factor), rest = unknown[0], sum(f * found[c] for c, f in clue.terms if c in found)
                found[cell] = int((clue.low - rest) / factor)
            elif unknown:
                left.append(clue)
        if len(left) == len(waiting):
            return found
        waiting = left


# What is printed


def _clues(figure: PrintedFigure, measures: Mapping[str, Measure], policy: DisclosurePolicy) -> Iterator[Clue]:
    number, decimals = number_of(figure.text)
    if number is None:
        return
    measure = measures.get(figure.measure)
    above, below = numerator(figure, measures), denominator(figure, measures)
    round_to = policy.of(measure, [column for column, _ in figure.groups]).round_to if measure else 0
    if figure.what == NUMERATOR or (figure.what == VALUE and (measure is None or measure.is_count)):
        yield _count(above, number, round_to)
    elif figure.what == DENOMINATOR:
        yield _count(below, number, round_to)
    elif figure.what != VALUE or round_to:
        return  # rates of rounded counts tell no more than the counts
    elif measure.unit in (PERCENT, GAP):
        yield from quotient(above, below, number + _fraction(figure.beside), decimals, 100)
    elif measure.unit == RATIO and not figure.beside:
        yield from quotient(above, below, number, decimals, 1)
    elif measure.unit in RATE_UNITS and figure.beside:
        half = Fraction(1, 2 * 10**decimals)
        each = _fraction(figure.beside) / RATE_UNITS[measure.unit]
        yield between(above, max(0, ceil((number - half) * each)), floor((number + half) * each))


def _fraction(number: float) -> Fraction:
    return Fraction(number).limit_denominator(10**6)


def _count(quantity: Quantity, number: Fraction, round_to: int) -> Clue:
    if number.denominator != 1:  # half days: a sum, not a count of children
        return between(quantity, floor(number), ceil(number))
    return rounded(quantity, int(number), round_to) if round_to and number else exactly(quantity, int(number))


def number_of(text: str) -> tuple[Fraction | None, int]:
    """The number that `text` prints and how many decimals it has; None for a symbol.

    Raises `ValueError` for anything that is neither.
    """
    plain = text.replace(",", "").removesuffix("%").removeprefix("+")
    if not plain or not any(letter.isdigit() for letter in plain):
        return None, 0
    _, _, decimals = plain.partition(".")
    return Fraction(plain), len(decimals)


# What holds by definition


def _protect(quantity: Quantity, measure: Measure | None, policy: DisclosurePolicy, into: dict[Quantity, int]) -> None:
    if measure is None:
        return
    rules = policy.of(measure, [column for column, _ in quantity.groups])
    if rules.protect:
        into[quantity] = rules.threshold


def _rows(figures: Iterable[PrintedFigure]) -> list[PrintedFigure]:
    """One figure for each row: its numbers are of the same quantities."""
    return list({(f.measure, f.groups, f.start, f.end, f.parts): f for f in figures}.values())


def _has_base(figure: PrintedFigure, measures: Mapping[str, Measure]) -> bool:
    """Whether what a figure counts is part of a base of our own children."""
    measure = measures.get(figure.measure)
    return measure is not None and measure.unit in (PERCENT, GAP)


def _bases(rows, measures, policy, candidates) -> Iterator[Clue]:
    """A share is part of its base; neither it, nor the rest of the base, nor the base is anybody's to work out."""
    for figure in rows:
        measure = measures.get(figure.measure)
        above = numerator(figure, measures)
        _protect(above, measures.get(above.name, measure), policy, candidates)
        if _has_base(figure, measures):
            below = denominator(figure, measures)
            rest = above._replace(role=f"the rest of {below.name}")
            yield adds_up(below, (above, rest))
            _protect(rest, measure, policy, candidates)
            _protect(below, measures.get(below.name, measure), policy, candidates)


def _breakdowns(rows, measures, groupings) -> Iterator[Clue]:
    """The groups of a breakdown add up to its total; a merged group is the sum of those that it is made of."""
    members: dict[tuple, dict[Quantity, None]] = defaultdict(dict)
    for figure in rows:
        if columns := tuple(column for column, _ in figure.groups if column in figure.parts):
            above = numerator(figure, measures)
            total = _total(figure, above, measures)
            members[(total, above.name, columns)][above] = None
    for (total, _, columns), parts in members.items():
        atoms: dict[Quantity, None] = {}
        for part in parts:
            made_of = list(_atoms(part, columns, groupings))
            if made_of != [part]:
                yield adds_up(part, made_of)
            atoms |= dict.fromkeys(made_of)
        yield adds_up(total, atoms)


def _total(figure: PrintedFigure, above: Quantity, measures: Mapping[str, Measure]) -> Quantity:
    measure = measures.get(figure.measure)
    if _has_base(figure, measures) or (measure and measure.base):
        return denominator(figure, measures)
    return above._replace(groups=above.without(figure.parts))


def _atoms(part: Quantity, columns: Sequence[str], groupings: Groupings) -> Iterator[Quantity]:
    """The quantities that a merged group is made of; itself where it is not merged."""
    for at, (column, value) in enumerate(part.groups):
        if column in columns and (finer := groupings.made_of(column, value)):
            for each in finer:
                groups = (*part.groups[:at], (column, each), *part.groups[at + 1 :])
                yield from _atoms(part._replace(groups=groups), columns, groupings)
            return
    yield part


def _nested(rows, measures, groupings, policy, candidates) -> Iterator[Clue]:
    """Who is in one group is in a wider one; who is counted by one measure is counted by another that holds it."""
    counted = {numerator(figure, measures): measures.get(figure.measure) for figure in rows}
    for inner, measure in counted.items():
        wider = [inner._replace(name=name) for name in (measure.part_of if measure else ())]
        for at, (column, value) in enumerate(inner.groups):
            wider += [
                inner._replace(groups=(*inner.groups[:at], (column, each), *inner.groups[at + 1 :]))
                for each in groupings.inside(column, value)
            ]
        for outer in wider:
            if outer in counted:
                yield from _difference(inner, outer, measures, measure, policy, candidates)


def _difference(inner: Quantity, outer: Quantity, measures, measure, policy, candidates) -> Iterator[Clue]:
    """`inner` is part of `outer`; what is in `outer` alone is a quantity of its own."""
    alone = outer._replace(role=f"not in {inner.name} {dict(inner.groups)} {inner.start}/{inner.end}")
    _protect(alone, measures.get(outer.name, measure), policy, candidates)
    yield adds_up(outer, (inner, alone))


def _pieces(rows, measures) -> list[PrintedFigure]:
    """Rows that nobody printed: where periods of events overlap, the shortest spans between their first and last days."""
    series: dict[tuple, dict[tuple[str, str], PrintedFigure]] = defaultdict(dict)
    for figure in rows:
        if figure.start and _over_time(figure, measures) == ADDS:
            series[(figure.measure, figure.groups, figure.parts)][(figure.start, figure.end)] = figure
    found = []
    for spans in series.values():
        for first, last in {piece: None for span in spans for piece in _cut(span, spans)}:
            if (first, last) not in spans:
                found.append(replace(next(iter(spans.values())), start=first, end=last, text=""))
    return found


def _over_time(figure: PrintedFigure, measures: Mapping[str, Measure]) -> str:
    """How the counts of a figure go over time: as its own measure says, or the one that counts for it."""
    measure = measures.get(figure.measure)
    if measure is None or measure.over_time:
        return measure.over_time if measure else ""
    above = measures.get(measure.counts)
    return above.over_time if above else ""


def _cut(span: tuple[str, str], spans: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """`span` taken apart at every first and last day of `spans`."""
    cuts = {each for first, last in spans for each in (first, _next_day(last))}
    inside = sorted(cut for cut in cuts if span[0] <= cut <= _next_day(span[1]))
    return [(first, _day_before(after)) for first, after in zip(inside, inside[1:], strict=False)]


def _periods(rows, measures, policy, candidates) -> Iterator[Clue]:
    """Events of periods add up to those of the whole; children counted once in a period are counted in a longer one."""
    series: dict[tuple, dict[Quantity, Measure | None]] = defaultdict(dict)
    for figure in rows:
        measure, how = measures.get(figure.measure), _over_time(figure, measures)
        for quantity in _quantities(figure, measures):
            own = measures.get(quantity.name, measure)
            if quantity.start and (how_own := own.over_time if own and own is not measure else how):
                series[(quantity.name, quantity.groups, how_own)][quantity] = own
    for (_, _, how), several in series.items():
        if how == GROWS:
            yield from _growing(several, measures, policy, candidates)
        else:
            yield from _adding(several)


def _quantities(figure: PrintedFigure, measures: Mapping[str, Measure]) -> Iterator[Quantity]:
    yield numerator(figure, measures)
    if _has_base(figure, measures):
        yield denominator(figure, measures)


def _growing(several: Mapping[Quantity, Measure | None], measures, policy, candidates) -> Iterator[Clue]:
    for outer, measure in several.items():
        inside = [each for each in several if each != outer and _holds(outer, each)]
        for inner in inside:
            if not any(other != inner and _holds(other, inner) for other in inside):  # nothing lies between the two
                yield from _difference(inner, outer, measures, measure, policy, candidates)


def _holds(outer: Quantity, inner: Quantity) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def _adding(several: Iterable[Quantity]) -> Iterator[Clue]:
    spans = [(each.start, each.end) for each in several]
    for quantity in several:
        pieces = [
            quantity._replace(start=first, end=last) for first, last in _cut((quantity.start, quantity.end), spans)
        ]
        if len(pieces) > 1:
            yield adds_up(quantity, pieces)


def _next_day(day: str) -> str:
    return f"{pd.Timestamp(day) + pd.Timedelta(days=1):%Y-%m-%d}"


def _day_before(day: str) -> str:
    return f"{pd.Timestamp(day) - pd.Timedelta(days=1):%Y-%m-%d}"


def _stocks(rows, measures) -> Iterator[Clue]:
    """A stock is the one before, and what came, less what left, where all four are spoken of."""
    counted = {numerator(figure, measures): measures.get(figure.measure) for figure in rows}
    stocks: dict[tuple, list[Quantity]] = defaultdict(list)
    for quantity, measure in counted.items():
        if not quantity.start and measure and measure.moved_by and quantity.name == measure.name:
            stocks[(quantity.groups, measure.moved_by)].append(quantity)
    for (_, (comes, leaves)), days in stocks.items():
        days.sort(key=lambda each: each.end)
        for at, before in enumerate(days):
            for after in days[at + 1 :]:
                span = after._replace(start=_next_day(before.end))
                came, left = span._replace(name=comes), span._replace(name=leaves)
                if came in counted and left in counted:
                    yield Clue(((after, 1), (before, -1), (came, -1), (left, 1)), 0, 0)
