"""The page of a region in a real browser, as every other page: by eye, ear and keyboard."""

import json

import in_browser
import pytest
from fake_pack import REPOSITORY
from in_browser import DESK, NARROWEST, PHONE, ZOOMED, Opened
from small_region import AUTHORITIES, make_region

from analysis_lib.authority import read_authority
from analysis_lib.pack.manifest import FORMAT
from analysis_lib.pack.region_index import write_region_index

KEY = "looked_after;/2021-09-30;value;;0"
LABELS = {"2021-22-Q2": "July to September 2021 (quarter 2)", "2021-22-Q1": "April to June 2021 (quarter 1)"}
DAYS = {"2021-22-Q2": ("2021-07-01", "2021-09-30"), "2021-22-Q1": ("2021-04-01", "2021-06-30")}


def manifest(area, name, period, edition):
    marked = f'<span data-figure="{KEY}">543</span> children'
    card = {
        "title": "Children looked after",
        "text": "543",
        "key": KEY,
        "figure": {"text": "543 children", "marked": marked, "figures": ["synthetic"]},
        "series": {
            "first": "30 June 2021",
            "last": "30 September 2021",
            "points": [["2021-06-30", 530.0], ["2021-09-30", 543.0]],
        },
    }
    return {
        "format": FORMAT,
        "authority": {"name": name, "code": area},
        "period": period,
        "period_label": LABELS[period],
        "first_day": DAYS[period][0],
        "last_day": DAYS[period][1],
        "edition": edition,
        "synthetic": True,
        "data_problems": {"error": 3, "warning": 120},
        "pages": [
            {"notebook": "demand", "title": "How many children need us?", "file": "demand.html", "headlines": [card]}
        ],
        "not_made": [{"notebook": "yos", "title": "Who is on the caseload?", "reason": "could not be made."}],
        "outputs": [],
    }


@pytest.fixture(scope="module", params=["public", "restricted"])
def opened(request, browser, tmp_path_factory):
    folder = tmp_path_factory.mktemp("region")
    region, output = make_region(folder / "region", {**AUTHORITIES, "cole": "E06009103"}), folder / "out"
    for name, area in AUTHORITIES.items():
        for period in LABELS:
            packs = output / name / ("restricted" if request.param == "restricted" else "")
            pack = packs / period
            pack.mkdir(parents=True)
            (pack / "manifest.json").write_text(json.dumps(manifest(area, name.title(), period, request.param)))
            for place in (packs / "index.html", pack / "index.html", pack / "demand.html"):
                place.write_text("<html></html>")
    page = Opened(browser, write_region_index(read_authority(REPOSITORY), region, output, request.param))
    page.output = output
    yield page
    page.close()


def test_it_is_sound_for_everybody(opened):
    for width in (PHONE, DESK):
        opened.look(width)
        opened.unfold()
        assert in_browser.axe(opened) == []
    for width in (NARROWEST, PHONE, ZOOMED, DESK):
        assert in_browser.layout(opened, width) == []
    assert in_browser.requests(opened) == [] and in_browser.console(opened) == []
    for look in (in_browser.tables, in_browser.charts, in_browser.headings, in_browser.skip_link):
        assert look(opened) == []
    assert in_browser.links(opened, inside=opened.output) == []
    opened.reload()
    assert in_browser.on_paper(opened) == [] and in_browser.keyboard(opened) == []
