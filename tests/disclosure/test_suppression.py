"""The cheapest rows to hide: small tables by eye, then against trying every choice, then the edges by name."""

import itertools
import random
from math import inf

import pytest
from random_pages import (
    ALL,
    THRESHOLD,
    linked,
    nested,
    one_way,
    page_of,
    small_rows,
    two_way,
    what_is_given_away,
    year_to_date,
)

from analysis_lib.disclosure.attacker import Effort, adds_up, between, exactly, percentage
from analysis_lib.disclosure.clues import Clue
from analysis_lib.disclosure.suppression import CannotBeProtected, Page, Print


def one_line(*counts, total_cost=10, **more):
    parts = dict(zip("abcdefgh", counts, strict=False))
    truth = {**parts, ALL: sum(counts)}
    return page_of(truth, [adds_up(ALL, parts)], {**dict.fromkeys(parts, 1), ALL: total_cost}, **more)


def cells(rows):
    return {cell for _, cell in rows}


def hidden_besides(page):
    return cells(page.rows_to_hide(small_rows(page)) - small_rows(page))


def test_one_small_count_needs_one_more_in_its_line():
    page = one_line(3, 30, 40, 0)
    (other,) = hidden_besides(page)
    assert other in {"b", "c"}


def test_two_small_counts_protect_each_other_when_their_sum_leaves_every_value():
    assert hidden_besides(one_line(2, 4, 30)) == set()  # 6 in all: 1 + 5 to 5 + 1


def test_two_small_counts_that_add_up_to_2_do_not():
    assert hidden_besides(one_line(1, 1, 30, 40)) in ({"c"}, {"d"})


def test_a_zero_is_never_hidden_to_protect_another():
    page = one_line(3, 0, 0, 50, total_cost=1)
    assert hidden_besides(page) <= {"d", ALL}


def test_a_count_with_no_room_below_does_not_protect():
    """6 is known not to be small: it can only be more, and the small count could only be less."""
    assert hidden_besides(one_line(2, 6, 60, 60)) in ({"c"}, {"d"})
    assert hidden_besides(one_line(5, 6, total_cost=1)) == {"b"}


@pytest.mark.parametrize(("total_cost", "hidden"), [(1, {ALL}), (3, {"b"})])
def test_what_costs_less_is_hidden(total_cost, hidden):
    page = one_line(3, 30, 0, total_cost=total_cost)
    rows = {
        row: Print(each.clues, 2, each.cells, each.hidden_clues) if row[1] == "b" else each
        for row, each in page.rows.items()
    }
    page = Page(page.definitions, page.known, rows, page.truth, page.protected, THRESHOLD)
    assert hidden_besides(page) == hidden


def test_a_small_count_in_rows_and_columns_needs_a_rectangle():
    counts = [[3, 20, 30], [40, 50, 60], [70, 80, 90]]
    truth, sums = {}, []
    for row, line in enumerate(counts):
        truth.update({(row, column): count for column, count in enumerate(line)})
        truth[row, ALL] = sum(line)
        sums.append(adds_up((row, ALL), [(row, column) for column in range(3)]))
    for column in range(3):
        truth[ALL, column] = sum(line[column] for line in counts)
        sums.append(adds_up((ALL, column), [(row, column) for row in range(3)]))
    page = page_of(truth, sums, {cell: 5 if ALL in cell else 1 for cell in truth})
    hidden = cells(page.rows_to_hide(small_rows(page)))
    assert len(hidden) == 4
    assert len({row for row, _ in hidden}) == len({column for _, column in hidden}) == 2


def test_a_total_that_stands_in_two_tables_is_hidden_in_both_or_in_neither():
    page = page_of(
        {"a": 3, "b": 0, "c": 9, ALL: 12},
        [adds_up(ALL, "abc")],
        {"a": 1, "b": 1, "c": 9, ALL: 2},
        printed_in={ALL: ("first", "second")},
    )
    hidden = page.rows_to_hide(small_rows(page))
    assert {row for row in hidden if row[1] == ALL} == {("first", ALL), ("second", ALL)}


def test_what_is_known_from_elsewhere_cannot_be_hidden():
    page = one_line(3, 30, 40, known=[exactly("b", 30), exactly("c", 40)])
    assert hidden_besides(page) == {ALL}


@pytest.mark.parametrize(
    "known",
    [
        [exactly("a", 3)],
        [exactly("b", 30), exactly(ALL, 33)],
        [between("a", 1, 4)],
        [exactly("a", 3), exactly("a", 4)],
    ],
)
def test_what_is_known_already_cannot_be_protected(known):
    page = one_line(3, 30, known=known)
    with pytest.raises(CannotBeProtected):
        page.rows_to_hide(small_rows(page))


