"""What is true of the groups of figures, whichever measure has them: read once from `groupings.toml`.

Which values a printed group is made of, which hold which, which columns say who somebody is; and where one number goes by
several names. The pages merge by it, the gate and the auditor reckon by it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files

Groups = tuple[tuple[str, str], ...]
ANY = "*"


@dataclass(frozen=True)
class Number:
    """A number that is counted, by name: a measure, or what stands below its line ("/base"), and its groups in order.

    In a pattern the value `*` of a column stands for any.
    """

    name: str
    groups: Groups = ()

    @classmethod
    def of(cls, text: str) -> Number:
        """From the words of the file: "pupils_moving_on?move=To reception"."""
        name, _, groups = text.partition("?")
        pairs = [pair.partition("=") for pair in groups.split("&")] if groups else []
        return cls(name, tuple(sorted((column, value) for column, _, value in pairs)))

    def found_in(self, number: Number) -> dict[str, str] | None:
        """By which values `number` fits this pattern; None where it does not."""
        if number.name != self.name or [column for column, _ in self.groups] != [column for column, _ in number.groups]:
            return None
        pairs = zip(self.groups, number.groups, strict=True)
        if any(wanted not in (ANY, value) for (_, wanted), (_, value) in pairs):
            return None
        return dict(number.groups)

    def filled(self, values: Mapping[str, str]) -> Number:
        """This pattern with the values of its open columns."""
        return Number(
            self.name,
            tuple((column, values.get(column, value) if value == ANY else value) for column, value in self.groups),
        )


@dataclass(frozen=True)
class Merge:
    """A group of the public edition: its name, and the groups that it is made of, which earlier merges may have made."""

    name: str
    members: tuple[str, ...]


@dataclass(frozen=True)
class Groupings:
    """What `groupings.toml` says. `sums` are pairs of a total and its parts; `parts` of a part and the whole, as patterns."""

    identifying: frozenset[str]
    sensitive: frozenset[str]
    neutral: frozenset[str]
    lasting: frozenset[str]
    estimated: frozenset[str]
    made: Mapping[str, Mapping[str, tuple[str, ...]]]
    holding: Mapping[str, Mapping[str, tuple[str, ...]]]
    merging: Mapping[str, Mapping[str, tuple[str, ...]]]
    alike: tuple[tuple[Number, Number], ...]
    sums: tuple[tuple[Number, tuple[Number, ...]], ...]
    parts: tuple[tuple[Number, Number], ...]

    def made_of(self, column: str, value: str) -> tuple[str, ...]:
        """The values that `value` is made of, one step down; empty where it is not made of others."""
        return self.made.get(column, {}).get(value, ())

    def inside(self, column: str, value: str) -> tuple[str, ...]:
        """The values that hold all of `value`: whoever is in it is in each of them."""
        return self.holding.get(column, {}).get(value, ())

    def identifies(self, column: str) -> bool:
        """Whether a column says who somebody is."""
        return column in self.identifying

    def is_sensitive(self, column: str) -> bool:
        """Whether a column says of somebody what is nobody's business. One that nobody has listed does."""
        return column not in self.identifying | self.neutral

    def is_listed(self, column: str) -> bool:
        return column in self.identifying | self.sensitive | self.neutral

    def merged_always(self, column: str) -> dict[str, str]:
        """Which values the public edition shows together from the start: value to the name of its group."""
        merges = self._merges(column, "always")
        return {value: merge.name for merge in merges for value in merge.members}

    def merged_when_small(self, column: str) -> tuple[Merge, ...]:
        """What to merge, one after the other, while a group is too small to show."""
        return self._merges(column, "when_small")

    def _merges(self, column: str, when: str) -> tuple[Merge, ...]:
        names = self.merging.get(column, {}).get(when, ())
        return tuple(Merge(name, self.made_of(column, name)) for name in names)

    def same(self, name: str, groups: Groups) -> tuple[str, Groups]:
        """The one name of a number that goes by several; itself where it has one."""
        if (name, groups) not in self._one_names:
            number = Number(name, groups)
            for pattern, as_number in self.alike:
                if (values := pattern.found_in(number)) is not None:
                    number = as_number.filled(values)
            self._one_names[name, groups] = (number.name, number.groups)
        return self._one_names[name, groups]

    @cached_property
    def _one_names(self) -> dict[tuple[str, Groups], tuple[str, Groups]]:
        """The names that have been asked for."""
        return {}

    def wholes(self, name: str, groups: Groups) -> tuple[tuple[str, Groups], ...]:
        """The numbers of other measures or groups that hold everything that this one counts."""
        number = Number(name, groups)
        found = [whole.filled(values) for part, whole in self.parts if (values := part.found_in(number)) is not None]
        return tuple((whole.name, whole.groups) for whole in found)


@cache
def groupings() -> Groupings:
    """The groupings of this project."""
    return read_groupings((files("analysis_lib") / "groupings.toml").read_text(encoding="utf-8"))


def read_groupings(text: str) -> Groupings:
    """Groupings from the text of a file.

    Raises `ValueError` where a merge names a group that is made of nothing, a value is made of itself, or one that holds it
    lies inside it.
    """
    table = tomllib.loads(text)
    made, holding = _by_value(table.get("made_of", {})), _by_value(table.get("inside", {}))
    merging = _by_value(table.get("merges", {}))
    for column, merges in merging.items():
        for name in (name for names in merges.values() for name in names):
            if name not in made.get(column, {}):
                raise ValueError(f"groupings: merge {name!r} of {column} is made of nothing")
    for what, finer in (("made_of", made), ("inside", holding)):
        for column, values in finer.items():
            _no_circle(what, column, values)
    return Groupings(
        *(frozenset(table.get(kind, ())) for kind in ("identifying", "sensitive", "neutral", "lasting", "estimated")),
        made,
        holding,
        merging,
        tuple((Number.of(each["number"]), Number.of(each["as"])) for each in table.get("same", ())),
        tuple((Number.of(each["total"]), tuple(map(Number.of, each["parts"]))) for each in table.get("sums", ())),
        tuple((Number.of(each["part"]), Number.of(each["of"])) for each in table.get("parts", ())),
    )


def _by_value(table: Mapping[str, Mapping[str, Sequence[str]]]) -> dict[str, dict[str, tuple[str, ...]]]:
    return {column: {value: tuple(others) for value, others in each.items()} for column, each in table.items()}


def _no_circle(what: str, column: str, values: Mapping[str, Sequence[str]]) -> None:
    for value in values:
        waiting, seen = list(values[value]), set()
        while waiting:
            other = waiting.pop()
            if other == value:
                raise ValueError(f"groupings: {what} of {column} leads from {value!r} back to it")
            if other not in seen:
                seen.add(other)
                waiting += values.get(other, ())
