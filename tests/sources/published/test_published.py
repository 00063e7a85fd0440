"""The reader of the published figures, and the committed tables against the facts that they were carried from."""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path

import pandas as pd
import pytest

from analysis_lib.errors import DataError
from analysis_lib.sources.published.open_data import computed_rates
from analysis_lib.sources.published.published import AS_PUBLISHED, SYMBOLS, TABLES, read_published, with_computed_rates

HOME = Path(__file__).parents[3]
FOLDER = HOME / "data" / "raw" / "published"
FACTS = HOME.parent / "shared" / "facts"
needs_facts = pytest.mark.skipif(
    not FACTS.is_dir(), reason="needs ../shared: the facts that the tables were carried from"
)


@pytest.fixture(scope="module")
def tables():
    return read_published(FOLDER)


@pytest.fixture
def copy(tmp_path):
    return Path(shutil.copytree(FOLDER, tmp_path / "published"))


def spoil(path: Path, line: int, column: str, value: str) -> None:
    """Put `value` in one field; `line` counts the header as 1."""
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    frame.loc[line - 2, column] = value
    frame.to_csv(path, index=False)


def test_every_table_has_the_columns_that_the_notebooks_are_promised(tables):
    assert list(tables) == [
        "population",
        "benchmarks",
        "council_figures",
        "ethnicity_population",
        "statistical_neighbours",
        "published_revisions",
    ]
    added = {"benchmarks": ["issued_basis", "method", "current"], "population": ["current"]}
    for name, table in TABLES.items():
        assert list(tables[name].columns) == [*table.columns, *added.get(name, [])]


def test_dates_are_dates_and_numbers_are_numbers(tables):
    assert (
        tables["benchmarks"][["period_start", "period_end", "first_released"]]
        .dtypes.astype(str)
        .str.startswith("datetime64")
        .all()
    )
    assert tables["benchmarks"][["value", "numerator", "denominator"]].dtypes.eq("float64").all()
    assert tables["population"]["population"].dtype == "int64"


def test_a_hidden_figure_has_its_symbol_and_no_value(tables):
    hidden = tables["benchmarks"].query("symbol != ''")
    assert len(hidden) > 200
    assert set(hidden["symbol"]) <= set(SYMBOLS)
    assert hidden["value"].isna().all()
    assert tables["benchmarks"].query("symbol == ''")["value"].notna().all()


def test_nothing_was_released_before_it_had_happened(tables):
    assert (tables["benchmarks"]["first_released"] > tables["benchmarks"]["period_end"]).all()
    figures = tables["council_figures"]
    assert figures[figures["published"] < figures["period_end"]]["figure_id"].tolist() == []


def test_dfe_s_median_of_the_2025_list_is_not_known_before_the_list(tables):
    median = tables["benchmarks"].query("area_code == 'SN2025'")
    assert median["first_released"].min() >= pd.Timestamp("2025-05-01")


def test_both_neighbour_lists_have_ten_members_and_figures_for_each(tables):
    ours = tables["statistical_neighbours"].query("of_code == 'E06000002'")
    lists = ours.groupby("model")["area_code"].agg(list)
    assert lists.map(len).to_dict() == {"2021 (April 2021)": 10, "2025 (May 2025)": 10}
    rates = tables["benchmarks"].query("indicator == 'cla_31mar_rate' and time_period == '2021'")
    assert set(lists.sum()) <= set(rates["area_code"])


def test_the_wrong_first_time_entrant_rate_of_england_is_left_out(tables):
    assert tables["benchmarks"].query("indicator == 'yj_fte_rate' and area_code == 'E92000001'").empty


