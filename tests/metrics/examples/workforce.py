"""The cases of the examples in `workforce.toml`."""

from collections.abc import Callable

import pandas as pd

from analysis_lib.metrics import workforce
from analysis_lib.results import Result

DAY = pd.Timestamp("2024-03-31")


def _care(*names: str) -> pd.DataFrame:
    return pd.DataFrame({"child_id": names, "care_start": pd.Timestamp("2020-01-01"), "care_end": pd.NaT}).astype(
        {"care_end": "datetime64[ns]"}
    )


def _spells(*rows: tuple[str, str, str, str | None]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["child_id", "worker_id", "worker_start", "worker_end"])
    return frame.assign(**{day: pd.to_datetime(frame[day]) for day in ("worker_start", "worker_end")})


def _in_turn(child: str, *workers: str) -> list[tuple[str, str, str, str | None]]:
    """Workers one after the other: the first since before the year, each later one from another month of it."""
    starts = ["2023-01-01", "2023-06-01", "2023-09-01", "2024-02-01"][: len(workers)]
    return [(child, *each) for each in zip(workers, starts, [*starts[1:], None], strict=True)]


def _three_or_more() -> Result:
    spells = _spells(*_in_turn("a", "A", "B", "C"), *_in_turn("b", "A", "B", "A"))
    return workforce.three_or_more_social_workers(spells, _care("a", "b", "c"), census_date=DAY)


def _two_of_three() -> Result:
    spells = _spells(*_in_turn("a", "A"), *_in_turn("b", "B"), *_in_turn("c", "A", "B"))
    result = workforce.social_workers_in_year(spells, _care("a", "b", "c", "d"), census_date=DAY)
    frame = result.exact()
    return Result(result.measure, frame[frame["workers"] == "2"], result.groups)


def _changes() -> Result:
    spells = _spells(*_in_turn("a", "A", "B", "A"), *_in_turn("b", "A"))
    return workforce.social_worker_changes(spells, _care("a", "b"), census_date=DAY)


def _without() -> Result:
    spells = _spells(("a", "A", "2022-01-01", "2023-03-31"), *_in_turn("b", "A"))
    return workforce.children_without_social_worker(spells, _care("a", "b"), census_date=DAY)


def _caseloads(*rows: tuple[int, float, bool]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["children_held", "fte", "agency"])
    names = [f"w{number}" for number in range(len(frame))]
    return frame.assign(worker_id=names, counted_on=DAY, worker_role="SOCIAL_WORKER")


def _average() -> Result:
    caseloads = _caseloads((18, 1.0, False), (9, 0.5, False), (0, 1.0, False))
    return workforce.average_caseload(caseloads, census_date=DAY)


def _band() -> Result:
    result = workforce.caseload_bands(_caseloads((8, 1.0, False), (8, 0.5, False)), census_date=DAY)
    frame = result.exact()
    return Result(result.measure, frame[frame["band"] == "15 to under 20"], result.groups)


def _agency() -> Result:
    caseloads = _caseloads((10, 1.0, False), (10, 1.0, True), (10, 0.5, True))
    return workforce.agency_share(caseloads, census_date=DAY)


EXAMPLES: dict[str, Callable[[], Result]] = {
    "three_or_more_social_workers": _three_or_more,
    "social_workers_in_year": _two_of_three,
    "social_worker_changes": _changes,
    "children_without_social_worker": _without,
    "average_caseload": _average,
    "caseload_bands": _band,
    "agency_share": _agency,
}
