"""The attacker finds what is given away: published cases first, then every small page against plain enumeration."""

import itertools
import random
import time
from math import inf, prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis_lib.disclosure.attacker import (
    Clue,
    Contradiction,
    Effort,
    Leak,
    adds_up,
    around,
    between,
    exactly,
    given_away,
    is_part,
    is_possible,
    known_exactly,
    leaks,
    percentage,
    possible_values,
    rounded,
    taken_apart,
)

THRESHOLD = 6
SMALL = range(1, THRESHOLD)

# South Tees Youth Justice Service, a table of a plan that was published: percentages only, and no count anywhere.
FEMALE_AGES = {"10 to 13": "29.2", "14": "20.8", "15": "25.0", "16": "12.5", "17": "12.5"}
FEMALE_ETHNICITY = {"other": "8.3", "White": "91.7"}
SEX = {"female": "11.3", "male": "88.7"}
MALE_ETHNICITY = {"a": "2.1", "b": "1.6", "c": "1.6", "d": "5.3", "e": "2.6", "f": "0.0", "White": "86.8"}


def percentages(whole, parts, decimals=1):
    return [
        *itertools.chain.from_iterable(
            percentage((whole, part), whole, text, decimals) for part, text in parts.items()
        ),
        adds_up(whole, [(whole, part) for part in parts]),
    ]


def south_tees():
    female, male = ("all", "female"), ("all", "male")
    ages = [clue for part, text in FEMALE_AGES.items() for clue in percentage((female, "aged", part), female, text, 1)]
    return [
        *percentages("all", SEX),
        *ages,
        adds_up(female, [(female, "aged", part) for part in FEMALE_AGES]),
        *percentages(female, FEMALE_ETHNICITY),
        *percentages(male, MALE_ETHNICITY),
    ]


def test_the_published_percentage_table_gives_back_every_count():
    """A reader who knows that the service has some hundred children: at most 425."""
    clues = [*south_tees(), between("all", 1, 425)]
    female, male = ("all", "female"), ("all", "male")
    cells = list(dict.fromkeys(cell for clue in clues for cell, _ in clue.terms))
    counts = known_exactly(clues, cells)
    assert counts[female] == 24
    assert counts[male] == 189
    assert [counts[female, "aged", age] for age in FEMALE_AGES] == [7, 5, 6, 3, 3]
    assert [counts[female, group] for group in FEMALE_ETHNICITY] == [2, 22]
    assert [counts[male, group] for group in MALE_ETHNICITY] == [4, 3, 3, 10, 5, 0, 164]
    assert set(counts) == set(cells)


def test_an_auditor_without_the_counts_names_its_eight_small_cells():
    clues = [*south_tees(), between("all", 1, 425)]
    cells = list(dict.fromkeys(cell for clue in clues for cell, _ in clue.terms))
    found = given_away(clues, cells, THRESHOLD)
    assert sorted(leak.left for leak in found) == [(2,), (3,), (3,), (3,), (3,), (4,), (5,), (5,)]
    assert all(leak.is_exact for leak in found)


@pytest.mark.parametrize(("most", "pairs"), [(425, 1), (500, 2)])
def test_the_published_table_fits_as_many_bases_as_were_measured(most, pairs):
    clues = [*south_tees(), between("all", 1, most)]
    female = ("all", "female")
    fitting = [base for base in range(most) if is_possible(clues, female, base, base)]
    assert len(fitting) == pairs
    assert fitting == [24, 48][:pairs]


def test_two_hidden_in_each_line_are_not_enough():
    """As was reported of sdcTable: nine hidden, two or more in each line, one of them exactly 47.

    The bridge between two blocks: rows p and q less columns A and B leave it alone.
    """
    table = {
        ("p", "A"): 3, ("p", "B"): 12,
        ("q", "A"): 9, ("q", "B"): 4, ("q", "C"): 47,
        ("r", "C"): 2, ("r", "D"): 8,
        ("s", "C"): 11, ("s", "D"): 5,
    }  # fmt: skip
    lines = {place for key in table for place in key}
    assert len(table) == 9
    assert all(sum(line in key for key in table) >= 2 for line in lines)
    clues = [
        Clue(tuple((key, 1) for key in table if line in key), total, total)
        for line in sorted(lines)
        for total in [sum(number for key, number in table.items() if line in key)]
    ]
    assert known_exactly(clues, table) == {("q", "C"): 47}


