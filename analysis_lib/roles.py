"""Whether words name a role, which pages and the public register may say, or a person, whom they may not."""

from __future__ import annotations

import re

from analysis_lib.errors import UsageError

MOST_LETTERS = 100
# A role has one of these words; a person's name seldom has. What it cannot tell, docs/how-to/sign-off.md asks people to mind.
ROLE_WORDS = {
    "adviser", "advisor", "analyst", "assistant", "board", "caldicott", "chair", "chief", "commissioner", "committee",
    "controller", "coordinator", "deputy", "director", "directorate", "executive", "group", "guardian", "head",
    "headteacher", "inspector", "lead", "leader", "manager", "member", "office", "officer", "owner", "panel", "partner",
    "practitioner", "president", "principal", "representative", "secretary", "senior", "service", "solicitor",
    "statistician", "supervisor", "team", "trustee", "worker",
}  # fmt: skip
TITLES_OF_PERSONS = {
    "cllr", "councillor", "dame", "dr", "lady", "lord", "miss", "mr", "mrs", "ms", "mx", "prof", "professor", "rev", "sir",
}  # fmt: skip


def looks_like_a_role(words: str) -> bool:
    """Whether `words` have the look of a role: one of the words of roles, or an acronym such as DCS, and no title of a person."""
    each = words.split()
    plain = [re.sub(r"\W", "", word).lower() for word in each]
    if not each or "@" in words or plain[0] in TITLES_OF_PERSONS:
        return False
    acronym = all(word.isupper() and word.isalpha() and len(word) > 1 for word in each)  # DCS, SIRO
    return acronym or bool(ROLE_WORDS & {part for word in plain for part in (word, word.removesuffix("s"))})


def role(by: str) -> str:
    """The role of who decided, without needless spaces. Raises `UsageError` for none, and for what looks like a person's name."""
    said = " ".join(by.split())
    if not said:
        raise UsageError('Say in which role the decision was taken, such as --by "Head of Performance".')
    if not looks_like_a_role(said):
        raise UsageError(
            f'{by!r} looks like a person\'s name. The register is public: write the role, such as --by "Head of Performance".'
        )
    if len(said) > MOST_LETTERS:
        raise UsageError(
            f"The role has more than {MOST_LETTERS} letters. What the decision rests on belongs in --note."
        )
    return said
