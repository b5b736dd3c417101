"""How an audit differs from what a vignette expects, in plain words: one comparison for each word of ``expect``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from auditor.outcomes import ACTIONS, DETERMINATIONS, OUTCOMES, VERDICTS
from auditor.vignettes.batch import Batch, Row
from auditor.vignettes.files import Vignette
from auditor.vignettes.shorthand import as_list

Differences = Iterator[str]
FAMILIES = ("DQ", "SC", "A", "B", "E", "C")
CODING_FAMILIES = ("V", "K", "U", "P")
ALL_FAMILIES = (*FAMILIES, *CODING_FAMILIES)
# what a vignette that says nothing of coding must not raise
UNSAID = ("V", "K")
SEVERE = ("S1", "S2")
ACTED_ON = ("S1", "S2", "S3")
REFERRED = "for medical review"
AT_RISK = {"low": "at_risk_low_cents", "high": "at_risk_high_cents"}


@dataclass(frozen=True)
class Course:
    """What the audit says of one course of a vignette; without an episode, of the member's lines that belong to none."""

    batch: Batch
    episode: Row

    def rows(self, name: str) -> list[Row]:
        """This course's rows of a result table."""
        return self.batch.rows(name, "episode_id", self.episode["episode_id"])


def courses_of(vignette: Vignette, batch: Batch) -> list[Course]:
    """The courses of the patient, in the order of their start."""
    own = batch.rows("episodes", "member_id", vignette.member)
    return [Course(batch, episode) for episode in sorted(own, key=lambda row: (str(row["start_day"]), row["basis"]))]


def plain(value: Any) -> str:
    """A value as a vignette writes it: nothing as nothing, true and false in words, whole numbers without a point."""
    if not isinstance(value, (list, dict)) and pd.isna(value):
        return ""
    if isinstance(value, (bool, float)):
        return str(value).lower().removesuffix(".0")
    return str(value)


def found(course: Course) -> list[tuple[str, str]]:
    """Findings, as (id with its state, severity): of the course, and of the member's lines without one."""
    lines = course.batch.rows("lines", "member_id", course.episode["member_id"])
    of_lines = [row for line in lines for row in course.batch.rows("findings", "line_key", line["line_key"]) if pd.isna(row["episode_id"])]
    return sorted({(named(row), row["severity"]) for row in course.rows("findings") + of_lines})


def named(finding: dict[str, Any]) -> str:
    """A finding's id with its state."""
    return f"{finding['finding_id']}.{plain(finding['state'])}".removesuffix(".")


def is_named(name: str, wanted: list[str]) -> bool:
    """Whether a finding is among those wanted; one wanted without a state is any state of it."""
    return any(name == one or name.split(".")[0] == one for one in wanted)


def family(name: str) -> str:
    """The family of a finding, by its id."""
    return name.split("-")[0]


def compare_coding(course: Course, wanted: list[str]) -> Differences:
    yield from compare_named(
        "coding", [name for name, severity in found(course) if severity in ACTED_ON and family(name) in CODING_FAMILIES], wanted
    )


def compare_unsaid(course: Course) -> Differences:
    """A vignette that says nothing of coding raises nothing severe of it."""
    raised = [name for name, severity in found(course) if severity in SEVERE and family(name) in UNSAID]
    if raised:
        yield f"coding: nothing was expected, came {raised}"


def compare_findings(course: Course, wanted: list[str]) -> Differences:
    yield from compare_named(
        "findings", [name for name, severity in found(course) if severity in ACTED_ON and family(name) in FAMILIES], wanted
    )


def compare_named(what: str, raised: list[str], wanted: list[str]) -> Differences:
    missing = [one for one in wanted if not any(is_named(name, [one]) for name in raised)]
    extra = [name for name in raised if not is_named(name, wanted)]
    if missing or extra:
        yield f"{what}: expected {wanted}, came {raised}; missing {missing}, beyond {extra}"


