"""Tables that Spark reads, such as Delta or Iceberg: kept in the scratch folder in an order of their own, so that rows have numbers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import url2pathname

import pyarrow.parquet

from auditor.digests import digest_values
from auditor.errors import SettingsRefused
from auditor.intake import Profile
from auditor.intake.discovery import Feed, feeds_of
from auditor.intake.found_files import FoundFile
from auditor.intake.pieces import Cut
from auditor.spark.cluster import Cluster

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

# An instant is kept as one, in the way that every reader knows.
INSTANTS = {"spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS"}


def table_feeds(profile: Profile, tables: Mapping[str, str]) -> dict[str, tuple[Feed, ...]]:
    """What each table feeds, by the name of the file that the profile looks for. SettingsRefused where it looks for none of that name."""
    feeds = {key: feeds_of(profile, FoundFile(Path(f"{key}.parquet"), name)) for key, name in sorted(tables.items())}
    for key in (key for key, found in feeds.items() if not found):
        raise SettingsRefused(f"--spark-table {key}=…: the profile {profile.name} reads no file named {key}; name one that it reads")
    return feeds


def add_tables(cut: Cut, feeds: Mapping[str, tuple[Feed, ...]], tables: Mapping[str, str], cluster: Cluster) -> Cut:
    """The cut with the tables beside its files."""
    for key, own in feeds.items():
        cut = cut.with_table(own, keep_table(cluster, key, tables[key]))
    return cut


def keep_table(cluster: Cluster, key: str, name: str) -> list[FoundFile]:
    """Writes a table's rows in the order of all their columns, and says in which files they are.

    A row's number is its place in that order: the same rows have the same numbers, however and wherever the table is laid out.
    """
    from pyspark.errors import PySparkException

    place = f"{cluster.scratch.rstrip('/')}/table {key}".replace(" ", "-")
    folder = path_of(place)
    try:
        frame = cluster.session.table(name)
        digest = digest_table(frame)
        with cluster.set_for_now(INSTANTS):
            frame.orderBy(*(f"`{column}`" for column in frame.columns)).write.mode("overwrite").parquet(place)
    except PySparkException as fault:
        raise SettingsRefused(
            f"--spark-table {key}={name}: Spark cannot read or sort it ({type(fault).__name__}); check its name, "
            "that the packages of its format are there, and that no column is a map"
        ) from None
    return _numbered(sorted(folder.glob("part-*.parquet")), name, digest)


def _numbered(paths: list[Path], name: str, digest: str) -> list[FoundFile]:
    files, before = [], 0
    for path in paths:
        files.append(FoundFile(path, name, before=before, digest=digest))
        before += pyarrow.parquet.read_metadata(path).num_rows
    return files if before else files[:1]


def digest_table(frame: DataFrame) -> str:
    """SHA-256 of what a table holds, in whatever order: of its columns, its rows, and two sums over a hash of each row."""
    from pyspark.sql import functions

    row = functions.xxhash64(*(f"`{column}`" for column in frame.columns)).alias("row")
    sums = frame.select(row).agg(
        functions.count("row"), functions.sum(functions.col("row").cast("decimal(38,0)")), functions.bit_xor("row")
    )
    return digest_values([frame.dtypes, [str(value) for value in sums.collect()[0]]])


def path_of(address: str) -> Path:
    """Where an address lies for those who read it as files. SettingsRefused where it does not."""
    parts = urlsplit(address)
    if parts.scheme == "file":
        return Path(url2pathname(parts.path))
    if parts.scheme == "dbfs":
        return Path("/dbfs" + parts.path)
    raise SettingsRefused("--spark-table needs a --spark-scratch that is a folder, on this machine and on every executor, not an address")
