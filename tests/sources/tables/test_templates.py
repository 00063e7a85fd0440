"""Templates and their documentation come from the same data as the reader."""

from pathlib import Path

import pytest

from analysis_lib.errors import UsageError
from analysis_lib.prepare import prepare
from analysis_lib.sources import read_returns, recognise
from analysis_lib.sources.tables.templates import TEMPLATES, example, template

DOCS = Path(__file__).resolve().parents[3] / "docs"


@pytest.mark.parametrize("name", TEMPLATES)
def test_an_empty_template_is_recognised_and_reads_without_problems(tmp_path, name):
    text, _ = template(name)
    assert recognise(text.strip().split(",")).name == name
    (tmp_path / "x.csv").write_text(text)
    raw = read_returns(tmp_path)
    assert raw.problems == [] and len(raw.frames[name]) == 0
    assert len(prepare(raw)) > 3


@pytest.mark.parametrize("name", TEMPLATES)
def test_the_documented_example_reads_without_problems(tmp_path, name):
    (tmp_path / "x.csv").write_text(example(name))
    raw = read_returns(tmp_path)
    assert raw.problems == [] and len(raw.frames[name]) == 3


@pytest.mark.parametrize("name", TEMPLATES)
def test_the_documentation_shows_the_dictionary_and_the_example(name):
    text = (DOCS / "local-extracts.md").read_text(encoding="utf-8")
    assert template(name)[1] in text
    assert f"```csv\n{example(name)}```" in text


def test_an_unknown_template_names_those_there_are():
    with pytest.raises(UsageError, match="There is no template 'dogs'. There are: virtual_school, youth_offending."):
        template("dogs")


def test_the_data_dictionary_names_every_column_of_every_table(tmp_path):
    """Tables made from a full set of headings, against docs/data-dictionary.md."""
    from analysis_lib.sources import TABLES

    for table in TABLES.values():
        (tmp_path / f"{table.name}.csv").write_text(
            ",".join(f'"{column.name}"' for column in table.columns) + "\n", encoding="utf-8"
        )
    raw = read_returns(tmp_path)
    assert raw.problems == []
    lines = (DOCS / "data-dictionary.md").read_text(encoding="utf-8").splitlines()
    for name, frame in prepare(raw).items():
        described = next(line for line in lines if line.startswith(f"| `{name}` |"))
        named = frame.columns if name != "pupils" else ["child_id", "academic_year"]
        assert [column for column in named if f"`{column}`" not in described] == []
