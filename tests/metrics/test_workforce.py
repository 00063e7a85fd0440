"""Social workers of children looked after, and caseloads: the year's edges, workers and changes, bands; a plain loop."""

import random

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis_lib.metrics import workforce
from analysis_lib.metrics.counting.members import behind, recorded

DAY = pd.Timestamp("2024-03-31")
OF_CHILDREN = (
    workforce.three_or_more_social_workers,
    workforce.social_workers_in_year,
    workforce.social_worker_changes,
    workforce.children_without_social_worker,
)


def dated(rows, columns, days):
    frame = pd.DataFrame(rows, columns=columns, dtype=object)
    return frame.assign(**{day: pd.to_datetime(frame[day]) for day in days})


def care(*rows):
    return dated(rows, ["child_id", "care_start", "care_end"], ["care_start", "care_end"])


def spells(*rows):
    """Spells with a social worker from "child worker start end", a dash for missing."""
    cells = [[None if cell == "-" else cell for cell in row.split()] for row in rows]
    return dated(cells, ["child_id", "worker_id", "worker_start", "worker_end"], ["worker_start", "worker_end"])


def always(*names):
    return care(*((name, "2020-01-01", None) for name in names))


def told(*rows, names=("a",), census_date=DAY):
    """For each child: different workers, and changes, as the four measures tell them."""
    with recorded():
        frames = [behind(function(spells(*rows), always(*names), census_date=census_date)) for function in OF_CHILDREN]
    numbers, changes = frames[1].set_index("workers")["numerator_children"], frames[2]["numerator_children"][0]
    workers = {name: number for number, children in numbers.items() for name in children}
    workers |= dict.fromkeys(frames[3]["numerator_children"][0], "none")
    assert sorted(name for name, number in workers.items() if number == "3 or more") == sorted(
        frames[0]["numerator_children"][0]
    )
    return {name: (workers[name], changes.count(name)) for name in names}


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (["a A 2023-04-01 -"], ("1", 0)),
        (["a A 2024-03-31 -"], ("1", 0)),
        (["a A 2024-04-01 -"], ("none", 0)),
        (["a A 2022-01-01 2023-03-31"], ("none", 0)),
        (["a A 2022-01-01 2023-04-01"], ("none", 0)),  # handed over on 1 April: not the worker of that day
        (["a A 2022-01-01 2023-04-02"], ("1", 0)),
        (["a A 2023-04-01 2023-04-01"], ("1", 0)),  # a spell of a day
        (["a A - -"], ("none", 0)),
        (["a A 2022-01-01 2023-04-01", "a B 2023-04-01 -"], ("1", 1)),  # changed on the year's first day
        (["a A 2022-01-01 2023-03-31", "a B 2023-03-31 -"], ("1", 0)),
        (["a A 2023-01-01 2023-06-01", "a B 2023-06-01 -"], ("2", 1)),
        (["a A 2023-01-01 2023-06-01", "a B 2023-06-01 2024-03-31", "a C 2024-03-31 -"], ("3 or more", 2)),
        (["a A 2023-01-01 2023-06-01", "a B 2023-06-01 2024-04-01", "a C 2024-04-01 -"], ("2", 1)),
        (
            ["a A 2023-01-01 2023-06-01", "a B 2023-06-01 2023-09-01", "a A 2023-09-01 -"],
            ("2", 2),
        ),  # the same one again
        (["a A 2023-01-01 2023-06-01", "a A 2023-06-01 -"], ("1", 0)),  # the same one goes on
        (["a A 2023-01-01 2023-06-01", "b B 2023-06-01 -"], ("1", 0)),  # another child's worker
    ],
)
def test_workers_and_changes_of_a_year(rows, expected):
    assert told(*rows)["a"] == expected


