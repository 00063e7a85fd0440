"""A run for a region: each authority's packs in an output folder of its own, one authority after the other, and the page of all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from analysis_lib.authority import Authority, within
from analysis_lib.errors import PanelpackError, UsageError
from analysis_lib.pack import warm
from analysis_lib.pack.all_periods import packs_in
from analysis_lib.pack.build import Outcome, Request, Step, build_packs, steps_of
from analysis_lib.pack.index import INDEX
from analysis_lib.pack.plan import block, plan_packs
from analysis_lib.pack.progress import Several, log_of_a_run
from analysis_lib.pack.publish import said_in_words
from analysis_lib.pack.region_index import write_region_index
from analysis_lib.sources.region import authorities_in

# Below the output folder of a region these are no authority's.
TAKEN = ("restricted", "logs", "failed")


@dataclass(frozen=True)
class Batch:
    """The packs of one authority that a run makes. `folder` is that of its `authority.toml`, `periods` their codes."""

    folder: Path
    periods: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.folder.name


@dataclass
class RegionOutcome:
    """What came of a run for a region: an outcome for each authority, by the name of its folder, and what stopped the others."""

    outcomes: dict[str, Outcome] = field(default_factory=dict)
    stopped: dict[str, str] = field(default_factory=dict)
    index: Path | None = None

    @property
    def not_made(self) -> list[str]:
        """What was not made and why, a line each; the authority that was stopped as a whole has one."""
        return [*(f"{name}: {said}" for name, said in self.stopped.items()), *self._all("not_made")]

    @property
    def all_made(self) -> bool:
        return not self.not_made

    @property
    def data_errors(self) -> int:
        return sum(outcome.data_errors for outcome in self.outcomes.values())

    def told(self) -> dict:
        """What programs are told of it."""
        authorities = {name: outcome.told() for name, outcome in self.outcomes.items()}
        return {
            "authorities": authorities,
            "stopped": self.stopped,
            "not_made": self.not_made,
            "data_errors": self.data_errors,
            "index": f"{self.index}" if self.index else None,
        }

    def _all(self, kind: str) -> Iterator[str]:
        for outcome in self.outcomes.values():
            yield from getattr(outcome, kind)


def batches_of(project: Authority, region: Path, asked: Request) -> list[Batch]:
    """What a run for the region in the folder `region` makes, authority by authority.

    A shard, "i/n", is the i-th of n nearly equal parts of all packs, authority after authority: so that few authorities are
    prepared by more than one.

    Raises `UsageError` for a folder that is no region, what cannot be asked of one, and what `plan_packs` refuses.
    """
    folders = authorities_in(region) if region.is_dir() else []
    if not folders:
        raise UsageError(f"{region} is no region: there is no folder in it with an authority.toml.")
    if asked.data or asked.releases:
        raise UsageError(
            "--data and --releases are of one authority: in a region the authority.toml of each names its own."
        )
    if packs_in(asked.output, asked.edition):
        raise UsageError(
            f"Packs of one authority stand in {asked.output}. Name another folder for the region with --output."
        )
    for folder in folders:
        if folder.name in TAKEN:
            raise UsageError(
                f"The authority's folder {folder} needs another name: {', '.join(TAKEN)} have a meaning in outputs."
            )
    plans = plan_packs(
        project.home / "notebooks",
        periods=asked.periods,
        notebooks=asked.notebooks,
        edition=asked.edition,
        parameters=asked.parameters,
    )
    packs = [(folder.absolute(), plan.period.code) for folder in folders for plan in plans]
    packs = block(packs, asked.shard) if asked.shard else packs
    return [Batch(folder, tuple(code for whose, code in packs if whose == folder)) for folder in dict(packs)]


def request_of(batch: Batch, asked: Request) -> Request:
    """What `asked` of the region is for one authority: its periods, in an output folder below the region's."""
    return replace(asked, periods=batch.periods, output=asked.output / batch.name, shard="")


def region_steps(project: Authority, region: Path, asked: Request) -> Iterator[tuple[str, list[Step] | PanelpackError]]:
    """What a run would do for each authority, page by page, or what would stop it."""
    for batch in batches_of(project, region, asked):
        try:
            yield batch.name, steps_of(within(project, batch.folder), request_of(batch, asked))
        except PanelpackError as error:
            yield batch.name, error


def build_region(project: Authority, region: Path, asked: Request, *, jobs: int, progress) -> RegionOutcome:
    """Make the packs of every authority of the region in the folder `region`, each below `asked.output`, in a folder of its
    name; what stops one authority does not stop the others. Then the page of them all is written.

    The kernels stay warm from one authority to the next.

    Raises `UsageError` for a wrong request, before anything is written.
    """
    outcome = RegionOutcome()
    with warm.kept():
        for batch in batches_of(project, region, asked):
            made_of(
                batch, outcome, lambda batch=batch: build_batch(project, batch, asked, jobs=jobs, progress=progress)
            )
    write_index(project, region, asked, outcome)
    return outcome


def write_index(project: Authority, region: Path, asked: Request, outcome: RegionOutcome) -> None:
    """Write the page of the region and add its place to `outcome`, or what stopped it."""
    try:
        with said_in_words(asked.output):
            outcome.index = write_region_index(project, region, asked.output, asked.edition)
    except PanelpackError as error:
        outcome.stopped[INDEX] = str(error)


def made_of(batch: Batch, outcome: RegionOutcome, build: Callable[[], Outcome]) -> None:
    """Add what `build` makes of a batch to `outcome`, or what stops it in words."""
    try:
        outcome.outcomes[batch.name] = build()
    except PanelpackError as error:
        outcome.stopped[batch.name] = " ".join(str(error).split())


def build_batch(project: Authority, batch: Batch, asked: Request, *, jobs: int, progress) -> Outcome:
    """Make the packs of one authority, with a log of its own. Raises as `build_packs` does."""
    authority, request = within(project, batch.folder), request_of(batch, asked)
    progress.say(f"{batch.name}: {authority.name}")
    return build_logged(authority, request, progress, jobs=jobs)


def build_logged(authority: Authority, asked: Request, *told, jobs: int) -> Outcome:
    """As `build_packs`, with a log in the output folder; `told` are the progresses that hear of it besides."""
    with log_of_a_run(asked.output) as log:
        outcome = build_packs(authority, asked, jobs=jobs, progress=Several(*told, log))
        log.event("done", **outcome.told())
    return outcome
