"""Rules of the SSDA903 that the shipped returns keep, each as a plain loop over rows (rule numbers are DfE's)."""

from __future__ import annotations

from collections import Counter
from datetime import date

from analysis_lib.synthetic.calendar import age_on, birthday

YEARS = [f"{year}-{(year + 1) % 100:02d}" for year in range(2016, 2026)]


def day(text: str) -> date | None:
    """A date as the files write it, dd/mm/yyyy; None for a blank."""
    return date(int(text[6:]), int(text[3:5]), int(text[:2])) if text else None


PLACEMENT = ("PLACE", "PLACE_PROVIDER", "PL_POST", "URN")
ADOPTIVE = ("A3", "A4", "A5", "A6")


def pairs(episodes):
    for rows in episodes.values():
        yield from zip(rows, rows[1:], strict=False)


def test_every_child_is_once_in_the_header_with_one_birth(returns):  # INT01 to INT36
    for year in YEARS:
        header = {row["CHILD"]: row["DOB"] for row in returns[year]["header"]}
        assert len(header) == len(returns[year]["header"])
        for table, rows in returns[year].items():
            for row in rows:
                assert row["CHILD"] in header
                assert "DOB" not in row or row["DOB"] == header[row["CHILD"]]
            if table in ("oc2", "oc3", "ad1", "previous_permanence", "uasc"):
                assert len({row["CHILD"] for row in rows}) == len(rows)


def test_upns_are_unique_and_well_formed(returns):  # 168, 444
    letters = "ABCDEFGHJKLMNPQRTUVWXYZ"
    for year in YEARS:
        numbers = [row["UPN"] for row in returns[year]["header"] if not row["UPN"].startswith("UN")]
        assert len(numbers) == len(set(numbers))
        for number in numbers:
            assert len(number) == 13 and number[1:4] == "806"
            assert number[0] == letters[sum((i + 2) * int(digit) for i, digit in enumerate(number[1:])) % 23]


def test_episodes_follow_one_another(episodes):  # 355, 356, 388, 431, 432, 433, 501, 142
    for left, right in pairs(episodes):
        assert day(left["DECOM"]) < day(left["DEC"]) <= day(right["DECOM"])
        if left["REC"] == "X1":
            assert left["DEC"] == right["DECOM"] and right["RNE"] != "S"
        else:
            assert left["DEC"] != right["DECOM"] and right["RNE"] == "S"
    for rows in episodes.values():
        assert rows[0]["RNE"] == "S"  # 357
        assert rows[-1]["REC"] != "X1"
        assert all((row["DEC"] == "") == (row["REC"] == "") for row in rows)  # 148


def test_a_reason_for_a_new_episode_says_what_changed(episodes):  # 434, 435, 436, 504
    for left, right in pairs(episodes):
        if right["RNE"] == "S":
            continue
        order = left["LS"] != right["LS"]
        moved = any(left[column] != right[column] for column in PLACEMENT)
        if {left["PLACE"], right["PLACE"]} == {"H5", "K3"} and right["RNE"] == "L":
            moved = False  # the same home under the code of a later year
        assert {"L": (True, False), "P": (False, True), "T": (False, True), "B": (True, True), "U": (True, True)}[
            right["RNE"]
        ] == (order, moved), (left, right)
        assert left["CIN"] == right["CIN"]
        assert bool(left["REASON_PLACE_CHANGE"]) == (right["RNE"] != "L")  # 225


def test_ages(episodes, births):  # 302, 352, 371, 386, 387, 389
    least = {"E5": 14, "E6": 14, "E7": 16, "E17": 18}
    for child, rows in episodes.items():
        for row in rows:
            assert births[child] <= day(row["DECOM"]) < birthday(births[child], 18)
            assert not row["DEC"] or day(row["DEC"]) <= birthday(births[child], 18)
            if row["REC"] in least:
                assert age_on(births[child], day(row["DEC"])) >= least[row["REC"]]
            if row["PLACE"] in ("K3", "H5"):
                assert age_on(births[child], day(row["DECOM"])) >= 16
            if row["PLACE"] == "S1":
                assert age_on(births[child], day(row["DECOM"])) >= 4


