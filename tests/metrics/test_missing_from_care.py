"""Missing from care: published figures, hand examples, edges, and a plain loop as judge."""

import numpy as np
import pandas as pd
import pytest
from care_histories import care
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from analysis_lib.metrics import missing_from_care as missing
from analysis_lib.metrics.counting.members import behind, recorded
from analysis_lib.periods import Period

YEAR = Period.parse("2020-21")
YEARS = [Period.parse("2021-22"), YEAR]
DAY = pd.Timestamp("2021-03-31")


def gone(*rows):
    """Spells: child, first day, day of return and, where it is not "missing", the kind."""
    frame = pd.DataFrame(
        [(*row, "missing")[:4] for row in rows], columns=["child_id", "missing_start", "missing_end", "kind"]
    )
    for day in ("missing_start", "missing_end"):
        frame[day] = pd.to_datetime(frame[day]).astype("datetime64[us]")
    return frame


IN_CARE = care(*((child, "2020-01-01", None) for child in "abcd"))


def named(make, side="numerator"):
    with recorded():
        frame = behind(make())
    for column in ("numerator", "denominator"):
        known = frame[f"{column}_children"].notna()
        assert [len(each) for each in frame.loc[known, f"{column}_children"]] == frame.loc[known, column].tolist()
    return [sorted(each) for each in frame[f"{side}_children"]]


def rows_of(result, *columns):
    return result.exact()[list(columns)].values.tolist()


THREE_AND_ONE = gone(
    ("a", "2020-05-01", "2020-05-03"),
    ("a", "2020-06-01", "2020-06-01"),
    ("a", "2020-07-01", None),
    ("b", "2020-05-01", "2020-05-02"),
    ("c", "2020-05-01", "2020-05-02", "away"),
    ("d", "2019-05-01", "2019-05-02"),
)


def test_children_and_incidents():
    tables = THREE_AND_ONE, IN_CARE
    assert named(lambda: missing.children(*tables, period=YEAR)) == [["a", "b"]]
    assert named(lambda: missing.incidents(*tables, period=YEAR)) == [["a", "a", "a", "b"]]
    assert named(lambda: missing.share(*tables, period=YEAR)) == [["a", "b"]]
    assert named(lambda: missing.share(*tables, period=YEAR), "denominator") == [["a", "b", "c", "d"]]
    assert named(lambda: missing.more_than_once(*tables, period=YEAR)) == [["a"]]
    assert named(lambda: missing.more_than_once(*tables, period=YEAR), "denominator") == [["a", "b"]]
    ratio = missing.incidents_per_child(*tables, period=YEAR)
    assert rows_of(ratio, "numerator", "denominator", "value") == [[4, 2, 2]]
    assert named(lambda: missing.incidents_per_child(*tables, period=YEAR), "denominator") == [["a", "b"]]


@pytest.mark.parametrize("kind", ["missing", "away"])
def test_each_kind_has_measures_of_its_own(kind):
    tables = THREE_AND_ONE, IN_CARE
    for function, name in (
        (missing.children, "children"), (missing.share, "share"), (missing.incidents, "incidents"),
        (missing.incidents_per_child, "incidents_per_child"), (missing.more_than_once, "more_than_once"),
        (missing.nights, "days_median"), (missing.lengths, "lengths"),
    ):  # fmt: skip
        result = function(*tables, period=YEAR, kind=kind)
        assert result.measure.name == f"{kind}_{name}"
        assert result.exact()[["period_start", "period_end"]].drop_duplicates().values.tolist() == [
            [YEAR.start, YEAR.end]
        ]
    assert missing.at(*tables, census_date=DAY, kind=kind).measure.name == f"{kind}_at"
    assert named(lambda: missing.children(*tables, period=YEAR, kind=kind)) == [
        ["a", "b"] if kind == "missing" else ["c"]
    ]


def test_words_that_are_not_known_are_refused():
    tables = THREE_AND_ONE, IN_CARE
    with pytest.raises(ValueError, match="kind is 'lost'; it may be 'missing' or 'away'"):
        missing.children(*tables, period=YEAR, kind="lost")
    with pytest.raises(ValueError, match="statistic is 'sum'; it may be 'mean' or 'median'"):
        missing.nights(*tables, period=YEAR, statistic="sum")


