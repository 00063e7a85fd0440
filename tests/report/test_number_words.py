"""Numbers that are words are known, and no others: neither when a text is made nor when it is read on the page."""

import tomllib
from importlib.resources import files

import pandas as pd
import pytest

from analysis_lib.authority import DisclosurePolicy
from analysis_lib.disclosure import release
from analysis_lib.errors import DisclosureError
from analysis_lib.metrics.counting import build
from analysis_lib.metrics.facts import every_measure
from analysis_lib.report import bars, figures, note, say
from analysis_lib.report.glossary import definitions
from analysis_lib.report.number_words import bare_numbers, in_words, vocabulary
from analysis_lib.report.table import table
from analysis_lib.results import Measure

POLICY = DisclosurePolicy.alike(threshold=6, min_percentage_base=10, min_average_base=10, min_quartile_base=20)
CHILDREN = Measure("children", "Children", "Children in care.", "children", "neither", "DfE")
LIST = tomllib.loads(files("analysis_lib.report").joinpath("number_words.toml").read_text(encoding="utf-8"))


def by_age(**ages):
    frame = pd.DataFrame({"age_band": list(ages.values()), "numerator": range(10, 10 + len(ages))})
    counted = build.count(CHILDREN, frame, groups=["age_band"], when=pd.Timestamp("2021-09-30"))
    return release(counted, edition="public", policy=POLICY, label="synthetic")


@pytest.mark.parametrize(
    "example",
    [example for each in LIST["pattern"] for example in each["examples"]]
    + [phrase for phrases in LIST["phrases"].values() for phrase in phrases],
)
def test_every_example_and_phrase_of_the_list_is_known(example):
    assert bare_numbers(example) == []
    assert bare_numbers(f"Of those, {example}, as said.") == [] or example.isdigit()


@pytest.mark.parametrize("pattern", LIST["pattern"], ids=lambda each: each["what"])
def test_no_pattern_lies_idle(pattern, monkeypatch):
    from analysis_lib.report import number_words

    kept = [each for each in number_words._patterns() if each.pattern != pattern["pattern"]]
    monkeypatch.setattr(number_words, "_patterns", lambda: kept)
    assert any(bare_numbers(example) for example in pattern["examples"])


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("3 girls", ["3"]),
        ("There were 3 girls on 30 September 2021.", ["3"]),
        ("On 30 September 2021 1,135 children, 12.5% of all", ["1,135", "12.5"]),
        ("12 may be at risk", ["12"]),
        ("in 2021 children", ["2021"]),
        ("2021 children", ["2021"]),
        ("in 2021.5", ["2021.5"]),
        ("7 of every 10,000", ["7"]),
        ("10,0003", ["10,0003"]),
        ("95% of the pupils", ["95"]),
        ("4 in key stage 4", ["4"]),
        ("20 children under 18", ["20"]),
        ("over 20 children, under 5 girls", ["20", "5"]),
        ("\u0663 girls, \uff13 boys, \u00b3 others, \u00bd of them", ["\u0663", "3", "3", "1", "2"]),  # other digits
        ("2020/21 and 20/21", ["20", "21"]),
        ("1 to 5.5 children", ["1", "5.5"]),
        ("girls3", ["3"]),
    ],
)
def test_a_number_that_is_no_word_is_found(text, numbers):
    assert bare_numbers(text) == numbers


def test_a_number_is_known_between_the_words_of_a_known_text_and_nowhere_else():
    known = ["Pupils suspended for 45 days or more"]
    assert bare_numbers("Suspended for 45 days in all", known=known) == []
    assert bare_numbers("45 pupils were suspended", known=known) == ["45"]
    assert bare_numbers("45 days", known=known) == ["45"]


def test_a_bare_number_is_known_as_a_whole_text_only():
    assert bare_numbers("15", known=["15"]) == []
    assert bare_numbers("15 children", known=["15"]) == ["15"]


def test_facts_of_measures_are_words_on_every_page():
    for measure in every_measure().values():
        for line in definitions(measure).text:
            assert bare_numbers(line, known=vocabulary()) == [], measure.name


def test_what_is_refused_is_told_without_its_numbers():
    with pytest.raises(
        DisclosureError, match="a caption holds a number that is no released figure: '# girls of ##'"
    ) as error:
        in_words("3 girls of 17", "a caption")
    assert "3" not in str(error.value) and "17" not in str(error.value)


def planted():
    ages = by_age(a="10-13", b="14")
    shown = figures("t", "Children", ages, label="age_band")
    chart = {"category": "age_band", "x_label": "Children", "table": shown}
    value = ages.values()[0]
    return {
        "a sentence": lambda: say("3 girls were there."),
        "a part of a sentence": lambda: say("{who} were there.", who="3 girls"),
        "a number as text": lambda: say("{n} girls were there.", n="3"),
        "a note": lambda: note("Take care: 3 girls."),
        "the title of a note": lambda: note("Take care.", title="3 girls"),
        "a caption": lambda: figures("t", "Children, 3 girls", ages, label="age_band"),
        "a note under a table": lambda: figures("t", "Children", ages, label="age_band", note="3 girls left out."),
        "a heading": lambda: table("t", "Children", ["Age", "3 girls"], [["all", value]]),
        "a label": lambda: table("t", "Children", ["Age", "n"], [["3 girls", value]]),
        "a cell": lambda: table("t", "Children", ["Age", "n", ""], [["all", value, "3"]]),
        "a cell that is like a group": lambda: table("t", "Children", ["Age", "n", ""], [["14", ages.values()[1], "14"]]),
        "a block": lambda: table("t", "Children", ["Age", "n"], [["all", value]], blocks=["3 girls"]),
        "the finding of a chart": lambda: bars("c", "3 girls", {"All": ages}, **chart),
        "the legend of a chart": lambda: bars("c", "Girls", {"3 girls": ages}, **chart),
        "the axis of a chart": lambda: bars("c", "Girls", {"All": ages}, **{**chart, "x_label": "3 girls"}),
    }  # fmt: skip


@pytest.mark.parametrize("where", planted())
def test_a_planted_number_is_refused_where_it_is_made(where):
    with pytest.raises(DisclosureError, match="holds a number that is no released figure"):
        planted()[where]()


def test_a_table_of_the_same_shape_without_it_is_made():
    ages = by_age(a="10-13", b="14")
    shown = figures("t", "Children", ages, label="age_band", note="Children aged 10 to 14.")
    made = bars("c", "Girls", {"All": ages}, category="age_band", x_label="Children", table=shown)
    assert made.text == ("Girls. Bar chart. All: 10-13 10; 14 11.",)
