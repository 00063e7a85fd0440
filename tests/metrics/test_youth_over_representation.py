"""Shares, gaps and relative rates beside the population, by hand and at their edges."""

from __future__ import annotations

import random

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from youth_cases import APRIL_TO_SEPTEMBER, HERE, INVENTED, YEAR_BEFORE, cases, many, only

from analysis_lib.authority import Area
from analysis_lib.disclosure import release
from analysis_lib.metrics import youth_caseload, youth_over_representation
from analysis_lib.metrics.counting.members import behind, recorded
from analysis_lib.policy import DisclosurePolicy
from analysis_lib.results import PUBLISHED

POLICY = DisclosurePolicy.alike(threshold=6, min_percentage_base=10, min_average_base=10, min_quartile_base=20)


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
    groups = youth_caseload.ways_to_group(INVENTED, "ethnic_group", APRIL_TO_SEPTEMBER, edition="public", threshold=6)[
        0
    ]
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
    groups = youth_caseload.ways_to_group(frame, "sex", APRIL_TO_SEPTEMBER, edition="public", threshold=6)[0]
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


# Every column of the rows


def test_a_population_share_is_a_published_figure_with_its_source_and_no_interval():
    by_sex = youth_over_representation.population_share(population(), "sex", period=APRIL_TO_SEPTEMBER, source="ONS")
    row = by_sex.exact().to_dict("records")[0]
    assert {name: row[name] for name in ("measure", "sex", "numerator", "denominator", "value", "unit", "method", "symbol", "source")} == {
        "measure": "yos_population_share", "sex": "Female", "numerator": 7200, "denominator": 16000, "value": 45, "unit": "%",
        "method": "share of a whole population", "symbol": "", "source": "ONS",
    }  # fmt: skip
    assert np.isnan(row["lower"]) and np.isnan(row["upper"])
    assert (row["period_start"], row["period_end"]) == (APRIL_TO_SEPTEMBER.start, APRIL_TO_SEPTEMBER.end)
    estimate = youth_over_representation.population_estimate(population(), period=APRIL_TO_SEPTEMBER, source="ONS")
    frame = estimate.exact()
    assert estimate.groups == ("block", "row", "column")
    assert frame[["block", "row", "numerator", "denominator", "source"]].drop_duplicates().to_numpy().tolist() == [
        ["Gender", "Population Estimate", 7200, 16000, "ONS"],
        ["Gender", "Population Estimate", 8800, 16000, "ONS"],
        ["Gender", "Population Estimate", 16000, 16000, "ONS"],
    ]


def test_ethnic_groups_of_several_areas_and_sources_in_the_order_of_the_caseload():
    people = pd.DataFrame(
        {
            "ethnic_group": ["White", "Asian", "White", "Mixed"],
            "population": [50, 20, 20, 10],
            "source": ["b", "b", "a", "a"],
        }
    )
    shares = youth_over_representation.ethnicity_reference_share(people, period=APRIL_TO_SEPTEMBER)
    frame = shares.exact()
    assert frame[["ethnic_group", "numerator", "denominator", "value", "source"]].to_numpy().tolist() == [
        ["Asian", 20, 100, 20, "a; b"],
        ["Mixed", 10, 100, 10, "a; b"],
        ["White", 70, 100, 70, "a; b"],
    ]
    assert set(frame["measure"]) == {"yos_ethnicity_reference"} and shares.origin == PUBLISHED
    merged = youth_over_representation.ethnicity_reference_share(
        people,
        period=APRIL_TO_SEPTEMBER,
        groups={"Asian": "Other known", "Mixed": "Other known", "White": "With unknown", "Not known": "With unknown"},
    ).exact()
    # The group that holds children of no known group has no like, but its people stay in the base.
    assert merged[["ethnic_group", "numerator", "denominator"]].to_numpy().tolist() == [["Other known", 30, 100]]


def test_ages_of_no_band_have_no_like_in_a_merged_group():
    groups = {"17+": "17+, or not known", "Not known or under 10": "17+, or not known"}
    frame = youth_over_representation.population_share(
        population(), "age_band", period=APRIL_TO_SEPTEMBER, source="ONS", groups=groups
    ).exact()
    assert frame["age_band"].tolist() == ["10-13", "14", "15", "16"] and set(frame["denominator"]) == {16000}


def test_the_reference_by_ethnicity_says_where_it_is_from():
    pupils = pd.DataFrame({"council_code": ["E06000002", "E06000003"], "ethnic_group": "White", "population": [9, 8]})
    rows = youth_over_representation.ethnicity_reference(CENSUS, BOTH, pupils)
    assert set(rows["source"]) == {"School census extract supplied by the council"}
    elsewhere = pd.concat([pupils, pupils.assign(council_code="E06000047", population=1000)])
    assert youth_over_representation.ethnicity_reference(CENSUS, BOTH, elsewhere)["population"].tolist() == [9, 8]
    wider = pd.concat([CENSUS, CENSUS.assign(area_code="E06000047")])
    assert youth_over_representation.ethnicity_reference(wider, BOTH)["area_code"].tolist() == [
        "E06000002",
        "E06000003",
    ]


