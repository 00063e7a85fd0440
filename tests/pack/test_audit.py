import base64
import json
import re
from fractions import Fraction

import pytest
from fake_pack import shown
from small_pack import MEASURES, PLACE, by_sex, chart, drawing, key, small_pack_fixture, table
from typer.testing import CliRunner

from analysis_lib import cli
from analysis_lib.authority import read_authority
from analysis_lib.disclosure.clues import Clue, adds_up, between, exactly
from analysis_lib.disclosure.equations import Relations
from analysis_lib.disclosure.printed import PrintedFigure
from analysis_lib.errors import UsageError
from analysis_lib.groupings import groupings
from analysis_lib.pack import accounts
from analysis_lib.pack.attack import Printed, _believed, _no_fit, attack, fits
from analysis_lib.pack.audit import audit
from analysis_lib.pack.hidden import HIDES, what_is_hidden
from analysis_lib.pack.markup import CSV_ADDRESS
from analysis_lib.pack.printed import CHANGE, read_page
from analysis_lib.policy import DisclosurePolicy

pack = small_pack_fixture()
POLICY = DisclosurePolicy.alike(threshold=6, min_percentage_base=10, min_average_base=10, min_quartile_base=20)
RELATIONS = Relations(MEASURES, groupings(), POLICY)


@pytest.fixture
def sound(pack):
    assert pack.run(by_sex(), chart()).all_made
    return pack


def whats(pack, **known):
    return {finding.what for finding in pack.audit(**known).findings}


# The pack as a whole


def test_a_sound_pack_has_nothing_and_says_what_was_looked_at(sound):
    report = sound.audit()
    assert report.is_sound and (report.pages, report.files, report.edition) == (2, 4, "public")
    assert report.figures == 5 and report.hidden == 0 and report.candidates > 0
    lines = "\n".join(report.lines())
    assert "5 printed figures (0 hidden)" in lines and "Nothing found." in lines
    assert "The returns are not at hand" in lines


def test_no_pack_is_a_wrong_request(tmp_path):
    with pytest.raises(UsageError, match="There is no pack in"):
        audit(tmp_path, measures=MEASURES, groupings=groupings(), policy=POLICY)


@pytest.mark.parametrize(
    ("spoil", "what"),
    [
        (lambda folder: (folder / "demand.html").write_text("<p>a</p>"), "the file is not as it was written"),
        (lambda folder: (folder / "demand.html").unlink(), "a file that the manifest lists is missing"),
        (lambda folder: (folder / "more.html").write_text("<p>a</p>"), "a file that the manifest does not list"),
        (lambda folder: (folder / "signoff.html").write_text("<p>a</p>"), "a file of the restricted edition in a public pack"),
        (lambda folder: (folder / "more.html").write_text("<p>a"), "the file cannot be read: <p> is never closed"),
    ],
)  # fmt: skip
def test_files_that_are_not_as_they_were_written_are_found(sound, spoil, what):
    spoil(sound.folder)
    assert what in whats(sound)


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"edition": "restricted"}, "a pack of the restricted edition outside the restricted folder"),
        (
            {"pages": {"parameters": {"period": "2021-22-Q2", "edition": "public", "child": "x"}}},
            "parameters that are not those of a notebook of this pack",
        ),
        ({"pages": {"answer": [{"text": "There were 17.", "figures": []}]}}, "an answer that is not on its page"),
    ],
)
def test_a_manifest_that_says_something_else_is_found(sound, change, what):
    path = sound.folder / "manifest.json"
    manifest = json.loads(path.read_text())
    if isinstance(change.get("pages"), dict):
        manifest["pages"][0].update(change["pages"])
    else:
        manifest.update(change)
    path.write_text(json.dumps(manifest))
    assert any(said.startswith(what) for said in whats(sound))


def test_a_restricted_pack_is_marked_and_for_its_owner_only(pack):
    outcome = pack.run(by_sex(female="4", male="57"), edition="restricted")
    assert outcome.all_made
    report = audit(outcome.published[0], measures=MEASURES, groupings=groupings(), policy=POLICY)
    assert report.findings == () and report.edition == "restricted"
    (outcome.published[0] / "demand.html").chmod(0o644)
    report = audit(outcome.published[0], measures=MEASURES, groupings=groupings(), policy=POLICY)
    assert [finding.what for finding in report.findings] == ["others than its owner may read the file"]


def test_the_command_tells_and_chooses_its_exit_code(sound, monkeypatch):
    monkeypatch.chdir(sound.home)
    runner = CliRunner()
    told = runner.invoke(cli.app, ["audit", str(sound.folder), "--json"])
    facts = json.loads(told.stdout)
    assert told.exit_code == 0 and facts["sound"] and facts["figures"] == 5 and facts["identifiers"] is not None
    (sound.folder / "more.csv").write_text("a\n")
    told = runner.invoke(cli.app, ["audit", str(sound.folder)])
    assert told.exit_code == 1 and "more.csv: a file that the manifest does not list" in told.stdout


