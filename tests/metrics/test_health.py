"""Health of children looked after: who is asked what, by age and answer; edges; a plain loop as judge."""

import random

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis_lib.metrics import health
from analysis_lib.metrics.counting.members import behind, recorded

DAY, BEFORE = pd.Timestamp("2021-03-31"), pd.Timestamp("2020-03-31")
FLAGS = [
    "convicted", "development_checked", "immunised", "teeth_checked", "health_assessed", "substance_misuse",
    "intervention_received", "intervention_offered",
]  # fmt: skip
YES, NO, BLANK = True, False, None


def outcomes(*rows):
    """OC2 rows as dicts; the year is 2020-21 unless the row says otherwise."""
    frame = pd.DataFrame(
        [{"return_year": "2020-21", **row} for row in rows],
        columns=["child_id", "return_year", "sdq_score", "sdq_reason", *FLAGS],
        dtype=object,
    )
    return frame.astype(dict.fromkeys(FLAGS, "boolean")).astype({"sdq_score": float})


def in_care(*names, start="2015-01-05"):
    frame = pd.DataFrame({"child_id": pd.Series(names, dtype=object), "episode_start": pd.Timestamp(start)})
    return frame.assign(
        episode_end=pd.to_datetime(pd.Series([None] * len(frame))), reason_new_episode="S", legal_status="C2", reason_ceased=None
    )  # fmt: skip


def born(**days):
    born_on = pd.to_datetime(pd.Series(list(days.values()), dtype=object))
    return pd.DataFrame({"child_id": pd.Series(list(days), dtype=object), "birth_date": born_on})


def made(function, *rows, children=None, episodes=None, census_date=DAY):
    names = list(dict.fromkeys(row["child_id"] for row in rows))
    children = born(**dict.fromkeys(names, "2010-01-01")) if children is None else children
    episodes = in_care(*names) if episodes is None else episodes
    with recorded():
        return function(outcomes(*rows), episodes, children, census_date=census_date)


def numbers(result):
    return result.exact()[["numerator", "denominator"]].values.tolist()


SHARES = [
    (health.annual_health_assessments, "health_assessed", (0, 30)),
    (health.dental_checks, "teeth_checked", (0, 30)),
    (health.immunisations, "immunised", (0, 30)),
    (health.development_checks, "development_checked", (0, 4)),
    (health.convicted_or_cautioned, "convicted", (10, 17)),
    (health.substance_misuse, "substance_misuse", (0, 30)),
]


@pytest.mark.parametrize(("function", "column", "ages"), SHARES, ids=lambda each: getattr(each, "__name__", ""))
def test_a_share_is_of_the_cohort_with_an_answer(function, column, ages):
    rows = [{"child_id": name, column: answer} for name, answer in zip("abcde", [YES, YES, NO, NO, BLANK], strict=True)]
    others = [{"child_id": "x", **dict.fromkeys(FLAGS, YES)}, {"child_id": "a", "return_year": "2019-20", column: NO}]
    children = born(**dict.fromkeys("abcdefx", f"{2021 - max(ages[0], 1)}-01-01"))
    # f has no row in OC2, and x has one but was in care for part of the year only.
    episodes = pd.concat([in_care(*"abcdef"), in_care("x", start="2020-04-02")])
    result = made(function, *rows, *others, children=children, episodes=episodes)
    assert result.measure.name == function.__name__
    assert numbers(result) == [[2, 4]] and result.exact()["value"].tolist() == [50]
    assert behind(result)["numerator_children"].tolist() == [["a", "b"]]
    assert behind(result)["denominator_children"].tolist() == [["a", "b", "c", "d"]]


@pytest.mark.parametrize(
    ("function", "column", "youngest", "oldest"),
    [(health.development_checks, "development_checked", 0, 4), (health.convicted_or_cautioned, "convicted", 10, 17)],
)
def test_a_question_for_some_ages_is_asked_by_the_birthday_on_31_march(function, column, youngest, oldest):
    days = {
        "turned": f"{2021 - youngest}-03-31", "turns": f"{2021 - youngest}-04-01",
        "last": f"{2020 - oldest}-04-01", "past": f"{2020 - oldest}-03-31", "unknown": None,
    }  # fmt: skip
    result = made(function, *({"child_id": name, column: YES} for name in days), children=born(**days))
    assert behind(result)["denominator_children"].tolist() == [["last", "turned"]]


def test_born_on_29_february_is_five_on_1_march():
    children = born(leap="2016-02-29")
    assert numbers(
        made(health.development_checks, {"child_id": "leap", "development_checked": YES}, children=children)
    ) == [[0, 0]]


