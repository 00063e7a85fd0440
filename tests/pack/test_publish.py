import contextlib
import os
import stat
import sys
import threading

import pytest

from analysis_lib.errors import PanelpackError
from analysis_lib.pack import publish as publishing
from analysis_lib.pack.publish import (
    forget_failed,
    keep_failed,
    new_folder,
    open_output,
    pack_folder,
    publish,
)

PERIOD = "2021-22-Q2"
OURS = [(PERIOD, "public")]


def pack_of(output, words, edition="public"):
    folder = new_folder(output, PERIOD, edition)
    (folder / "tables").mkdir()
    for name in ("index.html", "demand.html", "tables/a.csv"):
        (folder / name).write_text(words)
    return folder


def published(output, words, edition="public"):
    with open_output(output, [(PERIOD, edition)]):
        return publish(pack_of(output, words, edition), output, PERIOD, edition)


def told_by(folder):
    return {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*") if path.is_file()}


def whole(words):
    return dict.fromkeys(("index.html", "demand.html", "tables/a.csv"), words)


def left_aside(output):
    """What lies in the hidden folder besides the locks."""
    return [path for path in (output / ".panelpack").rglob("*") if path.is_file() and "locks" not in path.parts]


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_a_pack_takes_the_place_of_the_one_before(tmp_path):
    for words in ("old", "new"):
        place = published(tmp_path, words)
    assert place == tmp_path / PERIOD
    assert told_by(place) == whole("new")
    assert left_aside(tmp_path) == []


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="two folders change places in one step on Linux only")
def test_no_reader_ever_finds_neither_pack(tmp_path):
    published(tmp_path, "old")
    page, found, stop = tmp_path / PERIOD / "demand.html", set(), threading.Event()

    def read():
        while not stop.is_set():
            found.add(page.exists())

    reader = threading.Thread(target=read)
    reader.start()
    for round_ in range(100):
        published(tmp_path, f"new {round_}")
    stop.set()
    reader.join()
    assert found == {True}


@pytest.fixture
def two_renames(monkeypatch):
    """As on a system that cannot exchange two folders in one step."""
    monkeypatch.setattr(publishing, "_exchanged", lambda one, other: False)


class Killed(BaseException):
    """Stands for a kill: nothing in the code catches it."""


@pytest.mark.parametrize(
    ("renames", "survivor"), [(0, "old"), (1, "new"), (2, "new")], ids=["before both", "between", "after both"]
)
def test_a_run_killed_around_the_swap_leaves_a_whole_pack_to_the_next(
    tmp_path, monkeypatch, two_renames, renames, survivor
):
    published(tmp_path, "old")
    done = []

    def rename_and_die(source, target, real=os.rename):
        if len(done) == renames:
            raise Killed
        real(source, target)
        done.append(target)

    with monkeypatch.context() as patch:
        patch.setattr(publishing.os, "rename", rename_and_die)
        patch.setattr(publishing, "_repair", lambda pack: None)  # a killed process repairs and clears nothing
        if renames == 2:
            patch.setattr(publishing.shutil, "rmtree", lambda *a, **k: None)
        with contextlib.suppress(Killed):
            published(tmp_path, "new")
    with open_output(tmp_path, OURS):
        assert told_by(tmp_path / PERIOD) == whole(survivor)
    assert left_aside(tmp_path) == []


def test_the_first_pack_killed_before_its_rename_is_published_by_the_next_run(tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(publishing.os, "rename", lambda *a: (_ for _ in ()).throw(Killed))
        patch.setattr(publishing, "_repair", lambda pack: None)
        with pytest.raises(Killed):
            published(tmp_path, "new")
    with open_output(tmp_path, OURS):
        assert told_by(tmp_path / PERIOD) == whole("new")


def test_an_interrupted_swap_is_finished_before_the_run_ends(tmp_path, monkeypatch, two_renames):
    published(tmp_path, "old")
    renames = []

    def rename_once(source, target, real=os.rename):
        renames.append(target)
        if len(renames) == 2:
            raise KeyboardInterrupt
        real(source, target)

    monkeypatch.setattr(publishing.os, "rename", rename_once)
    with pytest.raises(KeyboardInterrupt):
        published(tmp_path, "new")
    assert told_by(tmp_path / PERIOD) == whole("new")


def test_a_half_written_journal_means_that_nothing_was_moved(tmp_path):
    published(tmp_path, "old")
    (tmp_path / ".panelpack" / "swaps" / "public" / PERIOD).write_text('{"new": ')
    with open_output(tmp_path, OURS):
        assert told_by(tmp_path / PERIOD) == whole("old")


def test_a_swap_that_the_system_refuses_leaves_the_old_pack_and_says_so(tmp_path, monkeypatch, two_renames):
    published(tmp_path, "old")

    def refuse(source, target):
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(publishing.os, "rename", refuse)
        with pytest.raises(PanelpackError, match="could not be replaced: Permission denied"):
            published(tmp_path, "new")
    assert told_by(tmp_path / PERIOD) == whole("old")


@pytest.mark.skipif(sys.platform == "win32", reason="folders have no locks there")
def test_what_a_killed_run_left_among_temporary_files_goes_though_nothing_is_made(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary" / "pp-0123abcd" / "k-1").mkdir(parents=True)
    with open_output(tmp_path / "outputs", [("2021-22-Q2", "public")]):
        assert list((tmp_path / "temporary").iterdir()) == []


def test_what_was_being_built_is_cleared_when_a_run_stops(tmp_path):
    with pytest.raises(Killed), open_output(tmp_path, OURS):
        pack_of(tmp_path, "half")
        raise Killed
    assert left_aside(tmp_path) == []


def test_two_runs_do_not_write_to_one_folder(tmp_path):
    with (
        open_output(tmp_path, OURS),
        pytest.raises(PanelpackError, match="Another run is making 2021-22-Q2"),
        open_output(tmp_path, OURS),
    ):
        pass
    with open_output(tmp_path, OURS):
        pass


def test_an_output_folder_that_is_a_file_is_refused(tmp_path):
    (tmp_path / "outputs").write_text("mine")
    with pytest.raises(PanelpackError, match="cannot be written"), open_output(tmp_path / "outputs", OURS):
        pass


def test_the_restricted_edition_is_its_owners_alone(tmp_path):
    place = published(tmp_path, "exact", "restricted")
    assert place == pack_folder(tmp_path, PERIOD, "restricted") == tmp_path / "restricted" / PERIOD
    folders = [tmp_path / "restricted", place, place / "tables"]
    assert {mode(folder) for folder in folders} == {0o700}
    assert {mode(path) for path in place.rglob("*") if path.is_file()} == {0o600}
    assert mode(tmp_path / ".panelpack") == 0o700


def test_a_public_pack_may_be_read_by_others(tmp_path):
    before = os.umask(0o022)
    try:
        place = published(tmp_path, "public")
    finally:
        os.umask(before)
    assert (mode(place), mode(place / "demand.html")) == (0o755, 0o644)


def test_evidence_of_a_failure_is_for_its_owner_and_goes_when_the_page_is_made(tmp_path):
    path = keep_failed(tmp_path, PERIOD, "demand", "{}")
    assert path == tmp_path / "failed" / PERIOD / "demand.ipynb"
    assert [mode(each) for each in (tmp_path / "failed", path.parent, path)] == [0o700, 0o700, 0o600]
    forget_failed(tmp_path, PERIOD, "demand")
    assert not (tmp_path / "failed").exists()
