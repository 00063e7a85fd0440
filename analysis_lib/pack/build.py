"""The main job: check, prepare, run what has changed, export, audit, publish, index."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from analysis_lib.authority import FILE_NAME, Authority
from analysis_lib.commentary import check_commentary, read_correction
from analysis_lib.disclosure.record import Attack
from analysis_lib.disclosure.register import Register, read_register
from analysis_lib.errors import PanelpackError, UsageError
from analysis_lib.pack import decision, results, warm
from analysis_lib.pack import manifest as manifests
from analysis_lib.pack.all_periods import write_all_packs_index
from analysis_lib.pack.index import INDEX, pack_index
from analysis_lib.pack.plan import Notebook, PackPlan, Task, plan_packs, shard
from analysis_lib.pack.publish import (
    forget_failed,
    keep_failed,
    new_folder,
    open_output,
    publish,
    said_in_words,
)
from analysis_lib.pack.standing import FORCED, Standing
from analysis_lib.pack.store import Store, open_store, periods_served

if TYPE_CHECKING:  # what makes and audits pages is imported when there is a page to make
    from analysis_lib.pack.audit import AuditReport
    from analysis_lib.pack.export import Page
    from analysis_lib.pack.last_run import Note
    from analysis_lib.pack.run import Failure, Made, Progress
    from analysis_lib.report.commentary import Correction

FAILED = "could not be made."  # what a manifest says of a notebook that failed
MOST_FINDINGS = 10  # of an audit that a run shows; `panelpack audit` shows all


@dataclass
class Outcome:
    """What a run made: the pack folders published, those in which nothing had changed, the pages for those who decide on
    public packs, what was not made and why, what else the user should know, and how many errors the returns have.

    `stays` are the notes that the next run has too when nothing changes.
    """

    published: list[Path] = field(default_factory=list)
    unchanged: list[Path] = field(default_factory=list)
    to_decide: list[Path] = field(default_factory=list)
    not_made: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    stays: list[str] = field(default_factory=list)
    data_errors: int = 0

    @property
    def all_made(self) -> bool:
        return not self.not_made

    @property
    def packs(self) -> list[Path]:
        """The folders of the packs that stand as they were asked for."""
        return [*self.published, *self.unchanged]

    def again(self) -> Outcome:
        """What the next run finds when nothing changes."""
        return Outcome(unchanged=self.packs, notes=self.stays, data_errors=self.data_errors)

    def told(self) -> dict:
        """What programs are told of it, and the log."""
        return {
            "published": [f"{folder}" for folder in self.published],
            "unchanged": [f"{folder}" for folder in self.unchanged],
            "to_decide": [f"{page}" for page in self.to_decide],
            "not_made": self.not_made,
            "notes": self.notes,
            "data_errors": self.data_errors,
        }


@dataclass(frozen=True)
class Request:
    """What a run is asked for.

    Parameters
    ----------
    periods : codes of reporting periods
    notebooks : names; empty for all
    parameters : of the notebooks, by name, as text
    data : folder of returns; None for the one that `authority.toml` names
    releases : folder of the register of what was published; None for the one that `authority.toml` names
    force : make every page, changed or not
    shard : "i/n" for every n-th pack from the i-th on; empty for all
    """

    periods: Sequence[str]
    output: Path
    notebooks: Sequence[str] = ()
    edition: str = "public"
    parameters: Mapping[str, str] = field(default_factory=dict)
    data: Path | None = None
    releases: Path | None = None
    force: bool = False
    shard: str = ""


@dataclass(frozen=True)
class _Run:
    """What the packs of one run share. `register` is empty where a pack does not depend on what was published before."""

    authority: Authority
    asked: Request
    register: Register
    packs: tuple[tuple[PackPlan, Store], ...]

    @property
    def output(self) -> Path:
        return self.asked.output

    @property
    def releases(self) -> Path:
        return (self.asked.releases or self.authority.releases).resolve()

    @property
    def data(self) -> str:
        return str(self.asked.data.resolve()) if self.asked.data else ""

    @property
    def folder(self) -> str:
        """That of the council's `authority.toml`; empty for the project's own."""
        return str(self.authority.folder) if self.authority.is_of_a_region else ""

    def commentary(self, plan: PackPlan) -> dict[str, str]:
        """The hashes of what people have written for a pack, by name. Raises `PanelpackError` for what may not be published."""
        return check_commentary(self.authority.commentary, plan.period, [notebook.name for notebook in plan.known])

    def correction(self, plan: PackPlan) -> Correction | None:
        """What a pack corrects, if anything. Raises `PanelpackError` when that is no pack that was signed off."""
        return read_correction(self.authority.commentary, plan.period, lambda: read_register(self.releases))


@dataclass(frozen=True)
class Step:
    """One page of a run: why it is made, or why it cannot be (`obstacle`); neither when it stands as it would be made."""

    task: Task
    why: str = ""
    obstacle: str = ""


class _Pack:
    """One pack of a run beside the one that stands: what has to be made, and what stays."""

    def __init__(self, run: _Run, plan: PackPlan, store: Store):
        self.plan, self.store = plan, store
        self.register = run.register.without(plan.period.code)
        self.written = run.commentary(plan)
        self.parts = manifests.key_parts(run.authority, store, self.register, self.written)
        common = manifests.common_hash(self.parts, plan)
        self.hashes = {
            notebook.name: manifests.page_hash(common, plan.task(notebook), self.written) for notebook in plan.known
        }
        self.obstacles = {notebook.name: store.obstacle(notebook, plan.period) for notebook in plan.notebooks}
        self.standing = Standing(run.output, plan, self.parts, self.hashes)
        self.steps = [self._step(task, run.asked.force) for task in plan.tasks]

    def _step(self, task: Task, force: bool) -> Step:
        if obstacle := self.obstacles[task.notebook.name]:
            return Step(task, obstacle=obstacle)
        return Step(task, why=FORCED if force else self.standing.why_again(task))

    @property
    def is_possible(self) -> bool:
        """Whether any page that was asked for can be made of the data."""
        return not all(self.obstacles.values())

    @property
    def to_make(self) -> list[Task]:
        return [step.task for step in self.steps if step.why]


def steps_of(authority: Authority, asked: Request) -> list[Step]:
    """What a run would do, page by page. The data are checked and prepared; nothing else is written.

    Raises as `build_packs` does.
    """
    run = _opened(authority, asked, say=lambda text: None)
    return [step for plan, store in run.packs for step in _Pack(run, plan, store).steps]


def what_is_read(authority: Authority, asked: Request) -> list[Path]:
    """The files and folders that a run may read, besides the library."""
    return [
        authority.card,
        authority.home / FILE_NAME,
        authority.home / "notebooks",
        asked.data or authority.returns,
        authority.published,
        asked.releases or authority.releases,
        authority.commentary,
        authority.key_file,
    ]


def periods_of(authority: Authority, asked: Request, *, say: Callable[[str], None]) -> list[str]:
    """The codes of the periods that a run makes packs of, once all that `build_packs` checks before it starts is in order and
    the data are prepared. Raises as `build_packs` does."""
    return [plan.period.code for plan, _ in _opened(authority, asked, say=say).packs]


def build_packs(
    authority: Authority, asked: Request, *, jobs: int, progress: Progress, note: Note | None = None
) -> Outcome:
    """Make the packs that are asked for; pages that would come out as they stand are not made again.

    `jobs` notebooks work at once; a pack is audited and published while the next one's notebooks work. `note` is kept for the
    next run when all were made.

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
    with said_in_words(asked.output):
        return _built(authority, asked, jobs, progress, note)


