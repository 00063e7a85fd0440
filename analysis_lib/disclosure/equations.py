"""What printed figures say of the children behind them, as equations: the attacker's view of a page.

A *quantity* is a whole number that was counted: a measure's count in one group and period. `equations` turns printed figures
into clues about quantities, adds what is true by definition (a share is part of its base, groups add up, a long period
holds a short one), and names the quantities that nobody may work out.

The gate uses it with the true numbers at hand, the auditor without.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction
from functools import cache, cached_property
from math import ceil, floor, inf
from typing import NamedTuple

from analysis_lib.disclosure.clues import Clue, adds_up, between, exactly, quotient, rounded
from analysis_lib.disclosure.printed import DENOMINATOR, INTERVAL, NUMERATOR, PUBLISHED_MARK, VALUE, PrintedFigure
from analysis_lib.groupings import Groupings, Groups, Number
from analysis_lib.policy import ClassPolicy, DisclosurePolicy
from analysis_lib.results import ADDS, GAP, GROWS, PERCENT, RATE_UNITS, RATIO, Measure

NOT_IN_BASE = ("x", "z", "u")  # symbols of rows that are no part of the base that they stand beside
BASE = "/base"  # what stands below the line of a measure whose base is no other measure's count


class Quantity(NamedTuple):
    """A whole number that was counted. `start` is empty for a number on a day; `role` is empty but for a derived one."""

    name: str
    groups: Groups
    start: str
    end: str
    role: str = ""

    def with_group(self, at: int, value: str) -> Quantity:
        """The same of another value of the group at place `at`."""
        return self._replace(groups=(*self.groups[:at], (self.groups[at][0], value), *self.groups[at + 1 :]))


@dataclass(frozen=True)
class Relations:
    """What measures and groups have to do with one another, and what the policy protects: all that is known before a page."""

    measures: Mapping[str, Measure]
    groupings: Groupings
    policy: DisclosurePolicy

    def measure(self, figure: PrintedFigure) -> Measure | None:
        return self.measures.get(figure.measure)

    def clues(self, figure: PrintedFigure) -> tuple[Clue, ...]:
        """What a figure tells as it is printed. It is worked out once: a gate asks it for the same figures again and again."""
        if figure not in self._told:
            self._told[figure] = tuple(_clues(figure, self))
        return self._told[figure]

    @cached_property
    def _told(self) -> dict[PrintedFigure, tuple[Clue, ...]]:
        return {}

    def numerator(self, figure: PrintedFigure) -> Quantity:
        """What a figure counts, or counts above the line."""
        return self.named(self.counted(figure), figure.groups, figure)

    def counted(self, figure: PrintedFigure) -> str:
        """The measure whose count stands above the line."""
        measure = self.measure(figure)
        return (measure.counts if measure else "") or figure.measure

    def denominator(self, figure: PrintedFigure) -> Quantity:
        """The base that a figure rests on: the parts of one breakdown share it."""
        measure = self.measure(figure)
        groups = tuple(pair for pair in figure.groups if pair[0] not in figure.parts)
        return self.named((measure.base if measure else "") or figure.measure + BASE, groups, figure)

    def named(self, name: str, groups: Groups, figure: PrintedFigure) -> Quantity:
        """A number of the figure's own period, under its one name."""
        return Quantity(*self.groupings.same(name, groups), figure.start, figure.end)

    def has_base(self, figure: PrintedFigure) -> bool:
        """Whether what a figure counts is part of a base of our own children."""
        measure = self.measure(figure)
        shares = measure is not None and measure.unit in (PERCENT, GAP)
        return shares and figure.measure not in self.groupings.estimated

    def is_ours(self, figure: PrintedFigure) -> bool:
        """Whether a figure counts our own children: it is not carried over from a publication."""
        measure = self.measure(figure)
        return PUBLISHED_MARK not in figure.groups and not (measure and measure.carried)

    def over_time(self, quantity: Quantity, measure: Measure | None) -> str:
        """How a quantity goes over time: as the measure that it is named after says, else the one it was printed by.

        Children of a group grow with the period only where a child stays in its group: not by age.
        """
        own = self.measures.get(quantity.name, measure)
        stays = all(column in self.groupings.lasting for column, _ in quantity.groups)
        return own.over_time if own and (own.over_time != GROWS or stays) else ""

    def threshold(self, quantity: Quantity, measure: Measure | None) -> int:
        """Below which number a quantity is nobody's to work out; 0 where it is no secret."""
        own = self.measures.get(quantity.name, measure)
        if own is None:
            return 0
        rules = self.policy.of(own, [column for column, _ in quantity.groups])
        return rules.threshold if rules.protect else 0

    def protects_nested(self, quantity: Quantity, measure: Measure | None) -> bool:
        """Whether what another quantity holds beyond this one is a secret.

        Not beside the base of an average: what is left are children without a date or a result, which is no characteristic.
        """
        own = self.measures.get(quantity.name, measure)
        if own is None or (quantity.name.endswith(BASE) and own.is_average):
            return False
        return self.policy.of(own, [column for column, _ in quantity.groups]).protect_nested

    def family(self, measure: str) -> str:
        """What a measure's counts have to do with those of another when both have the same family."""
        return self._families.get(measure, measure)

    @cached_property
    def _families(self) -> dict[str, str]:
        head: dict[str, str] = {}

        def root(name: str) -> str:
            name = name.removesuffix(BASE)
            while head.setdefault(name, name) != name:
                name = head[name]
            return name

        def tie(one: str, other: str) -> None:
            head[root(other)] = root(one)

        for name, measure in self.measures.items():
            for other in (measure.counts, measure.base, *measure.part_of, *measure.moved_by):
                tie(name, other or name)
        for one, other in (*self.groupings.alike, *self.groupings.parts):
            tie(one.name, other.name)
        for total, parts in self.groupings.sums:
            for part in parts:
                tie(total.name, part.name)
        return {name: root(name) for name in list(head)}


