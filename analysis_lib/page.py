"""What a notebook opens: the data as it was known for one period, the gate, and the page's own banner and endnotes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, MutableMapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pandas as pd

from analysis_lib import prepare
from analysis_lib.authority import FILE_NAME, Authority, read_authority, within
from analysis_lib.commentary import read_commentary, read_correction
from analysis_lib.compare import lists_of, printed_by
from analysis_lib.disclosure import Gate
from analysis_lib.disclosure.printed import PrintedFigure
from analysis_lib.disclosure.register import read_register
from analysis_lib.elsewhere import BENCHMARKS, COUNCIL_FIGURES, public_figures
from analysis_lib.errors import UsageError
from analysis_lib.metrics.facts import every_measure
from analysis_lib.periods import Period, day_in_words
from analysis_lib.policy import CHARACTERISTICS, EDITIONS
from analysis_lib.report.commentary import Correction, commentary
from analysis_lib.report.number_words import in_words, published_attribute
from analysis_lib.report.output import ORIGIN_WORDS, SYNTHETIC, Output, escape
from analysis_lib.report.quality import doubts, quality
from analysis_lib.report.questions import Question
from analysis_lib.results import RETURNS, Measure, Released, Result
from analysis_lib.sources import BUSY, FAMILIES, TABLES, AsOf
from analysis_lib.sources.published.areas import present_code

TEXTS = "mode.string_storage"  # how pandas keeps texts
ISSUED = {BENCHMARKS: "issued", "population": "issued", COUNCIL_FIGURES: "published"}  # published table -> when
OF_ONE_COUNCIL = {"statistical_neighbours": lists_of, COUNCIL_FIGURES: printed_by}
EDITION_TITLES = {"public": "Public edition", "restricted": "Restricted edition"}
LABEL_TITLES = {SYNTHETIC: "Synthetic figures", RETURNS: "Figures from the council’s returns"}
EDITION_WORDS = {
    "public": "Numbers of 1 to 5 are hidden; percentages are whole, unless their base is very large.",
    "restricted": "Exact figures, for the people entitled to them. Do not publish or forward.",
}


@dataclass(frozen=True)
class Page:
    """One notebook's page for one period and edition.

    `returns_day` is the day on which child-level returns are cut (the period's last), `as_at` the day up to which
    publications are used. `releases` is the folder of the register; None for the one that `authority.toml` names.
    """

    authority: Authority
    period: Period
    edition: str
    store: Path
    tables: MutableMapping[str, pd.DataFrame] = field(repr=False)
    used: set[str] = field(default_factory=set, repr=False)  # names of the tables that the notebook has asked for
    released: set[str] = field(default_factory=set, repr=False)  # names of the measures that it has figures of
    card: Mapping = field(default_factory=dict, repr=False)  # the store's: what is not there, and why
    releases: Path | None = None

    @property
    def as_at(self) -> pd.Timestamp:
        return self.authority.as_at(self.period)

    @property
    def as_of(self) -> AsOf:
        """Which snapshots of the returns the page uses."""
        return AsOf(self.period.end, self.as_at)

    def __getitem__(self, name: str) -> pd.DataFrame:
        """A tidy table as it was known for this period. Raises `Closed` where the store does not have it, saying why."""
        self.used.add(name)
        if name not in self.tables:
            raise prepare.closed_table(name, self.card)
        return self.tables[name]

    def optional(self, name: str) -> pd.DataFrame | None:
        """A tidy table as it was known for this period, or None where the returns do not have it."""
        return self[name] if name in self.tables else None

    @contextmanager
    def closing(self) -> Iterator[None]:
        """What is done in here raises `Closed` for a column that the store's card says is closed.

        That is a `KeyError` on its name once its table has been used; a `KeyError` on any other name is our mistake.
        """
        try:
            yield
        except KeyError as error:
            closed = prepare.closed_column(error, self.used, self.card)
            if closed is None:
                raise
            raise closed from error

    @cached_property
    def gate(self) -> Gate:
        """What every figure of the page passes: it knows what the page has shown so far, and what a reader knows besides."""
        is_public = self.edition == "public"
        return Gate(
            self.edition,
            self.authority.disclosure,
            measures=every_measure(),
            earlier=self.earlier if is_public else (),
            elsewhere=self.elsewhere if is_public else (),
        )

    def release(self, result: Result, remedy: str = "") -> Released:
        """The figures of `result` that this edition may show; `remedy` is what the page says was done so that it may."""
        label = self.label if result.origin == RETURNS else result.origin
        self.released.add(result.measure.name)
        return self.gate.release(result, label=label, remedy=remedy)

    def shown(self, measures: Iterable[Measure]) -> list[Measure]:
        """Those of `measures` of which the page has released a figure so far: the ones that it has to define."""
        return [each for each in measures if each.name in self.released]

    def first_safe(self, options: Iterable[Sequence[Result]]) -> int:
        """Which of `options`, each the results that would be shown together, is the first that can be shown whole.

        Options that are made one by one are made only as far as is needed. The restricted edition takes the first.
        """
        return self.gate.first_safe(options)

    @cached_property
    def elsewhere(self) -> list[PrintedFigure]:
        """The council's own figures that others had published by the page's as-at date."""
        if not {BENCHMARKS, COUNCIL_FIGURES} <= self.tables.keys():
            return []
        is_synthetic = self.label == SYNTHETIC
        return public_figures(self.tables, self.authority.area, self.as_at, synthetic=is_synthetic)

    @cached_property
    def earlier(self) -> list[PrintedFigure]:
        """What a reader knows from the signed-off packs of other periods.

        Raises `PanelpackError` when the register is damaged, or holds figures of another council or of other returns.
        """
        register = read_register(self.releases or self.authority.releases)
        register.only_of(self.authority.area.code, synthetic=self.label == SYNTHETIC)
        return register.figures(without=self.period.code)

    @property
    def fewest_shown(self) -> int:
        """The smallest number of children, above none, that this edition shows."""
        return self.authority.disclosure.classes[CHARACTERISTICS].threshold if self.edition == "public" else 1

    @cached_property
    def label(self) -> str:
        """What figures counted from the returns are called: "synthetic" when any return is labelled so."""
        return SYNTHETIC if (self.tables["extracts"]["label"] == SYNTHETIC).any() else RETURNS

    def banner(self) -> Output:
        """Of whom, when, which edition and whose figures: a line at the top of the page, and what it means to open."""
        whose = (
            "Figures marked Synthetic are invented: no real child is behind them. The totals of children in care, on plans "
            "and adopted were made to match published ones, nothing else was. Those marked Published are real."
            if self.label == SYNTHETIC
            else "Figures marked Council returns are counted from the council's own data. Those marked Published carry their source."
        )
        first = (
            f"{self.authority.name}, {self.period.label}. {EDITION_TITLES[self.edition]}. {LABEL_TITLES[self.label]}."
        )
        others = f"{whose} {EDITION_WORDS[self.edition]}"
        notices = self.notices()
        corrected = self.correction.words if self.correction else ()
        if notices:
            first += " Some are provisional."
        for text in (first, others, *notices, *corrected):
            in_words(text, "the banner")
        paragraphs = "".join(f"<p>{escape(text)}</p>" for text in (*notices, others))
        about = f"<details><summary>About these figures</summary>{paragraphs}</details>"
        html = f'<div class="banner {self.edition}"><p><b>{escape(first)}</b></p>{about}</div>'
        if corrected:
            html += f'<div class="note corrected">{"".join(f"<p>{escape(text)}</p>" for text in corrected)}</div>'
        facts = {
            "authority": self.authority.name,
            "period": self.period.code,
            "period_label": self.period.label,
            "edition": self.edition,
            "label": self.label,
            "as_at": day_in_words(self.as_at),
        }
        return Output("banner", html, title=first, text=(first, others, *notices, *corrected), page=facts)

    def notices(self) -> list[str]:
        """What a reader must know of the returns before the first figure: what is provisional, what is not dated."""
        provisional = [self._provisional_words(each) for each in self._provisional.to_dict("records")]
        return [*provisional, *self._undated_words()]

    @cached_property
    def correction(self) -> Correction | None:
        """What this pack corrects, where it corrects one that has been signed off."""
        releases = self.releases or self.authority.releases
        return read_correction(self.authority.commentary, self.period, lambda: read_register(releases))

    def commentary(self, notebook: str) -> Output:
        """What the service says of the page that `notebook` makes: what stands in the folder of commentary, checked.

        Raises `CommentaryError` with what is wrong in its file.
        """
        told = read_commentary(self.authority.commentary, self.period, notebook)
        return commentary(told, figures=self.label)

    @cached_property
    def _provisional(self) -> pd.DataFrame:
        return prepare.provisional(self.tables["returns_used"], self.period.end)

    def _provisional_words(self, extract: dict) -> str:
        name, day = FAMILIES[extract["family"]], _day_of(extract)
        if extract["final"] is False:
            return f"Provisional: figures from the {name} are counted from an extract of {day} that is not final yet."
        is_derived = not extract["given"] and pd.notna(extract["extract_date"])
        made = f"an extract that ends with {day}" if is_derived else f"an extract of {day}"
        return f"Provisional: figures from the {name} are counted from {made}; the year's return may correct them."

    def _undated_words(self) -> list[str]:
        """Where the period ends after the last thing in a return whose day of extract nobody states."""
        extracts, end = self.tables["extracts"], self.period.end
        is_undated = ~extracts["given"] & extracts["family"].isin(BUSY) & (extracts["extract_date"] < end)
        undated = extracts[is_undated & ~(extracts["covers_to"] < end)]  # what does not reach the end is closed
        if undated.empty:
            return []
        last = " and the ".join(
            f"{FAMILIES[family]} (last entry of {day_in_words(day)})"
            for family, day in undated[["family", "extract_date"]].itertuples(index=False)
        )
        return [f"No extract date is stated for the {last}: what followed up to {day_in_words(end)} may be missing."]

    def quality(self) -> Output:
        """The data-quality table that closes a page: what was read of the returns it used, and what was wrong with it.

        What the page used are the tables that the notebook has asked for up to here.
        """
        return quality(
            f"Returns used for this page, counted to {day_in_words(self.period.end)}",
            self._sources_used,
            rows_read=self.tables["rows_read"],
            problems=self.tables["problems"],
            extracts=self.tables["extracts"],
            provisional=set(self._provisional["family"]),
            edition=self.edition,
        )

    def doubts(self) -> list[Question]:
        """The questions that the quality of the data raises: of the returns that the page has used up to here."""
        rows_read, problems = self.tables["rows_read"], self.tables["problems"]
        return doubts(self._sources_used, rows_read=rows_read, problems=problems, edition=self.edition)

    @property
    def _sources_used(self) -> set[str]:
        """The tables of the returns that what the page has asked for is made of."""
        return {source for name in self.used for source in prepare.MADE_OF.get(name, ())}

    def provenance(self, *sources: str) -> Output:
        """Where the figures come from: the returns, the cut-off days, and the publications cited on the page.

        The last output of a page: with it goes, for the person who decides, what the gate did with every figure so far.
        """
        end, as_at = day_in_words(self.period.end), day_in_words(self.as_at)
        returns = f"Figures from returns count what had happened by {end}, as extracted by {as_at}."
        if (self.tables["extracts"]["extract_date"] > self.as_at).any():
            returns = (
                f"Figures from returns count what had happened by {end}. The returns were extracted after {as_at}, so later "
                "corrections are in them: a pack made at the time may have shown other figures."
            )
        lines = [
            returns,
            f"Published figures are those of the newest release that is held and was out by {as_at}. Where only a later one "
            "is held, it stands in, so some have been revised since they first came out.",
            *(self._with_release(source) for source in sorted(set(sources))),
            "Published figures: Crown copyright, used under the Open Government Licence v3.0, unless a council document is named.",
        ]
        for line in lines:
            in_words(line, "a source", known=self._cited())
        items = "".join(f"<li{published_attribute(line)}>{escape(line)}</li>" for line in lines)
        facts = {"data": [*self._extracts_used(), *self._publications_used(sources)]}
        records, results = tuple(self.gate.records), tuple(self.gate.results)
        html = f"<ul>{items}</ul>"
        return Output("provenance", html, text=tuple(lines), page=facts, restricted=records, results=results)

    def _extracts_used(self) -> list[str]:
        """Each family of returns that the page has used, whose it is, and the day that it was extracted."""
        families = {TABLES[source].family for name in self.used for source in prepare.MADE_OF.get(name, ())}
        extracts = [each for each in self.tables["extracts"].to_dict("records") if each.get("family") in families]
        return [
            f"{_capital(FAMILIES[each['family']])}: {ORIGIN_WORDS[each['label']].lower()}, "
            f"{'extracted on' if each['given'] else 'no extract date stated, last entry of'} {_day_of(each)}"
            for each in extracts
        ]

    def _publications_used(self, sources: Collection[str]) -> list[str]:
        """When the latest of the publications that the page cites was issued."""
        days = [day for source, day in self._issued.items() if source in sources]
        if not days:
            return ["Published figures: the publications named under the sources"] if sources else []
        return [
            f"Published figures: the publications named under the sources, the latest issued on {day_in_words(max(days))}"
        ]

    def _with_release(self, source: str) -> str:
        """A citation with the day on which that release was issued, where the published table says it."""
        day = self._issued.get(source)
        return source if day is None else f"{source.rstrip('.')} (issued {day_in_words(day)})"

    @cached_property
    def _issued(self) -> dict[str, pd.Timestamp]:
        """Citation -> the day on which the release that it names was issued."""
        dated = [
            self.tables[name].loc[:, ["source", column]].set_axis(["source", "day"], axis=1)
            for name, column in ISSUED.items()
            if column in self.tables.get(name, ())
        ]
        days = pd.concat(dated, ignore_index=True).dropna() if dated else pd.DataFrame(columns=["source", "day"])
        return days.groupby("source")["day"].max().to_dict()

    def _cited(self) -> list[str]:
        """The citations of the published tables: a number in one counts nobody."""
        published = [self.tables[name] for name in self.tables if name not in prepare.MADE_OF]
        texts = {text for table in published if "source" in table for text in table["source"].unique()}
        return sorted(text for text in texts if isinstance(text, str))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _day_of(extract: dict) -> str:
    """The day of an extract in words; extracts without dates of their own have none unless it is stated."""
    return day_in_words(extract["extract_date"]) if pd.notna(extract["extract_date"]) else "a day not stated"


def open_page(period: str, edition: str = "public", data: str = "", releases: str = "", authority: str = "") -> Page:
    """The page for `period` in `edition`, from the returns in folder `data` and with the register in folder `releases`
    (empty: those that `authority.toml` names). `authority` is the folder of another `authority.toml`, that of one of a
    region's authorities (empty: the project's own).

    Prepares the data first when that has not been done for these files. Raises `UsageError` for a period outside the
    grammar, an unknown edition or a folder without `authority.toml`, `DataError` when the returns cannot be used.
    """
    if edition not in EDITIONS:
        raise UsageError(f"There is no edition {edition!r}. Choose {' or '.join(EDITIONS)}.")
    whose = read_authority()
    if authority:
        folder = (whose.home / authority).resolve()
        if not (folder / FILE_NAME).is_file():
            raise UsageError(
                f"There is no {FILE_NAME} in {folder}. The parameter `authority` names the folder of one; empty: the project's own."
            )
        whose = within(whose, folder)
    return page_of(whose, Period.parse(period), edition, data, releases)


def page_of(authority: Authority, when: Period, edition: str, data: str = "", releases: str = "") -> Page:
    """As `open_page`, for any span of days: the data as they were known on its last day."""
    if (code := present_code(authority.area.code)) != authority.area.code:
        raise UsageError(
            f"{authority.name} has a new area code: write {code} in authority.toml. Published figures use it."
        )
    returns = (authority.home / data).resolve() if data else authority.returns
    as_at = authority.as_at(when)
    pd.reset_option(TEXTS)  # tables are written as they are wherever no page has been opened before
    try:
        store = prepare.prepare_folder(returns, authority, AsOf(when.end, as_at))
    finally:
        # A page does thousands of small things with small tables: with texts as Python's own a fifth of its time is saved.
        pd.set_option(TEXTS, "python")

    def known(name: str, table: pd.DataFrame) -> pd.DataFrame:
        table = prepare.known_table(name, table, when.end, as_at)
        return OF_ONE_COUNCIL[name](table, authority.area) if name in OF_ONE_COUNCIL else table

    tables = prepare.load_tables(store).changed(known)
    beyond = prepare.beyond_their_extract(tables["extracts"], when)
    for name in beyond.keys() & tables.keys():
        del tables[name]
    card = prepare.card_of(store) | {"beyond": beyond}
    register = (authority.home / releases).resolve() if releases else authority.releases
    return Page(authority, when, edition, store, tables, card=card, releases=register)
