"""Accounts for every number that a pack prints: it is a released figure that says which one it is, or a word.

A change of two figures is what they give; a file to download is its table; a chart's texts are words, ticks at equal steps,
or figures that stand in its description. What is left over has not come through the gate.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cache, lru_cache
from pathlib import Path, PurePosixPath
from xml.etree.ElementTree import Element as Node

from analysis_lib.commentary import names_children
from analysis_lib.disclosure.equations import Relations, number_of
from analysis_lib.disclosure.printed import PrintedFigure
from analysis_lib.pack.finding import Finding
from analysis_lib.pack.hidden import SVG, TICK, drawing
from analysis_lib.pack.identifiers import decoded
from analysis_lib.pack.index import INDEX
from analysis_lib.pack.manifest import NAME, table_file
from analysis_lib.pack.markup import CSV_ADDRESS, label_of_download
from analysis_lib.pack.printed import (
    CHANGE,
    COUNTED,
    FIGURE,
    PUBLISHED_WORDS,
    ROUNDED,
    SIGNED,
    STATED,
    Element,
    Mark,
    Picture,
    Place,
    PrintedPack,
    PrintedPage,
    PrintedTable,
    Run,
    collapsed,
    masked,
)
from analysis_lib.report.number_words import bare_numbers

NUMBER, ALT, TABLE, CHANGED, TWICE = "number", "alternative text", "table", "change", "printed twice"
GIVE_AS_FIGURE = "Give it as a value from page.release(), so that the gate decides on it."
_FIGURE_TEXT = re.compile(r"[+\-−]?\d[\d,]*(?:\.\d+)?%?(?: to [+\-−]?\d[\d,]*(?:\.\d+)?%?)?")
_ROUNDED_TEXT = re.compile(r"1 to 5|\d[\d,]*[05]|0|5|[^\d]*")
_CHANGE_TEXT = re.compile(
    r"(up|down) ([\d,]+(?:\.\d+)?)(?: percentage points?)?(?: \((less than 1|[\d,]+)%\))?(?: from)?"
)
_TICK = re.compile(r"[+\-−]?[\d,]+(?:\.\d+)?%?")
_DIGITS = re.compile(r"\d+")
_CELL_NUMBER = re.compile(r"'?[+\-−]?\d[\d,]*(?:\.\d+)?%?")


class Vocabulary:
    """Asks whether a text holds a number that is no word; remembers the answers, since labels come again and again.

    `known` are the texts whose numbers are words; `published` what others have published, whose words may be repeated.
    """

    def __init__(self, known: Iterable[str], published: Iterable[str] = ()):
        self._with: dict[str, list[str]] = defaultdict(list)
        for text in sorted(set(known)):
            for digits in set(_DIGITS.findall(text)):
                self._with[digits].append(text)
        self._published = " ".join(collapsed(text.replace('""', '"')) for text in published)
        self._answers: dict[str, bool] = {}

    def is_explained(self, text: str) -> bool:
        if not _has_digit(text):
            return True
        if text not in self._answers:
            self._answers[text] = self._is_of_words(text)
        return self._answers[text]

    def _is_of_words(self, text: str) -> bool:
        left = bare_numbers(text)
        near = dict.fromkeys(known for number in left for part in _DIGITS.findall(number) for known in self._with[part])
        return not left or not bare_numbers(text, known=list(near))

    def is_published(self, text: str) -> bool:
        """Whether a text stands in a publication word for word."""
        return all(collapsed(part) in self._published for part in text.split("; "))


def names_of_groups(pack: PrintedPack) -> set[str]:
    """The values of groups that printed figures speak of, such as "10 to 12": words, though they hold figures."""
    names = set()
    for mark in pack.marks:
        for key in mark.keys if mark.kind != ROUNDED else ():
            try:
                names.update(value for _, value in PrintedFigure.from_key(key, "").groups)
            except ValueError:
                continue
    return names


def numbers_on(pack: PrintedPack, page: PrintedPage, words: Vocabulary, told: Collection[str]) -> Iterator[Finding]:
    """Numbers of a page's texts, attributes and charts that are no figures. `told`: texts that are accounted for elsewhere."""
    for run in page.runs:
        if run.text in told or words.is_explained(run.unmarked) or _is_said_of(run, words):
            continue
        what = (
            "a cell with a number that is no released figure"
            if run.place.row
            else "a number that is no released figure"
        )
        yield Finding(NUMBER, str(run.place), what, GIVE_AS_FIGURE)
    for mark in page.marks:
        if not says_what_it_is(mark):
            yield Finding(NUMBER, str(mark.place), "a mark that does not say which figure it is", GIVE_AS_FIGURE)
    for element in page.root.all():
        for what in _in_attributes(pack, page, element, words):
            yield Finding(NUMBER, str(Place(page.name)), what, GIVE_AS_FIGURE)
    images = page.root.find("img") if page.pictures else []
    for picture in page.pictures:
        if not _is_as_described(picture):
            what = "alternative text with a number that its caption and description do not have"
            yield Finding(ALT, str(picture.place), what, "The text of a chart is its finding and its description.")
        figures = _figures_of(images, picture)
        for what in dict.fromkeys(_in_drawing(picture, words, figures)):
            yield Finding(NUMBER, str(picture.place), what, GIVE_AS_FIGURE)


