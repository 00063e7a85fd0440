"""A pack is made again from today's inputs, and what differs is named with its reason."""

import json
import shutil

import pytest
from fake_pack import Quiet, page_cells, write_notebook

from analysis_lib.authority import read_authority
from analysis_lib.disclosure.register import Entry, Publication, SignOff, extend, read_register
from analysis_lib.errors import PanelpackError, UsageError
from analysis_lib.pack import build, make, warm
from analysis_lib.pack import manifest as manifests
from analysis_lib.pack.verify import NO_REASON, verify

PERIOD = "2021-22-Q2"
FIGURE = "children?sex=female;/2021-09-30;value;;0"


@pytest.fixture(scope="module")
def executed_once():
    """Executed notebooks by their source: the same notebook is executed once in this file."""
    return {}


@pytest.fixture
def house(home, prepared, monkeypatch, executed_once):
    """A pack that stands, and how to verify it."""
    execute = make.execute

    def remembered(task, **more):
        which = (task.notebook.sha256, task.period.code, task.edition, task.parameters)
        if which not in executed_once:
            executed_once[which] = execute(task, **more)
        return executed_once[which]

    monkeypatch.setattr(make, "execute", remembered)
    monkeypatch.setattr(warm, "get_ready", lambda: None)  # most runs here execute nothing
    monkeypatch.setattr(warm, "modules", lambda: ["ipykernel.ipkernel"])
    write_notebook(home / "notebooks", "demand", page_cells())
    return House(home)


class House:
    def __init__(self, home):
        self.home, self.output = home, home / "outputs"

    def run(self, period=PERIOD, **asked):
        asked = build.Request(periods=[period], output=self.output, **asked)
        return build.build_packs(read_authority(self.home), asked, jobs=1, progress=Quiet())

    def verify(self, folder=PERIOD, **more):
        before = self.bytes()
        try:
            return verify(read_authority(self.home), self.output / folder, progress=Quiet(), **more)
        finally:
            assert self.bytes() == before  # nothing of outputs/ is touched

    def bytes(self):
        return {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in self.output.rglob("*") if path.is_file()}

    def sign(self, period, synthetic=True):
        """Put a pack of `period` into the register, as a sign-off does."""
        authority = read_authority(self.home)
        printed = Publication("0" * 64, ((FIGURE, "55"),), SignOff("Head of Service", "2022-01-31"))
        extend(authority.releases, Entry(period, authority.area.code, synthetic, (printed,)))

    def told_otherwise(self, change, folder=PERIOD):
        """Have the manifest say something else of how the pack was made."""
        path = self.output / folder / manifests.NAME
        content = json.loads(path.read_text(encoding="utf-8"))
        change(content)
        path.write_text(manifests.to_json(content), encoding="utf-8")


def test_a_pack_comes_out_the_same(house):
    house.run()
    result = house.verify()
    assert (result.same, result.differ, result.figures, result.why) == (True, (), (), ())
    assert result.lines()[0] == f"{PERIOD} (public edition): made again, every byte agrees."


def test_the_restricted_edition_beside_the_page_for_the_person_who_decides(house):
    house.run()
    house.run(edition="restricted")
    assert (house.output / "restricted" / PERIOD / "signoff.html").exists()
    assert house.verify(f"restricted/{PERIOD}").same


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("data/raw/synthetic/episodes.csv", "the input returns/episodes.csv has changed"),
        ("data/raw/published/benchmarks.csv", "the input published/benchmarks.csv has changed"),
    ],
)
def test_an_input_that_has_changed_is_named(house, path, why):
    house.run()
    with open(house.home / path, "a") as file:
        file.write("2,3\n")
    result = house.verify()
    assert not result.same and result.why == (why,)
    assert result.differ == ("demand.html", "index.html") and result.figures == ()


def test_inputs_that_came_and_went_are_named(house):
    house.run()
    raw = house.home / "data" / "raw" / "synthetic"
    (raw / "episodes.csv").rename(raw / "episodes_2.csv")
    assert house.verify().why == ("the input returns/episodes.csv is gone", "the input returns/episodes_2.csv is new")


def test_a_notebook_that_shows_another_figure(house):
    house.run()
    cells = json.loads(json.dumps(page_cells()).replace("55", "56"))
    write_notebook(house.home / "notebooks", "demand", cells)
    result = house.verify()
    assert not result.same and result.why == ("the notebook demand has changed",)
    assert result.figures == (f"demand.html, {FIGURE}: 55 then, 56 now",)
    assert "tables/demand/children.csv" in result.differ


