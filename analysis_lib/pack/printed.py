"""Reads a finished pack back from its files: the figures that are printed, where each of them stands, and every other text.

It knows what a reader's browser knows: the HTML and CSV files, nothing of how they were made. A page that two browsers
could read in two ways (a tag that is never closed) is not read at all, for something could stand where nobody looked.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import parse_qsl

from analysis_lib.disclosure.printed import PrintedFigure

FIGURE, CHANGE, ROUNDED = "data-figure", "data-change", "data-rounded"
SIGNED = "data-signed"  # a figure as a signed-off pack has it, on the front page of a later one
GROUP = "data-group"
PERIOD = "data-period"
STATED = "data-stated"  # a number that the service has written in its commentary, and that counts no children
COUNTED, PUBLISHED_WORDS = "data-counted", "data-published"  # things that are nobody's, and words of a publication
MARKS = (FIGURE, CHANGE, ROUNDED, SIGNED)
LEFT_OUT = "figure"  # stands for a marked figure in the text around it
_WITHOUT_END = {
    "meta",
    "img",
    "br",
    "hr",
    "link",
    "input",
    "source",
    "wbr",
    "base",
    "area",
    "col",
    "embed",
    "track",
    "param",
}
_INLINE = {"a", "abbr", "b", "br", "code", "em", "i", "small", "span", "strong", "sub", "sup", "time", "wbr"}
_NOT_TEXT = {"style", "script", "template", "noscript"}
_WORDS_OF = {
    "p": "paragraph", "li": "list item", "caption": "caption", "figcaption": "caption of a chart", "dd": "description",
    "dt": "term", "summary": "line to open", "title": "title of the page", "td": "cell", "th": "heading of a table",
    **{f"h{level}": "heading" for level in range(1, 7)},
}  # fmt: skip


class NotReadable(ValueError):
    """A page that is not one that we made: its tags do not close in order."""


@dataclass(frozen=True)
class Place:
    """Where something stands: a file of the pack, and in it a cell of a table, or `what`, such as "paragraph 3".

    `row` and `column` count from 1 as in the CSV without its headings, the column of labels included; 0 where there is none.
    Labels with a figure in them are not repeated in words: the figure may be what is wrong.
    """

    page: str
    what: str = ""
    table: str = ""
    row: int = 0
    row_label: str = ""
    column: int = 0
    column_heading: str = ""

    def __str__(self) -> str:
        parts = [masked(self.page)]
        if self.table:
            parts.append(f"table {masked(self.table)}")
        if self.row:
            parts.append(f"row {self.row}{_in_brackets(self.row_label)}")
        if self.column:
            parts.append(f"column {self.column}{_in_brackets(self.column_heading)}")
        return ", ".join([*parts, *([self.what] if self.what else [])])


_SAID_OF_A_NAME = re.compile(r"(?<![A-Za-z0-9])(\d{4}-\d\d(-(Q[1-4]|H[12]|AY))?|\d{4}-M\d\d)(?![A-Za-z0-9])")


def masked(name: str) -> str:
    """A name without its figures, which may be what is wrong with it; the code of a period stays."""
    kept = [(found.start(), found.end()) for found in _SAID_OF_A_NAME.finditer(name)]
    return "".join(
        "#" if letter.isdigit() and not any(start <= at < end for start, end in kept) else letter
        for at, letter in enumerate(name)
    )


def _in_brackets(label: str) -> str:
    return f" ({label})" if label and not re.search(r"\d", label) else ""


@dataclass
class Element:
    """An element of a page. `children` are elements and texts."""

    tag: str
    attributes: dict[str, str]
    parent: Element | None = field(default=None, repr=False)
    children: list[Element | str] = field(default_factory=list, repr=False)

    def all(self) -> Iterator[Element]:
        """This element and all in it, in the order of the page."""
        waiting = [self]
        while waiting:
            each = waiting.pop()
            yield each
            waiting.extend(child for child in reversed(each.children) if isinstance(child, Element))

    def find(self, *tags: str) -> list[Element]:
        return [each for each in self.all() if each.tag in tags]

    def within(self, *tags: str) -> Element | None:
        """The nearest element around this one, or itself, with one of `tags`."""
        each = self
        while each is not None and each.tag not in tags:
            each = each.parent
        return each

    def within_class(self, name: str) -> bool:
        """Whether an element around this one, or itself, has the class `name`."""
        each: Element | None = self
        while each is not None and name not in each.classes:
            each = each.parent
        return each is not None

    @property
    def classes(self) -> list[str]:
        return self.attributes.get("class", "").split()

    @property
    def is_label_of_origin(self) -> bool:
        """The word "Synthetic" or "Published" after a figure, which is no part of what is said."""
        return self.tag == "span" and "origin" in self.classes

    @property
    def text(self) -> str:
        """What is read in it, spaces collapsed, without the labels of origin."""
        return collapsed("".join(self._texts()))

    def _texts(self) -> Iterator[str]:
        for child in self.children:
            if isinstance(child, str):
                yield child
            elif child.tag not in _NOT_TEXT and not child.is_label_of_origin:
                if child.tag not in _INLINE or child.tag == "br":
                    yield " "
                yield from child._texts()


def _is_name_of_group(element: Element) -> bool:
    """Whether an element says the name of a group of figures, such as "10 to 13", and no figure that the name has not."""
    values = [value for _, value in parse_qsl(element.attributes.get(GROUP, ""))]
    return bool(values) and set(re.findall(r"\d+", element.text)) <= set(re.findall(r"\d+", values[0]))


def _is_stated(element: Element) -> bool:
    """Whether an element is a phrase that the service has stated, in its commentary. What it may say, the manifest lists."""
    return STATED in element.attributes and element.within_class("commentary")


def _is_in_list_of_problems(element: Element) -> bool:
    """Whether an element is in the list that closes the table of data quality, which says how many kinds it leaves out."""
    around = element.within("ul")
    return around is not None and "problems" in around.classes and element.text.replace(",", "").isdigit()


def collapsed(text: str) -> str:
    return " ".join(text.split())


@dataclass(frozen=True)
class Mark:
    """A printed number that says what it is: `kind` is one of `MARKS`, `keys` of the figures (now, then for a change)."""

    kind: str
    keys: tuple[str, ...]
    text: str
    place: Place

    @cached_property
    def figure(self) -> PrintedFigure:
        """The figure it shows. Raises `ValueError` where its key is none."""
        return PrintedFigure.from_key(self.keys[0], self.text)


@dataclass(frozen=True)
class Run:
    """A text that is read in one go: a paragraph, a cell, a heading. `unmarked` has `LEFT_OUT` for each marked figure.

    `said_of` is `COUNTED` or `PUBLISHED_WORDS` where a cell says so of its text.
    """

    tag: str
    text: str
    unmarked: str
    place: Place
    said_of: str = ""


@dataclass(frozen=True)
class Cell:
    """One cell of a table; `is_marked` when a mark stands for all of it."""

    text: str
    is_marked: bool
    place: Place


@dataclass(frozen=True)
class PrintedTable:
    """A table of a page: its headings, its rows without those that head a block, and for each row the block it is in."""

    name: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    blocks: tuple[str, ...]
    place: Place


@dataclass(frozen=True)
class Picture:
    """A chart: its alternative text, its caption, the description beside it, and where its data: address leads."""

    alt: str
    caption: str
    description: str
    source: str
    place: Place


@dataclass(frozen=True)
class PrintedPage:
    """What one page prints. `comments` counts what a browser does not show."""

    name: str
    root: Element
    runs: tuple[Run, ...]
    marks: tuple[Mark, ...]
    tables: tuple[PrintedTable, ...]
    pictures: tuple[Picture, ...]
    comments: int

    @property
    def answers(self) -> list[str]:
        """The sentences of its first screen."""
        return [item.text for each in self.root.find("ul") if "answer" in each.classes for item in each.find("li")]

    @property
    def captions(self) -> set[str]:
        """What its tables and charts are called, which the links to their files repeat word for word."""
        return {run.text for run in self.runs if run.tag in ("caption", "figcaption")}


@dataclass(frozen=True)
class PrintedPack:
    """Every page and CSV file of a pack folder, by their paths in it; `unreadable` are pages that cannot be read, with why."""

    folder: Path
    files: tuple[str, ...]
    pages: tuple[PrintedPage, ...]
    csvs: dict[str, tuple[tuple[str, ...], ...]]
    unreadable: dict[str, str]

    @cached_property
    def marks(self) -> list[Mark]:
        return [mark for page in self.pages for mark in page.marks]


def read_pack(folder: Path) -> PrintedPack:
    """The pack in `folder`, from its HTML and CSV files alone."""
    files = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir())
    pages, csvs, unreadable = [], {}, {}
    for name in files:
        if not name.endswith((".html", ".csv")):
            continue
        try:
            text = (folder / name).read_text(encoding="utf-8")
            if name.endswith(".html"):
                pages.append(read_page(name, text))
            else:
                csvs[name] = tuple(tuple(row) for row in csv.reader(io.StringIO(text, newline=""), strict=True))
        except (NotReadable, UnicodeDecodeError, OSError, csv.Error) as error:
            unreadable[name] = str(error) if isinstance(error, NotReadable) else "it is not text that can be read"
    return PrintedPack(folder, tuple(files), tuple(pages), csvs, unreadable)


def read_page(name: str, html: str) -> PrintedPage:
    """What the page `name` prints. Raises `NotReadable` where its tags do not close in order."""
    tree = _Tree()
    tree.feed(html)
    tree.close()
    if len(tree.open) > 1:
        raise NotReadable(f"<{tree.open[-1].tag}> is never closed")
    return _Reading(name, tree.root, tree.comments).page()


class _Tree(HTMLParser):
    """The elements of a page."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.root = Element("", {})
        self.open = [self.root]
        self.comments = 0

    def handle_starttag(self, tag: str, attributes: list) -> None:
        names = [name for name, _ in attributes]
        if len(set(names)) < len(names):
            raise NotReadable(f"a <{tag}> says one thing twice")
        element = Element(tag, {name: value or "" for name, value in attributes}, self.open[-1])
        self.open[-1].children.append(element)
        if tag not in _WITHOUT_END:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attributes: list) -> None:
        if tag not in _WITHOUT_END:  # a browser takes <p/> for <p>
            raise NotReadable(f"<{tag}/> is no tag of HTML")
        self.handle_starttag(tag, attributes)

    def handle_endtag(self, tag: str) -> None:
        if self.open[-1].tag != tag:
            raise NotReadable(f"</{tag}> closes what is not open")
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)

    def handle_comment(self, data: str) -> None:
        self.comments += 1

    def handle_pi(self, data: str) -> None:
        self.comments += 1

    def handle_decl(self, declaration: str) -> None:
        self.comments += declaration.lower() != "doctype html"

    def unknown_decl(self, data: str) -> None:
        self.comments += 1


