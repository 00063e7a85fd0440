"""What the youth offending service does with the children it works with, and the youth justice figures that others publish.

Counted from the service's case extract (`youth_offending_cases`, a row per child and intervention): interventions by type, and
who comes back. An intervention is open from its first to its last day, both counted. Interventions are not children: one
child may have several at once (`yos_caseload` counts children).

Carried from publications, never counted here, because only police and courts know them: first-time entrants, proven
reoffending, the rate of custodial sentences, children cautioned or sentenced. `yos_returned` says who came back to the service;
it is no reoffending rate, for the extract has no offences.

Not fed by any source that is read: the ten key performance indicators that services report since April 2023 (suitable
accommodation; education, training and employment; special educational needs and disability; mental healthcare and emotional
wellbeing; substance misuse; out-of-court disposals; links to wider services; management board attendance; serious violence;
victims). The extract has none of what they count: no accommodation, no education, no assessed need, no outcome.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd

from analysis_lib.metrics.counting import build, tally
from analysis_lib.metrics.counting.ages import age_on
from analysis_lib.metrics.counting.groups import NOT_KNOWN, among
from analysis_lib.metrics.counting.spells import FAR_AWAY, as_list, per_population
from analysis_lib.metrics.counting.tally import each_once, happening, touching
from analysis_lib.metrics.facts import measures
from analysis_lib.metrics.youth_caseload import AGES
from analysis_lib.periods import Period
from analysis_lib.results import Result

__all__ = [
    "children_by_most_serious",
    "custody_rate",
    "interventions_ended",
    "interventions_open",
    "interventions_started",
    "new_interventions_each_left",
    "new_interventions_each_returned",
    "out_of_court_share",
    "returned",
]

MEASURES = measures("youth_outcomes")
PREVENTION, OUT_OF_COURT, COURT_ORDER, CUSTODY = "Prevention", "Out of court", "Court order", "Custody"
OF_TYPE = {
    "prevention": PREVENTION,
    "out of court": OUT_OF_COURT,
    "court order": COURT_ORDER,
    "custody": CUSTODY,
}
TYPES = (PREVENTION, OUT_OF_COURT, COURT_ORDER, CUSTODY, NOT_KNOWN)
MOST_SERIOUS_FIRST = (CUSTODY, COURT_ORDER, OUT_OF_COURT, PREVENTION, NOT_KNOWN)
FOLLOWED_MONTHS = 12


def __dir__() -> list[str]:
    return __all__


def interventions_open(cases: pd.DataFrame, *, period: Period | Sequence[Period]) -> Result:
    """Interventions open on at least one day of each period, by type; group `type`.

    A child with two counts twice: `youth_caseload.caseload` counts children.
    """
    return _by_type("yos_interventions_open", _open_in(cases, period), period)


def interventions_started(cases: pd.DataFrame, *, period: Period | Sequence[Period]) -> Result:
    """Interventions that start in each period, by type; group `type`."""
    return _by_type("yos_interventions_started", happening(cases, "intervention_start", period), period)


def interventions_ended(cases: pd.DataFrame, *, period: Period | Sequence[Period]) -> Result:
    """Interventions whose last day lies in each period, by type; group `type`."""
    return _by_type("yos_interventions_ended", happening(cases, "intervention_end", period), period)


def children_by_most_serious(cases: pd.DataFrame, *, period: Period | Sequence[Period]) -> Result:
    """Children on the caseload in each period by the most serious of their interventions open in it; group `type`.

    Custody before court orders, these before out-of-court disposals, these before prevention; not known where none of the
    child's interventions has a type. Each child once, so the types add up to `youth_caseload.caseload`.
    """
    own = _open_in(cases, period)
    rank = _types(own).map({kind: place for place, kind in enumerate(MOST_SERIOUS_FIRST)})
    own = own.assign(rank=rank).sort_values(["child_id", "rank"], kind="stable")
    return _by_type("yos_children_by_most_serious", each_once(own), period)


def _open_in(cases: pd.DataFrame, period: Period | Sequence[Period]) -> pd.DataFrame:
    return touching(cases, "intervention_start", "intervention_end", period)


def _by_type(name: str, rows: pd.DataFrame, period: Period | Sequence[Period]) -> Result:
    rows = rows.assign(type=among(_types(rows), TYPES))
    return tally.numbers(MEASURES[name], rows, period, "type", groups_first=True)


def _types(cases: pd.DataFrame) -> pd.Series:
    return cases["intervention_type"].astype(object).map(OF_TYPE).fillna(NOT_KNOWN)


def out_of_court_share(cases: pd.DataFrame, *, period: Period | Sequence[Period]) -> Result:
    """Share of the disposals (out of court, court order, custody) starting in each period that were out of court.

    Prevention is no disposal, and an intervention of no known type cannot be placed: neither is in the base
    (`interventions_started` counts both).
    """
    types = _types(cases)
    disposals = cases.assign(out_of_court=types.eq(OUT_OF_COURT))[types.isin([OUT_OF_COURT, COURT_ORDER, CUSTODY])]
    rows = happening(disposals, "intervention_start", period)
    return tally.share(MEASURES["yos_out_of_court_share"], rows, period, "out_of_court")


def custody_rate(cases: pd.DataFrame, *, period: Period | Sequence[Period], population: int | None) -> Result:
    """Interventions in custody that start in each period for every 1,000 of `population`: the service's area, aged 10 to 17.

    Children who had turned 18 by the first day are left out, those of unknown age are not. Counted from the service's own
    cases; the published rate (`yj_custody_rate`) counts sentences of the courts. Missing without a population.
    """
    starts = cases[_types(cases).eq(CUSTODY)]
    age = age_on(starts["birth_date"], starts["intervention_start"]).fillna(starts["age"].astype(float))
    starts = happening(starts[~(age > AGES[1])], "intervention_start", period)
    counts = tally.number(MEASURES["yos_interventions_started"], starts, period)
    return per_population(MEASURES["yos_custody_rate"], counts, population)


def returned(cases: pd.DataFrame, *, period: Period | Sequence[Period], known_until: pd.Timestamp) -> Result:
    """Share of the children who left the caseload in each period and had a new intervention within 12 months.

    Left: the last day of an intervention with none open on the next day; each child once, with the first time in the period.
    Within 12 months: started by the same day a year later. Whoever left so late that the 12 months end after `known_until`
    (the day up to which the extract knows) is in neither number. Not a reoffending rate: an intervention is no offence.
    """
    left = _followed(cases, period, known_until)
    left = left.assign(came_back=left["new_interventions"] > 0)
    return tally.share(MEASURES["yos_returned"], left, period, "came_back")


def new_interventions_each_returned(
    cases: pd.DataFrame, *, period: Period | Sequence[Period], known_until: pd.Timestamp
) -> Result:
    """New interventions within 12 months for each child who returned (`returned`).

    `new_interventions_each_left` divides the same number by all who left: councils print either as frequency.
    """
    return _frequency("yos_new_interventions_each_returned", cases, period, known_until, lambda left: left > 0)


def new_interventions_each_left(
    cases: pd.DataFrame, *, period: Period | Sequence[Period], known_until: pd.Timestamp
) -> Result:
    """New interventions within 12 months for each child who left (`returned` says who); also those who did not return.

    `new_interventions_each_returned` divides the same number by those who returned.
    """
    return _frequency("yos_new_interventions_each_left", cases, period, known_until, lambda left: left >= 0)


def _frequency(name: str, cases, period, known_until, in_base: Callable[[pd.Series], pd.Series]) -> Result:
    """New interventions per child of the base, with a bootstrap interval over the children: one child may have several."""
    left = _followed(cases, period, known_until)
    base = left[in_base(left["new_interventions"])]
    results = [
        build.per_child(MEASURES[name], base[base["when"] == number], value="new_interventions", when=each).exact()
        for number, each in enumerate(as_list(period))
    ]
    return Result(MEASURES[name], pd.concat(results))


def _followed(cases: pd.DataFrame, period, known_until: pd.Timestamp) -> pd.DataFrame:
    """The children who left in each period and could be followed for 12 months, with how many `new_interventions` they had."""
    left = each_once(happening(_times_on_caseload(cases), "last_day", period))
    left = left.assign(until=left["last_day"] + pd.DateOffset(months=FOLLOWED_MONTHS))
    left = left[left["until"] <= known_until].reset_index(drop=True)
    starts = cases[["child_id", "intervention_start"]].merge(left.reset_index(names="place"), on="child_id")
    new = starts[starts["intervention_start"].gt(starts["last_day"]) & starts["intervention_start"].le(starts["until"])]
    # As numbers: nobody who left gives an empty column of text.
    number = new["place"].value_counts().reindex(left.index, fill_value=0).astype(float)
    return left.assign(new_interventions=number)


def _times_on_caseload(cases: pd.DataFrame) -> pd.DataFrame:
    """The times that each child was on the caseload without a day between: child_id, last_day (missing while open).

    In order of child and time. An intervention that starts the day after another ends goes on with it: an order that follows
    an order is no return. Rows without a start, or that end before it, are left out.
    """
    rows = cases[~(cases["intervention_end"] < cases["intervention_start"])].dropna(subset=["intervention_start"])
    rows = rows.assign(last_day=rows["intervention_end"].fillna(FAR_AWAY))
    rows = rows.sort_values(["child_id", "intervention_start", "last_day"], ignore_index=True)
    latest = rows.groupby("child_id")["last_day"].cummax()
    before = latest.groupby(rows["child_id"]).shift()
    is_new = before.isna() | (rows["intervention_start"] > before + pd.Timedelta(days=1))
    times = rows.groupby(is_new.cumsum()).agg(child_id=("child_id", "first"), last_day=("last_day", "max"))
    return times.assign(last_day=times["last_day"].mask(times["last_day"] == FAR_AWAY)).reset_index(drop=True)
