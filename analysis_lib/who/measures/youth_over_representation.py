"""Youth offending, over-representation: why no number names its children."""

from __future__ import annotations

from analysis_lib.who.measures.asked import COMPARISON, PUBLISHED, Named, NotNamed

NAMED: Named = {}
NOT_NAMED: NotNamed = {
    **dict.fromkeys(("yos_population_share", "yos_ethnicity_reference"), PUBLISHED),
    **dict.fromkeys(
        ("yos_percentage_point_gap", "yos_relative_rate", "yos_looked_after_relative_rate"),
        COMPARISON.format(instead="yos_caseload_by"),
    ),
}
