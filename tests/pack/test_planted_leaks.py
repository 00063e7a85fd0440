"""Each thing that must never be published is planted in a small pack, one at a time: the run finds it, publishes nothing,
lets the earlier pack stand, and says where it is without saying what it is."""

import re

import pandas as pd
import pytest
from fake_pack import shown
from small_pack import MEASURES, PERIOD, PLACE, SPAN, by_sex, chart, drawing, key, small_pack_fixture, table

from analysis_lib.authority import read_authority
from analysis_lib.disclosure.printed import PrintedFigure
from analysis_lib.disclosure.register import Entry, Publication, SignOff, extend
from analysis_lib.pack import audit
from analysis_lib.pack.manifest import read_manifest

pack = small_pack_fixture()


def test_a_pack_without_a_leak_is_published(pack):
    outcome = pack.run(by_sex(), chart())
    assert outcome.all_made and outcome.published == [pack.folder]
    assert pack.audit().findings == ()


def test_an_exact_number_in_an_alternative_text(pack):
    said = pack.refusal(by_sex(), chart(alt="There were 61 cases. Bar chart. Female: 20. Of them 17 alone."))
    assert "demand.html, chart 1: alternative text with a number" in said and "17" not in said


def test_an_exact_number_in_a_sentence(pack):
    said = pack.refusal(by_sex(), shown("<p>Of the girls 17 were in care.</p>"))
    assert "demand.html, paragraph" in said and "a number that is no released figure" in said and "17" not in said


def test_an_exact_number_in_a_file_name(pack):
    said = pack.refusal(by_sex(name="girls_17"))
    assert "tables/demand/girls_##.csv: the name of a file" in said and "17" not in said


@pytest.mark.parametrize(
    "attribute", ["hidden", 'style="display:none"', 'style="font-size:0"', 'style="position:absolute;left:-9999px"']
)
def test_an_exact_number_in_a_hidden_cell(pack, attribute):
    said = pack.refusal(by_sex(more=f"<td {attribute}>17</td>"))
    assert f"{PLACE}, row 2, column 3: something that is hidden" in said and "17" not in said


def test_an_exact_number_in_a_cell_without_a_figure(pack):
    said = pack.refusal(by_sex(more="<td>17</td>"))
    assert f"{PLACE}, row 2 (Male), column 3: a cell with a number that is no released figure" in said
    assert "17" not in said


def test_an_exact_number_in_the_drawing_of_a_chart(pack):
    said = pack.refusal(by_sex(), chart(source=drawing("Girls: 17")))
    assert "chart 1: a text in the drawing with a number" in said and "17" not in said


def test_the_first_rows_of_a_frame(pack):
    head = pd.DataFrame({"CHILD": ["SYN000017"]}).head()
    data = {"text/html": head.to_html(), "text/plain": repr(head)}
    stray = {"output_type": "execute_result", "data": data, "metadata": {}, "execution_count": 1}
    said = pack.refusal(by_sex(), stray)
    assert "cell 5: it shows a table or HTML that did not come from analysis_lib.report" in said
    assert "SYN000017" not in said


def test_a_postcode_in_a_footnote(pack):
    said = pack.refusal(by_sex(), shown('<p class="key">Without those placed in TS1 2XD.</p>'))
    assert re.search(r"demand\.html, line \d+.*: a postcode", said) and "2XD" not in said


def test_an_identifier_of_the_returns_in_a_caption(pack):
    place = pack.home / "data/raw/synthetic/episodes.csv"
    place.write_text("CHILD,DECOM,RNE,LS,CIN,PLACE,HOME_POST\nAB-77031,01/04/2021,S,C2,N1,U1,TS1 2XD\n")
    said = pack.refusal(by_sex(caption="Cases but AB-77031"))
    assert "an identifier that the returns have" in said and "77031" not in said


def test_a_percentage_of_a_base_of_seven(pack):
    base = ("Girls", key("cases", parts="sex", sex="Female"), "7")
    boys = ("Boys", key("cases", parts="sex", sex="Male"), "54")
    share = ("Girls in care", key("cases_share", parts="care", sex="Female", care="Yes"), "86%")
    said = pack.refusal(table([base, boys, share]))
    assert f"{PLACE}, row 3 (Girls in care), column 2 (Cases): a figure that rests on fewer than 10" in said
    assert "86%" not in said and "7" not in said.replace(PERIOD, "").replace("2021", "")


def test_a_total_that_gives_back_a_hidden_cell(pack):
    said = pack.refusal(by_sex(female="c", male="57"))
    assert "can be worked out exactly: cases of sex Female" in said
    assert "demand.html, list item 1" in said and f"{PLACE}, row 2 (Male), column 2 (Cases)" in said
    for value in ("57", "61", " 4 "):
        assert value not in said


