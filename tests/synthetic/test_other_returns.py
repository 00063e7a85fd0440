"""Pupils, youth offending, identifiers and the folder as a whole."""

from __future__ import annotations

import csv
import tomllib
from collections import defaultdict
from datetime import date

import pytest

from analysis_lib.authority import read_authority
from analysis_lib.errors import UsageError
from analysis_lib.synthetic import DEFAULT_SEED, generate
from analysis_lib.synthetic.calendar import age_on

YEARS = [f"{year}-{(year + 1) % 100:02d}" for year in range(2016, 2026)]


def day(text: str) -> date | None:
    """A date as the files write it, dd/mm/yyyy; None for a blank."""
    return date(int(text[6:]), int(text[3:5]), int(text[:2])) if text else None


def rows_of(path) -> list[dict[str, str]]:
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# South Tees Youth Offending Service, caseload April to September 2021, as printed for the Corporate Parenting Board of
# 30 November 2021: percentages of all cases, then of girls, of boys and of all by age band and by looked after.
PUBLISHED_FEMALE = 11.3
PUBLISHED_COLUMNS = {
    "Female": [29.2, 20.8, 25.0, 12.5, 12.5, 29.2],
    "Male": [18.0, 14.3, 14.8, 22.2, 30.7, 13.8],
    "All": [19.2, 15.0, 16.0, 21.1, 28.6, 15.5],
}


def caseload(rows, first: date, last: date) -> dict[str, dict]:
    """Distinct children open between two days, with their age when they were first open in them."""
    found: dict[str, dict] = {}
    for row in rows:
        start, end = day(row["INTERVENTION_START"]), day(row["INTERVENTION_END"])
        if start <= last and (end is None or end >= first):
            child = found.setdefault(row["CHILD"], {"sex": row["SEX"], "from": date.max, "in_care": False, "row": row})
            child["from"] = min(child["from"], max(start, first))
            child["in_care"] |= row["LOOKED_AFTER"] == "Y"
    for child in found.values():
        child["age"] = age_on(day(child["row"]["DATE_OF_BIRTH"]), child["from"])
    return found


@pytest.fixture(scope="module")
def cases(shipped):
    return rows_of(shipped / "youth_offending" / "cases.csv")


def test_the_youth_offending_caseload_is_not_the_published_one(cases):
    children = list(caseload(cases, date(2021, 4, 1), date(2021, 9, 30)).values())
    girls = sum(child["sex"] == "Female" for child in children)
    assert 150 <= len(children) <= 260
    assert len(children) != 213 and girls != 24 and len(children) - girls != 189
    assert abs(100 * girls / len(children) - PUBLISHED_FEMALE) > 2
    for column, published in PUBLISHED_COLUMNS.items():
        chosen = [child for child in children if column in ("All", child["sex"])]
        bands = [10 <= c["age"] <= 13 for c in chosen], *([c["age"] == a for c in chosen] for a in (14, 15, 16))
        shares = [100 * sum(band) / len(chosen) for band in (bands[0], *bands[1:])]
        shares += [100 * sum(c["age"] >= 17 for c in chosen) / len(chosen)]
        shares += [100 * sum(c["in_care"] for c in chosen) / len(chosen)]
        assert [round(share, 1) for share in shares] != published
        assert sum(round(share, 1) == value for share, value in zip(shares, published, strict=True)) <= 1


def test_boys_and_looked_after_children_are_over_represented_in_every_half_year(cases):
    for year in range(2017, 2026):
        children = caseload(cases, date(year, 4, 1), date(year, 9, 30)).values()
        assert sum(child["sex"] == "Male" for child in children) / len(children) > 0.7
        assert 0.08 < sum(child["in_care"] for child in children) / len(children) < 0.3
        assert all(10 <= child["age"] <= 18 for child in children)


def test_the_service_has_identifiers_of_its_own(cases, returns):
    council = {row["CHILD"] for year in YEARS for row in returns[year]["header"]}
    assert not council & {row["CHILD"] for row in cases}
    born = defaultdict(set)
    for row in cases:
        born[row["CHILD"]].add((row["DATE_OF_BIRTH"], row["SEX"], row["ETHNICITY"], row["COUNCIL"]))
    assert all(len(facts) == 1 for facts in born.values())


