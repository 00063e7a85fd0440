"""Small groups shown together by a declared order, before the gate: a broad group tells more than a "c"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd


def merge_small(
    counts: pd.DataFrame,
    column: str,
    *,
    order: Sequence[tuple[str, tuple[str, ...]]],
    threshold: int,
    first: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Which categories of `column` to show together, so that no group holds 1 to `threshold` - 1 children.

    Parameters
    ----------
    counts : DataFrame
        `column`, `count`, and a row per category for each table that will be shown (each period): one small count in
        any of them is enough, so that all tables show the same groups.
    order : sequence of (name, members)
        Merges to try, first to last. One is made when a member is small and at least two of the members are there.
        Members may be names that an earlier merge has made.
    first : mapping of category to name, optional
        Merges that are made in any case.

    Returns
    -------
    dict of category to name
        Only categories that are shown under another name. Small groups may remain when the order is used up.
    """
    names = {category: (first or {}).get(category, category) for category in counts[column].unique()}
    tables = [each for each in counts.columns if each not in (column, "count")]
    for name, members in order:
        present = set(members) & set(names.values())
        if len(present) > 1 and present & _small(counts, column, tables, names, threshold):
            names = {category: name if shown in present else shown for category, shown in names.items()}
    return {category: shown for category, shown in names.items() if shown != category}


def _small(counts: pd.DataFrame, column: str, tables: list[str], names: dict[str, str], threshold: int) -> set[str]:
    sizes = counts.assign(shown=counts[column].map(names)).groupby([*tables, "shown"])["count"].sum()
    return set(sizes[sizes.between(1, threshold - 1)].index.get_level_values("shown"))