@dataclass(frozen=True)
class Equations:
    """Clues by the figure that gives them, what holds by definition, and the quantities to protect with their threshold.

    `growth` are the definitions that hold as a rule and not always: a child whose record changes may leave a group. `sums`
    follow from the definitions: that printed groups which share nobody add up to their total, whatever each is made of.
    """

    clues: dict[PrintedFigure, tuple[Clue, ...]]
    definitions: tuple[Clue, ...]
    candidates: dict[Quantity, int] = field(repr=False)
    growth: frozenset[Clue] = frozenset()
    sums: tuple[Clue, ...] = ()

    @property
    def told(self) -> list[Clue]:
        """Every clue of every figure."""
        return [clue for clues in self.clues.values() for clue in clues]


def equations(figures: Iterable[PrintedFigure], relations: Relations) -> Equations:
    """What `figures` tell, hidden ones included: that they stand there says which groups and periods there are.

    Raises `ValueError` for a printed text that is no number.
    """
    ours = [figure for figure in figures if relations.is_ours(figure)]
    rows = _rows(ours)
    rows += _pieces(rows, relations)
    outside_base = {_row(each) for each in ours if each.what == VALUE and each.text in NOT_IN_BASE}
    candidates: dict[Quantity, int] = {}
    series = _series(rows, relations)
    growth = [*_growing(series[GROWS], relations, candidates)]
    definitions = [
        *_bases(rows, relations, candidates, outside_base),
        *_breakdowns(rows, relations),
        *_sums(rows, relations),
        *_nested(rows, relations, candidates),
        *growth,
        *_adding(series[ADDS], relations, candidates),
        *_stocks(rows, relations),
    ]
    clues = {figure: relations.clues(figure) for figure in ours}
    return Equations(clues, tuple(definitions), candidates, frozenset(growth), tuple(_printed_sums(rows, relations)))


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


def believable(told: Equations, known: Mapping[Quantity, int]) -> Equations:
    """Without what should hold by definition and does not for the numbers in `known`: it would mislead who believes it."""
    while True:
        follows = solved(known, told.definitions)
        wrong = {cell for cell, number in follows.items() if number < 0}
        kept = tuple(
            clue
            for clue in told.definitions
            if is_true(clue, follows) and not any(cell in wrong for cell, _ in clue.terms)
        )
        if len(kept) == len(told.definitions):
            return told
        told = replace(told, definitions=kept, growth=told.growth.intersection(kept))


