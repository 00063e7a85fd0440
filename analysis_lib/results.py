"""The shapes that travel: `Measure` (what a number means), `Result` (exact), `Released` (what may be shown).

A number travels with what it is made of. Every row of a result carries `COLUMNS`; nothing downstream
has to guess a denominator or a date. Metric functions return a `Result`; only the gate
(`analysis_lib.disclosure.release`) makes a `Released`; tables, charts and sentences take nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pandas as pd
from pandas.api.types import is_object_dtype

from analysis_lib.periods import day_in_words

COLUMNS = (
    "measure", "period_start", "period_end",  # period_start is missing for a stock
    "numerator", "denominator", "value", "lower", "upper", "unit", "method",
    "symbol",  # why there is no value: DfE's c (hidden), x (not available), z (not applicable), u, k, low
    "source",  # citation of a published row; blank for rows counted from returns
)  # fmt: skip
# Lists of children behind a row's numbers: in a `Result` made while members are recorded (`metrics.counting.members`), never further.
CHILDREN = ("numerator_children", "denominator_children")
# The largest and the second largest child's part in a sum of money, for the gate's rule of dominance: never further than it.
TWO_LARGEST = ("largest", "second_largest")
MONEY_UNITS = ("£", "pounds")
PERCENT, GAP, RATIO, POINTS = "%", "percentage points", "ratio", "points"
AVERAGE_UNITS = ("days", "months", POINTS)
RATE_UNITS = {"per 100": 100, "per 1,000": 1_000, "per 10,000": 10_000, "per 100,000": 100_000}
# Groups that say a row's own period in other words: not a characteristic of anybody.
TIME_GROUPS = ("span", "years", "moment", "added_in")
ADDS, GROWS = "adds", "grows"
POLARITIES = ("higher is better", "lower is better", "neither")
RETURNS, PUBLISHED = "returns", "published"
MANY_ROWS = 1_000  # from so many on pandas is quicker than a loop


@dataclass(frozen=True)
class Break:
    """A day from which a measure's figures may not be compared with those before, and why."""

    day: pd.Timestamp
    reason: str


@dataclass(frozen=True)
class Example:
    """A measure worked out by hand on a tiny made-up case: the case and its answer in words, and the answer in numbers."""

    text: str
    value: float
    numerator: float | None = None
    denominator: float | None = None


@dataclass(frozen=True)
class Measure:
    """What a number means: the facts from which captions, sentences, the glossary and the methodology are made.

    `unit` is a counted noun ("children", "plans"), "%", "percentage points", a rate ("per 10,000"), "days",
    "months", "points" (a score), "ratio" or "£".
    `decimals` is how many the restricted edition shows. `target` is in `unit`, with `target_source` naming who set it;
    None where nobody has set one. `formula` is one line of words and arithmetic. `unverified` says what no official text
    settles. A measure that is `carried` comes from a publication as it is, and is not counted here.

    The last facts say what its figures have to do with others, for the gate and the auditor. `counts` and `base` name the
    measures whose counts stand above and below the line (by default its own). `over_time`: the counts of two periods
    "adds" up to that of both together (events), a longer period "grows" on a shorter one inside it (children counted
    once), or neither. `part_of` names measures that count everything that this one counts, in the same groups and period;
    `moved_by` the measures that count what comes to a stock and what leaves it. `protection` is the class of the
    disclosure policy that it falls under; empty: by its groups.
    """

    name: str
    title: str
    definition: str
    unit: str
    polarity: str
    source: str
    decimals: int = 0
    target: float | None = None
    target_source: str = ""
    breaks: tuple[Break, ...] = ()
    formula: str = ""
    example: Example | None = None
    not_to_be_confused_with: tuple[str, ...] = ()
    unverified: str = ""
    carried: bool = False
    counts: str = ""
    base: str = ""
    over_time: str = ""
    part_of: tuple[str, ...] = ()
    moved_by: tuple[str, ...] = ()
    protection: str = ""

    def __post_init__(self):
        if self.over_time not in ("", ADDS, GROWS):
            raise ValueError(f"measure {self.name}: over_time {self.over_time!r} is not {ADDS!r}, {GROWS!r} or empty")
        if len(self.moved_by) not in (0, 2):
            raise ValueError(f"measure {self.name}: moved_by names what comes and what leaves, not {self.moved_by}")
        if self.polarity not in POLARITIES:
            raise ValueError(f"measure {self.name}: polarity {self.polarity!r} is not one of {', '.join(POLARITIES)}")

    @property
    def is_count(self) -> bool:
        return self.unit not in (PERCENT, GAP, RATIO, *AVERAGE_UNITS, *RATE_UNITS, *MONEY_UNITS)

    @property
    def is_average(self) -> bool:
        return self.unit in AVERAGE_UNITS


