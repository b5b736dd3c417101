"""Which version of a claim line counts, and what became of each line (semantics, section 2)."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any

from tests.reference.rules import RuleBook
from tests.reference.times import empty_first, line_span, source_place

Row = dict[str, Any]
EVIDENCE_OF_SERVICE = ("counted", "evidence_only")
WITHIN_A_RATE = ("drg", "per_diem", "case_rate")


def final_lines(claim_lines: list[Row], book: RuleBook) -> list[Row]:
    """Every line with its disposition, its counted cents, their basis, and the claim that superseded it."""
    lines = [{**line, "disposition": None, "superseded_by": None, "carried": None} for line in sorted(claim_lines, key=_content)]
    _mark_duplicates(lines)
    mine = defaultdict(list)
    for line in lines:
        mine[line["member_id"]].append(line)
    for line in lines:
        line["role"] = _role(line, mine[line["member_id"]], book)
    versions = _versions(lines)
    fates = {key: fate for member in {key[0] for key in versions} for key, fate in _fates(versions, member).items()}
    for line in lines:
        if line["disposition"] is None:
            line["disposition"], line["superseded_by"] = fates[_version_key(line)]
    _supersede_resent(lines, versions)
    _mark_older_rows(lines)
    _net(lines, book)
    _take_back(lines)
    for line in lines:
        if line["disposition"] is None:
            line["disposition"] = _by_status(line)
        line["living"] = line["disposition"] in EVIDENCE_OF_SERVICE
        basis, cents = _by_basis(line, book)
        counts = line["disposition"] == "counted"
        line["amount_basis"] = basis if counts else "none"
        line["counted_cents"] = (cents if line["carried"] is None else line["carried"]) if counts else 0
        line["not_separately_paid"] = line["payment_method"] in WITHIN_A_RATE
    return lines


def _content(line: Row) -> tuple[Any, ...]:
    """A sort key: what a line says, and only then where it stands."""
    dates = ("claim_line_start_date", "claim_line_end_date", "received_date", "paid_date")
    codes = ("hcpcs_code", "revenue_center_code", "ndc_code")
    amounts = ("charge_cents", "allowed_cents", "paid_cents")
    said = ("member_id", "billed_as", "claim_id", "claim_line_number", *dates, *codes, *amounts, "line_description")
    return (*(empty_first(line[name]) for name in said), source_place(line))


def _mark_duplicates(lines: list[Row]) -> None:
    seen = set()
    for line in lines:
        key = tuple((name, line[name]) for name in sorted(line) if name not in ("source_file", "source_row", "billed_as"))
        if key in seen:
            line["disposition"] = "duplicate"
        seen.add(key)


def frequency(line: Row) -> str:
    """The frequency of the version a line is of."""
    if line["frequency_code"]:
        return str(line["frequency_code"])
    bill = line["bill_type_code"] or ""
    return bill[-1] if re.fullmatch(r"\d{2,3}[\dA-Z]", bill) else "1"


def _role(line: Row, lines: list[Row], book: RuleBook) -> str:
    """What a line's frequency makes of its version; one that nobody knows makes an original only of a claim that has no other version."""
    known = book.roles.get(frequency(line))
    if known is not None:
        return known
    same = [
        one for one in lines if all(one[name] == line[name] for name in ("member_id", "claim_id")) and frequency(one) == frequency(line)
    ]
    claims = {line["claim_id"], *(one["original_claim_id"] for one in same)} - {None}
    others = [one for one in lines if one["member_id"] == line["member_id"] and frequency(one) in book.roles]
    beside = any(one["claim_id"] in claims or one["original_claim_id"] == line["claim_id"] for one in others)
    return "unknown" if beside else "original"


def _version_key(line: Row) -> tuple[Any, ...]:
    return line["member_id"], line["claim_id"], frequency(line), line["received_date"]


def _versions(lines: list[Row]) -> dict[tuple[Any, ...], Row]:
    """Every version: its role, the claims it points to, and its place in order."""
    versions: dict[tuple[Any, ...], Row] = {}
    for line in lines:
        key = _version_key(line)
        version = versions.setdefault(key, {"key": key, "role": line["role"], "named": set(), "paid": [], "statuses": set()})
        version["named"] |= {line["original_claim_id"]} - {None}
        version["paid"].append(empty_first(line["paid_date"]))
        version["statuses"].add(line["claim_status"])
    for key, version in versions.items():
        if version["role"] in ("replacement", "void") and version["statuses"] <= {"pending", "denied"}:
            version["role"] = "idle"
        version["targets"] = (version["named"] or {key[1]}) if version["role"] in ("replacement", "void") else set()
        version["order"] = (empty_first(key[3]), max(version["paid"]), key[1], key[2])
    return versions