# Nothing hidden


@pytest.mark.parametrize(
    ("html", "what"),
    [
        ("<p hidden>a</p>", "something that is hidden from the reader"),
        ('<p aria-hidden="true">a</p>', "something that is hidden from the reader"),
        ('<p style="color:red">a</p>', "a style of its own"),
        ('<p style="visibility:hidden">a</p>', "something that is hidden by its style"),
        ('<p data-value="17">a</p>', "an attribute that our pages do not have"),
        ('<p title="17">a</p>', "an attribute that our pages do not have"),
        ('<p class="girls-17">a</p>', "an attribute (class) that says what it should not"),
        ('<h2 id="girls-17">a</h2>', "an attribute (id) that says what it should not"),
        ('<p data-figure="x">a</p>', "an attribute (data-figure) that says what it should not"),
        ('<span data-figure="x" value="17">a</span>', "an attribute that our pages do not have"),
        ("<data>a</data>", "an element of a kind that our pages do not have"),
        (
            '<time datetime="2021-09-30">29 September 2021</time>',
            "an attribute (datetime) that says what it should not",
        ),
        ('<a download="a.csv" href="https://x">a</a>', "an attribute (download) that says what it should not"),
        ('<a href="data:text/csv;charset=utf-8;base64,MTc=">a</a>', "an attribute (href) that says what it should not"),
        ("<style>@page { @top-left { content: 'Seventeen' } }</style>", "a style that writes text"),
        ('<style>@page { @top-left { content: "17" } }</style>', "a style that writes text"),
        ('<time datetime="2021-09">September 2021</time>', "an attribute (datetime) that says what it should not"),
        (
            '<span datetime="2021-09-30">30 September 2021</span>',
            "an attribute (datetime) that says what it should not",
        ),
        (
            '<span data-period="2021-07-01/2021-09-30">July to August 2021</span>',
            "an attribute (data-period) that says what it should not",
        ),
        (
            '<span data-period="2021-07-17/2021-09-30">July to September 2021</span>',
            "an attribute (data-period) that says what it should not",
        ),
        ('<span data-period="17">seventeen</span>', "an attribute (data-period) that says what it should not"),
        ("<template><p>17</p></template>", "an element of a kind that our pages do not have"),
        ("<!-- 17 --><p>a</p>", "a comment"),
        ('<p><a class="skip" href="#main">17</a></p>', "something that is hidden by its class"),
        ("<style>.x { opacity: 0 }</style>", "a style that hides what it is given to"),
        ("<style>.x::after { content: '17' }</style>", "a style that writes text"),
        ("<p>ValueError: 17 girls</p>", "the text of an error"),
    ],
)
def test_what_a_reader_does_not_see_is_found(html, what):
    assert [found.what for found in what_is_hidden(read_page("a.html", html))] == [what]


@pytest.mark.parametrize(
    "html",
    [
        '<h2 id="girls-10-to-17">Girls 10 to 17</h2><h2 id="girls-2">Girls</h2>',
        "<style>.skip { left: -999rem } @media print { .top { display: none } }</style>",
        '<div class="scroll" role="region" tabindex="0" aria-label="Cases"><table data-table="t"></table></div>',
        '<th colspan="3" scope="col">a</th>',
        '<style>@page { margin: 1cm; @bottom-right { content: "Page " counter(page) " of " counter(pages); } }</style>',
        '<a download="a.csv" href="data:text/csv;charset=utf-8;base64,MTc=">a</a>',
        '<p>On <time datetime="2021-09-30">30 September 2021</time></p>',
        '<p><span data-period="2021-07-01/2021-09-30">July to September 2021 (quarter 2)</span></p>',
        '<p><span data-period="2021-07-01/2021-09-30">July to September 2021</span></p>',
        '<p><span data-period="2020-09-01/2021-08-31">academic year 2020/21</span></p>',
    ],
)
def test_what_our_pages_have_is_let_through(html):
    assert list(what_is_hidden(read_page("a.html", html))) == []


@pytest.mark.parametrize("style", ["opacity:0", "opacity: .05", "font-size:0px", "left:-999px", "clip-path: inset(50%)", "color:#fff", "height:0;"])  # fmt: skip
def test_styles_that_hide_are_known(style):
    assert HIDES.search(style)


@pytest.mark.parametrize("style", ["fill-opacity: 0.15", "opacity: 0.9", "line-height:0.9", "margin: 0", "color: #fff0aa", "width: 0.8em"])  # fmt: skip
def test_other_styles_are_no_hiding(style):
    assert not HIDES.search(style)


