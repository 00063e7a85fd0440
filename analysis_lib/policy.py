"""What may not be shown, as numbers that somebody has decided: the classes of [disclosure] in `authority.toml`.

The gate asks `DisclosurePolicy.of` which class a figure falls under; `docs/disclosure.md` says what each number protects.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from difflib import get_close_matches

from analysis_lib.errors import UsageError
from analysis_lib.groupings import groupings
from analysis_lib.results import RATE_UNITS, Measure

TOTALS, CHARACTERISTICS, RESULTS = "totals", "characteristics", "results"
YOUTH_OFFENDING, ACTIVITY = "youth_offending", "activity"
EDITIONS = ("public", "restricted")
CLASSES = {
    TOTALS: "stocks and events of the whole authority: children looked after, plans, adoptions in a year",
    CHARACTERISTICS: "anything by characteristic or by something sensitive, and shares; what no other class says",
    RESULTS: "attainment and attendance of small cohorts",
    YOUTH_OFFENDING: "children on the youth offending caseload",
    ACTIVITY: "sessions and days of school: not children",
}
EXACT, ROUNDED = "exact", "rounded"
PROFILES = {EXACT: "counts as they are", ROUNDED: "every count to the nearest 5"}
ROUNDED_TO = 5
SHOW, HIDE_IN_NAMED_GROUPS = "show", "hide in named groups"

NUMBERS = {
    "threshold": "counts from 1 to one less are hidden",
    "min_percentage_base": "percentages of fewer are hidden",
    "one_decimal_base": "percentages are whole unless every base is larger",
    "min_average_base": "means and medians of fewer are hidden",
    "min_quartile_base": "quartiles of fewer are hidden",
    "largest_share": "a sum of money is hidden when one child is more than this per cent of it",
    "two_largest_share": "a sum of money is hidden when two children are more than this per cent of it",
    "min_series_mean": "control limits and forecasts of series with fewer a period are hidden",
    "round_to": "counts are rounded to the nearest; 0: not rounded",
}
CHOICES = {
    "protect_nested": "whether what a group holds beyond another inside it (grade 4, but not grade 5) is as secret as a group",
    "protect": "whether hidden numbers, and what is left of a total, are kept from subtraction and percentages too",
    "zero_and_all": "none or all of a named group",
}
SIGNATURE = {
    "decided_by": "the role of who decided the numbers of the class",
    "decided_on": "the day it was decided",
    "note": "why, in a sentence",
}
KEYS = {**NUMBERS, **CHOICES, **SIGNATURE}
SMALLEST_IS_0 = ("round_to", "one_decimal_base", "largest_share", "two_largest_share")
NEW_FORM = """\
[disclosure]
profile = "exact"

[disclosure.characteristics]
threshold = 6
...
decided_by = "Head of performance"
decided_on = 2026-04-01
note = "As the Department for Education does for children in need."

