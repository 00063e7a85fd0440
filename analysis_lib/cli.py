"""The command `panelpack`: parses, calls, prints and chooses the exit code; the work is elsewhere.

Exit codes: 0, everything asked for was made; 1, something was not made, or `--strict` met a data error;
2, wrong usage. The heavy libraries are imported inside the verbs, so that help is quick.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TextIO

import typer
import typer.core

import analysis_lib
from analysis_lib.errors import PanelpackError, UsageError

_NO_KERNELS_HERE = ("--help", "--dry-run", "--scheduler")
STOPPED = "Stopped. Packs that were not finished have not changed."


class Verbs(typer.core.TyperGroup):
    """The verbs. Typer would end a process that is interrupted without a word."""

    def invoke(self, ctx):
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise PanelpackError(STOPPED) from None


app = typer.Typer(
    name="panelpack",
    cls=Verbs,
    help="Reproducible analysis packs for an English council's children's services.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,  # its tracebacks print local variables, which may hold children's rows
)

MOST_JOBS = 4  # more notebooks at once than this wait for one another's disk and memory


class Edition(StrEnum):
    public = "public"
    restricted = "restricted"


Data = Annotated[
    Path | None, typer.Option("--data", metavar="DIR", help="Folder of returns; default: the one in authority.toml.")
]

Releases = Annotated[
    Path | None,
    typer.Option("--releases", metavar="DIR", help="Register of signed-off packs; default: the one in authority.toml."),
]

Whose = Annotated[
    Path | None,
    typer.Option(
        "--authority",
        metavar="DIR",
        help="Folder of one authority of a region, by its own authority.toml; default: ours.",
    ),
]

Strict = Annotated[
    bool, typer.Option("--strict", help="Exit with 1 when there is an error in the data, not only warnings.")
]


def main() -> None:
    """Run the command; a mistake that the user can mend prints one message and no traceback."""
    signal.signal(signal.SIGTERM, _interrupt)  # how a scheduler or a system that shuts down ends a run
    try:
        if _stands(sys.argv[1:]):
            sys.exit(0)
        with _kernels_get_ready(sys.argv[1:]):
            app()
    except PanelpackError as error:
        _complain(str(error))
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        _complain(STOPPED)
        sys.exit(1)
    except BrokenPipeError:  # the reader of our output, such as `head`, has gone
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)


def _interrupt(*_) -> None:
    """What Ctrl-C does."""
    raise KeyboardInterrupt


def _stands(words: list[str]) -> bool:
    """Whether this very run was made before and nothing has changed since; then that is said, and the run is over.

    What reads commands and data takes longer to import than this does.
    """
    if words[:1] != ["run"]:
        return False
    from analysis_lib.pack import last_run
    from analysis_lib.pack.progress import EventProgress, log_of_a_run

    found = last_run.unchanged(words)
    if found is None:
        return False
    with log_of_a_run(found.output) as log:
        log.event("done", **found.told)
    if "--json" in words:
        EventProgress(sys.stdout).event("done", **found.told)
        return True
    print("\n".join(found.told["notes"]), end="\n" if found.told["notes"] else "")
    for folder in found.told["unchanged"]:
        _print_unchanged(Path(folder))
    return True


@contextmanager
def _kernels_get_ready(words: list[str]) -> Iterator[None]:
    """Lets what forks kernels import its libraries while this process imports its own. A run that finds nothing to make, or
    that something is wrong, stops it again."""
    if words[:1] != ["run"] or any(word.startswith(_NO_KERNELS_HERE) for word in words):
        yield
        return
    from analysis_lib.pack import warm

    with warm.kept():
        warm.get_ready()
        yield


def _complain(message: str) -> None:
    print(message, file=sys.stderr)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"panelpack {analysis_lib.__version__}")
        raise typer.Exit


@app.callback()
def panelpack(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


@app.command(epilog="Example: panelpack run --period 2020-21-Q4 --period 2021-22-Q1")
def run(
    period: Annotated[
        list[str] | None,
        typer.Option("--period", "-p", metavar="P", help="Reporting period, such as 2021-22-Q2; may be repeated."),
    ] = None,
    notebook: Annotated[
        list[str] | None,
        typer.Option("--notebook", "-n", metavar="N", help="Only this notebook, such as demand; may be repeated."),
    ] = None,
    edition: Annotated[
        Edition, typer.Option(help="public hides small numbers; restricted is exact, for the people entitled to it.")
    ] = Edition.public,
    data: Data = None,
    releases: Releases = None,
    output: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Where packs go; default: outputs, for a region a folder of its name there."),
    ] = None,
    jobs: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Notebooks at work at once; default: cores, at most 4.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Make every page again, changed or not.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say which pages would be made and why, and make none.")
    ] = False,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="A parameter of the notebooks that have it; may be repeated."),
    ] = None,
    shard: Annotated[
        str,
        typer.Option(metavar="I/N", help="Only every N-th pack from the I-th on: for array jobs that share the work."),
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print events as JSON, one a line, for a program.")] = False,
    region: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Folder of a region: the packs of every authority in it, and a page of them all."
        ),
    ] = None,
    authority_in: Whose = None,
    scheduler: Annotated[
        str,
        typer.Option(
            metavar="ADDRESS", help="Let the workers of a Dask cluster make the packs, such as tcp://10.0.0.1:8786."
        ),
    ] = "",
    strict: Strict = False,
    pdf: Annotated[
        bool, typer.Option("--pdf", help="Print each pack as one PDF too, by a Chromium browser that is installed.")
    ] = False,
) -> None:
    """Make the packs: check and prepare the data, run the notebooks that have changed, write pages, tables, index, manifest."""
    from rich.console import Console

    from analysis_lib.pack.build import Request, build_packs, steps_of, what_is_read
    from analysis_lib.pack.last_run import Note
    from analysis_lib.pack.progress import EventProgress, Several, log_of_a_run, progress_for

    authority = _authority(authority_in)
    asked = Request(
        periods=period or [authority.default_period],
        notebooks=notebook or [],
        parameters=dict(_setting(each) for each in set_ or []),
        edition=edition.value,
        data=data,
        releases=_existing(releases),
        output=output or authority.home / "outputs" / (region.resolve().name if region else ""),
        force=force,
        shard=shard,
    )
    shown = EventProgress(sys.stdout) if as_json else progress_for(Console())
    if region is not None:
        if authority_in is not None:
            raise UsageError(
                "--region makes the packs of every authority in it, --authority those of one: give one of them."
            )
        told = {"dry_run": dry_run, "as_json": as_json, "strict": strict, "pdf": pdf}
        _run_region(authority, region, asked, shown, jobs=jobs, scheduler=scheduler, **told)
        return
    if dry_run:
        _print_steps(steps_of(authority, asked), as_json)
        return
    with log_of_a_run(asked.output) as log, shown as waiting:
        heard = Several(waiting, log)
        if scheduler:
            from analysis_lib.pack.cluster import build_packs_on

            outcome = build_packs_on(scheduler, authority, asked, jobs=jobs or 0, progress=heard)
        else:
            is_plain = sys.argv[1:2] == ["run"] and not (force or pdf or strict)
            note = Note(sys.argv[1:], what_is_read(authority, asked), asked.output, asked.edition) if is_plain else None
            outcome = build_packs(authority, asked, jobs=jobs or _most_jobs(), progress=heard, note=note)
        log.event("done", **outcome.told())
        if as_json:
            shown.event("done", **outcome.told())
    if not as_json:
        _print_outcome(outcome)
    unprinted = _print_packs(authority, outcome.packs, sys.stderr if as_json else sys.stdout) if pdf else []
    _end(outcome, unprinted, strict=strict)


def _end(outcome, unprinted: list[str], *, strict: bool) -> None:
    """End a run with exit code 1 where something was not made, or `--strict` met an error."""
    if not outcome.all_made:
        _complain("\n".join(["Not made:", *(f"  {each}" for each in outcome.not_made)]))
        raise typer.Exit(1)
    if strict and outcome.data_errors:
        _complain(f"The returns have {outcome.data_errors:,} errors (--strict). `panelpack check` lists them.")
        raise typer.Exit(1)
    if unprinted:
        _complain("\n".join(unprinted))
        raise typer.Exit(1)


def _most_jobs() -> int:
    return min(os.cpu_count() or 1, MOST_JOBS)


def _run_region(project, region: Path, asked, shown, *, jobs, scheduler, dry_run, as_json, strict, pdf) -> None:
    """Make the packs of every authority of a region, and the page of them all."""
    from analysis_lib.authority import within
    from analysis_lib.pack.region import build_region, region_steps

    if dry_run:
        _print_region_steps(region_steps(project, region, asked), as_json)
        return
    with shown as waiting:
        if scheduler:
            from analysis_lib.pack.cluster import build_region_on

            outcome = build_region_on(scheduler, project, region, asked, jobs=jobs or 0, progress=waiting)
        else:
            outcome = build_region(project, region, asked, jobs=jobs or _most_jobs(), progress=waiting)
        if as_json:
            shown.event("done", **outcome.told())
    if not as_json:
        for each in outcome.outcomes.values():
            _print_outcome(each)
        if outcome.index is not None:
            print(f"All authorities: {_shown(outcome.index)}")
    unprinted = []
    if pdf:
        for name, each in outcome.outcomes.items():
            told = sys.stderr if as_json else sys.stdout
            unprinted += _print_packs(within(project, region / name), each.packs, told)
    _end(outcome, unprinted, strict=strict)


def _print_region_steps(region_steps, as_json: bool) -> None:
    """Print what a run for a region would do; exit code 1 where something stops an authority."""
    import json

    stopped = False
    for name, steps in region_steps:
        if isinstance(steps, PanelpackError):
            stopped = True
            said = " ".join(str(steps).split())
            print(json.dumps({"authority": name, "stopped": said}) if as_json else f"{name}: cannot be made: {said}")
        else:
            _print_steps(steps, as_json)
    if stopped:
        raise typer.Exit(1)


def _print_packs(authority, folders: list[Path], told: TextIO) -> list[str]:
    """Print each pack to PDF; gives what stopped those that could not be, each reason once."""
    from analysis_lib.pack.manifest import read_manifest
    from analysis_lib.pack.paper import print_pack
    from analysis_lib.periods import Period

    reasons = {}
    for folder in folders:
        try:
            period = Period.parse(read_manifest(folder)["period"])
            print(f"On paper: {_shown(print_pack(folder, authority.home, authority.as_at(period)))}", file=told)
        except PanelpackError as error:
            reasons[str(error)] = None
    return list(reasons)


def _setting(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (equals and name.isidentifier()):
        raise UsageError(f"--set takes NAME=VALUE, such as months=24; {text!r} is none.")
    return name, value


def _print_steps(steps, as_json: bool) -> None:
    import json

    if as_json:
        for step in steps:
            task = {"notebook": step.task.notebook.name, "period": step.task.period.code, "edition": step.task.edition}
            task |= {"authority": step.task.whose} if step.task.whose else {}
            print(json.dumps({**task, "make": bool(step.why), "why": step.why, "obstacle": step.obstacle}))
        return
    for step in steps:
        if step.obstacle:
            print(f"{step.task}: cannot be made: {step.obstacle}.")
        else:
            print(f"{step.task}: {f'to make ({step.why})' if step.why else 'as it stands'}")


def _print_outcome(outcome) -> None:
    for note in outcome.notes:
        print(note)
    for folder in outcome.published:
        print(f"Look at {_shown(folder / 'index.html')}")
    for folder in outcome.unchanged:
        _print_unchanged(folder)
    for page in outcome.to_decide:
        print(f"Before it is published: {_shown(page)} (restricted)")


def _print_unchanged(folder: Path) -> None:
    print(f"Nothing has changed: {_shown(folder / 'index.html')}")


@app.command(epilog="Example: panelpack check --data ~/returns --report problems.csv")
def check(
    data: Data = None,
    report: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Where to write every problem as CSV; default: outputs/restricted/problems.csv."
        ),
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Show each problem, not only each rule with its first lines.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print every problem as JSON.")] = False,
    strict: Strict = False,
) -> None:
    """List every problem in the raw data: file, line, column, what was expected and what to do.

    A folder that holds a folder with an authority.toml for each of several authorities is checked one after the other.
    """
    import pandas as pd

    from analysis_lib.authority import read_authority
    from analysis_lib.errors import DataError
    from analysis_lib.pack import problems as listing
    from analysis_lib.pack.store import open_store
    from analysis_lib.sources.region import authorities_in

    authority = read_authority()
    returns = data or authority.returns
    unusable = None
    if authorities_in(returns):
        problems, unusable = listing.of_region(returns, authority)
    else:
        try:
            folder = open_store(authority, returns).folder
            problems = pd.read_parquet(folder / "problems.parquet")
            if not as_json:
                print("\n".join(listing.what_was_read(pd.read_parquet(folder / "rows_read.parquet"))))
        except DataError as error:  # nothing can be used: the problems are listed all the same
            unusable, problems = error, listing.as_frame(error.problems)
    place = listing.write(problems, report, authority.home / "outputs")
    if as_json:
        print(listing.to_json(problems))
    else:
        _print_problems(problems, everything)
        print(f"Look at {_shown(place)}")
    if unusable is not None:
        raise unusable
    if strict and (problems["severity"] == "error").any():
        raise typer.Exit(1)


def _print_problems(problems, everything: bool) -> None:
    from analysis_lib.pack import problems as listing

    if problems.empty:
        print("No problems found.")
        return
    if everything:
        rows = listing.in_order(problems).drop(columns="table").astype(str)
        _print_table([column.capitalize() for column in rows], rows.to_numpy().tolist())
    elif sys.stdout.isatty():
        rows = [
            [kind.severity, f"{kind.count:,}", kind.column, kind.expected, _places(kind), kind.advice]
            for kind in listing.by_kind(problems)
        ]
        _print_table(["Severity", "How many", "Column", "Expected", "First lines", "What to do"], rows)
    else:
        rows = [
            [kind.severity, f"{count}", file, kind.column, _lines(count, lines), kind.expected, kind.advice]
            for kind in listing.by_kind(problems)
            for file, count, lines in kind.places
        ]
        _print_table(["Severity", "How many", "File", "Column", "First lines", "Expected", "What to do"], rows)
    print(listing.totals(problems))


MOST_FILES_SHOWN = 4


def _places(kind) -> str:
    """The files in which a rule is broken, with the first lines of each."""
    shown = [f"{file}: {_lines(count, lines)}" for file, count, lines in kind.places[:MOST_FILES_SHOWN]]
    more = len(kind.places) - MOST_FILES_SHOWN
    return "\n".join([*shown, f"and {more:,} more files"] if more > 0 else shown)


def _lines(count: int, lines) -> str:
    listed = ", ".join(str(line) if line else "whole file" for line in lines)
    return f"{listed}, ..." if count > len(lines) else listed


def _print_table(head: list[str], rows: list[list[str]]) -> None:
    """A table for a terminal; plain lines with tabs between the cells for anything else."""
    if not sys.stdout.isatty():
        for row in [head, *rows]:
            print("\t".join(row))
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*head, show_lines=True)
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    Console().print(table)


@app.command(epilog="Example: panelpack audit outputs/2021-22-Q2")
def audit(
    pack: Annotated[Path, typer.Argument(metavar="PACK", help="Folder of a finished pack.")],
    data: Data = None,
    releases: Releases = None,
    authority_in: Whose = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Attack a finished pack from its printed pages and tables alone, and check it against its manifest.

    Exit code 1 when anything is found: such a pack must not be published. What is found is named by its place, without
    the value.
    """
    import json

    from analysis_lib.disclosure.register import read_register
    from analysis_lib.pack.audit import audit_of

    authority = _authority(authority_in)
    register = None if releases is None else read_register(_existing(releases))
    report = audit_of(authority, pack, returns=data, register=register)
    print(json.dumps(report.to_dict(), indent=1) if as_json else "\n".join(report.lines()))
    if not report.is_sound:
        raise typer.Exit(1)


