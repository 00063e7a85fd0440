"""Tidy tables of a few invented children on their way to adoption, told as small stories."""

import pandas as pd

from analysis_lib.periods import Period

LIST_DATES = [
    "extract_date", "entered_care", "decision_date", "placement_order_date", "match_date", "moved_in_date",
    "adoption_date", "decision_reversed_date", "fostering_for_adoption_date",
]  # fmt: skip


def day(text):
    return pd.Timestamp(text) if text else pd.NaT


def frame(columns, rows, dates):
    made = pd.DataFrame(rows, columns=columns)
    return made.assign(**{name: pd.to_datetime(made[name]) for name in dates})


def returns(*children):
    """Tidy tables from small stories: each child is (name, episodes, extras).

    Episodes are (start, reason for new episode, legal status, place, end, reason ceased); the period of care runs from
    the first to the last. Extras: decision, ceased, match, foster (of AD1), listed (a dict of list 10).
    """
    episodes, periods, decisions, adoptions, listed = [], [], [], [], []
    for name, rows, extra in children:
        start = rows[0][0]
        for begun, reason, legal, place, ended, ceased in rows:
            episodes.append((name, begun, ended, reason, legal, place, ceased))
            if reason == "S":
                start = begun
            if ceased not in ("X1", None) or ended is None:
                adopted = ceased in ("E11", "E12")
                periods.append((name, start, ended, ceased, adopted))
                if adopted and "match" in extra:
                    year = Period.financial_year_of(day(ended)).code
                    adoptions.append((name, year, extra.get("decision"), extra["match"], extra.get("foster", False)))
        for decided, ceased in extra.get(
            "decisions", [(extra["decision"], extra.get("ceased"))] if "decision" in extra else []
        ):
            decisions.append((name, decided, ceased, "RD4" if ceased else None))
        if "listed" in extra:
            listed.append({"child_id": name, "extract_date": "2021-03-31", **extra["listed"]})
    lists = pd.DataFrame(listed, columns=["child_id", *LIST_DATES, "decision_reversed_reason"])
    return {
        "episodes": frame(
            ["child_id", "episode_start", "episode_end", "reason_new_episode", "legal_status", "place", "reason_ceased"],
            episodes, ["episode_start", "episode_end"],
        ),
        "care_periods": frame(
            ["child_id", "care_start", "care_end", "reason_ceased", "ended_by_adoption"], periods, ["care_start", "care_end"]
        ),
        "placement_decisions": frame(
            ["child_id", "decision_date", "decision_ceased_date", "decision_ceased_reason"], decisions,
            ["decision_date", "decision_ceased_date"],
        ),
        "adoptions": frame(
            ["child_id", "return_year", "decision_date", "match_date", "adopted_by_foster_carer"], adoptions,
            ["decision_date", "match_date"],
        ),
        "adoption_list": lists.assign(**{name: pd.to_datetime(lists[name]) for name in LIST_DATES}),
        "children": pd.DataFrame({"child_id": [child[0] for child in children], "birth_date": pd.Timestamp("2019-01-01")}),
    }  # fmt: skip


PLAIN = (
    "plain",
    [
        ("2019-04-01", "S", "C1", "U6", "2019-10-01", "X1"),
        ("2019-10-01", "L", "E1", "U6", "2020-02-01", "X1"),
        ("2020-02-01", "P", "E1", "A6", "2020-09-30", "E12"),
    ],
    {"decision": "2019-08-01", "match": "2020-01-15"},
)
WAITING = (
    "waiting",
    [("2020-05-01", "S", "C1", "U6", "2020-11-01", "X1"), ("2020-11-01", "L", "E1", "U6", None, None)],
    {"decision": "2020-10-01"},
)
BY_CARER = (
    "by_carer",
    [
        ("2019-04-01", "S", "C1", "U6", "2019-05-01", "X1"),
        ("2019-05-01", "P", "C1", "U4", "2019-10-01", "X1"),
        ("2019-10-01", "L", "E1", "U4", "2020-02-01", "X1"),
        ("2020-02-01", "T", "E1", "A5", "2020-09-30", "E11"),
    ],
    {"decision": "2019-08-01", "match": "2020-01-15", "foster": True},
)
