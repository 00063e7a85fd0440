"""Every printed figure is marked up with which number it is: tables, sentences and charts speak of the same figures."""

import csv
import io
import re
import xml.etree.ElementTree as ET
from base64 import b64decode

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup

from analysis_lib.authority import DisclosurePolicy
from analysis_lib.disclosure import release
from analysis_lib.disclosure.printed import PrintedFigure
from analysis_lib.errors import DisclosureError
from analysis_lib.metrics.counting import build
from analysis_lib.periods import Period
from analysis_lib.report import bars, change, curve, figures, joined, note, say, spreads, trend
from analysis_lib.report.chart import alternative
from analysis_lib.report.figure import denominator, interval, numerator
from analysis_lib.report.number_words import bare_numbers
from analysis_lib.report.quality import quality
from analysis_lib.report.sentence import Sentence, group_name
from analysis_lib.report.table import Quoted, table
from analysis_lib.results import PUBLISHED, Measure

POLICY = DisclosurePolicy.alike(threshold=6, min_percentage_base=10, min_average_base=10, min_quartile_base=20)
QUARTER = Period.parse("2021-22-Q2")
CHILDREN = Measure("children", "Children looked after", "Children in care.", "children", "neither", "DfE")
SHARE = Measure("share", "Share on time", "Share on time.", "%", "higher is better", "local", decimals=1)
MONTHS = pd.date_range("2021-01-31", periods=6, freq="ME")


def public(result, label="synthetic"):
    return release(result, edition="public", policy=POLICY, label=label)


def stock(*numbers):
    frame = pd.DataFrame({"period_start": pd.NaT, "period_end": MONTHS[: len(numbers)], "numerator": numbers})
    return public(build.count(CHILDREN, frame))


def share(**groups):
    counts = pd.DataFrame([{"group": name, "numerator": k, "denominator": n} for name, (k, n) in groups.items()])
    return public(build.proportion(SHARE, counts, groups=["group"], when=QUARTER))


def soup(html):
    return BeautifulSoup(html, "html.parser")


def key(what="value", measure="share", groups="?group=a", span="2021-07-01/2021-09-30"):
    return f"{measure}{groups};{span};{what};;0"


def test_each_cell_of_a_table_says_which_number_it_is_and_hidden_ones_keep_it():
    show = ("value", "numerator", "denominator", "interval")
    made = figures("share", "Share", share(a=(24, 213), b=(3, 213)), label="group", show=show)
    page = soup(made.html)
    assert page.table["data-table"] == "share"
    first, second = (
        [(td.get("data-figure"), td.text) for td in row.find_all("td")] for row in page.tbody.find_all("tr")
    )
    assert first == [(key(what), text) for what, text in zip(show, ["11%", "24", "213", "7% to 17%"], strict=True)]
    assert second == [(key(what, groups="?group=b"), "c") for what in show]


def test_every_key_of_a_table_is_that_of_the_released_value():
    released = share(a=(24, 213))
    cell = soup(figures("share", "Share", released, label="group").html).td
    assert PrintedFigure.from_key(cell["data-figure"], cell.text) == PrintedFigure.of_value(
        released.latest(), "value", "11%"
    )


def test_a_number_above_a_thousand_is_plain_in_the_csv_alone():
    made = figures("s", "S", share(a=(1200, 2400)), label="group", show=("numerator", "denominator"))
    assert [td.text for td in soup(made.html).find_all("td")] == ["1,200", "2,400"]
    assert list(csv.reader(io.StringIO(made.csv)))[1] == ["a", "1200", "2400"]


def test_a_row_without_a_base_has_an_empty_cell_that_is_no_figure():
    counted = public(build.count(CHILDREN, pd.DataFrame({"numerator": [20]}), when=MONTHS[0]))
    cells = soup(figures("s", "S", counted, show=("value", "interval")).html).find_all("td")
    assert [(cell.text, cell.has_attr("data-figure")) for cell in cells] == [("20", True), ("", False)]


@pytest.mark.parametrize(
    ("then", "now", "text"), [(570, 543, "down 27 (5%)"), (543, 543, "no change"), (3, 570, "c")]
)  # fmt: skip
def test_a_change_in_a_table_names_its_two_figures(then, now, text):
    before, after = stock(then, now).values()
    cell = soup(table("t", "T", ["", "Change"], [["all", change(after, before)]]).html).td
    at = [f"children;/{day:%Y-%m-%d};value;;0" for day in (MONTHS[1], MONTHS[0])]
    assert (cell["data-change"].split(" "), cell.text) == (at, text)


