"""Charts: one colour for us, enough contrast, whole numbers for counts, targets, and one picture where marks are many."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from dataclasses import replace

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from analysis_lib.disclosure import release
from analysis_lib.metrics.counting import build
from analysis_lib.pack.hidden import what_is_hidden
from analysis_lib.pack.printed import read_page
from analysis_lib.policy import DisclosurePolicy
from analysis_lib.report import figures, trend
from analysis_lib.report.chart import OTHER_COLOURS, OUR_COLOUR, OUR_SHADES, SMALL_TEXT, WIDTH_IN_INCHES
from analysis_lib.results import PUBLISHED, Measure

POLICY = DisclosurePolicy.alike(threshold=6, min_percentage_base=10, min_average_base=10, min_quartile_base=20)
CHILDREN = Measure("children", "Children looked after", "Children in care.", "children", "neither", "SSDA903")
PHONE_PIXELS = 320  # what a page 360 pixels wide leaves a chart
HIDING = "a picture or a reference in a chart that our charts do not have"


def stock(*numbers, measure=CHILDREN, freq="ME", origin=None):
    ends = pd.date_range("2017-03-31", periods=len(numbers), freq=freq)
    counts = build.count(measure, pd.DataFrame({"period_start": pd.NaT, "period_end": ends, "numerator": numbers}))
    released = release(counts, edition="public", policy=POLICY, label="synthetic")
    return replace(released, origin=origin) if origin else released


def drawn(series, **more) -> str:
    first = next(iter(series.values()))
    made = trend("t", "Words", series, y_label="Children", table=figures("t", "T", first, heading="On"), **more)
    return made.html


def svg(html: str) -> str:
    return b64decode(BeautifulSoup(html, "html.parser").img["src"].split(",", 1)[1]).decode()


def contrast_with_white(colour: str) -> float:
    """WCAG 2.2, relative luminance and contrast ratio."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 1.05 / (0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05)


@pytest.mark.parametrize("colour", [*OUR_SHADES, *OTHER_COLOURS])
def test_a_line_stands_out_from_white(colour):
    assert contrast_with_white(colour) >= 3


def test_a_figure_written_in_our_colour_is_read_on_white():
    assert contrast_with_white(OUR_COLOUR) >= 4.5


def test_the_smallest_text_is_ten_pixels_on_a_phone():
    picture = svg(drawn({"Ours": stock(20, 30)}))
    width = float(re.search(r'viewBox="0 0 ([\d.]+)', picture)[1])
    sizes = [float(size) for size in re.findall(r"font(?:-size)?:[^;\"]*?([\d.]+)px", picture)]
    assert width == WIDTH_IN_INCHES * 72 and sizes and min(sizes) >= SMALL_TEXT
    assert min(sizes) * PHONE_PIXELS / width >= 10


def test_what_is_of_us_has_our_shades_wherever_it_stands_and_others_have_theirs():
    theirs = stock(50, 60, origin=PUBLISHED)
    picture = svg(
        drawn({"Ours": stock(20, 30), "England": theirs, "Ours, published": theirs}, ours=["Ours, published"])
    )
    strokes = [each.lower() for each in re.findall(r"stroke: (#[0-9a-fA-F]{6})", picture)]
    assert {OUR_SHADES[0].lower(), OUR_SHADES[1].lower(), OTHER_COLOURS[0].lower()} <= set(strokes)
    assert OTHER_COLOURS[1].lower() not in strokes


def test_an_axis_of_counts_has_whole_numbers_alone():
    texts = re.findall(r">([\d.,]+)</text>", svg(drawn({"Ours": stock(6, 7, 8)})))
    assert texts and not any("." in each for each in texts)


def test_a_year_stands_at_its_own_point_and_not_on_the_eve_of_the_next():
    picture = svg(drawn({"Ours": stock(20, 30, 40, freq="YE-DEC")}))
    assert [each for each in re.findall(r">(20\d\d)</text>", picture)] == ["2017", "2018", "2019"]


def test_the_target_of_the_measure_is_drawn_with_its_number():
    assert "Target 25" in svg(drawn({"Ours": stock(20, 30, measure=replace(CHILDREN, target=25.0))}))
    assert "Target" not in svg(drawn({"Ours": stock(20, 30)}))


def test_the_source_stands_beneath_and_says_what_is_invented_and_what_is_hidden():
    key = BeautifulSoup(drawn({"Ours": stock(20, 3, 30)}), "html.parser").find("p", class_="key").text
    assert key.startswith("Source: counted from synthetic returns, which are invented.")
    assert "hidden so that no child can be recognised" in key


def test_many_marks_are_one_picture_in_the_drawing_and_the_texts_stay_texts(monkeypatch):
    monkeypatch.setattr("analysis_lib.report.chart.MANY_MARKS", 20)
    html = drawn({"Ours": stock(*range(20, 60))})
    assert svg(html).count("<image") >= 1 and ">Children</text>" in svg(html)
    assert html == drawn({"Ours": stock(*range(20, 60))})
    assert "<image" not in svg(drawn({"Ours": stock(*range(20, 30))}))
    assert not [each for each in what_is_hidden(read_page("p.html", html)) if "chart" in each.what]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda png: png + b"There were 17.",
        lambda png: png[:33] + b"\0\0\0\x04tEXt17  \0\0\0\0" + png[33:],
        lambda png: b"GIF89a" + png,
    ],
)
def test_a_picture_in_a_drawing_that_holds_more_than_its_points_is_found(monkeypatch, spoil):
    monkeypatch.setattr("analysis_lib.report.chart.MANY_MARKS", 20)
    html = drawn({"Ours": stock(*range(20, 60))})
    picture = svg(html)
    inner = re.search(r"data:image/png;base64,([A-Za-z0-9+/=\s]+)", picture)[1]
    spoilt = picture.replace(inner, b64encode(spoil(b64decode(inner))).decode())
    html = html.replace(b64encode(picture.encode()).decode(), b64encode(spoilt.encode()).decode())
    assert HIDING in [each.what for each in what_is_hidden(read_page("p.html", html))]


def test_a_reference_that_leads_out_of_the_drawing_is_found():
    html = drawn({"Ours": stock(20, 30)})
    picture = svg(html)
    spoilt = re.sub(r'xlink:href="#[^"]*"', 'xlink:href="https://example.org/a.svg#b"', picture, count=1)
    assert spoilt != picture
    html = html.replace(b64encode(picture.encode()).decode(), b64encode(spoilt.encode()).decode())
    assert HIDING in [each.what for each in what_is_hidden(read_page("p.html", html))]
