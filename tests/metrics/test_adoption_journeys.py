"""The journey of each child, every column of it, against days set by hand; all stories in one table."""

import pandas as pd
import pytest
from adoption_stories import day, returns

from analysis_lib.metrics.adoption_journeys import JOURNEY_COLUMNS, adoption_journeys

BORN = "2019-01-01"
NOTHING = {
    "birth_date": BORN, "plan_ended_reason": None, "leaving_reason": None, "adopted_by_foster_carer": None,
    "early_permanence": False, "with_consent": False, "disrupted_placements": 0, "other_orders": 0, "replaced_decisions": 0,
    "sources_disagree": "", "plan": 1,
}  # fmt: skip


def care(*rows):
    """Episodes "start reason legal place end ceased", a dash for none; they follow one another where no end is given."""
    split = [row.split() for row in rows]
    return [tuple(None if word == "-" else word for word in row) for row in split]


# name -> episodes, other returns, and what its journeys are
STORIES = {
    "plain": (
        care("2019-04-01 S C1 U6 2019-10-01 X1", "2019-10-01 L E1 U6 2020-02-01 X1", "2020-02-01 P E1 A6 2020-09-30 E12"),
        {"decision": "2019-08-01", "match": "2020-01-15"},
        [{"entered_care": "2019-04-01", "decision_date": "2019-08-01", "order_date": "2019-10-01", "match_date": "2020-01-15",
          "moved_in": "2020-02-01", "adoption_date": "2020-09-30", "adopted_by_foster_carer": False}],
    ),
    "waits": (
        care("2020-05-01 S C1 U6 2020-11-01 X1", "2020-11-01 L E1 U6 - -"),
        {"decision": "2020-10-01"},
        [{"entered_care": "2020-05-01", "decision_date": "2020-10-01", "order_date": "2020-11-01"}],
    ),
    "by the carer": (
        care("2019-04-01 S C1 U6 2019-05-01 X1", "2019-05-01 P C1 U4 2019-10-01 X1", "2019-10-01 L E1 U4 2020-02-01 X1",
             "2020-02-01 T E1 A5 2020-09-30 E11"),
        {"decision": "2019-08-01", "match": "2020-01-15", "foster": True},
        [{"entered_care": "2019-04-01", "decision_date": "2019-08-01", "order_date": "2019-10-01", "match_date": "2020-01-15",
          "moved_in": "2020-02-01", "adoption_date": "2020-09-30", "adopted_by_foster_carer": True,
          "fostering_start": "2019-05-01"}],
    ),
    "fostering for adoption": (
        care("2019-04-01 S C1 U6 2019-06-01 X1", "2019-06-01 P C1 U5 2019-10-01 X1", "2019-10-01 U E1 U5 2020-02-01 X1",
             "2020-02-01 U E1 A3 - -"),
        {"decision": "2019-08-01"},
        [{"entered_care": "2019-04-01", "decision_date": "2019-08-01", "order_date": "2019-10-01", "moved_in": "2020-02-01",
          "adopted_by_foster_carer": True, "fostering_start": "2019-06-01", "early_permanence": True}],
    ),
    "disrupted": (
        care("2018-04-01 S C1 U6 2018-10-01 X1", "2018-10-01 L E1 U6 2018-12-01 X1", "2018-12-01 P E1 A6 2019-03-01 X1",
             "2019-03-01 P E1 U6 2020-02-01 X1", "2020-02-01 B E1 A4 2020-09-30 E12"),
        {"decision": "2018-08-01", "match": "2020-01-15"},
        [{"entered_care": "2018-04-01", "decision_date": "2018-08-01", "order_date": "2018-10-01", "match_date": "2020-01-15",
          "moved_in": "2020-02-01", "adoption_date": "2020-09-30", "adopted_by_foster_carer": False,
          "disrupted_placements": 1}],
    ),
    "hospital between": (
        care("2019-04-01 S E1 U6 2020-02-01 X1", "2020-02-01 P E1 A6 2020-05-01 X1", "2020-05-01 P E1 T1 2020-05-10 X1",
             "2020-05-10 P E1 A6 2020-06-01 X1", "2020-06-01 P E1 T0 - -"),
        {"decision": "2019-08-01"},
        [{"entered_care": "2019-04-01", "decision_date": "2019-08-01", "order_date": "2019-04-01", "moved_in": "2020-02-01",
          "adopted_by_foster_carer": False}],
    ),
    "hospital, then elsewhere": (
        care("2019-04-01 S C1 U6 2020-02-01 X1", "2020-02-01 P E1 A6 2020-05-01 X1", "2020-05-01 P E1 T1 2020-05-10 X1",
             "2020-05-10 P E1 U6 - -"),
        {"decision": "2019-08-01"},
        [{"entered_care": "2019-04-01", "decision_date": "2019-08-01", "order_date": "2020-02-01",
          "disrupted_placements": 1}],
    ),
    "two plans": (
        care("2018-04-01 S C1 U6 2018-10-01 X1", "2018-10-01 L E1 U6 2019-03-01 X1", "2019-03-01 L C2 U6 2020-01-01 X1",
             "2020-01-01 L E1 U6 - -"),
        {"decisions": [("2018-08-01", "2019-02-15"), ("2019-11-01", None)]},
        [{"entered_care": "2018-04-01", "decision_date": "2018-08-01", "order_date": "2018-10-01", "order_ended": "2019-03-01",
          "plan_ended": "2019-02-15", "plan_ended_reason": "RD4"},
         {"entered_care": "2018-04-01", "decision_date": "2019-11-01", "order_date": "2020-01-01", "plan": 2}],
    ),
    "order over, then another": (
        care("2018-04-01 S C1 U6 2018-10-01 X1", "2018-10-01 L D1 U6 2019-03-01 X1", "2019-03-01 L C2 U6 2019-12-01 X1",
             "2019-12-01 L E1 U6 2020-02-01 X1", "2020-02-01 P E1 A6 2020-09-30 E12"),
        {"decision": "2018-08-01", "match": "2020-01-15"},
        [{"entered_care": "2018-04-01", "decision_date": "2018-08-01", "order_date": "2019-12-01", "match_date": "2020-01-15",
          "moved_in": "2020-02-01", "adoption_date": "2020-09-30", "adopted_by_foster_carer": False, "other_orders": 1}],
    ),
    "with consent": (
        care("2019-04-01 S V2 U6 2020-02-01 X1", "2020-02-01 P V2 A4 2020-09-30 E11"),
        {"decision": "2019-08-01", "match": "2020-01-15"},
        [{"entered_care": "2019-04-01", "decision_date": "2019-08-01", "match_date": "2020-01-15", "moved_in": "2020-02-01",
          "adoption_date": "2020-09-30", "adopted_by_foster_carer": False, "with_consent": True}],
    ),
    "came back": (
        care("2015-04-01 S E1 A6 2016-04-01 E4A", "2019-04-01 S C1 U6 2019-10-01 X1", "2019-10-01 L E1 U6 - -"),
        {"decision": "2019-08-01"},
        [{"entered_care": "2015-04-01", "order_date": "2015-04-01", "order_ended": "2016-04-01", "left_care": "2016-04-01",
          "leaving_reason": "E4A", "disrupted_placements": 1},
         {"entered_care": "2019-04-01", "decision_date": "2019-08-01", "order_date": "2019-10-01", "plan": 2}],
    ),
    "went home": (
        care("2019-04-01 S C1 U6 2019-10-01 X1", "2019-10-01 L E1 U6 2020-06-01 E4A"),
        {"decision": "2019-08-01"},
        [{"entered_care": "2019-04-01", "decision_date": "2019-08-01", "order_date": "2019-10-01", "order_ended": "2020-06-01",
          "left_care": "2020-06-01", "leaving_reason": "E4A"}],
    ),
    "plan over, then home": (
        care("2019-04-01 S C1 U6 2020-06-01 E4A"),
        {"decision": "2019-08-01", "ceased": "2019-12-01"},
        [{"entered_care": "2019-04-01", "decision_date": "2019-08-01", "plan_ended": "2019-12-01",
          "plan_ended_reason": "RD4"}],
    ),
    "recorded twice": (
        care("2019-04-01 S C1 U6 - -"),
        {"decisions": [("2019-06-01", None), ("2019-07-01", None), ("2019-08-01", None)]},
        [{"entered_care": "2019-04-01", "decision_date": "2019-08-01", "replaced_decisions": 2}],
    ),
    "decided before care": (
        care("2019-04-01 S C1 U6 - -"),
        {"decision": "2019-03-01"},
        [{"entered_care": "2019-04-01", "decision_date": "2019-03-01"}],
    ),
    "no decision": (
        care("2019-04-01 S C1 U6 2019-10-01 X1", "2019-10-01 L E1 U6 2020-02-01 X1", "2020-02-01 P E1 A6 2020-09-30 E12"),
        {"match": "2020-01-15"},
        [{"entered_care": "2019-04-01", "order_date": "2019-10-01", "match_date": "2020-01-15", "moved_in": "2020-02-01",
          "adoption_date": "2020-09-30", "adopted_by_foster_carer": False}],
    ),
    "before the returns": (
        care("2019-10-01 L E1 U5 2020-02-01 X1", "2020-02-01 T E1 A5 2020-09-30 E12"),
        {"decision": "2019-08-01", "match": "2020-01-15", "foster": True},
        [{"decision_date": "2019-08-01", "order_date": "2019-10-01", "match_date": "2020-01-15", "moved_in": "2020-02-01",
          "adoption_date": "2020-09-30", "adopted_by_foster_carer": True, "early_permanence": True}],
    ),
    "placed before the returns": (
        care("2019-10-01 L E1 A6 2020-09-30 E12"),
        {"decision": "2019-08-01", "match": "2020-01-15"},
        [{"decision_date": "2019-08-01", "order_date": "2019-10-01", "match_date": "2020-01-15",
          "adoption_date": "2020-09-30", "adopted_by_foster_carer": False}],
    ),
    "order before the returns": (
        care("2019-10-01 P E1 U6 - -"),
        {"decision": "2019-08-01"},
        [{"decision_date": "2019-08-01"}],
    ),
    "short breaks": (
        care("2019-01-01 S V4 U6 2019-01-05 E4A", "2019-04-01 S C1 U6 - -"),
        {"decision": "2019-08-01"},
        [{"entered_care": "2019-04-01", "decision_date": "2019-08-01"}],
    ),
    "listed": (
        care("2019-10-01 L C1 U6 2020-03-01 X1", "2020-03-01 P C1 A5 - -"),
        {"listed": {"entered_care": "2019-01-10", "decision_date": "2019-08-02", "placement_order_date": "2019-10-03",
                    "match_date": "2020-01-20", "moved_in_date": "2020-03-01", "fostering_for_adoption_date": "2019-02-01",
                    "decision_reversed_date": "2020-05-01", "decision_reversed_reason": "RD2"}},
        [{"entered_care": "2019-01-10", "decision_date": "2019-08-02", "order_date": "2019-10-03", "match_date": "2020-01-20",
          "moved_in": "2020-03-01", "plan_ended": "2020-05-01", "plan_ended_reason": "RD2", "adopted_by_foster_carer": True,
          "fostering_start": "2019-02-01"}],
    ),
    "listed without a decision": (
        care("2020-05-01 S C1 U6 2020-11-01 X1", "2020-11-01 L E1 U6 - -"),
        {"decision": "2020-10-01", "listed": {"match_date": "2021-02-01"}},
        [{"entered_care": "2020-05-01", "decision_date": "2020-10-01", "order_date": "2020-11-01",
          "match_date": "2021-02-01"}],
    ),
    "sources differ": (
        care("2019-04-01 S C1 U6 2019-10-01 X1", "2019-10-01 L E1 U6 2020-02-01 X1", "2020-02-01 P E1 A6 2020-09-30 E12"),
        {"decision": "2019-08-01", "match": "2020-01-15",
         "listed": {"entered_care": "2019-04-02", "decision_date": "2019-08-03", "placement_order_date": "2019-10-04",
                    "match_date": "2020-01-16", "moved_in_date": "2020-02-02", "adoption_date": "2020-10-01",
                    "fostering_for_adoption_date": "2019-05-05"}},
        [{"entered_care": "2019-04-01", "decision_date": "2019-08-01", "order_date": "2019-10-01", "match_date": "2020-01-15",
          "moved_in": "2020-02-01", "adoption_date": "2020-09-30", "adopted_by_foster_carer": False,
          "sources_disagree": "entered_care, decision_date, order_date, match_date, moved_in, adoption_date"}],
    ),
    "reversed on another day": (
        care("2019-04-01 S C1 U6 - -"),
        {"decision": "2019-08-01", "ceased": "2020-01-01",
         "listed": {"decision_date": "2019-08-01", "decision_reversed_date": "2020-01-02", "decision_reversed_reason": "RD1"}},
        [{"entered_care": "2019-04-01", "decision_date": "2019-08-01", "plan_ended": "2020-01-01", "plan_ended_reason": "RD4",
          "sources_disagree": "plan_ended"}],
    ),
    "not for adoption": (care("2019-04-01 S C1 U6 - -"), {}, []),
}  # fmt: skip
EXPECTED = [
    {**NOTHING, **told, "child_id": name} for name in sorted(STORIES) for told in STORIES[name][2]
]  # fmt: skip


