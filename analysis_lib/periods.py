"""Reporting periods: one grammar, one type, for the command line, notebooks, file names and headings.

| kind           | code          | first and last day                  |
|----------------|---------------|-------------------------------------|
| month          | `2021-M09`    | 1 September 2021, 30 September 2021 |
| quarter        | `2021-22-Q2`  | 1 July 2021, 30 September 2021      |
| half           | `2021-22-H1`  | 1 April 2021, 30 September 2021     |
| financial year | `2021-22`     | 1 April 2021, 31 March 2022         |
| academic year  | `2020-21-AY`  | 1 September 2020, 31 August 2021    |

Anything between two other days is a `span`; spans are derived (`year_to_date`), never typed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import pandas as pd

from analysis_lib.errors import UsageError

GRAMMAR = "a month (2021-M09), quarter (2021-22-Q2), half (2021-22-H1), financial year (2021-22) or academic year (2020-21-AY)"
MONTH_NAMES = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]  # not strftime: locale
_CODE = re.compile(
    r"(?P<year>\d{4})-(?:M(?P<month>\d{2})|(?P<next>\d{2})(?:-(?:Q(?P<quarter>[1-4])|H(?P<half>[12])|(?P<academic>AY)))?)",
    re.ASCII,  # digits as a file name has them
)


@dataclass(frozen=True)
class Period:
    """Days from `start` to `end`, both counted.

    `code` is how a person writes it, `kind` one of month, quarter, half, financial_year,
    academic_year, span.
    """

    code: str
    kind: str
    start: pd.Timestamp
    end: pd.Timestamp

    @classmethod
    def parse(cls, code: str) -> Period:
        """The period that `code` names. Raises `UsageError` for anything outside the grammar."""
        match = _CODE.fullmatch(str(code))
        if (
            not match
            or (match["month"] and not 1 <= int(match["month"]) <= 12)
            or not 1900 <= int(match["year"]) <= 2200
        ):
            raise UsageError(f"{str(code)!r} is not a reporting period. Write {GRAMMAR}.")
        year = int(match["year"])
        if match["next"] and int(match["next"]) != (year + 1) % 100:
            raise UsageError(
                f"{code!r} is not a reporting period: the year after {year} is {(year + 1) % 100:02d}. Write {GRAMMAR}."
            )
        if match["month"]:
            return cls._of(code, "month", year, int(match["month"]), 1)
        if match["quarter"]:
            return cls._of(code, "quarter", year, 1 + 3 * int(match["quarter"]), 3)
        if match["half"]:
            return cls._of(code, "half", year, 4 + 6 * (int(match["half"]) - 1), 6)
        if match["academic"]:
            return cls._of(code, "academic_year", year, 9, 12)
        return cls._of(code, "financial_year", year, 4, 12)

    @classmethod
    def _of(cls, code: str, kind: str, year: int, month: int, months: int) -> Period:
        start = pd.Timestamp(year + (month - 1) // 12, (month - 1) % 12 + 1, 1)
        return cls(code, kind, start, start + pd.DateOffset(months=months) - pd.Timedelta(days=1))

    @classmethod
    def span(cls, start: pd.Timestamp, end: pd.Timestamp) -> Period:
        """The days from `start` to `end`, for periods that have no code of their own."""
        return cls(f"{start:%Y-%m-%d}_{end:%Y-%m-%d}", "span", pd.Timestamp(start), pd.Timestamp(end))

    @classmethod
    def month_of(cls, day: pd.Timestamp) -> Period:
        return cls.parse(f"{day.year}-M{day.month:02d}")

    @classmethod
    def financial_year_of(cls, day: pd.Timestamp) -> Period:
        """The financial year, 1 April to 31 March, that contains `day`."""
        return cls.parse(_pair(day.year if day.month >= 4 else day.year - 1))

    def __str__(self) -> str:
        return self.code

    def __contains__(self, day: pd.Timestamp) -> bool:
        return self.start <= day <= self.end

    @property
    def label(self) -> str:
        """In words, as a heading has it: "July to September 2021 (quarter 2)"."""
        if self.kind == "month":
            return month_in_words(self.start)
        if self.kind == "financial_year":
            return f"April {self.start.year} to March {self.end.year}"
        if self.kind == "academic_year":
            return f"academic year {self.start.year}/{self.end:%y}"
        if self.kind == "span" and (self.start.day != 1 or not self.end.is_month_end):
            return f"{day_in_words(self.start)} to {day_in_words(self.end)}"
        if self.months_long == 1:
            return month_in_words(self.start)
        first = MONTH_NAMES[self.start.month - 1] if self.start.year == self.end.year else month_in_words(self.start)
        words = f"{first} to {month_in_words(self.end)}"
        return {"quarter": f"{words} (quarter {self.code[-1]})", "half": f"{words} (half {self.code[-1]})"}.get(
            self.kind, words
        )

    @property
    def months_long(self) -> int:
        return (self.end.year - self.start.year) * 12 + self.end.month - self.start.month + 1

    def shifted(self, months: int) -> Period:
        """The period of the same kind that starts `months` later (earlier when negative)."""
        start = self.start + pd.DateOffset(months=months)
        if self.kind == "span":
            return Period.span(
                start, self.end + pd.Timedelta(days=1) + pd.DateOffset(months=months) - pd.Timedelta(days=1)
            )
        return Period.parse(_code_of(self.kind, start))

    @property
    def previous(self) -> Period:
        """The period just before, of the same length."""
        return self.shifted(-self.months_long)

    @property
    def same_period_last_year(self) -> Period:
        return self.shifted(-12)

    @property
    def year_to_date(self) -> Period:
        """From 1 April of the financial year to the period's last day."""
        return Period.span(Period.financial_year_of(self.end).start, self.end)

    @property
    def last_full_financial_year(self) -> Period:
        """The latest financial year that had ended on the period's last day."""
        year = Period.financial_year_of(self.end)
        return year if year.end <= self.end else year.previous

    @property
    def last_complete_academic_year(self) -> Period:
        """The latest academic year that had ended on the period's last day."""
        september = (
            self.end.year if self.end.month >= 9 or (self.end.month, self.end.day) == (8, 31) else self.end.year - 1
        )
        return Period.parse(_pair(september - 1) + "-AY")

    def months_to_end(self, months: int) -> Period:
        """The `months` calendar months up to and including the month of the period's last day."""
        last_month = Period.month_of(self.end)
        return Period.span(last_month.shifted(1 - months).start, last_month.end)

    @property
    def months(self) -> list[Period]:
        """Every calendar month that the period touches, in order."""
        return [Period.month_of(day) for day in pd.date_range(self.start.replace(day=1), self.end, freq="MS")]


