"""Rows as they are usually charted: a day, a newborn, a row of evidence, a finding; each takes what is otherwise."""

from __future__ import annotations

from datetime import date
from typing import Any

from auditor.outcomes import Outcome
from tests.report.fixture import Row

NOT_MET, UNKNOWN, NOT_ASKED = Outcome.NOT_MET, Outcome.UNKNOWN, Outcome.NOT_APPLICABLE
NO_EXCLUSION = {"X.1.gestation": NOT_MET, "X.2.hernia": NOT_MET, "X.3.age": NOT_MET, "X.3.syndrome": UNKNOWN, "X.4": NOT_MET}
NEWBORN_ONLY = NO_EXCLUSION | {
    "I.B.1.defect": NOT_MET,
    "I.B.2.crisis": UNKNOWN,
    "I.B.3": UNKNOWN,
    "I.A.2.b": UNKNOWN,
    "I.A.2.c.both": UNKNOWN,
    "I.A.2.c.either": NOT_ASKED,
    "I.A.2.d.any": NOT_ASKED,
}
SILENT = dict.fromkeys(("X.3.syndrome", "I.B.2.crisis", "I.B.3", "I.A.2.b", "I.A.2.c.both"), "not documented")


def newborn(member: str, days_old: int, gestation: int, **said: Any) -> Row:
    """What an episode of a newborn says of itself."""
    ages = {"age_days_low": days_old, "age_days_high": days_old, "age_years_low": 0, "age_years_high": 0}
    born = {"gestational_age_low": gestation, "gestational_age_high": gestation, "pathway": "I.A"}
    return {"member_id": member, "attribution": "confirmed"} | ages | born | said


def seen(fact: str, what: str, row: int, **said: Any) -> Row:
    """One row of evidence that decides, inside the window, unless said otherwise."""
    usual = {"fact": fact, "stance": "present", "standing": "inside", "strength": "decides", "what": what, "status": "present"}
    place = {"day": date(2023, 3, 11), "source_table": "events", "source_file": "chart.csv", "source_row": row}
    return usual | place | said


def finding(finding_id: str, name: str, says: str, **said: Any) -> Row:
    """One finding for the medical director, unless said otherwise."""
    usual = {"finding_id": finding_id, "name": name, "says": says, "severity": "S2", "action": "medical_director", "basis": "episode"}
    return usual | {"at_risk_low_cents": 0, "at_risk_high_cents": 0, "evidence": ["chart.csv row 4"]} | said


def day(offset: int, verdict: str = "supported", **chart: Any) -> Row:
    """A therapy day at an offset from the start, charted as usual unless said otherwise."""
    usual = {"dose_low": 20.0, "dose_high": 20.0, "fio2_low": 0.6, "fio2_high": 0.9, "spo2_low": 88.0, "spo2_high": 96.0}
    flags = {"is_therapy_day": True, "charted": True, "ventilated": True, "ecmo": False, "past_limit": False, "approved": False}
    said = {"level": "confirmed", "shown_by": ["segment", "dose"], "hours": 24.0, "initiation": 2, "oxygen_need": 2, "cause": "I.A"}
    return {"offset": offset, "verdict": verdict} | usual | flags | said | chart
