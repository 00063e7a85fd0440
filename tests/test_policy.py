"""The disclosure policy: which class a figure falls under, and what a wrong entry in authority.toml is told."""

import tomllib
from datetime import date
from pathlib import Path

import pytest

from analysis_lib.errors import UsageError
from analysis_lib.policy import (
    ACTIVITY,
    CHARACTERISTICS,
    CHOICES,
    CLASSES,
    HIDE_IN_NAMED_GROUPS,
    KEYS,
    NUMBERS,
    RESULTS,
    TOTALS,
    YOUTH_OFFENDING,
    ClassPolicy,
    DisclosurePolicy,
    read_policy,
)
from analysis_lib.results import Measure
from analysis_lib.synthetic import card
from analysis_lib.synthetic.people import Council

FILE = Path(__file__).parents[1] / "authority.toml"
NUMBERS_OF_ONE = {"threshold": 6, "min_percentage_base": 10, "min_average_base": 10, "min_quartile_base": 20}
POLICY = DisclosurePolicy.alike(**NUMBERS_OF_ONE)


def measure(unit, **facts):
    return Measure("m", "M", "Something.", unit, "neither", "local", **facts)


def facts():
    return tomllib.loads(FILE.read_text(encoding="utf-8"))["disclosure"]


@pytest.mark.parametrize(
    ("unit", "groups", "name"),
    [
        ("children", (), TOTALS),
        ("plans", ("span",), TOTALS),
        ("children", ("area",), TOTALS),
        ("per 10,000", (), TOTALS),
        ("children", ("sex",), CHARACTERISTICS),
        ("children", ("moment", "need"), CHARACTERISTICS),
        ("children", ("nobody_spoke_of_this_column",), CHARACTERISTICS),
        ("%", (), CHARACTERISTICS),
        ("days", (), CHARACTERISTICS),
        ("ratio", (), CHARACTERISTICS),
        ("£", (), CHARACTERISTICS),
        ("per 10,000", ("ethnic_group",), CHARACTERISTICS),
    ],
)
def test_counts_of_the_whole_authority_are_totals_and_the_rest_characteristics(unit, groups, name):
    assert POLICY.of(measure(unit), groups).name == name


def test_a_rate_on_a_base_of_our_own_is_no_total():
    assert POLICY.of(measure("per 100", base="pupils"), ()).name == CHARACTERISTICS


@pytest.mark.parametrize("name", CLASSES)
def test_a_measure_that_names_its_class_falls_under_it_whatever_its_groups(name):
    assert POLICY.of(measure("children", protection=name), ("sex",)).name == name
    assert POLICY.of(measure("%", protection=name), ()).name == name


def test_a_measure_of_an_unknown_class_is_our_own_mistake():
    with pytest.raises(ValueError, match="protection 'secret' is not totals"):
        POLICY.of(measure("children", protection="secret"), ())


def test_the_demonstration_says_that_no_officer_has_decided_its_numbers():
    policy = read_policy(facts(), "authority.toml")
    for name, key, _, meaning, decided in policy.numbers():
        assert name in CLASSES and key in KEYS and meaning
        assert decided.decided_by == "demonstration default: no officer has decided this"
        assert isinstance(decided.decided_on, date) and decided.note


def test_the_demonstration_protects_what_tells_of_children_and_not_totals():
    policy = read_policy(facts(), "authority.toml").classes
    assert {name: each.protect for name, each in policy.items()} == {
        TOTALS: False, CHARACTERISTICS: True, RESULTS: True, YOUTH_OFFENDING: True, ACTIVITY: False,
    }  # fmt: skip
    assert {each.threshold for each in policy.values()} == {6} and {each.round_to for each in policy.values()} == {0}
    assert policy[RESULTS].zero_and_all == HIDE_IN_NAMED_GROUPS


def test_a_class_takes_from_characteristics_what_it_does_not_name():
    changed = facts()
    changed["characteristics"]["threshold"] = 10
    changed["youth_offending"]["min_percentage_base"] = 30
    policy = read_policy(changed, "authority.toml").classes
    assert {each.threshold for each in policy.values()} == {10}
    assert policy[YOUTH_OFFENDING].min_percentage_base == 30 and policy[RESULTS].min_percentage_base == 10


