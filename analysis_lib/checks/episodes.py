"""SSDA903 episodes: what each must say of itself, and beside the one before it.

Codes are DfE's validation rules for the SSDA903 (its guides to the collection, and the code in the public rule engine
csc-validator-be-903 0.1.17).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from analysis_lib.checks.evidence import NONE, Evidence
from analysis_lib.checks.rule import USED, Check

PLACED_FOR_ADOPTION = ("A3", "A4", "A5", "A6")
FOSTER = ("U1", "U2", "U3", "U4", "U5", "U6")
TEMPORARY = ("T0", "T1", "T2", "T3", "T4")
OTHER_PLACES = ("Z1", "Z11", "Z12", "Z13", "Z14")
ADOPTED = ("E11", "E12")
GUARDIANSHIP = ("E43", "E44", "E45", "E46", "E47", "E48")
CONTINUES = ("L", "P", "T", "B", "U")
_FIRST_DAY = np.datetime64("1991-10-14").astype("int64")  # the Children Act 1989 came into force

_SEQUENCE = "Periods of care can begin or end on the wrong day, or be counted twice."
_BY_PLACEMENT = "Figures by placement can count it under the wrong heading."
_BY_STATUS = "Figures by legal status can count it under the wrong heading."
_AGES = "Figures by age can count it under the wrong heading."


def _placement_changed(evidence: Evidence) -> np.ndarray:
    """Ordered episodes: whether placement, provider, place or home differ from the episode before."""
    spells = evidence.episodes
    changed = np.zeros(len(spells.order), dtype=bool)
    for column in ("PLACE", "PLACE_PROVIDER", "PL_POST", "URN"):
        code = spells.ordered(evidence.code("episodes", column))
        changed |= code != spells.before(code)
    return changed


def _status_changed(evidence: Evidence) -> np.ndarray:
    spells = evidence.episodes
    code = spells.ordered(evidence.code("episodes", "LS"))
    return code != spells.before(code)


def _ordered(evidence: Evidence, column: str, *values: str) -> np.ndarray:
    return evidence.episodes.ordered(evidence.among("episodes", column, *values))


def _ceased_for_good(evidence: Evidence) -> np.ndarray:
    """Ordered episodes: ceased for another reason than that the next one follows."""
    spells = evidence.episodes
    return spells.ordered(evidence.filled("episodes", "REC")) & ~_ordered(evidence, "REC", "X1") & ~spells.is_open


def two_open(evidence: Evidence) -> np.ndarray:
    spells = evidence.episodes
    return spells.rows(spells.is_open & spells.is_followed)


def overlaps(evidence: Evidence) -> np.ndarray:
    spells = evidence.episodes
    end = spells.before(spells.end)
    return spells.rows(spells.follows & (end != NONE) & (spells.start < end))


def continues_after_a_gap(evidence: Evidence) -> np.ndarray:
    spells = evidence.episodes
    end = spells.before(spells.end)
    return spells.rows(spells.follows & (end != NONE) & (spells.start > end) & _ordered(evidence, "RNE", *CONTINUES))


def not_followed(evidence: Evidence) -> np.ndarray:
    spells = evidence.episodes
    next_day = spells.after(spells.start)
    lost = ~spells.is_followed | (next_day > spells.end)
    return spells.rows(_ordered(evidence, "REC", "X1") & ~spells.is_open & lost)


def comes_back_without_start(evidence: Evidence) -> np.ndarray:
    spells = evidence.episodes
    left = spells.follows & spells.before(_ceased_for_good(evidence))
    return spells.rows(left & ~_ordered(evidence, "RNE", "S"))


def starts_on_the_day_it_ended(evidence: Evidence) -> np.ndarray:
    spells = evidence.episodes
    return spells.rows(spells.joined & _ordered(evidence, "RNE", "S"))


def begins_without_start(evidence: Evidence) -> np.ndarray:
    spells = evidence.episodes
    since = evidence.year_starts[spells.ordered(evidence.of_return("episodes"))]
    in_year = (since != NONE) & (spells.start >= since)
    return spells.rows(~spells.follows & in_year & ~_ordered(evidence, "RNE", "S"))


def only_status_should_change(evidence: Evidence) -> np.ndarray:
    is_as_said = _status_changed(evidence) & ~_placement_changed(evidence)
    return evidence.episodes.rows(evidence.episodes.joined & _ordered(evidence, "RNE", "L") & ~is_as_said)


def only_placement_should_change(evidence: Evidence) -> np.ndarray:
    is_as_said = ~_status_changed(evidence) & _placement_changed(evidence)
    return evidence.episodes.rows(evidence.episodes.joined & _ordered(evidence, "RNE", "P", "T") & ~is_as_said)


def both_should_change(evidence: Evidence) -> np.ndarray:
    is_as_said = _status_changed(evidence) & _placement_changed(evidence)
    return evidence.episodes.rows(evidence.episodes.joined & _ordered(evidence, "RNE", "B", "U") & ~is_as_said)


def need_changes_within_care(evidence: Evidence) -> np.ndarray:
    spells = evidence.episodes
    need = spells.ordered(evidence.code("episodes", "CIN"))
    return spells.rows(spells.joined & spells.before(_ordered(evidence, "REC", "X1")) & (need != spells.before(need)))


def move_without_reason(evidence: Evidence) -> np.ndarray:
    spells = evidence.episodes
    temporary = _ordered(evidence, "PLACE", *TEMPORARY)
    moves = spells.is_followed & spells.after(spells.joined & _ordered(evidence, "RNE", "P", "T", "B", "U"))
    without = ~spells.ordered(evidence.filled("episodes", "REASON_PLACE_CHANGE"))
    return spells.rows(moves & without & ~temporary & ~spells.after(temporary))


def reason_without_move(evidence: Evidence) -> np.ndarray:
    given = evidence.filled("episodes", "REASON_PLACE_CHANGE")
    is_open = evidence.day("episodes", "DEC") == NONE
    return given & (is_open | evidence.among("episodes", "PLACE", *TEMPORARY))


def provider_not_due(evidence: Evidence) -> np.ndarray:
    return evidence.filled("episodes", "PLACE_PROVIDER") & evidence.among(
        "episodes", "PLACE", *TEMPORARY, *OTHER_PLACES
    )


def provider_missing(evidence: Evidence) -> np.ndarray:
    exempt = evidence.among("episodes", "PLACE", *TEMPORARY, *OTHER_PLACES)
    short_break = evidence.among("episodes", "LS", "V3", "V4")
    return (
        evidence.filled("episodes", "PLACE") & ~evidence.filled("episodes", "PLACE_PROVIDER") & ~exempt & ~short_break
    )


def provider_does_not_fit(evidence: Evidence) -> np.ndarray:
    def among(column: str, *values: str) -> np.ndarray:
        return evidence.among("episodes", column, *values)

    filled = evidence.filled("episodes", "PLACE_PROVIDER") & evidence.filled("episodes", "PLACE")
    with_parents = among("PLACE", "P1")
    parent = among("PLACE_PROVIDER", "PR0")
    councils_own = among("PLACE_PROVIDER", "PR1", "PR2") & among("PLACE", "R2", "R5")
    public = among("PLACE_PROVIDER", "PR3") & among("PLACE", *PLACED_FOR_ADOPTION, *FOSTER, "K1", "K2")
    return filled & ((parent != with_parents) | councils_own | public)


def born_after_start(evidence: Evidence) -> np.ndarray:
    birth = evidence.birth("episodes")
    return (birth != NONE) & (birth > evidence.day("episodes", "DECOM"))


def starts_before_the_act(evidence: Evidence) -> np.ndarray:
    return evidence.day("episodes", "DECOM") < _FIRST_DAY


def adult_at_start(evidence: Evidence) -> np.ndarray:
    return evidence.among("episodes", "RNE", "S") & (evidence.age("episodes", "DECOM") >= 18)


def ends_on_its_first_day(evidence: Evidence) -> np.ndarray:
    return evidence.day("episodes", "DECOM") == evidence.day("episodes", "DEC")


def aged(column: str, values: tuple[str, ...], day: str, low: int = 0, high: int = 130) -> Callable:
    """Rows with one of `values` whose child is younger than `low` or older than `high` on the day."""

    def breaks(evidence: Evidence) -> np.ndarray:
        age = evidence.age("episodes", day)
        return evidence.among("episodes", column, *values) & (age != -999) & ((age < low) | (age > high))

    return breaks


def lasts(column: str, code: str, days: int) -> Callable:
    """Episodes with this code that last longer than `days`; an open one to the day of the extract."""

    def breaks(evidence: Evidence) -> np.ndarray:
        start, end = evidence.day("episodes", "DECOM"), evidence.day("episodes", "DEC")
        end = np.where(end == NONE, evidence.extracted[evidence.of_return("episodes")], end)
        return evidence.among("episodes", column, code) & (end != NONE) & (end - start > days)

    return breaks


def starts_temporary(evidence: Evidence) -> np.ndarray:
    return evidence.among("episodes", "RNE", "S") & evidence.among("episodes", "PLACE", *TEMPORARY)


def ends_temporary(evidence: Evidence) -> np.ndarray:
    spells = evidence.episodes
    return spells.rows(_ceased_for_good(evidence) & _ordered(evidence, "PLACE", *TEMPORARY))


def with_parents_by_agreement(evidence: Evidence) -> np.ndarray:
    return evidence.among("episodes", "PLACE", "P1") & evidence.among("episodes", "LS", "V2")


def without_placement_order(evidence: Evidence) -> np.ndarray:
    return evidence.among("episodes", "PLACE", "A5", "A6") & ~evidence.among("episodes", "LS", "E1")


def placed_with_carer_by_another_change(evidence: Evidence) -> np.ndarray:
    placed = evidence.among("episodes", "PLACE", "A3", "A5") & (
        evidence.day("episodes", "DECOM") >= np.datetime64("2015-04-01").astype("int64")
    )
    return placed & ~evidence.among("episodes", "RNE", "S", "T", "U")


def placed_with_carer_who_did_not_foster(evidence: Evidence) -> np.ndarray:
    spells = evidence.episodes
    came_from = spells.before(_ordered(evidence, "PLACE", *FOSTER, *PLACED_FOR_ADOPTION))
    return spells.rows(spells.follows & _ordered(evidence, "PLACE", "A3", "A5") & ~came_from)


def _check(
    column: str,
    expected: str,
    breaks: Callable,
    effect: str,
    codes: str,
    group: int,
    columns: str = "",
    birth: bool = False,
) -> Check:
    needs = (f"episodes {columns}", *(("header DOB",) if birth else ()))
    return Check("episodes", column, expected, breaks, effect, tuple(codes.split()), group, needs)


def _aged(column: str, values: tuple[str, ...], what: str, codes: str, low: int = 0, high: int = 130) -> Check:
    day = "DEC" if column == "REC" else "DECOM"
    limit = f"aged {low} or over" if low else f"under {high + 1}"
    return Check(
        "episodes",
        column,
        f"a code for a child {limit} {'when the episode ended' if day == 'DEC' else 'when it began'}: {what}",
        aged(column, values, day, low, high),
        {"PLACE": _BY_PLACEMENT, "LS": _BY_STATUS, "REC": "Figures by reason for leaving, or by age, can be wrong."}[
            column
        ],
        tuple(codes.split()),
        15,
        (f"episodes {column}", "header DOB"),
    )


def _lasts(column: str, code: str, what: str, days: int, rule: str) -> Check:
    expected = f"a code for at most {days} days: {what}"
    effect = _BY_STATUS if column == "LS" else _BY_PLACEMENT
    return Check("episodes", column, expected, lasts(column, code, days), effect, (rule,), 16, (f"episodes {column}",))


_PLACEMENT = "LS PLACE PLACE_PROVIDER PL_POST URN"
CHECKS = (
    _check("DECOM", "a day on or after the child's birth", born_after_start, _AGES, "302", 3, birth=True),
    _check("DECOM", "a day from 14/10/1991 on", starts_before_the_act, USED, "353", 3),
    _check("DECOM", "a day before the child's 18th birthday", adult_at_start, _AGES, "352", 3, birth=True),
    _check("DEC", "a day after DECOM", ends_on_its_first_day, "It counts as an end, but as no day in care.", "355", 4),
    _check(
        "DEC", "a date: the child has a later episode in this return", two_open,
        "The child can be counted as in care for longer, or twice.", "142", 5,
    ),
    _check("DECOM", "a day on or after the DEC of the child's episode before", overlaps, _SEQUENCE, "501", 6),
    _check(
        "DECOM", "the DEC of the child's episode before, which this one is said to continue", continues_after_a_gap,
        _SEQUENCE, "433", 6,
    ),
    _check("REC", "X1 only where the child's next episode begins on the same day", not_followed, _SEQUENCE, "388", 7),
    _check(
        "RNE", "S: the child's episode before ended a period of care", comes_back_without_start,
        "It is counted as a new period of care.", "432", 7,
    ),
    _check(
        "RNE", "another reason than S: the child's episode before ended on this day", starts_on_the_day_it_ended,
        "It is counted as a new period of care.", "431", 7,
    ),
    _check(
        "RNE", "S, or the episode before it: it is the child's first in this return and began within its year",
        begins_without_start, "The start of care is taken to be this day.", "357", 8,
    ),
    _check(
        "RNE", "L only where the legal status changes and the placement does not", only_status_should_change,
        _BY_STATUS, "434", 9, _PLACEMENT,
    ),
    _check(
        "RNE", "P or T only where the placement changes and the legal status does not", only_placement_should_change,
        "Moves between placements can be miscounted.", "435", 9, _PLACEMENT,
    ),
    _check(
        "RNE", "B or U only where both legal status and placement change", both_should_change,
        "Moves between placements can be miscounted.", "436", 9, _PLACEMENT,
    ),
    _check(
        "CIN", "the category of need of the episode before, in the same period of care", need_changes_within_care,
        "Figures by category of need can count it under the wrong heading.", "504", 10, "CIN",
    ),
    _check(
        "REASON_PLACE_CHANGE", "a reason: the child moves to another placement after it", move_without_reason,
        "Moves are counted without this reason.", "225", 11, "REASON_PLACE_CHANGE PLACE",
    ),
    _check(
        "REASON_PLACE_CHANGE", "blank: the episode is open, or its placement temporary", reason_without_move,
        "The reason is not counted.", "226 233", 11, "REASON_PLACE_CHANGE PLACE",
    ),
    _check(
        "PLACE_PROVIDER", "blank for a temporary or other placement (T0 to T4, Z1, Z11 to Z14)", provider_not_due,
        "Figures by provider can be wrong.", "213", 12, "PLACE PLACE_PROVIDER",
    ),
    _check(
        "PLACE_PROVIDER", "a provider for this placement", provider_missing,
        "Figures by provider count it as not known.", "526", 12, "PLACE PLACE_PROVIDER",
    ),
    _check(
        "PLACE_PROVIDER",
        "a provider that goes with the placement: PR0 with P1 and only there, PR1 and PR2 not with R2 or R5, PR3 not with "
        "fostering, adoption, K1 or K2", provider_does_not_fit,
        "Figures by provider can be wrong.", "527 528 529 530 531 550", 12, "PLACE PLACE_PROVIDER",
    ),
    _aged("LS", ("J1", "J2", "J3"), "remand or a youth justice order", "358", low=10),
    _aged("PLACE", ("K3",), "supported accommodation", "371", low=16),
    _aged("PLACE", ("R5",), "a young offender institution", "372", low=10),
    _aged("PLACE", ("S1",), "a residential school", "373", low=4),
    _aged("PLACE", ("P3",), "residential employment", "374", low=14),
    _aged("REC", ("E5", "E6"), "independent living", "387", low=14),
    _aged("REC", ("E7",), "to adult social care", "389", low=16),
    _aged("REC", ("E17",), "18 and staying with carers", "460", low=18),
    _aged("REC", ADOPTED, "adopted", "386", high=17),
    _aged("REC", GUARDIANSHIP, "special guardianship", "407", high=17),
    _lasts("LS", "L1", "police protection", 3, "361"),
    _lasts("LS", "L2", "emergency protection order", 21, "362"),
    _lasts("LS", "L3", "child assessment order", 7, "363"),
    _lasts("LS", "V3", "a single short break", 17, "365"),
    _lasts("PLACE", "T3", "temporary, carer on holiday", 21, "376"),
    _lasts("PLACE", "T4", "temporary, other", 7, "379"),
    _check("PLACE", "no temporary placement: a period of care begins", starts_temporary, _BY_PLACEMENT, "380", 16, "PLACE"),
    _check("PLACE", "no temporary placement: a period of care ends", ends_temporary, _BY_PLACEMENT, "381", 16, "PLACE"),
    _check(
        "PLACE", "another placement than with parents: the child is accommodated under section 20 (V2)",
        with_parents_by_agreement, _BY_PLACEMENT, "378", 16, "PLACE",
    ),
    _check(
        "LS", "E1: the child is placed for adoption under a placement order (A5, A6)", without_placement_order,
        "The day of the placement order is not known, and waits from it are not counted.", "408", 17, "PLACE",
    ),
    _check(
        "RNE", "S, T or U: the child is placed for adoption with the carer of before (A3, A5)",
        placed_with_carer_by_another_change, "Adoptions by foster carers can be taken for others.", "217", 17, "PLACE",
    ),
    _check(
        "PLACE", "A3 or A5 only after a foster placement (U1 to U6) or another one for adoption",
        placed_with_carer_who_did_not_foster, "Adoptions by foster carers can be taken for others.", "336", 17, "PLACE",
    ),
)  # fmt: skip
