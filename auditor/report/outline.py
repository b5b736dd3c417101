"""Every paragraph of the guideline for one episode, with the rows of the extract that speak for and against it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from auditor.outcomes import OUTCOMES, REASONS, Outcome, Reason, Word
from auditor.report.branches import Branch, branches
from auditor.report.cases import Case, Row, Rows
from auditor.report.phrases import NOTHING, counted, iso_day, iso_minute, shorten, source_row, spaced, span
from auditor.report.view import CriterionNode, EvidenceLine, OutlinePart

EVIDENCE_SHOWN = 12
EXCLUSIONS_TITLE = "Exclusions: a documented one makes the use experimental"
EXCLUSION_TONES = {Outcome.MET: "bad", Outcome.NOT_MET: "quiet", Outcome.UNKNOWN: "quiet", Outcome.NOT_APPLICABLE: "quiet"}
STANCES = {"present": "shows it present", "absent": "shows it absent", "range": "gives a value", "none": "settles nothing"}
SIDES = {Outcome.MET: "for", Outcome.NOT_MET: "against"}
STANDINGS = {"inside": "", "outside": "outside the window", "imprecise": "too coarse in time", "preliminary": "preliminary"}


@dataclass(frozen=True)
class _Reader:
    """Reads the branches of one part of a case's outline; ``tones`` recolours the outcomes of what excludes."""

    evidence: dict[str, list[Row]]
    tones: Mapping[Outcome, str]

    def node(self, branch: Branch, depth: int = 0) -> CriterionNode:
        """The paragraph as it is shown; one that is not asked stays, without those below it."""
        asked = branch.outcome != Outcome.NOT_APPLICABLE
        rows = self.evidence.get(branch.row["fact"] or "", []) if asked else []
        below = replace(self, tones=dict.fromkeys(self.tones, "quiet"))
        return CriterionNode(
            depth=str(depth),
            key=branch.key,
            statement=branch.row["statement"],
            outcome=self.word(branch.outcome),
            note=criterion_note(branch.row),
            evidence=tuple(evidence_line(row, branch.outcome) for row in rows[:EVIDENCE_SHOWN]),
            evidence_note=_unshown(len(rows) - EVIDENCE_SHOWN),
            members=tuple(below.node(member, depth + 1) for member in branch.members) if asked else (),
        )

    def word(self, outcome: Outcome) -> Word:
        """The outcome's word, in the tone it has here."""
        word = OUTCOMES[outcome]
        return replace(word, tone=self.tones.get(outcome, word.tone))


def outline(case: Case, exclusions: Collection[str]) -> tuple[OutlinePart, ...]:
    """The parts of the guideline: starting by its pathways, then what follows, then the exclusions."""
    roots = branches(case.criteria)
    evidence = evidence_by_fact(case.evidence)
    excluding = tuple(_Reader(evidence, EXCLUSION_TONES).node(root) for root in roots if root.key in exclusions)
    parts = tuple(_part(root, _Reader(evidence, {})) for root in roots if root.key not in exclusions)
    return (*parts, OutlinePart(EXCLUSIONS_TITLE, None, False, excluding)) if excluding else parts


def _part(root: Branch, reader: _Reader) -> OutlinePart:
    pathways = len(root.members) > 1 and all(member.members for member in root.members)
    members = tuple(reader.node(member) for member in root.members)
    return OutlinePart("", replace(reader.node(root), members=()), pathways, members)


def evidence_by_fact(rows: Rows) -> dict[str, list[Row]]:
    """Evidence by the fact it speaks of; what can decide comes first, then by day."""
    found: dict[str, list[Row]] = {}
    for row in sorted(rows, key=_weight):
        found.setdefault(row["fact"], []).append(row)
    return found


def _weight(row: Row) -> tuple[bool, str]:
    return not _decides(row), iso_day(row["day"])


def _decides(row: Row) -> bool:
    return bool(row["standing"] == "inside" and row["strength"] == "decides" and row["stance"] != "none")


def criterion_note(row: Row) -> str:
    """Why it is unknown, and whether its failure is the medical director's."""
    reason = row["reason"]
    known = {reason.value: text for reason, text in REASONS.items()}
    why = f"{reason}: {known[Reason(reason)]}" if reason in known and row["fact"] else reason or ""
    return "; ".join(part for part in (why, "referred to medical review" if row["referred"] else "") if part)


def evidence_line(row: Row, outcome: Outcome) -> EvidenceLine:
    """One row of the extract as it bears on a paragraph."""
    return EvidenceLine(
        side=SIDES.get(outcome, STANCES[row["stance"]]) if _decides(row) else STANCES[row["stance"]],
        what=shorten(row["what"]) or NOTHING,
        details="; ".join(detail for detail in _details(row) if detail),
        source=source_row(row),
    )


def _details(row: Row) -> tuple[str, ...]:
    value = span(row["low"], row["high"])
    document = shorten(row["document_id"])
    return (
        f"value {value}" if value else "",
        f"status {spaced(row['status'])}" if row["status"] else "",
        iso_minute(row["at"]) or iso_day(row["day"]),
        f"document {document}" if document else "",
        STANDINGS[row["standing"]],
        "suggests only" if row["strength"] == "suggests" else "",
    )


def _unshown(rows: int) -> str:
    return f"{counted(rows, 'more row')} in evidence.csv" if rows > 0 else ""
