"""Answers: yes, no and missing in every form that a column of them can have; words are refused."""

import numpy as np
import pandas as pd
import pytest

from analysis_lib.errors import UsageError
from analysis_lib.metrics.counting.answers import is_false, is_true


@pytest.mark.parametrize("kind", ["boolean", object, float])
def test_an_answer_is_yes_no_or_missing(kind):
    answers = pd.Series([True, False, None]).astype(kind)
    assert is_true(answers).tolist() == [True, False, False] and is_true(answers).dtype == bool
    assert is_false(answers).tolist() == [False, True, False] and is_false(answers).dtype == bool


def test_a_column_without_any_answer_has_no_yes():
    assert is_true(pd.Series([np.nan, np.nan])).tolist() == [False, False]
    assert is_true(pd.Series([], dtype="boolean")).tolist() == []


@pytest.mark.parametrize("words", [["Y", "N"], [None, "1"], [True, "No"]])
def test_words_are_refused_for_each_would_count_as_yes(words):
    with pytest.raises(UsageError, match=r"^teeth_checked holds str where answers are true, false or missing\. Take"):
        is_true(pd.Series(words, name="teeth_checked", dtype=object))
    with pytest.raises(UsageError, match="teeth_checked holds str"):
        is_false(pd.Series(words, name="teeth_checked", dtype=object))
