"""One server for all tests of the warehouse."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.warehouse.server import Server, start_server


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    with start_server() as running:
        yield running