def _built(authority: Authority, asked: Request, jobs: int, progress: Progress, note: Note | None) -> Outcome:
    run = _opened(authority, asked, say=progress.say)
    stores = [store for _, store in run.packs]
    of_data = list(dict.fromkeys(said for store in stores for said in _data_notes(store, authority, asked.data)))
    outcome = Outcome(
        notes=list(of_data),
        stays=of_data,
        data_errors=max((store.problems.get("error", 0) for store in stores), default=0),
    )
    if not run.packs:
        outcome.notes.append(f"There is no pack for the shard {asked.shard}.")
        return outcome
    with open_output(asked.output, [(plan.period.code, plan.edition) for plan, _ in run.packs]):
        packs = [_Pack(run, plan, store) for plan, store in run.packs]
        with _at_work(run, packs, jobs, progress) as wait_for:
            for pack in packs:
                _finish(run, pack, *wait_for(pack.to_make), outcome)
            outcome.notes.extend(filter(None, [warm.note()]))
        if note is not None and outcome.all_made:
            note.packs_are_finished(pack.plan.period.code for pack in packs)
    index = write_all_packs_index(asked.output, asked.edition, run.register)
    if note is not None and outcome.all_made:
        order = [pack.standing.folder for pack in packs]
        again = outcome.again()
        again.unchanged.sort(key=order.index)
        note.keep(again.told(), index)
    return outcome