def stated(page: PrintedPage, told: Collection[str]) -> Iterator[Finding]:
    """Phrases with a number that stand in a page's commentary and are not among those `told`, or that speak of children."""
    for element in page.root.all():
        if STATED in element.attributes and (element.text not in told or names_children(element.text)):
            what = "a number in a commentary that was not stated to count something else than children"
            yield Finding(NUMBER, str(Place(page.name)), what, "List it under not_children, or leave it out.")


def _is_said_of(run: Run, words: Vocabulary) -> bool:
    """Whether a cell has a number of files, as it says, or the words of a publication."""
    if run.said_of == COUNTED:
        return run.place.table == "data_quality" and re.fullmatch(r"[\d,]+", run.text) is not None
    return run.said_of == PUBLISHED_WORDS and words.is_published(run.text)


def says_what_it_is(mark: Mark) -> bool:
    return _says_what_it_is(mark.kind, mark.keys, mark.text)


@lru_cache(maxsize=1 << 16)  # a figure is asked about by several checks, and stands in text, table and chart
def _says_what_it_is(kind: str, keys: tuple[str, ...], text: str) -> bool:
    if kind == ROUNDED:
        return (_ROUNDED_TEXT if keys == ("5",) else _DIGITS).fullmatch(text.replace(",", "")) is not None
    try:
        for key in keys:
            PrintedFigure.from_key(key, text)
    except ValueError:
        return False
    if kind == CHANGE:
        return len(keys) == 2 and (not _has_digit(text) or _CHANGE_TEXT.fullmatch(text) is not None)
    return not _has_digit(text) or _FIGURE_TEXT.fullmatch(text) is not None


def exact_rows(page: PrintedPage) -> Iterator[Finding]:
    """Numbers of rows that are not rounded, as in the restricted edition."""
    for mark in page.marks:
        if mark.kind == ROUNDED and mark.keys != ("5",):
            yield Finding(
                NUMBER, str(mark.place), "a number of rows that is not rounded", "The public edition rounds it."
            )


def _has_digit(text: str) -> bool:
    if text.isascii():  # nearly all of them, and ten digits are all that such a text can have
        return _DIGITS.search(text) is not None
    return any(letter.isdigit() for letter in text)


def _in_attributes(pack: PrintedPack, page: PrintedPage, element: Element, words: Vocabulary) -> Iterator[str]:
    label = element.attributes.get("aria-label", "")
    if not words.is_explained(label) and label not in _labels_that_repeat(page, element):
        yield "a label for screen readers with a number that is no released figure"
    link = element.attributes.get("href", "")
    if link.startswith("#"):
        return
    if link.startswith(CSV_ADDRESS):
        if not _holds_its_file(pack, page, element):
            yield "a link to figures that are not those of the file to download"
        return
    if "://" in link:
        if not words.is_explained(link) and element.text not in link and link not in element.text:
            yield "a link with a number that is no released figure"
    elif link and link not in (*pack.files, INDEX, NAME, f"../{INDEX}"):
        yield "a link to a file that is not in the pack"


def _labels_that_repeat(page: PrintedPage, element: Element) -> set[str]:
    """What a label for screen readers may say with numbers: the caption of the table in it, or of what is downloaded."""
    if element.tag == "a" and "download" in element.attributes:
        return {label_of_download(each) for each in page.captions}
    return {each.text for each in element.find("caption")}


def _holds_its_file(pack: PrintedPack, page: PrintedPage, element: Element) -> bool:
    """Whether a link holds, byte for byte, the file of the pack that it is named for."""
    table = PurePosixPath(element.attributes.get("download", "")).stem
    name = table_file(PurePosixPath(page.name).stem, table)
    is_named_for_it = element.attributes.get("download") == f"{table}.csv" and name in pack.csvs
    return is_named_for_it and (pack.folder / name).read_bytes() == decoded(element.attributes["href"])


