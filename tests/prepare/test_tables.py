"""Tables that are made when they are asked for."""

import pandas as pd
import pytest

from analysis_lib.prepare import Tables

PEOPLE = pd.DataFrame({"child_id": ["a", "b"]})


def counting(made):
    def people():
        made.append("people")
        return PEOPLE

    return people


def test_a_table_is_made_once_and_not_before_it_is_asked_for():
    made = []
    tables = Tables({"people": counting(made)})
    assert "people" in tables and list(tables) == ["people"] and len(tables) == 1 and made == []
    assert tables["people"] is PEOPLE and tables["people"] is PEOPLE and made == ["people"]


def test_what_is_not_there_is_no_table():
    tables = Tables({"people": PEOPLE})
    with pytest.raises(KeyError):
        tables["nobody"]
    del tables["people"]
    assert "people" not in tables and tables.get("people") is None


def test_tables_change_when_they_are_asked_for():
    made = []
    changed = Tables({"people": counting(made)}).changed(lambda name, table: table.assign(table=name))
    assert made == []
    assert changed["people"]["table"].tolist() == ["people", "people"]
    assert list(PEOPLE) == ["child_id"]


def test_others_take_the_place_of_tables():
    made = []
    both = Tables({"people": counting(made)}) | {"people": PEOPLE.head(1), "houses": PEOPLE}
    assert len(both["people"]) == 1 and both["houses"] is PEOPLE and made == []
