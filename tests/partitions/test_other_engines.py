"""Dask, Ray and Daft map the audit over partitions in a line, as docs/engines.md shows; each test skips where its engine is missing."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from auditor import AuditResult, Partition, audit, audit_partition, join_partitions, split_members
from tests.partitions.parted import SETTINGS, Tables, differing, random_extract

NAMES = ("claim_lines", "members", "events", "authorizations")
Split = list[tuple[Any, ...]]


@pytest.fixture(scope="module")
def extract() -> Tables:
    return random_extract(8, 11)


@pytest.fixture(scope="module")
def split(extract: Tables) -> Split:
    return split_members(*(extract[name] for name in NAMES), parts=3)


@pytest.fixture(scope="module")
def whole(extract: Tables) -> AuditResult:
    return audit(SETTINGS, frames=extract)


def audit_with_dask(split: Split) -> list[Partition]:
    dask = pytest.importorskip("dask", reason="no Dask here: pip install dask")
    return list(dask.compute(*(dask.delayed(audit_partition)(*part, SETTINGS) for part in split), scheduler="threads", num_workers=2))


def audit_with_ray(split: Split) -> list[Partition]:
    ray = pytest.importorskip("ray", reason="no Ray here: pip install ray")
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, configure_logging=False)
    try:
        found: list[Partition] = ray.get([ray.remote(audit_partition).remote(*part, SETTINGS) for part in split])
        return found
    finally:
        ray.shutdown()


def audit_with_daft(split: Split) -> list[Partition]:
    daft = pytest.importorskip("daft", reason="no Daft here: pip install daft")

    @daft.func(return_dtype=daft.DataType.binary())
    def audit_one(number: int) -> bytes:
        return pickle.dumps(audit_partition(*split[number], SETTINGS))

    found = daft.from_pydict({"number": list(range(len(split)))}).select(audit_one(daft.col("number")).alias("found")).to_pydict()
    return [pickle.loads(one) for one in found["found"]]


@pytest.mark.parametrize("audit_all", [audit_with_dask, audit_with_ray, audit_with_daft])
@pytest.mark.filterwarnings("ignore")
def test_an_engine_comes_to_the_same_tables(audit_all: Callable[[Split], list[Partition]], split: Split, whole: AuditResult) -> None:
    assert not differing(whole, join_partitions(audit_all(split), SETTINGS))


def test_rows_of_nobody_are_split_too_and_none_is_lost(extract: Tables, split: Split) -> None:
    for place, name in enumerate(NAMES):
        assert sum(len(part[place]) for part in split) == len(extract[name])


@pytest.mark.parametrize("engine", ["dask", "ray", "daft"])
def test_the_docs_show_the_line_of_each_engine(engine: str) -> None:
    shown = (Path(__file__).parents[2] / "docs" / "engines.md").read_text(encoding="utf-8")
    assert f"import {engine}" in shown
