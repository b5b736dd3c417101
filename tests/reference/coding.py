"""Coding edits by plain loops: which days of which lines are in question, how surely, and under which finding (semantics, section 11)."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

from tests.reference.hours import billed_hours, hours_beyond_the_chart, hours_beyond_the_day
from tests.reference.refusals import Hit, buckets_of
from tests.reference.rules import RuleBook, exposure, matches, says
from tests.reference.shown import touches
from tests.reference.times import line_days
from tests.reference.versions import frequency

Row = dict[str, Any]
FILES = {"professional": ["practitioner"], "institutional": ["hospital"], None: ["practitioner", "hospital"]}


def coding_buckets(member: Row, book: RuleBook) -> dict[tuple[int, date], str]:
    """The bucket that coding edits ask for, by line (its place among the member's lines) and day; the gravest finding decides."""
    lines = [_coded(n, line) for n, line in enumerate(member["lines"]) if line["living"]]
    hits = [*_pairs(lines, book), *_add_ons(lines, book), *_units(lines, book), *_repeats(lines, book), *_twice(lines, book)]
    hits += [*_two_practitioners(lines, book), *_own_words(lines, book), *_first_days(lines, member["stays"], book)]
    repeated = {hit[1] for hit in _repeats(lines, book)}
    hits += [
        *hours_beyond_the_day(lines, book),
        *hours_beyond_the_chart([one for one in lines if one["place"] not in repeated], member, book),
    ]
    return buckets_of(hits, book)


def _coded(place: int, line: Row) -> Row:
    """A line with what pairs are made by: who billed it, on what kind of claim, with which modifiers, how much a day."""
    kind = line["claim_type"]
    if kind is None and (line["bill_type_code"] or line["revenue_center_code"]):
        kind = "institutional"
    elif kind is None and line["place_of_service_code"]:
        kind = "professional"
    claim = f"claim {line['claim_id']}"
    tin, specialty = line["billing_tin"], line["rendering_specialty"]
    if kind == "institutional":
        provider = line["facility_npi"] or line["billing_npi"] or (f"TIN {tin}" if tin else claim)
    else:
        group = line["billing_npi"] and line["billing_npi"] + (f" {specialty}" if specialty else "")
        provider = line["rendering_npi"] or group or claim
    days = line_days(line)
    quantity = line["service_unit_quantity"]
    return {
        "place": place,
        "line": line,
        "code": line["hcpcs_code"],
        "service": line["hcpcs_code"] or f"RC {line['revenue_center_code']}",
        "kind": kind,
        "provider": provider,
        "practice": f"{tin} {specialty}" if kind != "institutional" and tin and specialty else None,
        "modifiers": sorted(m for n in range(1, 5) if (m := line[f"hcpcs_modifier_{n}"])),
        "days": days,
        "units": (len(days) if quantity is None else quantity) / len(days),
        "scattered": quantity is not None and len(days) > 1 and quantity < len(days),
        "counted": line["disposition"] == "counted" and _is_paid(line),
    }


def _is_paid(line: Row) -> bool:
    """Whether anything was paid or allowed; a line that gives no such amount may have been."""
    amounts = [line[name] for name in ("paid_cents", "allowed_cents") if line[name] is not None]
    return not amounts or max(amounts) > 0 or (line["amount_basis"] != "charge" and line["counted_cents"] > 0)


def _same_biller(one: Row, other: Row) -> bool:
    if one["kind"] != other["kind"]:
        return False
    return bool(one["provider"] == other["provider"] or (one["practice"] and one["practice"] == other["practice"]))


def _is_in(book: RuleBook, name: str, code: str | None, tier: str | None = None) -> bool:
    return bool(matches(book, name, "hcpcs", code, tier))


def _has(book: RuleBook, line: Row, role: str) -> bool:
    return bool(set(line["modifiers"]) & set(book.coding["services"]["modifiers"][role]))


def _in_force(row: Row, day: date) -> bool:
    return bool(row.get("from", date.min) <= day <= row.get("to", date.max))


def _starts(codes: list[str], code: str) -> bool:
    return any(code.startswith(each[:-1]) if each.endswith("*") else code == each for each in codes)


def _pairs(lines: list[Row], book: RuleBook) -> list[Hit]:
    """Column 2 beside column 1, where every file that judges the claim has the pair, and no modifier lifts it."""
    hits = []
    for second in lines:
        for first in lines:
            listed = first["line"]["listed"] or second["line"]["listed"]
            if not (first["counted"] and second["counted"] and listed and first["code"] and second["code"]):
                continue
            if first["code"] == second["code"] or not _same_biller(first, second):
                continue
            apart = _has(book, first, "separate_service") or _has(book, second, "separate_service")
            for day in set(first["days"]) & set(second["days"]):
                if all(_is_pair(first["code"], second["code"], file, day, apart, book) for file in FILES[second["kind"]]):
                    name = _pair_name(first["code"], second["code"], second["kind"], book)
                    doubted = first["scattered"] or second["scattered"]
                    hits += [(name, second["place"], day, first["place"], doubted)] if name else []
    return hits


def _is_pair(first: str, second: str, file: str, day: date, apart: bool, book: RuleBook) -> bool:
    for pair in book.coding["ncci"]["pairs"]:
        if file in pair["files"] and _starts(pair["column_1"], first) and second in pair["column_2"] and _in_force(pair, day):
            return bool(pair["indicator"] == 0 or (pair["indicator"] == 1 and not apart))
    return False


def _pair_name(first: str, second: str, kind: str | None, book: RuleBook) -> str | None:
    if _is_in(book, exposure(book, "test_services"), second):
        return "V-04"
    if not _is_in(book, "ventilator_services", second):
        return None
    if _is_in(book, "ventilator_services", first):
        return "K-01"
    if _is_in(book, "evaluation_and_management", first):
        return ("K-03" if _is_in(book, "evaluation_and_management", first, "critical_care") else "K-02") if kind == "professional" else None
    return "K-19" if _is_in(book, "heart_catheterization", first) else "K-18"


def _add_ons(lines: list[Row], book: RuleBook) -> list[Hit]:
    """An add-on without a service it goes with, paid to the same biller that day; and a test at the bedside."""
    hits = []
    for rule in book.coding["ncci"]["add_ons"]:
        primaries = [each if isinstance(each, dict) else {"code": each} for each in rule["primaries"]]
        for added in lines:
            if added["code"] != rule["add_on"] or not added["counted"]:
                continue
            for day in added["days"]:
                beside = [
                    one["code"] for one in lines if one["counted"] and day in one["days"] and _same_biller(one, added) and one is not added
                ]
                known = [_in_force(each, day) for each in primaries if each["code"] in beside]
                if not any(known):
                    other = any(_is_in(book, "heart_catheterization", code) for code in beside)
                    hits.append(("V-09" if known else "V-02" if other else "V-01", added["place"], day, None, added["scattered"]))
    for test in lines:
        course = test["line"]["course"]
        if test["counted"] and _is_in(book, exposure(book, "test_services"), test["code"]) and course:
            treated = course["kind"] == "therapy" and course["attribution"] in ("confirmed", "probable")
            for day in test["days"] if treated else []:
                if not any(day in one["days"] and _is_in(book, "heart_catheterization", one["code"]) for one in lines):
                    hits.append(("V-08", test["place"], day, None, test["scattered"]))
    return hits


def _units(lines: list[Row], book: RuleBook) -> list[Hit]:
    """Lines past the most units of a day, taken in their order."""
    limits = {rule["code"]: rule for rule in book.coding["ncci"]["units"]}
    again = {hit[1] for hit in _repeats(lines, book)}
    hits, sofar = [], defaultdict(float)
    for line in lines:
        rule = limits.get(line["code"])
        if rule is None or not line["counted"] or line["place"] in again:
            continue
        lifted = rule["adjudication"] == 3 and (_has(book, line, "repeat") or _has(book, line, "separate_service"))
        alone = line["place"] if rule["adjudication"] == 1 or lifted else None
        words = (line["line"]["line_description"] or "").lower() if rule["adjudication"] == 3 else None
        for day in line["days"]:
            key = (line["code"], line["kind"], line["provider"], day, alone, words)
            sofar[key] += line["units"]
            if round(sofar[key], 6) > rule["most"]:
                hits.append((_unit_name(line["code"], book), line["place"], day, None, False))
    return hits


def _unit_name(code: str, book: RuleBook) -> str:
    if _is_in(book, exposure(book, "test_services"), code):
        return "V-03"
    return "K-05" if _is_in(book, exposure(book, "unlisted_services"), code) else "K-04"


def _repeats(lines: list[Row], book: RuleBook) -> list[Hit]:
    """A line that says what an earlier one says, on the same claim, another, or another bill of the stay."""
    alike = ("kind", "provider", "service", "days", "modifiers", "units")
    same = ("line_description", "charge_cents", "paid_cents")
    hits = []
    for n, later in enumerate(lines):
        if not later["counted"] or not later["line"]["in_scope"] or _has(book, later, "repeat"):
            continue
        earlier = [
            one
            for one in lines[:n]
            if one["counted"]
            and all(one[name] == later[name] for name in alike)
            and all(one["line"][name] == later["line"][name] for name in same)
        ]
        if earlier:
            interim = any(
                one["line"]["claim_id"] != later["line"]["claim_id"]
                and {book.roles.get(frequency(each["line"]), "original") for each in (one, later)} != {"original"}
                for one in earlier
            )
            here = all(one["line"]["claim_id"] == later["line"]["claim_id"] for one in earlier)
            hours = billed_hours(later, book)
            room = (
                here
                and hours is not None
                and round((len(earlier) + 1) * hours, 3) <= book.coding["services"]["limits"]["hours_a_day"]["value"]
            )
            hits += [("K-16" if interim else "K-15", later["place"], day, earlier[0]["place"], room) for day in later["days"]]
    return hits


def _twice(lines: list[Row], book: RuleBook) -> list[Hit]:
    """iNO under more than one code of one biller on one day: all but the code of the largest amount that day."""
    repeated = {hit[1] for hit in _repeats(lines, book) if not hit[-1]}
    billed: dict[Any, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for line in lines:
        sure = line["line"]["attribution"] in ("confirmed", "probable")
        if line["counted"] and sure and not line["line"]["not_separately_paid"]:
            channel = "ventilator" if _is_in(book, "ventilator_services", line["code"]) else line["service"]
            for day in line["days"]:
                billed[line["kind"], line["provider"], day][channel].append(line)
    hits = []
    for (_, _, day), channels in billed.items():
        largest = min(channels, key=lambda name: (-_amount(channels[name], repeated), channels[name][0]["place"]))
        for channel, group in channels.items():
            for line in group if channel != largest else []:
                hits += [("K-08", line["place"], day, one["place"], line["scattered"] or one["scattered"]) for one in channels[largest]]
    return hits


def _amount(group: list[Row], repeated: set[int]) -> int:
    return sum(line["line"]["counted_cents"] // len(line["days"]) for line in group if line["place"] not in repeated)


def _two_practitioners(lines: list[Row], book: RuleBook) -> list[Hit]:
    """Ventilator days of two practitioners on one day at one place, the later of them."""
    vents = [one for one in lines if one["counted"] and one["kind"] == "professional" and _is_in(book, "ventilator_services", one["code"])]
    hits = set()
    for n, later in enumerate(vents):
        for earlier in vents[:n]:
            npis = {one["line"]["rendering_npi"] for one in (later, earlier)}
            places = {one["line"]["facility_npi"] for one in (later, earlier)} - {None}
            lifted = any(_has(book, one, "other_practitioner") for one in (later, earlier))
            if len(npis - {None}) > 1 and len(places) < 2 and not lifted:
                hits |= {("K-17", later["place"], day, None, False) for day in set(later["days"]) & set(earlier["days"])}
    return sorted(hits)


def _own_words(lines: list[Row], book: RuleBook) -> list[Hit]:
    """The gas under the unlisted code; modifiers and places that a service does not take."""
    services = book.coding["services"]
    hits = []
    for line in lines:
        if not line["counted"] or not line["code"]:
            continue
        names = []
        words = line["line"]["line_description"]
        unlisted = _is_in(book, exposure(book, "unlisted_services"), line["code"])
        if unlisted and line["line"]["kinds"] and says(book, "gas_supply_text", words):
            names.append("K-07")
        for rule in services["refused_modifiers"]:
            if _is_in(book, rule["value_set"], line["code"]) and set(rule["modifiers"]) & set(line["modifiers"]):
                names.append("K-14" if rule["value_set"] == "ventilator_services" else "V-05")
        for rule in services["settings"]:
            given = (
                line["line"]["place_of_service_code"]
                if line["kind"] == "professional"
                else (line["line"]["bill_type_code"] or "").lstrip("0")[:2]
            )
            allowed = rule["places"] if line["kind"] == "professional" else rule["bill_types"]
            if _is_in(book, rule["value_set"], line["code"]) and line["kind"] and given and given not in allowed:
                names.append("K-13")
        hits += [(name, line["place"], day, None, False) for name in names for day in line["days"]]
    return hits


def _first_days(lines: list[Row], stays: list[Row], book: RuleBook) -> list[Hit]:
    """The first ventilator day billed again in one stay by one biller. (No chart of these tests has ventilation.)"""
    hits = []
    for stay in stays:
        begun: dict[Any, date] = {}
        days = sorted({day for line in lines for day in line["days"] if touches(stay, day, day)})
        for day in days:
            for line in lines:
                first = _is_in(book, "ventilator_services", line["code"], "first_day")
                given = day == line["days"][0] if line["scattered"] else day in line["days"]
                if line["counted"] and first and given:
                    key = (line["kind"], line["provider"])
                    if begun.setdefault(key, day) != day and ("K-09", day, key) not in begun:
                        hits.append(("K-09", line["place"], day, None, False))
                        begun["K-09", day, key] = day
    return hits
