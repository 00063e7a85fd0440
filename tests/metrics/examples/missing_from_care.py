"""The cases of the examples in `missing_from_care.toml`: the same ones for both kinds."""

from collections.abc import Callable
from dataclasses import replace

import pandas as pd
from care_histories import care

from analysis_lib.metrics import missing_from_care
from analysis_lib.periods import Period
from analysis_lib.results import Result

YEAR = Period.parse("2020-21")
KINDS = ("missing", "away")


def _gone(kind: str, *rows: tuple[str, str, str | None]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["child_id", "missing_start", "missing_end"]).assign(kind=kind)
    return frame.astype({"missing_start": "datetime64[us]", "missing_end": "datetime64[us]"})


def _in_care(children: str) -> pd.DataFrame:
    return care(*((child, "2020-01-01", None) for child in children))


def _three_times_once_and_never(kind: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    times = [("a", "2020-05-01", "2020-05-02"), ("a", "2020-06-01", "2020-06-02"), ("a", "2020-07-01", "2020-07-02")]
    return _gone(kind, *times, ("b", "2020-05-01", "2020-05-02")), _in_care("abc")


def _share(kind: str) -> Result:
    spells = care(("a", "2020-01-01", "2020-05-31"), *((child, "2020-01-01", None) for child in "bcd"))
    gone = _gone(kind, ("a", "2020-05-01", "2020-05-02"), ("b", "2020-09-01", "2020-09-02"))
    return missing_from_care.share(gone, spells, period=YEAR, kind=kind)


def _at(kind: str) -> Result:
    gone = _gone(kind, ("a", "2021-03-30", None), ("b", "2021-03-31", None), ("c", "2021-03-29", "2021-03-31"))
    return missing_from_care.at(gone, _in_care("abc"), census_date=YEAR.end, kind=kind)


def _nights(kind: str, *nights: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    ended = [("abc"[number], "2020-05-01", f"2020-05-{1 + each:02d}") for number, each in enumerate(nights)]
    return _gone(kind, *ended, ("d", "2021-03-01", None)), _in_care("abcd")


def _days(kind: str, statistic: str) -> Result:
    return missing_from_care.nights(*_nights(kind, 0, 2, 10), period=YEAR, kind=kind, statistic=statistic)


def _lengths(kind: str) -> Result:
    result = missing_from_care.lengths(*_nights(kind, 0, 2, 6), period=YEAR, kind=kind)
    return replace(result, frame=result.exact()[result.frame["length"] == "2 to 6 nights"])


def _of(kind: str) -> dict[str, Callable[[], Result]]:
    def three_times(function) -> Callable[[], Result]:
        return lambda: function(*_three_times_once_and_never(kind), period=YEAR, kind=kind)

    return {
        f"{kind}_children": three_times(missing_from_care.children),
        f"{kind}_share": lambda: _share(kind),
        f"{kind}_incidents": three_times(missing_from_care.incidents),
        f"{kind}_incidents_per_child": three_times(missing_from_care.incidents_per_child),
        f"{kind}_more_than_once": three_times(missing_from_care.more_than_once),
        f"{kind}_at": lambda: _at(kind),
        f"{kind}_days_median": lambda: _days(kind, "median"),
        f"{kind}_days_mean": lambda: _days(kind, "mean"),
        f"{kind}_lengths": lambda: _lengths(kind),
    }


EXAMPLES: dict[str, Callable[[], Result]] = {name: case for kind in KINDS for name, case in _of(kind).items()}
