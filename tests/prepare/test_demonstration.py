"""The demonstration's returns, as shipped: read without a problem, and equal to what they were calibrated to."""

import csv
import re
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
    authority = read_authority(HOME)
    return prepare(read_returns(RETURNS), areas=authority.youth_service_areas, own_area=authority.area.code)


def test_there_is_no_problem_and_no_row_left_out(tables):
    assert tables["problems"].empty and tables["rows_read"]["left_out"].sum() == 0
    assert tables["extracts"]["label"].unique().tolist() == ["synthetic"]
    assert tables["extracts"]["given"].all() and len(tables["extracts"]) == 14


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
        "care_leavers",
        "care_leaver_list",
        "cin_plans",
        "cp_plans",
        "pupils",
    ):
        assert set(tables[name]["child_id"]) <= set(children), name
    assert set(tables["youth_offending_cases"]["child_id"]).isdisjoint(children)


def test_every_episode_with_postcodes_has_its_whereabouts(tables):
    episodes = tables["episodes"]
    blank = episodes["legal_status"].isin(["V3", "V4"])
    unaccompanied = episodes["child_id"].isin(tables["children"].loc[tables["children"]["uasc"], "child_id"])
    assert episodes.loc[~blank, ["placement_council", "placement_square", "in_own_area"]].notna().all().all()
    with_home = episodes[~blank & ~unaccompanied]
    assert with_home[["home_council", "home_square", "distance_miles"]].notna().all().all()
    inside = episodes["placement_council"] == "E06000002"
    assert (episodes.loc[~blank, "in_own_area"] == inside[~blank]).all()
    assert episodes["distance_miles"].between(0, 200).sum() == episodes["distance_miles"].notna().sum()


IDENTIFYING = (
    "CHILD",
    "UPN",
    "Child Unique ID",
    "HOME_POST",
    "PL_POST",
    "Placement postcode",
    "Allocated Worker",
    "SW_ID",
)


def test_nothing_that_identifies_a_child_is_left_in_any_table(tables):
    secrets = set()
    for path in RETURNS.rglob("*.csv"):
        with open(path, encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            columns = [name for name in reader.fieldnames if name in IDENTIFYING]
            secrets.update(row[name] for row in reader for name in columns if row[name])
    secrets = {secret for secret in secrets if not re.fullmatch(r"UN\d", secret)}
    assert len(secrets) > 2000
    kept = set()
    for table in tables.values():
        for name in table.columns[[dtype.kind in "OTU" for dtype in table.dtypes]]:
            kept.update(map(str, table[name].dropna().unique()))
    words = {word for text in kept for word in re.findall(r"\w+", text)}
    assert secrets.isdisjoint(kept) and secrets.isdisjoint(words)
    text = "\n".join(kept).replace(" ", "").upper()
    assert not [
        secret
        for secret in secrets
        if re.fullmatch(r"[A-Z]+\d+[A-Z]? \d[A-Z]{2}", secret) and secret.replace(" ", "") in text
    ]
