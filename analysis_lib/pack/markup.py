"""What all pages have in common, however they are made: the templates, ids of headings, links to download, and what a
self-contained page may not hold. Light to import: a run in which nothing has changed needs no more.
"""

from __future__ import annotations

import html
import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

from jinja2 import Environment, FileSystemLoader

from analysis_lib.report.output import style as style_of_outputs

TEMPLATE = Path(__file__).parent / "template"
CSV_ADDRESS = "data:text/csv;charset=utf-8;base64,"
DOWNLOAD = "Download these figures (CSV)"


def label_of_download(title: str) -> str:
    """What a screen reader says of the link to the figures of the table or chart that is called `title`."""
    return f"{DOWNLOAD}: {title}"


def slug(text: str) -> str:
    """An id from a heading: its words in small letters, joined by hyphens."""
    plain = html.unescape(re.sub(r"<[^>]+>", "", text)).lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "section"


def mark_headings(body: str) -> str:
    """`body` with an id on every heading from its own words, so that a link to it outlives changes around it."""
    taken: dict[str, int] = {}

    def with_id(match: re.Match) -> str:
        level, attributes, text = match.groups()
        if re.search(r"\bid=", attributes):
            return match[0]
        name = slug(text)
        taken[name] = taken.get(name, 0) + 1
        return f'<h{level}{attributes} id="{name if taken[name] == 1 else f"{name}-{taken[name]}"}">{text}</h{level}>'

    return re.sub(r"<h([2-6])\b([^>]*)>(.*?)</h\1>", with_id, body, flags=re.DOTALL)


def contents(body: str) -> list[tuple[str, str]]:
    """(id, text) of every second-level heading."""
    found = re.findall(r'<h2\b[^>]*\bid="([^"]+)"[^>]*>(.*?)</h2>', body, re.DOTALL)
    return [(name, re.sub(r"<[^>]+>", "", text)) for name, text in found]


@cache
def style() -> str:
    """The stylesheet of every page: the look of the outputs on it, then its own layout."""
    return style_of_outputs() + (TEMPLATE / "style.css").read_text(encoding="utf-8")


@cache
def page_environment() -> Environment:
    """Jinja for the pages that no notebook makes: the index of a pack and of all packs."""
    environment = Environment(loader=FileSystemLoader(TEMPLATE), autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.globals["style"] = style()
    return environment


class _Faults(HTMLParser):
    """Collects what a self-contained page may not hold."""

    FORBIDDEN = ("script", "iframe", "object", "embed", "link", "base", "form")

    def __init__(self):
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attributes: list) -> None:
        if tag in self.FORBIDDEN:
            self.found.append(f"the page would hold a <{tag}>")
        for name, value in attributes:
            value = (value or "").strip()
            if name.startswith("on"):
                self.found.append(f"the page would run a script ({name})")
            if name in ("src", "srcset", "poster", "background") and not value.startswith("data:"):
                self.found.append(f"the page would fetch {value[:60]!r}")
            if name in ("href", "xlink:href") and value.lower().startswith(("javascript:", "file:")):
                self.found.append(f"the page would link to {value[:60]!r}")
            if name == "href" and value.lower().startswith("data:") and not value.startswith(CSV_ADDRESS):
                self.found.append("the page would open something other than a table from a link")
            if name == "style" and "url(" in value and "url(data:" not in value.replace("'", "").replace('"', ""):
                self.found.append("a style would fetch something")


def page_faults(page: str) -> list[str]:
    """What would make `page` fetch, run or point at something outside itself, in words; empty when it is sound."""
    parser = _Faults()
    parser.feed(page)
    styles = "".join(re.findall(r"<style\b[^>]*>(.*?)</style>", page, re.DOTALL))
    if "@import" in styles or re.search(r"url\(\s*['\"]?(?!data:)", styles):
        parser.found.append("a style would fetch something")
    return parser.found