@pytest.fixture(scope="module")
def tables():
    return returns(*((name, rows, extra) for name, (rows, extra, _) in STORIES.items()))


@pytest.fixture(scope="module")
def table(tables):
    return adoption_journeys(**tables)


def as_told(value):
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    return None if value is None or value is pd.NaT or value != value else value


def plain(frame):
    return [{name: as_told(value) for name, value in row.items()} for row in frame.to_dict("records")]


def test_every_journey_is_as_told(table):
    assert list(table.columns) == list(JOURNEY_COLUMNS)
    found = plain(table)
    assert [(row["child_id"], row["plan"]) for row in found] == [(row["child_id"], row["plan"]) for row in EXPECTED]
    for row, expected in zip(found, EXPECTED, strict=True):
        assert row == {name: expected.get(name) for name in JOURNEY_COLUMNS}, row["child_id"]


def test_rows_in_any_order_give_the_same(tables, table):
    turned = {name: each.iloc[::-1].reset_index(drop=True) for name, each in tables.items()}
    pd.testing.assert_frame_equal(adoption_journeys(**turned), table)


def test_without_the_tables_that_may_be_missing_the_days_from_the_episodes_stand(tables, table):
    bare = plain(adoption_journeys(tables["episodes"], tables["care_periods"], None, None, None, None))
    of_child = {row["child_id"]: row for row in bare}
    assert "waits" in of_child and "recorded twice" not in of_child
    row = of_child["plain"]
    assert (row["order_date"], row["moved_in"], row["adoption_date"]) == ("2019-10-01", "2020-02-01", "2020-09-30")
    assert row["decision_date"] is row["match_date"] is row["birth_date"] is None
    assert of_child["by the carer"]["adopted_by_foster_carer"] is True and row["adopted_by_foster_carer"] is False