def test_shares_are_of_children_with_a_worker_on_record():
    rows = [
        "a A 2023-01-01 2023-06-01",
        "a B 2023-06-01 2023-07-01",
        "a C 2023-07-01 -",
        "b A 2023-01-01 -",
        "x A 2023-01-01 -",
    ]
    with recorded():
        three, number, changes, without = (
            function(spells(*rows), always("a", "b", "none"), census_date=DAY) for function in OF_CHILDREN
        )
    names = [each.measure.name for each in (three, number, changes, without)]
    assert names == [function.__name__ for function in OF_CHILDREN]
    assert three.exact()[["numerator", "denominator", "value"]].values.tolist() == [[1, 2, 50]]
    assert behind(three)["denominator_children"].tolist() == [["a", "b"]]
    assert (number.groups, number.parts) == (("workers",), ("workers",))
    assert number.exact()[["workers", "numerator", "denominator"]].values.tolist() == [
        ["1", 1, 2], ["2", 0, 2], ["3 or more", 1, 2],
    ]  # fmt: skip
    assert changes.exact()[["numerator", "denominator", "value"]].values.tolist() == [[2, 2, 1]]
    assert behind(changes)["numerator_children"].tolist() == [["a", "a"]]
    assert behind(changes)["denominator_children"].tolist() == [["a", "b"]]
    assert without.exact()["value"].tolist() == [1] and behind(without)["numerator_children"].tolist() == [["none"]]


@pytest.mark.parametrize(("end", "is_in"), [("2024-03-30", 0), ("2024-03-31", 0), ("2024-04-01", 1)])
def test_only_children_looked_after_on_the_day_count(end, is_in):
    for function in OF_CHILDREN[:3]:
        result = function(spells("a A 2023-01-01 -"), care(("a", "2020-01-01", end)), census_date=DAY).exact()
        assert result["denominator"].tolist() == [is_in] * len(result)
        assert result["value"].isna().tolist() == [not is_in] * len(result)


def test_there_are_no_figures_for_years_before_the_return_asked():
    days = [pd.Timestamp(text) for text in ("2023-03-31", "2024-03-30", "2024-03-31", "2025-03-31")]
    for function in OF_CHILDREN:
        result = function(spells("a A 2022-01-01 -"), always("a", "b"), census_date=days)
        frame = result.exact()
        early = frame["period_end"] < DAY
        assert early.sum() * 2 == len(frame) and set(frame["period_end"]) == set(days)
        assert frame.loc[early, ["numerator", "denominator", "value", "lower", "upper"]].isna().all(axis=None)
        assert (frame.loc[early, "symbol"] == "x").all() and (frame.loc[~early, "symbol"] == "").all()
        assert frame.loc[~early, "numerator"].notna().all()


def test_each_census_date_has_its_own_year():
    rows = ["a A 2023-01-01 2023-06-01", "a B 2023-06-01 2024-02-01", "a C 2024-02-01 2024-06-01", "a D 2024-06-01 -"]
    days = [DAY, pd.Timestamp("2025-03-31")]
    result = workforce.social_worker_changes(spells(*rows), always("a"), census_date=days).exact()
    assert result["period_end"].tolist() == days and result["numerator"].tolist() == [2, 1]
    result = workforce.three_or_more_social_workers(spells(*rows), always("a"), census_date=days).exact()
    assert result["numerator"].tolist() == [1, 0] and result["denominator"].tolist() == [1, 1]


def test_nobody_gives_no_share():
    for function in OF_CHILDREN:
        frame = function(spells(), care(), census_date=DAY).exact()
        assert (frame["numerator"] == 0).all() and len(frame) == (3 if "workers" in frame else 1)