def test_short_orders_and_placements_with_parents(episodes):  # 361, 362, 378, 550
    for rows in episodes.values():
        for row in rows:
            length = (day(row["DEC"]) - day(row["DECOM"])).days if row["DEC"] else None
            assert row["LS"] != "L1" or length is None or length <= 3
            assert row["LS"] != "L2" or length is None or length <= 21
            assert (row["PLACE"] == "P1") == (row["PLACE_PROVIDER"] == "PR0")
            assert row["PLACE"] != "P1" or row["LS"] != "V2"
            if row["LS"] not in ("V3", "V4") and row["PLACE"] != "P1":
                assert row["PL_POST"] and row["PL_POST"] != row["HOME_POST"]  # 392


def test_an_open_episode_appears_unchanged_in_the_next_return(returns):  # 503, 560, NoE
    for this, following in zip(YEARS, YEARS[1:], strict=False):
        carried = {row["CHILD"]: row for row in returns[this]["episodes"] if not row["DEC"]}
        later = {}
        for row in returns[following]["episodes"]:
            later.setdefault(row["CHILD"], row)
        for child, row in carried.items():
            for column in ("DECOM", "RNE", "LS", "CIN", "PLACE", "PLACE_PROVIDER", "HOME_POST", "PL_POST", "URN"):
                renamed = column == "PLACE" and row["PLACE"] == "H5" and following == "2024-25"
                assert later[child][column] == ("K3" if renamed else row[column])
        before = {child for child, row in later.items() if day(row["DECOM"]) < date(int(following[:4]), 4, 1)}
        assert before == set(carried)


def test_nothing_in_a_return_is_later_than_its_year(returns):  # 354
    for year in YEARS:
        last = date(int(year[:4]) + 1, 3, 31)
        for table, rows in returns[year].items():
            for row in rows:
                for column, value in row.items():
                    if column == "DUC" or "/" not in value or value.startswith("ZZ"):
                        continue
                    assert day(value) <= last, (year, table, column)


def test_adoption_chain(returns, episodes):  # 331, 333, 334, 335, 390, 408, 523, 551 to 554, 557, 582, 601, 602
    decisions = {
        (row["CHILD"], row["DATE_PLACED"]): row for year in YEARS for row in returns[year]["placed_for_adoption"]
    }
    for year in YEARS:
        first, last = date(int(year[:4]), 4, 1), date(int(year[:4]) + 1, 3, 31)
        adopted = {
            child
            for child, rows in episodes.items()
            if rows[-1]["REC"] in ("E11", "E12") and first <= day(rows[-1]["DEC"]) <= last
        }
        assert adopted == {row["CHILD"] for row in returns[year]["ad1"]}
        for row in returns[year]["ad1"]:
            chain = episodes[row["CHILD"]]
            entered = max(day(e["DECOM"]) for e in chain if e["RNE"] == "S")
            moved_in = min(day(e["DECOM"]) for e in chain if e["PLACE"] in ADOPTIVE)
            assert entered <= day(row["DATE_INT"]) <= day(row["DATE_MATCH"]) <= moved_in < day(chain[-1]["DEC"])
            assert row["FOSTER_CARE"] == {"A5": "1", "A6": "0"}[chain[-1]["PLACE"]]
            assert not decisions[(row["CHILD"], row["DATE_INT"])]["DATE_PLACED_CEASED"]
    placed = {child: day(date_placed) for child, date_placed in decisions}
    for child, rows in episodes.items():
        for row in rows:
            if row["LS"] == "E1" or row["PLACE"] in ADOPTIVE:
                assert placed[child] <= day(row["DECOM"])
            assert row["PLACE"] not in ADOPTIVE or row["LS"] == "E1"
        if child in placed and rows[-1]["REC"] not in ("", "E11", "E12"):
            assert any(d["DATE_PLACED_CEASED"] for (c, _), d in decisions.items() if c == child)


