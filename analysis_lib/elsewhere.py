"""What others have published of the council's own children, as printed: what somebody knows who has never seen a page of ours.

`elsewhere.toml` says which published figures are numbers that we count as well.
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files

import pandas as pd

from analysis_lib.authority import Area
from analysis_lib.disclosure.printed import DENOMINATOR, NUMERATOR, VALUE, PrintedFigure, day_text
from analysis_lib.groupings import Number
from analysis_lib.results import PERCENT, rows_of

AS_PUBLISHED = "as published"
BENCHMARKS, COUNCIL_FIGURES = "benchmarks", "council_figures"


@cache
def published_as() -> dict[tuple[str, str], tuple[Number, bool]]:
    """By table and name of a published figure: our number, and whether synthetic returns were made to give it."""
    table = tomllib.loads((files("analysis_lib") / "elsewhere.toml").read_text(encoding="utf-8"))
    return {
        (where, name): (Number.of(facts["number"]), facts.get("matched", False))
        for where, figures in table.items()
        for name, facts in figures.items()
    }


def public_figures(
    tables: Mapping[str, pd.DataFrame], area: Area, as_at: pd.Timestamp, *, synthetic: bool = False
) -> list[PrintedFigure]:
    """The council's own figures that had been published by `as_at`, of numbers that we count too, each once and in order.

    Parameters
    ----------
    tables : mapping with the tidy tables `benchmarks` and `council_figures`
        Of a figure that was revised, every release that was out by then, unless the tables were cut before. A figure that
        different releases or papers print differently is left out: which of them is ours, nobody can say. So is one that
        the publisher hid.
    area : Area
        The council, by its code.
    synthetic : bool
        Whether the returns are synthetic: then only the figures that they were made to give.

    Returns
    -------
    list of PrintedFigure
        A percentage has the decimals that its publication gives, and its numerator and denominator where they are printed.
    """
    known = published_as()
    told: dict[str, dict[str, PrintedFigure]] = defaultdict(dict)
    for where, row, decimals in _rows_of(tables, area, as_at):
        number, matched = known[where, row["indicator"]]
        if matched or not synthetic:
            for figure in _figures_of(number, row, decimals):
                told[figure.key][figure.text] = figure
    agreed = [next(iter(texts.values())) for texts in told.values() if len(texts) == 1]
    return sorted(agreed, key=lambda figure: figure.key)


def _rows_of(tables, area: Area, as_at: pd.Timestamp) -> Iterator[tuple[str, dict, int]]:
    """The rows of the council with the table that they are of and how many decimals their publication gives."""
    names = {
        where: {name for table, name in published_as() if table == where} for where in (BENCHMARKS, COUNCIL_FIGURES)
    }
    benchmarks = tables[BENCHMARKS]
    benchmarks = benchmarks[benchmarks["indicator"].isin(names[BENCHMARKS]) & (benchmarks["first_released"] <= as_at)]
    if "method" in benchmarks:
        benchmarks = benchmarks[benchmarks["method"] == AS_PUBLISHED]
    # A publication prints all its rows alike: where one has a decimal, a whole number stands for ".0".
    decimals = (
        benchmarks["value"].map(_decimals).groupby([benchmarks["indicator"], benchmarks["source"]]).transform("max")
    )
    own = benchmarks[(benchmarks["area_code"] == area.code) & benchmarks["value"].notna()]
    for row, places in zip(rows_of(own), decimals[own.index], strict=True):
        yield BENCHMARKS, row, int(places)
    printed = tables[COUNCIL_FIGURES].rename(columns={"measure": "indicator"})
    own = printed[
        printed["indicator"].isin(names[COUNCIL_FIGURES])
        & (printed["council_code"] == area.code)
        & (printed["published"] <= as_at)
        & (printed["breakdown"].fillna("") == "")
        & printed["value"].notna()
    ]
    for row in rows_of(own):
        yield COUNCIL_FIGURES, row, _decimals(row["value"])


def _decimals(value: float) -> int:
    return 0 if pd.isna(value) else len(f"{value:.6f}".rstrip("0").partition(".")[2])


def _figures_of(number: Number, row: Mapping, decimals: int) -> Iterator[PrintedFigure]:
    text = f"{row['value']:,.{decimals}f}{'%' if row['unit'] == PERCENT else ''}"
    start, end = day_text(row["period_start"]), day_text(row["period_end"])
    figure = PrintedFigure(number.name, number.groups, start, end, VALUE, text)
    yield figure
    for what in (NUMERATOR, DENOMINATOR):
        if pd.notna(row.get(what, float("nan"))):
            yield figure.showing(what, f"{row[what]:,.0f}")
