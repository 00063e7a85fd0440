"""What a run will make: which notebooks for which periods, everything checked before anything starts."""

from __future__ import annotations

import ast
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from analysis_lib.errors import NotebookError, UsageError
from analysis_lib.periods import Period
from analysis_lib.policy import EDITIONS

RUN_PARAMETERS = ("period", "edition", "data", "releases", "authority")  # what a run sets in every notebook
PARAMETERS_TAG = "parameters"
_LAST = 1_000  # the place of a notebook that does not name one
Pack = TypeVar("Pack")  # whatever stands for a pack in a list of them


@dataclass(frozen=True)
class Notebook:
    """One notebook as committed: its question, its parameters, the families of returns and the tidy tables that it
    cannot do without, its place in a pack."""

    path: Path
    title: str
    parameters: dict[str, str | int | float] = field(hash=False)
    returns: tuple[str, ...]
    cells: int
    sha256: str
    order: int = 0
    tables: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.path.stem


@dataclass(frozen=True)
class Task:
    """One page to make: a notebook, a period and an edition; `parameters` are those that differ from the notebook's own."""

    notebook: Notebook
    period: Period
    edition: str
    parameters: tuple[tuple[str, str | int | float], ...] = ()
    whose: str = ""  # in a run for a region: the name of the authority's folder

    def __str__(self) -> str:
        return ", ".join(filter(None, (self.whose, self.notebook.name, self.period.code)))


@dataclass(frozen=True)
class PackPlan:
    """The pages to make for one period and edition; `known` is every notebook there is, made now or not."""

    period: Period
    edition: str
    notebooks: tuple[Notebook, ...]
    known: tuple[Notebook, ...]
    parameters: tuple[tuple[str, str], ...] = ()  # as they were asked for, besides `RUN_PARAMETERS`
    whose: str = ""  # in a run for a region: the name of the authority's folder

    @property
    def tasks(self) -> tuple[Task, ...]:
        return tuple(self.task(notebook) for notebook in self.notebooks)

    def task(self, notebook: Notebook) -> Task:
        """The page of `notebook` in this pack, with those of the parameters that it has."""
        asked = dict(self.parameters) if notebook in self.notebooks else {}
        return Task(notebook, self.period, self.edition, _typed(notebook, asked), self.whose)


def plan_packs(
    folder: Path,
    *,
    periods: Sequence[str],
    notebooks: Sequence[str] = (),
    edition: str = "public",
    parameters: Mapping[str, str] | None = None,
    whose: str = "",
) -> list[PackPlan]:
    """The packs that a run makes, one a period, in the order asked for, each period once.

    Parameters
    ----------
    folder : Path
        Where the notebooks are.
    periods : codes of reporting periods, capitals or not
    notebooks : names without ".ipynb"; empty for all
    edition : "public" or "restricted"
    parameters : of the notebooks, by name, as text; each goes to the notebooks that have it
    whose : in a run for a region, the name of the authority's folder

    Raises
    ------
    UsageError
        For a code outside the grammar, an unknown notebook (lists the known ones) or edition; for a parameter that no
        chosen notebook has, that a run sets itself, or that is not of the type of the notebook's own value.
    NotebookError
        For a notebook that cannot be run: unreadable, no question, no `parameters` cell, or one without `RUN_PARAMETERS`.
    """
    if edition not in EDITIONS:
        raise UsageError(f"There is no edition {edition!r}. Choose {' or '.join(EDITIONS)}.")
    wanted = [canonical_period(code) for code in periods]
    known = {path.stem: path for path in notebook_files(folder)}
    names = [name.removesuffix(".ipynb") for name in notebooks]
    unknown = [name for name in names if name not in known]
    if unknown:
        raise UsageError(f"There is no notebook {unknown[0]!r}. Known notebooks: {', '.join(known)}.")
    read = sorted(
        (read_notebook(path) for path in known.values()), key=lambda notebook: (notebook.order, notebook.name)
    )
    chosen = tuple(notebook for notebook in read if not names or notebook.name in names)
    asked = _checked(chosen, parameters or {})
    return [PackPlan(period, edition, chosen, tuple(read), asked, whose) for period in dict.fromkeys(wanted)]


def shard(plans: Sequence[PackPlan], which: str) -> list[PackPlan]:
    """Every n-th pack from the i-th on, for `which` = "i/n"; the n shards together are all of them, each once.

    Raises `UsageError` for anything but i/n with 1 <= i <= n.
    """
    number, of = _shard(which)
    return list(plans[number - 1 :: of])


