"""Rows of real files that are not at hand whole: read by their columns, and equal to what was read from them elsewhere."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from analysis_lib.sources.published.downloads import read_downloads

EXCERPTS = Path(__file__).with_name("excerpts")
FACTS = Path(__file__).parents[3].parent / "shared" / "facts"
KEY = ["indicator", "area_code", "time_period"]
# How many values each excerpt gives, and how many of them have a counterpart in the reference.
VALUES = {
    "UD_NEETNK_LA_dashboard_2025.csv": (6, 6),
    "absence_la.csv": (24, 24),
    "d5_cpps_at31march_by_duration_2013_to_2025.csv": (26, 26),
    "ks4_la.csv": (29, 29),
    "la_care_leavers_activity.csv": (8, 8),
}


@pytest.fixture(scope="module")
def excerpts():
    found = read_downloads(EXCERPTS, [])
    assert [problem for problem in found.problems if problem.severity == "error"] == []
    rows = pd.concat(found.benchmarks, ignore_index=True)
    return rows.assign(file=rows["_file"].str.rsplit("/").str[-1])


def test_every_excerpt_is_read(excerpts):
    counts = excerpts[excerpts["value"].notna()].groupby("file").size()
    assert counts.to_dict() == {name: values for name, (values, _) in VALUES.items()}


def test_a_school_year_s_rows_of_all_schools_alone_are_used(excerpts):
    england = excerpts.query("indicator == 'cino_absence_pct' and area_code == 'E92000001'")
    assert england[["value", "numerator", "denominator", "time_period"]].to_numpy().tolist() == [
        [17.4, 7397200, 42464140, "2024/25"]
    ]


def test_the_base_of_care_leavers_is_all_of_their_age(excerpts):
    rows = excerpts.query("indicator == 'care_leavers_19_21_neet_pct'").set_index("area")
    assert rows[["value", "numerator", "denominator"]].loc["North East"].tolist() == [44, 840, 1920]


@pytest.mark.skipif(not FACTS.is_dir(), reason="needs ../shared: facts read from the whole files")
@pytest.mark.parametrize("name", sorted(VALUES))
def test_values_equal_those_read_from_the_whole_file(name, excerpts):
    read = {"dtype": str, "keep_default_na": False}
    facts = pd.concat(
        [pd.read_csv(FACTS / each, **read) for each in ("benchmarks.csv", "benchmarks_other_north_east.csv")]
    )
    facts = facts.drop(columns="indicator").rename(columns={"indicator_id": "indicator", "period": "time_period"})
    both = excerpts.query("file == @name and value.notna()").merge(facts, on=KEY, suffixes=("", "_fact"))
    assert len(both) == VALUES[name][1]
    for column in ("value", "numerator", "denominator"):
        fact = pd.to_numeric(both[f"{column}_fact"].replace("", None))
        assert (both[column].eq(fact) | fact.isna()).all(), column
    assert (both["period_end"] == pd.to_datetime(both["period_end_fact"])).all()
