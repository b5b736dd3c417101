"""Two guidelines over one extract: each comes to what it comes to alone, what both have in scope is told, and a run of both is a run."""

from __future__ import annotations

import json
import re
import sqlite3
from dataclasses import replace
from datetime import date
from pathlib import Path
from shutil import copytree

import pandas as pd
import pytest
from click.testing import CliRunner

from auditor import Settings, SettingsRefused, audit
from auditor.changes.kinship import match
from auditor.changes.snapshot import read_snapshot
from auditor.cli import commands
from auditor.guidelines import load_books
from auditor.pipeline import AuditResult
from auditor.places import configs_folder
from auditor.policy import load_rule_book
from auditor.results import RESULTS
from auditor.runs import RunFolder
from auditor.vignettes.files import Vignette, read_lexicon, read_vignettes, write_extract

FIRST, SECOND = "pacificsource-ino", "example-ecmo"
BOTH = "both.1"
AS_OF = date(2024, 9, 1)
KEYED = "line_key"


def read_members() -> tuple[Vignette, ...]:
    first, second = (read_lexicon(load_rule_book(name, configs_folder())) for name in (FIRST, SECOND))
    return read_vignettes(Path(__file__).parent / "cases", replace(first, concepts=first.concepts | second.concepts))


@pytest.fixture(scope="module")
def extract(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_extract(read_members(), tmp_path_factory.mktemp("both"))


@pytest.fixture(scope="module")
def together(extract: Path) -> AuditResult:
    return audit(Settings(paths=(extract,), policy=FIRST, beside=(SECOND,), as_of=AS_OF))


def is_of_second(frame: pd.DataFrame) -> pd.Series:
    return frame["episode_id"].astype(str).str.startswith("ECMO")


@pytest.mark.parametrize("name", [FIRST, SECOND])
def test_a_guideline_comes_to_the_same_alone_and_beside_another(name: str, extract: Path, together: AuditResult) -> None:
    alone = audit(Settings(paths=(extract,), policy=name, as_of=AS_OF)).frames
    for table in (table.name for table in RESULTS if table.name not in ("set_aside", "providers", "line_days")):
        whole = together.frames[table]
        part = whole[is_of_second(whole) == (name == SECOND)].reset_index(drop=True)
        mine = alone[table][alone[table]["episode_id"].notna()].reset_index(drop=True)
        keys = [KEYED] if KEYED in mine.columns else []
        assert len(mine) or table in ("settling", "measurements"), table
        pd.testing.assert_frame_equal(part.drop(columns=keys), mine.drop(columns=keys), obj=f"{name} {table}")


def test_every_episode_says_which_guideline_judged_it(together: AuditResult) -> None:
    episodes = together.frames["episodes"]
    assert dict(zip(episodes["member_id"] + " " + episodes["policy_revision"], episodes["determination"], strict=True)) == {
        "both.1 2020-11-01": "insufficient_documentation",
        "both.1 example-ecmo 2020-01-01": "criteria_met",
        "both.2 2020-11-01": "insufficient_documentation",
        "both.3 example-ecmo 2020-01-01": "insufficient_documentation",
        "both.4 example-ecmo 2020-01-01": "insufficient_documentation",
    }


def test_courses_of_one_member_from_one_day_have_names_of_their_own(together: AuditResult) -> None:
    own = together.frames["episodes"][together.frames["episodes"]["member_id"] == BOTH]
    assert own["start_day"].nunique() == 1
    assert own["basis"].nunique() == 1
    assert own["episode_id"].nunique() == 2


def test_every_line_is_accounted_for_once_and_dollars_balance(together: AuditResult) -> None:
    lines, parts, episodes = (together.frames[name] for name in ("lines", "line_days", "episodes"))
    assert lines[KEYED].is_unique
    assert len(lines) == len(lines[["source_file", "source_row"]].drop_duplicates()) == 16
    assert lines["counted_cents"].sum() == parts["cents"].sum() == episodes["counted_cents"].sum()
    assert set(parts[KEYED]) <= set(lines[KEYED])
    assert [(total.disposition, total.lines, total.cents) for total in together.facts.line_totals] == [
        ("counted", 16, int(lines["counted_cents"].sum()))
    ]
    for count in together.facts.counts:
        assert (count.in_scope, count.out_of_scope) == (count.rows_in, 0)
    assert not any("in the scope of" in notice for notice in together.facts.notices)


@pytest.fixture
def sharing(tmp_path: Path) -> Path:
    """The shipped configs, but ECMO lists the ventilator's first day too."""
    configs = Path(copytree(configs_folder(), tmp_path / "configs"))
    listed = configs / "ecmo" / "value_sets" / "ecmo_services.yaml"
    listed.write_text(listed.read_text(encoding="utf-8").replace('["33946", "33947"]', '["33946", "33947", "94002"]'), encoding="utf-8")
    return configs


def test_a_line_in_the_scope_of_both_stands_with_each_and_is_told(extract: Path, sharing: Path) -> None:
    result = audit(Settings(paths=(extract,), policy=FIRST, beside=(SECOND,), as_of=AS_OF, configs=sharing))
    lines = result.frames["lines"]
    shared = lines[(lines["member_id"] == BOTH) & (lines["hcpcs_code"] == "94002")]
    assert sorted(is_of_second(shared)) == [False, True]
    assert lines[KEYED].is_unique
    [told] = [notice for notice in result.facts.notices if "in the scope of" in notice]
    assert told.startswith("1 claim line ($1,800.00) is in the scope of example-ecmo; pacificsource-ino: each accounts for it")
    assert [(total.lines, total.cents) for total in result.facts.line_totals] == [(16, int(lines["counted_cents"].sum()) - 180_000)]


def test_guidelines_that_could_not_be_told_apart_are_refused(extract: Path, sharing: Path) -> None:
    def refusal(**settings: object) -> str:
        with pytest.raises(SettingsRefused) as refused:
            audit(Settings(paths=(extract,), configs=sharing).model_copy(update=settings))
        return str(refused.value)

    assert "is named twice" in refusal(beside=(FIRST,))
    policy = sharing / "ecmo" / "policies" / "example-ecmo.2020-01-01.yaml"
    text = policy.read_text(encoding="utf-8")
    assert "no guideline of this run has a reading day_limt" in refusal(beside=(SECOND,), readings={"day_limt": 3})
    policy.write_text(text.replace("episode_mark: CMO\n", ""), encoding="utf-8")
    assert "name their episodes alike" in refusal(beside=(SECOND,))
    policy.write_text(text.replace("revision: example-ecmo 2020-01-01", "revision: 2020-11-01"), encoding="utf-8")
    assert "both have a revision 2020-11-01" in refusal(beside=(SECOND,))
    policy.write_text(text.replace("  straddling_day:", "  straddling_days:"), encoding="utf-8")
    assert "an audit asks for readings that are not there: straddling_day." in refusal(policy=SECOND)


def test_a_reading_is_set_where_it_is_one() -> None:
    first, second = load_books(Settings(policy=FIRST, beside=(SECOND,), readings={"day_limit": 2, "medicaid_mode": "criteria"}))
    assert first.policies[-1].value("day_limit") == 2
    assert second.policies[-1].chosen("day_limit") is None
    assert second.policies[-1].value("medicaid_mode") == "criteria"


def test_a_course_is_never_taken_for_that_of_another_guideline(together: AuditResult) -> None:
    seen = read_snapshot(together.frames)
    courses = [course for course in seen.courses.values() if course.member == BOTH]
    first, second = sorted(courses, key=lambda course: course.label.startswith("ECMO"))
    assert first.days == second.days
    assert match([first], [second]).same == {}
    assert match([second], [first, second]).same == {second.name: second.name}


@pytest.fixture(scope="module")
def run(extract: Path, tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    out = tmp_path_factory.mktemp("runs")
    asked = ["run", str(extract), "--out", str(out), "--as-of", str(AS_OF), "--policy", FIRST, "--policy", SECOND]
    said = CliRunner().invoke(commands, asked, catch_exceptions=False)
    assert said.exit_code == 0, said.output
    [folder] = [path for path in out.iterdir() if path.is_dir() and not path.name.startswith(".")]
    return RunFolder(folder)


def test_the_report_names_both_and_says_that_one_is_an_example(run: RunFolder) -> None:
    report = (run.path / "report.html").read_text(encoding="utf-8")
    assert "Inhaled nitric oxide, post-service review; ECMO, post-service review (example)" in report
    assert "is an example of no payer" in report
    assert "distinct days on iNO or ECMO" in report
    assert "Inhaled nitric oxide, post-service review: 2 episodes, $9,600.00 audited" in report


def test_a_page_of_the_second_speaks_of_its_own_treatment(run: RunFolder) -> None:
    [page] = [path for path in (run.path / "episodes").glob("ECMO*.html") if "criteria met" in path.read_text(encoding="utf-8")]
    text = page.read_text(encoding="utf-8").replace('<span class="date">2020-01-01</span>', "2020-01-01")
    assert "<dt>ECMO</dt>" in text
    assert "example-ecmo 2020-01-01" in text
    assert "shown to be iNO" not in text


def test_a_page_shows_what_its_guideline_reads_and_names_no_other(run: RunFolder) -> None:
    pages = {path.stem.startswith("ECMO"): path.read_text(encoding="utf-8") for path in sorted((run.path / "episodes").glob("*.html"))}
    for second, text in pages.items():
        lanes = re.findall(r'<text class="lane"[^>]*>([^<]+)<', text)
        assert ("iNO, ppm" in lanes, "SpO₂, %" in lanes) == (not second, not second)
        assert {"Verdict", "Ventilator", "ECMO", "Billed"} <= set(lanes)
        assert ("No payer" in text, "is an example of no payer" in text, "PacificSource" in text) == (second, second, not second)


def test_facilities_are_compared_under_the_first_alone_and_the_page_says_so(run: RunFolder) -> None:
    text = (run.path / "facilities.html").read_text(encoding="utf-8")
    assert "Episodes of Inhaled nitric oxide, post-service review alone." in text
    assert ("PacificSource" in text, "No payer" in text) == (True, False)


def test_what_is_asked_of_providers_names_the_treatment(run: RunFolder) -> None:
    text = (run.path / "requests.html").read_text(encoding="utf-8")
    assert "claims that were paid for ECMO and inhaled nitric oxide" in text


def test_the_manifest_keeps_what_a_rerun_needs(run: RunFolder) -> None:
    manifest = json.loads((run.path / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["recipe"]["policy"] == FIRST
    assert manifest["recipe"]["beside"] == [SECOND]
    assert {"findings.yaml", "ecmo/findings.yaml", "ecmo/policies/example-ecmo.2020-01-01.yaml"} <= set(manifest["recipe"]["configs"])
    assert [revision.get("treatment", "iNO") for revision in manifest["policy_revisions"]] == ["iNO", "ECMO"]


@pytest.mark.parametrize("command", [["verify"], ["rerun"]])
def test_the_run_verifies_and_is_repeated_byte_for_byte(run: RunFolder, command: list[str]) -> None:
    said = CliRunner().invoke(commands, [*command, str(run.path)], catch_exceptions=False)
    assert said.exit_code == 0, said.output


def test_an_episode_of_the_second_is_explained_and_packed(run: RunFolder, tmp_path: Path) -> None:
    [episode] = {path.stem for path in (run.path / "episodes").glob("ECMO*.html") if "criteria met" in path.read_text(encoding="utf-8")}
    told = CliRunner().invoke(commands, ["explain", episode, "--run", str(run.path)], catch_exceptions=False)
    assert told.exit_code == 0, told.output
    assert "E.1.a" in told.output
    packed = CliRunner().invoke(
        commands, ["pack", episode, "--run", str(run.path), "--out", str(tmp_path / "pack.zip")], catch_exceptions=False
    )
    assert packed.exit_code == 0, packed.output


def test_a_night_audits_by_both_and_the_same_again_is_unchanged(extract: Path, tmp_path: Path) -> None:
    config = tmp_path / "nightly.toml"
    config.write_text(
        f'[run]\nout = "runs"\nbeside = ["{SECOND}"]\n[extract]\npaths = ["{extract}"]\nquiet_seconds = 0\n[ledger]\nurl = "sqlite:///ledger.sqlite"\n',
        encoding="utf-8",
    )

    def night() -> str:
        return CliRunner().invoke(commands, ["nightly", "--config", str(config)], catch_exceptions=False).output

    assert "published" in night()
    assert "unchanged" in night()
    doctor = CliRunner().invoke(commands, ["doctor", "--config", str(config)], catch_exceptions=False).output
    assert "example-ecmo, revision example-ecmo 2020-01-01" in doctor
    [run] = [path for path in (tmp_path / "runs").iterdir() if (path / "manifest.json").is_file()]
    manifest = json.loads((run / "manifest.json").read_text(encoding="utf-8"))
    with sqlite3.connect(tmp_path / "ledger.sqlite") as ledger:
        [(courses,)] = ledger.execute("SELECT count(DISTINCT course) FROM courses").fetchall()
    assert courses >= manifest["rows_out"]["episodes"] == 5
