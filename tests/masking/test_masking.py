"""A masked run says all that the unmasked one says, and names nobody."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from auditor import AuditResult, Settings, audit
from auditor.cli.masking import read_mask
from auditor.masking import Mask, mask_run
from auditor.masking.values import masked_values
from auditor.places import configs_folder, samples_folder
from auditor.providers import load_plan
from auditor.report import InputFile, publish
from auditor.results import RESULTS
from auditor.tokens import Tokens
from tests.test_command_line import AS_OF, Command, Said, command, few

__all__ = ["command", "few"]

MASK = Mask(Tokens(b"a key of the tests, long enough"))
MASKED = [(table.name, column.name) for table in RESULTS for column in table.columns if column.holds not in (None, "word")]
WITHHELD = {"episodes", "value", "low", "high", "peers", "standing", "finding_id"}

# Columns of the samples whose values name someone, or are somebody's words.
IDENTIFIERS = {
    "claim_lines": ("member_id", "claim_id", "original_claim_id", "rendering_npi", "billing_npi", "facility_npi", "billing_tin", "plan"),
    "members": ("member_id", "mother_member_id", "person_id"),
    "events": ("member_id", "facility", "document_id", "encounter_id", "recorded_by"),
    "authorizations": ("member_id", "number"),
}
FREE_TEXT = {"claim_lines": ("line_description",), "events": ("text",)}


def test_every_column_of_text_says_what_it_holds() -> None:
    undecided = [
        f"{table.name}.{column.name}"
        for table in RESULTS
        for column in table.columns
        if (column.kind in ("text", "list")) is not (column.holds is not None)
    ]
    assert not undecided


@pytest.fixture(scope="module")
def found() -> AuditResult:
    return audit(Settings(paths=(samples_folder(),), as_of=date(2026, 11, 22)))


@pytest.fixture(scope="module")
def masked(found: AuditResult) -> AuditResult:
    return AuditResult(*mask_run(found.frames, found.facts, MASK, load_plan(configs_folder()).smallest_cell))


@pytest.fixture(scope="module")
def run(masked: AuditResult, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return publish(masked.frames, masked.facts, tmp_path_factory.mktemp("runs") / "masked")


def values_of(columns: dict[str, tuple[str, ...]]) -> set[str]:
    found: set[str] = set()
    for name, wanted in columns.items():
        frame = pd.read_csv(samples_folder() / f"{name}.csv", dtype=str, keep_default_na=False)
        found |= {value for column in frame.columns.intersection(wanted) for value in frame[column] if value}
    return found


def unpacked(path: Path) -> Iterator[tuple[str, str]]:
    """Everything that a file of a run says, also within archives and in columns of Parquet; and the file's name."""
    yield f"the name of {path.name}", path.name
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as book:
            yield from ((f"{path.name}/{name}", book.read(name).decode("utf-8", "replace")) for name in book.namelist())
    elif path.suffix == ".parquet":
        table = pq.read_table(path)
        yield f"{path.name} cells", str(table.to_pydict())
        yield f"{path.name} footer", path.read_bytes().decode("latin-1") + str(table.schema)
    else:
        yield path.name, path.read_text(encoding="utf-8")


def test_no_file_of_a_masked_run_holds_an_identifier(run: Path, found: AuditResult) -> None:
    ours = "".join(path.read_text(encoding="utf-8") for path in configs_folder().rglob("*.yaml"))
    words = {text for text in values_of(FREE_TEXT) if text not in ours}
    identifiers = values_of(IDENTIFIERS) | words | set(found.frames["episodes"]["episode_id"])
    assert len(identifiers) > 500
    files = [path for path in run.rglob("*") if path.is_file()]
    assert len(files) > len(found.frames["episodes"])
    leaks = [(where, value) for path in files for where, text in unpacked(path) for value in identifiers if value in text]
    assert leaks == []


def test_the_search_finds_them_in_an_unmasked_run(found: AuditResult, tmp_path: Path) -> None:
    open_run = publish(found.frames, replace(found.facts, show_members=True), tmp_path / "open")
    texts = {
        path.relative_to(open_run).parts[0]: "".join(text for _, text in unpacked(path)) for path in open_run.rglob("*") if path.is_file()
    }
    for name in ("worklist.xlsx", "episodes.csv", "report.html", "tables", "episodes"):
        assert any(value in texts[name] for value in values_of(IDENTIFIERS)), name


def test_every_page_of_a_masked_run_says_what_masking_leaves(run: Path) -> None:
    pages = list(run.rglob("*.html"))
    assert {"report.html", "requests.html", "facilities.html"} < {path.name for path in pages}
    for path in pages:
        assert "Dates, ages, states and dollars are true: this run is not anonymous." in path.read_text(encoding="utf-8"), path.name


@pytest.mark.parametrize("name", [table.name for table in RESULTS if table.name != "providers"])
def test_all_but_identifiers_is_equal(found: AuditResult, masked: AuditResult, name: str) -> None:
    table = next(table for table in RESULTS if table.name == name)
    values = masked_values(MASK.tokens)
    before, after = found.frames[name], masked.frames[name]
    for column in table.columns:
        left, right = list(before[column.name].astype(object)), list(after[column.name].astype(object))
        if column.holds not in (None, "word"):
            made = values[column.holds]
            left = [
                cell
                if not isinstance(cell, str) and not hasattr(cell, "__len__")
                else made(cell)
                if isinstance(cell, str)
                else [made(one) for one in cell]
                for cell in left
            ]
        assert [_plain(cell) for cell in left] == [_plain(cell) for cell in right], column.name


def _plain(cell: object) -> object:
    if hasattr(cell, "__len__") and not isinstance(cell, str):
        return list(cell)
    return None if pd.isna(cell) else cell


