"""Tables, charts and sentences: they take released figures only, and say the same thing in every form."""

import csv
import importlib
import io
import re
import types
import xml.etree.ElementTree as ET
from base64 import b64decode
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup

from analysis_lib import report
from analysis_lib.disclosure import release
from analysis_lib.errors import DisclosureError
from analysis_lib.metrics.counting import build
from analysis_lib.periods import Period
from analysis_lib.policy import DisclosurePolicy
from analysis_lib.report import (
    MIME,
    answer,
    bars,
    change,
    crosstab,
    curve,
    figures,
    in_whole_numbers,
    note,
    say,
    spreads,
    trend,
)
from analysis_lib.report.table import table
from analysis_lib.results import Break, Measure

POLICY = DisclosurePolicy.alike(threshold=6, min_percentage_base=10, min_average_base=10, min_quartile_base=20)
QUARTER = Period.parse("2021-22-Q2")
CHILDREN = Measure("children", "Children looked after", "Children in care.", "children", "neither", "DfE")
SHARE = Measure("share", "Share on time", "Share on time.", "%", "higher is better", "local", decimals=1)
RATE = Measure("rate", "Rate", "Children in care for every 10,000.", "per 10,000", "neither", "DfE", decimals=1)
WITH_A_TARGET = replace(CHILDREN, target=500.0)
MONTHS = pd.date_range("2021-01-31", periods=6, freq="ME")


def public(result):
    return release(result, edition="public", policy=POLICY, label="synthetic")


def stock(*numbers, measure=CHILDREN):
    return public(
        build.count(
            measure, pd.DataFrame({"period_start": pd.NaT, "period_end": MONTHS[: len(numbers)], "numerator": numbers})
        )
    )


def share(**groups):
    counts = pd.DataFrame([{"group": name, "numerator": k, "denominator": n} for name, (k, n) in groups.items()])
    return public(build.proportion(SHARE, counts, groups=["group"], when=QUARTER))


def two(then, now):
    then, now = stock(then, now).values()
    return change(now, then)


@pytest.mark.parametrize(
    ("then", "now", "words"),
    [
        (570, 543, "down 27 (5%) from"),
        (543, 570, "up 27 (5%) from"),
        (543, 543, "the same as"),
        (512, 448, "down 64 (13%) from"),  # 12.5%: a half goes up, as everywhere
        (600, 601, "up 1 (less than 1%) from"),
        (3, 570, "not compared with"),
        (0, 12, "up 12 from"),
    ],
)
def test_a_change_of_a_count_is_said_in_words(then, now, words):
    assert two(then, now).text == words


def test_every_name_of_the_room_is_what_is_called_and_not_a_module_of_the_same_name():
    for name in ("sentence", "table"):
        importlib.import_module(f"analysis_lib.report.{name}")
    assert [name for name in report.__all__ if isinstance(getattr(report, name), types.ModuleType)] == []


def test_a_change_of_a_percentage_must_be_more_than_chance():
    clear = share(then=(20, 200), now=(120, 200))
    unclear = share(then=(20, 40), now=(22, 40))
    assert change(clear.value(group="now"), clear.value(group="then")).text == "up 50 percentage points from"
    assert change(unclear.value(group="now"), unclear.value(group="then")).text == "not clearly different from"


def test_a_sentence_takes_released_values_and_refuses_a_bare_number():
    now = stock(543).latest()
    assert say("{n} children on {day}.", n=now, day=MONTHS[0]).text == "543 children on 31 January 2021."
    with pytest.raises(DisclosureError, match="n as a int"):
        say("{n} children.", n=543)
    with pytest.raises(DisclosureError):
        change(543, 570)


@pytest.mark.parametrize(
    ("people", "base", "text"),
    [(543, 33_231, "163"), (1_165, 10_000, "1,165"), (163, 9_970, "164"), (99, 100_000, "9.9"), (3, 100, "c")],
)
def test_a_rate_is_read_aloud_without_its_decimals_unless_it_is_small(people, base, text):
    frame = pd.DataFrame({"period_start": pd.NaT, "period_end": [MONTHS[0]], "numerator": people, "denominator": base})
    rate = public(build.rate(RATE, frame)).latest()
    assert in_whole_numbers(rate).text == text
    assert rate.decimals == 1 and rate.symbol == in_whole_numbers(rate).symbol


def test_a_sentence_about_a_hidden_number_says_the_other_thing():
    hidden = stock(3).latest()
    assert (
        say("{n} children.", n=hidden, otherwise="Too few children to say how many.").text
        == "Too few children to say how many."
    )
    assert say("There were {n}.", n=hidden).text == "There were a number too small to show."


def test_the_origin_of_a_figure_stands_beside_it():
    assert '<span class="origin synthetic">Synthetic</span>' in answer(*[say("{n}.", n=stock(543).latest())] * 3).html
    assert say("No figure here.").origins == ()


