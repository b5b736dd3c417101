"""The rule tables hold the policy row by row, under the names and types that the stages join."""

from collections.abc import Iterator
from datetime import date

import duckdb
import pytest
from guidelines import CONFIGS, SECOND

from auditor.policy import install, load_rule_book, set_readings
from auditor.policy.install import coding_rows, rule_rows

COLUMNS = {
    "value_set_codes": "value_set tier code_system code is_prefix valid_from valid_to low high alias_of",
    "text_patterns": "name has lacks",
    "event_concepts": "concept label value_set unit low high reading",
    "measure_scales": "concept unit above upto factor",
    "facts": "fact label kind documents report",
    "fact_inputs": "fact role concept",
    "evidence_rules": "rule_id fact kind concept value_set tier strength from_h to_h "
    "claim_from_h claim_to_h claim_windowed present_when absent_when absent_from_h",
    "leaves": "leaf fact operator value_number value_text",
    "policy_roles": "role key fact",
    "pathway_paragraphs": "pathway key",
    "lob_routes": "line state route paragraph rules",
    "exposure_rules": "role name",
    "finding_types": "finding_id state criterion query severity action basis paragraph name says carc rarc cause replaces",
    "excludes1": "code is_prefix with_code with_prefix",
    "frequency_roles": "frequency role",
}


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield connection


def installed(connection: duckdb.DuckDBPyConnection, overrides: dict[str, object], table: str) -> list[tuple]:
    """The rows of one table of the second guideline's first revision, under some readings."""
    book = load_rule_book("home-oxygen", SECOND, overrides)
    install(connection, book, book.policies[0])
    return connection.execute(f"SELECT * FROM {table}").fetchall()


def test_every_table_has_its_columns(connection) -> None:
    installed(connection, {}, "leaves")
    for table, columns in COLUMNS.items():
        connection.execute(f"SELECT * FROM {table}")
        assert [column[0] for column in connection.description] == columns.split()


def test_every_table_is_filled_by_the_shipped_policy(connection) -> None:
    book = load_rule_book("pacificsource-ino", CONFIGS)
    install(connection, book, book.policies[0])
    tables = set(rule_rows(book, book.policies[0]))
    assert tables == set(COLUMNS) | set(coding_rows(book.coding))
    for table in sorted(tables):
        assert connection.execute(f"SELECT count(*) > 0 FROM {table}").fetchone() == (True,), table


def test_codes_are_normalised_and_dated(connection) -> None:
    assert installed(connection, {}, "value_set_codes WHERE value_set = 'lung_disease'") == [
        ("lung_disease", "chronic", "icd10cm", "P271", False, None, None, None, None, None),
        ("lung_disease", "chronic", "icd10cm", "J84", True, date(2015, 10, 1), date(2030, 9, 30), None, None, None),
        ("lung_disease", "acute", "icd10cm", "J219", False, None, None, None, None, None),
        ("lung_disease", "acute", "loinc", "3150-0", False, None, None, None, None, None),
        ("lung_disease", "acute", "loinc", "3150-6", False, None, None, None, None, "3150-0"),
    ]


