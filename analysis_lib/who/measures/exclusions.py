"""Virtual school, suspension and exclusion: how each number names its pupils."""

from __future__ import annotations

from analysis_lib.metrics import exclusions
from analysis_lib.who.measures.asked import PUBLISHED, Named, NotNamed, of_pupils

NAMED: Named = {
    "suspended_pupils": of_pupils(exclusions.suspended_pupils),
    "suspended_pupils_number": of_pupils(exclusions.suspended_pupils_number),
    "suspension_days": of_pupils(exclusions.suspension_days),
    "permanent_exclusions": of_pupils(exclusions.permanent_exclusions),
}
NOT_NAMED: NotNamed = {"printed_days_lost": PUBLISHED}
