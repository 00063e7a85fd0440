"""What the local extracts are led by: figures that the council printed, each with its source, and our own between them.

Sources: SCR the scrutiny panel's minutes of 16 December 2019 (managing demand); EMR report of the Executive Member of 29
November 2023; OSB the Overview and Scrutiny Board of 22 January 2025; FOS the fostering quarterly report 2021/22 (Corporate
Parenting Board, 30 November 2021); IRO the independent reviewing officers' annual report 2020/21 (the same board); CPB other
papers of that board; `our` is invented.
"""

from __future__ import annotations

from datetime import date

FIRST_LOCAL_DAY = date(2018, 4, 1)

# --- Early help: children in it on a day -----------------------------------------------------------------------------
LED_BY_COUNCIL = {
    date(2016, 3, 31): 720,  # our
    date(2018, 3, 31): 840,  # our
    date(2019, 12, 31): 990,  # SCR: children open to early help, "2019-12"
    date(2021, 3, 31): 1010,  # our
    date(2023, 10, 31): 833,  # EMR: children open to Stronger Families in October 2023
    date(2025, 1, 31): 1050,  # our: led by the 658 families of OSB
    date(2026, 3, 31): 1075,  # our
}
LED_BY_PARTNERS = {
    date(2016, 3, 31): 190,  # our
    date(2018, 3, 31): 400,  # our
    date(2019, 12, 31): 588,  # SCR: cases held by partners, taken as children
    date(2021, 3, 31): 980,  # our
    date(2023, 10, 31): 2543,  # EMR: children receiving early help from partners
    date(2026, 3, 31): 2390,  # our
}
STARTED_WITH_COUNCIL = {  # our, a year
    2016: 1210, 2017: 1290, 2018: 1400, 2019: 1480, 2020: 1390, 2021: 1370, 2022: 1290, 2023: 1380, 2024: 1560, 2025: 1540,
}  # fmt: skip
STARTED_WITH_PARTNERS = {  # our, a year
    2016: 260, 2017: 350, 2018: 480, 2019: 620, 2020: 950, 2021: 1350, 2022: 1850, 2023: 2150, 2024: 2100, 2025: 2050,
}  # fmt: skip
STEPPED_DOWN = 0.34  # of children whose child in need plan ends: led by 58 children in November 2019 (SCR)
NEEDS_MET = 0.84  # of cases not stepped up: led by 77% of the council's closures in December 2019 (SCR)
# Children aged 0 to 17 of each ward in mid-2019, in hundreds (Office for National Statistics, small areas summed to the wards
# of 2015 to 2022), times a factor of our own for need.
WARDS = {
    "E05009853": 6, "E05009854": 22, "E05009855": 48, "E05009856": 54, "E05009857": 40, "E05009858": 14, "E05009859": 24,
    "E05009860": 3, "E05009861": 14, "E05009862": 8, "E05009863": 46, "E05009864": 4, "E05009865": 3, "E05009866": 46,
    "E05009867": 15, "E05009868": 3, "E05009869": 32, "E05009870": 28, "E05009871": 3, "E05009872": 5,
}  # fmt: skip