def compare_notes(course: Course, wanted: list[str]) -> Differences:
    raised = [name for name, _ in found(course)]
    missing = [one for one in wanted if not any(is_named(name, [one]) for name in raised)]
    if missing:
        yield f"notes: expected {missing}, came {raised}"


def compare_absences(course: Course, unwanted: list[str]) -> Differences:
    raised = [name for name, _ in found(course) if is_named(name, unwanted)]
    if raised:
        yield f"no findings: {raised} should not be there"


def compare_criteria(course: Course, wanted: dict[str, str]) -> Differences:
    came = {row["key"]: said_outcome(row) for row in course.rows("criteria")}
    for key, outcome in wanted.items():
        if came.get(key) not in (outcome, f"{outcome} ") and came.get(key, "").split(" (")[0] != outcome:
            yield f"{key}: expected {outcome}, came {came.get(key, 'no such paragraph')}"


def said_outcome(row: dict[str, Any]) -> str:
    """An outcome in words, with its reason, or that the policy refers it to medical review."""
    word = OUTCOMES[row["outcome"]].word
    reason = plain(row["reason"]) or (REFERRED if plain(row["referred"]) == "true" else "")
    return f"{word} ({reason})" if reason else word


def compare_days(course: Course, wanted: dict[str, str]) -> Differences:
    verdicts = [VERDICTS[row["verdict"]].word for row in course.rows("therapy_days")]
    came = {word.word: str(verdicts.count(word.word)) for word in VERDICTS.values()}
    for word, days in came.items():
        if days != wanted.get(word, "0"):
            yield f"days {word}: expected {wanted.get(word, '0')}, came {days}"


def compare_one_day(course: Course, wanted: dict[str, str]) -> Differences:
    came = {str(row["day"])[:10]: f"{VERDICTS[row['verdict']].word}, for {row['cause']}" for row in course.rows("therapy_days")}
    for day, verdict in wanted.items():
        if came.get(day, "").split(",")[0] != verdict:
            yield f"{day}: expected {verdict}, came {came.get(day, 'no such day')}"


def compare_dollars(course: Course, wanted: dict[str, str]) -> Differences:
    for word, dollars in wanted.items():
        came = course.episode[AT_RISK.get(word) or word.replace(" ", "_") + "_cents"] / 100
        if came != float(dollars):
            yield f"dollars {word}: expected {float(dollars):,.2f}, came {came:,.2f}"


def compare_columns(course: Course, wanted: dict[str, str]) -> Differences:
    for column, value in wanted.items():
        came = plain(course.episode[column.replace(" ", "_")])
        if came.removesuffix(" 00:00:00") != value:
            yield f"{column}: expected {value}, came {came or 'nothing'}"


def compare_documents(course: Course, wanted: list[str]) -> Differences:
    if list(course.episode["documents"]) != as_list(wanted):
        yield f"ask for: expected {wanted}, came {list(course.episode['documents'])}"


def compare_instead(course: Course, wanted: dict[str, list[str]]) -> Differences:
    came = {row["document"]: list(row["instead"]) for row in course.rows("settling")}
    for document, others in wanted.items():
        if came.get(document) != as_list(others):
            yield f"or instead of {document}: expected {others}, came {came.get(document, 'not asked for')}"


def compare_alone(course: Course, wanted: list[str]) -> Differences:
    came = [row["key"] for row in course.rows("criteria") if row["alone"]]
    if came != as_list(wanted):
        yield f"alone: expected {wanted}, came {came}"


def compare_request(course: Course, wanted: dict[str, list[str]]) -> Differences:
    """The documents asked for, each with its questions; the same of every provider."""
    rows = course.rows("requests")
    came = {row["document"]: list(row["must_show"]) for row in rows}
    if came != {document: as_list(questions) for document, questions in wanted.items()}:
        yield f"request: expected {wanted}, came {came or 'none'}"


def compare_unasked(course: Course, wanted: str) -> Differences:
    [came] = [row["why"] for row in course.rows("not asked")] or ["asked for, or nothing to ask"]
    if came != wanted:
        yield f"not asked: expected {wanted}, came {came}"


