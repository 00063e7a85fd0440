"""A notebook executed on the demonstration data, and what its page shows, for the tests in tests/notebooks."""

from pathlib import Path

import nbformat
import papermill

from analysis_lib.report import MIME

HOME = Path(__file__).resolve().parents[2]
RAW = HOME / "data" / "raw" / "synthetic"


def execute(name, folder, home=HOME, **parameters):
    """The notebook `name` as executed in `home` (a project folder), saved in `folder`."""
    done = papermill.execute_notebook(
        str(HOME / "notebooks" / f"{name}.ipynb"),
        str(folder / "done.ipynb"),
        parameters=parameters,
        cwd=str(home),
        progress_bar=False,
        kernel_name="python3",
    )
    return nbformat.from_dict(done)


def shown(notebook):
    """Everything that the page shows, by cell id, as the descriptions that an export reads."""
    return {
        cell["id"]: [output["data"].get(MIME) for output in cell["outputs"] if "data" in output]
        for cell in notebook.cells
        if cell.cell_type == "code"
    }
