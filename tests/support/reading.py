"""How a page reads: its narrative as plain text, its reading ease, and the acronyms that it has not spelled out."""

import re
import tomllib
from pathlib import Path

import textstat
from bs4 import BeautifulSoup

SPOKEN = ("answer", "sentence", "note", "questions")
ACRONYM = re.compile(r"(?<![\w])[A-Z][A-Z]+[0-9]*(?![\w])")
EASY = 55  # Flesch; 60 to 70 is plain English
JARGON = tomllib.loads(Path(__file__).with_name("jargon.toml").read_text(encoding="utf-8"))


def narrative(cells, shown):
    """What is read from the top of a page to its end, tables and charts left out: its paragraphs, in order.

    `cells` are those of the notebook, `shown` what each of them shows, by its id.
    """
    paragraphs = []
    for cell in cells:
        if cell["cell_type"] == "markdown":
            source = "".join(cell["source"])
            paragraphs += [part.lstrip("# ") for part in source.split("\n\n")]
        for output in shown.get(cell["id"], ()):
            paragraphs += output.text if output.kind in SPOKEN else ()
    return [part if part.endswith((".", "?")) else f"{part}." for part in paragraphs if part]


def everything_read(cells, shown):
    """All that stands on a page before its definitions, in order: titles, heads and cells of tables, cards, texts of pictures."""
    texts = []
    for cell in cells:
        if cell["cell_type"] == "markdown":
            texts.append("".join(cell["source"]))
        for output in shown.get(cell["id"], ()):
            if output.kind == "definitions":
                return " ".join(" ".join(texts).split())
            soup = BeautifulSoup(output.html, "html.parser")
            for image in soup.find_all("img"):
                image.replace_with(f" {image['alt']} ")
            texts.append(soup.get_text(" "))
    raise ValueError("a page without definitions")


def reading_ease(paragraphs):
    """Flesch's reading ease: 206.835 - 1.015 x words a sentence - 84.6 x syllables a word; 60 and more is plain English."""
    return textstat.flesch_reading_ease("\n".join(paragraphs))


def spelled_out_later(text, known=()):
    """The acronyms of a page that come before their words, each once: "the Department for Education (DfE)" spells one out."""
    found = []
    for match in ACRONYM.finditer(text):
        acronym, before = match.group(), text[: match.start()]
        is_spelled_out = f"({acronym})" in before or before.endswith("(") or f"({acronym}" in before
        if acronym not in known and not is_spelled_out and acronym not in found:
            found.append(acronym)
    return found


def jargon_in(text):
    """The words of a text that `jargon.toml` has plainer ones for."""
    return [
        word for words in JARGON.values() for word in words if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text, re.I)
    ]
