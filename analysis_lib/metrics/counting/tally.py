"""Counting rows of a tidy table by period or day and by group: a row for every period and every expected group, 0 or not.

For tables of things that happen (an enquiry, a challenge, an interview) and things counted on a day. Spells of care and plans
have their own sweep in `metrics/spells.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import pandas as pd

from analysis_lib.metrics.counting import build, members
from analysis_lib.metrics.counting.spells import as_list
from analysis_lib.periods import Period
from analysis_lib.results import Measure, Result

NOT_KNOWN = "Not known"
WHEN = ["period_start", "period_end"]


@dataclass(frozen=True)
class Group:
    """A way to divide rows: the column of the tidy table, and what its values are called, in order.

    A value that is missing or not among `words` is `NOT_KNOWN`. Without `words` the groups are the values that occur.
    """

    column: str
    words: Mapping | None = None

    def of(self, rows: pd.DataFrame) -> pd.Series:
        values = rows[self.column]
        words = values if self.words is None else values.map(self.words)
        return words.astype(object).where(words.notna(), NOT_KNOWN)

    def expected(self, rows: pd.DataFrame) -> list[str]:
        named = (
            dict.fromkeys(self.words.values())
            if self.words is not None
            else sorted(rows[self.column].dropna().unique())
        )
        return [*named, NOT_KNOWN]


Groups = Mapping[str, Group]


def grouped(rows: pd.DataFrame, groups: Groups, by: Sequence[str]) -> pd.DataFrame:
    """`rows` with a column for each of `by`, in the words of `groups`. Raises `ValueError` for a group that is not there."""
    unknown = [name for name in by if name not in groups]
    if unknown:
        raise ValueError(f"no group {', '.join(unknown)}; there are {', '.join(groups)}")
    return rows.assign(**{name: groups[name].of(rows) for name in by})


def in_periods(rows: pd.DataFrame, day: str, period: Period | Sequence[Period]) -> pd.DataFrame:
    """The rows whose `day` lies in each period, first and last day counted; once for each period that they lie in."""
    parts = [
        rows[rows[day].between(each.start, each.end)].assign(period_start=each.start, period_end=each.end)
        for each in as_list(period)
    ]
    return pd.concat(parts, ignore_index=True)


def grid(rows: pd.DataFrame, groups: Groups, by: Sequence[str], period: Period | Sequence[Period]) -> pd.DataFrame:
    """A row for each period and each combination of the groups that `by` names."""
    named = [groups[name].expected(rows) for name in by]
    made = [(each.start, each.end, *labels) for each in as_list(period) for labels in product(*named)]
    return pd.DataFrame(made, columns=[*WHEN, *by])


def counted(frame: pd.DataFrame, rows: pd.DataFrame, name: str, by: Sequence[str]) -> pd.DataFrame:
    """`frame` (made by `grid`) with the column `name`: how many of `rows` fall into each of its rows, with their children."""
    keys = [*WHEN, *by]
    places = pd.MultiIndex.from_frame(frame[keys])
    sizes = rows.groupby(keys).size().reindex(places, fill_value=0)

    def children() -> list[list[str]]:
        lists = rows.groupby(keys)["child_id"].agg(sorted).reindex(places)
        return [each if isinstance(each, list) else [] for each in lists]

    whose = members.named(**{name: children}) if "child_id" in rows else {}
    return frame.assign(**{name: sizes.to_numpy(), **whose})


def number(
    measure: Measure, rows: pd.DataFrame, day: str, *, groups: Groups, by: Sequence[str] = (), period, once: str = ""
) -> Result:
    """How many of `rows` have their `day` in each period, by group; each value of the column `once` is counted once."""
    found = in_periods(grouped(rows, groups, by), day, period)
    if once:
        found = found.drop_duplicates([*WHEN, *by, once])
    frame = counted(grid(rows, groups, by, period), found, "numerator", by)
    return build.count(measure, frame, groups=by)


def share(
    measure: Measure, rows: pd.DataFrame, day: str, part: str, *, groups: Groups, by: Sequence[str] = (), period
) -> Result:
    """The rows with `part` true as a percentage of all `rows` with their `day` in each period, by group."""
    found = in_periods(grouped(rows, groups, by), day, period)
    frame = counted(grid(rows, groups, by, period), found[found[part].astype(bool)], "numerator", by)
    return build.proportion(measure, counted(frame, found, "denominator", by), groups=by)


def median(
    measure: Measure, rows: pd.DataFrame, day: str, value: str, *, groups: Groups, by: Sequence[str] = (), period
) -> Result:
    """The median of `value` over the rows with their `day` in each period, by group; missing values are left out."""
    found = in_periods(grouped(rows, groups, by), day, period)
    frames = []
    for row in grid(rows, groups, by, period).to_dict("records"):
        same = pd.Series(True, index=found.index)
        for column, wanted in row.items():
            same &= found[column] == wanted
        made = build.quantile(measure, found[same], value=value, q=0.5, when=Period.span(row[WHEN[0]], row[WHEN[1]]))
        frames.append(made.exact().assign(**{name: row[name] for name in by}))
    return Result(measure, pd.concat(frames, ignore_index=True), tuple(by))


def sums(
    measure: Measure,
    rows: pd.DataFrame,
    day: str,
    part: str,
    whole: str,
    *,
    groups: Groups,
    by: Sequence[str] = (),
    period,
) -> Result:
    """The sum of column `part` as a percentage of the sum of `whole`, over the rows that have both, by period and group."""
    found = in_periods(grouped(rows, groups, by), day, period)
    found = found[found[part].notna() & found[whole].notna()]
    frame = grid(rows, groups, by, period)
    added = found.groupby([*WHEN, *by])[[part, whole]].sum().reindex(pd.MultiIndex.from_frame(frame), fill_value=0)
    return build.share_of_sums(
        measure, frame.assign(numerator=added[part].to_numpy(), denominator=added[whole].to_numpy()), groups=by
    )
