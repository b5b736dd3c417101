"""What can go wrong, and with which exit code.

AuditorError
├── SettingsRefused     10  a setting, policy, concept, value set or profile
│   └── ReferenceRefused    a reference file, such as a quarterly file of coding edits
├── ExtractRefused      11  a file of the extract
│   └── WorklistRefused     a reviewed worklist, or the file that keeps decisions
├── NothingToAudit      12  no line in scope
├── RunLocked           14  another run holds the lock
├── LedgerRefused       15  the ledger cannot be opened, read or written
├── NotArrived          16  nothing new, or not whole yet
├── DiskFull            17  no room to write
└── NotTheSame          19  a run or a pack was altered, or a rerun differs

A message says where, what was expected and what to do, and never shows a member's value.
"""

from __future__ import annotations

from auditor.outcomes import ExitCode


class AuditorError(Exception):
    """A mistake that a user can mend; its text is what the user reads."""

    exit_code = ExitCode.USAGE


class SettingsRefused(AuditorError):
    """A setting, a policy, or one of the files beside it."""

    exit_code = ExitCode.SETTINGS_REFUSED


class ReferenceRefused(SettingsRefused):
    """A reference file that cannot be trusted; what is installed stays as it was."""


class ExtractRefused(AuditorError):
    """A file that cannot be trusted."""

    exit_code = ExitCode.EXTRACT_REFUSED


class WorklistRefused(ExtractRefused):
    """A reviewed worklist with rows that cannot be matched or understood; or decisions kept in a file that was changed by hand."""


class NothingToAudit(AuditorError):
    """The extract was read and holds nothing in scope."""

    exit_code = ExitCode.NOTHING_TO_AUDIT


class RunLocked(AuditorError):
    """Another run holds the lock of the output folder."""

    exit_code = ExitCode.LOCKED


class LedgerRefused(AuditorError):
    """The ledger's database: out of reach, locked, newer than the program, half migrated, or asked for what it does not know."""

    exit_code = ExitCode.LEDGER_REFUSED


class NotArrived(AuditorError):
    """Nothing new has come, or what has come is not whole."""

    exit_code = ExitCode.NOT_ARRIVED


class DiskFull(AuditorError):
    """There is no room to write."""

    exit_code = ExitCode.DISK_FULL


class NotTheSame(AuditorError):
    """A run or a pack is not what it was, or its inputs are not."""

    exit_code = ExitCode.NOT_THE_SAME
