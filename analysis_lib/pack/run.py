"""Executes notebooks with papermill, several at a time, and says in one line what stopped one."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import Protocol

import nbformat
import papermill
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from papermill.engines import NBClientEngine, papermill_engines
from papermill.exceptions import PapermillExecutionError

from analysis_lib.errors import NotebookError
from analysis_lib.pack.kernels import KERNEL_NAME, one_manager, stop_kernels, why_it_died
from analysis_lib.pack.plan import Task

CELL_TIMEOUT_SECONDS = 900  # the slowest cell takes a few seconds; on a busy machine ten times that is no fault
KERNEL_START_SECONDS = 120
STOP_SECONDS = 0.2  # between two looks whether an interrupted run's notebooks have ended
PAPERMILL_MARK = "papermill-error-cell-tag"  # the tag of the cells that papermill puts around a failure
ENGINE = "panelpack"  # how papermill knows what executes our notebooks
KERNEL_STARTS = 2  # a port that was free may be taken when the kernel opens it: try once more

logging.getLogger("papermill").addHandler(logging.NullHandler())  # the run itself says what stopped a notebook
logging.getLogger("asyncio").addHandler(
    logging.NullHandler()
)  # and nbclient leaves a task behind where a cell took too long


class Progress(Protocol):
    """What a run tells the person who waits."""

    def say(self, text: str) -> None: ...
    def planned(self, tasks: Sequence[Task]) -> None: ...
    def started(self, task: Task) -> None: ...
    def cell(self, task: Task, number: int) -> None: ...
    def finished(self, task: Task, failure: str = "") -> None: ...


@dataclass(frozen=True)
class Failure:
    """Why a page was not made. `cell` counts all cells of the committed notebook from 1; 0 when no cell was to blame.

    `evidence` is the executed copy as far as it came, the cell marked.
    """

    task: Task
    cell: int
    error: str
    evidence: nbformat.NotebookNode | None = None

    def __str__(self) -> str:
        where = f", cell {self.cell}" if self.cell else ""
        return f"{self.task}{where}: {self.error}"


Made = tuple[dict[Task, object], list["Failure"]]


@contextmanager
def at_work(
    tasks: Sequence[Task], make: Callable[[Task], object], *, jobs: int, progress: Progress
) -> Iterator[Callable[[Sequence[Task]], Made]]:
    """Begin to call `make` for every task, `jobs` at a time; what one raises does not stop the others.

    The function that is given waits for some of the tasks: what was made of them and what stopped the rest, both in
    their order. Threads of one process suffice, since each notebook works in a kernel process of its own; one parent also
    keeps two kernels from picking the same port.
    """
    progress.planned(tasks)
    with ThreadPoolExecutor(max_workers=jobs, thread_name_prefix="notebook") as pool:
        futures = {task: pool.submit(_announced, make, task, progress) for task in tasks}

        def wait_for(some: Sequence[Task]) -> Made:
            for future in as_completed(futures[task] for task in some):  # a mistake of ours stops the run at once
                if (error := future.exception()) and not isinstance(error, NotebookFailed):
                    raise error
            made, failures = {}, []
            for task in some:
                try:
                    made[task] = futures[task].result()
                except NotebookFailed as stop:
                    failures.append(stop.failure)
            return made, failures

        try:
            yield wait_for
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            while working := [future for future in futures.values() if not future.done()]:
                stop_kernels()  # again and again: one of them may be starting its kernel only now
                wait(working, timeout=STOP_SECONDS)
            raise


def run_all(tasks: Sequence[Task], make: Callable[[Task], object], *, jobs: int, progress: Progress) -> Made:
    """Call `make` for every task, as `at_work` does, and wait for all of them."""
    with at_work(tasks, make, jobs=jobs, progress=progress) as wait_for:
        return wait_for(tasks)


def _announced(make: Callable[[Task], object], task: Task, progress: Progress) -> object:
    progress.started(task)
    try:
        made = make(task)
    except NotebookFailed as stop:
        progress.finished(task, str(stop.failure))
        raise
    finally:
        _close_event_loop()
    progress.finished(task)
    return made


def _close_event_loop() -> None:
    """What runs kernels gives each thread an event loop, and would leave its files open when the thread has ended."""
    with suppress(RuntimeError):  # this thread has none
        asyncio.get_event_loop().close()


class NotebookFailed(NotebookError):
    """Carries the `Failure` out of a worker."""

    def __init__(self, failure: Failure):
        self.failure = failure
        super().__init__(str(failure))


def execute(
    task: Task,
    *,
    data: str,
    releases: str = "",
    authority: str = "",
    progress: Progress,
    cell_timeout: int = CELL_TIMEOUT_SECONDS,
) -> nbformat.NotebookNode:
    """The notebook of `task`, executed from its own folder with the task's parameters passed as text.

    Cell ids are by position and papermill's own metadata is gone, so that the copy does not depend on when and where
    it was made. `data` is the folder of returns, `releases` that of the register (empty: those that `authority.toml` names),
    `authority` that of another `authority.toml` than the project's.

    Raises
    ------
    NotebookFailed
        When a cell fails, runs longer than `cell_timeout` seconds, or the kernel dies.
    """
    for attempt in range(1, KERNEL_STARTS + 1):
        watch = _Watch(task, progress)
        try:
            return _execute_once(
                task, {"data": data, "releases": releases, "authority": authority}, watch, cell_timeout
            )
        except NotebookFailed:
            if watch.cells_begun or attempt == KERNEL_STARTS:
                raise
    raise AssertionError("unreachable")


class _Watch:
    """Counts the cells of one execution; also papermill's way of telling us about them. `executed` is the notebook as far as
    it has come, None before its kernel is asked for."""

    def __init__(self, task: Task, progress: Progress):
        self.task, self.progress, self.cells_begun = task, progress, 0
        self.executed: nbformat.NotebookNode | None = None

    def __call__(self, cell, cell_index: int) -> None:
        self.cells_begun += 1
        self.progress.cell(self.task, min(cell_index + 1, self.task.notebook.cells))


class _HeldEngine(NBClientEngine):
    """papermill's own engine for a notebook that is held and not saved: papermill would write the whole of it before and
    after each cell, which took longer than the kernel's start, and left children's rows on the disk."""

    @classmethod
    def execute_managed_notebook(cls, nb_man, kernel_name, *, watch: _Watch, **arguments):
        watch.executed = nb_man.nb
        return super().execute_managed_notebook(nb_man, kernel_name, on_cell_start=watch, **arguments)


papermill_engines.register(ENGINE, _HeldEngine)


def _execute_once(task: Task, folders: dict[str, str], watch: _Watch, cell_timeout: int) -> nbformat.NotebookNode:
    manager_class, managers = one_manager()
    try:
        notebook = papermill.execute_notebook(
            task.notebook.path,
            None,
            parameters={"period": task.period.code, "edition": task.edition, **folders, **dict(task.parameters)},
            engine_name=ENGINE,
            kernel_name=KERNEL_NAME,
            language="python",
            progress_bar=False,
            start_timeout=KERNEL_START_SECONDS,
            execution_timeout=cell_timeout,
            kernel_manager_class=manager_class,
            # Nothing of a page comes after its last cell, and a kernel that is asked to end may take seconds.
            shutdown_kernel="immediate",
            # The kernel's own folder; papermill's `cwd` would change the folder of the whole process.
            resources={"metadata": {"path": str(task.notebook.path.parent)}},
            watch=watch,
        )
        return tidied(notebook)
    except PapermillExecutionError as error:
        said = _one_line(error.ename, error.evalue)
    except CellTimeoutError:
        said = f"stopped after {cell_timeout} seconds without an end"
    except DeadKernelError:
        said = why_it_died(managers[-1].ended_with)
    except (RuntimeError, OSError, TimeoutError) as error:
        said = _one_line(type(error).__name__, str(error))
    raise NotebookFailed(_failure(watch, said))


def _failure(watch: _Watch, said: str) -> Failure:
    if watch.executed is None or not watch.cells_begun:
        return Failure(watch.task, 0, said)
    cells = [cell for cell in watch.executed.cells if PAPERMILL_MARK not in cell.metadata.get("tags", [])]
    # Cells run in order, so the one that began last is the one that stopped.
    return marked(Failure(watch.task, 0, said, replace_cells(watch.executed, cells)), watch.cells_begun - 1)


def marked(failure: Failure, position: int) -> Failure:
    """The failure with its evidence pointing at the cell at `position` (from 0, in the executed copy)."""
    cells = list(failure.evidence.cells)
    number = committed_number(cells, position)
    notice = nbformat.v4.new_markdown_cell(f"**This page was not made: cell {number} stopped it.** {failure.error}")
    cells.insert(position, notice)
    return replace(failure, cell=number, evidence=tidied(replace_cells(failure.evidence, cells)))


def committed_number(cells: Sequence[nbformat.NotebookNode], position: int) -> int:
    """Which cell of the committed notebook, from 1, the one at `position` of the executed copy is."""
    injected = sum("injected-parameters" in cell.metadata.get("tags", []) for cell in cells[:position])
    return position + 1 - injected


def replace_cells(notebook: nbformat.NotebookNode, cells: Sequence) -> nbformat.NotebookNode:
    return nbformat.from_dict({**notebook, "cells": list(cells)})


def tidied(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """A copy with cell ids by position, without what papermill and the kernel noted of time and place."""
    cells = []
    for number, cell in enumerate(notebook.cells, start=1):
        metadata = {key: value for key, value in cell.metadata.items() if key not in ("papermill", "execution")}
        cells.append({**cell, "id": f"cell-{number}", "metadata": metadata})
    kept = {key: notebook.metadata[key] for key in ("panelpack", "language_info") if key in notebook.metadata}
    return nbformat.from_dict({**notebook, "nbformat_minor": 5, "metadata": kept, "cells": cells})


def _one_line(name: str, message: str) -> str:
    name = "out of memory" if name.endswith("MemoryError") else name  # Python, numpy and pyarrow each have their own
    first = next((line.strip() for line in message.splitlines() if line.strip()), "")
    return f"{name}: {first}" if first else name
