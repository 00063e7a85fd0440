"""Clues say what a printed figure says, no more and no less: held against plain division and rounding."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis_lib.disclosure.clues import Clue, adds_up, between, exactly, is_part, percentage, quotient, rounded


def keeps(clues, cells):
    return all(clue.low <= sum(factor * cells[cell] for cell, factor in clue.terms) <= clue.high for clue in clues)


def halves_up(number: Fraction, decimals: int) -> str:
    digits = Decimal(number.numerator * 10**decimals) / Decimal(number.denominator)
    return str(digits.quantize(Decimal(1), ROUND_HALF_UP).scaleb(-decimals))


@pytest.mark.parametrize(("printed", "least", "most"), [(0, -2, 2), (5, 3, 7), (30, 28, 32)])
def test_a_count_rounded_to_5_is_one_of_five_numbers(printed, least, most):
    assert rounded("count", printed, 5) == Clue((("count", 1),), least, most)


def test_a_count_rounded_to_10_halves_up():
    assert rounded("count", 20, 10) == Clue((("count", 1),), 15, 24)


@pytest.mark.parametrize(
    ("clue", "cells", "holds"),
    [
        (exactly("a", 7), {"a": 7}, True),
        (exactly("a", 7), {"a": 8}, False),
        (between("a", 6), {"a": 5}, False),
        (between("a", 6), {"a": 60}, True),
        (adds_up("all", ["a", "b"]), {"all": 5, "a": 2, "b": 3}, True),
        (adds_up("all", ["a", "b"]), {"all": 6, "a": 2, "b": 3}, False),
        (is_part("a", "all"), {"all": 5, "a": 5}, True),
        (is_part("a", "all"), {"all": 5, "a": 6}, False),
    ],
)
def test_counts_totals_and_parts(clue, cells, holds):
    assert keeps([clue], cells) is holds


@pytest.mark.parametrize(("count", "holds"), [(21, False), (22, True), (23, False)])
def test_a_percentage_of_24_with_one_decimal_is_one_count(count, holds):
    assert keeps(percentage("girls", "all", "91.7", 1), {"girls": count, "all": 24}) is holds


def test_a_half_is_rounded_up():
    assert keeps(percentage("a", "all", 13, 0), {"a": 1, "all": 8})
    assert not keeps(percentage("a", "all", 12, 0), {"a": 1, "all": 8})


def test_a_percentage_says_that_there_is_a_base():
    assert not keeps(percentage("a", "all", 0, 0), {"a": 0, "all": 0})


@given(
    base=st.integers(1, 3000),
    count=st.integers(0, 3000),
    printed_of=st.integers(0, 3000),
    decimals=st.integers(0, 2),
    scale=st.sampled_from([1, 100, 1000, 10_000]),
)
def test_a_quotient_fits_just_the_counts_that_would_be_printed_so(base, count, printed_of, decimals, scale):
    printed = halves_up(Fraction(scale * printed_of, base), decimals)
    same = halves_up(Fraction(scale * count, base), decimals) == printed
    for text in (printed, float(printed)):
        assert keeps(quotient("count", "base", text, decimals, scale), {"count": count, "base": base}) is same
