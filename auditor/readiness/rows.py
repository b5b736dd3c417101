"""Lays the audit's own results beside its working tables and asks the queries of ``measures.sql``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from auditor.engine import Connection, insert_rows, named_queries
from auditor.policy import RuleBook
from auditor.readiness.states import state_rows
from auditor.report.schemas import arrow_schema
from auditor.results import result

Row = dict[str, Any]

PUBLISHED = ("episodes", "criteria", "lines", "set_aside")

# A paragraph matters to an episode where the policy decides and the paragraph's pathway is one the record is about. It holds the
# episode up where it is open and so is all above it.
LAID = """
CREATE OR REPLACE TABLE answers AS
WITH told AS (
    SELECT criteria.*, policy_revision, watched_questions.key IS NOT NULL AS matters
    FROM audited_criteria AS criteria JOIN audited_episodes USING (episode_id)
    LEFT JOIN watched_questions USING (episode_id, key)),
settled_above AS (
    SELECT DISTINCT episode_id, above.key FROM told JOIN above ON above.revision = told.policy_revision AND above.ancestor = told.key
    WHERE outcome <> 1)
SELECT *, outcome = 1 AND matters AND (policy_revision, key) IN (SELECT (revision, key) FROM above)
    AND (episode_id, key) NOT IN (SELECT (episode_id, key) FROM settled_above) AS holds_up
FROM told;

CREATE OR REPLACE TABLE episode_facilities AS
SELECT DISTINCT episode_id, unnest(CASE WHEN len(facilities) > 0 THEN facilities ELSE [NULL] END) AS facility FROM audited_episodes;
"""
STATES = """
CREATE OR REPLACE TABLE episode_states (
    determination VARCHAR, next_action VARCHAR, readiness VARCHAR, is_decidable BOOLEAN, waits BOOLEAN, to_send_for BOOLEAN);
CREATE OR REPLACE TABLE above (revision VARCHAR, key VARCHAR, ancestor VARCHAR);
"""


@dataclass(frozen=True)
class Laid:
    """A connection in which the audit's results lie as ``audited_*`` beside the tables they were made of."""

    connection: Connection

    def ask(self, name: str) -> list[Row]:
        """The rows of one query of ``measures.sql``."""
        found = self.connection.execute(named_queries("measures", "readiness")[name])
        names = [column[0] for column in found.description]
        return [dict(zip(names, values, strict=True)) for values in found.fetchall()]

    def frame(self, name: str) -> pd.DataFrame:
        """The rows of one query as a frame."""
        return self.connection.execute(named_queries("measures", "readiness")[name]).df()


def ancestors(book: RuleBook) -> Iterator[tuple[str, str, str]]:
    """Revision, paragraph, and each paragraph above it, itself the first. Exclusions are left out: silence about one holds nothing up."""
    for policy in book.policies:
        for root in policy.criteria:
            for ancestor in root.walk():
                yield from ((policy.revision, criterion.key, ancestor.key) for criterion in ancestor.walk())


def lay(connection: Connection, book: RuleBook, frames: Mapping[str, pd.DataFrame]) -> Laid:
    """Puts the published tables into the database, from the very frames that a caller of ``audit`` would get."""
    import pyarrow as pa

    for name in PUBLISHED:
        connection.register("frame_to_lay", pa.Table.from_pandas(frames[name], schema=arrow_schema(result(name)), preserve_index=False))
        connection.execute(f"CREATE OR REPLACE TABLE audited_{name} AS SELECT * FROM frame_to_lay")
        connection.unregister("frame_to_lay")
    connection.execute(STATES)
    insert_rows(connection, "episode_states", state_rows())
    insert_rows(connection, "above", ancestors(book))
    connection.execute(LAID)
    return Laid(connection)