def _replaces(newer: Row, older: Row) -> bool:
    """Whether one version replaces another of the same member."""
    (_, claim, freq, received), (_, older_claim, older_freq, older_received) = newer["key"], older["key"]
    if newer is older or older_claim not in newer["targets"]:
        return False
    if older_claim != claim:
        return True
    return older_freq != freq or empty_first(older_received) < empty_first(received)


def _fates(versions: dict[tuple[Any, ...], Row], member: str) -> dict[tuple[Any, ...], tuple[str | None, str | None]]:
    """Disposition and superseding claim of each version of a member; None where its lines live."""
    mine = [version for key, version in versions.items() if key[0] == member]
    survivors = _cycle_survivors(mine)
    fates: dict[tuple[Any, ...], tuple[str | None, str | None]] = {}
    for lineage in _lineages(mine):
        standing = [version for version in lineage if not _is_replaced(version, mine, survivors)]
        fates |= {version["key"]: (None, None) for version in standing}
        if any(version["role"] in ("replacement", "void") for version in lineage):
            fates |= _keep_last(lineage, standing)
    return fates


def _is_replaced(version: Row, mine: list[Row], survivors: list[Row]) -> bool:
    """Whether another version replaces it; the last of a cycle is replaced only from outside the cycle."""
    killers = [other for other in mine if _replaces(other, version)]
    if any(version is survivor for survivor in survivors):
        killers = [other for other in killers if not _same_cycle(mine, version, other)]
    return bool(killers)


def _keep_last(lineage: list[Row], standing: list[Row]) -> dict[tuple[Any, ...], tuple[str | None, str | None]]:
    """Of replacements, voids and originals only the last lives, and not if it is a void; other bills live unless replaced."""
    last = max((v for v in standing if v["role"] in ("replacement", "void", "original")), key=lambda each: each["order"])
    ended = "voided" if last["role"] == "void" else "superseded"
    fates: dict[tuple[Any, ...], tuple[str | None, str | None]] = {version["key"]: (ended, last["key"][1]) for version in lineage}
    fates |= {v["key"]: (None, None) for v in standing if v["role"] not in ("replacement", "void", "original")}
    fates[last["key"]] = ("void" if ended == "voided" else None, None)
    return fates


def _reaches(mine: list[Row], version: Row) -> list[Row]:
    """Versions that one replaces, directly or through others."""
    found: list[Row] = []
    front = [version]
    while front:
        front = [other for each in front for other in mine if _replaces(each, other) and not any(other is f for f in found)]
        front = [other for n, other in enumerate(front) if not any(other is earlier for earlier in front[:n])]
        found += front
    return found


def _same_cycle(mine: list[Row], one: Row, other: Row) -> bool:
    return any(v is other for v in _reaches(mine, one)) and any(v is one for v in _reaches(mine, other))


def _cycle_survivors(mine: list[Row]) -> list[Row]:
    """The last version of each cycle of links."""
    return [
        version
        for version in mine
        if _same_cycle(mine, version, version)
        and all(other["order"] <= version["order"] for other in mine if _same_cycle(mine, version, other))
    ]


def _lineages(mine: list[Row]) -> list[list[Row]]:
    """Versions joined by links, or by naming the same absent original."""
    groups = [[version] for version in mine]
    present = {version["key"][1] for version in mine}

    def joined(one: Row, other: Row) -> bool:
        return _replaces(one, other) or _replaces(other, one) or bool((one["targets"] & other["targets"]) - present)

    merged = True
    while merged:
        merged = False
        for n, group in enumerate(groups):
            for other in groups[n + 1 :]:
                if any(joined(a, b) for a in group for b in other):
                    group += other
                    groups.remove(other)
                    merged = True
                    break
            if merged:
                break
    return groups


def _amount(line: Row) -> int | None:
    """Paid, else allowed, else charge, in cents."""
    for name in ("paid_cents", "allowed_cents", "charge_cents"):
        if line[name] is not None:
            return int(line[name])
    return None


