"""The page of the youth offending caseload: its measures in tables, charts and sentences, from released figures only.

`YouthOffending(page)` counts and releases each figure once; its methods are the sections of the notebook. A branch here
is a branch of wording: what is true to say when a figure is hidden, a group is too small, the extract does not reach
back a year, or nothing had been published yet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property, partial

import pandas as pd

from analysis_lib import compare
from analysis_lib.authority import Area
from analysis_lib.errors import Closed
from analysis_lib.metrics import youth_caseload, youth_over_representation
from analysis_lib.metrics.facts import measures
from analysis_lib.metrics.youth_caseload import AGE_BAND, ETHNIC_GROUP, LOOKED_AFTER, NO_AGE, NOT_KNOWN, SEX
from analysis_lib.pages.youth_offending import questions as asking
from analysis_lib.pages.youth_offending.cards import headline_cards
from analysis_lib.pages.youth_offending.tellings import Telling, listed, remedies, tellings
from analysis_lib.periods import Period
from analysis_lib.policy import YOUTH_OFFENDING
from analysis_lib.report.chart import bars, trend
from analysis_lib.report.figure import interval
from analysis_lib.report.glossary import definitions
from analysis_lib.report.output import Output
from analysis_lib.report.sentence import Change, GroupName, Sentence, change, group_name, joined, note, say, sentence
from analysis_lib.report.table import Cell, table
from analysis_lib.results import PUBLISHED, Measure, Released, Result, Value, rows_of
from analysis_lib.sections import Sections
from analysis_lib.stats.verdicts import HIGHER, LOWER, side

BLOCKS = {SEX: "Sex", ETHNIC_GROUP: "Ethnicity", AGE_BAND: "Age", LOOKED_AFTER: "Looked after"}
HEADINGS = {SEX: "Sex", ETHNIC_GROUP: "Ethnic group", AGE_BAND: "Age", LOOKED_AFTER: "Looked after"}
PUBLISHED_MEASURES = measures("youth_outcomes")
# The measures on the page, in the order of their definitions.
SHOWN = (
    "yos_caseload",
    "yos_caseload_by",
    "yos_caseload_aged_18",
    "yos_caseload_share",
    "yos_under_18_by",
    "yos_under_18_share",
    "yos_caseload_demographics",
    "yos_population_share",
    "yos_ethnicity_reference",
    "yos_percentage_point_gap",
    "yos_relative_rate",
    "yos_looked_after_relative_rate",
    "yj_fte_rate",
    "yj_cautioned_sentenced_rate",
)
CHILDREN_10_TO_17 = "children aged 10 to 17"
# The oldest group as this edition shows it, in words: of the whole caseload, and of its children under 18.
OLDEST = {"17+": "17 or over", "16 and over": "16 or over"}
OLDEST_UNDER_18 = {"17": "17", "16 and 17": "16 or 17"}
AGES_HIDDEN = (
    "So that no child can be recognised, the ages are not compared with the population: that would tell how many on the "
    "caseload are 18 or over."
)
CENSUS_OUT = pd.Timestamp("2022-11-29")  # ONS, Census 2021: ethnic group, England and Wales
NO_COUNCIL = "the extract names the council of too few children"


@dataclass(frozen=True)
class Breakdown:
    """One breakdown of the caseload, released, beside the population: shares of `people` in `reference`, the gap in
    percentage points, and the relative rate beside the group `compared_with`. The last three are None where there is
    no population to compare with; `not_compared` says why. `caseload` names whose shares they are, `telling` of which
    periods and groups; `total` is the whole caseload of a period that is longer than the page's own."""

    telling: Telling
    counts: Released
    shares: Released
    people: str = CHILDREN_10_TO_17
    total: Released | None = None
    reference: Released | None = None
    gap: Released | None = None
    rate: Released | None = None
    compared_with: str = ""
    caseload: str = "caseload"
    not_compared: str = "No population had been published to compare with."

    @property
    def by(self) -> str:
        return self.telling.by

    @property
    def now(self) -> Period:
        return self.telling.now

    @property
    def before(self) -> Period | None:
        return self.telling.before

    @property
    def opening(self) -> str:
        """How a sentence begins that is not about the page's own period."""
        return f"in {self.telling.span}, " if self.telling.span else ""

    @property
    def within(self) -> str:
        """The same after the words that say of whom a sentence is."""
        return f" in {self.telling.span}" if self.telling.span else ""

    @property
    def block(self) -> str:
        """The heading of its rows in a table."""
        return f"{BLOCKS[self.by]} ({self.telling.span})" if self.telling.span else BLOCKS[self.by]

    def of(self, released: Released | None, group: str, end: pd.Timestamp) -> Value | None:
        """The figure of `group` in the period that ends on `end`; None where this edition has no such group."""
        rows = [] if released is None else released.where(**{self.by: group, "period_end": end}).values()
        return rows[0] if rows else None

    def groups(self) -> list[str]:
        return list(dict.fromkeys(self.shares.frame[self.by]))


