"""What changed from one run to the next."""

from auditor.changes.model import CHANGES, Change, Changes, EpisodeChange, FindingChange, Kinship

__all__ = ["CHANGES", "Change", "Changes", "EpisodeChange", "FindingChange", "Kinship"]
