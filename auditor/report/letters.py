"""Merge data for letters and notices: one row an episode that needs one, in the plan's words where it has given them."""

from __future__ import annotations

from collections.abc import Iterable

from auditor.letters import SLOTS, Wording
from auditor.outcomes import Action
from auditor.report.asks import cited, evidence_texts, facts_of, required_by
from auditor.report.cases import Case, Row, Rows
from auditor.report.facts import RunFacts
from auditor.report.phrases import counted, days_between, spaced
from auditor.report.queues import NOT_DOCUMENTED
from auditor.report.requests import claims_of, due_day, missing_address
from auditor.report.treatments import determination_of, treatment_of

DETERMINATION, ADJUSTMENT, RECORDS = "determination", "adjustment", "records_request"
DECIDED_BY_PEOPLE = (Action.MEDICAL_DIRECTOR, Action.CASE_REVIEW)
RECOMMENDED = {
    Action.MEDICAL_DIRECTOR: "Recommended for the medical director's decision: {meaning}.",
    Action.CASE_REVIEW: "Recommended for review of the case under the plan's own rules, which decide it.",
}
ADJUST = "A coding adjustment is recommended; it says nothing about whether the therapy was needed."
ASK = "Records are requested; nothing is recommended until they are read, or until {due}."
NOT_SO = "The record shows that this is not so"
DOCUMENTED = "F"


def letter_of(case: Case, documents: Rows, facts: RunFacts) -> Row | None:
    """The row of letters.csv for an episode that is asked for these documents, or for none; None where it needs no letter."""
    kind = letter_kind(case, bool(documents))
    if kind is None:
        return None
    return letter_row(case, kind, facts) | (_asked(case, documents, facts) if kind == RECORDS else {})


def letter_kind(case: Case, is_asked: bool) -> str | None:
    """The letter that an episode needs first: of its determination, of a coding adjustment, or a request; None where it needs none."""
    if case.episode["next_action"] in DECIDED_BY_PEOPLE:
        return DETERMINATION
    if is_asked:
        return RECORDS
    return ADJUSTMENT if adjustments(case) else None


def letter_row(case: Case, kind: str, facts: RunFacts) -> Row:
    """One row; reasons of a records request are added by the caller."""
    episode, revision = case.episode, facts.revision(case.episode["policy_revision"])
    said = telling_findings(case, kind)
    required, paragraphs = required_by(case.criteria, facts.letters), [row["paragraph"] for row in said]
    # what other rules decide has no reason of ours
    coded = [row for row in said if row["action"] != Action.CASE_REVIEW]
    wording = facts.letters.wording_of(episode["line_of_business"], episode["state"])
    missing = missing_slots(wording, kind) + missing_address(facts.letters)
    names = ("episode_id", "member_id", "line_of_business", "state", "plan", "determination", "facilities")
    money = ("counted_cents", "at_risk_low_cents", "at_risk_high_cents")
    slots = ("notice_wording", "appeal_rights", "appeal_days", "appeal_citation")
    return {
        **{name: episode[name] for name in (*names, *money)},
        **{name: getattr(wording, name) for name in slots},
        **dict.fromkeys(("reviewer_name", "reviewer_credentials", "reviewed_on")),
        "kind": kind,
        "ready": not missing,
        "missing": missing,
        "recommendation": recommendation(case, kind, facts),
        "reasons": [reason(row, required, revision.exclusions if revision else ()) for row in said],
        "criteria_cited": cited(required, paragraphs),
        "evidence_considered": evidence_considered(case, paragraphs, said),
        "policy": f"{revision.payer}: {revision.title}" if revision else None,
        "policy_version": revision.revision if revision else None,
        "policy_effective": revision.effective if revision else None,
        "policy_source": revision.source if revision else None,
        "claims": claims_of(case),
        "first_day": episode["start_day"],
        "last_day": episode["end_day"] or episode["start_day"],
        "carc": sorted({row["carc"] for row in coded if row["carc"]}),
        "rarc": sorted({row["rarc"] for row in coded if row["rarc"]}),
    }


def telling_findings(case: Case, kind: str) -> Rows:
    """The findings that a letter rests on: never one that says only that something is not documented, but in a records request."""
    if kind == RECORDS:
        return tuple(row for row in case.findings if row["action"] == Action.REQUEST_RECORDS)
    people = tuple(row for row in case.findings if row["action"] in DECIDED_BY_PEOPLE and row["state"] != NOT_DOCUMENTED)
    return (people if kind == DETERMINATION else ()) + adjustments(case)


def adjustments(case: Case) -> Rows:
    """Findings that recommend a coding adjustment and carry dollars."""
    return tuple(row for row in case.findings if row["action"] == Action.CODING_ADJUSTMENT and row["at_risk_high_cents"])


def recommendation(case: Case, kind: str, facts: RunFacts) -> str:
    """What is recommended, and that people decide."""
    if kind == ADJUSTMENT:
        return ADJUST
    if kind == RECORDS:
        due, _ = due_day(facts, case.episode["policy_revision"])
        return ASK.format(due=due.isoformat() if due else "the time to answer has passed")
    meaning = determination_of(case.episode).meaning
    return RECOMMENDED[Action(case.episode["next_action"])].format(meaning=meaning)


def reason(finding: Row, required: dict[str, str], exclusions: tuple[str, ...]) -> str:
    """One specific reason with its paragraph and days; of a paragraph that is not met, what it requires and that it is not so."""
    says, requires = str(finding["says"]), required.get(finding["paragraph"], "")
    if finding["state"] == DOCUMENTED:
        says = f"{requires or says} {NOT_SO}"
    elif finding["paragraph"] in exclusions and requires:
        says = f"{says.rstrip('.')}: {requires}"
    days = f", {days_between(finding['first_day'], finding['last_day'])}" if finding["first_day"] else ""
    return f"{says.rstrip('.')} ({finding['paragraph'] or finding['finding_id']}{days})."


def _asked(case: Case, documents: Rows, facts: RunFacts) -> Row:
    """What a request asks for: each document and the questions that it should answer, and the paragraphs that these are about."""
    paragraphs = [key for row in documents for key in row["paragraphs"] or ()]
    return {
        "reasons": [f"{row['document']}: {' '.join(row['must_show'])}" for row in documents],
        "criteria_cited": cited(required_by(case.criteria, facts.letters), paragraphs),
    }


def evidence_considered(case: Case, paragraphs: Iterable[str], said: Rows) -> list[str]:
    """The course, rows that speak of the paragraphs cited, and rows that the findings name."""
    facts = facts_of(case.criteria, [key for key in paragraphs if key])
    rows = [row for row in case.evidence if row["fact"] in facts and row["stance"] != "none"]
    known = {f"{row['source_file']} row {row['source_row']}" for row in rows}
    named = [place for finding in said for place in finding["evidence"] or () if place not in known]
    return list(dict.fromkeys([course_text(case), *evidence_texts(rows), *named]))


def course_text(case: Case) -> str:
    """The course as the record shows it: how many days, from when to when."""
    episode = case.episode
    days = days_between(episode["start_day"], episode["end_day"])
    return f"{counted(episode['therapy_days'] or 0, 'day')} on {treatment_of(episode)}, {days}, {spaced(episode['basis'])} (days.csv)"


def missing_slots(wording: Wording, kind: str) -> list[str]:
    """The slots that a letter of that kind needs and the plan has not filled; a request needs none of them."""
    return [] if kind == RECORDS else [said for name, said in SLOTS.items() if getattr(wording, name) is None]
