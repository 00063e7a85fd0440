"""The virtual school notebook, executed once per edition on the demonstration data, against plain counts from its CSVs."""

import csv
import re

import nbformat
import pytest
from executed_page import HOME, RAW, execute, shown

PUPILS = RAW / "virtual_school"
NAME = "virtual_school_outcomes"
NOTEBOOK = HOME / "notebooks" / f"{NAME}.ipynb"
SCHOOL_YEARS = {"R", *(str(year) for year in range(1, 12))}
BEFORE_THE_GAP = ("2016-17", "2017-18", "2018-19")
ABOVE_THE_SECTIONS = {"banner", "answer", "cards"}
KINDS = ABOVE_THE_SECTIONS | {
    "chart", "table", "note", "sentence", "questions", "commentary", "definitions", "quality", "provenance",
}  # fmt: skip


@pytest.fixture(scope="module")
def public(tmp_path_factory):
    return shown(execute(NAME, tmp_path_factory.mktemp("public"), period="2021-22-Q2", edition="public"))


@pytest.fixture(scope="module")
def restricted(tmp_path_factory):
    return shown(execute(NAME, tmp_path_factory.mktemp("restricted"), period="2021-22-Q2", edition="restricted"))


@pytest.fixture(scope="module")
def early(tmp_path_factory):
    return shown(execute(NAME, tmp_path_factory.mktemp("early"), period="2017-M05", edition="public"))


