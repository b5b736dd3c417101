"""Random nights: members whose days, lines and findings come, go, join and part."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from tests.ledger.nights import Night, Row

DAY = date(2026, 3, 1)
MEMBERS = ("S-1", "S-2")
FINDINGS = (("C-02", "I.A"), ("C-05", "II.3"), ("K-02", "Coding"))
GAP = 2


def day(number: int) -> date:
    return DAY + timedelta(number)


def runs_of(days: set[int]) -> list[list[int]]:
    """Days grouped so that fewer than ``GAP`` free days lie between neighbours."""
    groups: list[list[int]] = []
    for one in sorted(days):
        if groups and one - groups[-1][-1] <= GAP:
            groups[-1].append(one)
        else:
            groups.append([one])
    return groups


@st.composite
def nights(draw: st.DrawFn, members: tuple[str, ...] = MEMBERS) -> Night:
    """One night. Courses may overlap, have no days of their own, or no lines."""
    night: Night = {"episodes": [], "lines": [], "therapy_days": [], "findings": []}
    for member in members:
        for basis in ("charted", "billed_only") if draw(st.integers(0, 3)) == 0 else ("charted",):
            for group in runs_of(draw(st.sets(st.integers(0, 9), max_size=6))):
                add_course(draw, night, (member, basis, group))
        for number in draw(st.sets(st.integers(0, 1), max_size=1)):
            loose_line(night, member, number)
    return night


def add_course(draw: st.DrawFn, night: Night, of: tuple[str, str, list[int]]) -> None:
    member, basis, group = of
    name = f"E{member[-1]}{basis[0]}{group[0]:02d}"
    low, more = draw(st.integers(0, 2)) * 100, draw(st.integers(0, 2)) * 100
    kind = draw(st.sampled_from(("therapy", "therapy", "therapy", "vasoreactivity")))
    night["episodes"].append(course(name, member, group, basis=basis, kind=kind, low=low, high=low + more))
    if draw(st.integers(0, 4)):
        night["therapy_days"] += [{"episode_id": name, "day": day(one)} for one in group]
    for claim in draw(st.sets(st.sampled_from("abc"), max_size=2)):
        night["lines"].append(line(night, name, member, claim, group))
    for finding_id, paragraph in draw(st.sets(st.sampled_from(FINDINGS), max_size=3)):
        for _ in range(draw(st.integers(1, 2))):
            says, cents = draw(st.sampled_from(("it is not there", "it is there"))), draw(st.integers(0, 2)) * 100
            night["findings"].append(finding(name, finding_id, paragraph, says=says, high=cents))


def course(name: str, member: str, group: list[int], **told: Any) -> Row:
    return {
        "episode_id": name,
        "member_id": member,
        "kind": told.get("kind", "therapy"),
        "basis": told.get("basis", "charted"),
        "facilities": ["1992700111"],
        "line_of_business": "commercial",
        "start_day": day(group[0]),
        "end_day": day(group[-1]),
        "therapy_days": len(group),
        "determination": told.get("determination", "criteria_met"),
        "next_action": told.get("next_action", "pay"),
        "at_risk_low_cents": told.get("low", 0),
        "at_risk_high_cents": told.get("high", 0),
    }


def line(night: Night, episode: str | None, member: str, claim: str, group: list[int]) -> Row:
    return {
        "line_key": len(night["lines"]),
        "member_id": member,
        "claim_id": f"{member}-{claim}",
        "claim_line_number": "1",
        "facility_npi": "1992700212" if claim == "a" else None,
        "episode_id": episode,
        "first_day": day(group[0]),
        "last_day": day(group[-1]),
    }


def loose_line(night: Night, member: str, number: int) -> None:
    one = line(night, None, member, f"loose{number}", [number])
    night["lines"].append(one)
    night["findings"].append(finding(None, "DQ-14", "Coding information", line_key=one["line_key"]))


def finding(episode: str | None, finding_id: str, paragraph: str, **told: Any) -> Row:
    return {
        "episode_id": episode,
        "finding_id": finding_id,
        "paragraph": paragraph,
        "state": told.get("state", "U"),
        "severity": told.get("severity", "S2"),
        "action": told.get("action", "request_records"),
        "says": told.get("says", "it is not there"),
        "line_key": told.get("line_key"),
        "first_day": told.get("first_day"),
        "last_day": told.get("last_day"),
        "days": told.get("days", 1),
        "at_risk_low_cents": told.get("low", 0),
        "at_risk_high_cents": told.get("high", 0),
        "policy_revision": "2020-11-01",
    }