# --- Fostering households --------------------------------------------------------------------------------------------
# On a day: households, places approved, children placed, places that cannot be used (on hold and otherwise). FOS for 31
# March, 30 June and 30 September 2021; 139 on 31 March 2020 follows from it; the rest our.
FOSTERING = {
    date(2018, 3, 31): (136, 249, 158, 44),
    date(2019, 3, 31): (138, 252, 160, 46),
    date(2020, 3, 31): (139, 254, 163, 45),
    date(2021, 3, 31): (145, 264, 160, 55),
    date(2021, 6, 30): (138, 251, 156, 45),
    date(2021, 9, 30): (130, 243, 139, 45),
    date(2022, 3, 31): (126, 236, 146, 42),
    date(2023, 3, 31): (121, 226, 152, 38),
    date(2024, 3, 31): (117, 220, 156, 33),
    date(2025, 3, 31): (121, 229, 165, 31),
    date(2026, 3, 31): (124, 236, 170, 32),
}
# Households on hold. FOS for 2021; the rest our, and so are the reasons: those printed are of a few households.
ON_HOLD = {
    date(2018, 3, 31): (16,),
    date(2021, 3, 31): (22,),
    date(2021, 6, 30): (18,),
    date(2021, 9, 30): (19,),
    date(2023, 3, 31): (15,),
    date(2026, 3, 31): (12,),
}
# Approved and left in each quarter of a financial year: mainstream, then connected. FOS for 2020-21 in all (15 and 23 approved, 15 and 17 left) and
# for what was approved from April to September 2021; the 15 and 5 that it prints as left in those two quarters cannot be
# (145 households became 138 and 130), so 10 and 13 leave here. The rest our.
APPROVED_AND_LEFT = {
    (2018, 1): ((3, 3), (3, 2)), (2018, 2): ((2, 2), (3, 2)), (2018, 3): ((3, 3), (2, 3)), (2018, 4): ((4, 3), (3, 3)),
    (2019, 1): ((3, 3), (4, 4)), (2019, 2): ((3, 3), (3, 3)), (2019, 3): ((2, 2), (3, 3)), (2019, 4): ((4, 3), (4, 4)),
    (2020, 1): ((2, 3), (5, 4)), (2020, 2): ((4, 4), (6, 4)), (2020, 3): ((5, 4), (6, 4)), (2020, 4): ((4, 4), (6, 5)),
    (2021, 1): ((2, 6), (1, 4)), (2021, 2): ((4, 5), (1, 8)), (2021, 3): ((1, 3), (3, 2)), (2021, 4): ((1, 4), (3, 3)),
    (2022, 1): ((0, 3), (4, 3)), (2022, 2): ((1, 4), (4, 3)), (2022, 3): ((0, 3), (4, 3)), (2022, 4): ((3, 4), (4, 2)),
    (2023, 1): ((3, 4), (4, 3)), (2023, 2): ((2, 5), (4, 4)), (2023, 3): ((3, 4), (5, 4)), (2023, 4): ((3, 4), (5, 5)),
    (2024, 1): ((3, 3), (4, 3)), (2024, 2): ((3, 3), (3, 3)), (2024, 3): ((4, 3), (4, 3)), (2024, 4): ((3, 2), (3, 3)),
    (2025, 1): ((3, 3), (3, 3)), (2025, 2): ((3, 2), (3, 2)), (2025, 3): ((3, 3), (3, 3)), (2025, 4): ((3, 3), (3, 2)),
}  # fmt: skip
CONNECTED_AT_FIRST = 27  # our; 34 on 31 March 2021 then follow (FOS)
# Enquiries in a quarter: 112 in 2020-21, 25 and 35 in the two quarters after it (FOS); the rest our.
ENQUIRIES = {
    **{(year, quarter): number for year, number in ((2018, 30), (2019, 31)) for quarter in (1, 2, 3, 4)},
    (2020, 1): 19, (2020, 2): 33, (2020, 3): 28, (2020, 4): 32, (2021, 1): 25, (2021, 2): 35, (2021, 3): 24, (2021, 4): 27,
    **{
        (year, quarter): number
        for year, number in ((2022, 22), (2023, 28), (2024, 30), (2025, 29))
        for quarter in (1, 2, 3, 4)
    },
}  # fmt: skip

# --- Reviews, challenges, missing children, caseloads ----------------------------------------------------------------
# The child was seen by the reviewing officer before the review: 43% in 2020-21 (IRO), 68% in 2021-22 (CPB October 2022).
SEEN_BEFORE = {2018: 0.5, 2019: 0.47, 2020: 0.43, 2021: 0.68, 2022: 0.74, 2023: 0.78, 2024: 0.8, 2025: 0.8}
# Challenges raised about children looked after and on protection plans: 150 and 52 in 2020-21 (IRO), 70% more than the year
# before, so 119; 80 by reviewing officers in 2021-22 (CPB October 2022). The rest our.
CHALLENGES = {
    2018: (66, 24), 2019: (88, 31), 2020: (150, 52), 2021: (80, 46), 2022: (92, 44), 2023: (104, 38), 2024: (98, 36), 2025: (95, 37),
}  # fmt: skip
# Of these resolved in time: 84% in 2020-21, 77% the year before (IRO).
RESOLVED_IN_TIME = {2018: 0.74, 2019: 0.77, 2020: 0.84, 2021: 0.86, 2022: 0.85, 2023: 0.88, 2024: 0.87, 2025: 0.86}
# Times that a child was missing in a calendar year, in care or not. 974 interviews were held, 74.7%, which only 1,304 give;
# 94% were offered (SCR; the window is not printed and taken as 2019). The rest our.
MISSING = {2018: 920, 2019: 1304, 2020: 890, 2021: 1010, 2022: 1120, 2023: 1080, 2024: 1010, 2025: 990, 2026: 240}
INTERVIEWS_OFFERED = {2019: 1226}
INTERVIEWS_HELD = {2019: 974}
# Children held by an independent reviewing officer, on average: 70 in 2019, 100 in 2020, 114 in 2021 (IRO); the rest our.
HELD_BY_REVIEWING_OFFICER = {2018: 68, 2019: 74, 2020: 104, 2021: 104, 2022: 88, 2023: 82, 2024: 74, 2025: 72}
# Children held by a full-time social worker, on average: 16.7 in February 2022 (CPB); the rest our.
HELD_BY_SOCIAL_WORKER = {2018: 19, 2019: 20.5, 2020: 20, 2021: 17, 2022: 16.5, 2023: 15.6, 2024: 15, 2025: 14.8}
AGENCY_SHARE = {
    2018: 0.12,
    2019: 0.18,
    2020: 0.26,
    2021: 0.27,
    2022: 0.26,
    2023: 0.2,
    2024: 0.15,
    2025: 0.13,
}  # 26% in June 2022
