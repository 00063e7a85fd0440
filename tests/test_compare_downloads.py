"""A file dropped in extends the comparisons by itself, at the right as-at date, for our council and for another one."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

from analysis_lib.authority import Area
from analysis_lib.compare import NEIGHBOURS, beside_others, lists_of, members_of, population, printed_by, published
from analysis_lib.metrics import child_protection as protection
from analysis_lib.metrics import looked_after as care
from analysis_lib.prepare import as_known
from analysis_lib.sources.published.areas import known_areas
from analysis_lib.sources.published.published import read_published

OURS = Path(__file__).parents[1] / "data" / "raw" / "published"
MIDDLESBROUGH, NORTH_EAST = Area("Middlesbrough", "E06000002"), Area("North East", "E12000001")
ENGLAND, LEEDS = Area("England", "E92000001"), Area("Leeds", "E08000035")
LIST_2025 = "2025 (May 2025)"
HEADER = (
    "time_period,time_identifier,geographic_level,country_code,country_name,region_code,region_name,old_la_code,la_name,"
    "new_la_code,population_type,population_estimate,children_count,rate_per_10000"
)
KINDS = (
    "Children looked after on 31 March each year",
    "Children starting to be looked after each year",
    "Children ceasing to be looked after each year",
)


def made_up_release(years: list[int], rate_of=lambda code, year: 100 + year % 100) -> str:
    """A file in DfE's shape for every council of today, each with the same rate but where `rate_of` says otherwise."""
    lines = [HEADER]
    for year in years:
        for area in known_areas():
            place = {
                "country": f"National,{area.code},England,,,,,",
                "region": f"Regional,E92000001,England,{area.code},{area.name},,,",
                "council": f'Local authority,E92000001,England,{area.region_code},,{area.old_code},"{area.name}",{area.code}',
            }[area.kind]
            rate = rate_of(area.code, year)
            lines += [f"{year},Reporting year,{place},{kind},10000,{rate},{rate}" for kind in KINDS]
    return "\n".join(lines) + "\n"


def compared(tables: dict, council: Area, region: Area, as_at: str) -> pd.DataFrame:
    """Children looked after for every 10,000 children, as the demand page compares them on a day."""
    known = as_known(tables, pd.Timestamp(as_at), pd.Timestamp(as_at))
    return beside_others(
        care.MEASURES["dfe_looked_after_rate"],
        known["benchmarks"],
        lists_of(known["statistical_neighbours"], council),
        indicator="cla_31mar_rate",
        areas=[council, region, ENGLAND],
        model=LIST_2025,
    ).exact()


@pytest.fixture(scope="module")
def with_next_year(tmp_path_factory):
    folder = Path(shutil.copytree(OURS, tmp_path_factory.mktemp("next") / "published"))
    (folder / "next").mkdir()
    (folder / "next" / "anything.csv").write_text(made_up_release([2025, 2026]), encoding="utf-8")
    return read_published(folder)


def test_next_year_s_file_adds_a_year_to_every_line_of_the_comparison(with_next_year):
    before = compared(read_published(OURS), MIDDLESBROUGH, NORTH_EAST, "2026-12-01")
    after = compared(with_next_year, MIDDLESBROUGH, NORTH_EAST, "2026-12-01")
    assert before["period_end"].max() == pd.Timestamp("2025-03-31")
    new = after[after["period_end"] == pd.Timestamp("2026-03-31")]
    assert new.set_index("area")["value"].to_dict() == {
        "Middlesbrough": 126,
        "North East": 126,
        "England": 126,
        NEIGHBOURS: 126,
    }
    assert new.set_index("area").loc[NEIGHBOURS, "method"] == "mean of 10 of 10 statistical neighbours (2025 list)"
    old = after[after["period_end"] < pd.Timestamp("2025-03-31")]
    pd.testing.assert_frame_equal(
        old.reset_index(drop=True),
        before[before["period_end"] < pd.Timestamp("2025-03-31")].reset_index(drop=True),
    )


