"""The demonstration's returns, as shipped: read without a problem, and equal to what they were calibrated to."""

from pathlib import Path

import pandas as pd
import pytest

from analysis_lib.authority import read_authority
from analysis_lib.prepare import as_known, prepare
from analysis_lib.sources import read_returns

HOME = Path(__file__).resolve().parents[2]
RETURNS = HOME / "data/raw/synthetic"


@pytest.fixture(scope="module")
def tables():
    return prepare(read_returns(RETURNS), areas=read_authority(HOME).youth_service_areas)


def test_there_is_no_problem_and_no_row_left_out(tables):
    assert tables["problems"].empty and tables["left_out"].empty
    assert tables["extracts"]["label"].unique().tolist() == ["synthetic"]
    assert tables["extracts"]["given"].all() and len(tables["extracts"]) == 4


@pytest.mark.parametrize(
    ("day", "children"),
    [("2019-02-08", 505), ("2020-09-30", 702), ("2021-09-30", 543)],  # as the council printed them
)
def test_children_looked_after_by_episodes_and_by_periods_of_care(tables, day, children):
    day = pd.Timestamp(day)
    episodes = tables["episodes"][~tables["episodes"]["legal_status"].isin(["V3", "V4"])]
    in_episode = (episodes["episode_start"] <= day) & ~(episodes["episode_end"] <= day)
    assert episodes.loc[in_episode, "child_id"].nunique() == children
    known = as_known(tables, day, day)["care_periods"]
    assert known["care_end"].isna().sum() + (known["care_end"] > day).sum() == children


def test_adoptions_of_the_two_published_years(tables):
    by_year = tables["adoptions"].groupby("return_year").size()
    assert (by_year["2019-20"], by_year["2020-21"]) == (16, 25)
    ended = tables["care_periods"][tables["care_periods"]["ended_by_adoption"]]
    assert ended["care_end"].between("2019-04-01", "2020-03-31").sum() == 16


def test_every_table_joins_to_one_child_and_pupils_to_the_return_on_looked_after_children(tables):
    children = tables["children"]["child_id"]
    assert children.is_unique
    for name in (
        "episodes",
        "care_periods",
        "reviews",
        "adoptions",
        "adoption_list",
        "cin_plans",
        "cp_plans",
        "pupils",
    ):
        assert set(tables[name]["child_id"]) <= set(children), name
    assert set(tables["youth_offending_cases"]["child_id"]).isdisjoint(children)