@pytest.mark.parametrize(
    ("start", "end", "counts"),
    [
        ("2020-03-30", "2020-03-31", [0, 0]),
        ("2020-03-30", "2020-04-01", [0, 1]),
        ("2020-04-01", "2020-04-01", [0, 1]),
        ("2021-03-31", "2021-03-31", [0, 1]),
        ("2021-03-31", "2021-04-01", [1, 1]),
        ("2021-04-01", None, [1, 0]),
        ("2020-02-29", None, [1, 1]),
    ],
)
def test_an_incident_counts_in_every_period_that_it_touches(start, end, counts):
    table = gone(("a", start, end))
    for function in (missing.children, missing.incidents, missing.share):
        assert function(table, IN_CARE, period=YEARS).exact()["numerator"].tolist() == counts


@pytest.mark.parametrize(
    ("start", "end", "base"),
    [
        ("2020-03-31", "2020-04-01", 1),
        ("2020-03-01", "2020-03-31", 0),
        ("2021-03-31", None, 1),
        ("2021-04-01", None, 0),
        ("2020-06-01", "2020-06-01", 1),
    ],
)
def test_the_base_are_all_looked_after_at_any_time(start, end, base):
    result = missing.share(gone(), care(("a", start, end), ("a", start, end)), period=YEAR)
    assert rows_of(result, "numerator", "denominator") == [[0, base]]


def test_only_times_in_care_count():
    spells = care(("a", "2020-05-01", "2020-06-01"), ("a", "2020-08-01", None))
    table = gone(
        ("a", "2020-04-20", "2020-05-01"),  # came into care on the day it was found
        ("a", "2020-06-01", "2020-06-03"),  # left care on the day it went
        ("a", "2020-06-10", "2020-06-12"),
        ("b", "2020-06-10", "2020-06-12"),
    )
    assert rows_of(missing.incidents(table, spells, period=YEAR), "numerator") == [[2]]
    assert rows_of(missing.share(table, spells, period=YEAR), "numerator", "denominator") == [[1, 1]]
    still = gone(("a", "2020-07-01", None), ("a", "2020-07-20", "2020-07-25"))
    assert rows_of(missing.incidents(still, spells, period=YEAR), "numerator") == [[1]]


def test_an_incident_counts_in_the_periods_in_which_the_child_was_gone_and_in_care_on_one_day():
    left_and_back = care(("a", "2019-05-01", "2020-06-30"), ("a", "2021-02-01", None))
    still = gone(("a", "2020-06-20", None))
    quarters = [Period.parse(f"2020-21-Q{number}") for number in (1, 2, 3, 4)]
    for function in (missing.incidents, missing.children, missing.share):
        assert function(still, left_and_back, period=quarters).exact()["numerator"].tolist() == [1, 0, 0, 1]
        assert function(still, left_and_back, period=YEAR).exact()["numerator"].tolist() == [1]
    # In care in the period and gone in it, but never on one day: it went after care had ended and was back before it began.
    between = gone(("b", "2020-06-20", "2020-08-10"))
    spells = care(("b", "2019-05-01", "2020-07-01"), ("b", "2020-08-20", None))
    assert rows_of(missing.incidents(between, spells, period=quarters[:2]), "numerator") == [[1], [1]]
    spells = care(("b", "2019-05-01", "2020-06-30"), ("b", "2020-08-20", None))
    assert rows_of(missing.incidents(between, spells, period=quarters[:2]), "numerator") == [[1], [0]]
    assert rows_of(missing.share(between, spells, period=quarters[1]), "numerator", "denominator") == [[0, 1]]


def test_overlapping_spells_of_a_kind_are_one_incident_and_two_that_touch_are_two():
    overlapping = gone(
        ("a", "2020-05-01", "2020-05-10"), ("a", "2020-05-05", "2020-05-12"), ("a", "2020-05-12", "2020-05-13")
    )
    assert rows_of(missing.incidents(overlapping, IN_CARE, period=YEAR), "numerator") == [[2]]
    assert rows_of(missing.nights(overlapping, IN_CARE, period=YEAR, statistic="mean"), "numerator") == [[12]]
    kinds = gone(("a", "2020-05-01", "2020-05-10"), ("a", "2020-05-05", "2020-05-12", "away"))
    assert rows_of(missing.incidents(kinds, IN_CARE, period=YEAR), "numerator") == [[1]]
    wrong = gone(("a", None, "2020-05-10"), ("a", "2020-05-05", "2020-05-01"))
    assert rows_of(missing.incidents(wrong, IN_CARE, period=YEAR), "numerator") == [[0]]


