import hashlib
import re
import stat
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from fake_pack import Quiet, code, executed, page_cells, shown, text, write_notebook

from analysis_lib.authority import read_authority
from analysis_lib.errors import UsageError
from analysis_lib.pack import build, make
from analysis_lib.pack.manifest import read_manifest
from analysis_lib.pack.run import Failure, NotebookFailed

PERIOD = "2021-22-Q2"


@pytest.fixture
def house(home, prepared, monkeypatch):
    """An authority with three notebooks whose execution costs nothing; `house.broken` names those that fail."""
    return House(home, prepared, monkeypatch)


class House:
    def __init__(self, home, prepared, monkeypatch):
        self.home, self.output, self.prepared = home, home / "outputs", prepared
        self.broken, self.stray = set(), set()
        for name, title in {"adoption": "How long?", "demand": "How many?", "yos": "Who?"}.items():
            self.write(name, title)
        monkeypatch.setattr(make, "execute", self.execute)

    def write(self, name, title, returns=("ssda903",)):
        write_notebook(self.home / "notebooks", name, page_cells(title), returns)

    def execute(self, task, *, data, releases, authority, progress):
        name = task.notebook.name
        self.releases_seen = releases
        if name in self.broken:
            raise NotebookFailed(Failure(task, 4, "ValueError: no births", executed("# Q?", [])))
        said = f"{name} of {task.period.code}"
        items = "".join(f"<li>{each}</li>" for each in (f"{said}.", "Second.", "Third."))
        answer = shown(
            f'<ul class="answer">{items}</ul>', "answer", text=[f"{said}.", "Second.", "Third."], origin=["synthetic"]
        )
        cells = f"<thead><tr><th>sex</th></tr></thead><tbody><tr><th>{said}</th></tr></tbody>"
        html = f'<table data-table="by_sex">{cells}</table>'
        table = shown(html, "table", name="by_sex", title="By sex", csv=f"sex\n{said}\n")
        stray = [{"output_type": "stream", "name": "stdout", "text": "12"}] if name in self.stray else []
        return executed(f"# {task.notebook.title}", [answer], "## By sex", [table], stray)

    def run(self, *periods, **asked):
        authority = read_authority(self.home)
        request = build.Request(**{"periods": periods or [PERIOD], "output": self.output, **asked})
        return build.build_packs(authority, request, jobs=1, progress=Quiet())

    def pages(self, period=PERIOD):
        return sorted(path.stem for path in (self.output / period).glob("*.html") if path.stem != "index")

    def manifest(self, period=PERIOD):
        return read_manifest(self.output / period)

    def bytes(self):
        return {
            path: path.read_bytes()
            for path in self.output.rglob("*")
            if path.is_file() and ".panelpack" not in path.parts
        }


def test_a_pack_has_its_pages_tables_index_and_manifest(house):
    outcome = house.run()
    assert outcome.all_made and outcome.published == [house.output / PERIOD]
    assert sorted(path.relative_to(house.output).as_posix() for path in house.bytes()) == [
        "2021-22-Q2/adoption.html",
        "2021-22-Q2/demand.html",
        "2021-22-Q2/index.html",
        "2021-22-Q2/manifest.json",
        "2021-22-Q2/tables/adoption/by_sex.csv",
        "2021-22-Q2/tables/demand/by_sex.csv",
        "2021-22-Q2/tables/yos/by_sex.csv",
        "2021-22-Q2/yos.html",
        "index.html",
        "restricted/2021-22-Q2/signoff.html",
        "restricted/2021-22-Q2/signoff.json",
    ]
    assert (house.output / PERIOD / "tables/yos/by_sex.csv").read_text() == "sex\nyos of 2021-22-Q2\n"
    assert house.manifest()["complete"] is True


def test_the_manifest_lists_every_file_with_its_hash(house):
    house.run()
    folder = house.output / PERIOD
    told = {each["path"]: each["sha256"] for each in house.manifest()["outputs"]}
    there = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    assert told == {
        name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in there.items() if name != "manifest.json"
    }


def test_pages_carry_their_input_hash_and_never_the_commit(house):
    house.run()
    for entry in house.manifest()["pages"]:
        assert entry["input_hash"] in (house.output / PERIOD / entry["file"]).read_text()
    assert house.manifest()["input_hash"] in (house.output / PERIOD / "index.html").read_text()


def test_the_index_shows_each_question_with_the_first_of_its_answer(house):
    house.run()
    soup = BeautifulSoup((house.output / PERIOD / "index.html").read_text(), "html.parser")
    assert [link.get_text() for link in soup.select("section h2 a")] == ["How long?", "How many?", "Who?"]
    first = soup.select_one("section").get_text(" ", strip=True)
    assert "adoption of 2021-22-Q2. Synthetic Second. Synthetic Third. Synthetic" in first
    assert "no real child is behind them" in soup.get_text() and "Public edition" in soup.get_text()


