"""The outcome and reason of every paragraph for one course (semantics, section 6).

A result is a dict: key, outcome (not met, unknown, met, not applicable), reason, referred (a group's too), perhaps (referred, if
what the record leaves open were known), truncates.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from tests.reference.ages import number_fact
from tests.reference.evidence import gather, settle
from tests.reference.rules import RuleBook
from tests.reference.times import number_of

Row = dict[str, Any]
RANK = {"not met": 0, "unknown": 1, "met": 2}
COMPARE: dict[str, Callable[[float, float], bool]] = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
NUMBER_KINDS = ("age_days", "age_years", "exposure_days", "span_days")


class Asker:
    """Asks the policy's paragraphs of one course; ``daily`` is the outcome and reason of the daily paragraph."""

    def __init__(self, course: Row, member: Row, book: RuleBook, daily: tuple[str, str | None]) -> None:
        self.course, self.member, self.book, self.daily = course, member, book, daily
        self.rows: dict[str, list[Row]] = {}
        self.granted: str | None = None  # a leaf that is counted as met, whatever the record says
        self.bound = _find_bound(book.policy["criteria"], book)

    def outline(self, *, within_limit: bool = False) -> dict[str, Row]:
        """Every paragraph's result by key, in outline order; ``within_limit`` counts truncating leaves as met."""
        results: dict[str, Row] = {}
        for tree in (self.book.policy["criteria"], self.book.policy["experimental"]):
            for key, node in tree.items():
                self._ask(key, node, results, within_limit)
        return results

    def not_asked(self) -> dict[str, Row]:
        """Every paragraph as not applicable."""
        return {key: _blank(key) for key in self.outline()}

    def _ask(self, key: str, node: Row, results: dict[str, Row], within_limit: bool) -> Row:
        result = _blank(key)
        results[key] = result
        children = [
            self._ask(child, each, results, within_limit) for group in ("all_of", "any_of") for child, each in node.get(group, {}).items()
        ]
        if "applies_when" in node and self.condition(node["applies_when"])[0] == "not met":
            for other in [result, *_below(node, results)]:
                other.update(outcome="not applicable", reason=None, referred=False, perhaps=False)
            return result
        if key == self.granted:
            result["outcome"] = "met"
        elif "same_as" in node:
            result.update({name: results[node["same_as"]][name] for name in ("outcome", "reason", "referred", "perhaps")})
        elif "each_day" in node:
            result["outcome"], result["reason"] = self.daily
        elif "when" in node:
            self._leaf(node, result, within_limit)
        else:
            children += [self._bound(each, within_limit) for path, each in self.bound if path == key]
            result.update(_group(children, any_of="any_of" in node))
        return result

    def _leaf(self, node: Row, result: Row, within_limit: bool) -> None:
        result["outcome"], result["reason"] = self.condition(node["when"])
        consequence = self._consequence(node, result["key"])
        result["truncates"] = consequence == "truncate"
        if consequence == "void_none" or (within_limit and result["truncates"]):
            result["outcome"], result["reason"] = "met", None
        failed = result["outcome"] == "not met"
        result["referred"] = failed and consequence == "medical_review"
        result["perhaps"] = failed and not result["referred"] and self._may_refer(node)

    def _bound(self, node: Row, within_limit: bool) -> Row:
        """The result of a truncating leaf of another pathway that binds this one too."""
        outcome, reason = ("met", None) if within_limit else self.condition(node["when"])
        return {"outcome": outcome, "reason": reason, "referred": False, "perhaps": False}

    def _consequence(self, node: Row, key: str) -> str | None:
        """What the first consequence whose condition is met says; None where there is none."""
        for consequence in node.get("if_not_met", []):
            if "when" in consequence and self.condition(consequence["when"])[0] != "met":
                continue
            paths = self.book.readings[consequence["binds"]] if "binds" in consequence else [key]
            if any(key == path or key.startswith(f"{path}.") for path in paths):
                return str(self.book.readings.get(consequence["then"], consequence["then"]))
        return None

    def _may_refer(self, node: Row) -> bool:
        """Whether a consequence that nobody knows to hold, before one that does, is medical review."""
        for consequence in node.get("if_not_met", []):
            outcome = self.condition(consequence["when"])[0] if "when" in consequence else "met"
            if outcome == "unknown" and self.book.readings.get(consequence["then"], consequence["then"]) == "medical_review":
                return True
            if outcome == "met":
                return False
        return False

    def condition(self, text: str) -> tuple[str, str | None]:
        """Outcome and reason of *fact operator value*."""
        name, sign, written = text.split(" ", 2)
        if name in self.book.readings:
            return ("met" if _written(self.book.readings[name]) == written else "not met"), None
        if self.course["in_doubt"]:
            return "unknown", "conflicting"
        if sign == "is":
            other = {"present": "absent", "absent": "present"}[written]
            sides = {written: "for", other: "against"}
            return settle(self.evidence(name), lambda row: sides.get(row["stance"]))
        limit = number_of(written, self.book.readings)
        kind = self.book.facts[name].get("kind")
        if kind not in NUMBER_KINDS:
            return settle(
                self.evidence(name), lambda row: _side(row["low"], row["high"], sign, limit) if row["stance"] == "range" else None
            )
        sides = {_side(*known, sign, limit) for known in number_fact(kind, self.course, self.book)}
        if not sides:
            return "unknown", self.course["ages"]["reason"] if kind.startswith("age") else "not documented"
        if {"for", "against"} <= sides:
            return "unknown", "conflicting"
        return ("met", None) if "for" in sides else (("not met", None) if "against" in sides else ("unknown", "imprecise"))

    def evidence(self, fact: str) -> list[Row]:
        """Evidence rows of a fact for this course."""
        if fact not in self.rows:
            self.rows[fact] = gather(fact, self.course, self.member, self.book)
        return self.rows[fact]


