"""SSDA903: missing spells and social workers, beside one another and beside the episodes of care; and what one year's
return left open, in the next year's."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from analysis_lib.checks.evidence import NONE, Evidence
from analysis_lib.checks.rule import Check

_WEEK = 7
_WIDTH = 1 << 20
_MISSING = "Missing spells, or days missing, can be miscounted."


def _spells(evidence: Evidence, table: str):
    return evidence.spells(table, *{"missing": ("MIS_START", "MIS_END"), "sw_episodes": ("SW_DECOM", "SW_DEC")}[table])


def overlap(table: str) -> Callable:
    def breaks(evidence: Evidence) -> np.ndarray:
        spells = _spells(evidence, table)
        end = spells.before(spells.end)
        return spells.rows(spells.follows & ((end == NONE) | (spells.start < end)))

    return breaks


def missing_but_not_in_care(evidence: Evidence) -> np.ndarray:
    """No episode of the same return covers the day on which the spell began."""
    key, day = evidence.key("missing"), evidence.day("missing", "MIS_START")
    spells = evidence.episodes
    known = spells.key * _WIDTH + spells.start + _WIDTH // 2
    place = np.searchsorted(known, key * _WIDTH + day + _WIDTH // 2, side="right") - 1
    covered = place >= 0
    at = np.maximum(place, 0)
    covered &= (spells.key[at] == key) & (spells.is_open[at] | (spells.end[at] >= day))
    with_episodes = evidence.returns_with("episodes")[evidence.of_return("missing")]
    return with_episodes & evidence.also_in("missing", "episodes") & ~covered


def missing_after_care_ended(evidence: Evidence) -> np.ndarray:
    """Open, though the child's last episode of the return has ended."""
    spells = evidence.episodes
    gone = spells.rows(~spells.is_followed & ~spells.is_open)
    return (evidence.day("missing", "MIS_END") == NONE) & evidence.also_in("missing", "episodes", gone)


def worker_for_no_day(evidence: Evidence) -> np.ndarray:
    return evidence.day("sw_episodes", "SW_DECOM") == evidence.day("sw_episodes", "SW_DEC")


def worker_after_a_gap(evidence: Evidence) -> np.ndarray:
    spells = _spells(evidence, "sw_episodes")
    end = spells.before(spells.end)
    return spells.rows(spells.follows & (end != NONE) & (spells.start - end > _WEEK))


def no_worker_at_the_end(evidence: Evidence) -> np.ndarray:
    """Episodes open on the year's last day of children without an open social worker's episode."""
    spells = evidence.episodes
    still = spells.rows(spells.is_open & ~spells.is_followed)
    complete = (evidence.is_complete & evidence.returns_with("sw_episodes"))[evidence.of_return("episodes")]
    open_worker = evidence.day("sw_episodes", "SW_DEC") == NONE
    return still & complete & ~evidence.also_in("episodes", "sw_episodes", open_worker)


# From one year's return to the next


def _carried(evidence: Evidence) -> tuple[np.ndarray, np.ndarray]:
    """Of the child's last, open episode of a year: its row, and the row of the next year's return that begins the same
    day. Both as places in the table, one pair each."""
    spells = evidence.episodes
    following = evidence.next_year[spells.ordered(evidence.of_return("episodes"))]
    child = spells.ordered(evidence.child("episodes"))
    open_last = np.flatnonzero(spells.is_open & ~spells.is_followed & (following >= 0))
    known = spells.key * _WIDTH + spells.start + _WIDTH // 2
    asked = (following * evidence.children + child)[open_last] * _WIDTH + spells.start[open_last] + _WIDTH // 2
    place = np.searchsorted(known, asked, side="left")
    found = (place < len(known)) & (np.append(known, -1)[place] == asked)
    return spells.order[open_last[found]], spells.order[place[found]]


# Placements that a later collection calls otherwise: H5 and P2 went in 2024-25, Z1 in 2025-26.
_RECODED = ((("H5", "P2"), ("K3",)), (("Z1",), ("Z11", "Z12", "Z13", "Z14")))


def changed_from_last_year(column: str) -> Callable:
    def breaks(evidence: Evidence) -> np.ndarray:
        before, now = evidence.once(("carried",), lambda: _carried(evidence))
        codes = evidence.code("episodes", column)
        differs = codes[before] != codes[now]
        for old, new in _RECODED if column == "PLACE" else ():
            differs &= ~(
                evidence.among("episodes", column, *old)[before] & evidence.among("episodes", column, *new)[now]
            )
        rows = np.zeros(evidence.rows("episodes"), dtype=bool)
        rows[now] = differs
        return rows

    return breaks


