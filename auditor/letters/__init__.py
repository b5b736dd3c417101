"""Records requests and letters: what the plan says of them, and the columns of their files."""

from auditor.letters.plan import NO_PLAN, LetterPlan, Wording, load_letters
from auditor.letters.tables import LETTERS, REQUESTS

__all__ = ["LETTERS", "NO_PLAN", "REQUESTS", "LetterPlan", "Wording", "load_letters"]
