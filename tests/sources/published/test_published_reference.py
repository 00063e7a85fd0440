"""Real files of the Department for Education and ONS against figures that were read from them elsewhere.

Every value that has a counterpart there is compared, some hundreds a file; the reference is not shipped.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

from analysis_lib.sources.published.downloads import read_downloads
from analysis_lib.sources.published.editions import known_on, revisions, with_current
from analysis_lib.sources.published.published import read_publications

HOME = Path(__file__).parents[3]
SHARED = HOME.parent / "shared"
FILES = SHARED / "real-data" / "dfe"
FACTS = SHARED / "facts"
pytestmark = pytest.mark.skipif(
    not (FILES.is_dir() and FACTS.is_dir()), reason="needs ../shared: real published files, and facts read from them"
)
KEY = ["indicator", "area_code", "time_period"]
# How many values of each file have a counterpart in the reference, and how many indicators they are of.
COUNTERPARTS = {
    "b1_children_in_need_2013_to_2025.csv": (324, 1),
    "c1_children_in_need_referrals_and_rereferrals_2013_to_2025.csv": (647, 2),
    "cla_number_and_rate_per_10k_children.csv": (750, 6),
    "cla_number_and_rate_per_10k_children__release2024.csv": (150, 6),
    "csww_indicators_2017_to_2025.csv": (895, 4),
    "d3_cpps_subsequent_plan_2013_to_2025.csv": (646, 2),
    "ks2_la.csv": (428, 4),
    "la_cla_placement_stability.csv": (250, 2),
    "national_cla_adopted_average_time_between_adoption_process_stages.csv": (30, 6),
    "ons_mid-year_population_estimates_2012_to_2024.csv": (325, 1),
}


@pytest.fixture(scope="module")
def facts():
    """The reference under our names, of the figures that were read from files (not LAIT, not the dashboard's medians)."""
    read = {"dtype": str, "keep_default_na": False}
    names = ("benchmarks.csv", "benchmarks_other_north_east.csv")
    rows = pd.concat([pd.read_csv(FACTS / name, **read) for name in names], ignore_index=True)
    rows = rows.drop(columns="indicator").rename(columns={"indicator_id": "indicator", "period": "time_period"})
    return rows[~rows["source"].str.contains("LAIT|median")]


@pytest.fixture(scope="module")
def hidden():
    rows = pd.read_csv(FACTS / "suppressed_or_unavailable.csv", dtype=str, keep_default_na=False)
    return rows.drop(columns="indicator").rename(columns={"indicator_id": "indicator", "period": "time_period"})


@pytest.fixture(scope="module")
def read_alone(tmp_path_factory):
    """Each file read by itself, as it would be from a folder of its own."""

    def read(name):
        folder = tmp_path_factory.mktemp("alone")
        shutil.copy(FILES / name, folder / name)
        return read_downloads(folder, [])

    return {path.name: read(path.name) for path in sorted(FILES.glob("*.csv"))}


def test_every_file_is_recognised_and_gives_rows(read_alone):
    nothing = [
        name for name, found in read_alone.items() if not (found.benchmarks or found.neighbours or found.population)
    ]
    assert nothing == [] and set(COUNTERPARTS) < set(read_alone)
    said = {name: found.problems for name, found in read_alone.items() if found.problems}
    # two pairs of councils that report their workforce together are all that there is to say
    assert {name: [problem.value for problem in problems] for name, problems in said.items()} == {
        "csww_indicators_2017_to_2025.csv": ["E06000061 / E06000062", "E09000021 / E09000027"]
    }


@pytest.mark.parametrize("name", sorted(COUNTERPARTS))
def test_values_of_the_file_equal_those_read_elsewhere(name, read_alone, facts):
    ours = read_alone[name].benchmarks[0]
    both = ours.merge(facts, on=KEY, suffixes=("", "_fact"), validate="one_to_one")
    of_this_file = both["source_fact"].str.contains(name.replace("__release2024", ""), regex=False)
    if "cla_number" in name:  # the one file that the reference holds in several releases
        is_older = both["source_fact"].str.contains("release)", regex=False)
        of_this_file &= both["source_fact"].str.contains("2024 release") if "2024" in name else ~is_older
    both = both[of_this_file]
    assert (len(both), both["indicator"].nunique()) == COUNTERPARTS[name]
    for column in ("value", "numerator", "denominator"):
        fact = pd.to_numeric(both[f"{column}_fact"].replace("", None))
        assert (both[column].eq(fact) | fact.isna()).all(), column
    assert both["value"].notna().all()
    assert (both["period_end"] == pd.to_datetime(both["period_end_fact"])).all()
    assert (both["unit"] == both["unit_fact"]).all()


def test_symbols_of_the_files_are_those_read_elsewhere(read_alone, hidden):
    checked = 0
    for name in COUNTERPARTS:
        ours = read_alone[name].benchmarks[0]
        both = ours.merge(hidden[hidden["source"].str.endswith(name)], on=KEY, suffixes=("", "_fact"))
        assert (both["symbol"] == both["published_symbol"]).all(), name
        assert both["value"].isna().all(), name
        checked += len(both)
    assert checked >= 150, checked


def test_the_population_of_children_equals_the_one_read_elsewhere(read_alone):
    ours = read_alone["ons_mid-year_population_estimates_2012_to_2024.csv"].population[0]
    facts = pd.read_csv(FACTS / "population_by_age.csv", dtype={"age": str})
    facts = facts[facts["vintage"].str.startswith("revised")]
    key = ["area_code", "year", "sex", "age"]
    both = ours.merge(facts, on=key, suffixes=("", "_fact"), validate="one_to_one")
    assert len(both) == len(facts) == 52
    assert (both["population"] == both["population_fact"]).all()


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("New_Statistical_Neighbour_Groupings_April_2021.csv", "2021 (April 2021)"),
        ("sn_model_2025_wide.csv", "2025 (May 2025)"),
    ],
)
def test_the_neighbours_equal_those_read_elsewhere(name, model, read_alone):
    ours = read_alone[name].neighbours[0]
    facts = pd.read_csv(FACTS / "statistical_neighbours.csv").query("model == @model")
    mine = ours.query("of_code == 'E06000002'")
    assert mine[["rank", "area_code"]].to_numpy().tolist() == facts[["rank", "area_code"]].to_numpy().tolist()
    assert ours["of_code"].nunique() >= 151  # every English council of the time
    assert ours.groupby("of_code").size().eq(10).all()


