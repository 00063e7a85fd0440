import json

import pytest
from fake_pack import code, page_cells, parameters, text, write_notebook

from analysis_lib.errors import NotebookError, UsageError
from analysis_lib.pack.plan import plan_packs, read_notebook


@pytest.fixture
def folder(tmp_path):
    write_notebook(tmp_path, "demand", page_cells())
    write_notebook(tmp_path, "adoption_timescales", page_cells("How long do children wait?"))
    return tmp_path


def test_every_notebook_for_each_period_in_the_order_asked_for(folder):
    plans = plan_packs(folder, periods=["2021-22-Q2", "2020-21"])
    assert [str(task) for plan in plans for task in plan.tasks] == [
        "adoption_timescales, 2021-22-Q2",
        "demand, 2021-22-Q2",
        "adoption_timescales, 2020-21",
        "demand, 2020-21",
    ]


def test_a_period_written_twice_or_in_small_letters_is_one_period(folder):
    plans = plan_packs(folder, periods=["2021-22-Q2", " 2021-22-q2 "], notebooks=["demand.ipynb"])
    assert [[str(task) for task in plan.tasks] for plan in plans] == [["demand, 2021-22-Q2"]]


@pytest.mark.parametrize("code", ["2021-22-Q5", "2021-23", "next quarter", "", "../2021-22", "２０２１-22-Q2"])
def test_a_code_outside_the_grammar_is_refused_with_the_grammar(folder, code):
    with pytest.raises(UsageError, match=r"is not a reporting period.*quarter \(2021-22-Q2\)"):
        plan_packs(folder, periods=[code])


def test_an_unknown_notebook_is_refused_with_the_known_ones(folder):
    with pytest.raises(UsageError, match="no notebook 'demands'. Known notebooks: adoption_timescales, demand"):
        plan_packs(folder, periods=["2021-22-Q2"], notebooks=["demands"])


def test_an_unknown_edition_is_refused_with_the_known_ones(folder):
    with pytest.raises(UsageError, match="no edition 'secret'. Choose public or restricted"):
        plan_packs(folder, periods=["2021-22-Q2"], edition="secret")


def test_a_folder_without_notebooks_is_refused(tmp_path):
    with pytest.raises(UsageError, match="no notebooks"):
        plan_packs(tmp_path, periods=["2021-22-Q2"])


def test_what_a_notebook_says_of_itself(folder):
    notebook = read_notebook(folder / "demand.ipynb")
    assert (notebook.name, notebook.title) == ("demand", "How many children need us?")
    assert notebook.parameters == {
        "period": "2021-22-Q2",
        "edition": "public",
        "data": "",
        "releases": "",
        "authority": "",
    }
    assert notebook.returns == ("ssda903",)


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ([text("# Q?"), code("x = 1")], "one code cell with the tag 'parameters'; found 0"),
        ([text("# Q?"), parameters(), parameters()], "found 2"),
        ([text("# Q?"), parameters('period = "2021-22"\nedition = "public"')], "has no data"),
        ([text("# Q?"), parameters("period = today()")], "only text and numbers"),
        ([text("# Q?"), parameters('period = "x"\nedition = ["public"]\ndata = ""')], "only text and numbers"),
        ([text("# Q?"), parameters('period = "x"\nedition = True\ndata = ""')], "only text and numbers"),
        ([text("# Q?"), parameters("period = (")], "only text and numbers"),
        ([text("## Q?"), parameters()], "first cell must be markdown"),
        ([text("Hello\n\n# Q?"), parameters()], "first cell must be markdown"),
        ([text("# Q?\n\n# And?"), parameters()], "first cell must be markdown"),
        ([parameters(), text("# Q?")], "first cell must be markdown"),
        ([], "first cell must be markdown"),
    ],
)
def test_a_notebook_that_cannot_be_run_is_refused_before_anything_starts(tmp_path, cells, said):
    write_notebook(tmp_path, "odd", cells)
    with pytest.raises(NotebookError, match=f"^odd.ipynb.*{said}"):
        plan_packs(tmp_path, periods=["2021-22-Q2"])


@pytest.mark.parametrize("content", ["", "{", "[]", '{"cells"', "\0"])
def test_a_file_that_is_no_notebook_is_named(tmp_path, content):
    (tmp_path / "odd.ipynb").write_text(content)
    with pytest.raises(NotebookError, match="odd.ipynb is not a notebook that can be read"):
        read_notebook(tmp_path / "odd.ipynb")


def test_numbers_annotations_and_negatives_are_parameters(tmp_path):
    cell = parameters(
        'period: str = "2021-22"\nedition = "public"\ndata = ""\nreleases = ""\nauthority = ""\nyears = 3\nshift = -0.5  # why'
    )
    notebook = read_notebook(write_notebook(tmp_path, "n", [text("# Q?"), cell]))
    assert (notebook.parameters["years"], notebook.parameters["shift"]) == (3, -0.5)


def test_the_hash_follows_what_a_cell_says_and_not_its_outputs_or_id(tmp_path):
    cells = page_cells()
    first = read_notebook(write_notebook(tmp_path, "n", cells)).sha256
    again = [
        {**cell, "id": f"other-{number}", "source": cell["source"].splitlines(True)}
        for number, cell in enumerate(cells)
    ]
    again[2] = {**again[2], "outputs": [{"output_type": "stream", "name": "stdout", "text": "x"}], "execution_count": 3}
    assert read_notebook(write_notebook(tmp_path, "n", again)).sha256 == first
    assert read_notebook(write_notebook(tmp_path, "n", [*cells, text("More.")])).sha256 != first
    assert read_notebook(write_notebook(tmp_path, "n", cells, returns=("annex_a",))).sha256 != first


def test_notebooks_come_in_the_order_that_they_name(tmp_path):
    for name, order in (("apple", 2), ("pear", 1), ("fig", None)):
        path = write_notebook(tmp_path, name, page_cells())
        content = json.loads(path.read_text(encoding="utf-8"))
        content["metadata"].setdefault("panelpack", {})
        if order:
            content["metadata"]["panelpack"]["order"] = order
        path.write_text(json.dumps(content), encoding="utf-8")
    (plan,) = plan_packs(tmp_path, periods=["2021-22-Q2"])
    assert [notebook.name for notebook in plan.notebooks] == ["pear", "apple", "fig"]
