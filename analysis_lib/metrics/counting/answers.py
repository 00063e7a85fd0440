"""Answers to a yes-or-no question: true, false or missing, and nothing else."""

from __future__ import annotations

import pandas as pd

from analysis_lib.errors import UsageError


def is_true(answers: pd.Series) -> pd.Series:
    """Whether each answer is yes; a missing one is not.

    Raises `UsageError` for a column of texts such as "Y" and "N": every text would count as yes.
    """
    given = answers.dropna()
    strange = given[~given.isin([True, False])]
    if len(strange):
        raise UsageError(
            f"{answers.name} holds {type(strange.iloc[0]).__name__} where answers are true, false or missing. Take the table as "
            "`analysis_lib.prepare` makes it, or turn the words into true and false first."
        )
    return answers.eq(True).fillna(False).astype(bool)


def is_false(answers: pd.Series) -> pd.Series:
    """Whether each answer is no; a missing one is not. Raises as `is_true` does."""
    return answers.notna() & ~is_true(answers)
