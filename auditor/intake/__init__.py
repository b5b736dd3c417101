"""Reads an extract into four views of typed rows, setting aside and naming every row that cannot be trusted."""

from auditor.intake.clocks import find_clocks, misplaced, refuse_clocks
from auditor.intake.damage import refuse_damage
from auditor.intake.extract import open_extract, open_members
from auditor.intake.faults import MENDING, Fault
from auditor.intake.profile_files import load_profile, profile_names, profile_path
from auditor.intake.profiles import Profile
from auditor.intake.reading import Extract, IgnoredColumn, InputFile, Reading
from auditor.intake.typed_rows import open_typed
from auditor.intake.typed_select import view_columns

__all__ = [
    "MENDING",
    "Extract",
    "Fault",
    "IgnoredColumn",
    "InputFile",
    "Profile",
    "Reading",
    "find_clocks",
    "load_profile",
    "misplaced",
    "open_extract",
    "open_members",
    "open_typed",
    "profile_names",
    "profile_path",
    "refuse_clocks",
    "refuse_damage",
    "view_columns",
]
