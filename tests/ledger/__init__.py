"""The ledger and the comparison of runs, against plain loops, on SQLite and on PostgreSQL."""
