"""Shares of small groups shown together: groups merged, a dimension dropped, years added up. Counts are added, then divided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from analysis_lib.groupings import groupings
from analysis_lib.metrics.counting import build, members
from analysis_lib.metrics.counting.merging import merge_small
from analysis_lib.periods import Period
from analysis_lib.results import Result

DAYS = ["period_start", "period_end"]


def merged_groups(result: Result, column: str, *, threshold: int) -> Result:
    """The shares of one base by `column`, small groups shown together in the order that `groupings.toml` declares.

    `threshold` is the smallest number of children that may be shown; one small number in any period is enough for a merge, so
    that every period has the same groups. The result itself where there is nothing to merge.
    """
    frame = result.exact()
    order = [(merge.name, merge.members) for merge in groupings().merged_when_small(column)]
    counts = frame[[*DAYS, column]].assign(count=frame["numerator"].fillna(0).astype(int))
    names = merge_small(counts, column, order=order, threshold=threshold)
    if not names:
        return result
    frame[column] = frame[column].map(lambda value: names.get(value, value))
    return _summed(result, frame, [*DAYS, *result.groups], result.groups, one_base=True)


def without_column(result: Result, column: str) -> Result:
    """The shares of all groups of `column` together, each group having a base of its own."""
    left = tuple(group for group in result.groups if group != column)
    return _summed(result, result.exact(), [*DAYS, *left], left)


def years_together(result: Result, years: Sequence[Period], words: str) -> Result:
    """The shares of `years`, which must follow one another, added up; group `years` calls them by `words`."""
    frame = result.exact()
    frame = frame[frame["period_end"].isin([year.end for year in years])]
    frame = frame.assign(period_start=years[0].start, period_end=years[-1].end, years=words)
    groups = (*result.groups, "years")
    return _summed(result, frame, [*DAYS, *groups], groups)


def _summed(
    result: Result, frame: pd.DataFrame, by: Sequence[str], groups: tuple[str, ...], *, one_base: bool = False
) -> Result:
    """The counts of `frame` added up by the columns `by`, missing where nothing is known; the base once where it is one."""
    rows = []
    for key, own in frame.groupby(list(by), sort=False, dropna=False):
        base = own["denominator"].iloc[0] if one_base else own["denominator"].sum(min_count=1)
        who: Mapping[str, list] = {
            column: own[column].iloc[0]
            if one_base and column.startswith("denominator")
            else [child for each in own[column] for child in each]
            for column in members.named_in(own)
        }
        counted = {"numerator": own["numerator"].sum(min_count=1), "denominator": base}
        rows.append({**dict(zip(by, key, strict=True)), **counted, **who})
    summed = pd.DataFrame(rows).astype({"numerator": float, "denominator": float})
    parts = tuple(part for part in result.parts if part in (*groups, *DAYS))
    return build.proportion(result.measure, summed.replace({pd.NA: np.nan}), groups=groups, parts=parts)
