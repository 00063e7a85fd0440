"""What a run tells the person who waits: moving bars on a terminal, plain lines when piped."""

from __future__ import annotations

import threading

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars

from analysis_lib.pack.plan import Task


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

    def started(self, task: Task) -> None:
        self.say(f"{task}: running")

    def cell(self, task: Task, number: int) -> None:
        pass

    def finished(self, task: Task, failure: str = "") -> None:
        self.say(f"{task}: {'not made' if failure else 'made'}")


class BarProgress:
    """A bar for each notebook at work: which cell of how many, and for how long."""

    def __init__(self, console: Console):
        self.console = console
        self.bars = Bars(
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=24),
            TextColumn("cell"),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=console,
            transient=True,
        )
        self.ids: dict[Task, int] = {}

    def __enter__(self) -> BarProgress:
        self.bars.start()
        return self

    def __exit__(self, *error) -> None:
        self.bars.stop()

    def say(self, text: str) -> None:
        self.bars.console.print(text, markup=False, highlight=False, soft_wrap=True)

    def started(self, task: Task) -> None:
        self.ids[task] = self.bars.add_task(str(task), total=task.notebook.cells)

    def cell(self, task: Task, number: int) -> None:
        self.bars.update(self.ids[task], completed=number)

    def finished(self, task: Task, failure: str = "") -> None:
        self.bars.remove_task(self.ids.pop(task))
        self.say(f"{task}: {'not made' if failure else 'made'}")
