"""The same inputs give the same bytes, wherever, whenever and by whomever they are run."""

import os
import shutil
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


# The real notebooks

CHECKOUT = ("analysis_lib", "notebooks", "data/raw", "authority.toml", "commentary", "releases", "report_header.toml")
PLAIN = {"PYTHONHASHSEED": "1", "TZ": "UTC", "LANG": "C", "USER": "ann", "PANELPACK_KERNELS": "warm"}
FAR = {
    "PYTHONHASHSEED": "77",
    "TZ": "Pacific/Auckland",
    "LANG": "tr_TR.UTF-8",
    "USER": "ömer",
    "LOGNAME": "ömer",
    "COLUMNS": "40",
    "OMP_NUM_THREADS": "2",
    "PANELPACK_KERNELS": "normal",
}
OF_A_USER = {  # settings that a user may have
    ".ipython/profile_default/startup/00-noise.py": "print('hello')\nimport pandas\npandas.set_option('display.precision', 1)",
    ".config/matplotlib/matplotlibrc": "font.size: 23\nsvg.fonttype: path\n",
    ".jupyter/jupyter_nbconvert_config.py": "c.TemplateExporter.exclude_markdown = True\n",
    ".jupyter/nbconfig.json": "{}",
}


class Checkout:
    """The project in a folder of its own, worked on by a user of its own."""

    def __init__(self, folder, environment, *, jobs, umask, settings=()):
        self.home, self.jobs, self.umask = folder / "panelpack", jobs, umask
        for name in CHECKOUT:
            source, to = REPOSITORY / name, self.home / name
            to.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, to)
            elif source.exists():
                shutil.copyfile(source, to)
        user = folder / "user"
        for name in settings:
            (user / name).parent.mkdir(parents=True, exist_ok=True)
            (user / name).write_text(settings[name])
        places = {"HOME": str(user), "XDG_CONFIG_HOME": str(user / ".config"), "PYTHONPATH": str(self.home)}
        self.environment = {**os.environ, **places, **environment}

    def keep_returns(self, family):
        for folder in (self.home / "data" / "raw" / "synthetic").iterdir():
            if folder.is_dir() and folder.name != family:
                shutil.rmtree(folder)

    def run(self, *arguments):
        done = subprocess.run(
            [sys.executable, "-m", "analysis_lib", "run", "--jobs", str(self.jobs), *arguments],
            env=self.environment,
            cwd=self.home,
            umask=self.umask,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr

    def bytes(self):
        """What the runs made, and what they made it from; logs and notes of runs have times and places, and no reader."""
        folders = (self.home / "outputs", self.home / "data" / "processed")
        found = {path.relative_to(self.home).as_posix(): path for folder in folders for path in folder.rglob("*")}
        hidden = ("outputs/logs/", "outputs/.panelpack/", "data/processed/.last-runs/")
        return {
            name: path.read_bytes() for name, path in found.items() if path.is_file() and not name.startswith(hidden)
        }


@pytest.fixture
def checkouts(tmp_path):
    one = Checkout(tmp_path / "a", PLAIN, jobs=1, umask=0o022)
    other = Checkout(tmp_path / "the other place" / "ö", FAR, jobs=2, umask=0o077, settings=OF_A_USER)
    yield one, other
    for each in (one, other):
        shutil.rmtree(each.home)


def same_bytes(one, other):
    here, there = one.bytes(), other.bytes()
    assert sorted(here) == sorted(there)
    assert [name for name in here if here[name] != there[name]] == []
    return set(here)


def both_editions(checkout, *which):
    checkout.run(*which)
    checkout.run("--edition", "restricted", *which)


def test_a_real_page_has_the_same_bytes_in_both_editions(checkouts):
    """With the one return that it needs: to prepare all of them takes longest, and the slow test does."""
    for each in checkouts:
        each.keep_returns("youth_offending")
        both_editions(each, "--notebook", "yos_caseload_demographics")
    made = same_bytes(*checkouts)
    page, folder = "yos_caseload_demographics", "outputs/restricted/2021-22-Q2"
    assert {
        f"{folder}/{name}" for name in (f"{page}.html", f"results/{page}.json", "manifest.json", "signoff.html")
    } <= made
    assert {f"outputs/2021-22-Q2/{name}" for name in (f"{page}.html", "manifest.json", "index.html")} <= made


@pytest.mark.slow
def test_every_real_page_has_the_same_bytes_in_both_editions(checkouts):
    for each in checkouts:
        both_editions(each)
    made = same_bytes(*checkouts)
    pages = [path.stem for path in (REPOSITORY / "notebooks").glob("*.ipynb")]
    wanted = {f"outputs/{folder}2021-22-Q2/{name}.html" for folder in ("", "restricted/") for name in [*pages, "index"]}
    assert wanted <= made and "outputs/restricted/2021-22-Q2/signoff.html" in made and "outputs/index.html" in made
