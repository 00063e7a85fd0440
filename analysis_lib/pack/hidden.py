"""Whether a page holds anything that its reader does not see: by an allow-list of elements, attributes and styles."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from urllib.parse import parse_qsl
from xml.etree.ElementTree import Element as Node
from xml.etree.ElementTree import ParseError

import pandas as pd
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from analysis_lib.pack.finding import Finding
from analysis_lib.pack.identifiers import decoded
from analysis_lib.pack.markup import CSV_ADDRESS, slug
from analysis_lib.pack.printed import (
    CHANGE,
    COUNTED,
    FIGURE,
    GROUP,
    PERIOD,
    PUBLISHED_WORDS,
    ROUNDED,
    SIGNED,
    STATED,
    Element,
    Picture,
    Place,
    PrintedPage,
    collapsed,
)
from analysis_lib.periods import day_in_words, labels_of
from analysis_lib.report.cards import SHAPES

HIDDEN = "hidden"
TAKE_OUT = "Take it out of what makes the page, analysis_lib.report or the template, and make the pack again."
TAGS = {
    "", "html", "head", "meta", "title", "style", "body", "header", "main", "footer", "nav", "section", "div", "p", "span", "a",
    "b", "strong", "em", "i", "abbr", "code", "small", "sub", "sup", "br", "hr", "blockquote", "ul", "ol", "li", "dl", "dt", "dd",
    "h1", "h2", "h3", "h4", "h5", "h6", "details", "summary", "table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td",
    "figure", "figcaption", "img", "time",
}  # fmt: skip
# Attribute -> what it may say. What else may stand in alt, href and aria-label is looked at where figures are accounted for.
ATTRIBUTES: dict[str, Callable[[Element, str], bool]] = {
    "class": lambda _, said: not re.search(r"\d", said),
    "id": lambda element, said: not re.search(r"\d", said) or _is_own_words(element, said),
    "href": lambda element, said: element.tag == "a" and (said[:5] != "data:" or "download" in element.attributes),
    "lang": lambda _, said: said == "en-GB",
    "charset": lambda _, said: said == "utf-8",
    "name": lambda element, said: (element.tag, said) == ("meta", "viewport"),
    "content": lambda element, said: said == "width=device-width, initial-scale=1",
    "role": lambda _, said: not re.search(r"\d", said),
    "tabindex": lambda _, said: said in ("0", "-1"),
    "aria-label": lambda _, said: True,
    "alt": lambda element, said: element.tag == "img",
    "src": lambda element, said: element.tag == "img" and said.startswith("data:image/svg+xml;base64,"),
    "scope": lambda _, said: said in ("col", "row", "colgroup", "rowgroup"),
    "colspan": lambda _, said: said.isdigit() and int(said) <= 40,
    "start": lambda element, said: element.tag == "ol" and said.isdigit(),
    "download": lambda element, said: element.tag == "a" and element.attributes.get("href", "").startswith(CSV_ADDRESS),
    "data-table": lambda element, said: element.tag == "table",
    GROUP: lambda element, said: element.tag == "span" and len(parse_qsl(said)) == 1,
    COUNTED: lambda element, said: element.tag in ("span", "td") and said == "files",
    PUBLISHED_WORDS: lambda element, said: element.tag == "td" and not said,
    STATED: lambda element, said: element.tag == "span" and not said,
    "datetime": lambda element, said: element.tag == "time" and _is_day(said, element.text),
    PERIOD: lambda element, said: element.tag == "span" and _is_period(said, element.text),
    SIGNED: lambda element, said: element.tag == "td",
    FIGURE: lambda element, said: element.tag in ("span", "td"),
    CHANGE: lambda element, said: element.tag in ("span", "td"),
    ROUNDED: lambda element, said: element.tag in ("span", "td") and said in ("1", "5"),
}  # fmt: skip
_NOTHING = r"0+(?:\.0*)?(?:px|em|rem|pt|%)?"
# Declarations that take something out of sight.
HIDES = re.compile(
    rf"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|content-visibility\s*:\s*hidden|opacity\s*:\s*(?:0*\.0\d*|0+)\s*(?=[;}}]|$)"
    rf"|(?<![\w-])(?:font-size|max-width|max-height|width|height)\s*:\s*{_NOTHING}\s*(?=[;}}]|$)|font\s*:[^;]*(?<![\d.]){_NOTHING}[/\s]"
    r"|(?:left|right|top|bottom|text-indent|margin[\w-]*|translate\w*)\s*[:(]\s*[^;]*-\d{2,}|clip(?:-path)?\s*:"
    r"|(?<![\w-])color\s*:\s*(?:transparent|#fff(?:fff)?\b|white)|transform\s*:\s*scale|text-security|z-index\s*:\s*-",
    re.IGNORECASE,
)
_MARGIN_BOX = re.compile(r"@(?:top|bottom)-(?:left|center|right)\s*$")  # of a printed page
_PAGE_NUMBER = re.compile(r"(?:\s+|\"[^\"\d]*\"|counter\(pages?\))+")
_SKIP_LINK = ".skip"  # out of sight until it has the focus; its words are always the same
_SKIP_WORDS = "Skip to main content"
_ERRORS = re.compile(
    r"Traceback \(most recent call last\)|(?<!\w)[A-Z]\w*(?:Error|Exception)\s*:|File \"[^\"]+\", line \d"
)

SVG = "{http://www.w3.org/2000/svg}"
TICK = "tick"  # the class of the groups that hold one mark of an axis, with its label
SVG_TAGS = {
    "svg",
    "defs",
    "style",
    "g",
    "clipPath",
    "path",
    "pattern",
    "rect",
    "use",
    "text",
    "tspan",
    "circle",
    "line",
    "image",
}
SVG_ATTRIBUTES = {
    "width", "height", "viewBox", "version", "id", "d", "style", "clip-path", "transform", "x", "y", "x1", "x2", "y1", "y2",
    "cx", "cy", "r", "fill", "patternUnits", "type", "class", FIGURE, "{http://www.w3.org/1999/xlink}href", "role",
}  # fmt: skip
_PNG, _PNG_PARTS = b"\x89PNG\r\n\x1a\n", (b"IHDR", b"PLTE", b"tRNS", b"pHYs", b"IDAT")  # points and their colours
_SVG_ID = re.compile(r"[a-z]{1,2}\d{1,3}")


def _is_own_words(element: Element, said: str) -> bool:
    """Whether an id is made of the words of its heading, which are looked at themselves; a second one has a number."""
    return bool(re.fullmatch(rf"{re.escape(slug(element.text))}(?:-[1-9]\d?)?", said))


def _is_day(said: str, text: str) -> bool:
    """Whether `said` is the day that the text names, and nothing else."""
    day = _day(said)
    return day is not None and day_in_words(day) == text


def _is_period(said: str, text: str) -> bool:
    """Whether `said` is the first and the last day of the period that the text names."""
    days = [_day(each) for each in said.split("/")]
    return len(days) == 2 and None not in days and days[0] <= days[1] and text in labels_of(*days)


def _day(said: str) -> pd.Timestamp | None:
    """A day as an attribute has it; None where it is none."""
    try:
        return pd.Timestamp(said) if re.fullmatch(r"\d{4}-\d\d-\d\d", said, re.ASCII) else None
    except ValueError:
        return None


def _is_shape(element: Element) -> bool:
    """Whether an element has nothing but one of the shapes that stand before the words of a card."""
    return element.tag == "span" and element.children in [[each] for each in SHAPES.values()]


def what_is_hidden(page: PrintedPage) -> Iterator[Finding]:
    """Elements, attributes, styles and comments of a page that a reader does not see, or that are not of the kinds we make."""

    def found(what: str, where: str = "") -> Finding:
        return Finding(HIDDEN, str(Place(page.name, where)), what, TAKE_OUT)

    if page.comments:
        yield found("a comment")
    for element in page.root.all():
        yield from (found(what, _near(element)) for what in _of_element(element))
    for run in page.runs:
        if _ERRORS.search(run.text):
            yield Finding(HIDDEN, str(run.place), "the text of an error", TAKE_OUT)
    for picture in page.pictures:
        for what in dict.fromkeys(_of_picture(picture)):
            yield Finding(HIDDEN, str(picture.place), what, TAKE_OUT)


def _near(element: Element) -> str:
    """The table or the kind of element that something stands in; its words could be what is wrong."""
    table = element.within("table")
    if table is None:
        return f"<{element.tag}>" if element.tag in TAGS else ""
    row = element.within("tr")
    rows = [each for each in table.find("tr") if not each.within("thead") and "block" not in each.classes]
    number = next((f", row {at}" for at, each in enumerate(rows, 1) if each is row), "")
    cells = [each for each in row.children if isinstance(each, Element)] if row else []
    cell = element.within("td", "th")
    column = next((f", column {at}" for at, each in enumerate(cells, 1) if each is cell), "")
    name = re.sub(r"\d", "#", table.attributes.get("data-table", ""))
    return f"table{f' {name}' if name else ''}{number}{column}"


def _of_element(element: Element) -> Iterator[str]:
    if element.tag not in TAGS:
        yield "an element of a kind that our pages do not have"
    for name, said in element.attributes.items():
        if name == "aria-hidden" and said == "true" and _is_shape(element):
            continue
        if name in ("hidden", "aria-hidden", "inert"):
            yield "something that is hidden from the reader"
        elif name == "style":
            yield "something that is hidden by its style" if HIDES.search(said) else "a style of its own"
        elif name not in ATTRIBUTES:
            yield "an attribute that our pages do not have"
        elif not ATTRIBUTES[name](element, said):
            yield f"an attribute ({name}) that says what it should not"
    if element.tag == "style" and element.parent is not None:
        yield from _of_stylesheet("".join(each for each in element.children if isinstance(each, str)))
    if "skip" in element.classes and element.text != _SKIP_WORDS:
        yield "something that is hidden by its class"


def _of_stylesheet(text: str) -> Iterator[str]:
    """Rules for the screen that hide anything but the link to the content, or write something."""
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    text = re.sub(r"@media\s+print\s*\{(?:[^{}]|\{[^{}]*\})*\}", "", text)
    for selector, declarations in re.findall(r"([^{}]+)\{([^{}]*)\}", text):
        if selector.strip() != _SKIP_LINK and HIDES.search(declarations):
            yield "a style that hides what it is given to"
        written = re.findall(r"(?<![\w-])content\s*:([^;]*)", declarations)
        if written and not (_MARGIN_BOX.search(selector) and all(_PAGE_NUMBER.fullmatch(each) for each in written)):
            yield "a style that writes text"


def drawing(picture: Picture) -> Node | None:
    """The picture of a chart; None where it is none that can be read."""
    try:
        return fromstring(decoded(picture.source))
    except (ParseError, DefusedXmlException, ValueError):
        return None


def _of_picture(picture: Picture) -> Iterator[str]:
    root = drawing(picture)
    if root is None:
        yield "a chart that cannot be read as SVG"
        return
    if b"<!--" in decoded(picture.source):
        yield "a comment in a chart"
    size = [float(each) for each in re.findall(r"[\d.]+", root.get("viewBox", ""))]
    for node in root.iter():
        tag = str(node.tag).removeprefix(SVG)
        if tag == "metadata":
            yield "metadata in a chart"
        elif tag not in SVG_TAGS:
            yield "an element in a chart of a kind that our charts do not have"
            continue
        if _leads_elsewhere(node):
            yield "a picture or a reference in a chart that our charts do not have"
        if set(node.keys()) - SVG_ATTRIBUTES:
            yield "an attribute in a chart that our charts do not have"
        if node.get("class", TICK) not in (TICK, "legend"):
            yield "an attribute in a chart that our charts do not have"
        if node.get("id") and not _SVG_ID.fullmatch(node.get("id")):
            yield "an identifier in a chart that is not one of the drawing's parts"
        if HIDES.search(_without_clips(node.get("style", ""))):
            yield "something in a chart that is hidden by its style"
        if tag == "text" and (_is_unseen(node.get("style", "")) or not _is_inside(node, size)):
            yield "a text in a chart that cannot be seen"
        if tag not in ("text", "tspan", "style") and collapsed(node.text or ""):
            yield "a text in a chart that cannot be seen"


def _leads_elsewhere(node: Node) -> bool:
    """Whether a reference is to anything but a part of the drawing, or a picture of marks that holds nothing but its points."""
    said = node.get("{http://www.w3.org/1999/xlink}href", "")
    if str(node.tag) != f"{SVG}image":
        return bool(said) and not said.startswith("#")
    return not said.startswith("data:image/png;base64,") or not _has_points_alone(decoded(said))


def _has_points_alone(png: bytes) -> bool:
    """Whether a PNG has no text, time or other data beside its points, nor anything after its end."""
    at = 8
    while png.startswith(_PNG) and at + 12 <= len(png):
        length, kind = int.from_bytes(png[at : at + 4], "big"), png[at + 4 : at + 8]
        at += 12 + length
        if kind == b"IEND":
            return at == len(png) and not length
        if kind not in _PNG_PARTS:
            return False
    return False


def _without_clips(style: str) -> str:
    return re.sub(r"clip-path\s*:[^;]*", "", style)


def _is_unseen(style: str) -> bool:
    return bool(
        re.search(
            r"(?<![\w-])fill\s*:\s*(?:none|#fff(?:fff)?\b|white|transparent)|(?<![\w-])opacity\s*:\s*(?:0*\.0\d*|0+)\s*(?:;|$)",
            style,
        )
    )


def _is_inside(node: Node, size: list[float]) -> bool:
    """Whether a text begins inside the drawing, as far as its place is given in figures."""
    if len(size) != 4:
        return False
    x, y = node.get("x"), node.get("y")
    if x is None and (moved := re.search(r"translate\(\s*([-\d.e]+)[ ,]+([-\d.e]+)", node.get("transform", ""))):
        x, y = moved.groups()
    try:
        return 0 <= float(x) <= size[2] and 0 <= float(y) <= size[3]
    except (TypeError, ValueError):
        return False
