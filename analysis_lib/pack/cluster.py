"""The packs of a run made by the workers of a Dask cluster, a batch at a time: one authority of a region, or one period.

A batch does in a worker what a run does here, in the same folders, with the same locks and journals: a batch whose worker
is lost is given to another, which finishes what was begun. Dask is used as an executor of `concurrent.futures`.
"""

from __future__ import annotations

import os
import secrets
import threading
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from analysis_lib.authority import FILE_NAME, Authority, read_authority, within
from analysis_lib.errors import PanelpackError, UsageError
from analysis_lib.pack import manifest as manifests
from analysis_lib.pack import warm
from analysis_lib.pack.build import Outcome, Request, periods_of
from analysis_lib.pack.plan import notebook_files
from analysis_lib.pack.publish import ASIDE, OWNER_ONLY_FOLDER, said_in_words
from analysis_lib.pack.region import RegionOutcome, batches_of, build_logged, request_of, write_index

if TYPE_CHECKING:
    from distributed import Client

CONNECT_SECONDS = 15
WORKERS_SECONDS = 60  # a batch system may be starting them only now
LOOK_SECONDS = 1.0  # between two looks whether another worker has joined
INSTALL = "Dask is not installed. Install it with: pip install -c constraints.txt -e '.[cluster]'"
MAKE_ALIKE = (
    "Give every worker the checkout and the versions of this environment (constraints.txt), and start it again."
)
SHARE = "Every worker must see the folders of this run under the same names: put them on storage that all share."


@dataclass(frozen=True)
class Same:
    """What a worker must have as this process has it: what decides the bytes of a page, and the folders.

    `files` maps notebooks and settings to their hashes, `probes` files that this run wrote into the output folder to what is
    in them.
    """

    library: str
    versions: dict[str, str]
    files: dict[str, str]
    probes: dict[str, str]


@dataclass(frozen=True)
class Order:
    """One batch as a worker is told of it, in plain facts.

    `home` is the project's folder, `folder` that of the `authority.toml` of a region's authority (empty: the project's own),
    `jobs` how many notebooks work at once (0: as many as the worker has threads).
    """

    name: str
    home: str
    folder: str
    asked: Request
    jobs: int
    same: Same


@dataclass(frozen=True)
class Answer:
    """What came of a batch: an outcome, or what stopped it in words."""

    outcome: Outcome | None = None
    stopped: str = ""


def build_region_on(
    address: str, project: Authority, region: Path, asked: Request, *, jobs: int, progress
) -> RegionOutcome:
    """Make the packs of every authority of a region as `build_region` does, each authority by one worker of the cluster whose
    scheduler is at `address`.

    Raises `UsageError` where Dask is not installed, the scheduler does not answer, a worker is not fit, or the request is
    wrong: before anything is published.
    """
    asked = _in_full(asked)
    batches = batches_of(project, region, asked)
    with _connected(address) as client:
        orders = [(batch.name, str(batch.folder), request_of(batch, asked)) for batch in batches]
        answers = _made(client, project, orders, asked.output, jobs, progress)
    outcome = RegionOutcome()
    for name, answer in answers.items():
        if answer.outcome is not None:
            outcome.outcomes[name] = answer.outcome
        else:
            outcome.stopped[name] = answer.stopped
    write_index(project, region, asked, outcome)
    return outcome


def build_packs_on(address: str, authority: Authority, asked: Request, *, jobs: int, progress) -> Outcome:
    """Make the packs of one authority as `build_packs` does, each period by one worker of the cluster whose scheduler is at
    `address`. The data are checked and prepared here. Raises as `build_packs` and `build_region_on` do.
    """
    asked = _in_full(asked)
    _refuse_without_dask()
    with said_in_words(asked.output), _connected(address) as client:
        periods = periods_of(authority, asked, say=progress.say)
        folder = str(authority.folder) if authority.is_of_a_region else ""
        orders = [(code, folder, replace(asked, periods=(code,), shard="")) for code in periods]
        project = read_authority(authority.home)
        answers = _made(client, project, orders, asked.output, jobs, progress)
    return _together(answers)


def _in_full(asked: Request) -> Request:
    """With the folders that were named from here written out, for a worker stands elsewhere."""
    return replace(
        asked,
        output=asked.output.resolve(),
        data=asked.data and asked.data.resolve(),
        releases=asked.releases and asked.releases.resolve(),
    )