def test_help_is_of_those_found_to_misuse_substances():
    answers = {
        "got": (YES, YES),
        "declined": (YES, NO),
        "blank": (YES, BLANK),
        "not": (NO, YES),
        "untold": (BLANK, YES),
    }
    rows = [
        {"child_id": name, "substance_misuse": found, "intervention_received": got}
        for name, (found, got) in answers.items()
    ]
    result = made(health.substance_misuse_helped, *rows)
    assert result.measure.name == "substance_misuse_helped"
    assert numbers(result) == [[1, 2]] and behind(result)["numerator_children"].tolist() == [["got"]]
    assert behind(result)["denominator_children"].tolist() == [["declined", "got"]]


def scored(*scores, **more):
    return [{"child_id": f"c{place}", "sdq_score": score, **more} for place, score in enumerate(scores)]


def test_the_mean_score_and_its_interval():
    result = made(health.sdq_mean_score, *scored(10, 14, 21, None))
    row = result.exact().to_dict("records")[0]
    assert result.measure.name == "sdq_mean_score" and row["period_end"] == DAY and pd.isna(row["period_start"])
    assert (row["numerator"], row["denominator"], row["value"]) == (45, 3, 15)
    assert row["lower"] < 15 < row["upper"] and row["method"] == "mean, t interval 95%"
    assert behind(result)["denominator_children"].tolist() == [["c0", "c1", "c2"]]
    assert numbers(made(health.sdq_mean_score, *scored(None))) == [[0, 0]]


def test_bands_begin_and_end_where_they_say():
    result = made(health.sdq_bands, *scored(0, 13, 14, 16, 17, 40, None))
    assert (result.measure.name, result.groups, result.parts) == ("sdq_bands", ("band",), ("band",))
    assert result.exact()[["band", "numerator", "denominator"]].values.tolist() == [
        ["Normal (0 to 13)", 2, 6], ["Borderline (14 to 16)", 2, 6], ["Cause for concern (17 to 40)", 2, 6],
    ]  # fmt: skip
    assert behind(result)["numerator_children"].tolist() == [["c0", "c1"], ["c2", "c3"], ["c4", "c5"]]
    assert result.exact()["value"].sum() == pytest.approx(100)


@pytest.mark.parametrize("function", [health.sdq_mean_score, health.sdq_bands, health.sdq_response_rate])
def test_scores_are_of_those_aged_4_to_16_on_31_march(function):
    days = {"turned": "2017-03-31", "turns": "2017-04-01", "last": "2004-04-01", "past": "2004-03-31", "unknown": None}
    result = made(function, *({"child_id": name, "sdq_score": 10} for name in days), children=born(**days))
    assert all(each == ["last", "turned"] for each in behind(result)["denominator_children"])


def test_the_response_rate_counts_who_has_no_score_or_no_row():
    episodes = in_care("c0", "c1", "none")
    result = made(
        health.sdq_response_rate,
        *scored(0, None),
        episodes=episodes,
        children=born(c0="2010-01-01", c1="2010-01-01", none="2010-01-01"),
    )
    assert result.measure.name == "sdq_response_rate"
    assert numbers(result) == [[1, 3]] and behind(result)["numerator_children"].tolist() == [["c0"]]


def test_why_there_is_no_score():
    reasons = ["SDQ1", "SDQ2", "SDQ3", "SDQ4", "SDQ5", None, "odd", "SDQ5"]
    rows = [{"child_id": f"c{place}", "sdq_reason": reason} for place, reason in enumerate(reasons)]
    result = made(health.sdq_no_score, *rows, {"child_id": "scored", "sdq_score": 0, "sdq_reason": "SDQ5"})
    assert (result.measure.name, result.groups, result.parts) == ("sdq_no_score", ("reason",), ("reason",))
    assert dict(result.exact()[["reason", "value"]].values.tolist()) == {
        "Under 4 or over 16 when asked": 1, "Carer refused": 1, "Child's disability too severe": 1, "Other reason": 1,
        "Child refused": 2, "Not known": 2,
    }  # fmt: skip
    assert behind(result)["numerator_children"].tolist()[-2:] == [["c4", "c7"], ["c5", "c6"]]


