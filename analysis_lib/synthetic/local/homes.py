"""The council's children's homes: a visit under Regulation 44 due in each month."""

from __future__ import annotations

from datetime import date, timedelta

from analysis_lib.synthetic.calendar import EXTRACT_DAY, month_end, written
from analysis_lib.synthetic.local.figures import FIRST_LOCAL_DAY

COLUMNS = [
    "HOME", "VISIT_MONTH", "VISITED_ON", "REPORTED_ON", "RECOMMENDATIONS", "RECOMMENDATIONS_CLOSED", "BEDS", "BEDS_OCCUPIED",
]  # fmt: skip
# Beds of each home and the day it opened: six homes from April to October 2021, when 42 visits were made in seven months
# (Corporate Parenting Board, 30 November 2021).
HOMES = {
    "Home 1": (5, FIRST_LOCAL_DAY), "Home 2": (4, FIRST_LOCAL_DAY), "Home 3": (3, FIRST_LOCAL_DAY),
    "Home 4": (4, FIRST_LOCAL_DAY), "Home 5": (6, date(2019, 9, 1)), "Home 6": (2, date(2020, 11, 1)),
    "Home 7": (3, date(2024, 5, 1)),
}  # fmt: skip
ALL_VISITED = (date(2021, 4, 1), date(2021, 10, 31))


def tables(seed_draws):
    draws = seed_draws("regulation 44 visits")
    rows = []
    month = FIRST_LOCAL_DAY
    while month <= EXTRACT_DAY:
        last = month_end(month)
        missed = 0.3 if date(2020, 4, 1) <= month <= date(2020, 6, 1) else 0.03
        for home, (beds, opened) in HOMES.items():
            if opened > month:
                continue
            if draws.chance(missed) and not ALL_VISITED[0] <= month <= ALL_VISITED[1]:
                rows.append([home, written(month), "", "", "", "", str(beds), ""])
                continue
            visited = draws.office_day(month + timedelta(days=4), last - timedelta(days=1))
            reported = visited + timedelta(days=draws.integer(4, 24))
            told = reported <= EXTRACT_DAY
            made = draws.weighted({0: 2, 1: 3, 2: 4, 3: 3, 4: 2, 6: 1})
            open_for = (EXTRACT_DAY - reported).days
            done = sum(draws.chance(0.97 if open_for > 150 else 0.5) for _ in range(made))
            occupied = sum(draws.chance(0.82) for _ in range(beds))
            rows.append(
                [
                    home, written(month), written(visited), written(reported) if told else "",
                    str(made) if told else "", str(done) if told else "", str(beds), str(occupied),
                ]
            )  # fmt: skip
        month = last + timedelta(days=1)
    yield "regulation_44", COLUMNS, rows
