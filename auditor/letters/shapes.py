"""What may be written in letters.yaml."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from auditor.policy.shapes import Shape, Text, among
from auditor.tables import LINES_OF_BUSINESS


class WordingShape(Shape):
    """The slots of one line of business; of some of its states, where they are named."""

    line: Annotated[str, among(LINES_OF_BUSINESS)]
    states: Annotated[list[Annotated[str, Field(pattern="^[A-Z]{2}$")]], Field(min_length=1)] | None = None
    notice_wording: Text | None = None
    appeal_rights: Text | None = None
    appeal_days: Annotated[int, Field(gt=0)] | None = None
    appeal_citation: Text | None = None


class ParagraphShape(Shape):
    """How a paragraph is said to somebody outside: as a question to whoever keeps the records, and as a sentence that stands alone."""

    asks: Text | None = None
    requires: Text | None = None


class LettersShape(Shape):
    """The file ``letters.yaml``."""

    source: Text
    return_address: Annotated[list[Text], Field(min_length=1)] | None = None
    contact: Text | None = None
    answer_within: Annotated[int, Field(gt=0)] | Text
    answer_citation: Text
    documents: dict[str, Text] = Field(default_factory=dict)
    paragraphs: dict[str, dict[str, ParagraphShape]] = Field(default_factory=dict)
    wording: list[WordingShape] = Field(default_factory=list)
