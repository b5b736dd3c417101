"""``--engine spark``: has the audit done by Spark, here or on the cluster that started this program."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Literal

import click

from auditor.errors import SettingsRefused

if TYPE_CHECKING:
    from auditor.runs.make import Auditing

Engine = Literal["local", "spark"]


@dataclass(frozen=True)
class SparkWanted:
    """What the command line says of Spark."""

    engine: Engine
    scratch: str | None
    tables: tuple[str, ...]


def engine_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """What audits, and where Spark keeps what its tasks hand on; the command is given them as ``spark``."""
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
    tables = click.option(
        "--spark-table",
        "spark_tables",
        multiple=True,
        metavar="FILE=TABLE",
        help="A table that Spark reads in place of the file FILE, such as events=catalog.db.events (may be repeated).",
    )

    @wraps(command)
    def told(*args: Any, engine: Engine, spark_scratch: str | None, spark_tables: tuple[str, ...], **others: Any) -> Any:
        return command(*args, spark=SparkWanted(engine, spark_scratch, spark_tables), **others)

    return engine(scratch(tables(told)))


def named_tables(given: tuple[str, ...]) -> dict[str, str]:
    """``FILE=TABLE`` pairs. SettingsRefused where one is none, or a file is named twice."""
    pairs = [(file.strip(), table.strip()) for file, _, table in (one.partition("=") for one in given)]
    if any(not (file and table) for file, table in pairs) or len(dict(pairs)) < len(pairs):
        raise SettingsRefused("--spark-table takes FILE=TABLE, each file once, for example --spark-table events=catalog.db.events")
    return dict(pairs)


@contextmanager
def auditing_by(spark: SparkWanted, out: Path) -> Iterator[Auditing | None]:
    """What audits in place of this machine, if anything. SettingsRefused where Spark cannot start, or its folder is named in vain."""
    tables = named_tables(spark.tables)
    if spark.engine == "local":
        if spark.scratch or tables:
            raise SettingsRefused("--spark-scratch and --spark-table are for --engine spark; name it too, or leave them out")
        yield None
        return
    # Spark warns of pandas whether or not anything goes through it; here nothing does
    warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
    from auditor.spark import Cluster, audit_on_spark, open_session

    # executors of a cluster have a Python of their own; here tasks need the one that has this program
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    session = open_session()
    with scratch_within(out, spark.scratch) as folder:
        yield lambda settings, say: audit_on_spark(settings, Cluster(session, folder, tables), say)


@contextmanager
def scratch_within(out: Path, given: str | None) -> Iterator[str]:
    """The folder given, or one of this run alone that is gone afterwards."""
    if given:
        yield given if "://" in given or given.startswith("dbfs:") else Path(given).absolute().as_uri()
        return
    with TemporaryDirectory(prefix=".spark-", dir=out) as folder:
        yield Path(folder).absolute().as_uri()