class YouthOffending(Sections):
    """The figures of one page: `now` is the financial year to the period's last day, `before` the same months a year earlier."""

    def __init__(self, page):
        self.page = page
        self.now: Period = page.period.year_to_date
        self.before: Period = self.now.same_period_last_year

    @property
    def cases(self) -> pd.DataFrame:
        return self.page["youth_offending_cases"]

    @property
    def areas(self) -> tuple[Area, ...]:
        """The councils that the service covers. Raises `Closed` where authority.toml does not say which."""
        areas = self.page.authority.youth_service_areas
        if not areas:
            why = "it is not said which councils the youth offending service covers"
            advice = "Add [youth_offending] to authority.toml, with the name of the service and its councils."
            raise Closed("the population of the service's councils", why, advice)
        return areas

    # The figures

    @cached_property
    def total(self) -> Released:
        return self.page.release(youth_caseload.caseload(self.cases, self.now, self.before))

    @cached_property
    def sex(self) -> Breakdown:
        population = self._population(SEX)
        return self._breakdown(SEX, population, self._people_shares(SEX, population), compared_with="Female")

    @cached_property
    def age(self) -> Breakdown:
        """Everyone on the caseload by age, as the service counts them; `age_beside` has the comparison."""
        return self._breakdown(AGE_BAND)

    @cached_property
    def age_beside(self) -> Breakdown:
        """The children under 18 by age beside the population of the same ages.

        Where nothing can be compared it is `age`. That is so as well where the number of those aged 18 or over, or of
        the oldest under 18, may not be shown: each is the other's difference from the group that holds both.
        """
        population, telling = self._population(AGE_BAND), self.age.telling
        if isinstance(population, Closed):
            return replace(self.age, not_compared=_not_compared(population))
        groups, now = youth_caseload.under_18(telling.groups), telling.now
        shares = youth_caseload.under_18_share(self.cases, now, groups=groups)
        reference = youth_over_representation.population_share(
            population.frame, AGE_BAND, period=now, source=_cited(population), groups=groups
        )
        figures = {
            "counts": youth_caseload.under_18_by(self.cases, now, groups=groups),
            "shares": shares,
            "reference": reference,
            "gap": youth_over_representation.percentage_point_gap(shares, reference),
        }
        aged_18 = youth_caseload.aged_18_or_over(self.cases, now)
        if self.page.first_safe([[*figures.values(), aged_18], []]):
            return replace(self.age, not_compared=AGES_HIDDEN)
        released = {name: self.page.release(result, telling.remedy) for name, result in figures.items()}
        return Breakdown(telling, caseload="caseload under 18", **released)

    @cached_property
    def aged_18(self) -> Value:
        return self.page.release(youth_caseload.aged_18_or_over(self.cases, self.age.now)).values()[0]

    @cached_property
    def ethnicity(self) -> Breakdown:
        people = self._people_by_ethnicity()
        return self._breakdown(ETHNIC_GROUP, people, self._ethnic_shares(people), compared_with="White")

    @cached_property
    def broad_ethnicity(self) -> Breakdown:
        """White, all other known groups, not known: what the first screen speaks of in both editions."""
        if self.page.edition == "public":
            return self.ethnicity
        people, broad = self._people_by_ethnicity(), youth_caseload.PUBLIC_GROUPS[ETHNIC_GROUP]
        way = Telling(ETHNIC_GROUP, broad, self.now, self.before)
        return self._breakdown(ETHNIC_GROUP, people, self._ethnic_shares(people), compared_with="White", ways=[way])

    @cached_property
    def looked_after(self) -> Breakdown:
        return self._breakdown(LOOKED_AFTER)

    @cached_property
    def looked_after_rate(self) -> Value | str:
        """Looked-after children beside the others of the host council, or why that cannot be said."""
        try:
            with self.page.closing():
                return self._looked_after_rate()
        except Closed as reason:
            return reason.why

    def _looked_after_rate(self) -> Value | str:
        care_periods, children = self.page["care_periods"], self.page["children"]
        population = self._population(AGE_BAND)
        if isinstance(population, Closed):
            raise population
        rate = youth_over_representation.looked_after_relative_rate(
            self.cases,
            children,
            care_periods,
            population.frame,
            area=self.page.authority.area,
            period=self.looked_after.now,
        )
        return NO_COUNCIL if rate is None else self.page.release(rate).values()[0]

    def _population(self, by: str) -> compare.Population | Closed:
        """The children aged 10 to 17 of the service's councils, by sex or by single age, or why there are none to say."""
        sexes = ("female", "male") if by == SEX else (compare.PERSONS,)
        estimates = self.page["population"]
        try:
            return compare.population(
                estimates, areas=self.areas, ages=youth_caseload.AGES, day=self.now.end, sexes=sexes
            )
        except Closed as reason:
            return reason

    def _people_shares(self, by: str, population: compare.Population | Closed) -> Callable[[Telling], Result] | None:
        """What makes the population's shares for a way of telling; None where there is no population."""
        if isinstance(population, Closed):
            return None
        return lambda telling: youth_over_representation.population_share(
            population.frame, by, period=telling.now, source=_cited(population), groups=telling.groups
        )

    @staticmethod
    def _ethnic_shares(people: pd.DataFrame | Closed) -> Callable[[Telling], Result] | None:
        if isinstance(people, Closed):
            return None
        return lambda telling: youth_over_representation.ethnicity_reference_share(
            people, period=telling.now, groups=telling.groups
        )

    def _people_by_ethnicity(self) -> pd.DataFrame | Closed:
        """The people to compare the ethnic groups with, or why there are none."""
        school_census = self.page.optional("school_census_ethnicity")
        try:
            people = youth_over_representation.ethnicity_reference(
                self.page["ethnicity_population"], self.areas, school_census
            )
        except Closed as reason:
            return reason
        if people is None:
            why = f"the published tables have no population of {self._places} by ethnic group"
            return Closed("the population by ethnic group", why, compare.ADD_PUBLISHED)
        return people

    def _ways(self, by: str) -> Iterator[Telling]:
        """The ways to tell a breakdown in this edition, the one that serves readers best first."""
        threshold = self.page.authority.disclosure.classes[YOUTH_OFFENDING].threshold
        return tellings(self.cases, by, self.now, edition=self.page.edition, threshold=threshold)

    def _breakdown(
        self,
        by: str,
        people: compare.Population | pd.DataFrame | Closed | None = None,
        reference: Callable[[Telling], Result] | None = None,
        *,
        compared_with: str = "",
        ways: list[Telling] | None = None,
    ) -> Breakdown:
        """The breakdown in the first way of telling it that the gate lets through whole; `reference` gives the population's shares."""
        self.total  # noqa: B018 - the headline stands whatever becomes of the rest
        told = ((way, self._figures(way, reference, compared_with)) for way in ways or self._ways(by))
        made = [next(told)]

        def options() -> Iterator[list[Result]]:
            yield list(made[0][1].values())
            for each in told:
                made.append(each)
                yield list(each[1].values())

        telling, figures = made[self.page.first_safe(options())]
        released = {name: self.page.release(result, telling.remedy) for name, result in figures.items()}
        view = Breakdown(telling, compared_with=compared_with, **released)
        if isinstance(people, pd.DataFrame):
            view = replace(view, people=people["basis"].iloc[0])
        return replace(view, not_compared=_not_compared(people)) if isinstance(people, Closed) else view

    def _figures(
        self, telling: Telling, reference: Callable[[Telling], Result] | None, compared_with: str
    ) -> dict[str, Result]:
        """The figures of a breakdown that is told this way, by the names that `Breakdown` has for them."""
        of_the_caseload = partial(youth_caseload.caseload_share, self.cases, telling.by, groups=telling.groups)
        figures = {
            "counts": youth_caseload.caseload_by(self.cases, telling.by, *telling.periods, groups=telling.groups),
            "shares": of_the_caseload(*telling.periods),
        }
        if telling.months:
            figures = {"total": youth_caseload.caseload(self.cases, *telling.periods)} | figures
        if reference is None:
            return figures
        latest, population = of_the_caseload(telling.now), reference(telling)
        figures |= {
            "reference": population,
            "gap": youth_over_representation.percentage_point_gap(latest, population),
        }
        if compared_with:
            rate = youth_over_representation.relative_rate(latest, population, compared_with=compared_with)
            figures["rate"] = rate
        return figures

    # The first screen

    def answer(self) -> Output:
        """Five sentences: how many, boys and girls, looked after, age, ethnicity."""
        return self.answered(
            {
                "how many children are on the caseload": self._size,
                "how many of them are boys": self._boys,
                "how many are looked after": self._looked_after,
                "how old they are": self._oldest,
                "of which ethnic groups they are": self._ethnicity,
            }
        )

    def _size(self) -> Sentence:
        now, before = (self.total.value(period_end=each.end) for each in (self.now, self.before))
        if now.symbol == "c":
            return say(
                "The number of children on the caseload of {service} in {period} is too small to show.",
                service=self._service,
                period=self.now,
            )
        words = "{n} children were on the caseload of {service} in {period}"
        if before.symbol == "x":
            words += ". The extract does not reach back to the same months a year before"
            return say(f"{words}.", n=now, service=self._service, period=self.now)
        return say(
            f"{words}. That was {{change}} the number in the same months a year before ({{before}}).",
            otherwise=f"{words}. The number in the same months a year before was {{before}}.",
            n=now,
            before=before,
            change=change(now, before),
            service=self._service,
            period=self.now,
        )

    def _boys(self) -> Sentence:
        share, expected = self._pair(self.sex, "Male")
        rate = self.sex.of(self.sex.rate, "Male", self.now.end)
        words = _opened(self.sex, "boys were {share} of the caseload")
        if expected is not None:
            words += ". Of children aged 10 to 17 who live there, {expected} were boys by the published estimate"
        tail = _rate_in_words(rate, "a boy was {rate} times as likely as a girl to be on the caseload")
        otherwise = "How many of them were boys and how many girls cannot be shown."
        return _spoken(words, tail, otherwise, share=share, expected=expected, rate=rate)

    def _oldest(self) -> Sentence:
        view = self.age_beside
        oldest = OLDEST if view.gap is None else OLDEST_UNDER_18
        group = next((each for each in oldest if each in view.groups()), "")
        share, expected = self._pair(view, group)
        words, tail = _opened(view, "{share} of the caseload were {oldest}, those who had turned 18 included"), ""
        if view.gap is not None:
            words = f"Of the children under 18 on the caseload{view.within}, {{share}} were {{oldest}}"
            tail = "of all children aged 10 to 17 who live there, {expected} were {oldest} by the published estimate"
        named = None if share is None else group_name(share, AGE_BAND, oldest[group])
        otherwise = "The ages of the children cannot be shown."
        return _spoken(words, tail, otherwise, share=share, expected=expected, oldest=named)

    def _ethnicity(self) -> Sentence:
        view = self.broad_ethnicity
        share, expected = self._pair(view, "White")
        rate = view.of(view.rate, youth_caseload.OTHERS, self.now.end)
        unknown = view.of(view.shares, NOT_KNOWN, self.now.end)
        words = _opened(view, "White children were {share} of the caseload")
        if unknown is not None and unknown.is_shown and unknown.number:
            words += ", and {unknown} had no recorded ethnic group"
        if rate is None:  # the not known are shown together with the other groups
            expected = None
        tail = _rate_in_words(
            rate,
            "for their numbers, children of all other known groups together were {rate} times as likely as White children to be on it",
        )
        if expected is not None:
            tail = f"{tail[:1].upper()}{tail[1:]}"
            tail = ". ".join(filter(None, [f"of {view.people}, {{expected}} were White by the published count", tail]))
        otherwise = "The ethnic groups cannot be shown."
        return _spoken(words, tail, otherwise, share=share, expected=expected, rate=rate, unknown=unknown)

    def _looked_after(self) -> Sentence:
        share, _ = self._pair(self.looked_after, "Yes")
        rate = self.looked_after_rate
        words = f"Of the caseload{self.looked_after.within}, {{share}} were looked after by a council at some time while their intervention was open"
        council = self.page.authority.name
        if isinstance(rate, str):
            tail = f"how much more likely that makes looked-after children to be on the caseload cannot be said, because {rate}"
            rate = None
        else:
            tail = _rate_in_words(
                rate,
                f"in {council}, looked-after children aged 10 to 17 were {{rate}} times as likely as its other children of that age to be on it",
            )
        estimate = None
        if rate is not None and rate.is_shown:
            tail += f". How many children live in {council} is from the {{estimate}}"
            estimate = Sentence.of_words(self._population(AGE_BAND).name, (PUBLISHED,))
        otherwise = "How many were looked after cannot be shown."
        return _spoken(words, tail, otherwise, share=share, rate=rate, estimate=estimate)

    def _pair(self, view: Breakdown, group: str) -> tuple[Value | None, Value | None]:
        return view.of(view.shares, group, self.now.end), view.of(view.reference, group, self.now.end)

    @property
    def _service(self) -> str:
        authority = self.page.authority
        if not authority.youth_service:
            return "the youth offending service"
        return f"the {authority.youth_service} ({self._places})"

    def cards(self) -> Output:
        """The headline cards."""
        return headline_cards(self)

    # Who is on the caseload

    def who(self) -> Output:
        """The caseload by sex, ethnic group, age and care.

        Restricted: the service's own table. Public: numbers and shares of broad groups, one way only."""
        return self._service_table() if self.page.edition == "restricted" else self._one_way_table()

    def _service_table(self) -> Output:
        released = [self.page.release(youth_caseload.caseload_demographics(self.cases, self.now))]
        population = self._population(SEX)
        if isinstance(population, compare.Population):
            row = youth_over_representation.population_estimate(
                population.frame, period=self.now, source=_cited(population)
            )
            released.insert(1, self.page.release(row))
        cells: dict[tuple[str, str], dict[str, Value]] = {}
        for each in released:
            for row, value in zip(rows_of(each.frame), each.values(), strict=True):
                cells.setdefault((row["block"], row["row"]), {})[row["column"]] = value
        order = ["Gender", "Ethnicity", "Age", "Looked after"]
        rows = sorted(cells, key=lambda key: order.index(key[0]))  # stable: rows stay as the service prints them
        columns = list(cells["Gender", "All cases"])
        return table(
            "caseload_demographics",
            f"Caseload demographics, {self.now.label}: each sex in per cent of all children, then each group in per cent of the children of that sex",
            ["", *columns],
            [[name, *(cells[block, name].get(column, "") for column in columns)] for block, name in rows],
            blocks=[block for block, _ in rows],
            note=_not_compared(population)
            if isinstance(population, Closed)
            else f"Population Estimate: children aged 10 to 17 of {self._places}, {population.name}.",
        )

    def _one_way_table(self) -> Output:
        rows, blocks = [["All children", self.total.value(period_end=self.now.end), ""]], ["Caseload"]
        for view in self._views():
            if view.total is not None:
                rows.append(["All children", view.total.value(period_end=self.now.end), ""])
            for group in view.groups():
                rows.append([group, *(view.of(each, group, self.now.end) for each in (view.counts, view.shares))])
            blocks += [view.block] * (len(rows) - len(blocks))
        return table(
            "caseload",
            f"Children on the caseload, {self.now.label}{self._unless_longer()}: number, and share of all children on it",
            ["", "Children", "Share"],
            rows,
            blocks=blocks,
            note=self._remedies_in_words(),
        )

    def _views(self) -> tuple[Breakdown, ...]:
        return (self.sex, self.ethnicity, self.age, self.looked_after)

    def _each_group(self) -> Iterator[tuple[Breakdown, str]]:
        for view in self._views():
            for group in view.groups():
                yield view, group

    def _unless_longer(self) -> str:
        """What a caption adds to its period where some of the rows have another."""
        return ", or longer where it says so" if any(view.telling.months for view in self._views()) else ""

    def _remedies_in_words(self) -> str:
        """What was done so that no child can be recognised, in one sentence; "" when nothing was."""
        return remedies([view.telling for view in self._views()])

    def who_in_words(self) -> Output:
        """How many are not known, and that nobody is left out."""
        unknown = [
            (f"{view.block[0].lower()}{view.block[1:]}", value)
            for view, group in self._each_group()
            if group in (NOT_KNOWN, NO_AGE) and (value := view.of(view.counts, group, self.now.end)).number
        ]
        if not unknown:
            return sentence(say("No child is left out of these figures."))
        words = listed([f"{name} of {{n{i}}}" for i, (name, _) in enumerate(unknown)])
        return sentence(
            say(
                f"Not known: {words} children. They stay in the base of every share of this table.",
                **{f"n{i}": value for i, (_, value) in enumerate(unknown)},
            )
        )

    # Beside the population

    def by_sex(self) -> Output:
        """Girls and boys on the caseload and among all children."""
        return self._beside(self.sex, "caseload_by_sex")

    def by_age(self) -> Output:
        """The ages of the children on the caseload and among all children."""
        return self._beside(self.age_beside, "caseload_by_age")

    def by_ethnicity(self) -> Output:
        """The ethnic groups of the children on the caseload and of the population."""
        return self._beside(self.ethnicity, "caseload_by_ethnicity")

    def broad_ethnic_groups(self) -> list[Output]:
        """White children beside all other known groups together, where the ethnic groups are shown one by one."""
        view = self.broad_ethnicity
        return [] if view is self.ethnicity else [self._beside_table(view, "caseload_by_broad_ethnicity")]

    def by_looked_after(self) -> Output:
        """Looked-after children on the caseload."""
        return self._beside(self.looked_after, "caseload_by_looked_after")

    def _beside(self, view: Breakdown, name: str) -> Output:
        """Bars of the caseload's shares and the population's, with the table of gaps and relative rates beneath."""
        series = {f"{view.caseload.capitalize()}, {view.now.label}": view.shares.where(period_end=self.now.end)}
        if view.reference is not None:
            series[view.people.capitalize()] = view.reference
        return bars(
            name,
            self._standing(view),
            series,
            category=view.by,
            x_label=f"Share of the {view.caseload}{'' if view.reference is None else ' and of the population'} (%)",
            table=self._beside_table(view, name),
        )

    def _beside_table(self, view: Breakdown, name: str) -> Output:
        heads = ["Children", f"Share of the {view.caseload}"]
        if view.gap is not None:
            heads += [f"Share of {view.people}", "Gap (percentage points)", "95% interval of the gap"]
        if view.rate is not None:
            heads += [f"Relative rate ({view.compared_with} = 1)", "95% interval of the rate"]
        beside_others = self.looked_after_rate if view.by == LOOKED_AFTER else ""
        if isinstance(beside_others, Value):
            heads += ["Relative rate (other children = 1)", "95% interval of the rate"]
        rows = []
        for group in view.groups():
            row = [view.of(view.counts, group, self.now.end), view.of(view.shares, group, self.now.end)]
            if view.gap is not None:
                gap = view.of(view.gap, group, self.now.end)
                row += [view.of(view.reference, group, self.now.end) or "", gap, _interval(gap)]
            if view.rate is not None:
                rate = view.of(view.rate, group, self.now.end)
                row += ["", ""] if rate is None else [rate, _interval(rate)]
            if isinstance(beside_others, Value):
                row += [beside_others, _interval(beside_others)] if group == "Yes" else ["", ""]
            rows.append([group, *row])
        if view.by == AGE_BAND and view.gap is not None:
            rows.append(["18 or over, left out of the shares", self.aged_18, *[""] * (len(heads) - 1)])
        caption = f"Children on the {view.caseload}, {view.now.label}, by {HEADINGS[view.by].lower()}"
        if view.by == ETHNIC_GROUP and view is not self.ethnicity:
            caption += ", White and all other groups"
        caption += ", beside the population" if view.gap is not None else ""
        return table(name, caption, [HEADINGS[view.by], *heads], rows, note=self._base_in_words(view))

    def _base_in_words(self, view: Breakdown) -> str:
        gap = "Gap: share of the children whose group is known, less the share of the population."
        return " ".join(filter(None, ["" if view.gap is None else gap, view.telling.remedy]))

    def _standing(self, view: Breakdown) -> Sentence:
        """Which groups have a clearly larger or smaller share of the caseload than of the population; no order of size."""
        if view.by == LOOKED_AFTER:
            share, _ = self._pair(view, "Yes")
            words = _opened(view, "{share} of the caseload were looked after.")
            return say(words, otherwise="Looked-after children.", share=share)
        if view.gap is None:
            return say(view.not_compared)
        found: dict[str, list[Sentence]] = {HIGHER: [], LOWER: [], "unclear": [], "few": [], "hidden": []}
        for group in view.groups():
            gap = view.of(view.gap, group, self.now.end)
            if gap.symbol != "x":
                named = group if view.by != AGE_BAND else _age_in_words(group)
                found[_where(gap)].append(say("{group}", group=group_name(gap, view.by, named)))
        words = {
            HIGHER: "over-represented: {groups}",
            LOWER: "under-represented: {groups}",
            "unclear": "no clear difference: {groups}",
            "few": "too few to say: {groups}",
            "hidden": "not shown: {groups}",
        }
        said = [say(words[standing], groups=joined(groups)) for standing, groups in found.items() if groups]
        if not said:
            return say("No group can be compared with the population.")
        return say("Beside {people}, {said}.", people=view.people, said=joined(said, "; "))

    def sex_in_words(self) -> Output:
        """How much likelier boys are to be on the caseload."""
        return sentence(self._boys(), self._population_named(SEX))

    def age_in_words(self) -> Output:
        """The oldest children on the caseload."""
        if self.age_beside.gap is None:
            return sentence(self._oldest(), self._population_named(AGE_BAND))
        left_out = say("No child on the caseload was 18 or over.")
        if self.aged_18.number:
            left_out = say(
                "On the caseload and left out of this comparison, because nobody in the population is 18: {n} aged 18 or over.",
                n=self.aged_18,
            )
        return sentence(self._oldest(), left_out, self._population_named(AGE_BAND))

    def ethnicity_in_words(self) -> Output:
        """How much likelier other groups are to be on the caseload."""
        return sentence(self._ethnicity(), self._reference_named())

    def looked_after_in_words(self) -> Output:
        """How much likelier looked-after children are to be on the caseload."""
        return sentence(self._looked_after())

    def _population_named(self, by: str) -> Sentence:
        population = self._population(by)
        if isinstance(population, Closed):
            return say(f"{_not_compared(population)} {population.advice}")
        late = (
            ""
            if population.year == population.wanted_year
            else f" The estimate that goes with the period, mid-{population.wanted_year}, is not held in this detail."
        )
        return say(f"The population is that of {self._places}: {population.name}.{late}")

    def _reference_named(self) -> Sentence:
        people = self._people_by_ethnicity()
        if isinstance(people, Closed):
            return say(f"{_not_compared(people)} {people.advice}")
        if self.ethnicity.people == "pupils":
            return say(
                f"The population is the pupils in the school census of {self._places}, as the council supplied it."
            )
        words = (
            f"The population is everyone in {self._places}, of any age, in the census of 2021: no published figure by "
            "ethnic group and age was at hand. Children are more often from minority ethnic groups than older people are, so "
            "the over-representation of these groups looks larger here than it is."
        )
        if self.page.as_at < CENSUS_OUT:
            words += " It came out in November 2022, after this page's own date; there is nothing earlier to use."
        return say(words)

    @property
    def _places(self) -> str:
        """The councils that the service covers; our own where it is not said which."""
        areas = self.page.authority.youth_service_areas or (self.page.authority.area,)
        return listed([area.name for area in areas])

    # Change from the same months last year

    def changes(self) -> Output:
        """Numbers and shares of both years, and the change of each share where it is more than chance."""
        ends = [each.end for each in (self.now, self.before)]
        rows, blocks = [self._change_of_all(self.total)], ["Caseload"]
        for view in self._compared_views():
            if view.total is not None:
                rows.append(self._change_of_all(view.total))
            for group in view.groups():
                numbers, shares = (
                    [view.of(released, group, end) for end in ends] for released in (view.counts, view.shares)
                )
                rows.append([group, *numbers, *shares, change(*shares)])
            blocks += [view.block] * (len(rows) - len(blocks))
        years = [str(end.year) for end in ends]
        longer = ", or longer where it says so" if any(view.telling.months for view in self._compared_views()) else ""
        how = "Change: of the number for all children, of the share for groups. No clear change: as large a difference arises by chance more often than once in twenty."
        return table(
            "caseload_change",
            f"Children on the caseload, {self.now.label}{longer}, and the same months a year before",
            ["", *(f"Children, {year}" for year in years), *(f"Share, {year}" for year in years), "Change"],
            rows,
            blocks=blocks,
            note=" ".join(filter(None, [how, self._remedies_in_words()])),
        )

    def _compared_views(self) -> list[Breakdown]:
        """The breakdowns that are shown for both years."""
        return [view for view in self._views() if view.before is not None]

    def _change_of_all(self, total: Released) -> list:
        both = [total.value(period_end=each.end) for each in (self.now, self.before)]
        return ["All children", *both, "", "", change(*both)]

    def changes_in_words(self) -> Output:
        if self.total.value(period_end=self.before.end).symbol == "x":
            return sentence(self._size())
        views = self._compared_views()
        if not views:
            return sentence(self._size(), say("No group's share can be compared with that of the year before."))
        moved = []
        for view in views:
            for group in view.groups():
                each = change(*(view.of(view.shares, group, period.end) for period in (self.now, self.before)))
                if each.direction in ("up", "down"):
                    moved.append((f"{view.block[0].lower()}{view.block[1:]} {group}", each))
        if not moved:
            whose = (
                "No group's share"
                if len(views) == len(self._views())
                else "Of the groups shown for both years, none's share"
            )
            return sentence(self._size(), say(f"{whose} of the caseload changed clearly."))
        words = "; ".join(f"{name} {{c{i}}} {{b{i}}}" for i, (name, _) in enumerate(moved))
        parts: dict[str, Change | Value] = {f"c{i}": each for i, (_, each) in enumerate(moved)}
        parts |= {f"b{i}": each.then for i, (_, each) in enumerate(moved)}
        return sentence(self._size(), say(f"Shares that changed clearly: {words}.", **parts))

    # Published youth justice figures

    @cached_property
    def entrants(self) -> dict[str, Released]:
        """First-time entrants as published, for each area that has figures by the page's as-at date."""
        authority, benchmarks = self.page.authority, self.page["benchmarks"]
        others = [area for area in authority.youth_service_areas if area.code != authority.area.code]
        measure = PUBLISHED_MEASURES["yj_fte_rate"]
        compare.must_hold(benchmarks, indicator="yj_fte_rate", area=authority.area)
        found = {}
        for area in (authority.area, *others, authority.region):
            found[area.name] = compare.published(measure, benchmarks, indicator="yj_fte_rate", areas=[area])
        model = authority.neighbour_model(self.page.as_at).name
        members = self.page["statistical_neighbours"]
        mean, _ = self.those_there(
            {
                compare.NEIGHBOURS: lambda: compare.neighbours(
                    measure, benchmarks, members, indicator="yj_fte_rate", model=model
                )
            }
        )
        found |= mean
        return {name: self.page.release(result) for name, result in found.items() if len(result)}

    def first_time_entrants(self) -> Output:
        """First-time entrants as published.

        A sentence where nothing had been published yet.
        """
        if not self.entrants:
            return sentence(say("No figures of first-time entrants had been published by this page's date."))
        years = sorted({end for released in self.entrants.values() for end in released.frame["period_end"]})
        rows = [[str(end.year), *(_at(released, end) for released in self.entrants.values())] for end in years]
        name = "first_time_entrants"
        caption = "First-time entrants to the youth justice system for every 100,000 children aged 10 to 17, years to December"
        return trend(
            name,
            self._entrants_finding(),
            self.entrants,
            y_label="First-time entrants per 100,000 children aged 10 to 17",
            table=table(name, caption, ["Year to December", *self.entrants], rows),
        )

    def _entrants_finding(self) -> Sentence:
        name, released = next(iter(self.entrants.items()))
        values = sorted(released.values(), key=lambda value: value.period_end)
        last, *earlier = reversed(values)
        words = "{name}: {last} first-time entrants for every 100,000 children aged 10 to 17 in {year}"
        parts = {"name": name, "last": last, "year": str(last.period_end.year)}
        if not earlier or earlier[0].period_end.year != last.period_end.year - 1:
            return say(f"{words}.", **parts)
        return say(
            f"{words}, {{change}} the year before.", otherwise=f"{words}.", change=change(last, earlier[0]), **parts
        )

    def entrants_in_words(self) -> Output:
        """First-time entrants beside the region and the neighbours, and the rate of cautions and sentences."""
        return self.told(
            {
                "how many children entered the youth justice system for the first time": self._entrants_in_a_sentence,
                "how many were cautioned or sentenced": self._cautioned,
            }
        )

    def _entrants_in_a_sentence(self) -> Sentence | None:
        said = self._entrants_beside()
        return joined(said, " ") if said else None

    def _entrants_beside(self) -> list[Sentence]:
        if not self.entrants:
            return []
        name, released = next(iter(self.entrants.items()))
        last = released.latest()
        others = [
            (other, value)
            for other, rows in self.entrants.items()
            if other != name and isinstance(value := _at(rows, last.period_end), Value) and value.is_shown
        ]
        words = listed([f"{other} {{v{i}}}" for i, (other, _) in enumerate(others)])
        said = [
            say(
                f"In the year to December {last.period_end.year}: {{name}} {{last}}{f', {words}' if words else ''}.",
                name=name,
                last=last,
                **{f"v{i}": value for i, (_, value) in enumerate(others)},
            )
        ]
        missing = listed(
            [area.name for area in self.page.authority.youth_service_areas if area.name not in self.entrants]
        )
        if missing:
            said.append(say(f"No figure of {missing} alone is held."))
        return said

    def _cautioned(self) -> Sentence:
        area = self.page.authority.area
        compare.must_hold(self.page["benchmarks"], indicator="yj_cautioned_sentenced_rate", area=area)
        released = self.page.release(
            compare.published(
                PUBLISHED_MEASURES["yj_cautioned_sentenced_rate"],
                self.page["benchmarks"],
                indicator="yj_cautioned_sentenced_rate",
                areas=[area],
            )
        )
        if not len(released):
            return say(
                "The rate of children cautioned or sentenced had not been published in this form by this page's date."
            )
        last = released.latest()
        return say(
            "In the year to {end}, {last} of every 10,000 children aged 10 to 17 were cautioned or sentenced: one figure for the whole service, printed for each of its councils.",
            otherwise="The rate of children cautioned or sentenced was not published for {area}.",
            end=last.period_end,
            last=last,
            area=area.name,
        )

    # What to be careful about, definitions and sources

    def care_with_the_caseload(self) -> Output:
        is_said = (
            self.is_there(lambda: self.cases["intervention_type"]) and self.cases["intervention_type"].notna().any()
        )
        prevention = (
            "The extract does not say what kind each intervention is: whether prevention work is counted cannot be seen from it."
            if not is_said
            else "Prevention work is counted where the extract holds it, and services differ in whether they record it."
            if (self.cases["intervention_type"] == "prevention").any()
            else "The extract holds no prevention work; a service that records it has a larger and younger caseload."
        )
        return note(
            prevention,
            f"The caseload is that of the whole service ({self._places}), not of one council."
            if self.page.authority.youth_service
            else "The caseload is that of the whole service, which may cover more than one council.",
            "The service works with children aged 10 to 18. Age 17+ holds those who have turned 18. The comparison of ages with the population leaves them out; those by sex and ethnic group count everyone on the caseload.",
            "Being on the caseload is not being guilty, and not a count of offences.",
            "Percentages of this caseload that the service has published itself are not repeated here where the numbers of children in its smallest groups can be worked out from them.",
        )

    def care_with_comparisons(self) -> Output:
        return note(
            f"With fewer than {youth_over_representation.FEWEST} children in a group, or in the group beside it, no rate is given and nothing is said of the group.",
            "The intervals say how much figures of this size vary by chance. They do not cover what is recorded wrongly or not at all.",
            "A group can be on the caseload more often because of what its children do, where they live, or how police and courts treat them. These figures cannot tell which.",
        )

    def care_with_looked_after(self) -> Output:
        council = self.page.authority.name
        said = [
            "Looked after, for a child on the caseload, is at any time of the intervention, so it may have been before the period or after an offence.",
            "The extract does not say which council looks after a child.",
        ]
        if isinstance(self.looked_after_rate, Value):
            said[1:] = [
                f"A child of {council} who is looked after by another council counts with the looked-after children of the caseload, and not with those of {council}. That makes the relative rate look higher than it is.",
                "Age is taken on the child's last day in the period, on the caseload as in care; those who were 18 by then are left out.",
            ]
        return note(*said)

    def care_with_changes(self) -> Output:
        return note(
            "A child whose intervention ran on is on the caseload of both years, so the two are not independent, and the test is only a guide.",
            "Of twenty groups that did not change, one can be expected to look changed.",
        )

    def care_with_published(self) -> Output:
        return note(
            "England is missing: the figure for England in the file that these come from is a sum of regional rates, not a rate.",
            "Each point rests on few children, so it moves a good deal from year to year. It is printed without an interval.",
            "These figures come from police records and count a child once in life; the caseload counts everyone with an open intervention. The two are not comparable.",
        )

    def questions(self) -> Output:
        """Questions the panel may wish to ask."""
        return self.asked(
            {
                "how many children are on the caseload": lambda: asking.about_the_size(self),
                "how boys and girls compare": lambda: asking.about_sex(self),
                "how ethnic groups compare": lambda: asking.about_ethnicity(self),
                "how looked-after children compare": lambda: asking.about_looked_after(self),
                "what the quality of the data is": self.page.doubts,
            }
        )

    def definitions(self) -> Output:
        return definitions(*self._measures(), said=self.said)

    def _measures(self) -> list[Measure]:
        unused = {"yos_caseload_demographics"} if self.page.edition == "public" else set()
        known = {**youth_caseload.MEASURES, **youth_over_representation.MEASURES, **PUBLISHED_MEASURES}
        return [known[name] for name in SHOWN if name not in unused]

    def sources(self) -> list[str]:
        """Every publication whose figures the page shows."""
        figures = {name: partial(getattr, self, name) for name in ("sex", "age_beside", "ethnicity", "entrants")}
        there, _ = self.those_there(figures)
        shown = list(there.pop("entrants", {}).values())
        shown += [view.reference for view in there.values() if view.reference is not None]
        return sorted({source for released in shown for source in released.frame["source"] if source})


