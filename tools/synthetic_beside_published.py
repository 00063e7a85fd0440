#!/usr/bin/env python3
"""Sets shares measured on the synthetic returns beside the published ones of Middlesbrough, year by year.

    tools/synthetic_beside_published.py [FOLDER]     default: data/raw/synthetic of this checkout

Prints the table that docs/synthetic.md holds. Years are named by their end (2021: year ending 31 March 2021). Only
shares that DfE publishes for the council are here; exact totals are tested in tests/synthetic. Needs Python 3.11, no
package. Published values: Department for Education, Explore Education Statistics (children looked after, care leavers,
characteristics of children in need) and Local Authority Interactive Tool, Middlesbrough (E06000002), releases to 2025.
"""

from __future__ import annotations

import csv
import sys
from collections import defaultdict
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FIRST, LAST = 2017, 2025

# Percentages of Middlesbrough; a year that is not here was not published or was hidden for its small numbers.
PUBLISHED = {
    "looked after on 31 March, 3 or more placements in the year": {
        2017: 5, 2018: 7, 2019: 9, 2020: 10, 2021: 12, 2022: 13, 2023: 11, 2024: 12, 2025: 12,
    },
    "under 16, looked after 2½ years or more, same placement for 2 years": {
        2018: 65, 2019: 65, 2020: 69, 2021: 66, 2022: 66, 2023: 63, 2024: 58, 2025: 57,
    },
    "more than 20 miles from home": {2021: 14, 2023: 16, 2024: 14, 2025: 15},
    "in foster care": {2020: 71, 2021: 71, 2022: 71, 2023: 72, 2024: 69, 2025: 71},
    "placed with parents": {2020: 12, 2021: 12, 2022: 10, 2023: 7, 2024: 10, 2025: 6},
    "in a children's home": {2020: 9, 2021: 10, 2022: 10, 2023: 10, 2024: 12, 2025: 12},
    "placed for adoption": {2021: 3, 2022: 4, 2023: 4, 2024: 2, 2025: 1},
    "in semi-independent or supported accommodation": {2020: 4, 2021: 4, 2022: 5, 2023: 6, 2024: 2, 2025: 4},
    "left by special guardianship, of all who left": {
        2019: 23, 2020: 23, 2021: 22, 2022: 23, 2023: 19, 2024: 23, 2025: 15,
    },
    "looked after 12 months, aged 10 to 17, convicted or cautioned": {
        2017: 7, 2018: 5, 2019: 4, 2020: 3, 2022: 2, 2023: 3, 2024: 3, 2025: 5,
    },
    "care leavers aged 17 and 18 in education, employment or training": {2021: 58, 2022: 61, 2023: 52, 2024: 59, 2025: 47},
    "care leavers aged 19 to 21 in education, employment or training": {
        2017: 34, 2018: 36, 2019: 48, 2020: 50, 2021: 37, 2022: 38, 2023: 47, 2024: 44, 2025: 41,
    },
    "care leavers aged 17 and 18 in suitable accommodation": {2021: 98, 2022: 91, 2023: 81, 2024: 97, 2025: 84},
    "care leavers aged 19 to 21 in suitable accommodation": {
        2017: 74, 2018: 88, 2019: 92, 2020: 92, 2021: 92, 2022: 87, 2023: 88, 2024: 88, 2025: 82,
    },
    "looked after on 31 March, 3 or more social workers in the year": {2024: 64},
    "protection plans open on 31 March for 2 years or more": {2020: 2.3, 2021: 2.1, 2023: 1.7, 2024: 2.8, 2025: 3.1},
    "protection plans ended in the year after 2 years or more": {
        2018: 3.9, 2019: 2.6, 2020: 3.1, 2021: 2.2, 2022: 1.2, 2023: 3.9, 2024: 4.9,
    },
    "assessments completed within 45 working days": {
        2017: 82.9, 2018: 67.4, 2019: 83.4, 2020: 81.3, 2021: 62.1, 2022: 87.6, 2023: 76.4, 2024: 79.5, 2025: 93.5,
    },
}  # fmt: skip


def day(text: str) -> date | None:
    return date(int(text[6:]), int(text[3:5]), int(text[:2])) if text else None