@app.command(epilog="Example: panelpack verify outputs/2021-22-Q2")
def verify(
    pack: Annotated[Path, typer.Argument(metavar="PACK", help="Folder of a finished pack.")],
    data: Data = None,
    releases: Releases = None,
    authority_in: Whose = None,
    jobs: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Notebooks at work at once; default: cores, at most 4.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Make a pack again from today's inputs, as its manifest says, and say whether it comes out the same; if not, what and why.

    The bytes are compared; where packages have other versions than then, the printed figures. The pack and its folder are
    not touched. Exit code 1 when it does not come out the same.
    """
    import json

    from rich.console import Console

    from analysis_lib.pack import verify as verifying
    from analysis_lib.pack.progress import progress_for

    with progress_for(Console(stderr=True)) as waiting:
        result = verifying.verify(
            _authority(authority_in),
            pack,
            progress=waiting,
            data=data,
            releases=_existing(releases),
            jobs=jobs or _most_jobs(),
        )
    print(json.dumps(result.to_dict(), indent=1, ensure_ascii=False) if as_json else "\n".join(result.lines()))
    if not result.same:
        raise typer.Exit(1)


@app.command(
    epilog="Example: panelpack synthetic --output trial --seed 7 --children 1200. About a million episodes, for "
    "benchmarks: panelpack synthetic --output region --authorities 10 --children 20000 (docs/synthetic.md says how long)."
)
def synthetic(
    output: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Folder for the returns, new or of synthetic ones; default: data/raw/synthetic."
        ),
    ] = None,
    seed: Annotated[int | None, typer.Option(metavar="N", help="Another seed makes another set of children.")] = None,
    children: Annotated[int | None, typer.Option(min=1, metavar="N", help="About how many children.")] = None,
    authorities: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="How many authorities, each in a folder of its own.")
    ] = None,
    jobs: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="How many authorities at a time; default: one.")
    ] = None,
) -> None:
    """Make synthetic returns in the real formats; without options, the demonstration authority's, byte for byte."""
    from analysis_lib.authority import find_home
    from analysis_lib.synthetic import generate

    output = output or find_home() / "data" / "raw" / "synthetic"
    ours = (output / "source.toml").is_file() or (output / "authority-001" / "source.toml").is_file()
    if output.is_dir() and any(output.iterdir()) and not ours:
        raise UsageError(f"{output} holds something that is not synthetic returns. Give a new folder with --output.")
    asked = {"seed": seed, "children": children, "authorities": authorities, "jobs": jobs}
    generate(output, **{name: value for name, value in asked.items() if value is not None})
    print(f"Look at {_shown(output)}")


@app.command(epilog="Example: panelpack template youth_offending --output returns/")
def template(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Which extract; an unknown name lists them.")],
    output: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Folder for the two files; default: data/raw/templates, which git ignores."),
    ] = None,
) -> None:
    """Write an empty CSV for a local extract, and its data dictionary."""
    from analysis_lib.authority import find_home
    from analysis_lib.sources.tables import templates

    output = output or find_home() / "data" / "raw" / "templates"

    if name not in templates.TEMPLATES:
        raise UsageError(f"There is no template {name!r}. Templates: {', '.join(templates.TEMPLATES)}.")
    csv_text, dictionary_text = templates.template(name)
    files = {output / f"{name}.csv": csv_text, output / f"{name}_dictionary.md": dictionary_text}
    standing = [path for path in files if path.exists()]
    if standing:
        raise UsageError(f"{standing[0]} is there already and is not overwritten. Move it or give another --output.")
    for path, text in files.items():
        _save(path, text)
        print(f"Look at {_shown(path)}")


