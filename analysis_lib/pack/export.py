"""An executed notebook becomes one self-contained HTML page and its tables; nothing but what `report` made gets through."""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

import nbformat
from nbconvert.exporters import TemplateExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from traitlets import default

from analysis_lib.disclosure.record import GateRecord, records_of
from analysis_lib.pack.markup import (
    CSV_ADDRESS,
    DOWNLOAD,
    TEMPLATE,
    contents,
    label_of_download,
    mark_headings,
    page_faults,
    slug,
    style,
)
from analysis_lib.pack.plan import Task
from analysis_lib.pack.run import Failure, NotebookFailed, committed_number, marked

MIME = "application/vnd.panelpack.v1+json"  # how `analysis_lib.report` marks its outputs
HOW_MADE = ("how-this-was-made", "How this was made")
_END_OF_FOLDED = re.compile(r"</details>(?:</figure>)?\s*$")
SLUG = re.compile(r"[a-z0-9][a-z0-9_-]*")
STRAY = {
    "stream": "printed text",
    "error": "an error",
    "image/png": "an image",
    "image/svg+xml": "an image",
    "text/html": "a table or HTML that did not come from analysis_lib.report",
}


@dataclass(frozen=True)
class Page:
    """One finished page: what the reader gets, and what the index and the manifest say of it.

    `tables` maps a table's name to (title, CSV text); `answer` are the sentences of the first screen, each
    with whose figures it has; `origins` whose figures it shows; `hidden` how many the gate withheld; `records`
    what the gate did, for the person who decides: nothing else of the page has it; `headlines` its cards, for the index;
    `results` its figures at full precision, of the restricted edition alone;
    `commentary` whose words the service's commentary has, the days and the phrases with a number that it states; None where
    there is none.
    """

    task: Task
    title: str
    html: str
    tables: dict[str, tuple[str, str]]
    answer: tuple[dict, ...]
    origins: tuple[str, ...]
    hidden: int
    records: tuple[GateRecord, ...] = ()
    headlines: tuple[dict, ...] = ()
    commentary: dict | None = None
    results: tuple[dict, ...] = ()


def _sentences(payload: dict) -> list[dict]:
    marked = payload.get("marked") or [""] * len(payload["text"])
    return [
        {"text": text, **({"marked": html} if html else {}), "figures": origins}
        for text, html, origins in zip(payload["text"], marked, payload["sentence_origins"], strict=True)
    ]


@dataclass(frozen=True)
class Provenance:
    """What a page says of its own making. No time and no machine: the same inputs give the same bytes."""

    authority: str
    version: str
    input_hash: str


class PageExporter(TemplateExporter):
    """nbconvert with our own template, and with nothing that a user's Jupyter settings could change."""

    template_paths = [str(TEMPLATE)]
    default_preprocessors = []

    @default("file_extension")
    def _file_extension(self) -> str:
        return ".html"

    @default("template_file")
    def _template_file(self) -> str:
        return "page.html.j2"

    def default_filters(self):
        yield from super().default_filters()
        yield "markdown", markdown
        yield "mark_headings", mark_headings
        yield "slug", slug


def export(notebook: nbformat.NotebookNode, task: Task, provenance: Provenance) -> Page:
    """The page of an executed notebook.

    Only outputs that carry `MIME` and HTML are let through, and only their HTML and markdown cells are written.

    Raises
    ------
    NotebookFailed
        Naming the cell, for any other output; for two tables of one name; for a page whose headings are out of order
        or that would fetch or run something.
    """
    outputs = list(_outputs(notebook, task))
    body = _body(notebook)
    title, body = _without_title(body, task)
    about = [payload["page"] or {} for payload, _ in outputs]
    tables = _tables(outputs, notebook, task)
    page_html, _ = PageExporter().from_notebook_node(
        nbformat.v4.new_notebook(),  # the cells are rendered already: neither code nor metadata can follow
        resources={
            "title": title,
            "first_screen": body[: _first_section(body)],
            "sections": body[_first_section(body) :],
            "contents": [*contents(body), HOW_MADE],
            "data": [line for facts in about for line in facts.get("data", ())],
            "style": style(),
            "task": task,
            "provenance": provenance,
            "public": task.edition == "public",
            "has_tables": bool(tables),
        },
    )
    faults = page_faults(page_html)
    if faults:
        raise NotebookFailed(Failure(task, 0, faults[0], notebook))
    return Page(
        task=task,
        title=html.unescape(re.sub(r"<[^>]+>", "", title)),
        html=page_html,
        tables=tables,
        answer=tuple(each for payload, _ in outputs if payload["kind"] == "answer" for each in _sentences(payload)),
        origins=tuple(sorted({origin for payload, _ in outputs for origin in payload["origin"]})),
        hidden=sum(payload["hidden"] for payload, _ in outputs),
        commentary=next((payload["page"] for payload, _ in outputs if payload["kind"] == "commentary"), None),
        records=tuple(record for payload, _ in outputs for record in records_of(payload.get("restricted"))),
        headlines=tuple(each for payload, _ in outputs for each in payload.get("headlines", ())),
        results=tuple(each for payload, _ in outputs for each in payload.get("results", ())),
    )


