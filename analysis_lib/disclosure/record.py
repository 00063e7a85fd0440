"""What the gate did, row by row, for the person who decides: exact figures, which never leave the restricted folder.

A page hands its records from the notebook's kernel to the run in the description of its provenance output, under the
key "restricted"; the exporter takes them out, and no page, table or manifest of the public edition has them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass

import pandas as pd

from analysis_lib.disclosure.printed import VALUE, PrintedFigure
from analysis_lib.results import Released

SHOWN, HIDDEN, MERGED, WITHHELD = "shown", "hidden", "merged", "withheld"
NUMBERS = ("numerator", "denominator", "value", "lower", "upper")  # of a released row
WHAT_WAS_DONE = (SHOWN, HIDDEN, MERGED, WITHHELD)
PRIMARY, COMPLEMENTARY, AVERAGE_OF_FEW = "primary", "complementary", "average of few"
# What the page for the person who decides says of a reason; a reason that is not here stands as it is.
REASONS = {
    PRIMARY: "too few children",
    COMPLEMENTARY: "would give a hidden number away",
    AVERAGE_OF_FEW: "average or percentage of few children",
    WITHHELD: "all of this table is withheld",
}


@dataclass(frozen=True)
class GateRecord:
    """What became of one row of a result.

    Parameters
    ----------
    measure, title : str
        The name of the measure, and what it is called on the page.
    groups : pairs of column and value
    start, end : str
        ISO days; `start` is empty for a figure on a day.
    what_done : str
        One of `WHAT_WAS_DONE`.
    reason : str
        Why, as one of `REASONS` or in words; empty for a figure that is shown.
    numerator, denominator : float or None
        The true numbers; None where the row has none.
    remedy : str
        The sentence that the page says of it; empty where it says none.
    """

    measure: str
    title: str
    groups: tuple[tuple[str, str], ...]
    start: str
    end: str
    what_done: str
    reason: str = ""
    numerator: float | None = None
    denominator: float | None = None
    remedy: str = ""

    def __post_init__(self):
        if self.what_done not in WHAT_WAS_DONE:
            raise ValueError(f"{self.measure}: {self.what_done!r} is not one of {', '.join(WHAT_WAS_DONE)}")
        object.__setattr__(self, "groups", tuple((str(column), str(value)) for column, value in self.groups))
        for side in ("numerator", "denominator"):  # a missing number of a frame is none of JSON's
            number = getattr(self, side)
            object.__setattr__(self, side, None if number is None or pd.isna(number) else float(number))

    def as_json(self) -> dict:
        """The record as plain lists, texts and numbers."""
        return {**asdict(self), "groups": [list(pair) for pair in self.groups]}

    @classmethod
    def from_json(cls, told: Mapping) -> GateRecord:
        """The record that `as_json` gave. Raises `TypeError` or `ValueError` for anything else."""
        return cls(**told)


@dataclass(frozen=True)
class Attack:
    """What the attacker looked at before a pack was published: printed figures of the pack, signed-off packs, rows that
    are public elsewhere, and how many programs it solved, the largest with so many numbers tied to one another."""

    figures: int
    earlier_packs: tuple[str, ...]
    public_rows: int
    programs: int
    largest: int


def records_of(told: Iterable[Mapping] | None) -> tuple[GateRecord, ...]:
    """The records of a description's key "restricted"; none where it has none."""
    return tuple(GateRecord.from_json(each) for each in told or ())


def at_full_precision(released: Released, numbers: Mapping[str, Sequence[float]]) -> list[dict]:
    """The rows of `released`, each by its key, with their numbers before they were rounded; missing ones are left out."""
    return [
        {
            "key": PrintedFigure.of_value(value, VALUE, value.text).key,
            **{name: float(column[at]) for name, column in numbers.items() if math.isfinite(column[at])},
            **({"symbol": value.symbol} if value.symbol else {}),
        }
        for at, value in enumerate(released.values())
    ]
