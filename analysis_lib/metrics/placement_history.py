"""Where children lived and when: the episodes of the return joined into placements, and looked up on days.

A placement is an unbroken run of episodes of one child. Series of short breaks (legal status V3, V4) are left out. A new
placement begins

- with a period of care: reason for new episode S, or after an episode that ceased for another reason than X1, or after a gap;
- with another carer: reason P or B;
- with the same carer in another placement: reason T or U, where `same_carer_moves` counts them. To be placed for adoption with
  the carer whom the child lives with already (placement A3 or A5) never is a new placement.

A change of legal status alone (L) goes on with the placement. A temporary placement (T0 to T4: hospital, holiday, a carer's
break) from which the child comes back to the placement it left, or has not come back yet, goes on with it too where `temporary`
is "bridged": the return asks that the child goes back to the same placement and address (rule 383). The same place is told by
its code, and by its square kilometre where both are known; addresses are not kept.

A placement lasts from its first day up to, but not including, the day it ends; one that ends on the day it began lasted less than
24 hours as far as dates can tell, and is left out. An episode without an end that another one of the child follows is taken to end
when that one begins.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis_lib.metrics.counting.sweep import OPEN, days_of, differs_from_before, numbered, running_maximum

SHORT_BREAKS = ("V3", "V4")
TEMPORARY = ("T0", "T1", "T2", "T3", "T4")
ADOPTIVE = ("A3", "A4", "A5", "A6")
WITH_THE_CARER_ALREADY = ("A3", "A5")
OTHER_CARER, SAME_CARER = ("P", "B"), ("T", "U")
STARTS, GOES_ON = "S", "X1"
BRIDGED, COUNTED, NOT_COUNTED = "bridged", "counted", "not counted"
_SPAN = 2 * OPEN  # so many days from the earliest to the latest


@dataclass(frozen=True)
class Episodes:
    """Usable episodes by child and day, in arrays: `rows` are their places in the table, `start` and `end` whole days.

    `child` and `care` number the children and their periods of care; `new` says where a placement begins.
    """

    rows: np.ndarray
    child: np.ndarray
    start: np.ndarray
    end: np.ndarray
    care: np.ndarray
    new: np.ndarray


def check_word(name: str, value: str, allowed: Collection[str]) -> None:
    """Raises `ValueError` when `value`, given for the argument `name`, is none of the words that it may be."""
    if value not in allowed:
        raise ValueError(f"{name} is {value!r}; it may be {' or '.join(repr(each) for each in allowed)}")


def in_order(
    episodes: pd.DataFrame, *, by: Sequence[str] = (), temporary: str = BRIDGED, same_carer_moves: str = COUNTED
) -> Episodes:
    """The episodes without short breaks, by child and day, with the places where a placement begins.

    Left out: rows without a first day, or that end before it. A child is one within its group of `by`.
    """
    check_word("temporary", temporary, (BRIDGED, COUNTED))
    check_word("same_carer_moves", same_carer_moves, (COUNTED, NOT_COUNTED))
    told = _coded(episodes)
    start, end = days_of(episodes["episode_start"]), days_of(episodes["episode_end"])
    usable = (start != OPEN) & (end >= start) & ~is_one_of(told["legal_status"], SHORT_BREAKS)
    begins_care = is_one_of(told["reason_new_episode"], (STARTS,))
    child = numbered(episodes, [*by, "child_id"])
    rows = _sorted(np.flatnonzero(usable), child, start, end, ~begins_care)
    child, start, end = child[rows], start[rows], end[rows]
    first = differs_from_before(child)
    end = np.where((end == OPEN) & ~_is_last(first), _next(start), end)
    told = told.take(rows)
    care = _periods_of_care(told, child, start, end, first | begins_care[rows])
    return Episodes(rows, child, start, end, care, _new_placements(told, care, temporary, same_carer_moves))


def _coded(episodes: pd.DataFrame) -> pd.DataFrame:
    """What the rules ask of an episode, as categories: each text is looked at once, however often it is asked for."""
    asked = ("legal_status", "reason_new_episode", "reason_ceased", "place", "placement_square")
    return pd.DataFrame({name: pd.Categorical(episodes[name]) for name in asked if name in episodes})


def _sorted(rows: np.ndarray, child: np.ndarray, start: np.ndarray, end: np.ndarray, later: np.ndarray) -> np.ndarray:
    """`rows` by child, then first day, then end, then with `later` last; tables mostly are in this order already."""
    key = ((child[rows] * _SPAN + start[rows]) * _SPAN + end[rows] + OPEN) * 2 + later[rows]
    return rows if (key[1:] >= key[:-1]).all() else rows[np.argsort(key, kind="stable")]


def _periods_of_care(episodes: pd.DataFrame, child, start, end, begins) -> np.ndarray:
    """A number for each period of care, by the rules of the tidy table `care_periods`."""
    is_latest = end == running_maximum(child, end)
    latest = np.maximum.accumulate(np.where(is_latest, np.arange(len(child)), 0))
    before = np.concatenate([[0], latest])[: len(child)]
    left = episodes["reason_ceased"].notna().to_numpy() & ~is_one_of(episodes["reason_ceased"], (GOES_ON,))
    return np.cumsum(begins | left[before] | (start > end[before]))


def _new_placements(episodes: pd.DataFrame, care: np.ndarray, temporary: str, same_carer_moves: str) -> np.ndarray:
    moves = is_one_of(episodes["reason_new_episode"], OTHER_CARER)
    if same_carer_moves == COUNTED:
        stays = is_one_of(episodes["place"], WITH_THE_CARER_ALREADY)
        moves |= is_one_of(episodes["reason_new_episode"], SAME_CARER) & ~stays
    if temporary == BRIDGED:
        bridged = _bridged(episodes, care)
        came_back = np.concatenate([[False], bridged])[: len(bridged)] & ~bridged
        moves &= ~(bridged | came_back)
    return differs_from_before(care) | moves


def _bridged(episodes: pd.DataFrame, care: np.ndarray) -> np.ndarray:
    """Temporary placements from which the child came back to the placement that it had left, or has not come back yet."""
    is_temporary = is_one_of(episodes["place"], TEMPORARY)
    if not is_temporary.any():
        return is_temporary
    places, nowhere = np.arange(len(care)), len(care)
    before = np.maximum.accumulate(np.where(is_temporary, -1, places))
    after = np.minimum.accumulate(np.where(is_temporary, nowhere, places)[::-1])[::-1]
    numbers = np.append(care, -1)  # of the place before the first and of the one after the last
    was_placed, comes_back = numbers[before] == care, numbers[after] == care
    return is_temporary & was_placed & (~comes_back | _same_place(episodes, before, np.minimum(after, nowhere - 1)))


def _same_place(episodes: pd.DataFrame, one: np.ndarray, other: np.ndarray) -> np.ndarray:
    place = pd.factorize(episodes["place"])[0]
    same = place[one] == place[other]
    if "placement_square" in episodes:
        square = pd.factorize(episodes["placement_square"])[0]
        same &= (square[one] == square[other]) | (square[one] < 0) | (square[other] < 0)
    return same


def placements(
    episodes: pd.DataFrame, *, by: Sequence[str] = (), temporary: str = BRIDGED, same_carer_moves: str = COUNTED
) -> pd.DataFrame:
    """One row per placement of 24 hours or more, by child and first day.

    Columns: those of `by`; child_id; placement_start; placement_end (missing while it lasts); place and place_provider, as the
    last of its episodes has them that is not temporary; place_at_start, as the first has it; start_known (false: its first episode only goes on with something, so it
    began before the returns at hand); reason_ceased and reason_place_change of its last episode; care (a number for each
    period of care).
    """
    found = in_order(episodes, by=by, temporary=temporary, same_carer_moves=same_carer_moves)
    first = np.flatnonzero(found.new)
    last = np.append(first[1:], len(found.rows))[: len(first)] - 1
    start, end = found.start[first], np.maximum.reduceat(found.end, first) if len(first) else found.end
    begun, ended = episodes.take(found.rows[first]), episodes.take(found.rows[last])
    settled = episodes.take(found.rows[_last_settled(episodes, found, last)])
    frame = pd.DataFrame(
        {
            **{name: begun[name].to_numpy() for name in (*by, "child_id")},
            "placement_start": timestamps(start),
            "placement_end": timestamps(end),
            "place": settled["place"].to_numpy(),
            "place_provider": settled["place_provider"].to_numpy(),
            "place_at_start": begun["place"].to_numpy(),
            "start_known": is_one_of(begun["reason_new_episode"], (STARTS, *OTHER_CARER, *SAME_CARER)),
            "reason_ceased": ended["reason_ceased"].to_numpy(),
            "reason_place_change": ended["reason_place_change"].to_numpy(),
            "care": found.care[first],
        }
    )
    return frame[end > start].reset_index(drop=True)


def _last_settled(episodes: pd.DataFrame, found: Episodes, last: np.ndarray) -> np.ndarray:
    """For each placement its last episode that is not temporary; its last one where all are."""
    places = np.arange(len(found.rows))
    is_temporary = is_one_of(episodes["place"], TEMPORARY)[found.rows]
    settled = np.maximum.accumulate(np.where(is_temporary, -1, places))[last]
    first = np.maximum.accumulate(np.where(found.new, places, 0))[last]
    return np.where(settled >= first, settled, last)


def timestamps(days: np.ndarray) -> pd.Series:
    """Whole days as dates, missing where `OPEN`: what `days_of` undoes."""
    is_open = days == OPEN
    return pd.Series(np.where(is_open, 0, days).astype("datetime64[D]").astype("datetime64[ns]")).mask(is_open)


def is_one_of(values: pd.Series, wanted: Collection[str]) -> np.ndarray:
    """Whether each value is one of `wanted`; False where it is missing. Each distinct value is looked at once."""
    places, distinct = pd.factorize(values)
    return np.array([*(each in wanted for each in distinct), False])[places]


def grouped(codes: pd.Series, groups: Mapping[str, Sequence[str]]) -> pd.Categorical:
    """The name of the group that each code is in, as a categorical of them all; missing for a code that is in none."""
    numbers = {code: number for number, those in enumerate(groups.values()) for code in those}
    places, distinct = pd.factorize(codes)
    found = np.array([*(numbers.get(code, -1) for code in distinct), -1])[places]
    return pd.Categorical.from_codes(found, categories=list(groups))


def _is_last(first: np.ndarray) -> np.ndarray:
    return np.append(first[1:], True)[: len(first)]


def _next(numbers: np.ndarray) -> np.ndarray:
    return np.append(numbers[1:], numbers[-1:])