def with_true_growth(told: Equations, known: Mapping[Quantity, int]) -> Equations:
    """Without the growth that the numbers in `known` contradict; everything else is kept, whether it fits or not."""
    fits = frozenset(believable(told, known).definitions)
    kept = tuple(clue for clue in told.definitions if clue not in told.growth or clue in fits)
    return replace(told, definitions=kept, growth=told.growth & fits)


def is_true(clue: Clue, known: Mapping[Quantity, int]) -> bool:
    """Whether `clue` holds, as far as the numbers in it are known."""
    if any(cell not in known for cell, _ in clue.terms):
        return True
    return clue.low <= sum(factor * known[cell] for cell, factor in clue.terms) <= clue.high


def exact_numbers(clues: Iterable[Clue]) -> dict[Quantity, int]:
    """The quantities that are told as they are, with their numbers; the last where they differ."""
    return {clue.terms[0][0]: int(clue.low) for clue in clues if len(clue.terms) == 1 and clue.low == clue.high}


def touched(told: Iterable[Clue], known: Collection[Quantity], by: Iterable[Quantity]) -> set[Quantity]:
    """The quantities that anything said of those in `by` could tell of: tied to them by clues, past none that is `known`."""
    ties: dict[Quantity, list[Clue]] = defaultdict(list)
    for clue in told:
        for quantity, _ in clue.terms:
            if quantity not in known:
                ties[quantity].append(clue)
    waiting = [quantity for quantity in by if quantity not in known]
    found, asked = set(waiting), set()
    while waiting:
        for clue in ties[waiting.pop()]:
            if id(clue) not in asked:
                asked.add(id(clue))
                new = [cell for cell, _ in clue.terms if cell not in known and cell not in found]
                found.update(new)
                waiting += new
    return found


# What is printed


def _clues(figure: PrintedFigure, relations: Relations) -> Iterator[Clue]:
    if figure.what == INTERVAL:  # printed only where its base is, and no wider than it tells
        return
    number, decimals = (None, 0) if figure.what == INTERVAL else number_of(figure.text)
    if number is None:
        return
    measure = relations.measure(figure)
    above, below = relations.numerator(figure), relations.denominator(figure)
    columns = [column for column, _ in figure.groups]
    rules = relations.policy.of(measure, columns) if measure else None
    if figure.what == NUMERATOR or (figure.what == VALUE and (measure is None or measure.is_count)):
        yield _count(above, number, rules)
    elif figure.what == DENOMINATOR:
        yield _count(below, number, rules)
    elif figure.what != VALUE or (rules and rules.round_to) or figure.measure in relations.groupings.estimated:
        return  # a rate of rounded counts tells no more than the counts
    elif measure.unit in (PERCENT, GAP):
        yield from quotient(above, below, number + _fraction(figure.beside), decimals, 100)
    elif measure.unit == RATIO and figure.beside:
        yield from _times(above, below, number, decimals, _fraction(figure.beside))
    elif measure.unit == RATIO:
        yield from quotient(above, below, number, decimals, 1)
    elif measure.unit in RATE_UNITS and figure.beside:
        half = Fraction(1, 2 * 10**decimals)
        each = _fraction(figure.beside) / RATE_UNITS[measure.unit]
        yield between(above, max(0, ceil((number - half) * each)), floor((number + half) * each))


def _times(above: Quantity, below: Quantity, number: Fraction, decimals: int, factor: Fraction) -> Iterator[Clue]:
    """`factor`, a public number with six decimals, times `above` / `below`; limits to four decimals, outward."""
    half, off = Fraction(1, 2 * 10**decimals), Fraction(1, 2 * 10**6)
    low, high = floor((number - half) / (factor + off) * 10**4), ceil((number + half) / max(factor - off, off) * 10**4)
    yield between(below, 1)
    yield Clue(((above, 10**4), (below, -low)), 0, inf)
    yield Clue(((above, -(10**4)), (below, high)), 0, inf)


