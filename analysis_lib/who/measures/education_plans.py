"""Virtual school, plans, needs and schools: how each number names its pupils."""

from __future__ import annotations

from analysis_lib.metrics import education_plans
from analysis_lib.who.measures.asked import Named, NotNamed, of_pupils

NAMED: Named = {
    "pep_in_place": of_pupils(education_plans.pep_in_place),
    "special_educational_needs": of_pupils(education_plans.special_educational_needs),
    "school_outside": of_pupils(education_plans.school_outside),
}
NOT_NAMED: NotNamed = {}
