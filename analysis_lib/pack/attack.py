"""The attack on a finished pack: what somebody works out who reads all of its pages and files, what was signed off before,
and what is public elsewhere. It speaks of places and never of values: of neither the printed ones nor those worked out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf

from analysis_lib.disclosure.attacker import (
    Cell,
    Clue,
    Contradiction,
    Effort,
    Leak,
    around,
    given_away,
    is_possible,
    taken_apart,
)
from analysis_lib.disclosure.equations import Equations, Quantity, Relations, equations, exact_numbers, with_true_growth
from analysis_lib.disclosure.printed import INTERVAL, PrintedFigure
from analysis_lib.pack.finding import Finding

LEAK, CONTRADICTION = "given away", "does not fit"
HIDE = "Hide one of these, merge its group with another or print a longer period; the gate chooses which (docs/disclosure.md)."
COMPARE = "Compare them: two pages may count one thing in two ways, or a page was made from other data."
MOST_PLACES = 8  # of one finding; a reader of the message needs the first few


@dataclass(frozen=True)
class Printed:
    """Everything that the attacker reads: each figure with the places where it stands, in words, and those of them that the
    pack itself does not print (`outside`)."""

    places: Mapping[PrintedFigure, tuple[str, ...]]
    outside: frozenset[PrintedFigure] = frozenset()

    @classmethod
    def of(
        cls,
        pack: Iterable[tuple[PrintedFigure, str]],
        earlier: Iterable[PrintedFigure] = (),
        elsewhere: Iterable[PrintedFigure] = (),
    ) -> Printed:
        """`pack` are the figures of the pack, each with its place."""
        found: dict[PrintedFigure, dict[str, None]] = defaultdict(dict)
        for figure, place in pack:
            found[figure][place] = None
        own = frozenset(found)
        for where, figures in (("a signed-off pack", earlier), ("public elsewhere", elsewhere)):
            for figure in figures:
                found[figure][f"{where}: {in_words(figure)}"] = None
        places = {figure: tuple(each) for figure, each in found.items() if figure.what != INTERVAL}
        return cls(places, frozenset(places) - own)


def in_words(thing: PrintedFigure | Quantity) -> str:
    """Which number it is: measure, groups and period; not what it is."""
    name = thing.measure if isinstance(thing, PrintedFigure) else thing.name
    groups = ", ".join(f"{column} {value}" for column, value in thing.groups)
    span = f"{thing.start} to {thing.end}" if thing.start else thing.end
    role = f" ({thing.role})" if isinstance(thing, Quantity) and thing.role else ""
    return f"{name}{f' of {groups}' if groups else ''}, {span}{role}"


@dataclass
class Outcome:
    """What the attack found, how many quantities it tried, and what it cost."""

    findings: list[Finding] = field(default_factory=list)
    candidates: int = 0
    effort: Effort = field(default_factory=Effort)


def attack(printed: Printed, relations: Relations) -> Outcome:
    """Work out what can be: every protected quantity that the figures give away, and figures that cannot all be true.

    What was signed off before, or is public elsewhere, and does not fit what the pack prints has been revised since: it is
    left out, and as little of it as possible.
    """
    outcome = Outcome()
    told = equations(list(printed.places), relations)
    own = [clue for figure, clues in told.clues.items() if figure not in printed.outside for clue in clues]
    told = with_true_growth(told, exact_numbers(own))
    outcome.candidates = len(told.candidates)
    of_threshold: dict[int, list[Cell]] = defaultdict(list)
    for cell, threshold in told.candidates.items():
        of_threshold[threshold].append(cell)
    outside = {id(clue) for figure in printed.outside for clue in told.clues.get(figure, ())}
    for clues, definitions, cells in _tied(told):
        ours = [clue for clue in clues if id(clue) not in outside]
        if not fits([*ours, *definitions]):
            outcome.findings.append(_contradiction(_no_fit(ours, definitions), told, printed))
            continue
        clues = [*ours, *_believed([clue for clue in clues if id(clue) in outside], [*ours, *definitions])]
        for threshold, candidates in of_threshold.items():
            asked = [cell for cell in candidates if cell in cells]
            leaks = given_away(clues, asked, threshold, definitions=definitions, effort=outcome.effort) if asked else []
            outcome.findings += [_leak(leak, clues, definitions, threshold, told, printed) for leak in leaks]
    return outcome


def fits(clues: Sequence[Clue]) -> bool:
    """Whether all of `clues` can be true."""
    try:
        for program in taken_apart(clues).programs:
            program.some_value(program.cells[0])
    except Contradiction:
        return False
    return True


def _believed(more: list[Clue], clues: list[Clue]) -> list[Clue]:
    """Those of `more` that fit `clues` and one another, the first ones first."""
    if not more or fits([*clues, *more]):
        return more
    if len(more) == 1:
        return []
    first = _believed(more[: len(more) // 2], clues)
    return [*first, *_believed(more[len(more) // 2 :], [*clues, *first])]


def _no_fit(clues: list[Clue], definitions: list[Clue]) -> list[Clue]:
    """Clues that do not fit one another, none of which could be spared."""
    return _least(clues, lambda some: not fits([*definitions, *some]))


def _least(clues: list[Clue], is_enough: Callable[[Sequence[Clue]], bool]) -> list[Clue]:
    """Clues that are enough, none of which could be spared (Junker's QuickXplain, 2004); none where none is needed."""

    def least(kept: list[Clue], have_grown: bool, tried: list[Clue]) -> list[Clue]:
        if have_grown and is_enough(kept):
            return []
        if len(tried) == 1:
            return tried
        first, second = tried[: len(tried) // 2], tried[len(tried) // 2 :]
        of_second = least([*kept, *first], True, second)
        return [*least([*kept, *of_second], bool(of_second), first), *of_second]

    return least([], False, clues) if clues and not is_enough([]) else []


def _tied(told: Equations) -> Iterator[tuple[list[Clue], list[Clue], Collection[Cell]]]:
    """The clues of figures and those of definitions, apart where nothing ties them, each with the cells they speak of."""
    group: dict[Cell, Cell] = {}

    def root(cell: Cell) -> Cell:
        group.setdefault(cell, cell)
        while group[cell] != cell:
            group[cell] = group[group[cell]]
            cell = group[cell]
        return cell

    clues = told.told
    for clue in (*clues, *told.definitions):
        first, *others = (root(cell) for cell, _ in clue.terms)
        for other in others:
            group[root(other)] = root(first)
    parts: dict[Cell, tuple[list[Clue], list[Clue], set[Cell]]] = {}
    for place, several in enumerate((clues, told.definitions)):
        for clue in several:
            parts.setdefault(root(clue.terms[0][0]), ([], [], set()))[place].append(clue)
    for cell in group:
        if (whose := root(cell)) in parts:
            parts[whose][2].add(cell)
    yield from parts.values()


def _leak(
    leak: Leak, clues: list[Clue], definitions: list[Clue], threshold: int, told: Equations, printed: Printed
) -> Finding:
    ranges = [(threshold, inf), (0, 0), (leak.ruled_out[0], leak.ruled_out[0])]
    places = _places(_needed(leak.cell, ranges, clues, definitions), told, printed)
    how = "can be worked out exactly" if leak.is_exact else "can be worked out within a few"
    what = f"a number that must not be known {how}: {in_words(leak.cell)}"
    return Finding(LEAK, places, what, HIDE)


def _needed(
    cell: Cell, ranges: Sequence[tuple[float, float]], clues: list[Clue], definitions: list[Clue]
) -> list[Clue]:
    """Clues that together rule out each of `ranges`, none of which could be spared."""
    by_definition = {id(clue) for clue in definitions}
    near = around([*clues, *definitions], cell)
    fixed = [clue for clue in near if id(clue) in by_definition]

    def rule_out(some: Sequence[Clue]) -> bool:
        return not any(is_possible([*fixed, *some], cell, low, high) for low, high in ranges)

    return _least([clue for clue in near if id(clue) not in by_definition], rule_out)


def _contradiction(clues: Sequence[Clue], told: Equations, printed: Printed) -> Finding:
    return Finding(CONTRADICTION, _places(clues, told, printed), "figures that cannot all be true", COMPARE)


def _places(clues: Iterable[Clue], told: Equations, printed: Printed) -> str:
    """Where the figures stand that give `clues`, each place once."""
    wanted = {id(clue) for clue in clues}
    places: dict[str, None] = {}
    for figure, those in told.clues.items():
        if any(id(clue) in wanted for clue in those):
            places |= dict.fromkeys(printed.places[figure][:1])
    shown = list(places)[:MOST_PLACES]
    more = len(places) - len(shown)
    return "; ".join([*shown, f"and {more:,} more"] if more else shown)
