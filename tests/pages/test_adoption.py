"""The adoption page over a few invented children: what its first screen says, and that it stands over nobody at all."""

from pathlib import Path

import pandas as pd
import pytest
from adoption_stories import BY_CARER, PLAIN, WAITING, returns

from analysis_lib.authority import read_authority
from analysis_lib.metrics import adoption
from analysis_lib.metrics.counting import build
from analysis_lib.page import Page
from analysis_lib.pages.adoption import Adoption
from analysis_lib.pages.adoption.page import STAGES_IN_WORDS
from analysis_lib.periods import Period
from analysis_lib.report.output import Output

HOME = Path(__file__).resolve().parents[2]
NOTHING_PUBLISHED = {
    "benchmarks": [
        "indicator", "title", "area_code", "area", "time_period", "period_start", "period_end", "value", "unit",
        "numerator", "denominator", "symbol", "first_released", "release", "source",
    ],
    "council_figures": [
        "figure_id", "measure", "breakdown", "period_text", "period_start", "period_end", "value", "unit", "document",
        "locator", "published", "source", "note", "council_code",
    ],
}  # fmt: skip
SECTIONS = [
    "answer", "adopted_by_year", "adopted_orders_and_decisions", "adopted_in_words", "adopted_as_printed", "waiting",
    "waiting_in_words", "waiting_as_printed", "average_days", "average_in_words", "moved_in_in_time", "days_as_printed",
    "scorecard_thresholds", "stages", "stages_in_words", "england_by_stage", "moved_in_curve", "outcomes_in_words",
    "outcomes", "not_moved_in", "beside_others", "dates", "other_findings", "definitions",
]  # fmt: skip


def page_of(children, *, period="2021-22-Q2", edition="public", without=()):
    """The adoption page of a council with `children` (stories), nothing published, and no tables `without`."""
    tables = returns(*children) | {name: pd.DataFrame(columns=head) for name, head in NOTHING_PUBLISHED.items()}
    authority, when = read_authority(HOME), Period.parse(period)
    neighbours = authority.neighbour_model(when.end + pd.Timedelta(days=authority.as_at_days)).name
    tables["statistical_neighbours"] = pd.DataFrame(
        [(neighbours, 1, "E06000001", "Hartlepool")], columns=["model", "rank", "area_code", "area"]
    )
    tables["extracts"] = pd.DataFrame({"label": ["synthetic"]})
    kept = {name: table for name, table in tables.items() if name not in without}
    return Adoption(Page(authority, when, edition, HOME, kept))


def many(story, number):
    name, rows, extra = story
    return [(f"{name} {index}", rows, extra) for index in range(number)]


# Fostered from 1 May 2019 by the carer who adopted: in care for 30 days by then, for 308 when that became adoptive.
EARLIER = (
    "earlier",
    [*BY_CARER[1][:2], ("2019-10-01", "L", "E1", "U4", "2020-02-03", "X1")]
    + [("2020-02-03", "T", "E1", "A5", "2020-03-30", "E11")],
    BY_CARER[2],
)


@pytest.mark.parametrize("edition", ["public", "restricted"])
def test_the_answer_speaks_of_each_fact_in_plain_words(edition):
    page = page_of([*many(PLAIN, 12), *many(EARLIER, 12), *many(WAITING, 12)], edition=edition)
    assert page.answer().text == (
        "Children adopted from care in Middlesbrough: 0 from April to September 2021, "
        "12 from April 2020 to March 2021 and 24 from April 2019 to March 2021.",
        "Children adopted from April 2019 to March 2021 had waited 307 days on average from entering care to moving in "
        "with their adopters. Those adopted in the last of these years had waited 306 days.",
        "The longest stage was from moving in with the adopters to the adoption order: "
        "half of the children adopted from April 2019 to March 2021 took 149 days or more.",
        "On 30 September 2021, 12 children had a placement order and were not adopted yet. "
        "Half of those who had not moved in had waited 333 days or more since the order.",
        "From April 2019 to September 2021, 36 children were given a placement order. "
        "Half of them had moved in with adopters within 125 days of it, those who still wait counted in.",
    )


