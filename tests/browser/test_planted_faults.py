"""Each check of a page finds the fault that it is for, on a small page that has no other."""

import base64
from functools import partial

import in_browser
import pytest
from in_browser import DESK, PHONE, TEXT_SPACING, TEXT_TWICE_AS_LARGE, Opened

PICTURE = (
    "data:image/svg+xml;base64,"
    + base64.b64encode(
        b'<svg xmlns="http://www.w3.org/2000/svg" width="60" height="40"><text x="5" y="20">Cases</text></svg>'
    ).decode()
)
TABLE = """<div class="scroll" role="region" tabindex="0" aria-label="{caption}"><table><caption>{caption}</caption>
<thead><tr><td></td><th scope="col">Children</th></tr></thead>
<tbody><tr><th scope="row">Boys</th><td>41</td></tr><tr><th scope="row">Girls</th><td>20</td></tr></tbody></table></div>"""
BY_SEX, BEHIND = TABLE.format(caption="Cases by sex"), TABLE.format(caption="The figures of the chart")
ALT = "There were 61 cases. Bar chart by sex. Boys: 41. Girls: 20."
CHART = f"""<figure><figcaption><b>There were 61 cases.</b></figcaption><img alt="{ALT}" src="{PICTURE}">
<details><summary>The figures behind this chart</summary><p class="description">Bar chart by sex.</p>{BEHIND}</details></figure>"""
STYLE = """body { margin: 0; font: 18px/1.5 sans-serif; color: #111; background: #fff } .scroll { overflow-x: auto }
:focus-visible { outline: 3px solid #111 } .skip { position: absolute; left: -999rem } .skip:focus { position: static }
a, summary { display: inline-block; padding: 4px } img { display: block; max-width: 100% }
@media print { .skip, nav { display: none } .scroll { overflow: visible } thead { display: table-header-group }
details::details-content { content-visibility: visible; block-size: auto } }"""
PAGE = f"""<!DOCTYPE html><html lang="en-GB"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Cases</title><style>{STYLE}</style></head><body><a class="skip" href="#main">Skip to main content</a>
<header><nav aria-label="Pack"><a href="page.html">All pages</a></nav></header>
<main id="main" tabindex="-1"><h1>How many cases?</h1>
<ul class="answer"><li>There were 61 cases.</li><li>Most were boys.</li><li>Nothing is hidden.</li></ul>
<h2 id="by-sex">By sex</h2><p>All cases. <a href="#by-sex">By sex</a></p>{BY_SEX}{CHART}</main>
<footer><p>Made by us.</p></footer></body></html>"""


def width_of(pixels):
    return lambda opened: in_browser.layout(opened, pixels)


def set_by_the_reader(text, width):
    def check(opened):
        opened.reload()
        with opened.style(text):
            return in_browser.layout(opened, width)

    return check


def unfolded(check, **look):
    def run(opened):
        opened.reload()
        opened.look(look.get("width", DESK), media=look.get("media", "screen"))
        opened.unfold()
        return check(opened)

    return run


def links(opened):
    return in_browser.links(opened, inside=opened.path.parent)


def after_the_end(html):
    return ("</main>", html + "</main>")


