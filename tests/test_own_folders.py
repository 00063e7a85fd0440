import os
import signal
import stat
import subprocess
import sys

import pytest

from analysis_lib import own_folders
from analysis_lib.own_folders import OwnFolder

needs_locks = pytest.mark.skipif(own_folders.fcntl is None, reason="this system has no locks on folders")
WORKS = (
    "import sys, pathlib\nfrom analysis_lib.own_folders import OwnFolder\n"
    "folder = OwnFolder('pp-', pathlib.Path(sys.argv[1]))\n(folder.path / 'rows').touch()\n"
    "print(folder.path, flush=True)\nsys.stdin.read()"
)


@pytest.fixture
def other(tmp_path):
    """Another process that works in a folder of its own."""
    command = [sys.executable, "-c", WORKS, str(tmp_path)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    process.folder = process.stdout.readline().strip()
    yield process
    process.kill()
    process.communicate()


def test_it_is_for_its_owner_only_and_goes_with_its_block(tmp_path):
    with OwnFolder("pp-", tmp_path) as folder:
        (folder / "rows").touch()
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700 and folder.parent == tmp_path
    assert list(tmp_path.iterdir()) == []


def test_it_is_in_the_folder_for_temporary_files_unless_said_otherwise(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with OwnFolder("pp-") as folder:
        assert folder.parent == tmp_path


def test_it_goes_with_an_ordinary_end_of_the_process(other, tmp_path):
    other.communicate("")
    assert list(tmp_path.iterdir()) == []


@needs_locks
def test_what_a_killed_process_left_is_removed_by_the_next_and_what_somebody_works_in_is_not(other, tmp_path):
    with OwnFolder("pp-", tmp_path) as mine, OwnFolder("pp-", tmp_path) as second:
        assert {str(mine), str(second), other.folder} == {str(path) for path in tmp_path.iterdir()}
    other.send_signal(signal.SIGKILL)
    other.wait()
    assert [str(path) for path in tmp_path.iterdir()] == [other.folder]
    with OwnFolder("pp-", tmp_path) as mine:
        assert [path.name for path in tmp_path.iterdir()] == [mine.name]


@needs_locks
def test_only_folders_of_that_very_kind_are_removed(tmp_path):
    for name in ("pp-0123abcd", "pp-0123abcde", "pp-0123abcX", "xpp-0123abcd", "building-0123abcd"):
        (tmp_path / name).mkdir()
    (tmp_path / "pp-11111111").touch()
    (tmp_path / "pp-22222222").symlink_to(tmp_path / "pp-0123abcde")
    OwnFolder("pp-", tmp_path).remove()
    left = {"pp-0123abcde", "pp-0123abcX", "xpp-0123abcd", "building-0123abcd", "pp-11111111", "pp-22222222"}
    assert {path.name for path in tmp_path.iterdir()} == left


@needs_locks
def test_a_folder_that_was_taken_for_left_behind_before_its_lock_is_made_again(tmp_path, monkeypatch):
    lock, removed = own_folders._locked, []

    def too_late(path):
        if not removed:
            removed.append(path)
            handle = lock(path)
            path.rmdir()
            return handle
        return lock(path)

    monkeypatch.setattr(own_folders, "_locked", too_late)
    with OwnFolder("pp-", tmp_path) as folder:
        assert folder.is_dir() and folder != removed[0]


def test_where_folders_have_no_locks_nothing_of_others_is_removed(tmp_path, monkeypatch):
    monkeypatch.setattr(own_folders, "fcntl", None)
    (tmp_path / "pp-0123abcd").mkdir()
    with OwnFolder("pp-", tmp_path) as folder:
        assert folder.is_dir()
    assert [path.name for path in tmp_path.iterdir()] == ["pp-0123abcd"]


def test_where_no_folder_can_be_made_that_is_said(tmp_path):
    with pytest.raises(FileNotFoundError):
        OwnFolder("pp-", tmp_path / "nowhere")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not copy processes")
def test_a_copy_of_the_process_does_not_remove_it(tmp_path):
    with OwnFolder("pp-", tmp_path) as folder:
        script = (
            "import os, sys, pathlib\nfrom analysis_lib.own_folders import OwnFolder\n"
            "folder = OwnFolder('cc-', pathlib.Path(sys.argv[1]))\n"
            "if not os.fork():\n    sys.exit()\nos.wait()\nassert folder.path.is_dir()"
        )
        assert subprocess.run([sys.executable, "-c", script, str(tmp_path)]).returncode == 0
        assert folder.is_dir()
