"""The chain of an adoption across Episodes, PlacedAdoption and AD1: decision, order, match, moving in, adoption.

Codes are DfE's validation rules for the SSDA903. Beware: PlacedAdoption's DATE_PLACED is the day of the decision; the
child moves in when the placement begins (PLACE A3 to A6).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from analysis_lib.checks.episodes import ADOPTED, PLACED_FOR_ADOPTION
from analysis_lib.checks.evidence import NONE, Evidence
from analysis_lib.checks.rule import Check

_STAGES = "Waiting times between the stages of adoption can be wrong, or leave the child out."
_COUNTS = "Children waiting, or adopted, can be miscounted."


def _adopted(evidence: Evidence) -> np.ndarray:
    return evidence.among("episodes", "REC", *ADOPTED) & (evidence.day("episodes", "DEC") != NONE)


def _placed(evidence: Evidence) -> np.ndarray:
    return evidence.among("episodes", "PLACE", *PLACED_FOR_ADOPTION)


def _first_decision(evidence: Evidence) -> np.ndarray:
    """The day of each child's first decision in any return; the largest number where there is none."""
    first = np.full(evidence.children + 1, np.iinfo("int64").max)
    np.minimum.at(first, evidence.child("placed_for_adoption"), evidence.day("placed_for_adoption", "DATE_PLACED"))
    return first


def _without_decision(rows: np.ndarray, evidence: Evidence) -> np.ndarray:
    decided = _first_decision(evidence)[evidence.child("episodes")] != np.iinfo("int64").max
    return rows & ~decided


def _before_decision(rows: np.ndarray, evidence: Evidence) -> np.ndarray:
    first = _first_decision(evidence)[evidence.child("episodes")]
    return rows & (first != np.iinfo("int64").max) & (evidence.day("episodes", "DECOM") < first)


def placed_without_decision(evidence: Evidence) -> np.ndarray:
    return _without_decision(_placed(evidence), evidence)


def placed_before_decision(evidence: Evidence) -> np.ndarray:
    return _before_decision(_placed(evidence), evidence)


def ordered_without_decision(evidence: Evidence) -> np.ndarray:
    return _without_decision(evidence.among("episodes", "LS", "E1"), evidence)


def ordered_before_decision(evidence: Evidence) -> np.ndarray:
    return _before_decision(evidence.among("episodes", "LS", "E1"), evidence)


def adopted_without_placement(evidence: Evidence) -> np.ndarray:
    return _adopted(evidence) & ~_placed(evidence)


def adopted_without_details(evidence: Evidence) -> np.ndarray:
    """Only where the return tells of its whole year: AD1 is made at the year's end."""
    complete = evidence.is_complete[evidence.of_return("episodes")]
    return _adopted(evidence) & complete & ~evidence.also_in("episodes", "ad1")


def details_without_adoption(evidence: Evidence) -> np.ndarray:
    with_episodes = evidence.returns_with("episodes")[evidence.of_return("ad1")]
    return with_episodes & ~evidence.also_in("ad1", "episodes", _adopted(evidence))


def _adoption_day(evidence: Evidence) -> np.ndarray:
    """The day of adoption of each AD1 row; `NONE` where the episodes do not tell it."""
    end_of_year = evidence.year_ends[evidence.of_return("ad1")]
    child = evidence.child("ad1")
    return evidence.latest("episodes", "DEC", _adopted(evidence), child, end_of_year)


def _moved_in(evidence: Evidence) -> np.ndarray:
    """The day on which the placement began that led to the adoption of each AD1 row: the first of unbroken ones."""
    spells = evidence.episodes
    placed = spells.ordered(_placed(evidence))
    begins = spells.rows(placed & ~(spells.joined & spells.before(placed)))
    # In a later return a placement stands again with the same first day, so its start is the same day there.
    return evidence.latest("episodes", "DECOM", begins, evidence.child("ad1"), _adoption_day(evidence))


