"""What holds for each notebook as it is committed: thin, without outputs, and true about what it needs."""

import json
import re

import pytest
from executed_page import HOME

from analysis_lib.pack.plan import read_notebook, source_text
from analysis_lib.prepare import MADE_OF

NOTEBOOKS = sorted((HOME / "notebooks").glob("*.ipynb"))
MOST_LINES = 45


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def path(request):
    return request.param


def code_of(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [cell for cell in cells if cell["cell_type"] == "code"]


def test_it_is_committed_without_outputs_and_with_names_for_its_cells(path):
    assert not any(cell["outputs"] or cell["execution_count"] for cell in code_of(path))
    names = [cell["id"] for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]]
    assert len(names) == len(set(names))
    assert all(re.fullmatch(r"[a-z0-9-]+", name) for name in names)


def test_it_is_thin(path):
    lines = [line for cell in code_of(path) for line in source_text(cell).splitlines() if line.strip()]
    assert len(lines) <= MOST_LINES
    assert not [line for line in lines if re.match(r"\s*(def|class|for|while|if)\b", line) or len(line) > 120]


def test_the_tables_that_it_names_are_those_that_its_page_takes_from_the_returns(path):
    (module,) = re.findall(r"from analysis_lib\.pages\.(\w+) import", "\n".join(map(source_text, code_of(path))))
    room = HOME / "analysis_lib" / "pages"
    files = [*room.glob(f"{module}.py"), *(room / module).glob("*.py")]
    taken = {name for file in files for name in re.findall(r'page\["(\w+)"\]', file.read_text(encoding="utf-8"))}
    assert set(read_notebook(path).tables) <= taken & set(MADE_OF)
    assert read_notebook(path).tables


def test_its_place_in_the_pack_is_its_own():
    places = [read_notebook(path).order for path in NOTEBOOKS]
    assert sorted(places) == list(range(1, len(NOTEBOOKS) + 1))
