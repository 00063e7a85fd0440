"""What changed since the last signed-off pack: which pack that is, and which of its figures stands beside which headline."""

from analysis_lib.disclosure.register import Entry, Publication, Register, SignOff
from analysis_lib.pack.since import last_signed_off, since_then

CARE, ADOPTED = "looked_after;/{};value;;0", "adopted;{};value;;0"


def signed(period, **figures):
    pairs = tuple(sorted(figures.items()))
    return Entry(period, "E06000002", True, (Publication("ab", pairs, SignOff("Director", "2021-08-01")),))


def headline(key, text, title="Children"):
    return {"title": title, "key": key, "text": text}


def rows(*cards, then):
    return since_then([{"headlines": list(cards)}], signed("2021-22-Q1", **then))


def test_the_last_signed_off_pack_is_the_latest_that_ended_before():
    register = Register(tuple(signed(each) for each in ("2020-21-Q4", "2021-22-Q1", "2021-22-Q3")))
    assert last_signed_off(register, "2021-22-Q2").period == "2021-22-Q1"
    assert last_signed_off(register, "2020-21-Q4") is None
    assert last_signed_off(Register(), "2021-22-Q2") is None


def test_a_number_on_a_day_stands_beside_the_latest_of_then():
    then = {CARE.format("2021-06-30"): "530", CARE.format("2021-05-31"): "525"}
    (row,) = rows(headline(CARE.format("2021-09-30"), "543"), then=then)
    assert (row["then"].text, row["now"].text, row["way"], row["words"]) == ("530", "543", "up", "higher")


def test_a_span_stands_beside_one_of_the_same_length():
    then = {ADOPTED.format("2019-04-01/2020-03-31"): "16", ADOPTED.format("2021-04-01/2021-06-30"): "6"}
    (row,) = rows(headline(ADOPTED.format("2020-04-01/2021-03-31"), "25"), then=then)
    assert row["then"].text == "16"


def test_the_same_days_are_told_only_where_they_were_revised():
    key = ADOPTED.format("2020-04-01/2021-03-31")
    assert rows(headline(key, "25"), then={key: "25"}) == []
    (row,) = rows(headline(key, "25"), then={key: "24"})
    assert row["words"] == "revised: the same days, counted again"


def test_a_hidden_number_is_not_compared_and_other_measures_are_not_looked_at():
    then = {CARE.format("2021-06-30"): "c", "plans;/2021-06-30;value;;0": "9"}
    (row,) = rows(headline(CARE.format("2021-09-30"), "543"), then=then)
    assert (row["way"], row["words"]) == ("", "not compared, as a number is not shown")
    assert rows(headline("others;/2021-09-30;value;;0", "9"), then=then) == []
