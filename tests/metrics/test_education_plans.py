"""Plans, needs and schools."""

import numpy as np
from virtual_school_pupils import THIS_YEAR, pupils, shares

from analysis_lib.metrics import education_plans


def test_plans_are_a_share_of_those_who_should_have_had_one_in_the_term():
    table = pupils(
        {"pep_autumn": True}, {"pep_autumn": False, "pep_spring": True}, {"looked_after_12m": False, "pep_spring": True}
    )
    result = education_plans.pep_in_place(table, years=THIS_YEAR)
    assert shares(result, "term", "numerator") == {"Autumn": 1, "Spring": 2, "Summer": 0}
    assert shares(result, "term", "denominator") == {"Autumn": 2, "Spring": 2, "Summer": 0}
    assert np.isnan(shares(result, "term")["Summer"])


def test_special_needs_and_schools_outside_leave_out_nursery_and_sixth_form():
    table = pupils(
        {"sen": "E", "school_in_authority": False},
        {"sen": "K"},
        {"nc_year": "N2", "sen": "E"},
        {"school_in_authority": None},
    )
    needs = shares(education_plans.special_educational_needs(table, years=THIS_YEAR), "need", "numerator")
    assert needs == {"None": 1, "Support at school": 1, "Education, health and care plan": 1}
    outside = education_plans.school_outside(table, years=THIS_YEAR).exact()
    assert outside[["numerator", "denominator"]].values.tolist() == [[1, 2]]


def test_the_module_shows_its_measures():
    assert dir(education_plans) == sorted(education_plans.__all__)