@dataclass(frozen=True)
class Result:
    """Exact figures of one measure: one row per group and period, before disclosure control.

    Parameters
    ----------
    measure : Measure
    frame : DataFrame
        `COLUMNS` and the group columns, one row each; full precision. Copied.
    groups : tuple of str
        Names of the group columns ("sex", "area", ...), empty for whole-authority figures.
    origin : str
        `RETURNS` (counted from child-level returns) or `PUBLISHED` (carried from a publication).
    parts : tuple of str
        Group columns whose rows add up to a total that is shown elsewhere; where just one part is hidden
        the gate hides others with it. "period_end" stands for years that are added together in another result.

    Raises
    ------
    ValueError
        When a column is missing, or two rows stand for the same groups and period.
    """

    measure: Measure
    frame: pd.DataFrame = field(repr=False)
    groups: tuple[str, ...] = ()
    origin: str = RETURNS
    parts: tuple[str, ...] = ()

    def __post_init__(self):
        wanted = [*COLUMNS[:3], *self.groups, *COLUMNS[3:]]
        missing = [column for column in wanted if column not in self.frame]
        if missing:
            raise ValueError(
                f"result {self.measure.name}: no column {', '.join(missing)}; found {', '.join(self.frame.columns)}"
            )
        frame = self.frame[[*wanted, *(column for column in (*CHILDREN, *TWO_LARGEST) if column in self.frame)]]
        if not (isinstance(frame.index, pd.RangeIndex) and frame.index.equals(pd.RangeIndex(len(frame)))):
            frame = frame.reset_index(drop=True)
        key = ["period_start", "period_end", *self.groups]
        if _any_twice(frame, key):
            raise ValueError(f"result {self.measure.name}: more than one row for the same {', '.join(key)}")
        object.__setattr__(self, "frame", frame)

    @property
    def title(self) -> str:
        return self.measure.title

    def exact(self) -> pd.DataFrame:
        """The exact figures, as a copy. Ask for them only where they may be seen."""
        return self.frame.copy()

    def __len__(self) -> int:
        return len(self.frame)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and group columns."""
        return len(self), len(self.groups)

    @property
    def when(self) -> str:
        """The first and the last day that the rows cover, in words."""
        if self.frame.empty:
            return "no period"
        last = day_in_words(self.frame["period_end"].max())
        earliest = self.frame[["period_start", "period_end"]].min(axis=1).min()
        return f"{day_in_words(earliest)} to {last}" if earliest < self.frame["period_end"].max() else last

    def __repr__(self) -> str:
        by = f" by {', '.join(self.groups)}" if self.groups else ""
        rows = f"{len(self)} row{'' if len(self) == 1 else 's'}"
        return (
            f"<Result {self.measure.name}{by}: {self.title}, {self.when}, {rows}; "
            ".exact() shows the numbers, page.release(result) what may be published>"
        )


@dataclass(frozen=True)
class Value:
    """One figure as it may be shown: its text, and the number behind the text (missing when hidden)."""

    text: str
    number: float
    measure: Measure
    period_start: pd.Timestamp
    period_end: pd.Timestamp
    origin: str
    decimals: int
    symbol: str = ""
    numerator: float = np.nan
    denominator: float = np.nan
    lower: float = np.nan
    upper: float = np.nan
    source: str = ""
    groups: tuple[tuple[str, str], ...] = ()
    parts: tuple[str, ...] = ()
    beside: float = 0.0  # the public number that the figure is made with: a population, a published share

    @property
    def is_shown(self) -> bool:
        return not np.isnan(self.number)

    @property
    def interval(self) -> str:
        """The interval as text, "12% to 34%"; empty when it is hidden or the measure has none."""
        if np.isnan(self.lower) or np.isnan(self.upper):
            return ""
        return " to ".join(number_text(limit, self.measure.unit, self.decimals) for limit in (self.lower, self.upper))

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Released:
    """Figures that may be shown in `edition`. Made by the gate and by nothing else.

    `frame` has the columns of a `Result`, rounded to `decimals`; what is hidden is missing, with `symbol` "c".
    """

    measure: Measure
    frame: pd.DataFrame = field(repr=False)
    groups: tuple[str, ...]
    origin: str
    edition: str
    decimals: int
    parts: tuple[str, ...] = ()

    def __post_init__(self):
        if set(CHILDREN) & set(self.frame.columns):
            raise ValueError(f"released figures of {self.measure.name} name children")
        if set(TWO_LARGEST) & set(self.frame.columns):
            raise ValueError(f"released figures of {self.measure.name} have single children's costs beside them")

    @property
    def title(self) -> str:
        return self.measure.title

    @property
    def hidden(self) -> int:
        """How many rows the gate hid."""
        return int((self.frame["symbol"] == "c").sum())

    def __len__(self) -> int:
        return len(self.frame)

    def where(self, **conditions) -> Released:
        """The rows whose columns equal `conditions` (a list stands for any of its members)."""
        left = self._places(conditions)
        some = replace(self, frame=self.frame.take(left).reset_index(drop=True))
        if "_values" in self.__dict__:
            some.__dict__["_values"] = tuple(self._values[at] for at in left)
        return some

    def values(self) -> list[Value]:
        """Every row as a `Value`, in row order."""
        return list(self._values)

    def value(self, **conditions) -> Value:
        """The one row that `conditions` leave. Raises `LookupError` when there are none or several."""
        left = self._places(conditions)
        if len(left) != 1:
            raise LookupError(f"{self.measure.name}: {len(left)} rows where {conditions}, expected one")
        return self._values[left[0]]

    def latest(self) -> Value:
        """The row with the latest `period_end`."""
        return self.value(period_end=self.frame["period_end"].max())

    @cached_property
    def _values(self) -> tuple[Value, ...]:
        """A page asks for the same rows dozens of times."""
        return tuple(_value(self, row) for row in rows_of(self.frame))

    @cached_property
    def _columns(self) -> dict[str, tuple[list, type | None]]:
        """The cells of each column that was asked for, and of what kind they are where all are texts or days."""
        return {}

    def _places(self, conditions: Mapping[str, object]) -> list[int]:
        """Where the rows are that `conditions` leave. A few rows are looked through before pandas has begun."""
        left = list(range(len(self.frame)))
        for column, wanted in conditions.items():
            members = wanted if isinstance(wanted, list) else [wanted]
            if column not in self._columns:
                self._columns[column] = _cells(self.frame[column])
            cells, kind = self._columns[column]
            if kind and all(isinstance(each, kind) for each in members):
                left = [at for at in left if cells[at] in members]
            else:  # pandas knows what is equal among other kinds, and that missing is missing
                is_member = self.frame[column].isin(members).to_numpy()
                left = [at for at in left if is_member[at]]
        return left


def _cells(column: pd.Series) -> tuple[list, type | None]:
    cells = column.tolist()
    return cells, next((kind for kind in (str, pd.Timestamp) if all(isinstance(each, kind) for each in cells)), None)


def rows_of(frame: pd.DataFrame) -> list[dict]:
    """The rows of `frame` as dicts of plain values, as `to_dict("records")` has them, in a fifth of its time."""
    columns = [frame[name].tolist() for name in frame]
    plain = [
        [each.item() if isinstance(each, np.generic) else each for each in column] if is_object_dtype(dtype) else column
        for column, dtype in zip(columns, frame.dtypes, strict=True)
    ]
    return [dict(zip(frame, row, strict=True)) for row in zip(*plain, strict=True)]


def _any_twice(frame: pd.DataFrame, key: list[str]) -> bool:
    """Whether two rows of `frame` have the same in `key`; what is missing is the same as what is missing."""
    if len(frame) > MANY_ROWS:
        return bool(frame.duplicated(key).any())
    if len(frame) < 2:
        return False
    columns = [[None if _is_missing(each) else each for each in frame[name].tolist()] for name in key]
    return len(set(zip(*columns, strict=True))) < len(frame)


def _is_missing(cell: object) -> bool:
    return cell is None or cell is pd.NA or cell != cell


def _value(released: Released, row: dict) -> Value:
    number = float(row["value"])
    return Value(
        text=number_text(number, released.measure.unit, released.decimals)
        if not np.isnan(number)
        else row["symbol"] or "z",
        number=number,
        measure=released.measure,
        origin=released.origin,
        decimals=released.decimals,
        groups=tuple((group, str(row[group])) for group in released.groups),
        parts=released.parts,
        beside=row.get("beside", 0.0),
        **{
            name: row[name]
            for name in ("period_start", "period_end", "symbol", "numerator", "denominator", "lower", "upper", "source")
        },
    )


def number_text(number: float, unit: str, decimals: int) -> str:
    """A number as the page prints it: 1,135; 165.4; 42%; +37.2 for a gap. The unit of a rate or a duration is left to the words around it."""
    text = f"{number:{'+' if unit == GAP and number else ''},.{decimals}f}"
    return f"{text}%" if unit == PERCENT else text


def round_half_up(number, decimals: int = 0):
    """Round as people do, 0.5 up (Python and numpy round halves to even). Scalars or arrays; missing stays missing."""
    scale = 10.0**decimals
    # 1e-9: a quotient such as 8.25 may arrive as 8.249999999999998 and must still print 8.3.
    return np.floor(np.asarray(number, dtype=float) * scale + 0.5 + 1e-9) / scale