def test_the_figures_of_a_sentence_are_marked_up_and_its_text_is_as_read():
    before, after = stock(570, 543).values()
    said = say("{n} on {day}, {change} {then}.", n=after, day=MONTHS[1], change=change(after, before), then=before)
    assert said.text == "543 on 28 February 2021, down 27 (5%) from 570."
    now, then = (f"children;/{day:%Y-%m-%d};value;;0" for day in (MONTHS[1], MONTHS[0]))
    assert said.marked == (
        f'<span data-figure="{now}">543</span> on <time datetime="2021-02-28">28 February 2021</time>, '
        f'<span data-change="{now} {then}">down 27 (5%)</span> from <span data-figure="{then}">570</span>.'
    )


def test_numerator_base_and_interval_are_marked_up_in_a_sentence():
    value = share(a=(24, 213)).latest()
    said = say("{k} of {n} ({i})", k=numerator(value), n=denominator(value), i=interval(value))
    assert said.text == "24 of 213 (7% to 17%)"
    marked = [(each["data-figure"], each.text) for each in soup(said.marked).find_all("span")]
    assert marked == [(key("numerator"), "24"), (key("denominator"), "213"), (key("interval"), "7% to 17%")]


def test_a_hidden_figure_of_a_sentence_keeps_its_key_and_its_base_takes_the_other_words():
    hidden = share(a=(3, 213)).latest()
    assert soup(say("{n}", n=hidden).marked).span["data-figure"] == key()
    assert say("{n} of them", n=denominator(hidden), otherwise="not shown").text == "not shown"


def test_a_sentence_in_a_sentence_keeps_its_marks_and_periods_are_times():
    inner = say("{n} children", n=stock(543).latest())
    outer = say("In {when}: {both}.", when=QUARTER, both=joined([inner, say("no others")]))
    assert outer.text == "In July to September 2021 (quarter 2): 543 children and no others."
    assert inner.marked in outer.marked
    assert '<span data-period="2021-07-01/2021-09-30">July to September 2021 (quarter 2)</span>' in outer.marked
    assert outer.marked in note(outer).html


def test_text_is_escaped_in_and_beside_figures():
    said = say("<b>{name}</b>", name='<i>"x"')
    assert said.marked == "&lt;b&gt;&lt;i&gt;&quot;x&quot;&lt;/b&gt;" and said.text == '<b><i>"x"</b>'


def test_a_group_with_a_number_in_its_name_says_which_group_it_is():
    counts = pd.DataFrame({"age_band": ["10-13", "14"], "numerator": [10, 11]})
    ages = public(build.count(CHILDREN, counts, groups=["age_band"], when=MONTHS[0]))
    young, older = ages.values()
    assert say("{g}", g=group_name(older, "age_band")).marked == '<span data-group="age_band=14">14</span>'
    assert say("{g}", g=group_name(young, "age_band", "10 to 13")).text == "10 to 13"
    with pytest.raises(DisclosureError, match="other numbers"):
        group_name(young, "age_band", "10 to 14")


def test_words_are_quoted_from_published_figures_only():
    with pytest.raises(DisclosureError, match="published"):
        Quoted.of(stock(543).latest(), "over 15")
    theirs = public(build.count(CHILDREN, pd.DataFrame({"numerator": [20]}), when=MONTHS[0]), PUBLISHED).latest()
    made = table("t", "T", ["", "n", "What to know"], [["all", theirs, Quoted.of(theirs, "printed as over 15")]])
    assert "<td data-published>printed as over 15</td>" in made.html


def test_rows_counted_in_the_data_quality_table_say_what_they_are_rounded_to():
    read = pd.DataFrame([{"table": "episodes", "family": "ssda903", "files": 3, "rows": 2348, "left_out": 0, "superseded": 12, "closed": False}])  # fmt: skip
    problems = pd.DataFrame([{"file": "a", "line": n, "column": "DEC", "value": "", "expected": "a day", "advice": "It is counted.", "severity": "warning", "table": "episodes"} for n in range(13)])  # fmt: skip
    extracts = pd.DataFrame([{"family": "ssda903", "label": "synthetic", "extract_date": MONTHS[0], "given": True}])
    for edition, base, rows, times in (("public", "5", "2,350", "15"), ("restricted", "1", "2,348", "13")):
        page = soup(
            quality("Used", {"episodes"}, rows_read=read, problems=problems, extracts=extracts, edition=edition).html
        )
        cells = page.find_all("td", attrs={"data-rounded": base})
        assert [cell.text for cell in cells][:1] == [rows] and len(cells) == 5
        assert [cell.text for cell in page.find_all("td", attrs={"data-counted": "files"})] == ["3"]
        assert page.li.span.text == times and page.li.span["data-rounded"] == base


