"""The caseload's rules on small frames, a naive loop as judge, and the service's own table.

The published table (South Tees Youth Offending Service, Corporate Parenting Board, 30 November 2021) has percentages
of few children. Its rows, columns and rounding are tested; its children are not rebuilt: every composition is invented.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from analysis_lib.authority import Area, DisclosurePolicy
from analysis_lib.disclosure import release
from analysis_lib.metrics import youth_offending as yos
from analysis_lib.periods import Period
from analysis_lib.results import PUBLISHED, number_text, round_half_up

APRIL_TO_SEPTEMBER = Period.parse("2021-22-Q2").year_to_date
YEAR_BEFORE = APRIL_TO_SEPTEMBER.same_period_last_year
POLICY = DisclosurePolicy(threshold=6, min_percentage_base=10, min_average_base=10, min_quartile_base=20)
HERE = Area("Here", "E06000002")


def cases(*rows: dict) -> pd.DataFrame:
    """Tidy cases; what a row leaves out is a boy of 15, White, not looked after, open since May 2021."""
    plain = {
        "child_id": "a", "sex": "male", "birth_date": None, "age": 15.0, "ethnic_group": "White", "looked_after": False,
        "council_code": "E06000002", "intervention_start": "2021-05-01", "intervention_end": None,
        "intervention_type": None,
    }  # fmt: skip
    frame = pd.DataFrame([{**plain, **row} for row in rows], columns=list(plain))
    for column in ("birth_date", "intervention_start", "intervention_end"):
        frame[column] = pd.to_datetime(frame[column])
    return frame.astype({"age": float, "looked_after": "boolean"})


def many(**groups) -> list[dict]:
    """`sex_group=number` as rows: that many children each."""
    return [
        {"child_id": f"{name}{i}", "sex": "female" if name.startswith("girls") else "male", **facts}
        for name, (number, facts) in groups.items()
        for i in range(number)
    ]


def only(frame: pd.DataFrame) -> pd.Series:
    assert len(frame) == 1
    return frame.iloc[0]


# Who is on the caseload


@pytest.mark.parametrize(
    ("start", "end", "counted"),
    [
        ("2021-03-31", "2021-03-31", False),
        ("2020-01-01", "2021-03-31", False),  # ended the day before
        ("2020-01-01", "2021-04-01", True),  # ended on the first day
        ("2021-09-30", None, True),  # started on the last day
        ("2021-09-30", "2021-09-30", True),
        ("2021-10-01", None, False),
        ("2020-01-01", None, True),
        ("2020-01-01", "2022-03-31", True),
        ("2020-02-29", "2021-04-01", True),
        (None, None, False),
    ],
)
def test_open_on_at_least_one_day_of_the_period(start, end, counted):
    children = yos.children_on_caseload(
        cases({"intervention_start": start, "intervention_end": end}), APRIL_TO_SEPTEMBER
    )
    assert len(children) == counted


def test_a_child_with_several_interventions_counts_once():
    open_twice = cases({}, {"intervention_start": "2021-08-01"}, {"child_id": "b"})
    assert yos.caseload(open_twice, APRIL_TO_SEPTEMBER).exact()["value"].tolist() == [2]


def test_the_latest_recorded_sex_and_ethnic_group_count_and_a_blank_does_not_undo_them():
    child = only(
        yos.children_on_caseload(
            cases(
                {"ethnic_group": "Asian", "intervention_start": "2021-06-01"},
                {"ethnic_group": "White", "intervention_start": "2021-04-01"},
                {"ethnic_group": "Not known", "sex": "unknown", "intervention_start": "2021-07-01"},
            ),
            APRIL_TO_SEPTEMBER,
        )
    )
    assert (child["sex"], child["ethnic_group"]) == ("Male", "Asian")


def test_of_two_interventions_that_start_on_one_day_the_one_open_longer_is_the_latest():
    child = only(
        yos.children_on_caseload(
            cases({"ethnic_group": "Mixed"}, {"ethnic_group": "White", "intervention_end": "2021-06-01"}),
            APRIL_TO_SEPTEMBER,
        )
    )
    assert child["ethnic_group"] == "Mixed"


def test_a_row_outside_the_period_says_nothing():
    child = only(
        yos.children_on_caseload(
            cases(
                {"looked_after": True, "intervention_start": "2020-01-01", "intervention_end": "2021-03-31"},
                {"sex": "unknown"},
            ),
            APRIL_TO_SEPTEMBER,
        )
    )
    assert (child["sex"], child["looked_after"]) == ("Not known", "No")


@pytest.mark.parametrize(
    ("said", "looked_after"),
    [
        ([True, False], "Yes"),
        ([None, True], "Yes"),
        ([False, None], "No"),
        ([None, None], "Not known"),
        ([False, False], "No"),
    ],
)
def test_looked_after_when_any_intervention_says_so(said, looked_after):
    child = only(
        yos.children_on_caseload(
            cases(*({"looked_after": each, "intervention_start": f"2021-05-0{i + 1}"} for i, each in enumerate(said))),
            APRIL_TO_SEPTEMBER,
        )
    )
    assert child["looked_after"] == looked_after


@pytest.mark.parametrize(
    ("birth_date", "end", "age", "band"),
    [
        ("2004-09-30", None, 17, "17+"),  # birthday on the period's last day, still open
        ("2004-10-01", None, 16, "16"),  # birthday the day after
        ("2003-09-30", None, 18, "17+"),
        ("2007-06-15", "2021-06-14", 13, "10-13"),  # left the day before the birthday
        ("2007-06-15", "2021-06-15", 14, "14"),
        (
            "2007-11-15",
            "2022-01-31",
            13,
            "10-13",
        ),  # a birthday before it ends; it ends after the period: age on the period's last day
        ("2011-09-30", None, 10, "10-13"),
        ("2011-10-01", None, 9, "Not known or under 10"),
        ("2007-06-30", None, 14, "14"),
        (None, None, np.nan, "Not known or under 10"),
    ],
)
def test_age_on_the_last_day_on_the_caseload_in_the_period(birth_date, end, age, band):
    child = only(
        yos.children_on_caseload(
            cases({"age": None, "birth_date": birth_date, "intervention_end": end}), APRIL_TO_SEPTEMBER
        )
    )
    assert child["age"] == pytest.approx(age, nan_ok=True)
    assert child["age_band"] == band


def test_an_age_that_is_given_is_used_as_given_from_the_latest_row_that_has_one():
    child = only(
        yos.children_on_caseload(
            cases(
                {"age": 14, "birth_date": "2003-01-01"},
                {"age": 16, "intervention_start": "2021-06-01"},
                {"age": None, "intervention_start": "2021-07-01"},
            ),
            APRIL_TO_SEPTEMBER,
        )
    )
    assert child["age"] == 16


def test_no_cases_at_all_is_a_caseload_of_nobody():
    nobody = cases().iloc[:0]
    assert yos.children_on_caseload(nobody, APRIL_TO_SEPTEMBER).empty
    assert yos.caseload(nobody, APRIL_TO_SEPTEMBER).exact()["value"].tolist() == [0]
    table = yos.caseload_demographics(nobody, APRIL_TO_SEPTEMBER).exact()
    assert table["value"].isna().all() and set(table["symbol"]) == {"z"}


# The service's own table


def service_table(frame: pd.DataFrame, period: Period = APRIL_TO_SEPTEMBER) -> dict[tuple[str, str], list[str]]:
    """Block and row -> the printed cells, as the restricted edition has them."""
    released = release(yos.caseload_demographics(frame, period), edition="restricted", policy=POLICY)
    printed: dict[tuple[str, str], list[str]] = {}
    for row, value in zip(released.frame.to_dict("records"), released.values(), strict=True):
        printed.setdefault((row["block"], row["row"]), []).append(value.text)
    return printed


INVENTED = cases(
    *many(
        girls_white=(21, {"age": 13, "looked_after": True}),
        girls_mixed=(10, {"age": 16, "ethnic_group": "Mixed"}),
        girls_unknown=(1, {"age": 17, "ethnic_group": "Not known"}),
        boys_white=(100, {"age": 17}),
        boys_asian=(17, {"age": 14, "ethnic_group": "Asian"}),
        boys_black=(11, {"age": 18, "ethnic_group": "Black", "looked_after": True}),
        boys_chinese=(8, {"age": 12, "ethnic_group": "Chinese"}),
    )
)


def test_the_services_own_table_to_the_printed_digit():
    # 32 girls and 136 boys; halves go up: 1/32 = 3.125%, 21/32 = 65.625%, 17/136 = 12.5%
    assert service_table(INVENTED) == {
        ("Gender", "All cases"): ["19.0%", "81.0%", "100.0%"],
        ("Ethnicity", "Asian"): ["0.0%", "12.5%", "10.1%"],
        ("Ethnicity", "Black"): ["0.0%", "8.1%", "6.5%"],
        ("Ethnicity", "Chinese"): ["0.0%", "5.9%", "4.8%"],
        ("Ethnicity", "Mixed"): ["31.3%", "0.0%", "6.0%"],
        ("Ethnicity", "Not Known"): ["3.1%", "0.0%", "0.6%"],
        ("Ethnicity", "Other"): ["0.0%", "0.0%", "0.0%"],
        ("Ethnicity", "White"): ["65.6%", "73.5%", "72.0%"],
        ("Ethnicity", "All"): ["100.0%", "100.0%", "100.0%"],
        ("Age", "10-13"): ["65.6%", "5.9%", "17.3%"],
        ("Age", "14"): ["0.0%", "12.5%", "10.1%"],
        ("Age", "15"): ["0.0%", "0.0%", "0.0%"],
        ("Age", "16"): ["31.3%", "0.0%", "6.0%"],
        ("Age", "17+"): ["3.1%", "81.6%", "66.7%"],
        ("Age", "All"): ["100.0%", "100.0%", "100.0%"],
        ("Looked after", "Yes"): ["65.6%", "8.1%", "19.0%"],
        ("Looked after", "No"): ["34.4%", "91.9%", "81.0%"],
    }


def test_a_row_of_the_published_table_by_hand():
    # 11.3% and 88.7%, as 24 and 189 of 213 round (South Tees, April to September 2021, "All cases").
    shares = [number_text(float(round_half_up(100 * part / 213, 1)), "%", 1) for part in (24, 189)]
    assert shares == ["11.3%", "88.7%"]


def test_half_a_tenth_goes_up():
    assert service_table(cases(*many(girls=(1, {}), boys=(79, {}))))[("Gender", "All cases")] == [
        "1.3%",  # 1.25%, which rounding half to even would print as 1.2%
        "98.8%",
        "100.0%",
    ]


def test_children_without_sex_age_or_looked_after_stay_in_every_base():
    table = service_table(
        cases(
            *many(girls=(5, {}), boys=(4, {})), {"child_id": "x", "sex": "unknown", "age": None, "looked_after": None}
        )
    )
    assert table[("Gender", "All cases")] == ["50.0%", "40.0%", "10.0%", "100.0%"]
    assert table[("Age", "Not known or under 10")] == ["0.0%", "0.0%", "100.0%", "10.0%"]
    assert table[("Looked after", "Not Known")] == ["0.0%", "0.0%", "100.0%", "10.0%"]
    assert table[("Age", "15")] == ["100.0%", "100.0%", "0.0%", "90.0%"]


def test_a_sex_without_children_has_no_percentages():
    table = service_table(cases(*many(boys=(3, {}))))
    assert table[("Gender", "All cases")] == ["0.0%", "100.0%", "100.0%"]
    assert table[("Age", "15")] == ["z", "100.0%", "100.0%"]


def naive_table(rows: list[dict], period: Period) -> dict[tuple[str, str, str], float]:
    """The service's table by loops over children, for extracts in which everything is recorded."""
    latest: dict[str, dict] = {}
    for row in sorted(rows, key=lambda each: each["intervention_start"]):
        end = row["intervention_end"]
        if row["intervention_start"] <= period.end and (end is None or end >= period.start):
            before = latest.get(row["child_id"], {"looked_after": False})
            latest[row["child_id"]] = {**row, "looked_after": row["looked_after"] or before["looked_after"]}
    table = {}
    for column in ("Female", "Male", "All"):
        those = [each for each in latest.values() if column in ("All", each["sex"].capitalize())]
        table["Gender", "All cases", column] = 100 * len(those) / len(latest) if latest else np.nan
        for child in those:
            band = "10-13" if child["age"] <= 13 else "17+" if child["age"] >= 17 else str(child["age"])
            for key in (
                ("Ethnicity", child["ethnic_group"]),
                ("Age", band),
                ("Looked after", "Yes" if child["looked_after"] else "No"),
            ):
                table[*key, column] = table.get((*key, column), 0) + 100 / len(those)
    return table


