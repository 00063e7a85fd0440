"""An invented caseload: a table of nothing but percentages tells how many children stand in each of its cells; the page that
goes through the gate does not, and still says what a board asks for."""

import csv
import json
import shutil
from dataclasses import replace

import pandas as pd
import pytest
from executed_page import HOME
from fake_pack import executed
from page_in_process import shown_by
from small_pack import key, small_pack_fixture, table

from analysis_lib.disclosure.attacker import adds_up, between, known_exactly, percentage
from analysis_lib.disclosure.printed import PrintedFigure
from analysis_lib.metrics.facts import every_measure
from analysis_lib.pack import audit as audits
from analysis_lib.pack import make
from analysis_lib.pack.plan import source_text
from analysis_lib.pack.printed import FIGURE, read_pack
from analysis_lib.page import open_page
from analysis_lib.results import round_half_up

pack = small_pack_fixture()
OLDEST = "17 or over"
GIRLS, BOYS = "Female", "Male"
# Invented: 30 girls and 160 boys, once by age, once by ethnic group, once by whether they were looked after.
COUNTS = {
    "age_band": {
        GIRLS: {"10-13": 4, "14": 5, "15": 7, "16": 9, OLDEST: 5},
        BOYS: {"10-13": 11, "14": 23, "15": 37, "16": 44, OLDEST: 45},
    },
    "ethnic_group": {
        GIRLS: {"White": 22, "Mixed": 3, "Asian": 2, "Black": 2, "Other": 1, "Not known": 0},
        BOYS: {"White": 133, "Mixed": 8, "Asian": 6, "Black": 4, "Other": 2, "Not known": 7},
    },
    "looked_after": {GIRLS: {"Yes": 7, "No": 23}, BOYS: {"Yes": 21, "No": 139}},
}
SEXES = {GIRLS: 30, BOYS: 160}
EVERYONE = 190
WORDS = {"14": "fourteen", "15": "fifteen", "16": "sixteen"}
CELLS = [(by, sex, group) for by, of_sex in COUNTS.items() for sex, counts in of_sex.items() for group in counts]


def number_of(by, sex, group):
    return COUNTS[by][sex][group]


SMALL = [cell for cell in CELLS if 0 < number_of(*cell) < 6]


def percent(number, base):
    return f"{float(round_half_up(100 * number / base, 1)):.1f}"


def test_the_caseload_is_as_it_says():
    assert sum(SEXES.values()) == EVERYONE and len(SMALL) == 9
    for of_sex in COUNTS.values():
        assert {sex: sum(counts.values()) for sex, counts in of_sex.items()} == SEXES


def table_of_percentages():
    """What the table tells whoever takes the whole caseload for smaller than twice what it is."""
    clues = [between("all", 1, 2 * EVERYONE - 1), adds_up("all", SEXES)]
    for sex, number in SEXES.items():
        clues += percentage(sex, "all", percent(number, EVERYONE), 1)
    for by, sex, group in CELLS:
        clues += percentage((by, sex, group), sex, percent(number_of(by, sex, group), SEXES[sex]), 1)
    clues += [adds_up(sex, [cell for cell in CELLS if cell[:2] == (by, sex)]) for by in COUNTS for sex in SEXES]
    return clues


def test_an_integer_program_works_out_every_count_of_it():
    counts = {cell: number_of(*cell) for cell in CELLS} | SEXES | {"all": EVERYONE}
    assert known_exactly(table_of_percentages(), counts) == counts


def naive_table():
    """The table of percentages as a page would print it that had not been through the gate."""
    rows = [
        (f"{sex} of all", key("cases_share", parts="sex", sex=sex), f"{percent(number, EVERYONE)}%")
        for sex, number in SEXES.items()
    ]
    rows += [
        (
            WORDS.get(group, group),
            key("cases_share", parts=by, **{by: group, "sex": sex}),
            f"{percent(number_of(by, sex, group), SEXES[sex])}%",
        )
        for by, sex, group in CELLS
    ]
    return table(rows, name="demographics", column="Share", caption="Caseload demographics")


def test_the_naive_page_is_stopped_and_every_small_cell_named(pack, monkeypatch):
    pack.cases = str(EVERYONE)
    reports = []
    audit_of = audits.audit_of
    monkeypatch.setattr(
        audits, "audit_of", lambda *args, **more: reports.append(audit_of(*args, **more)) or reports[-1]
    )
    outcome = pack.run(naive_table())
    assert outcome.published == [] and len(outcome.not_made) == 1
    (report,) = reports
    assert {finding.what for finding in report.findings} == {
        f"a number that must not be known can be worked out exactly: cases of {by} {group}, sex {sex}, 2021-09-30"
        for by, sex, group in SMALL
    }
    assert all("demand.html, table demographics, row" in finding.where for finding in report.findings)


