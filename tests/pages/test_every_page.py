"""What holds of every page, read from its HTML alone: each number is a marked-up figure or a word, and each figure in the
words of a page stands in one of its tables.
"""

import csv
import io
import json
from urllib.parse import parse_qsl

import pytest
from bs4 import BeautifulSoup
from executed_page import HOME, outputs_of_demonstration
from numbers_in_tables import NUMBER as WRITTEN
from numbers_in_tables import not_in_tables
from reading import EASY, JARGON, everything_read, jargon_in, narrative, reading_ease, spelled_out_later

from analysis_lib.disclosure.printed import PrintedFigure
from analysis_lib.report.chart import alternative
from analysis_lib.report.number_words import NUMBER, bare_numbers, vocabulary
from analysis_lib.report.quality import rule_words

PAGES = ("demand", "adoption_timescales", "virtual_school_outcomes", "yos_caseload_demographics")
# One in the middle, one soon after the returns begin, and one with everything that has been published since.
PERIODS = [("2021-22-Q2", "public"), ("2021-22-Q2", "restricted"), ("2017-18-Q3", "public"), ("2024-25-Q4", "public")]
MARKED = ("data-figure", "data-change", "data-rounded", "data-counted", "data-group", "data-published", "data-stated")


@pytest.fixture(scope="module", params=[(*when, name) for when in PERIODS for name in PAGES], ids=" ".join)
def cells(request):
    """The cells of a notebook, and what each of them shows."""
    period, edition, name = request.param
    return cells_of(name), outputs_of_demonstration(name, period=period, edition=edition)


@pytest.fixture(scope="module")
def page(cells):
    return [output for outputs in cells[1].values() for output in outputs]


def cells_of(name):
    return json.loads((HOME / "notebooks" / f"{name}.ipynb").read_text(encoding="utf-8"))["cells"]


def keys_of(soup):
    for element in soup.find_all(attrs={"data-figure": True}):
        yield element["data-figure"], element.text
    for element in soup.find_all(attrs={"data-change": True}):
        for key in element["data-change"].split(" "):
            yield key, ""


def groups_in(soup):
    return [value for key, text in keys_of(soup) for _, value in PrintedFigure.from_key(key, text).groups]


def left_over(html):
    """The bare numbers of what is not marked up."""
    soup = BeautifulSoup(html, "html.parser")
    known = {*groups_in(soup), *vocabulary()}
    texts = []
    for element in soup.find_all(True):
        if any(element.has_attr(name) for name in MARKED):
            element.string = " figure "
    for block in soup.find_all(["p", "li", "td", "th", "caption", "b", "dt", "dd", "summary"]):
        if not block.find(["p", "li", "td", "th", "caption", "dt", "dd", "summary"]):
            texts.append((block, " ".join(block.get_text(" ").split())))
    return [
        (block.name, text, numbers)
        for block, text in texts
        if (numbers := bare_numbers(text, known=[*known, *(rule_words() if block.name == "li" else ())]))
    ]


def test_no_number_is_left_over(page):
    assert [found for output in page for found in left_over(output.html)] == []


def test_every_figure_in_words_stands_in_a_table(page):
    assert not_in_tables("".join(output.html for output in page)) == []


def test_every_number_of_an_alternative_text_is_marked_up_beside_its_chart(page):
    for output in page:
        for image in BeautifulSoup(output.html, "html.parser").find_all("img"):
            beside = image.find_parent("figure")
            words = " ".join(each.get_text() for each in (beside.figcaption, beside.find("p", class_="description")))
            assert set(WRITTEN.findall(image["alt"])) <= set(WRITTEN.findall(words))


def test_every_key_says_which_figure_it_is_and_every_name_of_a_group_is_in_one(page):
    for output in page:
        soup = BeautifulSoup(output.html, "html.parser")
        named = [PrintedFigure.from_key(key, text) for key, text in keys_of(soup)]
        groups = {group for figure in named for group in figure.groups}
        for element in soup.find_all(attrs={"data-group": True}):
            (group,) = parse_qsl(element["data-group"])
            assert group in groups
            assert NUMBER.findall(element.text) == NUMBER.findall(group[1].replace("-", " "))


def test_the_csv_of_a_table_has_its_figures_cell_by_cell(page):
    for output in page:
        soup = BeautifulSoup(output.html, "html.parser")
        if output.csv is None:
            continue
        rows = [row for row in soup.table.tbody.parent.find_all("tr") if row.find("td")]
        plain = [[cell.text for cell in row.find_all(["th", "td"])] for row in rows]
        head, *printed = csv.reader(io.StringIO(output.csv))
        printed = [row[1:] if head[0] == "Block" else row for row in printed]
        assert [[as_number(cell) for cell in row] for row in plain] == [
            [as_number(cell) for cell in row] for row in printed
        ]


def as_number(cell):
    # A spreadsheet takes a leading minus for a formula: the CSV has an apostrophe before it.
    return cell.removeprefix("'").replace(",", "").removesuffix("%").removeprefix("+")


def test_the_alternative_of_every_chart_stands_on_its_page(page):
    charts = [BeautifulSoup(output.html, "html.parser").figure for output in page if output.kind == "chart"]
    for figure in charts:
        description = figure.find("p", class_="description").text
        assert figure.img["alt"] == alternative(figure.figcaption.b.text, description)
    assert charts


def test_it_is_easy_to_read(cells):
    assert reading_ease(narrative(*cells)) >= EASY


def test_it_has_no_jargon_and_no_acronym_before_its_words(cells):
    text = " ".join(narrative(*cells))
    assert jargon_in(text) == []
    assert spelled_out_later(text) == []
    assert JARGON


def test_no_acronym_comes_before_its_words_in_a_title_a_head_a_cell_a_card_or_the_text_of_a_picture(cells):
    assert spelled_out_later(everything_read(*cells)) == []


@pytest.mark.parametrize("name", PAGES)
def test_the_words_around_the_figures_of_a_notebook_hold_no_number(name):
    for cell in cells_of(name):
        if cell["cell_type"] == "markdown":
            assert bare_numbers("".join(cell["source"]), known=vocabulary()) == []
