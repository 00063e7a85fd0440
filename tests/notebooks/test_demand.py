"""The demand page says what a plain count of the raw returns says, in both editions and for any period."""

import csv
import io
import re

import pandas as pd
import pytest
from executed_page import RAW, execute

from analysis_lib.report import MIME

DAY = pd.Timestamp("2021-09-30")


def run(folder, **parameters):
    """What the page shows, in its order; nothing but a page's own outputs may be there."""
    outputs = [output for cell in execute("demand", folder, **parameters).cells for output in cell.get("outputs", [])]
    assert all(MIME in output.get("data", {}) for output in outputs), "something other than a page's output is shown"
    return [output["data"][MIME] for output in outputs]


@pytest.fixture(scope="module", params=["public", "restricted"])
def shown(request, tmp_path_factory):
    return run(tmp_path_factory.mktemp(request.param), period="2021-22-Q2", edition=request.param)


def raw(path, start, end):
    frame = pd.read_csv(RAW / path, dtype=str, keep_default_na=False)
    return frame.assign(**{name: pd.to_datetime(frame[name], format="%d/%m/%Y") for name in (start, end)})


def episodes():
    frame = raw("ssda903/2021-22/episodes.csv", "DECOM", "DEC")
    return frame[~frame["LS"].isin(["V3", "V4"])]


def open_in(frame, child, start, end):
    return set(frame.loc[(frame[start] <= DAY) & ~(frame[end] <= DAY), child])


def stocks():
    child = "Child Unique ID"
    cin = raw("annex_a/2021-22/list_06.csv", "CIN Start Date", "CIN Closure Date")
    plan_days = ("Child Protection Plan Start Date", "Child Protection Plan End Date")
    in_care = open_in(episodes(), "CHILD", "DECOM", "DEC")
    protected = open_in(raw("annex_a/2021-22/list_07.csv", *plan_days), child, *plan_days)
    in_need = open_in(cin, child, "CIN Start Date", "CIN Closure Date")
    return len(in_care), len(protected), len(in_need - protected - in_care)


def table(shown, name):
    found = next(output for output in shown if output["name"] == name)
    return list(csv.DictReader(io.StringIO(found["csv"])))


def answer(shown):
    return next(output for output in shown if output["kind"] == "answer")["text"]


def test_the_three_numbers_are_those_of_the_raw_returns(shown):
    in_care, protected, in_need = stocks()
    assert in_care == 543  # the council's own total for September 2021
    rows = table(shown, "children_now")
    assert [int(row["Children"]) for row in rows] == [in_care, protected, in_need]
    population = 33231  # mid-2020, aged 0 to 17, as the Department for Education used for 31 March 2021
    rates = [row["For every 10,000"] for row in rows]
    assert rates == [f"{10_000 * number / population:.1f}" for number in (in_care, protected, in_need)]
    said = answer(shown)
    assert f"looked after {in_care:,} children: {10_000 * in_care / population:.0f} in every 10,000 aged" in said[0]
    assert said[3].startswith(f"On 30 September 2021, {protected:,} children were on a child protection plan, ")
    assert f". Another {in_need:,} were on a child in need plan alone, " in said[3]


def test_starts_and_ends_are_those_of_the_raw_returns(shown):
    rows = episodes()
    in_months = {name: rows[name].between("2021-04-01", "2021-09-30") for name in ("DECOM", "DEC")}
    starts = rows[in_months["DECOM"] & (rows["RNE"] == "S")]
    ceases = rows[in_months["DEC"] & ~rows["REC"].isin(["", "X1"])]
    column = {row["Counted as"]: row["April to September 2021"] for row in table(shown, "starts_and_ends_to_date")}
    assert column["Starts of care"] == str(len(starts))
    assert column["Ends of care"] == str(len(ceases))
    assert column["Children starting to be looked after"] == str(starts["CHILD"].nunique())
    assert column["Children ceasing to be looked after"] == str(ceases["CHILD"].nunique())


def test_starts_less_ends_of_each_month_give_the_month_ends(shown):
    stock = {row["On"]: row["Children looked after"] for row in table(shown, "looked_after")}
    months = table(shown, "starts_and_ends_by_month")
    assert len(months) == 24
    ends = [int(stock[row["Month to"]]) for row in months]
    for row, before, after in zip(months[1:], ends, ends[1:], strict=False):
        assert int(row["Starts"]) - int(row["Ends"]) == after - before


def test_the_published_points_agree_with_the_returns_on_31_march(shown):
    for row in table(shown, "looked_after_31_march"):
        assert row["Counted for this page"] == row["Published by DfE"], row["On"]


def test_the_highest_month_end_is_said_once_when_it_is_the_year_before(shown):
    assert answer(shown)[1] == (
        "Children looked after: the same as three months before (543 on 30 June 2021). Their number was down 159 (23%) from a "
        "year before (702 on 30 September 2020, the highest month end since April 2016)."
    )


def test_the_comparison_names_its_areas_list_and_day(shown):
    said = answer(shown)[2]
    assert said == (
        "On 31 March 2021, Middlesbrough had 172 children looked after for every 10,000 children. That is above the North "
        "East (110), England (69) and the average of its statistical neighbours (135). "
        "No later figure had been published by 30 November 2021."
    )
    listed = next(output for output in shown if output["name"] == "neighbours_each")
    assert "list 2021 (April 2021)" in listed["title"]
    assert len(table(shown, "neighbours_each")) == 11


def test_the_two_meanings_of_children_in_need_share_no_chart_table_or_sentence(shown):
    council, department = "child in need plan", "the Department's count"
    for output in shown:
        if output["kind"] in ("chart", "table", "sentence", "answer"):
            words = f"{output['title']} {' '.join(output['text'])}"
            assert not (council in words and department in words), words[:200]
    assert "1,135 in February 2019" in next(o for o in shown if o["name"] == "need_plans")["text"][0]
    numbers = table(shown, "in_need_dfe_number")
    assert {row["On"]: list(row.values())[1] for row in numbers}["31 March 2019"] == "2169"


def test_every_count_in_the_answer_stands_in_a_table(shown):
    cells = " ".join(output["csv"] or "" for output in shown)
    for sentence in answer(shown):
        words = re.sub(r"\b\d{1,2} (?=[A-Z])|\b(20\d\d|10,000|0 to 17)\b|\(\d+%\)", " ", sentence)
        for number in re.findall(r"\d[\d,]*(?:\.\d+)?", words):
            assert re.search(rf"(?<![\d.]){re.escape(number.replace(',', ''))}(?![\d])", cells), (number, sentence)


def test_no_two_tables_have_one_name(shown):
    names = [output["name"] for output in shown if output["csv"]]
    assert len(names) == len(set(names))


def test_each_figure_says_whose_it_is(shown):
    assert {origin for output in shown for origin in output["origin"]} == {"synthetic", "published"}
    assert "invented" in next(output for output in shown if output["kind"] == "banner")["html"]


def test_the_first_months_have_no_year_before_and_say_so(tmp_path):
    said = answer(run(tmp_path, period="2017-M01"))
    assert "no count a year before to compare with" in said[1]
    assert said[2].startswith("On 31 March 2016, ")
    assert said[2].endswith("No later figure had been published by 2 April 2017.")