def _is_as_described(picture: Picture) -> bool:
    """Whether every number of the alternative text is in the caption or the description, word for word."""
    alt = collapsed(picture.alt)
    for said in (collapsed(picture.description), collapsed(picture.caption).rstrip(".")):
        if said:
            alt = alt.replace(said, "", 1)
    return not _has_digit(alt)


def _figures_of(images: Sequence[Element], picture: Picture) -> set[str]:
    """The figures that the description of a chart prints; `images` are those of its page."""
    at = next(each for number, each in enumerate(images, 1) if picture.place.what == f"chart {number}")
    around = at.within("figure")
    return {each.text for each in around.all() if FIGURE in each.attributes} if around else set()


def _in_drawing(picture: Picture, words: Vocabulary, figures: Collection[str]) -> Iterator[str]:
    root = drawing(picture)
    if root is None:
        return
    for part in root.iter(f"{SVG}g"):
        ticks = [collapsed(" ".join(each.itertext())) for each in part if each.get("class") == TICK]
        yield from _in_ticks([text for text in ticks if text], words)
    for text in _other_texts(root):
        if not words.is_explained(text) and text not in figures:
            yield "a text in the drawing with a number that is no released figure"


def _in_ticks(texts: list[str], words: Vocabulary) -> Iterator[str]:
    """Of the marks of one axis: numbers are at equal steps, or they could be figures; what is no number is words."""
    numbers = [number_of(text.replace("−", "-"))[0] for text in texts if _TICK.fullmatch(text)]
    if len({after - before for before, after in zip(numbers, numbers[1:], strict=False)}) > 1:
        yield "an axis with marks that are not at equal steps: they could be figures"
    if not all(_TICK.fullmatch(text) or words.is_explained(text) for text in texts):
        yield "a mark of an axis with a number that is no word"


def _other_texts(node: Node) -> Iterator[str]:
    """The texts of a drawing but those of its ticks; the lines of one text, which stand side by side, put together."""
    if node.get("class") == TICK:
        return
    lines = [collapsed("".join(child.itertext())) for child in node if child.tag == f"{SVG}text"]
    if lines:
        yield " ".join(lines)
    for child in node:
        if child.tag != f"{SVG}text":
            yield from _other_texts(child)


# Files to download and their names


@cache
def _names_in_the_library() -> frozenset[str]:
    """Names that are written in the library as they are: no result can have made them."""
    library = Path(__file__).resolve().parents[1]
    texts = (path.read_text(encoding="utf-8") for path in sorted(library.rglob("*.py")))
    return frozenset(name for text in texts for name in re.findall(r"[\"']([a-z0-9_-]*[0-9][a-z0-9_-]*)[\"']", text))


def names(pack: PrintedPack, words: Vocabulary) -> Iterator[Finding]:
    """Figures in the names of files and tables."""
    tables = [(page.name, table.name) for page in pack.pages for table in page.tables]
    for where, name in [*((name, name) for name in pack.files), *tables]:
        if name.rpartition("/")[2].partition(".")[0] in _names_in_the_library():
            continue
        said = " ".join(re.split(r"[_\-/.]+", name.removesuffix(".csv").removesuffix(".html")))
        if not words.is_explained(said) and not words.is_explained(said.rpartition("tables ")[2].partition(" ")[2]):
            what = "the name of a file or table with a number that is no word"
            yield Finding(NUMBER, masked(where), what, "Name it by what it shows.")


def tables_as_shown(pack: PrintedPack) -> Iterator[Finding]:
    """Every CSV file is the table of its name on its page, cell by cell."""
    tables = {(PurePosixPath(page.name).stem, table.name): table for page in pack.pages for table in page.tables}
    for name, rows in pack.csvs.items():
        path = PurePosixPath(name)
        table = tables.get((path.parent.name, path.stem))
        if table is None or path.parent.parent.name != "tables":
            yield Finding(
                TABLE, masked(name), "a file to download without a table on its page", "Show it, or leave it out."
            )
        else:
            yield from _differences(name, rows, table)