def test_what_counts_for_foster_carers_stands_in_the_section_on_averages():
    page = page_of([*many(PLAIN, 12), *many(EARLIER, 12), *many(WAITING, 12)])
    assert "fostering" not in " ".join(page.answer().text)
    assert page.average_in_words().text[1] == (
        "When a child adopted by the foster carer counts as arrived on the day that the fostering began, "
        "the average is 168 days. For those adopted in the last of these years it is 306 days."
    )


def with_medians(*days):
    """A page on which the stages, in order, have these medians (None: too few children)."""
    page = page_of([])
    frame = pd.DataFrame({"days": [d for d in days if d is not None for _ in range(20)]})
    frame["stage"] = [s for s, d in zip(adoption.STAGE_NAMES, days, strict=True) if d is not None for _ in range(20)]
    when = page.three_years
    medians = build.quantile(adoption.MEASURES["stage_days"], frame, value="days", q=0.5, groups=["stage"], when=when)
    page.stage_quartiles = {"Median": page.page.release(medians)}
    return page


def test_the_longest_stage_is_named_when_its_median_is_a_tenth_above_the_next():
    page = with_medians(50, 60, 110, 100, 40)
    assert [stage for stage, _ in page.longest_stages] == ["Placement order to match"]
    assert page.answer().text[2].startswith("The longest stage was from the placement order to the match")


def test_where_medians_are_close_no_stage_stands_out_and_the_longest_are_named():
    page = with_medians(176, 60, 186, 100, 172)
    assert page.answer().text[2] == (
        "No stage stands out as the longest for children adopted from April 2018 to March 2021. "
        "The longest took about half a year each. "
        "The middle child took 186 days from the placement order to the match with adopters. "
        "It was 176 days from entering care to the council's decision for adoption. "
        "It was 172 days from moving in with the adopters to the adoption order."
    )
    assert page._stages_finding().text == "No stage stands out: the longest took the middle child 172 to 186 days"
    assert "about as long as each other" in with_medians(50, 60, 109, 100, 40).answer().text[2]


@pytest.mark.parametrize("days", [(None, None, 90, None, None), (None,) * 5])
def test_a_stage_with_no_other_beside_it_is_not_called_the_longest(days):
    assert with_medians(*days).longest_stages == []


@pytest.mark.parametrize(("days", "named"), [((0,) * 5, 3), ((90, 90, 5, 5, 5), 2), ((90, 60, 5, 5, 5), 1)])
def test_at_most_three_stages_are_named(days, named):
    assert len(with_medians(*days).longest_stages) == named


def test_numbers_too_small_to_show_leave_the_answer_in_words():
    text = page_of([*many(PLAIN, 3), *many(WAITING, 2)]).answer().text
    assert text[0].startswith(
        "Children adopted from care in Middlesbrough: 0 from April to September 2021, a number too"
    )
    assert text[1] == (
        "No average wait can be shown for children adopted from April 2019 to March 2021: "
        "they are too few, or left before the returns begin."
    )
    assert text[2] == "There are too few of these children to say which stage took longest."
    assert text[3] == (
        "Children with a placement order and not adopted yet on 30 September 2021: a number too small to show."
    )


def test_a_last_year_of_too_few_children_is_said_to_have_no_average_of_its_own():
    text = page_of([*many(PLAIN, 3), *many(EARLIER, 12)]).answer().text
    assert text[1].count("For those adopted in the last of these years alone no average can be shown") == 1


def test_where_the_returns_have_one_full_year_its_average_is_said_once():
    page = page_of(many(EARLIER, 12), period="2020-21-Q1")
    assert page.in_the_last_year(page.a1) is None
    assert page.answer().text[1] == (
        "Children adopted from April 2019 to March 2020 had waited 308 days on average from entering care to moving in "
        "with their adopters."
    )
    assert page.average_in_words().text[1] == (
        "When a child adopted by the foster carer counts as arrived on the day that the fostering "
        "began, the average is 30 days."
    )


def test_where_it_is_not_known_when_the_fostering_began_only_the_other_average_is_said():
    began_adoptive = [*PLAIN[1][:2], ("2020-02-01", "P", "E1", "A5", "2020-09-30", "E11")]
    page = page_of(many(("unknown", began_adoptive, BY_CARER[2]), 12))
    assert "306 days on average" in page.answer().text[1]
    assert len(page.average_in_words().text) == 1


