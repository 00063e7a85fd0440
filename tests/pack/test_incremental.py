"""What has not changed is not made again, and a run says why it makes what it makes."""

import json

import pytest
from fake_pack import Quiet, executed, page_cells, shown, write_notebook

from analysis_lib.authority import read_authority
from analysis_lib.errors import UsageError
from analysis_lib.pack import build, make
from analysis_lib.pack import manifest as manifests
from analysis_lib.pack.plan import PackPlan, plan_packs, shard

PERIOD = "2021-22-Q2"


class House:
    """An authority with three notebooks whose execution costs nothing; `made` names those that were executed."""

    def __init__(self, home, monkeypatch):
        self.home, self.output, self.made = home, home / "outputs", []
        for name in ("adoption", "demand", "youth"):
            self.write(name, "How many?")
        monkeypatch.setattr(make, "execute", self.execute)

    def write(self, name, title):
        write_notebook(self.home / "notebooks", name, page_cells(title))

    def execute(self, task, **_):
        self.made.append(f"{task.notebook.name} {task.period.code}")
        said = ["There were many.", "More.", "Less."]
        html = f"<ul class='answer'>{''.join(f'<li>{each}</li>' for each in said)}</ul>"
        return executed(f"# {task.notebook.title}", [shown(html, "answer", text=said, origin=["synthetic"])])

    def asked(self, *periods, **more):
        return build.Request(**{"periods": periods or [PERIOD], "output": self.output, **more})

    def run(self, *periods, **more):
        self.made.clear()
        return build.build_packs(read_authority(self.home), self.asked(*periods, **more), jobs=1, progress=Quiet())

    def why(self, *periods, **more):
        steps = build.steps_of(read_authority(self.home), self.asked(*periods, **more))
        return {step.task.notebook.name: step.why for step in steps}

    def bytes(self):
        return {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in (self.output / PERIOD).rglob("*.*")}


@pytest.fixture
def house(home, prepared, monkeypatch):
    return House(home, monkeypatch)


def test_a_run_of_what_has_not_changed_makes_nothing_and_touches_no_file(house):
    first = house.run()
    assert first.published and len(house.made) == 3, first
    before = house.bytes()
    outcome = house.run()
    assert (house.made, outcome.published, outcome.unchanged) == ([], [], [house.output / PERIOD])
    assert house.bytes() == before and outcome.all_made
    assert house.why() == {"adoption": "", "demand": "", "youth": ""}


def test_one_changed_notebook_is_made_alone(house):
    house.run()
    house.write("demand", "How many children?")
    assert house.why() == {"adoption": "", "demand": "changed: notebook", "youth": ""}
    outcome = house.run()
    assert house.made == ["demand 2021-22-Q2"] and outcome.published == [house.output / PERIOD]
    assert "How many children?" in (house.output / PERIOD / "demand.html").read_text()


@pytest.mark.parametrize(
    "change", ["data", "new file", "settings", "register", "library", "versions", "page", "records"]
)
def test_every_page_is_made_again_when_something_that_all_share_has_changed(house, change, monkeypatch):
    house.run()
    raw = house.home / "data" / "raw"
    match change:
        case "data":
            (raw / "synthetic" / "episodes.csv").write_text("CHILD,DECOM\n2,01/04/2021\n")
            why = "changed: data"
        case "new file":
            (raw / "synthetic" / "reviews.csv").write_text("CHILD\n")
            why = "changed: data"
        case "settings":
            path = house.home / "authority.toml"
            path.write_text(path.read_text().replace("as_at_days = 61", "as_at_days = 60"))
            why = "changed: settings of the authority"
        case "register":
            monkeypatch.setattr(build.Register, "digest", lambda self: "another")
            why = "changed: register of signed-off packs"
        case "library":
            monkeypatch.setattr(manifests, "library_hash", lambda: "another")
            why = "changed: library"
        case "versions":
            now = manifests.versions()
            monkeypatch.setattr(manifests, "versions", lambda: {**now, "pandas": "99.1"})
            why = f"made with other versions: pandas {now['pandas']}, now 99.1"
        case "page":
            (house.output / PERIOD / "demand.html").write_text("mine")
            assert house.why() == {"adoption": "", "demand": "demand.html is not as it was made", "youth": ""}
            house.run()
            assert house.made == ["demand 2021-22-Q2"]
            return
        case "records":
            (house.output / "restricted" / PERIOD / "signoff.json").unlink()
            why = "what the gate did is not known any more"
    assert set(house.why().values()) == {why}
    house.run()
    assert len(house.made) == 3


def test_force_makes_everything_again_to_the_same_bytes(house):
    house.run()
    before = {path: content for path, (content, _) in house.bytes().items()}
    assert set(house.why(force=True).values()) == {"asked for by --force"}
    house.run(force=True)
    assert len(house.made) == 3
    assert {path: content for path, (content, _) in house.bytes().items()} == before


