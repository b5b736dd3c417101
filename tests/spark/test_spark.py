"""The audit on Spark comes to what one machine comes to, whatever becomes of its tasks."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pyarrow.csv
import pyarrow.parquet
import pytest

from auditor import AuditResult, ExtractRefused, Settings, SettingsRefused, audit
from auditor.intake import pieces
from auditor.spark import Cluster, audit_on_spark
from tests.partitions.parted import SETTINGS, Tables, differing, random_extract

pytestmark = pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas")


def write_extract(folder: Path, tables: Tables) -> Path:
    """Claim lines as Parquet of several row groups, events in two files, the rest as text; some rows cannot be trusted."""
    folder.mkdir()
    plain = {name: rows.drop_columns(["source_file", "source_row"]) for name, rows in tables.items()}
    pyarrow.parquet.write_table(plain["claim_lines"], folder / "claim_lines.parquet", row_group_size=100)
    half = len(plain["events"]) // 2
    pyarrow.parquet.write_table(plain["events"].slice(0, half), folder / "events_1.parquet", row_group_size=500)
    pyarrow.csv.write_csv(plain["events"].slice(half), folder / "events_2.csv")
    pyarrow.csv.write_csv(plain["members"], folder / "members.csv")
    pyarrow.csv.write_csv(plain["authorizations"], folder / "authorizations.csv")
    with (folder / "events_2.csv").open("a") as text:
        text.write(",".join(['"not a member"'] + [""] * (plain["events"].num_columns - 1)) + "\nshort row\n")
    return folder


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = write_extract(tmp_path_factory.mktemp("spark") / "extract", random_extract(8, 9))
    return SETTINGS.model_copy(update={"paths": (folder,), "scratch": tmp_path_factory.mktemp("engines")})


@pytest.fixture(scope="module")
def whole(settings: Settings) -> AuditResult:
    return audit(settings)


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    cut = pieces.cut_extract
    monkeypatch.setattr("auditor.spark.audit.cut_extract", lambda *given: cut(*given, rows=200))


def same(one: AuditResult, other: AuditResult) -> bool:
    return not differing(one, other) and one.facts == other.facts


class Killer(threading.Thread):
    """Kills the first Python process of Spark that is seen at work on an audit, half-way through it."""

    def __init__(self, scratch: Path) -> None:
        super().__init__(daemon=True)
        self.scratch, self.killed, self.stop = scratch, False, False

    def run(self) -> None:
        while not (self.killed or self.stop):
            for process in self._at_work():
                os.kill(process, signal.SIGKILL)
                self.killed = True
                return
            time.sleep(0.01)

    def _at_work(self) -> Iterator[int]:
        """Processes other than this one that hold a database of this test open."""
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and int(entry.name) != os.getpid():
                try:
                    held = [os.readlink(link) for link in (entry / "fd").iterdir()]
                except OSError:
                    continue
                if any(name.startswith(str(self.scratch)) for name in held):
                    yield int(entry.name)


@pytest.mark.usefixtures("small_pieces")
@pytest.mark.thorough
def test_spark_comes_to_the_same_and_a_task_killed_half_way_changes_nothing(
    cluster: Cluster, settings: Settings, whole: AuditResult
) -> None:
    assert sum(count.set_aside for count in whole.facts.counts) >= 2
    assert settings.scratch is not None
    killer = Killer(settings.scratch)
    killer.start()
    found = audit_on_spark(settings, cluster)
    killer.stop = True
    assert killer.killed or not Path("/proc/self/fd").exists()
    assert same(whole, found)


SAMPLES = Path(__file__).parents[2] / "data_samples"
OTHER_EXTRACTS = {
    "X12": {"paths": (SAMPLES / "x12",)},
    "FHIR": {"paths": (SAMPLES / "fhir",)},
    "two guidelines": {"paths": (SAMPLES,), "beside": ("example-ecmo",)},
}


@pytest.mark.thorough
@pytest.mark.parametrize("kind", OTHER_EXTRACTS)
def test_foreign_formats_and_several_guidelines_come_to_the_same(cluster: Cluster, kind: str) -> None:
    other = SETTINGS.model_copy(update=OTHER_EXTRACTS[kind])
    whole = audit(other)
    assert len(whole.frames["episodes"]) > 50
    assert same(whole, audit_on_spark(other, cluster))


@pytest.mark.parametrize("missing", ["pyspark", "java"])
def test_without_spark_or_java_the_command_says_what_to_install(missing: str, tmp_path: Path) -> None:
    if missing == "java":
        pytest.importorskip("pyspark", reason="no pyspark: pip install 'auditor[spark]'")
    hidden = {"pyspark": "sys.modules['pyspark.errors'] = None;", "java": ""}[missing]
    argv = ["auditor", "run", str(SAMPLES), "--engine", "spark", "--out", str(tmp_path)]
    line = f"import sys; {hidden} sys.argv = {argv!r}; from auditor.cli import main; main()"
    said = subprocess.run(
        [sys.executable, "-c", line], capture_output=True, text=True, env={**os.environ, "JAVA_HOME": str(tmp_path / "none")}, check=False
    )
    assert said.returncode == 10
    assert "auditor[spark]" in said.stderr
    assert "Traceback" not in said.stderr


@pytest.mark.thorough
def test_a_file_that_cannot_be_trusted_is_refused_in_the_same_words(cluster: Cluster, settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "claim_lines.csv").write_text('claim_id,member_id\n"1,never closed\n')
    refused = settings.model_copy(update={"paths": (tmp_path,)})
    with pytest.raises(ExtractRefused) as here:
        audit(refused)
    with pytest.raises(ExtractRefused) as there:
        audit_on_spark(refused, cluster)
    assert str(there.value) == str(here.value)


@pytest.mark.thorough
def test_an_extract_with_nobody_in_scope_is_told_as_such(cluster: Cluster, settings: Settings, tmp_path: Path) -> None:
    header = "claim_id,claim_line_number,member_id,claim_line_start_date,hcpcs_code"
    (tmp_path / "claim_lines.csv").write_text(f"{header}\nC1,1,M1,2026-03-02,99213\nC2,1,,2026-03-02,99213\n")
    nobody = settings.model_copy(update={"paths": (tmp_path,)})
    found = audit_on_spark(nobody, cluster)
    assert found.nothing_to_audit
    assert same(audit(nobody), found)


@pytest.mark.thorough
def test_readings_are_tried_on_one_machine_only(cluster: Cluster, settings: Settings) -> None:
    with pytest.raises(SettingsRefused, match="one machine"):
        audit_on_spark(settings.model_copy(update={"sensitivity": "all"}), cluster)


@pytest.mark.thorough
def test_a_task_that_always_fails_says_no_value(cluster: Cluster) -> None:
    def fail(place: int) -> Iterator[tuple[int, str, int, bytes]]:
        from auditor.spark.sending import guarded

        def work() -> Iterator[tuple[int, str, int, bytes]]:
            raise ValueError("member M123")
            yield place, "look", 0, b""

        return guarded(place, work)

    from auditor.spark.sending import TaskFailed

    with pytest.raises(TaskFailed, match="ValueError") as failed:
        cluster.map("failing", 1, fail)
    assert "M123" not in str(failed.value)
