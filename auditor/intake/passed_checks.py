"""Finds the checks that no row of a Parquet file fails, so that they are not asked of each row again."""

from __future__ import annotations

from auditor.intake.asking import Asking
from auditor.intake.columns import Picks
from auditor.intake.faults import Check
from auditor.intake.times import Conventions
from auditor.intake.typed_select import list_checks, read_rows


def find_passed(asking: Asking, picks: Picks, conventions: Conventions) -> frozenset[Check]:
    """The checks, of those that have signs, of which no row bears one.

    A question a sign, so that each reads only its own columns, and the reader answers most from the file's statistics.
    """
    signed = {number: check for number, check in enumerate(list_checks(asking.table, picks, conventions)) if check.signs}
    asked = [
        f"(SELECT {number} FROM (SELECT * FROM {read_rows(asking.about(check.column), picks)}) WHERE {sign} LIMIT 1)"
        for number, check in signed.items()
        for sign in check.signs or ()
    ]
    shown = asking.connection.execute(" UNION ALL ".join(asked)).fetchall() if asked else []
    failing = {number for (number,) in shown}
    return frozenset(check for number, check in signed.items() if number not in failing)