def test_a_restricted_pack_beside_the_page_for_the_person_who_decides_has_not_changed(house):
    house.run()
    house.run(edition="restricted")
    assert (house.output / "restricted" / PERIOD / "signoff.html").is_file()
    outcome = house.run(edition="restricted")
    assert outcome.unchanged == [house.output / "restricted" / PERIOD] and outcome.published == []


def test_a_new_period_is_made_beside_one_that_stands(house):
    house.run()
    outcome = house.run(PERIOD, "2021-22-Q1")
    assert {each.split()[1] for each in house.made} == {"2021-22-Q1"}
    assert outcome.unchanged == [house.output / PERIOD] and outcome.published == [house.output / "2021-22-Q1"]


def test_a_lost_index_is_made_again_without_a_notebook(house):
    house.run()
    (house.output / PERIOD / "index.html").unlink()
    outcome = house.run()
    assert house.made == [] and outcome.published == [house.output / PERIOD]
    assert (house.output / PERIOD / "index.html").is_file()


def test_the_plan_is_shown_without_writing(house):
    assert set(house.why().values()) == {"never made"}
    assert not house.output.exists()


# Parameters


def with_months(house, value="12"):
    cells = page_cells()
    cells[1]["source"] += f"\nmonths = {value}\nlabel = 'x'"
    write_notebook(house.home / "notebooks", "demand", cells)


def test_a_parameter_goes_to_the_notebooks_that_have_it_in_the_type_of_its_own_value(house):
    with_months(house)
    plan = plan_packs(house.home / "notebooks", periods=[PERIOD], parameters={"months": "24", "label": "2021"})[0]
    assert {task.notebook.name: task.parameters for task in plan.tasks} == {
        "adoption": (),
        "demand": (("label", "2021"), ("months", 24)),
        "youth": (),
    }


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"weeks": "4"}, "No notebook of this run has a parameter 'weeks'. There are demand: months, label."),
        ({"months": "two"}, "demand: the parameter months is 'two'; expected a whole number."),
        ({"months": "1.5"}, "expected a whole number"),
        ({"period": "2021-22"}, "The parameter period is set by the run itself"),
    ],
)
def test_a_wrong_parameter_is_refused_before_anything_starts(house, asked, said):
    with_months(house)
    with pytest.raises(UsageError, match=said.replace("(", r"\(")):
        house.run(parameters=asked)
    assert not house.output.exists()


def test_a_page_with_another_parameter_is_another_page(house):
    with_months(house)
    house.run()
    assert house.why(parameters={"months": "12"})["demand"] == "asked for with other parameters"
    outcome = house.run(parameters={"months": "24"})
    assert outcome.published, outcome.not_made
    assert house.made == ["demand 2021-22-Q2"]
    page = next(
        each for each in manifests.read_manifest(house.output / PERIOD)["pages"] if each["notebook"] == "demand"
    )
    assert page["parameters"] == {"period": PERIOD, "edition": "public", "months": 24}


# Shards


def test_the_shards_are_all_packs_once():
    plans = [PackPlan(period, "public", (), ()) for period in range(7)]
    for of in (1, 2, 3, 7, 9):
        parts = [shard(plans, f"{number}/{of}") for number in range(1, of + 1)]
        assert sorted(plan.period for part in parts for plan in part) == list(range(7))


@pytest.mark.parametrize("wrong", ["0/2", "3/2", "1", "a/b", "1/0", "-1/2"])
def test_a_shard_that_is_none_is_refused(wrong):
    with pytest.raises(UsageError, match="A shard is i/n"):
        shard([], wrong)


def test_a_run_of_one_shard_makes_its_packs_and_two_make_what_one_run_makes(house):
    periods = ("2021-22-Q1", PERIOD, "2020-21-Q4")
    house.run(*periods, shard="2/2")
    assert {each.split()[1] for each in house.made} == {PERIOD}
    house.run(*periods, shard="1/2")
    two = {path.relative_to(house.output): path.read_bytes() for path in house.output.rglob("*.html")}
    house.output = house.home / "at once"
    house.run(*periods)
    one = {path.relative_to(house.output): path.read_bytes() for path in house.output.rglob("*.html")}
    assert one == two


def test_a_shard_without_a_pack_says_so(house):
    outcome = house.run(shard="2/2")
    assert outcome.notes == ["There is no pack for the shard 2/2."] and outcome.all_made


def test_the_manifest_says_what_all_pages_share_so_that_a_change_can_be_named(house):
    house.run()
    key = json.loads((house.output / PERIOD / "manifest.json").read_text())["key"]
    assert key.pop("correction") == ""  # nothing is corrected
    assert list(key) == ["data", "register of signed-off packs", "library", "settings of the authority"]
    assert all(len(digest) == 64 for digest in key.values())
