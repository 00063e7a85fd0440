"""The numbers behind exact results by name, as whoever reckons with printed figures names them, and which relations they break."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

import pandas as pd
import pytest

from analysis_lib.disclosure.printed import day_text
from analysis_lib.groupings import Groupings, Number
from analysis_lib.results import ADDS, GAP, GROWS, PERCENT, RATIO, TIME_GROUPS, Measure, Result

Key = tuple[str, tuple[tuple[str, str], ...], str, str]


def numbers_of(
    results: Iterable[Result], measures: Mapping[str, Measure], groupings: Groupings
) -> dict[Key, dict[float, str]]:
    """Each counted number with the values that the results have for it, and one measure that says so for each: two are a contradiction.

    Rows without a value count nothing that is printed. What averages add up is no count, and neither is a population.
    """
    found: dict[Key, dict[float, str]] = defaultdict(dict)
    for result in results:
        for row in result.exact().to_dict("records"):
            if pd.isna(row["value"]):
                continue
            for key, value in _of_row(result, row, measures, groupings):
                if not pd.isna(value):
                    found[key].setdefault(float(value), result.measure.name)
    return dict(found)


def _of_row(result: Result, row: dict, measures, groupings) -> Iterator[tuple[Key, float]]:
    measure = measures[result.measure.name]
    groups = tuple(sorted((column, str(row[column])) for column in result.groups if column not in TIME_GROUPS))
    when = day_text(row["period_start"]), day_text(row["period_end"])
    if not measure.is_average:
        above = groupings.same(measure.counts or measure.name, groups)
        yield (*above, *when), row["value"] if measure.is_count else row["numerator"]
    if measure.unit in (PERCENT, GAP, RATIO) or measure.is_average:
        shared = tuple(pair for pair in groups if pair[0] not in result.parts)
        below = groupings.same(measure.base or f"{measure.name}/base", shared)
        yield (*below, *when), row["denominator"]


def broken(
    numbers: Mapping[Key, Mapping[float, str]], measures: Mapping[str, Measure], groupings: Groupings
) -> tuple[list[str], set[str]]:
    """In words each relation that does not hold among `numbers`, and the names of those that were put to the test."""
    wrong = [f"{key} is {dict(values)}" for key, values in numbers.items() if len(values) > 1]
    value = {key: next(iter(values)) for key, values in numbers.items()}
    tested: set[str] = set()
    for name, holds, words in _relations(value, measures, groupings):
        tested.add(name)
        if not holds:
            wrong.append(f"{name}: {words}")
    return wrong, tested


def _relations(value, measures, groupings) -> Iterator[tuple[str, bool, str]]:
    yield from _parts(value, measures, groupings)
    yield from _sums(value, groupings)
    yield from _made_of(value, groupings)
    yield from _over_time(value, measures)
    yield from _moved(value, measures)


def _parts(value, measures, groupings):
    for (name, groups, *when), number in value.items():
        wider = [(whole, groups) for whole in (measures[name].part_of if name in measures else ())]
        wider += groupings.wholes(name, groups)
        for at, (column, each) in enumerate(groups):
            wider += [
                (name, (*groups[:at], (column, outer), *groups[at + 1 :])) for outer in groupings.inside(column, each)
            ]
        for whole in wider:
            outer = value.get((*groupings.same(*whole), *when))
            if outer is not None:
                yield f"{name} in {whole[0]}", number <= outer, f"{groups} {when}: {number} > {outer} of {whole}"


def _sums(value, groupings):
    for (name, groups, *when), number in value.items():
        for total, parts in groupings.sums:
            if (values := total.found_in(Number(name, groups))) is not None:
                wanted = [part.filled(values) for part in parts]
                there = [value.get((each.name, each.groups, *when)) for each in wanted]
                if None not in there:
                    yield f"sum {name}", number == sum(there), f"{groups} {when}: {number}, {there}"


def _made_of(value, groupings):
    for (name, groups, *when), number in value.items():
        for at, (column, each) in enumerate(groups):
            finer = groupings.made_of(column, each)
            there = [value.get((name, (*groups[:at], (column, one), *groups[at + 1 :]), *when)) for one in finer]
            if finer and None not in there:
                yield f"made of {column}", number == sum(there), f"{name} {each} {when}: {number}, {there}"


def _over_time(value, measures):
    series = defaultdict(dict)
    for (name, groups, start, end), number in value.items():
        if start and name in measures and measures[name].over_time:
            series[name, groups][start, end] = number
    for (name, groups), several in series.items():
        if measures[name].over_time == GROWS:
            for outer, number in several.items():
                for inner, less in several.items():
                    if inner != outer and outer[0] <= inner[0] and inner[1] <= outer[1]:
                        yield f"{name} grows", less <= number, f"{groups} {inner} {less} > {outer} {number}"
        elif measures[name].over_time == ADDS:
            yield from _added(name, groups, several)


def _added(name, groups, several):
    for (start, end), number in several.items():
        pieces = _pieces(start, end, several)
        if len(pieces) > 1:
            there = [several[each] for each in pieces]
            yield f"{name} adds", sum(there) == pytest.approx(number), f"{groups} {pieces}: {there}, {number}"


def _pieces(start: str, end: str, several) -> list[tuple[str, str]]:
    """The shortest periods that follow one another from `start` to `end`, none where one is lacking."""
    pieces, day = [], start
    while day <= end:
        here = [last for first, last in several if first == day and last <= end and (first, last) != (start, end)]
        if not here:
            return []
        pieces.append((day, min(here)))
        day = _next(min(here))
    return pieces


def _next(day: str) -> str:
    return day_text(pd.Timestamp(day) + pd.Timedelta(days=1))


def _moved(value, measures):
    for (name, groups, start, end), number in value.items():
        if start or name not in measures or not measures[name].moved_by:
            continue
        comes, leaves = measures[name].moved_by
        for (_, _, after, last), came in [each for each in value.items() if each[0][:2] == (comes, groups)]:
            before = day_text(pd.Timestamp(after) - pd.Timedelta(days=1))
            left, stood = value.get((leaves, groups, after, last)), value.get((name, groups, "", before))
            if last == end and left is not None and stood is not None:
                yield (
                    f"{name} moved",
                    number == stood + came - left,
                    f"{groups} {after} {last}: {stood} + {came} - {left}, {number}",
                )


def is_known(name: str, measures: Mapping[str, Measure]) -> bool:
    """Whether `name` is a measure, or what stands below the line of one that has no base of its own."""
    measure = measures.get(name.removesuffix("/base"))
    return measure is not None and not (name.endswith("/base") and measure.base)


def names_in(groupings: Groupings) -> list[str]:
    """Every number that `groupings` speaks of, by name."""
    pairs: list[Number] = [each for pair in (*groupings.alike, *groupings.parts) for each in pair]
    pairs += [each for total, parts in groupings.sums for each in (total, *parts)]
    return [each.name for each in pairs]
