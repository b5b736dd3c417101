"""The result rows of one episode as one JSON document: what a sealed pack holds of them, and what a run's list has the hash of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from auditor.report.abreast import OF_EPISODES as OF_EPISODES


def episode_document(rows: Mapping[str, Any]) -> bytes:
    """The rows by table, as JSON: the same bytes for the same rows. Instants are UTC; money is in cents."""
    options = orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    return orjson.dumps({name: list(rows[name]) for name in OF_EPISODES}, option=options)
