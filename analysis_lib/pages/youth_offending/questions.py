"""What the panel may wish to ask about the youth offending caseload: the rules, and what each looks at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis_lib.metrics import youth_caseload
from analysis_lib.report.questions import Question, hidden_headline, over_represented, tiny_base
from analysis_lib.results import Value

if TYPE_CHECKING:
    from analysis_lib.pages.youth_offending.page import Breakdown, YouthOffending

CASELOAD = "on the caseload"


def about_the_size(page: YouthOffending) -> list[Question]:
    """The whole caseload."""
    return hidden_headline(page.total.value(period_end=page.now.end), what="the number of children on the caseload")


def about_sex(page: YouthOffending) -> list[Question]:
    """Boys beside girls."""
    view = page.sex
    raised = over_represented(view.of(view.rate, "Male", page.now.end), group="boys", beside="girls", where=CASELOAD)
    return [*_about_the_share(view, "Male", "the share of boys", page), *raised]


def about_ethnicity(page: YouthOffending) -> list[Question]:
    """All other known ethnic groups beside White children."""
    view = page.broad_ethnicity
    rate = view.of(view.rate, youth_caseload.OTHERS, page.now.end)
    others = "children of all other known ethnic groups together"
    raised = over_represented(rate, group=others, beside="White children", where=CASELOAD)
    return [*_about_the_share(view, "White", "the share of White children", page), *raised]


def about_looked_after(page: YouthOffending) -> list[Question]:
    """Looked-after children beside the others."""
    view, rate = page.looked_after, page.looked_after_rate
    raised = over_represented(
        rate if isinstance(rate, Value) else None,
        group="looked-after children",
        beside="other children",
        where=CASELOAD,
    )
    return [*_about_the_share(view, "Yes", "the share of looked-after children", page), *raised]


def _about_the_share(view: Breakdown, group: str, what: str, page: YouthOffending) -> list[Question]:
    share = view.of(view.shares, group, page.now.end)
    return [*hidden_headline(share, what=what), *tiny_base(share, what=what)]
