"""Wording of the comparison by age: who is left out of it, and when it cannot be shown."""

from pathlib import Path

import pandas as pd
import pytest

from analysis_lib.authority import read_authority
from analysis_lib.page import Page
from analysis_lib.pages.youth_offending import YouthOffending
from analysis_lib.pages.youth_offending.page import AGES_HIDDEN
from analysis_lib.periods import Period

HOME = Path(__file__).resolve().parents[2]


def caseload(edition: str, **ages: int) -> YouthOffending:
    """The page of April to September 2021 with `number` boys of each age (`of_17=12`), beside 1,000 people of each age."""
    authority = read_authority(HOME)
    rows = [
        {"child_id": f"{name}{index}", "age": float(name.removeprefix("of_"))}
        for name, number in ages.items()
        for index in range(number)
    ]
    cases = pd.DataFrame(rows).assign(
        sex="male", birth_date=pd.NaT, ethnic_group="White", council_code=authority.area.code, intervention_type=None
    )
    cases["looked_after"] = pd.array([False] * len(cases), dtype="boolean")
    cases["intervention_start"] = pd.Timestamp("2021-05-01")
    cases["intervention_end"] = pd.Series(pd.NaT, index=cases.index, dtype="datetime64[ns]")
    cases["birth_date"] = cases["intervention_end"]
    people = [
        {"area_code": area.code, "area": area.name, "year": 2020, "sex": "persons", "age": str(age)}
        for area in authority.youth_service_areas
        for age in range(10, 18)
    ]
    people = pd.DataFrame(people).assign(population=1000, vintage="as first published", source="ONS")
    people["released"] = pd.Timestamp("2021-06-25")
    tables = {
        "youth_offending_cases": cases,
        "population": people,
        "extracts": pd.DataFrame({"label": ["synthetic"]}),
    }
    page = Page(authority, Period.parse("2021-22-Q2"), edition, HOME, tables)
    vars(page).update(earlier=[], elsewhere=[])  # nothing signed off, nothing published
    return YouthOffending(page)


def said(page: YouthOffending) -> str:
    return " ".join(page.age_in_words().text)


@pytest.mark.parametrize("edition", ["public", "restricted"])
def test_those_who_have_turned_18_are_left_out_and_numbered(edition):
    page = caseload(edition, of_13=20, of_15=10, of_16=10, of_17=10, of_18=8)
    words = said(page)
    assert words.startswith("Of the children under 18 on the caseload, 20")
    assert "were 17. Of all children aged 10 to 17 who live there, 12.5% were 17 by the published estimate." in words
    assert "nobody in the population is 18: 8 aged 18 or over." in words
    assert page.age.of(page.age.counts, "17+", page.now.end).number == 18  # the service's own group keeps everyone


@pytest.mark.parametrize("ages", [{"of_17": 10, "of_18": 3}, {"of_17": 4, "of_18": 9}])
def test_too_few_on_either_side_of_18_hides_the_comparison_and_not_the_services_group(ages):
    page = caseload("public", of_13=20, of_15=10, of_16=10, **ages)
    assert page.age_beside.gap is None
    assert said(page).split(".")[0].endswith("of the caseload were 17 or over, those who had turned 18 included")
    assert str(page._standing(page.age_beside)) == AGES_HIDDEN
    assert "aged 18 or over" not in said(page)
    assert caseload("restricted", of_13=20, of_15=10, of_16=10, **ages).age_beside.gap is not None


def test_nobody_of_18_is_said():
    assert "No child on the caseload was 18 or over." in said(caseload("public", of_13=20, of_16=10, of_17=10))