def day_in_words(day: pd.Timestamp) -> str:
    """A date as a reader says it: 30 September 2021."""
    return f"{day.day} {month_in_words(day)}"


def month_in_words(day: pd.Timestamp) -> str:
    """A month as a reader says it: September 2021."""
    return f"{MONTH_NAMES[day.month - 1]} {day.year}"


def labels_of(start: pd.Timestamp, end: pd.Timestamp) -> set[str]:
    """Every label that a period of these days can have: a quarter may be called one, or be any three months."""
    span = Period.span(start, end)
    kinds = {3: ("quarter",), 6: ("half",), 12: ("financial_year", "academic_year")}.get(span.months_long, ())
    periods = [Period.parse(_code_of(kind, start)) for kind in kinds]
    return {span.label, *(each.label for each in periods if (each.start, each.end) == (span.start, span.end))}


def year_before(day: pd.Timestamp) -> pd.Timestamp:
    """The same day a year earlier; 29 February becomes 28 February."""
    return day - pd.DateOffset(years=1)


def _pair(year: int) -> str:
    return f"{year}-{(year + 1) % 100:02d}"


def _code_of(kind: str, start: pd.Timestamp) -> str:
    financial = start.year if start.month >= 4 else start.year - 1
    return {
        "month": f"{start.year}-M{start.month:02d}",
        "quarter": f"{_pair(financial)}-Q{(start.month - 4) % 12 // 3 + 1}",
        "half": f"{_pair(financial)}-H{(start.month - 4) % 12 // 6 + 1}",
        "financial_year": _pair(financial),
        "academic_year": f"{_pair(start.year)}-AY",
    }[kind]
