"""The small line beside a headline: what is drawn, and what is said of it."""

import base64
import re
from xml.etree import ElementTree

import pytest

from analysis_lib.pack.small_line import HEIGHT, WIDTH, in_words, small_line

RISING = [("2021-03-31", 10.0), ("2021-06-30", 20.0), ("2021-09-30", 40.0)]


def drawing(points):
    kind, _, text = small_line(points).partition("base64,")
    assert kind == "data:image/svg+xml;"
    return ElementTree.fromstring(base64.b64decode(text))


def paths(points):
    return [
        [tuple(map(float, place.split(","))) for place in re.split(" ?[ML]", node.get("d"))[1:]]
        for node in drawing(points).iter("{http://www.w3.org/2000/svg}path")
    ]


def test_the_line_goes_up_and_to_the_right_inside_the_drawing():
    (line,) = paths(RISING)
    across, down = zip(*line, strict=True)
    assert list(across) == sorted(across) and list(down) == sorted(down, reverse=True)
    assert min(across) > 0 and max(across) < WIDTH and min(down) > 0 and max(down) < HEIGHT


def test_a_hidden_point_is_a_gap_and_leaves_no_trace():
    hidden = [("2021-03-31", 10.0), ("2021-06-30", None), ("2021-09-30", 40.0)]
    root = drawing(hidden)
    assert paths(hidden) == []
    assert len(list(root.iter("{http://www.w3.org/2000/svg}circle"))) == 2
    assert "".join(root.itertext()).strip() == ""


def test_equal_figures_are_a_level_line():
    (line,) = paths([("2021-03-31", 7.0), ("2021-06-30", 7.0)])
    assert line[0][1] == line[1][1]


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        ([10, 20, 40], "A small line: it ends higher than it began, and is at its highest there."),
        ([40, 20, 10], "A small line: it ends lower than it began, and is at its lowest there."),
        ([10, 40, 20], "A small line: it ends higher than it began."),
        ([10, 40, 10], "A small line: it ends where it began, and is at its lowest there."),
        ([None, 4], "A small line. Too few of its points can be shown to say more."),
    ],
)
def test_what_is_said_of_it_has_the_way_and_no_number(numbers, words):
    points = [(f"2021-0{month}-01", number) for month, number in enumerate(numbers, start=1)]
    assert in_words(points) == words
