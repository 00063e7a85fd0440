"""What a report shows: one shape for every table, chart and sentence, and the only thing that an export lets through.

An `Output` shows itself in JupyterLab and carries a small description of itself (`MIME`), with its HTML, by which the
exporter knows it; the exporter writes nothing else to a page.
"""

from __future__ import annotations

import html
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files

from analysis_lib.disclosure.record import GateRecord
from analysis_lib.errors import DisclosureError
from analysis_lib.results import PUBLISHED, RETURNS, Released, Value

MIME = "application/vnd.panelpack.v1+json"
SYNTHETIC = "synthetic"
ORIGIN_WORDS = {SYNTHETIC: "Synthetic", RETURNS: "Council returns", PUBLISHED: "Published"}
SYMBOL_WORDS = {
    "c": "hidden so that no child can be recognised",
    "x": "not available",
    "z": "no figure, for there is nothing to count",
    "k": "rounds to zero, but is not zero",
    "u": "too unreliable to publish",
    "low": "rounds to zero, but is not zero",
    ":": "not available",
}


@dataclass(frozen=True, repr=False)
class Output:
    """Something a reader sees: `html` for the page, `text` in plain sentences, `csv` where there is a table.

    `kind` is one of banner, answer, sentence, note, cards, table, chart, questions, commentary, definitions, quality, provenance.
    `origins` says whose figures it shows (`sentence_origins` for each sentence of `text`, which
    `marked` has as HTML), `hidden` how many the gate withheld.
    `headlines` are the cards as the manifest has them.
    `restricted` is what the gate did, with exact figures, for the person who decides: the exporter takes it out. `results`
    are the figures of the restricted edition at full precision, for a file of that edition.
    """

    kind: str
    html: str
    name: str = ""
    title: str = ""
    text: tuple[str, ...] = ()
    csv: str | None = None
    origins: tuple[str, ...] = ()
    sentence_origins: tuple[tuple[str, ...], ...] = ()
    marked: tuple[str, ...] = ()
    hidden: int = 0
    page: dict | None = field(default=None)
    headlines: tuple[dict, ...] = ()
    restricted: tuple[GateRecord, ...] = ()
    results: tuple[dict, ...] = ()

    def __repr__(self) -> str:
        return f"{self.kind}: {self.title or ' '.join(self.text)}"

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        description = {
            "kind": self.kind,
            "html": self.html,
            "name": self.name,
            "title": self.title,
            "text": list(self.text),
            "csv": self.csv,
            "origin": list(self.origins),
            "sentence_origins": [list(each) for each in self.sentence_origins],
            **({"marked": list(self.marked)} if self.marked else {}),
            "hidden": self.hidden,
            "page": self.page,
            **({"headlines": list(self.headlines)} if self.headlines else {}),
            **({"restricted": [record.as_json() for record in self.restricted]} if self.restricted else {}),
            **({"results": list(self.results)} if self.results else {}),
        }
        return {"text/html": in_jupyterlab(self.html), "text/plain": repr(self), MIME: description}


@cache
def style() -> str:
    """The look of every output, as CSS: one part of a page's stylesheet, and all of it in JupyterLab."""
    return files("analysis_lib.report").joinpath("outputs.css").read_text(encoding="utf-8")


@cache
def _style_in_jupyterlab() -> str:
    """The same rules for our outputs alone, on white whatever the theme.

    The class stands twice, so that they win over JupyterLab's own for tables.
    """
    paper = (
        "& { color: var(--ink); background: #fff; padding: .25rem .5rem; } tbody tr:nth-child(n) { background: none; }"
    )
    return f"<style>.panelpack.panelpack {{\n{style().replace(':root', '&')}{paper}\n}}</style>"


def in_jupyterlab(html: str) -> str:
    """`html` as JupyterLab shows it: looking as on the page, and touching nothing else of the notebook's look."""
    return f'{_style_in_jupyterlab()}<div class="panelpack">{html}</div>'


def only_released(thing, where: str):
    """`thing` itself when it came through the gate. Raises `DisclosureError` for anything else."""
    if not isinstance(thing, (Released, Value)):
        raise DisclosureError(
            f"{where} takes released figures only, not {type(thing).__name__}. Pass the result through page.release() first."
        )
    return thing


def origin_tags(origins: tuple[str, ...]) -> str:
    """The small labels that say, beside a figure, whether it is synthetic or published."""
    return "".join(f' <span class="origin {origin}">{ORIGIN_WORDS[origin]}</span>' for origin in origins)


def merge_origins(values) -> tuple[str, ...]:
    """The different origins of `values`, returns first, each once."""
    order = list(ORIGIN_WORDS)
    return tuple(sorted({value.origin for value in values}, key=order.index))


def folded(output: Output) -> Output:
    """A long table that a reader opens when wanted, with its title to click on."""
    html = f"<details><summary>{escape(output.title)}</summary>{output.html}</details>"
    return replace(output, html=html)


def sources(*released: Released) -> list[str]:
    """The publications that the figures of `released` come from, each once, in alphabetical order."""
    rows = [source for one in released for source in one.frame["source"] if isinstance(source, str)]
    return sorted({source.strip() for row in rows for source in row.split("; ")} - {""})


def escape(text: str) -> str:
    return html.escape(str(text), quote=True)


def key_to_symbols(symbols) -> str:
    """A line under a table that explains each symbol in it; empty when there is none."""
    known = [
        f"<b>{escape(symbol)}</b> {SYMBOL_WORDS.get(symbol, 'as published')}"
        for symbol in sorted(set(symbols))
        if symbol
    ]
    return f'<p class="key">Key: {"; ".join(known)}.</p>' if known else ""
