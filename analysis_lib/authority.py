"""Who we are: names, codes, neighbours, targets and the disclosure policy, read from `authority.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd
import platformdirs

from analysis_lib.errors import UsageError
from analysis_lib.home import FILE_NAME, find_home
from analysis_lib.periods import Period
from analysis_lib.policy import DisclosurePolicy, read_policy


@dataclass(frozen=True)
class Area:
    name: str
    code: str


@dataclass(frozen=True)
class NeighbourModel:
    """A list of statistical neighbours and the day from which it is in force."""

    name: str
    in_force_from: pd.Timestamp


@dataclass(frozen=True)
class Authority:
    """One council: what its `authority.toml`, the file `card`, says of it. `home` is the folder of the project whose notebooks
    and tidy tables it uses: that of the file, unless the council is one of a region (`within`).

    `releases` is the folder of the register of what has been published, `commentary` that of what the service says of each
    pack. `youth_service` and its areas are empty where the file has no section of youth offending. `key_file` holds the key of
    the keyed hashes that stand for children (`prepare/keys.py`).
    """

    home: Path
    card: Path
    name: str
    area: Area
    region: Area
    country: Area
    returns: Path
    published: Path
    releases: Path
    commentary: Path
    key_file: Path
    default_period: str
    as_at_days: int
    neighbour_models: tuple[NeighbourModel, ...]
    youth_service: str
    youth_service_areas: tuple[Area, ...]
    disclosure: DisclosurePolicy
    rows_left_out: float  # the largest share of a table's rows that errors may leave out without closing the table
    columns: dict[str, dict[str, str]] = field(default_factory=dict)  # own headings and words: sources/mapping.py
    values: dict[str, dict[str, dict[str, str]]] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        """The folder of its `authority.toml`."""
        return self.card.parent

    @property
    def is_of_a_region(self) -> bool:
        """Whether it uses the notebooks of a project that is not its own."""
        return self.folder.resolve() != self.home.resolve()

    @property
    def processed(self) -> Path:
        """Where the tidy tables are kept."""
        return self.home / "data" / "processed"

    def as_at(self, period: Period) -> pd.Timestamp:
        """The day up to which a pack of `period` uses what was extracted and published."""
        return period.end + pd.Timedelta(days=self.as_at_days)

    def neighbour_model(self, day: pd.Timestamp) -> NeighbourModel:
        """The neighbour list in force on `day` (the earliest one for days before any)."""
        in_force = [model for model in self.neighbour_models if model.in_force_from <= day]
        return max(in_force or self.neighbour_models[:1], key=lambda model: model.in_force_from)


def read_authority(home: Path | None = None) -> Authority:
    """The authority that `home` (default: found from the working directory) describes.

    Raises `UsageError` when the file cannot be read or lacks an entry, naming it.
    """
    home = home or find_home()
    path = home / FILE_NAME
    try:
        facts = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"{path.name} cannot be read: {error}. Compare it with the one in the repository.") from None
    try:
        youth = facts.get("youth_offending")
        return Authority(
            home=home,
            card=path,
            name=facts["authority"]["name"],
            area=Area(facts["authority"]["name"], facts["authority"]["code"]),
            region=Area(**facts["region"]),
            country=Area(**facts["country"]),
            returns=home / facts["data"]["returns"],
            published=home / facts["data"]["published"],
            releases=home / facts["data"].get("releases", "releases"),
            commentary=home / facts["data"].get("commentary", "commentary"),
            key_file=_key_file(home, facts["data"].get("key_file", ""), facts["authority"]["code"]),
            default_period=facts["pack"]["default_period"],
            as_at_days=facts["pack"]["as_at_days"],
            neighbour_models=tuple(
                NeighbourModel(model["name"], pd.Timestamp(model["in_force_from"])) for model in facts["neighbours"]
            ),
            youth_service=youth["service"] if youth else "",
            youth_service_areas=_youth_service_areas(youth, facts["authority"]["code"]),
            disclosure=read_policy(facts["disclosure"], path.name),
            rows_left_out=_share(facts["checks"]["rows_left_out"]),
            columns=facts.get("columns", {}),
            values=facts.get("values", {}),
        )
    except (KeyError, TypeError) as error:
        raise UsageError(
            f"{path.name} lacks an entry or has one too many: {error}. Compare it with the one in the repository."
        ) from None


def within(project: Authority, folder: Path) -> Authority:
    """The authority that the `authority.toml` in `folder` describes, as one of a region whose packs `project` makes.

    Returns, register, commentary and key are its own; notebooks and tidy tables are the project's, and so are the published
    figures where the authority names none that are there.
    """
    authority = read_authority(folder.resolve())
    published = authority.published if authority.published.is_dir() else project.published
    return replace(authority, home=project.home, published=published)


def _youth_service_areas(youth: dict | None, own_area: str) -> tuple[Area, ...]:
    """The councils of the youth offending service, ours among them: rates divide by the children of all of them."""
    areas = tuple(Area(**area) for area in youth["areas"]) if youth else ()
    if areas and own_area not in {area.code for area in areas}:
        raise UsageError(
            f"{FILE_NAME}: [youth_offending] is a service of {' and '.join(area.name for area in areas)}, and {own_area} is "
            "not among its areas. Name your own service and its councils there, or delete the section."
        )
    return areas


def _share(value) -> float:
    if not isinstance(value, int | float) or not 0 <= value <= 1:
        raise UsageError(f"{FILE_NAME}: [checks] rows_left_out is {value!r}; a share from 0 to 1, such as 0.01 for 1%.")
    return float(value)


def _key_file(home: Path, named: str, code: str) -> Path:
    """Where the council's key lies: as `authority.toml` names it, else in the user's own configuration folder."""
    if named:
        return home / Path(named).expanduser()
    return platformdirs.user_config_path("panelpack", appauthor=False) / f"{code}.key"
