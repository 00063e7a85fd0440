"""The pages of a council that none of the shipped published figures are about, and that names no youth offending service."""

from dataclasses import replace
from functools import cache

import pytest
from page_in_process import shown_by, without

from analysis_lib.authority import Area
from analysis_lib.compare import lists_of, printed_by
from analysis_lib.page import open_page

KENT = Area("Kent", "E10000016")
NONE_OF_KENT = "the published tables have such figures of other areas, but none of Kent"
CITED = {"definitions"}  # a definition cites the council in whose papers it was found


@cache
def opened():
    """The demonstration's returns as Kent's."""
    page = without(open_page("2021-22-Q2"))
    region = Area("South East", "E12000008")
    kent = replace(page.authority, name=KENT.name, area=KENT, region=region, youth_service="", youth_service_areas=())
    tables = page.tables | {
        "statistical_neighbours": lists_of(page.tables["statistical_neighbours"], KENT),
        "council_figures": printed_by(page.tables["council_figures"], KENT),
    }
    return replace(page, authority=kent, tables=tables)


def boxes(outputs):
    return [each for each in outputs if each.kind == "closed"]


@pytest.mark.parametrize(
    ("name", "closed"),
    [
        ("demand", {"looked-after-trend", "protection-trend", "compared-rates", "in-need-dfe-rates"}),
        ("adoption_timescales", set()),
        ("yos_caseload_demographics", {"entrants"}),
    ],
)
def test_nothing_of_another_council_is_shown_and_what_is_not_held_is_closed(monkeypatch, name, closed):
    cells = shown_by(name, without(opened()), monkeypatch)
    for cell, outputs in cells.items():
        shown = " ".join(output.html for output in outputs)
        assert cell in CITED or "Middlesbrough" not in shown.replace("moderngov.middlesbrough", ""), cell
    assert {cell for cell, outputs in cells.items() if boxes(outputs)} == closed
    for cell in closed:
        (box,) = boxes(cells[cell])
        assert {reason.why for _, reason in box.closings} == {NONE_OF_KENT}
        assert "docs/how-to/add-published-figures.md" in box.html


def test_without_an_estimate_children_are_counted_and_no_rate_is_given(monkeypatch):
    cells = shown_by("demand", without(opened()), monkeypatch, only=["answer", "now-table", "careful-notes"])
    said = cells["answer"][0].text
    assert said[0] == "Children looked after by Kent on 30 September 2021: 543."
    no_rates = (
        "how many there are for every 10,000 children, because the published tables have no estimate of the people aged 0 "
        "to 17 in Kent in mid-2020 or before."
    )
    assert (
        said[-1]
        == f"This page cannot say {no_rates} Nor can it say how that compares with others, because {NONE_OF_KENT}."
    )
    assert cells["now-table"][0].csv.splitlines()[1].startswith("Children looked after,543,x,x,")
    assert no_rates in cells["now-table"][0].html and no_rates in cells["careful-notes"][0].html


def test_a_service_that_is_not_named_is_compared_with_nobody(monkeypatch):
    cells = shown_by("yos_caseload_demographics", without(opened()), monkeypatch)
    said = cells["answer"][0].text
    assert said[0].startswith("188 children were on the caseload of the youth offending service in April to September")
    assert "because it is not said which councils the youth offending service covers." in said[2]
    assert "Add [youth_offending] to authority.toml" in " ".join(cells["sex"][-1].text)
    assert cells["who"][0].csv.count("\n") > 10