def test_a_difference_between_two_quarters(pack):
    before = PrintedFigure.from_key(key("starts", "2021-04-01/2021-06-30", sex="Female"), "20")
    published = Publication.of("0" * 64, [before], SignOff("Head of service", "2021-08-01"))
    authority = read_authority(pack.home)
    extend(authority.releases, Entry("2021-22-Q1", authority.area.code, True, (published,)))
    said = pack.refusal(by_sex(), table([("Female", key("starts", SPAN, sex="Female"), "23")], name="starts"))
    assert "can be worked out exactly: starts of sex Female, 2021-07-01 to 2021-09-30" in said
    assert "demand.html, table starts, row 1 (Female), column 2" in said
    assert "a signed-off pack: starts of sex Female, 2021-04-01 to 2021-06-30" in said
    assert "23" not in said and " 3" not in said.split("2021-09-30")[-1]


def test_a_cell_that_somebody_else_prints_and_we_hide(pack, monkeypatch):
    elsewhere = [PrintedFigure.from_key(key("cases", parts="sex", sex="Female"), "4")]
    monkeypatch.setattr(audit, "_elsewhere", lambda *_: elsewhere)
    said = pack.refusal(by_sex(female="c", male="c"))
    assert "can be worked out exactly: cases of sex Female" in said and "public elsewhere: cases of sex Female" in said
    assert " 4" not in said and "57" not in said


def test_a_change_that_gives_a_hidden_number_away(pack):
    both = f"{key('cases', parts='sex', sex='Female')} {key('cases', '/2021-06-30', parts='sex', sex='Female')}"
    said = pack.refusal(by_sex(), shown(f'<p>Girls: <span data-change="{both}">up 17</span>.</p>'))
    assert "a change from or to a figure that is not printed" in said and "17" not in said


def test_a_restricted_page_in_a_public_pack(pack):
    said = pack.refusal(by_sex(), shown('<p class="restricted-mark">Restricted: exact figures.</p>'))
    assert "demand.html: a mark of the restricted edition on a public page" in said


def test_a_link_to_the_restricted_edition(pack):
    said = pack.refusal(by_sex(), shown('<p><a href="../restricted/2021-22-Q2/index.html">More</a></p>'))
    assert "a link to the restricted edition on a public page" in said


def test_the_measures_of_these_tests_are_protected(pack):
    policy = read_authority(pack.home).disclosure
    assert policy.of(MEASURES["cases"], ["sex"]).protect


def said_by_the_service(text, *stated, around="commentary", day="2021-11-15"):
    """A commentary of a page, as `report.commentary` shows one."""
    facts = {"label": "synthetic", "written_by": "Head of Fostering", "days": [day], "stated": list(stated)}
    return shown(f'<div class="{around}"><p>{text}</p></div>', "commentary", page=facts)


CARERS = '<span data-stated="">10 foster carers</span>'


def test_a_number_that_the_service_has_stated_is_published_and_told(pack):
    assert pack.run(by_sex(), said_by_the_service(f"We need {CARERS}.", "10 foster carers")).all_made
    assert pack.audit().findings == ()
    assert read_manifest(pack.folder)["pages"][0]["commentary"]["stated"] == ["10 foster carers"]
    decision = (pack.output / "restricted" / PERIOD / "signoff.html").read_text()
    assert "10 foster carers" in decision and "Head of Fostering" in decision


@pytest.mark.parametrize(
    ("output", "what"),
    [
        (said_by_the_service(f"We need {CARERS}."), "was not stated"),
        (said_by_the_service("Of the girls 17 moved."), "a number that is no released figure"),
        (said_by_the_service("Of the girls 17 moved.", "17"), "a number that is no released figure"),
        (said_by_the_service('<span data-stated="">17 girls</span>', "17 girls"), "was not stated"),
        (said_by_the_service(CARERS, "10 foster carers", around="note"), "a number that is no released figure"),
        (said_by_the_service('<span data-stated="17">many</span>', "many"), r"an attribute \(data-stated\)"),
        (said_by_the_service('<p data-stated="">many</p>', "many"), r"an attribute \(data-stated\)"),
    ],
)
def test_a_number_in_a_commentary(pack, output, what):
    said = pack.refusal(by_sex(), output)
    assert re.search(what, said) and "17" not in said


@pytest.mark.parametrize(("day", "is_found"), [("2021-11-15", False), ("2012-11-15", True)])
def test_a_day_of_birth_in_a_commentary_is_found_whatever_its_fields_say(pack, day, is_found):
    place = pack.home / "data/raw/synthetic/header.csv"
    year, month, number = day.split("-")
    place.write_text(f"CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\nAB-77031,1,{number}/{month}/{year},WBRI,,,\n")
    words = f'Due: <time datetime="{day}">{number} November {year}</time>.'
    outcome = pack.run(by_sex(), said_by_the_service(words, day=day))
    assert bool(outcome.not_made) is is_found
    assert not is_found or "a day of birth" in outcome.not_made[0]
