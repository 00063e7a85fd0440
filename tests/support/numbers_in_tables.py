"""Reads a page as a reader would who looks for each number of its words in its tables: from the HTML alone."""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from bs4 import BeautifulSoup

NUMBER = re.compile(r"[+\N{MINUS SIGN}-]?\d[\d,]*(?:\.\d+)?")
UNSAID = {"a number too small to show": {"c"}, "no figure": {"x", "z", "k", "u", "low", ":", ""}}


@dataclass(frozen=True)
class Tables:
    """What the tables of a page print: the texts of each figure, and of each change, by key."""

    figures: dict[str, set[str]]
    changes: dict[str, set[str]]

    @classmethod
    def of(cls, soup):
        marked = [[], []]
        for found, name in zip(marked, ("data-figure", "data-change"), strict=True):
            for element in soup.select(f"table td[{name}], table td [{name}]"):
                found.append((element[name], element.get_text()))
        return cls(*({key: {text for each, text in found if each == key} for key, _ in found} for found in marked))

    def against_figure(self, key, said):
        """What is wrong with a figure in words; empty where it stands in a table, at least to the digits that are said."""
        if key not in self.figures:
            return "in no table"
        printed = self.figures[key]
        return "" if all(says(each, said) for each in printed) else f"in the tables as {' and '.join(sorted(printed))}"

    def against_change(self, key, said):
        """What is wrong with a change in words; empty where a cell says it, or two cells have figures that make it."""
        if any(change_in_words(each) == change_in_words(said) for each in self.changes.get(key, ())):
            return ""
        both = [self.figures.get(each) for each in key.split(" ")]
        if None in both:
            return "between figures that are in no table"
        pairs = [(now, then) for now in both[0] for then in both[1]]
        return "" if any(moves(now, then, said) for now, then in pairs) else f"between {both[0]} and {both[1]}"


def not_in_tables(html, tables_of=""):
    """The figures and changes in the words of `html` (outside its tables) that no table of it bears out: (text, why).

    `tables_of` is the HTML of the page whose tables count, where that is another one.
    """
    soup = BeautifulSoup(html, "html.parser")
    tables = Tables.of(BeautifulSoup(tables_of or html, "html.parser"))
    found = []
    for element in soup.select("[data-figure], [data-change]"):
        if element.find_parent("table") is not None:
            continue
        if element.has_attr("data-figure"):
            why = tables.against_figure(element["data-figure"], element.get_text())
        else:
            why = tables.against_change(element["data-change"], element.get_text())
        if why:
            found.append((element.get_text(), why, element.get("data-figure") or element["data-change"]))
    return found


def says(printed, said):
    """Whether a cell's text is what words say: the same, or the same rounded to the digits of the words."""
    if said in UNSAID:
        return printed in UNSAID[said]
    if printed == said:
        return True
    numbers = NUMBER.findall(printed), NUMBER.findall(said)
    if len(numbers[0]) != 1 or len(numbers[1]) != 1 or NUMBER.sub("#", printed) != NUMBER.sub("#", said):
        return False
    return rounded(decimal(numbers[0][0]), digits(numbers[1][0])) == decimal(numbers[1][0])


def change_in_words(text):
    """A change as cells have it: without "from", and with the words of a table for what is the same or unclear."""
    return {"the same as": "no change", "not clearly different": "no clear change"}.get(text, text)


def moves(now, then, said):
    """Whether two cells make the change that words say: its direction, its size, and its share of where it began."""
    if said in ("not clearly different", "not clearly different from"):
        return True  # a test has said so; both figures are there to be looked at
    if said == "not compared with":
        return not (NUMBER.search(now) and NUMBER.search(then))
    if not (NUMBER.search(now) and NUMBER.search(then)):
        return False
    now, then = (decimal(NUMBER.search(each)[0]) for each in (now, then))
    if said == "the same as":
        return now == then
    direction, _, amount = said.partition(" ")
    size, *share = NUMBER.findall(amount)
    is_size = rounded(abs(now - then), digits(size)) == decimal(size)
    if "less than 1%" in amount:
        return is_size and abs(now - then) * 100 < then
    is_share = not share or rounded(100 * abs(now - then) / then, 0) == decimal(share[0])
    return is_size and is_share and direction == ("up" if now > then else "down")


def decimal(text):
    return Decimal(text.replace(",", "").replace("\N{MINUS SIGN}", "-"))


def digits(text):
    return len(text.partition(".")[2])


def rounded(number, places):
    return number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
