"""The tidy tables of a country of 152 authorities, drawn from a seed: as many episodes as a benchmark wants, in seconds.

Nothing here is about a real child. Shapes are those of the demonstration's returns: periods of care of several episodes, a third
of them for a new legal status alone, temporary placements with a return, adoptions with an order before them.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from analysis_lib.periods import Period
from analysis_lib.prepare.looked_after import care_periods

AUTHORITIES = 152
FIRST_DAY, EXTRACT = np.datetime64("2011-04-01"), np.datetime64("2026-03-31")
EPISODES_A_PERIOD = 6
SQUARES = 3000
# Codes of the return with the share of the draws that each gets; those with 0 are given by rule.
REASONS = {"P": 0.5, "L": 0.33, "B": 0.07, "T": 0.07, "U": 0.03, "S": 0}
STATUSES = {"C1": 0.36, "C2": 0.4, "V2": 0.22, "L1": 0.02, "E1": 0, "V4": 0}
PLACES = {"U1": 0.06, "U3": 0.2, "U4": 0.06, "U6": 0.44, "K2": 0.1, "P1": 0.08, "H5": 0.04, "R1": 0.02} | dict.fromkeys(
    ("A5", "A6", "T0", "T1", "T3", "T4"), 0
)
LEFT = {name: number for number, name in enumerate(("E4A", "E4B", "E45", "E5", "E8", "E13", "E12", "X1"))}
REASON, STATUS, PLACE = ({name: number for number, name in enumerate(each)} for each in (REASONS, STATUSES, PLACES))
TABLES = ("episodes", "care_periods", "adoptions", "placement_decisions")


def make_country(folder: Path, episodes: int, seed: int = 20260331) -> None:
    """Writes `TABLES` to `folder` as Parquet, in tidy order, each with the column `authority`."""
    draw = np.random.default_rng(seed)
    drawn = _episodes(draw, episodes)
    care = care_periods(drawn)
    authority = drawn.drop_duplicates("child_id").set_index("child_id")["authority"]
    adopted = _adopted(drawn, care)
    tables = {
        "episodes": drawn,
        "care_periods": care.assign(authority=_looked_up(authority, care)),
        "adoptions": _adoptions(draw, adopted).assign(authority=_looked_up(authority, adopted)),
        "placement_decisions": _decisions(draw, adopted).assign(authority=_looked_up(authority, adopted)),
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name in TABLES:
        tables[name].to_parquet(folder / f"{name}.parquet", index=False)


def _looked_up(authority: pd.Series, rows: pd.DataFrame) -> np.ndarray:
    return authority.reindex(rows["child_id"]).array


def _episodes(draw: np.random.Generator, wanted: int) -> pd.DataFrame:
    periods = 2 * wanted // EPISODES_A_PERIOD + 10
    child = np.cumsum(draw.random(periods) < 0.8)  # a fifth of the periods are of a child who has come back
    lasts = 1 + draw.gamma(0.8, 1100, periods).astype(int)
    came = FIRST_DAY.astype(int) + draw.integers(0, (EXTRACT - FIRST_DAY).astype(int) + 1, child[-1] + 1)[child]
    start = came + _since_first(child, lasts + draw.exponential(400, periods).astype(int))
    of_period = np.repeat(np.arange(periods), 1 + draw.poisson(EPISODES_A_PERIOD - 1, periods))
    begins = np.ones(len(of_period), dtype=bool)
    begins[1:] = of_period[1:] != of_period[:-1]
    day = start[of_period] + np.where(begins, 0, 1 + draw.random(len(of_period)) * (lasts[of_period] - 1)).astype(int)
    _, kept = np.unique(child[of_period] * (day.max() + 1) + day, return_index=True)  # by child and day, no day twice
    rows = pd.DataFrame(
        {"period": of_period, "child": child[of_period], "day": day, "over": (start + lasts)[of_period]}
    )
    rows = rows.take(kept)
    rows = rows[(rows["day"] < rows["over"]) & (rows["day"] <= EXTRACT.astype(int))].head(wanted)
    return _told(draw, rows.reset_index(drop=True))


def _since_first(child: np.ndarray, took: np.ndarray) -> np.ndarray:
    """For each period the days that the child's earlier ones, with the times between, took."""
    before = np.cumsum(took) - took
    is_first = np.append(True, child[1:] != child[:-1])
    return before - np.maximum.accumulate(np.where(is_first, before, 0))


