"""The hand-made courses of the report's tests, each there to show one thing."""

from __future__ import annotations

from datetime import date, timedelta

from auditor.outcomes import Outcome
from tests.report.charting import NEWBORN_ONLY, NO_EXCLUSION, NOT_ASKED, NOT_MET, SILENT, UNKNOWN, day, finding, newborn, seen
from tests.report.fixture import Course


def criteria_met() -> Course:
    """Five supported days of a newborn of 38 weeks."""
    start = date(2023, 3, 12)
    return Course(
        "EMETFIVEDAYS1",
        start,
        newborn("M-1001", 1, 268, determination="criteria_met", next_action="pay", elapsed_hours=101.5),
        days=[day(n, dose_low=max(20.0 - 5 * n, 1), fio2_low=0.9 - n / 10, fio2_high=1.0 - n / 10) for n in range(5)],
        lines=[("94799", 0, 4, 1234567, None), ("94002", 0, 0, 31250, "linked"), ("94003", 1, 4, 88000, "linked")],
        outcomes=NEWBORN_ONLY,
        reasons=SILENT,
        evidence=[
            seen("pphn", "P29.30", 2, source_table="claim_lines", source_file="claims.csv"),
            seen("gestational_age_days", "gestational age at birth", 3, stance="range", low=268.0, high=268.0),
            seen("oxygen_100_failed", "oxygen_100", 5, status="unsuccessful"),
            seen("echo_pphn", "echo: pulmonary hypertension", 6, document_id="ECHO-1"),
            seen("chd_right_to_left", "echo: right-to-left defect", 7, stance="absent", status="absent", document_id="ECHO-1"),
            seen("cdh", "diaphragmatic hernia", 8, stance="absent", status="absent", document_id="ECHO-1"),
        ],
    )


def long_course() -> Course:
    """Eighteen days with two days off; days 15 to 18 go to the medical director."""
    start = date(2023, 5, 1)
    offsets = [*range(9), *range(11, 20)]
    days = [
        day(
            offset,
            "medical_review" if number >= 14 else "supported",
            past_limit=number >= 14,
            ecmo=2 <= number <= 3,
            cause="II.3" if number >= 14 else "I.A",
            dose_low=max(20.0 - number, 2),
            dose_high=max(22.0 - number, 4),
            fio2_low=0.3 + (number % 5) / 10,
            fio2_high=0.5 + (number % 5) / 10,
        )
        for number, offset in enumerate(offsets)
    ]
    return Course(
        "EREVIEW8DAYS0",
        start,
        newborn("M-1002", 3, 241, determination="medical_review", next_action="medical_director", facilities=["1999999984", "1888888885"]),
        days=days,
        lines=[("94799", 0, 8, 3150001, None), ("94799", 11, 19, 3150000, None), ("94003", 0, 8, 99001, "linked")],
        outcomes=NEWBORN_ONLY | {"II.3": NOT_MET},
        reasons=SILENT,
        evidence=[seen("exposure_days", "therapy days", 0, stance="range", low=18.0, high=18.0, day=start)],
        findings=[
            finding(
                "C-04",
                "More than 14 days",
                "Days 15 to 18 have no approval on file.",
                severity="S1",
                state="F",
                paragraph="II.3",
                days=4,
                first_day=start + timedelta(16),
                last_day=start + timedelta(19),
                basis="days",
                at_risk_high_cents=1400000,
                carc="50",
            )
        ],
    )


def echo_silent() -> Course:
    """An echo was billed and its report is not here; shown by claims only, with a coding edit beside it."""
    start = date(2024, 1, 30)
    bare = {"dose_low": None, "dose_high": None, "fio2_low": None, "fio2_high": None, "spo2_low": None, "spo2_high": None, "hours": None}
    days = [
        day(
            n,
            "records_needed",
            charted=False,
            level="probable",
            shown_by=["hint"],
            oxygen_need=1,
            oxygen_reason="not documented",
            cause="I.A.3.b",
            **bare,
        )
        for n in range(4)
    ]
    billed = day(
        4,
        "records_needed",
        is_therapy_day=False,
        charted=False,
        level=None,
        shown_by=None,
        initiation=None,
        oxygen_need=None,
        ventilated=False,
        cause="billed only",
        **bare,
    )
    return Course(
        "ESILENTECHO01",
        start,
        newborn(
            "M-1003",
            2,
            262,
            determination="insufficient_documentation",
            next_action="request_records",
            basis="billed",
            start_at=None,
            attribution="probable",
            documents=["echo report", "flowsheet with oxygen and saturation"],
            rows_set_aside=3,
            line_of_business="medicare",
        ),
        days=[*days, billed],
        lines=[("94799", 0, 4, 2200003, None)],
        outcomes=NEWBORN_ONLY | {"I.A.3.a": UNKNOWN, "I.A.3.b": UNKNOWN, "I.A.3.c": UNKNOWN, "II.2": UNKNOWN, "I.A.1": UNKNOWN},
        reasons=SILENT
        | {
            "I.A.3.a": "not documented",
            "I.A.3.b": "not documented",
            "I.A.3.c": "preliminary",
            "II.2": "not documented",
            "I.A.1": "conflicting",
        },
        evidence=[
            seen("pphn", "P29.30", 30, source_table="claim_lines", source_file="claims.csv"),
            seen("pphn", "pphn", 31, stance="absent", status="absent"),
            seen("cdh", "diaphragmatic hernia", 32, stance="absent", standing="preliminary", status="preliminary", document_id="ECHO-9"),
            seen(
                "chd_right_to_left", "93303", 33, stance="none", strength="suggests", source_table="claim_lines", source_file="claims.csv"
            ),
        ],
        findings=[
            finding(
                "A-08",
                "Echo: no right-to-left heart disease",
                "No report we hold speaks of it.",
                state="U",
                action="request_records",
                paragraph="I.A.3.b",
                at_risk_high_cents=2200003,
                carc="226",
                rarc="N706",
            ),
            finding(
                "K-05",
                "Units above one a day",
                "94799 is billed by the hour.",
                severity="S1",
                action="coding_adjustment",
                basis="line",
                paragraph="K-05",
                line_key=7,
                carc="151",
                rarc="N362",
            ),
        ],
        settling=[
            {"document": "echo report", "instead": [], "paragraphs": ["I.A.3.a", "I.A.3.b"]},
            {"document": "flowsheet with oxygen and saturation", "instead": ["daily notes"], "paragraphs": ["II.2"]},
        ],
    )