class _Reading:
    """One walk over the elements of a page."""

    def __init__(self, name: str, root: Element, comments: int):
        self.name, self.root, self.comments = name, root, comments
        self.runs: list[Run] = []
        self.marks: list[Mark] = []
        self.tables: list[PrintedTable] = []
        self.counted: dict[str, int] = {}
        self.heading = ""

    def page(self) -> PrintedPage:
        self._walk(self.root)
        pictures = [self._picture(number, each) for number, each in enumerate(self.root.find("img"), start=1)]
        return PrintedPage(
            self.name,
            self.root,
            tuple(self.runs),
            tuple(self.marks),
            tuple(self.tables),
            tuple(pictures),
            self.comments,
        )

    def _walk(self, element: Element) -> None:
        """Cut what is in `element` into texts that are read in one go, at every element that is not part of a line."""
        if element.tag in _NOT_TEXT:
            return
        if element.tag == "table":
            self._table(element)
            return
        line: list[Element | str] = []
        for child in element.children:
            if isinstance(child, str) or child.tag in _INLINE:
                line.append(child)
            else:
                self._run(element, line)
                line = []
                self._walk(child)
        self._run(element, line)

    def _run(self, element: Element, line: list[Element | str], place: Place | None = None) -> None:
        shown = [each for each in line if isinstance(each, str) or each.tag != "img"]
        whole = replace_children(element, shown)
        text = whole.text
        if not text and not any(isinstance(each, Element) for each in shown):
            return
        place = place or self._next_place(element)
        if element.tag.startswith("h") and element.tag[1:].isdigit():
            self.heading = text
        marked = self._marks_in(shown, place)
        said_of = next((each for each in (COUNTED, PUBLISHED_WORDS) if each in element.attributes), "")
        self.runs.append(Run(element.tag, text, collapsed(marked), place, said_of))

    def _marks_in(self, line: list[Element | str], place: Place) -> str:
        """Notes the marked figures of a line; gives its text with `LEFT_OUT` for each."""
        text = ""
        for each in line:
            if isinstance(each, str):
                text += each
            elif each.is_label_of_origin:
                text += " "
            elif any(kind in each.attributes for kind in MARKS):
                self._mark(each, place)
                text += LEFT_OUT
            elif (
                _is_stated(each)
                or _is_name_of_group(each)
                or (COUNTED in each.attributes and _is_in_list_of_problems(each))
            ):
                text += LEFT_OUT
            else:
                text += self._marks_in(each.children, place)
        return text

    def _mark(self, element: Element, place: Place) -> None:
        for kind in MARKS:
            if kind in element.attributes:
                several = kind in (CHANGE, ROUNDED)
                keys = element.attributes[kind].split() if several else [element.attributes[kind]]
                self.marks.append(Mark(kind, tuple(keys), element.text, place))

    def _next_place(self, element: Element) -> Place:
        word = _WORDS_OF.get(element.tag, "text")
        self.counted[word] = self.counted.get(word, 0) + 1
        under = f" (under “{self.heading}”)" if self.heading and not re.search(r"\d", self.heading) else ""
        return Place(self.name, f"{word} {self.counted[word]}{under}")

    def _table(self, element: Element) -> None:
        number = len(self.tables) + 1
        name = element.attributes.get("data-table", "")
        place = Place(self.name, "" if name else f"table {number}", table=name)
        headings: tuple[str, ...] = ()
        rows, blocks, block = [], [], ""
        for caption in element.find("caption"):
            self._run(caption, caption.children, replace(place, what=f"{place.what} caption".strip()))
        for row in element.find("tr"):
            cells = [each for each in row.children if isinstance(each, Element)]
            if row.within("thead"):
                headings = tuple(cell.text for cell in cells)
                for column, cell in enumerate(cells, start=1):
                    self._run(cell, cell.children, replace(place, what="heading", column=column))
            elif "block" in row.classes:
                block = " ".join(cell.text for cell in cells)
                for cell in cells:
                    self._run(
                        cell, cell.children, replace(place, what=f"heading of a block before row {len(rows) + 1}")
                    )
            else:
                rows.append(self._row(place, len(rows) + 1, cells, headings))
                blocks.append(block)
        self.tables.append(PrintedTable(name, headings, tuple(rows), tuple(blocks), place))

    def _row(self, place: Place, number: int, cells: list[Element], headings: tuple[str, ...]) -> tuple[Cell, ...]:
        found = []
        label = cells[0].text if cells else ""
        for column, cell in enumerate(cells, start=1):
            heading = headings[column - 1] if column <= len(headings) else ""
            here = replace(place, row=number, row_label=label, column=column, column_heading=heading)
            is_marked = any(kind in cell.attributes for kind in MARKS)
            if is_marked:
                self._mark(cell, here)
                self.runs.append(Run(cell.tag, cell.text, LEFT_OUT, here))
            else:
                self._run(cell, cell.children, here)
            found.append(Cell(cell.text, is_marked, here))
        return tuple(found)

    def _picture(self, number: int, image: Element) -> Picture:
        around = image.within("figure") or Element("figure", {})
        captions = [each.text for each in around.find("figcaption")]
        described = [each.text for each in around.find("p") if "description" in each.classes]
        return Picture(
            image.attributes.get("alt", ""),
            " ".join(captions),
            " ".join(described),
            image.attributes.get("src", ""),
            Place(self.name, f"chart {number}"),
        )


def replace_children(element: Element, children: list[Element | str]) -> Element:
    """An element of the same tag with other children."""
    return Element(element.tag, element.attributes, element.parent, children)
