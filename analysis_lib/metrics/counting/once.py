"""What is worked out of a table once, however often a page asks for it."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from functools import wraps

import pandas as pd


def once_for_each_table(function: Callable[..., pd.DataFrame]) -> Callable[..., pd.DataFrame]:
    """`function` of a table and of arguments that can be hashed, worked out once for each while the table is there.

    Every caller has a copy of its own. The table is told by which object it is: nobody may change it in place, and nobody
    does, for metrics are given tables to read.
    """
    made: dict[int, tuple[weakref.ref, dict]] = {}

    @wraps(function)
    def once(table: pd.DataFrame, *arguments):
        number = id(table)
        if number not in made or made[number][0]() is not table:
            made[number] = weakref.ref(table, lambda _: made.pop(number, None)), {}
        found = made[number][1]
        if arguments not in found:
            found[arguments] = function(table, *arguments)
        return found[arguments].copy()

    return once