def test_rates_computed_from_number_and_population_are_those_that_dfe_prints(tables):
    """Children in need, protection plans open and started: 510 rates of 17 areas, 2016 to 2025, in DfE's interactive tool."""
    benchmarks = tables["benchmarks"]
    assert (benchmarks["method"] == AS_PUBLISHED).all()  # none is needed while the printed ones are there
    is_rate = benchmarks["indicator"].isin(list(computed_rates()))
    computed = with_computed_rates(benchmarks[~is_rate]).query("method != @AS_PUBLISHED")
    printed = benchmarks[is_rate & benchmarks["value"].notna()]
    both = printed.merge(computed, on=["indicator", "area_code", "time_period"], suffixes=("", "_computed"))
    assert len(both) == 510
    assert (both["value"] == both["value_computed"]).all()
    assert both["source_computed"].str.contains("; rate computed here on ONS, ").all()


def test_a_rate_is_computed_only_after_the_last_printed_one(tables):
    benchmarks = tables["benchmarks"]
    cut = benchmarks[~(benchmarks["indicator"].eq("cpp_31mar_rate") & benchmarks["period_end"].gt("2023-12-31"))]
    computed = with_computed_rates(cut).query("method != @AS_PUBLISHED")
    assert set(computed["indicator"]) == {"cpp_31mar_rate"} and set(computed["time_period"]) == {"2024", "2025"}
    assert (computed["first_released"] > computed["period_end"]).all()


def test_the_headline_figures_of_the_council(tables):
    value = tables["council_figures"].set_index("figure_id")["value"]
    assert value["emr201903_cla_total"] == 505
    assert value["emr201903_population"] == 32396
    assert (value["cpb2021_cla_peak"], value["cpb202107_01"]) == (702, 692)
    assert value["cpb2021_cla_peak"] - value["cpb2021_cla_reduction_n"] == value["cpb2021_cla_september_2021"] == 543
    assert value["emr201903_cla_rate"] == round(10_000 * 505 / 32396, 1)


def test_first_estimates_of_all_children_are_the_sum_of_their_ages(tables):
    first = tables["population"].query("vintage.str.contains('as first published')")
    key = ["area_code", "year", "sex"]
    total = first[first["age"] == "0-17"].set_index(key)["population"].sort_index()
    summed = first[first["age"] != "0-17"].groupby(key)["population"].sum().sort_index()
    pd.testing.assert_series_equal(total, summed)


def test_england_has_census_2021_usual_residents(tables):
    """56,490,048 usual residents on Census Day 2021 (ONS); the group totals are rounded separately by ONS."""
    england = tables["ethnicity_population"].query("area == 'England'")
    assert england["population"].sum() == pytest.approx(56_490_048, rel=1e-4)
    assert len(england) == 6


def test_committed_files_are_sorted_utf_8_with_plain_line_ends():
    for name in TABLES:
        data = (FOLDER / f"{name}.csv").read_bytes()
        assert b"\r" not in data and data.endswith(b"\n")
        data.decode("utf-8")


def test_the_source_card_names_a_licence_for_every_publisher_and_describes_every_table():
    card = tomllib.loads((FOLDER / "source.toml").read_text(encoding="utf-8"))
    assert all(publisher["licence"] and publisher["attribution"] for publisher in card["publisher"])
    assert set(card["tables"]) == {f"{name}.csv" for name in TABLES}
    assert card["label"] == "published"


@pytest.mark.parametrize(
    ("table", "column", "value", "message"),
    [
        ("benchmarks", "value", "a hundred", "'a hundred' is not a plain number"),
        ("benchmarks", "period_end", "31/03/2021", "'31/03/2021' is not a date written YYYY-MM-DD"),
        ("benchmarks", "period_end", "2021-02-30", "'2021-02-30' is not a date written YYYY-MM-DD"),
        ("benchmarks", "symbol", "q", "'q' is not one of c, x, z, u, k, low"),
        ("benchmarks", "symbol", "c", "is not either a value or a symbol"),
        ("benchmarks", "value", "", "expected either a value or a symbol"),
        ("council_figures", "source", " ", "expected a value"),
        ("population", "population", "12.5", "'12.5' is not a whole number"),
    ],
)
def test_a_spoiled_field_is_named_with_its_place(copy, table, column, value, message):
    spoil(copy / f"{table}.csv", 4, column, value)
    with pytest.raises(DataError, match=f"published/{table}.csv, line 4, column ") as error:
        read_published(copy)
    assert message in str(error.value)