def test_two_releases_of_one_file_newest_wins_both_kept_revisions_found(read_alone):
    old, new = (
        read_alone[name].benchmarks[0]
        for name in (
            "cla_number_and_rate_per_10k_children__release2024.csv",
            "cla_number_and_rate_per_10k_children.csv",
        )
    )
    both = with_current(pd.concat([old, new], ignore_index=True), "benchmarks")
    assert len(both) == len(old) + len(new)
    shared = old.merge(new, on=KEY, suffixes=("_old", "_new"))
    kept = both.merge(shared[KEY], on=KEY)
    assert set(kept.loc[kept["current"], "release"]) == {"2025 release"}
    assert set(both.loc[both["current"] & both["time_period"].eq("2020"), "release"]) == {"2024 release"}
    changed = shared[
        ~(shared["value_old"].eq(shared["value_new"]) | (shared["value_old"].isna() & shared["value_new"].isna()))
    ]
    found = revisions(both)
    assert len(found) >= len(changed) > 100
    # Middlesbrough on 31 March 2023: 509 in both releases, the rate 149 and then 148 (513 and 150 in the one before)
    here = found.query("area_code == 'E06000002' and time_period == '2023' and indicator == 'cla_31mar_rate'")
    assert here[["value_before", "value"]].to_numpy().tolist() == [[149, 148]]
    then = known_on(both, "benchmarks", pd.Timestamp("2025-01-31")).query(
        "area_code == 'E06000002' and time_period == '2023' and indicator == 'cla_31mar_rate'"
    )
    assert then["value"].tolist() == [149]


def test_all_files_together_beside_our_own_tables_leave_nothing_unsaid(tmp_path):
    folder = Path(shutil.copytree(HOME / "data" / "raw" / "published", tmp_path / "published"))
    for path in FILES.glob("*.csv"):
        if "eighbour" not in path.name and "sn_model" not in path.name:
            shutil.copy(path, folder / path.name)
    found = read_publications(folder)
    assert {problem.severity for problem in found.problems} == {"warning"}
    benchmarks = found.tables["benchmarks"]
    ours = read_publications(HOME / "data" / "raw" / "published").tables["benchmarks"]
    # what our own table says is what the files say: no figure of it is revised by the release that it was read from
    both = ours.merge(benchmarks[benchmarks["current"]], on=KEY, suffixes=("", "_now"), validate="one_to_one")
    assert len(both) == len(ours)
    same_release = both["issued"] == both["issued_now"]
    assert same_release.sum() > 2_000
    assert (both["value"].eq(both["value_now"]) | both["value"].isna() & both["value_now"].isna())[same_release].all()
