"""What changed from one run to the next."""

from auditor.changes.compare import compare_runs
from auditor.changes.model import CAUSES, CHANGES, KINSHIPS, Cause, Change, Changes, EpisodeChange, FindingChange, Kinship, Why
from auditor.changes.replay import Mix, Replay
from auditor.changes.snapshot import COMPARED

__all__ = [
    "CAUSES",
    "CHANGES",
    "COMPARED",
    "KINSHIPS",
    "Cause",
    "Change",
    "Changes",
    "EpisodeChange",
    "FindingChange",
    "Kinship",
    "Mix",
    "Replay",
    "Why",
    "compare_runs",
]
