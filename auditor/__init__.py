"""Audits paid claims for inhaled nitric oxide against the payer's guideline, day by day and to the cent.

>>> from auditor import Settings, audit
>>> result = audit(Settings(paths=("extract",)))           # doctest: +SKIP
>>> result.frames["episodes"]                              # doctest: +SKIP
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from auditor.errors import AuditorError, ExtractRefused, NothingToAudit, RunLocked, SettingsRefused
from auditor.version import VERSION as __version__

if TYPE_CHECKING:
    from auditor.audit import AuditResult, audit
    from auditor.settings import Settings

__all__ = [
    "AuditResult",
    "AuditorError",
    "ExtractRefused",
    "NothingToAudit",
    "RunLocked",
    "Settings",
    "SettingsRefused",
    "__version__",
    "audit",
]


def __getattr__(name: str) -> Any:
    """The public names that bring in the engine are imported when first asked for, so that ``--help`` stays quick."""
    if name == "Settings":
        from auditor.settings import Settings

        return Settings
    if name in ("audit", "AuditResult"):
        # the package's function wins over its module of the same name
        import auditor.audit as module

        globals().update(audit=module.audit, AuditResult=module.AuditResult)
        return globals()[name]
    raise AttributeError(f"module 'auditor' has no attribute {name!r}")
