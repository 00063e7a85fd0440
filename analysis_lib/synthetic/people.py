"""The invented children: identifiers, sex, ethnicity and birth."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from string import ascii_uppercase

from analysis_lib.synthetic.calendar import birthday
from analysis_lib.synthetic.draws import Draws

# Shares in per cent for children looked after; our own figures, loosely those of the town (Census 2021, all ages).
ETHNICITY = {
    "WBRI": 77.5, "WIRI": 0.2, "WOTH": 2.4, "WIRT": 0.3, "WROM": 1.6, "MWBC": 1.5, "MWBA": 1.1, "MWAS": 2.3,
    "MOTH": 2.2, "AIND": 0.3, "APKN": 3.4, "ABAN": 0.4, "AOTH": 1.0, "BCRB": 0.2, "BAFR": 1.9, "BOTH": 0.7,
    "CHNE": 0.1, "OOTH": 1.9, "REFU": 0.2, "NOBT": 0.8,
}  # fmt: skip
ETHNICITY_UNACCOMPANIED = {"AOTH": 30, "OOTH": 38, "BAFR": 22, "BOTH": 6, "WOTH": 4}

_UPN_CHECK_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"


@dataclass(frozen=True)
class Council:
    """An invented council, so far as its identifiers go: those of two councils have nothing in common."""

    name: str = "Synthetic Middlesbrough"
    code: str = "E06000002"
    number: int = 0  # 0: the demonstration authority

    def child(self, key: int) -> str:
        return f"S{self.number:03d}{key:06d}" if self.number else f"SYN{key:06d}"

    def youth_offending_case(self, number: int) -> str:
        return f"Y{self.number:03d}{number:05d}" if self.number else f"YO{number:05d}"

    def adopted_family(self, group: int) -> str:
        return f"F{self.number:03d}{group:05d}" if self.number else f"FAM{group:04d}"

    def social_worker(self, number: int) -> str:
        return f"SW{self.number:03d}{number:03d}"

    @property
    def upn_area(self) -> str:
        """Three figures: Middlesbrough's, or some below 200, which no authority has."""
        return f"{self.number:03d}" if self.number else "806"


DEMONSTRATION = Council()


def numbered_council(number: int) -> Council:
    """Synthetic authority 1 to 199, with a code of the right form that stands for no council.

    It is named by letters, AA to HQ: a digit in a council's name would be a number that its pages print.
    """
    tens, ones = divmod(number - 1, len(ascii_uppercase))
    return Council(f"Synthetic authority {ascii_uppercase[tens]}{ascii_uppercase[ones]}", f"E06009{number:03d}", number)


@dataclass
class Child:
    """One invented child; `key` is its number within the authority, `family` that of its brothers and sisters."""

    key: int
    sex: str  # F or M
    birth: date
    ethnicity: str
    family: int
    disabled: bool = False
    unaccompanied: bool = False
    council: Council = DEMONSTRATION
    mother_of: date | None = None  # birth of the young person's own first child

    @cached_property
    def eighteenth_birthday(self) -> date:
        return birthday(self.birth, 18)

    @cached_property
    def identifier(self) -> str:
        return self.council.child(self.key)

    @cached_property
    def upn(self) -> str:
        """The child's unique pupil number, whether or not they are old enough to have it."""
        return unique_pupil_number(self.council.upn_area, self.key, self.birth)


def new_sex(draws: Draws, male: float = 0.54) -> str:
    return "M" if draws.chance(male) else "F"


def new_ethnicity(draws: Draws) -> str:
    return draws.weighted(ETHNICITY)


def unique_pupil_number(area: str, key: int, birth: date) -> str:
    """A well-formed number with its check letter, under the three figures of an area and school numbers from 9500 up.

    School numbers of that range belong to no school of Middlesbrough (806), so the number is nobody's.
    """
    school_start = (birth.year + (4 if (birth.month, birth.day) <= (8, 31) else 5)) % 100
    digits = f"{area}{9500 + key // 1000:04d}{school_start:02d}{key % 1000:03d}"
    total = sum((place + 2) * int(digit) for place, digit in enumerate(digits))
    return _UPN_CHECK_LETTERS[total % 23] + digits
