"""How a commentary stands on its page, from an example written here."""

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from analysis_lib.report.commentary import (
    NONE,
    OF_A_COUNCIL,
    OF_OTHER_RETURNS,
    Action,
    Commentary,
    LastAction,
    commentary,
    paragraphs,
)


def day(text):
    return pd.Timestamp(text)


def example(label="synthetic"):
    return Commentary(
        label,
        "Head of Fostering",
        day("2021-11-15"),
        "Fewer <families>\ncame.\n\nWe have 10 foster carers & more.",
        (Action("Recruit 10 foster carers", "Fostering Manager", day("2022-03-31")),),
        (LastAction("Raise the allowance", "Done"),),
        ("10 foster carers",),
    )


def soup(output):
    return BeautifulSoup(output.html, "html.parser")


def test_it_says_why_what_will_be_done_by_whom_and_when_and_what_became_of_the_last():
    page = soup(commentary(example("service"), figures="returns"))
    assert [each.text for each in page.find_all("h3")] == ["What will be done", "What became of the last actions"]
    assert [each.text for each in page.find_all("p")] == [
        "Fewer <families> came.",
        "We have 10 foster carers & more.",
        "Recruit 10 foster carers.",
        "Owner: Fostering Manager. Due: 31 March 2022.",
        "Raise the allowance.",
        "What became of it: Done.",
        "Written by the Head of Fostering, 15 November 2021.",
    ]
    assert [each["datetime"] for each in page.find_all("time")] == ["2022-03-31", "2021-11-15"]
    assert not page.select(".origin")


def test_what_was_stated_is_marked_wherever_it_stands():
    page = soup(commentary(example(), figures="synthetic"))
    assert [each.text for each in page.find_all(attrs={"data-stated": True})] == ["10 foster carers"] * 2


def test_what_the_manifest_is_told():
    output = commentary(example(), figures="synthetic")
    assert output.page == {
        "label": "synthetic",
        "written_by": "Head of Fostering",
        "days": ["2021-11-15", "2022-03-31"],
        "stated": ["10 foster carers"],
    }
    assert output.kind == "commentary" and output.origins == ("synthetic",)


def test_the_one_of_the_demonstration_says_that_nobody_has_said_it():
    first = soup(commentary(example(), figures="synthetic")).p
    assert first.select_one(".origin.synthetic").text == "Synthetic"
    assert "Written for the demonstration" in first.text and "Nobody of the council has said" in first.text


@pytest.mark.parametrize(
    ("told", "figures", "words"),
    [
        (None, "synthetic", NONE),
        (example("synthetic"), "returns", OF_OTHER_RETURNS),
        (example("service"), "synthetic", OF_A_COUNCIL),
    ],
)
def test_what_is_not_of_these_figures_is_left_out_and_said(told, figures, words):
    output = commentary(told, figures=figures)
    assert output.text == (words,) and soup(output).text == words and output.page is None


def test_without_actions_there_is_no_heading_for_them():
    bare = Commentary("service", "Head of Fostering", day("2021-11-15"), "Because.")
    assert not soup(commentary(bare, figures="returns")).find_all("h3")


def test_blank_lines_part_paragraphs():
    assert paragraphs("\n a\nb\n \n\nc\n") == ["a b", "c"]
