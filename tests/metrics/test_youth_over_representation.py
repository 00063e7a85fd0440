"""Shares, gaps and relative rates beside the population, by hand and at their edges."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from youth_cases import APRIL_TO_SEPTEMBER, HERE, INVENTED, cases, many, only

from analysis_lib.authority import Area, DisclosurePolicy
from analysis_lib.disclosure import release
from analysis_lib.metrics import youth_caseload, youth_over_representation
from analysis_lib.results import PUBLISHED

POLICY = DisclosurePolicy(threshold=6, min_percentage_base=10, min_average_base=10, min_quartile_base=20)


def population() -> pd.DataFrame:
    rows = [
        {"area_code": "E06000002", "area": "Here", "sex": sex, "age": str(age), "population": number}
        for sex, number in (("female", 900), ("male", 1100))
        for age in range(10, 18)
    ]
    return pd.DataFrame(rows)


def test_population_shares_are_published_figures():
    by_sex = youth_over_representation.population_share(population(), "sex", period=APRIL_TO_SEPTEMBER, source="ONS")
    assert by_sex.origin == PUBLISHED
    assert by_sex.exact()[["sex", "value"]].to_numpy().tolist() == [["Female", 45.0], ["Male", 55.0]]
    by_age = youth_over_representation.population_share(
        population(), "age_band", period=APRIL_TO_SEPTEMBER, source="ONS", groups={"10-13": "10-14", "14": "10-14"}
    )
    assert by_age.exact()["age_band"].tolist() == ["10-14", "15", "16", "17+"]
    assert by_age.exact()["value"].tolist() == [62.5, 12.5, 12.5, 12.5]


def test_those_aged_18_are_left_out_of_the_comparison_by_age():
    frame = cases(
        *many(boys_of_14=(10, {"age": 14}), boys_of_17=(10, {"age": 17}), boys_of_18=(7, {"age": 18})),
        {"child_id": "x", "age": None},
    )
    groups = youth_caseload.under_18({})
    assert groups == {"17+": "17"}
    assert youth_caseload.aged_18_or_over(frame, APRIL_TO_SEPTEMBER).exact()["value"].tolist() == [7]
    shares = youth_caseload.caseload_share(
        youth_caseload.without_those_aged_18(frame, APRIL_TO_SEPTEMBER), "age_band", APRIL_TO_SEPTEMBER, groups=groups
    )
    assert shares.exact().set_index("age_band")["numerator"].to_dict() == {
        "10-13": 0, "14": 10, "15": 0, "16": 0, "17": 10, "Not known or under 10": 1,
    }  # fmt: skip
    expected = youth_over_representation.population_share(
        population(), "age_band", period=APRIL_TO_SEPTEMBER, source="ONS", groups=groups
    )
    gap = youth_over_representation.percentage_point_gap(shares, expected).exact().set_index("age_band")
    assert gap.loc["17", ["denominator", "value"]].tolist() == [20, 50 - 12.5]


def test_an_eighteenth_birthday_on_the_last_day_on_the_caseload_leaves_a_child_out():
    facts = {"age": None, "birth_date": "2003-06-15"}
    frame = cases(
        {**facts, "child_id": "on it", "intervention_end": "2021-06-15"},
        {**facts, "child_id": "before", "intervention_end": "2021-06-14"},
    )
    assert youth_caseload.without_those_aged_18(frame, APRIL_TO_SEPTEMBER)["child_id"].tolist() == ["before"]


def test_merged_age_groups_are_named_for_children_under_18():
    merged = {"10-13": "10-14", "14": "10-14", "16": "16 and over", "17+": "16 and over"}
    assert youth_caseload.under_18(merged) == {"10-13": "10-14", "14": "10-14", "16": "16 and 17", "17+": "16 and 17"}


def test_the_population_row_of_the_services_table():
    row = youth_over_representation.population_estimate(population(), period=APRIL_TO_SEPTEMBER, source="ONS")
    assert row.origin == PUBLISHED
    assert row.exact()[["column", "value"]].to_numpy().tolist() == [["Female", 45.0], ["Male", 55.0], ["All", 100.0]]


def test_gap_by_hand():
    frame = cases(*many(girls=(20, {}), boys=(80, {})), {"child_id": "x", "sex": "unknown"})
    shares = youth_caseload.caseload_share(frame, "sex", APRIL_TO_SEPTEMBER)
    reference = youth_over_representation.population_share(population(), "sex", period=APRIL_TO_SEPTEMBER, source="ONS")
    gap = youth_over_representation.percentage_point_gap(shares, reference).exact().set_index("sex")
    assert gap.loc["Female", "value"] == pytest.approx(20 - 45)
    assert gap.loc["Male", "value"] == pytest.approx(80 - 55)
    # Wilson's interval of 20 in 100, 13.3% to 28.9%, less 45
    assert gap.loc["Female", ["lower", "upper"]].tolist() == pytest.approx([13.3366 - 45, 28.8829 - 45], abs=1e-3)
    assert gap.loc["Not known", "symbol"] == "x" and np.isnan(gap.loc["Not known", "value"])


def test_relative_rate_by_hand():
    shares = youth_caseload.caseload_share(cases(*many(girls=(20, {}), boys=(80, {}))), "sex", APRIL_TO_SEPTEMBER)
    reference = youth_over_representation.population_share(population(), "sex", period=APRIL_TO_SEPTEMBER, source="ONS")
    rate = only(youth_over_representation.relative_rate(shares, reference, compared_with="Female").exact())
    assert rate["sex"] == "Male"
    assert rate["value"] == pytest.approx((80 / 8800) / (20 / 7200))
    assert rate["lower"] < rate["value"] < rate["upper"]


@pytest.mark.parametrize(("girls", "boys", "symbol"), [(9, 80, "u"), (10, 80, ""), (80, 9, "u"), (0, 80, "u")])
def test_fewer_than_ten_in_either_group_is_too_few_to_say(girls, boys, symbol):
    shares = youth_caseload.caseload_share(cases(*many(girls=(girls, {}), boys=(boys, {}))), "sex", APRIL_TO_SEPTEMBER)
    reference = youth_over_representation.population_share(population(), "sex", period=APRIL_TO_SEPTEMBER, source="ONS")
    rate = only(youth_over_representation.relative_rate(shares, reference, compared_with="Female").exact())
    assert rate["symbol"] == symbol
    assert np.isnan(rate["value"]) == bool(symbol)


def test_a_merged_group_that_holds_the_not_known_is_not_compared():
    reference = pd.DataFrame(
        {"ethnic_group": ["White", "Asian"], "population": [900, 100], "source": "ONS", "basis": "people of all ages"}
    )
    groups = youth_caseload.groups_to_show(INVENTED, APRIL_TO_SEPTEMBER, edition="public", threshold=6)["ethnic_group"]
    shares = youth_caseload.caseload_share(INVENTED, "ethnic_group", APRIL_TO_SEPTEMBER, groups=groups)
    expected = youth_over_representation.ethnicity_reference_share(reference, period=APRIL_TO_SEPTEMBER, groups=groups)
    gap = youth_over_representation.percentage_point_gap(shares, expected).exact().set_index("ethnic_group")
    assert gap["symbol"].to_dict() == {"All other groups or not known": "x", "White": "x"}
    rate = youth_over_representation.relative_rate(shares, expected, compared_with="White").exact()
    assert rate["symbol"].tolist() == ["x"]


CENSUS = pd.DataFrame(
    {
        "area_code": ["E06000002", "E06000003"],
        "area": ["Here", "There"],
        "ethnic_group": ["White", "White"],
        "population": [90, 95],
        "source": "ONS",
    }
)
BOTH = [HERE, Area("There", "E06000003")]


def test_a_group_that_the_population_lacks_is_not_compared_and_the_others_are():
    frame = cases(*many(boys=(60, {}), boys_asian=(30, {"ethnic_group": "Asian"}), boys_black=(10, {"ethnic_group": "Black"})))  # fmt: skip
    pupils = pd.DataFrame({"ethnic_group": ["White", "Asian"], "population": [800, 200], "source": "a"})
    shares = youth_caseload.caseload_share(frame, "ethnic_group", APRIL_TO_SEPTEMBER)
    gap = youth_over_representation.percentage_point_gap(
        shares, youth_over_representation.ethnicity_reference_share(pupils, period=APRIL_TO_SEPTEMBER)
    )
    gap = gap.exact().set_index("ethnic_group")
    assert gap.loc["Black", "symbol"] == "x"
    assert gap.loc[["Asian", "White"], "value"].tolist() == pytest.approx([10, -20])


def test_a_few_of_unknown_sex_do_not_stop_the_comparison_of_girls():
    frame = cases(*many(girls=(20, {}), boys=(78, {})), *({"child_id": f"x{i}", "sex": "unknown"} for i in range(2)))
    groups = youth_caseload.groups_to_show(frame, APRIL_TO_SEPTEMBER, edition="public", threshold=6)["sex"]
    shares = youth_caseload.caseload_share(frame, "sex", APRIL_TO_SEPTEMBER, groups=groups)
    reference = youth_over_representation.population_share(
        population(), "sex", period=APRIL_TO_SEPTEMBER, source="ONS", groups=groups
    )
    gap = youth_over_representation.percentage_point_gap(shares, reference).exact().set_index("sex")
    assert gap["symbol"].to_dict() == {"Female": "", "Male or not known": "x"}
    assert gap.loc["Female", "value"] == pytest.approx(20 - 45)


def test_the_school_census_comes_before_the_census_when_it_covers_every_council():
    pupils = pd.DataFrame(
        {
            "council_code": ["E06000002", "E06000003", "E06000003"],
            "ethnic_group": ["White", "White", "Not known"],
            "population": [9, 8, 7],
        }  # fmt: skip
    )
    assert youth_over_representation.ethnicity_reference(CENSUS, BOTH, pupils)["population"].tolist() == [9, 8]
    assert set(youth_over_representation.ethnicity_reference(CENSUS, BOTH, pupils)["basis"]) == {"pupils"}
    assert set(youth_over_representation.ethnicity_reference(CENSUS, BOTH, pupils.iloc[:1])["basis"]) == {
        "people of all ages"
    }
    assert youth_over_representation.ethnicity_reference(CENSUS, BOTH)["population"].tolist() == [90, 95]
    assert youth_over_representation.ethnicity_reference(CENSUS.iloc[:1], BOTH) is None


def care(*rows) -> tuple[pd.DataFrame, pd.DataFrame]:
    children = pd.DataFrame([(each[0], each[1]) for each in rows], columns=["child_id", "birth_date"])
    periods = pd.DataFrame([(each[0], *each[2:]) for each in rows], columns=["child_id", "care_start", "care_end"])
    for frame in (children, periods):
        for column in frame.columns[1:]:
            frame[column] = pd.to_datetime(frame[column])
    return children, periods


def test_looked_after_children_are_taken_out_of_the_other_denominator():
    in_care = [(f"c{i}", "2007-01-01", "2020-01-01", None) for i in range(200)]
    in_care += [
        ("left", "2007-01-01", "2019-01-01", "2021-04-01"),  # left on the first day: not looked after that night
        ("just", "2007-01-01", "2019-01-01", "2021-04-02"),
        ("young", "2011-10-01", "2019-01-01", None),
        ("grown", "2003-09-30", "2019-01-01", None),  # 18 on the period's last day, still in care
        (
            "grew up",
            "2003-06-15",
            "2019-01-01",
            "2021-06-15",
        ),  # left care on an eighteenth birthday: 17 on the last day
        ("grew up before", "2003-06-15", "2019-01-01", "2021-06-16"),  # one day in care at 18
        ("turned ten", "2011-06-15", "2019-01-01", "2021-06-15"),  # left care on a tenth birthday
        ("late", "2007-01-01", "2021-10-01", None),
    ]
    children, care_periods = care(*in_care)
    frame = cases(
        *many(
            boys_in_care=(20, {"looked_after": True}),
            boys=(50, {}),
            boys_elsewhere=(30, {"council_code": "E06000003", "looked_after": True}),
            boys_grown=(5, {"age": 18, "looked_after": True}),
            boys_unsure=(2, {"looked_after": None}),
        )
    )
    result = youth_over_representation.looked_after_relative_rate(
        frame, children, care_periods, population(), area=HERE, period=APRIL_TO_SEPTEMBER
    )
    row = only(result.exact())
    assert (row["numerator"], row["denominator"]) == (20, 50)
    assert row["value"] == pytest.approx((20 / 202) / (50 / (16000 - 202)))


def test_an_eighteenth_birthday_in_the_period_is_treated_alike_in_care_and_on_the_caseload():
    birthday, left, day_after = "2003-06-15", "2021-06-14", "2021-06-15"
    # The day on which care ends is no day in care; the day on which an intervention ends is a day on the caseload.
    children, care_periods = care(*((f"c{i}", birthday, "2019-01-01", day_after) for i in range(30)))
    facts = {"birth_date": birthday, "age": None}
    frame = cases(
        *many(
            boys_in_care=(12, {**facts, "looked_after": True, "intervention_end": left}),
            boys_in_care_at_18=(7, {**facts, "looked_after": True, "intervention_end": day_after}),
            boys=(40, {}),
        )
    )
    result = youth_over_representation.looked_after_relative_rate(
        frame, children, care_periods, population(), area=HERE, period=APRIL_TO_SEPTEMBER
    )
    assert only(result.exact())["value"] == pytest.approx((12 / 30) / (40 / (16000 - 30)))


def test_of_several_periods_of_care_the_last_day_of_the_last_counts():
    children, care_periods = care(
        ("a", "2003-06-15", "2019-01-01", "2021-05-01"), ("a", "2003-06-15", "2021-05-20", "2021-07-01")
    )
    assert (
        youth_over_representation._looked_after_aged_10_to_17(children, care_periods, APRIL_TO_SEPTEMBER).tolist() == []
    )
    first = care_periods.iloc[:1]
    assert youth_over_representation._looked_after_aged_10_to_17(children, first, APRIL_TO_SEPTEMBER).tolist() == ["a"]


def test_without_the_council_of_most_children_looked_after_is_not_compared():
    children, care_periods = care(("a", "2007-01-01", "2020-01-01", None))
    frame = cases(*many(boys=(20, {}), boys_of_no_council=(3, {"council_code": None})))
    assert (
        youth_over_representation.looked_after_relative_rate(
            frame, children, care_periods, population(), area=HERE, period=APRIL_TO_SEPTEMBER
        )
        is None
    )


def test_a_gap_is_printed_with_its_sign_and_hidden_with_its_share():
    frame = cases(*many(girls=(3, {}), boys=(97, {})))
    shares = youth_caseload.caseload_share(frame, "sex", APRIL_TO_SEPTEMBER)
    reference = youth_over_representation.population_share(population(), "sex", period=APRIL_TO_SEPTEMBER, source="ONS")
    gap = youth_over_representation.percentage_point_gap(shares, reference)
    assert [each.text for each in release(gap, edition="restricted", policy=POLICY).values()] == ["-42.0", "+42.0"]
    assert [each.text for each in release(gap, edition="public", policy=POLICY).values()] == ["c", "c"]