def test_tokens_join_the_tables_as_the_identifiers_did(found: AuditResult, masked: AuditResult) -> None:
    def joined(result: AuditResult) -> pd.DataFrame:
        lines = result.frames["lines"].merge(result.frames["episodes"], on=["episode_id", "member_id"], suffixes=("", "_episode"))
        return lines.groupby("determination")["at_risk_high_cents"].agg(["size", "sum"])

    assert joined(found).equals(joined(masked))
    for table, column in MASKED:
        before, after = (result.frames[table][column].dropna().astype(str) for result in (found, masked))
        assert before.nunique() == after.nunique(), (table, column)


def test_counts_of_facilities_are_all_that_is_withheld(found: AuditResult, masked: AuditResult) -> None:
    before, after = found.frames["providers"], masked.frames["providers"]
    kept = [column for column in before.columns if column not in WITHHELD and column != "facility"]
    assert before[kept].equals(after[kept])
    assert not after["episodes"].between(1, load_plan(configs_folder()).smallest_cell - 1).any()
    assert set(after.loc[after["episodes"].isna(), "standing"]) == {"withheld"}


def test_a_key_gives_the_same_tokens_again_and_another_key_others(found: AuditResult, masked: AuditResult) -> None:
    again, _ = mask_run(found.frames, found.facts, MASK, 1)
    other, _ = mask_run(found.frames, found.facts, Mask(Tokens(b"another key of the tests, longer")), 1)
    members = masked.frames["episodes"]["member_id"]
    assert members.equals(again["episodes"]["member_id"])
    assert not set(members) & set(other["episodes"]["member_id"])


def test_names_of_files_are_masked_wherever_they_are_said(found: AuditResult) -> None:
    facts = replace(
        found.facts,
        inputs=(InputFile("S-0101 of St Mary.csv.gz", "events", 1, "ab"), InputFile("members.csv", "members", 1, "cd")),
        not_read=("S-0101 of St Mary.csv.gz.old", "letter to Jo.docx", "README of St Mary.md"),
        notices=("Column x of S-0101 of St Mary.csv.gz is not read; did you mean y?",),
    )
    _, told = mask_run(found.frames, facts, MASK, 1)
    said = str((told.inputs, told.not_read, told.notices))
    assert "St Mary" not in said
    assert "letter" not in said
    assert "S-0101" not in said
    assert [told.not_read.index(file) for file in told.passed_over] == [0, 1]
    assert told.inputs[0].name in told.notices[1]
    assert told.inputs[0].name.endswith(".csv.gz")
    assert told.inputs[1].name == "members.csv"


def test_a_column_that_nobody_decided_stops_the_run(found: AuditResult, monkeypatch: pytest.MonkeyPatch) -> None:
    from auditor.masking import mask as module

    table = replace(RESULTS[0], columns=(replace(RESULTS[0].columns[1], holds=None), *RESULTS[0].columns[2:]))
    monkeypatch.setattr(module, "RESULTS", (table,))
    with pytest.raises(ValueError, match="member_id does not say what it holds"):
        mask_run(found.frames, found.facts, MASK, 1)


# --- the command line ----------------------------------------------------------------------------------------------------------


def members_of(out: Path) -> set[str]:
    [run] = [path for path in out.iterdir() if (path / "_SUCCESS").exists()]
    return set(pd.read_csv(run / "episodes.csv")["member_id"])


def masked_by(command: Command, few: Path, out: Path, *words: str | Path) -> Said:
    return command("run", few, "--out", out, "--mask", *words, *AS_OF)


def test_a_key_file_and_the_environment_give_lasting_tokens(
    command: Command, few: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = tmp_path / "key"
    key.write_text("0123456789abcdef0123456789abcdef\n")
    assert "lasting key" in masked_by(command, few, tmp_path / "a", "--mask-key-file", key).out
    monkeypatch.setenv("AUDITOR_MASK_KEY", "0123456789abcdef0123456789abcdef")
    of_environment = read_mask(True, None)
    assert of_environment
    assert of_environment.lasting
    members = pd.read_csv(few / "members.csv", dtype=str)["member_id"]
    assert members_of(tmp_path / "a") == {masked_values(of_environment.tokens)["member"](member) for member in members}
    for path in (tmp_path / "a").rglob("*.*"):
        assert b"0123456789abcdef0123456789abcdef" not in (path.read_bytes() if path.is_file() else b"")


def test_without_a_key_tokens_hold_within_the_run_and_the_run_says_so(
    command: Command, few: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AUDITOR_MASK_KEY", raising=False)
    assert "tokens hold within this run only" in masked_by(command, few, tmp_path / "a").out
    another = read_mask(True, None)
    assert another
    assert not another.lasting
    members = pd.read_csv(few / "members.csv", dtype=str)["member_id"]
    assert not members_of(tmp_path / "a") & {masked_values(another.tokens)["member"](member) for member in members}
    [page] = (tmp_path / "a").glob("*/report.html")
    assert "within this run only" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize(("content", "says"), [(b"", "is empty"), (b"short", "at least 16 bytes"), (None, "cannot be read")])
def test_a_key_that_is_none_is_refused(command: Command, few: Path, tmp_path: Path, content: bytes | None, says: str) -> None:
    key = tmp_path / "key"
    if content is not None:
        key.write_bytes(content)
    said = masked_by(command, few, tmp_path / "out", "--mask-key-file", key)
    assert (said.code, says in said.err) == (10, True)
    assert not (tmp_path / "out").exists()


def test_a_key_without_masking_is_refused(command: Command, few: Path, tmp_path: Path) -> None:
    said = command("run", few, "--out", tmp_path / "out", "--mask-key-file", tmp_path / "key", *AS_OF)
    assert (said.code, "--mask" in said.err) == (10, True)
