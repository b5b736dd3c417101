"""The doctor asks the warehouse: it connects, begins each query, and has the profile look at columns without rows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from auditor.nightly.doctor import Check
    from auditor.nightly.night import Night
    from auditor.secrets import FetchSecret
    from auditor.warehouse import WarehouseSettings

SHOWN = 5


def check_warehouse(night: Night, secrets: FetchSecret) -> Iterator[Check]:
    """The database lets us in, its queries run, and the profile finds the columns it needs. No row is fetched."""
    from auditor.errors import ExtractRefused
    from auditor.nightly.doctor import mend, watch, well

    warehouse = night.settings.warehouse
    if warehouse is None:
        return
    try:
        ignored = columns_passed_over(warehouse, secrets)
    except ExtractRefused as refused:
        yield mend("warehouse", str(refused).removesuffix("."), "")
        return
    yield well("warehouse", f"{len(warehouse.queries)} queries can be asked, and answer with the columns that {warehouse.profile} needs")
    if ignored:
        told = f"{', '.join(ignored[:SHOWN])}{f', and {len(ignored) - SHOWN} more' if len(ignored) > SHOWN else ''}"
        yield watch("warehouse", f"columns that nothing reads: {told}", "Name them as the profile does, or leave them out.")


def columns_passed_over(warehouse: WarehouseSettings, secrets: FetchSecret) -> tuple[str, ...]:
    """The columns of the answers that the profile does not read. ExtractRefused where one it needs is not there, or a query fails."""
    import pyarrow.parquet as pq

    from auditor.engine import open_engine
    from auditor.intake import Extract, open_extract
    from auditor.warehouse import columns_of

    password = secrets(warehouse.password) if warehouse.password else None
    with TemporaryDirectory(prefix="auditor-doctor-") as folder:
        for table in warehouse.statements:
            pq.write_table(columns_of(warehouse, password, table).empty_table(), Path(folder) / f"{table}.parquet")
        with open_engine() as connection:
            reading = open_extract(connection, Extract((Path(folder),), warehouse.profile, warehouse.time_zone))
    return tuple(sorted(f"{Path(one.file).stem}.{one.column}" for one in reading.ignored_columns))
