"""What a notebook opens: which tables it was given, and which of them it has used."""

from pathlib import Path

import pandas as pd
import pytest

from analysis_lib.authority import read_authority
from analysis_lib.errors import Closed
from analysis_lib.page import Page
from analysis_lib.periods import Period

HOME = Path(__file__).resolve().parents[1]


@pytest.fixture
def page(tmp_path):
    tables = {"adoptions": pd.DataFrame({"child_id": ["a"]})}
    return Page(read_authority(HOME), Period.parse("2021-22-Q2"), "public", tmp_path, tables)


def test_an_optional_table_that_the_returns_have_is_given_and_counts_as_used(page):
    assert page.optional("adoptions") is page.tables["adoptions"]
    assert page.used == {"adoptions"}


def test_an_optional_table_that_they_lack_is_none_and_not_used(page):
    assert page.optional("adoption_list") is None
    assert page.used == set()


def test_a_table_that_must_be_there_stops_the_page(page):
    with pytest.raises(Closed, match="no file of Annex A list 10"):
        page["adoption_list"]
