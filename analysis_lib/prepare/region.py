"""The returns of a region: each authority's read, checked and prepared by itself, one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from analysis_lib.authority import Authority, within
from analysis_lib.errors import PanelpackError
from analysis_lib.prepare.store import prepare_folder
from analysis_lib.sources.region import authorities_in


def prepare_region(region: Path, project: Authority) -> Iterator[tuple[Authority, Path | PanelpackError]]:
    """Each authority of the region with the store of its tidy tables, or the error for which it has none.

    The stores lie among those of `project`, whose published figures are used where the authority names none that are
    there. What is held in memory at a time is one authority, and its identifiers never meet those of another.
    """
    for home in authorities_in(region):
        authority = within(project, home)
        try:
            prepared = prepare_folder(authority.returns, authority)
        except PanelpackError as error:
            prepared = error
        yield authority, prepared