@pytest.mark.parametrize(
    ("svg", "what"),
    [
        ("<metadata>17</metadata>", "metadata in a chart"),
        ("<desc>17</desc>", "an element in a chart of a kind that our charts do not have"),
        ('<g id="girls-17"/>', "an identifier in a chart that is not one of the drawing's parts"),
        ('<g data-value="17"/>', "an attribute in a chart that our charts do not have"),
        ('<text x="5" y="5" style="fill:none">a</text>', "a text in a chart that cannot be seen"),
        ('<text x="500" y="5">a</text>', "a text in a chart that cannot be seen"),
        ("<!-- 17 -->", "a comment in a chart"),
    ],
)
def test_what_is_not_seen_in_a_drawing_is_found(svg, what):
    import base64

    root = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 60">{svg}</svg>'
    source = "data:image/svg+xml;base64," + base64.b64encode(root.encode()).decode()
    page = read_page("a.html", f'<figure><img alt="a" src="{source}"></figure>')
    assert what in [found.what for found in what_is_hidden(page)]


def test_marks_of_an_axis_are_at_equal_steps():
    words = accounts.Vocabulary([])
    assert list(accounts._in_ticks(["0", "20", "40", "−20"][:3], words)) == []
    assert list(accounts._in_ticks(["2016", "2018", "2020"], words)) == []
    assert len(list(accounts._in_ticks(["0", "17", "40"], words))) == 1
    assert len(list(accounts._in_ticks(["17 girls"], words))) == 1


# Numbers accounted for


def test_a_cell_of_a_file_that_is_not_as_in_its_table_is_found(pack):
    output = by_sex()
    payload = next(iter(output["data"].values()))
    payload["csv"] = payload["csv"].replace("41", "42")
    said = pack.refusal(output)
    assert "tables/demand/by_sex.csv, row 2, column 2: a cell that is not as in its table" in said


def other_figures(page):
    address = re.search(rf'{re.escape(CSV_ADDRESS)}([^"]*)', page)[1]
    changed = base64.b64decode(address).replace(b"Female,20", b"Female,21")
    return page.replace(address, base64.b64encode(changed).decode())


@pytest.mark.parametrize(
    ("spoil", "what"),
    [
        (other_figures, "a link to figures that are not those of the file to download"),
        (lambda page: page.replace("by_sex.csv", "by_age.csv"), "a link to figures that are not those of the file to download"),
        (lambda page: page.replace("by_sex.csv", "../by_sex.csv"), "a link to figures that are not those of the file to download"),
        (lambda page: page.replace("(CSV): Cases by sex", "(CSV): 17 girls"), "a label for screen readers with a number that is no released figure"),
    ],
    ids=["other figures", "another file", "a file elsewhere", "another label"],
)  # fmt: skip
def test_a_link_holds_its_file_byte_for_byte_and_is_called_as_its_table(sound, spoil, what):
    page = sound.folder / "demand.html"
    before = page.read_text(encoding="utf-8")
    page.write_text(spoil(before), encoding="utf-8")
    assert page.read_text(encoding="utf-8") != before and what in whats(sound)


def test_a_link_as_it_was_written_is_sound(sound):
    assert sound.audit().is_sound and CSV_ADDRESS in (sound.folder / "demand.html").read_text(encoding="utf-8")


def test_a_file_without_a_table_is_found(pack):
    said = pack.refusal(by_sex(), shown("<p>a</p>", "table", name="lone", title="Lone", csv="a\n"))
    assert "tables/demand/lone.csv: a file to download without a table on its page" in said


def test_a_figure_that_is_printed_differently_in_two_places_is_found(pack):
    other = table([("Female", key("cases", parts="sex", sex="Female"), "21")], name="again")
    said = pack.refusal(by_sex(), other)
    assert (
        f"table again, row 1 (Female), column 2 (Cases): a figure that is printed differently elsewhere ({PLACE}"
        in said
    )


@pytest.mark.parametrize(
    ("one", "other"), [("165.4", "165"), ("1,135", "1135"), ("42%", "42%"), ("c", "a number too small to show")]
)
def test_one_figure_rounded_or_in_words_is_the_same(one, other):
    assert accounts._agree(one, other) and not accounts._agree(one, "77")


@pytest.mark.parametrize(
    ("now", "then", "text"),
    [
        ("1,178", "1,135", "up 43 (4%)"),
        ("543", "702", "down 159 (23%) from"),
        ("702", "700", "up 2 (less than 1%)"),
        ("42%", "45%", "down 3 percentage points"),
        ("165.4", "158.3", "up 7.1"),
        ("5", "5", "no change"),
        ("42%", "45%", "no clear change"),
        ("c", "45", "c"),
        ("c", "45", "not compared with"),
        ("7", "0", "up 7"),
    ],
)
def test_a_change_is_now_less_then(now, then, text):
    assert accounts._gives(now, then, text)


