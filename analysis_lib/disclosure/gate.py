"""Exact results in, releasable figures out: the only place where a `Released` is made.

A gate stands before one page. It hides what the policy names (`rules`), then looks at the page so far, at the packs signed off
before and at what is public elsewhere, as somebody would who reads all of it and solves equations (`equations`, `attacker`), and
hides more (`suppression`) or withholds a result until nothing protected can be worked out. It takes for printed the
number and the base of every row that it lets through, whether the page prints them or not.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from analysis_lib.disclosure import rules
from analysis_lib.disclosure.attacker import Clue, Contradiction, Leak, exactly, given_away, leaks, taken_apart
from analysis_lib.disclosure.equations import (
    NOT_IN_BASE,
    Equations,
    Quantity,
    Relations,
    believable,
    equations,
    exact_numbers,
    is_true,
    number_of,
    solved,
    touched,
)
from analysis_lib.disclosure.printed import DENOMINATOR, NUMERATOR, VALUE, PrintedFigure, figure_of_row
from analysis_lib.disclosure.record import (
    COMPLEMENTARY,
    HIDDEN,
    NUMBERS,
    SHOWN,
    WITHHELD,
    GateRecord,
    at_full_precision,
)
from analysis_lib.disclosure.rounding import rounded, to_nearest
from analysis_lib.disclosure.suppression import CannotBeProtected, Page, Print
from analysis_lib.errors import DisclosureError, UsageError
from analysis_lib.groupings import Groupings
from analysis_lib.groupings import groupings as project_groupings
from analysis_lib.policy import EDITIONS, ClassPolicy, DisclosurePolicy
from analysis_lib.results import (
    CHILDREN,
    GAP,
    PERCENT,
    PUBLISHED,
    RATE_UNITS,
    RATIO,
    TWO_LARGEST,
    Measure,
    Released,
    Result,
    round_half_up,
    rows_of,
)

SYMBOL = "c"  # DfE's symbol for a figure suppressed to protect confidentiality
CLOSE_AVERAGES = "an average of the few children between two averages"
DEAREST = 900  # what it costs a reader to lose a row, beside the smallest


@dataclass
class Ledger:
    """What a page has printed so far, and the true numbers behind it."""

    figures: list[PrintedFigure] = field(default_factory=list)
    truth: dict[Quantity, int] = field(default_factory=dict)
    averages: list[tuple[PrintedFigure, float]] = field(default_factory=list)

    def copy(self) -> Ledger:
        return Ledger(list(self.figures), dict(self.truth), list(self.averages))


@dataclass(frozen=True)
class _Row:
    """One row of a result as the attacker would read it: its figures, and the numbers behind them."""

    figures: tuple[PrintedFigure, ...]
    truth: dict[Quantity, int]
    counted: tuple[Quantity, ...]  # what stands above the line
    size: int  # the larger of its numbers

    @property
    def hidden(self) -> list[PrintedFigure]:
        """The figures as they stand when the row is hidden; that it is no part of a base is no secret."""
        return [each if each.text in NOT_IN_BASE else each.showing(each.what, SYMBOL) for each in self.figures]


class Gate:
    """The gate before one page.

    Parameters
    ----------
    edition : "public" or "restricted"
        Restricted shows exact figures with the measure's decimals.
    policy : DisclosurePolicy
    measures : mapping of name to Measure
        Every measure that a page may show: what they have to do with one another.
    groupings : Groupings
        By default the project's.
    earlier : figures of packs that have been signed off
    elsewhere : the council's own figures that others publish

    Raises
    ------
    UsageError
        For an unknown edition.
    """

    def __init__(
        self,
        edition: str,
        policy: DisclosurePolicy,
        *,
        measures: Mapping[str, Measure],
        groupings: Groupings | None = None,
        earlier: Iterable[PrintedFigure] = (),
        elsewhere: Iterable[PrintedFigure] = (),
    ):
        if edition not in EDITIONS:
            raise UsageError(f"There is no edition {edition!r}. Choose {' or '.join(EDITIONS)}.")
        self.edition, self.policy = edition, policy
        self.relations = Relations(measures, groupings or project_groupings(), policy)
        self._outside: dict[str, list[PrintedFigure]] = {}
        earlier = tuple(earlier)
        for figure in (*earlier, *elsewhere):
            self._outside.setdefault(self.relations.family(figure.measure), []).append(figure)
        self._averages_before = [(each, float(number_of(each.text)[0])) for each in earlier if self._is_base(each)]
        self._ledger = Ledger()
        self.records: list[GateRecord] = []
        self.results: list[dict] = []  # of the restricted edition: its figures at full precision

    def _is_base(self, figure: PrintedFigure) -> bool:
        """Whether a figure says on how many children an average rests."""
        measure = self.relations.measure(figure)
        is_number = figure.what == DENOMINATOR and number_of(figure.text)[0] is not None
        return is_number and measure is not None and measure.is_average

    def release(self, result: Result, *, label: str = "", remedy: str = "") -> Released:
        """The figures of `result` that may be shown.

        Parameters
        ----------
        result : Result
        label : str
            What the figures are called beside them, such as "synthetic"; by default the result's origin.
        remedy : str
            The sentence that the page says of what was done before, such as which groups are shown together.

        Returns
        -------
        Released
            Same rows and order. Who is behind a row never passes. A hidden row has neither value, interval, numerator nor
            denominator; its symbol is "c". Published figures pass as they are.
        """
        frame = _without(result.exact(), CHILDREN)
        measure, decimals = result.measure, result.measure.decimals
        frame["beside"] = beside(result, frame)
        if self.edition == "public" and result.origin != PUBLISHED:
            policy = self.policy.of(measure, result.groups)
            rows = rows_of(frame)
            why = self._judged(result, frame, rows, self._ledger)
            self._record(result, rows, why, remedy)
            hidden = (why != "").to_numpy()
            if hidden.any():
                frame.loc[hidden, list(NUMBERS)] = np.nan
                frame.loc[hidden, "beside"] = 0.0
                frame.loc[hidden, "symbol"] = SYMBOL
            without_interval = (rules.interval_reasons(result, frame) != "").to_numpy()
            if without_interval.any():
                frame.loc[without_interval, ["lower", "upper"]] = np.nan
            decimals = rules.decimals(measure, frame, policy)
            frame = rounded(result, frame, policy)
        frame = _without(frame, TWO_LARGEST)
        numbers = {name: frame[name].tolist() for name in NUMBERS}
        scale = 10.0**decimals
        frame["value"] = round_half_up(frame["value"], decimals)
        # Outward, so that no interval is printed narrower than it is.
        frame["lower"] = np.floor(frame["lower"] * scale + 1e-9) / scale
        frame["upper"] = np.ceil(frame["upper"] * scale - 1e-9) / scale
        released = Released(measure, frame, result.groups, label or result.origin, self.edition, decimals, result.parts)
        if self.edition == "restricted":
            self.results += at_full_precision(released, numbers)
        return released

    def first_safe(self, options: Iterable[Sequence[Result]]) -> int:
        """Which of `options`, in the order that serves readers, is the first of which nothing has to be hidden.

        Each option is the results that a page would release together. Where all lose something, the one that loses
        the smallest share of its rows, the first of these. Nothing is released by asking.
        """
        if self.edition != "public":
            return 0
        ours: list[list[Result]] = []
        lost: dict[int, float] = {}
        for at, option in enumerate(options):
            results = [result for result in option if result.origin != PUBLISHED]
            ours.append(results)
            if any(self._has_reasons(result) for result in results):
                continue  # not whole by the rules alone: how much else it would lose matters only where none is
            lost[at] = self._share_lost(results)
            if not lost[at]:
                return at
        return int(np.argmin([lost[at] if at in lost else self._share_lost(each) for at, each in enumerate(ours)]))

    def _has_reasons(self, result: Result) -> bool:
        """Whether the policy's rules by themselves hide a row."""
        policy = self.policy.of(result.measure, result.groups)
        return bool((rules.reasons(result, result.exact(), policy) != "").any())

    def _share_lost(self, results: Sequence[Result]) -> float:
        """The share of rows that would be hidden if `results` were released next."""
        ledger, hidden, rows = self._ledger.copy(), 0, 0
        for result in results:
            frame = result.exact()
            hidden += int((self._judged(result, frame, rows_of(frame), ledger) != "").sum())
            rows += len(frame)
        return hidden / max(rows, 1)

    def _judged(self, result: Result, frame: pd.DataFrame, cells: Sequence[dict], ledger: Ledger) -> pd.Series:
        """Why each row of `frame`, whose cells are given too, is hidden, "" where it is shown; `ledger` then holds what
        the page prints with it."""
        policy = self.policy.of(result.measure, result.groups)
        why = rules.reasons(result, frame, policy)
        if result.measure.is_average and policy.protect:
            why = why.where(why != "", self._close_averages(result, frame.index, cells, why, policy, ledger))
        rows = [self._row(result, each) for each in cells]
        more, reason = self._given_away(result.measure, rows, frozenset(np.flatnonzero(why != "")), ledger)
        shown = why.tolist()
        if positions := [at for at in more if shown[at] == ""]:
            why.iloc[positions] = reason
        for row, reason in zip(rows, why, strict=True):
            shown = reason == ""
            ledger.figures += row.figures if shown else row.hidden
            ledger.truth |= row.truth
        return why

    def _row(self, result: Result, row: dict) -> _Row:
        measure = result.measure
        figure = figure_of_row(result, row)
        figures, truth = [], {}
        round_to = self.policy.of(measure, result.groups).round_to
        for what, quantity in ((NUMERATOR, self.relations.numerator), (DENOMINATOR, self.relations.denominator)):
            number = row[what]
            if what == NUMERATOR and measure.is_count and np.isnan(number):
                number = row["value"]
            if np.isnan(number) or number != int(number) or not _is_counted(measure, what):
                continue
            shown = figure.showing(
                VALUE if what == NUMERATOR and measure.is_count else what, str(int(to_nearest(number, round_to)))
            )
            figures.append(shown)
            truth[quantity(shown)] = int(number)
        if row["symbol"] in NOT_IN_BASE:
            figures.append(figure.showing(VALUE, row["symbol"]))
        # That a row stands there is known, whatever becomes of its numbers.
        counted = tuple(q for q in (self.relations.numerator(figure),) if q in truth)
        return _Row(tuple(figures or [figure.showing(VALUE, "")]), truth, counted, max(truth.values(), default=0))

    def _given_away(
        self, measure: Measure, rows: Sequence[_Row], hidden: frozenset[int], ledger: Ledger
    ) -> tuple[frozenset[int], str]:
        """Rows to hide, those of `hidden` among them, so that nothing protected can be worked out; and what to call it."""
        family, rules_of = self.relations.family(measure.name), self.policy.of(measure, ())
        outside = self._outside.get(family, [])
        before = [figure for figure in ledger.figures if self.relations.family(figure.measure) == family]
        new = [figure for row in rows for figure in row.figures]
        told = equations([*outside, *before, *new], self.relations)
        truth = _agreeing(measure, [ledger.truth, *(row.truth for row in rows)])
        told = believable(told, truth)
        outside_clues = self._believed(told, outside, truth)
        truth = solved(exact_numbers(outside_clues) | truth, (*told.definitions, *told.sums))
        known = [*outside_clues, *(clue for figure in before for clue in told.clues.get(figure, ()))]
        known += [exactly(q, truth[q]) for q in _open_totals(told, truth, rules_of.threshold)]
        open_book = solved(exact_numbers(known), told.definitions)
        prints = {at: _printed(row, told) for at, row in enumerate(rows)}
        spoken_of = [cell for each in prints.values() for clue in each.clues for cell, _ in clue.terms]
        near = touched([*known, *told.definitions, *_all_clues(prints)], open_book, spoken_of)
        protected = {q: most for q, most in told.candidates.items() if q in near and 0 < truth.get(q, 0) < most}
        unknown = {q: most for q, most in told.candidates.items() if q in near and q not in truth}
        if not protected and not unknown:
            return hidden, ""
        known += [clue for at, each in prints.items() if at not in hidden and not rows[at].size for clue in each.clues]
        definitions = [clue for clue in told.definitions if _speaks_of(clue, near)]
        known = [clue for clue in known if _speaks_of(clue, near)]
        settled = {cell for clue in (*definitions, *known, *_all_clues(prints)) for cell, _ in clue.terms} - near
        known += [exactly(cell, open_book[cell]) for cell in settled if cell in open_book]
        try:
            page = Page(
                definitions=tuple(definitions),
                known=tuple(known),
                rows={at: each for at, each in prints.items() if at in hidden or rows[at].size},
                truth=_completed(truth, [*known, *definitions]),
                protected=tuple(protected),
                threshold=max((*protected.values(), *unknown.values())),
            )
            lost = self._lost(page)
            if lost and lost.keys() - equations([*outside, *before], self.relations).candidates.keys():
                return frozenset(range(len(rows))), WITHHELD  # that these rows stand there is too much
            if lost:  # by what was printed before: it is not to get worse
                kept = tuple(cell for cell in page.protected if not (cell in lost and lost[cell].is_exact))
                page = replace(page, protected=kept, definitions=(*page.definitions, *page.known))
            hiding = page.rows_to_hide(hidden) if page.protected else hidden
        except (CannotBeProtected, Contradiction):
            return frozenset(range(len(rows))), WITHHELD
        if unknown and self._is_guessed(page, hiding, unknown):
            return frozenset(range(len(rows))), WITHHELD
        return hiding, COMPLEMENTARY

    @staticmethod
    def _lost(page: Page) -> dict[Quantity, Leak]:
        """What is given away whatever becomes of these rows."""
        told = page.told(page.rows)
        return {leak.cell: leak for leak in leaks(told, page.protected, page.threshold, definitions=page.definitions)}

    def _is_guessed(self, page: Page, hiding: frozenset[int], unknown: Mapping[Quantity, int]) -> bool:
        """Whether the rows give away a number that an earlier pack has hidden and nobody here knows."""

        def found(hidden: frozenset[int]) -> set:
            clues = [*page.told(hidden), *page.definitions]
            return {leak.cell for leak in given_away(clues, tuple(unknown), page.threshold)}

        return bool(found(hiding) - found(frozenset(page.rows)))

    def _believed(self, told: Equations, outside: Sequence[PrintedFigure], truth: Mapping[Quantity, int]) -> list[Clue]:
        """The clues of figures from outside that are true of the numbers we have: what has been revised since tells nothing."""
        follows = solved(truth, told.definitions)
        believed = [clue for figure in outside for clue in told.clues.get(figure, ()) if is_true(clue, follows)]
        while True:
            all_of_it = solved(exact_numbers(believed) | dict(truth), told.definitions)
            broken = {
                cell
                for clue in told.definitions
                if not is_true(clue, all_of_it) or any(all_of_it.get(cell, 0) < 0 for cell, _ in clue.terms)
                for cell, _ in clue.terms
            }
            left = [
                clue for clue in believed if is_true(clue, all_of_it) and not (exact_numbers([clue]).keys() & broken)
            ]
            if len(left) == len(believed):
                return left
            believed = left

    def _close_averages(
        self,
        result: Result,
        index: pd.Index,
        cells: Sequence[dict],
        why: pd.Series,
        policy: ClassPolicy,
        ledger: Ledger,
    ) -> pd.Series:
        """Two averages of one group over periods of which one holds the other give the average of the children between."""
        found = pd.Series("", index=index, dtype=object)
        for at, row in zip(index, cells, strict=True):
            figure, base = figure_of_row(result, row), row["denominator"]
            if why[at] or np.isnan(base):
                continue
            # Of the two middle values of an earlier pack and this one nothing follows for the children between.
            before = [] if np.isnan(row["numerator"]) else self._averages_before
            close = any(
                other.measure == figure.measure
                and other.groups == figure.groups
                and _one_holds_the_other(other, figure)
                and 0 < abs(base - size) < policy.min_average_base
                for other, size in (*ledger.averages, *before)
            )
            if close:
                found[at] = CLOSE_AVERAGES
            else:
                ledger.averages.append((figure, base))
        return found

    def _record(self, result: Result, cells: Sequence[dict], why: pd.Series, remedy: str) -> None:
        for row, reason in zip(cells, why, strict=True):
            figure = figure_of_row(result, row)
            self.records.append(
                GateRecord(
                    result.measure.name,
                    result.title,
                    tuple((group, str(row[group])) for group in result.groups),
                    figure.start,
                    figure.end,
                    WITHHELD if reason == WITHHELD else HIDDEN if reason else SHOWN,
                    reason,
                    row["numerator"] if not np.isnan(row["numerator"]) else row["value"],
                    row["denominator"],
                    remedy,
                )
            )