def test_questions_without_an_answer_are_counted_for_those_who_are_asked():
    answered = dict.fromkeys(FLAGS, YES)
    children = born(baby="2019-01-01", teen="2006-01-01", all="2006-01-01", norow="2015-01-01", undated=None)
    rows = [{"child_id": name} for name in ("baby", "teen")] + [
        {"child_id": name, **answered} for name in ("all", "undated")
    ]
    result = made(health.health_answers_missing, *rows, children=children, episodes=in_care(*children["child_id"]))
    assert (result.measure.name, result.groups, result.parts) == (
        "health_answers_missing",
        ("question",),
        ("question",),
    )
    named = behind(result).set_index("question")["numerator_children"].to_dict()
    everybody = ["baby", "norow", "teen"]
    assert named == {
        "Health assessment": everybody, "Teeth": everybody, "Immunisations": everybody, "Development checks": ["baby"],
        "Conviction or caution": ["teen"], "Substance misuse": everybody, "Help with substance misuse": [], "Date of birth": ["undated"],
    }  # fmt: skip
    assert result.exact()["value"].tolist() == [len(each) for each in named.values()]


@pytest.mark.parametrize(
    "flag", ["health_assessed", "teeth_checked", "immunised", "development_checked", "convicted", "substance_misuse"]
)
def test_each_question_has_a_column_of_its_own(flag):
    questions = {
        "health_assessed": "Health assessment", "teeth_checked": "Teeth", "immunised": "Immunisations",
        "development_checked": "Development checks", "convicted": "Conviction or caution", "substance_misuse": "Substance misuse",
    }  # fmt: skip
    rows = [{"child_id": name, **dict.fromkeys(FLAGS, NO), flag: BLANK} for name in ("young", "old")]
    children = born(young="2019-01-01", old="2006-01-01")
    found = made(health.health_answers_missing, *rows, children=children).exact().set_index("question")["value"]
    assert found[questions[flag]] == (1 if flag in ("development_checked", "convicted") else 2)
    assert found.drop(questions[flag]).sum() == 0


def test_help_is_asked_about_for_those_found_to_misuse_substances():
    answers = {
        "got": (YES, YES),
        "declined": (YES, NO),
        "blank": (YES, BLANK),
        "not": (NO, BLANK),
        "untold": (BLANK, BLANK),
    }
    rows = [
        {"child_id": name, "substance_misuse": found, "intervention_received": got}
        for name, (found, got) in answers.items()
    ]
    named = behind(made(health.health_answers_missing, *rows)).set_index("question")["numerator_children"]
    assert named["Help with substance misuse"] == ["blank"] and named["Substance misuse"] == ["untold"]


def test_each_year_has_its_own_cohort_and_answers():
    rows = [
        {"child_id": "a", "return_year": "2019-20", "teeth_checked": NO}, {"child_id": "a", "teeth_checked": YES},
        {"child_id": "b", "teeth_checked": YES},
    ]  # fmt: skip
    episodes = pd.concat([in_care("a"), in_care("b", start="2019-04-02")])
    result = made(health.dental_checks, *rows, episodes=episodes, census_date=[DAY, BEFORE])
    assert result.exact()["period_end"].tolist() == [DAY, BEFORE] and numbers(result) == [[2, 2], [0, 1]]
    scores = [{**row, "sdq_score": 10 + place} for place, row in enumerate(rows)]
    means = made(health.sdq_mean_score, *scores, episodes=episodes, census_date=[DAY, BEFORE]).exact()
    assert means["value"].tolist() == [11.5, 10]
    bands = made(health.sdq_bands, *scores, episodes=episodes, census_date=[DAY, BEFORE]).exact()
    assert bands["numerator"].tolist() == [2, 1, 0, 0, 0, 0]


@pytest.mark.parametrize("day", ["2021-03-30", "2021-04-01", "2021-12-31"])
def test_a_day_that_ends_no_return_is_refused(day):
    with pytest.raises(ValueError, match=f"^OC2 tells of years that end on 31 March, not on {day}$"):
        made(health.dental_checks, {"child_id": "a"}, census_date=[DAY, pd.Timestamp(day)])


@pytest.mark.parametrize("name", [each for each in health.__all__])
def test_nobody_gives_no_share_and_a_zero_of_every_group(name):
    result = made(getattr(health, name))
    frame = result.exact()
    expected = {"sdq_bands": 3, "sdq_no_score": 6, "health_answers_missing": 8}.get(name, 1)
    assert len(frame) == expected and (frame["numerator"] == 0).all()
    assert frame["value"].isna().all() if frame["denominator"].notna().all() else (frame["value"] == 0).all()