@pytest.mark.parametrize(
    ("now", "then", "text"),
    [
        ("1,178", "1,135", "up 44 (4%)"),
        ("1,178", "1,135", "down 43 (4%)"),
        ("1,178", "1,135", "up 43 (5%)"),
        ("c", "45", "up 3"),
        ("6", "5", "no change"),
        ("800", "700", "up 100 (less than 1%)"),
    ],
)
def test_any_other_change_is_wrong(now, then, text):
    assert not accounts._gives(now, then, text)


@pytest.mark.parametrize("text", ["12 girls", "3 of 4", "12; 13", "1 2"])
def test_a_mark_stands_for_one_number(text):
    page = read_page("a.html", f'<p><span data-figure="{key("cases")}">{text}</span></p>')
    assert not accounts.says_what_it_is(page.marks[0])


def test_a_change_of_one_figure_is_none():
    page = read_page("a.html", f'<p><span {CHANGE}="{key("cases")}">up 3</span></p>')
    assert not accounts.says_what_it_is(page.marks[0])


def test_halves_are_rounded_up_as_the_pages_do():
    assert accounts._half_up(Fraction(85, 10), 0) == 9 and accounts._half_up(Fraction(845, 100), 1) == Fraction(85, 10)


def test_words_of_a_publication_may_be_quoted_and_no_others():
    words = accounts.Vocabulary([], ['a,"the council gave 14 in 2021"\nb,9 more\n'])
    cell = '<table data-table="t"><tbody><tr><td data-published="">{}</td></tr></tbody></table>'
    for text, quoted in (("the council gave 14 in 2021", True), ("the council gave 15 in 2021", False)):
        (run,) = read_page("a.html", cell.format(text)).runs
        assert accounts._is_said_of(run, words) is quoted


# The policy, and the attack


def test_a_count_below_the_threshold_is_found(pack):
    said = pack.refusal(by_sex(female="4", male="57"))
    assert f"{PLACE}, row 1 (Female), column 2 (Cases): a count of 1 to 5" in said


def figure(text, what="value", span="/2021-09-30", parts="", name="cases", **groups):
    return PrintedFigure.from_key(key(name, span, what, parts, **groups), text)


def attacked(pack, earlier=(), elsewhere=()):
    return attack(Printed.of([(each, f"place {at}") for at, each in enumerate(pack)], earlier, elsewhere), RELATIONS)


def test_what_cannot_all_be_true_is_found_with_no_more_places_than_needed():
    parts = [figure(text, parts="sex", sex=sex) for sex, text in (("Female", "20"), ("Male", "41"))]
    other = figure("30", name="starts", span="2021-04-01/2021-06-30")
    outcome = attacked([figure("70"), *parts, other])
    (finding,) = outcome.findings
    assert finding.what == "figures that cannot all be true" and finding.where == "place 0; place 1; place 2"


def test_what_was_revised_since_is_left_out_of_the_attack_and_the_rest_believed():
    now = [figure("61"), figure("c", parts="sex", sex="Female"), figure("c", parts="sex", sex="Male")]
    revised, true = figure("90", parts="sex", sex="Male"), figure("57", parts="sex", sex="Male")
    assert attacked(now, earlier=[revised]).findings == []
    (finding,) = attacked(now, earlier=[revised, true]).findings
    assert "can be worked out exactly: cases of sex Female" in finding.what
    assert "signed-off pack" in finding.where and "place 0" in finding.where


def test_only_what_is_needed_is_named():
    parts = [figure(text, parts="sex", sex=sex) for sex, text in (("Female", "c"), ("Male", "57"))]
    needless = [figure(text, span="/2021-08-31") for text in ("61",)]
    (finding,) = attacked([*needless, figure("61"), *parts]).findings
    assert finding.where == "place 1; place 3"


def test_clues_are_believed_as_far_as_they_fit():
    total = [adds_up("t", ("a", "b")), exactly("t", 10)]
    one, other, third = exactly("a", 4), exactly("b", 7), between("b", 5)
    assert fits([*total, one]) and not fits([*total, one, other])
    assert _believed([one, other, third], total) == [one, third]
    assert _no_fit([exactly("x", 1), one, third, other], total) == [one, other]


def test_a_program_without_whole_solutions_does_not_fit():
    assert not fits([Clue((("a", 2), ("b", 2)), 3, 3)])


def test_the_demonstrations_policy_protects_these_figures(pack):
    assert read_authority(pack.home).disclosure.of(MEASURES["cases"], ["sex"]).threshold == 6


def test_the_drawing_of_these_tests_is_one_of_ours():
    page = read_page("a.html", f'<figure><img alt="a" src="{drawing("Cases")}"></figure>')
    assert list(what_is_hidden(page)) == []