def test_who_is_gone_on_a_day():
    spells = care(*((child, "2020-01-01", None) for child in "abcde"), ("left", "2020-01-01", "2021-03-31"))
    table = gone(
        ("a", "2021-03-30", None), ("b", "2021-03-31", "2021-04-02"), ("c", "2021-03-30", "2021-03-31"),
        ("d", "2021-04-01", None), ("e", "2021-03-30", None, "away"), ("left", "2021-03-30", None),
        ("b", "2021-03-31", "2021-04-01"),
    )  # fmt: skip
    days = [DAY, pd.Timestamp("2021-04-01"), pd.Timestamp("2021-03-30")]
    assert named(lambda: missing.at(table, spells, census_date=days)) == [
        ["a", "b"],
        ["a", "b", "d"],
        ["a", "c", "left"],
    ]
    assert named(lambda: missing.at(table, spells, census_date=DAY, kind="away")) == [["e"]]
    assert missing.at(table, spells, census_date=days).exact()["period_end"].tolist() == days


def test_nights_away():
    table = gone(
        ("a", "2020-05-01", "2020-05-01"), ("b", "2021-03-29", "2021-03-31"), ("c", "2020-03-22", "2020-04-01"),
        ("d", "2020-05-01", None), ("a", "2021-03-31", "2021-04-01"),
    )  # fmt: skip
    mean = missing.nights(table, IN_CARE, period=YEARS, statistic="mean")
    assert rows_of(mean, "numerator", "denominator", "value") == [[1, 1, 1], [12, 3, 4]]
    median = missing.nights(table, IN_CARE, period=YEAR)
    assert rows_of(median, "denominator", "value") == [[3, 2]]
    assert mean.measure.name == "missing_days_mean"
    assert named(lambda: missing.nights(table, IN_CARE, period=YEAR), "denominator") == [["a", "b", "c"]]


def test_bands_of_length_hold_their_lower_end():
    nights = [0, 1, 2, 6, 7, 28, 29, 60]
    start = pd.Timestamp("2020-05-01")
    table = gone(*((f"c{each:02d}", start, start + pd.Timedelta(days=each)) for each in nights))
    spells = care(*((f"c{each:02d}", "2020-01-01", None) for each in nights))
    result = missing.lengths(table, spells, period=YEAR)
    assert rows_of(result, "length", "numerator") == [
        ["Back on the same day", 1], ["1 night", 1], ["2 to 6 nights", 2], ["7 to 28 nights", 2], ["29 nights or more", 2],
    ]  # fmt: skip
    assert named(lambda: missing.lengths(table, spells, period=YEAR))[2] == ["c02", "c06"]
    assert result.groups == ("length",) == result.parts


def test_nobody_gone_and_nobody_in_care():
    for function in (
        missing.children,
        missing.incidents,
        missing.share,
        missing.more_than_once,
        missing.incidents_per_child,
    ):
        result = function(gone(), care(), period=YEARS).exact()
        assert result["numerator"].tolist() == [0, 0] and result["period_end"].tolist() == [each.end for each in YEARS]
    assert missing.share(gone(), care(), period=YEAR).exact()["value"].isna().all()
    assert missing.more_than_once(gone(), IN_CARE, period=YEAR).exact()["symbol"].tolist() == ["z"]
    assert missing.nights(gone(), IN_CARE, period=YEAR).exact()["value"].isna().all()
    assert missing.lengths(gone(), IN_CARE, period=YEAR).exact()["numerator"].tolist() == [0] * 5
    assert missing.at(gone(), care(), census_date=DAY).exact()["numerator"].tolist() == [0]