DAYS = st.integers(0, 900).map(lambda days: pd.Timestamp("2019-10-01") + pd.Timedelta(days=days))
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "child_id": st.sampled_from("abcdefghij"),
            "sex": st.sampled_from(["female", "male"]),
            "age": st.integers(10, 18),
            "ethnic_group": st.sampled_from(["White", "Mixed", "Asian", "Black", "Chinese", "Other", "Not known"]),
            "looked_after": st.booleans(),
            "intervention_start": DAYS,
            "intervention_end": st.none() | DAYS,
        }
    ),
    max_size=30,
    unique_by=lambda row: (row["child_id"], row["intervention_start"]),
)


@settings(max_examples=40, deadline=None)
@given(ROWS)
def test_the_table_agrees_with_a_loop_over_children(rows):
    for row in rows:
        if row["ethnic_group"] == "Not known":  # a later blank does not undo a record: tested by name above
            row["ethnic_group"] = "White"
    exact = yos.caseload_demographics(cases(*rows), APRIL_TO_SEPTEMBER).exact()
    judge = naive_table(rows, APRIL_TO_SEPTEMBER)
    for row in exact.to_dict("records"):
        if row["row"] == "All":
            assert np.isnan(row["value"]) or row["value"] == 100
        elif row["denominator"]:
            assert row["value"] == pytest.approx(judge.get((row["block"], row["row"], row["column"]), 0))
    exact = exact.replace({"row": {"Not Known": "Not known"}})
    blocks = exact[exact["row"] != "All"].groupby(["block", "column"])["numerator"].sum()
    assert {blocks[block, "All"] for block in ("Ethnicity", "Age", "Looked after")} == {
        exact.loc[exact["block"] == "Gender", "denominator"].iloc[0]
    }


