"""Postcodes as places: known buildings, known distances, and what is no postcode."""

import math
import string

import numpy as np
import pandas as pd
import pytest

from analysis_lib.errors import PanelpackError
from analysis_lib.prepare import postcodes
from analysis_lib.prepare.postcodes import miles_between, places, plain, square_of


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("TS1 9FX", "TS19FX"),
        (" ts1  9fx ", "TS19FX"),
        ("ts19fx", "TS19FX"),
        ("SW1A 0AA", "SW1A0AA"),
        ("M1 1AE", "M11AE"),
        ("TS1", ""),
        ("TS1 9F", ""),
        ("not known", ""),
        ("ZZ99 3VZZ", ""),
        ("TS1 9FX.", ""),
        ("", ""),
    ],
)
def test_a_postcode_is_read_however_it_is_spaced(written, read):
    assert plain(written) == read


def test_public_buildings_lie_where_maps_have_them():
    # Palace of Westminster TQ 302 795 (City of Westminster), Durham County Hall NZ 267 435 (County Durham)
    found = places(["SW1A0AA", "DH15UL"])
    assert square_of(found).to_dict() == {"SW1A0AA": "TQ3079", "DH15UL": "NZ2643"}
    assert found["council"].to_dict() == {"SW1A0AA": "E09000033", "DH15UL": "E06000047"}


def test_the_miles_are_those_of_the_grid_references_by_hand():
    # Middlesbrough Civic Centre 448907 520333, Durham County Hall 426775 543541: 22132 and 23208 metres apart
    metres = math.sqrt(22132**2 + 23208**2)
    assert round(metres / 1000 / 1.6093, 1) == 19.9
    found = places(["TS19FX", "DH15UL"])
    apart = miles_between(found.loc[["TS19FX"]], found.loc[["DH15UL"]])
    assert apart.tolist() == [19.9]
    assert miles_between(found, found).tolist() == [0.0, 0.0]


def test_a_place_in_a_district_is_its_countys():
    assert places(["ME141XQ"])["council"].tolist() == ["E10000016"]  # Maidstone is a district of Kent


def test_what_the_directory_does_not_place_is_missing():
    found = places(["TS19QQ", "QQ11AA", "JE23BX"])  # none such, no such letter, Jersey
    assert found.isna().all().all()
    assert square_of(found).isna().all()


def test_northern_ireland_has_a_council_but_no_square_and_no_distance_from_here():
    found = places(["BT11AA", "TS19FX"])
    assert found["council"].tolist() == ["N09000003", "E06000002"]
    assert square_of(found).isna().tolist() == [True, False]
    assert miles_between(found, found).isna().tolist() == [True, False]


def test_nothing_asked_is_nothing_found():
    found = places([])
    assert list(found.columns) == ["easting", "northing", "council"] and len(found) == 0
    assert len(square_of(found)) == 0


def test_squares_agree_with_a_naive_second_way():
    letters = "VWXYZQRSTULMNOPFGHJKABCDE"  # the grid's letters from its south-west, row by row
    rng = np.random.default_rng(3)
    for east, north in zip(rng.integers(0, 700_000, 300), rng.integers(0, 1_250_000, 300), strict=True):
        big = letters[(int(north) // 500_000 + 1) * 5 + int(east) // 500_000 + 2]
        small = letters[int(north) % 500_000 // 100_000 * 5 + int(east) % 500_000 // 100_000]
        name = f"{big}{small}{int(east) % 100_000 // 1000:02d}{int(north) % 100_000 // 1000:02d}"
        place = pd.DataFrame({"easting": [float(east)], "northing": [float(north)], "council": ["E06000002"]})
        assert square_of(place).tolist() == [name]


def test_every_letter_of_the_directory_can_be_read():
    rows = {letter: postcodes._columns(letter) for letter in "TJZQ"}
    assert rows["Q"] is None
    assert {letter: columns["pcd"].dtype for letter, columns in rows.items() if columns} == dict.fromkeys(
        "TJZ", np.dtype("S7")
    )
    assert set("TJZ") < set(string.ascii_uppercase)


def test_a_directory_of_another_form_is_refused_by_name(monkeypatch):
    monkeypatch.setattr(postcodes, "LAYOUT", {**postcodes.LAYOUT, "pcd": (0xA8, "S8")})
    with pytest.raises(PanelpackError, match="postcode directory for Z cannot be read"):
        places(["ZE10AA"])


def test_the_directory_is_looked_up_whatever_the_order_of_its_rows(monkeypatch):
    columns = {name: column[::-1] for name, column in postcodes._columns("Z").items()}
    forwards = places(["ZE10AA", "ZE20AA"])
    monkeypatch.setattr(postcodes, "_columns", lambda letter: columns)
    pd.testing.assert_frame_equal(places(["ZE10AA", "ZE20AA"]), forwards)
