"""Contacts of list 1: before every referral, about children of list 3, from 2018-19 on."""

from collections import Counter
from datetime import date, timedelta


def day(text):
    return date(int(text[6:]), int(text[3:5]), int(text[:2]))


def test_every_referral_has_a_contact_from_the_same_source_that_day_or_on_the_weekday_before(annex_a):
    for year, lists in annex_a.items():
        if year < "2018":
            assert 1 not in lists
            continue
        contacts = Counter(
            (row["Child Unique ID"], row["Contact Source"], day(row["Date of Contact"])) for row in lists[1]
        )
        found = 0
        for row in lists[3]:
            child, source, referred = row["Child Unique ID"], row["Referral Source"], day(row["Date of Referral"])
            found += any((child, source, each) in contacts for each in contacts_near(referred))
        assert found == len(lists[3])
        assert 1.6 < len(lists[1]) / len(lists[3]) < 1.75


def contacts_near(referred):
    return [referred - timedelta(days=number) for number in range(4)]


def test_nobody_is_known_by_a_contact_alone(annex_a):
    referred = {row["Child Unique ID"] for lists in annex_a.values() for row in lists[3]}
    contacted = {row["Child Unique ID"] for lists in annex_a.values() for row in lists.get(1, ())}
    assert contacted <= referred and len(contacted) > 10_000