def _first_of_next_year(evidence: Evidence) -> tuple[np.ndarray, np.ndarray]:
    """Ordered episodes: whether it is the child's first in a return that follows another, and that return's number."""
    before = np.full(len(evidence.next_year), -1)
    for number, following in enumerate(evidence.next_year.tolist()):
        if following >= 0:
            before[following] = number
    spells = evidence.episodes
    return_before = before[spells.ordered(evidence.of_return("episodes"))]
    return ~spells.follows & (return_before >= 0), return_before


def began_before_but_not_there(evidence: Evidence) -> np.ndarray:
    """Began before the return's year, and the return of the year before has no episode of the child."""
    spells = evidence.episodes
    first, return_before = _first_of_next_year(evidence)
    year_start = evidence.year_starts[spells.ordered(evidence.of_return("episodes"))]
    key_before = return_before * evidence.children + spells.ordered(evidence.child("episodes"))
    return spells.rows(first & (spells.start < year_start) & ~evidence.among_keys(key_before, spells.key))


def other_first_day_than_last_year(evidence: Evidence) -> np.ndarray:
    """The return before ended with an open episode of the child, and this one begins with another one."""
    spells = evidence.episodes
    first, return_before = _first_of_next_year(evidence)
    open_last = spells.is_open & ~spells.is_followed
    left_open = np.full(len(evidence.next_year) * evidence.children, NONE)  # child and return -> first day
    left_open[spells.key[open_last]] = spells.start[open_last]
    child = spells.ordered(evidence.child("episodes"))
    day_before = left_open[np.where(first, return_before * evidence.children + child, 0)]
    return spells.rows(first & (day_before != NONE) & (day_before != spells.start))


def missing_not_carried_on(evidence: Evidence) -> np.ndarray:
    """Open in one year's return; the next has missing spells, and not this one."""
    following = evidence.next_year[evidence.of_return("missing")]
    still = (evidence.day("missing", "MIS_END") == NONE) & (following >= 0)
    still &= evidence.returns_with("missing")[np.maximum(following, 0)]
    day = evidence.day("missing", "MIS_START")
    next_key = following * evidence.children + evidence.child("missing")
    return still & ~np.isin(next_key * _WIDTH + day, evidence.key("missing") * _WIDTH + day)


_CARRIED_ON = (
    ("RNE", "503A", "The later return is used."),
    ("LS", "503B", "The later return is used, also for the time before it."),
    ("CIN", "503C", "The later return is used, also for the time before it."),
    ("PLACE", "503D", "The later return is used, also for the time before it."),
    ("PLACE_PROVIDER", "503E", "The later return is used, also for the time before it."),
)
CHECKS = (
    Check(
        "missing", "MIS_START", "a day on or after the end of the child's spell before, which has ended",
        overlap("missing"), _MISSING, ("574",), 28, ("missing MIS_END",),
    ),
    Check(
        "missing", "MIS_START", "a day on which the child was looked after", missing_but_not_in_care,
        _MISSING, ("578",), 28, ("episodes",),
    ),
    Check(
        "missing", "MIS_END", "a date: the child has left care", missing_after_care_ended,
        "The spell counts as open.", ("577",), 28, ("episodes", "missing MIS_END"),
    ),
    Check(
        "missing", "MIS_END", "a date, or the spell again in the next year's return: it is open", missing_not_carried_on,
        "The spell counts as open.", ("576",), 28, ("missing MIS_END",),
    ),
    Check(
        "sw_episodes", "SW_DEC", "a day after SW_DECOM", worker_for_no_day, "It counts as a change of social worker.",
        ("SW09",), 28, ("sw_episodes SW_DEC",),
    ),
    Check(
        "sw_episodes", "SW_DECOM", "a day on or after the SW_DEC of the child's social worker before, who has left",
        overlap("sw_episodes"), "Changes of social worker can be miscounted.", ("SW08", "SW10"), 28, ("sw_episodes SW_DEC",),
    ),
    Check(
        "sw_episodes", "SW_DECOM", "a day within a week of the SW_DEC of the child's social worker before",
        worker_after_a_gap, "The child counts as without a social worker in between.", ("SW10a",), 28, ("sw_episodes SW_DEC",),
    ),
    Check(
        "episodes", "CHILD", "a child with a social worker on the last day of the year", no_worker_at_the_end,
        "The child counts as without a social worker.", ("SW17",), 28, ("sw_episodes SW_DEC",),
    ),
    Check(
        "episodes", "DECOM", "the first day of the episode that last year's return left open",
        other_first_day_than_last_year, "The open one is taken to have ended on the day after that year.", ("502",), 28,
    ),
    *(
        Check(
            "episodes", column, "as last year's return has it, which left this episode open",
            changed_from_last_year(column), effect, (code,), 28, (f"episodes {column}",),
        )
        for column, code, effect in _CARRIED_ON
    ),
    Check(
        "episodes", "DECOM", "a day in the year of the return, or episodes of the child in last year's return",
        began_before_but_not_there, "The child is counted from this day on, also in last year's figures.", ("NoE",), 28,
    ),
)  # fmt: skip