def _told(draw: np.random.Generator, rows: pd.DataFrame) -> pd.DataFrame:
    """The rows as the return tells them: reasons, legal statuses, places, ends."""
    number, period, child = len(rows), rows["period"].to_numpy(), rows["child"].to_numpy()
    first = np.append(True, period[1:] != period[:-1])
    last = np.append(first[1:], True)
    which = np.cumsum(first) - 1
    from_end = np.flatnonzero(last)[which] - np.arange(number)
    over = rows["over"].to_numpy()
    has_left = over <= EXTRACT.astype(int)
    adopted = ((draw.random(number) < 0.1) & (from_end >= 3) & has_left)[np.flatnonzero(first)[which]]
    order, placed = adopted & (from_end == 2), adopted & (from_end == 1)
    by_carer = (draw.random(child[-1] + 1) < 0.15)[child]
    temporary = (draw.random(number) < 0.06) & ~first & ~last & ~adopted
    temporary[1:] &= ~temporary[:-1]
    returned = np.append(False, temporary[:-1]) & (draw.random(number) < 0.85)

    reason = _drawn(draw, REASONS, number)
    reason[temporary | returned | placed] = REASON["P"]
    reason[placed & by_carer] = REASON["T"]
    reason[order | (adopted & (from_end == 0))] = REASON["L"]
    reason[first] = REASON["S"]
    # A row that only changes the legal status, or comes back, has the place of the last one that brought a new one.
    settled = _latest((reason != REASON["L"]) & ~temporary & ~returned)
    place = _drawn(draw, PLACES, number)
    place[placed] = np.where(by_carer[placed], PLACE["A5"], PLACE["A6"])
    square = draw.integers(0, SQUARES, number)
    square[draw.random(number) < 0.05] = -1
    place, square = place[settled], square[settled]
    place[temporary], square[temporary] = draw.integers(PLACE["T0"], PLACE["T4"] + 1, temporary.sum()), -1
    status = _drawn(draw, STATUSES, number)[_latest(~np.isin(reason, [REASON["P"], REASON["T"]]))]
    status[draw.random(number) < 0.001] = STATUS["V4"]
    status[adopted & (from_end <= 2)] = STATUS["E1"]
    end = np.where(last, np.where(has_left, over, -1), np.append(rows["day"].to_numpy()[1:], -1))
    left = draw.integers(0, LEFT["E13"] + 1, number)
    left[adopted] = LEFT["E12"]
    left[~last] = LEFT["X1"]
    left[end < 0] = -1
    return pd.DataFrame(
        {
            "child_id": _identifiers(child),
            "episode_start": _dates(rows["day"].to_numpy()),
            "episode_end": _dates(end),
            "reason_new_episode": _texts(REASONS, reason),
            "legal_status": _texts(STATUSES, status),
            "place": _texts(PLACES, place),
            "reason_ceased": _texts(LEFT, left),
            "placement_square": _texts([f"NZ{one:04d}" for one in range(SQUARES)], square),
            "authority": _authorities(draw, child),
        }
    )


def _drawn(draw: np.random.Generator, shares: dict[str, float], number: int) -> np.ndarray:
    """So many numbers of the names in `shares`, each as often as its share says."""
    return np.searchsorted(np.cumsum(list(shares.values())), draw.random(number) * sum(shares.values()))


def _latest(flags: np.ndarray) -> np.ndarray:
    """For each row the place of the last row so far that has its flag."""
    return np.maximum.accumulate(np.where(flags, np.arange(len(flags)), 0))


def _texts(names: Iterable[str], numbers: np.ndarray) -> pd.Series:
    """The names by their numbers, missing where the number is -1."""
    return pd.Series(pd.Categorical.from_codes(numbers, list(names))).astype("str")


def _identifiers(child: np.ndarray) -> pd.api.extensions.ExtensionArray:
    """A text of 16 hexadecimal digits for each child, rising as the number does."""
    first = np.flatnonzero(np.append(True, child[1:] != child[:-1]))
    texts = pd.array([f"{7919 * int(each):016x}" for each in child[first]], dtype="str")
    return texts.take(np.searchsorted(child[first], child))


def _authorities(draw: np.random.Generator, child: np.ndarray) -> pd.Categorical:
    size = draw.lognormal(0, 0.6, AUTHORITIES)
    names = [f"Authority {number:03d}" for number in range(1, AUTHORITIES + 1)]
    return pd.Categorical.from_codes(draw.choice(AUTHORITIES, child[-1] + 1, p=size / size.sum())[child], names)


def _dates(days: np.ndarray) -> np.ndarray:
    return np.where(days < 0, np.datetime64("NaT"), days.astype("datetime64[D]")).astype("datetime64[us]")


def _adopted(episodes: pd.DataFrame, care: pd.DataFrame) -> pd.DataFrame:
    """The children's last adoptions, with the day on which the order began."""
    order = episodes[episodes["legal_status"] == "E1"].drop_duplicates("child_id", keep="last")
    adopted = care[care["ended_by_adoption"]].drop_duplicates("child_id", keep="last")
    return adopted.merge(order[["child_id", "episode_start", "place"]], on="child_id").reset_index(drop=True)


def _adoptions(draw: np.random.Generator, adopted: pd.DataFrame) -> pd.DataFrame:
    """AD1: the year of the adoption, the decision and the match; a tenth were matched before the order."""
    moved = pd.to_timedelta(draw.integers(-20, 200, len(adopted)), unit="D")
    return pd.DataFrame(
        {
            "child_id": adopted["child_id"],
            "return_year": _financial_years(adopted["care_end"]),
            "decision_date": adopted["care_start"],
            "match_date": adopted["episode_start"] + moved,
            "adopted_by_foster_carer": (adopted["place"] == "A5").astype("boolean"),
        }
    )


def _financial_years(days: pd.Series) -> pd.Series:
    first = days.dt.year - (days.dt.month < 4)
    return first.map({year: Period.financial_year_of(pd.Timestamp(year, 4, 1)).code for year in first.unique()})


def _decisions(draw: np.random.Generator, adopted: pd.DataFrame) -> pd.DataFrame:
    lies = pd.to_timedelta(draw.integers(0, 60, len(adopted)), unit="D")
    days = adopted["care_start"] + lies
    return pd.DataFrame(
        {
            "child_id": adopted["child_id"],
            "decision_date": days.where(days <= adopted["care_end"], adopted["care_start"]),
            "decision_ceased_date": pd.NaT,
            "decision_ceased_reason": pd.array([None] * len(adopted), dtype="str"),
        }
    )
