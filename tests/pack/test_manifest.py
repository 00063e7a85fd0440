import json
import subprocess

import pytest
from fake_pack import executed, page_cells, shown, write_notebook

from analysis_lib.disclosure.register import Register
from analysis_lib.pack import manifest as manifests
from analysis_lib.pack.export import Provenance, export
from analysis_lib.pack.plan import plan_packs
from analysis_lib.pack.store import open_store


@pytest.fixture
def plan(authority):
    for name in ("adoption", "demand"):
        write_notebook(authority.home / "notebooks", name, page_cells())
    return plan_packs(authority.home / "notebooks", periods=["2021-22-Q2"])[0]


@pytest.fixture
def store(authority, prepared):
    return open_store(authority, authority.returns)


def made(authority, store, plan):
    common = manifests.common_hash(manifests.key_parts(authority, store, Register()), plan)
    return {task.notebook.name: manifests.page_hash(common, task) for task in plan.tasks}


def test_what_people_have_written_changes_its_own_page_and_a_correction_every_page(authority, store, plan):
    def with_written(**written):
        common = manifests.common_hash(manifests.key_parts(authority, store, Register(), written), plan)
        return {task.notebook.name: manifests.page_hash(common, task, written) for task in plan.tasks}

    before = with_written()
    own = with_written(demand="ab")
    assert own["demand"] != before["demand"] and own["adoption"] == before["adoption"]
    corrected = with_written(correction="ab")
    assert all(corrected[name] != before[name] for name in before)
    told = manifests.manifest(
        authority, store, plan, Register(), parts={}, pages=[], not_made=[], outputs={}, written={"demand": "ab"}
    )
    assert {"path": "commentary/demand.toml", "sha256": "ab"} in told["inputs"]


def replan(authority, period="2021-22-Q2", edition="public"):
    return plan_packs(authority.home / "notebooks", periods=[period], edition=edition)[0]


def test_the_same_inputs_give_the_same_hash(authority, store, plan):
    assert made(authority, store, plan) == made(authority, open_store(authority, authority.returns), replan(authority))


@pytest.mark.parametrize(
    "change",
    ["returns", "published", "new file", "renamed file", "settings", "period", "edition"],
)
def test_what_all_pages_share_changes_every_page(authority, store, plan, change):
    before = made(authority, store, plan)
    raw = authority.home / "data" / "raw"
    period, edition = "2021-22-Q2", "public"
    match change:
        case "returns":
            (raw / "synthetic" / "episodes.csv").write_text("CHILD,DECOM\n2,01/04/2021\n")
        case "published":
            (raw / "published" / "benchmarks.csv").write_text("indicator,value\nrate,166\n")
        case "new file":
            (raw / "synthetic" / "reviews.csv").write_text("CHILD\n")
        case "renamed file":
            (raw / "synthetic" / "episodes.csv").rename(raw / "synthetic" / "Episodes.csv")
        case "settings":
            path = authority.home / "authority.toml"
            path.write_text(path.read_text().replace("threshold = 6", "threshold = 5"))
        case "period":
            period = "2021-22-Q1"
        case "edition":
            edition = "restricted"
    after = made(authority, open_store(authority, authority.returns), replan(authority, period, edition))
    assert all(before[name] != after[name] for name in before)


def test_a_notebook_changes_its_own_page_only(authority, store, plan):
    before = made(authority, store, plan)
    write_notebook(authority.home / "notebooks", "demand", page_cells("Another question?"))
    after = made(authority, store, replan(authority))
    assert [name for name in before if before[name] != after[name]] == ["demand"]


def test_where_the_returns_lie_is_not_a_setting_of_the_figures(authority, store, plan):
    path = authority.home / "authority.toml"
    before = manifests.settings(authority)
    path.write_text(path.read_text().replace('"data/raw/synthetic" ', '"somewhere/else"   ') + "\n# a remark\n")
    assert manifests.settings(authority) == before


