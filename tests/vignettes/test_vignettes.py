"""A policy tested by vignettes: what a person is told, what is proved, what is suggested, and which mutants are noticed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from auditor.cli import commands, main
from auditor.errors import SettingsRefused
from auditor.outcomes import ExitCode, Outcome
from auditor.places import configs_folder
from auditor.policy import RuleBook, load_rule_book
from auditor.settings import DEFAULT_POLICY, Settings
from auditor.vignettes import bench
from auditor.vignettes.bench import Asked, find_vignettes, mutate_policy, run_policy, vignettes_folder
from auditor.vignettes.coverage import Outline
from auditor.vignettes.files import Vignette, extract_rows, read_lexicon, read_vignettes
from auditor.vignettes.mutation import survivors
from auditor.vignettes.suggest import Suggestion, suggested_text
from auditor.vignettes.told import Told
from auditor.workbench.mutants import mutants

ECMO = "example-ecmo"
MET, UNKNOWN, NOT_MET = Outcome.MET, Outcome.UNKNOWN, Outcome.NOT_MET
STORIES = """\
case: A clean newborn
start from: term newborn
expect: {determination: criteria met}
---
case: The record says that there is no pulmonary hypertension of the newborn
start from: term newborn
chart: {pphn: absent 2024-06-02 04:00 in progress-note}
diagnoses: [P28.5]
expect: {determination: criteria met}
---
case: Oxygen worked
unconfirmed: true
start from: term newborn
chart: {oxygen 100: successful 2024-06-02 06:30 in progress-note}
expect: {determination: insufficient documentation}
"""


@pytest.fixture(scope="module")
def book() -> RuleBook:
    return load_rule_book(DEFAULT_POLICY, configs_folder())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, book: RuleBook) -> Path:
    """Three stories: one that holds, one that does not, one that nobody confirmed."""
    home = tmp_path_factory.mktemp("stories")
    (home / "templates.yaml").write_bytes((vignettes_folder(DEFAULT_POLICY, book) / "templates.yaml").read_bytes())
    (home / "three.yaml").write_text(STORIES, encoding="utf-8")
    return home


def read(text: str, tmp_path: Path, book: RuleBook) -> tuple[Vignette, ...]:
    (tmp_path / "stories.yaml").write_text(text, encoding="utf-8")
    return read_vignettes(tmp_path, read_lexicon(book))


@pytest.fixture(scope="module")
def tested(folder: Path) -> tuple[Told, tuple[Suggestion, ...]]:
    return run_policy(DEFAULT_POLICY, folder, Asked(), lambda text: None)


Tested = tuple[Told, tuple[Suggestion, ...]]


def test_a_test_run_says_what_fails(tested: Tested, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "run_policy", lambda *asked: tested)
    result = CliRunner().invoke(commands, ["policy", "test"])
    assert result.exit_code == ExitCode.NOT_PROVED
    assert "✕ three.yaml, line 5: The record says that there is no pulmonary" in result.output
    assert "determination: expected criteria met, came criteria not met" in result.output
    assert "? three.yaml, line 11: Oxygen worked" in result.output
    assert "I.A.1 Persistent pulmonary hypertension" in result.output
    assert "2 of 3 vignettes hold" in result.output


def test_of_a_policy_without_vignettes_all_are_suggested_and_wait_for_a_person(tmp_path: Path) -> None:
    missing = tmp_path / "missing.yaml"
    asked = ["policy", "test", "--policy", ECMO, "--vignettes", str(tmp_path)]
    result = CliRunner().invoke(commands, [*asked, "--suggest", str(missing)])
    assert result.exit_code == ExitCode.NOT_PROVED
    text = missing.read_text(encoding="utf-8")
    stories = text.count("case: ")
    assert text.count("unconfirmed: true") == stories > 20
    assert f"missing.yaml: {stories} stories to read and confirm, for 55 of 55 outcomes that no vignette proves." in result.output
    assert "is there already" in str(CliRunner().invoke(commands, [*asked, "--suggest", str(missing)]).exception), "nothing is written over"
    told, _ = run_policy(ECMO, tmp_path, Asked(), lambda text: None)
    assert ([str(one.vignette) for one in told.failing], len(told.unconfirmed)) == ([], stories)
    assert told.shares == (0, 55), "nothing is proved by what nobody confirmed"
    missing.write_text(text.replace("unconfirmed: true\n", ""), encoding="utf-8")
    confirmed, _ = run_policy(ECMO, tmp_path, Asked(), lambda text: None)
    assert confirmed.shares == (55, 55)
    assert confirmed.is_whole


@pytest.mark.thorough
def test_what_was_suggested_beside_stories_proves_what_was_missing(folder: Path, tmp_path: Path) -> None:
    told, made = run_policy(DEFAULT_POLICY, folder, Asked(suggest=True), lambda text: None)
    (tmp_path / "suggested.yaml").write_text(suggested_text(made).replace("unconfirmed: true\n", ""), encoding="utf-8")
    again, _ = run_policy(DEFAULT_POLICY, tmp_path, Asked(), lambda text: None)
    assert [str(one.vignette) for one in again.failing] == []
    missing = {(proof.key, outcome) for proof in told.unproved for outcome in proof.missing}
    assert len(missing & proved_of(again)) >= len(missing) - 2


def proved_of(told: Told) -> set[tuple[str, Outcome]]:
    """The outcomes of paragraphs that are proved."""
    return {(proof.key, outcome) for proof in told.proofs for outcome, names in proof.by.items() if names}


def test_a_test_run_for_a_program(tested: Tested, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "run_policy", lambda *asked: tested)
    result = CliRunner().invoke(commands, ["policy", "test", "--json"])
    told = json.loads(result.output)
    assert (told["vignettes"], [one["line"] for one in told["failing"]], [one["line"] for one in told["unconfirmed"]]) == (3, [5], [11])
    assert {one["key"] for one in told["paragraphs"]} >= {"I.A.1", "X.4"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("case: A\nborn: 2024-06-01\nexpects: {determination: criteria met}\n", "stories.yaml, line 3: expects says nothing.* mean expect"),
        ("case: A\nexpect: {determinatoin: criteria met}\n", "line 2: determinatoin cannot be expected.*determination"),
        ("case: A\nchart: {oxygen 10: successful 2024-06-02}\nexpect: {}\n", "line 2: oxygen 10 is no concept.*oxygen 100"),
        ("case: A\n---\ncase: B\nreadings: {day_limt: 3}\nexpect: {}\n", "line 4: day_limt is no reading. Did you mean day_limit"),
        ("case: A\nstart from: term newbron\nexpect: {}\n", "line 2: term newbron is no story"),
        ("case: A\ncase: B\n", "case was written on line 1 already"),
    ],
)
def test_words_that_nobody_knows_are_refused_by_file_and_line(text: str, said: str, tmp_path: Path, book: RuleBook) -> None:
    with pytest.raises(SettingsRefused, match=said):
        read(text, tmp_path, book)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("oxygen: often 0.60", "'often 0.60' is not"),
        ("lines: 94002 $5 by nobody at all", "a claim line needs a day"),
        ("lines: 94002 2024-06-02 $5 by somebody", "'somebody' bills nothing"),
        ("authorizations: perhaps", "'perhaps' is not `approved"),
        ("chart: {pphn: shown}", "'shown' is not `status or value"),
        ('ino: {from: "2024-06"}\noxygen: daily 0.60', "'2024-06' is no day"),
        ("ino: {from: 2024-06-02 08:00}\noxygen: hourly 0.60", "'' is no day"),
    ],
)
def test_words_that_cannot_be_read_are_refused_by_their_story(line: str, said: str, tmp_path: Path, book: RuleBook) -> None:
    stories = read(f"case: A story\n{line}\nexpect: {{}}\n", tmp_path, book)
    with pytest.raises(SettingsRefused, match=rf"stories.yaml, line 1: A story: .*{said}"):
        extract_rows(stories)


def test_a_folder_without_vignettes_is_refused(tmp_path: Path, book: RuleBook) -> None:
    with pytest.raises(SettingsRefused, match="no vignette is there"):
        find_vignettes(book, tmp_path)


def test_a_paragraph_decides_where_another_answer_would_change_the_result(book: RuleBook) -> None:
    outline = Outline(book.policies[-1])
    met = dict.fromkeys((leaf.key for leaf in outline.criteria["I.A"].walk() if leaf.condition), MET) | {"II.2": MET, "II.3": MET}
    steps = set(outline.steps(met))
    assert ("I.A.1", MET, NOT_MET) in steps
    assert ("I.A.2.a", MET, NOT_MET) not in steps, "another treatment failed too, so this one does not decide"
    assert ("I.A.1", NOT_MET, MET) in set(outline.steps(met | {"I.A.1": NOT_MET}))
    open_ = set(outline.steps(met | {"I.A.1": UNKNOWN}))
    assert {("I.A.1", UNKNOWN, MET), ("I.A.1", UNKNOWN, NOT_MET)} <= open_
    both = set(outline.steps(met | {"I.A.1": UNKNOWN, "I.A.age": UNKNOWN}))
    assert ("I.A.1", UNKNOWN, MET) not in both, "it stays unknown for another reason"


FEW = ("I.A.1 asks pphn is absent", "I.A.2.b left out", "I.A needs any_of", "day_limit 13, not 14", "I.A.2.therapy needs all_of")


def test_a_few_mutants_are_noticed_by_the_story_that_is_about_them(book: RuleBook, folder: Path) -> None:
    made = {mutant.name: mutant for mutant in mutants(book.policies[-1])}
    stories = [one for one in find_vignettes(book, folder) if one.title == "A clean newborn"]
    left = survivors([made[name] for name in FEW], stories, Settings(), lambda text: None)
    assert [mutant.name for mutant in left] == ["I.A.2.b left out", "I.A needs any_of", "day_limit 13, not 14"]


def test_the_program_itself_ends_with_the_code_that_it_says(tested: Tested, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "run_policy", lambda *asked: tested)
    monkeypatch.setattr("sys.argv", ["auditor", "policy", "test", "--json"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == ExitCode.NOT_PROVED


def test_mutants_have_names_of_their_own_and_differ_from_the_policy(book: RuleBook) -> None:
    policy = book.policies[-1]
    made = list(mutants(policy))
    assert len({mutant.name for mutant in made}) == len(made)
    assert [mutant.name for mutant in made if mutant.change and mutant.of(policy) == policy] == []


@pytest.mark.thorough
def test_no_mutant_of_the_shipped_policy_survives() -> None:
    told = mutate_policy(DEFAULT_POLICY, None, lambda text: None)
    assert (told.unnoticed, told.strangers) == ((), ())


def test_a_mutation_run_names_what_survives(book: RuleBook, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = list(mutants(book.policies[-1]))
    monkeypatch.setattr(bench, "survivors", lambda *asked: (made[0], made[1]))
    monkeypatch.setattr(bench, "read_equivalent", lambda home: {made[1].name: "Nothing asks it.", "no such mutant": "…"})
    told = mutate_policy(DEFAULT_POLICY, folder, lambda text: None)
    assert (told.unnoticed, told.strangers) == ((made[0].name,), ("no such mutant",))
    assert told.equivalent == {made[1].name: "Nothing asks it."}
    result = CliRunner().invoke(commands, ["policy", "mutate", "--vignettes", str(folder)])
    assert result.exit_code == ExitCode.NOT_PROVED
    assert f"no vignette notices: {made[0].name}" in result.output
    assert f"{len(made)} mutants: {len(made) - 2} noticed, 1 change nothing, 1 survive" in result.output
