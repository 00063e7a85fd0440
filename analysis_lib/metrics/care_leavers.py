"""Care leavers: who they are, whether the council is in touch, what they do, where they live.

Two tables tell of them. `care_leavers` (SSDA903 OC3) says once a year how each young person fared on or around the birthday in
that year: figures by the Department for Education rest on it. `care_leaver_list` (Annex A list 9) says how each fared at the
latest contact before an extract. The two differ, so each measure of the second has its own name (`..._latest`).

A young person counts by the age reached on the birthday in the period, once for each such birthday. Those who died and those
who went home for six months or more (DIED, RHOM) are not care leavers in these figures and are left out, counted by
`left_out`. Those who refuse contact, no longer need services or are out of touch stay in every denominator.

A status follows the age: in care at 16 or 17 is eligible, left care at 16 or 17 relevant, 18 and over former relevant (Children
Act 1989, section 23A, 23C and Schedule 2, paragraph 19B). All three need 13 weeks (91 days) of care since the 14th birthday and
some of it since the 16th (Care Planning, Placement and Case Review (England) Regulations 2010, regulation 40).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd

from analysis_lib.metrics.counting import tally
from analysis_lib.metrics.counting.ages import age_on, in_bands, turns
from analysis_lib.metrics.counting.groups import NOT_KNOWN, among, stacked
from analysis_lib.metrics.counting.spells import as_list
from analysis_lib.metrics.facts import measures
from analysis_lib.periods import Period
from analysis_lib.results import Measure, Result

__all__ = [
    "accommodation", "accommodation_unknown", "activity", "activity_unknown", "activity_unknown_latest", "contact", "eet",
    "eet_latest", "entitled_at", "expected", "in_touch", "in_touch_latest", "left_out", "listed", "neet", "neet_latest",
    "number", "returned", "status", "staying_put", "suitable_accommodation", "suitable_accommodation_latest",
    "suitable_accommodation_of_all", "unsuitable_accommodation", "with_former_foster_carer",
]  # fmt: skip

MEASURES = measures("care_leavers")
AGES = ("17-18", "19-21")  # as the Department prints them; any "22-25" or "19" may be asked for
LISTED_AGES = ("17-18", "19-21", "22-25")
LEFT_OUT = {"DIED": "Died", "RHOM": "Home for six months or more"}
CONTACT = {
    "YES": "In touch", "NO": "Not in touch", "REFU": "Refuses contact", "NREQ": "No longer needs services",
}  # fmt: skip
KINDS_OF_ACTIVITY = {
    "Higher education": ("F1", "P1"),
    "Other education": ("F2", "P2"),
    "Apprenticeship": ("F4", "P4"),
    "Training or employment": ("F3", "P3", "F5", "P5"),
    "Not in education, employment or training: illness or disability": ("G4",),
    "Not in education, employment or training: pregnancy or parenting": ("G6",),
    "Not in education, employment or training: other": ("G5",),
}
HOURS_OF_ACTIVITY = {
    "Full time": ("F1", "F2", "F3", "F4", "F5"),
    "Part time": ("P1", "P2", "P3", "P4", "P5"),
    "Not in education, employment or training": ("G4", "G5", "G6"),
}
DETAILS = {"kind": KINDS_OF_ACTIVITY, "hours": HOURS_OF_ACTIVITY}
EET = (*HOURS_OF_ACTIVITY["Full time"], *HOURS_OF_ACTIVITY["Part time"])
NEET = HOURS_OF_ACTIVITY["Not in education, employment or training"]
ACCOMMODATION = {
    "B": "With parents or relatives", "C": "Community home or residential care", "D": "Semi-independent",
    "E": "Supported lodgings", "G": "Gone abroad", "H": "Deported", "K": "Ordinary lodgings",
    "R": "Residence not known", "S": "No fixed abode", "T": "Foyer", "U": "Independent living",
    "V": "Emergency accommodation", "W": "Bed and breakfast", "X": "In custody", "Y": "Other",
    "Z": "With former foster carers",
}  # fmt: skip
NO_ACCOMMODATION_HERE = ("G", "H", "R")  # gone abroad, deported, residence not known: in no base of suitability
NEVER_SUITABLE = ("S", "X")  # no fixed abode, in custody (SSDA903 rule 133)
FORMER_FOSTER_CARER = "Z"
ELIGIBLE, RELEVANT, FORMER_RELEVANT = "Eligible", "Relevant", "Former relevant"
DAYS_OF_CARE = 91  # 13 weeks
NOT_A_CARE_LEAVER = ("E11", "E12", "E2", "E3")  # adopted, died, taken over by another authority
FOSTERED = "U"  # every code of a foster placement begins so

# --------------------------------------------------------------------------------- on or around the birthday (SSDA903 OC3)


def number(care_leavers: pd.DataFrame, *, period: Period | Sequence[Period], ages: Sequence[str] = AGES) -> Result:
    """Care leavers with a birthday in each period, by the age that they reached; `listed` counts those on Annex A list 9.

    Parameters
    ----------
    care_leavers : DataFrame
        SSDA903 OC3: child_id, return_year, birth_date, in_touch, activity, accommodation.
    period : Period or several
        First and last day counted. OC3 is there for completed financial years.
    ages : text
        Bands ("17-18") and single ages ("19"), both ends counted.

    Returns
    -------
    Result
        A row for each period and each of `ages`, then one "Not known" for those without a birth date (they count at the
        end of their return's year). Those aged otherwise are in no row.
    """
    cohort = _cohort(care_leavers)
    return _counted(MEASURES["care_leavers"], cohort, as_list(period), "age", _bands(cohort["age"], ages))


def left_out(care_leavers: pd.DataFrame, *, period: Period | Sequence[Period]) -> Result:
    """Young people in OC3 who died or went home for six months or more, by reason: of all these, only `returned` counts them."""
    everyone = _with_birthdays(care_leavers)
    reasons = {reason: (everyone["in_touch"] == code).to_numpy() for code, reason in LEFT_OUT.items()}
    return _counted(MEASURES["care_leavers_left_out"], everyone, as_list(period), "reason", reasons)


def status(care_leavers: pd.DataFrame, *, period: Period | Sequence[Period]) -> Result:
    """Care leavers of OC3 by status at the birthday: relevant at 16 or 17, former relevant from 18 on, by age alone.

    A 17-year-old is never former relevant, whatever a case system says. `entitled_at` counts all who have a status on a
    day, by their time in care.
    """
    cohort = _cohort(care_leavers)
    groups = {
        RELEVANT: (cohort["age"] < 18).to_numpy(),
        FORMER_RELEVANT: (cohort["age"] >= 18).to_numpy(),
        NOT_KNOWN: cohort["age"].isna().to_numpy(),
    }
    return _counted(MEASURES["care_leavers_status"], cohort, as_list(period), "status", groups)


def in_touch(care_leavers: pd.DataFrame, *, period: Period | Sequence[Period], ages: Sequence[str] = AGES) -> Result:
    """Percentage with whom the council was in touch on or around the birthday; not known counts as not in touch.

    `in_touch_latest` is the share at the latest contact, by Annex A list 9.
    """
    return _of_cohort("care_leavers_in_touch", care_leavers, period, ages, _is_in_touch)


def contact(care_leavers: pd.DataFrame, *, period: Period | Sequence[Period], ages: Sequence[str] = AGES) -> Result:
    """Percentage for each answer about contact: groups ("age", "contact"), which add up to 100 with "Not known"."""
    return _by_kind("care_leavers_contact", care_leavers, period, ages, "contact", lambda of: of["in_touch"], CONTACT)


def eet(care_leavers: pd.DataFrame, *, period: Period | Sequence[Period], ages: Sequence[str] = AGES) -> Result:
    """Percentage in education, employment or training (full or part time) on or around the birthday.

    All care leavers are the base, those whose activity is not known too: `eet`, `neet` and `activity_unknown` make 100.
    `eet_latest` is the share at the latest contact, by Annex A list 9.
    """
    return _of_cohort("care_leavers_eet", care_leavers, period, ages, _is_eet)


def neet(care_leavers: pd.DataFrame, *, period: Period | Sequence[Period], ages: Sequence[str] = AGES) -> Result:
    """Percentage known not to be in education, employment or training; less than what `eet` leaves of 100.

    `neet_latest` is the share at the latest contact, by Annex A list 9.
    """
    return _of_cohort("care_leavers_neet", care_leavers, period, ages, _is_neet)


def activity_unknown(
    care_leavers: pd.DataFrame, *, period: Period | Sequence[Period], ages: Sequence[str] = AGES
) -> Result:
    """Percentage of whose activity the council has no information; `activity_unknown_latest` is that of list 9."""
    return _of_cohort("care_leavers_activity_unknown", care_leavers, period, ages, _has_no_activity)


def activity(
    care_leavers: pd.DataFrame,
    *,
    period: Period | Sequence[Period],
    ages: Sequence[str] = AGES,
    detail: str = "kind",
) -> Result:
    """Percentage in each activity: groups ("age", "activity"), which add up to 100 with "Not known".

    Parameters
    ----------
    detail : "kind" or "hours"
        Each kind of activity; or full time, part time and not in any.

    Until 31 March 2021 apprenticeships were counted in training or employment (codes F3, P3).
    """
    if detail not in DETAILS:
        raise ValueError(f"activity(): detail {detail!r} is not one of {', '.join(DETAILS)}")
    kind_of = {code: kind for kind, codes in DETAILS[detail].items() for code in codes}
    return _by_kind("care_leavers_activity", care_leavers, period, ages, "activity", lambda of: of["activity"], kind_of)


def suitable_accommodation(
    care_leavers: pd.DataFrame, *, period: Period | Sequence[Period], ages: Sequence[str] = AGES
) -> Result:
    """Percentage in suitable accommodation, with the Department for Education's base.

    The base is all care leavers less those gone abroad (G), deported (H) and of residence not known (R). Those of whom
    nothing is known (0) stay in it. No fixed abode and custody are never suitable. `suitable_accommodation_of_all` has
    the base that is often taken by mistake, `suitable_accommodation_latest` is the share by Annex A list 9. With
    `unsuitable_accommodation` and `accommodation_unknown` it makes 100.
    """
    return _of_cohort("care_leavers_suitable", care_leavers, period, ages, _is_suitable, _can_be_suitable)


def suitable_accommodation_of_all(
    care_leavers: pd.DataFrame, *, period: Period | Sequence[Period], ages: Sequence[str] = AGES
) -> Result:
    """Percentage in suitable accommodation of all care leavers: lower than `suitable_accommodation`, which is the official one.

    Its base is that of `eet`, so it is what comes out where the two measures are worked out side by side from one base.
    """
    return _of_cohort("care_leavers_suitable_of_all", care_leavers, period, ages, _is_suitable)


def unsuitable_accommodation(
    care_leavers: pd.DataFrame, *, period: Period | Sequence[Period], ages: Sequence[str] = AGES
) -> Result:
    """Percentage in accommodation that is not suitable, no fixed abode and custody in it; base of `suitable_accommodation`."""
    return _of_cohort("care_leavers_unsuitable", care_leavers, period, ages, _is_unsuitable, _can_be_suitable)


def accommodation_unknown(
    care_leavers: pd.DataFrame, *, period: Period | Sequence[Period], ages: Sequence[str] = AGES
) -> Result:
    """Percentage of whose accommodation the council has no information; base of `suitable_accommodation`."""
    return _of_cohort("care_leavers_accommodation_unknown", care_leavers, period, ages, _has_no_home, _can_be_suitable)


def accommodation(
    care_leavers: pd.DataFrame, *, period: Period | Sequence[Period], ages: Sequence[str] = AGES
) -> Result:
    """Percentage of all care leavers in each kind of accommodation: groups ("age", "accommodation"), adding up to 100."""
    return _by_kind("care_leavers_accommodation", care_leavers, period, ages, "accommodation", _letter, ACCOMMODATION)


def with_former_foster_carer(
    care_leavers: pd.DataFrame, *, period: Period | Sequence[Period], ages: Sequence[str] = ("18", "19-21")
) -> Result:
    """Percentage of all care leavers who live with their former foster carers (code Z, not given before 18).

    `staying_put` has those alone in its base who were fostered when care ended at 18.
    """
    return _of_cohort("care_leavers_with_former_carer", care_leavers, period, ages, _is_with_former_carer)


def staying_put(
    care_leavers: pd.DataFrame,
    episodes: pd.DataFrame,
    *,
    period: Period | Sequence[Period],
    ages: Sequence[str] = ("19", "20"),
) -> Result:
    """Percentage who live with their former foster carers, of those who were fostered until care ended at 18 or later.

    The base is the care leavers of OC3 whose last episode of care was a foster placement (codes U1 to U6) and ended on the
    18th birthday or after it; those whose accommodation is not known stay in it. `with_former_foster_carer` has all care
    leavers in its base.
    """
    last = episodes.sort_values(["child_id", "episode_start"]).drop_duplicates("child_id", keep="last")
    last = care_leavers.join(last.set_index("child_id")[["episode_end", "place"]], on="child_id")
    fostered = last["place"].astype(object).str.startswith(FOSTERED).eq(True)
    until_18 = last["episode_end"] >= turns(last["birth_date"], 18)
    return _of_cohort("staying_put", last[fostered & until_18], period, ages, _is_with_former_carer)


# ------------------------------------------------------------------------------------------ by their time in care


def entitled_at(
    care_periods: pd.DataFrame, children: pd.DataFrame, *, census_date: pd.Timestamp | Sequence[pd.Timestamp]
) -> Result:
    """Young people with a care leaver's status on each census date, by their time in care: group "status".

    Eligible: 16 or 17, in care on the day. Relevant: 16 or 17, left care. Former relevant: 18 to 24. Each with at least
    91 days of care since the 14th birthday, some of them since the 16th. Left out: those who were adopted, died, or were
    taken over by another authority when care last ended. Who left before the first return is in no table. "Not known"
    are those who have been in care by then and whose birth date is not known. `status` counts those of OC3 by age alone.
    """
    people = _people(care_periods, children)
    found = []
    for number_of_day, day in enumerate(as_list(census_date)):
        known = _time_in_care(care_periods, people.assign(day=day))
        age = age_on(people["birth_date"], day)
        young = age.between(16, 17)
        groups = {
            ELIGIBLE: known["entitled"] & known["in_care"] & young,
            RELEVANT: known["entitled"] & ~known["in_care"] & young & ~known["elsewhere"],
            FORMER_RELEVANT: known["entitled"] & age.between(18, 24) & ~known["elsewhere"],
            NOT_KNOWN: known["has_been_in_care"] & people["birth_date"].isna(),
        }
        status = stacked({name: people[is_one] for name, is_one in groups.items()}, "status")
        found.append(status.assign(when=number_of_day))
    return tally.number(MEASURES["entitled"], pd.concat(found, ignore_index=True), census_date, by=["status"])


def expected(
    care_periods: pd.DataFrame,
    children: pd.DataFrame,
    *,
    period: Period | Sequence[Period],
    ages: Sequence[str] = AGES,
    leaving_on_birthday: str = "left out",
) -> Result:
    """Young people who belong in OC3: entitled, out of care before their birthday in the period; by the age reached.

    Left out: those whose care last ended by adoption, death or transfer to another authority.

    Parameters
    ----------
    leaving_on_birthday : "left out" or "kept"
        Those whose care ended on that very birthday. The code of SSDA903 rule 1016 leaves them out, its message keeps
        them; most leave on the 18th birthday.

    Who is in care on the birthday is not asked about (rule 1007). Who left before the first return cannot be expected.
    `returned` says how many of those expected are in OC3.
    """
    found = _expected(care_periods, children, as_list(period), leaving_on_birthday)
    return _counted(MEASURES["care_leavers_expected"], found, as_list(period), "age", in_bands(found["age"], ages))


def returned(
    care_leavers: pd.DataFrame,
    care_periods: pd.DataFrame,
    children: pd.DataFrame,
    *,
    period: Period | Sequence[Period],
    ages: Sequence[str] = AGES,
    leaving_on_birthday: str = "left out",
) -> Result:
    """Percentage of those `expected` in OC3 who have a row in it for the year of that birthday, whatever it says."""
    found = _expected(care_periods, children, as_list(period), leaving_on_birthday)
    year = found["day"].dt.year - (found["day"].dt.month < 4)
    rows = pd.MultiIndex.from_arrays([care_leavers["child_id"], pd.to_numeric(care_leavers["return_year"].str[:4])])
    is_there = pd.Series(pd.MultiIndex.from_arrays([found["child_id"], year]).isin(rows), index=found.index)
    return _share(MEASURES["care_leavers_returned"], found, as_list(period), ages, is_there)


def _expected(care_periods, children, periods: Sequence[Period], leaving_on_birthday: str) -> pd.DataFrame:
    """child_id, age and day of each birthday in `periods` on which somebody belongs in OC3."""
    if leaving_on_birthday not in ("left out", "kept"):
        raise ValueError(f"leaving_on_birthday {leaving_on_birthday!r} is not one of left out, kept")
    people = _people(care_periods, children).dropna()
    birthdays = pd.concat(
        [people.assign(age=float(age), day=turns(people["birth_date"], age)) for age in range(17, 26)],
        ignore_index=True,
    )
    birthdays = birthdays[_in_any(birthdays["day"], periods)]
    known = _time_in_care(care_periods, birthdays)
    is_gone = ~known["in_care"] & ~known["elsewhere"]
    if leaving_on_birthday == "left out":
        is_gone &= known["left"] != birthdays["day"]
    return birthdays[known["entitled"] & is_gone]


def _people(care_periods: pd.DataFrame, children: pd.DataFrame) -> pd.DataFrame:
    """Each child who has been in care, with the birth date; missing where no row of `children` has it."""
    by_child = children.drop_duplicates("child_id").set_index("child_id")["birth_date"]
    people = care_periods[["child_id"]].drop_duplicates().sort_values("child_id", ignore_index=True)
    return people.assign(birth_date=by_child.reindex(people["child_id"]).to_numpy())


def _time_in_care(care_periods: pd.DataFrame, asked: pd.DataFrame) -> pd.DataFrame:
    """What the care of a child was up to a day, for each row of `asked` (child_id, birth_date, day).

    `entitled`, `in_care` on the day, `left` (the last end by then), `elsewhere` (adopted, died or taken over at the end of
    the last period of care that had begun), `has_been_in_care`. A period of care is half open: a child in care on the day
    is in care that night.
    """
    rows = care_periods.merge(asked.assign(asked=asked.index), on="child_id")
    rows = rows[rows["care_start"] <= rows["day"]].sort_values(["asked", "care_start"])
    left = rows["care_end"].where(rows["care_end"] <= rows["day"])
    until = left.fillna(rows["day"] + pd.Timedelta(days=1))  # the day after the last night
    turned_14, turned_16 = turns(rows["birth_date"], 14), turns(rows["birth_date"], 16)
    since_14 = rows["care_start"].where(rows["care_start"] > turned_14, turned_14)
    rows = rows.assign(
        nights=(until - since_14).dt.days.clip(lower=0),
        is_late=until > turned_16,
        is_open=left.isna(),
        left=left,
        is_elsewhere=rows["reason_ceased"].isin(NOT_A_CARE_LEAVER) & left.notna(),
    )
    each = rows.groupby("asked")
    found = pd.DataFrame(
        {
            "entitled": (each["nights"].sum() >= DAYS_OF_CARE) & each["is_late"].any(),
            "in_care": each["is_open"].any(),
            "elsewhere": each["is_elsewhere"].last(),
            "has_been_in_care": each.size() > 0,
            "left": each["left"].max(),
        }
    ).reindex(asked.index)
    return found.assign(**{name: found[name].eq(True) for name in found.columns.drop("left")})


# ------------------------------------------------------------------------------------- at the latest contact (Annex A list 9)


def listed(
    care_leaver_list: pd.DataFrame,
    *,
    census_date: pd.Timestamp | Sequence[pd.Timestamp],
    ages: Sequence[str] = ("16", *LISTED_AGES),
) -> Result:
    """Care leavers on Annex A list 9, by their age on the day of the list; `number` counts those of SSDA903 OC3.

    Each census date is answered by the latest list up to it, and the row carries the day of that list; where there is none the
    row carries the census date and a 0. The last row is "Not known": those without a birth date.
    """
    rows, days = _lists(care_leaver_list, as_list(census_date))
    return _counted(MEASURES["care_leavers_listed"], rows, days, "age", _bands(rows["age"], ages))


def in_touch_latest(
    care_leaver_list: pd.DataFrame,
    *,
    census_date: pd.Timestamp | Sequence[pd.Timestamp],
    ages: Sequence[str] = LISTED_AGES,
) -> Result:
    """Percentage with whom the council is in touch by Annex A list 9; `in_touch` is the share around the birthday.

    As in `listed`, each census date is answered by the latest list up to it. So it is in the next four.
    """
    return _of_list("care_leavers_in_touch_latest", care_leaver_list, census_date, ages, _is_in_touch)


def eet_latest(
    care_leaver_list: pd.DataFrame,
    *,
    census_date: pd.Timestamp | Sequence[pd.Timestamp],
    ages: Sequence[str] = LISTED_AGES,
) -> Result:
    """Percentage in education, employment or training at the latest contact; `eet` is the share around the birthday."""
    return _of_list("care_leavers_eet_latest", care_leaver_list, census_date, ages, _is_eet)


def neet_latest(
    care_leaver_list: pd.DataFrame,
    *,
    census_date: pd.Timestamp | Sequence[pd.Timestamp],
    ages: Sequence[str] = LISTED_AGES,
) -> Result:
    """Percentage known to be in none of these at the latest contact; `neet` is the share around the birthday."""
    return _of_list("care_leavers_neet_latest", care_leaver_list, census_date, ages, _is_neet)


def activity_unknown_latest(
    care_leaver_list: pd.DataFrame,
    *,
    census_date: pd.Timestamp | Sequence[pd.Timestamp],
    ages: Sequence[str] = LISTED_AGES,
) -> Result:
    """Percentage whose activity the list does not say by a code; `activity_unknown` is the share around the birthday."""
    return _of_list("care_leavers_activity_unknown_latest", care_leaver_list, census_date, ages, _has_no_activity)


def suitable_accommodation_latest(
    care_leaver_list: pd.DataFrame,
    *,
    census_date: pd.Timestamp | Sequence[pd.Timestamp],
    ages: Sequence[str] = LISTED_AGES,
) -> Result:
    """Percentage in suitable accommodation at the latest contact, on the base of `suitable_accommodation`, its namesake
    around the birthday.

    Suitable is what the list calls so, no fixed abode and custody excepted. Where it does not say, the young person stays
    in the base.
    """
    return _of_list(
        "care_leavers_suitable_latest", care_leaver_list, census_date, ages, _is_called_suitable, _can_be_suitable
    )


# --------------------------------------------------------------------------------------------------------- how it is done

Test = Callable[[pd.DataFrame], pd.Series]


def _is_in_touch(of: pd.DataFrame) -> pd.Series:
    return of["in_touch"] == "YES"


def _is_eet(of: pd.DataFrame) -> pd.Series:
    return of["activity"].isin(EET)


def _is_neet(of: pd.DataFrame) -> pd.Series:
    return of["activity"].isin(NEET)


def _has_no_activity(of: pd.DataFrame) -> pd.Series:
    return ~of["activity"].isin([*EET, *NEET])


def _letter(of: pd.DataFrame) -> pd.Series:
    """The letter of the accommodation; missing where there is no code (0, blank or a council's own words)."""
    home = of["accommodation"].astype(object)
    letter = home.str[:1].where(home.str.fullmatch("[A-Z][12]?").eq(True))
    return letter.where(letter.isin(ACCOMMODATION))


def _is_suitable(of: pd.DataFrame) -> pd.Series:
    elsewhere = (*NEVER_SUITABLE, *NO_ACCOMMODATION_HERE)
    return of["accommodation"].astype(object).str.endswith("1").eq(True) & ~_letter(of).isin(elsewhere)


def _is_unsuitable(of: pd.DataFrame) -> pd.Series:
    return of["accommodation"].astype(object).str.endswith("2").eq(True) | _letter(of).isin(NEVER_SUITABLE)


def _is_called_suitable(of: pd.DataFrame) -> pd.Series:
    return (of["suitability"] == "suitable") & ~_letter(of).isin(NEVER_SUITABLE)


def _can_be_suitable(of: pd.DataFrame) -> pd.Series:
    return ~_letter(of).isin(NO_ACCOMMODATION_HERE)


def _has_no_home(of: pd.DataFrame) -> pd.Series:
    return _letter(of).isna()


def _is_with_former_carer(of: pd.DataFrame) -> pd.Series:
    return _letter(of) == FORMER_FOSTER_CARER


def _with_birthdays(care_leavers: pd.DataFrame) -> pd.DataFrame:
    """OC3 with `age`, reached in the return's year, and `day`, that birthday; without a birth date the year's last day."""
    ends = {code: Period.parse(code).end for code in care_leavers["return_year"].unique()}
    year_end = pd.to_datetime(care_leavers["return_year"].map(ends))
    age = age_on(care_leavers["birth_date"], year_end)
    return care_leavers.assign(age=age, day=turns(care_leavers["birth_date"], age).fillna(year_end))


def _cohort(care_leavers: pd.DataFrame) -> pd.DataFrame:
    everyone = _with_birthdays(care_leavers)
    return everyone[~everyone["in_touch"].isin(LEFT_OUT)]


def _lists(
    care_leaver_list: pd.DataFrame, census_dates: Sequence[pd.Timestamp]
) -> tuple[pd.DataFrame, list[pd.Timestamp]]:
    """All lists with `age` and `day`, the day of the list; and the days of the latest lists up to each census date."""
    made = care_leaver_list["extract_date"].dropna().unique()
    days = {max((each for each in made if each <= day), default=day) for day in census_dates}
    rows = care_leaver_list[~care_leaver_list["in_touch"].isin(LEFT_OUT)]
    rows = rows.assign(age=age_on(rows["birth_date"], rows["extract_date"]), day=rows["extract_date"])
    return rows, sorted(days)


def _bands(age: pd.Series, ages: Sequence[str]) -> dict[str, np.ndarray]:
    """Which rows are in each of `ages`, and in the band "Not known" those of no age."""
    return {**in_bands(age, ages), NOT_KNOWN: age.isna().to_numpy()}


def _of_cohort(
    name: str, care_leavers: pd.DataFrame, period, ages: Sequence[str], counts: Test, base: Test | None = None
) -> Result:
    cohort = _cohort(care_leavers)
    if base is not None:
        cohort = cohort[base(cohort)]
    return _share(MEASURES[name], cohort, as_list(period), ages, counts(cohort))


def _of_list(
    name: str, care_leaver_list: pd.DataFrame, census_date, ages: Sequence[str], counts: Test, base: Test | None = None
) -> Result:
    rows, days = _lists(care_leaver_list, as_list(census_date))
    if base is not None:
        rows = rows[base(rows)]
    return _share(MEASURES[name], rows, days, ages, counts(rows))


def _by_kind(
    name: str,
    care_leavers: pd.DataFrame,
    period,
    ages: Sequence[str],
    group: str,
    code: Test,
    kind_of: Mapping[str, str],
) -> Result:
    cohort = _cohort(care_leavers)
    kind = among(code(cohort).map(kind_of), [*dict.fromkeys(kind_of.values()), NOT_KNOWN])
    rows = _of_ages(cohort.assign(**{group: kind}), period, ages)
    return tally.shares(MEASURES[name], rows, period, group, within=["age"])


def _share(measure: Measure, of: pd.DataFrame, when: Sequence, ages: Sequence[str], counted: pd.Series) -> Result:
    return tally.share(measure, _of_ages(of.assign(counted=counted), when, ages), when, "counted", by=["age"])


def _of_ages(of: pd.DataFrame, when, ages: Sequence[str]) -> pd.DataFrame:
    """The rows of each period (or day) and band of ages."""
    bands = {age: of[is_in] for age, is_in in in_bands(of["age"], ages).items()}
    return tally.happening(stacked(bands, "age"), "day", when)


def _counted(
    measure: Measure, of: pd.DataFrame, when: Sequence, group: str, groups: Mapping[str, np.ndarray]
) -> Result:
    rows = stacked({name: of[is_in] for name, is_in in groups.items()}, group)
    return tally.number(measure, tally.happening(rows, "day", when), when, by=[group])


def _in_any(day: pd.Series, when: Sequence) -> np.ndarray:
    inside = [day.between(each.start, each.end) if isinstance(each, Period) else day == each for each in when]
    return np.logical_or.reduce([np.asarray(each, dtype=bool) for each in inside])


def __dir__() -> list[str]:
    return __all__
