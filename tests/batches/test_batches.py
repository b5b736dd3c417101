"""An audit in batches is the audit of all members at once: the same tables, facts and files, within a share of the memory."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from few_samples import write_few
from hypothesis import given
from hypothesis import strategies as st

import auditor.audits
import auditor.batches.audit
from auditor import Settings, audit, kin_groups
from auditor.batches import BatchPlan
from auditor.batches.plan import BESIDE, CHART_ROWS, LEAST, MEMBERS, make_plan
from auditor.report import publish
from tests.partitions.parted import AS_OF, SETTINGS, differing, random_extract

Cut = Callable[[int], None]
# Of the samples some whose episodes differ in kind; all of them in the long tests.
CHOSEN = ("S-0101", "S-0107", "S-0203", "S-0303", "S-0501")
# Each a folder of its own in the long tests, and every day all in one name.
ODD_NAMES = ("[x]", "a*b", "it's 100% {x}=1")


@pytest.fixture
def cut(monkeypatch: pytest.MonkeyPatch) -> Cut:
    """Has audits go in so many batches, two at once."""

    def go_in(batches: int) -> None:
        monkeypatch.setattr(auditor.audits, "plan_batches", lambda connection: BatchPlan(batches, 2, 1, 300))

    return go_in


def test_random_members_come_to_the_same_in_batches(cut: Cut) -> None:
    extract = random_extract(12, 13)
    whole = audit(SETTINGS, frames=extract)
    cut(3)
    batches = audit(SETTINGS, frames=extract)
    assert not differing(whole, batches)
    assert batches.facts == whole.facts


def test_two_guidelines_come_to_the_same_in_batches(cut: Cut) -> None:
    extract, settings = random_extract(8, 14), SETTINGS.model_copy(update={"beside": ("example-ecmo",)})
    whole = audit(settings, frames=extract)
    cut(2)
    batches = audit(settings, frames=extract)
    assert not differing(whole, batches)
    assert batches.facts == whole.facts


@pytest.mark.parametrize("members", [CHOSEN, pytest.param(("",), id="all", marks=pytest.mark.thorough)])
def test_a_run_in_batches_publishes_the_same_files(cut: Cut, tmp_path: Path, members: tuple[str, ...]) -> None:
    (tmp_path / "extract").mkdir()
    settings = Settings(paths=(write_few(members, tmp_path / "extract"),), as_of=AS_OF)
    whole = audit(settings)
    publish(whole.frames, whole.facts, tmp_path / "whole" / "run")
    cut(2)
    batches = audit(settings)
    publish(batches.frames, batches.facts, tmp_path / "batches" / "run")
    files = {file.relative_to(tmp_path / "whole") for file in (tmp_path / "whole").rglob("*") if file.is_file()}
    assert files == {file.relative_to(tmp_path / "batches") for file in (tmp_path / "batches").rglob("*") if file.is_file()}
    assert [
        str(file) for file in sorted(files) if (tmp_path / "whole" / file).read_bytes() != (tmp_path / "batches" / file).read_bytes()
    ] == []


def test_more_batches_than_members_leave_some_empty(cut: Cut) -> None:
    extract = random_extract(1, 15)
    assert len(kin_groups(extract["members"])) < 4
    whole = audit(SETTINGS, frames=extract)
    cut(4)
    assert not differing(whole, audit(SETTINGS, frames=extract))


def test_the_disk_is_given_back_when_the_results_are_let_go(cut: Cut, tmp_path: Path) -> None:
    cut(2)
    result = audit(SETTINGS.model_copy(update={"scratch": tmp_path}), frames=random_extract(2, 16))
    assert len(list(tmp_path.iterdir())) == 1
    del result
    gc.collect()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", [" ".join(ODD_NAMES), *(pytest.param(name, marks=pytest.mark.thorough) for name in ODD_NAMES)])
def test_a_scratch_folder_may_have_any_name(cut: Cut, tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    extract = random_extract(1, 18)
    whole = audit(SETTINGS, frames=extract)
    cut(2)
    assert not differing(whole, audit(SETTINGS.model_copy(update={"scratch": tmp_path / name}), frames=extract))


def test_one_batch_that_fails_ends_the_run_and_leaves_nothing(cut: Cut, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    cut(3)
    real, calls = auditor.batches.audit.audit_part, count()

    def fail_second(*given: object) -> object:
        if next(calls) == 1:
            raise RuntimeError("the second batch")
        return real(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(auditor.batches.audit, "audit_part", fail_second)
    with pytest.raises(RuntimeError, match="the second batch"):
        audit(SETTINGS.model_copy(update={"scratch": tmp_path}), frames=random_extract(2, 17))
    assert not list(tmp_path.iterdir())


def test_a_run_that_is_ended_while_its_engine_closes_leaves_nothing(cut: Cut, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    cut(2)
    real = auditor.audits.take_in

    @contextmanager
    def ended_at_the_close(*given: Any) -> Iterator[Any]:
        with real(*given) as begun:
            yield begun
        raise KeyboardInterrupt

    monkeypatch.setattr(auditor.audits, "take_in", ended_at_the_close)
    with pytest.raises(KeyboardInterrupt):
        audit(SETTINGS.model_copy(update={"scratch": tmp_path}), frames=random_extract(1, 19))
    assert not list(tmp_path.iterdir())


@given(st.integers(0, 10**7), st.integers(0, 10**10), st.integers(1, 10**6), st.integers(1, 256))
def test_engines_of_a_plan_share_the_memory_and_each_holds_its_batch(members: int, rows: int, megabytes: int, threads: int) -> None:
    plan = make_plan(members, rows, megabytes, threads)
    assert plan.at_once * plan.megabytes <= max(megabytes, LEAST)
    assert plan.at_once * plan.threads <= threads
    share = 1 if plan.batches == 1 else BESIDE
    assert plan.batches * plan.megabytes * MEMBERS * share * (1 + 1e-9) >= members
    assert plan.batches * plan.megabytes * CHART_ROWS * share * (1 + 1e-9) >= rows
    assert plan.batches % plan.at_once == 0


def test_what_memory_holds_goes_in_one_batch() -> None:
    assert make_plan(12_000, 4_000_000, 1_000, 2).batches == 1
    assert make_plan(12_001, 4_000_000, 1_000, 2) == BatchPlan(4, 2, 1, 500)
    assert make_plan(10, 4_000_001, 1_000, 2).batches == 4
    assert make_plan(96_000, 28_000_000, 700, 8) == BatchPlan(40, 2, 4, 350)