def rows_of(folder: Path, family: str, year: int, name: str) -> list[dict[str, str]]:
    path = folder / family / f"{year - 1}-{year % 100:02d}" / f"{name}.csv"
    if not path.is_file():
        return []
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class Returns:
    """The episodes of all years by child, each once, as the latest return has it, and the year's other tables."""

    def __init__(self, folder: Path):
        self.folder = folder
        latest = {}
        for year in range(FIRST, LAST + 2):
            for row in rows_of(folder, "ssda903", year, "episodes"):
                if row["LS"] not in ("V3", "V4"):
                    latest[(row["CHILD"], row["DECOM"])] = row
        self.children: dict[str, list] = defaultdict(list)
        for row in latest.values():
            self.children[row["CHILD"]].append((day(row["DECOM"]), day(row["DEC"]), row))
        for chain in self.children.values():
            chain.sort(key=lambda episode: episode[0])
        self.births = {
            row["CHILD"]: day(row["DOB"])
            for year in range(FIRST, LAST + 2)
            for row in rows_of(folder, "ssda903", year, "header")
        }
        with open(ROOT / "analysis_lib" / "synthetic" / "postcodes.csv", encoding="utf-8") as file:
            rows = csv.DictReader(line for line in file if not line.startswith("#"))
            self.places = {row["postcode"]: (int(row["easting"]), int(row["northing"])) for row in rows}

    def looked_after(self, when: date):
        """(child, episodes so far, the one open on `when`) of every child looked after on that day."""
        for child, chain in self.children.items():
            known = [episode for episode in chain if episode[0] <= when]
            if known and (known[-1][1] is None or known[-1][1] > when):
                yield child, known, known[-1][2]


def age(birth: date, when: date) -> int:
    return when.year - birth.year - ((birth.month, birth.day) > (when.month, when.day))


def years_before(when: date, years: float) -> date:
    return date.fromordinal(when.toordinal() - round(365.25 * years))


def placements(known: list) -> list[tuple[date, date | None]]:
    """(first day, last day or None) of every placement: a change of legal status or of terms is no new one."""
    spells: list[list] = []
    for start, end, row in known:
        if row["RNE"] in ("S", "P", "B"):
            spells.append([start, end])
        else:
            spells[-1][1] = end
    return [tuple(spell) for spell in spells]


def percentage(flags) -> float:
    flags = list(flags)
    return 100 * sum(flags) / len(flags) if flags else float("nan")


def measured(folder: Path) -> dict[str, dict[int, float]]:
    """Every share of `PUBLISHED`, in per cent, for every year from 2017 to 2025."""
    returns = Returns(folder)
    found: dict[str, dict[int, float]] = {name: {} for name in PUBLISHED}
    for year in range(FIRST, LAST + 1):
        shares = looked_after_shares(returns, year) | casework_shares(folder, year) | leaving_shares(returns, year)
        for name, value in shares.items():
            found[name][year] = value
    return found