@settings(max_examples=15, deadline=None)
@given(ROWS, st.randoms(use_true_random=False))
def test_row_order_does_not_matter_and_the_input_is_left_alone(rows, random):
    frame = cases(*rows)
    before = frame.copy()
    shuffled = list(rows)
    random.shuffle(shuffled)
    first = yos.children_on_caseload(frame, APRIL_TO_SEPTEMBER)
    assert_frame_equal(frame, before)
    assert_frame_equal(first, yos.children_on_caseload(cases(*shuffled), APRIL_TO_SEPTEMBER))


# Counts and shares


def test_groups_add_up_to_the_caseload_in_both_periods():
    frame = cases(
        *many(girls=(7, {}), boys=(9, {"intervention_start": "2020-05-01", "intervention_end": "2020-08-01"}))
    )
    total = yos.caseload(frame, APRIL_TO_SEPTEMBER, YEAR_BEFORE).exact()
    assert total["value"].tolist() == [7, 9]
    for by in yos.CATEGORIES:
        parts = yos.caseload_by(frame, by, APRIL_TO_SEPTEMBER, YEAR_BEFORE).exact()
        assert parts.groupby("period_end", sort=False)["value"].sum().tolist() == [7, 9]
        shares = yos.caseload_share(frame, by, APRIL_TO_SEPTEMBER, YEAR_BEFORE).exact()
        assert shares.groupby("period_end")["value"].sum().tolist() == pytest.approx([100, 100])


