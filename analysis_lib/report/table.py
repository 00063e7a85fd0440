"""Tables from released figures, with a caption, scopes and a key; the CSV beside each holds what the page shows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from analysis_lib.csv_text import csv_text
from analysis_lib.disclosure.printed import VALUE
from analysis_lib.errors import DisclosureError
from analysis_lib.periods import Period, day_in_words
from analysis_lib.report.figure import Figure, change_attribute, figure_attribute, known_of
from analysis_lib.report.number_words import in_words, published_attribute
from analysis_lib.report.output import (
    ORIGIN_WORDS,
    Output,
    escape,
    key_to_symbols,
    merge_origins,
    only_released,
    origin_tags,
)
from analysis_lib.report.sentence import Change, Sentence
from analysis_lib.results import PUBLISHED, Released, Value, rows_of

OF_MEASURES = "What is counted"  # above labels that are measures
LONG_TEXT = 40  # letters from which a cell needs a wide column, or it would be a tower of single words on a phone


@dataclass(frozen=True)
class Rows:
    """A number of rows, files or kinds of problem, as the data-quality table prints it: there is no figure behind it.

    `rounded` is what a number of rows is rounded to (1: it is exact), 0 for what nobody could be counted by.
    """

    text: str
    rounded: int = 0

    @property
    def attribute(self) -> str:
        return f' data-rounded="{self.rounded}"' if self.rounded else ' data-counted="files"'


@dataclass(frozen=True)
class Quoted:
    """What a published table says beside a figure, word for word. It may hold numbers: they are public already."""

    text: str

    @property
    def attribute(self) -> str:
        return published_attribute(self.text)

    @classmethod
    def of(cls, value: Value, text: str) -> Quoted:
        """`text` of the row of `value`. Raises `DisclosureError` where that is not published."""
        if value.origin != PUBLISHED:
            raise DisclosureError("Words can be quoted from published figures only.")
        return cls(text)


Cell = Value | Figure | Change | Rows | Quoted | str


def table(
    name: str,
    caption: str,
    head: Sequence[str],
    rows: Sequence[Sequence[Cell]],
    *,
    note: str | Sentence = "",
    blocks: Sequence[str] = (),
) -> Output:
    """A table laid out by hand: each row a label and then cells.

    Parameters
    ----------
    name : str
        What the CSV is called, such as "caseload_by_sex".
    caption : str
        What the table shows, of whom, when, and in which unit.
    head : column headings, the first above the labels; where that is empty, it says `OF_MEASURES`
    rows : one sequence a row
        A label, then `Value`, `Figure`, `Change` or text. A bare number is refused (`DisclosureError`), also in a text
        that is none of `number_words` nor the name of a group of the table's figures.
    note : str or Sentence
        A line under the table.
    blocks : sequence of str
        For each row, the heading of the block of rows that it belongs to; a new heading begins a new block. The CSV
        has it as its first column.
    """
    if blocks and len(blocks) != len(rows):
        raise ValueError(f"table {name}: {len(blocks)} block headings for {len(rows)} rows")
    shape = {len(row) for row in rows} | {len(head)}
    if len(shape) != 1:
        raise ValueError(f"table {name}: rows of {sorted(shape)} cells under {len(head)} headings")
    head = [head[0] or OF_MEASURES, *head[1:]]
    values = [value for row in rows for cell in row for value in _values_in(cell, name)]
    origins = merge_origins(values)
    if len(origins) > 1:  # say it row by row, beside the figures
        head = [*head, "Figures"]
        rows = [[*row, _origin_of(row, name)] for row in rows]
    line = note if isinstance(note, Sentence) else None
    for text in [caption, *head, *blocks, *(row[0] for row in rows), *([] if line else [note])]:
        in_words(text, f"table {name}", known=known_of(values))
    for text in [cell for row in rows for cell in row[1:] if isinstance(cell, str)]:
        in_words(text, f"a cell of table {name}")
    body = _body(rows, blocks, len(head))
    headings = "".join(
        f'<th scope="col"{"" if i == 0 else _numeric(rows, i)}>{escape(each)}</th>' for i, each in enumerate(head)
    )
    tags = origin_tags(origins) if len(origins) == 1 else ""
    html = (
        f'<div class="scroll" role="group" tabindex="0" aria-label="{escape(caption)}">'
        f'<table data-table="{escape(name)}">'
        f"<caption>{escape(caption)}{tags}</caption><thead><tr>{headings}</tr></thead>{body}</table></div>"
        f"{key_to_symbols(value.symbol for value in values if not value.is_shown)}{_note(line.marked if line else escape(note))}"
    )
    hidden = sum(value.symbol == "c" for value in values)
    if blocks:
        head, rows = ["Block", *head], [[block, *row] for block, row in zip(blocks, rows, strict=True)]
    csv_rows = [[_csv_cell(cell) for cell in row] for row in rows]
    return Output("table", html, name, caption, csv=csv_text(head, csv_rows), origins=origins, hidden=hidden)


def figures(
    name: str,
    caption: str,
    released: Released | Sequence[Released],
    *,
    label: str | Callable[[dict], str] = "period_end",
    heading: str = "",
    show: Sequence[str] = ("value",),
    note: str | Sentence = "",
) -> Output:
    """A table with one row per released row: its label, then what `show` asks for.

    `label` is a column (a date is written in words) or a function of the row; `heading` stands above the labels;
    `show` is any of value, numerator, denominator, interval, period.
    """
    several = [released] if isinstance(released, Released) else list(released)
    rows, head = [], [heading or "", *(_heading(each, several) for each in show)]
    for one in several:
        only_released(one, "figures()")
        for record, value in zip(rows_of(one.frame), one.values(), strict=True):
            text = label(record) if callable(label) else _label(record[label])
            rows.append([text, *(_shown(value, what) for what in show)])
    return table(name, caption, head, rows, note=note)


def by_measure(
    name: str, caption: str, columns: Mapping[str, Iterable[Released]], *, heading: str = "", note: str | Sentence = ""
) -> Output:
    """One measure a row: under each heading the same measures in the same order, each with its latest figure."""
    each_column = [[only_released(each, "by_measure()").latest() for each in several] for several in columns.values()]
    body = [[values[0].measure.title, *values] for values in zip(*each_column, strict=True)]
    return table(name, caption, [heading, *columns], body, note=note)


def crosstab(
    name: str,
    caption: str,
    released: Released,
    *,
    rows: str,
    columns: str,
    heading: str = "",
    note: str | Sentence = "",
) -> Output:
    """A table of one measure: the values of column `rows` down, of `columns` across, in order of appearance."""
    only_released(released, "crosstab()")
    down, across = list(dict.fromkeys(released.frame[rows])), list(dict.fromkeys(released.frame[columns]))
    cells = {
        (row[rows], row[columns]): value for row, value in zip(rows_of(released.frame), released.values(), strict=True)
    }
    body = [[_label(each), *(cells.get((each, other), "") for other in across)] for each in down]
    head = [heading or rows.replace("_", " ").capitalize(), *(_label(each) for each in across)]
    return table(name, caption, head, body, note=note)


def side_by_side(
    name: str,
    caption: str,
    series: Mapping[str, Released],
    *,
    rows: str,
    heading: str = "",
    show: Sequence[str] = ("value",),
    note: str | Sentence = "",
) -> Output:
    """Several measures of the same things: the values of column `rows` down, one series across under its label.

    `show` is any of value, denominator, numerator, interval, for each series. A series without a row of that name has
    an empty cell there. Rows are in order of first appearance, dates and numbers in their own order.
    """
    words = {"value": "", "numerator": ", number", "denominator": ", children counted", "interval": ", 95% interval"}
    cells: dict[object, dict[tuple[str, str], Cell]] = {}
    for label, released in series.items():
        only_released(released, "side_by_side()")
        for record, value in zip(rows_of(released.frame), released.values(), strict=True):
            row = cells.setdefault(record[rows], {})
            row |= {(label, what): _shown(value, what) for what in show}
    columns = [(label, what) for label in series for what in show]
    head = [heading, *(f"{label}{words[what]}" for label, what in columns)]
    ordered = cells if any(isinstance(key, str) for key in cells) else sorted(cells)
    body = [[_label(key), *(cells[key].get(column, "") for column in columns)] for key in ordered]
    return table(name, caption, head, body, note=note)


def as_printed(name: str, caption: str, printed: Iterable[Released], *, note: str | Sentence = "") -> Output:
    """What the council printed: one row a figure with its period, its value, its unit and what is to be said of it.

    `printed` are released results of `compare.council_points`.
    """
    head = ["What was printed", "For", "Figure", "Unit", "What to know"]
    rows = []
    for released in printed:
        only_released(released, "as_printed()")
        for record, value in zip(rows_of(released.frame), released.values(), strict=True):
            said = record["method"].removeprefix("as printed by the council").removeprefix("; ")
            what = ", ".join(part for part in (released.title, record["breakdown"]) if part)
            rows.append([what, _span(value), value, released.measure.unit, Quoted.of(value, said) if said else ""])
    rows = rows or [["Nothing that was out by then", "", "", "", ""]]
    return table(name, caption, head, rows, note=note)


def _span(value: Value) -> str:
    if value.period_start is None or value.period_start != value.period_start:  # NaT: a figure at one day
        return day_in_words(value.period_end)
    return Period.span(value.period_start, value.period_end).label


def _values_in(cell: Cell, name: str) -> list[Value]:
    match cell:
        case Change():
            return [cell.now, cell.then]
        case Figure():
            return [cell.value]
        case str() | Rows() | Quoted():
            return []
    return [only_released(cell, f"table {name}")]


def _origin_of(row: Sequence[Cell], name: str) -> str:
    return " and ".join(
        ORIGIN_WORDS[origin] for origin in merge_origins(value for cell in row for value in _values_in(cell, name))
    )


def _body(rows: Sequence[Sequence[Cell]], blocks: Sequence[str], width: int) -> str:
    if not blocks:
        return f"<tbody>{''.join(_row(row) for row in rows)}</tbody>"
    html, before = "", None
    for block, row in zip(blocks, rows, strict=True):
        if block != before:
            html += "</tbody>" if html else ""
            html += f'<tbody><tr class="block"><th scope="rowgroup" colspan="{width}">{escape(block)}</th></tr>'
        html, before = html + _row(row), block
    return f"{html}</tbody>" if html else "<tbody></tbody>"


def _row(row: Sequence[Cell]) -> str:
    label, *cells = row
    return f'<tr><th scope="row">{escape(label)}</th>{"".join(_cell(cell) for cell in cells)}</tr>'


def _cell(cell: Cell) -> str:
    match cell:
        case str():
            return f"<td{_wide(cell)}>{escape(cell)}</td>"
        case Value():
            return f'<td class="number"{figure_attribute(Figure(cell, VALUE))}>{escape(cell.text)}</td>'
        case Figure():
            return f'<td class="number"{figure_attribute(cell) if cell.text else ""}>{escape(cell.text)}</td>'
        case Rows() | Quoted():
            return f"<td{_wide(cell.text)}{cell.attribute}>{escape(cell.text)}</td>"
    return f'<td class="number"{change_attribute(cell.now, cell.then)}>{escape(_change_text(cell))}</td>'


def _wide(text: str) -> str:
    return ' class="words"' if len(text) > LONG_TEXT else ""


def _change_text(cell: Change) -> str:
    match cell.direction:
        case "up" | "down":
            return f"{cell.direction} {cell.amount}"
        case "same":
            return "no change"
        case "unclear":
            return "no clear change"
    symbols = [symbol for symbol in (cell.now.symbol, cell.then.symbol) if symbol]
    return "c" if "c" in symbols else next(iter(symbols), "z")


def _numeric(rows: Sequence[Sequence[Cell]], column: int) -> str:
    return ' class="number"' if any(isinstance(row[column], (Value, Figure, Change)) for row in rows) else ""


def _note(html: str) -> str:
    return f'<p class="key">{html}</p>' if html else ""


def _label(thing) -> str:
    return day_in_words(thing) if hasattr(thing, "year") else str(thing)


def _heading(what: str, several: Sequence[Released]) -> str:
    measure = several[0].measure
    plain = {"numerator": "Number", "denominator": "Out of", "interval": "95% interval", "period": "Period"}
    if what in plain:
        return plain[what]
    unit = "" if measure.is_count or measure.unit in ("%", "ratio") else f" ({measure.unit})"
    return measure.title + unit


def _shown(value: Value, what: str) -> Cell:
    match what:
        case "value":
            return value
        case "period":
            return f"to {day_in_words(value.period_end)}"
    return Figure(value, what)


def _csv_cell(cell: Cell) -> str:
    match cell:
        case str():
            return cell
        case Value():
            return Figure(cell, VALUE).plain
        case Figure():
            return cell.plain
        case Rows() | Quoted():
            return cell.text
    return _change_text(cell)
