"""Records requests and letters: what the plan says of them, and the columns of their files."""

from auditor.letters.plan import LETTERS_FILE, NO_PLAN, LetterPlan, ParagraphWords, Wording, letters_file, load_letters
from auditor.letters.tables import LETTERS, REQUESTS, RETURN_ADDRESS, SLOTS

__all__ = [
    "LETTERS",
    "LETTERS_FILE",
    "NO_PLAN",
    "REQUESTS",
    "RETURN_ADDRESS",
    "SLOTS",
    "LetterPlan",
    "ParagraphWords",
    "Wording",
    "letters_file",
    "load_letters",
]
