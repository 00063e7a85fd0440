import pytest

from analysis_lib.pack.printed import CHANGE, FIGURE, NotReadable, masked, read_pack, read_page

KEY = "cases?sex=Female;/2021-09-30;value;sex;0"
TABLE = f"""
<table data-table="by_sex"><caption>Cases of <span data-figure="cases;/2021-09-30;value;;0">61</span>
<span class="origin synthetic">Synthetic</span></caption>
<thead><tr><th scope="col">Sex</th><th scope="col">Cases</th><th scope="col">Since</th></tr></thead>
<tbody><tr class="block"><th scope="rowgroup" colspan="3">Of all</th></tr>
<tr><th scope="row">Female</th><td data-figure="{KEY}">20</td><td data-change="{KEY} {KEY}">up 3</td></tr>
<tr><th scope="row">Aged 10</th><td>4</td><td></td></tr></tbody></table>"""


def test_a_table_is_read_with_its_places():
    page = read_page("demand.html", f"<h2>Cases</h2>{TABLE}")
    (table,) = page.tables
    assert (table.name, table.headings, table.blocks) == ("by_sex", ("Sex", "Cases", "Since"), ("Of all", "Of all"))
    assert [[cell.text for cell in row] for row in table.rows] == [["Female", "20", "up 3"], ["Aged 10", "4", ""]]
    assert [cell.is_marked for cell in table.rows[0]] == [False, True, True]
    assert str(table.rows[0][1].place) == "demand.html, table by_sex, row 1 (Female), column 2 (Cases)"


def test_a_label_with_a_figure_is_not_repeated_in_a_place():
    (table,) = read_page("demand.html", TABLE).tables
    assert str(table.rows[1][1].place) == "demand.html, table by_sex, row 2, column 2 (Cases)"


def test_marks_carry_their_figures():
    marks = read_page("demand.html", TABLE).marks
    assert [(mark.kind, mark.text) for mark in marks] == [(FIGURE, "61"), (FIGURE, "20"), (CHANGE, "up 3")]
    assert marks[1].figure.groups == (("sex", "Female"),) and marks[1].figure.text == "20"
    assert marks[2].keys == (KEY, KEY)


def test_a_text_is_read_in_one_go_with_words_for_its_figures_and_without_labels_of_origin():
    page = read_page("a.html", f'<p>Of <b>all</b> <span data-figure="{KEY}">20</span> were <i>girls</i>'
                     ' <span class="origin published">Published</span>.</p>')  # fmt: skip
    (run,) = page.runs
    assert (run.text, run.unmarked) == ("Of all 20 were girls .", "Of all figure were girls .")


def test_text_around_blocks_is_read_by_itself():
    runs = read_page("a.html", "<div>One<p>two</p>three<ul><li>four<ul><li>five</li></ul></li></ul></div>").runs
    assert sorted(run.text for run in runs) == ["One", "five", "four", "three", "two"]


def test_a_name_of_a_group_may_hold_its_own_figures_and_no_others():
    said = '<p>Those <span data-group="age_band=10-13">10 to {}</span></p>'
    assert read_page("a.html", said.format(13)).runs[0].unmarked == "Those figure"
    assert read_page("a.html", said.format(17)).runs[0].unmarked == "Those 10 to 17"


def test_a_chart_is_read_with_its_description():
    page = read_page(
        "a.html",
        '<figure><figcaption>More cases</figcaption><img alt="More cases. Line." src="data:x">'
        '<details><summary>Figures</summary><p class="description">Line.</p></details></figure>',
    )
    (picture,) = page.pictures
    assert (picture.alt, picture.caption, picture.description) == ("More cases. Line.", "More cases", "Line.")
    assert str(picture.place) == "a.html, chart 1"


@pytest.mark.parametrize(
    "html",
    ["<p>open", "<p><b>a</p></b>", "</p>", '<p class="a" class="b">c</p>', "<p/>"],
    ids=["never closed", "crossed", "never opened", "said twice", "closed at once"],
)
def test_a_page_that_two_browsers_could_read_in_two_ways_is_not_read(html):
    with pytest.raises(NotReadable):
        read_page("a.html", html)


@pytest.mark.parametrize("html", ["<!-- 17 -->", "<?xml 17?>", "<!ENTITY a '17'>", "<![CDATA[17]]>"])
def test_comments_are_counted(html):
    assert read_page("a.html", f"<!DOCTYPE html><p>a</p>{html}").comments == 1


def test_a_pack_is_read_from_its_files(tmp_path):
    (tmp_path / "tables/demand").mkdir(parents=True)
    (tmp_path / "demand.html").write_text(TABLE)
    (tmp_path / "bad.html").write_text("<p>")
    (tmp_path / "tables/demand/by_sex.csv").write_text('Sex,"Cases, all"\nFemale,20\n')
    (tmp_path / "tables/demand/torn.csv").write_bytes(b"\xff\xfe1")
    pack = read_pack(tmp_path)
    assert [page.name for page in pack.pages] == ["demand.html"] and len(pack.marks) == 3
    assert pack.csvs == {"tables/demand/by_sex.csv": (("Sex", "Cases, all"), ("Female", "20"))}
    assert set(pack.unreadable) == {"bad.html", "tables/demand/torn.csv"} and len(pack.files) == 4


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("tables/demand/girls_17.csv", "tables/demand/girls_##.csv"),
        ("2021-22-Q2", "2021-22-Q2"),
        ("outputs/2021-M09/a1.html", "outputs/2021-M09/a#.html"),
        ("x2021-22-Q2", "x####-##-Q#"),
    ],
)
def test_a_name_is_said_without_its_figures_but_for_periods(name, said):
    assert masked(name) == said