def test_a_year_that_the_extract_does_not_reach_back_to_has_no_figures():
    """An extract of this year's cases holds last year's only where they are still open."""
    frame = cases(*many(boys=(8, {"intervention_start": "2020-05-01", "intervention_end": "2021-06-01"})))
    assert not yos.covers(frame, YEAR_BEFORE)
    for result in (
        yos.caseload(frame, APRIL_TO_SEPTEMBER, YEAR_BEFORE),
        yos.caseload_by(frame, "sex", APRIL_TO_SEPTEMBER, YEAR_BEFORE),
        yos.caseload_share(frame, "sex", APRIL_TO_SEPTEMBER, YEAR_BEFORE),
    ):
        earlier = result.exact().query("period_end == @YEAR_BEFORE.end")
        assert set(earlier["symbol"]) == {"x"}
        assert earlier[["numerator", "denominator", "value", "lower", "upper"]].isna().all(axis=None)
        assert result.exact().query("period_end == @APRIL_TO_SEPTEMBER.end")["value"].notna().all()


def test_one_case_ended_by_then_shows_that_the_extract_reaches_back():
    frame = cases({}, {"child_id": "b", "intervention_start": "2020-01-01", "intervention_end": "2020-09-30"})
    assert yos.covers(frame, YEAR_BEFORE)
    assert yos.caseload(frame, APRIL_TO_SEPTEMBER, YEAR_BEFORE).exact()["value"].tolist() == [1, 1]


