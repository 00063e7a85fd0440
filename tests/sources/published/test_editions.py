"""Several releases of one figure: the one that held on a day, the newest, and where they differ."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis_lib.sources.published.editions import known_on, revisions, with_current
from analysis_lib.sources.published.open_data import file_kinds
from analysis_lib.sources.published.release_days import ReleaseRule

FIRST = pd.Timestamp("2023-11-16")
RELEASES = {
    "2023 release": ("2023-11-16", 513.0),
    "2024 release": ("2024-11-21", 509.0),
    "2025 release": ("2025-11-20", 509.0),
}


def figure(*releases: str) -> pd.DataFrame:
    """Middlesbrough's children looked after on 31 March 2023, in the value of each of DfE's releases."""
    return pd.DataFrame(
        [
            {
                "indicator": "cla_31mar_number", "title": "Looked after", "area_code": "E06000002", "area": "Middlesbrough",
                "time_period": "2023", "value": RELEASES[name][1], "symbol": "", "release": name,
                "issued": pd.Timestamp(RELEASES[name][0]), "first_released": FIRST,
            }
            for name in releases
        ]
    )  # fmt: skip


@pytest.mark.parametrize(
    ("held", "day", "release"),
    [
        (["2023 release", "2024 release", "2025 release"], "2023-11-15", None),
        (["2023 release", "2024 release", "2025 release"], "2023-11-16", "2023 release"),
        (["2023 release", "2024 release", "2025 release"], "2024-11-20", "2023 release"),
        (["2023 release", "2024 release", "2025 release"], "2024-11-21", "2024 release"),
        (["2025 release", "2024 release", "2023 release"], "2026-01-01", "2025 release"),
        (["2024 release", "2025 release"], "2024-01-31", "2024 release"),  # it stands in: the 2023 release is not held
        (["2025 release", "2024 release"], "2024-01-31", "2024 release"),
    ],
)
def test_a_pack_uses_the_newest_release_that_was_out_by_its_day(held, day, release):
    known = known_on(figure(*held), "benchmarks", pd.Timestamp(day))
    assert known["release"].tolist() == ([release] if release else [])
    assert known["current"].all()


def test_the_newest_is_current_whatever_the_order():
    rows = with_current(figure("2024 release", "2025 release", "2023 release"), "benchmarks")
    assert rows.loc[rows["current"], "release"].tolist() == ["2025 release"]
    assert len(rows) == 3


def test_a_revision_is_listed_with_what_it_was():
    changes = revisions(figure("2025 release", "2023 release", "2024 release"))
    assert changes[["value", "release", "value_before", "release_before"]].to_numpy().tolist() == [
        [509.0, "2024 release", 513.0, "2023 release"]
    ]


def test_a_figure_that_was_hidden_later_is_a_revision():
    rows = figure("2023 release", "2024 release")
    rows.loc[1, ["value", "symbol"]] = [float("nan"), "c"]
    changes = revisions(rows)
    assert changes[["symbol", "symbol_before", "value_before"]].to_numpy().tolist() == [["c", "", 513.0]]


def test_a_figure_that_stays_hidden_is_none():
    rows = figure("2023 release", "2024 release").assign(value=float("nan"), symbol="c")
    assert revisions(rows).empty


@given(st.lists(st.sampled_from(sorted(RELEASES)), min_size=1, unique=True), st.dates())
def test_each_figure_is_known_once_or_not_at_all(held, day):
    try:
        day = pd.Timestamp(day)
    except pd.errors.OutOfBoundsDatetime:
        return
    known = known_on(figure(*held), "benchmarks", day)
    assert len(known) == (day >= FIRST)


# When figures first come out


@pytest.mark.parametrize(
    ("file", "end", "day"),
    [
        ("looked after: numbers and rates", "2020-03-31", "2020-12-10"),  # verified
        ("looked after: numbers and rates", "2025-03-31", "2025-11-20"),
        ("looked after: numbers and rates", "2026-03-31", "2026-11-19"),
        ("children in need: referrals", "2021-03-31", "2021-10-28"),  # verified
        ("children in need: referrals", "2025-03-31", "2025-10-30"),
        ("outcomes: key stage 2", "2021-08-31", "2022-03-31"),  # verified
        ("outcomes: key stage 2", "2025-08-31", "2026-04-30"),
        ("ONS mid-year population, as issued by DfE", "2020-06-30", "2021-06-25"),  # verified
        ("ONS mid-year population, as issued by DfE", "2025-06-30", "2026-06-30"),
        ("workforce: children's social workers", "2025-09-30", "2026-02-26"),
    ],
)
def test_the_day_of_release_by_the_rule(file, end, day):
    rule = next(kind.rule for kind in file_kinds() if kind.name == file)
    assert rule.day_of(pd.Timestamp(end)) == pd.Timestamp(day)


def test_a_day_that_was_read_in_a_publication_is_verified():
    rule = next(kind.rule for kind in file_kinds() if kind.name == "looked after: numbers and rates")
    assert [rule.basis(pd.Timestamp(f"{year}-03-31")) for year in (2020, 2021)] == ["verified", "rule"]


@given(st.integers(2010, 2060), st.integers(1, 12), st.sampled_from([-1, 1, 2, 3, 4]))
def test_the_nth_weekday_is_that_weekday_of_that_month(year, month, nth):
    day = ReleaseRule(month=month, nth=nth, weekday="Thursday").day_of(pd.Timestamp(year, 3, 31))
    assert (day.year, day.month, day.weekday()) == (year, month, 3)
    assert (day.day - 1) // 7 == nth - 1 if nth > 0 else (day + pd.Timedelta(days=7)).month != month
