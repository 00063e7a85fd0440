"""A notebook's cells run in this process on a page that a test has made, for tests of many pages in little time."""

import dataclasses
import json

from executed_page import HOME, run

import analysis_lib.page
import analysis_lib.report
import analysis_lib.report.chart
from analysis_lib.pack.plan import source_text
from analysis_lib.report.closed import one_box


def shown_by(name, page, monkeypatch, only=()):
    """What each cell of the notebook `name` shows, by cell id, when it is given `page` to open.

    Charts are not drawn. `only` names the cells to run beside the first ones; empty for all.
    """
    shown = []
    monkeypatch.setattr(analysis_lib.page, "open_page", lambda *_: page)
    monkeypatch.setattr(analysis_lib.report.chart, "_svg", lambda figure: b"<svg></svg>")
    monkeypatch.setattr(analysis_lib.report, "display", lambda *outputs: shown.extend(one_box(outputs)))
    cells = json.loads((HOME / "notebooks" / f"{name}.ipynb").read_text(encoding="utf-8"))["cells"]
    names, found = {}, {}
    for cell in cells:
        if cell["cell_type"] == "code" and (not only or cell["id"] in ("parameters", "open", *only)):
            shown.clear()
            last = run(source_text(cell), names)
            found[cell["id"]] = [*shown, *([] if last is None else [last])]
    return found


def without(page, *tables, card=()):
    """The page from returns that have none of `tables`; `card` is what else the store's card says."""
    left = {name: table for name, table in page.tables.items() if name not in tables}
    return dataclasses.replace(page, tables=left, used=set(), card={"closed": {}, "closed_columns": {}, **dict(card)})


def without_column(page, table, column, problem):
    """The page from returns in which an error closed one column of a tidy table."""
    tables = page.tables | {table: page.tables[table].drop(columns=column)}
    return dataclasses.replace(page, tables=tables, used=set(), card={"closed_columns": {table: {column: problem}}})
