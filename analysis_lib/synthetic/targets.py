"""What the synthetic authority is calibrated to: published totals of Middlesbrough, each with its source.

Only headline totals are here. Everything below them (who, where, why) is drawn by the other modules and describes nobody.

Sources, as cited beside each table:

DfE   Department for Education, Explore Education Statistics and Local Authority Interactive Tool, Middlesbrough
      (E06000002), years ending 31 March, releases up to that of 2025
CPB   Middlesbrough Council, Corporate Parenting Board, paper or minutes of the date given
EMR   Middlesbrough Council, report of the Executive Member for Children, March 2019
our   invented, because nothing is published yet or because a figure between two published ones is needed
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date

from analysis_lib.errors import UsageError

# --- Children looked after -------------------------------------------------------------------------------------------
LOOKED_AFTER = {
    date(2016, 3, 31): 377,  # DfE
    date(2017, 3, 31): 444,  # DfE
    date(2018, 3, 31): 466,  # DfE
    date(2019, 2, 8): 505,  # EMR
    date(2019, 3, 31): 518,  # DfE
    date(2020, 3, 31): 618,  # DfE
    date(2020, 6, 30): 670,  # CPB 2020: "670" in June 2020
    date(2020, 7, 31): 692,  # CPB 2021: "692 in July 2020"
    date(2020, 8, 31): 698,  # our, below the peak
    date(2020, 9, 30): 702,  # CPB 30 November 2021: the peak
    date(2020, 10, 31): 681,  # our, between 702 and 654
    date(2020, 11, 30): 654,  # CPB 2022
    date(2021, 2, 28): 586,  # CPB 15 February 2022
    date(2021, 3, 31): 570,  # DfE
    date(2021, 6, 30): 543,  # CPB 2021: 19% below June 2020
    date(2021, 7, 31): 539,  # press, July 2021
    date(2021, 8, 31): 545,  # CPB 2021: 157 below the peak (546 and 544 are printed too)
    date(2021, 9, 30): 543,  # CPB 30 November 2021: 159 below the peak
    date(2021, 11, 30): 526,  # CPB 2022 (535 is implied for the day before by another paper)
    date(2021, 12, 31): 509,  # our, between 526 and 500
    date(2022, 1, 31): 500,  # CPB 15 February 2022
    date(2022, 2, 15): 495,  # CPB 15 February 2022
    date(2022, 2, 28): 503,  # CPB 2022
    date(2022, 3, 31): 502,  # DfE
    date(2022, 8, 31): 522,  # CPB October 2022, scorecard (535 in another paper of the same meeting)
    date(2023, 3, 6): 514,  # CPB March 2023
    date(2023, 3, 31): 509,  # DfE
    date(2024, 1, 31): 528,  # CPB January 2024
    date(2024, 3, 31): 513,  # DfE
    date(2025, 1, 31): 504,  # CPB January 2025
    date(2025, 3, 31): 493,  # DfE
    date(2026, 3, 31): 486,  # our
}
LOOKED_AFTER_PEAK = date(2020, 9, 30)

# Children who started and who ceased to be looked after in the year, a child counted once a year (DfE; the last our).
STARTED = {2016: 254, 2017: 185, 2018: 205, 2019: 296, 2020: 227, 2021: 199, 2022: 245, 2023: 207, 2024: 172, 2025: 181}
CEASED = {2016: 194, 2017: 167, 2018: 152, 2019: 199, 2020: 279, 2021: 273, 2022: 239, 2023: 205, 2024: 193, 2025: 188}

# Starts that the council printed for a part of a year; they are kept where the stocks leave room for them.
STARTED_IN_PART = [
    (date(2021, 6, 1), date(2021, 6, 30), 18),  # CPB 30 November 2021: 0.6 starts per child ceasing in June 2021
    (date(2021, 4, 1), date(2021, 9, 30), 100),  # CPB 30 November 2021: 100 in the six months to September 2021
    (date(2022, 1, 1), date(2022, 1, 31), 13),  # CPB 15 February 2022: 22 ceased in January 2022, 0.6 starts for each
]

# Children who left by adoption (DfE; the last our), special guardianship and child arrangements orders (DfE from
# 2018-19; earlier child arrangements and the last year our).
ADOPTED = {2016: 24, 2017: 24, 2018: 19, 2019: 16, 2020: 25, 2021: 24, 2022: 26, 2023: 23, 2024: 17, 2025: 19}
SPECIAL_GUARDIANSHIP = {
    2016: 15, 2017: 10, 2018: 35, 2019: 46, 2020: 61, 2021: 64, 2022: 46, 2023: 47, 2024: 29, 2025: 33,
}  # fmt: skip
CHILD_ARRANGEMENTS = {
    2016: 20, 2017: 21, 2018: 21, 2019: 35, 2020: 45, 2021: 38, 2022: 34, 2023: 37, 2024: 26, 2025: 27,
}  # fmt: skip
UNACCOMPANIED = {2016: 3, 2017: 2, 2018: 3, 2019: 4, 2020: 3, 2021: 5, 2022: 7, 2023: 8, 2024: 6, 2025: 5}  # our

# Shares of children looked after on 31 March by placement: DfE 2020 to 2025, earlier years and the split of foster care
# between connected and other carers our, led by the council's 212 children with connected carers in July 2020 and 64 in
# January 2025, and by 99 children placed with parents in September 2020 and 58 in September 2021 (CPB).
PLACEMENT_SHARES = {
    2016: {"other foster": 55, "connected": 21, "parents": 10, "home": 8, "semi": 3},
    2019: {"other foster": 48, "connected": 24, "parents": 11, "home": 9, "semi": 4},
    2020: {"other foster": 46, "connected": 27, "parents": 12, "home": 9, "semi": 4},
    2021: {"other foster": 49, "connected": 23, "parents": 11.5, "home": 10, "semi": 4},
    2022: {"other foster": 49, "connected": 22, "parents": 10, "home": 10, "semi": 5},
    2023: {"other foster": 51, "connected": 20, "parents": 7.5, "home": 10.5, "semi": 6},
    2024: {"other foster": 52, "connected": 17, "parents": 9, "home": 12, "semi": 6},
    2025: {"other foster": 55, "connected": 15, "parents": 6.5, "home": 12, "semi": 8},
}

# --- Adoption --------------------------------------------------------------------------------------------------------
# Mean days from entering care to moving in with the adoptive family, over the children adopted in the year. 2019-20
# ("over 500") and 2020-21 (385): CPB 30 November 2021, as whole-child sums; the others our. 2026 and 2027 stand for
# children whose adoption lies after the extract: they are waiting on 31 March 2026.
ENTERED_TO_MOVED_IN = {
    2016: 452, 2017: 468, 2018: 490, 2019: 507, 2020: 385, 2021: 401, 2022: 418, 2023: 432, 2024: 447, 2025: 436,
    2026: 430, 2027: 430,
}  # fmt: skip
# Mean days from placement order to match: 189 in 2020-21 (CPB 30 November 2021 prints 189 "placement order to adoption
# order" for that year; a paper of 2022 prints 301 for it and 189 for 2021-22: only 189 leaves room for court proceedings
# inside 385 days). The others our.
ORDER_TO_MATCH = {
    2016: 150, 2017: 205, 2018: 225, 2019: 236, 2020: 189, 2021: 186, 2022: 194, 2023: 201, 2024: 207, 2025: 198,
    2026: 200, 2027: 200,
}  # fmt: skip
ADOPTED_IN_PART = [  # CPB 30 November 2021: 14 adopted by October 2021
    (date(2021, 4, 1), date(2021, 9, 30), 12),
    (date(2021, 10, 1), date(2021, 10, 31), 2),
    (date(2021, 11, 1), date(2022, 3, 31), 10),
]
WAITING_DAY = date(2021, 9, 30)
WAITING_WITH_ORDER = 32  # CPB 30 November 2021: children with a placement order, not yet adopted
WAITING_NOT_MATCHED = 4  # our; the council printed 2 "not linked", and a link comes before a match
PLANS_CHANGED = {2016: 2, 2017: 2, 2018: 2, 2019: 2, 2020: 3, 2021: 3, 2022: 2, 2023: 2, 2024: 2, 2025: 1}  # our

# --- Child protection and children in need ---------------------------------------------------------------------------
PROTECTION_PLANS = {
    date(2016, 3, 31): 250,  # DfE
    date(2017, 3, 31): 276,  # DfE
    date(2018, 3, 31): 266,  # DfE
    date(2019, 2, 8): 227,  # EMR
    date(2019, 3, 31): 263,  # DfE
    date(2020, 3, 31): 379,  # DfE
    date(2020, 9, 30): 498,  # our: the rise was fastest in the first half of the year
    date(2021, 3, 31): 567,  # DfE
    date(2022, 3, 31): 416,  # DfE
    date(2023, 3, 31): 469,  # DfE
    date(2024, 3, 31): 320,  # DfE
    date(2025, 1, 31): 350,  # CPB January 2025
    date(2025, 3, 31): 353,  # DfE
    date(2026, 3, 31): 341,  # our
}
PROTECTION_STARTED = {
    2016: 329, 2017: 286, 2018: 337, 2019: 494, 2020: 768, 2021: 490, 2022: 539, 2023: 363, 2024: 485, 2025: 430,
}  # fmt: skip
PROTECTION_REPEAT_SHARE = {  # DfE: plans started that were a second or later one; the last our
    2016: 0.112, 2017: 0.101, 2018: 0.252, 2019: 0.186, 2020: 0.174, 2021: 0.204, 2022: 0.301, 2023: 0.278,
    2024: 0.262, 2025: 0.24,
}  # fmt: skip
CONFERENCE_ON_TIME = {  # DfE: initial conferences within 15 working days; the last our
    2016: 0.89, 2017: 0.65, 2018: 0.804, 2019: 0.746, 2020: 0.635, 2021: 0.824, 2022: 0.754, 2023: 0.624,
    2024: 0.861, 2025: 0.85,
}  # fmt: skip
# Children on a child in need plan who are neither looked after nor on a protection plan. The council's own measure, not
# DfE's children in need: 1,135 on 8 February 2019 (EMR), 418 in January 2025 (CPB); the rest our, led by the shape of
# DfE's children in need less protection plans and children looked after.
IN_NEED_PLANS = {
    date(2016, 3, 31): 1208,
    date(2017, 3, 31): 1126,
    date(2018, 3, 31): 1187,
    date(2019, 2, 8): 1135,
    date(2019, 3, 31): 1142,
    date(2020, 3, 31): 1446,
    date(2021, 3, 31): 1398,
    date(2022, 3, 31): 1083,
    date(2023, 3, 31): 812,
    date(2024, 3, 31): 571,
    date(2025, 1, 31): 418,
    date(2025, 3, 31): 431,
    date(2026, 3, 31): 457,
}
IN_NEED_STARTED = {  # our
    2016: 1510, 2017: 1560, 2018: 1540, 2019: 1930, 2020: 1870, 2021: 1640, 2022: 1380, 2023: 1060, 2024: 820,
    2025: 860,
}  # fmt: skip
REFERRALS = {  # DfE; the last our
    2016: 2497, 2017: 2786, 2018: 2600, 2019: 3833, 2020: 4429, 2021: 4613, 2022: 4229, 2023: 2797, 2024: 3636,
    2025: 3310,
}  # fmt: skip
REREFERRAL_SHARE = {  # DfE: within 12 months of an earlier one; the last our
    2016: 0.187, 2017: 0.198, 2018: 0.232, 2019: 0.243, 2020: 0.204, 2021: 0.261, 2022: 0.26, 2023: 0.253,
    2024: 0.253, 2025: 0.248,
}  # fmt: skip
SECTION_47 = {  # DfE rate per 10,000 times the mid-year population that DfE divides by; the last our
    2016: 833, 2017: 1008, 2018: 1097, 2019: 1687, 2020: 2535, 2021: 2435, 2022: 2257, 2023: 1662, 2024: 1928,
    2025: 1745,
}  # fmt: skip
ASSESSMENT_ON_TIME = {  # DfE: within 45 working days; the last our
    2016: 0.829, 2017: 0.674, 2018: 0.834, 2019: 0.813, 2020: 0.621, 2021: 0.876, 2022: 0.764, 2023: 0.795,
    2024: 0.935, 2025: 0.92,
}  # fmt: skip

LOOKED_AFTER_CHILDREN = 2470  # about how many children the returns of the unscaled authority have in care

FEWEST_CHILDREN = 900
MOST_CHILDREN = 80_000  # identifiers from 90001 on are taken


@dataclass(frozen=True)
class Targets:
    """One authority's targets: the published ones, or a multiple of them for a benchmark of another size."""

    looked_after: dict[date, int] = field(default_factory=lambda: dict(LOOKED_AFTER))
    started: dict[int, int] = field(default_factory=lambda: dict(STARTED))
    ceased: dict[int, int] = field(default_factory=lambda: dict(CEASED))
    started_in_part: list[tuple[date, date, int]] = field(default_factory=lambda: list(STARTED_IN_PART))
    adopted: dict[int, int] = field(default_factory=lambda: dict(ADOPTED))
    adopted_in_part: list[tuple[date, date, int]] = field(default_factory=lambda: list(ADOPTED_IN_PART))
    special_guardianship: dict[int, int] = field(default_factory=lambda: dict(SPECIAL_GUARDIANSHIP))
    child_arrangements: dict[int, int] = field(default_factory=lambda: dict(CHILD_ARRANGEMENTS))
    unaccompanied: dict[int, int] = field(default_factory=lambda: dict(UNACCOMPANIED))
    waiting_with_order: int = WAITING_WITH_ORDER
    waiting_not_matched: int = WAITING_NOT_MATCHED
    plans_changed: dict[int, int] = field(default_factory=lambda: dict(PLANS_CHANGED))
    protection_plans: dict[date, int] = field(default_factory=lambda: dict(PROTECTION_PLANS))
    protection_started: dict[int, int] = field(default_factory=lambda: dict(PROTECTION_STARTED))
    in_need_plans: dict[date, int] = field(default_factory=lambda: dict(IN_NEED_PLANS))
    in_need_started: dict[int, int] = field(default_factory=lambda: dict(IN_NEED_STARTED))
    referrals: dict[int, int] = field(default_factory=lambda: dict(REFERRALS))
    section_47: dict[int, int] = field(default_factory=lambda: dict(SECTION_47))
    youth_offending_scale: float = 1.0


def scaled(children: int | None) -> Targets:
    """The targets of an authority with about `children` looked-after children over the ten years (None: as published)."""
    targets = Targets()
    if children is None:
        return targets
    if children < FEWEST_CHILDREN:
        raise UsageError(f"--children must be at least {FEWEST_CHILDREN}: with fewer, monthly flows round to nothing.")
    if children > MOST_CHILDREN:
        raise UsageError(f"--children must be at most {MOST_CHILDREN:,}: make more with --authorities.")
    factor = children / LOOKED_AFTER_CHILDREN

    def times(value):
        if isinstance(value, dict):
            return {key: max(1, round(number * factor)) for key, number in value.items()}
        if isinstance(value, list):
            return [(first, last, max(1, round(number * factor))) for first, last, number in value]
        return value * factor if isinstance(value, float) else max(1, round(value * factor))

    changes = {name: times(getattr(targets, name)) for name in targets.__dataclass_fields__}
    changes["adopted_in_part"] = changes["started_in_part"] = []  # rounded parts need not add up to the rounded year
    return replace(targets, **changes)
