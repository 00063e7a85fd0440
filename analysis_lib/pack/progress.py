"""What a run tells the person or program that waits: moving bars on a terminal, plain lines when piped, events as JSON, and a log."""

from __future__ import annotations

import json
import os
import platform
import secrets
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import analysis_lib
from analysis_lib.whole_files import OWNER_ONLY_FILE

if TYPE_CHECKING:  # a run in which nothing has changed needs neither
    from rich.console import Console

    from analysis_lib.pack.plan import Task

LOGS = "logs"
MOST_LOGS = 50  # older ones are removed


def progress_for(console: Console) -> PlainProgress | BarProgress:
    """Bars where someone looks at a terminal, lines otherwise."""
    return BarProgress(console) if console.is_terminal else PlainProgress(console)


class PlainProgress:
    """One line when a notebook starts and one when it ends."""

    def __init__(self, console: Console):
        self.console, self.lock = console, threading.Lock()

    def __enter__(self) -> PlainProgress:
        return self

    def __exit__(self, *error) -> None:
        pass

    def say(self, text: str) -> None:
        with self.lock:
            self.console.print(text, markup=False, highlight=False, soft_wrap=True)

    def planned(self, tasks: Sequence[Task]) -> None:
        pass

    def started(self, task: Task) -> None:
        self.say(f"{task}: running")

    def cell(self, task: Task, number: int) -> None:
        pass

    def finished(self, task: Task, failure: str = "") -> None:
        self.say(f"{task}: {'not made' if failure else 'made'}")


class BarProgress:
    """A bar for the whole run with the time that it may still take, and one for each notebook at work: which cell of how many."""

    def __init__(self, console: Console):
        from rich import progress as bars

        self.console = console
        self.bars = bars.Progress(
            bars.SpinnerColumn(),
            bars.TextColumn("{task.description}", markup=False),
            bars.BarColumn(bar_width=24),
            bars.TextColumn("cell"),
            bars.MofNCompleteColumn(),
            bars.TimeElapsedColumn(),
            bars.TextColumn("left"),
            bars.TimeRemainingColumn(),
            console=console,
            transient=True,
        )
        self.ids: dict[Task, int] = {}
        self.done: dict[Task, int] = {}
        self.whole: int | None = None
        self.planned_cells = 0

    def __enter__(self) -> BarProgress:
        self.bars.start()
        return self

    def __exit__(self, *error) -> None:
        self.bars.stop()

    def say(self, text: str) -> None:
        self.bars.console.print(text, markup=False, highlight=False, soft_wrap=True)

    def planned(self, tasks: Sequence[Task]) -> None:
        cells = sum(task.notebook.cells for task in tasks)
        if self.whole is not None:  # the next authority of a region
            self.planned_cells += cells
            self.bars.update(self.whole, total=self.planned_cells)
        elif len(tasks) > 1:
            self.planned_cells = cells
            self.whole = self.bars.add_task("All notebooks", total=cells)

    def started(self, task: Task) -> None:
        self.ids[task] = self.bars.add_task(str(task), total=task.notebook.cells)

    def cell(self, task: Task, number: int) -> None:
        self.bars.update(self.ids[task], completed=number)
        self._advance(task, number)

    def finished(self, task: Task, failure: str = "") -> None:
        self.bars.remove_task(self.ids.pop(task))
        self._advance(task, task.notebook.cells)
        self.say(f"{task}: {'not made' if failure else 'made'}")

    def _advance(self, task: Task, number: int) -> None:
        if self.whole is not None:
            self.bars.advance(self.whole, number - self.done.get(task, 0))
        self.done[task] = number


