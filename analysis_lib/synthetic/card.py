"""The cards and the note for readers that lie beside synthetic returns."""

from __future__ import annotations

from analysis_lib.synthetic.people import Council

_DEMONSTRATION = {
    "title": "Child-level returns of a synthetic Middlesbrough",
    "made_with": "panelpack synthetic --output data/raw/synthetic --seed {seed}",
    "calibrated_to": "published totals of the Department for Education and of Middlesbrough Council; "
    "analysis_lib/synthetic/targets.py cites each",
    "notes": [
        "Stocks on 31 March, 8 February 2019, 30 September 2020 and 30 September 2021 are exact.",
        "DfE's starts and ceases of every year are exact when a child is counted once a year, as DfE counts.",
        "Flows that the council printed month by month contradict the published stocks in places: docs/synthetic.md has "
        "the table.",
        "Figures for 31 March 2026 and the year before it are invented: nothing was published when this was made.",
        "The youth offending composition and pupils' results are invented and differ from the published percentages on "
        "purpose.",
    ],
}


_LOCAL = {
    "attendance": "looked-after pupils by school term, autumn 2018 to spring 2026",
    "exclusions": "suspensions and permanent exclusions of looked-after pupils, school years 2018-19 to 2025-26",
    "early_help": "early help open at any time from 1 April 2018 to 31 March 2026",
    "fostering_households": "households on the last day of each quarter, 31 March 2018 to 31 March 2026",
    "fostering_enquiries": "enquiries from 1 April 2018 to 31 March 2026",
    "reviews_and_conferences": "reviews and conferences due or held from 1 April 2018 to 31 March 2026",
    "issues_resolution": "challenges raised from 1 April 2018 to 31 March 2026",
    "return_home_interviews": "times missing that began from 1 April 2018 to 31 March 2026",
    "regulation_44": "visits due from April 2018 to March 2026",
    "caseloads": "caseloads on the last day of each month, April 2018 to March 2026",
}

_README = """# Synthetic returns

Nobody in these files exists. They are made by `panelpack synthetic` from a seed, byte for byte the same on every machine,
in the formats in which a council holds its own returns: SSDA903, Ofsted Annex A, a virtual school extract and a youth
offending case extract, 1 April 2016 to 31 March 2026. `local/` has what no national return holds, 1 April 2018 to 31 March
2026: early help, fostering, attendance, suspensions, reviews and conferences, issues resolution, return home interviews,
Regulation 44 visits and caseloads, for the same children, pupils, plans and missing spells.

Headline totals follow published figures of Middlesbrough, so that the notebooks tell a familiar story. Everything below a
headline is invented: who the children are, where they live, why they left, how they did at school, who came to the youth
offending service. Postcodes are real ones (ONS Postcode Directory, Open Government Licence v3.0), because the rules of the
returns look them up; they were dealt out at random and no synthetic child lives at any of them.

`docs/synthetic.md` says what is exact, what is only near, and which published figures contradict one another.
`source.toml` is the card that the pack prints beside every number made from these files.
"""


def source_card(council: Council, seed: int, children: int | None) -> str:
    """The card `source.toml`: of the demonstration authority, or of one whose totals are a multiple of its totals."""
    families = "\n".join(
        f'[families.{name}]\nextract_date = 2026-03-31\nlabel = "synthetic"\ncovers = "{covers}"\n'
        for name, covers in {
            "ssda903": "children looked after return, 2016-17 to 2025-26",
            "annex_a": "Ofsted Annex A lists 3 to 10, one extract on each 31 March from 2017 to 2026"
            + ("; list 1 from 2019" if children is None else ""),
            "virtual_school": "pupils by academic year, 2016-17 to 2024-25, and 2025-26 to date",
            "youth_offending": "interventions open at any time from 1 April 2016 to 31 March 2026",
            **(_LOCAL if children is None else {}),
        }.items()
    )
    about = _DEMONSTRATION if children is None else _scaled(council, children)
    notes = "\n".join(f'    "{note}",' for note in about["notes"])
    return f"""# Every child in this folder is invented. See README.md here and docs/synthetic.md.
title = "{about["title"]}"
publisher = "panelpack"
label = "synthetic"
licence = "MIT"
made_with = "{about["made_with"].format(seed=seed)}"
seed = {seed}
extract_date = 2026-03-31
authority_code = "{council.code}"
calibrated_to = "{about["calibrated_to"]}"
postcodes = "Real postcodes from the ONS Postcode Directory (Open Government Licence v3.0), chosen evenly and at random to children: nobody here lives at them."
notes = [
{notes}
]

{families}"""


def _scaled(council: Council, children: int) -> dict:
    return {
        "title": f"Child-level returns of {council.name} (about {children:,} looked-after children)",
        "made_with": f"panelpack synthetic --seed {{seed}} --children {children}"
        if council.number == 0
        else f"panelpack synthetic --authorities N, authority {council.number}",
        "calibrated_to": "nothing: totals are a multiple of the demonstration authority's, for tests of size and speed",
        "notes": [
            "The totals are nobody's. They follow the shape of the demonstration authority's, times one factor.",
            "Homes, placements and councils named in the returns are those of the demonstration authority.",
        ],
    }


def authority_card(council: Council) -> str:
    """An `authority.toml` for one of several synthetic authorities: its returns lie beside it."""
    return f"""# {council.name}: invented, like every child in this folder. No council has this code.

[authority]
name = "{council.name}"
code = "{council.code}"

[region]
name = "Synthetic region"
code = "E12009001"

[country]
name = "England"
code = "E92000001"

[data]
returns = "."                # this folder
published = "../published"   # one for all authorities of the region: put a copy of data/raw/published there

[pack]
default_period = "2021-22-Q2"
as_at_days = 61

[[neighbours]]
name = "2025 (May 2025)"
in_force_from = 2025-05-01

[youth_offending]
service = "Youth offending service of {council.name}"
areas = [{{ name = "{council.name}", code = "{council.code}" }}]

[checks]
rows_left_out = 0.01

[disclosure]
profile = "exact"

[disclosure.characteristics]
threshold = 6
protect = true
protect_nested = true
min_percentage_base = 10
one_decimal_base = 1000
min_average_base = 10
min_quartile_base = 20
zero_and_all = "hide in named groups"
largest_share = 50
two_largest_share = 75
min_series_mean = 10
round_to = 0
decided_by = "demonstration default: no officer has decided this"
decided_on = 2026-11-22
note = "As in the demonstration authority."

[disclosure.totals]
protect = false
zero_and_all = "show"
decided_by = "demonstration default: no officer has decided this"
decided_on = 2026-11-22
note = "As in the demonstration authority."

[disclosure.results]
protect_nested = false
decided_by = "demonstration default: no officer has decided this"
decided_on = 2026-11-22
note = "As in the demonstration authority."

[disclosure.youth_offending]
decided_by = "demonstration default: no officer has decided this"
decided_on = 2026-11-22
note = "As in the demonstration authority."

[disclosure.activity]
protect = false
zero_and_all = "show"
decided_by = "demonstration default: no officer has decided this"
decided_on = 2026-11-22
note = "As in the demonstration authority."
"""


def readme(council: Council, children: int | None) -> str:
    if children is None:
        return _README
    return f"""# Synthetic returns: {council.name}

Nobody in these files exists, and their totals are nobody's: a multiple of the demonstration authority's, made for tests of
size and speed. Homes, placements and councils named in them are the demonstration authority's too. `docs/synthetic.md` of
panelpack says how they are made; `source.toml` is the card that is printed beside every number made from them.
"""
