"""What the path of a file says: the collection year, the day of the extract, and which return it belongs to.

| in a name | means |
|---|---|
| `2020-21`, `2020_21`, `2020-2021`, `2020 to 2021`, `202021` | the year from 1 April 2020 to 31 March 2021 |
| `2021` | one of the two years that 2021 belongs to: DfE names a year by its end, some folders by its start |
| `2025-12-31`, `2025_12_31`, `2025.12.31`, `20251231` | extracted on 31 December 2025 |
| `2017-2022`, two different years | nothing: a range names no year |

The name nearest to the file is taken first: its own, then its folder's, and so on up.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath

import pandas as pd

from analysis_lib.sources.table import folded

_DAY = re.compile(r"(?<!\d)(20\d\d)([-_.]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?!\d)")
_PAIR = re.compile(r"(?<!\d)(20\d\d)(?:[-_ ]to[-_ ]|[-_ ]?)(20\d\d|\d\d)(?!\d)", re.IGNORECASE)
_ONE = re.compile(r"(?<!\d)20\d\d(?!\d)")
_FAMILY_FOLDERS = {"ssda903", "903", "annexa", "virtualschool", "youthoffending"}


def year_starting(year: int) -> str:
    """The collection year that starts on 1 April of `year`: "2020-21"."""
    return f"{year}-{(year + 1) % 100:02d}"


def years_in(name: str) -> tuple[str, ...]:
    """The collection years that one name may mean: none, one, or the two that a single number stands for."""
    name, _ = _without_day(name)
    pairs = {(int(match[1]), int(match[2]) % 100) for match in _PAIR.finditer(name)}
    if pairs:
        years = {year_starting(first) for first, second in pairs if second == (first + 1) % 100}
        return tuple(years) if len(years) == len(pairs) == 1 else ()
    ones = {int(match[0]) for match in _ONE.finditer(name)}
    return tuple(year_starting(start) for one in ones for start in (one - 1, one)) if len(ones) == 1 else ()


def day_in(name: str) -> pd.Timestamp | None:
    """The day that one name says, if it is one of the calendar."""
    return _without_day(name)[1]


def _without_day(name: str) -> tuple[str, pd.Timestamp | None]:
    for match in _DAY.finditer(name):
        try:
            day = pd.Timestamp(int(match[1]), int(match[3]), int(match[4]))
        except ValueError:
            continue
        return name[: match.start()] + name[match.end() :], day
    return name, None


def named_years(file: str, top: str = "") -> tuple[str, ...]:
    """The collection years that the path of a file may mean, below the folder of returns.

    `top` is the name of that folder itself: it counts when nothing below names a year, and only as "2020-21".
    """
    found = [years for years in map(years_in, _names(file)) if years]
    exact = {years[0] for years in found if len(years) == 1}
    if not found:
        of_top = years_in(top)
        return of_top if len(of_top) == 1 else ()
    agreed = exact.intersection(found[0])
    return tuple(agreed) if len(agreed) == 1 else found[0]


def named_day(file: str) -> pd.Timestamp | None:
    """The day of the extract that the path of a file names."""
    return next((day for day in map(day_in, _names(file)) if day is not None), None)


def home(file: str) -> str:
    """The folder of a file without what names a year, a day or a family: snapshots of one return share it."""
    return "/".join(
        part
        for part in PurePosixPath(of_file(file)).parts[:-1]
        if not years_in(part) and day_in(part) is None and folded(part) not in _FAMILY_FOLDERS
    )


def of_file(name: str) -> str:
    """The path of the file that a table came from: of a workbook without its sheet."""
    return name.partition(', sheet "')[0]


def folder_of(file: str) -> str:
    """The folder of a file, "." for that of all returns."""
    return PurePosixPath(of_file(file)).parent.as_posix()


def _names(file: str) -> list[str]:
    path = PurePosixPath(of_file(file))
    return [path.stem, *reversed(path.parts[:-1])]