def test_a_pack_of_the_day_before_the_release_knows_nothing_of_it(with_next_year):
    before = compared(read_published(OURS), MIDDLESBROUGH, NORTH_EAST, "2026-11-18")
    pd.testing.assert_frame_equal(compared(with_next_year, MIDDLESBROUGH, NORTH_EAST, "2026-11-18"), before)
    after = compared(with_next_year, MIDDLESBROUGH, NORTH_EAST, "2026-11-19")
    value = after.set_index(["area", "period_end"])["value"]
    assert value["Middlesbrough", pd.Timestamp("2025-03-31")] == 125  # as the newer release has it, 138 before


def test_rates_that_no_file_prints_are_computed_and_say_so(tmp_path):
    folder = Path(shutil.copytree(OURS, tmp_path / "published"))
    place = "2026,Reporting year,Local authority,E92000001,England,E12000001,North East,806,E06000002,Middlesbrough"
    start = HEADER.split(",la_name")[0] + ",new_la_code,la_name,"
    (folder / "d5.csv").write_text(
        f"{start}category,CPP_At31,2_years_or_more,2_years_or_more_percent\n{place},Plans by length of time,360,12,3.3\n"
    )
    (folder / "ons.csv").write_text(
        f"{start}age_group,population_estimate\n{place.replace('2026', '2025', 1)},Children aged 0 to 17 years,36000\n"
    )
    found = published(
        protection.MEASURES["dfe_protection_plan_rate"],
        read_published(folder)["benchmarks"],
        indicator="cpp_31mar_rate",
        areas=[MIDDLESBROUGH],
    ).exact()
    last = found.iloc[-1]
    assert (last["period_end"], last["value"], last["numerator"]) == (pd.Timestamp("2026-03-31"), 100.0, 360)
    assert last["method"] == "computed here from the published number and population"
    assert set(found["method"].iloc[:-1]) == {"as published"}


def test_no_area_has_two_values_for_one_day(with_next_year):
    uncut = published(
        care.MEASURES["dfe_looked_after_rate"],
        with_next_year["benchmarks"],
        indicator="cla_31mar_rate",
        areas=[MIDDLESBROUGH, ENGLAND],
    ).exact()
    assert not uncut.duplicated(["area", "period_end"]).any()


def test_another_council_compares_itself_from_downloads_alone(tmp_path):
    folder = tmp_path / "theirs"
    shutil.copytree(OURS / "dfe", folder / "lists")
    (folder / "cla.csv").write_text(
        made_up_release([2024, 2025], lambda code, year: 88 if code == LEEDS.code else year - 1950), encoding="utf-8"
    )
    shutil.copy(OURS / "population.csv", folder / "population.csv")
    tables = read_published(folder)
    yorkshire = Area("Yorkshire and The Humber", "E12000003")
    found = compared(tables, LEEDS, yorkshire, "2026-01-31")
    last = found[found["period_end"] == pd.Timestamp("2025-03-31")].set_index("area")["value"]
    assert last.to_dict() == {"Leeds": 88, "Yorkshire and The Humber": 75, "England": 75, NEIGHBOURS: 75}
    members = members_of(lists_of(tables["statistical_neighbours"], LEEDS), LIST_2025)
    assert len(members) == 10 and MIDDLESBROUGH not in members
    assert printed_by(tables["council_figures"], LEEDS).empty


def test_what_middlesbrough_printed_is_never_shown_as_another_council_s(with_next_year):
    printed = with_next_year["council_figures"]
    assert len(printed_by(printed, MIDDLESBROUGH)) == len(printed) > 100
    assert printed_by(printed, LEEDS).empty


def test_of_two_vintages_of_single_ages_the_one_issued_last_counts():
    ages = [str(age) for age in range(10, 18)]
    rows = [
        {"area_code": LEEDS.code, "area": "Leeds", "year": 2023, "sex": "persons", "age": age, "population": number,
         "vintage": vintage, "released": pd.Timestamp("2024-07-15"), "issued": pd.Timestamp(issued), "source": "ONS"}
        for vintage, number, issued in (("a first one", 100, "2024-07-15"), ("z detailed", 101, "2025-07-30"))
        for age in ages
    ]  # fmt: skip
    estimates = pd.DataFrame(rows)
    day = pd.Timestamp("2024-09-30")
    assert population(estimates, areas=[LEEDS], ages=(10, 17), day=day).number == 808
    assert population(estimates, areas=[LEEDS], ages=(10, 17), day=day, vintage="a first one").number == 800
