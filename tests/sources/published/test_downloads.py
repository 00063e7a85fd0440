"""Files dropped beside our own tables: found, told, read, joined; nothing passed over in silence."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from analysis_lib.errors import DataError
from analysis_lib.sources.published.downloads import read_downloads
from analysis_lib.sources.published.editions import known_on
from analysis_lib.sources.published.published import TABLES, read_publications, read_published

OURS = Path(__file__).parents[3] / "data" / "raw" / "published"
HEADER = (
    "time_period,time_identifier,geographic_level,country_code,country_name,region_code,region_name,old_la_code,la_name,"
    "new_la_code,population_type,population_estimate,children_count,rate_per_10000"
)
ON = "Children looked after on 31 March each year"
FLOWS = ("Children starting to be looked after each year", "Children ceasing to be looked after each year")
LEEDS = "Local authority,E92000001,England,E12000003,Yorkshire and The Humber,383,Leeds,E08000035"
HERE = "Local authority,E92000001,England,E12000001,North East,806,Middlesbrough,E06000002"
ONS = "time_period,time_identifier,geographic_level,country_code,country_name,region_code,region_name,old_la_code,new_la_code,la_name,age_group,population_estimate"


def rows_of(year: int, place: str, children: str, rate: str, population: str = "35000") -> list[str]:
    return [f"{year},Reporting year,{place},{kind},{population},{children},{rate}" for kind in (ON, *FLOWS)]


def looked_after(*rows: str) -> str:
    return "\n".join([HEADER, *rows]) + "\n"


@pytest.fixture
def folder(tmp_path):
    return Path(shutil.copytree(OURS, tmp_path / "published"))


def drop(folder: Path, name: str, text: str | bytes, card: str = "") -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    if card:
        path.with_name(path.stem + ".source.toml").write_text(card, encoding="utf-8")


def here(benchmarks: pd.DataFrame, time_period: str, indicator: str = "cla_31mar_rate") -> pd.DataFrame:
    return benchmarks.query("indicator == @indicator and area_code == 'E06000002' and time_period == @time_period")


def test_the_shipped_tables_alone_have_one_release_of_each_figure_and_no_problem(folder):
    found = read_publications(folder)
    assert found.problems == []
    assert found.tables["benchmarks"]["current"].all() and found.tables["population"]["current"].all()
    assert found.tables["published_revisions"].empty


def test_next_year_s_file_extends_our_table_in_any_folder_under_any_name(folder):
    drop(folder, "new/2026/x.CSV", looked_after(*rows_of(2026, HERE, "480", "134")))
    found = read_publications(folder)
    new = here(found.tables["benchmarks"], "2026")
    assert found.problems == []
    assert new[["value", "numerator", "denominator", "symbol"]].to_numpy().tolist() == [[134, 480, 35000, ""]]
    assert new["release"].item() == "2026 release"
    assert new["issued"].item() == pd.Timestamp("2026-11-19")  # third Thursday of November
    assert (new["issued_basis"].item(), new["release_basis"].item()) == ("rule", "rule")
    assert new["source"].item() == (
        "DfE, Explore Education Statistics: Children looked after in England including adoptions, 2026 release, file x.CSV"
    )
    before = read_published(OURS)["benchmarks"]
    pd.testing.assert_frame_equal(found.tables["benchmarks"].iloc[: len(before)], before)


def test_a_source_card_gives_the_day_of_release(folder):
    card = 'released = 2026-11-26\ntitle = "Looked after 2026"\npublisher = "Department for Education"\nrelease = "2026, revised"\n'
    drop(folder, "cla.csv", looked_after(*rows_of(2026, HERE, "480", "134")), card)
    new = here(read_publications(folder).tables["benchmarks"], "2026")
    assert new["issued"].item() == new["first_released"].item() == pd.Timestamp("2026-11-26")
    assert new["issued_basis"].item() == "source card"
    assert new["source"].item() == "Department for Education, Looked after 2026, 2026, revised, file cla.csv"


@pytest.mark.parametrize(
    ("card", "said"),
    [
        ("released = '2026'", "a date written 2026-11-19, without quotation marks"),
        ("released = 2026-11-26T09:00:00", "a date written 2026-11-19"),
        ("colour = 'red'", "one of title, publisher, released"),
        ("released =", "a TOML file that can be read"),
        ("title = 3", "is not text"),
    ],
)
def test_a_card_that_is_not_understood_is_named_and_the_rest_is_used(folder, card, said):
    drop(folder, "cla.csv", looked_after(*rows_of(2026, HERE, "480", "134")), card)
    found = read_publications(folder)
    assert [said in str(problem) for problem in found.problems] == [True]
    assert found.problems[0].file == "published/cla.source.toml"
    assert here(found.tables["benchmarks"], "2026")["issued_basis"].item() == "rule"


def test_newest_wins_both_are_kept_and_the_change_is_listed(folder):
    drop(folder, "2024.csv", looked_after(*rows_of(2024, HERE, "520", "150")))
    drop(folder, "2026.csv", looked_after(*rows_of(2024, HERE, "510", "145"), *rows_of(2026, HERE, "480", "134")))
    found = read_publications(folder)
    held = here(found.tables["benchmarks"], "2024")
    assert dict(zip(held["release"], held["value"], strict=True)) == {
        "2024 release": 150,
        "2025 release": 146,  # our own table
        "2026 release": 145,
    }
    assert held.loc[held["current"], "release"].tolist() == ["2026 release"]
    changes = here(found.tables["published_revisions"], "2024")
    assert changes[["value_before", "value"]].to_numpy().tolist() == [[150, 146], [146, 145]]
    assert [problem.severity for problem in found.problems] == ["warning", "warning"]
    assert "published_revisions" in found.problems[0].advice


def test_an_old_pack_uses_the_release_of_its_time(folder):
    drop(folder, "2024.csv", looked_after(*rows_of(2024, HERE, "520", "150")))
    benchmarks = read_publications(folder).tables["benchmarks"]
    values = {
        day: here(known_on(benchmarks, "benchmarks", pd.Timestamp(day)), "2024")["value"].tolist()
        for day in ("2024-11-20", "2024-11-21", "2025-11-19", "2025-11-20")
    }
    assert values == {"2024-11-20": [], "2024-11-21": [150], "2025-11-19": [150], "2025-11-20": [146]}


def test_the_day_that_our_table_knows_goes_before_the_rule(folder):
    rows = [*rows_of(2020, HERE, "618", "186"), *rows_of(2019, HERE, "518", "159")]
    drop(folder, "cla.csv", looked_after(*rows))
    benchmarks = read_publications(folder).tables["benchmarks"]
    old = here(benchmarks, "2020")
    assert set(old["first_released"]) == {pd.Timestamp("2020-12-10")} and set(old["release_basis"]) == {"verified"}


def test_the_same_file_twice_counts_once(folder):
    text = looked_after(*rows_of(2026, HERE, "480", "134"))
    drop(folder, "a.csv", text)
    drop(folder, "b.csv", text)
    found = read_publications(folder)
    assert len(here(found.tables["benchmarks"], "2026")) == 1
    assert [(each.file, each.severity) for each in found.problems] == [("published/b.csv", "warning")]


def test_two_values_in_one_release_are_an_error_and_neither_is_used(folder):
    drop(folder, "a.csv", looked_after(*rows_of(2026, HERE, "480", "134")))
    drop(folder, "b.csv", looked_after(*rows_of(2026, HERE, "481", "134")))
    found = read_publications(folder)
    assert here(found.tables["benchmarks"], "2026", "cla_31mar_number").empty
    assert len(here(found.tables["benchmarks"], "2026")) == 1  # the rates agree
    errors = [each for each in found.problems if each.severity == "error"]
    assert len(errors) == 1 and "published/a.csv and published/b.csv give different ones for 3" in errors[0].expected


def test_a_card_with_a_later_day_settles_it(folder):
    drop(folder, "a.csv", looked_after(*rows_of(2026, HERE, "480", "134")))
    drop(folder, "b.csv", looked_after(*rows_of(2026, HERE, "481", "134")), "released = 2026-12-10")
    held = here(read_publications(folder).tables["benchmarks"], "2026", "cla_31mar_number")
    assert held.set_index("current")["value"].to_dict() == {False: 480, True: 481}


def test_a_file_that_is_not_known_is_a_warning_with_its_columns(folder):
    drop(folder, "schools.csv", "school,pupils\nA,10\n")
    drop(folder, "cla.csv", looked_after(*rows_of(2026, HERE, "480", "134")).replace("rate_per_10000", "rate"))
    found = read_publications(folder)
    said = {each.file: each for each in found.problems}
    assert set(said) == {"published/schools.csv", "published/cla.csv"}
    assert {each.severity for each in found.problems} == {"warning"}
    assert "found school, pupils" in said["published/schools.csv"].expected
    assert "has no column rate_per_10000" in said["published/cla.csv"].expected


@pytest.mark.parametrize("name", ["figures.xls", "all.zip", "list.ods", "odd"])
def test_what_is_neither_csv_file_nor_workbook_is_a_warning(folder, name):
    drop(folder, name, b"PK\x03\x04")
    found = read_publications(folder)
    assert [(each.file, each.severity) for each in found.problems] == [(f"published/{name}", "warning")]


@pytest.mark.parametrize("data", [b"", b"\0\1\2", b"PK\x03\x04aaaa", HEADER.encode(), b"\xff\xfea,b"])
def test_a_file_that_cannot_be_read_is_named_and_nothing_else_is_lost(folder, data):
    drop(folder, "cla.csv", data)
    found = read_publications(folder)
    assert found.problems and {each.file for each in found.problems} == {"published/cla.csv"}
    assert len(found.tables["benchmarks"]) == len(read_published(OURS)["benchmarks"])


def test_notes_and_descriptions_of_columns_are_not_figures(folder):
    drop(folder, "notes.md", "what we did")
    drop(folder, "cla.meta.csv", "col_name,col_type,label,indicator_grouping\nnumber,Indicator,Number,\n")
    assert read_publications(folder).problems == []


def test_a_card_without_its_file_is_named(folder):
    (folder / "gone.source.toml").write_text("released = 2026-11-26", encoding="utf-8")
    assert [each.file for each in read_publications(folder).problems] == ["published/gone.source.toml"]


def test_an_ons_file_extends_the_population_and_names_vintage_and_release(folder):
    text = f"{ONS}\n2025,Reporting year,Local authority,E92000001,England,E12000001,North East,806,E06000002,Middlesbrough,Children aged 0 to 17 years,35900\n"
    drop(folder, "ons.csv", text)
    tables = read_publications(folder).tables
    new = tables["population"].query("year == 2025")
    assert new[["area_code", "sex", "age", "population", "vintage"]].to_numpy().tolist() == [
        ["E06000002", "persons", "0-17", 35900, "revised after Census 2021"]
    ]
    assert new["issued"].item() == new["released"].item() == pd.Timestamp("2026-06-30")
    assert here(tables["benchmarks"], "mid-2025", "pop_0_17")["value"].tolist() == [35900]


def test_single_ages_from_the_detailed_series_with_a_title_above_the_header(folder):
    title = "Mid-year estimates, by sex and single year of age\n"
    ages = [f"E06000002,Middlesbrough,E,{sex},{age},{200 + age},{210 + age}\n" for sex in "FM" for age in range(10, 18)]
    text = title + "ladcode23,laname23,country,sex,age,population_2023,population_2024\n" + "".join(ages)
    drop(folder, "myeb1.csv", text, 'released = 2025-07-30\nvintage = "to mid-2024, detailed"')
    found = read_publications(folder)
    assert found.problems == []
    new = found.tables["population"].query("vintage == 'to mid-2024, detailed' and sex == 'persons' and year == 2024")
    assert new["age"].tolist() == [str(age) for age in range(10, 18)] and new["population"].tolist()[0] == 440
    assert set(new["issued"]) == {pd.Timestamp("2025-07-30")}
    drop(folder, "myeb1.csv", text.replace("M,17,", "M,?,"))
    assert [each.line for each in read_publications(folder).problems] == [18]  # counted with the title


@pytest.mark.parametrize(("children", "said"), [("5", True), ("1", True), ("0", False), ("6", False), ("c", False)])
def test_few_children_that_the_publisher_prints_are_a_warning(folder, children, said):
    drop(folder, "cla.csv", looked_after(*rows_of(2026, HERE, children, children)))
    found = read_publications(folder)
    assert ["1 to 5 children" in each.expected for each in found.problems] == ([True] if said else [])
    assert len(here(found.tables["benchmarks"], "2026")) == 1


def test_a_workbook_s_sheet_of_figures_is_read_and_its_notes_are_passed_over(folder):
    book = openpyxl.Workbook()
    book.active.title = "Cover"
    book.active.append(["Mid-year estimates"])
    sheet = book.create_sheet("MYEB1")
    sheet.append(["Mid-year population estimates by sex and single year of age"])
    sheet.append(["ladcode23", "laname23", "country", "sex", "age", "population_2023", "population_2024"])
    for sex in "fm":
        sheet.append(["E06000002", "Middlesbrough", "E", sex, 10, 1000, 1010])
    book.save(folder / "myebtables.xlsx")
    found = read_publications(folder)
    assert found.problems == []
    new = found.tables["population"].query("vintage == 'as issued to mid-2024' and sex == 'persons'")
    assert new[["year", "age", "population"]].to_numpy().tolist() == [[2023, "10", 2000], [2024, "10", 2020]]


def mutated(data: bytes, draw: random.Random) -> bytes:
    """One thing wrong with a file: bytes, rows, cells or headings changed, lost, doubled or swapped."""
    lines = data.decode().split("\n")
    which, line = draw.randrange(8), draw.randrange(len(lines))
    cells = lines[line].split(",")
    place = draw.randrange(len(cells))
    if which == 0:
        return data[: draw.randrange(len(data))]
    if which == 1:
        at = draw.randrange(len(data))
        return data[:at] + bytes([draw.randrange(256)]) + data[at + 1 :]
    if which == 2:
        lines.insert(line, lines[line])
    elif which == 3:
        lines[line] = ",".join(draw.sample(cells, len(cells)))
    elif which == 4:
        cells[place] = draw.choice(["=1+1", "", '"', "9" * 400, "2025-13-45", "\u202e", "NaN", "-1e308", "0" * 40_000])
        lines[line] = ",".join(cells)
    elif which == 5:
        lines = [",".join(each.split(",")[:place] + each.split(",")[place + 1 :]) for each in lines]
    elif which == 6:
        lines[line] = lines[line] + ",surplus"
    else:
        return "\n".join(lines).encode(draw.choice(["utf-16", "cp1252", "utf-8-sig"]), "replace")
    return "\n".join(lines).encode()


@pytest.mark.parametrize("kind", ["looked after", "neighbours", "ons", "detailed"])
def test_a_spoiled_file_ends_in_figures_or_in_named_problems(kind, tmp_path):
    lists = "old_la_code,la_name," + ",".join(f"SN_{n},SN_{n}P" for n in range(1, 11))
    near = ",".join(f"{n},Close" for n in (380, 382, 381, 384, 373, 330, 351, 352, 353, 806))
    good = {
        "looked after": looked_after(*rows_of(2026, HERE, "480", "134"), *rows_of(2026, LEEDS, "1500", "88")),
        "neighbours": f"{lists}\n383,Leeds,{near}\n",
        "ons": f"{ONS}\n2025,Reporting year,Local authority,E92000001,England,E12000001,North East,806,E06000002,Middlesbrough,Children aged 0 to 17 years,35900\n",
        "detailed": "ladcode23,laname23,country,sex,age,population_2024\nE06000002,Middlesbrough,E,f,10,1000\nE06000002,Middlesbrough,E,m,10,1000\n",
    }[kind]
    draw = random.Random(kind)
    for case in range(40):
        path = tmp_path / f"{case}.csv"
        path.write_bytes(mutated(good.encode(), draw))
        found = read_downloads(tmp_path, [])
        assert found.benchmarks or found.population or found.neighbours or found.problems, case
        path.unlink()


# Another council: its own folder, no table of ours


@pytest.fixture
def only_downloads(tmp_path):
    folder = tmp_path / "theirs"
    lists = "old_la_code,la_name," + ",".join(f"SN_{n},SN_{n}P" for n in range(1, 11))
    near = ",".join(f"{n},Close" for n in (380, 382, 381, 384, 373, 330, 351, 352, 353, 806))
    drop(folder, "neighbours.csv", f"{lists}\n383,Leeds,{near}\n")
    drop(folder, "cla.csv", looked_after(*rows_of(2025, LEEDS, "1500", "88"), *rows_of(2025, HERE, "493", "138")))
    text = f"{ONS}\n2024,Reporting year,Local authority,E92000001,England,E12000003,Yorkshire and The Humber,383,E08000035,Leeds,Children aged 0 to 17 years,170000\n"
    drop(folder, "ons.csv", text)
    return folder


def test_a_folder_of_downloads_alone_is_enough(only_downloads):
    found = read_publications(only_downloads)
    assert set(found.tables["benchmarks"]["area"]) == {"Leeds", "Middlesbrough"}
    assert found.tables["benchmarks"]["value"].dtype == "float64"
    assert found.tables["council_figures"].empty and found.tables["ethnicity_population"].empty
    assert [(each.file, each.severity) for each in found.problems] == [
        ("theirs/council_figures.csv", "warning"),
        ("theirs/ethnicity_population.csv", "warning"),
    ]
    for name, table in TABLES.items():
        if found.tables[name].empty:
            typed = read_published(OURS)[name].dtypes
            assert found.tables[name].dtypes.astype(str).str[:8].to_dict() == typed.astype(str).str[:8].to_dict(), table


@pytest.mark.parametrize(
    ("gone", "said"),
    [
        ("cla.csv", "theirs/benchmarks.csv"),
        ("ons.csv", "theirs/population.csv"),
        ("neighbours.csv", "statistical neighbours"),
    ],
)
def test_what_no_file_gives_is_an_error(only_downloads, gone, said):
    (only_downloads / gone).unlink()
    if gone == "cla.csv":
        (only_downloads / "ons.csv").rename(only_downloads / "ons.txt")  # it gives a benchmark, the population, as well
    with pytest.raises(DataError, match=said):
        read_publications(only_downloads)
