"""The states of a message in a real ledger, on SQLite and on PostgreSQL: what is owed leaves that state once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from auditor.ledger import open_ledger
from auditor.ledger.deliveries import Deliveries, DeliveryState
from auditor.runs import RunFolder
from tests.ledger.conftest import TOKENS, Place
from tests.ledger.nights import write_run
from tests.ledger.test_lapses import one_course

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
IDS = ("one_run.desk@plan.example", "one_run.nurse@plan.example")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    return write_run(tmp_path_factory.mktemp("runs"), "2026-11-22-001", one_course())


def test_a_message_is_owed_once_and_begun_once(place: Place, run: RunFolder) -> None:
    with open_ledger(place.url, TOKENS, place.password) as ledger:
        ledger.record(run, NOW)
        deliveries = Deliveries(ledger)
        assert [deliveries.owe(run.name, "desk", IDS, NOW) for _ in range(2)] == [2, 0]
        assert deliveries.owe(run.name, "desk", ("one_run.desk@moved.example", "oneXrun.desk@plan.example"), NOW) == 1
        with ThreadPoolExecutor(8) as senders:
            begun = list(senders.map(lambda _: deliveries.begin(IDS[0], NOW), range(8)))
        assert begun.count(True) == 1
        deliveries.settle(IDS[0], DeliveryState.SENT, "", NOW)
        assert not deliveries.begin(IDS[0], NOW)
        deliveries.settle(IDS[0], DeliveryState.OWED, "", NOW)
        assert deliveries.rows(DeliveryState.SENT)[0].message_id == IDS[0], "what was sent is never owed again unasked"


def test_a_person_alone_makes_it_owed_again(place: Place, run: RunFolder) -> None:
    with open_ledger(place.url, TOKENS, place.password) as ledger:
        ledger.record(run, NOW)
        deliveries = Deliveries(ledger)
        deliveries.owe(run.name, "desk", IDS, NOW)
        for one, state in zip(IDS, (DeliveryState.REFUSED, DeliveryState.SENDING), strict=True):
            deliveries.begin(one, NOW)
            if state is DeliveryState.REFUSED:
                deliveries.settle(one, state, "no" * 200, NOW)
        assert deliveries.abandon_sending("killed", NOW) == 1
        assert {row.state for row in deliveries.rows(run=run.name)} == {DeliveryState.REFUSED, DeliveryState.UNCERTAIN}
        assert (deliveries.force(run.name, "nobody", NOW), deliveries.force(run.name, "desk", NOW)) == (0, 2)
        assert {(row.state, row.attempts) for row in deliveries.rows()} == {(DeliveryState.OWED, 1)}


def test_the_state_outlives_the_program(place: Place, run: RunFolder, tmp_path: Path) -> None:
    with open_ledger(place.url, TOKENS, place.password) as ledger:
        ledger.record(run, NOW)
        Deliveries(ledger).owe(run.name, "desk", IDS, NOW)
        Deliveries(ledger).begin(IDS[0], NOW)
    with open_ledger(place.url, TOKENS, place.password) as ledger:
        assert [row.state for row in Deliveries(ledger).rows()] == [DeliveryState.OWED, DeliveryState.SENDING]
        assert Deliveries(ledger).run_of("2026-01-01-001") is None