@pytest.fixture(scope="module")
def rows():
    """The pupils looked after for 12 months, by school year, straight from the CSVs."""
    pupils = {}
    for path in sorted(PUPILS.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            pupils[path.name[:7]] = [row for row in csv.DictReader(file) if row["LOOKED_AFTER_12M"] == "Y"]
    return pupils


def words(page):
    return [line for outputs in page.values() for output in outputs for line in output["text"]]


def in_section(page, cell):
    return [line for output in page[cell] for line in output["text"]]


def answer(page):
    return page["answer"][0]["text"]


def the_table(page, name):
    """A table of the page as {first cell: {heading: cell}}; rows of one label are told apart by their second cell."""
    (text,) = [
        output["csv"] for outputs in page.values() for output in outputs if output["name"] == name and output["csv"]
    ]
    head, *body = list(csv.reader(text.splitlines()))
    labels = [row[0] for row in body]
    return {
        row[0] if labels.count(row[0]) == 1 else (row[0], row[1]): dict(zip(head, row, strict=True)) for row in body
    }


def all_three(pupils):
    at_end = [row for row in pupils if row["KEY_STAGE_END"] == "KS2"]
    return sum(all(row[f"KS2_{subject}"] == "Y" for subject in ("READING", "WRITING", "MATHS")) for row in at_end), len(
        at_end
    )


def whole(numerator, denominator):
    return f"{int(100 * numerator / denominator + 0.5)}%"


def absence_rate(pupils):
    recorded = [row for row in pupils if row["NC_YEAR"] in SCHOOL_YEARS and int(row["SESSIONS_POSSIBLE"] or 0) > 0]
    missed = sum(int(row["SESSIONS_AUTHORISED"] or 0) + int(row["SESSIONS_UNAUTHORISED"] or 0) for row in recorded)
    return 100 * missed / sum(int(row["SESSIONS_POSSIBLE"]) for row in recorded)


def test_every_output_is_one_that_an_export_lets_through(public, restricted):
    for page in (public, restricted):
        assert all(output is not None for outputs in page.values() for output in outputs)
        assert {output["kind"] for outputs in page.values() for output in outputs} == KINDS


def test_key_stage_2_of_the_answer_is_the_plain_count_of_the_years_before_the_gap(public, restricted, rows):
    reached, base = (sum(each) for each in zip(*(all_three(rows[year]) for year in BEFORE_THE_GAP), strict=True))
    for page in (public, restricted):
        first = answer(page)[0]
        assert first.startswith(f"Of the {base} looked-after pupils ") and f" {whole(reached, base)} reached" in first
        assert "2016/17 to 2018/19" in first
        assert "There were no statutory assessments in 2020/21." in first
        assert "England's published figure for 2018/19 was 37%." in first
        table = the_table(page, "key_standards")
        assert table["Key stage 2: reading, writing and maths"]["Number"] == str(reached)


def test_absence_of_the_answer_is_the_plain_ratio_of_sums(public, rows):
    third = answer(public)[2]
    assert f"missed {absence_rate(rows['2020-21']):.1f}% of their school sessions" in third
    assert "No figure for England had been published by 30 November 2021" in third


def test_cohorts_are_plain_counts_and_small_numbers_are_hidden_in_public(public, restricted, rows):
    for stage, label in (("EYFS", "Early years (age five)"), ("KS2", "Key stage 2 (age eleven)"), ("KS4", "Key stage 4 (age sixteen)")):  # fmt: skip
        count = sum(row["KEY_STAGE_END"] == stage for row in rows["2020-21"])
        assert the_table(restricted, "cohorts")[label]["2020/21"] == str(count)
        assert the_table(public, "cohorts")[label]["2020/21"] == ("c" if 1 <= count <= 5 else str(count))


def test_suspended_pupils_are_a_plain_count(restricted, rows):
    school_age = [row for row in rows["2020-21"] if row["NC_YEAR"] in SCHOOL_YEARS]
    suspended = sum(int(row["SUSPENSIONS"] or 0) > 0 for row in school_age)
    days = sum(float(row["SUSPENSION_DAYS"] or 0) for row in school_age)
    assert the_table(restricted, "exclusions")["Pupils suspended at least once"]["2020/21"] == str(suspended)
    assert any(f"lost {days:,.0f} school days in all" in line for line in words(restricted))


def test_cancelled_years_are_gaps_and_teacher_assessments_stand_apart(restricted):
    table = the_table(restricted, "attainment")
    for label, row in table.items():
        assert row["2019/20"] == row["2020/21"] == "z", label
    assert set(next(iter(the_table(restricted, "teacher_assessments").values()))) - {"Standard"} <= {
        "2019/20",
        "2020/21",
    }
    (chart,) = [output for output in restricted["key-stage-2"] if output["kind"] == "chart"]
    assert "Break in series on 1 September 2019" in chart["text"][0]


def test_the_printed_table_is_shown_with_what_speaks_against_it(public):
    printed = the_table(public, "printed_results")
    assert printed["Key stage 1: all three"]["2020/21"] == "62"
    assert not any(label.startswith("Key stage 4") for label in printed)  # comes to very few pupils: not carried
    against = " ".join(in_section(public, "printed"))
    assert "62% for all three subjects and 40% for reading. That is impossible" in against
    assert "2019/20 has figures for early years, key stage 1 and key stage 2, though there were no statutory" in against
    assert "The key stage 2 figures of 2018/19 read like England's: all three 37% printed, 37% in England" in against
    assert "For Middlesbrough DfE has 45% in all three" in against
    attendance = " ".join(in_section(public, "absence"))
    assert "make 99.7%, not 100%; rounding cannot explain that" in attendance
    assert "make 15.6%, not 15.5%; rounding can explain that" in attendance


def test_every_share_in_the_answer_occurs_in_a_table(public, restricted):
    for page in (public, restricted):
        cells = set()
        for outputs in page.values():
            for output in outputs:
                cells |= {cell for line in csv.reader((output["csv"] or "").splitlines()) for cell in line}
        shares = {share for line in answer(page) for share in re.findall(r"(\d+(?:\.\d+)?)%", line)}
        limits = {limit for cell in cells if "% to " in cell for limit in re.findall(r"(\d+(?:\.\d+)?)%", cell)}
        assert shares
        assert shares <= cells | limits


def test_a_period_before_any_school_year_of_the_returns_says_so(early):
    told = answer(early)
    assert told[0] == "No results at the end of key stage 2 are held for any year to 2015/16."
    assert all("%" not in line for line in told)


def test_the_public_page_hides_what_the_restricted_one_shows(public, restricted):
    hidden = {name: sum(output["hidden"] for outputs in page.values() for output in outputs) for name, page in (("public", public), ("restricted", restricted))}  # fmt: skip
    assert hidden["public"] > hidden["restricted"]  # published figures that DfE hid are hidden in both
    for name in ("attainment", "attendance_bands", "needs_and_schools"):
        assert "c" not in {cell for row in the_table(restricted, name).values() for cell in row.values()}


def test_the_notebook_is_thin_and_committed_without_outputs():
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    lines = [line for cell in code for line in cell.source.splitlines() if line.strip()]
    assert len(lines) <= 45
    assert not [cell["id"] for cell in code if cell.outputs or cell.execution_count]
    assert not [line for line in lines if re.match(r"\s*(def|for|while|if|class|import pandas)\b", line)]
    assert notebook.metadata["panelpack"]["returns"] == ["virtual_school"]