def _opened(authority: Authority, asked: Request, *, say: Callable[[str], None]) -> _Run:
    """Everything that is checked before anything starts."""
    folder = authority.home / "notebooks"
    plans = plan_packs(
        folder,
        periods=asked.periods,
        notebooks=asked.notebooks,
        edition=asked.edition,
        parameters=asked.parameters,
        whose=authority.folder.name if authority.is_of_a_region else "",
    )
    plans = shard(plans, asked.shard) if asked.shard else plans
    is_public = asked.edition == "public"  # exact figures hide nothing from anybody
    register = read_register(asked.releases or authority.releases) if is_public else Register()
    say("Checking and preparing the data")
    stores = [open_store(authority, asked.data or authority.returns, plan.period) for plan in plans]
    for plan, store in zip(plans, stores, strict=True):
        refuse_unserved(plan, store)
        register.only_of(authority.area.code, synthetic=store.is_synthetic)
    run = _Run(authority, asked, register, tuple(zip(plans, stores, strict=True)))
    for plan in plans:
        run.commentary(plan)
        run.correction(plan)
    return run


@contextmanager
def _at_work(
    run: _Run, packs: Sequence[_Pack], jobs: int, progress: Progress
) -> Iterator[Callable[[Sequence[Task]], Made]]:
    """The notebooks of all packs at work; see `run.at_work`. Where none has changed, nothing is started nor imported."""
    hashes = {task: pack.hashes[task.notebook.name] for pack in packs for task in pack.to_make}
    if not hashes:
        yield lambda tasks: ({}, [])
        return
    warm.get_ready()  # it imports for the notebooks while this process imports for itself
    from analysis_lib.pack import audit, make
    from analysis_lib.pack.run import at_work

    def page(task: Task) -> Page:
        return make.make_page(
            task,
            authority=run.authority.name,
            input_hash=hashes[task],
            data=run.data,
            releases=str(run.releases),
            folder=run.folder,
            progress=progress,
        )

    with warm.kept(), at_work(list(hashes), page, jobs=jobs, progress=progress) as wait_for:
        audit.get_ready(run.authority, run.asked.data)
        yield wait_for


def refuse_unserved(plan: PackPlan, store: Store) -> None:
    """Raise `UsageError` for a period outside the extracts of every notebook whose returns are there."""
    supplied = [notebook for notebook in plan.notebooks if not store.absent(notebook)]
    reasons = [store.unserved(notebook, plan.period) for notebook in supplied]
    if reasons and all(reasons):
        served = periods_served(store, supplied[0])
        raise UsageError(f"The data cannot serve {plan.period.code}: {reasons[0]}. They can serve {served}.")


def _data_notes(store: Store, authority: Authority, data: Path | None) -> list[str]:
    errors, warnings = (store.problems.get(severity, 0) for severity in ("error", "warning"))
    if not errors and not warnings:
        return []
    looked_in = authority.folder.parent if data is None and authority.is_of_a_region else data
    command = "panelpack check" if looked_in is None else f"panelpack check --data {looked_in}"
    return [f"Data problems: {errors:,} errors, {warnings:,} warnings. `{command}` lists them."]


def _finish(run: _Run, pack: _Pack, made: Mapping[Task, Page], failures: Sequence[Failure], outcome: Outcome) -> None:
    """Put the pages that were made and those that stay together, audit the pack and publish it."""
    plan, output, standing = pack.plan, run.output, pack.standing
    _keep_evidence(output, made, failures, outcome)
    _say_what_is_not_made(pack, outcome)
    if not pack.is_possible:
        return
    done = {task.notebook.name for task in made}
    kept = [page for name, page in standing.still_true().items() if name not in done]
    entries = [manifests.page_entry(page, pack.hashes[task.notebook.name]) for task, page in made.items()]
    pages = _in_order(plan, entries + kept)
    missing = [notebook for notebook in plan.known if notebook.name not in {page["notebook"] for page in pages}]
    failed = {failure.task.notebook.name for failure in failures}
    not_made = [
        _missing_entry(notebook, pack.obstacles.get(notebook.name, ""), notebook.name in failed) for notebook in missing
    ]
    is_decided = plan.edition != "public" or decision.is_of_what_stands(output, plan.period.code)
    if not made and standing.is_whole(pages, not_made) and is_decided:
        outcome.unchanged.append(standing.folder)
        return
    if would_lose := sorted(notebook.name for notebook in missing if notebook.name in failed & standing.pages.keys()):
        outcome.notes.append(
            f"{plan.period.code}: the earlier pack stays as it was, since a new one would lack {', '.join(would_lose)}."
        )
        return
    if failures and not made:
        return
    for notebook in missing:
        if notebook.name in standing.pages and notebook.name not in pack.obstacles:
            outcome.notes.append(
                f"{plan.period.code}: the earlier page {notebook.name} was taken out "
                f"({standing.why_again(plan.task(notebook))}); `panelpack run --period {plan.period.code}` makes it again."
            )
    new = new_folder(output, plan.period.code, plan.edition)
    for entry, page in zip(entries, made.values(), strict=True):
        _write_page(new, entry, page)
    for page in kept:
        standing.copy(page, new)
    _write_index_and_manifest(run, pack, new, pages, not_made)
    _audit_and_publish(run, pack, new, made, outcome)


