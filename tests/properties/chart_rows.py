"""Hypothesis strategies for members, chart events and authorizations of one person around the start of one course."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

Row = dict[str, Any]
AGES_IN_DAYS = (0, 1, 3, 12, 13, 14, 15, 26, 27, 28, 29, 120, 364, 365, 366, 1900, 6573, 6574, 6575, 6939, 6940, 6941, 7669, 7671, 16500)
GESTATION = (
    *(("38w2d", None), ("34w0d", None), ("33w6d", None), ("34 2/7", None), ("33+6", None), ("34", "wk"), ("33", "wk")),
    *(("34.5", "weeks"), ("238", "d"), ("237", "d"), ("252", "d")),
    *(("230", None), ("8", "mo"), ("240", "wk"), ("soon", None)),
)
STATUSES = (None, "present", "absent", "contraindicated", "not_tolerated", "unsuccessful", "successful", "entered_in_error", "preliminary")
FINDINGS = (
    *("pphn", "hypoxic_respiratory_failure", "oxygen_100", "alkalosis", "neuromuscular_blockade", "sedation", "nmb_and_sedation"),
    *("maximum_ventilation", "hfov", "ventilation", "echo", "echo_pphn", "echo_structural_chd", "echo_chd_right_to_left", "echo_cdh"),
    *("imaging_cdh", "prenatal_cdh", "cdh", "chd", "chd_right_to_left", "ards", "pulmonary_arterial_hypertension", "ph_crisis"),
    *("cardiopulmonary_bypass", "heart_surgery", "lung_surgery", "perioperative_hypoxia", "rapid_improvement", "ecmo", "ino_order"),
)
CODED = (
    *(("icd10cm", "P29.30"), ("icd10cm", "P28.5"), ("icd10cm", "J80"), ("icd10cm", "Q21.0"), ("icd10cm", "Q26.2"), ("icd10cm", "Q21.1")),
    *(("icd10pcs", "5A1221Z"), ("icd10pcs", "3E0F7SD"), ("icd9pcs", "0012"), ("icd10cm", "P07.36"), ("icd10cm", "P07.37")),
    *(("rxnorm", "827693"), ("ndc", "64693000201"), ("snomed", "17190001"), ("icd10cm", "Q79.0"), ("icd10pcs", "5A1522F")),
)
SPANS = ("supplemental_oxygen", "supplemental_oxygen", "fio2", "oxygen_flow")
NEWBORN = (
    *(("pphn", None, -4), ("hypoxic_respiratory_failure", None, -3), ("oxygen_100", "unsuccessful", -2), ("echo_pphn", None, -6)),
    *(("echo_structural_chd", "absent", -6), ("echo_cdh", "absent", -6)),
)
SURGICAL = (
    *(
        ("chd", None, -60),
        ("cardiopulmonary_bypass", None, -5),
        ("heart_surgery", None, -5),
        ("pulmonary_arterial_hypertension", None, -20),
    ),
    *(("ph_crisis", None, -1), ("perioperative_hypoxia", None, -1), ("rapid_improvement", None, 30)),
)

SERVICES = (None, None, "94799", "inhaled nitric oxide", "INO", "99999", "94003", "ventilation; 94799", "93463")


@dataclass(frozen=True)
class Person:
    """Whom rows are drawn for: the id, the clock time around which a course starts, the facility's offset, and the hour it goes forward."""

    member_id: str
    start: datetime
    offset: str
    forward: int | None = None

    def clock(self, hours: float) -> str:
        """A clock time so many hours from the start."""
        if self.forward is None or hours < self.forward:
            return (self.start + timedelta(hours=hours)).isoformat() + self.offset
        summer = f"{int(self.offset[:3]) + 1:+03d}{self.offset[3:]}"
        return (self.start + timedelta(hours=hours + 1)).isoformat() + summer

    def day(self, days: int) -> date:
        """A day so many days from the start."""
        return self.start.date() + timedelta(days=days)


