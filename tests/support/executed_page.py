"""A notebook executed on the demonstration data, and what its page shows.

Its cells run in this process, one after the other, with the parameters that papermill would pass: a kernel of its own would
load all libraries again for every page. That a kernel does the same is tested where kernels are: `tests/pack/test_run.py`, and
every page that a command makes.
"""

import ast
import contextlib
import io
import json
import warnings
from pathlib import Path
from unittest.mock import patch

import nbformat
from shared_work import made_once

from analysis_lib.pack.plan import source_text
from analysis_lib.report import MIME, Output

HOME = Path(__file__).resolve().parents[2]
RAW = HOME / "data" / "raw" / "synthetic"
NOT_SHOWN = (DeprecationWarning, PendingDeprecationWarning, ImportWarning, ResourceWarning)  # by a kernel either


def execute(name, folder=None, home=HOME, **parameters):
    """The notebook `name` as executed in `home` (a project folder). A page of the demonstration is executed once a test run.

    `folder` is not needed, since nothing is saved.
    """
    shown_by_cell = (
        outputs_of_demonstration(name, **parameters)
        if home == HOME and parameters.keys() <= {"period", "edition"}
        else run_cells(HOME / "notebooks" / f"{name}.ipynb", home, parameters)
    )
    return notebook_of(HOME / "notebooks" / f"{name}.ipynb", shown_by_cell)


def outputs_of_demonstration(name, **parameters):
    """Everything that the notebook `name` shows of the demonstration's returns, by cell id, as the objects that it shows."""
    path = HOME / "notebooks" / f"{name}.ipynb"
    return made_once(("page", name, *sorted(parameters.items())), lambda: run_cells(path, HOME, parameters))


def shown(notebook):
    """Everything that the page shows, by cell id, as the descriptions that an export reads."""
    return {
        cell["id"]: [output["data"].get(MIME) for output in cell["outputs"] if "data" in output]
        for cell in notebook.cells
        if cell.cell_type == "code"
    }


def run_cells(path, home, parameters):
    """What each cell of the notebook at `path` shows when it is executed in the folder `home`, by cell id; charts are drawn.

    A text is what was printed, or a warning.
    """
    names, found = {}, {}
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            found[cell["id"]] = _shown_by(source_text(cell), names, home)
        if "parameters" in cell["metadata"].get("tags", []):
            names.update(parameters)
    return found


def _shown_by(source, names, home):
    things, printed = [], io.StringIO()
    with (
        contextlib.chdir(home),
        contextlib.redirect_stdout(printed),
        contextlib.redirect_stderr(printed),
        warnings.catch_warnings(record=True) as warned,
        patch("IPython.display.display", lambda *shown: things.extend(shown)),
    ):
        warnings.simplefilter("default")
        for kind in NOT_SHOWN:
            warnings.simplefilter("ignore", kind)
        last = run(source, names)
    texts = [printed.getvalue(), *(f"{each.category.__name__}: {each.message}" for each in warned)]
    return [*things, *([] if last is None else [last]), *filter(None, texts)]


def run(source, names):
    """Run the source; the value of its last line where that is an expression, as a notebook shows it."""
    tree = ast.parse(source)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "<cell>", "exec"), names)
    return None if last is None else eval(compile(ast.Expression(last.value), "<cell>", "eval"), names)


def notebook_of(path, shown_by_cell):
    """The notebook at `path` with what its cells showed as their outputs."""
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [nbformat.from_dict(_output(thing)) for thing in shown_by_cell[cell.id]]
    return notebook


def _output(thing):
    if isinstance(thing, str):
        return {"output_type": "stream", "name": "stdout", "text": thing}
    bundle = thing._repr_mimebundle_() if isinstance(thing, Output) else {"text/plain": repr(thing)}
    data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
    return {"output_type": "display_data", "data": data, "metadata": metadata}
