"""An audit of one of our own packs, with all that the project has at hand: measures, groupings, policy, returns, publications."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from analysis_lib.authority import Authority
from analysis_lib.disclosure.printed import PrintedFigure
from analysis_lib.errors import UsageError
from analysis_lib.groupings import groupings
from analysis_lib.metrics.facts import every_measure
from analysis_lib.pack.audit import AuditReport, audit
from analysis_lib.sources.identifying import identifying_values

TEXTS = (".csv", ".toml")


def audit_of(
    authority: Authority, folder: Path, *, earlier: Collection[PrintedFigure], returns: Path | None = None
) -> AuditReport:
    """What is wrong with the pack in `folder`, for somebody who knows the figures of `earlier` packs.

    `returns` is the folder of the returns that the pack was made from; None for the one that `authority.toml` names. What
    identifies in them is searched for in every byte.

    Raises `UsageError` where the returns are not there: what cannot be searched for is not taken to be absent.
    """
    returns = returns or authority.returns
    if not returns.is_dir():
        raise UsageError(
            f"There is no folder {returns} with returns, so their identifiers cannot be searched for. Give it with --data."
        )
    return audit(
        folder,
        measures=every_measure(),
        groupings=groupings(),
        earlier=earlier,
        policy=authority.disclosure,
        secrets=identifying_values(returns),
        public_texts=published_texts(authority.published),
    )


def published_texts(folder: Path) -> list[str]:
    """What others have published, as it is held in `folder`: file by file, in order."""
    files = sorted(path for path in folder.rglob("*") if path.suffix in TEXTS)
    return [path.read_text(encoding="utf-8", errors="replace") for path in files]
