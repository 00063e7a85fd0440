"""Groups to count by (an authority, a sex, an age band): which to expect, and a number for each.

The caller joins the columns on; every combination of their groups gets a row, also one without a child.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

NOT_KNOWN = "Not known"


@dataclass(frozen=True)
class Group:
    """A way to divide rows: the column of the tidy table, and what its values are called, in order.

    A value that is missing or not among `words` is `NOT_KNOWN`, which comes last. Without `words` the groups are the values
    that occur.
    """

    column: str
    words: Mapping | None = None

    def of(self, rows: pd.DataFrame) -> pd.Categorical:
        values = rows[self.column].astype(object)
        if self.words is None:
            names, named = sorted(values.dropna().unique()), values
        else:
            names, named = dict.fromkeys(self.words.values()), values.map(self.words).astype(object)
        return pd.Categorical(named.where(named.notna(), NOT_KNOWN), categories=[*names, NOT_KNOWN])


def divided(rows: pd.DataFrame, groups: Mapping[str, Group], by: Sequence[str]) -> pd.DataFrame:
    """`rows` with a column for each of `by`, in the words of `groups`. Raises `ValueError` for a group that is not there."""
    unknown = [name for name in by if name not in groups]
    if unknown:
        raise ValueError(f"no group {', '.join(unknown)}; there are {', '.join(groups)}")
    return rows.assign(**{name: groups[name].of(rows) for name in by})


def among(values: pd.Series, groups: Collection[str]) -> pd.Categorical:
    """`values` as a categorical that expects `groups`, in their order. Raises `ValueError` for a value that is none of them."""
    strange = set(values.dropna()) - set(groups)
    if strange:
        raise ValueError(f"{values.name}: {', '.join(sorted(map(str, strange)))} is not one of {', '.join(groups)}")
    return pd.Categorical(values, categories=list(groups))


def stacked(groups: Mapping[str, pd.DataFrame], column: str) -> pd.DataFrame:
    """The rows of each of `groups` under one another, with its name in `column`; a row may be in several, or in none."""
    rows = pd.concat([rows.assign(**{column: name}) for name, rows in groups.items()], ignore_index=True)
    return rows.assign(**{column: among(rows[column], groups)})


def grouped(table: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """`table` with each of its columns `by` as a categorical of the groups to expect (`expected`)."""
    return table.assign(**{column: expected(table[column]) for column in by})


def expected(column: pd.Series) -> pd.Categorical:
    """The groups of `column`, with those to expect as categories.

    A categorical column expects its categories in their order, also those that no row has; any other column expects the
    values that it has, sorted. A missing value is in the group "Not known", which comes last, and is there only when it
    is needed: for a missing value, or when there is no group at all.
    """
    if isinstance(column.dtype, pd.CategoricalDtype):
        codes, groups = column.cat.codes.to_numpy().astype(np.int64), list(column.cat.categories)
    else:
        codes, found = pd.factorize(column, sort=True)
        groups = list(found)
    unknown = codes < 0
    if NOT_KNOWN not in groups and (unknown.any() or not groups):
        groups.append(NOT_KNOWN)
    if unknown.any():
        codes = np.where(unknown, groups.index(NOT_KNOWN), codes)
    return pd.Categorical.from_codes(codes, categories=groups)


def together(columns: Sequence[pd.Series]) -> pd.Categorical:
    """Several categorical columns under one another: the groups of the first, then those that only later ones have."""
    groups = pd.Index(dict.fromkeys(group for column in columns for group in column.cat.categories))
    codes = [groups.get_indexer(column.cat.categories)[column.cat.codes] for column in columns]
    return pd.Categorical.from_codes(np.concatenate(codes), categories=groups)


def numbered(table: pd.DataFrame, by: Sequence[str]) -> tuple[np.ndarray, pd.DataFrame]:
    """For each row of `table` the number of its group, and the groups: a row for every combination, in that order.

    `table` is made by `grouped`. With no column in `by` everyone is in group 0 and the groups have one row, no column.
    """
    numbers = np.zeros(len(table), dtype=np.int64)
    for column in by:
        numbers = numbers * len(table[column].cat.categories) + table[column].cat.codes
    if not by:
        return numbers, pd.DataFrame(index=[0])
    every = pd.MultiIndex.from_product([table[column].cat.categories for column in by], names=by)
    return np.asarray(numbers), every.to_frame(index=False)
