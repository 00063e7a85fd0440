"""What can stop a run, each for real: the disk, the person, the kernel, the clock, another run. What stood before stays."""

import os
import shutil
import signal
import subprocess
import time

import pytest
from disturbed_house import ON_LINUX, PERIOD
from fake_pack import code, page_cells, write_notebook

pytestmark = ON_LINUX
OTHER = "2021-22-Q1"
ROOM = 6  # blocks of 4 kB that are left on a disk: less than one page


def namespaces():
    """Whether this user may mount a disk of their own, that nobody else sees."""
    command = ["unshare", "--user", "--map-root-user", "--mount", "true"]
    return bool(shutil.which("unshare")) and subprocess.run(command, capture_output=True).returncode == 0


def on_own_disk(mount):
    """The beginning of a command line that is run where `mount`, a line of shell, has been done for it alone."""
    return ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", f'{mount} && exec "$@"', "sh"]


def until(true, run, seconds=90):
    end = time.monotonic() + seconds
    while not true():
        assert run.poll() is None and time.monotonic() < end, run.communicate()
        time.sleep(0.02)


@pytest.fixture
def standing(house, imported):
    """A pack that stands, made of other notebooks than there are now, and what it was made from."""
    assert imported.run(house)[0] == 0
    before = house.made_from()
    house.write("after that")
    return before


@pytest.fixture
def it_stands_and_is_repaired(house, imported, standing):
    def stands():
        assert house.made_from() == standing
        house.nobody_is_left()
        code, _, err = imported.run(house)
        assert (code, err) == (0, "")
        house.is_whole_and_alone()

    return stands


