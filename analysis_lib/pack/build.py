"""The main job: check, prepare, run, export, publish, index."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import nbformat

import analysis_lib
from analysis_lib.authority import Authority
from analysis_lib.disclosure.record import Attack
from analysis_lib.disclosure.register import Register, read_register
from analysis_lib.errors import PanelpackError, UsageError
from analysis_lib.pack import decision, warm
from analysis_lib.pack import manifest as manifests
from analysis_lib.pack.audit import AuditReport, audit_of
from analysis_lib.pack.export import Page, Provenance, export
from analysis_lib.pack.index import INDEX, pack_index, write_all_packs_index
from analysis_lib.pack.plan import Notebook, PackPlan, Task, plan_packs
from analysis_lib.pack.publish import (
    forget_failed,
    keep_failed,
    new_folder,
    open_output,
    pack_folder,
    publish,
)
from analysis_lib.pack.run import Failure, Progress, execute, run_all
from analysis_lib.pack.store import Store, open_store, periods_served

MOST_FINDINGS = 10  # of an audit that a run shows; `panelpack audit` shows all


@dataclass
class Outcome:
    """What a run made: the pack folders published, the pages for those who decide on public packs, what was not made and
    why, what else the user should know, and how many errors the returns have."""

    published: list[Path] = field(default_factory=list)
    to_decide: list[Path] = field(default_factory=list)
    not_made: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    data_errors: int = 0

    @property
    def all_made(self) -> bool:
        return not self.not_made


@dataclass(frozen=True)
class _Run:
    """What the packs of one run share. `register` is empty where a pack does not depend on what was published before."""

    authority: Authority
    data: str
    releases: Path
    register: Register
    output: Path
    jobs: int
    progress: Progress
    outcome: Outcome


def build_packs(
    authority: Authority,
    *,
    periods: Sequence[str],
    notebooks: Sequence[str] = (),
    edition: str = "public",
    data: Path | None = None,
    releases: Path | None = None,
    output: Path,
    jobs: int,
    progress: Progress,
) -> Outcome:
    """Make the packs of `periods` in `output`.

    Parameters
    ----------
    notebooks : names; empty for all
    data : folder of returns; None for the one that `authority.toml` names
    releases : folder of the register of what was published; None for the one that `authority.toml` names
    jobs : how many notebooks work at once

    Returns
    -------
    Outcome
        A page that fails, or whose returns are absent, is reported there; the others are made.

    Raises
    ------
    PanelpackError
        For a wrong request, unusable data, a damaged register, or a period after the data ends: before anything is
        written.
    """
    plans = plan_packs(authority.home / "notebooks", periods=periods, notebooks=notebooks, edition=edition)
    releases = releases or authority.releases
    register = read_register(releases) if edition == "public" else Register()  # exact figures hide nothing from anybody
    progress.say("Checking and preparing the data")
    stores = [open_store(authority, data or authority.returns, plan.period) for plan in plans]
    for plan, store in zip(plans, stores, strict=True):
        refuse_unserved(plan, store)
        register.only_of(authority.area.code, synthetic=store.is_synthetic)
    outcome = Outcome(
        notes=list(dict.fromkeys(note for store in stores for note in _data_notes(store, data))),
        data_errors=max(store.problems.get("error", 0) for store in stores),
    )
    folder = str(data.resolve()) if data else ""
    run = _Run(authority, folder, releases.resolve(), register, output, jobs, progress, outcome)
    try:
        with open_output(output):
            for plan, store in zip(plans, stores, strict=True):
                _build_pack(run, store, plan)
            write_all_packs_index(output, edition, register)
        outcome.notes.extend(filter(None, [warm.note()]))
    finally:
        warm.stop()
    return outcome


def refuse_unserved(plan: PackPlan, store: Store) -> None:
    """Raise `UsageError` for a period outside the extracts of every notebook whose returns are there."""
    supplied = [notebook for notebook in plan.notebooks if not store.absent(notebook)]
    reasons = [store.unserved(notebook, plan.period) for notebook in supplied]
    if reasons and all(reasons):
        served = periods_served(store, supplied[0])
        raise UsageError(f"The data cannot serve {plan.period.code}: {reasons[0]}. They can serve {served}.")


def _data_notes(store: Store, data: Path | None) -> list[str]:
    errors, warnings = (store.problems.get(severity, 0) for severity in ("error", "warning"))
    if not errors and not warnings:
        return []
    command = "panelpack check" if data is None else f"panelpack check --data {data}"
    return [f"Data problems: {errors:,} errors, {warnings:,} warnings. `{command}` lists them."]


def _build_pack(run: _Run, store: Store, plan: PackPlan) -> None:
    authority, output, outcome = run.authority, run.output, run.outcome
    register = run.register.without(plan.period.code)
    common = manifests.common_hash(authority, store, plan, register)
    hashes = {
        notebook.name: manifests.page_hash(common, Task(notebook, plan.period, plan.edition)) for notebook in plan.known
    }
    obstacles = {notebook.name: store.obstacle(notebook, plan.period) for notebook in plan.notebooks}
    tasks = [task for task in plan.tasks if not obstacles[task.notebook.name]]

    def make(task: Task) -> Page:
        executed = execute(task, data=run.data, releases=str(run.releases), progress=run.progress)
        about = Provenance(authority.name, analysis_lib.__version__, hashes[task.notebook.name])
        return export(executed, task, about)

    made, failures = run_all(tasks, make, jobs=run.jobs, progress=run.progress)
    _keep_evidence(output, made, failures, outcome)
    _say_what_is_not_made(store, plan, obstacles, outcome, is_anything_made=bool(tasks))

    new = new_folder(output, plan.period.code, plan.edition)
    entries = [_write_page(new, page, hashes[task.notebook.name]) for task, page in made.items()]
    earlier = _Earlier(pack_folder(output, plan.period.code, plan.edition), hashes)
    done = {entry["notebook"] for entry in entries}
    kept = [earlier.copy(entry, new) for entry in earlier.still_true() if entry["notebook"] not in done]
    if not entries:
        return
    pages = _in_order(plan, entries + kept)
    missing = [notebook for notebook in plan.known if notebook.name not in {page["notebook"] for page in pages}]
    failed = {failure.task.notebook.name for failure in failures}
    would_lose = [notebook.name for notebook in missing if notebook.name in failed & earlier.names]
    if would_lose:
        outcome.notes.append(
            f"{plan.period.code}: the earlier pack stays as it was, since a new one would lack {', '.join(would_lose)}."
        )
        return
    for notebook in missing:
        if notebook.name in earlier.names and notebook.name not in obstacles:
            outcome.notes.append(
                f"{plan.period.code}: the earlier page {notebook.name} was made from other data or code, "
                f"so it was taken out; `panelpack run --period {plan.period.code}` makes it again."
            )
    not_made = [
        _missing_entry(notebook, plan, obstacles.get(notebook.name, ""), notebook.name in failed)
        for notebook in missing
    ]
    _write_index_and_manifest(run, store, plan, new, pages, not_made)
    if plan.edition == "public" and read_register(run.releases) != run.register:
        raise PanelpackError(f"A pack was signed off while {plan.period.code} was being made. Run it again.")
    returns = Path(run.data) if run.data else None
    report = audit_of(authority, new, returns=returns, register=run.register, is_published=False)
    if not report.is_sound:
        outcome.not_made.append(_refused(plan, report))
        return
    folder = publish(new, output, plan.period.code, plan.edition)
    outcome.published.append(folder)
    if plan.edition == "public":
        records = {task.notebook.name: page.records for task, page in made.items()}
        outcome.to_decide.append(
            decision.write(output, folder, records, authority.disclosure, _attack(report, register))
        )


def _attack(report: AuditReport, register: Register) -> Attack:
    """What the person who decides is told of the attack."""
    packs = tuple(entry.period for entry in register.entries)
    largest, _ = report.effort.largest
    return Attack(report.figures, packs, report.elsewhere, report.effort.programs, largest)


def _refused(plan: PackPlan, report: AuditReport) -> str:
    """Why the audit keeps a pack from being published: the first findings, and how many there are."""
    shown = [f"    {finding}" for finding in report.findings[:MOST_FINDINGS]]
    more = len(report.findings) - MOST_FINDINGS
    count = f"{len(report.findings):,} thing{'' if len(report.findings) == 1 else 's'}"
    head = f"{plan.period.code}: its audit found {count}, so nothing of it was published; an earlier pack stands as it was."
    return "\n".join([head, *shown, *([f"    and {more:,} more"] if more > 0 else [])])


def _say_what_is_not_made(
    store: Store, plan: PackPlan, obstacles: dict[str, str], outcome: Outcome, *, is_anything_made: bool
) -> None:
    """A page whose returns are not in the folder was asked for when it was named; of "all of them" it is none."""
    all_that_can_be = plan.notebooks == plan.known and is_anything_made
    for notebook in plan.notebooks:
        if why := obstacles[notebook.name]:
            line = f"{notebook.name}, {plan.period.code}: {why}."
            left_out = all_that_can_be and store.lacking(notebook)
            (outcome.notes if left_out else outcome.not_made).append(f"Left out: {line}" if left_out else line)


def _keep_evidence(output: Path, made: dict[Task, Page], failures: list[Failure], outcome: Outcome) -> None:
    for task in made:
        forget_failed(output, task.period.code, task.notebook.name)
    for failure in failures:
        said = str(failure)
        if failure.evidence is not None:
            text = nbformat.writes(failure.evidence, version=nbformat.NO_CONVERT) + "\n"
            place = keep_failed(output, failure.task.period.code, failure.task.notebook.name, text)
            outcome.notes.append(f"The notebook as far as it came, for your eyes only: {place}")
        outcome.not_made.append(said)


def _write_page(folder: Path, page: Page, input_hash: str) -> dict:
    entry = manifests.page_entry(page, input_hash)
    _write(folder / entry["file"], page.html)
    for table in entry["tables"]:
        _write(folder / table["file"], page.tables[table["name"]][1])
    return entry


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")


class _Earlier:
    """The pack that stands now: a page of it may stay beside new ones only if it would come out the same again."""

    def __init__(self, folder: Path, hashes: dict[str, str]):
        self.folder, self.hashes = folder, hashes
        self.manifest = manifests.read_manifest(folder) or {"pages": [], "outputs": [], "versions": {}}

    @property
    def names(self) -> set[str]:
        return {page["notebook"] for page in self.manifest["pages"]}

    def still_true(self) -> list[dict]:
        """Pages whose inputs, code and package versions are those of today and whose files are as they were written."""
        if self.manifest["versions"] != manifests.versions():
            return []
        written = {output["path"]: output["sha256"] for output in self.manifest["outputs"]}
        return [
            page
            for page in self.manifest["pages"]
            if page["input_hash"] == self.hashes.get(page["notebook"])
            and all(manifests.sha256(self.folder / name) == written.get(name) for name in _files(page))
        ]

    def copy(self, page: dict, new: Path) -> dict:
        for name in _files(page):
            (new / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(self.folder / name, new / name)
        return page


def _files(page: dict) -> list[str]:
    return [page["file"], *(table["file"] for table in page["tables"])]


def _in_order(plan: PackPlan, pages: list[dict]) -> list[dict]:
    order = [notebook.name for notebook in plan.known]
    return sorted(pages, key=lambda page: order.index(page["notebook"]))


def _missing_entry(notebook: Notebook, plan: PackPlan, obstacle: str, failed: bool) -> dict:
    if obstacle:
        reason = f"was not made: {obstacle}."
    elif failed:
        reason = "could not be made."
    else:
        reason = "has not been made from these data yet."
    return {"notebook": notebook.name, "title": notebook.title, "reason": reason}


def _write_index_and_manifest(
    run: _Run, store: Store, plan: PackPlan, new: Path, pages: list[dict], not_made: list[dict]
) -> None:
    register = run.register.without(plan.period.code)
    content = manifests.manifest(run.authority, store, plan, register, pages=pages, not_made=not_made, outputs={})
    _write(new / INDEX, pack_index(content))
    outputs = {path.relative_to(new).as_posix(): manifests.sha256(path) for path in new.rglob("*") if path.is_file()}
    content = manifests.manifest(run.authority, store, plan, register, pages=pages, not_made=not_made, outputs=outputs)
    _write(new / manifests.NAME, manifests.to_json(content))