def test_some_plans_end_without_adoption_and_some_adopters_fostered_the_child(returns, episodes):
    ended = {
        row["CHILD"] for year in YEARS for row in returns[year]["placed_for_adoption"] if row["DATE_PLACED_CEASED"]
    }
    assert 15 <= len(ended) <= 25
    foster_carers = Counter(row["FOSTER_CARE"] for year in YEARS for row in returns[year]["ad1"])
    assert 10 <= foster_carers["1"] <= 60
    assert any(row["PLACE"] == "U5" for rows in episodes.values() for row in rows)


def test_oc2_is_for_children_looked_after_all_year(returns):  # 190, 191
    for year in YEARS:
        first, last = date(int(year[:4]), 4, 1), date(int(year[:4]) + 1, 3, 31)
        spells: dict[str, list] = {}
        for row in returns[year]["episodes"]:
            spells.setdefault(row["CHILD"], []).append(row)
        expected = set()
        for child, rows in spells.items():
            whole = day(rows[0]["DECOM"]) <= first and rows[-1]["DEC"] == ""
            if whole and all(row["LS"] not in ("V3", "V4") and row["REC"] in ("", "X1") for row in rows):
                expected.add(child)
        assert {row["CHILD"] for row in returns[year]["oc2"]} == expected, last


def test_reviews_and_missing_spells_lie_inside_care(returns, episodes, births):  # 440, 441, 567, 574, 577
    for year in YEARS:
        for row in returns[year]["reviews"]:
            when = day(row["REVIEW"])
            assert any(
                day(e["DECOM"]) <= when and (not e["DEC"] or when <= day(e["DEC"])) for e in episodes[row["CHILD"]]
            )
            assert (row["REVIEW_CODE"] == "PN0") == (age_on(births[row["CHILD"]], when) < 4)
        spells: dict[str, list] = {}
        for row in returns[year]["missing"]:
            spells.setdefault(row["CHILD"], []).append((day(row["MIS_START"]), day(row["MIS_END"])))
        for child, known in spells.items():
            assert all(start <= end for start, end in known)
            assert all(left[1] < right[0] for left, right in zip(known, known[1:], strict=False))
            for start, end in known:
                assert any(day(e["DECOM"]) <= start for e in episodes[child]) and end


def test_codes_follow_the_year(returns):
    for year in YEARS:
        start = int(year[:4])
        assert {row["SEX"] for row in returns[year]["header"]} <= ({"M", "F"} if start >= 2024 else {"1", "2"})
        codes = {row["PLACE"] for row in returns[year]["episodes"]}
        assert ("K3" in codes) == (start >= 2024) and ("H5" in codes) == (start < 2024)
        reasons = {row["REC"] for row in returns[year]["episodes"]}
        assert not reasons & ({"E17", "E45", "E46", "E47", "E48"} if start < 2018 else {"E43", "E44"})
        assert ("sw_episodes" in returns[year]) == (start >= 2023)
        activities = {row["ACTIV"] for row in returns[year]["oc3"]}
        assert not activities & ({"F4", "P4", "F5", "P5"} if start < 2021 else {"F3", "P3"})


def test_an_earlier_permanence_order_lies_before_the_first_care(returns, episodes):  # 630, 632, 635
    for year in YEARS:
        first = date(int(year[:4]), 4, 1)
        started = {r["CHILD"] for r in returns[year]["episodes"] if r["RNE"] == "S" and day(r["DECOM"]) >= first}
        assert {row["CHILD"] for row in returns[year]["previous_permanence"]} == started
        for row in returns[year]["previous_permanence"]:
            assert (row["PREV_PERM"] == "Z1") == (row["LA_PERM"] == "") == (row["DATE_PERM"] == "")
            if row["DATE_PERM"] and "Z" not in row["DATE_PERM"]:
                assert day(row["DATE_PERM"]) < day(episodes[row["CHILD"]][0]["DECOM"])
