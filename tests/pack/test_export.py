import base64
import re

import nbformat
import pytest
from bs4 import BeautifulSoup
from fake_pack import executed, page_cells, shown, write_notebook

from analysis_lib.pack.export import MIME, Provenance, export
from analysis_lib.pack.index import ORIGIN_WORDS
from analysis_lib.pack.markup import CSV_ADDRESS, contents, mark_headings, page_faults, slug
from analysis_lib.pack.plan import Task, read_notebook
from analysis_lib.pack.run import NotebookFailed
from analysis_lib.periods import Period

ABOUT = Provenance(authority="Exampleton & Sons", version="0.1.0", input_hash="ab" * 32)
PIXEL = "data:image/png;base64," + base64.b64encode(b"x").decode()


@pytest.fixture
def task(tmp_path):
    return Task(read_notebook(write_notebook(tmp_path, "demand", page_cells())), Period.parse("2021-22-Q2"), "public")


def page_of(task, *cells):
    return export(executed("# How many?", *cells), task, ABOUT)


def test_the_key_is_the_one_that_report_gives_its_outputs():
    output = pytest.importorskip("analysis_lib.report.output", reason="analysis_lib.report is not there yet")
    assert (output.MIME, output.ORIGIN_WORDS) == (MIME, ORIGIN_WORDS)


def test_a_page_holds_markdown_and_the_html_of_outputs_and_nothing_else(task):
    page = page_of(task, "Hello *there*.", [shown("<p>12 children</p>")]).html
    assert "<em>there</em>" in page and "<p>12 children</p>" in page
    for private in ("secret_code", "secret_author", MIME, "shown", str(task.notebook.path.parent)):
        assert private not in page


@pytest.mark.parametrize(
    ("output", "said"),
    [
        ({"output_type": "stream", "name": "stdout", "text": "12"}, "printed text"),
        ({"output_type": "stream", "name": "stderr", "text": "FutureWarning"}, "printed text"),
        (
            {"output_type": "execute_result", "data": {"text/plain": "12"}, "metadata": {}, "execution_count": 1},
            "a value",
        ),
        (
            {
                "output_type": "execute_result",
                "data": {"text/html": "<table>", "text/plain": "df"},
                "metadata": {},
                "execution_count": 1,
            },
            "a table or HTML that did not come from analysis_lib.report",
        ),
        ({"output_type": "display_data", "data": {"image/png": "eA=="}, "metadata": {}}, "an image"),
        ({"output_type": "display_data", "data": {MIME: {"kind": "note"}}, "metadata": {}}, "a value"),
        (
            {"output_type": "display_data", "data": {MIME: {"kind": "note"}, "text/html": "<p>12</p>"}, "metadata": {}},
            "a table or HTML that did not come from analysis_lib.report",
        ),
        ({"output_type": "error", "ename": "E", "evalue": "", "traceback": []}, "an error"),
    ],
    ids=["print", "warning", "value", "frame", "picture", "no html", "html of another", "error"],
)
@pytest.mark.parametrize("edition", ["public", "restricted"])
def test_anything_that_report_did_not_make_stops_the_page_and_its_cell_is_named(task, output, said, edition):
    task = Task(task.notebook, task.period, edition)
    with pytest.raises(NotebookFailed, match=f"demand, 2021-22-Q2, cell 3: it shows {said}") as stop:
        page_of(task, [shown("<p>fine</p>")], [output])
    marks = [cell.source for cell in stop.value.failure.evidence.cells if cell.cell_type == "markdown"]
    assert any("cell 3 stopped it" in mark for mark in marks)


def test_papermills_own_cell_does_not_count(task):
    notebook = executed("# How many?", [], [], [{"output_type": "stream", "name": "stdout", "text": "12"}])
    notebook.cells[2].metadata["tags"] = ["injected-parameters"]
    with pytest.raises(NotebookFailed, match="cell 3:"):
        export(notebook, task, ABOUT)


