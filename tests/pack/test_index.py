"""The front page of a pack and the page of all periods, from manifests alone."""

import json

import pytest
from bs4 import BeautifulSoup

from analysis_lib.disclosure.printed import PrintedFigure
from analysis_lib.disclosure.register import Entry, Publication, Register, SignOff
from analysis_lib.errors import PanelpackError
from analysis_lib.pack import accounts
from analysis_lib.pack.all_periods import all_packs_index
from analysis_lib.pack.index import pack_index
from analysis_lib.pack.manifest import FORMAT
from analysis_lib.pack.printed import PrintedPack, read_page
from analysis_lib.pack.whole import headlines_as_printed

KEY = "looked_after;/{};value;;0"


def sentence(text, marked=None, figures=("synthetic",)):
    return {"text": text, "marked": marked or text, "figures": list(figures)}


def figure(text, day):
    return f'<span data-figure="{KEY.format(day)}">{text}</span>'


def headline(text="543", day="2021-09-30"):
    return {
        "title": "Children looked after",
        "text": text,
        "key": KEY.format(day),
        "figure": sentence(f"{text} children", f"{figure(text, day)} children"),
        "lines": [
            {"label": "Year before", "way": "down", **sentence("fewer than before")},
            {"label": "Target", "way": "", **sentence("none is published", figures=())},
        ],
        "origins": ["synthetic"],
        "questions": [
            {
                "question": "Is the number rising?",
                **sentence(f"No: {text} children.", f"No: {figure(text, day)} children."),
            }
        ],
        "series": {
            "key": KEY.format(day),
            "first": "30 June 2021",
            "last": "30 September 2021",
            "points": [["2021-06-30", 530.0], [day, float(text)]],
        },
    }


def manifest(
    period="2021-22-Q2", label="July to September 2021 (quarter 2)", days=("2021-07-01", "2021-09-30"), **others
):
    page = {
        "notebook": "demand",
        "title": "How many children need us?",
        "file": "demand.html",
        "answer": [sentence("There were many.", figures=())],
        "headlines": [headline(day=days[1])],
        "tables": [],
    }
    return {
        "format": FORMAT,
        "authority": {"name": "Exampleton", "code": "E06000002"},
        "period": period,
        "period_label": label,
        "first_day": days[0],
        "last_day": days[1],
        "edition": "public",
        "synthetic": True,
        "input_hash": "ab",
        "package": {"version": "0.1.0"},
        "extracts": [{"extract_date": "2026-03-31"}],
        "data_problems": {"warning": 12},
        "pages": [page],
        "not_made": [],
        "outputs": [],
    } | others


def signed(period, **figures):
    publication = Publication("ab", tuple(figures.items()), SignOff("Director", "2021-08-01"))
    return Register((Entry(period, "E06000002", True, (publication,)),))


def soup(html):
    return BeautifulSoup(html, "html.parser")


def test_the_front_page_answers_what_people_ask_and_says_what_is_synthetic_and_how_sure_we_are():
    asked = {each.dt.text: each.dd for each in soup(pack_index(manifest())).select(".minute > div")}
    assert list(asked) == ["Which figures are synthetic?", "Is the number rising?", "How sure are we?"]
    assert asked["Is the number rising?"].select_one("[data-figure]").text == "543"
    assert "Synthetic" in asked["Is the number rising?"].text
    assert "no errors and 10 warnings" in asked["How sure are we?"].text  # rounded, as on the pages
    assert "no real child is behind them" in " ".join(asked["Which figures are synthetic?"].text.split())


def test_the_restricted_edition_counts_problems_exactly_and_says_that_it_is_restricted():
    page = soup(pack_index(manifest(edition="restricted")))
    assert "no errors and 12 warnings" in page.select_one(".minute").text
    assert page.select_one(".restricted-mark")


def test_a_headline_has_its_figure_its_ways_and_a_small_line_with_words_for_it():
    card = soup(pack_index(manifest())).select_one(".cards > li")
    assert card.select_one(".much [data-figure]")["data-figure"] == KEY.format("2021-09-30")
    assert [" ".join(each.text.split()) for each in card.select("ul li")] == ["Year before ▼ fewer than before"]
    assert (
        card.img["alt"]
        == "Children looked after. A small line: it ends higher than it began, and is at its highest there."
    )


def test_without_a_signed_off_pack_the_front_page_says_so():
    assert "No pack of an earlier period has been signed off" in pack_index(manifest())
    assert "No pack of an earlier period has been signed off" in pack_index(manifest(), signed("2021-22-Q3"))


