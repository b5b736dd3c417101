"""Settings of a warehouse: refused with what to do, never with what was written; and a query is one SELECT."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.errors import SettingsRefused
from auditor.warehouse.settings_file import read_warehouse
from auditor.warehouse.statement import read_statement
from auditor.warehouse.troubles import WHAT_TO_DO, refusal

SECRET = "Quillfeather7731"
GOOD = """[warehouse]
connection = "Driver={ODBC Driver 18 for SQL Server};Server=host;Database=claims;Encrypt=yes"
user = "auditor"
password = { env = "WAREHOUSE_PASSWORD" }
[warehouse.parameters]
since = 2026-01-01
[warehouse.queries]
claim_lines = "SELECT * FROM lines WHERE paid >= CAST(:since AS date)"
"""

MISTAKES: dict[str, tuple[str, str, str]] = {
    "a password in the connection": ("Encrypt=yes", f"PWD={SECRET}", "a secret never stands here"),
    "a password in braces": ("Encrypt=yes", f"Password={{{SECRET};}}", "a secret never stands here"),
    "a token": ("Encrypt=yes", f"AccessToken={SECRET}", "a secret never stands here"),
    "no driver": ("Driver={ODBC Driver 18 for SQL Server};", "", "expected Driver= or DSN="),
    "no connection string": ("Driver={ODBC Driver 18 for SQL Server};", f"{SECRET};", "KEY=VALUE"),
    "a password as text": ('{ env = "WAREHOUSE_PASSWORD" }', f'"{SECRET}"', "warehouse.password"),
    "a name nobody knows": ("user =", "usr =", "Did you mean user?"),
    "a table that is a path": ("claim_lines =", '"../claim_lines" =', "warehouse.queries"),
    "a query that writes": ("SELECT *", f"WITH x AS (DELETE FROM {SECRET}) SELECT *", "it says delete"),
    "no query": ("SELECT * FROM", "DROP TABLE", "expected a single SELECT"),
    "two statements": ("AS date)", f"AS date); SELECT '{SECRET}'", "more than one statement"),
    "a parameter without a value": (":since", ":until", ":until has no value"),
    "a value that no query asks for": ("since = 2026", "after = 2026-02-02\nsince = 2026", "no query asks for after"),
    "another section": ("[warehouse]\n", "[warehose]\n", "expected one section"),
    "no TOML": ("[warehouse]\n", f"[warehouse]\n{SECRET}\n", "is not TOML"),
}


def settings_file(text: str, folder: Path) -> Path:
    path = folder / "warehouse.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_settings_as_documented(tmp_path: Path) -> None:
    settings = read_warehouse(settings_file(GOOD, tmp_path))
    statement = settings.statements["claim_lines"]
    assert statement.sql == "SELECT * FROM lines WHERE paid >= CAST(? AS date)"
    assert statement.values == ("2026-01-01",)


@pytest.mark.parametrize(("right", "wrong", "said"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_named_and_its_value_never_shown(right: str, wrong: str, said: str, tmp_path: Path) -> None:
    assert right in GOOD
    with pytest.raises(SettingsRefused) as refused:
        read_warehouse(settings_file(GOOD.replace(right, wrong, 1), tmp_path))
    assert said in str(refused.value)
    assert SECRET not in str(refused.value)


READS = (
    "SELECT 1",
    "  select a, b from t ; ",
    "WITH x AS (SELECT 1 AS a) SELECT a FROM x",
    "SELECT 'DELETE; -- it' AS a, \"drop\" FROM t -- update\n",
    "SELECT /* insert; */ replace(a, 'x', 'y') FROM t",
    "SELECT a::date FROM [order; by] WHERE b = 'it''s; :since'",
)


@pytest.mark.parametrize("query", READS)
def test_what_reads_is_sent_as_it_is(query: str) -> None:
    assert read_statement("members", query, {}).sql == query.strip().removesuffix(";").rstrip()


WRITES = (
    "DELETE FROM t",
    "SELECT 1; DELETE FROM t",
    "SELECT * INTO other FROM t",
    "SELECT 1 FROM t FOR UPDATE",
    "EXEC procedure_of_theirs",
    "SELECT $$ ; $$",
    "SELECT * FROM t WHERE a = ?",
    "SELECT 'open",
    "SELECT 1 /* open",
    "/* only */ -- a remark",
    "",
)


@pytest.mark.parametrize("query", WRITES)
def test_what_is_no_single_select_is_refused(query: str) -> None:
    with pytest.raises(ValueError, match=r"queries\.members"):
        read_statement("members", query, {})


@given(st.text(max_size=30), st.dates())
def test_a_value_is_never_part_of_the_query(word: str, day: date) -> None:
    statement = read_statement("events", "SELECT ':a' FROM t WHERE a = :word AND b > :day AND c < :day", {"word": word, "day": day})
    assert statement.sql == "SELECT ':a' FROM t WHERE a = ? AND b > ? AND c < ?"
    assert statement.values == (word, day.isoformat(), day.isoformat())


@pytest.mark.parametrize("state", ["28000", "08S01", "42S02", "22018", "HYT00", "IM002", "99999"])
def test_a_drivers_own_words_are_never_told(state: str) -> None:
    fault = RuntimeError(f"State: {state}, Native error: 18456, Message: [Driver] Login failed for {SECRET} at Server=host")
    told = str(refusal("events", fault, 5000))
    assert told.startswith(f"warehouse, events, after 5,000 rows: SQLSTATE {state}: ")
    assert SECRET not in told
    assert "host" not in told
    assert state == "99999" or any(advice in told for advice in WHAT_TO_DO.values())