class EventProgress:
    """One JSON object a line: `event`, what it is of, and, in a log, the time."""

    def __init__(self, stream: TextIO, *, is_timed: bool = False):
        self.stream, self.is_timed, self.lock = stream, is_timed, threading.Lock()

    def __enter__(self) -> EventProgress:
        return self

    def __exit__(self, *error) -> None:
        pass

    def event(self, name: str, **facts) -> None:
        time = {"time": datetime.now(UTC).isoformat(timespec="milliseconds")} if self.is_timed else {}
        with self.lock:
            print(json.dumps({"event": name, **time, **facts}, ensure_ascii=False), file=self.stream, flush=True)

    def say(self, text: str) -> None:
        self.event("said", text=text)

    def planned(self, tasks: Sequence[Task]) -> None:
        self.event("planned", pages=[_named(task) for task in tasks])

    def started(self, task: Task) -> None:
        self.event("started", **_named(task))

    def cell(self, task: Task, number: int) -> None:
        self.event("cell", **_named(task), cell=number, of=task.notebook.cells)

    def finished(self, task: Task, failure: str = "") -> None:
        self.event("failed" if failure else "made", **_named(task), **({"error": failure} if failure else {}))


def _named(task: Task) -> dict[str, str]:
    whose = {"authority": task.whose} if task.whose else {}
    return {**whose, "notebook": task.notebook.name, "period": task.period.code, "edition": task.edition}


class Several:
    """Tells each of several progresses the same."""

    def __init__(self, *progresses):
        self.progresses = progresses

    def say(self, text: str) -> None:
        for each in self.progresses:
            each.say(text)

    def planned(self, tasks: Sequence[Task]) -> None:
        for each in self.progresses:
            each.planned(tasks)

    def started(self, task: Task) -> None:
        for each in self.progresses:
            each.started(task)

    def cell(self, task: Task, number: int) -> None:
        for each in self.progresses:
            each.cell(task, number)

    def finished(self, task: Task, failure: str = "") -> None:
        for each in self.progresses:
            each.finished(task, failure)


class LogFile:
    """The text of a log, kept in memory until `open` makes its file: a run that does not begin leaves nothing behind.

    Where the output folder cannot be written or is full, nothing more is logged: for want of a log no pack goes unmade.
    """

    def __init__(self, folder: Path):
        self.folder, self.waiting, self.stream = folder, [], None

    def write(self, text: str) -> None:
        if self.stream is None:
            self.waiting.append(text)
        else:
            self._written(text)

    def flush(self) -> None:
        pass  # each event is flushed as it is written

    def _written(self, text: str) -> None:
        try:
            self.stream.write(text)
            self.stream.flush()
        except OSError:
            self.close()
            self.stream = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115

    def open(self) -> None:
        if self.stream is not None:
            return
        try:
            self.stream = self._new_file()
        except OSError:
            self.stream = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
        for text in self.waiting:
            self._written(text)

    def _new_file(self) -> TextIO:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        for old in sorted(self.folder.glob("*.jsonl"))[: -MOST_LOGS + 1]:
            old.unlink(missing_ok=True)
        name = f"{datetime.now(UTC):%Y-%m-%dT%H-%M-%S}-{os.getpid()}"
        # on a cluster, processes of one number may begin in one second on several machines
        path = self.folder / f"{name}-{secrets.token_hex(2)}.jsonl"
        path.touch(OWNER_ONLY_FILE)
        path.chmod(OWNER_ONLY_FILE)
        return open(path, "w", encoding="utf-8")

    def close(self) -> None:
        if self.stream is not None:
            with suppress(OSError):  # what could not be written cannot be closed either
                self.stream.close()


class Log(EventProgress):
    """The log of one run. Its file begins with the first page that is planned, or with the end of the run."""

    def __init__(self, file: LogFile):
        super().__init__(file, is_timed=True)

    def event(self, name: str, **facts) -> None:
        if name not in ("run", "said"):
            self.stream.open()
        super().event(name, **facts)


@contextmanager
def log_of_a_run(output: Path) -> Iterator[Log]:
    """The log of one run, for its owner only: a cell's error text may hold a child's row. Times and machine stand here and
    nowhere else. A run that begins and is stopped by an error says so in it.
    """
    file = LogFile(output / LOGS)
    log = Log(file)
    log.event(
        "run",
        version=analysis_lib.__version__,
        python=platform.python_version(),
        machine=platform.platform(),
        command=sys.argv[1:],
    )
    try:
        yield log
    except BaseException as error:
        if file.stream is not None:
            log.event("stopped", error=f"{type(error).__name__}: {error}")
        raise
    finally:
        file.close()
