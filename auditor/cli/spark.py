"""``--engine spark``: has the audit done by Spark, here or on the cluster that started this program."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Literal

import click

from auditor.errors import SettingsRefused

if TYPE_CHECKING:
    from auditor.runs.make import Auditing

Engine = Literal["local", "spark"]


def engine_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """What audits, and where Spark keeps what its tasks hand on."""
    engine = click.option(
        "--engine",
        type=click.Choice(["local", "spark"]),
        default="local",
        show_default=True,
        help="This machine, or Spark (docs/engines.md).",
    )
    scratch = click.option(
        "--spark-scratch", metavar="FOLDER", help="A folder or address that every executor reads and writes. [default: one within --out]"
    )
    return engine(scratch(command))


@contextmanager
def auditing_by(engine: Engine, scratch: str | None, out: Path) -> Iterator[Auditing | None]:
    """What audits in place of this machine, if anything. SettingsRefused where Spark cannot start, or its folder is named in vain."""
    if engine == "local":
        if scratch:
            raise SettingsRefused("--spark-scratch is for --engine spark; name both, or neither")
        yield None
        return
    # Spark warns of pandas whether or not anything goes through it; here nothing does
    warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
    from auditor.spark import Cluster, audit_on_spark, open_session

    # executors of a cluster have a Python of their own; here tasks need the one that has this program
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    session = open_session()
    with scratch_within(out, scratch) as folder:
        yield lambda settings, say: audit_on_spark(settings, Cluster(session, folder), say)


@contextmanager
def scratch_within(out: Path, given: str | None) -> Iterator[str]:
    """The folder given, or one of this run alone that is gone afterwards."""
    if given:
        yield given if "://" in given or given.startswith("dbfs:") else Path(given).absolute().as_uri()
        return
    with TemporaryDirectory(prefix=".spark-", dir=out) as folder:
        yield Path(folder).absolute().as_uri()