[disclosure.totals]
protect = false
..."""


@dataclass(frozen=True)
class ClassPolicy:
    """The numbers of one class of figures, and who decided them.

    Parameters
    ----------
    name : str
        One of `CLASSES`.
    threshold, min_percentage_base, one_decimal_base, min_average_base, min_quartile_base, largest_share,
    two_largest_share, min_series_mean, round_to : int
        `NUMBERS` says what each does. Shares are in per cent.
    protect : bool
        Whether the attacker must not work out the numbers that are hidden, nor complements and differences of 1 to 5.
        Without it a small number is hidden by itself and no more.
    zero_and_all : "show" or "hide in named groups"
        What becomes of 0% and 100% of an identifying group where they tell something sensitive of each child in it.
    decided_by, note : str
    decided_on : date or None
        None only in a policy that was not read from a file.
    """

    name: str
    threshold: int
    min_percentage_base: int
    min_average_base: int
    min_quartile_base: int
    one_decimal_base: int = 1000
    largest_share: int = 50
    two_largest_share: int = 75
    min_series_mean: int = 10
    protect: bool = True
    protect_nested: bool = True
    zero_and_all: str = SHOW
    round_to: int = 0
    decided_by: str = ""
    decided_on: date | None = None
    note: str = ""

    def __post_init__(self):
        wrong = _wrong(vars(self))
        if wrong:
            raise ValueError(f"class {self.name} of the disclosure policy: {wrong}")


def _wrong(facts: Mapping) -> str:
    """What cannot stand in a class of the policy, in words; empty when everything can."""
    for key, meaning in NUMBERS.items():
        number, smallest = facts[key], 0 if key in SMALLEST_IS_0 else 1
        if type(number) is not int or number < smallest:  # a bool is an int too
            return f"{key} is {number!r}; allowed is a whole number from {smallest} ({meaning})"
    if facts["round_to"] not in (0, ROUNDED_TO):
        return f"round_to is {facts['round_to']}; allowed are 0 and {ROUNDED_TO}"
    if not facts["largest_share"] <= facts["two_largest_share"] <= 100:
        return "largest_share and two_largest_share are per cent; the second is at least the first, and at most 100"
    for key in ("protect", "protect_nested"):
        if not isinstance(facts[key], bool):
            return f"{key} is {facts[key]!r}; allowed are true and false"
    if facts["zero_and_all"] not in (SHOW, HIDE_IN_NAMED_GROUPS):
        return f'zero_and_all is {facts["zero_and_all"]!r}; allowed are "{SHOW}" and "{HIDE_IN_NAMED_GROUPS}"'
    return ""


@dataclass(frozen=True)
class DisclosurePolicy:
    """What the gate hides in the public edition: one `ClassPolicy` for each of `CLASSES`, and the profile."""

    classes: Mapping[str, ClassPolicy]
    profile: str = EXACT

    def __post_init__(self):
        if set(self.classes) != set(CLASSES) or self.profile not in PROFILES:
            raise ValueError(
                f"a disclosure policy has the classes {', '.join(CLASSES)} and a profile of {list(PROFILES)}"
            )
        if self.profile == ROUNDED:
            rounded = {name: replace(each, round_to=ROUNDED_TO) for name, each in self.classes.items()}
            object.__setattr__(self, "classes", rounded)

    @classmethod
    def alike(cls, *, profile: str = EXACT, **numbers) -> DisclosurePolicy:
        """The same numbers for every class."""
        return cls({name: ClassPolicy(name, **numbers) for name in CLASSES}, profile)

    def of(self, measure: Measure, groups: Iterable[str]) -> ClassPolicy:
        """The class that figures of `measure` by `groups` fall under.

        The measure's own `protection` where it has one. Otherwise counts of the whole authority, and rates of them on a
        public population, are totals, and everything else is a characteristic: also what is by a column that
        `groupings.toml` does not list.

        Raises `ValueError` when the measure names a class that there is not.
        """
        if measure.protection:
            if measure.protection not in self.classes:
                raise ValueError(
                    f"measure {measure.name}: protection {measure.protection!r} is not {', '.join(CLASSES)}"
                )
            return self.classes[measure.protection]
        known = groupings()
        whole = not any(known.identifies(column) or known.is_sensitive(column) for column in groups)
        return self.classes[TOTALS if whole and is_count_or_its_rate(measure) else CHARACTERISTICS]

    def numbers(self) -> Iterator[tuple[str, str, object, str, ClassPolicy]]:
        """Everything that was decided: class, key, what it is set to, what that means, and the class (who and when)."""
        for name, each in self.classes.items():
            for key, meaning in {**NUMBERS, **CHOICES}.items():
                yield name, key, getattr(each, key), meaning, each


def is_count_or_its_rate(measure: Measure) -> bool:
    """Whether a figure is a count, or is one in other words: a rate on a population that anybody can look up."""
    return measure.is_count or (measure.unit in RATE_UNITS and not measure.base)


def read_policy(facts: Mapping, file: str) -> DisclosurePolicy:
    """The policy that the table [disclosure] of `file` sets down.

    The class "characteristics" names every number; the others name what differs from it. Each names who decided it and when.

    Raises `UsageError` naming file, table and key for what is missing, unknown or impossible, with what is allowed.
    """
    flat = [key for key in facts if key in KEYS]
    if flat:
        raise UsageError(
            f"{file}: [disclosure] {', '.join(flat)} stand in the old form, which had one set of numbers for everything. "
            f"The numbers now belong to classes of figures; move them to [disclosure.{CHARACTERISTICS}] and say who "
            f"decided them and when. The new form, of which docs/disclosure.md tells the rest:\n\n{NEW_FORM}"
        )
    _known(facts, ("profile", *CLASSES), f"{file}: [disclosure]")
    profile = facts.get("profile")
    if profile not in PROFILES:
        allowed = " or ".join(f'"{name}" ({words})' for name, words in PROFILES.items())
        raise UsageError(f"{file}: [disclosure] profile is {profile!r}; allowed is {allowed}.")
    first = {CHARACTERISTICS: _class_policy(facts, CHARACTERISTICS, file)}  # the others take from it
    return DisclosurePolicy({name: first.get(name) or _class_policy(facts, name, file) for name in CLASSES}, profile)


def _class_policy(facts: Mapping, name: str, file: str) -> ClassPolicy:
    """One class: its own numbers before those of the class "characteristics"."""
    where = f"{file}: [disclosure.{name}]"
    own, default = facts.get(name), facts.get(CHARACTERISTICS)
    if not isinstance(own, Mapping):
        raise UsageError(f"{where} is missing. It is for {CLASSES[name]}. docs/disclosure.md says what stands in it.")
    _known(own, KEYS, where)
    needed = KEYS if name == CHARACTERISTICS else SIGNATURE
    lacking = [key for key in needed if key not in own]
    if lacking:
        raise UsageError(f"{where} lacks {', '.join(f'{key} ({KEYS[key]})' for key in lacking)}.")
    for key in ("decided_by", "note"):
        if not isinstance(own[key], str) or not own[key].strip():
            raise UsageError(f"{where} {key} is {own[key]!r}; allowed are words: {KEYS[key]}.")
    if not isinstance(own["decided_on"], date) or isinstance(own["decided_on"], datetime):
        raise UsageError(
            f"{where} decided_on is {own['decided_on']!r}; allowed is a day without quotes, such as 2026-04-01."
        )
    numbers = {**default, **own}
    wrong = _wrong(numbers)
    if wrong:
        raise UsageError(f"{where} {wrong}.")
    return ClassPolicy(name, **numbers)


def _known(facts: Mapping, allowed: Iterable[str], where: str) -> None:
    """Raise for the first key of `facts` that is not in `allowed`, with the one that may have been meant."""
    allowed = tuple(allowed)
    for key in facts:
        if key not in allowed:
            meant = get_close_matches(key, allowed, n=1)
            hint = f" Did you mean {meant[0]}?" if meant else ""
            raise UsageError(f"{where} has an unknown entry {key}.{hint} Allowed are {', '.join(allowed)}.")