def _together(answers: dict[str, Answer]) -> Outcome:
    """What came of the periods of one authority."""
    whole = Outcome()
    for name, answer in answers.items():
        if answer.outcome is None:
            whole.not_made.append(f"{name}: {answer.stopped}")
            continue
        for kind in ("published", "unchanged", "to_decide", "not_made"):
            getattr(whole, kind).extend(getattr(answer.outcome, kind))
        whole.notes.extend(note for note in answer.outcome.notes if note not in whole.notes)
        whole.data_errors = max(whole.data_errors, answer.outcome.data_errors)
    return whole


def _refuse_without_dask() -> None:
    try:
        import distributed  # noqa: F401
    except ImportError:
        raise UsageError(INSTALL) from None


@contextmanager
def _connected(address: str) -> Iterator[Client]:
    """A client of the scheduler at `address` that has a worker. Raises `UsageError` where it does not answer or has none."""
    _refuse_without_dask()
    from distributed import Client

    with ExitStack() as opened:
        try:
            client = opened.enter_context(Client(address, timeout=CONNECT_SECONDS, set_as_default=False))
        except (OSError, ValueError) as error:  # a scheduler that does not answer in time is an OSError
            raise UsageError(
                f"There is no Dask scheduler at {address} ({_first_line(error)}). Nothing was made."
            ) from None
        try:
            client.wait_for_workers(1, timeout=WORKERS_SECONDS)
        except TimeoutError:
            raise UsageError(
                f"The Dask scheduler at {address} has no worker yet. Start some, and run again. Nothing was made."
            ) from None
        yield client


def _made(
    client: Client,
    project: Authority,
    batches: Sequence[tuple[str, str, Request]],
    output: Path,
    jobs: int,
    progress,
) -> dict[str, Answer]:
    """What the workers make of the batches (name, folder, request), in their order."""
    with _probe(output) as probes:
        same = same_as_here(project, probes)
        _refuse_unfit(client, same)
        orders = [
            Order(name, str(project.home), folder, asked, jobs, _with_settings(same, folder))
            for name, folder, asked in batches
        ]
        answers = dict(_answers(client, orders, progress))
    return {name: answers[name] for name, _, _ in batches}


def _answers(client: Client, orders: Iterable[Order], progress) -> Iterator[tuple[str, Answer]]:
    """Each order with what came of it, as the workers end.

    A worker has one at a time; the rest wait here, so that what has not begun ends with this process, and a worker that joins
    later gets its share.
    """
    executor = client.get_executor(pure=False)
    waiting, flying = list(orders), {}
    try:
        while waiting or flying:
            while waiting and len(flying) < max(_workers(client), 1):
                order = waiting.pop(0)
                flying[executor.submit(make_batch, order)] = order
                progress.say(f"{order.name}: handed out")
            done, _ = wait(flying, timeout=LOOK_SECONDS, return_when=FIRST_COMPLETED)
            for future in done:
                order = flying.pop(future)
                answer = _answer_of(future)
                progress.say(f"{order.name}: {_in_words(answer)}")
                yield order.name, answer
    finally:
        for future in flying:
            future.cancel()


def _workers(client: Client) -> int:
    try:
        return len(client.nthreads())
    except OSError:  # the scheduler is gone; the batches that it had will say so
        return 0


def _answer_of(future: Future) -> Answer:
    """What a worker answered; where it could not, because it was lost or could not read the order, why."""
    try:
        return future.result()
    except Exception as error:  # whatever Dask and the network say: one batch, in words
        why = _WHY_NO_ANSWER.get(type(error).__name__) or _first_line(error)
        return Answer(stopped=f"the cluster could not make it: {why}")


_WHY_NO_ANSWER = {  # by the names of Dask's errors
    "KilledWorker": "its workers were lost, one after another; out of memory?",
    "CancelledError": "the scheduler was lost before it answered. What its workers finished stands; run again",
}


def _in_words(answer: Answer) -> str:
    if answer.outcome is None:
        return "stopped"
    made, left = len(answer.outcome.published), len(answer.outcome.unchanged)
    lacking = f", not made: {len(answer.outcome.not_made)}" if answer.outcome.not_made else ""
    return f"packs made: {made}, as they were: {left}{lacking}"


def _first_line(error: BaseException) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__


# ---- what must be the same there ----


def same_as_here(project: Authority, probes: dict[str, str]) -> Same:
    """What decides the bytes of a page in this process: library, versions, notebooks, the project's settings."""
    files = [*notebook_files(project.home / "notebooks"), project.card]
    hashes = {str(path): manifests.sha256(path) for path in files}
    return Same(manifests.library_hash(), manifests.versions(), hashes, probes)


