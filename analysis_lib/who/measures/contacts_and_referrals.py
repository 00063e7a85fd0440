"""Contacts and referrals: how each number names its children."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from analysis_lib.metrics import contacts_and_referrals as contact
from analysis_lib.results import Result
from analysis_lib.who.measures.asked import Asked, Made, Named, NotNamed

# A referral is decided within a working day; two weeks leave time for the decision to be recorded.
TIME_TO_RECORD = pd.Timedelta(days=14)


def _of(table: str, function: Callable[..., Result]) -> Callable[[Asked], Made]:
    return lambda asked: [function(asked.page[table], period=asked.periods)]


def _decided(function: Callable[..., Result]) -> Callable[[Asked], Made]:
    return lambda asked: [
        function(asked.page["referrals"], period=asked.periods, known_until=asked.day - TIME_TO_RECORD)
    ]


def _led(function: Callable[..., Result]) -> Callable[[Asked], Made]:
    return lambda asked: [
        function(asked.page["contacts"], asked.page["referrals"], period=asked.periods, known_until=asked.day)
    ]


def _referral_rate(asked: Asked) -> Made:
    received = contact.referrals_received(asked.page["referrals"], period=asked.periods)
    return [contact.referral_rate(received, population=asked.people)]


def _conversion(asked: Asked) -> Made:
    tables = (asked.page[name] for name in ("referrals", "assessments", "section47"))
    contacts = asked.page.optional("contacts")
    return [contact.conversion(contacts, *tables, period=asked.periods, known_until=asked.day)]


NAMED: Named = {
    "contacts_received": _of("contacts", contact.contacts_received),
    "children_with_contact": _of("contacts", contact.children_with_contact),
    "contacts_by_source": _of("contacts", contact.contacts_by_source),
    "contacts_leading_to_referral": _led(contact.contacts_leading_to_referral),
    "contacts_leading_unknown": _led(contact.contacts_leading_unknown),
    "referrals_received": _of("referrals", contact.referrals_received),
    "referral_rate": _referral_rate,
    "children_referred": _of("referrals", contact.children_referred),
    "referrals_by_source": _of("referrals", contact.referrals_by_source),
    "re_referrals": _of("referrals", contact.re_referrals),
    "re_referrals_unknown": _of("referrals", contact.re_referrals_unknown),
    "children_re_referred": _of("referrals", contact.children_re_referred),
    "referrals_no_further_action": _decided(contact.referrals_no_further_action),
    "referrals_no_further_action_unknown": _decided(contact.referrals_no_further_action_unknown),
    "conversion": _conversion,
}
NOT_NAMED: NotNamed = {}
