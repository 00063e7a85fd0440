"""The benchmarks still run: on the smallest sets, whose figures mean nothing."""

import importlib
import re
import shutil
import subprocess
import sys

import pytest
from fake_pack import REPOSITORY

from analysis_lib.synthetic.card import authority_card
from analysis_lib.synthetic.people import numbered_council

RETURNS = REPOSITORY / "data" / "raw" / "synthetic"
YEAR = RETURNS / "ssda903" / "2019-20" / "episodes.csv"


def rows_of(*files):
    return sum(len(file.read_text(encoding="utf-8").splitlines()) - 1 for file in files)


def printed_by(script, *arguments):
    done = subprocess.run(
        [sys.executable, str(REPOSITORY / "benchmarks" / script), *arguments], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_reading_and_preparing_is_measured_beside_pandas_alone():
    printed = printed_by("read_and_prepare.py", "--copies", "2", "--repeats", "1")
    episodes = rows_of(*RETURNS.glob("ssda903/*/episodes.csv"))
    assert printed.startswith(f"{2 * episodes:,} episodes, ")
    assert re.search(r"pandas\.read_csv alone: [\d.]+ s at best", printed)
    assert re.search(r"ratio of the best runs: [\d.]+ ", printed)


def test_a_region_is_measured_beside_one_of_its_authorities(tmp_path):
    for number in (1, 2):
        folder = tmp_path / f"authority-{number:03d}"
        folder.mkdir()
        (folder / "authority.toml").write_text(authority_card(numbered_council(number)), encoding="utf-8")
        shutil.copy(YEAR, folder)
        shutil.copy(RETURNS / "source.toml", folder)
    printed = printed_by("region.py", "--folder", str(tmp_path))
    assert printed.startswith(f"2 authorities, {2 * rows_of(YEAR):,} rows in all")
    assert re.search(r"1 of them: [\d.]+ s.*\n2 of them: [\d.]+ s", printed)


def test_the_counts_of_a_country_are_the_same_in_three_ways(tmp_path, monkeypatch):
    pytest.importorskip("duckdb", reason="the extra bench is not installed")
    monkeypatch.syspath_prepend(REPOSITORY / "benchmarks")
    at_scale = importlib.import_module("metrics_at_scale")
    at_scale.make_country(tmp_path, 2000)
    for part in at_scale.PARTS:
        for way in at_scale.WAYS:
            at_scale.count(way, part, tmp_path)
        assert at_scale.same_counts(part, tmp_path) > 500
    told = at_scale.read_counts(at_scale.SQL, at_scale.PARTS[0], tmp_path)
    at_scale.keep_counts(at_scale.SQL, at_scale.PARTS[0], tmp_path, told.assign(numerator=2 * told["numerator"]))
    with pytest.raises(AssertionError, match="numerator"):
        at_scale.same_counts(at_scale.PARTS[0], tmp_path)


def test_suppression_is_measured_beside_the_simple_rule():
    printed = printed_by("suppression.py", "--pages", "3")
    assert re.search(r"1,560 clues, nearly all exact: \d+ ms at best", printed)
    assert re.search(r"4 x 5 with margins: median \d+ ms.* of 3 withheld; .*the largest had \d+ cells", printed)
    assert re.search(
        r"one more hidden in each row and column .*: of 3 tables \d give a small count back exactly", printed
    )


@pytest.mark.skipif(sys.platform != "linux", reason="what processes share is told by Linux alone")
def test_the_memory_of_a_run_counts_its_children(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(REPOSITORY / "benchmarks")
    watched = importlib.import_module("watched")
    child = "import time; held = bytearray(b'x' * 60 * 2**20); time.sleep(1.5)"
    command = [sys.executable, "-c", f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"]
    held = watched.memory_of(command, cwd=tmp_path, environment={})
    assert held.whole > 60 and held.processes == 2 and (held.server, held.kernel) == (0, 0)
    with pytest.raises(subprocess.CalledProcessError):
        watched.memory_of([sys.executable, "-c", "raise SystemExit(3)"], cwd=tmp_path, environment={})