def _fraction(number: float) -> Fraction:
    return Fraction(number).limit_denominator(10**6)


def _count(quantity: Quantity, number: Fraction, rules: ClassPolicy | None) -> Clue:
    if number.denominator != 1:  # half days: a sum, not a count of children
        return between(quantity, floor(number), ceil(number))
    round_to = rules.round_to if rules else 0
    if not round_to or not number or number % round_to:  # an earlier pack may have printed it as it was
        return exactly(quantity, int(number))
    clue = rounded(quantity, int(number), round_to)
    return replace(clue, low=max(clue.low, rules.threshold))  # what is smaller is hidden


def number_of(text: str) -> tuple[Fraction | None, int]:
    """The number that `text` prints and how many decimals it has; None for a symbol.

    Raises `ValueError` for anything that is neither.
    """
    plain = text.replace(",", "").removesuffix("%").removeprefix("+")
    if not any(letter.isdigit() for letter in plain):
        return None, 0
    _, _, decimals = plain.partition(".")
    return Fraction(plain), len(decimals)


# What holds by definition


def _protect(quantity: Quantity, measure: Measure | None, relations: Relations, into: dict[Quantity, int]) -> None:
    if threshold := relations.threshold(quantity, measure):
        into[quantity] = threshold


def _rows(figures: Iterable[PrintedFigure]) -> list[PrintedFigure]:
    """One figure for each row: its numbers are of the same quantities."""
    return list({_row(each): each for each in figures}.values())


def _row(figure: PrintedFigure) -> tuple:
    return figure.measure, figure.groups, figure.start, figure.end, figure.parts


def _pieces(rows: Iterable[PrintedFigure], relations: Relations) -> list[PrintedFigure]:
    """Rows that nobody printed: where periods of events overlap, the shortest spans between their first and last days."""
    series: dict[tuple, dict[tuple[str, str], PrintedFigure]] = defaultdict(dict)
    for figure in rows:
        if figure.start and relations.over_time(relations.numerator(figure), relations.measure(figure)) == ADDS:
            series[(figure.measure, figure.groups, figure.parts)][(figure.start, figure.end)] = figure
    found = []
    for spans in series.values():
        cuts = _cuts(spans)
        for first, last in {piece: None for span in spans for piece in _cut(span, cuts)}:
            if (first, last) not in spans:
                found.append(replace(next(iter(spans.values())), start=first, end=last, text=""))
    return found


def _cuts(spans: Iterable[tuple[str, str]]) -> list[str]:
    """The first days of `spans` and the days after their last, in order."""
    return sorted({each for first, last in spans for each in (first, _next_day(last))})


def _cut(span: tuple[str, str], cuts: Sequence[str]) -> list[tuple[str, str]]:
    """`span` taken apart at each of `cuts` inside it."""
    inside = cuts[bisect_left(cuts, span[0]) : bisect_right(cuts, _next_day(span[1]))]
    return [(first, _day_before(after)) for first, after in zip(inside, inside[1:], strict=False)]


def _bases(rows, relations: Relations, candidates, outside_base) -> Iterator[Clue]:
    """A share is part of its base; neither it, nor the rest of the base, nor the base is anybody's to work out."""
    for figure in rows:
        measure, above = relations.measure(figure), relations.numerator(figure)
        _protect(above, measure, relations, candidates)
        if relations.has_base(figure) and _row(figure) not in outside_base:
            below = relations.denominator(figure)
            rest = above._replace(role=f"the rest of {below.name} {dict(below.groups)}")
            if threshold := relations.threshold(above, measure):
                candidates[rest] = threshold
            _protect(below, measure, relations, candidates)
            yield adds_up(below, (above, rest))


def _breakdowns(rows, relations: Relations) -> Iterator[Clue]:
    """The groups of a breakdown add up to its total; a merged group is the sum of those that it is made of."""
    for total, printed in _members(rows, relations):
        for group, made_of in printed.items():
            if made_of != [group]:
                yield adds_up(group, made_of)
        yield adds_up(total, dict.fromkeys(atom for made_of in printed.values() for atom in made_of))


