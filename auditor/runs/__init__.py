"""Runs on disk: how they are named and read back. ``auditor.runs.make`` makes one, and brings in the engine."""

from auditor.runs.folder import RunFolder, open_run, run_folders
from auditor.runs.names import lock_folder, name_after, next_name

__all__ = ["RunFolder", "lock_folder", "name_after", "next_name", "open_run", "run_folders"]