def pupils_of(shipped, year: str):
    return rows_of(shipped / "virtual_school" / f"{year}-AY.csv")


def test_pupils_are_the_children_of_the_903(shipped, returns, births, episodes):
    for year in YEARS:
        start = int(year[:4])
        for row in pupils_of(shipped, year):
            stage = (
                {"N1": -2, "N2": -1, "R": 0}.get(row["NC_YEAR"])
                if not row["NC_YEAR"].isdigit()
                else int(row["NC_YEAR"])
            )
            assert age_on(births[row["CHILD"]], date(start, 8, 31)) == stage + 4
            first, last = date(start, 4, 1), date(start + 1, 3, 31)
            whole = _unbroken(episodes[row["CHILD"]], first, last)
            assert row["LOOKED_AFTER_12M"] == ("Y" if whole else "N")


def _unbroken(rows, first: date, last: date) -> bool:
    """In care on the first day and on the last, with no start of care between."""

    def open_on(when):
        return any(day(r["DECOM"]) <= when and (not r["DEC"] or day(r["DEC"]) > when) for r in rows)

    started = any(r["RNE"] == "S" and first < day(r["DECOM"]) <= last for r in rows)
    return open_on(first) and open_on(last) and not started


def test_no_statutory_results_where_there_were_none(shipped):
    for year in YEARS:
        for row in pupils_of(shipped, year):
            results = [row[name] for name in row if name == "GLD" or name.startswith(("KS1_", "KS2_"))]
            if year in ("2019-20", "2020-21") and any(results):
                assert row["ASSESSED_BY"] == "TEACHER"
            if row["KS4_MATHS"]:
                assert row["ASSESSED_BY"] == {"2019-20": "CAG", "2020-21": "TAG"}.get(year, "")
            if int(year[:4]) >= 2023:
                assert row["KEY_STAGE_END"] != "KS1" and not row["KS1_READING"]
            if year == "2025-26":
                assert not any(results) and not row["KS4_MATHS"] and not row["PEP_SUMMER"] and not row["TRANSITION"]


def test_pupils_values_are_possible(shipped):
    for year in YEARS:
        for row in pupils_of(shipped, year):
            if row["SESSIONS_POSSIBLE"]:
                missed = int(row["SESSIONS_AUTHORISED"]) + int(row["SESSIONS_UNAUTHORISED"])
                assert 0 <= missed <= int(row["SESSIONS_POSSIBLE"])
            assert (row["SUSPENSIONS"] == "0") == (float(row["SUSPENSION_DAYS"]) == 0)
            assert not row["ATTAINMENT_8"] or 0 <= float(row["ATTAINMENT_8"]) <= 90


def test_key_stage_2_is_not_the_published_set_of_percentages_in_any_year(shipped):
    dfe = {
        "2018-19": (75, 70, 55, 45),
        "2021-22": (57, 48, 57, 35),
        "2022-23": (44, 50, 50, 39),
        "2024-25": (53, 60, 67, 47),
    }
    council = {"2018-19": (49, 51, 52, 37), "2019-20": (60, 55, 65, 47), "2020-21": (57, 37, 47, 28)}
    for year in YEARS[:9]:
        cohort = [r for r in pupils_of(shipped, year) if r["LOOKED_AFTER_12M"] == "Y" and r["KS2_READING"]]
        parts = [[row[f"KS2_{s}"] == "Y" for s in ("READING", "WRITING", "MATHS")] for row in cohort]
        shares = tuple(round(100 * sum(p[i] for p in parts) / len(parts)) for i in range(3))
        shares += (round(100 * sum(map(all, parts)) / len(parts)),)
        for published in (dfe.get(year), council.get(year)):
            assert published is None or sum(a == b for a, b in zip(shares, published, strict=True)) <= 1


def test_one_identifier_one_birth_in_all_returns(annex_a, births):
    born: dict[str, str] = {}
    for year in YEARS:
        for rows in annex_a[year].values():
            for row in rows:
                child = row["Child Unique ID"]
                assert born.setdefault(child, row["Date of Birth"]) == row["Date of Birth"]
                assert child not in births or births[child] == day(row["Date of Birth"])


