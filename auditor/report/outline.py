"""Every paragraph of the guideline for one episode, with the rows of the extract that speak for and against it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from auditor.outcomes import OUTCOMES, VERDICTS, Outcome, Reason, Verdict, Word
from auditor.report.branches import Branch, branches
from auditor.report.cases import Case
from auditor.report.evidence import Entries, Told, entries_by_fact, reason_words, tell_evidence
from auditor.report.phrases import shorten
from auditor.report.view import CriterionNode, OutlinePart

EXCLUSIONS_TITLE = "Exclusions: a documented one makes the use experimental"
EXCLUSION_TONES = {Outcome.MET: "bad", Outcome.NOT_MET: "quiet", Outcome.UNKNOWN: "quiet", Outcome.NOT_APPLICABLE: "quiet"}


@dataclass(frozen=True)
class _Reader:
    """Reads the branches of one part of a case's outline; ``tones`` recolours the outcomes of what excludes."""

    evidence: Mapping[str, Entries]
    places: Mapping[tuple[str, Outcome], str]
    anchors: Mapping[str, str]
    tones: Mapping[Outcome, str]
    cited: Collection[str] = ()

    def node(self, branch: Branch, depth: int = 0) -> CriterionNode:
        """The paragraph as it is shown; one that is not asked stays, without those below it."""
        below = replace(self, tones=dict.fromkeys(self.tones, "quiet")) if self.tones else self
        asked = branch.outcome != Outcome.NOT_APPLICABLE
        return self.alone(branch, depth, tuple(below.node(member, depth + 1) for member in branch.members) if asked else ())

    def alone(self, branch: Branch, depth: int = 0, members: tuple[CriterionNode, ...] = ()) -> CriterionNode:
        """The paragraph itself, with those below it as given."""
        told = self.told(branch) if branch.outcome != Outcome.NOT_APPLICABLE else Told()
        return CriterionNode(
            depth=str(depth),
            key=branch.key,
            statement=shorten(branch.row["statement"]),
            outcome=self.word(branch),
            note=criterion_note(branch, self.evidence.get(branch.row["fact"] or "", ())),
            evidence=told.lines,
            evidence_note=told.note,
            members=members,
        )

    def told(self, branch: Branch) -> Told:
        """The evidence under a leaf; where an earlier leaf of the same fact and outcome has it already, only that place."""
        fact = branch.row["fact"] or ""
        entries = self.evidence.get(fact, ())
        if not entries:
            return Told()
        first = self.places.get((fact, branch.outcome), branch.key)
        if first != branch.key:
            return Told(note=f"Evidence as at {first}.")
        return tell_evidence(entries, branch.outcome, self.cited, anchored=self.anchors.get(fact) == branch.key)

    def word(self, branch: Branch) -> Word:
        """The outcome's word, in the tone it has here: a failure left to the medical director has the tone of medical review."""
        word = OUTCOMES[branch.outcome]
        usual = VERDICTS[Verdict.MEDICAL_REVIEW].tone if branch.referred else word.tone
        return replace(word, tone=self.tones.get(branch.outcome, usual))


def outline(case: Case, exclusions: Collection[str], cited: Collection[str] = ()) -> tuple[OutlinePart, ...]:
    """The parts of the guideline: starting by its pathways, then what follows, then the exclusions. Entries ``cited`` are all shown."""
    roots = branches(case.criteria)
    places = _first_places(roots)
    anchors = {fact: key for (fact, _), key in reversed(places.items())}
    reader = _Reader(entries_by_fact(case.evidence), places, anchors, {}, cited)
    parts = tuple(_part(root, reader) for root in roots if root.key not in exclusions)
    wary = replace(reader, tones=EXCLUSION_TONES)
    excluding = tuple(wary.node(root) for root in roots if root.key in exclusions)
    return (*parts, OutlinePart(EXCLUSIONS_TITLE, None, (), excluding)) if excluding else parts


def _first_places(roots: Iterable[Branch]) -> dict[tuple[str, Outcome], str]:
    """The first leaf that asks a fact and has an outcome."""
    places: dict[tuple[str, Outcome], str] = {}
    for leaf in (leaf for root in roots for leaf in root.leaves()):
        places.setdefault((str(leaf.row["fact"]), leaf.outcome), leaf.key)
    return places


def _part(root: Branch, reader: _Reader) -> OutlinePart:
    head = reader.alone(root)
    asked = [member for member in root.members if member.outcome != Outcome.NOT_APPLICABLE]
    pathways = [member for member in asked if member.members] if len(root.members) > 1 else []
    members = [member for member in root.members if member not in pathways]
    return OutlinePart("", head, tuple(map(reader.node, pathways)), tuple(map(reader.node, members)))


def criterion_note(branch: Branch, entries: Entries) -> str:
    """Why it is unknown, at length where it asks a fact itself, and whether its failure is the medical director's."""
    reason = branch.row["reason"] or ""
    leaf = bool(branch.row["fact"]) and reason in set(Reason)
    why = f"{reason}: {reason_words(Reason(reason), entries)}" if leaf else reason
    return "; ".join(part for part in (why, "referred to medical review" if branch.referred else "") if part)