def test_what_changed_since_the_last_signed_off_pack_stands_beside_what_it_said():
    page = soup(pack_index(manifest(), signed("2021-22-Q1", **{KEY.format("2021-06-30"): "530"})))
    assert "April to June 2021 (quarter 1)" in page.text
    row = page.select_one("table[data-table=since_the_last_pack] tbody tr")
    then, now, difference = row.select("td")
    assert (then["data-signed"], then.text) == (KEY.format("2021-06-30"), "530")
    assert (now["data-figure"], now.text, difference.text) == (KEY.format("2021-09-30"), "543", "▲ higher")


def test_the_audit_knows_figures_of_signed_off_packs_and_no_others():
    page = read_page("index.html", f'<table><tr><td data-signed="{KEY.format("2021-06-30")}">530</td></tr></table>')
    pack = PrintedPack(None, ("index.html",), (page,), {}, {})
    known = PrintedFigure.from_key(KEY.format("2021-06-30"), "530")
    assert list(accounts.as_signed_off(pack, [known])) == []
    assert [each.kind for each in accounts.as_signed_off(pack, [known.showing("value", "531")])] == ["number"]


def of_pages(html):
    return PrintedPack(None, ("demand.html",), (read_page("demand.html", html),), {}, {})


CARD = (
    '<ul class="cards"><li><p class="what">Children looked after</p><p class="much">{now} children</p><ul>'
    '<li><b>Year before</b> <span class="way down" aria-hidden="true">▼</span> fewer than before</li>'
    "<li><b>Target</b> none is published</li></ul></li></ul><p>{then}</p>"
)


@pytest.mark.parametrize(
    ("then", "change", "found"),
    [
        ("530", {}, []),
        ("531", {}, ["a point of a small line that is no figure of its page"]),
        ("530", {"title": "Children adopted"}, ["a headline that is not a card of its page word for word"]),
        ("530", {"questions": [sentence("No.", "Yes.")]}, ["a headline that is marked up as something else"]),
        ("530", {"questions": [sentence("No.", "<b>No.")]}, ["a headline that is marked up as something else"]),
    ],
)
def test_the_headlines_of_a_manifest_are_the_cards_of_its_pages(then, change, found):
    html = CARD.format(now=figure("543", "2021-09-30"), then=figure(then, "2021-06-30"))
    content = manifest()
    content["pages"][0]["headlines"][0] |= change
    assert [each.what for each in headlines_as_printed(of_pages(html), content)] == found


def write(output, content):
    folder = output / content["period"]
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text(json.dumps(content), encoding="utf-8")


def two_packs(output, **others):
    write(output, manifest())
    write(output, manifest("2021-22-Q1", "April to June 2021 (quarter 1)", ("2021-04-01", "2021-06-30"), **others))


def test_all_periods_has_every_pack_newest_first_with_its_state_and_headlines(tmp_path):
    two_packs(tmp_path)
    page = soup(all_packs_index(tmp_path, "public", Register()))
    assert [each["href"] for each in page.select("h3 > a")][:2] == ["2021-22-Q2/index.html", "2021-22-Q1/index.html"]
    assert [each.text for each in page.select(".state")] == ["Draft: nobody has decided to publish it."] * 2
    keys = [each["data-figure"] for each in page.select("tbody td [data-figure]")]
    assert keys == [KEY.format("2021-09-30"), KEY.format("2021-06-30")]
    assert len(page.select("tbody img")) == 1


def test_a_pack_made_before_there_were_headlines_is_listed_all_the_same(tmp_path):
    content = manifest()
    del content["pages"][0]["headlines"]
    write(tmp_path, content)
    assert "How many children need us?" in all_packs_index(tmp_path, "public", Register())


@pytest.mark.parametrize(
    "marked",
    [
        "There are 543 children",  # a number that is no marked figure
        f"{figure('544', '2021-09-30')} children",  # a figure that no headline has
        '<span hidden="">None</span> children',
        '<a href="restricted/2021-22-Q2/index.html">Children</a>',
    ],
)
def test_all_periods_is_not_written_with_what_no_audit_has_seen(tmp_path, marked):
    content = manifest()
    content["pages"][0]["headlines"][0]["figure"]["marked"] = marked
    write(tmp_path, content)
    with pytest.raises(PanelpackError, match="was not written"):
        all_packs_index(tmp_path, "public", Register())