def _differences(name: str, rows: tuple[tuple[str, ...], ...], table: PrintedTable) -> Iterator[Finding]:
    shown = [list(table.headings), *([cell.text for cell in row] for row in table.rows)]
    if any(table.blocks):
        shown = [[block, *row] for block, row in zip(("Block", *table.blocks), shown, strict=True)]
    advice = f"It must be what {table.place} shows."
    if len(rows) != len(shown):
        yield Finding(TABLE, masked(name), "a file to download with other rows than its table", advice)
        return
    for number, (written, there) in enumerate(zip(rows, shown, strict=True)):
        if len(written) != len(there):
            yield Finding(TABLE, f"{masked(name)}, row {number}", "a row with other cells than its table's", advice)
        for column, (one, other) in enumerate(zip(written, there, strict=False), start=1):
            if _plain(one) != _plain(other):
                where = f"{masked(name)}, row {number}, column {column}"
                yield Finding(TABLE, where, "a cell that is not as in its table", advice)


def _plain(cell: str) -> str:
    """A cell without what tells the two forms apart: thousands separators, per cent signs, apostrophes before formulas."""
    text = collapsed(cell)
    if _CELL_NUMBER.fullmatch(text):
        return text.lstrip("'+").replace(",", "").rstrip("%")
    return text.removeprefix("'")


# Changes, and figures that are printed more than once


def printed_texts(figures: Collection[PrintedFigure]) -> dict[str, list[str]]:
    """Key of a figure -> the different texts that are printed of it."""
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for figure in figures:
        found[figure.key][figure.text] = None
    return {key: list(texts) for key, texts in found.items()}


def as_signed_off(pack: PrintedPack, earlier: Collection[PrintedFigure]) -> Iterator[Finding]:
    """Figures that are said to be as a signed-off pack has them, and are not in the register."""
    known = {(figure.key, figure.text) for figure in earlier}
    for mark in pack.marks:
        if mark.kind == SIGNED and (mark.keys[0], mark.text) not in known:
            what = "a figure that no signed-off pack has printed"
            yield Finding(NUMBER, str(mark.place), what, "Make the pack again with the register as it is.")


def changes(pack: PrintedPack, printed: Mapping[str, list[str]]) -> Iterator[Finding]:
    """Changes that are not now less then, or whose figures are not printed."""
    for mark in pack.marks:
        if mark.kind != CHANGE or not says_what_it_is(mark):
            continue
        now, then = (printed.get(key, []) for key in mark.keys)
        if not now or not then:
            if _has_digit(mark.text):
                what = "a change from or to a figure that is not printed"
                yield Finding(CHANGED, str(mark.place), what, "Print both figures, or leave the change out.")
        elif not any(_gives(one, other, mark.text) for one in now for other in then):
            what = "a change that is not what its two printed figures give"
            yield Finding(CHANGED, str(mark.place), what, "Make it with change() of the two values.")


def _gives(now: str, then: str, text: str) -> bool:
    (one, _), (other, _) = number_of(now), number_of(then)
    told = _CHANGE_TEXT.fullmatch(text)
    if one is None or other is None:
        return told is None
    if told is None:
        return one == other or "same" not in text and "no change" not in text
    direction, amount, share = told.groups()
    size, (printed, decimals) = abs(one - other), number_of(amount)
    if (direction == "up") != (one > other) or _half_up(size, decimals) != printed:
        return False
    if share is None:
        return True
    of_then = 100 * size / other if other > 0 else None
    if share == "less than 1":
        return of_then is not None and of_then < 1
    return of_then is not None and _half_up(of_then, 0) == number_of(share)[0]


def _half_up(number: Fraction, decimals: int) -> Fraction:
    scale = 10**decimals
    return Fraction((number * scale + Fraction(1, 2)).__floor__(), scale)


def printed_twice(pack: PrintedPack, relations: Relations) -> Iterator[Finding]:
    """Our own counts and shares that are printed differently in two places, one of which is not the other rounded.

    Not averages: a median and a quartile of one group are two figures of one key.
    """
    first: dict[str, Mark] = {}
    for mark in pack.marks:
        if mark.kind != FIGURE or not says_what_it_is(mark) or not relations.is_ours(mark.figure):
            continue
        measure = relations.measure(mark.figure)
        if measure is not None and measure.is_average:
            continue
        before = first.setdefault(mark.keys[0], mark)
        if not _agree(mark.text, before.text):
            what = f"a figure that is printed differently elsewhere ({before.place})"
            yield Finding(TWICE, str(mark.place), what, "Take both from one page.release().")


def _agree(one: str, other: str) -> bool:
    if one == other or not (_has_digit(one) or _has_digit(other)):
        return True
    if " to " in one or " to " in other:  # intervals
        return False
    (first, decimals), (second, others) = number_of(one), number_of(other)
    if first is None or second is None:
        return False
    fewest = min(decimals, others)
    return _half_up(first, fewest) == _half_up(second, fewest)