def _both(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    return (first != NONE) & (second != NONE)


def decided_before_care(evidence: Evidence) -> np.ndarray:
    started = evidence.among("episodes", "RNE", "S")
    start = evidence.latest("episodes", "DECOM", started, evidence.child("ad1"), _adoption_day(evidence))
    decided = evidence.day("ad1", "DATE_INT")
    return _both(start, decided) & (decided < start)


def matched_before_decision(evidence: Evidence) -> np.ndarray:
    decided, matched = evidence.day("ad1", "DATE_INT"), evidence.day("ad1", "DATE_MATCH")
    return _both(decided, matched) & (matched < decided)


def moved_in_before_match(evidence: Evidence) -> np.ndarray:
    matched, moved_in = evidence.day("ad1", "DATE_MATCH"), _moved_in(evidence)
    return _both(matched, moved_in) & (matched > moved_in)


def moved_in_before_decision(evidence: Evidence) -> np.ndarray:
    decided, moved_in = evidence.day("ad1", "DATE_INT"), _moved_in(evidence)
    return _both(decided, moved_in) & (decided > moved_in)


def matched_when_adopted(evidence: Evidence) -> np.ndarray:
    matched, adopted = evidence.day("ad1", "DATE_MATCH"), _adoption_day(evidence)
    return _both(matched, adopted) & (matched >= adopted)


def another_decision_day(evidence: Evidence) -> np.ndarray:
    """AD1's decision is not among the child's decisions in PlacedAdoption of any return."""
    width = 1 << 20
    decisions = evidence.child("placed_for_adoption") * width + evidence.day("placed_for_adoption", "DATE_PLACED")
    decided = evidence.day("ad1", "DATE_INT")
    known = np.isin(evidence.child("ad1"), evidence.child("placed_for_adoption"))
    return known & (decided != NONE) & ~np.isin(evidence.child("ad1") * width + decided, decisions)


def carer_does_not_fit(evidence: Evidence) -> np.ndarray:
    """FOSTER_CARE 1 goes with a last placement A3 or A5, 0 with A4 or A6."""
    rows = _adopted(evidence)
    with_carer = evidence.also_in("ad1", "episodes", rows & evidence.among("episodes", "PLACE", "A3", "A5"))
    with_others = evidence.also_in("ad1", "episodes", rows & evidence.among("episodes", "PLACE", "A4", "A6"))
    said_yes, said_no = (evidence.among("ad1", "FOSTER_CARE", flag) for flag in ("1", "0"))
    return (said_yes & with_others & ~with_carer) | (said_no & with_carer & ~with_others)


def _decisions(evidence: Evidence):
    return evidence.spells("placed_for_adoption", "DATE_PLACED", "DATE_PLACED_CEASED")


def decisions_overlap(evidence: Evidence) -> np.ndarray:
    spells = _decisions(evidence)
    ended = spells.before(spells.end)
    return spells.rows(spells.follows & ((ended == NONE) | (ended > spells.start)))


def left_care_with_open_decision(evidence: Evidence) -> np.ndarray:
    """The child's last decision of a return is open, and the last episode there ended, not by adoption."""
    spells = evidence.episodes
    gone = spells.rows(
        ~spells.is_followed
        & ~spells.is_open
        & spells.ordered(evidence.filled("episodes", "REC") & ~evidence.among("episodes", "REC", "X1", *ADOPTED))
    )
    decisions = _decisions(evidence)
    still_open = decisions.rows(~decisions.is_followed & decisions.is_open)
    return still_open & evidence.also_in("placed_for_adoption", "episodes", gone)


def adopted_after_reversal(evidence: Evidence) -> np.ndarray:
    decisions = _decisions(evidence)
    reversed_last = decisions.rows(~decisions.is_followed & ~decisions.is_open)
    return reversed_last & evidence.also_in("placed_for_adoption", "episodes", _adopted(evidence))


def decision_day_changed(evidence: Evidence) -> np.ndarray:
    """Open in one year's return, and in the next year's return on another day."""
    table = "placed_for_adoption"
    width = 1 << 20
    key, day = evidence.key(table), evidence.day(table, "DATE_PLACED")
    following = evidence.next_year[evidence.of_return(table)]
    carried = (evidence.day(table, "DATE_PLACED_CEASED") == NONE) & (following >= 0)
    next_key = following * evidence.children + evidence.child(table)
    lost = carried & np.isin(next_key, key) & ~np.isin(next_key * width + day, key * width + day)
    return np.isin(key, next_key[lost]) & ~np.isin(key * width + day, (next_key * width + day)[carried])


def _on_episodes(
    column: str, expected: str, breaks: Callable, effect: str, codes: str, group: int, *needs: str
) -> Check:
    return Check("episodes", column, expected, breaks, effect, tuple(codes.split()), group, needs)


def _on_ad1(column: str, expected: str, breaks: Callable, effect: str, codes: str, group: int, *needs: str) -> Check:
    return Check("ad1", column, expected, breaks, effect, tuple(codes.split()), group, ("episodes PLACE", *needs))


def _on_decisions(
    column: str, expected: str, breaks: Callable, effect: str, codes: str, group: int, *needs: str
) -> Check:
    needed = ("placed_for_adoption DATE_PLACED_CEASED", *needs)
    return Check("placed_for_adoption", column, expected, breaks, effect, tuple(codes.split()), group, needed)


_DECIDED, _PLACE = "placed_for_adoption", "episodes PLACE"
CHECKS = (
    _on_episodes(
        "PLACE", "a placement for adoption, for which PlacedAdoption has a decision", placed_without_decision,
        _STAGES, "551", 18, _PLACE, _DECIDED,
    ),
    _on_episodes(
        "DECOM", "a day on or after the decision in PlacedAdoption: the child is placed for adoption",
        placed_before_decision, _STAGES, "552", 18, _PLACE, _DECIDED,
    ),
    _on_episodes(
        "LS", "a placement order, for which PlacedAdoption has a decision", ordered_without_decision,
        _STAGES, "553", 18, _DECIDED,
    ),
    _on_episodes(
        "DECOM", "a day on or after the decision in PlacedAdoption: the child is under a placement order",
        ordered_before_decision, _STAGES, "554", 18, _DECIDED,
    ),
    _on_episodes(
        "PLACE", "A3 to A6: the child was adopted from it", adopted_without_placement,
        "The day on which the child moved in is not known, and waits to it are not counted.", "390", 19, _PLACE,
    ),
    _on_episodes(
        "REC", "an adoption of which AD1 has a row in the same return", adopted_without_details,
        "The adoption is counted; its decision and match are not known.", "601", 19, "ad1",
    ),
    _on_ad1(
        "CHILD", "a child whose episodes in the same return end in adoption (E11, E12)", details_without_adoption,
        _COUNTS, "602", 19,
    ),
    _on_ad1(
        "DATE_INT", "a day on or after the start of the child's last period of care", decided_before_care,
        _STAGES, "334", 20, "ad1 DATE_INT",
    ),
    _on_ad1("DATE_MATCH", "a day on or after DATE_INT", matched_before_decision, _STAGES, "333", 20, "ad1 DATE_INT DATE_MATCH"),
    _on_ad1(
        "DATE_MATCH", "a day on or before the day on which the child was placed with the adopters", moved_in_before_match,
        _STAGES, "331", 20, "ad1 DATE_MATCH",
    ),
    _on_ad1(
        "DATE_INT", "a day on or before the day on which the child was placed with the adopters",
        moved_in_before_decision, _STAGES, "521", 20, "ad1 DATE_INT",
    ),
    _on_ad1("DATE_MATCH", "a day before the adoption", matched_when_adopted, _STAGES, "582", 20, "ad1 DATE_MATCH"),
    _on_ad1(
        "DATE_INT", "the day of the child's decision in PlacedAdoption", another_decision_day,
        _STAGES, "523", 21, "ad1 DATE_INT", _DECIDED,
    ),
    _on_decisions(
        "DATE_PLACED", "a day on or after the end of the child's decision before, which has ended", decisions_overlap,
        _COUNTS, "579", 21,
    ),
    _on_decisions(
        "DATE_PLACED_CEASED", "a date: the child left care and was not adopted", left_care_with_open_decision,
        "The child is counted as waiting for adoption until leaving care.", "557", 21, "episodes",
    ),
    _on_decisions(
        "DATE_PLACED_CEASED", "blank: the child was adopted in the year", adopted_after_reversal, _COUNTS, "525", 21, "episodes",
    ),
    _on_decisions(
        "DATE_PLACED", "the day of the decision as the return of the year before has it, where it was open",
        decision_day_changed, "Both days count as decisions.", "560", 28,
    ),
    _on_ad1(
        "FOSTER_CARE", "1 where the child's last placement is A3 or A5, 0 where it is A4 or A6", carer_does_not_fit,
        "Adoptions by foster carers can be taken for others.", "335", 22, "ad1 FOSTER_CARE",
    ),
)  # fmt: skip
