"""What would be sent out of vignettes that ask for it: requests, letters, and why nobody is asked, as frames beside the results."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from auditor.audits import audit
from auditor.pipeline import AuditResult
from auditor.report.build import make_edition
from auditor.report.drawer import open_drawer
from auditor.report.letters import letter_of
from auditor.report.requests import Requests, request_rows
from auditor.settings import Settings
from auditor.vignettes.files import Vignette, write_extract

OF_LETTERS = frozenset(("request", "not asked", "letter"))
REQUEST_COLUMNS = ("episode_id", "document", "must_show", "also_asked")


def send_out(vignettes: Sequence[Vignette], settings: Settings) -> Mapping[str, pd.DataFrame]:
    """What an audit of these vignettes sends out; ``settings`` without paths, with their time zone, day and readings."""
    with TemporaryDirectory() as folder:
        result = audit(settings.model_copy(update={"paths": (write_extract(vignettes, Path(folder)),)}))
    return outgoing(result, {one.member for one in vignettes})


def outgoing(result: AuditResult, members: Collection[str]) -> Mapping[str, pd.DataFrame]:
    """Requests, letters and reasons of these members alone, for each is a long text; by episode."""
    cases = (case for case in make_edition(result.frames, result.facts).book if case.episode["member_id"] in members)
    with open_drawer() as drawer:
        requests = Requests(result.facts, drawer)
        letters = [letter_of(case, requests.add(case), result.facts) for case in cases]
        rows = list(request_rows(requests))
    reasons = [{"episode_id": one.episode_id, "why": one.why} for one in requests.unasked]
    return {
        "requests": pd.DataFrame(rows, columns=list(REQUEST_COLUMNS)),
        "letters": pd.DataFrame([letter for letter in letters if letter]),
        "not asked": pd.DataFrame(reasons, columns=["episode_id", "why"]),
    }