def test_evidence_has_one_row_a_tier_and_windows_in_hours(connection) -> None:
    lungs, present, absent = "lung_disease", ["present"], ["absent"]
    both = ["present", "preliminary"]
    assert installed(connection, {}, "evidence_rules WHERE fact = 'lung_disease'") == [
        (1, lungs, "concept", lungs, None, None, "decides", None, None, None, None, False, present, absent, None),
        (2, lungs, "code", None, lungs, "chronic", "decides", -48, 0, 0, 720, True, present, absent, None),
        (2, lungs, "code", None, lungs, "acute", "decides", -48, 0, 0, 720, True, present, absent, None),
        (3, lungs, "concept", "scan", None, None, "suggests", -48, 0, None, None, False, both, [], None),
        (4, lungs, "derived", "response", None, None, "suggests", 0, 720, None, None, False, present, absent, None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("overrides", "rules"),
    [({}, [1, 2, 2, 3, 4]), ({"scan_counts": False}, [1, 2, 2, 4]), ({"sources": ["claim"]}, [1, 2, 2, 3])],
)
def test_readings_switch_evidence_off(connection, overrides: dict[str, object], rules: list[int]) -> None:
    rows = installed(connection, overrides, "evidence_rules WHERE fact = 'lung_disease'")
    assert [row[0] for row in rows] == rules


def test_leaves_are_the_conditions_that_a_record_answers(connection) -> None:
    assert installed(connection, {}, "leaves") == [
        ("1.a/applies", "age_at_start_days", "<", 365.0, None),
        ("1.a.i", "lung_disease", "is", None, "present"),
        ("1.a.ii", "age_at_start_days", "<=", 300.0, None),
        ("1.a.ii/consequence/0", "age_at_start_days", "<", 365.0, None),
        ("1.b.i", "surgery", "is", None, "absent"),
        ("2.b", "oxygen_need", "is", None, "present"),
        ("E.1", "surgery", "is", None, "present"),
    ]


def test_measurements_keep_their_limits_and_scales(connection) -> None:
    rows = installed(connection, {}, "event_concepts WHERE concept IN ('saturation', 'scan')")
    assert rows == [
        ("scan", "scan of the lungs", None, None, None, None, None),
        ("saturation", "oxygen saturation", "saturation_codes", "%", 1.0, 100.0, None),
    ]
    scales = connection.execute("SELECT * FROM measure_scales").fetchall()
    assert scales == [("saturation", None, 0.0, 1.0, 100.0), ("saturation", "permille", None, None, 0.1)]


@pytest.mark.parametrize(
    ("overrides", "medicaid"),
    [
        ({}, ("case_review", None)),
        ({"oregon_route": "criteria"}, ("criteria", None)),
        ({"state_rules": ["Rule 7", "Rule 9"]}, ("elsewhere", "Rule 7, Rule 9")),
    ],
)
def test_a_route_follows_its_reading(connection, overrides: dict[str, object], medicaid: tuple[str, str | None]) -> None:
    rows = installed(connection, overrides, "lob_routes")
    route, rules = medicaid
    assert rows == [
        ("commercial", "OR", "criteria", "Commercial", None),
        ("commercial", "WA", "criteria", "Commercial", None),
        ("medicaid", "OR", route, "Commercial", rules),
    ]


def test_findings_have_one_row_a_state_and_criterion(connection) -> None:
    lungs, says = "Lung disease", "The record says there is none."
    doctor, ask = "medical_director", "request_records"
    begun, early = "Lung disease is diagnosed.", "Oxygen before surgery."
    assert installed(connection, {}, "finding_types") == [
        ("H-01", "F", "1.a.i", None, "S1", doctor, "episode", "1.a.i", lungs, says, "50", None, None, None),
        ("H-01", "F", "E.1", None, "S1", doctor, "episode", "E.1", lungs, says, "50", None, None, None),
        ("H-01", "U", "1.a.i", None, "S2", ask, "episode", "1.a.i", lungs, begun, None, None, None, None),
        ("H-01", "U", "E.1", None, "S2", ask, "episode", "E.1", lungs, early, None, None, None, None),
        ("H-02", "", None, "billed_twice", "S3", "nurse_review", "line", "Coding",
         "Billed twice", "The same day is billed twice.", None, None, "repeated", None),
    ]  # fmt: skip


def test_the_small_tables(connection) -> None:
    assert installed(connection, {}, "excludes1") == [("P285", False, "J96", True)]
    assert connection.execute("SELECT * FROM frequency_roles").fetchall() == [("1", "original"), ("7", "replacement")]
    assert connection.execute("SELECT * FROM text_patterns").fetchall() == [("oxygen_text", "oxygen", "hyperbaric")]
    assert connection.execute("SELECT * FROM exposure_rules ORDER BY ALL").fetchall() == [
        ("drug_text", "oxygen_text"),
        ("possible_facts", "lung_disease"),
        ("segments", "oxygen"),
    ]
    assert connection.execute("SELECT role FROM fact_inputs").fetchall() == [
        ("saturation",),
        ("fraction",),
        ("flow",),
        ("statement",),
    ]
    assert connection.execute("SELECT documents, report FROM facts WHERE fact = 'lung_disease'").fetchall() == [
        (["discharge summary"], "scan")
    ]


def test_installing_again_replaces_what_was_there(connection) -> None:
    assert installed(connection, {}, "leaves") == installed(connection, {}, "leaves")


@pytest.mark.parametrize(
    ("name", "sql_type", "value"),
    [
        ("age_limit_days", "BIGINT", 365),
        ("low_saturation", "DOUBLE", 0.9),
        ("scan_counts", "BOOLEAN", True),
        ("late_action", "VARCHAR", "medical_review"),
        ("sources", "VARCHAR[]", ["chart", "claim"]),
        ("state_rules", "VARCHAR[]", []),
        ("listed_services", "VARCHAR", "oxygen_services"),
        ("policy_effective", "DATE", date(2021, 1, 1)),
        ("policy_review_by", "DATE", date(2023, 1, 1)),
        ("policy_revision", "VARCHAR", "2021-01-01"),
        ("next_effective", "DATE", date(2022, 7, 1)),
    ],
)
def test_readings_become_typed_variables(connection, name: str, sql_type: str, value: object) -> None:
    set_readings(connection, load_rule_book("home-oxygen", SECOND).policies[0])
    found = connection.execute(f"SELECT typeof(getvariable('{name}')), getvariable('{name}')").fetchone()
    assert found == (sql_type, value)


def test_the_last_revision_has_no_next(connection) -> None:
    set_readings(connection, load_rule_book("home-oxygen", SECOND).policies[-1])
    assert connection.execute("SELECT getvariable('next_effective') IS NULL").fetchone() == (True,)
