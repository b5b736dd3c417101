"""Audits the rows of some members, pure and picklable: Arrow tables in, and out what the whole run is joined from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from auditor.errors import SettingsRefused
from auditor.intake import Extract, open_extract
from auditor.partitions.members import Partial, audit_members
from auditor.pipeline import load_terms
from auditor.settings import Settings

if TYPE_CHECKING:
    import pyarrow

    from auditor.engine import Connection
    from auditor.intake import Reading


@dataclass(frozen=True)
class Partition:
    """What the audit of a partition came to: the result tables by name, and what the run must add up.

    Claim lines are numbered within the partition; ``join_partitions`` numbers them through the run.
    """

    partial: Partial

    @property
    def tables(self) -> dict[str, pyarrow.Table]:
        """The result tables of the run's first guideline by the names of ``results.py``; empty where the whole run will be refused."""
        return dict(self.partial.part.found[0].tables) if self.partial.part else {}


def audit_partition(
    claim_lines: pyarrow.Table,
    members: pyarrow.Table | None,
    events: pyarrow.Table | None,
    authorizations: pyarrow.Table | None,
    settings: Settings,
) -> Partition:
    """Audits all rows of some members, given as canonical tables, by settings that name no files.

    Rows that have a ``source_file`` and ``source_row`` beside the columns of the contract are cited by them. A partition holds all
    rows of a member and of whoever is one person or family with it (``kin_groups``); one without claim lines gives a table of no
    rows. SettingsRefused where the settings name files; ExtractRefused for rows that cannot be trusted as a table.
    """
    if settings.paths:
        raise SettingsRefused("a partition is audited from tables in hand: leave paths out of its settings")
    given = {"claim_lines": claim_lines, "members": members, "events": events, "authorizations": authorizations}
    frames = {name: rows for name, rows in given.items() if rows is not None}

    def take_rows(connection: Connection) -> Reading:
        return open_extract(connection, Extract((), settings.profile, settings.time_zone, frames))

    return Partition(audit_members(load_terms(settings), take_rows))
