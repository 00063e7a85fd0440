"""Whereabouts of episodes: filled where the return has postcodes, missing and told where it has not."""

import pandas as pd

from analysis_lib.prepare.whereabouts import COLUMNS, whereabouts


def rows(*pairs):
    return pd.DataFrame(
        {"HOME_POST": [home for home, _ in pairs], "PL_POST": [there for _, there in pairs]}, dtype=object
    ).assign(_file="episodes.csv", _line=range(2, 2 + len(pairs)))


def test_council_square_and_miles_of_each_row():
    found, problems = whereabouts(rows(("TS1 9FX", "DH1 5UL"), ("ts19fx", "TS1 9FX")), "E06000002")
    assert list(found.columns) == list(COLUMNS) and problems == []
    assert found["distance_miles"].tolist() == [19.9, 0.0]
    assert found["placement_council"].tolist() == ["E06000047", "E06000002"]
    assert found["home_square"].tolist() == ["NZ4820", "NZ4820"]
    assert found["in_own_area"].tolist() == [False, True]


def test_a_blank_postcode_is_missing_without_a_word():
    found, problems = whereabouts(rows(("TS1 9FX", None), (None, "TS1 9FX"), (None, None)), "E06000002")
    assert problems == []
    assert found["distance_miles"].isna().all()
    assert found["in_own_area"].isna().tolist() == [True, False, True]
    assert found["home_council"].isna().tolist() == [False, True, True]


def test_what_is_no_postcode_is_told_by_line_without_its_value():
    found, problems = whereabouts(rows(("nowhere", "TS1 9FX"), ("TS1 9FX", "TS1 9QQ"), ("TS1 9FX", "JE2 3BX")))
    assert [(each.line, each.column, each.value, each.severity) for each in problems] == [
        (2, "HOME_POST", "", "warning"),
        (3, "PL_POST", "", "warning"),
        (4, "PL_POST", "", "warning"),
    ]
    assert problems[0].expected == "a postcode"
    assert not any(text in str(problem) for problem in problems for text in ("nowhere", "9QQ", "JE2"))
    assert found["distance_miles"].isna().all()


def test_without_knowing_whose_return_it_is_nobody_is_inside_or_outside():
    found, _ = whereabouts(rows(("TS1 9FX", "TS1 9FX")))
    assert found["in_own_area"].isna().all() and found["placement_council"].notna().all()


def test_no_rows_give_no_rows_of_the_same_types():
    empty, _ = whereabouts(rows(("TS1 9FX", "TS1 9FX")).head(0), "E06000002")
    full, _ = whereabouts(rows(("TS1 9FX", "TS1 9FX")), "E06000002")
    assert list(empty.columns) == list(full.columns) and len(empty) == 0
    assert (empty.dtypes == full.dtypes).all()


def test_the_index_of_the_rows_is_kept():
    given = rows(("TS1 9FX", "DH1 5UL"), ("TS1 9FX", "TS1 9FX")).set_axis([7, 3])
    found, _ = whereabouts(given, "E06000002")
    assert found["distance_miles"].to_dict() == {7: 19.9, 3: 0.0}
