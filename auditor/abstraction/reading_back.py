"""Writes the profile that reads the abstraction sheet: one line a question, from the list that the sheet is made of."""

from __future__ import annotations

import json
from collections.abc import Iterator

from auditor.abstraction.questions import Question, Questions

HEAD = """\
# Written by `python -m auditor.abstraction` from abstraction.yaml and concepts.yaml; change those, not this.
about: The abstraction sheet, saved under a name that begins with abstraction, beside claims in the contract's own columns.

years: {first: 1900, last: 2299}
longest_days: {claim_lines: 366, events: 3653}

claim_lines:
  - files: ["claim_lines*"]
    own_names: true

members:
  - files: ["abstraction*"]
    columns:
      member_id: member id
      birth_date: {column: birth date, midnight: day, optional: true}
      sex: {column: sex, optional: true}
  - files: ["members*"]
    own_names: true
    columns:
      birth_date: {column: birth_date, optional: true, midnight: day}
  - files: ["crosswalk*"]
    columns: {member_id: member_id, person_id: person_id}

authorizations:
  - files: ["authorizations*"]
    own_names: true

events:
  - files: ["events*"]
    own_names: true
  - files: ["abstraction*"]
    columns:
      member_id: member id
      facility: {column: facility, optional: true}
      recorded_by: {column: abstracted by, optional: true}
    unpivot:
"""


def profile_text(questions: Questions) -> str:
    """The whole profile."""
    parts = [_once(question) for question in questions.once]
    parts += [_again(question, questions.times) for question in questions.readings]
    return HEAD + "".join(line for part in parts for line in part)


def _once(question: Question) -> Iterator[str]:
    yield f"      - optional: true\n        needs: {_answer(question)}\n        columns:\n"
    yield from _columns(
        question, question.heading, dict(zip(("start", "document_id"), (question.beside[0], question.beside[-1]), strict=True))
    )
    if not question.is_measure:
        yield f"          end: {{column: {json.dumps(question.beside[1])}, midnight: day}}\n"


def _again(question: Question, times: int) -> Iterator[str]:
    yield f"      - optional: true\n        up_to: {times}\n        needs: {_answer(question)}\n        columns:\n"
    yield from _columns(question, f"reading {{n}}: {question.heading}", {"start": "reading {n}: when"})


def _columns(question: Question, heading: str, others: dict[str, str]) -> Iterator[str]:
    yield f"          concept: {{constant: {question.concept.name}}}\n"
    yield f"          {_answer(question)}: {json.dumps(heading)}\n"
    if question.concept.measure:
        yield f"          unit: {{constant: {json.dumps(question.concept.measure.unit)}}}\n"
    # a spreadsheet writes a day as its midnight
    yield from (f"          {name}: {{column: {json.dumps(column)}, midnight: day}}\n" for name, column in others.items())


def _answer(question: Question) -> str:
    return "value" if question.is_measure else "status"
