"""What a path says of its year and day."""

import pandas as pd
import pytest

from analysis_lib.sources.paths import day_in, home, named_day, named_years, years_in


@pytest.mark.parametrize(
    ("name", "years"),
    [
        ("2020-21", ("2020-21",)),
        ("2020_21", ("2020-21",)),
        ("2020-2021", ("2020-21",)),
        ("2020 to 2021", ("2020-21",)),
        ("202021", ("2020-21",)),
        ("episodes_2020-21_final", ("2020-21",)),
        ("1999-00", ()),
        ("2021", ("2020-21", "2021-22")),
        ("SSDA903_2022", ("2021-22", "2022-23")),
        ("2017-2022", ()),
        ("2017-18 and 2018-19", ()),
        ("2020-12", ()),
        ("2011-12-31", ()),
        ("20201231", ()),
        ("2020-21 on 2021-04-12", ("2020-21",)),
        ("SC0202122", ()),
        ("episodes", ()),
    ],
)
def test_the_years_that_a_name_may_mean(name, years):
    assert years_in(name) == years


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("2025-12-31", "2025-12-31"),
        ("2025_12_31", "2025-12-31"),
        ("2025.12.31", "2025-12-31"),
        ("extract 20251231", "2025-12-31"),
        ("2024-02-29", "2024-02-29"),
        ("2025-02-29", None),
        ("2025-13-01", None),
        ("2025-12_31", None),
        ("2025-26", None),
        ("202512311", None),
    ],
)
def test_the_day_that_a_name_says(name, day):
    assert day_in(name) == (None if day is None else pd.Timestamp(day))


def test_the_name_nearest_to_the_file_is_taken_first():
    assert named_years("2019-20/2020-21/episodes.csv") == ("2020-21",)
    assert named_years("2019-20/episodes_2020-21.csv") == ("2020-21",)
    assert named_day("2025-12-31/episodes_2026-02-28.csv") == pd.Timestamp("2026-02-28")
    assert named_day("2025-26/episodes.csv") is None


def test_a_folder_that_names_one_year_settles_a_file_that_may_mean_two():
    assert named_years("2021-22/episodes_2022.csv") == ("2021-22",)
    assert named_years("2018-19/episodes_2022.csv") == ("2021-22", "2022-23")


def test_the_folder_of_all_returns_counts_last_and_only_in_full():
    assert named_years("episodes.csv", "2020-21") == ("2020-21",)
    assert named_years("episodes.csv", "returns 2021") == ()
    assert named_years("2019-20/episodes.csv", "2020-21") == ("2019-20",)


@pytest.mark.parametrize(
    ("file", "place"),
    [
        ("ssda903/2025-26/2025-12-31/episodes.csv", ""),
        ("2025-12-31/ssda903/episodes.csv", ""),
        ("north/2025-26/episodes.csv", "north"),
        ("episodes_20251231.csv", ""),
    ],
)
def test_snapshots_of_one_return_have_one_home(file, place):
    assert home(file) == place