def _printed_sums(rows, relations: Relations) -> Iterator[Clue]:
    """Printed groups that share nobody add up to their total."""
    for total, printed in _members(rows, relations):
        atoms = [atom for made_of in printed.values() for atom in made_of]
        if len(set(atoms)) == len(atoms):
            yield adds_up(total, printed)


def _members(rows, relations: Relations) -> Iterator[tuple[Quantity, dict[Quantity, list[Quantity]]]]:
    """Every total of a breakdown, and its printed groups, each with those that it is made of."""
    members: dict[tuple, dict[Quantity, list[Quantity]]] = defaultdict(dict)
    for figure in rows:
        columns = tuple(column for column, _ in figure.groups if column in figure.parts)
        if columns and figure.measure not in relations.groupings.estimated:
            members[(_total(figure, relations), columns, relations.counted(figure))][relations.numerator(figure)] = [
                relations.named(relations.counted(figure), groups, figure)
                for groups in _atoms(figure.groups, columns, relations.groupings)
            ]
    for (total, *_), printed in members.items():
        yield total, printed


def _sums(rows, relations: Relations) -> Iterator[Clue]:
    """Numbers that add up to another, by the groupings, where all of them are spoken of: above a line or below it."""
    counted = dict.fromkeys(quantity for figure in rows for quantity in _quantities(figure, relations))
    for quantity in counted:
        for total, parts in relations.groupings.sums:
            if total.name == quantity.name and (values := total.found_in(_number(quantity))) is not None:
                several = [quantity._replace(name=p.name, groups=p.filled(values).groups) for p in parts]
                if all(each in counted for each in several):
                    yield adds_up(quantity, several)


def _number(quantity: Quantity) -> Number:
    return Number(quantity.name, quantity.groups)


def _total(figure: PrintedFigure, relations: Relations) -> Quantity:
    measure = relations.measure(figure)
    if relations.has_base(figure) or (measure and measure.base):
        return relations.denominator(figure)
    groups = tuple(pair for pair in figure.groups if pair[0] not in figure.parts)
    return relations.named(relations.counted(figure), groups, figure)


def _atoms(groups: Groups, columns: Sequence[str], groupings: Groupings) -> Iterator[Groups]:
    """The groups that a merged group is made of; itself where it is not merged."""
    for at, (column, value) in enumerate(groups):
        if column in columns and (finer := groupings.made_of(column, value)):
            for each in finer:
                yield from _atoms((*groups[:at], (column, each), *groups[at + 1 :]), columns, groupings)
            return
    yield groups


def _nested(rows, relations: Relations, candidates) -> Iterator[Clue]:
    """Who is in one group is in a wider one; who is counted by one measure is counted by another that holds it."""
    counted: dict[Quantity, Measure | None] = {}
    for figure in rows:
        for quantity in _quantities(figure, relations):
            counted.setdefault(quantity, relations.measure(figure))
    for inner, printed_by in counted.items():
        measure = relations.measures.get(inner.name, printed_by)
        wider = [(name, inner.groups) for name in _holding(inner, measure, relations)]
        wider += relations.groupings.wholes(inner.name, inner.groups)
        for at, (column, value) in enumerate(inner.groups):
            wider += [inner.with_group(at, each)[:2] for each in relations.groupings.inside(column, value)]
        threshold = relations.threshold(inner, measure) if relations.protects_nested(inner, measure) else 0
        for name, groups in wider:
            outer = Quantity(*relations.groupings.same(name, groups), *inner[2:])
            if outer in counted and outer != inner:
                yield _difference(inner, outer, threshold, candidates)


def _holding(inner: Quantity, measure: Measure | None, relations: Relations) -> Iterator[str]:
    """The measures that count everything that `inner` counts.

    What holds a share holds its base too where it is a count: where it is a share itself, it may be less than the base.
    """
    for name in measure.part_of if measure else ():
        whole = relations.measures.get(name)
        if inner.name in relations.measures or (whole and whole.is_count):
            yield name