@app.command(epilog='Example: panelpack who yos_caseload_by --period 2021-22-Q2 --group "sex=Female"')
def who(
    measure: Annotated[
        str, typer.Argument(metavar="MEASURE", help="Name of a measure, such as looked_after; --list lists them.")
    ] = "",
    period: Annotated[
        str, typer.Option("--period", "-p", metavar="P", help="Reporting period, such as 2021-22-Q2.")
    ] = "",
    census: Annotated[str, typer.Option(metavar="DATE", help="A day, such as 2021-09-30, for a number on a day.")] = "",
    group: Annotated[
        list[str] | None, typer.Option("--group", "-g", metavar="COLUMN=VALUE", help="Which number; may be repeated.")
    ] = None,
    denominator: Annotated[bool, typer.Option("--denominator", help="The children of the base instead.")] = False,
    data: Data = None,
    to_file: Annotated[bool, typer.Option("--csv", help="Write the list below outputs/restricted/who.")] = False,
    output: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the list to this CSV file.")] = None,
    list_measures: Annotated[bool, typer.Option("--list", help="List the measures, and stop.")] = False,
) -> None:
    """List the children behind a number, by the council's own identifiers. Restricted: every use is logged."""
    from analysis_lib.authority import read_authority
    from analysis_lib.who import children_behind
    from analysis_lib.who.keep import file_name, log, save

    if list_measures or not measure:
        _print_measures()
        return
    authority = read_authority()
    found = children_behind(
        authority,
        measure,
        period=period,
        census=census,
        groups=_groups(group or []),
        side="denominator" if denominator else "",
        data=str(data.resolve()) if data else "",
    )
    restricted = authority.home / "outputs" / "restricted"
    logged = log(restricted, found, period=period, census=census)
    print("\n".join(["RESTRICTED. For those entitled to it only.", *found.lines(), f"Logged in {_shown(logged)}"]))
    if output is not None or to_file:
        place = output or restricted / "who" / file_name(found, period, census)
        print(f"Look at {_shown(save(place, found, authority.home))}")
    else:
        _print_children(found.children)
    if not found.agrees:
        raise typer.Exit(1)