@pytest.mark.skipif(not namespaces(), reason="this user may not mount a disk of their own")
def test_a_full_disk(house, it_stands_and_is_repaired):
    """The output folder on a disk with so little room that the new pack does not fit beside the old one."""
    put = 'cp -a "$PWD/outputs" "$PWD/kept" && mount -t tmpfs -o size=$SIZE none outputs && cp -a kept/. outputs'
    told = 'trap "" EXIT; "$@"; code=$?; rm -rf kept; cp -a outputs kept; exit $code'
    blocks = sum(-(-path.stat().st_size // 4096) for path in house.output.rglob("*") if path.is_file())
    size = (blocks + ROOM) * 4096
    command = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", f"{put}; {told}", "sh"]
    code, _, err = house.run(before=command, SIZE=str(size))
    assert code == 1 and "No space left on device" in err and "Traceback" not in err
    assert err.strip().endswith("Packs that were not finished have not changed. Make room and run again.")
    shutil.rmtree(house.output)
    os.rename(house.home / "kept", house.output)
    assert not list((house.output / ".panelpack" / "building").glob("*/*")) and not list(house.output.rglob("*.part"))
    it_stands_and_is_repaired()


def test_files_that_may_not_grow_so_large(house, it_stands_and_is_repaired):
    """The system's own limit for a file, as a quota does it: no page can be written."""
    code, _, err = house.run(before=["prlimit", "--fsize=2000", "--"])
    assert code == 1 and "Traceback" not in err
    it_stands_and_is_repaired()


@pytest.mark.skipif(not namespaces(), reason="this user may not mount a disk of their own")
def test_an_output_folder_that_cannot_be_written(house, it_stands_and_is_repaired):
    mount = "mount --bind outputs outputs && mount -o remount,bind,ro outputs"
    code, _, err = house.run(before=on_own_disk(mount))
    assert (code, err) == (1, f"The output folder {house.output} cannot be written: Read-only file system.\n")
    it_stands_and_is_repaired()


DISKS = {
    "full": ("mount -t tmpfs -o size=64k none {}", "No space left on device", "Make room"),
    "not to be written": ("mount --bind {0} {0} && mount -o remount,bind,ro {0}", "Read-only file system", "Ask for"),
}


@pytest.mark.skipif(not namespaces(), reason="this user may not mount a disk of their own")
@pytest.mark.parametrize("disk", DISKS)
def test_no_room_for_the_prepared_data(new_house, imported, disk):
    """Data have come since the pack was made, and cannot be prepared."""
    house = new_house(prepares=True)
    assert imported.run(house)[0] == 0
    before = house.made_from()
    house.write("with the new data")
    mount, why, advice = DISKS[disk]
    shutil.rmtree(house.processed)
    house.processed.mkdir()
    ended, _, err = house.run(before=on_own_disk(mount.format(house.processed)))
    assert ended == 1 and why in err and advice in err and "Traceback" not in err
    assert house.made_from() == before and house.left_aside() == []
    assert imported.run(house)[0] == 0
    house.is_whole_and_alone()


@pytest.mark.skipif(not namespaces(), reason="this user may not mount a disk of their own")
@pytest.mark.parametrize("kernels", ["warm", "normal"])
def test_no_room_for_temporary_files(house, it_stands_and_is_repaired, kernels):
    """What a run needs while it works finds no place."""
    mount = f"mount -t tmpfs -o size=4k,nr_inodes=3 none {house.scratch}"
    ended, _, err = house.run(before=on_own_disk(mount), PANELPACK_KERNELS=kernels)
    assert ended == 1 and "No space left on device" in err and "Traceback" not in err
    it_stands_and_is_repaired()


@pytest.mark.parametrize("asked", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-c", "a scheduler"])
def test_a_run_that_is_asked_to_stop(house, it_stands_and_is_repaired, asked):
    begun = house.home / "begun"
    house.wait_in_the_last_cell(begun, "if stopped")
    run = house.start()
    until(begun.exists, run)
    run.send_signal(asked)
    _, err = run.communicate(timeout=60)
    assert (run.returncode, err) == (1, "Stopped. Packs that were not finished have not changed.\n")
    house.nobody_is_left()
    assert house.left_aside() == []
    house.write("after all")
    it_stands_and_is_repaired()


DEATHS = {
    "os.kill(os.getpid(), signal.SIGKILL)": "the kernel died: it was killed; out of memory?",
    "os.kill(os.getpid(), signal.SIGSEGV)": "the kernel died (stopped by SIGSEGV)",
    "os._exit(3)": "the kernel died (it ended with exit code 3)",
}


@pytest.mark.parametrize("kernels", ["warm", "normal"])
def test_kernels_that_die(house, imported, kernels):
    """Each says how; the notebook that is well is made all the same."""
    for number, how in enumerate(DEATHS):
        cells = [*page_cells(), code(f"import os, signal\n{how}")]
        write_notebook(house.home / "notebooks", f"dead_{number}", cells)
    ended, _, err = imported.run(house, PANELPACK_KERNELS=kernels)
    told = "".join(f"  dead_{number}, {PERIOD}, cell 7: {said}\n" for number, said in enumerate(DEATHS.values()))
    assert (ended, err) == (1, f"Not made:\n{told}")
    kept = sorted(path.stem for path in (house.output / "failed" / PERIOD).iterdir())
    assert kept == ["dead_0", "dead_1", "dead_2"]
    assert [page["notebook"] for page in house.pack()["pages"]] == ["adoption", "demand"]
    house.nobody_is_left()


def test_a_limit_of_memory(house, imported, it_stands_and_is_repaired):
    """The system's own limit for a process, as a shared machine sets it: a cell asks for more."""
    house.write("in little room", [code("much = bytearray(8 << 30)")])
    ended, _, err = house.run("--notebook", "demand", before=["prlimit", f"--as={4 << 30}", "--"])
    assert (ended, err) == (1, f"Not made:\n  demand, {PERIOD}, cell 7: out of memory\n")
    house.write("in more room")
    it_stands_and_is_repaired()


def test_a_cell_without_an_end(house, imported, it_stands_and_is_repaired):
    house.write("for ever", [code("while True:\n    pass")])
    ended, _, err = imported.run(house, "--notebook", "demand", CELL_SECONDS="1")
    assert (ended, err) == (
        1,
        f"Not made:\n  demand, {PERIOD}, cell 7: stopped after 1 seconds without an end\n",
    )
    house.write("in the end")
    it_stands_and_is_repaired()


def test_two_runs_at_once(house, imported):
    """Of one pack, the second is refused; of two packs in one folder, both are made."""
    begun = house.home / "begun"
    go = house.wait_in_the_last_cell(begun, "at once")
    first = house.start()
    until(begun.exists, first)
    ended, _, err = imported.run(house)
    assert (ended, err) == (
        1,
        f"Another run is making {PERIOD} (public edition) in {house.output}. Wait until it has ended.\n",
    )
    other = house.start("--period", OTHER)
    go.touch()
    for run in (first, other):
        _, err = run.communicate(timeout=120)
        assert (run.returncode, err) == (0, "")
    house.is_whole_and_alone()
    house.pack(OTHER)
    listed = (house.output / "index.html").read_text()
    assert PERIOD in listed and OTHER in listed
