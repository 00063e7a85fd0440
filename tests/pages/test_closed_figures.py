"""Each page without each of the tables that it can do without: one box a section, the answer's sentence, the rest as it was."""

from functools import cache

import pytest
from executed_page import outputs_of_demonstration
from page_in_process import shown_by, without, without_column

from analysis_lib.page import open_page
from analysis_lib.report.output import Output, escape

DEMAND, ADOPTION, SCHOOL, YOUTH = (
    "demand",
    "adoption_timescales",
    "virtual_school_outcomes",
    "yos_caseload_demographics",
)
NO_LIST_6 = "there is no file of Annex A list 6 (children in need) among the returns"
NO_LIST_7 = "there is no file of Annex A list 7 (child protection plans) among the returns"
NO_AD1 = "there is no file of SSDA903 AD1 among the returns"
NO_DECISIONS = "there is no file of SSDA903 PlacedAdoption among the returns"
NO_HEADER = "there is no file of SSDA903 Header among the returns"
NO_EPISODES = "there is no file of SSDA903 Episodes among the returns"
WHOLE = {
    "definitions",
    "quality",
    "provenance",
    "open",
    "answer",
    "cards",
    "questions",
}  # cells that tell of the whole page

# notebook, tables that are not there, cells with a box, cells that say in words what is missing, the answer's last words
ABSENT = [
    (DEMAND, ("cp_plans",), {"protection-trend", "need-trend"}, {"now-table"},
     f"This page cannot say how many children are on a child protection plan and how many are on a child in need plan "
     f"alone, because {NO_LIST_7}."),
    (DEMAND, ("cin_plans",), {"need-trend"}, {"now-table"},
     f"This page cannot say how many are on a child in need plan alone, because {NO_LIST_6}."),
    (DEMAND, ("cin_plans", "cp_plans"), {"protection-trend", "need-trend"}, {"now-table"},
     f"This page cannot say how many children are on a child protection plan, because {NO_LIST_7}. "
     f"Nor can it say how many are on a child in need plan alone, because {NO_LIST_6}."),
    (DEMAND, ("children",), {"looked-after-trend"}, set(), ""),
    (ADOPTION, ("adoptions",), {"stage-by-stage", "dates-audited"}, {"scorecard"},
     f"This page cannot say which stage took longest, because {NO_AD1}."),
    (ADOPTION, ("placement_decisions",),
     {"waiting-by-stage", "stage-by-stage", "curve-moved-in", "dates-audited"}, {"adopted-by-year"},
     "This page cannot say which stage took longest, how many children still wait and how soon after the placement "
     f"order half of the children had moved in, because {NO_DECISIONS}."),
    (ADOPTION, ("adoption_list",), set(),
     {"waiting-by-stage", "adopted-by-year", "scorecard", "stage-by-stage", "dates-audited"}, ""),
    (ADOPTION, ("children",), {"dates-audited"}, set(), ""),
    (YOUTH, ("care_periods", "children"), set(), {"looked-after"}, ""),
    (YOUTH, ("school_census_ethnicity",), set(), set(), ""),
]  # fmt: skip


EDITIONS = ["public", "restricted"]


@cache
def opened(edition):
    return open_page("2021-22-Q2", edition)


@cache
def whole(name, edition):
    """What a page shows from all of its returns, made once."""
    return outputs_of_demonstration(name, period="2021-22-Q2", edition=edition)


def boxes(outputs):
    return [each for each in outputs if each.kind == "closed"]


def content(outputs):
    return [(each.kind, each.name, each.text, each.csv) for each in outputs]


def assert_it_says_what_why_and_what_to_do(box):
    for figure, reason in box.closings:
        assert escape(figure) in box.html and figure[0].isupper() and "_" not in figure
        assert reason.why[1:] in box.html and "Put the file into the folder of returns" in box.html


@pytest.mark.parametrize("name", [DEMAND, ADOPTION, YOUTH])
def test_no_page_has_a_box_where_all_returns_are_there(name):
    cells = whole(name, "public")
    assert not [box for outputs in cells.values() for box in boxes(outputs)]
    assert len(cells["answer"][0].text) == 5


