"""What the report lists of episodes, gathered case by case: the queues of each, the rows of the first, the cards of the very first."""

from __future__ import annotations

from auditor.report.cards import make_card
from auditor.report.cases import Case, Casebook
from auditor.report.facts import RunFacts
from auditor.report.queues import Queue
from auditor.report.report_view import Card, WorklistRow
from auditor.report.worklist import worklist_row

WORKLIST_ROWS = 5000
CARDS = 200


class Listing:
    """The worklist of a run as cases are added to it; members stand in it as the cases name them."""

    def __init__(self, book: Casebook, facts: RunFacts) -> None:
        self._ranks, self._facts = book.ranks, facts
        self._rows: dict[int, WorklistRow] = {}
        self._cards: dict[int, Card] = {}
        self._known: dict[tuple[Queue, ...], tuple[Queue, ...]] = {}
        self.queues: dict[str, tuple[Queue, ...]] = {}

    def add(self, case: Case, queues: tuple[Queue, ...]) -> None:
        """Adds one episode, which lies in these queues."""
        name, rank = case.episode_id, self._ranks[case.episode_id]
        self.queues[name] = self._known.setdefault(queues, queues)
        if rank < WORKLIST_ROWS:
            self._rows[rank] = worklist_row(case.episode, case.findings, queues, rank < CARDS)
        if rank < CARDS:
            self._cards[rank] = make_card(case, self._facts.revision(case.episode["policy_revision"]))

    @property
    def rows(self) -> tuple[WorklistRow, ...]:
        """The rows of the worklist in its order."""
        return tuple(self._rows[rank] for rank in sorted(self._rows))

    @property
    def cards(self) -> tuple[Card, ...]:
        """The cards in the same order."""
        return tuple(self._cards[rank] for rank in sorted(self._cards))
