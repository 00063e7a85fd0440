"""A pack on paper: one tagged PDF of all its pages, with a cover, contents and page numbers, printed by a Chromium browser.

It stands beside the packs and in no manifest, since its bytes depend on the browser too; its cover says the input hash.
Everything that it prints stands on the pages of the pack, which have passed the audit, but for the report header.
"""

from __future__ import annotations

import datetime
import hashlib
import html
import io
import os
import re
import shutil
import subprocess
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from analysis_lib.errors import PanelpackError, UsageError
from analysis_lib.own_folders import OwnFolder
from analysis_lib.pack.manifest import read_manifest
from analysis_lib.pack.markup import page_environment
from analysis_lib.pack.publish import OWNER_ONLY_FOLDER
from analysis_lib.periods import day_in_words
from analysis_lib.whole_files import write_whole

FOLDER, HEADER = "pdf", "report_header.toml"
BROWSERS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "msedge",
    "microsoft-edge",
)
SECONDS = 180
_MAIN = re.compile(r"<main\b[^>]*>(.*)</main>", re.DOTALL)
_FOOT = re.compile(r'<footer\b[^>]*>.*?(<h2 id="how-this-was-made">.*?</dl>)', re.DOTALL)
# What an alternative says, too, stands in the picture's own `alt`, which the PDF carries for a screen reader.
_NOT_ON_PAPER = re.compile(
    r'<nav\b.*?</nav>|<p class="download">.*?</p>|<a\b[^>]*\bdownload=[^>]*>.*?</a>|<p class="description">.*?</p>',
    re.DOTALL,
)
_FOLDED = re.compile(r"<details>(?:(?!<details>).)*?</details>", re.DOTALL)
_TABLE_NAME = re.compile(r'<table\b[^>]*\bdata-table="([^"]+)"')
MOST_FOLDED_ROWS = 24  # of a folded table that is printed: two years by month; a longer one is read on the page
PDF_VERSION = "%PDF-1.7"
_SECTION = re.compile(r'<h2 id="([^"]+)"[^>]*>(.*?)</h2>', re.DOTALL)


@dataclass(frozen=True)
class ReportHeader:
    """What the cover says of the meeting: committee, its day, the author by role, and the paragraph by which it is exempt.

    `exempt_paragraph` is that of part 1 of Schedule 12A to the Local Government Act 1972; None for an open report.
    """

    committee: str
    meeting: datetime.date
    author: str
    exempt_paragraph: int | None = None


def read_header(home: Path, period: str) -> ReportHeader | None:
    """What `report_header.toml` says of the meeting that gets the pack of `period`; None where it says nothing.

    Raises `UsageError` where an entry is missing, unknown or not of its kind.
    """
    path = home / HEADER
    if not path.exists():
        return None
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8")).get(period)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"{HEADER} cannot be read: {error}.") from None
    return None if told is None else _checked(told, period)


def _checked(told: Mapping, period: str) -> ReportHeader:
    kinds = {"committee": str, "meeting": datetime.date, "author": str, "exempt_paragraph": int}
    needed = set(kinds) - {"exempt_paragraph"}
    if unknown := sorted(set(told) - set(kinds)):
        raise UsageError(f"{HEADER}, [{period}]: {', '.join(unknown)} is not one of {', '.join(kinds)}.")
    for name in sorted(needed | set(told)):
        if type(told.get(name)) is not kinds[name]:
            raise UsageError(f"{HEADER}, [{period}]: {name} must be a {kinds[name].__name__}.")
    if not 1 <= told.get("exempt_paragraph", 1) <= 7:
        raise UsageError(f"{HEADER}, [{period}]: exempt_paragraph is a paragraph of Schedule 12A, from 1 to 7.")
    return ReportHeader(**told)


def paper_path(pack: Path) -> Path:
    """Where the PDF of a pack stands: beside the packs of its edition."""
    return pack.parent / FOLDER / f"{pack.name}.pdf"


def print_pack(pack: Path, home: Path, as_at: pd.Timestamp) -> Path:
    """Print the pack in folder `pack` to `paper_path(pack)`.

    Parameters
    ----------
    pack : Path
        A published pack, of either edition.
    home : Path
        Where `report_header.toml` is, if there is one.
    as_at : Timestamp
        The day that the PDF gives as the day on which it was made: the last on which a publication could be used.

    Raises
    ------
    PanelpackError
        Where no Chromium browser is found, or it prints nothing. `UsageError` where the report header is not right.
    """
    manifest = read_manifest(pack)
    if manifest is None:
        raise PanelpackError(f"{pack} is not a pack: it has no manifest.")
    header = read_header(home, manifest["period"])
    is_open = manifest["edition"] == "public"
    if not is_open and header and header.exempt_paragraph is None:
        raise UsageError(f"{HEADER}, [{manifest['period']}]: a restricted pack needs its exempt_paragraph.")
    browser = find_browser()
    chapters = _said_once([_chapter(pack, page) for page in manifest["pages"]])
    # The first print tells on which pages the headings fall; the contents are as long in the second.
    numbers = _page_numbers(_print(browser, _document(manifest, header, chapters, {})))
    printed = _print(browser, _document(manifest, header, chapters, numbers))
    if _page_numbers(printed) != numbers:
        raise PanelpackError(f"The contents of {manifest['period']} do not stay on their pages when they are printed.")
    path = paper_path(pack)
    _write(path, _stamped(printed, manifest, header, as_at), owner_only=not is_open)
    return path


def find_browser() -> str:
    """The command of a Chromium browser. Raises `PanelpackError`, with what to install, where there is none."""
    for name in BROWSERS:
        if found := shutil.which(name):
            return found
    raise PanelpackError(
        "No PDF was made: it needs a Chromium browser. Install chromium (Debian, Ubuntu: apt install chromium), Google Chrome "
        "or Microsoft Edge, so that its command can be found, and run again. The pack itself is complete."
    )