# What the public edition shows


def test_the_restricted_edition_shows_every_category():
    groups = yos.groups_to_show(INVENTED, APRIL_TO_SEPTEMBER, edition="restricted", threshold=6)
    assert groups == {"sex": {}, "ethnic_group": {}, "age_band": {}, "looked_after": {}}


def test_the_public_edition_shows_broad_groups_and_merges_the_small():
    groups = yos.groups_to_show(INVENTED, APRIL_TO_SEPTEMBER, edition="public", threshold=6)
    shares = yos.caseload_by(INVENTED, "ethnic_group", APRIL_TO_SEPTEMBER, groups=groups["ethnic_group"]).exact()
    # one child's group is not known: it goes with the other groups
    assert dict(zip(shares["ethnic_group"], shares["value"], strict=True)) == {
        "All other groups or not known": 47,
        "White": 121,
    }
    ages = yos.caseload_by(INVENTED, "age_band", APRIL_TO_SEPTEMBER, groups=groups["age_band"]).exact()
    assert dict(zip(ages["age_band"], ages["value"], strict=True)) == {"10-14": 46, "15": 0, "16": 10, "17+": 112}


@settings(max_examples=10, deadline=None)
@given(ROWS)
def test_no_count_of_one_to_five_is_released_and_none_follows_from_the_total(rows):
    frame = cases(*rows)
    groups = yos.groups_to_show(frame, APRIL_TO_SEPTEMBER, YEAR_BEFORE, edition="public", threshold=6)
    for by in yos.CATEGORIES:
        periods = (APRIL_TO_SEPTEMBER, YEAR_BEFORE)
        exact = yos.caseload_by(frame, by, *periods, groups=groups[by])
        shown = release(exact, edition="public", policy=POLICY).frame
        assert not shown["value"].between(1, 5).any()
        for _, rows_of_period in shown.groupby("period_end"):
            hidden = (rows_of_period["symbol"] == "c").sum()
            nothing_else = (exact.exact().loc[rows_of_period.index, "value"] > 0).sum() == 1
            assert hidden != 1 or nothing_else


# Beside the population


def population() -> pd.DataFrame:
    rows = [
        {"area_code": "E06000002", "area": "Here", "sex": sex, "age": str(age), "population": number}
        for sex, number in (("female", 900), ("male", 1100))
        for age in range(10, 18)
    ]
    return pd.DataFrame(rows)


def test_population_shares_are_published_figures():
    by_sex = yos.population_share(population(), "sex", period=APRIL_TO_SEPTEMBER, source="ONS")
    assert by_sex.origin == PUBLISHED
    assert by_sex.exact()[["sex", "value"]].to_numpy().tolist() == [["Female", 45.0], ["Male", 55.0]]
    by_age = yos.population_share(
        population(), "age_band", period=APRIL_TO_SEPTEMBER, source="ONS", groups={"10-13": "10-14", "14": "10-14"}
    )
    assert by_age.exact()["age_band"].tolist() == ["10-14", "15", "16", "17+"]
    assert by_age.exact()["value"].tolist() == [62.5, 12.5, 12.5, 12.5]


def test_those_aged_18_are_left_out_of_the_comparison_by_age():
    frame = cases(
        *many(boys_of_14=(10, {"age": 14}), boys_of_17=(10, {"age": 17}), boys_of_18=(7, {"age": 18})),
        {"child_id": "x", "age": None},
    )
    groups = yos.under_18({})
    assert groups == {"17+": "17"}
    assert yos.aged_18_or_over(frame, APRIL_TO_SEPTEMBER).exact()["value"].tolist() == [7]
    shares = yos.caseload_share(
        yos.without_those_aged_18(frame, APRIL_TO_SEPTEMBER), "age_band", APRIL_TO_SEPTEMBER, groups=groups
    )
    assert shares.exact().set_index("age_band")["numerator"].to_dict() == {
        "10-13": 0, "14": 10, "15": 0, "16": 0, "17": 10, "Not known or under 10": 1,
    }  # fmt: skip
    expected = yos.population_share(population(), "age_band", period=APRIL_TO_SEPTEMBER, source="ONS", groups=groups)
    gap = yos.percentage_point_gap(shares, expected).exact().set_index("age_band")
    assert gap.loc["17", ["denominator", "value"]].tolist() == [20, 50 - 12.5]


