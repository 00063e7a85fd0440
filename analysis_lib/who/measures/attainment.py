"""Virtual school, attainment: how each number names its pupils."""

from __future__ import annotations

from collections.abc import Callable

from analysis_lib.metrics import attainment
from analysis_lib.who.measures.asked import Asked, Made, Named, NotNamed, of_pupils


def _by_standard(stage: attainment.KeyStage) -> Callable[[Asked], Made]:
    return lambda asked: [attainment.by_standard(asked.page["pupils"], stage, years=asked.years)]


NAMED: Named = {
    "pupils_at_key_stage_end": of_pupils(attainment.pupils_at_key_stage_end),
    "pupils_not_assessed": of_pupils(attainment.pupils_not_assessed),
    "teacher_assessed_standard": of_pupils(attainment.teacher_assessment),
    "attainment_8": of_pupils(attainment.attainment_8),
    "attainment_8_pooled": of_pupils(attainment.attainment_8_pooled),
    "key_standards": of_pupils(attainment.key_standards),
    **{stage.measure: _by_standard(stage) for stage in attainment.KEY_STAGES},
}
NOT_NAMED: NotNamed = {}