def test_settings_and_library_are_named(house, monkeypatch):
    house.run()
    path = house.home / "authority.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("as_at_days = ", "as_at_days = 1"), encoding="utf-8")
    monkeypatch.setattr(manifests, "library_hash", lambda: "another")
    why = house.verify().why
    assert why == (
        "the settings of the authority have changed: [pack] in authority.toml",
        "the library analysis_lib has changed",
    )


def test_with_other_versions_the_figures_decide(house):
    house.run()
    house.told_otherwise(lambda content: content["versions"].update(pandas="1.0"))
    result = house.verify()
    assert result.same and result.versions == (f"pandas 1.0, now {manifests.versions()['pandas']}",)
    assert result.lines()[0].endswith("made again with other versions, all 1 printed figures agree.")
    cells = json.loads(json.dumps(page_cells()).replace("55", "56"))
    write_notebook(house.home / "notebooks", "demand", cells)
    assert not house.verify().same


EXACT = f"demand.html, {FIGURE}"


@pytest.mark.parametrize(
    ("now", "told"),
    [
        ("55.0", ()),
        ("55.00000001", ()),  # within a billionth
        ("55.0000001", (f"{EXACT}, value: 55.0 then, 55.0000001 now",)),
        ("54.9", (f"{EXACT}, value: 55.0 then, 54.9 now",)),
    ],
)
def test_with_other_versions_the_numbers_of_the_restricted_edition_decide(house, now, told):
    house.run(edition="restricted")
    house.told_otherwise(lambda content: content["versions"].update(pandas="1.0"), folder=f"restricted/{PERIOD}")
    cells = json.loads(json.dumps(page_cells()).replace("55.0", now))
    write_notebook(house.home / "notebooks", "demand", cells)
    result = house.verify(f"restricted/{PERIOD}")
    assert (result.same, result.figures, result.compared) == (not told, told, 1)
    if result.same:
        assert result.lines()[0].endswith("made again with other versions, all 1 numbers agree.")


def test_with_the_same_versions_every_byte_of_the_numbers_decides(house):
    house.run(edition="restricted")
    cells = json.loads(json.dumps(page_cells()).replace("55.0", "55.00000001"))
    write_notebook(house.home / "notebooks", "demand", cells)
    result = house.verify(f"restricted/{PERIOD}")
    assert not result.same and "results/demand.json" in result.differ and result.figures == ()


def test_a_pack_whose_files_were_changed_is_not_the_same(house):
    house.run()
    page = house.output / PERIOD / "demand.html"
    page.write_text(page.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    result = house.verify()
    assert not result.same and result.altered == ("demand.html has changed",)


def test_what_has_no_reason_is_said_to_have_none(house):
    house.run()
    house.told_otherwise(lambda content: content["outputs"][0].update(sha256="0" * 64))
    result = house.verify()
    assert not result.same and NO_REASON not in result.lines()  # the file is not what the manifest says either
    house.run(force=True)
    house.told_otherwise(lambda content: content.update(period_label="another"))
    result = house.verify()
    assert result.differ == ("manifest.json, in period_label",) and f"  {NO_REASON}" in result.lines()


def test_another_commit_is_told_and_decides_nothing(house):
    house.run()
    house.told_otherwise(lambda content: content["package"].update(commit="abc", dirty=True))
    result = house.verify()
    assert result.same and result.notes[0] == "The pack was made at the commit abc; this was none."


def test_what_was_signed_off_since_is_left_out_and_what_was_known_stays(house):
    house.sign("2021-22-Q1")
    house.run()
    house.sign("2021-22-Q3")
    house.sign(PERIOD)
    assert house.verify().same
    shutil.rmtree(house.home / "releases")
    result = house.verify()
    assert not result.same and result.why == ("the register of releases has no pack 2021-22-Q1 any more",)
    assert not read_register(house.home / "releases").entries


def test_parameters_and_notebooks_are_those_of_the_manifest(house):
    cells = page_cells("How long?")
    cells[1]["source"] += "\nmonths = 12"
    write_notebook(house.home / "notebooks", "adoption", cells)
    house.run(notebooks=["adoption"], parameters={"months": "24"})
    assert house.verify().same


def test_a_pack_that_cannot_be_made_any_more(house):
    house.run()
    with pytest.raises(UsageError, match="There is no pack in"):
        house.verify("2021-22-Q1")
    cells = page_cells()
    cells[2]["source"] += "\nraise ValueError('no')"
    write_notebook(house.home / "notebooks", "demand", cells)
    with pytest.raises(PanelpackError, match="could not be made again:\ndemand, 2021-22-Q2, cell 3: ValueError: no"):
        house.verify()
