"""What a paragraph asks, in a sentence that can stand alone in a letter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from auditor.letters import LetterPlan, ParagraphWords
from auditor.report.branches import Branch, branches
from auditor.report.cases import Row, Rows
from auditor.report.clauses import tell_range
from auditor.report.evidence import name_of
from auditor.report.phrases import days_between, number_ranges, spaced

# A paragraph this deep in the outline stands in a group whose statement its own completes: "one of these failed: oxygen".
COMPLETES = 3


def asked_by(criteria: Rows) -> dict[str, str]:
    """By paragraph of one episode, what it asks; a short one with the statement of the group it stands in."""
    return dict(_sentences(branches(criteria), None))


def _sentences(members: Iterable[Branch], group: Branch | None) -> Iterator[tuple[str, str]]:
    for member in members:
        said = str(member.row["statement"])
        completes = group is not None and member.row["depth"] >= COMPLETES
        yield member.key, f"{_open(str(group.row['statement']))}: {said}" if completes and group else said
        yield from _sentences(member.members, member)


def _open(sentence: str) -> str:
    return sentence.rstrip(".:")


def facts_of(criteria: Rows, paragraphs: Iterable[str]) -> set[str]:
    """The facts asked at or below some paragraphs."""
    wanted = tuple(paragraphs)
    return {row["fact"] for row in criteria if row["fact"] and any(_is_in(row["key"], key) for key in wanted)}


def _is_in(key: str, paragraph: str) -> bool:
    return key == paragraph or key.startswith(f"{paragraph}.")


def required_by(criteria: Rows, plan: LetterPlan) -> dict[str, str]:
    """By paragraph of one episode, what it requires: in the plan's words where it has any, else as the policy states it."""
    return asked_by(criteria) | {key: words.requires for key, words in plan.paragraphs.items() if words.requires}


def questions(criteria: Rows, plan: LetterPlan, keys: Iterable[str]) -> list[str]:
    """What records are asked, a question a paragraph, with its key; a group is left out where paragraphs of it are asked."""
    wanted, asked = tuple(dict.fromkeys(keys)), required_by(criteria, plan)
    lowest = [key for key in wanted if not any(_is_in(other, key) for other in wanted if other != key)]
    return [_question(plan.paragraphs.get(key, ParagraphWords()), asked.get(key, ""), key) for key in lowest]


def _question(words: ParagraphWords, asked: str, key: str) -> str:
    said = words.asks or (f"Whether this is so: {asked}" if asked else "")
    return f"{said} ({key})" if said else key


def cited(asked: Mapping[str, str], keys: Iterable[str]) -> list[str]:
    """Paragraphs with what they ask; one that asks nothing of the episode by its key alone."""
    return [f"{key}: {asked[key]}" if key in asked else key for key in dict.fromkeys(keys)]


def evidence_texts(rows: Iterable[Row]) -> list[str]:
    """Evidence in sentences: what it is and says, its days and document, its file and rows; rows that say the same told once."""
    groups: dict[tuple[str, str, str], list[Row]] = {}
    for row in rows:
        document = f"document {row['document_id']}" if row["document_id"] else ""
        groups.setdefault((f"{name_of(row)} ({_said(row)})", document, row["source_file"]), []).append(row)
    return [_text(said, document, file, group) for (said, document, file), group in groups.items()]


def _text(said: str, document: str, file: str, rows: list[Row]) -> str:
    days = sorted({row["day"] for row in rows if row["day"]})
    when = days_between(days[0], days[-1]) if days else ""
    numbers = sorted({row["source_row"] for row in rows})
    place = f"{file} row{'s' if len(numbers) > 1 else ''} {number_ranges(numbers, len(numbers))}"
    return ", ".join(part for part in (said, when, document, place) if part)


def _said(row: Row) -> str:
    return tell_range(row) if row["stance"] == "range" else spaced(row["status"] or row["stance"])