@pytest.mark.parametrize("sentences", [2, 6])
def test_an_answer_has_three_to_five_sentences(sentences):
    with pytest.raises(ValueError, match="three to five"):
        answer(*[say("Yes.")] * sentences)


def test_a_table_has_a_caption_scopes_a_key_and_the_same_cells_in_its_csv():
    released = stock(1135, 3, 0)
    made = figures("stock", "Children looked after at month end", released)
    page = BeautifulSoup(made.html, "html.parser")
    assert page.caption.get_text(" ", strip=True) == "Children looked after at month end Synthetic"
    assert [th["scope"] for th in page.thead.find_all("th")] == ["col", "col"]
    assert [th["scope"] for th in page.tbody.find_all("th")] == ["row"] * 3
    assert [td.get_text() for td in page.find_all("td")] == ["1,135", "c", "0"]
    assert "hidden so that no child can be recognised" in page.find(class_="key").get_text()
    assert [row[1] for row in csv.reader(io.StringIO(made.csv))] == ["Children looked after", "1135", "c", "0"]
    assert made.hidden == 1


def test_a_table_of_two_origins_says_it_row_by_row():
    ours = stock(543).latest()
    theirs = release(
        build.count(CHILDREN, pd.DataFrame({"numerator": [80_000]}), when=MONTHS[0]),
        edition="public",
        policy=POLICY,
        label="published",
    ).latest()
    made = table("both", "Both", ["Area", "Children"], [["Ours", ours], ["England", theirs]])
    assert [row[-1] for row in csv.reader(io.StringIO(made.csv))] == ["Figures", "Synthetic", "Published"]


def test_a_table_refuses_bare_numbers_and_uneven_rows():
    with pytest.raises(DisclosureError):
        table("t", "T", ["", "n"], [["a", 543]])
    with pytest.raises(ValueError, match="cells under"):
        table("t", "T", ["", "n"], [["a"]])


def test_numerator_denominator_and_interval_are_shown_or_hidden_together():
    made = figures(
        "share",
        "Share",
        share(a=(24, 213), b=(3, 213)),
        label="group",
        show=("value", "numerator", "denominator", "interval"),
    )
    rows = list(csv.reader(io.StringIO(made.csv)))
    assert rows[1] == ["a", "11", "24", "213", "7% to 17%"]
    assert rows[2] == ["b", "c", "c", "c", "c"]


def test_crosstab_puts_one_column_down_and_one_across():
    counts = pd.DataFrame({"sex": ["female", "male"] * 2, "age": ["16", "16", "17", "17"], "numerator": [7, 8, 9, 3]})
    made = crosstab(
        "c", "C", public(build.count(CHILDREN, counts, groups=["sex", "age"], when=QUARTER)), rows="age", columns="sex"
    )
    assert list(csv.reader(io.StringIO(made.csv))) == [["Age", "female", "male"], ["16", "7", "8"], ["17", "9", "c"]]


def svg_of(output) -> str:
    image = BeautifulSoup(output.html, "html.parser").img["src"]
    return b64decode(image.split(",", 1)[1]).decode()


@pytest.fixture(scope="module")
def charts():
    table_of = figures("stock", "Stock", stock(570, 560, 3, 543))
    shares = share(a=(24, 213), b=(3, 213))
    low, middle, high = stock(100, 200, 300).values()
    survival = public(
        build.proportion(
            SHARE,
            pd.DataFrame({"days": [0, 90], "numerator": [0, 30], "denominator": [60, 60]}),
            groups=["days"],
            when=QUARTER,
        )
    )
    return {
        "trend": trend("stock", say("Down to {n}", n=stock(543).latest()), {"Ours": stock(570, 560, 3, 543, measure=WITH_A_TARGET)}, y_label="Children", table=table_of, breaks=[Break(MONTHS[2], "new rule")], target=("Target 500", 500)),
        "bars": bars("share", "Few", {"Ours": shares}, category="group", x_label="%", table=table_of),
        "spreads": spreads("wait", "Long", [("Order to match", low, middle, high)], x_label="Days", table=table_of),
        "curve": curve("km", "Half wait", {"All": survival}, x="days", x_label="Days", y_label="%", table=table_of),
    }  # fmt: skip


@pytest.mark.parametrize("kind", ["trend", "bars", "spreads", "curve"])
def test_each_chart_is_well_formed_has_real_text_and_a_true_alternative(charts, kind):
    made = charts[kind]
    assert ET.fromstring(svg_of(made)).tag.endswith("svg")
    assert "<text" in svg_of(made)
    alt = BeautifulSoup(made.html, "html.parser").img["alt"]
    assert alt.endswith(".") and len(alt) > 30
    assert made.text == (alt,)
    assert made.csv is not None