def test_the_library_hash_follows_code_template_and_style(tmp_path):
    hashes = set()
    for name in ("a.py", "sub/b.py", "page.html.j2", "style.css"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
        hashes.add(manifests.library_hash(tmp_path))
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "a.py").write_text("x")
    hashes.add(manifests.library_hash(tmp_path))
    assert len(hashes) == 4


def git(home, *arguments):
    who = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    subprocess.run(["git", "-C", str(home), *who, *arguments], check=True, capture_output=True)


def test_the_commit_is_told_with_whether_the_sources_differ_from_it(authority, plan):
    assert manifests.commit(authority.home) == {"commit": None, "dirty": None}
    git(authority.home, "init", "-q")
    git(authority.home, "add", "notebooks", "authority.toml", "data")
    git(authority.home, "commit", "-qm", "all")
    told = manifests.commit(authority.home)
    assert len(told["commit"]) == 40 and told["dirty"] is False
    (authority.home / "outputs").mkdir()
    (authority.home / "outputs" / "a.html").write_text("made")
    assert manifests.commit(authority.home)["dirty"] is False
    write_notebook(authority.home / "notebooks", "new", page_cells())
    assert manifests.commit(authority.home)["dirty"] is True


def test_a_folder_inside_somebody_elses_repository_has_no_commit(authority):
    git(authority.home.parent, "init", "-q")
    assert manifests.commit(authority.home) == {"commit": None, "dirty": None}


def test_the_manifest_names_everything_and_neither_time_nor_place(authority, store, plan):
    task = plan.tasks[1]
    answer = shown("<p>12</p>", "answer", text=["There were 12."], origin=["synthetic"])
    page = export(executed("# How many?", [answer]), task, Provenance("E", "0.1.0", "ab"))
    entry = manifests.page_entry(page, "ab")
    told = manifests.manifest(
        authority,
        store,
        plan,
        Register(),
        parts={"data": "ef"},
        pages=[entry],
        not_made=[],
        outputs={"demand.html": "cd"},
    )
    text = manifests.to_json(told)
    assert told["pages"][0] == {
        "notebook": "demand",
        "title": "How many?",
        "file": "demand.html",
        "answer": [{"text": "There were 12.", "figures": ["synthetic"]}],
        "headlines": [],
        "figures": ["synthetic"],
        "hidden": 0,
        "parameters": {"period": "2021-22-Q2", "edition": "public"},
        "notebook_sha256": task.notebook.sha256,
        "input_hash": "ab",
        "commentary": None,
        "tables": [],
    }
    assert [each["path"] for each in told["inputs"]] == ["published/benchmarks.csv", "returns/episodes.csv"]
    assert told["extracts"][1] == {
        "family": "ssda903",
        "label": "synthetic",
        "extract_date": "2026-03-31",
        "given": True,
    }
    assert told["settings"]["disclosure"]["characteristics"]["threshold"] == 6 and "pandas" in told["versions"]
    assert str(authority.home) not in text and "data/raw" not in text
    assert json.loads(text) == told and text.endswith("}\n")


@pytest.mark.parametrize(
    ("label", "edition", "told"),
    [
        ("synthetic", "public", "returns/episodes.csv"),
        ("returns", "restricted", "returns/episodes.csv"),
        ("returns", "public", "returns/"),
    ],
)
def test_names_of_a_councils_own_files_are_not_published(authority, prepared, plan, label, edition, told):
    prepared(label=label)
    store = open_store(authority, authority.returns)
    manifest = manifests.manifest(
        authority, store, replan(authority, edition=edition), Register(), parts={}, pages=[], not_made=[], outputs={}
    )
    assert [each["path"] for each in manifest["inputs"]] == ["published/benchmarks.csv", told]


@pytest.mark.parametrize("content", [None, "", "{", "[]", '{"format": 99}'])
def test_what_is_no_manifest_is_no_pack(tmp_path, content):
    if content is not None:
        (tmp_path / "manifest.json").write_text(content)
    assert manifests.read_manifest(tmp_path) is None
