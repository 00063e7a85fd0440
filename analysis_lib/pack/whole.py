"""Whether a pack is as it was written, and is of the edition that it says it is."""

from __future__ import annotations

import hashlib
import re
import stat
from collections.abc import Collection, Iterator, Mapping
from pathlib import PurePosixPath

from analysis_lib.disclosure.equations import number_of
from analysis_lib.disclosure.printed import INTERVAL, VALUE, PrintedFigure
from analysis_lib.pack import results
from analysis_lib.pack.accounts import says_what_it_is
from analysis_lib.pack.finding import Finding
from analysis_lib.pack.index import INDEX
from analysis_lib.pack.manifest import NAME, files_of
from analysis_lib.pack.printed import (
    FIGURE,
    NotReadable,
    Place,
    PrintedPack,
    PrintedPage,
    collapsed,
    masked,
    read_page,
)
from analysis_lib.report.cards import SHAPES

MANIFEST, EDITION = "manifest", "edition"
MAKE_AGAIN = "Make the pack again: panelpack run."
RESTRICTED_WORDS = ("Restricted: exact figures", "Restricted edition")


def files_as_written(pack: PrintedPack, manifest: dict) -> Iterator[Finding]:
    """Every file is listed with the hash that it has, none is missing, and the pages that the manifest names are there."""
    written = {each["path"]: each["sha256"] for each in manifest["outputs"]}
    there = set(pack.files) - {NAME}
    for name in sorted(written.keys() - there):
        yield Finding(MANIFEST, masked(name), "a file that the manifest lists is missing", MAKE_AGAIN)
    for name in sorted(there - written.keys()):
        yield Finding(MANIFEST, masked(name), "a file that the manifest does not list", f"Remove it. {MAKE_AGAIN}")
    for name in sorted(there & written.keys()):
        if hashlib.sha256((pack.folder / name).read_bytes()).hexdigest() != written[name]:
            yield Finding(MANIFEST, masked(name), "the file is not as it was written", MAKE_AGAIN)
    named = [INDEX, *(name for page in manifest["pages"] for name in files_of(page))]
    for name in sorted(set(named) - written.keys()):
        yield Finding(
            MANIFEST, masked(name), "a page or table that the manifest names is not among its files", MAKE_AGAIN
        )
    for name in sorted(there - set(named)):
        yield Finding(MANIFEST, masked(name), "a file that belongs to no page", f"Remove it. {MAKE_AGAIN}")
    for page, why in pack.unreadable.items():
        yield Finding(MANIFEST, masked(page), f"the file cannot be read: {why}", MAKE_AGAIN)


def only_public(pack: PrintedPack, manifest: dict) -> Iterator[Finding]:
    """A public pack holds nothing of the restricted edition, and leads nowhere near it."""
    out = "Keep the restricted edition in its own folder, outputs/restricted, and make the pack again."
    editions = {page["parameters"].get("edition") for page in manifest["pages"]} | {manifest["edition"]}
    if editions != {"public"}:
        yield Finding(EDITION, NAME, "the manifest of a public pack speaks of another edition", out)
    for name in pack.files:
        parts = PurePosixPath(name).parts
        if "restricted" in parts or PurePosixPath(name).stem.startswith("signoff"):
            yield Finding(EDITION, masked(name), "a file of the restricted edition in a public pack", out)
        if not name.endswith((".html", ".csv")) and name != NAME:
            yield Finding(EDITION, masked(name), "a file that is neither a page nor a table in a public pack", out)
    if any("results" in page for page in manifest["pages"]):
        yield Finding(EDITION, NAME, "figures at full precision in a public pack", out)
    for page in pack.pages:
        for what in dict.fromkeys(_of_restricted(page)):
            yield Finding(EDITION, str(Place(page.name)), what, out)


def _of_restricted(page: PrintedPage) -> Iterator[str]:
    for element in page.root.all():
        if any(each.startswith("restricted") for each in element.classes):
            yield "a mark of the restricted edition on a public page"
        link = element.attributes.get("href", "")
        if re.search(r"restricted|signoff", link, re.IGNORECASE):
            yield "a link to the restricted edition on a public page"
        elif link.startswith((".", "/")) and link != "../index.html":
            yield "a link out of the pack's folder"
    if any(words in run.text for run in page.runs for words in RESTRICTED_WORDS):
        yield "a mark of the restricted edition on a public page"


def marked_restricted(pack: PrintedPack) -> Iterator[Finding]:
    """Every page of a restricted pack says so, and it stands in the restricted folder."""
    if pack.folder.resolve().parent.name != "restricted":
        advice = "Move it to outputs/restricted, and publish nothing of this folder."
        yield Finding(EDITION, NAME, "a pack of the restricted edition outside the restricted folder", advice)
    for page in pack.pages:
        if not any("restricted-mark" in element.classes for element in page.root.all()):
            yield Finding(
                EDITION, str(Place(page.name)), "a page of the restricted edition does not say so", MAKE_AGAIN
            )


def results_as_printed(pack: PrintedPack, manifest: dict) -> Iterator[Finding]:
    """The file of a restricted page's figures holds nothing else, and what the page prints of them is what they round to."""
    printed = {page.name: page for page in pack.pages}
    for page in manifest["pages"]:
        name, there = page.get("results", ""), printed.get(page["file"])
        if not name or not there or name not in pack.files:
            continue
        try:
            found = results.read_results(pack.folder / name)
        except ValueError:
            yield Finding(MANIFEST, masked(name), "something that is no figure among the figures of a page", MAKE_AGAIN)
            continue
        for mark in there.marks:
            if mark.kind == FIGURE and says_what_it_is(mark) and not _rounds_to(mark.figure, found):
                yield Finding(
                    MANIFEST, str(mark.place), "a figure that the file of the page's figures has not", MAKE_AGAIN
                )


