"""Findings know paragraphs by their roles: another guideline's numbers, or this one's under other names, are found as well."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree

import duckdb
import pandas as pd
import pytest
from few_samples import write_few
from guidelines import CONFIGS, SECOND

from auditor import Settings, audit
from auditor.engine import named_queries
from auditor.policy import install, load_rule_book
from auditor.stages.findings import FAMILIES

PARAGRAPH = re.compile(r"(?<![\w.])(I{1,2})(?=\.[A-Z0-9]|[:,\]} ]|$)", re.MULTILINE)
OTHER = {"I": "Q", "II": "R"}


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        yield opened


def test_roles_are_rows_with_the_fact_that_is_asked(connection: duckdb.DuckDBPyConnection) -> None:
    book = load_rule_book("home-oxygen", SECOND)
    install(connection, book, book.policies[0])
    roles = connection.execute("SELECT * FROM policy_roles WHERE role IN ('population', 'pathways') ORDER BY ALL").fetchall()
    assert roles == [("pathways", "1.a", None), ("pathways", "1.b", None), ("population", "1.a.ii", "age_at_start_days")]
    paragraphs = connection.execute("FROM pathway_paragraphs").fetchall()
    assert paragraphs == [("1.a", "1.a"), ("1.a", "1.a.i"), ("1.a", "1.a.ii"), ("1.b", "1.b"), ("1.b", "1.b.i"), ("1.b", "1.b.ii")]


@pytest.mark.parametrize(
    ("first", "population", "second", "raised"),
    [
        (1, 1, 3, False),  # the pathway of infants is asked, and nothing denies that it is one
        (0, 0, 3, True),  # too old for it, and the other is not asked
        (0, 2, 3, False),  # of the right age, and not met
        (3, 3, 3, True),  # none is asked
        (3, 3, 0, False),  # the other has no population of its own: it is for everyone of whom it is asked
    ],
)
def test_no_pathway_of_the_second_guideline(
    connection: duckdb.DuckDBPyConnection, first: int, population: int, second: int, raised: bool
) -> None:
    book = load_rule_book("home-oxygen", SECOND)
    install(connection, book, book.policies[0])
    connection.execute(
        "CREATE TABLE judged_courses AS SELECT 'E1' AS episode_id, true AS asked, NULL::VARCHAR AS exclusion, false AS referred"
    )
    connection.execute("CREATE TABLE result_criteria (episode_id VARCHAR, key VARCHAR, outcome TINYINT)")
    outcomes = {"1": 1, "1.a": first, "1.a.ii": population, "1.b": second, "1.b.i": 0}
    connection.executemany("INSERT INTO result_criteria VALUES ('E1', ?, ?)", list(outcomes.items()))
    found = connection.execute(named_queries("findings_pathways")["no_pathway"]).fetchall()
    assert found == ([("E1",)] if raised else [])


def renamed_copy(folder: Path) -> Path:
    """The shipped rules with every paragraph under another number."""
    configs = Path(copytree(CONFIGS, folder / "configs"))
    for path in (*(configs / "policies").glob("*.yaml"), configs / "findings.yaml"):
        path.write_text(PARAGRAPH.sub(lambda found: OTHER[found[1]], path.read_text(encoding="utf-8")), encoding="utf-8")
    return configs


# Of the samples as few as raise every finding on a paragraph that any of them raises.
MEMBERS = (
    *("S-0102", "S-0107", "S-0109", "S-0112", "S-0119", "S-0201", "S-0204", "S-0205", "S-0206", "S-0209"),
    *("S-0302", "S-0304", "S-0305", "S-0309", "S-0402", "S-0404", "S-0405", "S-0509", "S-0603"),
)
RAISED = {"A-10", "A-11", "A-12", "B-02", "B-08", "B-09", "C-04", "C-09", "E-01", "E-02", "E-03", "E-04", "E-05"}


def findings_of(configs: Path, extract: Path) -> pd.DataFrame:
    frame = audit(Settings(paths=(extract,), configs=configs)).frames["findings"].drop(columns=["evidence"])
    return frame.sort_values(list(frame.columns), ignore_index=True)


def test_the_same_rules_under_other_numbers_find_the_same(tmp_path: Path) -> None:
    """What would fail here is a query that names a paragraph."""
    configs = renamed_copy(tmp_path)
    assert "Q.A.3.b" in (configs / "findings.yaml").read_text(encoding="utf-8")
    (tmp_path / "few").mkdir()
    extract = write_few(MEMBERS, tmp_path / "few")
    as_written, renamed = findings_of(CONFIGS, extract), findings_of(configs, extract)
    as_written["paragraph"] = as_written["paragraph"].str.replace(PARAGRAPH.pattern, lambda found: OTHER[found[1]], regex=True)
    columns = [name for name in as_written.columns if name != "says"]
    pd.testing.assert_frame_equal(as_written[columns], renamed[columns])
    assert set(renamed["finding_id"]) >= RAISED


def test_no_query_names_a_paragraph() -> None:
    named = {name for family in FAMILIES for name, text in named_queries(family).items() if re.search(r"'(?:I|II|X)(?:\.|')", text)}
    assert named == set()
