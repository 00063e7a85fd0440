"""What the panel may wish to ask of the virtual school: the rules, and the figures of this page that they look at."""

from __future__ import annotations

from analysis_lib.metrics import attainment
from analysis_lib.pages.virtual_school.attainment import Attainment
from analysis_lib.pages.virtual_school.attendance import Attendance
from analysis_lib.pages.virtual_school.figures import figure_at
from analysis_lib.pages.virtual_school.moving_on import MovingOn
from analysis_lib.report.output import Output
from analysis_lib.report.questions import Question, apart, flat, hidden_headline, missed_target, tiny_base

SUSPENDED = "the share of looked-after pupils who were suspended"
PLANS = "the share of pupils with a personal education plan in the summer term"


class SchoolQuestions(Attainment, Attendance, MovingOn):
    """The questions of the page."""

    def questions(self) -> Output:
        """Questions the panel may wish to ask."""
        return self.asked(
            {
                "how sure the results are, and how they stand beside England's": lambda: flat(
                    self._about_a_standard(label) for label, _, _ in attainment.KEY_STANDARDS
                ),
                "how much school is missed": self._about_absence,
                "how many are suspended": self._about_suspensions,
                "how many pupils have a plan": self._about_plans,
                "what the quality of the data is": self.page.doubts,
            }
        )

    def _about_a_standard(self, label: str) -> list[Question]:
        value, _ = self._pooled(label)
        england = figure_at(self.national_standards.where(standard=label), value.period_end)
        what = f"the share who reached the standard ({label[0].lower()}{label[1:]})"
        return [
            *hidden_headline(value, what=what),
            *tiny_base(value, what=what),
            *apart(value, england, what=what, theirs=self.country.name),
        ]

    def _about_absence(self) -> list[Question]:
        overall = figure_at(self.absence.where(kind="Overall"), self.last.end)
        return hidden_headline(overall, what="the share of school sessions missed")

    def _about_suspensions(self) -> list[Question]:
        value = figure_at(self.suspended, self.last.end)
        england = figure_at(self._elsewhere(self.suspended.measure, "cla_suspension_pct")["country"], self.last.end)
        return [
            *hidden_headline(value, what=SUSPENDED),
            *apart(value, england, what=SUSPENDED, theirs=self.country.name),
        ]

    def _about_plans(self) -> list[Question]:
        summers = self.plans.where(term="Summer")
        return [
            *hidden_headline(figure_at(summers, self.last.end), what=PLANS),
            *missed_target(summers, what=PLANS),
        ]