@st.composite
def when(draw: st.DrawFn, person: Person, hours: float) -> str:
    """A time so many hours from the start, by the clock mostly, else by day, rarely by month."""
    text = person.clock(hours)
    return {"clock": text, "day": text[:10], "month": text[:7]}[draw(st.sampled_from(("clock",) * 6 + ("day",) * 3 + ("month",)))]


@st.composite
def member_rows(draw: st.DrawFn, person: Person) -> list[Row]:
    """A member's row, or none, or two that may differ."""
    age = timedelta(days=draw(st.sampled_from((*AGES_IN_DAYS[1:6], *AGES_IN_DAYS))), hours=draw(st.sampled_from((0, 0, 5, -5))))
    born = (person.start - age).isoformat() + person.offset
    text = draw(st.sampled_from((born,) * 6 + (born[:10],) * 6 + (born[:7], None)))
    rows = [{"member_id": person.member_id, "birth_date": text}]
    return draw(st.sampled_from((rows,) * 12 + ([], [*rows, {**rows[0], "birth_date": str(person.day(-13))}])))


@st.composite
def segments(draw: st.DrawFn, person: Person) -> list[Row]:
    """Courses of iNO with the lengths and gaps that decide, some without an end or known by day or month only."""
    rows = []
    hours = 0.0
    for _ in range(draw(st.integers(0, 3))):
        length = draw(st.sampled_from((2, 10, 30, 71, 72, 73, 95, 96, 97, 120, 300, 335, 336, 337, 360)))
        row = {"member_id": person.member_id, "concept": draw(st.sampled_from(("ino", "ino", "ino_device_log")))}
        row["start"] = draw(when(person, hours))
        ends = (*(draw(when(person, hours + length)),) * 4, None, str((person.start + timedelta(hours=hours + length)).date()))
        row["end"] = draw(st.sampled_from((*ends, f"{str(ends[-1])[:10]}T00:00:00{person.offset}")))
        row["status"] = draw(st.sampled_from((None,) * 8 + STATUSES))
        row["facility"] = draw(st.sampled_from((None,) * 4 + ("1000000004", "1000000004", "2000000002", "NICU")))
        rows.append(row)
        hours += length + 24 * draw(st.sampled_from((0, 1, 2, 3, 4, 5))) + draw(st.sampled_from((0, 0, 0, -6, 6)))
    return [row for row in rows if not row["end"] or _in_order(row)]


def _in_order(row: Row) -> bool:
    """Whether the end cannot lie before the start."""
    first, last = row["start"], row["end"]
    return bool(last[: len(first)] >= first[: len(last)] and last[:10] >= first[:10])


@st.composite
def doses(draw: st.DrawFn, person: Person) -> Row:
    """A dose, a drug code or a device reading on some day."""
    row = {
        "member_id": person.member_id,
        "start": draw(when(person, draw(st.integers(-60, 480)))),
        "status": draw(st.sampled_from((None,) * 6 + STATUSES)),
    }
    dose = {"concept": "ino_dose", "value": draw(st.sampled_from(("20", "5", "0", "250", "1.5"))), "unit": "ppm"}
    drug = {"code_system": "rxnorm", "code": "827693"}
    first = person.day(draw(st.integers(-1, 6)))
    none = {"concept": "ino", "status": "absent", "start": str(first), "end": draw(st.sampled_from((None, str(first + timedelta(days=2)))))}
    return {**row, **draw(st.sampled_from((dose, dose, drug, none)))}


