"""Exact results in, releasable figures out: the only place where a `Released` is made.

The rules here are the simple ones (DfE's practice for one table at a time): they do not yet look across
tables, periods or earlier packs, so they do not stop a reader who combines several pages.
`docs/disclosure.md` says what that leaves open.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis_lib.disclosure import rules
from analysis_lib.errors import UsageError
from analysis_lib.policy import ClassPolicy, DisclosurePolicy
from analysis_lib.results import CHILDREN, PUBLISHED, TWO_LARGEST, Released, Result, round_half_up

EDITIONS = ("public", "restricted")
HIDDEN = "c"  # DfE's symbol for a figure suppressed to protect confidentiality


def release(result: Result, *, edition: str, policy: DisclosurePolicy, label: str = "") -> Released:
    """The figures of `result` that may be shown in `edition`.

    Parameters
    ----------
    result : Result
    edition : "public" or "restricted"
        Restricted shows exact figures with the measure's decimals. Public hides what `policy` protects and
        prints percentages (but those of large bases) and averages of children as whole numbers.
    policy : DisclosurePolicy
    label : str
        What the figures are called beside them, such as "synthetic"; by default the result's origin.

    Returns
    -------
    Released
        Same rows and order. Who is behind a row never passes. A hidden row has neither value, interval, numerator nor denominator; its symbol is "c".

    Raises
    ------
    UsageError
        For an unknown edition.
    """
    if edition not in EDITIONS:
        raise UsageError(f"There is no edition {edition!r}. Choose {' or '.join(EDITIONS)}.")
    exact = result.exact().drop(columns=list(CHILDREN), errors="ignore")
    frame = exact.drop(columns=list(TWO_LARGEST), errors="ignore")
    measure = result.measure
    decimals = measure.decimals
    if edition == "public" and result.origin != PUBLISHED:
        numbers = policy.of(measure, result.groups)
        hidden = rules.reasons(result, exact, numbers) != ""
        hidden |= _more_hidden_parts(result, frame, hidden, numbers)
        frame.loc[hidden, ["numerator", "denominator", "value", "lower", "upper"]] = np.nan
        frame.loc[hidden, "symbol"] = HIDDEN
        frame.loc[rules.interval_reasons(result, exact) != "", ["lower", "upper"]] = np.nan
        decimals = rules.decimals(measure, frame, numbers)
    scale = 10.0**decimals
    frame["value"] = round_half_up(frame["value"], decimals)
    # Limits outward, so that they do not give the base away.
    frame["lower"] = np.floor(frame["lower"] * scale + 1e-9) / scale
    frame["upper"] = np.ceil(frame["upper"] * scale - 1e-9) / scale
    return Released(measure, frame, result.groups, label or result.origin, edition, decimals, result.parts)


def _more_hidden_parts(result: Result, frame: pd.DataFrame, hidden: pd.Series, policy: ClassPolicy) -> pd.Series:
    """Further parts to hide where one hidden part, or hidden parts of 1 to 5 together, could be had by subtraction.

    The smallest other part that is not 0 is taken each time (a 0 protects nothing); ties go to the first row.
    """
    more = pd.Series(False, index=frame.index)
    if not result.parts:
        return more
    size = frame["value"] if result.measure.is_count else frame["numerator"]
    periods = [] if "period_end" in result.parts else ["period_start", "period_end"]
    others = [*periods, *(group for group in result.groups if group not in result.parts)]
    for _, rows in frame.groupby(others, dropna=False, sort=False) if others else [((), frame)]:
        kept = size[rows.index[~hidden[rows.index]]]
        candidates = kept[kept > 0].sort_values(kind="stable").index
        out = list(rows.index[hidden[rows.index]])
        for candidate in candidates:
            if not out or (len(out) > 1 and size[out].sum() >= policy.threshold):
                break
            more[candidate] = True
            out.append(candidate)
    return more