def test_one_line_rounds_every_class_to_5():
    rounded = read_policy({**facts(), "profile": "rounded"}, "authority.toml")
    assert {each.round_to for each in rounded.classes.values()} == {5}
    exact = read_policy(facts(), "authority.toml")
    assert {each.round_to for each in exact.classes.values()} == {0}


def test_a_made_authority_has_a_policy_that_can_be_read():
    text = card.authority_card(Council("Invented", "E06999999"))
    policy = read_policy(tomllib.loads(text)["disclosure"], "authority.toml")
    ours = read_policy(facts(), "authority.toml")
    for name in CLASSES:
        for key in {**NUMBERS, **CHOICES}:
            assert getattr(policy.classes[name], key) == getattr(ours.classes[name], key)


def test_the_old_form_is_answered_with_the_new():
    old = {**NUMBERS_OF_ONE, "one_decimal_base": 1000}
    with pytest.raises(UsageError) as error:
        read_policy(old, "authority.toml")
    told = str(error.value)
    assert told.startswith("authority.toml: [disclosure] threshold, min_percentage_base, ")
    assert "[disclosure.characteristics]\nthreshold = 6\n" in told and "decided_by = " in told


def spoilt(**changes):
    changed = facts()
    for name, keys in changes.items():
        if keys is None:
            del changed[name]
        elif isinstance(keys, dict):
            changed.setdefault(name, {}).update(keys)
            changed[name] = {key: value for key, value in changed[name].items() if value is not None}
        else:
            changed[name] = keys
    return changed


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"profil": "exact"}, r"authority.toml: \[disclosure\] has an unknown entry profil. Did you mean profile"),
        (
            {"adoption": {"threshold": 3}},
            r"\[disclosure\] has an unknown entry adoption.*Allowed are profile, totals, char",
        ),
        ({"profile": "strict"}, r"profile is 'strict'; allowed is \"exact\" \(counts as they are\) or \"rounded\""),
        ({"profile": None}, "profile is None"),
        ({"totals": None}, r"\[disclosure.totals\] is missing. It is for stocks and events"),
        ({"characteristics": None}, r"\[disclosure.characteristics\] is missing"),
        ({"totals": "none"}, r"\[disclosure.totals\] is missing"),
        ({"totals": {"treshold": 3}}, r"\[disclosure.totals\] has an unknown entry treshold. Did you mean threshold"),
        ({"characteristics": {"threshold": None}}, r"\[disclosure.characteristics\] lacks threshold \(counts from 1"),
        ({"results": {"decided_by": None}}, r"\[disclosure.results\] lacks decided_by \(the role of who decided"),
        ({"results": {"decided_by": " "}}, "decided_by is ' '; allowed are words"),
        ({"results": {"note": 3}}, "note is 3; allowed are words"),
        ({"results": {"decided_on": "2026-04-01"}}, "decided_on is '2026-04-01'; allowed is a day without quotes"),
        ({"results": {"threshold": 0}}, r"\[disclosure.results\] threshold is 0; allowed is a whole number from 1"),
        ({"results": {"threshold": True}}, "threshold is True; allowed is a whole number"),
        ({"results": {"threshold": 6.5}}, "threshold is 6.5; allowed is a whole number"),
        ({"results": {"round_to": 10}}, "round_to is 10; allowed are 0 and 5"),
        ({"results": {"round_to": -5}}, "round_to is -5; allowed is a whole number from 0"),
        ({"results": {"largest_share": 80}}, "largest_share and two_largest_share are per cent"),
        ({"results": {"two_largest_share": 101}}, "largest_share and two_largest_share are per cent"),
        ({"results": {"protect_nested": 1}}, "protect_nested is 1; allowed are true and false"),
        ({"results": {"protect": "yes"}}, "protect is 'yes'; allowed are true and false"),
        (
            {"results": {"zero_and_all": "hide"}},
            'zero_and_all is \'hide\'; allowed are "show" and "hide in named groups"',
        ),
    ],
)
def test_a_wrong_entry_is_named_with_what_is_allowed(changes, told):
    with pytest.raises(UsageError, match=told):
        read_policy(spoilt(**changes), "authority.toml")


def test_a_class_made_in_code_is_checked_too():
    with pytest.raises(ValueError, match="class totals of the disclosure policy: threshold is 0"):
        ClassPolicy(TOTALS, 0, 10, 10, 20)
    with pytest.raises(ValueError, match="has the classes totals"):
        DisclosurePolicy({})
