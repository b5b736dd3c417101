"""Where the files that reviewers edit lie: beside the program in an installed package, else at the top of a checkout."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
SHIPPED = "_shipped"  # the folder of an installed package that holds them


def _home(name: str) -> Path:
    installed = _PACKAGE / SHIPPED / name
    return installed if installed.is_dir() else _PACKAGE.parent / name


def configs_folder() -> Path:
    """Policies, concepts, value sets, findings and profiles."""
    return _home("configs")


def templates_folder() -> Path:
    """Templates of the report."""
    return _home("reports") / "templates"


def samples_folder() -> Path:
    """The synthetic members that the demo audits."""
    return _home("data_samples")


def assets_folder() -> Path:
    """What the report embeds of other projects, each with its licence."""
    return _home("reports") / "assets"