def shares_and_reference(girls, boys, unknown=0, also=()):
    nobody_knows = [{"child_id": f"x{number}", "sex": "unknown"} for number in range(unknown)]
    frame = cases(*many(girls=(girls, {}), boys=(boys, {})), *nobody_knows)
    shares = youth_caseload.caseload_share(frame, "sex", APRIL_TO_SEPTEMBER, *also)
    reference = youth_over_representation.population_share(population(), "sex", period=APRIL_TO_SEPTEMBER, source="ONS")
    return shares, reference


def test_the_rows_of_a_gap():
    shares, reference = shares_and_reference(20, 80, unknown=3)
    result = youth_over_representation.percentage_point_gap(shares, reference)
    frame = result.exact().set_index("sex")
    assert (result.groups, result.parts) == (("sex",), ())
    assert frame[["numerator", "denominator"]].loc[["Female", "Male"]].to_numpy().tolist() == [[20, 100], [80, 100]]
    assert set(frame["unit"]) == {"percentage points"} and set(frame["measure"]) == {"yos_percentage_point_gap"}
    assert set(frame["method"]) == {
        "Wilson score around the share of the caseload, 95%; the population's share taken as exact"
    }
    assert set(frame["source"]) == {""} and frame["symbol"].to_dict() == {"Female": "", "Male": "", "Not known": "x"}
    assert frame.loc["Not known", ["value", "lower", "upper"]].isna().all()


def test_a_gap_of_nobody_is_missing():
    shares, reference = shares_and_reference(0, 0)
    frame = youth_over_representation.percentage_point_gap(shares, reference).exact()
    assert frame["value"].isna().all() and set(frame["symbol"]) == {"z"} and frame["denominator"].isna().all()


def test_each_period_has_a_base_of_its_own():
    frame = cases(
        *many(girls=(10, {}), boys=(10, {"intervention_start": "2020-05-01", "intervention_end": "2020-08-01"}))
    )
    shares = youth_caseload.caseload_share(frame, "sex", APRIL_TO_SEPTEMBER, YEAR_BEFORE)
    reference = youth_over_representation.population_share(population(), "sex", period=APRIL_TO_SEPTEMBER, source="ONS")
    gap = youth_over_representation.percentage_point_gap(shares, reference).exact()
    assert dict(zip(zip(gap["sex"], gap["period_end"], strict=True), gap["value"], strict=True)) == pytest.approx(
        {
            ("Female", APRIL_TO_SEPTEMBER.end): 55, ("Male", APRIL_TO_SEPTEMBER.end): -55,
            ("Female", YEAR_BEFORE.end): -45, ("Male", YEAR_BEFORE.end): 45,
        }
    )  # fmt: skip
    rate = youth_over_representation.relative_rate(shares, reference, compared_with="Female").exact()
    assert rate[["period_end", "numerator", "denominator"]].to_numpy().tolist() == [
        [APRIL_TO_SEPTEMBER.end, 0, 10],
        [YEAR_BEFORE.end, 10, 0],
    ]


def test_the_rows_of_a_relative_rate():
    shares, reference = shares_and_reference(20, 80, unknown=12)
    result = youth_over_representation.relative_rate(shares, reference, compared_with="Female")
    frame = result.exact().set_index("sex")
    assert (result.groups, result.parts) == (("sex",), ())
    assert frame.loc["Male", ["numerator", "denominator"]].tolist() == [80, 20]
    # R 4: poisson.test(c(80, 20), c(8800, 7200))
    assert frame.loc["Male", ["value", "lower", "upper"]].tolist() == pytest.approx(
        [3.27272727273, 1.98532105776, 5.64171515912], rel=1e-9
    )
    assert frame.loc["Not known", "symbol"] == "x" and frame.loc["Not known", ["value", "lower", "upper"]].isna().all()
    assert set(frame["unit"]) == {"ratio"} and set(frame["measure"]) == {"yos_relative_rate"}
    assert set(frame["method"]) == {"exact conditional interval, 95%"} and set(frame["source"]) == {""}
    absent = youth_over_representation.relative_rate(shares, reference, compared_with="Not known").exact()
    assert set(absent["symbol"]) == {"x"}


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 5))
def test_gaps_of_two_groups_are_opposite_and_rates_inverse(girls, boys, unknown):
    shares, reference = shares_and_reference(girls, boys, unknown)
    gap = youth_over_representation.percentage_point_gap(shares, reference).exact().set_index("sex")["value"]
    if girls + boys:
        assert gap["Female"] == pytest.approx(-gap["Male"])
        assert gap["Female"] == pytest.approx(100 * girls / (girls + boys) - 45)
    else:
        assert gap.isna().all()
    of_boys, of_girls = (
        youth_over_representation.relative_rate(shares, reference, compared_with=one).exact().set_index("sex")["value"]
        for one in ("Female", "Male")
    )
    if min(girls, boys) >= 10:
        assert of_boys["Male"] * of_girls["Female"] == pytest.approx(1)
        assert of_boys["Male"] == pytest.approx((boys / 8800) / (girls / 7200))
    else:
        assert np.isnan(of_boys["Male"]) and np.isnan(of_girls["Female"])