def test_two_hidden_cells_that_add_up_to_2_are_1_each():
    """sdcTable's D_two_ones: both are known to be 1 or more, for a hidden cell is never 0."""
    clues = [exactly("both", 2), adds_up("both", ["a", "b"])]
    assert leaks(clues, ["a", "b"], THRESHOLD) == [Leak(cell, (2, 3, 4, 5), (1,)) for cell in "ab"]
    unseen = [*clues, between("a", 1), between("b", 1)]
    assert given_away(unseen, ["a", "b"], THRESHOLD) == [Leak(cell, (2, 3, 4, 5), (1,)) for cell in "ab"]


def test_the_printed_complement_gives_a_hidden_count_back():
    clues = [exactly("girls", 24), *percentage("White", "girls", "91.7", 1), adds_up("girls", ["White", "other"])]
    assert leaks(clues, ["other"], THRESHOLD) == [Leak("other", (1, 3, 4, 5), (2,))]


def test_whole_percentages_with_their_total_give_the_girls_back_and_pin_the_small_boys():
    """The same published table, as whole percentages with its total of 213."""
    whole = {"29": 7, "21": 5, "25": 6, "13": 3}
    clues = [exactly("all", 213), *percentages("all", {"female": 11, "male": 89}, 0)]
    female = ("all", "female")
    for at, text in enumerate(["29", "21", "25", "13", "13"]):
        clues += percentage((female, at), female, text, 0)
    clues += [adds_up(female, [(female, at) for at in range(5)]), *percentages(female, {"other": 8, "White": 92}, 0)]
    counts = known_exactly(clues, [female, *((female, at) for at in range(4)), (female, "other")])
    assert counts == {
        female: 24,
        **{(female, at): count for at, count in enumerate(whole.values())},
        (female, "other"): 2,
    }


def test_stock_and_flow_give_the_fourth_number_back():
    clues = [exactly("start", 340), exactly("starts", 31), exactly("end", 367)]
    clues.append(Clue((("start", 1), ("starts", 1), ("leavers", -1), ("end", -1)), 0, 0))
    assert leaks(clues, ["leavers"], THRESHOLD) == [Leak("leavers", (1, 2, 3, 5), (4,))]


def test_rolling_years_give_the_newest_quarter_back():
    """Twelve months to June less twelve months to March is the newest quarter less the one that dropped out."""
    quarters = [f"quarter {number}" for number in range(1, 6)]
    clues = [adds_up("to March", quarters[:4]), adds_up("to June", quarters[1:])]
    printed = [exactly("to March", 40), exactly("to June", 33)]
    assert not leaks([*clues, *printed], ["quarter 5"], THRESHOLD)
    assert leaks([*clues, *printed, exactly("quarter 1", 9)], ["quarter 5"], THRESHOLD) == [
        Leak("quarter 5", (1, 3, 4, 5), (2,))
    ]


def test_a_year_to_date_less_the_one_before_is_a_quarter():
    clues = [exactly("to September", 21), exactly("to June", 18), adds_up("to September", ["to June", "July on"])]
    assert possible_values(clues, "July on", THRESHOLD) == (3,)


def test_four_parts_rounded_to_5_under_a_total_rounded_to_30_are_7_each():
    parts = [f"part {number}" for number in range(4)]
    clues = [rounded("total", 30, 5), adds_up("total", parts), *(rounded(part, 5, 5) for part in parts)]
    assert known_exactly(clues, [*parts, "total"]) == {"total": 28, **dict.fromkeys(parts, 7)}


def test_a_total_that_is_the_sum_of_the_rounded_parts_gives_nothing_away():
    """Printed 20, it says no more than the parts do; it is not the rounded total."""
    parts = [f"part {number}" for number in range(4)]
    clues = [*(rounded(part, 5, 5) for part in parts), adds_up("total", parts)]
    assert all(possible_values(clues, part, 10) == (3, 4, 5, 6, 7) for part in parts)


def test_fractions_would_fit_where_whole_numbers_do_not():
    """2a + 2b + 2c = 9 + d with d from 0 to 1: d must be odd, and a linear program would let it be 0."""
    clues = [Clue((("a", 2), ("b", 2), ("c", 2), ("d", -1)), 9, 9), *(between(cell, 0, 5) for cell in "abc")]
    clues.append(between("d", 1, 3))
    assert possible_values(clues, "d", THRESHOLD) == (1, 3)
    assert leaks(clues[:-1], ["d"], 4) == [Leak("d", (2,), (1, 3))]


def test_a_hidden_count_that_may_be_any_small_number_is_safe():
    clues = [exactly("all", 40), adds_up("all", ["a", "b", "c"]), exactly("c", 20)]
    assert leaks(clues, ["a"], THRESHOLD) == []