def at_random(seed):
    rng = np.random.default_rng(seed)
    start = pd.Timestamp("2020-01-01")
    spells, table = [], []
    for number in range(30):
        first = start + pd.Timedelta(days=int(rng.integers(0, 500)))
        last = first + pd.Timedelta(days=int(rng.integers(0, 300)))
        spells.append((f"c{number}", first, None if rng.random() < 0.3 else last))
        for _ in range(int(rng.integers(0, 6))):
            went = first + pd.Timedelta(days=int(rng.integers(-20, 250)))
            back = None if rng.random() < 0.1 else went + pd.Timedelta(days=int(rng.integers(0, 12)))
            table.append((f"c{number}", went, back, "away" if rng.random() < 0.3 else "missing"))
    return gone(*table), care(*spells)


def naive_incidents(table, kind):
    """Spells of each child put together, one after another: child, start, end (far away while open)."""
    far, found = pd.Timestamp("2100-01-01"), []
    for child in sorted(set(table["child_id"])):
        rows = [row for row in table.itertuples() if row.child_id == child and row.kind == kind]
        for row in sorted(
            set((row.missing_start, far if pd.isna(row.missing_end) else row.missing_end) for row in rows)
        ):
            if found and found[-1][0] == child and row[0] < found[-1][2]:
                found[-1] = (child, found[-1][1], max(found[-1][2], row[1]))
            else:
                found.append((child, *row))
    return found


@pytest.mark.parametrize("kind", ["missing", "away"])
def test_all_counts_are_those_of_a_plain_loop(kind):
    table, spells = at_random(5)
    far = pd.Timestamp("2100-01-01")
    in_care = [
        (row.child_id, row.care_start, far if pd.isna(row.care_end) else row.care_end) for row in spells.itertuples()
    ]
    incidents = [
        (child, start, end) for child, start, end in naive_incidents(table, kind)
        if any(child == other and start <= last and end >= first for other, first, last in in_care)
    ]  # fmt: skip
    periods = [Period.parse(code) for code in ("2020-21-Q2", "2020-M10", "2020-21")]
    for period in periods:
        base = {child for child, first, last in in_care if first <= period.end and last >= period.start}
        within = [
            child for child, start, end in incidents
            if any(
                child == other and max(start, first, period.start) <= min(end, last, period.end)
                for other, first, last in in_care
            )
        ]  # fmt: skip
        often = {child for child in within if within.count(child) > 1}
        ended = [(end - start).days for _, start, end in incidents if period.start <= end <= period.end]
        how = {"period": period, "kind": kind}
        assert named(lambda how=how: missing.incidents(table, spells, **how)) == [sorted(within)]
        assert named(lambda how=how: missing.children(table, spells, **how)) == [sorted(set(within))]
        assert named(lambda how=how: missing.share(table, spells, **how), "denominator") == [sorted(base)]
        assert named(lambda how=how: missing.more_than_once(table, spells, **how)) == [sorted(often)]
        mean = missing.nights(table, spells, statistic="mean", **how)
        assert rows_of(mean, "numerator", "denominator") == [[sum(ended), len(ended)]] and ended
    for day in (period.end for period in periods):
        expected = {
            child for child, start, end in incidents
            if start <= day < end and any(child == other and first <= day < last for other, first, last in in_care)
        }  # fmt: skip
        assert named(lambda day=day: missing.at(table, spells, census_date=day, kind=kind)) == [sorted(expected)]


@settings(max_examples=5)
@given(st.integers(0, 1_000), st.integers(0, 50))
def test_order_does_not_matter_and_children_are_never_more_than_incidents(seed, shuffle):
    table, spells = at_random(seed)
    before = table.copy()
    children = missing.children(table, spells, period=YEARS).exact()
    mixed = missing.children(
        table.sample(frac=1, random_state=shuffle), spells.sample(frac=1, random_state=shuffle), period=YEARS
    )
    assert_frame_equal(children, mixed.exact())
    assert_frame_equal(table, before)
    assert (children["value"] <= missing.incidents(table, spells, period=YEARS).exact()["value"]).all()
    share = missing.share(table, spells, period=YEARS).exact()
    assert share["numerator"].tolist() == children["value"].tolist()


def test_the_library_shows_its_measures():
    assert dir(missing) == sorted(missing.__all__)
    assert all(callable(getattr(missing, name)) for name in missing.__all__)