def _with_settings(same: Same, folder: str) -> Same:
    """The settings of an authority of a region too, where `folder` is its."""
    card = Path(folder, FILE_NAME)
    return replace(same, files=same.files | {str(card): manifests.sha256(card)}) if folder else same


@contextmanager
def _probe(output: Path) -> Iterator[dict[str, str]]:
    """A file in the output folder while this lasts, and what is in it: a worker that reads the same shares the folder."""
    aside, told = output / ASIDE, secrets.token_hex(16)
    path = aside / f"run-{told[:8]}"
    try:
        aside.mkdir(parents=True, exist_ok=True)
        aside.chmod(OWNER_ONLY_FOLDER)
        path.write_text(told, encoding="utf-8")
    except OSError as error:
        raise PanelpackError(f"The output folder {output} cannot be written: {error.strerror}.") from None
    try:
        yield {str(path): told}
    finally:
        with suppress(OSError):
            path.unlink()


@cache
def _library_at_first() -> str:
    """The library when this process was first asked: it may have been imported before the files changed."""
    return manifests.library_hash()


def what_differs(same: Same) -> str:
    """What this process has otherwise than `same`, and what to do, in words; empty where nothing is."""
    versions = manifests.versions()
    other = [
        f"{name} {versions.get(name, 'none')} instead of {wanted}"
        for name, wanted in same.versions.items()
        if versions.get(name) != wanted
    ]
    if other:
        return f"it has {', '.join(other)}. {MAKE_ALIKE}"
    if {manifests.library_hash(), _library_at_first()} != {same.library}:
        return f"its analysis_lib is another than here. {MAKE_ALIKE}"
    for path, digest in same.files.items():
        if (found := manifests.sha256(Path(path))) != digest:
            return f"{path} is {'another there' if found else 'not there'}. {SHARE}"
    for path, told in same.probes.items():
        try:
            found = Path(path).read_text(encoding="utf-8")
        except OSError:
            found = ""
        if found != told:
            return f"it does not see the output folder {Path(path).parents[1]} of this run. {SHARE}"
    return ""


def _refuse_unfit(client: Client, same: Same) -> None:
    """Raise `UsageError` that names each worker that is not fit for the run, and why."""
    try:
        answers = client.run(what_differs, same, on_error="return")
    except OSError as error:
        raise UsageError(f"The Dask scheduler was lost ({_first_line(error)}). Nothing was made.") from None
    unfit = {}
    for worker, said in answers.items():
        if isinstance(said, BaseException):
            said = f"it cannot be asked ({_first_line(said)}). {MAKE_ALIKE}"
        if said:
            unfit[worker] = said
    if unfit:
        lines = [f"  {worker}: {said}" for worker, said in sorted(unfit.items())]
        raise UsageError("\n".join(["These workers cannot make the packs of this run; nothing was made:", *lines]))


# ---- in a worker ----

_one_at_a_time = threading.Lock()  # a worker's threads make the notebooks of one batch, not a batch each


def make_batch(order: Order) -> Answer:
    """Make the packs of one batch in this process. What stops it comes back as words."""
    with _one_at_a_time:
        try:
            if said := what_differs(order.same):
                return Answer(stopped=f"the worker {_address()} is not fit for this run: {said}")
            _stay_warm()
            return Answer(_build(order))
        except PanelpackError as error:
            return Answer(stopped=" ".join(str(error).split()))
        except Exception as error:  # a mistake of ours: the other batches go on, and its log has more
            return Answer(stopped=f"the worker {_address()} met a mistake of panelpack ({_first_line(error)})")


@cache
def _stay_warm() -> ExitStack:
    """Keep the process that forks kernels from one batch to the next; it ends when the worker does."""
    stack = ExitStack()
    stack.enter_context(warm.kept())
    return stack


def _build(order: Order) -> Outcome:
    project = read_authority(Path(order.home))
    authority = within(project, Path(order.folder)) if order.folder else project
    return build_logged(authority, order.asked, jobs=order.jobs or _threads())


def _threads() -> int:
    """How many threads the worker has that this runs in."""
    from distributed import get_worker

    try:
        return get_worker().state.nthreads
    except ValueError:  # in no worker
        return os.cpu_count() or 1


def _address() -> str:
    from distributed import get_worker

    try:
        return get_worker().address
    except ValueError:
        return "here"