def test_a_child_of_whom_nothing_else_is_known_counts_where_age_does_not_matter():
    rows = [{"child_id": name, "teeth_checked": YES, "convicted": YES} for name in ("a", "b")]
    assert numbers(made(health.dental_checks, *rows, children=born(a="2010-01-01"))) == [[2, 2]]
    assert numbers(made(health.convicted_or_cautioned, *rows, children=born(a="2010-01-01"))) == [[1, 1]]
    missing = made(health.health_answers_missing, *rows, children=born(a="2010-01-01"))
    assert behind(missing).set_index("question")["numerator_children"]["Date of birth"] == ["b"]


def test_two_rows_of_one_child_and_year_are_an_error_not_two_children():
    with pytest.raises(pd.errors.MergeError):
        made(health.dental_checks, {"child_id": "a"}, {"child_id": "a"})
    twice = pd.concat([born(a="2010-01-01"), born(a="2011-01-01")])
    with pytest.raises(pd.errors.MergeError):
        made(health.dental_checks, {"child_id": "a"}, children=twice)


def seeded(seed, children=80):
    draw = random.Random(seed)
    names = [f"c{number:02d}" for number in range(children)]
    rows = [
        {
            "child_id": name,
            "sdq_score": draw.choice([None, *range(41)]),
            **{flag: draw.choice([YES, NO, NO, BLANK]) for flag in FLAGS},
        }
        for name in names
        if draw.random() < 0.9
    ]
    days = {
        name: draw.choice(
            [None, *(str(pd.Timestamp("2003-06-01") + pd.Timedelta(days=draw.randrange(6500)))[:10] for _ in range(20))]
        )
        for name in names
    }
    starts = {name: draw.choice(["2019-05-01", "2020-04-01", "2020-04-02", "2021-01-01"]) for name in names}
    return rows, days, starts


def tables(rows, days, starts):
    episodes = in_care(*starts).assign(episode_start=pd.to_datetime(pd.Series(list(starts.values()))))
    return outcomes(*rows), episodes, born(**days)


def age(day):
    if day is None:
        return None
    year, month, of_month = map(int, day.split("-"))
    return 2021 - year - ((month, of_month) > (3, 31))


def test_it_is_what_a_plain_loop_finds():
    rows, days, starts = seeded(5)
    told = {row["child_id"]: row for row in rows}
    with recorded():
        found = {
            name: behind(getattr(health, name)(*tables(rows, days, starts), census_date=DAY)) for name in health.__all__
        }
    cohort = [name for name, start in starts.items() if start <= "2020-04-01"]
    for function, column, (youngest, oldest) in SHARES:
        part, whole = [], []
        for name in cohort:
            answer = told.get(name, {}).get(column)
            asked = age(days[name]) is not None and youngest <= age(days[name]) <= oldest
            if answer is not None and (asked or oldest == 30):
                whole.append(name)
                part += [name] * answer
        frame = found[function.__name__]
        assert frame["numerator_children"].tolist() == [part] and frame["denominator_children"].tolist() == [whole]
    scores = [
        told[name]["sdq_score"] for name in cohort
        if name in told and told[name]["sdq_score"] is not None and age(days[name]) is not None and 4 <= age(days[name]) <= 16
    ]  # fmt: skip
    assert found["sdq_mean_score"]["value"].tolist() == pytest.approx([np.mean(scores)])
    high = sum(score >= 17 for score in scores)
    low = sum(score <= 13 for score in scores)
    assert found["sdq_bands"]["numerator"].tolist() == [low, len(scores) - low - high, high]
    assert found["sdq_response_rate"]["numerator"].tolist() == [len(scores)]
    assert found["sdq_no_score"]["numerator"].sum() == found["sdq_response_rate"]["denominator"].item() - len(scores)


@settings(max_examples=4)
@given(st.integers(0, 10_000))
def test_order_does_not_matter_and_what_is_given_stays(seed):
    given_tables = tables(*seeded(seed, children=6))
    before = [table.copy(deep=True) for table in given_tables]
    shuffled = [table.sample(frac=1, random_state=seed) for table in given_tables]
    for function in (health.substance_misuse, health.health_answers_missing):
        one, other = (function(*each, census_date=DAY).exact() for each in (given_tables, shuffled))
        pd.testing.assert_frame_equal(one, other)
    for table, copy in zip(given_tables, before, strict=True):
        pd.testing.assert_frame_equal(table, copy)


def test_the_module_shows_its_functions_and_nothing_else():
    assert dir(health) == sorted(
        [
            "annual_health_assessments", "convicted_or_cautioned", "dental_checks", "development_checks",
            "health_answers_missing", "immunisations", "sdq_bands", "sdq_mean_score", "sdq_no_score", "sdq_response_rate",
            "substance_misuse", "substance_misuse_helped",
        ]
    )  # fmt: skip