def looked_after_shares(returns: Returns, year: int) -> dict[str, float]:
    first, last = date(year - 1, 4, 1), date(year, 3, 31)
    children = list(returns.looked_after(last))
    moves = [sum(end is None or end > first for _, end in placements(known)) for _, known, _ in children]
    steady = []
    for child, known, _ in children:
        entered = max(start for start, _, row in known if row["RNE"] == "S")
        if age(returns.births[child], last) < 16 and entered <= years_before(last, 2.5):
            steady.append(placements(known)[-1][0] <= years_before(last, 2))
    far = [
        distance_miles(returns.places, row["HOME_POST"], row["PL_POST"]) > 20
        for _, _, row in children
        if row["HOME_POST"]
    ]
    place = [row["PLACE"] for _, _, row in children]
    yearly = [row for row in rows_of(returns.folder, "ssda903", year, "oc2") if row["CONVICTED"]]
    shares = {
        "looked after on 31 March, 3 or more placements in the year": percentage(number >= 3 for number in moves),
        "under 16, looked after 2½ years or more, same placement for 2 years": percentage(steady),
        "more than 20 miles from home": percentage(far),
        "in foster care": percentage(code.startswith("U") for code in place),
        "placed with parents": percentage(code == "P1" for code in place),
        "in a children's home": percentage(code in ("K1", "K2") for code in place),
        "placed for adoption": percentage(code.startswith("A") for code in place),
        "in semi-independent or supported accommodation": percentage(code in ("H5", "K3") for code in place),
        "looked after 12 months, aged 10 to 17, convicted or cautioned": percentage(
            row["CONVICTED"] == "1" for row in yearly
        ),
    }
    workers = defaultdict(set)
    for row in rows_of(returns.folder, "ssda903", year, "sw_episodes"):
        if day(row["SW_DEC"]) is None or day(row["SW_DEC"]) >= first:
            workers[row["CHILD"]].add(row["SW_DECOM"])
    if workers:
        name = "looked after on 31 March, 3 or more social workers in the year"
        shares[name] = percentage(len(workers[child]) >= 3 for child, _, _ in children)
    leavers = rows_of(returns.folder, "ssda903", year, "oc3")
    for words, ages in (("17 and 18", (17, 18)), ("19 to 21", (19, 20, 21))):
        aged = [row for row in leavers if age(day(row["DOB"]), last) in ages]
        shares[f"care leavers aged {words} in education, employment or training"] = percentage(
            row["ACTIV"][0] in "FP" for row in aged
        )
        shares[f"care leavers aged {words} in suitable accommodation"] = percentage(
            row["ACCOM"].endswith("1") for row in aged
        )
    return shares


def distance_miles(places: dict[str, tuple[int, int]], home: str, placement: str) -> float:
    (east, north), (other_east, other_north) = places[home], places[placement]
    return ((east - other_east) ** 2 + (north - other_north) ** 2) ** 0.5 / 1609.344


def leaving_shares(returns: Returns, year: int) -> dict[str, float]:
    first, last = date(year - 1, 4, 1), date(year, 3, 31)
    reasons = {}
    for child, chain in returns.children.items():
        for _, end, row in chain:
            if end and first <= end <= last and row["REC"] != "X1":
                reasons[child] = row["REC"]
    orders = ("E43", "E44", "E45", "E46", "E47", "E48")
    return {"left by special guardianship, of all who left": percentage(code in orders for code in reasons.values())}


def casework_shares(folder: Path, year: int) -> dict[str, float]:
    last = date(year, 3, 31)
    plans = [
        (day(row["Child Protection Plan Start Date"]), day(row["Child Protection Plan End Date"]))
        for row in rows_of(folder, "annex_a", year, "list_07")
    ]
    assessments = [
        (day(row["Continuous Assessment Start Date"]), day(row["Continuous Assessment Date of Authorisation"]))
        for row in rows_of(folder, "annex_a", year, "list_04")
    ]
    two_years = round(2 * 365.25)
    return {
        "protection plans open on 31 March for 2 years or more": percentage(
            (last - start).days >= two_years for start, end in plans if end is None
        ),
        "protection plans ended in the year after 2 years or more": percentage(
            (end - start).days >= two_years for start, end in plans if end
        ),
        "assessments completed within 45 working days": percentage(
            working_days(start, end) <= 45 for start, end in assessments if end
        ),
    }


def working_days(start: date, end: date) -> int:
    """Weekdays after `start` up to `end`."""
    return sum(date.fromordinal(number).weekday() < 5 for number in range(start.toordinal() + 1, end.toordinal() + 1))


def table(found: dict[str, dict[int, float]]) -> list[str]:
    """Markdown: for each share and year ours, and the published figure in brackets where there is one."""
    years = range(FIRST, LAST + 1)
    lines = ["| per cent | " + " | ".join(str(year) for year in years) + " |", "|---" * (len(years) + 1) + "|"]
    for name, ours in found.items():
        cells = []
        for year in years:
            published = PUBLISHED[name].get(year)
            mine = "" if year not in ours else f"{ours[year]:.1f}" if _tenths(name) else f"{ours[year]:.0f}"
            cells.append(mine + (f" ({published})" if published is not None else ""))
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return lines


def _tenths(name: str) -> bool:
    return any(isinstance(value, float) for value in PUBLISHED[name].values())


if __name__ == "__main__":
    print("\n".join(table(measured(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "data" / "raw" / "synthetic"))))
