"""The areas that publishers count for: England, its regions and councils, by today's codes and by those of before.

`areas.csv` is made from the codes that the Department for Education's own files carry (2013 to 2025). A council keeps one
row when its code changed with its boundary or status (Buckinghamshire, Somerset); a council that was merged or split
(Cumbria, Northamptonshire) is another area than its successors.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from analysis_lib.authority import Area

COUNCIL, REGION, COUNTRY = "council", "region", "country"
CODE = re.compile(r"[EWSNKJ]\d{8}")


@dataclass(frozen=True)
class KnownArea:
    """An area under its present code; `old_code` is the three-digit number of a council, `region_code` its region."""

    code: str
    name: str
    kind: str
    old_code: str = ""
    former_codes: tuple[str, ...] = ()
    region_code: str = ""

    @property
    def area(self) -> Area:
        return Area(self.name, self.code)


@cache
def known_areas() -> tuple[KnownArea, ...]:
    """Every area of the table, in its order."""
    with Path(__file__).with_name("areas.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            KnownArea(
                row["area_code"],
                row["area"],
                row["kind"],
                row["old_la_code"],
                tuple(row["former_codes"].split()),
                row["region_code"],
            )
            for row in csv.DictReader(file)
        )


@cache
def areas_by_code() -> dict[str, KnownArea]:
    """Areas by their present code and by each one that they had before."""
    return {code: area for area in known_areas() for code in (area.code, *area.former_codes)}


@cache
def councils_by_old_code() -> dict[str, KnownArea]:
    """Councils by the three-digit number that the Department for Education uses in its lists of neighbours."""
    return {area.old_code: area for area in known_areas() if area.old_code}


def present_code(code: str) -> str:
    """The code that an area has today; one that is not in the table stays as it is."""
    known = areas_by_code().get(code)
    return known.code if known else code