def test_the_page_of_all_packs_has_the_latest_period_first(house):
    house.run("2020-21-Q4", PERIOD, "2020-21")
    soup = BeautifulSoup((house.output / "index.html").read_text(), "html.parser")
    assert [link["href"] for link in soup.select("section h3 a")] == [
        "2021-22-Q2/index.html",
        "2020-21-Q4/index.html",
        "2020-21/index.html",
    ]


def test_every_relative_link_leads_somewhere(house):
    house.run(PERIOD, "2020-21-Q4")
    house.run(edition="restricted")
    links = 0
    for page in house.output.rglob("*.html"):
        soup = BeautifulSoup(page.read_text(), "html.parser")
        for link in soup.select("a[href]:not([download])"):
            target, _, anchor = link["href"].partition("#")
            there = page.parent / target if target else page
            assert there.is_file(), (page, link["href"])
            links += 1
            if anchor and there.suffix == ".html":
                assert BeautifulSoup(there.read_text(), "html.parser").find(id=anchor), (page, link["href"])
    assert links > 30


def test_no_file_tells_where_it_was_made(house):
    house.run()
    for path, content in house.bytes().items():
        assert not re.search(rb"(/home/|/tmp/|/root/|[A-Z]:\\|file:)", content), path
        assert str(house.home).encode() not in content, path


def test_the_restricted_edition_stands_apart_and_is_not_linked(house):
    house.run()
    public = {path: content for path, content in house.bytes().items() if "restricted" not in path.parts}
    done = house.run(edition="restricted")
    assert done.all_made, done
    assert {path: content for path, content in house.bytes().items() if "restricted" not in path.parts} == public
    assert not any(b"restricted/" in content for content in public.values())
    for path in (house.output / "restricted").rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path
    assert stat.S_IMODE((house.output / "restricted").stat().st_mode) == 0o700
    assert "Not for publication" in (house.output / "restricted" / PERIOD / "demand.html").read_text()
    assert "Not for publication" in (house.output / "restricted" / "index.html").read_text()


@pytest.mark.parametrize("way", ["broken", "stray"])
def test_a_notebook_that_fails_leaves_the_earlier_pack_as_it_was(house, way):
    house.run()
    before = house.bytes()
    house.write("demand", "How many now?")
    getattr(house, way).add("demand")
    outcome = house.run()
    after = {path: content for path, content in house.bytes().items() if "failed" not in path.parts}
    assert after == before
    assert not outcome.all_made and outcome.not_made[0].startswith("demand, 2021-22-Q2, cell ")
    assert "the earlier pack stays as it was" in " ".join(outcome.notes)


def test_the_failed_copy_is_kept_for_its_owner_until_the_page_is_made(house):
    house.broken.add("demand")
    house.run()
    path = house.output / "failed" / PERIOD / "demand.ipynb"
    nbformat.validate(nbformat.read(path, as_version=4))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    house.broken.clear()
    house.run()
    assert not path.exists()


def test_a_first_pack_with_a_failure_is_published_and_says_what_it_lacks(house):
    house.broken.add("demand")
    outcome = house.run()
    assert house.pages() == ["adoption", "yos"]
    assert outcome.not_made == ["demand, 2021-22-Q2, cell 4: ValueError: no births"]
    assert house.manifest()["complete"] is False
    said = BeautifulSoup((house.output / PERIOD / "index.html").read_text(), "html.parser").main.get_text(" ")
    assert "Not in this pack" in said and "How many? could not be made." in re.sub(r"\s+", " ", said)
    assert "Some pages are not in this pack" in (house.output / "index.html").read_text()


def test_a_failure_in_one_period_does_not_touch_the_others(house, monkeypatch):
    house.run(PERIOD)
    before = house.bytes()
    real = house.execute

    def fails_in_quarter_two(task, **more):
        if task.period.code == PERIOD:
            raise NotebookFailed(Failure(task, 3, "ValueError: x"))
        return real(task, **more)

    monkeypatch.setattr(make, "execute", fails_in_quarter_two)
    outcome = house.run(PERIOD, "2021-22-Q1", force=True)
    assert outcome.published == [house.output / "2021-22-Q1"] and len(outcome.not_made) == 3
    assert all(house.bytes()[path] == content for path, content in before.items() if PERIOD in path.parts)


def test_one_notebook_alone_keeps_the_other_pages_of_the_same_inputs(house):
    house.run()
    before = house.bytes()
    house.run(notebooks=["demand"])
    assert house.bytes() == before


