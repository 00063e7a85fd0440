"""Twelve synthetic authorities, two periods, every notebook: two workers, one of them killed midway, make what a run here makes."""

import shutil
import threading
import time

import pytest
from fake_pack import REPOSITORY, Quiet
from small_region import files_of

from analysis_lib.authority import read_authority
from analysis_lib.pack.build import Request
from analysis_lib.pack.cluster import build_region_on
from analysis_lib.pack.region import build_region
from analysis_lib.synthetic import generate

pytest.importorskip("distributed", reason="needs Dask: pip install -e '.[cluster]'")
from dask_cluster import DaskCluster, worker_at_work

pytestmark = pytest.mark.slow

AUTHORITIES, CHILDREN, PERIODS = 12, 900, ("2021-22-Q2", "2021-22-Q3")
SECONDS = 7200  # on two slow cores that others use too


def project(folder):
    """The repository's notebooks, settings and published figures, with tidy tables of their own."""
    (folder / "data" / "raw").mkdir(parents=True)
    shutil.copytree(REPOSITORY / "notebooks", folder / "notebooks")
    shutil.copyfile(REPOSITORY / "authority.toml", folder / "authority.toml")
    (folder / "data" / "raw" / "published").symlink_to(REPOSITORY / "data" / "raw" / "published")
    return read_authority(folder)


def test_every_byte_is_that_of_a_run_here_though_a_worker_was_killed(tmp_path):
    region = tmp_path / "region"
    generate(region, authorities=AUTHORITIES, children=CHILDREN)
    asked = {where: Request(periods=PERIODS, output=tmp_path / where) for where in ("here", "there")}
    dask, done = DaskCluster(), []
    there = project(tmp_path / "project there")
    began = time.monotonic()
    run = threading.Thread(
        target=lambda: done.append(
            build_region_on(dask.address, there, region, asked["there"], jobs=0, progress=Quiet())
        )
    )
    run.start()
    try:
        while len(list((tmp_path / "there").glob("*/index.html"))) < AUTHORITIES // 3:
            assert run.is_alive() and time.monotonic() < began + SECONDS, (done, dask.logs())
            time.sleep(0.5)
        dask.kill(worker_at_work(dask))
        dask.add_worker()
        run.join(SECONDS)
    finally:
        dask.close()
    print(f"{time.monotonic() - began:.0f} s on the cluster, {AUTHORITIES} authorities")
    began = time.monotonic()
    outcome = build_region(project(tmp_path / "project here"), region, asked["here"], jobs=2, progress=Quiet())
    print(f"{time.monotonic() - began:.0f} s here")
    print("\n".join(outcome.not_made))
    assert done and list(done[0].outcomes) == list(outcome.outcomes) and not outcome.stopped
    assert done[0].not_made == outcome.not_made
    made, wanted = files_of(tmp_path / "there"), files_of(tmp_path / "here")
    print(f"{len(wanted)} files, {sum(map(len, wanted.values())):,} bytes")
    assert sorted(made) == sorted(wanted)
    assert [name for name in wanted if made[name] != wanted[name]] == []
    packs = {
        pack.relative_to(tmp_path / "here").as_posix() for each in outcome.outcomes.values() for pack in each.packs
    }
    assert packs == {name.removesuffix("/manifest.json") for name in wanted if name.endswith("/manifest.json")}
    assert len(packs) > AUTHORITIES  # a small authority's pack that its audit refuses is refused in both ways
