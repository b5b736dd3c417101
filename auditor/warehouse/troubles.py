"""What is said when a database refuses: its SQLSTATE and what to do. A driver's own words may hold values and the connection."""

from __future__ import annotations

import re

from auditor.errors import ExtractRefused

STATE = re.compile(r"State: ([0-9A-Z]{5})\b")
TOO_LONG = "without truncation"

# By the SQLSTATE itself, else by its class of two letters.
WHAT_TO_DO = {
    "IM002": "the ODBC driver or data source is not there. Install it, or correct Driver= or DSN= in the connection.",
    "01000": "the ODBC driver cannot be loaded. Check the path after Driver=.",
    "01": "the database sent a warning instead of rows.",
    "08": "the connection could not be made, or was lost. Is the server up, its name right, and the network between?",
    "22": "the database could not convert a value. Mend the query, such as a CAST in it.",
    "28": "the login was refused. Check the user, and the place that the password is kept in.",
    "42": "the query names what is not there or may not be read, or is no SQL of this database. Try it in the database's own client.",
    "57": "the server ended the query.",
    "HYT": "the server did not answer in time. Ask for less, or raise timeout_seconds.",
}


def refusal(table: str, fault: Exception, rows: int) -> ExtractRefused:
    """The refusal of one table's query; ``rows`` were fetched before it."""
    said = str(fault)
    found = STATE.search(said)
    where = f"warehouse, {table}" + (f", after {rows:,} rows" if rows else "")
    if found:
        state = found[1]
        advice = next((WHAT_TO_DO[key] for key in (state, state[:3], state[:2]) if key in WHAT_TO_DO), "ask whoever keeps the database.")
        return ExtractRefused(f"{where}: SQLSTATE {state}: {advice}")
    if TOO_LONG in said:
        return ExtractRefused(f"{where}: a text is longer than max_text. Raise it, or shorten the column in the query; nothing is cut off.")
    return ExtractRefused(
        f"{where}: the driver's answer cannot be read. Cast unusual columns to text, numbers, dates or timestamps in the query."
    )