def test_one_changed_notebook_alone_joins_the_pages_that_have_not_changed(house):
    house.run()
    house.write("demand", "How many now?")
    house.run(notebooks=["demand"])
    alone = house.bytes()
    house.run()
    assert house.bytes() == alone and house.pages() == ["adoption", "demand", "yos"]


@pytest.mark.parametrize("change", ["data", "settings", "a page on disk", "versions"])
def test_pages_made_from_something_else_do_not_stay_beside_new_ones(house, change, monkeypatch):
    house.run()
    match change:
        case "data":
            (house.home / "data/raw/synthetic/episodes.csv").write_text("CHILD\n")
        case "settings":
            path = house.home / "authority.toml"
            path.write_text(path.read_text().replace("threshold = 6", "threshold = 7"))
        case "a page on disk":
            for name in ("adoption", "yos"):
                (house.output / PERIOD / f"{name}.html").write_text("edited by hand")
        case "versions":
            monkeypatch.setattr(build.manifests, "versions", lambda: {"python": "3.99"})
    outcome = house.run(notebooks=["demand"])
    assert house.pages() == ["demand"]
    assert [each["notebook"] for each in house.manifest()["not_made"]] == ["adoption", "yos"]
    why = {
        "data": "changed: data",
        "settings": "changed: settings of the authority",
        "a page on disk": "adoption.html is not as it was made",
        "versions": "made with other versions: ",
    }
    assert f"the earlier page adoption was taken out ({why[change]}" in " ".join(outcome.notes)


def test_a_page_of_a_notebook_that_is_gone_leaves_the_pack(house):
    house.run()
    (house.home / "notebooks" / "yos.ipynb").unlink()
    house.run()
    assert house.pages() == ["adoption", "demand"]


def test_returns_that_are_absent_close_their_page_only(house):
    house.write("yos", "Who?", returns=("youth_offending",))
    outcome = house.run()
    why = "it needs the youth offending extract, and the returns folder has none"
    assert outcome.not_made == [] and f"Left out: yos, 2021-22-Q2: {why}." in outcome.notes
    assert house.run(notebooks=["yos"]).not_made == [f"yos, 2021-22-Q2: {why}."]
    assert house.pages() == ["adoption", "demand"]
    assert why in (house.output / PERIOD / "index.html").read_text()


def test_a_page_without_its_returns_asked_for_alone_writes_nothing(house):
    house.write("yos", "Who?", returns=("youth_offending",))
    outcome = house.run(notebooks=["yos"])
    assert len(outcome.not_made) == 1 and not outcome.published
    assert not (house.output / PERIOD).exists() and not (house.output / "index.html").exists()


def test_a_period_after_the_extracts_is_refused_with_those_that_can_be_served(house):
    house.prepared(extracted="2021-06-30")
    with pytest.raises(UsageError, match=r"cannot serve 2021-22-Q2: .* extracted on 30 June 2021.*2021-22-Q1.*2020-21"):
        house.run("2020-21-Q4", PERIOD)
    assert not house.output.exists()


def test_nothing_is_written_for_a_wrong_request(house):
    for asked in ({"notebooks": ["nothing"]}, {"edition": "secret"}, {"data": house.home / "nowhere"}):
        with pytest.raises(UsageError):
            house.run(**asked)
    with pytest.raises(UsageError):
        house.run("2021-22-Q9")
    assert not house.output.exists()


def test_data_problems_are_counted_in_what_the_run_says(house):
    house.prepared(problems=3)
    assert house.run().notes == ["Data problems: 3 errors, 0 warnings. `panelpack check` lists them."]


def test_what_a_person_put_into_the_output_folder_stays(house):
    house.output.mkdir()
    (house.output / "README.md").write_text("mine")
    (house.output / "notes").mkdir()
    house.run()
    assert (house.output / "README.md").read_text() == "mine" and (house.output / "notes").is_dir()


def test_a_real_notebook_goes_all_the_way(home, prepared):
    write_notebook(home / "notebooks", "demand", page_cells())
    write_notebook(home / "notebooks", "stray", [*page_cells(), text("More."), code("period")])
    progress = Quiet()
    asked = build.Request(periods=[PERIOD], output=home / "outputs")
    outcome = build.build_packs(read_authority(home), asked, jobs=2, progress=progress)
    assert outcome.not_made == [
        "stray, 2021-22-Q2, cell 8: it shows a value. Only what analysis_lib.report makes may leave; "
        "end the line with ; or remove it"
    ]
    page = (Path(home) / "outputs" / PERIOD / "demand.html").read_text()
    assert "There were many in 2021-22-Q2." in page and "def show" not in page
    assert (home / "outputs" / PERIOD / "tables" / "demand" / "children.csv").read_text() == "sex,children\nfemale,55\n"
