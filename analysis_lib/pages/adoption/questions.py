"""What the panel may wish to ask about adoption: the rules, and the figures of this page that they look at."""

from __future__ import annotations

from analysis_lib.pages.adoption.counts import Counts
from analysis_lib.pages.adoption.waits import Waits
from analysis_lib.report.output import Output
from analysis_lib.report.questions import Question, apart, hidden_headline, missed_target, tiny_base
from analysis_lib.results import Value

AVERAGE = "the average wait from entering care to moving in"
LAST_YEAR = f"{AVERAGE}, for the last full financial year alone"


class AdoptionQuestions(Counts, Waits):
    """The questions of the page."""

    def questions(self) -> Output:
        """Questions the panel may wish to ask."""
        return self.asked(
            {
                "what the average wait rests on": self._about_the_average,
                "whether the number of children who wait is shown": lambda: hidden_headline(
                    self.waiting_now, what="the number of children with a placement order and not adopted yet"
                ),
                "how soon half of the children had moved in": lambda: hidden_headline(
                    self.days_until_half_moved_in.latest(), what="the days until half of the children had moved in"
                ),
                "whether the share adopted of those who left care is far from England's": self._about_the_share,
                "what the quality of the data is": self.page.doubts,
            }
        )

    def _about_the_average(self) -> list[Question]:
        average, last = self.over_three_years(self.a1), self.in_the_last_year(self.a1)
        return [
            *hidden_headline(average, what=AVERAGE),
            *tiny_base(average, what=AVERAGE),
            *tiny_base(last, what=LAST_YEAR),
        ]

    def _about_the_share(self) -> list[Question]:
        share, country = self.share_of_leavers.latest(), self.page.authority.country.name
        what = "the share of the children leaving care who were adopted"
        return [
            *missed_target(self.share_of_leavers, what=what),
            *apart(share, self._of(country, share), what=what, theirs=country),
        ]

    def _of(self, area: str, value: Value) -> Value | None:
        """The published figure of `area` for the same year; None where there is none yet."""
        same = self.share_of_leavers_published.where(area=area, period_end=value.period_end).values()
        return same[0] if same else None