def test_comparisons_name_the_children_of_the_group():
    with recorded():
        shares, reference = shares_and_reference(10, 11, unknown=1)
        gap = behind(youth_over_representation.percentage_point_gap(shares, reference)).set_index("sex")
    assert gap.loc["Female", "numerator_children"] == [f"girls{number}" for number in range(10)]
    assert gap["denominator_children"].isna().all()


def test_looked_after_children_agree_with_a_plain_loop():
    chance = random.Random(4)
    day = pd.Timestamp("2021-01-01")
    rows, births = [], {}
    for number in range(60):
        child = f"c{number % 45}"
        births[child] = pd.Timestamp("2003-01-01") + pd.Timedelta(days=chance.randrange(3600))
        start = day + pd.Timedelta(days=chance.randrange(-100, 300))
        end = chance.choice([None, start + pd.Timedelta(days=chance.randrange(0, 200))])
        rows.append((child, start, end))
    children, care_periods = care(*((child, births[child], start, end) for child, start, end in rows))
    expected = set()
    for child in births:
        nights = [
            when
            for when in pd.date_range(APRIL_TO_SEPTEMBER.start, APRIL_TO_SEPTEMBER.end)
            if any(one == child and start <= when and (end is None or when < end) for one, start, end in rows)
        ]
        if nights:
            born, last = births[child], nights[-1]
            age = last.year - born.year - ((last.month, last.day) < (born.month, born.day))
            expected |= {child} if 10 <= age <= 17 else set()
    found = youth_over_representation._looked_after_aged_10_to_17(children, care_periods, APRIL_TO_SEPTEMBER)
    assert set(found) == expected and len(expected) > 5


def test_care_that_ends_on_the_day_it_starts_is_no_night_in_care():
    children, care_periods = care(
        ("a", "2007-01-01", "2021-05-01", "2021-05-01"), ("b", "2007-01-01", "2021-05-01", "2021-05-02")
    )
    found = youth_over_representation._looked_after_aged_10_to_17(children, care_periods, APRIL_TO_SEPTEMBER)
    assert found.tolist() == ["b"]


def test_the_row_of_looked_after_children():
    children, care_periods = care(*((f"c{number}", "2007-01-01", "2020-01-01", None) for number in range(200)))
    frame = cases(
        *many(boys_in_care=(10, {"looked_after": True}), boys=(40, {})),
        *({"child_id": f"blank{number}", "council_code": None} for number in range(5)),  # 5 of 55: one in eleven
    )

    everyone = population()

    def rate(of=frame, people=everyone):
        return youth_over_representation.looked_after_relative_rate(
            of, children, care_periods, people, area=HERE, period=APRIL_TO_SEPTEMBER
        )

    with recorded():
        row = only(behind(rate()))
    assert (row["numerator"], row["denominator"], row["looked_after"]) == (10, 40, "Yes")
    assert row["numerator_children"] == [f"boys_in_care{number}" for number in range(10)]
    assert len(row["denominator_children"]) == 40
    assert (row["measure"], row["unit"], row["symbol"]) == ("yos_looked_after_relative_rate", "ratio", "")
    assert (row["period_start"], row["period_end"]) == (APRIL_TO_SEPTEMBER.start, APRIL_TO_SEPTEMBER.end)
    assert row["value"] == pytest.approx((10 / 200) / (40 / 15800))
    elsewhere = pd.concat([population(), population().assign(area_code="E06000003")])
    assert only(rate(people=elsewhere).exact())["value"] == pytest.approx((10 / 200) / (40 / 15800))
    tenth = cases(*many(boys_in_care=(10, {"looked_after": True}), boys=(35, {})), *({"child_id": f"blank{number}", "council_code": None} for number in range(5)))  # fmt: skip
    assert only(rate(of=tenth).exact())["denominator"] == 35  # just one in ten
    nine = cases(*many(boys_in_care=(9, {"looked_after": True}), boys=(40, {})))
    assert only(rate(of=nine).exact())["symbol"] == "u"


def test_the_module_shows_its_measures():
    assert dir(youth_over_representation) == sorted(youth_over_representation.__all__)


def test_care_that_starts_on_the_last_day_of_the_period_counts():
    children, care_periods = care(("a", "2007-01-01", "2021-09-30", None), ("b", "2007-01-01", "2021-10-01", None))
    found = youth_over_representation._looked_after_aged_10_to_17(children, care_periods, APRIL_TO_SEPTEMBER)
    assert found.tolist() == ["a"]