@pytest.mark.parametrize(
    ("edition", "name", "tables", "closed", "told", "said"),
    [*(("public", *case) for case in ABSENT), ("restricted", *ABSENT[2]), ("restricted", *ABSENT[5])],
)
def test_what_is_absent_closes_its_own_figures_once_a_section_and_no_others(
    monkeypatch, edition, name, tables, closed, told, said
):
    before = whole(name, edition)
    cells = shown_by(name, without(opened(edition), *tables), monkeypatch)
    assert all(isinstance(output, Output) for outputs in cells.values() for output in outputs)
    assert {cell for cell, outputs in cells.items() if boxes(outputs)} == closed
    assert all(len(boxes(cells[cell])) == 1 for cell in closed)
    for cell in cells.keys() - closed - told - WHOLE:
        assert content(cells[cell]) == content(before[cell]), cell
    asked_anew = set(cells["questions"][0].text) - set(before["questions"][0].text)
    assert all(line.startswith("This page cannot say ") for line in asked_anew), asked_anew
    answer = cells["answer"][0]
    assert answer.text[-1] == said if said else "This page cannot say" not in " ".join(answer.text)
    assert len(answer.text) == len(answer.sentence_origins) <= 6
    for cell in closed:
        (box,) = boxes(cells[cell])
        assert_it_says_what_why_and_what_to_do(box)
        gone = len(before[cell]) - len(cells[cell]) + 1
        notes = len([each for each in before[cell] if each.kind == "note"])
        assert len(box.closings) in (gone, gone - notes), "each figure that is not shown is named"


def test_the_plans_that_are_there_are_counted_without_those_that_are_not(monkeypatch):
    said = shown_by(DEMAND, without(opened("public"), "cin_plans"), monkeypatch, only=["answer"])["answer"][0].text
    assert said[3] == whole(DEMAND, "public")["answer"][0].text[3].split(" Another ")[0]


def test_children_in_need_alone_are_not_counted_without_the_plans_that_leave_them_out(monkeypatch):
    cells = shown_by(DEMAND, without(opened("public"), "cp_plans"), monkeypatch, only=["now-table"])
    assert "need plan alone" not in cells["now-table"][0].csv
    assert f"because {NO_LIST_7}." in cells["now-table"][0].html


def test_an_unreadable_file_is_named_with_its_problem(monkeypatch):
    problem = "list_07.csv, line 1: expected a CSV file. Export it again."
    page = without(opened("public"), "cp_plans", card={"closed": {"list_07": problem}})
    cells = shown_by(DEMAND, page, monkeypatch, only=["answer", "protection-trend"])
    (box,) = boxes(cells["protection-trend"])
    assert box.closings[0][1].why == "the file of Annex A list 7 (child protection plans) cannot be used"
    assert problem in box.html
    assert "because the file of Annex A list 7 (child protection plans) cannot be used." in cells["answer"][0].text[-1]


@pytest.mark.parametrize(
    ("name", "table", "column", "closed", "open"),
    [
        (DEMAND, "cp_plans", "plan_end", ["protection-trend", "need-trend"], ["looked-after-trend", "now-table"]),
        (DEMAND, "children", "uasc", ["looked-after-trend"], ["now-table"]),
        (ADOPTION, "adoptions", "match_date", ["waiting-by-stage", "scorecard"], []),
        (SCHOOL, "pupils", "suspensions", ["exclusions"], ["plans"]),
        (SCHOOL, "pupils", "pep_spring", ["plans"], ["exclusions"]),
        (YOUTH, "youth_offending_cases", "intervention_type", [], ["who"]),
    ],
)
def test_a_closed_column_closes_what_uses_it(monkeypatch, name, table, column, closed, open):
    problem = "file.csv, line 1: expected this column. Export it again."
    page = without_column(opened("public"), table, column, problem)
    cells = shown_by(name, page, monkeypatch, only=[*closed, *open])
    assert [cell for cell in cells if boxes(cells[cell])] == closed
    for cell in closed:
        (box,) = boxes(cells[cell])
        assert f"A column that it needs is missing or cannot be used ({column.replace('_', ' ')})" in box.html
        assert problem in box.html


def test_a_sentence_that_is_closed_leaves_the_others_of_its_paragraph(monkeypatch):
    page = without_column(opened("public"), "children", "uasc", "No file.")
    (said,) = [
        output
        for output in shown_by(DEMAND, page, monkeypatch, only=["looked-after-trend"])["looked-after-trend"]
        if output.kind == "sentence"
    ]
    assert said.text[0].startswith("Children looked after: ")
    assert said.text[1] == (
        "This page cannot say how many of them are unaccompanied asylum-seeking children, because a column that it needs "
        "is missing or cannot be used (uasc)."
    )


def test_any_other_missing_column_stops_the_page(monkeypatch):
    broken = without(opened("public"))
    broken.tables["cp_plans"] = broken.tables["cp_plans"].drop(columns="plan_end")
    with pytest.raises(KeyError, match="plan_end"):
        shown_by(DEMAND, broken, monkeypatch, only=["protection-trend"])
