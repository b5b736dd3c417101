"""An extract from a database: queries over ODBC, streamed into a private snapshot of Parquet files that a run reads and can read again."""

from auditor.warehouse.fetch import columns_of
from auditor.warehouse.settings import WarehouseSettings
from auditor.warehouse.settings_file import read_warehouse
from auditor.warehouse.snapshot import Fetching, Snapshot, take_snapshot

__all__ = ["Fetching", "Snapshot", "WarehouseSettings", "columns_of", "read_warehouse", "take_snapshot"]
