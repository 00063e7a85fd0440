"""Shows the headings of a file in a message, unless what stands there may be the values of a child's row."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

_MOST_SHOWN = 40
# Three figures together, or a date: identifiers, postcodes' numbers, days and years, but hardly ever a heading.
_LIKE_A_VALUE = re.compile(r"\d{3}|\d[/.-]\d")


def listed(headings: Sequence[str], is_known: Callable[[str], bool] = lambda _: False) -> str:
    """The headings, separated by commas; where one looks like a value, those that are known and how many others.

    A file without a header, or whose header has run into the first row, would otherwise have a child's values shown as
    its headings.
    """
    filled = [" ".join(heading.split())[:60] for heading in headings if heading.strip()]
    may_be_values = any(_LIKE_A_VALUE.search(heading) for heading in filled)
    shown = [heading for heading in filled if is_known(heading)] if may_be_values else filled
    shown = shown[:_MOST_SHOWN]
    others = len(filled) - len(shown)
    if not others:
        return ", ".join(shown)
    return f"{', '.join(shown)} and {others:,} others" if shown else f"{others:,}, which do not look like headings"
