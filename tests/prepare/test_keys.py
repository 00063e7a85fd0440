"""The council's key: made once, for its owner only, outside the project; refused kindly otherwise."""

import os
import threading

import pytest

from analysis_lib.errors import UsageError
from analysis_lib.prepare.identifiers import DEMONSTRATION_KEY
from analysis_lib.prepare.keys import council_key, fingerprint, key_of

posix_only = pytest.mark.skipif(os.name != "posix", reason="permissions are those of POSIX")


@pytest.fixture
def project(tmp_path):
    (tmp_path / "project").mkdir()
    return tmp_path / "project"


@pytest.fixture
def key_file(tmp_path):
    return tmp_path / "configuration" / "E06000002.key"


def written(key_file, text, mode=0o600):
    key_file.parent.mkdir(exist_ok=True)
    key_file.write_text(text)
    key_file.chmod(mode)
    return key_file


def test_a_new_key_is_made_on_first_need_and_told_once(project, key_file, capsys):
    key = council_key(key_file, project)
    assert len(key) == 32 and key != bytes(32)
    told = capsys.readouterr()
    assert told.out == "" and str(key_file) in told.err and "Back it up" in told.err and key.hex() not in told.err
    assert council_key(key_file, project) == key
    assert capsys.readouterr().err == ""
    assert list(key_file.parent.iterdir()) == [key_file]


@posix_only
def test_only_its_owner_can_read_it(project, key_file):
    council_key(key_file, project)
    assert key_file.stat().st_mode & 0o777 == 0o600
    assert key_file.parent.stat().st_mode & 0o777 == 0o700


def test_two_keys_are_never_the_same(project, tmp_path):
    assert council_key(tmp_path / "a.key", project) != council_key(tmp_path / "b.key", project)


def test_processes_that_make_it_at_once_end_with_one(project, key_file, capsys):
    found = []
    threads = [threading.Thread(target=lambda: found.append(council_key(key_file, project))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8 and len(set(found)) == 1
    assert capsys.readouterr().err.count("A new key was made") == 1


def test_a_key_inside_the_project_is_refused_and_not_made(project):
    inside = project / "secret" / "our.key"
    with pytest.raises(UsageError, match="inside the project's folder"):
        council_key(inside, project)
    assert not inside.parent.exists()


def test_a_link_into_the_project_is_refused_too(project, tmp_path):
    (project / "our.key").write_text("ab" * 32)
    link = tmp_path / "link.key"
    link.symlink_to(project / "our.key")
    with pytest.raises(UsageError, match="inside the project's folder"):
        council_key(link, project)


@posix_only
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660])
def test_a_key_that_others_may_read_is_refused(project, key_file, mode):
    with pytest.raises(UsageError, match="chmod 600"):
        council_key(written(key_file, "ab" * 32, mode), project)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty"),
        ("  \n", "is empty"),
        ("ab" * 31, "holds no key"),
        ("xy" * 32, "holds no key"),
        ("é", "holds no key"),
    ],
)
def test_an_empty_short_or_foreign_file_is_refused_and_left_alone(project, key_file, text, words):
    written(key_file, text)
    with pytest.raises(UsageError, match=words):
        council_key(key_file, project)
    assert key_file.read_text() == text


def test_a_folder_in_its_place_is_refused(project, key_file):
    key_file.mkdir(parents=True)
    with pytest.raises(UsageError, match="key file"):
        council_key(key_file, project)


def test_the_demonstration_has_the_fixed_key_and_makes_none(project, key_file, tmp_path):
    returns = tmp_path / "returns"
    returns.mkdir()
    (returns / "episodes.csv").write_text("CHILD\n")
    (returns / "source.toml").write_text('label = "synthetic"\n')
    assert key_of(returns, key_file, project) == DEMONSTRATION_KEY
    assert not key_file.exists()
    (returns / "source.toml").unlink()
    assert key_of(returns, key_file, project) != DEMONSTRATION_KEY
    assert key_file.is_file()


def test_the_fingerprint_tells_keys_apart_and_is_not_the_key():
    assert fingerprint(b"a" * 32) != fingerprint(b"b" * 32)
    assert len(fingerprint(b"a" * 32)) == 16 and (b"a" * 32).hex()[:16] != fingerprint(b"a" * 32)
