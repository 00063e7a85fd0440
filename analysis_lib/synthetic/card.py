"""The source card and the note for readers that lie beside the synthetic returns."""

from __future__ import annotations


def source_card(seed: int, children: int | None) -> str:
    command = f"panelpack synthetic --output data/raw/synthetic --seed {seed}"
    if children is not None:
        command = f"panelpack synthetic --output DIR --seed {seed} --children {children}"
    families = "\n".join(
        f'[families.{name}]\nextract_date = 2026-03-31\nlabel = "synthetic"\ncovers = "{covers}"\n'
        for name, covers in {
            "ssda903": "children looked after return, 2016-17 to 2025-26",
            "annex_a": "Ofsted Annex A lists 3 to 10, one extract on each 31 March from 2017 to 2026",
            "virtual_school": "pupils by academic year, 2016-17 to 2024-25, and 2025-26 to date",
            "youth_offending": "interventions open at any time from 1 April 2016 to 31 March 2026",
        }.items()
    )
    return f"""# Every child in this folder is invented. See README.md here and docs/synthetic.md.
title = "Child-level returns of a synthetic Middlesbrough"
publisher = "panelpack"
label = "synthetic"
licence = "MIT"
made_with = "{command}"
seed = {seed}
extract_date = 2026-03-31
authority_code = "E06000002"
calibrated_to = "published totals of the Department for Education and of Middlesbrough Council; analysis_lib/synthetic/targets.py cites each"
postcodes = "Real postcodes from the ONS Postcode Directory (Open Government Licence v3.0), chosen evenly and at random to children: nobody here lives at them."
notes = [
    "Stocks on 31 March, 8 February 2019, 30 September 2020 and 30 September 2021 are exact.",
    "DfE's starts and ceases of every year are exact when a child is counted once a year, as DfE counts.",
    "Flows that the council printed month by month contradict the published stocks in places: docs/synthetic.md has the table.",
    "Figures for 31 March 2026 and the year before it are invented: nothing was published when this was made.",
    "The youth offending composition and pupils' results are invented and differ from the published percentages on purpose.",
]

{families}"""


def readme() -> str:
    return """# Synthetic returns

Nobody in these files exists. They are made by `panelpack synthetic` from a seed, byte for byte the same on every machine,
in the formats in which a council holds its own returns: SSDA903, Ofsted Annex A, a virtual school extract and a youth
offending case extract, 1 April 2016 to 31 March 2026.

Headline totals follow published figures of Middlesbrough, so that the notebooks tell a familiar story. Everything below a
headline is invented: who the children are, where they live, why they left, how they did at school, who came to the youth
offending service. Postcodes are real ones (ONS Postcode Directory, Open Government Licence v3.0), because the rules of the
returns look them up; they were dealt out at random and no synthetic child lives at any of them.

`docs/synthetic.md` says what is exact, what is only near, and which published figures contradict one another.
`source.toml` is the card that the pack prints beside every number made from these files.
"""
