"""Moves to the next phase, and what young people do after year 11."""

from virtual_school_pupils import THIS_YEAR, pupils, shares

from analysis_lib.metrics import moving_on


def test_moves_count_those_who_left_care_and_only_recorded_next_schools():
    table = pupils(
        {"transition": "SECONDARY", "left_care_before_move": True, "sen": "E"},
        {"transition": "SECONDARY", "left_care_before_move": False, "next_school_in_authority": True, "sen": "K"},
        {"transition": "SECONDARY", "left_care_before_move": False, "next_school_in_authority": False, "sen": None},
        {"transition": "POST16", "post16_offer": "EDUCATION"},
        {"transition": "POST16"},
    )
    move = "To secondary school"
    assert shares(moving_on.pupils_moving_on(table, years=THIS_YEAR), "move")[move] == 3
    left = moving_on.left_care_before_move(table, years=THIS_YEAR)
    assert (shares(left, "move", "numerator")[move], shares(left, "move", "denominator")[move]) == (1, 3)
    inside = moving_on.next_school_in_authority(table, years=THIS_YEAR)
    assert (shares(inside, "move", "numerator")[move], shares(inside, "move", "denominator")[move]) == (1, 2)
    needs = moving_on.moving_on_with_needs(table, years=THIS_YEAR)
    assert (shares(needs, "move", "numerator")[move], shares(needs, "move", "denominator")[move]) == (2, 2)
    offers = shares(moving_on.post16_offers(table, years=THIS_YEAR), "offer")
    assert (offers["Education"], offers["Not recorded"], offers["No offer"]) == (50, 50, 0)


def test_young_people_of_years_12_and_13_with_the_unknown_in_the_base():
    older = [{"nc_year": "12", "eet_status": "NEET"}, {"nc_year": "13", "eet_status": "EDUCATION"}, {"nc_year": "13"}, {"nc_year": "11", "eet_status": "NEET"}]  # fmt: skip
    activity = moving_on.post16_activity(pupils(*older), years=THIS_YEAR)
    assert shares(activity, "activity", "numerator") == {"Education": 1, "Employment": 0, "Training": 0, moving_on.NEET: 1, "Not known": 1}  # fmt: skip
    assert set(shares(activity, "activity", "denominator").values()) == {3}


def test_the_module_shows_its_measures():
    assert dir(moving_on) == sorted(moving_on.__all__)
