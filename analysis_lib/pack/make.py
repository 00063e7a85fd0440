"""Makes one page: its notebook executed, its outputs exported. The heavy part of a run, imported when there is something to make."""

from __future__ import annotations

import analysis_lib
from analysis_lib.pack.export import Page, Provenance, export
from analysis_lib.pack.plan import Task
from analysis_lib.pack.run import Progress, execute


def make_page(
    task: Task, *, authority: str, input_hash: str, data: str, releases: str, folder: str = "", progress: Progress
) -> Page:
    """The finished page of `task`.

    Parameters
    ----------
    authority : name of the council
    input_hash : what the page says of what it was made from
    data, releases : folders of returns and of the register, empty for those that `authority.toml` names
    folder : that of the council's `authority.toml`; empty for the project's own

    Raises
    ------
    NotebookFailed
        When a cell fails, or shows what may not leave.
    """
    executed = execute(task, data=data, releases=releases, authority=folder, progress=progress)
    return export(executed, task, Provenance(authority, analysis_lib.__version__, input_hash))
