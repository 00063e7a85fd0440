"""The caseload notebook, executed once per edition on the demonstration data and once on an extract in the documented
template, against plain counts from the CSVs."""

import csv
import random
import re
import shutil
from collections import Counter
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import nbformat
import pytest
from executed_page import HOME, RAW, execute, shown

from analysis_lib.prepare import store_of

CASES = RAW / "youth_offending" / "cases.csv"
NAME = "yos_caseload_demographics"
NOTEBOOK = HOME / "notebooks" / f"{NAME}.ipynb"
FIRST, LAST = date(2021, 4, 1), date(2021, 9, 30)
GROUPS = {"W": "White", "M": "Mixed", "A": "Asian", "B": "Black", "C": "Chinese", "O": "Other", "R": "Not known", "N": "Not known"}  # fmt: skip


def page_of(folder, **parameters):
    """What the page shows, in its order."""
    cells = shown(execute(NAME, folder, **{"period": "2021-22-Q2", **parameters}))
    return [description for descriptions in cells.values() for description in descriptions]


@pytest.fixture(scope="module")
def public(tmp_path_factory):
    return page_of(tmp_path_factory.mktemp("public"), edition="public")


@pytest.fixture(scope="module")
def restricted(tmp_path_factory):
    return page_of(tmp_path_factory.mktemp("restricted"), edition="restricted")


@pytest.fixture(scope="module")
def children():
    return on_caseload(read(CASES), FIRST, LAST)


def read(path) -> list[dict]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def day(text: str) -> date:
    return date(*(int(part) for part in reversed(text.split("/"))))


def on_caseload(rows, first: date, last: date) -> list[dict]:
    """Who is on the caseload, by a loop over rows: sex, group, age, looked after, one per child."""
    found: dict[str, dict] = {}
    for row in sorted(rows, key=lambda row: (day(row["INTERVENTION_START"]), row["INTERVENTION_END"] == "")):
        end = day(row["INTERVENTION_END"]) if row["INTERVENTION_END"] else date.max
        if day(row["INTERVENTION_START"]) > last or end < first:
            continue
        child = found.setdefault(row["CHILD"], {"group": "Not known", "looked_after": "No", "last": first})
        child["sex"] = {"F": "Female", "M": "Male"}[row["SEX"][0].upper()]
        group = row["ETHNICITY"] if row["ETHNICITY"] in GROUPS.values() else GROUPS[row["ETHNICITY"][0]]
        child["group"] = group if group != "Not known" else child["group"]
        child["looked_after"] = "Yes" if row["LOOKED_AFTER"] == "Y" else child["looked_after"]
        child["last"] = max(child["last"], min(end, last))
        if row.get("AGE"):
            child["age"] = int(row["AGE"])
        else:
            born = day(row["DATE_OF_BIRTH"])
            had_birthday = (child["last"].month, child["last"].day) >= (born.month, born.day)
            child["age"] = child["last"].year - born.year - (not had_birthday)
    return list(found.values())


def band(age: int) -> str:
    return "Not known or under 10" if age < 10 else "10-13" if age <= 13 else "17+" if age >= 17 else str(age)


def the_table(page, name) -> list[list[str]]:
    (text,) = [output["csv"] for output in page if output["name"] == name and output["csv"]]
    return list(csv.reader(text.splitlines()))


def words(page) -> str:
    return " ".join(line for output in page for line in output["text"])


def percent(part: int, whole: int) -> str:
    return str((Decimal(100 * part) / whole).quantize(Decimal("0.1"), ROUND_HALF_UP)) if whole else "z"


def expected_table(children) -> dict[tuple[str, str], list[str]]:
    """The service's own table by counting, as printed: block and row -> female, male, all."""
    columns = [[child for child in children if child["sex"] in sexes] for sexes in (["Female"], ["Male"], ["Female", "Male"])]  # fmt: skip
    table = {("Gender", "All cases"): [percent(len(those), len(children)) for those in columns]}
    for block, names, of_child in (
        ("Ethnicity", ["Asian", "Black", "Chinese", "Mixed", "Not Known", "Other", "White"], lambda child: child["group"].replace("known", "Known")),
        ("Age", ["10-13", "14", "15", "16", "17+"], lambda child: band(child["age"])),
        ("Looked after", ["Yes", "No"], lambda child: child["looked_after"]),
    ):  # fmt: skip
        for name in names:
            table[block, name] = [percent(sum(of_child(each) == name for each in those), len(those)) for those in columns]  # fmt: skip
        if block != "Looked after":
            table[block, "All"] = [percent(len(those), len(those)) for those in columns]
    return table


