"""Eight consecutive quarters, each run and signed off in turn: what the gate costs, what the audit costs, what is hidden.

Every pack is audited alone, and at the end beside the seven others. The gate is timed in the notebooks' own cells, run here;
its share is that of the processor time of a whole `panelpack run` of the same quarter. Exits with 1 when an audit finds anything.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import nbformat

from analysis_lib.authority import Authority, read_authority
from analysis_lib.disclosure import Gate
from analysis_lib.disclosure.register import Register, read_register
from analysis_lib.pack.audit import AuditReport, audit_of

QUARTERS = (
    "2019-20-Q3",
    "2019-20-Q4",
    "2020-21-Q1",
    "2020-21-Q2",
    "2020-21-Q3",
    "2020-21-Q4",
    "2021-22-Q1",
    "2021-22-Q2",
)
ROLE, NOTE, DAY = "Head of Performance", "Benchmark on synthetic returns", "2021-11-30"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "quarters", nargs="*", default=QUARTERS, help="periods, the earliest first (default: eight quarters)"
    )
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep packs and register here (a new folder)")
    parser.add_argument("--hidden", action="store_true", help="list for each page what is hidden")
    asked = parser.parse_args()
    with contextlib.ExitStack() as stack:
        folder = asked.keep or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        sys.exit(0 if measure(folder, asked.quarters, lists=asked.hidden) else 1)


def measure(folder: Path, quarters: Sequence[str], *, lists: bool) -> bool:
    """Make, sign and audit the packs of `quarters` in `folder`, and print it. Whether every audit found nothing."""
    packs, releases = folder / "packs", folder / "releases"
    releases.mkdir(parents=True)
    authority = read_authority()
    processor = {quarter: make_and_sign(quarter, packs, releases) for quarter in quarters}
    register = read_register(releases)
    print("| pack | figures | hidden | alone | beside the others | largest program | found |")
    print("|---|---|---|---|---|---|---|")
    found = [line_of(authority, packs / quarter, register) for quarter in quarters]
    last = quarters[-1]
    gate = seconds_in_the_gate(authority.home, last, releases)
    print(
        f"{last}: gate {gate:.1f} s of {processor[last]:.1f} s of a run's processor time ({gate / processor[last]:.0%})"
    )
    for quarter in quarters if lists else ():
        print_hidden(packs, quarter)
    return not any(found)


def make_and_sign(quarter: str, packs: Path, releases: Path) -> float:
    """Run and sign off one quarter; seconds of processor time of the run, its kernels included."""
    before = processor_time_of_children()
    panelpack("run", "--period", quarter, "--output", str(packs), "--releases", str(releases))
    taken = processor_time_of_children() - before
    signing = ["--by", ROLE, "--note", NOTE, "--on", DAY, "--releases", str(releases)]
    panelpack("signoff", str(packs / quarter), *signing)
    return taken


def panelpack(*arguments: str) -> None:
    done = subprocess.run([sys.executable, "-m", "analysis_lib", *arguments], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"panelpack {' '.join(arguments)}\n{done.stdout}{done.stderr}")


def processor_time_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def line_of(authority: Authority, pack: Path, register: Register) -> int:
    """Print one row of the table; how many findings."""
    alone, joint = (audit_of(authority, pack, register=each) for each in (Register(), register))
    cells, clues = joint.effort.largest
    largest = f"{cells} numbers, {clues} equations, {joint.effort.largest_seconds:.2f} s"
    row = [pack.name, f"{joint.figures:,}", joint.hidden, *map(in_seconds, (alone, joint)), largest]
    print(f"| {' | '.join(map(str, [*row, len(joint.findings)]))} |")
    for finding in joint.findings:
        print(finding)
    return len(alone.findings) + len(joint.findings)


def in_seconds(report: AuditReport) -> str:
    return f"{report.seconds:.1f} s"


def seconds_in_the_gate(home: Path, quarter: str, releases: Path) -> float:
    """Processor time of the gate while the cells of every notebook run here."""
    spent = 0.0

    def timed(method):
        def call(*arguments, **named):
            nonlocal spent
            began = time.process_time()
            try:
                return method(*arguments, **named)
            finally:
                spent += time.process_time() - began

        return call

    Gate.release, Gate.first_safe = timed(Gate.release), timed(Gate.first_safe)
    os.chdir(home / "notebooks")
    for path in sorted(Path.cwd().glob("*.ipynb")):
        names: dict = {}
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "code":
                with contextlib.redirect_stdout(io.StringIO()):
                    exec(compile(cell.source, path.name, "exec"), names)
            if "parameters" in cell.metadata.get("tags", ()):
                names |= {"period": quarter, "releases": str(releases)}
    return spent


def print_hidden(packs: Path, quarter: str) -> None:
    """For each page the measures with hidden rows, how many of how many, and why."""
    told = json.loads((packs / "restricted" / quarter / "signoff.json").read_text(encoding="utf-8"))
    print(f"\n{quarter}")
    for page in told["pages"]:
        rows = Counter(record["title"] for record in page["records"])
        hidden = [record for record in page["records"] if record["what_done"] in ("hidden", "withheld")]
        print(f"  {page['notebook']}: {len(hidden)} of {len(page['records'])} rows")
        for title, count in Counter(record["title"] for record in hidden).items():
            why = Counter(record["reason"] for record in hidden if record["title"] == title)
            print(f"    {title}: {count} of {rows[title]} ({', '.join(f'{n} {reason}' for reason, n in why.items())})")


if __name__ == "__main__":
    main()