def _audit_and_publish(run: _Run, pack: _Pack, new: Path, made: Mapping[Task, Page], outcome: Outcome) -> None:
    from analysis_lib.pack.audit import audit_of

    plan, output = pack.plan, run.output
    if plan.edition == "public" and read_register(run.releases) != run.register:
        raise PanelpackError(f"A pack was signed off while {plan.period.code} was being made. Run it again.")
    returns = Path(run.data) if run.data else None
    report = audit_of(run.authority, new, returns=returns, register=run.register, is_published=False)
    if not report.is_sound:
        outcome.not_made.append(_refused(plan, report))
        return
    folder = publish(new, output, plan.period.code, plan.edition)
    outcome.published.append(folder)
    if differs := not_what_was_signed(run.register, folder):
        outcome.notes.append(differs)
    if plan.edition == "public":
        records = {task.notebook.name: page.records for task, page in made.items()}
        attack = _attack(report, pack.register)
        outcome.to_decide.append(decision.write(output, folder, records, run.authority.disclosure, attack))


def not_what_was_signed(register: Register, folder: Path) -> str:
    """What a run notes of a public pack that is another than the one signed off for its period, and does not say that it
    corrects it; empty otherwise."""
    manifest = manifests.read_manifest(folder)
    entry = register.entry(manifest["period"]) if manifest["edition"] == "public" else None
    if entry is None or entry.latest.manifest_sha256 == manifests.sha256(folder / manifests.NAME):
        return ""
    if (manifest["correction"] or {}).get("corrects") == entry.latest.manifest_sha256:
        return ""
    signed = entry.latest.sign_off
    return (
        f"{manifest['period']}: this pack is not the one that was signed off by {signed.by} on {signed.on}, and does not say "
        f"that it corrects it. To publish it, write commentary/{manifest['period']}/correction.toml and run again; "
        "docs/how-to/correct-a-pack.md says how."
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


def _say_what_is_not_made(pack: _Pack, outcome: Outcome) -> None:
    """A page whose returns are not in the folder was asked for when it was named; of "all of them" it is none."""
    all_that_can_be = pack.plan.notebooks == pack.plan.known and pack.is_possible
    for step in pack.steps:
        if step.obstacle:
            line = f"{step.task}: {step.obstacle}."
            if all_that_can_be and pack.store.lacking(step.task.notebook):
                outcome.notes.append(f"Left out: {line}")
                outcome.stays.append(f"Left out: {line}")
            else:
                outcome.not_made.append(line)


def _keep_evidence(output: Path, made: Mapping[Task, Page], failures: Sequence[Failure], outcome: Outcome) -> None:
    for task in made:
        forget_failed(output, task.period.code, task.notebook.name)
    for failure in failures:
        said = str(failure)
        if failure.evidence is not None:
            import nbformat

            text = nbformat.writes(failure.evidence, version=nbformat.NO_CONVERT) + "\n"
            place = keep_failed(output, failure.task.period.code, failure.task.notebook.name, text)
            outcome.notes.append(f"The notebook as far as it came, for your eyes only: {place}")
        outcome.not_made.append(said)


def _write_page(folder: Path, entry: dict, page: Page) -> None:
    _write(folder / entry["file"], page.html)
    for table in entry["tables"]:
        _write(folder / table["file"], page.tables[table["name"]][1])
    if page.results:
        _write(folder / entry["results"], results.to_text(page.results))


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")


def _in_order(plan: PackPlan, pages: list[dict]) -> list[dict]:
    order = [notebook.name for notebook in plan.known]
    return sorted(pages, key=lambda page: order.index(page["notebook"]))


def _missing_entry(notebook: Notebook, obstacle: str, failed: bool) -> dict:
    if obstacle:
        reason = f"was not made: {obstacle}."
    elif failed:
        reason = FAILED
    else:
        reason = "has not been made from these data yet."
    return {"notebook": notebook.name, "title": notebook.title, "reason": reason}


def _write_index_and_manifest(run: _Run, pack: _Pack, new: Path, pages: list[dict], not_made: list[dict]) -> None:
    content = manifests.manifest(
        run.authority,
        pack.store,
        pack.plan,
        pack.register,
        parts=pack.parts,
        pages=pages,
        not_made=not_made,
        outputs={},
        written=pack.written,
        correction=run.correction(pack.plan),
    )
    _write(new / INDEX, pack_index(content, pack.register))
    outputs = {path.relative_to(new).as_posix(): manifests.sha256(path) for path in new.rglob("*") if path.is_file()}
    content["outputs"] = [{"path": path, "sha256": digest} for path, digest in sorted(outputs.items())]
    _write(new / manifests.NAME, manifests.to_json(content))
