"""The same inputs give the same bytes, wherever, whenever and by whomever they are run."""

import os
import subprocess
import sys

import pytest
from fake_pack import REPOSITORY, make_home, page_cells, write_notebook

RUN = """
import sys
from pathlib import Path
from fake_pack import Quiet, fake_prepare
from analysis_lib import prepare
from analysis_lib.authority import read_authority
from analysis_lib.pack import build
prepare.prepare_folder = fake_prepare()
home, output, jobs = sys.argv[1:]
asked = build.Request(periods=["2021-22-Q2"], output=Path(output))
outcome = build.build_packs(read_authority(Path(home)), asked, jobs=int(jobs), progress=Quiet())
sys.exit(0 if outcome.all_made else 1)
"""


def pack_made_by(folder, output, jobs, **environment):
    home = make_home(folder)
    write_notebook(home / "notebooks", "demand", page_cells())
    write_notebook(home / "notebooks", "adoption", page_cells("How long?"))
    paths = os.pathsep.join([str(REPOSITORY), str(REPOSITORY / "tests" / "support")])
    (folder / "user").mkdir()
    settings = {**os.environ, "PYTHONPATH": paths, "HOME": str(folder / "user"), **environment}
    done = subprocess.run(
        [sys.executable, "-c", RUN, str(home), str(output), str(jobs)],
        env=settings,
        cwd=folder,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return {path.relative_to(output).as_posix(): path.read_bytes() for path in output.rglob("*.*") if path.is_file()}


@pytest.fixture(scope="module")
def two_packs(tmp_path_factory):
    here, there = (tmp_path_factory.mktemp(name) for name in ("here", "the other place"))
    one = pack_made_by(
        here / "a", here / "a" / "outputs", 1, PYTHONHASHSEED="1", TZ="UTC", LANG="C", PANELPACK_KERNELS="warm"
    )
    far = {"PYTHONHASHSEED": "77", "TZ": "Pacific/Auckland", "LANG": "tr_TR.UTF-8", "PANELPACK_KERNELS": "normal"}
    other = pack_made_by(there / "ö", there / "elsewhere" / "out", 2, **far)
    return one, other


def test_every_byte_is_the_same(two_packs):
    one, other = two_packs
    assert sorted(one) == sorted(other) and len(one) == 9  # with the restricted page for the person who decides
    assert [name for name in one if one[name] != other[name]] == []


def test_what_hangs_on_the_hash_seed_of_a_notebook_is_fixed(two_packs):
    one, _ = two_packs
    assert b"Hash " in one["2021-22-Q2/demand.html"]