def seeded(seed, children):
    draw = random.Random(seed)
    rows, spans = [], []
    for number in range(children):
        start = pd.Timestamp("2022-06-01") + pd.Timedelta(days=draw.randrange(700))
        end = None if draw.random() < 0.7 else start + pd.Timedelta(days=draw.randrange(600))
        spans.append((f"c{number}", start, end))
        day = start
        for _ in range(draw.randrange(7)):
            until = day + pd.Timedelta(days=draw.choice([0, 3, 40, 120, 300]))
            is_open = draw.random() < 0.15
            rows.append((f"c{number}", draw.choice("ABC"), day, None if is_open else until))
            day = until + pd.Timedelta(days=draw.choice([0, 0, 1, 20]))
    columns = ["child_id", "worker_id", "worker_start", "worker_end"]
    return dated(rows, columns, columns[2:]), care(*spans)


def test_it_is_what_a_plain_loop_finds():
    table, spans = seeded(3, 80)
    table = table.drop_duplicates(
        ["child_id", "worker_start"]
    )  # of two that begin on one day neither is before the other
    first = pd.Timestamp("2023-04-01")
    workers, changes = {}, []
    for child in spans.itertuples():
        if child.care_start > DAY or child.care_end <= DAY:
            continue
        mine, before = set(), None
        for row in table[table["child_id"] == child.child_id].sort_values("worker_start").itertuples():
            is_new = first <= row.worker_start <= DAY
            if is_new or (row.worker_start < first and not row.worker_end <= first):
                mine.add(row.worker_id)
            if is_new and before not in (None, row.worker_id):
                changes.append(child.child_id)
            before = row.worker_id
        workers[child.child_id] = len(mine)
    with recorded():
        three, number, change, without = (behind(function(table, spans, census_date=DAY)) for function in OF_CHILDREN)
    with_any = [name for name, size in workers.items() if size]
    with_none = [name for name, size in workers.items() if not size]
    assert sorted(three["denominator_children"][0]) == sorted(with_any)
    assert sorted(without["numerator_children"][0]) == sorted(with_none)
    assert sorted(three["numerator_children"][0]) == sorted(name for name, size in workers.items() if size >= 3)
    sizes = [sum(size == wanted for size in workers.values()) for wanted in (1, 2)]
    assert number["numerator"].tolist() == [*sizes, len(with_any) - sum(sizes)] and min(sizes) > 2
    assert sorted(change["numerator_children"][0]) == sorted(changes) and len(changes) > 20


@settings(max_examples=4)
@given(st.integers(0, 10_000))
def test_order_does_not_matter_groups_add_up_and_what_is_given_stays(seed):
    table, spans = seeded(seed, 6)
    table = table.drop_duplicates(["child_id", "worker_start"])
    before = table.copy(deep=True), spans.copy(deep=True)
    shuffled = table.sample(frac=1, random_state=seed), spans.iloc[::-1]
    one, other = (
        workforce.social_workers_in_year(*each, census_date=DAY).exact() for each in ((table, spans), shuffled)
    )
    pd.testing.assert_frame_equal(one, other)
    assert one["numerator"].sum() == one["denominator"][0]
    pd.testing.assert_frame_equal(table, before[0])
    pd.testing.assert_frame_equal(spans, before[1])


def caseloads(*rows):
    """Rows of (children held, full-time equivalent), and role, agency and day in a dict where they differ."""
    usual = {"worker_role": "SOCIAL_WORKER", "agency": False, "counted_on": DAY}
    records = [{**usual, "children_held": held, "fte": fte, **dict(*other)} for held, fte, *other in rows]
    frame = pd.DataFrame(records, columns=["counted_on", "worker_role", "children_held", "fte", "agency"])
    return frame.assign(worker_id=[f"w{place}" for place in range(len(frame))]).astype(
        {"counted_on": "datetime64[us]", "children_held": float, "fte": float, "agency": "boolean"}
    )