def test_a_hidden_row_that_can_be_worked_out_asks_for_another():
    """Hidden for a reason of its own: c has nothing small, and is told by its line until something else goes."""
    page = one_line(30, 40, 50)
    assert page.rows_to_hide() == frozenset()
    hidden = page.rows_to_hide([("page", "c")])
    assert len(hidden) == 2 and ("page", "c") in hidden


def test_nothing_is_hidden_where_nothing_is_small():
    assert one_line(30, 0, 50).rows_to_hide() == frozenset()


def test_small_counts_are_hidden_without_being_named():
    page = one_line(2, 4, 30)
    assert page.rows_to_hide() == small_rows(page)


def test_a_percentage_that_gives_its_count_back_is_hidden():
    truth = {"a": 3, ALL: 40}
    rows = {
        "share": Print(percentage("a", ALL, 8, 0), cost=1, cells=("a",)),
        "total": Print((exactly(ALL, 40),), cost=5, cells=(ALL,), hidden_clues=(between(ALL, THRESHOLD),)),
    }
    page = Page((Clue(((ALL, 1), ("a", -1)), 0, inf),), (), rows, truth, ("a",), THRESHOLD)
    assert page.rows_to_hide() == {"share"}


def test_a_row_goes_that_only_whole_numbers_need():
    """2a + 2b = s + d with s printed as 15: fractions would let d be anything, whole numbers only 1, 3 or 5."""
    truth = {"a": 4, "b": 5, "s": 15, "d": 3, "t": 8}
    definitions = (Clue((("a", 2), ("b", 2), ("s", -1), ("d", -1)), 0, 0), Clue((("s", 1), ("t", -1)), 0, inf))
    rows = {
        name: Print((exactly(name, truth[name]),), cost=1, cells=(name,), hidden_clues=(between(name, THRESHOLD),))
        for name in ("t", "s")
    }
    assert Page(definitions, (), rows, truth, ("d",), THRESHOLD).rows_to_hide() == {"s"}


def test_the_answer_is_the_same_each_time_and_in_whatever_order_the_clues_come():
    page = two_way(random.Random(3), 3, 4)
    expected = page.rows_to_hide(small_rows(page))
    for seed in range(3):
        chance = random.Random(seed)
        definitions = tuple(chance.sample(page.definitions, len(page.definitions)))
        protected = tuple(chance.sample(page.protected, len(page.protected)))
        truth = dict(chance.sample(list(page.truth.items()), len(page.truth)))
        again = Page(definitions, page.known, page.rows, truth, protected, THRESHOLD)
        assert again.rows_to_hide(small_rows(page)) == expected


def is_safe(page, hidden):
    values, known = what_is_given_away(page, frozenset(hidden))
    return not values and not known


def cheapest_of_all(page):
    """The cost of the cheapest safe choice, by trying every one in the order of their costs: the slow and certain way."""
    first = small_rows(page)
    rows = [row for row, each in page.rows.items() if row not in first and all(page.truth[cell] for cell in each.cells)]
    choices = [choice for size in range(len(rows) + 1) for choice in itertools.combinations(rows, size)]
    cost = {choice: sum(page.rows[row].cost for row in choice) for choice in choices}
    return next((cost[choice] for choice in sorted(choices, key=cost.get) if is_safe(page, first | set(choice))), None)


SMALL_PAGES = {
    **{f"one line {seed}": (one_way, seed, 5, 0) for seed in range(6)},
    **{f"one line rounded {seed}": (one_way, seed, 5, 5) for seed in range(3)},
    **{f"two by three {seed}": (two_way, seed, 2, 3) for seed in (0, 1, 3, 4)},
    **{f"nested {seed}": (nested, seed, 2, 0) for seed in (0, 2, 3, 4)},
}


@pytest.mark.parametrize("name", SMALL_PAGES)
def test_no_safe_choice_is_cheaper(name):
    make, seed, *sizes = SMALL_PAGES[name]
    page = make(random.Random(f"small page {seed}"), *sizes)
    expected = cheapest_of_all(page)
    if expected is None:
        with pytest.raises(CannotBeProtected):
            page.rows_to_hide(small_rows(page))
    else:
        assert sum(page.rows[row].cost for row in page.rows_to_hide(small_rows(page)) - small_rows(page)) == expected


def test_the_solver_writes_nothing_to_standard_output(capfd):
    """Integer programs of HiGHS with numbers of any size beside choices did, at the second of these tables."""
    for seed in range(4):
        page = two_way(random.Random(seed), 3, 4)
        page.rows_to_hide(small_rows(page))
    page = linked(random.Random(1))
    page.rows_to_hide(small_rows(page))
    assert capfd.readouterr() == ("", "")


def test_the_effort_of_the_attacks_is_counted():
    effort = Effort()
    page = year_to_date(random.Random(5))
    page.rows_to_hide(small_rows(page), effort=effort)
    assert effort.programs >= 1