def _outputs(notebook: nbformat.NotebookNode, task: Task) -> Iterator[tuple[dict, int]]:
    """Every output's description and the position of its cell. Raises for one that may not leave."""
    for position, cell in enumerate(notebook.cells):
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            if "html" not in data.get(MIME, {}) or "text/html" not in data or output.output_type == "error":
                kind = STRAY.get(output.output_type) or next((STRAY[mime] for mime in STRAY if mime in data), "a value")
                _stop(
                    notebook,
                    task,
                    position,
                    f"it shows {kind}. Only what analysis_lib.report makes may leave; end the line with ; or remove it",
                )
            yield data[MIME], position


def _stop(notebook: nbformat.NotebookNode, task: Task, position: int, said: str) -> None:
    raise NotebookFailed(marked(Failure(task, committed_number(notebook.cells, position), said, notebook), position))


def _body(notebook: nbformat.NotebookNode) -> str:
    """Markdown cells and the HTML of outputs, in order, each table and chart with the link to its file."""
    parts = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            parts.append(markdown(cell.source))
        for output in cell.get("outputs", ()):
            payload = output.data[MIME]
            parts.append(_with_link(payload["html"], download_link(payload)))
    return mark_headings("\n".join(parts))


def download_link(payload: dict) -> str:
    """The link beneath a table or chart that holds its CSV file itself; empty where an output has none.

    It works for a page that is passed on alone, and asks nothing of any server.
    """
    if payload.get("csv") is None:
        return ""
    address = CSV_ADDRESS + base64.b64encode(payload["csv"].encode()).decode()
    name, label = html.escape(payload["name"]), html.escape(label_of_download(payload["title"]))
    return f'<p class="download"><a download="{name}.csv" href="{address}" aria-label="{label}">{DOWNLOAD}</a></p>'


def _with_link(output: str, link: str) -> str:
    """An output with its link beneath the table: inside what a reader opens to see it, where it is folded."""
    folded = _END_OF_FOLDED.search(output)
    end = folded.start() if folded else len(output)
    return output[:end] + link + output[end:]


def _first_section(body: str) -> int:
    """Where the sections of a page begin, after what answers its question."""
    found = re.search(r"<h2\b", body)
    return found.start() if found else len(body)


def _without_title(body: str, task: Task) -> tuple[str, str]:
    """The page's one h1, and the rest; the template sets the title itself."""
    levels = [int(level) for level in re.findall(r"<h([1-6])\b", body)]
    if levels.count(1) != 1 or levels[0] != 1:
        raise NotebookFailed(
            Failure(task, 0, f"a page has one first-level heading, its question; found {levels.count(1)}")
        )
    for before, after in zip(levels, levels[1:], strict=False):
        if after > before + 1:
            raise NotebookFailed(
                Failure(task, 0, f"a heading of level {after} follows one of level {before}; levels may not be skipped")
            )
    heading = re.search(r"<h1\b[^>]*>(.*?)</h1>", body, re.DOTALL)
    return heading[1], body[: heading.start()] + body[heading.end() :]


def _tables(outputs: list[tuple[dict, int]], notebook: nbformat.NotebookNode, task: Task) -> dict[str, tuple[str, str]]:
    tables: dict[str, tuple[str, str]] = {}
    for payload, position in outputs:
        if payload.get("csv") is None:
            continue
        name = payload["name"]
        if not SLUG.fullmatch(name):
            _stop(notebook, task, position, f"a table is named {name!r}; use small letters, digits, - and _")
        if name in tables and tables[name][1] != payload["csv"]:
            _stop(
                notebook,
                task,
                position,
                f"two tables or charts with different figures are named {name!r}; each name makes one CSV file",
            )
        tables[name] = (payload["title"], payload["csv"])
    return tables


def markdown(source: str) -> str:
    """Markdown as nbconvert renders it, without pilcrow links."""
    return MarkdownWithMath(renderer=IPythonRenderer(escape=False, exclude_anchor_links=True)).render(source)
