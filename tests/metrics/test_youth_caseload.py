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
from youth_cases import APRIL_TO_SEPTEMBER, INVENTED, YEAR_BEFORE, cases, many, only

from analysis_lib.authority import read_authority
from analysis_lib.disclosure import Gate, release
from analysis_lib.metrics import youth_caseload
from analysis_lib.metrics.counting.members import behind, recorded
from analysis_lib.metrics.facts import every_measure
from analysis_lib.periods import Period
from analysis_lib.policy import DisclosurePolicy
from analysis_lib.results import number_text, round_half_up

POLICY = DisclosurePolicy.alike(threshold=6, min_percentage_base=10, min_average_base=10, min_quartile_base=20)


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
    children = youth_caseload.children_on_caseload(
        cases({"intervention_start": start, "intervention_end": end}), APRIL_TO_SEPTEMBER
    )
    assert len(children) == counted


def test_a_child_with_several_interventions_counts_once():
    open_twice = cases({}, {"intervention_start": "2021-08-01"}, {"child_id": "b"})
    assert youth_caseload.caseload(open_twice, APRIL_TO_SEPTEMBER).exact()["value"].tolist() == [2]


def test_the_latest_recorded_sex_and_ethnic_group_count_and_a_blank_does_not_undo_them():
    child = only(
        youth_caseload.children_on_caseload(
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
        youth_caseload.children_on_caseload(
            cases({"ethnic_group": "Mixed"}, {"ethnic_group": "White", "intervention_end": "2021-06-01"}),
            APRIL_TO_SEPTEMBER,
        )
    )
    assert child["ethnic_group"] == "Mixed"


def test_a_row_outside_the_period_says_nothing():
    child = only(
        youth_caseload.children_on_caseload(
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
        youth_caseload.children_on_caseload(
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
        youth_caseload.children_on_caseload(
            cases({"age": None, "birth_date": birth_date, "intervention_end": end}), APRIL_TO_SEPTEMBER
        )
    )
    assert child["age"] == pytest.approx(age, nan_ok=True)
    assert child["age_band"] == band


def test_an_age_that_is_given_is_used_as_given_from_the_latest_row_that_has_one():
    child = only(
        youth_caseload.children_on_caseload(
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
    assert youth_caseload.children_on_caseload(nobody, APRIL_TO_SEPTEMBER).empty
    assert youth_caseload.caseload(nobody, APRIL_TO_SEPTEMBER).exact()["value"].tolist() == [0]
    table = youth_caseload.caseload_demographics(nobody, APRIL_TO_SEPTEMBER).exact()
    assert table["value"].isna().all() and set(table["symbol"]) == {"z"}


# The service's own table


def service_table(frame: pd.DataFrame, period: Period = APRIL_TO_SEPTEMBER) -> dict[tuple[str, str], list[str]]:
    """Block and row -> the printed cells, as the restricted edition has them."""
    released = release(youth_caseload.caseload_demographics(frame, period), edition="restricted", policy=POLICY)
    printed: dict[tuple[str, str], list[str]] = {}
    for row, value in zip(released.frame.to_dict("records"), released.values(), strict=True):
        printed.setdefault((row["block"], row["row"]), []).append(value.text)
    return printed


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


@settings(max_examples=15, deadline=None)
@given(ROWS)
def test_the_table_agrees_with_a_loop_over_children(rows):
    for row in rows:
        if row["ethnic_group"] == "Not known":  # a later blank does not undo a record: tested by name above
            row["ethnic_group"] = "White"
    exact = youth_caseload.caseload_demographics(cases(*rows), APRIL_TO_SEPTEMBER).exact()
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
    first = youth_caseload.children_on_caseload(frame, APRIL_TO_SEPTEMBER)
    assert_frame_equal(frame, before)
    assert_frame_equal(first, youth_caseload.children_on_caseload(cases(*shuffled), APRIL_TO_SEPTEMBER))


# Counts and shares


def test_groups_add_up_to_the_caseload_in_both_periods():
    frame = cases(
        *many(girls=(7, {}), boys=(9, {"intervention_start": "2020-05-01", "intervention_end": "2020-08-01"}))
    )
    total = youth_caseload.caseload(frame, APRIL_TO_SEPTEMBER, YEAR_BEFORE).exact()
    assert total["value"].tolist() == [7, 9]
    for by in youth_caseload.CATEGORIES:
        parts = youth_caseload.caseload_by(frame, by, APRIL_TO_SEPTEMBER, YEAR_BEFORE).exact()
        assert parts.groupby("period_end", sort=False)["value"].sum().tolist() == [7, 9]
        shares = youth_caseload.caseload_share(frame, by, APRIL_TO_SEPTEMBER, YEAR_BEFORE).exact()
        assert shares.groupby("period_end")["value"].sum().tolist() == pytest.approx([100, 100])


def test_a_year_that_the_extract_does_not_reach_back_to_has_no_figures():
    """An extract of this year's cases holds last year's only where they are still open."""
    frame = cases(*many(boys=(8, {"intervention_start": "2020-05-01", "intervention_end": "2021-06-01"})))
    assert not youth_caseload.covers(frame, YEAR_BEFORE)
    for result in (
        youth_caseload.caseload(frame, APRIL_TO_SEPTEMBER, YEAR_BEFORE),
        youth_caseload.caseload_by(frame, "sex", APRIL_TO_SEPTEMBER, YEAR_BEFORE),
        youth_caseload.caseload_share(frame, "sex", APRIL_TO_SEPTEMBER, YEAR_BEFORE),
    ):
        earlier = result.exact().query("period_end == @YEAR_BEFORE.end")
        assert set(earlier["symbol"]) == {"x"}
        assert earlier[["numerator", "denominator", "value", "lower", "upper"]].isna().all(axis=None)
        assert result.exact().query("period_end == @APRIL_TO_SEPTEMBER.end")["value"].notna().all()


def test_one_case_ended_by_then_shows_that_the_extract_reaches_back():
    frame = cases({}, {"child_id": "b", "intervention_start": "2020-01-01", "intervention_end": "2020-09-30"})
    assert youth_caseload.covers(frame, YEAR_BEFORE)
    assert youth_caseload.caseload(frame, APRIL_TO_SEPTEMBER, YEAR_BEFORE).exact()["value"].tolist() == [1, 1]


# What the public edition shows


def ways(frame, by, *periods, edition="public", threshold=6):
    return youth_caseload.ways_to_group(
        frame, by, *(periods or [APRIL_TO_SEPTEMBER]), edition=edition, threshold=threshold
    )


@pytest.mark.parametrize("by", youth_caseload.CATEGORIES)
def test_the_restricted_edition_shows_every_category(by):
    assert ways(INVENTED, by, edition="restricted") == [{}]


def test_the_public_edition_shows_broad_groups_and_merges_the_small():
    groups = ways(INVENTED, "ethnic_group")[0]
    shares = youth_caseload.caseload_by(INVENTED, "ethnic_group", APRIL_TO_SEPTEMBER, groups=groups).exact()
    # one child's group is not known: it goes with the other groups
    assert dict(zip(shares["ethnic_group"], shares["value"], strict=True)) == {
        "All other groups or not known": 47,
        "White": 121,
    }
    ages = youth_caseload.caseload_by(
        INVENTED, "age_band", APRIL_TO_SEPTEMBER, groups=ways(INVENTED, "age_band")[0]
    ).exact()
    assert dict(zip(ages["age_band"], ages["value"], strict=True)) == {"10-14": 46, "15": 0, "16": 10, "17+": 112}


@settings(max_examples=10, deadline=None)
@given(ROWS)
def test_no_count_of_one_to_five_is_released_and_none_follows_from_the_total(rows):
    frame = cases(*rows)
    for by in youth_caseload.CATEGORIES:
        periods = (APRIL_TO_SEPTEMBER, YEAR_BEFORE)
        exact = youth_caseload.caseload_by(frame, by, *periods, groups=ways(frame, by, *periods)[0])
        gate = Gate("public", read_authority().disclosure, measures=every_measure())
        shown = gate.release(exact).frame
        assert not shown["value"].between(1, 5).any()
        for _, rows_of_period in shown.groupby("period_end"):
            hidden = (rows_of_period["symbol"] == "c").sum()
            nothing_else = (exact.exact().loc[rows_of_period.index, "value"] > 0).sum() == 1
            assert hidden != 1 or nothing_else


# On a day, and for the children of the area


@pytest.mark.parametrize(
    ("start", "end", "counted"),
    [
        ("2021-03-31", None, [0, 1, 1]),
        ("2021-03-30", "2021-03-30", [1, 0, 0]),
        ("2021-03-30", "2021-03-31", [1, 1, 0]),  # the day on which it ends is its last
        ("2021-04-01", "2021-04-01", [0, 0, 1]),
        ("2020-02-29", None, [1, 1, 1]),
        ("2021-04-01", "2021-03-30", [0, 0, 0]),  # ends before it begins
        (None, None, [0, 0, 0]),
    ],
)
def test_on_the_caseload_on_30_and_31_march_and_1_april(start, end, counted):
    days = [pd.Timestamp(day) for day in ("2021-03-30", "2021-03-31", "2021-04-01")]
    table = cases({"intervention_start": start, "intervention_end": end})
    result = youth_caseload.caseload_at(table, census_date=days)
    frame = result.exact()
    assert frame["value"].tolist() == counted and frame["period_end"].tolist() == days
    assert frame["period_start"].isna().all() and set(frame["measure"]) == {"yos_caseload_at"}
    with recorded():
        named = behind(youth_caseload.caseload_at(table, census_date=days))
    assert named["numerator_children"].tolist() == [["a"] * each for each in counted]


@settings(max_examples=15, deadline=None)
@given(ROWS)
def test_a_day_has_the_children_of_a_period_of_one_day_and_no_more_than_a_longer_one(rows):
    frame, day = cases(*rows), pd.Timestamp("2021-06-30")
    on_the_day = youth_caseload.caseload_at(frame, census_date=day).exact()["value"].item()
    assert on_the_day == youth_caseload.caseload(frame, Period.span(day, day)).exact()["value"].item()
    assert on_the_day <= youth_caseload.caseload(frame, APRIL_TO_SEPTEMBER).exact()["value"].item()


def test_caseload_rate_leaves_out_those_of_18_and_keeps_those_of_unknown_age():
    ages = {"a": 17, "b": 18, "c": None}
    frame = cases(*({"child_id": child, "age": age} for child, age in ages.items()))
    with recorded():
        result = youth_caseload.caseload_rate(frame, period=[APRIL_TO_SEPTEMBER, YEAR_BEFORE], population=8_000)
    rate = behind(result)
    assert rate[["numerator", "denominator", "value"]].to_numpy().tolist() == [[2, 8000, 2.5], [0, 8000, 0]]
    assert rate["numerator_children"].tolist() == [["a", "c"], []]
    assert set(rate["measure"]) == {"yos_caseload_rate"} and set(rate["unit"]) == {"per 10,000"}
    assert rate["lower"].iloc[0] < 2.5 < rate["upper"].iloc[0]
    alone = youth_caseload.caseload_rate(frame, period=APRIL_TO_SEPTEMBER, population=None).exact()
    assert alone["value"].isna().all() and alone["symbol"].tolist() == ["x"]


def test_the_module_shows_its_measures():
    assert dir(youth_caseload) == sorted(youth_caseload.__all__) and "caseload_at" in dir(youth_caseload)


# Every column of the rows, and who is behind them


def rows_of(make, *columns):
    with recorded():
        frame = behind(make())
    return frame[[*columns, "numerator", "denominator", "numerator_children", "denominator_children"]].replace(
        np.nan, None
    )


TWO_AND_ONE = cases(*many(girls=(1, {}), boys=(2, {})), {"child_id": "x", "sex": "unknown"})
EVERYBODY = ["boys0", "boys1", "girls0", "x"]


def test_the_rows_of_the_caseload_by_sex():
    result = youth_caseload.caseload_by(TWO_AND_ONE, "sex", APRIL_TO_SEPTEMBER)
    assert (result.measure.name, result.groups, result.parts) == ("yos_caseload_by", ("sex",), ("sex",))
    frame = result.exact()
    assert set(frame["period_start"]) == {APRIL_TO_SEPTEMBER.start} and set(frame["period_end"]) == {
        APRIL_TO_SEPTEMBER.end
    }
    named = rows_of(lambda: youth_caseload.caseload_by(TWO_AND_ONE, "sex", APRIL_TO_SEPTEMBER), "sex")
    assert named.to_numpy().tolist() == [
        ["Female", 1, None, ["girls0"], None],
        ["Male", 2, None, ["boys0", "boys1"], None],
        ["Not known", 1, None, ["x"], None],
    ]


def test_the_rows_of_the_caseload_s_shares_by_sex():
    result = youth_caseload.caseload_share(TWO_AND_ONE, "sex", APRIL_TO_SEPTEMBER)
    assert (result.measure.name, result.groups, result.parts) == ("yos_caseload_share", ("sex",), ("sex",))
    named = rows_of(lambda: youth_caseload.caseload_share(TWO_AND_ONE, "sex", APRIL_TO_SEPTEMBER), "sex")
    named["denominator_children"] = [sorted(each) for each in named["denominator_children"]]
    assert named.to_numpy().tolist() == [
        ["Female", 1, 4, ["girls0"], EVERYBODY],
        ["Male", 2, 4, ["boys0", "boys1"], EVERYBODY],
        ["Not known", 1, 4, ["x"], EVERYBODY],
    ]
    assert result.exact()["value"].tolist() == [25, 50, 25]


def test_categories_shown_together_keep_their_children():
    groups = {"Male": "Male or not known", "Not known": "Male or not known"}
    named = rows_of(lambda: youth_caseload.caseload_by(TWO_AND_ONE, "sex", APRIL_TO_SEPTEMBER, groups=groups), "sex")
    assert named[["sex", "numerator", "numerator_children"]].to_numpy().tolist() == [
        ["Female", 1, ["girls0"]],
        ["Male or not known", 3, ["boys0", "boys1", "x"]],
    ]


@pytest.mark.parametrize(
    ("by", "categories"),
    [
        ("sex", ["Female", "Male"]),
        ("ethnic_group", ["Asian", "Black", "Chinese", "Mixed", "Not known", "Other", "White"]),
        ("age_band", ["10-13", "14", "15", "16", "17+"]),
        ("looked_after", ["Yes", "No"]),
    ],
)
def test_every_category_has_its_row_in_its_place(by, categories):
    frame = youth_caseload.caseload_by(cases({}), by, APRIL_TO_SEPTEMBER).exact()
    assert frame[by].tolist() == categories and frame["value"].sum() == 1


def test_the_caseload_of_two_periods_names_its_children_and_carries_its_measure():
    frame = cases(
        {"child_id": "a"}, {"child_id": "b", "intervention_start": "2020-05-01", "intervention_end": "2020-08-01"}
    )
    result = youth_caseload.caseload(frame, APRIL_TO_SEPTEMBER, YEAR_BEFORE)
    assert (result.measure.name, result.groups) == ("yos_caseload", ())
    named = rows_of(
        lambda: youth_caseload.caseload(frame, APRIL_TO_SEPTEMBER, YEAR_BEFORE), "period_start", "period_end"
    )
    assert named.to_numpy().tolist() == [
        [APRIL_TO_SEPTEMBER.start, APRIL_TO_SEPTEMBER.end, 1, None, ["a"], None],
        [YEAR_BEFORE.start, YEAR_BEFORE.end, 1, None, ["b"], None],
    ]


def test_those_of_18_and_over_are_named_in_their_period():
    frame = cases({"child_id": "a", "age": 18}, {"child_id": "b", "age": 17}, {"child_id": "c", "age": None})
    result = youth_caseload.aged_18_or_over(frame, APRIL_TO_SEPTEMBER)
    named = rows_of(lambda: youth_caseload.aged_18_or_over(frame, APRIL_TO_SEPTEMBER), "period_start", "period_end")
    assert named.to_numpy().tolist() == [[APRIL_TO_SEPTEMBER.start, APRIL_TO_SEPTEMBER.end, 1, None, ["a"], None]]
    assert result.measure.name == "yos_caseload_aged_18"
    assert youth_caseload.without_those_aged_18(frame, APRIL_TO_SEPTEMBER)["child_id"].tolist() == ["b", "c"]


def test_the_children_on_the_caseload_have_one_row_in_their_order():
    frame = cases({"child_id": "b", "council_code": None}, {"child_id": "a", "ethnic_group": None, "sex": None})
    children = youth_caseload.children_on_caseload(frame, APRIL_TO_SEPTEMBER)
    assert list(children.columns) == [
        "child_id",
        "sex",
        "ethnic_group",
        "age",
        "age_band",
        "looked_after",
        "council_code",
    ]
    assert children.fillna({"council_code": "none"}).to_numpy().tolist() == [
        ["a", "Not known", "Not known", 15, "15", "No", "E06000002"],
        ["b", "Male", "White", 15, "15", "No", "none"],
    ]


def test_an_extract_reaches_back_to_a_period_by_whose_last_day_something_had_ended():
    for end, reaches in (("2020-09-29", True), ("2020-09-30", True), ("2020-10-01", False)):
        assert (
            youth_caseload.covers(cases({"intervention_start": "2020-01-01", "intervention_end": end}), YEAR_BEFORE)
            is reaches
        )


def test_the_services_table_names_its_rows_and_children():
    def make():
        return youth_caseload.caseload_demographics(TWO_AND_ONE, APRIL_TO_SEPTEMBER)

    result = make()
    assert (result.measure.name, result.groups) == ("yos_caseload_demographics", ("block", "row", "column"))
    frame = rows_of(make, "block", "row", "column")
    frame["denominator_children"] = [sorted(each) for each in frame["denominator_children"]]
    rows = {tuple(row[:3]): tuple(row[3:]) for row in frame.to_numpy().tolist()}
    assert [column for block, _, column in rows if block == "Gender"] == ["Female", "Male", "Not Known", "All"]
    assert rows["Gender", "All cases", "Female"] == (1, 4, ["girls0"], EVERYBODY)
    assert rows["Age", "15", "Male"] == (2, 2, ["boys0", "boys1"], ["boys0", "boys1"])
    assert rows["Ethnicity", "All", "All"][:2] == (4, 4)
    assert rows["Looked after", "No", "Not Known"] == (1, 1, ["x"], ["x"])
    assert [row for block, row, column in rows if block == "Ethnicity" and column == "All"] == [
        "Asian", "Black", "Chinese", "Mixed", "Not Known", "Other", "White", "All",
    ]  # fmt: skip
    assert not [row for block, row, _ in rows if block == "Looked after" and row == "All"]
    exact = result.exact()
    assert set(exact["period_start"]) == {APRIL_TO_SEPTEMBER.start} and set(exact["period_end"]) == {
        APRIL_TO_SEPTEMBER.end
    }


@pytest.mark.parametrize(
    ("by", "children", "merged"),
    [
        ("sex", {"boys": (10, {}), "girls": (10, {}), "boys_unknown": (2, {"sex": "unknown"})}, {"Male": "Male or not known", "Not known": "Male or not known"}),
        ("looked_after", {"boys": (10, {}), "boys_unknown": (2, {"looked_after": None})}, {"No": "No, or not known", "Not known": "No, or not known"}),
        ("age_band", {"boys": (10, {"age": 15}), "boys14": (3, {"age": 14}), "boys17": (10, {"age": 17})}, {"10-13": "10-15", "14": "10-15", "15": "10-15"}),
        ("age_band", {"boys": (10, {"age": 15}), "boys16": (9, {"age": 16}), "boys17": (3, {"age": 17})}, {"10-13": "10-14", "14": "10-14", "16": "16 and over", "17+": "16 and over"}),
        ("age_band", {"boys": (10, {"age": 15}), "boys16": (3, {"age": 16}), "boys17": (10, {"age": 17}), "boysn": (2, {"age": None})}, {"10-13": "10-14", "14": "10-14", "16": "16 and over, or not known", "17+": "16 and over, or not known", "Not known or under 10": "16 and over, or not known"}),
        ("age_band", {"boys": (10, {"age": 15}), "boys17": (10, {"age": 17}), "boysn": (2, {"age": None})}, {"10-13": "10-14", "14": "10-14", "17+": "17+, or not known", "Not known or under 10": "17+, or not known"}),
    ],
)  # fmt: skip
def test_what_the_public_edition_shows_together(by, children, merged):
    assert ways(cases(*many(**children)), by)[0] == merged


def test_the_merges_that_are_left_come_one_after_the_other_and_never_put_everybody_in_one_group():
    frame = cases(*many(boys=(10, {"age": 15}), boys16=(10, {"age": 16}), boys17=(10, {"age": 17})))
    one_by_one = [sorted(set(each.values())) for each in ways(frame, "age_band")]
    assert one_by_one == [["10-14"], ["10-15"], ["10-15", "16 and over"]]
    some_unknown = cases(*many(boys=(10, {}), girls=(10, {}), boys_unknown=(10, {"sex": "unknown"})))
    together = {"Male": "Male or not known", "Not known": "Male or not known"}
    assert ways(some_unknown, "sex") == [{}, together]
    assert ways(frame, "sex") == [{}]
    every_child_unknown = cases(*many(boys=(10, {"sex": "unknown"})))
    assert ways(every_child_unknown, "sex") == [{}, together]


def test_a_small_group_of_an_earlier_year_counts_only_where_the_extract_reaches_back_to_it():
    now = many(boys=(10, {}), girls=(10, {}))
    before = many(
        girls_before=(2, {"sex": "unknown", "intervention_start": "2020-05-01", "intervention_end": "2020-08-01"})
    )
    before = [{**row, "sex": "unknown"} for row in before]

    def merged(rows):
        return ways(cases(*rows), "sex", APRIL_TO_SEPTEMBER, YEAR_BEFORE)[0]

    assert merged([*now, *before]) == {"Male": "Male or not known", "Not known": "Male or not known"}
    still_open = [{**row, "intervention_end": None} for row in before]
    open_now = ways(cases(*now, *still_open), "sex", threshold=2)
    assert open_now[0] == {}  # two children are not small beside a threshold of two


def test_ages_under_18_have_names_of_their_own():
    assert youth_caseload.under_18({"17+": "17+, or not known", "16": "16 and over, or not known"}) == {
        "17+": "17, or not known",
        "16": "16 and 17, or not known",
    }


def test_periods_that_end_on_one_day_have_each_its_own_total():
    frame = cases(*many(girls=(2, {}), boys=(3, {})), {"child_id": "x", "intervention_end": "2021-06-01"})
    quarter = Period.parse("2021-22-Q2")
    with recorded():
        shares = youth_caseload.caseload_share(frame, "sex", quarter, APRIL_TO_SEPTEMBER)
    found = behind(shares)
    assert found["denominator"].tolist() == [5, 5, 6, 6]
    assert [len(children) for children in found["denominator_children"]] == [5, 5, 6, 6]