# What comes out of the gate

PAGE = "yos_caseload_demographics"
AGES = {"10-13": 13, "14": 14, "15": 15, "16": 16, OLDEST: 17}
AGED_18 = 8  # of the boys who are 17 or over


def invented_cases():
    """The caseload of April to September 2021, one case a child."""
    children = []
    for sex, number in SEXES.items():
        of = {
            by: [group for group, count in of_sex[sex].items() for _ in range(count)] for by, of_sex in COUNTS.items()
        }
        children += [
            {"child_id": f"{sex}{at}", "sex": sex.lower(), "age": float(AGES[of["age_band"][at]])}
            | {by: of[by][at] for by in ("ethnic_group", "looked_after")}
            for at in range(number)
        ]
    for child in children[-AGED_18:]:
        child["age"] = 18.0
    frame = pd.DataFrame(children).assign(council_code="E06000002", intervention_type="court order")
    for column, day in (("intervention_start", "2021-05-01"), ("intervention_end", None), ("birth_date", None)):
        frame[column] = pd.to_datetime(pd.Series([day] * len(frame)))
    return frame.assign(looked_after=(frame["looked_after"] == "Yes").astype("boolean"))


@pytest.fixture(scope="module")
def cells():
    """What the real page shows of the invented caseload, by cell of its notebook."""
    page = open_page("2021-22-Q2", "public")
    page = replace(page, tables=page.tables | {"youth_offending_cases": invented_cases()})
    with pytest.MonkeyPatch.context() as patch:
        return shown_by(PAGE, page, patch)


@pytest.fixture
def published(pack, cells, monkeypatch):
    """The pack of that page alone, published."""
    notebook = json.loads((HOME / "notebooks" / f"{PAGE}.ipynb").read_text(encoding="utf-8"))
    parts = [
        source_text(cell) if cell["cell_type"] == "markdown" else [as_shown(each) for each in cells[cell["id"]]]
        for cell in notebook["cells"]
    ]
    monkeypatch.setattr(make, "execute", lambda task, **_: executed(*parts))
    monkeypatch.setattr(audits, "every_measure", every_measure)
    monkeypatch.setattr(audits, "_elsewhere", lambda *_: [])  # the tiny authority has no tables
    shutil.copytree(HOME / "data/raw/published", pack.home / "data/raw/published", dirs_exist_ok=True)
    outcome = pack.run()
    assert outcome.not_made == []
    return pack


def as_shown(output):
    data = output._repr_mimebundle_()
    return {"output_type": "display_data", "data": data, "metadata": {}}


def test_the_page_of_the_gate_is_safe(published):
    report = published.audit(measures=every_measure())
    assert report.findings == () and report.candidates > 20
    keys = (mark.keys[0] for mark in read_pack(published.folder).marks if mark.kind == FIGURE)
    by = {tuple(column for column, _ in PrintedFigure.from_key(key, "").groups) for key in keys}
    assert all(len({"sex", *COUNTS} & set(columns)) < 2 for columns in by)  # one way only


def test_it_still_tells_sex_broad_ethnicity_age_and_the_looked_after_share(published):
    with (published.folder / "tables/demand/caseload.csv").open(encoding="utf-8", newline="") as file:
        shown = {
            (row["Block"], row["What is counted"]): (row["Children"], row["Share"]) for row in csv.DictReader(file)
        }
    assert shown == {
        ("Caseload", "All children"): ("190", ""),
        ("Sex", "Female"): ("30", "16"),
        ("Sex", "Male"): ("160", "84"),
        ("Ethnicity", "All other known groups"): ("28", "15"),
        ("Ethnicity", "Not known"): ("7", "4"),
        ("Ethnicity", "White"): ("155", "82"),
        ("Age", "10-14"): ("43", "23"),
        ("Age", "15"): ("44", "23"),
        ("Age", "16"): ("53", "28"),
        ("Age", "17+"): ("50", "26"),
        ("Looked after", "Yes"): ("28", "15"),
        ("Looked after", "No"): ("162", "85"),
    }


def test_the_first_screen_says_them_in_sentences(cells):
    (answer,) = cells["answer"]
    size, sex, care, age, ethnicity = answer.text
    assert size.startswith("190 children were on the caseload")
    assert sex.startswith("Boys were 84% of the caseload. Of children aged 10 to 17 ")
    assert care.startswith("Of the caseload, 15% were looked after")
    assert age.startswith("Of the children under 18 on the caseload, 23% were 17")
    assert ethnicity.startswith("White children were 82% of the caseload, and 4% had no recorded ethnic group")
    assert answer.hidden == 0