def test_an_eighteenth_birthday_on_the_last_day_on_the_caseload_leaves_a_child_out():
    facts = {"age": None, "birth_date": "2003-06-15"}
    frame = cases(
        {**facts, "child_id": "on it", "intervention_end": "2021-06-15"},
        {**facts, "child_id": "before", "intervention_end": "2021-06-14"},
    )
    assert yos.without_those_aged_18(frame, APRIL_TO_SEPTEMBER)["child_id"].tolist() == ["before"]


def test_merged_age_groups_are_named_for_children_under_18():
    merged = {"10-13": "10-14", "14": "10-14", "16": "16 and over", "17+": "16 and over"}
    assert yos.under_18(merged) == {"10-13": "10-14", "14": "10-14", "16": "16 and 17", "17+": "16 and 17"}


def test_the_population_row_of_the_services_table():
    row = yos.population_estimate(population(), period=APRIL_TO_SEPTEMBER, source="ONS")
    assert row.origin == PUBLISHED
    assert row.exact()[["column", "value"]].to_numpy().tolist() == [["Female", 45.0], ["Male", 55.0], ["All", 100.0]]


def test_gap_by_hand():
    frame = cases(*many(girls=(20, {}), boys=(80, {})), {"child_id": "x", "sex": "unknown"})
    shares = yos.caseload_share(frame, "sex", APRIL_TO_SEPTEMBER)
    reference = yos.population_share(population(), "sex", period=APRIL_TO_SEPTEMBER, source="ONS")
    gap = yos.percentage_point_gap(shares, reference).exact().set_index("sex")
    assert gap.loc["Female", "value"] == pytest.approx(20 - 45)
    assert gap.loc["Male", "value"] == pytest.approx(80 - 55)
    # Wilson's interval of 20 in 100, 13.3% to 28.9%, less 45
    assert gap.loc["Female", ["lower", "upper"]].tolist() == pytest.approx([13.3366 - 45, 28.8829 - 45], abs=1e-3)
    assert gap.loc["Not known", "symbol"] == "x" and np.isnan(gap.loc["Not known", "value"])


def test_relative_rate_by_hand():
    shares = yos.caseload_share(cases(*many(girls=(20, {}), boys=(80, {}))), "sex", APRIL_TO_SEPTEMBER)
    reference = yos.population_share(population(), "sex", period=APRIL_TO_SEPTEMBER, source="ONS")
    rate = only(yos.relative_rate(shares, reference, compared_with="Female").exact())
    assert rate["sex"] == "Male"
    assert rate["value"] == pytest.approx((80 / 8800) / (20 / 7200))
    assert rate["lower"] < rate["value"] < rate["upper"]


@pytest.mark.parametrize(("girls", "boys", "symbol"), [(9, 80, "u"), (10, 80, ""), (80, 9, "u"), (0, 80, "u")])
def test_fewer_than_ten_in_either_group_is_too_few_to_say(girls, boys, symbol):
    shares = yos.caseload_share(cases(*many(girls=(girls, {}), boys=(boys, {}))), "sex", APRIL_TO_SEPTEMBER)
    reference = yos.population_share(population(), "sex", period=APRIL_TO_SEPTEMBER, source="ONS")
    rate = only(yos.relative_rate(shares, reference, compared_with="Female").exact())
    assert rate["symbol"] == symbol
    assert np.isnan(rate["value"]) == bool(symbol)