def test_what_a_definition_rules_out_by_itself_is_nobody_s_leak():
    """Both sexes together are 2 or more when each is hidden, whatever is printed."""
    definitions = [adds_up("both", ["girls", "boys"])]
    assert leaks([], ["both", "girls", "boys"], THRESHOLD, definitions=definitions) == []
    assert leaks([exactly("both", 5)], ["both", "girls", "boys"], THRESHOLD, definitions=definitions) == [
        Leak("both", (2, 3, 4), (5,))
    ]
    hidden = [between("girls", 1), between("boys", 1)]
    printed = [between("both", 1, 5)]
    assert given_away(printed, ["both"], THRESHOLD, definitions=[*definitions, *hidden]) == []
    assert given_away([*printed, *hidden], ["both"], THRESHOLD, definitions=definitions) == [
        Leak("both", (1,), (2, 3, 4, 5))
    ]


@pytest.mark.parametrize(
    ("low", "high", "left"),
    [(0, 4, None), (1, 5, None), (1, 4, (1, 2, 3, 4)), (2, 5, (2, 3, 4, 5)), (3, 6, None), (5, 5, (5,)), (6, 6, None)],
)
def test_a_cell_is_given_away_when_it_is_surely_small_and_more_is_known(low, high, left):
    clues = [between("a", low, high), is_part("a", "all"), exactly("all", 50)]
    assert [leak.left for leak in given_away(clues, ["a"], THRESHOLD)] == ([] if left is None else [left])


def test_a_cell_that_no_clue_speaks_of_is_safe():
    assert leaks([exactly("a", 3)], ["b"], THRESHOLD) == []
    assert given_away([exactly("a", 3)], ["b"], THRESHOLD) == []
    assert known_exactly([exactly("a", 3)], ["a", "b"]) == {"a": 3}


@pytest.mark.parametrize(
    "clues",
    [
        [exactly("a", 3), exactly("a", 4)],
        [exactly("a", 3), exactly("b", 3), exactly("all", 7), adds_up("all", ["a", "b"])],
        [Clue((("a", 2), ("b", -2)), 1, 1)],
        [Clue((("a", 2), ("b", 2), ("c", 3)), 10, 10), between("c", 1, 1), between("a", 1)],
        [exactly("a", 9)],
    ],
)
def test_what_cannot_all_be_true_is_said_to_be_so(clues):
    with pytest.raises(Contradiction, match="does not fit together"):
        leaks(clues, ["a"], THRESHOLD)


def test_only_what_is_tied_to_a_cell_can_tell_of_it():
    near, far = adds_up("all", ["a", "b"]), adds_up("sum", ["c", "d"])
    tie = is_part("b", "x")
    assert around([near, far, tie], "a") == [near, tie]
    assert around([near, far, tie], "c") == [far]
    assert around([near], "elsewhere") == []


def test_the_effort_names_the_largest_program_that_was_solved():
    effort = Effort()
    clues = [exactly("all", 60), adds_up("all", "abcd"), adds_up("sum", "ef"), between("sum", 12, 14)]
    leaks(clues, ["a", "e"], THRESHOLD, effort=effort)
    assert (effort.programs, effort.solved) == (2, 2)
    assert effort.largest == (4, 1)
    assert 0 < effort.largest_seconds <= effort.seconds
    assert "the largest had 4 cells and 1 clues" in str(effort)


def test_the_true_numbers_save_work_and_change_nothing():
    clues = [exactly("all", 60), adds_up("all", "abcd"), exactly("d", 30), adds_up("sum", "ab"), between("sum", 7, 9)]
    alone, helped = Effort(), Effort()
    truth = {"all": 60, "a": 3, "b": 5, "c": 22, "d": 30, "sum": 8}
    assert leaks(clues, "ab", 6, effort=alone) == leaks(clues, "ab", 6, witness=truth, effort=helped)
    wrong = dict.fromkeys(truth, 9)
    assert leaks(clues, "ab", 6) == leaks(clues, "ab", 6, witness=wrong)


# Every small page against plain enumeration.

CELLS = "abcde"
LARGEST = 7


def enumerated(clues, cells=CELLS):
    """Every filling of the cells with 0 to LARGEST that keeps the clues: the slow and certain way."""
    for numbers in itertools.product(range(LARGEST + 1), repeat=len(cells)):
        filling = dict(zip(cells, numbers, strict=True))
        if all(clue.low <= sum(f * filling[cell] for cell, f in clue.terms) <= clue.high for clue in clues):
            yield filling


