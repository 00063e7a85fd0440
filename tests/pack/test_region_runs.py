"""A run for a region makes each authority's packs from its own returns, and one page of them all."""

import json
import shutil
import stat
import sys

import pytest
from bs4 import BeautifulSoup
from fake_pack import Quiet, code
from small_region import AUTHORITIES, cells, files_of, make_authority, make_project, make_region, write_notebook

from analysis_lib.authority import read_authority, within
from analysis_lib.cli import main
from analysis_lib.disclosure.register import read_register
from analysis_lib.errors import PanelpackError, UsageError
from analysis_lib.pack.build import Request
from analysis_lib.pack.region import batches_of, build_region, region_steps
from analysis_lib.pack.region_index import region_index
from analysis_lib.pack.signoff import sign_off

PERIODS = ("2021-22-Q2", "2021-22-Q3")


class Consortium:
    """A project, a region and its output folder."""

    def __init__(self, folder):
        self.folder = folder
        self.project = read_authority(make_project(folder / "home"))
        self.region, self.output = make_region(folder / "region"), folder / "out"

    def request(self, **asked):
        return Request(**{"periods": PERIODS, "output": self.output, **asked})

    def run(self, **asked):
        return build_region(self.project, self.region, self.request(**asked), jobs=2, progress=Quiet())

    def index(self, edition="public"):
        return BeautifulSoup(region_index(self.project, self.region, self.output, edition), "html.parser")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A region whose packs have been made; a test that changes it makes a copy."""
    consortium = Consortium(tmp_path_factory.mktemp("made"))
    consortium.outcome = consortium.run()
    return consortium


@pytest.fixture
def copy(made, tmp_path):
    """The same, to be changed: the packs stand as they were made, at another place."""
    for name in ("home", "region", "out"):
        shutil.copytree(made.folder / name, tmp_path / name, symlinks=True)
    copied = Consortium.__new__(Consortium)
    copied.folder, copied.region, copied.output = tmp_path, tmp_path / "region", tmp_path / "out"
    copied.project = read_authority(tmp_path / "home")
    return copied


def test_each_authority_has_its_packs_in_an_output_folder_of_its_own(made):
    assert made.outcome.all_made and list(made.outcome.outcomes) == ["ashby", "brook"]
    for name, area in AUTHORITIES.items():
        for period in PERIODS:
            manifest = json.loads((made.output / name / period / "manifest.json").read_text())
            assert manifest["authority"] == {"name": name.title(), "code": area}
            assert manifest["settings"]["authority"]["name"] == name.title()
            assert (made.output / name / "restricted" / period / "signoff.html").is_file()
        assert (made.output / name / "index.html").is_file() and list((made.output / name / "logs").iterdir())


def test_a_page_is_made_from_the_returns_of_its_authority(made):
    said = {name: (made.output / name / "2021-22-Q2" / "demand.html").read_text() for name in AUTHORITIES}
    assert "There were some children in Ashby" in said["ashby"]
    assert "There were several children in Brook" in said["brook"]


def test_what_has_not_changed_is_not_made_again_wherever_the_region_lies(copy, made):
    outcome = copy.run()
    assert not any(each.published for each in outcome.outcomes.values()) and outcome.all_made
    assert files_of(copy.output) == files_of(made.output)


def test_the_place_of_the_region_and_the_number_of_jobs_change_no_byte(copy, made):
    shutil.rmtree(copy.output)
    build_region(copy.project, copy.region, copy.request(), jobs=1, progress=Quiet())
    assert files_of(copy.output) == files_of(made.output)


def test_the_settings_of_one_authority_change_its_packs_alone(copy):
    card = copy.region / "ashby" / "authority.toml"
    card.write_text(card.read_text().replace("as_at_days = 61", "as_at_days = 62"))
    steps = dict(region_steps(copy.project, copy.region, copy.request()))
    assert {step.why for step in steps["ashby"]} == {"changed: settings of the authority"}
    assert {step.why for step in steps["brook"]} == {""}
    assert str(steps["ashby"][0].task) == "ashby, adoption, 2021-22-Q2"


def test_what_stops_one_authority_does_not_stop_the_others(tmp_path):
    consortium = Consortium(tmp_path)
    make_authority(consortium.region / "cole", "Cole", "E06009103", 4)
    make_authority(consortium.region / "dale", "Dale", "E06009104", 4)
    (consortium.region / "cole" / "authority.toml").write_text("[authority")
    for path in (consortium.region / "ashby" / "ssda903").rglob("*.csv"):
        path.write_text("nothing,known\n1,2\n")
    (consortium.region / "dale" / "source.toml").write_text('label = "synthetic"\nextract_date = 2021-10-05\n')
    outcome = consortium.run(periods=["2021-22-Q3"])
    assert list(outcome.outcomes) == ["brook"] and list(outcome.stopped) == ["ashby", "cole", "dale"]
    assert len(outcome.not_made) == 3 and not any("\n" in each for each in outcome.not_made)
    assert "cole: authority.toml cannot be read" in outcome.not_made[1]
    assert "The data cannot serve 2021-22-Q3" in outcome.stopped["dale"]
    said = {section.h2.get_text(): section.get_text() for section in consortium.index().find_all("section")}
    assert list(said) == ["Ashby", "Brook", "Dale", "cole"]
    assert "No pack has been made" in said["Ashby"] and "It has every page" in said["Brook"]


def test_a_page_that_fails_is_said_with_its_authority_and_why_on_the_page_of_all(copy):
    write_notebook(
        copy.project.home / "notebooks", "yos", [*cells("Who?"), code('if "B" in BANNER: raise ValueError("no")')]
    )
    shutil.rmtree(copy.output / "brook")
    outcome = copy.run(periods=["2021-22-Q2"])
    assert outcome.not_made == ["brook, yos, 2021-22-Q2, cell 8: ValueError: no"]
    said = {section.h2.get_text(): section.get_text() for section in copy.index().find_all("section")}
    assert "Not in this pack" not in said["Ashby"] and "Who? could not be made." in " ".join(said["Brook"].split())


def test_the_page_of_all_lists_authorities_by_name_and_ranks_none(made):
    page = made.index()
    assert [each.get_text() for each in page.find_all("h2")] == ["Ashby", "Brook"]
    assert "They are not ranked" in page.get_text()
    assert page.html["lang"] == "en-GB" and page.title.get_text() and len(page.find_all("h1")) == 1
    links = [each["href"] for each in page.find_all("a") if not each["href"].startswith("#")]
    assert links and all((made.output / link).is_file() for link in links)
    assert not [link for link in links if "restricted" in link]
    assert page.get_text().count("Draft: nobody has decided to publish it.") == 4
    assert "marked Synthetic are invented" in page.get_text()


def test_the_page_of_all_holds_no_figure_that_its_authority_has_not_printed(copy):
    path = copy.output / "ashby" / "2021-22-Q3" / "manifest.json"
    manifest = json.loads(path.read_text())
    key, text = "looked_after;/2021-12-31;value;;0", "543"
    sentence = {"text": text, "marked": f'<span data-figure="{key}">{text}</span> children', "figures": ["synthetic"]}
    card = {"title": "Looked after", "text": text, "key": key, "figure": sentence, "lines": [], "series": None}
    manifest["pages"][0]["headlines"] = [{**card, "questions": []}]
    path.write_text(json.dumps(manifest))
    assert "543 children" in copy.index().get_text()
    for wrong in ("544", "543</span> of 700<span>"):
        sentence["marked"] = f'<span data-figure="{key}">{wrong}</span> children'
        path.write_text(json.dumps(manifest))
        with pytest.raises(PanelpackError, match="The page of the region was not written"):
            copy.index()


def test_the_restricted_page_of_all_is_for_its_owner_and_leads_to_restricted_packs(copy):
    outcome = copy.run(edition="restricted", periods=PERIODS[:1])
    assert outcome.all_made and outcome.index == copy.output / "restricted" / "index.html"
    assert stat.S_IMODE(outcome.index.stat().st_mode) == 0o600
    assert stat.S_IMODE(outcome.index.parent.stat().st_mode) == 0o700
    page = copy.index("restricted")
    links = [each["href"] for each in page.find_all("a") if not each["href"].startswith("#")]
    assert all((outcome.index.parent / link).is_file() for link in links) and "Not for publication" in page.get_text()


def test_a_pack_of_a_region_is_signed_off_in_the_register_of_its_authority(copy):
    authority = within(copy.project, copy.region / "brook")
    pack = copy.output / "brook" / "2021-22-Q2"
    sign_off(authority, pack, by="Head of Performance", on="2022-04-30")
    assert [entry.authority for entry in read_register(copy.region / "brook" / "releases").entries] == ["E06009102"]
    said = {section.h2.get_text(): section.get_text() for section in copy.index().find_all("section")}
    assert "Signed off by Head of Performance" in said["Brook"] and "Signed off" not in said["Ashby"]
    steps = dict(region_steps(copy.project, copy.region, copy.request(periods=["2021-22-Q2"])))
    assert {step.why for step in steps["brook"]} == {""}  # what was signed off is no part of the returns


def test_shards_make_every_pack_once_and_split_few_authorities(made):
    asked = made.request(periods=[f"2021-22-Q{each}" for each in (1, 2, 3)])
    for shards in (1, 2, 3, 4, 7):
        parts = [
            [(batch.name, code) for batch in batches_of(made.project, made.region, each) for code in batch.periods]
            for each in (made.request(periods=asked.periods, shard=f"{at}/{shards}") for at in range(1, shards + 1))
        ]
        assert sorted(sum(parts, [])) == sorted((name, code) for name in AUTHORITIES for code in asked.periods)
        assert max(map(len, parts)) - min(map(len, parts)) <= 1
    halves = [{name for name, _ in part} for part in _shards(made, asked, 2)]
    assert halves == [{"ashby"}, {"brook"}]


def _shards(made, asked, number):
    for at in range(1, number + 1):
        batches = batches_of(made.project, made.region, made.request(periods=asked.periods, shard=f"{at}/{number}"))
        yield [(batch.name, code) for batch in batches for code in batch.periods]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"notebooks": ["demands"]}, "no notebook 'demands'"),
        ({"periods": ["2021-22-Q7"]}, "not a reporting period"),
        ({"parameters": {"authority": "x"}}, "use --authority instead"),
        ({"shard": "3/2"}, "A shard is i/n"),
        ({"data": "somewhere"}, "of one authority"),
    ],
)
def test_a_wrong_request_is_refused_before_anything_is_written(tmp_path, asked, said):
    consortium = Consortium(tmp_path)
    with pytest.raises(UsageError, match=said):
        consortium.run(**asked)
    assert not consortium.output.exists()


def test_a_folder_that_is_no_region_or_holds_packs_of_one_authority_is_refused(copy):
    for region in (copy.folder / "nowhere", copy.region / "ashby"):
        with pytest.raises(UsageError, match="is no region"):
            batches_of(copy.project, region, copy.request())
    with pytest.raises(UsageError, match="Name another folder for the region"):
        batches_of(copy.project, copy.region, copy.request(output=copy.output / "ashby"))
    (copy.region / "brook").rename(copy.region / "restricted")
    with pytest.raises(UsageError, match="needs another name"):
        copy.run()


@pytest.fixture
def panelpack(copy, monkeypatch, capsys):
    """The command, in the project's folder: exit code, what it printed, what it complained."""

    def run(*arguments):
        periods = [word for period in PERIODS for word in ("--period", period)]
        command = ["panelpack", "run", "--region", copy.region, "--output", copy.output, *periods, *arguments]
        monkeypatch.chdir(copy.project.home)
        monkeypatch.setattr(sys, "argv", [str(word) for word in command])
        code = 0
        try:
            main()
        except SystemExit as end:
            code = end.code or 0
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def test_the_command_says_where_the_page_of_all_is_and_what_has_not_changed(panelpack, copy):
    code, out, err = panelpack()
    assert (code, err) == (0, "") and out.count("Nothing has changed") == 4
    assert out.splitlines()[-1] == f"All authorities: {copy.output / 'index.html'}"
    code, out, _ = panelpack("--dry-run")
    assert code == 0 and out.splitlines()[0] == "ashby, adoption, 2021-22-Q2: as it stands"
    code, out, _ = panelpack("--json")
    done = json.loads(out.splitlines()[-1])
    assert code == 0 and done["event"] == "done" and list(done["authorities"]) == ["ashby", "brook"]
    assert panelpack("--strict")[0] == 1  # the tiny returns have errors


