"""Audits the batches that were cut, some at once, each in an engine of its own; what they find goes to the disk and is joined there."""

from __future__ import annotations

import shutil
import weakref
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import mkdtemp

from auditor.batches.cut import cut_scope, open_batch
from auditor.batches.join import join_tables, keep_found
from auditor.batches.plan import BatchPlan
from auditor.engine import open_engine
from auditor.intake import Reading
from auditor.parts import Found, Part
from auditor.pipeline import AuditResult, Begun, Terms, audit_part, compare, find_scope, join_parts, prepare, settle_scope, tell
from auditor.policy import RuleBook
from auditor.providers import asked_frames
from auditor.results import PROVIDERS
from auditor.shelf import FileShelf, Frames, write_parquet

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Batches:
    """Rows in scope on the disk, by guideline and batch. ``folder`` is this run's own."""

    terms: Terms
    reading: Reading
    plan: BatchPlan
    folder: Path

    def place(self, what: str, book: RuleBook) -> Path:
        """Where something of a guideline lies, by its number in the run."""
        names = [one.policies[-1].name for one in self.terms.books]
        return self.folder / what / str(names.index(book.policies[-1].name))


def cut_batches(begun: Begun, plan: BatchPlan) -> Batches:
    """Writes what is in the scope of each guideline to a folder of this run's own; the engine may be closed then."""
    folder = Path(mkdtemp(prefix="auditor-", dir=begun.settings.scratch))
    batches = Batches(begun.terms, begun.reading, plan, folder)
    with removed_after_failure(folder):
        begun.say("parting the members")
        for place, book in enumerate(begun.terms.books):
            if place:
                find_scope(begun.under(book))
            cut_scope(begun.connection, batches.place("scope", book), plan.batches)
    return batches


def audit_batches(batches: Batches, say: Progress) -> AuditResult:
    """What one audit of all members finds. Its frames are read from the disk when they are asked for, and gone when it is let go."""
    with removed_after_failure(batches.folder):
        parts = _audit_all(batches, say)
        say("gathering results")
        shutil.rmtree(batches.folder / "scope")
        result = join_parts(batches.terms, batches.reading, parts, partial(_conclude, batches))
    if isinstance(result.frames, Frames):
        weakref.finalize(result.frames.shelf, shutil.rmtree, batches.folder, ignore_errors=True)
    else:  # several guidelines, joined in memory
        shutil.rmtree(batches.folder)
    return result


@contextmanager
def removed_after_failure(folder: Path) -> Iterator[None]:
    """Leaves nothing of a folder behind where what is done in it fails."""
    try:
        yield
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _audit_all(batches: Batches, say: Progress) -> list[Part]:
    """The parts in the order of their numbers. What goes wrong in one ends all."""
    import pyarrow

    whole = range(batches.plan.batches)
    with ThreadPoolExecutor(batches.plan.at_once) as pool:
        futures = [pool.submit(_audit_one, batches, number) for number in whole]
        try:
            for done, future in enumerate(as_completed(futures), start=1):
                future.result()
                pyarrow.default_memory_pool().release_unused()
                say(f"auditing batches ({done} of {len(whole)} done)")
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
        return [future.result() for future in futures]


def _audit_one(batches: Batches, number: int) -> Part:
    """The audit of one batch; its tables stay on the disk."""
    settings, plan = batches.terms.settings, batches.plan
    with open_engine(f"{plan.megabytes}MiB", plan.threads, settings.scratch) as connection:
        begun = Begun(batches.terms, connection, batches.reading, lambda stage: None)
        bring = partial(_bring, batches, number)
        bring(begun)
        part = audit_part(begun, bring)
    found = zip(batches.terms.books, part.found, strict=True)
    kept = (keep_found(one, batches.place("found", book) / str(number)) for book, one in found)
    return Part(tuple(kept), part.tallies)


def _bring(batches: Batches, number: int, begun: Begun) -> None:
    """Makes what is in scope of the guideline in hand from the files of a batch."""
    open_batch(begun.connection, batches.place("scope", begun.book), number)
    prepare(begun.connection, begun.book, begun.book.policies[-1])
    settle_scope(begun)


def _conclude(batches: Batches, terms: Terms, reading: Reading, found: Sequence[Found]) -> AuditResult:
    """One guideline's results of all batches, on the disk."""
    from auditor.report.schemas import conform

    here, there = batches.place("found", terms.book), batches.place("tables", terms.book)
    a_batch = f"{batches.plan.megabytes}MiB"  # which is what a stretch takes
    join_tables(here, there, terms.settings.model_copy(update={"memory": a_batch}))
    shutil.rmtree(here)
    shelf = FileShelf(there)
    compared = compare(terms, asked_frames(shelf, terms.plan))
    write_parquet(conform(PROVIDERS, compared), there / f"{PROVIDERS.name}.parquet")
    return tell(terms, reading, shelf.frames(), [one.sums for one in found])