LATER = pd.Timestamp("2024-04-30")
MIXED = caseloads(
    (18, 1.0), (9, 0.5, {"worker_role": "NEWLY_QUALIFIED"}), (3, 0.5, {"worker_role": "SENIOR", "agency": True}),
    (0, 1.0), (40, 1.0, {"worker_role": "REVIEWING_OFFICER"}), (40, 1.0, {"worker_role": "PERSONAL_ADVISER"}),
    (40, 1.0, {"worker_role": "EARLY_HELP"}), (40, 1.0, {"worker_role": "OTHER"}), (7, 0.0), (7, None), (None, 1.0),
    (5, 0.5, {"counted_on": LATER, "agency": None}), (1, 0.5, {"counted_on": LATER, "agency": True}),
)  # fmt: skip


def test_the_average_caseload_is_of_social_workers_who_hold_children():
    days = [LATER, DAY, pd.Timestamp("2024-05-31")]
    result = workforce.average_caseload(MIXED, census_date=days)
    frame = result.exact()
    assert result.measure.name == "average_caseload" and frame["period_start"].isna().all()
    assert frame["period_end"].tolist() == days
    assert frame[["numerator", "denominator"]].values.tolist() == [[6, 1], [30, 2], [0, 0]]
    assert frame["value"].tolist()[:2] == [6, 15] and np.isnan(frame["value"][2])


def test_agency_workers_are_a_share_of_full_time_equivalents():
    result = workforce.agency_share(MIXED, census_date=[DAY, LATER])
    assert result.measure.name == "agency_share"
    assert result.exact()[["numerator", "denominator", "value"]].values.tolist() == [[0.5, 2, 25], [0.5, 0.5, 100]]


@pytest.mark.parametrize(
    ("held", "fte", "band"),
    [
        (1, 1, "Under 5"), (4.9, 1, "Under 5"), (5, 1, "5 to under 10"), (9.9, 1, "5 to under 10"), (10, 1, "10 to under 15"),
        (14.9, 1, "10 to under 15"), (15, 1, "15 to under 20"), (19.9, 1, "15 to under 20"), (20, 1, "20 to under 25"),
        (24.9, 1, "20 to under 25"), (25, 1, "25 or more"), (200, 0.1, "25 or more"), (10, 0.5, "20 to under 25"),
        (10, 0, "Not known"), (10, None, "Not known"),
    ],
)  # fmt: skip
def test_a_caseload_lies_in_one_band_of_children_for_each_full_time_equivalent(held, fte, band):
    frame = workforce.caseload_bands(caseloads((held, fte)), census_date=DAY).exact().set_index("band")["value"]
    assert frame[band] == 1 and frame.sum() == 1


def test_bands_are_there_for_every_day_also_empty():
    result = workforce.caseload_bands(MIXED, census_date=[DAY, LATER])
    frame = result.exact()
    assert (result.measure.name, result.groups, result.parts) == ("caseload_bands", ("band",), ("band",))
    assert frame["band"].drop_duplicates().tolist() == [
        "Under 5", "5 to under 10", "10 to under 15", "15 to under 20", "20 to under 25", "25 or more", "Not known",
    ]  # fmt: skip
    assert frame["period_start"].isna().all()
    assert frame.loc[frame["period_end"] == DAY, "value"].tolist() == [0, 1, 0, 2, 0, 0, 2]
    assert frame.loc[frame["period_end"] == LATER, "value"].tolist() == [1, 0, 1, 0, 0, 0, 0]


def test_no_extract_of_the_day_gives_no_average():
    for function in (workforce.average_caseload, workforce.agency_share):
        frame = function(caseloads(), census_date=DAY).exact()
        assert frame[["numerator", "denominator"]].values.tolist() == [[0, 0]] and frame["symbol"].tolist() == ["z"]
    assert workforce.caseload_bands(caseloads(), census_date=DAY).exact()["value"].tolist() == [0] * 7


def test_the_module_shows_its_functions_and_nothing_else():
    assert dir(workforce) == [
        "agency_share", "average_caseload", "caseload_bands", "children_without_social_worker", "social_worker_changes",
        "social_workers_in_year", "three_or_more_social_workers",
    ]  # fmt: skip
