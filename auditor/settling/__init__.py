"""What would settle an undecided episode: the smallest sets of documents whose favourable answers decide it (docs/semantics.md, 9a)."""

from auditor.settling.answers import Answers, read_answers
from auditor.settling.outline import Question, Record
from auditor.settling.settler import Needs, Settled, Settler, Standing
from auditor.settling.smallest import Choice, choose, smallest_sets
from auditor.settling.terms import ALWAYS, NEVER, Family, Term, all_of, any_of, one_of

__all__ = [
    "ALWAYS",
    "NEVER",
    "Answers",
    "Choice",
    "Family",
    "Needs",
    "Question",
    "Record",
    "Settled",
    "Settler",
    "Standing",
    "Term",
    "all_of",
    "any_of",
    "choose",
    "one_of",
    "read_answers",
    "smallest_sets",
]