def _groups(asked: list[str]) -> dict[str, str]:
    for each in asked:
        if "=" not in each:
            raise UsageError(f"{each!r} is no group. Write column=value, such as --group sex=Female.")
    return dict(each.split("=", 1) for each in asked)


def _print_measures() -> None:
    from analysis_lib.metrics.facts import every_measure
    from analysis_lib.who.measures import NAMED, NOT_NAMED

    for name, measure in every_measure().items():
        if name in NAMED:
            print(f"{name}: {measure.title}")
    print("These cannot name children:")
    for name, reason in NOT_NAMED.items():
        print(f"  {name}: {reason}")


def _print_children(children) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    rows = children.astype(str).to_numpy().tolist()
    if not sys.stdout.isatty():
        print("\n".join("\t".join(row) for row in [list(children.columns), *rows]))
        return
    table = Table(*(column.capitalize() for column in children.columns))
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    Console().print(table)


@app.command(
    epilog='Example: panelpack signoff outputs/2021-22-Q2 --by "Head of Performance" --note "Seen by the board."'
)
def signoff(
    pack: Annotated[Path, typer.Argument(metavar="PACK", help="Folder of a pack, such as outputs/2021-22-Q2.")],
    by: Annotated[str, typer.Option("--by", metavar="ROLE", help="Role of the person who decided; no name.")],
    note: Annotated[str, typer.Option(metavar="TEXT", help="What the decision rests on; no names, no figures.")] = "",
    on: Annotated[
        str, typer.Option(metavar="DATE", help="Day of the decision, such as 2021-11-30; default: today.")
    ] = "",
    replace: Annotated[
        bool, typer.Option("--replace", help="Let the pack take the place of one that was signed off for its period.")
    ] = False,
    data: Data = None,
    releases: Releases = None,
    authority_in: Whose = None,
) -> None:
    """Record the decision to publish a pack: audit it, add its figures to the register, mark it in the index."""
    import datetime as dt

    from analysis_lib.pack.signoff import sign_off

    authority = _authority(authority_in)
    releases = _existing(releases) or authority.releases
    signed = sign_off(
        authority,
        pack,
        by=by,
        on=on or dt.datetime.now().astimezone().date().isoformat(),
        note=note,
        releases=releases,
        replacing=replace,
        returns=data,
    )
    before = "was signed off before" if signed.was_signed_before else "is signed off"
    print(f"{signed.period} {before}, by {signed.sign_off.by} on {signed.sign_off.on}.")
    if not signed.was_signed_before:
        print(f"{signed.figures:,} figures entered {_shown(releases)}; commit that folder.")
    print(f"Look at {_shown(pack.resolve().parent / 'index.html')}")