def _rounds_to(figure: PrintedFigure, found: results.Results) -> bool:
    """Whether one of the rows of this key, at full precision, rounds to what is printed; texts without a figure are none."""
    rows = found.get(figure.showing(VALUE, "").key, [])
    if figure.what == INTERVAL or not any(letter.isdigit() for letter in figure.text):
        return bool(rows)
    number, decimals = number_of(figure.text)
    numbers = [row[figure.what] for row in rows if figure.what in row]
    return any(abs(float(number) - each) <= 0.5 / 10**decimals + results.CLOSE * max(abs(each), 1) for each in numbers)


def for_its_owner_only(pack: PrintedPack) -> Iterator[Finding]:
    """No file of a published restricted pack can be read by others."""
    for name in pack.files:
        if stat.S_IMODE((pack.folder / name).stat().st_mode) & 0o077:
            yield Finding(EDITION, masked(name), "others than its owner may read the file", "Close it: chmod 600.")


def only_what_is_known(
    pack: PrintedPack, manifest: dict, answers: dict[str, list[str]], parameters: Mapping[str, Collection[str]]
) -> Iterator[Finding]:
    """The manifest repeats what the pages say, and carries no parameters but period, edition and those that its notebooks
    have (`parameters`: notebook to names)."""
    for page in manifest["pages"]:
        where = f"{NAME}, page {masked(page['notebook'])}"
        if not _are_parameters(page["parameters"], manifest, parameters.get(page["notebook"], ())):
            yield Finding(MANIFEST, where, "parameters that are not those of a notebook of this pack", MAKE_AGAIN)
        said = [" ".join(sentence["text"].split()) for sentence in page["answer"]]
        if not set(said) <= set(answers.get(page["file"], ())):
            yield Finding(MANIFEST, where, "an answer that is not on its page word for word", MAKE_AGAIN)
        if any(_read(each["marked"]) != collapsed(each["text"]) for each in page["answer"] if "marked" in each):
            yield Finding(MANIFEST, where, "an answer that is marked up as something else", MAKE_AGAIN)


def headlines_as_printed(pack: PrintedPack, manifest: dict) -> Iterator[Finding]:
    """The manifest's headlines are the cards of the pages word for word, and the points of their lines figures of them."""
    printed = {page.name: page for page in pack.pages}
    for page in manifest["pages"]:
        where, there = f"{NAME}, page {masked(page['notebook'])}", printed.get(page["file"])
        for card in page.get("headlines", ()) if there else ():
            if not _words_of(card) <= {run.text for run in there.runs}:
                yield Finding(MANIFEST, where, "a headline that is not a card of its page word for word", MAKE_AGAIN)
            if any(_read(each["marked"]) != collapsed(each["text"]) for each in _sentences_of(card)):
                yield Finding(MANIFEST, where, "a headline that is marked up as something else", MAKE_AGAIN)
            if not _points_of(card) <= _printed_numbers(there, card):
                yield Finding(MANIFEST, where, "a point of a small line that is no figure of its page", MAKE_AGAIN)


def _are_parameters(parameters: dict, manifest: dict, known: Collection[str]) -> bool:
    """Whether a page was made for the pack's period and edition; others than these are `known` by name, and are numbers or
    short words."""
    own = {key: parameters.get(key) for key in ("period", "edition")}
    if not set(parameters) <= {*own, *known}:
        return False
    others = [value for key, value in parameters.items() if key not in own]
    is_short = all(isinstance(each, int | float) or re.fullmatch(r"[\w .-]{0,40}", each, re.ASCII) for each in others)
    return own == {key: manifest[key] for key in own} and is_short


def _words_of(card: dict) -> set[str]:
    """The texts of a card, as they are read on its page."""
    shapes = {way: f"{drawn} " for way, drawn in SHAPES.items()} | {"": ""}
    lines = (f"{line['label']} {shapes[line['way']]}{line['text']}" for line in card["lines"])
    return {collapsed(each) for each in (card["title"], card["figure"]["text"], *lines)}


def _sentences_of(card: dict) -> list[dict]:
    return [card["figure"], *card["lines"], *card["questions"]]


def _read(marked: str) -> str:
    """What is read in a sentence that is marked up; nothing where it is no HTML of ours."""
    try:
        return read_page("", marked).root.text
    except NotReadable:
        return ""


def _points_of(card: dict) -> set[tuple[str, float]]:
    """Last day and number of each point that is drawn."""
    points = card["series"]["points"] if card["series"] else []
    return {(day, float(number)) for day, number in points if number is not None}


def _printed_numbers(page: PrintedPage, card: dict) -> set[tuple[str, float]]:
    """Last day and number of what the page prints of a headline's measure and groups."""
    key = card["series"]["key"] if card["series"] else card["key"]
    wanted = PrintedFigure.from_key(key, "")
    found = set()
    for mark in page.marks:
        if mark.kind != FIGURE or not says_what_it_is(mark):
            continue
        figure = mark.figure
        if (figure.measure, figure.groups, figure.what) == (wanted.measure, wanted.groups, wanted.what):
            number, _ = number_of(figure.text)
            if number is not None:
                found.add((figure.end, float(number)))
    return found
