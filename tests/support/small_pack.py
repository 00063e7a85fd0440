"""A small pack whose one page is written by hand as the report writes pages, so that a test can plant in it what should not be there."""

import base64
import html

import pytest
from fake_pack import Quiet, executed, page_cells, shown, write_notebook

from analysis_lib.authority import read_authority
from analysis_lib.pack import audit as audits
from analysis_lib.pack import build
from analysis_lib.results import ADDS, Measure

PERIOD = "2021-22-Q2"
DAY, SPAN = "/2021-09-30", "2021-04-01/2021-09-30"
PLACE = "demand.html, table by_sex"


def measure(name, unit="children", **facts):
    return Measure(name, name.title(), "Those counted.", unit, "neither", "a test", **facts)


MEASURES = {
    each.name: each
    for each in (
        measure("cases"),
        measure("cases_share", "%", counts="cases", base="cases"),
        measure("starts", over_time=ADDS),
    )
}


def key(name, span=DAY, what="value", parts="", **groups):
    said = "&".join(f"{column}={value}" for column, value in groups.items())
    return f"{name}{'?' + said if said else ''};{span};{what};{parts};0"


def data(which, text):
    return f'<span data-figure="{html.escape(which)}">{text}</span>'


def cell(which, text):
    return f'<td class="number" data-figure="{html.escape(which)}">{text}</td>'


def table(rows, name="by_sex", column="Cases", caption="Cases by sex", more=""):
    """One output: a table of (label, key, text), and its file to download. `more` is HTML that the last row has besides."""
    lines = "".join(f'<tr><th scope="row">{label}</th>{cell(*figure)}</tr>' for label, *figure in rows)
    lines = lines.removesuffix("</tr>") + more + "</tr>"
    head = f'<thead><tr><th scope="col">Sex</th><th scope="col">{column}</th></tr></thead>'
    text = f'<table data-table="{name}"><caption>{caption}</caption>{head}<tbody>{lines}</tbody></table>'
    plain = "".join(f"{label},{figure[-1].replace(',', '').rstrip('%')}\n" for label, *figure in rows)
    return shown(text, "table", name=name, title=caption, csv=f"Sex,{column}\n{plain}", origin=["synthetic"])


def by_sex(female="20", male="41", **more):
    parts = [(sex, key("cases", parts="sex", sex=sex), text) for sex, text in (("Female", female), ("Male", male))]
    return table(parts, **more)


def drawing(*texts, style="fill: #262626"):
    lines = "".join(f'<g><text style="{style}" x="5" y="5">{text}</text></g>' for text in texts)
    ticks = "".join(f'<g class="tick"><g><text x="1" y="{at}">{at}</text></g></g>' for at in (0, 20, 40))
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 60"><g>{ticks}</g>{lines}</svg>'
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


def chart(alt="There were 61 cases. Bar chart. Female: 20.", source=None):
    described = f"Bar chart. Female: {data(key('cases', parts='sex', sex='Female'), '20')}."
    return shown(
        f"<figure><figcaption><b>There were {data(key('cases'), '61')} cases</b></figcaption>"
        f'<img alt="{alt}" src="{source or drawing("Cases")}"><p class="description">{described}</p></figure>'
    )


def answer(cases="61"):
    said = ["There were {} cases.", "Most were boys.", "Ask the service."]
    items = "".join(f"<li>{each.format(data(key('cases'), cases))}</li>" for each in said)
    return shown(
        f'<ul class="answer">{items}</ul>', "answer", text=[each.format(cases) for each in said], origin=["synthetic"]
    )


class SmallPack:
    """Runs the pack of one page with `outputs` on it. What was published before stands for an earlier, sound pack.

    `cases` is the total that its first sentence says.
    """

    cases = "61"

    def __init__(self, home, monkeypatch):
        self.home, self.output, self._outputs = home, home / "outputs", []
        write_notebook(home / "notebooks", "demand", page_cells("How many?"))
        monkeypatch.setattr(build, "execute", self._execute)
        monkeypatch.setattr(audits, "every_measure", lambda: MEASURES)

    def _execute(self, task, **_):
        return executed("# How many?", [answer(self.cases)], "## Cases", *([each] for each in self._outputs))

    @property
    def folder(self):
        return self.output / PERIOD

    def run(self, *outputs, edition="public"):
        self._outputs = outputs
        return build.build_packs(
            read_authority(self.home),
            periods=[PERIOD],
            edition=edition,
            output=self.output,
            jobs=1,
            progress=Quiet(),
        )

    def bytes(self):
        files = (path for path in self.folder.rglob("*") if path.is_file())
        return {path.relative_to(self.folder).as_posix(): path.read_bytes() for path in files}

    def refusal(self, *outputs):
        """What a run says that publishes nothing; an earlier pack stands as it was."""
        assert self.run(by_sex()).all_made
        before = self.bytes()
        outcome = self.run(*outputs)
        assert outcome.published == [] and self.bytes() == before
        (said,) = outcome.not_made
        return said

    def audit(self, **known):
        """The report on the pack that stands."""
        authority = read_authority(self.home)
        known = {
            "measures": MEASURES,
            "groupings": audits.groupings_of_project(),
            "policy": authority.disclosure,
            **known,
        }
        return audits.audit(self.folder, **known)


def small_pack_fixture():
    @pytest.fixture
    def pack(home, prepared, monkeypatch):
        return SmallPack(home, monkeypatch)

    return pack