def test_the_page_is_a_sound_document(task):
    page = page_of(task, "## Children\n\n### By sex\n\n## Plans", [shown("<h3>By area</h3>")])
    soup = BeautifulSoup(page.html, "html.parser")
    assert soup.html["lang"] == "en-GB"
    assert [h1.get_text() for h1 in soup.find_all("h1")] == ["How many?"]
    assert soup.title.get_text() == "How many?: Exampleton & Sons, July to September 2021 (quarter 2)"
    assert soup.select_one("body > a")["href"] == "#main" and soup.select_one("main#main")
    levels = [int(each.name[1]) for each in soup.find_all(re.compile("^h[1-6]$"))]
    assert levels[0] == 1 and all(after <= before + 1 for before, after in zip(levels, levels[1:], strict=False))
    links = [link["href"] for link in soup.select("nav.contents a")]
    assert links == ["#children", "#plans", "#how-this-was-made"] and all(soup.select_one(link) for link in links)
    footer = soup.footer.get_text(" ")
    for fact in ("How this was made", "demand", "2021-22-Q2", "panelpack 0.1.0", "ab" * 32):
        assert fact in footer


def test_the_restricted_edition_says_so(task):
    said = "Restricted: exact figures. Not for publication."
    assert said in page_of(Task(task.notebook, task.period, "restricted")).html
    assert said not in page_of(task).html


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (["# Another"], "one first-level heading, its question; found 2"),
        (["### Deep"], "a heading of level 3 follows one of level 1"),
        ([[shown("<h1>Another</h1>")]], "found 2"),
    ],
)
def test_headings_out_of_order_stop_the_page(task, cells, said):
    with pytest.raises(NotebookFailed, match=said):
        page_of(task, *cells)


@pytest.mark.parametrize(
    ("html", "said"),
    [
        ("<script>1</script>", "<script>"),
        ('<img src="https://example.org/a.png" alt="">', "fetch"),
        ('<img src="chart.png" alt="">', "fetch"),
        ('<p onclick="x()">a</p>', "run a script"),
        ('<a href="javascript:x()">a</a>', "link to"),
        ('<a href="file:///etc/passwd">a</a>', "link to"),
        ('<a href="data:text/html;base64,PHA+">a</a>', "open something other than a table"),
        ("<style>@import 'x.css';</style>", "style would fetch"),
        ('<p style="background:url(http://x/y.png)">a</p>', "style would fetch"),
        ('<link rel="stylesheet" href="x.css">', "<link>"),
        ('<iframe src="https://example.org"></iframe>', "<iframe>"),
    ],
)
def test_a_page_that_would_fetch_or_run_something_is_stopped(task, html, said):
    with pytest.raises(NotebookFailed, match=said):
        page_of(task, [shown(html)])


def test_pictures_and_styles_inside_the_page_and_links_out_of_it_are_fine():
    assert page_faults(f'<img src="{PIXEL}" alt=""><a href="https://example.org">a</a><p style="color:red">b</p>') == []


def test_tables_travel_with_their_page(task):
    table = shown("<table></table>", "table", name="by_sex", title="By sex", csv="sex\nfemale\n")
    page = page_of(
        task, [table, table], [shown("<p>a</p>", "answer", text=["One.", "Two."], origin=["synthetic"], hidden=2)]
    )
    assert page.tables == {"by_sex": ("By sex", "sex\nfemale\n")}
    links = BeautifulSoup(page.html, "html.parser").find_all("a", download=True)
    assert [link["download"] for link in links] == ["by_sex.csv", "by_sex.csv"]
    assert {base64.b64decode(link["href"].removeprefix(CSV_ADDRESS)) for link in links} == {b"sex\nfemale\n"}
    assert links[0]["aria-label"] == f"{links[0].text}: By sex"
    assert [each["text"] for each in page.answer] == ["One.", "Two."]
    assert (page.answer[0]["figures"], page.origins, page.hidden) == (["synthetic"], ("synthetic",), 2)