def release(result: Result, *, edition: str, policy: DisclosurePolicy, label: str = "") -> Released:
    """The figures of one result by itself, as a page that shows nothing else may show them; see `Gate.release`."""
    measures = {result.measure.name: result.measure}
    return Gate(edition, policy, measures=measures).release(result, label=label)


def beside(result: Result, frame: pd.DataFrame) -> pd.Series:
    """The public number that each figure is made with: a population, a published share, the factor of a ratio of rates."""
    measure = result.measure
    if measure.unit in RATE_UNITS and not measure.base:
        number = frame["denominator"]
    elif measure.unit == GAP:
        number = (100 * (frame["numerator"] / frame["denominator"]) - frame["value"]).round(6)
    elif measure.unit == RATIO:
        factor = (frame["value"] / (frame["numerator"] / frame["denominator"])).round(6)
        number = factor.where(factor != 1, 0)
    else:
        return pd.Series(0.0, index=frame.index)
    return number.replace([np.inf, -np.inf], 0).fillna(0.0)


def _without(frame: pd.DataFrame, columns: Collection[str]) -> pd.DataFrame:
    """`frame` without those of `columns` that it has."""
    there = [column for column in columns if column in frame]
    return frame.drop(columns=there) if there else frame


def _all_clues(prints: Mapping[int, Print]) -> Iterator[Clue]:
    for each in prints.values():
        yield from each.clues