def test_a_merged_group_that_holds_the_not_known_is_not_compared():
    reference = pd.DataFrame(
        {"ethnic_group": ["White", "Asian"], "population": [900, 100], "source": "ONS", "basis": "people of all ages"}
    )
    groups = yos.groups_to_show(INVENTED, APRIL_TO_SEPTEMBER, edition="public", threshold=6)["ethnic_group"]
    shares = yos.caseload_share(INVENTED, "ethnic_group", APRIL_TO_SEPTEMBER, groups=groups)
    expected = yos.ethnicity_reference_share(reference, period=APRIL_TO_SEPTEMBER, groups=groups)
    gap = yos.percentage_point_gap(shares, expected).exact().set_index("ethnic_group")
    assert gap["symbol"].to_dict() == {"All other groups or not known": "x", "White": "x"}
    rate = yos.relative_rate(shares, expected, compared_with="White").exact()
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
    shares = yos.caseload_share(frame, "ethnic_group", APRIL_TO_SEPTEMBER)
    gap = yos.percentage_point_gap(shares, yos.ethnicity_reference_share(pupils, period=APRIL_TO_SEPTEMBER))
    gap = gap.exact().set_index("ethnic_group")
    assert gap.loc["Black", "symbol"] == "x"
    assert gap.loc[["Asian", "White"], "value"].tolist() == pytest.approx([10, -20])


def test_a_few_of_unknown_sex_do_not_stop_the_comparison_of_girls():
    frame = cases(*many(girls=(20, {}), boys=(78, {})), *({"child_id": f"x{i}", "sex": "unknown"} for i in range(2)))
    groups = yos.groups_to_show(frame, APRIL_TO_SEPTEMBER, edition="public", threshold=6)["sex"]
    shares = yos.caseload_share(frame, "sex", APRIL_TO_SEPTEMBER, groups=groups)
    reference = yos.population_share(population(), "sex", period=APRIL_TO_SEPTEMBER, source="ONS", groups=groups)
    gap = yos.percentage_point_gap(shares, reference).exact().set_index("sex")
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
    assert yos.ethnicity_reference(CENSUS, BOTH, pupils)["population"].tolist() == [9, 8]
    assert set(yos.ethnicity_reference(CENSUS, BOTH, pupils)["basis"]) == {"pupils"}
    assert set(yos.ethnicity_reference(CENSUS, BOTH, pupils.iloc[:1])["basis"]) == {"people of all ages"}
    assert yos.ethnicity_reference(CENSUS, BOTH)["population"].tolist() == [90, 95]
    assert yos.ethnicity_reference(CENSUS.iloc[:1], BOTH) is None


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
    result = yos.looked_after_relative_rate(
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
    result = yos.looked_after_relative_rate(
        frame, children, care_periods, population(), area=HERE, period=APRIL_TO_SEPTEMBER
    )
    assert only(result.exact())["value"] == pytest.approx((12 / 30) / (40 / (16000 - 30)))


def test_of_several_periods_of_care_the_last_day_of_the_last_counts():
    children, care_periods = care(
        ("a", "2003-06-15", "2019-01-01", "2021-05-01"), ("a", "2003-06-15", "2021-05-20", "2021-07-01")
    )
    assert yos._looked_after_aged_10_to_17(children, care_periods, APRIL_TO_SEPTEMBER).tolist() == []
    first = care_periods.iloc[:1]
    assert yos._looked_after_aged_10_to_17(children, first, APRIL_TO_SEPTEMBER).tolist() == ["a"]


def test_without_the_council_of_most_children_looked_after_is_not_compared():
    children, care_periods = care(("a", "2007-01-01", "2020-01-01", None))
    frame = cases(*many(boys=(20, {}), boys_of_no_council=(3, {"council_code": None})))
    assert (
        yos.looked_after_relative_rate(
            frame, children, care_periods, population(), area=HERE, period=APRIL_TO_SEPTEMBER
        )
        is None
    )


def test_a_gap_is_printed_with_its_sign_and_hidden_with_its_share():
    frame = cases(*many(girls=(3, {}), boys=(97, {})))
    shares = yos.caseload_share(frame, "sex", APRIL_TO_SEPTEMBER)
    reference = yos.population_share(population(), "sex", period=APRIL_TO_SEPTEMBER, source="ONS")
    gap = yos.percentage_point_gap(shares, reference)
    assert [each.text for each in release(gap, edition="restricted", policy=POLICY).values()] == ["-42.0", "+42.0"]
    assert [each.text for each in release(gap, edition="public", policy=POLICY).values()] == ["c", "c"]
