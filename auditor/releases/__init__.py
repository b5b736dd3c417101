"""Releases of reference files: quarterly coding edits and a plan's own code lists, read, checked, kept, and brought into an audit."""

from auditor.releases.bring import bring_releases
from auditor.releases.library import add_file, installed_releases
from auditor.releases.release import Hints, Release

__all__ = ["Hints", "Release", "add_file", "bring_releases", "installed_releases"]