def too_early() -> Course:
    """Born at 33 weeks and 6 days: an exclusion of the guideline."""
    return Course(
        "EEARLY33WEEKS",
        date(2023, 9, 4),
        newborn("M-1004", 2, 237, determination="experimental", next_action="medical_director", exclusion="X.1"),
        days=[day(n, "not_supported", initiation=0, cause="X.1") for n in range(3)],
        lines=[("94799", 0, 2, 900001, None)],
        outcomes=NEWBORN_ONLY | {"I.A.gestation": NOT_MET, "I.B.gestation": NOT_MET, "X.1.gestation": Outcome.MET},
        reasons=SILENT,
        evidence=[seen("gestational_age_days", "gestational age at birth", 41, stance="range", low=237.0, high=237.0)],
        findings=[
            finding(
                "E-01",
                "Born before 34 weeks",
                "33 weeks 6 days at birth.",
                severity="S1",
                state="F",
                paragraph="X.1",
                carc="55",
                at_risk_low_cents=900001,
                at_risk_high_cents=900001,
            )
        ],
    )


def lung_function() -> Course:
    """An unlisted pulmonary service that is a breathing test."""
    return Course(
        "ENOTINO00TEST",
        date(2023, 2, 2),
        {
            "member_id": "M-1005",
            "attribution": "none",
            "basis": "billed_only",
            "determination": "not_ino",
            "next_action": "none",
            "start_at": None,
            "pathway": None,
            "age_years_low": 44,
            "age_years_high": 44,
            "age_days_low": 16200,
            "age_days_high": 16200,
        },
        lines=[("94799", 0, 0, 8500, "linked")],
    )


def no_improvement() -> Course:
    """A child after heart surgery: no improvement in 72 hours, six days of iNO; a case for Medicaid's own rules is beside the point."""
    verdicts = ["supported", "supported", "supported", "medical_review", "not_supported", "not_supported"]
    days = [
        day(
            n,
            verdict,
            initiation=2 if n < 3 else 0,
            fio2_low=0.21 if n == 5 else 0.5,
            fio2_high=0.21 if n == 5 else 0.6,
            cause="I.B.3" if n > 2 else "I.B",
            oxygen_need=0 if n == 5 else 2,
        )
        for n, verdict in enumerate(verdicts)
    ]
    return Course(
        "ENOCHANGE72HR",
        date(2024, 11, 18),
        {
            "member_id": "M-1006",
            "attribution": "confirmed",
            "pathway": "I.B",
            "determination": "criteria_not_met",
            "next_action": "medical_director",
            "age_days_low": 1900,
            "age_days_high": 1900,
            "age_years_low": 5,
            "age_years_high": 5,
            "state": "WA",
        },
        days=days,
        lines=[("94799", n, n, 412345 + n, None) for n in range(6)],
        outcomes=NO_EXCLUSION | {"I.A": NOT_ASKED, "I.B.3": NOT_MET, "I.B.gestation": NOT_ASKED, "II.2": NOT_MET},
        reasons=SILENT,
        evidence=[seen("rapid_improvement", "improved oxygenation", 51, stance="absent", status="absent", day=date(2024, 11, 21))],
        findings=[
            finding(
                "B-08",
                "iNO after 72 hours without improvement",
                "Improvement is charted as absent; iNO went on.",
                severity="S1",
                state="F",
                paragraph="I.B.3",
                basis="days",
                days=3,
                at_risk_low_cents=824699,
                at_risk_high_cents=1237047,
                carc="50",
            )
        ],
    )


COURSES = (criteria_met, long_course, echo_silent, too_early, lung_function, no_improvement)