def _blank(key: str) -> Row:
    return {"key": key, "outcome": "not applicable", "reason": None, "truncates": False, "referred": False, "perhaps": False}


def _find_bound(nodes: Row, book: RuleBook) -> list[tuple[str, Row]]:
    """Pathways that a leaf outside them binds, with that leaf: the note on 72 hours, where a reading extends it."""
    found = []
    for key, node in nodes.items():
        for consequence in node.get("if_not_met", []):
            if book.readings.get(consequence["then"]) == "truncate" and "binds" in consequence:
                found += [(path, node) for path in book.readings[consequence["binds"]] if not key.startswith(f"{path}.")]
        for group in ("all_of", "any_of"):
            found += _find_bound(node.get(group, {}), book)
    return found


def _written(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _side(low: float, high: float, sign: str, limit: float) -> str:
    compare = COMPARE[sign]
    sides = {compare(low, limit), compare(high, limit)}
    return "either" if len(sides) == 2 else ("for" if True in sides else "against")


def _below(node: Row, results: dict[str, Row]) -> list[Row]:
    keys = [(child, each) for group in ("all_of", "any_of") for child, each in node.get(group, {}).items()]
    return [row for key, each in keys for row in [results[key], *_below(each, results)]]


def _group(members: list[Row], *, any_of: bool) -> Row:
    """Minimum or maximum of the members that apply; referred where every failure (of some pathway) is."""
    applying = [member for member in members if member["outcome"] != "not applicable"]
    if not applying:
        return {"outcome": "not applicable", "reason": None, "referred": False, "perhaps": False}
    choose = max if any_of else min
    outcome = choose((member["outcome"] for member in applying), key=RANK.__getitem__)
    like = [member for member in applying if member["outcome"] == outcome]
    several = any if any_of else all
    referred = outcome == "not met" and several(member["referred"] for member in like)
    perhaps = outcome == "not met" and several(member["referred"] or member["perhaps"] for member in like)
    return {"outcome": outcome, "reason": like[0]["reason"], "referred": referred, "perhaps": perhaps and not referred}
