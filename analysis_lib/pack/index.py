"""The front page of a pack, from its manifest and the register of what was signed off before."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from analysis_lib.disclosure.register import Register
from analysis_lib.errors import PanelpackError
from analysis_lib.pack.markup import page_environment, page_faults, slug
from analysis_lib.pack.since import last_signed_off, since_then
from analysis_lib.pack.small_line import in_words, small_line
from analysis_lib.periods import Period, day_in_words
from analysis_lib.report.cards import shape
from analysis_lib.report.quality import rows_said
from analysis_lib.report.sentence import Piece, Sentence

INDEX = "index.html"
ORIGIN_WORDS = {"synthetic": "Synthetic", "returns": "Council returns", "published": "Published"}
COUNTED = "Children are counted, not sampled: a count can be wrong through a mistake in a record, not by chance."
CHANCE = (
    "Percentages and averages of few children can move by chance alone. They are called higher or lower only where chance "
    "would seldom do that, and each page shows how far it could."
)
INVENTED = "Invented figures say nothing of real children: they show what the pack can tell."


def pack_index(manifest: dict, register: Register | None = None) -> str:
    """The front page of one pack: what people ask, what changed since the last signed-off pack, and each page's headlines.

    `register` is what was signed off before; a pack of the restricted edition has none.
    """
    signed = last_signed_off(register or Register(), manifest["period"])
    changes = since_then(manifest["pages"], signed) if signed else []
    sure = list(_how_sure(manifest))
    return render(
        "index.html.j2",
        heading=heading(manifest),
        authority=manifest["authority"]["name"],
        period=manifest["period"],
        edition=manifest["edition"],
        synthetic=manifest["synthetic"],
        version=manifest["package"]["version"],
        input_hash=manifest["input_hash"],
        questions=list(_questions(manifest)),
        sure=[each.marked for each in sure[: 4 if manifest["synthetic"] else 3]],
        points=[each.marked for each in sure],
        signed=Period.parse(signed.period).label if signed else "",
        changes=[{**row, "shape": shape(row["way"])} for row in changes],
        pages=manifest["pages"],
        not_made=manifest["not_made"],
        correction=manifest.get("correction"),
    )


def heading(manifest: dict) -> str:
    """The period of a pack as a heading has it."""
    label = manifest["period_label"]
    return label[:1].upper() + label[1:]


def render(template: str, **facts) -> str:
    """A page that no notebook makes. Raises `PanelpackError` where it would fetch or run something."""
    environment = page_environment()
    environment.filters |= {"slug": slug, "shape": shape, "small_line": small_line, "line_in_words": in_words}
    environment.globals["origin_words"] = ORIGIN_WORDS
    page = environment.get_template(template).render(**facts)
    faults = page_faults(page)
    if faults:
        raise PanelpackError(f"{template}: {faults[0]}")
    return page


def _questions(manifest: dict) -> Iterator[dict]:
    """What the headlines answer, each with the page that says more."""
    for page in manifest["pages"]:
        for card in page.get("headlines", ()):
            for asked in card["questions"]:
                yield {**asked, "file": page["file"], "title": page["title"]}


def _how_sure(manifest: dict) -> Iterator[Sentence]:
    """What limits the figures of a pack, the most telling first."""
    if manifest["synthetic"]:
        yield Sentence.of_words(INVENTED)
    yield Sentence.of_words(COUNTED)
    yield Sentence.of_words(CHANCE)
    yield data_quality(manifest)
    days = sorted({each["extract_date"] for each in manifest["extracts"] if each["extract_date"]})
    if days:
        named = " and ".join(dict.fromkeys(day_in_words(pd.Timestamp(day)) for day in (days[0], days[-1])))
        yield Sentence.of_words(
            f"The returns were extracted on {named}. Each page says what a later return may correct."
        )
    if manifest["edition"] == "public":
        yield Sentence.of_words(
            "Small numbers are hidden, so that no child can be recognised. A hidden number has the letter c, and is not a nought."
        )
    yield Sentence.of_words(
        "Published figures are those that were out by the date of the pack. Some have been revised since."
    )


def data_quality(manifest: dict) -> Sentence:
    """How many problems the checks found in the returns, rounded as on the pages."""
    found = manifest["data_problems"]
    said = rows_said(manifest["edition"])
    pieces = [Piece("The checks of the council’s records found ")]
    for severity, between in (("error", " and "), ("warning", "")):
        count = said(found.get(severity, 0)) if found.get(severity, 0) else None
        pieces.append(Piece(count.text, "span", count.attribute) if count else Piece("no"))
        pieces.append(Piece(f" {severity}{'' if count and count.text == '1' else 's'}{between}"))
    more = "rows with an error were left out" if found.get("error") else "no row was left out for an error"
    return Sentence((*pieces, Piece(f": {more}. The end of each page has the details.")), ())
