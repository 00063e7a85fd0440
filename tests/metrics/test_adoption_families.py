"""Adoptive families and the children adopted together."""

import pandas as pd
import pytest
from adoption_stories import PLAIN, WAITING, returns

from analysis_lib.metrics import adoption, adoption_families
from analysis_lib.metrics.adoption_journeys import adoption_journeys
from analysis_lib.metrics.counting.members import recorded
from analysis_lib.periods import Period

YEAR, NEXT = Period.parse("2020-21"), Period.parse("2021-22")
SPANS = {"year": YEAR, "next": NEXT, "both": Period.span(YEAR.start, NEXT.end)}


def adopted(name, when="2020-09-30"):
    return name, [*PLAIN[1][:2], (*PLAIN[1][2][:4], when, "E12")], PLAIN[2]


def listed(*rows):
    """List 10 from "child family decided extracted", a dash for what is not known."""
    frame = pd.DataFrame(
        [row.split() for row in rows], columns=["child_id", "family_id", "decision_date", "extract_date"]
    ).replace("-", None)
    return frame.assign(**{name: pd.to_datetime(frame[name]) for name in ("decision_date", "extract_date")})


CHILDREN = [
    adopted("a"), adopted("b"), adopted("c"), adopted("d", "2021-04-01"), adopted("e"), adopted("f", "2021-03-31"),
    adopted("g"), WAITING,
]  # fmt: skip
JOURNEYS = adoption_journeys(**returns(*CHILDREN))
LIST = listed(
    "a one 2019-08-01 2020-03-31", "b one 2019-08-01 2020-03-31", "c two 2019-08-01 2020-03-31",
    "d two 2019-08-01 2020-03-31", "e - 2019-08-01 2020-03-31", "waiting one 2019-08-01 2020-03-31",
    # f: an earlier family, then none; g: of one day the later list
    "f one 2018-01-01 2021-03-31", "f three 2019-08-01 2020-03-31", "f - 2020-08-01 2021-03-31",
    "g four 2019-08-01 2021-03-31", "g one 2019-08-01 2020-03-31",
)  # fmt: skip


def by_span(result):
    frame = result.exact()
    assert frame["denominator"].isna().all() and (frame["value"] == frame["numerator"]).all()
    return frame.groupby("span", sort=False)["value"].agg(list).to_dict()


def test_families_count_once_and_groups_have_two_children_or_more():
    families = adoption_families.adopting_families(JOURNEYS, LIST, SPANS)
    assert by_span(families) == {"year": [4], "next": [1], "both": [4]}
    groups = adoption_families.groups_adopted(JOURNEYS, LIST, SPANS)
    assert by_span(groups) == {"year": [1], "next": [0], "both": [2]}
    assert (families.measure.name, groups.measure.name) == ("adopting_families", "groups_adopted")
    for result in (families, groups):
        frame = result.exact()
        assert result.groups == ("span",)
        assert frame["period_start"].tolist() == [span.start for span in SPANS.values()]
        assert frame["period_end"].tolist() == [span.end for span in SPANS.values()]


def test_children_by_how_many_others_the_family_adopted_add_up_to_all():
    with recorded():
        result = adoption_families.children_by_size_of_group(JOURNEYS, LIST, SPANS)
    assert by_span(result) == {"year": [3, 2, 0, 1], "next": [1, 0, 0, 0], "both": [2, 4, 0, 1]}
    frame = result.exact()
    named = frame[frame["span"] == "year"].set_index("group")["numerator_children"].to_dict()
    assert named == {
        "Adopted alone": ["c", "f", "g"],
        "With one other child": ["a", "b"],
        "With two or more other children": [],
        "Family not known": ["e"],
    }
    assert result.groups == ("span", "group") and result.parts == ("group",)
    assert result.measure.name == "children_by_size_of_group"
    assert frame["period_start"].tolist() == [span.start for span in SPANS.values() for _ in range(4)]
    assert frame["period_end"].tolist() == [span.end for span in SPANS.values() for _ in range(4)]
    children = adoption.children_adopted(JOURNEYS, SPANS).exact()["value"].tolist()
    assert [sum(rows) for rows in by_span(result).values()] == children == [6, 1, 7]


@pytest.mark.parametrize(("number", "group"), [(1, 0), (2, 1), (3, 2), (4, 2)])
def test_three_and_more_are_one_row(number, group):
    names = [f"c{each}" for each in range(number)]
    journeys = adoption_journeys(**returns(*(adopted(name) for name in names)))
    rows = listed(*(f"{name} one 2019-08-01 2020-03-31" for name in names))
    found = by_span(adoption_families.children_by_size_of_group(journeys, rows, {"year": YEAR}))
    assert found == {"year": [number if place == group else 0 for place in range(4)]}


def test_without_a_list_no_family_is_known():
    found = adoption_families.children_by_size_of_group(JOURNEYS, LIST.iloc[:0], {"year": YEAR})
    assert by_span(found) == {"year": [0, 0, 0, 6]}
    assert by_span(adoption_families.adopting_families(JOURNEYS, LIST.iloc[:0], {"year": YEAR})) == {"year": [0]}
    nobody = adoption_families.children_by_size_of_group(JOURNEYS.iloc[:0], LIST, {"year": YEAR})
    assert by_span(nobody) == {"year": [0, 0, 0, 0]}


def test_the_module_shows_its_measures():
    assert dir(adoption_families) == sorted(adoption_families.__all__)