def test_the_alternative_of_a_trend_tells_first_last_highest_lowest_and_gaps(charts):
    (alt,) = charts["trend"].text
    assert alt == (
        "Down to 543. Line chart. Ours: before 31 March 2021: from 570 in January 2021 to 560 in February 2021, "
        "highest 570 in January 2021, lowest 560 in February 2021; since 31 March 2021: 543 in April 2021; "
        "one point hidden or missing. Break in series on 31 March 2021: new rule."
    )


@pytest.mark.parametrize(
    ("days", "said"),
    [
        ([], "from 50 in January 2021 to 40 in May 2021, highest 90 in March 2021, lowest 40 in May 2021"),
        # Breaks before and after all figures divide none of them.
        (["2020-12-01", "2021-06-01"],
         "from 50 in January 2021 to 40 in May 2021, highest 90 in March 2021, lowest 40 in May 2021"),
        # Whatever order the breaks come in; a figure on the day itself belongs to the stretch that begins there.
        (["2021-05-01", "2021-03-31"],
         "before 31 March 2021: from 50 in January 2021 to 60 in February 2021, highest 60 in February 2021, "
         "lowest 50 in January 2021; since 31 March 2021 and before 1 May 2021: from 90 in March 2021 to 80 in April "
         "2021, highest 90 in March 2021, lowest 80 in April 2021; since 1 May 2021: 40 in May 2021"),
    ],
)  # fmt: skip
def test_the_alternative_of_a_trend_never_runs_across_a_break(days, said):
    numbers = stock(50, 60, 90, 80, 40)
    breaks = [Break(pd.Timestamp(day), "new rule") for day in days]
    made = trend("s", "S", {"Ours": numbers}, y_label="Children", table=figures("s", "S", numbers), breaks=breaks)
    assert made.text[0].startswith(f"S. Line chart. Ours: {said}.")


def test_a_hidden_bar_is_said_to_be_hidden(charts):
    assert "c (hidden)" in svg_of(charts["bars"])
    assert "b hidden" in charts["bars"].text[0]


def test_the_same_figures_give_the_same_bytes():
    def drawn():
        return trend(
            "s", "S", {"Ours": stock(570, 543)}, y_label="Children", table=figures("s", "S", stock(570, 543))
        ).html

    assert drawn() == drawn()


def test_charts_refuse_what_has_not_passed_the_gate():
    exact = build.count(CHILDREN, pd.DataFrame({"numerator": [3]}), when=MONTHS[0])
    with pytest.raises(DisclosureError, match="released figures only"):
        trend("s", "S", {"Ours": exact}, y_label="Children", table=figures("s", "S", stock(570)))


def test_text_is_escaped():
    made = table("t", '<script>"x"</script>', ["<b>", "n"], [["<i>", stock(570).latest()]])
    assert "<script>" not in made.html
    assert "<i>" not in made.html


def test_an_output_shows_itself_and_carries_its_description():
    bundle = note("Take care.", say("{n} children.", n=stock(570).latest()))._repr_mimebundle_()
    assert bundle[MIME]["kind"] == "note"
    assert bundle[MIME]["text"] == ["Take care.", "570 children."]
    assert bundle[MIME]["origin"] == ["synthetic"]
    assert bundle[MIME]["html"].startswith('<div class="note">') and "<style>" not in bundle[MIME]["html"]


def test_in_jupyterlab_an_output_brings_its_look_and_changes_no_other():
    shown = note("Take care.")._repr_mimebundle_()["text/html"]
    look, html = re.fullmatch(r"<style>\.panelpack\.panelpack \{(.*)\}</style>(.*)", shown, re.DOTALL).groups()
    assert html == f'<div class="panelpack">{note("Take care.").html}</div>'
    assert ".origin.synthetic" in look and ":root" not in look and look.count("{") == look.count("}")


def test_no_figure_is_neither_zero_nor_hidden():
    nothing = share(a=(0, 0)).latest()
    assert (nothing.text, np.isnan(nothing.number)) == ("z", True)


def test_blocks_of_rows_have_headings_in_the_page_and_a_column_in_the_csv():
    one, two, three = stock(10, 20, 30).values()
    shown = table("t", "c", ["", "n"], [["a", one], ["b", two], ["a", three]], blocks=["First", "First", "Second"])
    soup = BeautifulSoup(shown.html, "html.parser")
    assert [each.text for each in soup.select("tr.block th[scope=rowgroup]")] == ["First", "Second"]
    assert [len(body.find_all("tr")) for body in soup.find_all("tbody")] == [3, 2]
    assert list(csv.reader(io.StringIO(shown.csv))) == [["Block", "What is counted", "n"], ["First", "a", "10"], ["First", "b", "20"], ["Second", "a", "30"]]  # fmt: skip


def test_a_heading_for_every_row_or_for_none():
    with pytest.raises(ValueError, match="1 block headings for 2 rows"):
        table("t", "c", [""], [["a"], ["b"]], blocks=["First"])