@pytest.fixture(scope="module")
def charts():
    numbers = stock(570, 560, 3, 543)
    shown = figures("stock", "Stock", numbers)
    low, middle, high = stock(100, 200, 300).values()
    steps = pd.DataFrame({"days": [0, 90], "numerator": [0, 30], "denominator": [60, 60]})
    survival = public(build.proportion(SHARE, steps, groups=["days"], when=QUARTER))
    return {
        "trend": trend("t", say("Down to {n}", n=numbers.latest()), {"Ours": numbers}, y_label="Children", table=shown),
        "bars": bars("b", "Few", {"Ours": share(a=(24, 213), b=(3, 213))}, category="group", x_label="%", table=shown),
        "spreads": spreads("s", "Long", [("Order to match", low, middle, high)], x_label="Days", table=shown),
        "curve": curve("c", "Half wait", {"All": survival}, x="days", x_label="Days", y_label="%", table=shown),
    }


KINDS = ("trend", "bars", "spreads", "curve")


@pytest.mark.parametrize("kind", KINDS)
def test_the_alternative_of_a_chart_is_its_finding_and_the_description_on_the_page(charts, kind):
    figure = soup(charts[kind].html).figure
    description = figure.details.find("p", class_="description")
    assert figure.img["alt"] == alternative(figure.figcaption.b.text, description.text)


@pytest.mark.parametrize("kind", KINDS)
def test_no_number_of_a_chart_is_unaccounted_for(charts, kind):
    figure = soup(charts[kind].html).figure
    for marked in figure.select("td, span:not(.origin)"):
        assert marked.has_attr("data-figure") or marked.has_attr("data-group")
        marked.string = "figure"
    assert bare_numbers(figure.get_text(" ")) == []


def svg(output):
    return b64decode(soup(output.html).img["src"].split(",", 1)[1]).decode()


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_holds_nothing_but_what_is_seen(charts, kind):
    picture = svg(charts[kind])
    assert not re.search(
        r"<metadata|<!--|<!DOCTYPE|<title|<desc|matplotlib|20\d\d-\d\d-\d\d",
        re.sub(r'data-figure="[^"]*"', "", picture),
    )
    ids = re.findall(r' id="([^"]*)"', picture)
    assert ids == [f"a{ids.index(each)}" for each in ids] or all(re.fullmatch(r"a\d+", each) for each in ids)
    assert {each for pair in re.findall(r'url\(#([^)]+)\)|href="#([^"]+)"', picture) for each in pair if each} == set(
        ids
    )


@pytest.mark.parametrize("kind", KINDS)
def test_the_texts_of_a_picture_are_words_ticks_or_marked_figures(charts, kind):
    def walk(element, inside):
        inside = inside or element.get("class") in ("tick", "legend") or element.get("data-figure") is not None
        if element.text and element.text.strip() and element.tag.endswith("text"):
            assert inside or bare_numbers(element.text) == [], element.text
        for child in element:
            walk(child, inside)

    walk(ET.fromstring(svg(charts[kind])), False)


def test_a_number_written_into_a_picture_has_its_key(charts):
    root = ET.fromstring(svg(charts["spreads"]))
    (marked,) = [each for each in root.iter() if each.get("data-figure")]
    assert (marked.get("data-figure"), "".join(marked.itertext()).strip()) == ("children;/2021-02-28;value;;0", "200")


def test_a_sentence_without_figures_is_words():
    assert Sentence.of_words("No figure here.").marked == "No figure here."
    with pytest.raises(DisclosureError):
        Sentence.of_words("3 girls.")


def test_no_figure_where_there_is_none_to_print():
    nothing = share(a=(0, 0)).latest()
    assert np.isnan(nothing.denominator) or denominator(nothing).text == "0"
    assert interval(nothing).text == "" and say("({i})", i=interval(nothing)).marked == "()"
