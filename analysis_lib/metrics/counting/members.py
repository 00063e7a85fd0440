"""Who is behind a number: the children of each row of a result, named only while someone entitled asks.

Every function that makes counts also says, by `named`, which children it counted. Outside `recorded` that does nothing at all,
so packs are made without it. Inside, the counts get the columns `numerator_children` and `denominator_children`: for each row a
list of `child_id`, one for each unit counted (a child with two starts of care stands twice in a count of starts). The columns
travel with the rows through whatever is done to them, and end at the gate, which drops them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import pandas as pd

from analysis_lib.results import CHILDREN, Result

_RECORDING: ContextVar[bool] = ContextVar("recording", default=False)


@contextmanager
def recorded() -> Iterator[None]:
    """Results made inside this block name the children behind each row."""
    token = _RECORDING.set(True)
    try:
        yield
    finally:
        _RECORDING.reset(token)


def named(**children: Callable[[], list]) -> dict[str, list]:
    """The columns that name children, to add to a frame of counts; none outside `recorded`.

    Parameters
    ----------
    numerator, denominator : function
        Gives, for a frame, a list of `child_id` for each row; for a single row given as a dict, one list. Called only
        when needed.
    """
    if not _RECORDING.get():
        return {}
    return {f"{number}_children": children[number]() for number in children}


def ids(rows: pd.DataFrame) -> list[str]:
    """The children of `rows`, one for each row."""
    return rows["child_id"].tolist()


def named_in(frame: pd.DataFrame) -> list[str]:
    """Which columns of `frame` name children: to select them along with the counts."""
    return [column for column in CHILDREN if column in frame]


def of_numerator_only(frame: pd.DataFrame) -> pd.DataFrame:
    """`frame` without the children of its denominators, where a comparison puts other denominators in their place."""
    return frame.drop(columns=CHILDREN[1], errors="ignore")


def behind(result: Result) -> pd.DataFrame:
    """`result` with the lists of children as its columns `numerator_children` and `denominator_children`.

    A list is missing (None) where the measure cannot name the children of that number: it is a sum of something else, a
    published figure, or the population.
    """
    frame = result.exact()
    absent = [column for column in CHILDREN if column not in frame]
    frame = frame.assign(**{column: None for column in absent})
    for column in CHILDREN:
        frame[column] = [each if isinstance(each, list) else None for each in frame[column]]
    return frame