def _difference(inner: Quantity, outer: Quantity, threshold: int, candidates: dict[Quantity, int]) -> Clue:
    """`inner` is part of `outer`; what is in `outer` alone is a quantity of its own, a secret below `threshold`."""
    alone = outer._replace(role=f"not in {inner.name} {dict(inner.groups)} {inner.start}/{inner.end}")
    if threshold:
        candidates[alone] = threshold
    return adds_up(outer, (inner, alone))


def _series(rows, relations: Relations) -> dict[str, list[dict[Quantity, Measure | None]]]:
    """By how they go over time, the numbers of periods that go together, each with the measure that it was printed by."""
    series: dict[tuple, dict[Quantity, Measure | None]] = defaultdict(dict)
    for figure in rows:
        for quantity in _quantities(figure, relations):
            if quantity.start and (how := relations.over_time(quantity, relations.measure(figure))):
                series[(quantity.name, quantity.groups, how)][quantity] = relations.measure(figure)
    return {how: [several for key, several in series.items() if key[-1] == how] for how in (GROWS, ADDS)}


def _quantities(figure: PrintedFigure, relations: Relations) -> Iterator[Quantity]:
    """What stands above a figure's line, and what stands below it where that is a count of ours."""
    yield relations.numerator(figure)
    measure = relations.measure(figure)
    if measure and (relations.has_base(figure) or measure.is_average or measure.base):
        yield relations.denominator(figure)


def _growing(
    series: Iterable[Mapping[Quantity, Measure | None]], relations: Relations, candidates: dict[Quantity, int]
) -> Iterator[Clue]:
    """Children counted once in a period are counted in a longer one."""
    for several in series:
        for outer, measure in several.items():
            inside = [each for each in several if each != outer and _holds(outer, each)]
            for inner in inside:
                if not any(other != inner and _holds(other, inner) for other in inside):  # nothing lies between the two
                    yield _difference(inner, outer, relations.threshold(inner, measure), candidates)


def _holds(outer: Quantity, inner: Quantity) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def _adding(
    series: Iterable[Mapping[Quantity, Measure | None]], relations: Relations, candidates: dict[Quantity, int]
) -> Iterator[Clue]:
    """Events of periods add up to those of the whole; nobody may work out those of a piece of it."""
    for several in series:
        cuts = _cuts([(each.start, each.end) for each in several])
        for quantity, measure in several.items():
            cut = _cut((quantity.start, quantity.end), cuts)
            pieces = [quantity._replace(start=first, end=last) for first, last in cut]
            if len(pieces) > 1:
                for piece in pieces:
                    _protect(piece, measure, relations, candidates)
                yield adds_up(quantity, pieces)


@cache
def _next_day(day: str) -> str:
    return f"{date.fromisoformat(day) + timedelta(days=1)}"


@cache
def _day_before(day: str) -> str:
    return f"{date.fromisoformat(day) - timedelta(days=1)}"


def _stocks(rows, relations: Relations) -> Iterator[Clue]:
    """A stock is the one before, and what came, less what left, where all four are spoken of."""
    counted = dict.fromkeys(relations.numerator(figure) for figure in rows)
    stocks: dict[tuple, list[Quantity]] = defaultdict(list)
    for quantity in counted:
        measure = relations.measures.get(quantity.name)
        if not quantity.start and measure and measure.moved_by:
            stocks[(quantity.groups, measure.moved_by)].append(quantity)
    spans: dict[tuple, set[tuple[str, str]]] = defaultdict(set)
    for quantity in counted:
        spans[(quantity.name, quantity.groups, quantity.role)].add((quantity.start, quantity.end))
    for (groups, (comes, leaves)), days in stocks.items():
        days.sort(key=lambda each: each.end)
        for at, before in enumerate(days):
            start = _next_day(before.end)
            for after in days[at + 1 :]:
                span = start, after.end
                if all(span in spans.get((name, groups, after.role), ()) for name in (comes, leaves)):
                    came, left = (after._replace(name=name, start=start) for name in (comes, leaves))
                    yield Clue(((after, 1), (before, -1), (came, -1), (left, 1)), 0, 0)