def test_a_row_that_stands_twice_is_named_even_with_another_number(copy):
    path = copy / "ethnicity_population.csv"
    with path.open("a", encoding="utf-8") as file:
        file.write("E06000002,Middlesbrough,Asian,1,ONS\n")
    with pytest.raises(DataError, match="line 26: 'E06000002, Asian' is not the only row with its area_code, ethnic_"):
        read_published(copy)


def test_a_missing_column_lists_those_found(copy):
    path = copy / "ethnicity_population.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("area_code", "code", 1), encoding="utf-8")
    with pytest.raises(
        DataError, match="column area_code: expected this column; found code, area, ethnic_group, population, source"
    ):
        read_published(copy)


def test_every_missing_or_empty_file_is_named_at_once(copy):
    (copy / "population.csv").unlink()
    (copy / "benchmarks.csv").write_text("")
    (copy / "ethnicity_population.csv").write_text("area_code,area,ethnic_group,population,source\n")
    (copy / "council_figures.csv").write_bytes(b"figure_id\n\xff\xfe\n")
    with pytest.raises(DataError) as error:
        read_published(copy)
    assert [problem.file for problem in error.value.problems] == [
        "published/benchmarks.csv",
        "published/council_figures.csv",
        "published/ethnicity_population.csv",
        "published/population.csv",
    ]


@needs_facts
def test_every_benchmark_equals_the_fact_that_it_was_carried_from(tables):
    read = {"dtype": str, "keep_default_na": False}
    facts = pd.read_csv(FACTS / "benchmarks.csv", **read)
    hidden = pd.read_csv(FACTS / "suppressed_or_unavailable.csv", **read)
    hidden["symbol"] = hidden["published_symbol"].replace("-", "x")
    facts = pd.concat([facts, hidden]).drop(columns="indicator")
    facts = facts.rename(columns={"indicator_id": "indicator", "period": "time_period"})
    facts["area_code"] = facts["area_code"].replace("", "SN2025")
    key = ["indicator", "area_code", "time_period"]
    both = tables["benchmarks"].merge(facts, on=key, how="left", suffixes=("", "_fact"), validate="one_to_one")
    assert both["period_end_fact"].notna().all()
    assert (both["period_end"] == pd.to_datetime(both["period_end_fact"])).all()
    assert (both["symbol"] == both["symbol_fact"].fillna("")).all()
    for column in ("value", "numerator", "denominator"):
        fact = pd.to_numeric(both[f"{column}_fact"].replace("", None))
        left_out = both["indicator"].eq("cla_ks4_att8") & both[column].isna() if column != "value" else False
        assert (both[column].eq(fact) | (both[column].isna() & fact.isna()) | left_out).all(), column


@needs_facts
def test_every_council_figure_equals_the_fact_that_it_was_carried_from(tables):
    facts = pd.concat(
        [pd.read_csv(FACTS / name, dtype=str) for name in ("published_figures.csv", "council_figures_web.csv")]
    )
    facts["figure_id"] = facts["figure_id"].str.removeprefix("web_")
    value = facts.set_index("figure_id")["value"]
    figures = tables["council_figures"].set_index("figure_id")["value"]
    derived = ["cpb2021_cla_september_2021"]  # 702 less 159
    carried = value[figures.index.drop(derived)].astype(float)
    assert (carried == figures.drop(derived)).all()


@needs_facts
def test_every_population_equals_the_fact_that_it_was_carried_from(tables):
    facts = pd.read_csv(FACTS / "population_by_age.csv", dtype={"age": str})
    facts["revised"] = facts["vintage"].str.startswith("revised")
    ours = tables["population"].assign(revised=tables["population"]["vintage"] == "revised after Census 2021")
    key = ["area_code", "year", "sex", "age", "revised"]
    both = ours.merge(facts, on=key, how="left", suffixes=("", "_fact"), validate="one_to_one")
    summed = (both["age"] == "0-17") & ~both["revised"]
    assert (both["population"] == both["population_fact"])[~summed].all()