@st.composite
def pages(draw):
    """A filling of four or five cells, and clues that are true of it: sums, parts, percentages, roundings."""
    truth = {cell: draw(st.integers(0, LARGEST)) for cell in CELLS[: draw(st.integers(3, 4))]}
    clues = [between(cell, 0, LARGEST) for cell in truth]
    for _ in range(draw(st.integers(1, 4))):
        terms = tuple(
            (cell, factor) for cell in truth if (factor := draw(st.sampled_from([0, 0, 1, 1, 1, -1, 2, -3, 7])))
        )
        middle = sum(factor * truth[cell] for cell, factor in terms)
        low, high = draw(st.sampled_from([(0, 0), (0, 0), (1, 0), (0, 2), (2, 3), (inf, 1)]))
        if terms:
            clues.append(Clue(terms, middle - low, middle + high))
    return truth, clues


@given(pages(), st.integers(2, 6))
def test_leaks_are_what_enumeration_finds(page, threshold):
    truth, clues = page
    secret = [cell for cell, number in truth.items() if 1 <= number < threshold]
    fillings = list(enumerated([*clues, *(between(cell, 1, threshold - 1) for cell in secret)], list(truth)))
    expected = {}
    for cell in secret:
        left = {filling[cell] for filling in fillings}
        if len(left) < threshold - 1:
            expected[cell] = tuple(sorted(left))
    assert {leak.cell: leak.left for leak in leaks(clues, secret, threshold)} == expected
    assert {leak.cell: leak.left for leak in leaks(clues, secret, threshold, witness=truth)} == expected


@given(pages(), st.integers(2, 6))
def test_what_is_given_away_and_what_is_known_are_what_enumeration_finds(page, threshold):
    truth, clues = page
    fillings = list(enumerated(clues, list(truth)))
    left = {cell: {filling[cell] for filling in fillings} for cell in truth}
    expected = {cell: tuple(sorted(values)) for cell, values in left.items() if values < set(range(1, threshold))}
    assert {leak.cell: leak.left for leak in given_away(clues, truth, threshold)} == expected
    assert known_exactly(clues, truth) == {cell: min(values) for cell, values in left.items() if len(values) == 1}


@given(pages(), st.randoms(use_true_random=False))
def test_the_order_of_clues_and_cells_does_not_matter(page, chance):
    truth, clues = page
    secret = [cell for cell, number in truth.items() if 1 <= number < THRESHOLD]
    mixed, cells = chance.sample(clues, len(clues)), chance.sample(secret, len(secret))
    assert set(leaks(clues, secret, THRESHOLD)) == set(leaks(mixed, cells, THRESHOLD))


# Speed, and nothing on standard output.


def exact_page(tables, rows=12, columns=9):
    """Tables of exact counts with all their margins, two cells of each hidden."""
    chance = random.Random(1)
    clues, hidden = [], []
    for table in range(tables):
        cells = {(table, row, column): chance.randint(6, 90) for row in range(rows) for column in range(columns)}
        cells[table, 0, 0], cells[table, 0, 1] = 3, 8
        hidden.append((table, 0, 0))
        clues += [exactly(cell, count) for cell, count in cells.items() if cell[1:] not in {(0, 0), (0, 1)}]
        for row in range(rows):
            line = [(table, row, column) for column in range(columns)]
            clues += [adds_up((table, row), line), exactly((table, row), sum(cells[cell] for cell in line))]
    return clues, hidden


def test_a_page_of_nearly_exact_counts_is_a_matter_of_milliseconds():
    clues, hidden = exact_page(12)
    assert len(clues) > 1500
    taken = []
    for _ in range(5):
        begun = time.process_time()
        assert leaks(clues, hidden, THRESHOLD) == []
        taken.append(time.process_time() - begun)
    assert min(taken) < 0.25  # some 20 ms where nothing else runs; ten times that would be another way of working


def test_the_solver_writes_nothing_to_standard_output(capfd):
    """Factors in the thousands made HiGHS mend its answers, and say so."""
    chance = random.Random(7)
    for _ in range(25):
        cells = [f"cell {number}" for number in range(8)]
        counts = {cell: chance.randint(1, 400) for cell in cells}
        total = sum(counts.values())
        clues = [adds_up("all", cells), between("all", total // 2, 3 * total)]
        for cell, count in counts.items():
            clues += percentage(cell, "all", f"{100 * count / total:.1f}", 1)
        secret = [cell for cell, count in counts.items() if count < THRESHOLD]
        leaks(clues, secret, THRESHOLD)
        known_exactly(clues, cells[:2])
    assert capfd.readouterr() == ("", "")


def test_programs_are_as_small_as_the_ties_between_cells():
    clues = [exactly("x", 9), adds_up("all", "abx"), adds_up("sum", "cdx"), *(between(cell, 1, 5) for cell in "abcd")]
    apart = taken_apart(clues)
    assert [sorted(program.cells) for program in apart.programs] == [["a", "all", "b"], ["c", "d", "sum"]]
    assert apart.limits["x"] == (9, 9)
    assert prod(len(program.lines) for program in apart.programs) == 1
