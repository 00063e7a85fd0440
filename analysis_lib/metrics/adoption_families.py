"""Children adopted together: adoptive families and sibling groups, beside the children.

Annex A list 10 names the adoptive family of a child. Children adopted by one family within the days looked at are a group here,
whether or not they moved in together; whether they are brothers and sisters no return says.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import pandas as pd

from analysis_lib.metrics.adoption import MEASURES
from analysis_lib.metrics.counting import build, members
from analysis_lib.periods import Period
from analysis_lib.results import Result

__all__ = ["adopting_families", "children_by_size_of_group", "groups_adopted"]

ALONE, WITH_ONE, WITH_MORE = "Adopted alone", "With one other child", "With two or more other children"
FAMILY_NOT_KNOWN = "Family not known"
SIZES = (ALONE, WITH_ONE, WITH_MORE, FAMILY_NOT_KNOWN)


def adopting_families(journeys: pd.DataFrame, adoption_list: pd.DataFrame, spans: Mapping[str, Period]) -> Result:
    """Families who adopted in each span, each once however many children; children of unknown families are in none.

    `adoption.children_adopted` counts the children, `groups_adopted` the families with more than one.

    Parameters
    ----------
    journeys : DataFrame from `adoption_journeys`
    adoption_list : DataFrame
        Annex A list 10 with `family_id`; of several rows of a child the one with the latest decision counts.
    spans : mapping of name to Period
    """
    return _families("adopting_families", journeys, adoption_list, spans, least=1)


def groups_adopted(journeys: pd.DataFrame, adoption_list: pd.DataFrame, spans: Mapping[str, Period]) -> Result:
    """Families who adopted two or more children in each span; see `adopting_families`."""
    return _families("groups_adopted", journeys, adoption_list, spans, least=2)


def children_by_size_of_group(
    journeys: pd.DataFrame, adoption_list: pd.DataFrame, spans: Mapping[str, Period]
) -> Result:
    """Children adopted in each span by how many others the same family adopted in it: groups ("span", "group").

    The rows of a span add up to `adoption.children_adopted`; one is for children whose family is not known.
    """
    rows = []
    for name, span in spans.items():
        adopted = _adopted(journeys, adoption_list, span)
        size = adopted["family_id"].map(adopted["family_id"].value_counts())
        group = pd.cut(size, [0, 1, 2, float("inf")], labels=SIZES[:3]).astype(object)
        group = group.where(size.notna(), FAMILY_NOT_KNOWN)
        for each in SIZES:
            those = adopted[group == each]
            rows.append(
                {
                    "span": name,
                    "group": each,
                    "period_start": span.start,
                    "period_end": span.end,
                    "numerator": len(those),
                    **members.named(numerator=partial(members.ids, those)),
                }
            )
    measure = MEASURES["children_by_size_of_group"]
    return build.count(measure, pd.DataFrame(rows), groups=["span", "group"], parts=["group"])


def _families(name: str, journeys, adoption_list, spans: Mapping[str, Period], *, least: int) -> Result:
    rows = [
        {
            "span": words,
            "period_start": span.start,
            "period_end": span.end,
            "numerator": int((_adopted(journeys, adoption_list, span)["family_id"].value_counts() >= least).sum()),
        }
        for words, span in spans.items()
    ]
    return build.count(MEASURES[name], pd.DataFrame(rows), groups=["span"])


def _adopted(journeys: pd.DataFrame, adoption_list: pd.DataFrame, span: Period) -> pd.DataFrame:
    """child_id and family_id of the children adopted in `span`."""
    named = adoption_list[adoption_list["family_id"].notna()]
    named = named.sort_values(["child_id", "decision_date", "extract_date"], kind="stable", na_position="first")
    family_of = named.drop_duplicates("child_id", keep="last")[["child_id", "family_id"]]
    adopted = journeys.loc[journeys["adoption_date"].between(span.start, span.end), ["child_id"]]
    return adopted.merge(family_of, on="child_id", how="left", validate="many_to_one")


def __dir__() -> list[str]:
    return __all__