@app.command("list", epilog="Example: panelpack list")
def list_() -> None:
    """List the notebooks with their questions, and the periods that the data can serve."""
    from analysis_lib.authority import read_authority
    from analysis_lib.pack.plan import notebook_files, read_notebook
    from analysis_lib.pack.store import open_store, periods_served

    authority = read_authority()
    notebooks = [read_notebook(path) for path in notebook_files(authority.home / "notebooks")]
    store = open_store(authority, authority.returns)
    for notebook in notebooks:
        print(f"{notebook.name}: {notebook.title}")
        if store.absent(notebook):
            print(f"  cannot be run: {store.absent(notebook)}")
        else:
            print(f"  for {periods_served(store, notebook)}")


@app.command(epilog="Example: panelpack lab")
def lab() -> None:
    """Open the notebooks in JupyterLab."""
    import importlib.util
    import subprocess

    from analysis_lib.authority import find_home

    if importlib.util.find_spec("jupyterlab") is None:
        raise PanelpackError("JupyterLab is not installed. Install it with: pip install -c constraints.txt -e '.[lab]'")
    # This environment's kernel, before one of the same name that the user registered.
    environment = {**os.environ, "JUPYTER_PREFER_ENV_PATH": "1"}
    done = subprocess.run([sys.executable, "-m", "jupyterlab"], cwd=find_home() / "notebooks", env=environment)
    raise typer.Exit(min(done.returncode, 1))


def _authority(folder: Path | None):
    """The project's own authority, or that of a region which --authority names."""
    from analysis_lib.authority import FILE_NAME, read_authority, within

    project = read_authority()
    if folder is None:
        return project
    if not (folder / FILE_NAME).is_file():
        raise UsageError(f"There is no {FILE_NAME} in {folder}. Name the folder of one authority of a region.")
    return within(project, folder)


def _existing(releases: Path | None) -> Path | None:
    """The folder that --releases names: a mistyped one would be a register in which nothing was ever published."""
    if releases is not None and not releases.is_dir():
        raise UsageError(
            f"There is no folder {releases}. For a register in which nothing is signed off yet, make it first."
        )
    return releases


def _save(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise PanelpackError(f"{path} cannot be written: {error.strerror}.") from None


def _shown(path: Path) -> str:
    """A path as a person would type it from here."""
    path = path.absolute()
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
