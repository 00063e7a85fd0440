"""What a module of this room is given to make its tables of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from analysis_lib.errors import DataProblem

Made = tuple[dict[str, pd.DataFrame], list[DataProblem]]  # tidy tables by name, and what was found wrong in making them


@dataclass(frozen=True)
class Given:
    """The checked frames of the returns by table, under the returns' own column names; the key of the keyed hash; the
    area code of each council by its name in lower case; and that of the council whose returns they are ("": not known)."""

    frames: Mapping[str, pd.DataFrame]
    key: bytes
    council_codes: Mapping[str, str]
    own_area: str = ""
