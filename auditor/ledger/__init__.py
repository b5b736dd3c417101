"""The ledger: what is remembered from run to run, in SQLite or PostgreSQL."""

from auditor.ledger.keys import key_beside, key_from, read_key
from auditor.ledger.ledger import Ledger, open_ledger
from auditor.ledger.nouns import Request, RunRecord
from auditor.runs.fingerprints import Fingerprints

__all__ = ["Fingerprints", "Ledger", "Request", "RunRecord", "key_beside", "key_from", "open_ledger", "read_key"]