def printed_table(page) -> dict[tuple[str, str], list[str]]:
    head, *rows = the_table(page, "caseload_demographics")
    assert head == ["Block", "What is counted", "Female", "Male", "All", "Figures"]
    return {(row[0], row[1]): row[2:5] for row in rows}


def test_the_restricted_page_has_the_services_own_table(restricted, children):
    printed = printed_table(restricted)
    assert printed.pop(("Gender", "Population Estimate")) == ["48.5", "51.5", "100.0"]  # as the service printed it
    assert printed == expected_table(children)
    assert list(printed) == list(expected_table(children))


@pytest.fixture
def own_folder(tmp_path):
    """A council's own folder of returns; the tables prepared from it are removed again."""
    folder = tmp_path / "own_returns"
    folder.mkdir()
    yield folder
    store = store_of(folder, HOME / "data" / "processed")
    for version in store.parent.glob(f".{store.name}.*"):
        shutil.rmtree(version)
    store.unlink(missing_ok=True)


def test_any_extract_in_the_documented_template_gives_the_services_own_table(own_folder, tmp_path):
    """Invented children, ages given, several interventions to a child, headings as the template writes them."""
    chance = random.Random(20211130)
    rows = []
    for number in range(260):
        facts = {
            "CHILD": f"Y{number}",
            "SEX": chance.choice(["F", "M", "M", "M", "Male", "Female"]),
            "AGE": str(chance.randint(10, 18)),
            "ETHNICITY": chance.choice(["WBRI", "White", "MWBC", "APKN", "BAFR", "CHNE", "OOTH", "NOBT"]),
        }
        for _ in range(chance.choice([1, 1, 2])):
            start = date(2021, chance.randint(1, 9), chance.randint(1, 28))
            end = f"{chance.randint(1, 28):02d}/{start.month + chance.randint(1, 3):02d}/2021"
            rows.append(
                {
                    **facts,
                    "LOOKED_AFTER": chance.choice("YNNN"),
                    "INTERVENTION_START": f"{start:%d/%m/%Y}",
                    "INTERVENTION_END": chance.choice([end, ""]),
                }
            )
    with (own_folder / "extract.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    page = page_of(tmp_path, edition="restricted", data=str(own_folder))
    printed = printed_table(page)
    assert printed.pop(("Gender", "Population Estimate")) == ["48.5", "51.5", "100.0"]
    assert printed == expected_table(on_caseload(rows, FIRST, LAST))
    assert "there is no file of SSDA903 Episodes among the returns" in words(
        page
    )  # no SSDA903: looked-after children cannot be compared
    assert "does not reach back" in words(page)  # nothing had ended by 30 September 2020


def test_the_public_page_counts_the_same_children(public, children):
    rows = {(row[0], row[1]): row[2] for row in the_table(public, "caseload")[1:]}
    assert rows["Caseload", "All children"] == str(len(children))
    sexes = Counter(child["sex"] for child in children)
    assert rows["Sex", "Female"] == str(sexes["Female"]) and rows["Sex", "Male"] == str(sexes["Male"])
    groups = Counter(child["group"] for child in children)
    assert rows["Ethnicity", "White"] == str(groups["White"])
    bands = Counter(band(child["age"]) for child in children)
    assert rows["Age", "10-14"] == str(bands["10-13"] + bands["14"])
    assert rows["Looked after", "Yes"] == str(sum(child["looked_after"] == "Yes" for child in children))
    answer = next(output for output in public if output["kind"] == "answer")["text"]
    assert answer[0].startswith(
        f"{len(children)} children were on the caseload of the South Tees Youth Offending Service"
    )


def test_last_years_months_are_counted_the_same_way(public):
    before = on_caseload(read(CASES), date(2020, 4, 1), date(2020, 9, 30))
    rows = {row[1]: row for row in the_table(public, "caseload_change")[1:]}
    assert rows["All children"][3] == str(len(before))
    assert f"({len(before)})" in words(public)


def test_the_public_page_shows_no_count_of_one_to_five_and_no_sex_by_ethnicity(public):
    assert not [output for output in public if output["name"] == "caseload_demographics"]
    for output in public:
        if output["csv"] and output["name"].startswith("caseload"):
            head, *rows = csv.reader(output["csv"].splitlines())
            counts = [place for place, name in enumerate(head) if name.startswith("Children")]
            small = [row for row in rows for place in counts if row[place] in list("12345")]
            assert not small, output["name"]


def test_the_relative_rate_is_the_ratio_of_the_two_rates(restricted, children):
    sexes = Counter(child["sex"] for child in children)
    with (HOME / "data" / "raw" / "published" / "population.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["area_code"] in ("E06000002", "E06000003")]
    people = Counter()
    for row in rows:
        if row["year"] == "2020" and row["age"].isdigit() and 10 <= int(row["age"]) <= 17:
            people[row["sex"]] += int(row["population"])
    rate = (sexes["Male"] / people["male"]) / (sexes["Female"] / people["female"])
    (male,) = [row for row in the_table(restricted, "caseload_by_sex") if row[0] == "Male"]
    assert float(male[6]) == pytest.approx(rate, abs=0.051)


def test_every_figure_in_a_sentence_is_in_a_table_or_beside_its_interval(restricted):
    cells = {
        cell.strip("%+")
        for output in restricted
        if output["csv"]
        for row in csv.reader(output["csv"].splitlines())
        for cell in row
    }
    answer = next(output for output in restricted if output["kind"] == "answer")["text"]
    # the broad ethnic groups and the host council's children stand in sentences only
    for sentence in (answer[0], answer[1], answer[3]):
        plain = re.sub(r"\(95% interval [^)]*\)|aged 10 to 17|under 18|\b17\b|20\d\d", "", sentence)
        figures = re.findall(r"\d[\d,.]*\d|\d", re.sub(r"\(\d+%\)|(up|down) \d+", "", plain))
        assert [figure for figure in figures if figure not in cells] == []


def test_the_page_says_what_is_synthetic_and_what_is_not_shown(public):
    said = words(public)
    assert "not repeated here" in said
    assert "England is missing" in said
    assert "after this page's own date" in said
    assert {"synthetic"} <= {origin for output in public for origin in output["origin"]}


def test_only_children_under_18_are_compared_by_age_and_the_others_are_numbered(public, restricted):
    children = on_caseload(read(CASES), FIRST, LAST)
    young = [child for child in children if child["age"] < 18]
    of_17 = sum(child["age"] == 17 for child in young)
    for page in (public, restricted):
        rows = {row[0]: row for row in the_table(page, "caseload_by_age")}
        assert rows["17"][1] == str(of_17) and "17+" not in rows
        assert f"18: {len(children) - len(young)} aged 18 or over." in words(page)
    (row,) = [row for row in the_table(restricted, "caseload_by_age") if row[0] == "17"]
    assert row[2] == percent(of_17, len(young))


def test_the_relative_rate_of_looked_after_children_names_its_estimate_and_both_origins(public):
    answer = next(output for output in public if output["kind"] == "answer")
    said, origins = answer["text"][2], answer["sentence_origins"][2]
    assert "How many children live in Middlesbrough is from the Office for National Statistics mid-2020 population estimate, as first published" in said  # fmt: skip
    assert origins == ["synthetic", "published"]
    (caution,) = [output for output in public if output["kind"] == "note" and "at any time of the intervention" in words([output])]  # fmt: skip
    assert "who is looked after by another council counts with the looked-after children" in words([caution])


def test_the_notebook_is_thin_and_committed_without_outputs():
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(not cell.outputs and cell.execution_count is None for cell in code)
    assert sum(len([line for line in cell.source.splitlines() if line.strip()]) for cell in code) <= 40
    assert not re.search(r"^\s*(for|def|if|while|class) ", "\n".join(cell.source for cell in code), re.MULTILINE)
    assert notebook.metadata["panelpack"]["returns"] == ["youth_offending"]
    assert len({cell["id"] for cell in notebook.cells}) == len(notebook.cells)