AXE, AXE_ON_A_PHONE, AXE_ON_PAPER = (
    unfolded(in_browser.axe),
    unfolded(in_browser.axe, width=PHONE),
    unfolded(in_browser.axe, media="print"),
)
CHECKS = {
    "asks for nothing": in_browser.requests,
    "says nothing": in_browser.console,
    "is light": in_browser.weight,
    "is soon seen": partial(in_browser.first_paint, tries=1),
    "axe": AXE,
    "axe on a phone": AXE_ON_A_PHONE,
    "axe on paper": AXE_ON_PAPER,
    "fits a phone": width_of(PHONE),
    "fits a desk": width_of(DESK),
    "spaced out": set_by_the_reader(TEXT_SPACING, PHONE),
    "twice as large": set_by_the_reader(TEXT_TWICE_AS_LARGE, DESK),
    "on paper": in_browser.on_paper,
    "keyboard": in_browser.keyboard,
    "skip link": in_browser.skip_link,
    "tables": in_browser.tables,
    "charts": in_browser.charts,
    "headings": in_browser.headings,
    "links": links,
    "first screen": in_browser.first_screen,
}
# Check -> the faults that it must find: (what in the page is replaced, by what, how what it says begins or a word of it)
FAULTS = {
    "asks for nothing": [
        after_the_end('<p><img alt="" src="https://example.org/pixel.png"></p>') + ("example.org",),
        ("</style>", "body { background: url(https://example.org/back.png) }</style>", "example.org"),
        ("</title>", '</title><link rel="stylesheet" href="https://example.org/style.css">', "example.org"),
        ("</title>", '</title><link rel="stylesheet" href="style.css">', "style.css"),
    ],
    "says nothing": [
        after_the_end("<script>console.warn('careful')</script>") + ("careful",),
        after_the_end("<script>nothing()</script>") + ("nothing is not defined",),
    ],
    "is light": [
        after_the_end("<!--" + "x" * 700_000 + "-->") + ("weighs",),
        after_the_end("<script>/*" + "x" * 5_000 + "*/</script>") + ("a script of",),
    ],
    "is soon seen": [
        after_the_end("<script>const end = Date.now() + 1100; while (Date.now() < end);</script>") + ("first painted",),
        ("color: #111; background", "display: none; background", "first painted"),
    ],
    "axe": [
        ("color: #111", "color: #999", "color-contrast"),
        (' lang="en-GB"', "", "html-has-lang"),
        ("<td></td>", '<th scope="col"></th>', "empty-table-header"),
        ('<ul class="answer">', '<ul class="answer"><p>x</p>', "list"),
        after_the_end('<h5 id="deep">Deep</h5>') + ("heading-order",),
        after_the_end('<p><a style="padding: 0; width: 9px; height: 9px; overflow: hidden" href="#by-sex" aria-label="up">u</a>'
        '<a style="padding: 0; width: 9px; height: 9px; overflow: hidden" href="#main" aria-label="down">d</a></p>') + ("target-size",),
        (f' alt="{ALT}"', "", "image-alt"),
        ('role="region" tabindex="0" aria-label="Cases by sex"', 'role="region" tabindex="0" aria-label="The figures of the chart"', "landmark-unique"),
        ("</footer>", "</footer><p>Outside of every landmark.</p>", "region"),
        after_the_end("<details><summary>More</summary><p style='color: #aaa'>What is folded away.</p></details>") + ("color-contrast",),
        after_the_end("<p style='background: linear-gradient(#fff, #000)'>On a ground that cannot be measured.</p>") + ("color-contrast",),
    ],
    "axe on a phone": [
        ("@media print", "@media (max-width: 400px) { li { color: #aaa } } @media print", "color-contrast"),
    ],
    "axe on paper": [("@media print {", "@media print { li { color: #aaa }", "color-contrast")],
    "fits a phone": [
        after_the_end("<p style='width: 500px'>Wide.</p>") + ("the page is",),
        after_the_end("<p>" + "x" * 90 + "</p>") + ("text beyond the edge",),
        after_the_end("<p style='overflow: hidden; white-space: nowrap'>" + "many words " * 20 + "</p>") + ("text cut off",),
        ("max-width: 100%", "width: 900px", "a picture beyond the edge"),
    ],
    "fits a desk": [
        after_the_end("<p>One line.</p><p style='margin-top: -2.4rem'>Another line.</p>") + ("one on the other",),
        after_the_end("<p style='height: 1rem; overflow: hidden'>" + "many words " * 99 + "</p>") + ("text cut off",),
    ],
    "spaced out": [
        after_the_end("<p style='height: 27px; width: 340px; overflow: hidden'>These words fill one line, no more.</p>") + ("text cut off",),
    ],
    "twice as large": [
        after_the_end("<p style='font-size: 1rem; height: 40px; overflow: hidden'>One line.</p>") + ("text cut off",),
    ],
    "on paper": [
        ("content-visibility: visible; block-size: auto", "color: inherit", "stays folded"),
        (".skip, nav { display: none }", "", "printed for nothing"),
        ("thead { display: table-header-group }", "thead { display: table-row-group }", "a table head that is not repeated"),
        (".scroll { overflow: visible }", "table { width: 900px }", "wider than the paper"),
        (".scroll { overflow: visible }", "main { width: 900px }", "the page is"),
    ],
    "keyboard": [
        (":focus-visible { outline: 3px solid #111 }", "* { outline: none }", "nothing shows"),
        after_the_end('<p><a href="#main" tabindex="5">First of all</a></p>') + ("the focus jumps up",),
        after_the_end('<p><a href="#main" style="position: absolute; left: -999rem">Unseen</a></p>') + ("out of sight",),
        after_the_end('<p><a href="#main" onfocus="this.blur()">Lost</a> <a href="#by-sex">Last</a></p>') + ("not reached",),
        after_the_end('<p><a id="trap" href="#main" onkeydown="event.preventDefault()">Trap</a></p>') + ("never leaves",),
        ("<summary>The", "<summary onclick='event.preventDefault()'>The", "Enter opened"),
        (".scroll { overflow-x: auto }", "header, footer { position: sticky; top: 0; bottom: 0; height: 100vh; background: #fff }", "out of sight"),
    ],
    "skip link": [
        ('<a class="skip" href="#main">Skip to main content</a>', "", "the first Tab"),
        (' id="main" tabindex="-1"', ' id="main"', "the first Tab"),
    ],
    "tables": [
        ("<caption>Cases by sex</caption>", "", "no caption"),
        ("<caption>Cases by sex</caption>", "<caption>The figures of the chart</caption>", "2 tables with one caption"),
        ('<th scope="row">Boys', "<th>Boys", "a head without scope"),
        ('<th scope="row">Boys</th>', "<td>Boys</td>", "1 rows without a head"),
        ("<td></td>", '<th scope="col"></th>', "an empty head"),
        ('<thead><tr><td></td><th scope="col">Children</th></tr></thead>', "", "no column heads"),
        ("<td>41</td>", "<td>41</td><td>2</td>", "rows of different widths"),
    ],
    "charts": [
        (ALT, "", "no alternative"),
        (ALT, "Image of a chart with the cases by sex, of boys and girls.", "a placeholder"),
        (ALT, "No description has been provided for this image", "a placeholder"),
        (ALT, "There were 61 cases.", "too short"),
        (ALT, "Bar chart by sex. Boys: 41. Girls: 20. All together 61.", "the alternative does not say"),
        ("</figure>", f'<img alt="{ALT}" src="{PICTURE}"></figure>', "two pictures with one alternative"),
        (BEHIND, "", "the figures stand in no table"),
        (PICTURE, PICTURE[:60], "not drawn"),
        ('<p class="description">Bar chart by sex.</p>', "", "a description that all can read"),
        (CHART, f'<img alt="{ALT}" src="{PICTURE}">', "the figures stand in no table"),
        (CHART, f'<figure class="small"><img alt="{ALT}" src="{PICTURE}"></figure>', "a small line of no time"),
    ],
    "headings": [
        ("<h1>How many cases?</h1>", "", "0 first-level headings"),
        after_the_end("<h1>Another</h1>") + ("2 first-level headings",),
        after_the_end("<h4>Deep</h4>") + ("a level is left out",),
        after_the_end("<h2></h2>") + ("an empty heading",),
        ("<title>Cases</title>", "<title></title>", "no title"),
        ('lang="en-GB"', 'lang="fr"', "language"),
        after_the_end('<p id="by-sex">Again</p>') + ("the id 'by-sex'",),
    ],
    "links": [
        ('href="page.html"', 'href="absent.html"', "a link to a file that is not there"),
        ('href="page.html"', 'href="../outside.html"', "a link to what this reader is not given"),
        ('href="#by-sex"', 'href="#absent"', "a link to a part that is not there"),
        ('<a href="page.html">All pages</a>', '<a href="page.html"></a>', "a link without words"),
        ('href="page.html"', 'href="file:///etc/hosts"', "a link to file:"),
    ],
    "first screen": [
        ('<ul class="answer">', '<p style="height: 900px">Much before it.</p><ul class="answer">', "0 of 3 sentences are on the first screen"),
        ("<li>Most were boys.</li>", "", "2 of 2 sentences are on the first screen"),
    ],
}  # fmt: skip


PLANTED = [pytest.param(name, *fault, id=f"{name}: {fault[-1]}") for name, faults in FAULTS.items() for fault in faults]


@pytest.fixture
def open_page(browser, tmp_path):
    windows = []

    def open_text(text):
        (tmp_path / "page.html").write_text(text, encoding="utf-8")
        windows.append(Opened(browser, tmp_path / "page.html"))
        return windows[-1]

    yield open_text
    for window in windows:
        window.close()


def test_every_check_has_a_fault():
    assert FAULTS.keys() == CHECKS.keys()


def test_a_sound_page_passes_every_check(open_page):
    opened = open_page(PAGE)
    assert {name: check(opened) for name, check in CHECKS.items()} == dict.fromkeys(CHECKS, [])


@pytest.mark.parametrize(("check", "old", "new", "said"), PLANTED)
def test_it_finds_the_fault(open_page, check, old, new, said):
    assert old in PAGE
    found = CHECKS[check](open_page(PAGE.replace(old, new, 1)))
    assert [fault for fault in found if said in fault], found