@pytest.mark.parametrize("name", ["", "../x", "By sex", "a/b", ".hidden"])
def test_a_table_needs_a_name_that_makes_a_file_name(task, name):
    with pytest.raises(NotebookFailed, match="cell 2: a table is named"):
        page_of(task, [shown("<table></table>", "table", name=name, csv="a\n")])


@pytest.mark.parametrize(
    ("html", "around"),
    [
        ('<div class="scroll"></div>', "body main"),
        ("<details><summary>More</summary><div></div></details>", "details"),
        ("<figure><details><summary>Figures</summary></details></figure>", "figure details"),
    ],
)
def test_the_link_to_the_figures_stands_with_their_table(task, html, around):
    page = BeautifulSoup(page_of(task, [shown(html, "table", name="a", title="A", csv="a\n")]).html, "html.parser")
    link = page.find("a", download=True)
    assert link in page.select(f"{around} a") and link.find_next_sibling() is None
    assert ("details" in around) == (link.find_parent("details") is not None)


def test_what_answers_the_question_comes_before_the_contents_and_the_sections_after_them(task):
    page = page_of(task, [shown("<p>Twelve.</p>", "answer")], "## Children", [shown("<p>More.</p>")]).html
    places = [page.index(each) for each in ("Twelve.", 'class="contents"', "<h2", "More.", "<footer")]
    assert places == sorted(places)


def test_a_page_names_its_notebook_and_its_data_with_their_days(task):
    said = ["Cases & more: synthetic, extracted on 31 March 2026"]
    page = page_of(task, [shown("<ul></ul>", "provenance", page={"data": said})])
    facts = {
        term.text: term.find_next("dd").text for term in BeautifulSoup(page.html, "html.parser").footer.find_all("dt")
    }
    assert facts["Data"] == said[0] and facts["Notebook"] == "demand"


def test_two_tables_may_not_share_a_name(task):
    outputs = [shown("<table></table>", "table", name="a", csv=csv) for csv in ("x\n", "y\n")]
    with pytest.raises(NotebookFailed, match="cell 2: two tables or charts .* named 'a'"):
        page_of(task, outputs)


def test_the_same_notebook_gives_the_same_bytes(task):
    cells = ["## Children", [shown("<p>12</p>")]]
    assert page_of(task, *cells).html == page_of(task, *cells).html


def test_headings_keep_their_address():
    body = mark_headings('<h2>Children &amp; <em>plans</em></h2><h2 id="own">A</h2><h3>Age</h3><h3>Age</h3><h2>…</h2>')
    assert re.findall(r'id="([^"]+)"', body) == ["children-plans", "own", "age", "age-2", "section"]
    assert contents(body) == [("children-plans", "Children &amp; plans"), ("own", "A"), ("section", "…")]
    assert slug("£1,000 a week") == "1-000-a-week"


def test_a_question_with_signs_is_shown_as_written(task):
    page = export(executed('# "Us" & <them>?'.replace("<them>", "them")), task, ABOUT)
    assert page.title == '"Us" & them?'
    assert BeautifulSoup(page.html, "html.parser").h1.get_text() == '"Us" & them?'


def test_no_contrast_falls_below_the_standard():
    from analysis_lib.pack.markup import style

    colours = dict(re.findall(r"--(\w+): (#[0-9a-f]{3,6})", style()))
    for ink in ("ink", "soft", "accent"):
        for paper in ("#ffffff", colours["pale"]):
            assert contrast(colours[ink], paper) >= 4.5, (ink, paper)
    assert contrast(colours["ink"], colours["focus"]) >= 4.5


def contrast(one, other):
    """WCAG 2.2 contrast ratio of two #rrggbb colours."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour):
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_the_pages_own_notebook_is_valid():
    nbformat.validate(executed("# a", [shown("<p>a</p>")]))