def test_the_command_makes_the_others_and_ends_with_one_where_an_authority_is_stopped(panelpack, copy):
    (copy.region / "brook" / "authority.toml").write_text("[authority")
    code, out, err = panelpack()
    assert code == 1 and out.count("Nothing has changed") == 2
    assert err.startswith("Not made:\n  brook: authority.toml cannot be read") and err.count("\n") == 2
    code, out, _ = panelpack("--dry-run")
    assert code == 1 and "brook: cannot be made: authority.toml cannot be read" in out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--authority", "x"], "There is no authority.toml in x"),
        (["--data", "x"], "of one authority"),
        (["--notebook", "demands"], "no notebook 'demands'"),
    ],
)
def test_the_command_refuses_what_is_of_one_authority(panelpack, arguments, said):
    code, _, err = panelpack(*arguments)
    assert code == 2 and said in err and err.count("\n") == 1


def test_a_pack_of_a_region_is_audited_and_made_again_by_the_name_of_its_authority(copy, monkeypatch, capsys):
    monkeypatch.chdir(copy.project.home)
    pack = copy.output / "brook" / "2021-22-Q2"
    for verb, expected in (("audit", "Nothing found."), ("verify", "made again, every byte agrees")):
        command = ["panelpack", verb, pack, "--authority", copy.region / "brook"]
        monkeypatch.setattr(sys, "argv", [str(word) for word in command])
        with pytest.raises(SystemExit) as end:
            main()
        assert end.value.code == 0 and expected in capsys.readouterr().out
