"""The rules on the order of episodes, judged by a plain loop on random histories."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis_lib.checks.children import looked_after_all_year
from analysis_lib.checks.episodes import CHECKS
from analysis_lib.checks.evidence import Evidence
from analysis_lib.sources import RawReturns

ENDS = {"2019-20": pd.Timestamp("2020-03-31"), "2020-21": pd.Timestamp("2021-03-31")}
STARTS = {"2019-20": pd.Timestamp("2019-04-01"), "2020-21": pd.Timestamp("2020-04-01")}
RULES = ("142", "501", "433", "388", "432", "431", "357", "504")
episode = st.tuples(
    st.sampled_from(list(ENDS)),
    st.sampled_from(["A", "B"]),
    st.integers(-9, 90),  # first day, in fours from the start of the year, so that days meet
    st.one_of(st.none(), st.integers(0, 12)),  # length, likewise
    st.sampled_from(["S", "P", "L"]),
    st.sampled_from(["X1", "E3"]),
    st.sampled_from(["N1", "N2"]),
    st.sampled_from(["C2", "C2", "V3"]),
)


def frame_of(episodes) -> pd.DataFrame:
    rows = []
    for line, (year, child, start, length, reason, ceased, need, status) in enumerate(episodes, start=2):
        first = STARTS[year] + pd.Timedelta(days=4 * start)
        last = pd.NaT if length is None else first + pd.Timedelta(days=4 * length)
        ceased = None if length is None else ceased
        rows.append((child, first, reason, status, need, "U6", last, ceased, f"{year}.csv", line, year, ENDS[year]))
    names = ["CHILD", "DECOM", "RNE", "LS", "CIN", "PLACE", "DEC", "REC", "_file", "_line", "_year", "_extract"]
    days = dict.fromkeys(["DECOM", "DEC", "_extract"], "datetime64[us]")
    frame = pd.DataFrame(rows, columns=names).astype(days)
    return frame.drop_duplicates(["_year", "CHILD", "DECOM"], keep="last", ignore_index=True)


def naive(frame: pd.DataFrame) -> tuple[dict[str, set[int]], set[tuple[str, str]]]:
    """The lines that break each rule, and the children looked after all year, by going through each history."""
    found: dict[str, set[int]] = {rule: set() for rule in RULES}
    all_year = set()
    for (year, child), rows in frame.groupby(["_year", "CHILD"]):
        history = rows.sort_values("DECOM").to_dict("records")
        whole = history[0]["DECOM"] <= STARTS[year]
        whole &= bool(pd.isna(history[-1]["DEC"]) or history[-1]["DEC"] > ENDS[year])
        for place, row in enumerate(history):
            line, is_open = row["_line"], pd.isna(row["DEC"])
            after = history[place + 1] if place + 1 < len(history) else None
            whole &= row["LS"] != "V3"
            if is_open and after:
                found["142"].add(line)
            if row["REC"] == "X1" and (after is None or after["DECOM"] > row["DEC"]):
                found["388"].add(line)
            if place == 0:
                if row["DECOM"] >= STARTS[year] and row["RNE"] != "S":
                    found["357"].add(line)
                continue
            before = history[place - 1]
            joined = before["DEC"] == row["DECOM"]
            whole &= bool(joined and before["REC"] == "X1")
            if row["DECOM"] < before["DEC"]:
                found["501"].add(line)
            if row["DECOM"] > before["DEC"] and row["RNE"] != "S":
                found["433"].add(line)
            if before["REC"] == "E3" and row["RNE"] != "S":
                found["432"].add(line)
            if joined and row["RNE"] == "S":
                found["431"].add(line)
            if joined and before["REC"] == "X1" and row["CIN"] != before["CIN"]:
                found["504"].add(line)
        if whole:
            all_year.add((year, child))
    return found, all_year


@settings(deadline=None, max_examples=150)
@given(st.lists(episode, min_size=1, max_size=14))
def test_the_rules_find_what_a_plain_loop_finds(episodes):
    frame = frame_of(episodes)
    evidence = Evidence(RawReturns(Path(), {"episodes": frame}, [], (), {}, {}))
    expected, all_year = naive(frame)
    for check in CHECKS:
        if check.codes and check.codes[0] in RULES:
            assert set(frame.loc[check.breaks(evidence), "_line"]) == expected[check.codes[0]], check.codes
    spells = evidence.episodes
    there = frame.loc[spells.rows(looked_after_all_year(evidence)), ["_year", "CHILD"]]
    assert set(there.itertuples(index=False, name=None)) == all_year