def test_of_several_rows_of_list_10_and_ad1_the_latest_counts(tables):
    one = {name: each[each["child_id"] == "plain"] for name, each in tables.items()}
    listed = pd.DataFrame(
        [
            ("plain", "2020-03-31", "2019-08-01", "RD1", "2020-01-10"),
            ("plain", "2021-03-31", "2019-08-01", "RD2", "2020-01-15"),
        ],
        columns=["child_id", "extract_date", "decision_date", "decision_reversed_reason", "match_date"],
    )
    listed = listed.reindex(columns=tables["adoption_list"].columns)
    listed = listed.assign(**{name: pd.to_datetime(listed[name]) for name in listed if name.endswith("_date")})
    listed["entered_care"] = pd.to_datetime(listed["entered_care"])
    ad1 = pd.concat([one["adoptions"].assign(return_year="2019-20", match_date=day("2018-01-01")), one["adoptions"]])
    for rows in (listed, listed.iloc[::-1]):
        for adoptions in (ad1, ad1.iloc[::-1]):
            found = adoption_journeys(**{**one, "adoption_list": rows, "adoptions": adoptions})
            (row,) = plain(found)
            assert (row["match_date"], row["sources_disagree"], row["plan_ended_reason"]) == ("2020-01-15", "", "RD2")


def test_a_decision_of_ad1_makes_a_plan_where_no_other_return_has_one(tables):
    one = {name: each[each["child_id"] == "plain"] for name, each in tables.items()}
    (row,) = plain(adoption_journeys(**{**one, "placement_decisions": None}))
    assert row["decision_date"] == "2019-08-01" and row["match_date"] == "2020-01-15"
