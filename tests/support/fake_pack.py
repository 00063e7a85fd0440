"""A tiny authority with tiny notebooks, so that the pack's own code is tested without the real data."""

import hashlib
import json
import shutil
from pathlib import Path

import nbformat
import pandas as pd

from analysis_lib.prepare import MADE_OF

REPOSITORY = Path(__file__).resolve().parents[2]
SHOW = """
from IPython.display import display
MIME = "application/vnd.panelpack.v1+json"
def show(kind, html, name="", title="", text=(), csv=None, origin=("synthetic",), page=None):
    payload = {"kind": kind, "html": html, "name": name, "title": title, "text": list(text), "csv": csv,
               "origin": list(origin), "sentence_origins": [list(origin) for _ in text], "hidden": 0, "page": page}
    display({MIME: payload, "text/html": html, "text/plain": "shown"}, raw=True)
"""
BANNER = (
    'show("banner", \'<div class="banner"><p>Exampleton. Figures are synthetic.</p></div>\', page={"period": period})'
)
# The last sentence hangs on the hash seed: a word of letters, since a number that is no figure may not be published.
ANSWER = """
seed = "".join(chr(97 + int(digit)) for digit in str(abs(hash(period))))
said = [f"There were many in {period}.", "More than before.", f"Hash {seed}."]
show("answer", '<ul class="answer">' + "".join(f"<li>{each}</li>" for each in said) + "</ul>", text=said)
"""
TABLE = (
    'show("table", "<table data-table=\\"children\\"><caption>Children</caption><thead><tr><th scope=\\"col\\">sex</th>"\n'
    '     "<th scope=\\"col\\">children</th></tr></thead><tbody><tr><th scope=\\"row\\">female</th>"\n'
    '     "<td data-figure=\\"children?sex=female;/2021-09-30;value;;0\\">55</td></tr></tbody></table>",\n'
    '     name="children", title="Children", csv="sex,children\\nfemale,55\\n")'
)


def code(source, *tags):
    return {
        "cell_type": "code",
        "metadata": {"tags": list(tags)},
        "source": source,
        "outputs": [],
        "execution_count": None,
    }


def text(source):
    return {"cell_type": "markdown", "metadata": {}, "source": source}


def parameters(source='period = "2021-22-Q2"\nedition = "public"\ndata = ""\nreleases = ""\nauthority = ""'):
    return code(source, "parameters")


def page_cells(title="How many children need us?"):
    return [
        text(f"# {title}"),
        parameters(),
        code(SHOW),
        code(BANNER + "\n" + ANSWER),
        text("## Children\n\nBy sex."),
        code(TABLE),
    ]


def write_notebook(folder, name, cells, returns=("ssda903",), tables=()):
    about = {"returns": list(returns), "tables": list(tables)}
    content = {"cells": [], "metadata": {"panelpack": about}, "nbformat": 4, "nbformat_minor": 5}
    content["cells"] = [{"id": f"c{number}", **cell} for number, cell in enumerate(cells)]
    path = folder / f"{name}.ipynb"
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def make_home(folder):
    """An authority's folder: settings, one return, two published figures, no notebooks yet."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(REPOSITORY / "authority.toml", folder / "authority.toml")
    for name, content in {
        "data/raw/synthetic/episodes.csv": "CHILD,DECOM\n1,01/04/2021\n",
        "data/raw/published/benchmarks.csv": "indicator,value\nrate,165\n",
    }.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    (folder / "notebooks").mkdir(exist_ok=True)
    return folder


def fake_prepare(
    families=("ssda903", "annex_a"),
    covers_from="2016-04-01",
    covers_to=None,
    extracted="2026-03-31",
    given=True,
    problems=0,
    label="synthetic",
    closed=(),
):
    """Stands for `prepare.prepare_folder`: a store that holds `families`."""

    def prepare_folder(returns, authority, as_of=None):
        folder = authority.processed / returns.name
        folder.mkdir(parents=True, exist_ok=True)
        inputs = {
            kind: {
                path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
                for path in root.rglob("*")
                if path.is_file()
            }
            for kind, root in (("returns", returns), ("published", authority.published))
        }
        made = [name for name, sources in MADE_OF.items() if not set(sources) & set(closed)]
        card = {**inputs, "tables": made, "closed": dict(closed), "folder": returns.name}
        (folder / "inputs.json").write_text(json.dumps(card))
        days = [pd.Timestamp(day) for day in (covers_from, covers_to or extracted, extracted)]
        rows = [(family, label, *days, given, 1, 1) for family in families]
        columns = ["family", "label", "covers_from", "covers_to", "extract_date", "given", "files", "rows"]
        pd.DataFrame(rows, columns=columns).to_parquet(folder / "extracts.parquet")
        found = [("episodes.csv", 2, "DECOM", "x", "a date", "Correct it.", "error", "episodes")] * problems
        columns = ["file", "line", "column", "value", "expected", "advice", "severity", "table"]
        pd.DataFrame(found, columns=columns).to_parquet(folder / "problems.parquet")
        read = pd.DataFrame([("episodes", 1, 2, False)], columns=["table", "files", "rows", "closed"])
        read.to_parquet(folder / "rows_read.parquet")
        return folder

    return prepare_folder


class Quiet:
    """A progress that remembers what it was told."""

    def __init__(self):
        self.lines, self.cells = [], []

    def say(self, text):
        self.lines.append(text)

    def planned(self, tasks):
        pass

    def started(self, task):
        self.lines.append(f"{task}: running")

    def cell(self, task, number):
        self.cells.append((task.notebook.name, number))

    def finished(self, task, failure=""):
        self.lines.append(f"{task}: {failure or 'made'}")


MIME = "application/vnd.panelpack.v1+json"


def shown(html, kind="sentence", **more):
    """One output as `analysis_lib.report` displays it."""
    payload = {
        "kind": kind,
        "html": html,
        "name": "",
        "title": "",
        "text": [],
        "csv": None,
        "origin": [],
        "hidden": 0,
        "page": None,
    }
    payload |= more
    payload.setdefault("sentence_origins", [payload["origin"] for _ in payload["text"]])
    data = {MIME: payload, "text/html": html, "text/plain": "shown"}
    return {"output_type": "display_data", "data": data, "metadata": {}}


def executed(*cells):
    """An executed notebook made by hand: a str is a markdown cell, a list the outputs of a code cell."""
    made = [
        nbformat.v4.new_markdown_cell(cell)
        if isinstance(cell, str)
        else nbformat.v4.new_code_cell("secret_code()", outputs=[nbformat.from_dict(output) for output in cell])
        for cell in cells
    ]
    return nbformat.v4.new_notebook(cells=made, metadata={"author": "secret_author"})