def _by_basis(line: Row, book: RuleBook) -> tuple[str, int]:
    order = {"paid": ("paid", "allowed"), "allowed": ("allowed", "paid"), "charge": ("charge",)}[book.readings["dollar_basis"]]
    for name in order:
        if line[f"{name}_cents"] is not None:
            return name, int(line[f"{name}_cents"])
    return "none", 0


def _supersede_resent(lines: list[Row], versions: dict[tuple[Any, ...], Row]) -> None:
    """Lines that were received again later under their own number; where one takes money back, all are left to be summed."""
    mine: dict[Any, list[Row]] = defaultdict(list)
    for line in lines:
        if line["disposition"] is None:
            days = line_span(line) if line["role"] in ("interim", "late_charge") else ()
            mine[(*_version_key(line)[:3], line["claim_line_number"], days)].append(line)
    for group in mine.values():
        if any((_amount(line) or 0) < 0 for line in group):
            continue
        for line in group:
            later = [other for other in group if empty_first(other["received_date"]) > empty_first(line["received_date"])]
            if any(_is_accepted(other, versions) or not _is_accepted(line, versions) for other in later):
                line["superseded_by"] = line["claim_id"]
        for line in group:
            line["disposition"] = "superseded" if line["superseded_by"] else None


def _is_accepted(line: Row, versions: dict[tuple[Any, ...], Row]) -> bool:
    """Whether the payer has accepted anything of what was received with a line."""
    return not versions[_version_key(line)]["statuses"] <= {"pending", "denied"}


def _mark_older_rows(lines: list[Row]) -> None:
    """Of rows of one service, those paid before the last; where one takes money back, all are summed instead."""
    groups: dict[Any, list[Row]] = defaultdict(list)
    for line in lines:
        if line["disposition"] is None:
            service = (line["claim_line_number"], line["hcpcs_code"], line["revenue_center_code"])
            groups[(_version_key(line), *service, *line_span(line))].append(line)
    for group in groups.values():
        if min(_amount(line) or 0 for line in group) < 0:
            continue
        for line in group:
            if any(empty_first(other["paid_date"]) > empty_first(line["paid_date"]) for other in group):
                line["disposition"] = "older_row"


def _net(lines: list[Row], book: RuleBook) -> None:
    """Sum groups of rows of which some amount is negative; the row that carries the sum is then judged by its status."""
    groups: dict[Any, list[Row]] = defaultdict(list)
    for line in lines:
        if line["disposition"] is None:
            service = (line["claim_line_number"], line["hcpcs_code"], line["revenue_center_code"])
            groups[(line["member_id"], line["claim_id"], *service, *line_span(line))].append(line)
    for group in groups.values():
        amounts = [_amount(line) or 0 for line in group]
        if min(amounts) >= 0:
            continue
        taker = next(line for line in group if (_amount(line) or 0) < 0)
        if taker["claim_status"] not in ("denied", "pending"):
            taker["left_over"] = sum(amounts)
        carrier = next((line for line in group if (_amount(line) or 0) >= 0), None) if sum(amounts) > 0 else None
        for line in group:
            if line is not carrier:
                line["disposition"] = "reversed" if carrier is None else "netted"
        if carrier is not None:
            carrier["carried"] = max(0, sum(_by_basis(line, book)[1] for line in group))


def _take_back(lines: list[Row]) -> None:
    """What is left of a reversal is taken from the one line that it fits, elsewhere in the claim or in the claim that it names."""
    givers = [line for line in lines if line["disposition"] is None and line["carried"] is None and _gives(line)]
    fits = [[one for one in givers if _takes(line, one)] for line in lines if line.get("left_over", 0) < 0]
    for found in fits:
        if len(found) == 1 and sum(one is found[0] for others in fits for one in others) == 1:
            found[0]["disposition"] = "reversed"


def _takes(taking: Row, giver: Row) -> bool:
    named = giver["claim_id"] in (taking["claim_id"], taking["original_claim_id"])
    return named and _amount(giver) == -taking["left_over"] and _alike(giver, taking)


def _gives(line: Row) -> bool:
    return line["claim_status"] not in ("denied", "pending") and line["role"] not in ("no_payment", "unknown")


def _alike(one: Row, other: Row) -> bool:
    named = ("member_id", "hcpcs_code", "revenue_center_code")
    return line_span(one) == line_span(other) and all(one[name] == other[name] for name in named)


def _by_status(line: Row) -> str:
    if line["claim_status"] in ("denied", "pending") or line["role"] in ("no_payment", "unknown"):
        return "evidence_only"
    return "reversed" if line["claim_status"] == "reversed" else "counted"
