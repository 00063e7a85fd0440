"""The reader who looks for the numbers of a page's words in its tables: it must find what is wrong, and nothing else."""

import pytest
from numbers_in_tables import not_in_tables

NOW, THEN = "children;/2021-09-30;value;;0", "children;/2020-09-30;value;;0"
TABLE = f'<table><tr><td data-figure="{NOW}">{{now}}</td><td data-figure="{THEN}">{{then}}</td></tr></table>'


def found(words, now="543", then="702"):
    return [text for text, _, _ in not_in_tables(f"{words}{TABLE.format(now=now, then=then)}")]


def figure(text, key=NOW):
    return f'<p>There were <span data-figure="{key}">{text}</span>.</p>'


def change(text):
    return f'<p>It is <span data-change="{NOW} {THEN}">{text}</span> a year before.</p>'


def test_a_figure_of_a_table_is_found():
    assert found(figure("543") + figure("702", THEN)) == []


def test_a_figure_that_is_in_no_table_is_named():
    assert found(figure("543", "children;/2019-09-30;value;;0")) == ["543"]


def test_another_number_than_that_of_the_table_is_named():
    assert found(figure("544")) == ["544"]
    assert found(figure("702")) == ["702"]


@pytest.mark.parametrize(
    ("printed", "said", "is_said"),
    [
        ("163.4", "163", True),
        ("163.5", "164", True),
        ("163.5", "163", False),
        ("1.25%", "1.3%", True),
        ("163.4", "163%", False),
        ("1,228", "1,228", True),
        ("163", "163.0", True),
        ("163.4", "163.40", True),
        ("149.9 to 177.8", "149.9 to 177.8", True),
        ("149.9 to 177.8", "150 to 178", False),
        ("c", "a number too small to show", True),
        ("7", "a number too small to show", False),
        ("z", "no figure", True),
    ],
)
def test_a_rounded_figure_is_found_where_it_rounds_to_what_is_said(printed, said, is_said):
    assert (found(figure(said), now=printed) == []) == is_said


@pytest.mark.parametrize("said", ["down 159 (23%)", "down 159"])
def test_a_change_that_two_cells_make_is_found(said):
    assert found(change(said)) == []


@pytest.mark.parametrize(
    "said", ["up 159 (23%)", "down 158 (23%)", "down 159 (22%)", "the same as", "down 159 (less than 1%)"]
)
def test_a_change_that_two_cells_do_not_make_is_named(said):
    assert found(change(said)) == [said]


def test_a_small_change_and_none():
    assert found(change("up 1 (less than 1%)"), now="543", then="542") == []
    assert found(change("the same as"), now="543", then="543") == []


def test_a_change_between_cells_of_which_one_is_hidden():
    assert found(change("not compared with"), then="c") == []
    assert found(change("not compared with")) == ["not compared with"]
    assert found(change("down 159"), then="c") == ["down 159"]


def test_a_change_that_a_cell_says_itself():
    cell = f'<table><tr><td data-change="{NOW} {THEN}">no change</td></tr></table>'
    assert not_in_tables(change("the same as") + cell) == []
    assert [text for text, _, _ in not_in_tables(change("down 159") + cell)] == ["down 159"]


def test_one_key_with_two_numbers_is_named():
    assert [text for text, _, _ in not_in_tables(figure("543") + 2 * TABLE.format(now="543", then="702"))] == []
    both = TABLE.format(now="543", then="702") + TABLE.format(now="544", then="702")
    assert [text for text, _, _ in not_in_tables(figure("543") + both)] == ["543"]


def test_a_figure_of_another_page_is_looked_for_there():
    assert not_in_tables(figure("543"), tables_of=TABLE.format(now="543", then="702")) == []
    assert len(not_in_tables(figure("543"), tables_of="<table></table>")) == 1
