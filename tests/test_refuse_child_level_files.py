import importlib.util
import io
import json
import subprocess
import sys
import zipfile

import pytest
from fake_pack import REPOSITORY

SCRIPT = REPOSITORY / "tools" / "refuse_child_level_files.py"


def load():
    spec = importlib.util.spec_from_file_location("refuse_child_level_files", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


objection = load().objection


def workbook(*words):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as book:
        book.writestr("xl/sharedStrings.xml", "".join(f"<si><t>{word}</t></si>" for word in words))
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("episodes.csv", "CHILD,DECOM,RNE\n1,01/04/2021,S\n", "columns CHILD, DECOM"),
        ("holiday-photos.txt", "child;sex;x\n1;2;3\n", "columns child, sex"),
        ("tests/data/a.csv", "Child Unique ID,Gender\n7,1\n", "Child Unique ID"),
        ("a.csv", "\ufeffUPN,GLD\nA1,Y\n", "columns UPN"),
        ("a", "Team\tDATE_OF_BIRTH\nN\t01/01/2010\n", "DATE_OF_BIRTH"),
        ("a.csv", '"First name","Last name"\nA,B\n', "First name, Last name"),
        ("a.csv", "Export of 3 May\n\nDOB,Team\n01/01/2010,N\n", "columns DOB"),
        ("docs/a.xml", "<Children><Child><LAchildID>1</LAchildID></Child></Children>", "LAchildID"),
        ("a.json", '[{"upn": "A1", "gld": "Y"}]', "columns upn"),
        ("a.csv", "UPN,GLD\nA1,Y\n".encode("utf-16"), "columns UPN"),
        ("a.xlsx", workbook("UPN", "GLD", "A1"), "columns UPN"),
        ("a.xlsx", b"locked", "unreadable workbook"),
        ("a.parquet", b"PAR1", "cannot be looked into"),
        ("backup.zip", b"PK", "cannot be looked into"),
        ("data/raw/returns/anything.csv", "a\n1\n", "nothing in data/raw/ is committed"),
        ("data/processed/synthetic/children.parquet", b"", "nothing in data/processed/ is committed"),
        ("outputs/restricted/2021-22-Q2/demand.html", b"<p>", "nothing in outputs/ is committed"),
        (
            "notebooks/a.ipynb",
            json.dumps({"cells": [{"outputs": []}, {"outputs": [{"text": "12"}]}]}),
            "cell 2 has outputs",
        ),
        ("notebooks/a.ipynb", "{", "not a notebook"),
    ],
)
def test_what_is_refused_and_why(name, content, said):
    assert said in objection(name, content if isinstance(content, bytes) else content.encode())


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("data/raw/synthetic/ssda903/2020-21/episodes.csv", "CHILD,DECOM\n1,01/04/2021\n"),
        ("data/raw/README.md", "CHILD,DECOM\n1,2\n"),
        ("data/raw/published/benchmarks.csv", "indicator,area_code,value\nrate,E06000002,165\n"),
        ("docs/templates/youth_offending.csv", "CHILD,SEX,DATE_OF_BIRTH\n"),
        ("tests/test_a.py", "CHILD,DECOM\n1,01/04/2021\n"),
        ("docs/data-dictionary.md", "| CHILD | DECOM |\n| 1 | 2 |\n"),
        ("counts.csv", "measure,child\nrate,1\n"),
        ("notebooks/a.ipynb", json.dumps({"cells": [{"cell_type": "markdown"}, {"outputs": []}]})),
        ("outputs/README.md", "rebuilt"),
        ("package.json", '{"name": "x"}'),
    ],
)
def test_what_may_be_committed(name, content):
    assert objection(name, content.encode()) == ""


@pytest.fixture
def repository(tmp_path):
    def git(*arguments, check=True):
        who = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
        return subprocess.run(["git", *who, *arguments], cwd=tmp_path, check=check, capture_output=True, text=True)

    git("init", "-q")
    (tmp_path / ".git" / "hooks").mkdir(exist_ok=True)
    (tmp_path / ".git" / "hooks" / "pre-commit").symlink_to(SCRIPT)
    return tmp_path, git


def test_as_a_git_hook_it_stops_the_commit_and_names_no_child(repository):
    folder, git = repository
    (folder / "my notes.csv").write_text("CHILD,DECOM\nSECRET-ID,01/04/2021\n")
    git("add", ".")
    done = git("commit", "-m", "notes", check=False)
    assert done.returncode != 0 and "my notes.csv: it looks like child-level data" in done.stderr
    assert "SECRET-ID" not in done.stderr + done.stdout
    (folder / "my notes.csv").write_text("a\n1\n")  # what is staged counts, not what lies in the folder
    assert git("commit", "-m", "notes", check=False).returncode != 0
    git("add", ".")
    assert git("commit", "-m", "notes").returncode == 0


def test_as_pre_commit_calls_it_and_on_all_tracked_files(repository):
    folder, git = repository
    (folder / "a.csv").write_text("UPN,X\nA1,2\n")
    (folder / "b.csv").write_text("a\n1\n")

    def call(*arguments):
        return subprocess.run(
            [sys.executable, str(SCRIPT), *arguments], cwd=folder, capture_output=True, text=True
        ).returncode

    assert (call("a.csv", "b.csv"), call("b.csv")) == (1, 0)
    assert call("--all") == 0
    git("add", "a.csv")
    assert call("--all") == 1


def test_nothing_in_this_repository_is_refused():
    if not (REPOSITORY / ".git").exists():
        pytest.skip("this copy of the project is not a git checkout")
    done = subprocess.run([sys.executable, str(SCRIPT), "--all"], cwd=REPOSITORY, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
