"""A million rows out of a warehouse take no more memory than the engine's limit allows, however many there are."""

from __future__ import annotations

import pytest

from benchmarks.warehouse import FEWER, ROWS, fill, peak_megabytes
from tests.warehouse.server import start_server

pytestmark = [pytest.mark.thorough, pytest.mark.xdist_group("warehouse")]


def test_memory_does_not_grow_with_the_rows() -> None:
    with start_server() as server:
        fill(server)
        fewer, most = peak_megabytes(server, FEWER), peak_megabytes(server, ROWS)
    assert most < 2 * fewer, "five times the rows"
    assert most < 600
