"""The words that an interval earns: higher or lower, better or worse, rising or falling. The one place for them.

Never a colour for noise: a page, a chart or a sentence that speaks of a difference asks here, and gets a word for "no
difference" unless the whole interval lies on one side.
"""

from __future__ import annotations

import numpy as np

HIGHER_IS_BETTER, LOWER_IS_BETTER, NEITHER = "higher is better", "lower is better", "neither"
HIGHER, LOWER, SIMILAR, NO_CLEAR_DIFFERENCE = "higher", "lower", "similar", "no clear difference"
BETTER, WORSE = "better", "worse"
RISING, FALLING, NO_CLEAR_CHANGE = "rising", "falling", "no clear change"
IMPROVING, WORSENING = "improving", "worsening"
NOTHING_TO_SAY = ""


def side(lower: float, upper: float, reference: float) -> str:
    """On which side of `reference` the whole interval lies: "higher" or "lower".

    "" when the interval holds the reference, its ends included, or when anything is missing.
    """
    if lower > reference:
        return HIGHER
    return LOWER if upper < reference else NOTHING_TO_SAY


def verdict(lower: float, upper: float, neutral: float = 0) -> str:
    """What the interval of a difference or a ratio allows to be said: "higher", "lower" or "no clear difference".

    `neutral` is 0 for a difference and 1 for a ratio; a limit that is `neutral` itself, or missing, is "no clear
    difference".
    """
    return side(lower, upper, neutral) or NO_CLEAR_DIFFERENCE


def beside_benchmark(value: float, lower: float, upper: float, benchmark: float, polarity: str = NEITHER) -> str:
    """Where a figure stands beside a benchmark, by the figure's own interval.

    "Better", "similar" or "worse" where the measure has a polarity ("higher is better", "lower is better"); "higher",
    "similar" or "lower" where it has none ("neither"). "Similar" when the benchmark lies in the interval, its ends
    included. "" when the value, a limit or the benchmark is missing: a figure without an interval earns no word.

    The benchmark is taken as exact, as Fingertips (Office for Health Improvement and Disparities) takes England.
    """
    if np.isnan([value, lower, upper, benchmark]).any():
        return NOTHING_TO_SAY
    return better_or_worse(side(lower, upper, benchmark) or SIMILAR, polarity)


def better_or_worse(direction: str, polarity: str) -> str:
    """What "higher" or "lower" means for a measure of this polarity: "better" or "worse".

    Any other word, and every word where the polarity is "neither", comes back as it was: a rate of children looked
    after is neither good nor bad. Raises `ValueError` for an unknown polarity.
    """
    return _by_polarity(direction, polarity, up=HIGHER, down=LOWER, good=BETTER, bad=WORSE)


def direction_of_travel(lower: float, upper: float, *, neutral: float = 0, polarity: str = NEITHER) -> str:
    """Which way a measure went, from the interval of the change: this period less (or divided by) an earlier one.

    "Improving" or "worsening" by polarity, "rising" or "falling" where it is "neither"; "no clear change" when the
    interval holds `neutral` (0 for a difference, 1 for a ratio); "" when a limit is missing.
    """
    if np.isnan([lower, upper]).any():
        return NOTHING_TO_SAY
    word = {HIGHER: RISING, LOWER: FALLING}.get(side(lower, upper, neutral), NO_CLEAR_CHANGE)
    return improving_or_worsening(word, polarity)


def improving_or_worsening(direction: str, polarity: str) -> str:
    """What "rising" or "falling" means for a measure of this polarity: "improving" or "worsening".

    Any other word, and every word where the polarity is "neither", comes back as it was. Raises `ValueError` for an
    unknown polarity.
    """
    return _by_polarity(direction, polarity, up=RISING, down=FALLING, good=IMPROVING, bad=WORSENING)


def checked_polarity(polarity: str) -> str:
    """`polarity` itself. Raises `ValueError` when it is not one of the three."""
    if polarity not in (HIGHER_IS_BETTER, LOWER_IS_BETTER, NEITHER):
        raise ValueError(f"polarity {polarity!r} is not one of {HIGHER_IS_BETTER}, {LOWER_IS_BETTER}, {NEITHER}")
    return polarity


def _by_polarity(word: str, polarity: str, *, up: str, down: str, good: str, bad: str) -> str:
    if checked_polarity(polarity) == NEITHER or word not in (up, down):
        return word
    return good if (word == up) == (polarity == HIGHER_IS_BETTER) else bad
