"""What is true of groups: merged ones, wider ones, what columns say, and one number by several names."""

import pytest

from analysis_lib.groupings import Merge, Number, groupings, read_groupings


def test_a_merged_group_is_made_of_its_parts_one_step_down():
    known = groupings()
    assert known.made_of("ethnic_group", "All other known groups") == ("Asian", "Black", "Chinese", "Mixed", "Other")
    assert known.made_of("ethnic_group", "All other groups or not known") == ("All other known groups", "Not known")
    assert known.made_of("age_band", "16 and over") == ("16", "17+")
    assert known.made_of("age_band", "16 and 17") == ("16", "17")
    assert known.made_of("ethnic_group", "White") == known.made_of("no such column", "White") == ()


def test_whoever_reaches_a_standard_reaches_those_that_it_contains():
    assert groupings().inside("standard", "Grade 5 or above") == ("Grade 4 or above",)
    assert groupings().inside("standard", "All three") == ("Reading", "Writing", "Maths")
    assert groupings().inside("standard", "Reading") == ()


def test_a_column_that_nobody_has_listed_counts_as_sensitive():
    known = groupings()
    assert known.identifies("sex") and not known.is_sensitive("sex")
    assert known.is_sensitive("looked_after") and not known.identifies("looked_after")
    assert known.is_sensitive("invented") and not known.is_listed("invented")
    assert not known.is_sensitive("working_days") and known.is_listed("working_days")


def test_no_column_is_in_two_lists():
    known = groupings()
    assert not known.identifying & known.sensitive
    assert not (known.identifying | known.sensitive) & known.neutral


def test_merges_come_in_the_order_in_which_they_are_tried():
    known = groupings()
    assert known.merged_always("age_band") == {"10-13": "10-14", "14": "10-14"}
    assert known.merged_always("sex") == {}
    assert [merge.name for merge in known.merged_when_small("age_band")] == [
        "10-15", "16 and over", "16 and over, or not known", "17+, or not known",
    ]  # fmt: skip
    assert known.merged_when_small("looked_after") == (Merge("No, or not known", ("No", "Not known")),)


def test_a_number_by_several_names_has_one():
    known = groupings()
    cohort = ("pupils_at_key_stage_end", (("key_stage", "Key stage 2 (age eleven)"),))
    assert known.same("ks2_expected_standard/base", (("standard", "Maths"),)) == cohort
    assert known.same("key_standards/base", (("standard", "Key stage 2: reading, writing and maths"),)) == cohort
    assert known.same("looked_after", ()) == ("looked_after", ())


def test_a_star_carries_the_value_over_and_one_without_a_like_is_dropped():
    groups = (("key_stage", "Key stage 1 (age seven)"), ("standard", "Maths"))
    assert groupings().same("teacher_assessed_standard/base", groups) == ("teacher_assessed_standard/base", groups[:1])
    moving = (("move", "To reception"),)
    assert groupings().wholes("next_school_in_authority/base", moving) == (("pupils_moving_on", moving),)
    assert groupings().wholes("next_school_in_authority/base", ()) == ()


def test_a_name_is_read_with_its_groups_in_order_of_columns():
    assert Number.of("a?z=1, or 2&b=x: y") == Number("a", (("b", "x: y"), ("z", "1, or 2")))
    assert Number.of("a") == Number("a")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[merges.sex]\nwhen_small = ["Boys"]', "'Boys' of sex is made of nothing"),
        ('[made_of.sex]\na = ["b"]\nb = ["a"]', "made_of of sex leads from 'a' back"),
        ('[inside.sex]\na = ["b"]\nb = ["c"]\nc = ["a"]', "inside of sex leads from 'a' back"),
    ],
)
def test_what_cannot_be_is_refused(text, message):
    with pytest.raises(ValueError, match=message):
        read_groupings(text)
