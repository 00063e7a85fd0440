"""A command that was run before is answered from its note, as long as no byte that it read or left is another."""

import json
import shutil

import pytest

from analysis_lib.authority import read_authority, within
from analysis_lib.pack import last_run
from analysis_lib.pack.build import Request, what_is_read
from analysis_lib.pack.last_run import Note, unchanged
from analysis_lib.pack.publish import new_folder, open_output, publish, write_beside

WORDS = ["run", "--period", "2021-22-Q2"]
TOLD = {"published": [], "unchanged": ["outputs/2021-22-Q2"], "notes": []}


class Place:
    """A project with two packs in its output folder, of which the words ask for one."""

    def __init__(self, home):
        self.home, self.output = home, home / "outputs"
        for name in ("returns/2020/episodes.csv", "notebooks/demand.ipynb", "authority.toml", "key.txt"):
            self.write(name, "as it was")
        self.read = [home / name for name in ("returns", "notebooks", "authority.toml", "key.txt", "not there")]
        self.output.mkdir()
        for period in ("2021-22-Q1", "2021-22-Q2"):
            new = new_folder(self.output, period, "public")
            (new / "tables").mkdir()
            for name in ("manifest.json", "demand.html", "tables/demand.csv"):
                (new / name).write_text(f"{name} of {period}")
            publish(new, self.output, period, "public")
            write_beside(self.output, period, "signoff.json", "{}")
        self.write("outputs/index.html", "all packs")

    def write(self, name, text):
        (self.home / name).parent.mkdir(parents=True, exist_ok=True)
        (self.home / name).write_text(text)

    def ends(self, meanwhile=lambda: None, index="all packs", words=WORDS):
        """A run that makes nothing; `meanwhile` happens after its packs are finished."""
        note = Note(words, self.read, self.output, "public")
        with open_output(self.output, [("2021-22-Q2", "public")]):
            note.packs_are_finished(["2021-22-Q2"])
        meanwhile()
        note.keep(TOLD, index)


@pytest.fixture
def place(home, monkeypatch):
    monkeypatch.chdir(home)
    return Place(home)


def test_the_same_words_are_answered_from_the_note(place):
    assert unchanged(WORDS) is None
    place.ends()
    found = unchanged(WORDS)
    assert (found.told, found.output) == (TOLD, place.output)


@pytest.mark.parametrize(
    "name",
    [
        "returns/2020/episodes.csv",
        "notebooks/demand.ipynb",
        "authority.toml",
        "key.txt",
        "outputs/2021-22-Q2/demand.html",
        "outputs/2021-22-Q2/tables/demand.csv",
        "outputs/2021-22-Q2/manifest.json",
        "outputs/2021-22-Q1/demand.html",  # the page of all packs may say that it is not as it was signed off
        "outputs/index.html",
        "outputs/restricted/2021-22-Q2/signoff.json",
    ],
)
def test_another_byte_is_noticed_though_size_and_time_are_the_same(place, name):
    import os

    place.ends()
    file = place.home / name
    before = file.stat()
    text = file.read_text()
    file.write_text(text[:-1] + "#")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert file.stat().st_size == before.st_size and file.stat().st_mtime_ns == before.st_mtime_ns
    assert unchanged(WORDS) is None
    file.write_text(text)
    assert unchanged(WORDS) is not None
    file.unlink()
    assert unchanged(WORDS) is None


@pytest.mark.parametrize(
    "name", ["returns/2021/more.csv", "not there", "outputs/2021-22-Q2/stray.txt", "outputs/2021-22-Q2/.hidden"]
)
def test_a_new_file_is_noticed(place, name):
    place.ends()
    place.write(name, "new")
    assert unchanged(WORDS) is None


def test_other_words_another_folder_and_another_user_are_others(place, monkeypatch):
    place.ends()
    assert unchanged([*WORDS, "--notebook", "demand"]) is None
    (place.home / "sub").mkdir()
    monkeypatch.chdir(place.home / "sub")
    assert unchanged(WORDS) is None
    monkeypatch.chdir(place.home)
    monkeypatch.setenv("XDG_CONFIG_HOME", "/elsewhere")
    assert unchanged(WORDS) is None


def test_another_library_or_version_is_noticed(place, monkeypatch):
    place.ends()
    with monkeypatch.context() as patch:
        patch.setattr(last_run, "library_hash", lambda: "another")
        assert unchanged(WORDS) is None
    monkeypatch.setattr(last_run, "versions", lambda: {"pandas": "1.0"})
    assert unchanged(WORDS) is None


@pytest.mark.parametrize("name", ["returns/2020/episodes.csv", "outputs/2021-22-Q2/demand.html", "outputs/index.html"])
def test_no_note_is_kept_of_a_run_during_which_something_changed(place, name):
    place.ends(meanwhile=lambda: place.write(name, "changed meanwhile"))
    assert unchanged(WORDS) is None


def test_a_link_to_a_folder_may_lead_anywhere(place):
    (place.home / "elsewhere").mkdir()
    (place.home / "returns" / "link").symlink_to(place.home / "elsewhere")
    place.ends()
    assert unchanged(WORDS) is None


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 1}', '{"format": 1, "read": [], "output": "o"}', "null"])
def test_a_damaged_note_is_no_note(place, text):
    place.ends()
    (note,) = (place.home / "data" / "processed" / ".last-runs").iterdir()
    kept = json.loads(note.read_text())
    assert kept["told"] == TOLD and note.stat().st_mode & 0o077 == 0
    note.write_text(text)
    assert unchanged(WORDS) is None


def test_what_an_interrupted_run_left_is_mended_before_anything_is_believed(place):
    place.ends()
    aside = place.output / ".panelpack"
    shutil.copytree(place.output / "2021-22-Q2", aside / "building" / "public" / "2021-22-Q2")
    assert unchanged(WORDS) is not None
    assert not (aside / "building" / "public" / "2021-22-Q2").exists()


def test_old_notes_are_removed(place, monkeypatch):
    monkeypatch.setattr(last_run, "MOST_NOTES", 3)
    for number in range(5):
        place.ends(words=["run", "--period", f"{number}"])
    notes = list((place.home / "data" / "processed" / ".last-runs").iterdir())
    assert len(notes) == 3 and unchanged(["run", "--period", "4"]) is not None


def test_a_run_for_one_of_a_region_reads_its_own_authority_toml_too(home, tmp_path):
    shutil.copytree(home, tmp_path / "kent", ignore=lambda *_: ["data", "outputs"])
    project = read_authority(home)
    one = within(project, tmp_path / "kent")
    read = what_is_read(one, Request(periods=["2021-22-Q2"], output=tmp_path / "out"))
    assert {home / "authority.toml", one.card, one.returns, one.releases, one.commentary} <= set(read)
    assert one.card == tmp_path / "kent" / "authority.toml"
