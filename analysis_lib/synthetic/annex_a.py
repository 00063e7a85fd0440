"""Ofsted's Annex A lists 3 to 10, and list 1 where contacts were made, one set for every financial year on its last day.

A list holds what was open at any time in the year; what happened after 31 March is left blank. Teams and workers are
codes: the demonstration has no persons.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from operator import attrgetter
from string import ascii_lowercase

from analysis_lib.synthetic.calendar import add_months, age_on, by_year, written, year_end, year_start
from analysis_lib.synthetic.draws import Draws
from analysis_lib.synthetic.looked_after_return import CareRecord, Known
from analysis_lib.synthetic.people import Child
from analysis_lib.synthetic.placements import Episode, council_of
from analysis_lib.synthetic.protection import Assessment, Casework

_CHILD = ["Child Unique ID", "Gender", "Ethnicity", "Date of Birth", "Age"]
_TEAM = ["Allocated Team", "Allocated Worker"]
_DISABILITY = "Does the Child have a Disability"

LISTS = {
    1: [*_CHILD, "Date of Contact", "Contact Source"],
    3: [*_CHILD, "Date of Referral", "Referral Source", "Referral NFA?", "Number of Referrals in Last 12 Months", *_TEAM],
    4: [
        *_CHILD, _DISABILITY, "Continuous Assessment Start Date", "Child Seen During Continuous Assessment",
        "Continuous Assessment Date of Authorisation",
        "Was the child assessed as requiring LA children's social care support?", *_TEAM,
    ],
    5: [
        *_CHILD, _DISABILITY, "Strategy discussion initiating Section 47 Enquiry Start Date",
        "Was an Initial Child Protection Conference deemed unnecessary?", "Date of Initial Child Protection Conference",
        "Did the Initial Child Protection Conference Result in a Child Protection Plan",
        "Number of Section 47 Enquiries in the last 12 months", "Number of ICPCs in the last 12 months", *_TEAM,
    ],
    6: [
        *_CHILD, _DISABILITY, "CIN Start Date", "Primary Need Code", "Date Child Was Last Seen", "CIN Closure Date",
        "Reason for Closure", "Case Status", *_TEAM,
    ],
    7: [
        *_CHILD, _DISABILITY, "Child Protection Plan Start Date", "Initial Category of Abuse", "Latest Category of Abuse",
        "Date of the Last Statutory Visit", "Was the Child Seen Alone?", "Date of latest review conference",
        "Child Protection Plan End Date",
        "Subject to Emergency Protection Order or Protected Under Police Powers in Last Six Months (Y/N)",
        "Number of Previous Child Protection Plans", *_TEAM,
    ],
    8: [
        *_CHILD, "Unaccompanied Asylum Seeking Child (UASC) within the Last 12 Months (Y/N))", _DISABILITY,
        "Date Started to be Looked After", "Child's Category of Need",
        "Is this a second or subsequent period of being a Looked After Child within the last 12 months (Y/N)",
        "Start date of current legal status", "Child's Legal Status", "Date of Latest Statutory Review",
        "Date of Last Social Work Visit", "What is the permanence plan for this child?",
        "Date of Last IRO Visit / Contact to the Child", "Date of Last Health Assessment", "Date of Last Dental Check",
        "Number of Placements in the Last 12 months", "Date Ceased to be Looked After", "Reason Ceased to be Looked After",
        "Start Date of Most Recent Placement", "Placement Type", "Placement Provider", "Placement postcode",
        "URN of Placement", "Placement Location", "LA of Placement",
        "Number of Episodes the Child has been ‘Missing’ from their Placement in the last 12 months",
        "Number of Episodes the Child has been ‘Absent’ from their Placement in the last 12 months",
        "Was the child offered a Return Interview after their last missing episode (Y/N)?",
        "Did the child accept a Return Interview after their last missing episode (Y/N)?", *_TEAM,
    ],
    9: [
        *_CHILD, "Unaccompanied Asylum Seeking Child (UASC), or formerly UASC if 18 or over (Y/N)", _DISABILITY, *_TEAM,
        "Allocated Personal Advisor", "Eligibility Category", "Latest Pathway Plan Review Date", "LA in Touch",
        "Latest Date of Contact", "Type of Accommodation", "Suitability of Accommodation", "Activity Status",
    ],
    10: [
        "Child Unique ID", "Family identifier", "Gender", "Ethnicity", "Date of Birth", "Age of Child (Years)", _DISABILITY,
        "Date the Child Entered Care", "Date of Decision that Child Should be Placed for Adoption",
        "Date of Placement Order", "Date of Matching Child and Prospective Adopters", "Date Placed for Adoption",
        "Date of Adoption Order", "Date of Decision that Child Should No Longer be Placed for Adoption",
        "Reason Why Child No Longer Placed for Adoption",
        "Date the child was placed for fostering in FFA or concurrent planning placement",
    ],
}  # fmt: skip

_ETHNICITY_LETTERS = [
    "WBRI",
    "WIRI",
    "WIRT",
    "WROM",
    "WOTH",
    "MWBC",
    "MWBA",
    "MWAS",
    "MOTH",
    "AIND",
    "APKN",
    "ABAN",
    "AOTH",
    "BCRB",
    "BAFR",
    "BOTH",
    "CHNE",
    "OOTH",
    "REFU",
    "NOBT",
]
_ETHNICITY = {code: f"{letter}) {code}" for letter, code in zip(ascii_lowercase, _ETHNICITY_LETTERS, strict=False)}


@dataclass
class Lists:
    """What every list takes its rows from, by financial year, sorted once."""

    everybody: Known
    rows_of: dict[int, dict[int, list]]  # list 1 or 3 to 7 -> year -> what the list has a row for
    assessed_without_plan: dict[int, list[tuple[Assessment, str]]]


def sorted_lists(work: Casework, everybody: Known) -> Lists:
    plan = attrgetter("start", "end")
    return Lists(
        everybody,
        {
            1: by_year(work.contacts, lambda contact: (contact.day, contact.day)),
            3: by_year(work.referrals, lambda referral: (referral.day, referral.day)),
            4: by_year(work.assessments, attrgetter("start", "authorised")),
            5: by_year(work.enquiries, lambda enquiry: (enquiry.day, enquiry.conference or enquiry.day)),
            6: by_year(work.in_need_plans, plan),
            7: by_year(work.protection_plans, plan),
        },
        work.assessed_without_plan,
    )


def lists(known: Lists, year: int, seed_draws) -> Iterator[tuple[int, list[list[str]]]]:
    """Lists 3 to 10 one after another, each with its rows, as extracted on 31 March at the end of `year`; list 1 if it has any."""
    day = year_end(year)
    made = {1: _list_1, 3: _list_3, 4: _list_4, 5: _list_5, 6: _list_6, 7: _list_7}
    for number in LISTS:
        if number == 1 and not known.rows_of[1][year]:
            continue
        draws = seed_draws(f"annex a list {number} {year}")
        if number in made:
            rows = made[number](known.rows_of[number][year], day, draws)
            if number == 6:
                rows += _assessed_without_plan(known.assessed_without_plan[year], day, draws)
            yield number, rows
        elif number == 8:
            yield number, _list_8(known.everybody, year, day, draws)
        elif number == 9:
            yield number, _list_9(known.everybody, year, day, draws)
        else:
            yield number, _list_10(known.everybody.records[year], year, day)


def _yes(value: bool) -> str:
    return "a) Yes" if value else "b) No"


def _child(child: Child, day: date) -> list[str]:
    return [
        child.identifier,
        "b) Female" if child.sex == "F" else "a) Male",
        _ETHNICITY[child.ethnicity],
        written(child.birth),
        str(age_on(child.birth, day)),
    ]


def _team(teams: int, workers: int, draws: Draws) -> list[str]:
    team = draws.integer(1, teams)
    return [f"Team {team}", f"Worker {(team - 1) * workers + draws.integer(1, workers)}"]


def _known(event: date | None, day: date) -> str:
    return written(event) if event and event <= day else ""


def _list_1(contacts, day, draws) -> list[list[str]]:
    return [[*_child(each.child, day), written(each.day), each.source] for each in contacts]


def _list_3(referrals, day, draws) -> list[list[str]]:
    return [
        [
            *_child(r.child, day), written(r.day), r.source, _yes(r.no_further_action), str(r.earlier_in_year),
            *_team(4, 9, draws),
        ]
        for r in referrals
    ]  # fmt: skip


def _list_4(assessments, day, draws) -> list[list[str]]:
    rows = []
    for assessment in assessments:
        done = assessment.authorised <= day
        rows.append(
            [
                *_child(assessment.child, day), _yes(assessment.child.disabled), written(assessment.start),
                _yes(draws.chance(0.96)) if done else "", _known(assessment.authorised, day),
                _yes(assessment.needs_support) if done else "", *_team(4, 9, draws),
            ]
        )  # fmt: skip
    return rows


def _list_5(enquiries, day, draws) -> list[list[str]]:
    seen: dict[int, list[date]] = {}
    conferences: dict[int, list[date]] = {}
    for enquiry in enquiries:  # those of the year: none of the last 12 months lies outside it
        seen.setdefault(enquiry.child.key, []).append(enquiry.day)
        if enquiry.conference and enquiry.conference <= day:
            conferences.setdefault(enquiry.child.key, []).append(enquiry.conference)
    rows = []
    year_ago = day - timedelta(days=365)
    for enquiry in enquiries:
        held = enquiry.conference is not None and enquiry.conference <= day
        waiting = enquiry.conference is not None and not held
        rows.append(
            [
                *_child(enquiry.child, day), _yes(enquiry.child.disabled), written(enquiry.day),
                "" if waiting else _yes(not held), _known(enquiry.conference, day),
                _yes(enquiry.led_to_plan) if held else "",
                str(sum(when > year_ago for when in seen.get(enquiry.child.key, ()))),
                str(sum(when > year_ago for when in conferences.get(enquiry.child.key, ()))), *_team(8, 9, draws),
            ]
        )  # fmt: skip
    return rows


def _list_6(plans, day, draws) -> list[list[str]]:
    rows = []
    for plan in plans:
        closed = plan.end is not None and plan.end <= day
        last = plan.end if closed else day
        seen = max(plan.start, last - timedelta(days=draws.integer(0, 27)))
        rows.append(
            [
                *_child(plan.child, day), _yes(plan.child.disabled), written(plan.start), plan.need, written(seen),
                written(plan.end) if closed else "", (plan.reason if closed else ""),
                "e) Closed episode" if closed else "c) Child in need plan", *_team(8, 9, draws),
            ]
        )  # fmt: skip
    return rows


def _assessed_without_plan(assessments, day, draws) -> list[list[str]]:
    """Rows of list 6 for children in need without a plan: their assessment is not finished on the day of the extract."""
    return [
        [
            *_child(assessment.child, day), _yes(assessment.child.disabled), written(assessment.start), need,
            written(max(assessment.start, day - timedelta(days=draws.integer(0, 20)))), "", "", "d) Open assessment",
            *_team(4, 9, draws),
        ]
        for assessment, need in assessments
    ]  # fmt: skip


def _list_7(plans, day, draws) -> list[list[str]]:
    rows = []
    for plan in plans:
        closed = plan.end is not None and plan.end <= day
        last = plan.end if closed else day
        visit = max(plan.start, last - timedelta(days=draws.integer(0, 14)))
        rows.append(
            [
                *_child(plan.child, day), _yes(plan.child.disabled), written(plan.start), plan.category,
                plan.later_category if (last - plan.start).days > 120 else plan.category, written(visit),
                _yes(draws.chance(0.8)), written(_latest_review(plan.start, last)), written(plan.end) if closed else "",
                _yes(draws.chance(0.04)), str(plan.previous), *_team(8, 9, draws),
            ]
        )  # fmt: skip
    return rows


def _latest_review(start: date, last: date) -> date | None:
    """Reviews follow after three months and then every six."""
    review, following = None, add_months(start, 3) - timedelta(days=5)
    while following <= last:
        review, following = following, add_months(following, 6) - timedelta(days=3)
    return review


def _list_8(everybody: Known, year, day, draws) -> list[list[str]]:
    rows = []
    for record in everybody.records[year]:
        period = record.period
        if period.short_break:
            continue
        known = [episode for episode in record.episodes if episode.start <= day]
        ceased = period.end is not None and period.end <= day
        last = period.end if ceased else day
        year_ago = last - timedelta(days=365)
        placements = _placements(known)
        missing = [spell for spell in record.missing if year_ago < spell[0] <= last]
        away = [spell for spell in missing if spell[2] == "A"]
        again = any(
            other.period.end and other.period.end <= period.start and other.period.start < period.start
            and other.period.end > year_ago
            for other in everybody.periods_of[record.child.identifier]
        )  # fmt: skip
        reviews = [when for when, _ in record.reviews if when <= last]
        settled = (last - period.start).days > 60
        spell = placements[-1]
        legal_since = next(e.start for e in known if _same_status_from(known, e))
        has_missing = len(missing) > len(away)
        offered = has_missing and draws.chance(0.93)
        rows.append(
            [
                *_child(record.child, day), _yes(record.child.unaccompanied), _yes(record.child.disabled),
                written(period.start), period.need, _yes(again), written(legal_since), known[-1].legal_status,
                written(reviews[-1]) if reviews else "",
                written(max(period.start, last - timedelta(days=draws.integer(0, 44)))),
                _permanence_plan(record, known[-1], day, draws),
                written(reviews[-1] - timedelta(days=draws.integer(1, 12))) if reviews and reviews[-1] > period.start + timedelta(days=14) else "",
                written(max(period.start, last - timedelta(days=draws.integer(5, 350)))) if settled and draws.chance(0.92) else "",
                written(max(period.start, last - timedelta(days=draws.integer(5, 350)))) if settled and draws.chance(0.8) else "",
                str(sum(until is None or until > year_ago for _, until in _spans(placements))),
                written(period.end) if ceased else "", (period.reason or "") if ceased else "",
                written(spell[0].start), known[-1].place if year >= 2024 or known[-1].place != "K3" else "H5",
                known[-1].carer.provider, known[-1].carer.postcode, known[-1].urn,
                "a) In" if council_of(known[-1].carer.postcode) == "Middlesbrough" else "b) Out",
                council_of(known[-1].carer.postcode), str(len(missing) - len(away)), str(len(away)),
                _yes(offered) if has_missing else "", _yes(draws.chance(0.72)) if offered else "", *_team(6, 8, draws),
            ]
        )  # fmt: skip
    return rows


def _same_status_from(known: list[Episode], episode: Episode) -> bool:
    later = [other for other in known if other.start >= episode.start]
    return all(other.legal_status == known[-1].legal_status for other in later)


def _placements(known: list[Episode]) -> list[list[Episode]]:
    """Episodes grouped by carer: a change of legal status or of terms is no new placement."""
    grouped: list[list[Episode]] = []
    for episode in known:
        if episode.reason_new in ("S", "P", "B") or not grouped:
            grouped.append([episode])
        else:
            grouped[-1].append(episode)
    return grouped


def _spans(placements: list[list[Episode]]) -> list[tuple[date, date | None]]:
    return [(spell[0].start, spell[-1].end) for spell in placements]


def _permanence_plan(record: CareRecord, episode: Episode, day: date, draws: Draws) -> str:
    plan = record.period.adoption
    if plan and plan.decision <= day and not (plan.ended and plan.ended <= day):
        return "a) Adoption"
    if episode.place in ("U1", "U4"):
        return "d) Long term fostering"
    if episode.place == "P1":
        return "e) Placed with parents"
    if age_on(record.child.birth, day) >= 16:
        return "g) Supported living or independence"
    if episode.place == "U3":
        return draws.weighted(
            {"b) Special guardianship order": 60, "d) Long term fostering": 25, "c) Return to family": 15}
        )
    return draws.weighted({"d) Long term fostering": 50, "c) Return to family": 30, "f) Not yet decided": 20})


def _list_9(everybody: Known, year, day, draws) -> list[list[str]]:
    in_care = {record.child.identifier for record in everybody.records[year] if record.period.open_on(day)}
    rows = []
    for leaver in everybody.leavers:
        child = leaver.child
        age = age_on(child.birth, day)
        if leaver.left > day or not 16 <= age < 25 or child.identifier in in_care:
            continue
        known = [outcome for when, outcome in sorted(leaver.outcomes.items()) if when <= year]
        touch, activity, home = known[-1] if known else ("YES", "0", "0")
        if age >= 22 and draws.chance(0.6):
            continue  # from 21 the offer is taken up by some
        rows.append(
            [
                *_child(child, day), _yes(child.unaccompanied), _yes(child.disabled), *_team(2, 10, draws),
                f"Adviser {draws.integer(1, 14)}", "b) Former relevant child" if age >= 18 else "a) Relevant child",
                written(day - timedelta(days=draws.integer(3, 210))), _yes(touch == "YES"),
                written(day - timedelta(days=draws.integer(1, 60))) if touch == "YES" else "",
                "" if home == "0" else home[0],
                "" if home == "0" else ("a) Suitable" if home[1] == "1" else "b) Unsuitable"),
                "" if activity == "0" else activity,
            ]
        )  # fmt: skip
    return rows


def _list_10(records, year, day) -> list[list[str]]:
    rows = []
    for record in records:
        plan, child = record.period.adoption, record.child
        if plan is None or plan.decision > day:
            continue
        finished = plan.adopted if plan.adopted else plan.ended
        if finished and finished < year_start(year):
            continue
        early = plan.fostered_from if plan.early_permanence else None
        known = _child(child, day)
        rows.append(
            [
                known[0], child.council.adopted_family(plan.group + 1) if plan.match and plan.match <= day else "", *known[1:],
                _yes(child.disabled), written(plan.entered), written(plan.decision), _known(plan.order, day),
                _known(plan.match, day), _known(plan.moved_in, day), _known(plan.adopted, day), _known(plan.ended, day),
                plan.ended_reason if plan.ended and plan.ended <= day else "", _known(early, day),
            ]
        )  # fmt: skip
    return rows
