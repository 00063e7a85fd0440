"""Virtual school, moving on: how each number names its pupils."""

from __future__ import annotations

from analysis_lib.metrics import moving_on
from analysis_lib.who.measures.asked import PUBLISHED, Named, NotNamed, of_pupils

NAMED: Named = {
    "pupils_moving_on": of_pupils(moving_on.pupils_moving_on),
    "left_care_before_move": of_pupils(moving_on.left_care_before_move),
    "next_school_in_authority": of_pupils(moving_on.next_school_in_authority),
    "moving_on_with_needs": of_pupils(moving_on.moving_on_with_needs),
    "post16_offers": of_pupils(moving_on.post16_offers),
    "post16_activity": of_pupils(moving_on.post16_activity),
    "neet": of_pupils(moving_on.neet),
    "neet_or_not_known": of_pupils(moving_on.neet_or_not_known),
}
NOT_NAMED: NotNamed = {"printed_offers": PUBLISHED}