def test_teams_and_workers_are_codes(annex_a):
    for rows in annex_a["2021-22"].values():
        for row in rows:
            if row.get("Allocated Team"):
                assert row["Allocated Team"].split()[0] == "Team" and row["Allocated Worker"].split()[0] == "Worker"


def test_files_stay_small_and_plain(shipped):
    files = [file for file in shipped.rglob("*") if file.is_file()]
    assert max(file.stat().st_size for file in files) < 1_000_000
    assert sum(file.stat().st_size for file in files) < 26_000_000
    for file in files:
        content = file.read_bytes()
        assert b"\r" not in content and not content.startswith(b"\xef\xbb\xbf") and content.endswith(b"\n")


def test_the_same_seed_makes_the_shipped_bytes(tmp_path, shipped):
    generate(tmp_path, seed=DEFAULT_SEED)
    made = {file.relative_to(tmp_path): file for file in tmp_path.rglob("*") if file.is_file()}
    committed = {file.relative_to(shipped): file for file in shipped.rglob("*") if file.is_file()}
    assert sorted(made) == sorted(committed)
    different = [str(name) for name in sorted(made) if made[name].read_bytes() != committed[name].read_bytes()]
    assert not different


@pytest.fixture(scope="module")
def region(tmp_path_factory):
    folder = tmp_path_factory.mktemp("region")
    generate(folder, seed=5, children=900, authorities=2)
    return folder


def test_several_authorities_get_a_folder_each_of_about_the_size_asked_for(region):
    assert sorted(folder.name for folder in region.iterdir()) == ["authority-001", "authority-002"]
    for folder in region.iterdir():
        assert 200 < len(rows_of(folder / "ssda903" / "2020-21" / "header.csv")) < 500


@pytest.mark.parametrize(
    ("files", "columns"),
    [
        ("ssda903/*/header.csv", ["CHILD", "UPN"]),
        ("ssda903/*/sw_episodes.csv", ["SW_ID"]),
        ("annex_a/*/list_0[13-9].csv", ["Child Unique ID"]),
        ("annex_a/*/list_10.csv", ["Family identifier"]),
        ("virtual_school/*.csv", ["UPN"]),
        ("youth_offending/cases.csv", ["CHILD"]),
    ],
)
def test_no_identifier_stands_in_two_authorities(files, columns, region, shipped):
    for column in columns:
        found = [
            {row[column] for path in folder.glob(files) for row in rows_of(path)} - {"", "UN1", "UN3"}
            for folder in (shipped, *region.iterdir())
        ]
        assert all(found) and len(set.union(*found)) == sum(map(len, found)), column


def test_each_of_several_authorities_has_a_name_and_a_code_of_its_own(region):
    found = [read_authority(folder) for folder in sorted(region.iterdir())]
    assert [(each.name, each.area.code) for each in found] == [
        ("Synthetic authority AA", "E06009001"),
        ("Synthetic authority AB", "E06009002"),
    ]
    for folder, authority in zip(sorted(region.iterdir()), found, strict=True):
        card = tomllib.loads((folder / "source.toml").read_text(encoding="utf-8"))
        assert (card["label"], card["authority_code"]) == ("synthetic", authority.area.code)
        assert "nothing" in card["calibrated_to"] and authority.returns.resolve() == folder.resolve()


def test_authorities_made_by_two_processes_are_the_same(region, tmp_path):
    generate(tmp_path, seed=5, children=900, authorities=2, jobs=2)
    for path in region.rglob("*"):
        assert path.is_dir() or path.read_bytes() == (tmp_path / path.relative_to(region)).read_bytes()


def test_too_many_authorities_or_children_are_refused(tmp_path):
    with pytest.raises(UsageError, match="at most 199"):
        generate(tmp_path, authorities=200)
    with pytest.raises(UsageError, match="at most 80,000"):
        generate(tmp_path, children=80_001, authorities=2)
    assert not list(tmp_path.iterdir())


def test_an_authority_too_small_for_monthly_flows_is_refused(tmp_path):
    with pytest.raises(UsageError, match="at least 900"):
        generate(tmp_path, children=50)
    assert not list(tmp_path.iterdir())
