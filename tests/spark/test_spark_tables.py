"""Tables that Spark reads, Delta and Iceberg among them, are audited like files, and their rows have numbers of their own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from auditor import AuditResult, SettingsRefused, audit
from auditor.cli.spark import named_tables
from auditor.spark import Cluster, audit_on_spark
from tests.partitions.parted import SETTINGS, Tables, differing, random_extract

pytestmark = pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas")
NAMES = ("claim_lines", "members", "events", "authorizations")


@pytest.fixture(scope="module")
def extract() -> Tables:
    return {name: rows.drop_columns(["source_file", "source_row"]) for name, rows in random_extract(6, 13).items()}


@pytest.fixture(scope="module")
def audit_laid_out(cluster: Cluster, extract: Tables) -> Callable[[int], AuditResult]:
    """The audit of the extract as tables of a catalog whose rows lie in so many places, in an order of that number."""

    def laid_out(places: int) -> AuditResult:
        for name, rows in extract.items():
            schema = ", ".join(f"`{column}` string" for column in rows.column_names)
            frame = cluster.session.createDataFrame([tuple(row.values()) for row in rows.to_pylist()], schema)
            frame.repartition(places, "member_id").createOrReplaceTempView(f"ino_{name}")
        return audit_on_spark(SETTINGS, replace(cluster, tables={name: f"ino_{name}" for name in NAMES}))

    return laid_out


@pytest.mark.thorough
def test_a_table_is_audited_as_a_file_is_however_it_is_laid_out(
    extract: Tables, audit_laid_out: Callable[[int], AuditResult], cluster: Cluster
) -> None:
    whole, one, other = audit(SETTINGS, frames=extract), audit_laid_out(1), audit_laid_out(3)
    assert not differing(one, other)
    assert one.facts == other.facts
    cited = {"findings", "evidence", "measurements", "lines", "set_aside"}
    assert set(differing(whole, one)) <= cited, "they differ in more than what cites a file and row"
    assert len(one.frames["episodes"]) == len(whole.frames["episodes"]) > 0
    assert set(one.frames["lines"]["source_file"]) == {"ino_claim_lines"}
    inputs = {file.name: file for file in one.facts.inputs}
    assert inputs["ino_events"].rows == len(extract["events"])
    assert len({file.sha256 for file in one.facts.inputs}) == len(NAMES)
    rows = one.frames["lines"]["source_row"]
    assert rows.is_unique
    assert rows.between(1, len(extract["claim_lines"])).all()


@pytest.mark.thorough
def test_a_table_that_is_not_there_or_not_asked_for_is_refused(cluster: Cluster) -> None:
    with pytest.raises(SettingsRefused, match="--spark-table claim_lines=nowhere: Spark cannot read"):
        audit_on_spark(SETTINGS, replace(cluster, tables={"claim_lines": "nowhere"}))
    with pytest.raises(SettingsRefused, match="reads no file named clams"):
        audit_on_spark(SETTINGS, replace(cluster, tables={"clams": "nowhere"}))
    with pytest.raises(SettingsRefused, match="a folder"):
        audit_on_spark(SETTINGS, Cluster(cluster.session, "s3://bucket/scratch", {"claim_lines": "nowhere"}))


@pytest.mark.parametrize("given", [("events",), ("events=",), ("events=a", "events=b")])
def test_tables_are_named_one_by_one(given: tuple[str, ...]) -> None:
    with pytest.raises(SettingsRefused, match="FILE=TABLE"):
        named_tables(given)