@dataclass(frozen=True)
class _Chapter:
    """One page of the pack: the name that its parts begin with, its file, its title, what it shows, its sections by their ids."""

    name: str
    file: str
    title: str
    body: str
    style: str
    sections: tuple[tuple[str, str], ...]


def _chapter(pack: Path, page: Mapping) -> _Chapter:
    text = (pack / page["file"]).read_text(encoding="utf-8")
    name = page["notebook"].replace("_", "-")
    body = "".join(found[1] for pattern in (_MAIN, _FOOT) if (found := pattern.search(text)))
    body = _FOLDED.sub(lambda folded: _on_paper(folded[0], page), _NOT_ON_PAPER.sub("", body))
    # One document may say an id once only.
    body = re.sub(r'(<[^>]*\bid=")([^"]+)"', rf'\1{name}-\2"', body)
    body = re.sub(r'href="#([^"]+)"', rf'href="#{name}-\1"', body)
    body = body.replace("<h1", f'<h1 id="{name}"', 1)
    sections = tuple((each, _words(title)) for each, title in _SECTION.findall(body))
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)
    return _Chapter(name, page["file"], page["title"], body, style[1] if style else "", sections)


def _on_paper(folded: str, page: Mapping) -> str:
    """What is folded on the screen: open, or where it is a long table, the line that says where that stands."""
    if folded.count("<tr") - folded.count("<thead") <= MOST_FOLDED_ROWS:
        return folded.replace("<details>", "<details open>", 1)
    name = _TABLE_NAME.search(folded)
    file = f", and as {page['notebook']}/{name[1]}.csv in its folder tables" if name else ""
    return f'<p class="key elsewhere">The long table behind this chart stands beneath it on {page["file"]} of the pack{file}.</p>'


def _said_once(chapters: list[_Chapter]) -> list[_Chapter]:
    """The chapters without the folded words that an earlier one has already, such as the rules that raise a question."""
    said, kept = set(), []
    for chapter in chapters:
        here = set(re.findall(r"<details open>.*?</details>", chapter.body, re.DOTALL))
        body = chapter.body
        for each in here & said:
            body = body.replace(each, "")
        said |= here
        kept.append(replace(chapter, body=body))
    return kept


def _words(marked: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", marked)).strip()


def _document(manifest: Mapping, header: ReportHeader | None, chapters: list[_Chapter], numbers: Mapping) -> str:
    return (
        page_environment()
        .get_template("paper.html.j2")
        .render(
            manifest=manifest,
            header=header,
            meeting=day_in_words(pd.Timestamp(header.meeting)) if header else "",
            chapters=chapters,
            numbers=numbers,
            style="\n".join(dict.fromkeys(each.style for each in chapters)),
        )
    )


def _print(browser: str, document: str) -> bytes:
    """The document as the browser prints it, from a folder of its own and without a network."""
    with OwnFolder("panelpack-paper-") as folder:
        page, printed = Path(folder, "pack.html"), Path(folder, "pack.pdf")
        page.write_text(document, encoding="utf-8")
        command = [
            browser, "--headless", "--disable-gpu", "--no-first-run", "--disable-extensions", "--disable-sync",
            "--disable-background-networking", "--disable-component-update", "--host-resolver-rules=MAP * ~NOTFOUND",
            f"--user-data-dir={Path(folder, 'browser')}", "--no-pdf-header-footer", "--export-tagged-pdf",
            "--generate-pdf-document-outline", f"--print-to-pdf={printed}", page.as_uri(),
        ]  # fmt: skip
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            command.insert(1, "--no-sandbox")  # the browser refuses to start in a container's root account otherwise
        try:
            subprocess.run(command, capture_output=True, timeout=SECONDS, check=True)
            return printed.read_bytes()
        except (OSError, subprocess.SubprocessError) as error:
            raise PanelpackError(f"No PDF was made: {browser} stopped ({type(error).__name__}). Try again.") from None


def _page_numbers(printed: bytes) -> dict[str, int]:
    """The page on which each place that the contents lead to stands, counted from 1."""
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(printed))
    places = {name.lstrip("/"): place for name, place in reader.named_destinations.items()}
    return {name: reader.get_destination_page_number(place) + 1 for name, place in places.items()}


def _stamped(printed: bytes, manifest: Mapping, header: ReportHeader | None, as_at: pd.Timestamp) -> bytes:
    """The PDF with a title, and with a day and a name of its own that come from the pack and not from the clock."""
    from pypdf import PdfReader, PdfWriter
    from pypdf.generic import ArrayObject, ByteStringObject

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(printed)))
    made = f"D:{as_at:%Y%m%d}000000Z"
    writer.add_metadata(
        {
            "/Title": f"{manifest['authority']['name']}: children’s services analysis, {manifest['period_label']}",
            "/Author": header.author if header else manifest["authority"]["name"],
            "/CreationDate": made,
            "/ModDate": made,
        }
    )
    name = hashlib.sha256(f"{manifest['input_hash']} {manifest['edition']} {header}".encode()).digest()[:16]
    writer._ID = ArrayObject([ByteStringObject(name), ByteStringObject(name)])  # no public way to name a document
    writer.pdf_header = PDF_VERSION  # of which Chromium's tags and bookmarks are; pypdf would say an older one
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


def _write(path: Path, content: bytes, *, owner_only: bool) -> None:
    """The old or the new PDF, never a part of one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if owner_only:
        path.parent.chmod(OWNER_ONLY_FOLDER)
    write_whole(path, content, owner_only=owner_only)
