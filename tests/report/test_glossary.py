"""Definitions come from the measures' facts, each once, in words."""

import dataclasses
import tomllib
from importlib.resources import files

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from analysis_lib.report import Output, definitions
from analysis_lib.report.number_words import bare_numbers
from analysis_lib.results import Break, Measure

PLANS = Measure("plans", "Plans <open>", "Open plans.", "plans", "neither", "DfE, 2021.")
RATE = Measure("rate", "Rate of plans", "Open plans for every 10,000 aged 0 to 17.", "per 10,000", "neither", "DfE")
ON_TIME = Measure(
    "on_time",
    "Reviews on time",
    "Share of reviews held by their due date.",
    "%",
    "higher is better",
    "Regulations 2010",
    decimals=1,
    target=95,
    target_source="Corporate plan",
    breaks=(Break(pd.Timestamp("2022-04-01"), "the due date was redefined"),),
)


def test_each_measure_stands_once_with_its_facts():
    shown = definitions(PLANS, ON_TIME, PLANS)
    assert shown.kind == "definitions"
    assert shown.text == (
        "Plans <open>: Open plans. Unit: plans. Neither high nor low is good by itself. Source of the definition: DfE, 2021.",
        "Reviews on time: Share of reviews held by their due date. Unit: percentage. Higher is better. "
        "Source of the definition: Regulations 2010. Target: 95.0% (Corporate plan). "
        "Do not compare across 1 April 2022: the due date was redefined.",
    )
    page = BeautifulSoup(shown.html, "html.parser")
    assert [term.text for term in page.find_all("dt")] == ["Plans <open>", "Reviews on time"]


def test_the_words_that_a_page_says_are_explained_before_its_measures_and_no_others():
    said = [
        Output("sentence", "<p>Of the <b>looked-after</b> children none had a placement\norder.</p>"),
        Output("table", '<td data-figure="quartile">4</td>'),
    ]
    shown = definitions(PLANS, said=said)
    terms = [term.text for term in BeautifulSoup(shown.html, "html.parser").find_all("dt")]
    assert terms == ["Looked after, or in care", "Placement order", "Plans <open>"]
    assert shown.text[1].startswith("Placement order: A court's order") and "Source: Adoption" in shown.text[1]


def test_every_word_is_explained_in_short_sentences_with_its_source():
    every = tomllib.loads(files("analysis_lib.report").joinpath("words.toml").read_text(encoding="utf-8"))["word"]
    assert [each["word"].lower() for each in every[:-1]] == sorted(each["word"].lower() for each in every[:-1])
    for each in every:
        assert each["source"] and all(form == form.lower() for form in each["forms"])
        assert bare_numbers(f"{each['word']} {each['meaning']} {each['source']}") == []
        assert all(len(sentence.split()) <= 30 for sentence in each["meaning"].split(". "))


def test_a_rate_points_at_the_population_of_its_definition():
    assert "Unit: per 10,000 of the population that the definition names." in definitions(RATE).text[0]


@pytest.mark.parametrize("change", [{"name": "other"}, {"definition": "Something else."}])
def test_one_title_cannot_stand_for_two_measures(change):
    with pytest.raises(ValueError, match="two definitions are called 'Plans <open>'"):
        definitions(PLANS, dataclasses.replace(PLANS, **change))