def test_with_children_waiting_who_have_all_moved_in_no_days_of_waiting_are_said():
    settled = ("settled", [*PLAIN[1][:2], ("2020-02-01", "P", "E1", "A6", None, None)], {"decision": "2019-08-01"})
    assert page_of(many(settled, 12)).answer().text[3] == (
        "On 30 September 2021, 12 children had a placement order and were not adopted yet. "
        "Too few of them had not moved in to say how long they have waited."
    )


MATCHED = ("matched", WAITING[1], {"decision": "2020-10-01", "listed": {"match_date": "2021-02-01"}})


def test_one_matched_child_is_shown_with_those_without_a_match_in_the_public_edition_only():
    children = [*many(WAITING, 16), MATCHED]
    public, restricted = page_of(children), page_of(children, edition="restricted")
    assert public.waiting_by_stage.frame["stage"].tolist() == [adoption.NOT_MOVED_IN, adoption.MOVED_IN]
    assert public.waiting_by_stage.frame["value"].tolist() == [17, 0]
    assert "shown together so that no child can be recognised" in " ".join(public.waiting_in_words().text)
    assert restricted.waiting_by_stage.frame["value"].tolist() == [16, 1, 0]
    assert "together" not in " ".join(restricted.waiting_in_words().text)


def test_few_who_moved_in_cannot_be_had_from_those_still_waiting():
    settled = ("settled", [*PLAIN[1][:2], ("2020-02-01", "P", "E1", "A6", None, None)], {"decision": "2019-08-01"})
    page = page_of([*many(WAITING, 12), *many(settled, 3)])
    assert page.waiting_by_stage.frame["symbol"].tolist() == ["c", "c"]
    assert len(page.outcomes_so_far) == 2
    assert "The others are shown together" in " ".join(page.outcomes_in_words().text)


@pytest.mark.parametrize("edition", ["public", "restricted"])
def test_nobody_at_all_is_a_page_that_still_stands(edition):
    page = page_of([], edition=edition)
    shown = [getattr(page, name)() for name in SECTIONS]
    assert all(isinstance(output, Output) for output in shown)
    assert page.answer().text[3] == "On 30 September 2021, no child had a placement order and was not adopted yet."


def test_without_annex_a_the_answer_is_that_of_the_looked_after_return():
    children = [*many(PLAIN, 12), *many(WAITING, 12)]
    assert page_of(children, without=["adoption_list"]).answer().text == page_of(children).answer().text


def test_every_stage_can_be_spoken_of():
    assert list(STAGES_IN_WORDS) == adoption.STAGE_NAMES


def test_the_public_edition_does_not_print_nested_totals_of_the_dates_looked_at():
    no_match = ("no_match", PLAIN[1], {"decision": "2019-08-01"})
    children = [*many(PLAIN, 12), *many(no_match, 3)]
    public, restricted = page_of(children).dates().csv, page_of(children, edition="restricted").dates().csv
    assert "Past this stage" in restricted and "Used" in restricted
    assert "Past this stage" not in public and "Used" not in public
    row = next(line for line in public.splitlines() if line.startswith("Placement order to match"))
    assert "c" in row.split(",") and not {"3", "12", "15"} & set(row.split(","))


def test_averages_leave_the_year_to_date_out_in_the_public_edition_and_say_so():
    public, restricted = (page_of([], edition=edition) for edition in ("public", "restricted"))
    for adoption_page in (public, restricted):
        adoption_page.spans = adoption.reporting_spans(adoption_page.page.period)
    assert [name.split(":")[0] for name in public.full_spans] == ["Last full year", "Three years"]
    assert "would tell of the few children adopted in between" in public.why_no_year_to_date
    assert restricted.full_spans == restricted.spans
    assert restricted.why_no_year_to_date == ""


def test_the_year_to_date_stays_where_it_is_the_full_year():
    adoption_page = page_of([], period="2020-21-Q4")
    adoption_page.spans = adoption.reporting_spans(adoption_page.page.period)
    assert adoption_page.full_spans == adoption_page.spans
    assert adoption_page.why_no_year_to_date == ""
