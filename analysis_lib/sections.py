"""What the class behind every page derives from, so that a figure which cannot be given closes by itself and alone."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, wraps
from typing import TypeVar

from analysis_lib.errors import Closed
from analysis_lib.report.closed import Closings, closed, why_closed
from analysis_lib.report.output import Output
from analysis_lib.report.questions import Question, flat, questions
from analysis_lib.report.sentence import Sentence, answer, sentence

Thing = TypeVar("Thing")


class Sections:
    """The outputs of one page: a class derived from this has a method for each, and `self.page` with the data.

    A new page needs nothing more for its figures to close well:

    - A public method annotated `-> Output` (or `-> list[Output]`) is a figure. When a table or a column that it uses is not there
      (`errors.Closed`, whatever the reason), a box stands in its place that names the figure by the first line of the
      method's docstring, says why it is closed, and what to do. All other figures stay.
    - `report.display(...)` in the notebook shows the figures of a section, with one box for all that are closed.
    - `answered` and `told` make the answer and other paragraphs of sentences, each of which may be closed: one
      sentence at the end says which.
    - Tables are taken from `self.page[...]` where they are used, in the methods or in cached properties, not in
      `__init__`: what is taken there closes the whole page.
    """

    def __init_subclass__(cls, **others):
        super().__init_subclass__(**others)
        for name, method in list(vars(cls).items()):
            if not name.startswith("_") and inspect.isfunction(method):
                setattr(cls, name, _closing(method))

    @cached_property
    def said(self) -> list[Output]:
        """What the page has shown so far: the words that it has to explain are in there."""
        return []

    def answered(self, parts: Mapping[str, Callable[[], object]]) -> Output:
        """The first screen: the sentence of each part, and where some are closed, one that says which and why.

        `parts` maps what a sentence says, as a part of a sentence ("how many children are looked after"), to what
        makes it. One that makes a figure and no sentence is there only to be named when it is closed.
        """
        said, closings = self.those_there(parts)
        return answer(*_sentences(said), closing=why_closed(closings))

    def told(self, parts: Mapping[str, Callable[[], object]]) -> Output:
        """One paragraph, with `parts` as for `answered`."""
        said, closings = self.those_there(parts)
        closing = why_closed(closings)
        return sentence(*_sentences(said), *([closing] if closing else []))

    def asked(self, parts: Mapping[str, Callable[[], Sequence[Question]]]) -> Output:
        """The questions that the rules raise; `parts` maps what each looks at, as for `answered`, to what asks."""
        raised, closings = self.those_there(parts)
        return questions(flat(raised.values()), closing=why_closed(closings))

    def is_there(self, make: Callable[[], object]) -> bool:
        """Whether what `make` gives is not closed."""
        return bool(self.those_there({"it": make})[0])

    def those_there(self, parts: Mapping[str, Callable[[], Thing]]) -> tuple[dict[str, Thing], Closings]:
        """Those of `parts` that are not closed, each made, and the others with the reason of each.

        `report.closed` has the words for the others: `why_closed` in a paragraph, `left_out` under a table.
        """
        made, closings = {}, []
        for what, make in parts.items():
            try:
                with self.page.closing():
                    made[what] = make()
            except Closed as reason:
                closings.append((what, reason))
        return made, closings


def _sentences(made: Mapping[str, object]) -> list[Sentence]:
    return [each for each in made.values() if isinstance(each, Sentence)]


# What a method that shows something is annotated with, as `from __future__ import annotations` leaves it.
ONE, SEVERAL = "Output", "list[Output]"


def _closing(method: Callable) -> Callable:
    """`method`, with the box in place of a figure that is closed; anything but a figure as it is."""
    gives = inspect.signature(method).return_annotation
    if gives not in (Output, list[Output], ONE, SEVERAL):
        return method

    @wraps(method)
    def shown(self: Sections, *arguments, **named):
        try:
            with self.page.closing():
                made = method(self, *arguments, **named)
                self.said.extend([made] if isinstance(made, Output) else made)
                return made
        except Closed as reason:
            box = closed(_name(method), reason)
            return [box] if gives in (SEVERAL, list[Output]) else box

    return shown


def _name(method: Callable) -> str:
    """What a reader would call a figure: the first line of its docstring, or the words of its name."""
    first = (inspect.getdoc(method) or method.__name__.replace("_", " ")).splitlines()[0]
    return first.removesuffix(".")
