"""What an audit of cases sends out: requests, letters, and why nobody is asked, as frames beside the results."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import pandas as pd

from auditor import AuditResult
from auditor.report.build import make_edition
from auditor.report.letters import letter_rows
from auditor.report.requests import find_requests, find_unasked, request_rows

WORDS = ("request", "not asked", "letter")
Frames = dict[str, pd.DataFrame]


def outgoing(result: AuditResult, members: Collection[str]) -> Frames:
    """Requests, letters and reasons of these members alone, for each is a long text; by episode."""
    edition = make_edition(result.frames, result.facts)
    book = edition.named_book
    own = replace(book, episodes=tuple(row for row in book.episodes if row["member_id"] in members))
    asked = find_requests(own, edition.tables["settling"])
    reasons = [{"episode_id": one.case.episode_id, "why": one.why} for one in find_unasked(own, asked)]
    return {
        "requests": pd.DataFrame(list(request_rows(asked, result.facts)), columns=["episode_id", "document", "must_show", "also_asked"]),
        "letters": pd.DataFrame(list(letter_rows(own, asked, result.facts))),
        "not asked": pd.DataFrame(reasons, columns=["episode_id", "why"]),
    }
