"""Walks through XML that a stranger may have made: no entities, no document type, bounded depth, never another file."""

from __future__ import annotations

from collections.abc import Callable
from xml.parsers import expat

DEEPEST = 64  # tags within tags; a workbook needs about ten, the SSDA903 four


class BadXml(Exception):
    """The XML cannot or may not be read. `line` is where, 0 when that is not known; `why` completes "XML that ..."."""

    def __init__(self, why: str, line: int = 0):
        super().__init__(why)
        self.why = why
        self.line = line


class NotXml(BadXml):
    """It is not well-formed."""


def walk(
    data: bytes,
    start: Callable[[str, dict[str, str], int], None],
    end: Callable[[str], None],
    text: Callable[[str], None] | None,
) -> None:
    """Call `start` (name, attributes, line), `text` and `end` (name) for the tags of `data` in their order.

    Names come without the prefix of their namespace. Text may come in pieces.

    Raises `NotXml` for what is not well-formed, and `BadXml` for what has a document type (the only place where entities
    can be declared, with which a few bytes stand for gigabytes or for another file) or is nested too deeply.
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True
    depth = 0
    called_back = False  # so that an error of the caller's own functions is not taken for one of the XML

    def refuse(*_) -> None:
        raise BadXml("has no document type (DOCTYPE)", parser.CurrentLineNumber)

    def enter(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth, called_back
        depth += 1
        if depth > DEEPEST:
            raise BadXml(f"has at most {DEEPEST} tags within one another", parser.CurrentLineNumber)
        called_back = True
        start(name.rpartition(":")[2] if ":" in name else name, attributes, parser.CurrentLineNumber)
        called_back = False

    def leave(name: str) -> None:
        nonlocal depth, called_back
        depth -= 1
        called_back = True
        end(name.rpartition(":")[2] if ":" in name else name)
        called_back = False

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = enter
    parser.EndElementHandler = leave
    parser.CharacterDataHandler = text
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise NotXml(f"is well-formed ({expat.errors.messages[error.code]})", error.lineno) from None
    except (LookupError, ValueError):  # an encoding that Python does not have, or one of several bytes a letter
        if called_back:
            raise
        raise BadXml("is in an encoding that is known, such as UTF-8", 1) from None