def compare_letter(course: Course, wanted: dict[str, Any] | str) -> Differences:
    """The fields named of its letter; ``none``, that it has no letter."""
    rows = course.rows("letters")
    if wanted == "none" or not rows:
        yield from [f"letter: expected {wanted}, came {row['kind']}" for row in rows] or (["letter: came none"] if wanted != "none" else [])
        return
    for field, said in (wanted if isinstance(wanted, dict) else {}).items():
        came = rows[0][field.replace(" ", "_")]
        if (list(came) if isinstance(came, list) else plain(came)) != (as_list(said) if isinstance(came, list) else said):
            yield f"letter, {field}: expected {said}, came {came}"


def compare_word(column: str, words: dict[str, str]) -> Callable[[Course, str], Differences]:
    """Compares a column of the episode with the words of its table."""

    def compare(course: Course, wanted: str) -> Differences:
        came = words[course.episode[column]]
        if came != wanted:
            yield f"{column.replace('_', ' ')}: expected {wanted}, came {came}"

    return compare


COMPARISONS: dict[str, Callable[[Course, Any], Differences]] = {
    "determination": compare_word("determination", {str(key): word.word for key, word in DETERMINATIONS.items()}),
    "next action": compare_word("next_action", {str(key): word for key, word in ACTIONS.items()}),
    "findings": compare_findings,
    "coding": compare_coding,
    "notes": compare_notes,
    "no findings": compare_absences,
    "criteria": compare_criteria,
    "days": compare_days,
    "day": compare_one_day,
    "dollars": compare_dollars,
    "course": compare_columns,
    "ask for": compare_documents,
    "or instead": compare_instead,
    "alone": compare_alone,
    "request": compare_request,
    "not asked": compare_unasked,
    "letter": compare_letter,
}


def compare_lines(vignette: Vignette, batch: Batch, wanted: dict[str, str]) -> Differences:
    own = batch.rows("lines", "member_id", vignette.member)
    for word, count in wanted.items():
        came = sum(line["disposition"] == word.replace(" ", "_") or line["attribution"] == word for line in own)
        if came != int(count):
            yield f"lines {word}: expected {count}, came {came}"


def compare_set_aside(vignette: Vignette, batch: Batch, wanted: str) -> Differences:
    came = len(batch.rows("set_aside", "member_id", vignette.member))
    if came != int(wanted):
        yield f"set aside: expected {wanted} rows, came {came}"


OF_THE_MEMBER: dict[str, Callable[[Vignette, Batch, Any], Differences]] = {"lines": compare_lines, "set aside": compare_set_aside}


OF_FINDINGS = frozenset(("findings", "coding", "notes", "no findings"))


def speaks_of(vignette: Vignette, words: frozenset[str]) -> bool:
    """Whether the vignette expects something by one of these words."""
    return any(words & set(block) for block in (vignette.expect, *vignette.expect.get("courses", [])))


def differences(vignette: Vignette, batch: Batch) -> Differences:
    """How the audit differs from what the vignette expects, in plain words; findings only where the audit looked for them."""
    unlooked_for = frozenset() if "findings" in batch else OF_FINDINGS
    courses = courses_of(vignette, batch)
    expected = vignette.expect.get("courses", [{key: wanted for key, wanted in vignette.expect.items() if key not in OF_THE_MEMBER}])
    if len(courses) != len(expected):
        came = [f"{course.episode['start_day']} {course.episode['determination']}" for course in courses]
        yield f"courses: expected {len(expected)}, came {came}"
        return
    for number, (course, wanted) in enumerate(zip(courses, expected, strict=True), 1):
        place = f"course {number}, " if len(courses) > 1 else ""
        yield from (
            f"{place}{said}" for key, value in wanted.items() if key not in unlooked_for for said in COMPARISONS[key](course, value)
        )
        if "coding" not in wanted and "findings" in batch:
            yield from (f"{place}{said}" for said in compare_unsaid(course))
    for key, compare in OF_THE_MEMBER.items():
        if key in vignette.expect:
            yield from compare(vignette, batch, vignette.expect[key])