@st.composite
def oxygen(draw: st.DrawFn, person: Person) -> list[Row]:
    """Oxygen and saturation by day, with room air at the end for about as long as the grace."""
    rows = []
    until = draw(st.sampled_from((0, 24, 72, 120, 150, 340, 400)))
    turn = until - draw(st.sampled_from((0, 0, 0, 23, 24, 25, 30, 49, 72)))
    for hour in range(2, until, draw(st.sampled_from((12, 24)))):
        value = "0.21" if hour >= turn else draw(st.sampled_from(("0.6", "60", "0.30", "21", "0.22")))
        status = draw(st.sampled_from((None,) * 24 + ("absent", "preliminary")))
        rows.append({"concept": "fio2", "start": draw(_reading_time(person, hour)), "value": value, "status": status})
        if draw(st.integers(0, 9)):
            rows.append({"concept": "spo2", "start": person.clock(hour), "value": draw(st.sampled_from(("94", "0.94", "76", "101")))})
    if draw(st.booleans()):
        rows.append(
            {"concept": "oxygen_flow", "start": person.clock(draw(st.integers(0, 300))), "value": draw(st.sampled_from(("0", "2")))}
        )
    if draw(st.booleans()):
        status = draw(st.sampled_from((None, "absent", "preliminary")))
        first = draw(st.integers(-30, 300))
        last = draw(_reading_time(person, first + draw(st.sampled_from((2, 23, 24, 30, 50, 100, 400)))))
        row = {"concept": draw(st.sampled_from(SPANS)), "value": draw(st.sampled_from(("0.21", "0.4"))), "status": status}
        midnight = f"{last[:10]}T00:00:00{person.offset}"
        row = {**row, "start": draw(_reading_time(person, first)), "end": draw(st.sampled_from((last, last, midnight)))}
        rows.append(row if _in_order(row) else {**row, "end": None})
    return [{"member_id": person.member_id, **row} for row in rows]


@st.composite
def _reading_time(draw: st.DrawFn, person: Person, hour: float) -> str:
    text = person.clock(hour)
    return text if draw(st.integers(0, 11)) else text[:10]


@st.composite
def findings(draw: st.DrawFn, person: Person) -> list[Row]:
    """Statements: all that a pathway asks, less some, and others that conflict, are late, or prove nothing."""
    told = draw(st.sampled_from((NEWBORN, NEWBORN, NEWBORN, SURGICAL, SURGICAL, (*NEWBORN, *SURGICAL), ())))
    missing = draw(st.sets(st.integers(0, 30), max_size=2))
    rows = [
        {"concept": concept, "status": status, "start": draw(when(person, hour)) if n % 3 == 0 else person.clock(hour), "document_id": "D1"}
        for n, (concept, status, hour) in enumerate(told)
        if n not in missing
    ]
    if draw(st.integers(0, 7)):
        value, unit = draw(st.sampled_from(GESTATION))
        rows.append({"concept": "gestational_age", "value": value, "unit": unit, "start": str(person.day(-1))})
    return [{"member_id": person.member_id, **row} for row in rows] + draw(st.lists(statements(person), max_size=4))


@st.composite
def statements(draw: st.DrawFn, person: Person) -> Row:
    """One statement or code of any kind, status and time."""
    hour = draw(st.sampled_from((-2400, -400, -170, -168, -73, -72, -71, -24, -1, 0, 1, 20, 23, 24, 25, 48, 72, 168, 169, 336, 400)))
    row: Row = {
        "member_id": person.member_id,
        "start": draw(when(person, hour)),
        "status": draw(st.sampled_from((None, None, None, *STATUSES))),
    }
    kind = draw(st.integers(0, 9))
    if kind < 6:
        row["concept"] = draw(st.sampled_from(FINDINGS))
    elif kind < 9:
        row["code_system"], row["code"] = draw(st.sampled_from(CODED))
    else:
        row["concept"], (row["value"], row["unit"]) = "gestational_age", draw(st.sampled_from(GESTATION))
    return {**row, "document_id": draw(st.sampled_from((None, "D1", "D2")))}


@st.composite
def authorizations(draw: st.DrawFn, person: Person) -> Row:
    """An approval, or one that is not, around the later days."""
    first = person.day(draw(st.sampled_from((0, 13, 14, 15))))
    return {
        "member_id": person.member_id,
        "from": str(first),
        "to": str(first + timedelta(days=draw(st.integers(0, 10)))),
        "number": draw(st.sampled_from((None, None, "A1", "A1", "A2"))),
        "service": draw(st.sampled_from(SERVICES)),
        "approved_days": draw(st.sampled_from((None, "1", "2", "2", "4", "20"))),
        "decision": draw(st.sampled_from((None, "approved", "approved", "denied", "pending"))),
    }