def _speaks_of(clue: Clue, near: Collection[Quantity]) -> bool:
    return any(cell in near for cell, _ in clue.terms)


def _is_counted(measure: Measure, what: str) -> bool:
    """Whether a row's numerator or denominator is a count of ours: not a sum of days, nor a public population."""
    if what == NUMERATOR:
        return not measure.is_average
    return measure.unit in (PERCENT, GAP, RATIO) or measure.is_average or bool(measure.base)


def _agreeing(measure: Measure, numbers: Iterable[Mapping[Quantity, int]]) -> dict[Quantity, int]:
    """All of `numbers` together. Raises `DisclosureError` where one quantity has two: the attack would prove nothing."""
    found: dict[Quantity, int] = {}
    for each in numbers:
        if two := [quantity for quantity, number in each.items() if found.get(quantity, number) != number]:
            raise DisclosureError(
                f"{measure.name}: {two[0].name} {dict(two[0].groups)} {two[0].start}/{two[0].end} is counted in two ways on this "
                "page. Say in the facts of the measures, or in groupings.toml, that they are two numbers."
            )
        found |= each
    return found


def _completed(truth: Mapping[Quantity, int], clues: Sequence[Clue]) -> dict[Quantity, int]:
    """`truth`, and for numbers that nobody here knows, such as what an earlier pack has hidden, numbers that fit it."""
    apart = taken_apart([*(exactly(quantity, number) for quantity, number in truth.items()), *clues])
    unknown = dict.fromkeys(cell for clue in clues for cell, _ in clue.terms if cell not in truth)
    return {**truth, **{cell: apart.some_value(cell) for cell in unknown}}


def _printed(row: _Row, told: Equations) -> Print:
    """What a row tells if it is printed, and what hiding it costs a reader: more, the more children it counts."""
    clues = tuple(clue for figure in row.figures for clue in told.clues.get(figure, ()))
    size = row.truth[row.counted[0]] if row.counted else row.size
    return Print(clues, 1 + min(size, DEAREST), row.counted)


def _open_totals(told: Equations, truth: Mapping[Quantity, int], threshold: int) -> list[Quantity]:
    """Quantities of the definitions that are nobody's secret, and large enough to be printed somewhere: taken for known."""
    spoken_of = dict.fromkeys(cell for clue in told.definitions for cell, _ in clue.terms)
    return [
        q for q in spoken_of if q not in told.candidates and not q.role and q in truth and not 0 < truth[q] < threshold
    ]


def _one_holds_the_other(one: PrintedFigure, other: PrintedFigure) -> bool:
    if (one.start, one.end) == (other.start, other.end) or not (one.start and other.start):
        return False
    return (one.start <= other.start and other.end <= one.end) or (other.start <= one.start and one.end <= other.end)
