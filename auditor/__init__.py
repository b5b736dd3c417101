"""Audits paid claims for inhaled nitric oxide against the payer's guideline, day by day and to the cent.

>>> from auditor import Settings, audit
>>> result = audit(Settings(paths=("extract",)))           # doctest: +SKIP
>>> result.frames["episodes"]                              # doctest: +SKIP
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from auditor.errors import AuditorError, ExtractRefused, NothingToAudit, RunLocked, SettingsRefused
from auditor.version import VERSION

if TYPE_CHECKING:
    from auditor.audits import audit, check
    from auditor.partitions import Partition, audit_partition, join_partitions, kin_groups, split_members
    from auditor.pipeline import AuditResult
    from auditor.readiness import Readiness
    from auditor.settings import Settings

__version__ = VERSION

__all__ = [
    "AuditResult",
    "AuditorError",
    "ExtractRefused",
    "NothingToAudit",
    "Partition",
    "Readiness",
    "RunLocked",
    "Settings",
    "SettingsRefused",
    "__version__",
    "audit",
    "audit_partition",
    "check",
    "join_partitions",
    "kin_groups",
    "split_members",
]


_HOMES = {
    "AuditResult": "auditor.pipeline",
    "Partition": "auditor.partitions",
    "Readiness": "auditor.readiness",
    "Settings": "auditor.settings",
    "audit": "auditor.audits",
    "audit_partition": "auditor.partitions",
    "check": "auditor.audits",
    "join_partitions": "auditor.partitions",
    "kin_groups": "auditor.partitions",
    "split_members": "auditor.partitions",
}


def __getattr__(name: str) -> Any:
    """The public names that bring in the engine are imported when first asked for, so that ``--help`` stays quick."""
    if name not in _HOMES:
        raise AttributeError(f"module 'auditor' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
