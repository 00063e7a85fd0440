"""No cell below 6, given or implied, is in the published tables: the rule that the tables were cut by, applied again."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from analysis_lib.sources.published.published import read_published

KEY = ["indicator", "area_code", "time_period"]
FOLDER = Path(__file__).parents[3] / "data" / "raw" / "published"
ROUNDED_AREAS = ("E92000001", "E12000001", "SN2025")  # England and the region are rounded to 10; a median is no count
SMALLEST_SHOWN = 6
SHARE_AGED_10_TO_17 = 0.40  # of children aged 0 to 17; the shares we hold are 0.41 to 0.48, and less is stricter
SHARE_AGED_16_TO_17 = 0.08  # the real shares are about 0.10

# The wider measure first: the children in it who are not in the narrower one are a cell as well.
NESTED = [
    ("cla_ks4_em94_pct", "cla_ks4_em95_pct"),
    ("cla_persistent_absence_pct", "cla_severe_absence_pct"),
    ("cla_ks2_read_pct", "cla_ks2_rwm_pct"),
    ("cla_ks2_writta_pct", "cla_ks2_rwm_pct"),
    ("cla_ks2_mat_pct", "cla_ks2_rwm_pct"),
]
# Which one is given up: the narrower, except at key stage 2, where the combined measure is the headline.
GIVEN_UP = {pair: pair[0] if pair[1] == "cla_ks2_rwm_pct" else pair[1] for pair in NESTED}
# A percentage without a numerator is taken to rest on at least half the smallest base printed for the council.
BASE_FROM = {
    "cla_ks2": ("cla_ks2",),
    "cla_ks4": ("cla_ks4_em",),
    "cla_persistent": ("cla_persistent",),
    "cla_suspension": ("cla_persistent",),
    "cla_sen": ("cla_persistent",),
    "cla_ehcp": ("cla_persistent",),
}


def is_small(count: float) -> bool:
    return 0.5 <= count < SMALLEST_SHOWN - 0.5


def small_cells(benchmarks: pd.DataFrame) -> pd.Series:
    """Why each row may not be carried; blank where it may. Rows of England, the region and medians always may."""
    rows = {(row.indicator, row.area_code, row.time_period): row for row in benchmarks.itertuples()}
    bases = _smallest_bases(benchmarks)
    reasons = {key: _reason(row, rows, bases) for key, row in rows.items()}
    return pd.Series([reasons[key] for key in zip(*(benchmarks[c] for c in KEY), strict=True)], index=benchmarks.index)


def _smallest_bases(benchmarks: pd.DataFrame) -> dict[tuple[str, str], float]:
    council = benchmarks[~benchmarks["area_code"].isin(ROUNDED_AREAS)]
    smallest = {}
    for prefix, measured_by in BASE_FROM.items():
        of_kind = council[council["indicator"].str.startswith(measured_by)]
        for area, base in of_kind.groupby("area_code")["denominator"].min().dropna().items():
            smallest[prefix, area] = base
    return smallest


def _reason(row, rows, bases) -> str:
    if row.area_code in ROUNDED_AREAS or pd.isna(row.value):
        return ""
    if row.unit in ("children", "plans"):
        return "count of 1 to 5" if is_small(row.value) else ""
    if row.unit == "points":
        return "average of 1 to 5 pupils" if is_small(row.denominator) else ""
    if row.unit.startswith("per "):
        return _small_rate(row, rows)
    if "absence_pct" in row.indicator and not row.indicator.startswith(("cla_persistent", "cla_severe")):
        return ""  # sessions, not children
    if not pd.isna(row.numerator):
        if any(is_small(n) for n in (row.numerator, row.denominator, row.denominator - row.numerator)):
            return "numerator, rest or base of 1 to 5"
        return _small_difference(row, rows)
    return _small_share(row, rows, bases)


def _small_difference(row, rows) -> str:
    for pair in NESTED:
        wide, narrow = (rows.get((name, row.area_code, row.time_period)) for name in pair)
        given_up = row.indicator == GIVEN_UP[pair]
        if given_up and wide and narrow and is_small(wide.numerator - narrow.numerator):
            return f"{pair[0]} less {pair[1]} is 1 to 5"
    return ""


def _small_rate(row, rows) -> str:
    if not pd.isna(row.numerator):
        return "rate of 1 to 5 children" if is_small(row.numerator) else ""
    year = pd.Timestamp(row.period_end)
    share = SHARE_AGED_10_TO_17 if row.indicator.startswith("yj_") else 1.0
    mid_year = f"mid-{min(year.year - (year.month < 6), 2024)}"
    population = rows["pop_0_17", row.area_code, mid_year].value * share
    per = float(row.unit.removeprefix("per ").replace(",", ""))
    return "rate of 1 to 5 children" if 0 < row.value * population / per < SMALLEST_SHOWN else ""


def _small_share(row, rows, bases) -> str:
    half = 0.5 if row.value == round(row.value) else 0.05
    if row.indicator == "adopted_pct":
        base = rows["cla_ceased_number", row.area_code, row.time_period].value
        counted = rows.get(("adopted_number", row.area_code, row.time_period))
        if counted is None or pd.isna(counted.value):
            return "share of a count that is not carried"
    elif row.indicator == "neet_16_17_pct":
        base = rows["pop_0_17", row.area_code, f"mid-{row.period_end.year - 1}"].value * SHARE_AGED_16_TO_17
    else:
        prefix = next(prefix for prefix in BASE_FROM if row.indicator.startswith(prefix))
        base = bases.get((prefix, row.area_code))
        if base is None:
            return "no base to bound the count by"
        base /= 2
    for share in (row.value, 100 - row.value):
        if share > 0 and (share - half) / 100 * base < SMALLEST_SHOWN - 0.5:
            return "share that may be 1 to 5 children"
    return ""


@pytest.fixture(scope="module")
def tables():
    return read_published(FOLDER)


def test_no_benchmark_gives_or_implies_one_to_five_children(tables):
    benchmarks = tables["benchmarks"].assign(reason=small_cells(tables["benchmarks"]))
    assert benchmarks[benchmarks["reason"] != ""][[*KEY, "reason"]].to_dict("records") == []


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"indicator": "adopted_number", "unit": "children", "value": 5.0}, "count of 1 to 5"),
        ({"indicator": "adopted_number", "unit": "children", "value": 6.0}, ""),
        ({"indicator": "adopted_number", "unit": "children", "value": 0.0}, ""),
        ({"numerator": 5.0, "denominator": 20.0, "value": 25.0}, "numerator, rest or base of 1 to 5"),
        ({"numerator": 15.0, "denominator": 20.0, "value": 75.0}, "numerator, rest or base of 1 to 5"),
        ({"numerator": 6.0, "denominator": 12.0, "value": 50.0}, ""),
        ({"numerator": 5.0, "denominator": 20.0, "value": 25.0, "area_code": "E92000001"}, ""),
        ({"value": 25.0}, "no base to bound the count by"),
    ],
)
def test_the_rule_finds_a_planted_small_cell(change, reason):
    row = {
        "indicator": "cla_ks2_rwm_pct", "area_code": "E06000002", "time_period": "2018/19", "unit": "%", "value": 50.0,
        "numerator": float("nan"), "denominator": float("nan"), "period_end": pd.Timestamp("2019-08-31"),
    }  # fmt: skip
    assert small_cells(pd.DataFrame([row | change])).tolist() == [reason]


def test_the_rule_finds_pupils_between_two_nested_measures():
    both = {"area_code": "E06000002", "time_period": "2019/20", "unit": "%", "denominator": 38.0}
    rows = pd.DataFrame(
        [
            {"indicator": "cla_ks4_em94_pct", "numerator": 12.0, "value": 31.6} | both,
            {"indicator": "cla_ks4_em95_pct", "numerator": 8.0, "value": 21.1} | both,
        ]
    ).assign(period_end=pd.Timestamp("2020-08-31"))
    assert small_cells(rows).tolist() == ["", "cla_ks4_em94_pct less cla_ks4_em95_pct is 1 to 5"]


def test_no_council_figure_gives_one_to_five_children(tables):
    figures = tables["council_figures"]
    counts = figures[figures["unit"].isin(["children", "plans", "young people", "placements", "orders"])]
    assert len(counts) > 50
    assert not counts["value"].map(is_small).any()


def test_no_council_figure_implies_one_to_five_children_by_difference(tables):
    moves = tables["council_figures"].query("measure == 'transitions'").set_index("breakdown")["value"]
    for phase in moves.index[~moves.index.str.contains(";")]:
        parts = moves[moves.index.str.startswith(phase + ";")]
        assert not is_small(moves[phase] - parts.sum()) and not (moves[phase] - parts).map(is_small).any()


def test_attainment_that_the_council_printed_is_carried_in_whole_percentages_without_cohorts(tables):
    figures = tables["council_figures"]
    attainment = figures[figures["measure"].str.match("eyfs|ks1|ks2|ks4")]
    assert len(attainment) == 27  # nine rows of the table for three years
    assert (
        not attainment["measure"].str.startswith("ks4").any()
    )  # on the cohorts that DfE prints, fewer than six pupils
    assert (attainment["value"] == attainment["value"].round()).all()


def test_the_youth_offending_caseload_table_is_not_carried(tables):
    """Its percentages give the children back (an integer program finds one solution), so only its shape is known here."""
    text = tables["council_figures"][["measure", "document", "locator"]].agg(" ".join, axis=1).str.lower()
    assert not text.str.contains("offending|styos|caseload").any()
