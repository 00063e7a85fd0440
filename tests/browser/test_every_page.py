"""Every page of the demonstration's packs in a real browser: on a phone, a tablet, a desk and paper, by eye, ear and keyboard."""

import in_browser
import pytest
from executed_page import HOME
from in_browser import DESK, NARROWEST, PHONE, TABLET, ZOOMED, Opened

from analysis_lib.authority import read_authority

PERIOD = read_authority(HOME).default_period
NOTEBOOKS = sorted(path.stem for path in (HOME / "notebooks").glob("*.ipynb"))
OF_A_PACK = ["index.html", *(f"{PERIOD}/{name}.html" for name in ("index", *NOTEBOOKS))]
PAGES = [*OF_A_PACK, *(f"restricted/{page}" for page in OF_A_PACK), f"restricted/{PERIOD}/signoff.html"]


@pytest.fixture(scope="module", params=PAGES)
def opened(request, browser, packs):
    page = Opened(browser, packs / request.param)
    page.name = request.param
    yield page
    page.close()


def test_no_page_is_left_out(packs):
    assert sorted(path.relative_to(packs).as_posix() for path in packs.rglob("*.html")) == sorted(PAGES)


def test_it_asks_for_nothing_and_says_nothing_to_the_console(opened):
    opened.unfold()
    opened.look(PHONE)
    opened.look(DESK, media="print")
    opened.look(DESK)
    assert in_browser.requests(opened) == []
    assert in_browser.console(opened) == []


def test_it_is_light_and_soon_seen(opened):
    assert in_browser.weight(opened) == []
    assert in_browser.first_paint(opened) == []


@pytest.mark.parametrize("width", [PHONE, TABLET, DESK])
def test_axe_finds_nothing(opened, width):
    opened.look(width)
    opened.unfold()
    assert in_browser.axe(opened) == []


def test_axe_finds_nothing_on_paper(opened):
    opened.look(in_browser.A4_BETWEEN_MARGINS, media="print")
    assert in_browser.axe(opened) == []
    opened.look(DESK)


@pytest.mark.parametrize("width", [NARROWEST, PHONE, ZOOMED, TABLET, DESK])
def test_nothing_is_beyond_the_edge_or_covered_or_cut_off(opened, width):
    opened.unfold()
    assert in_browser.layout(opened, width) == []


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_a_reader_may_space_the_text_out(opened, width):
    opened.unfold()
    with opened.style(in_browser.TEXT_SPACING):
        assert in_browser.layout(opened, width) == []


def test_a_reader_may_have_the_text_twice_as_large(opened):
    opened.unfold()
    with opened.style(in_browser.TEXT_TWICE_AS_LARGE):
        assert in_browser.layout(opened, DESK) == []


def test_nothing_is_lost_on_paper(opened):
    opened.reload()
    assert in_browser.on_paper(opened) == []


def test_the_keyboard_reaches_everything_in_order(opened):
    assert in_browser.keyboard(opened) == []
    assert in_browser.skip_link(opened) == []


def test_tables_charts_and_headings_make_sense_to_a_screen_reader(opened):
    assert in_browser.tables(opened) == []
    assert in_browser.charts(opened) == []
    assert in_browser.headings(opened) == []


def test_no_link_leads_nowhere_or_to_what_the_reader_is_not_given(opened, packs):
    assert in_browser.links(opened, inside=packs) == []
    if not opened.name.startswith("restricted/"):
        assert opened.tab.evaluate("document.querySelectorAll('a[href*=restricted]').length") == 0


def test_a_phone_shows_the_question_and_most_of_the_answer_at_once(opened):
    if opened.path.stem not in NOTEBOOKS:
        return
    opened.reload()
    assert in_browser.first_screen(opened) == []
