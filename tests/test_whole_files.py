import os
import stat

import pytest

from analysis_lib.whole_files import write_whole


def test_a_file_is_written_to_the_last_byte_and_nothing_stays_beside_it(tmp_path):
    write_whole(tmp_path / "index.html", "é\n", owner_only=True)
    assert (tmp_path / "index.html").read_bytes() == b"\xc3\xa9\n"
    assert stat.S_IMODE((tmp_path / "index.html").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["index.html"]


def test_a_reader_finds_the_old_text_until_the_new_one_is_whole(tmp_path, monkeypatch):
    path = tmp_path / "index.html"
    write_whole(path, "old")

    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", stop)
    with pytest.raises(KeyboardInterrupt):
        write_whole(path, "new")
    assert path.read_text() == "old"
