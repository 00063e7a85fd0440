"""A link in council minutes still works next year: the pages and sections of docs/addresses.md are there."""

import json
import re

import pytest
from executed_page import HOME

from analysis_lib.pack.export import markdown
from analysis_lib.pack.index import INDEX
from analysis_lib.pack.markup import mark_headings

LISTED = (HOME / "docs" / "addresses.md").read_text(encoding="utf-8")
TEMPLATE = HOME / "analysis_lib" / "pack" / "template"
OF_EVERY_PAGE = {"how-this-was-made"}  # in the template


def sections():
    """Page -> the names of its sections that may not vanish."""
    listed = LISTED[LISTED.index("## Sections") : LISTED.index("## To change one")]
    _, *parts = re.split(r"^### (\S+\.html)$", listed, flags=re.MULTILINE)
    return {page: set(re.findall(r"`([a-z0-9-]+)`", text)) for page, text in zip(parts[::2], parts[1::2], strict=True)}


def notebook(page):
    return HOME / "notebooks" / page.replace(".html", ".ipynb")


def test_every_page_is_on_the_list():
    pages = {f"{path.stem}.html" for path in (HOME / "notebooks").glob("*.ipynb")}
    assert sections().keys() - {INDEX} == pages


@pytest.mark.parametrize("page", sorted(sections().keys() - {INDEX}))
def test_no_section_of_a_page_has_vanished(page):
    cells = json.loads(notebook(page).read_text(encoding="utf-8"))["cells"]
    body = "\n".join(markdown("".join(cell["source"])) for cell in cells if cell["cell_type"] == "markdown")
    there = set(re.findall(r'<h[2-6][^>]*\bid="([^"]+)"', mark_headings(body)))
    assert sections()[page] <= there | OF_EVERY_PAGE


def test_no_section_of_the_front_page_has_vanished():
    written = (TEMPLATE / "index.html.j2").read_text(encoding="utf-8")
    there = set(re.findall(r'<h2 id="([a-z-]+)"', written))
    of_pages = {page.removesuffix(".html").replace("_", "-") for page in sections()} - {"index"}
    assert sections()[INDEX] <= there | of_pages
    assert of_pages <= sections()[INDEX]


def test_the_template_of_a_page_has_the_section_of_every_page():
    written = (TEMPLATE / "page.html.j2").read_text(encoding="utf-8")
    assert all(f'id="{name}"' in written for name in OF_EVERY_PAGE)