def block(packs: Sequence[Pack], which: str) -> list[Pack]:
    """The i-th of n parts of `packs` that follow one another, for `which` = "i/n": each pack is in one of them, and their
    sizes differ by one at most. Raises as `shard` does.
    """
    number, of = _shard(which)
    return list(packs[len(packs) * (number - 1) // of : len(packs) * number // of])


def _shard(which: str) -> tuple[int, int]:
    number, _, of = which.partition("/")
    if not (number.isdecimal() and of.isdecimal() and 1 <= int(number) <= int(of)):
        raise UsageError(f"A shard is i/n, such as 2/8 for the second of eight; {which!r} is none.")
    return int(number), int(of)


def own_parameters(folder: Path) -> dict[str, set[str]]:
    """Notebook to the names of its parameters besides `RUN_PARAMETERS`; a notebook that cannot be read has none."""
    own = {}
    for path in folder.glob("*.ipynb"):
        with suppress(NotebookError):
            own[path.stem] = set(read_notebook(path).parameters) - {*RUN_PARAMETERS}
    return own


def _checked(chosen: Sequence[Notebook], asked: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    for name, value in asked.items():
        if name in RUN_PARAMETERS:
            raise UsageError(f"The parameter {name} is set by the run itself: use --{name} instead.")
        having = [notebook for notebook in chosen if name in notebook.parameters]
        if not having:
            raise UsageError(f"No notebook of this run has a parameter {name!r}. {_parameters_known(chosen)}")
        for notebook in having:
            _typed(notebook, {name: value})
    return tuple(sorted(asked.items()))


def _parameters_known(chosen: Sequence[Notebook]) -> str:
    own = {n.name: [name for name in n.parameters if name not in RUN_PARAMETERS] for n in chosen}
    listed = "; ".join(f"{name}: {', '.join(names)}" for name, names in own.items() if names)
    return f"There are {listed}." if listed else "They have none besides the period, edition and folders."


def _typed(notebook: Notebook, asked: Mapping[str, str]) -> tuple[tuple[str, str | int | float], ...]:
    """Those of `asked` that `notebook` has, as the type of its own value; text stays text, codes and dates too."""
    typed = {}
    for name, value in asked.items():
        if name in notebook.parameters:
            kind = type(notebook.parameters[name])
            try:
                typed[name] = kind(value)
            except ValueError:
                wanted = {int: "a whole number", float: "a number"}[kind]
                raise UsageError(f"{notebook.name}: the parameter {name} is {value!r}; expected {wanted}.") from None
    return tuple(sorted(typed.items()))


def canonical_period(code: str) -> Period:
    """The period that a person means by `code`: spaces around it and small letters do not matter."""
    return Period.parse(code.strip().upper())


def notebook_files(folder: Path) -> list[Path]:
    """Every notebook in `folder`, by name. Raises `UsageError` when there is none."""
    found = sorted(path for path in folder.glob("*.ipynb") if not path.name.startswith("."))
    if not found:
        raise UsageError(f"There are no notebooks in the folder {folder.name!r}.")
    return found


def read_notebook(path: Path) -> Notebook:
    """What the committed notebook at `path` says of itself.

    Read as plain JSON: the notebook libraries take a second to import, and `panelpack list` needs none of them.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        cells = content["cells"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise NotebookError(
            f"{path.name} is not a notebook that can be read ({error}). Open it in JupyterLab and save it again."
        ) from None
    about = content.get("metadata", {}).get("panelpack", {})
    return Notebook(
        path=path,
        title=_question(path.name, cells),
        parameters=_parameters(path.name, cells),
        returns=tuple(about.get("returns", ())),
        cells=len(cells),
        sha256=_source_hash(cells, about),
        order=about.get("order", _LAST),
        tables=tuple(about.get("tables", ())),
    )


def _question(name: str, cells: list[dict]) -> str:
    lines = source_text(cells[0]).strip().splitlines() if cells and cells[0].get("cell_type") == "markdown" else []
    titles = [line for line in lines if re.match(r"#\s", line)]
    if len(titles) != 1 or titles[0] != lines[0]:
        raise NotebookError(
            f"{name}: the first cell must be markdown that starts with the question as its one '# Title'."
        )
    return lines[0].lstrip("#").strip()


def _parameters(name: str, cells: list[dict]) -> dict[str, str | int | float]:
    tagged = [cell for cell in cells if PARAMETERS_TAG in cell.get("metadata", {}).get("tags", ())]
    if len(tagged) != 1 or tagged[0]["cell_type"] != "code":
        raise NotebookError(
            f"{name}: there must be one code cell with the tag {PARAMETERS_TAG!r}; found {len(tagged)}."
        )
    values = {}
    try:
        for statement in ast.parse(source_text(tagged[0])).body:
            values.update(_assignment(statement))
    except (SyntaxError, ValueError):
        raise NotebookError(
            f'{name}: the parameters cell may hold only text and numbers, one a line, such as period = "2021-22-Q2".'
        ) from None
    missing = [each for each in RUN_PARAMETERS if each not in values]
    if missing:
        raise NotebookError(f"{name}: the parameters cell has no {missing[0]}; a run sets {', '.join(RUN_PARAMETERS)}.")
    return values


def _assignment(statement: ast.stmt) -> dict[str, str | int | float]:
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target = statement.targets[0]
    elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
        target = statement.target
    else:
        raise ValueError("not an assignment")
    value = ast.literal_eval(statement.value)
    if not isinstance(target, ast.Name) or isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise ValueError("neither text nor a number")
    return {target.id: value}


def _source_hash(cells: list[dict], about: dict) -> str:
    """Hash of what decides the notebook's output: its cells and their tags, not ids, outputs or counts."""
    told = [[cell["cell_type"], source_text(cell), cell.get("metadata", {}).get("tags", [])] for cell in cells]
    return hashlib.sha256(json.dumps([told, about], sort_keys=True).encode()).hexdigest()


def source_text(cell: dict) -> str:
    """The text of a cell; notebook files hold it as one string or as a list of lines."""
    source = cell.get("source", "")
    return source if isinstance(source, str) else "".join(source)
