"""Tidy tables by name, each made when it is first asked for: a page uses a third of those that are held."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, MutableMapping

import pandas as pd


class Tables(MutableMapping[str, pd.DataFrame]):
    """A dict of tables, but that what makes a table may stand in its place until somebody asks for it."""

    def __init__(self, tables: Mapping[str, pd.DataFrame | Callable[[], pd.DataFrame]]):
        self._tables = dict(tables)

    def __getitem__(self, name: str) -> pd.DataFrame:
        found = self._tables[name]
        if callable(found):
            self._tables[name] = found = found()
        return found

    def __setitem__(self, name: str, table: pd.DataFrame | Callable[[], pd.DataFrame]) -> None:
        self._tables[name] = table

    def __delitem__(self, name: str) -> None:
        del self._tables[name]

    def __contains__(self, name: object) -> bool:
        return name in self._tables

    def __iter__(self) -> Iterator[str]:
        return iter(self._tables)

    def __len__(self) -> int:
        return len(self._tables)

    def __or__(self, other: Mapping[str, pd.DataFrame]) -> Tables:
        return Tables({**self._tables, **other})

    def changed(self, change: Callable[[str, pd.DataFrame], pd.DataFrame]) -> Tables:
        """Tables of the same names, each as `change` makes it of its name and the table, when it is asked for."""
        return Tables({name: lambda name=name: change(name, self[name]) for name in self})