def _at(released: Released, end: pd.Timestamp) -> Value | str:
    rows = released.where(period_end=end).values()
    return rows[0] if rows else ""


def _interval(value: Value) -> Cell:
    return interval(value) if interval(value).text else value.symbol


def _where(gap: Value) -> str:
    """Where a gap stands: higher, lower, unclear, few (too few children to say) or hidden."""
    if gap.symbol == "c":
        return "hidden"
    if not gap.is_shown or min(gap.numerator, gap.denominator - gap.numerator) < youth_over_representation.FEWEST:
        return "few"
    return side(gap.lower, gap.upper, 0) or "unclear"


def _opened(view: Breakdown, words: str) -> str:
    """The beginning of a sentence on a breakdown, with its period where that is not the page's own."""
    words = f"{view.opening}{words}"
    return f"{words[0].upper()}{words[1:]}"


def _rate_in_words(rate: Value | None, words: str) -> str:
    """What to say of a relative rate, as the second half of a sentence; "" where there is nothing to compare with."""
    if rate is None or rate.symbol in ("x", "z"):
        return ""
    if rate.symbol == "c":
        return "how the groups compare cannot be shown"
    if not rate.is_shown:
        return "there are too few children to say how the groups compare"
    unclear = "" if side(rate.lower, rate.upper, 1) else ", which is no clear difference"
    return f"{words} (95% interval {{interval}}){unclear}"


def _spoken(
    words: str,
    tail: str,
    otherwise: str,
    *,
    share: Value | None,
    rate: Value | None = None,
    **others: Value | GroupName | Sentence | str | None,
) -> Sentence:
    """`words`, and `tail` as a sentence after them; `otherwise` when the share in it cannot be shown."""
    if share is None or not share.is_shown:
        return say(otherwise)
    parts = {"share": share, **others}
    if rate is not None and rate.is_shown:
        parts |= {"rate": rate, "interval": interval(rate)}
    return say(f"{words}. {tail[:1].upper()}{tail[1:]}." if tail else f"{words}.", **_given(**parts))


def _given(**parts) -> dict:
    return {name: part for name, part in parts.items() if part is not None}


def _age_in_words(group: str) -> str:
    return group.replace("+", " and over").replace("-", " to ")


def _not_compared(reason: Closed) -> str:
    return f"There is nothing to compare with, because {reason.why}."


def _cited(population: compare.Population) -> str:
    return f"{population.source} ({population.name})"
