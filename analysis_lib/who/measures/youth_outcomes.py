"""Youth offending, interventions and outcomes: how each number names its children, by the service's own numbering."""

from __future__ import annotations

from analysis_lib.who.measures.asked import PUBLISHED, Named, NotNamed

NAMED: Named = {}
NOT_NAMED: NotNamed = dict.fromkeys(("yj_fte_rate", "yj_cautioned_sentenced_rate"), PUBLISHED)
