"""Which documents would settle a course, by trying every set of them, the smallest first (semantics, section 9a)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, combinations, product
from typing import Any

from tests.reference.criteria import COMPARE, Asker
from tests.reference.oxygen import oxygen_need
from tests.reference.rules import RuleBook
from tests.reference.times import number_of

Row = dict[str, Any]
Answers = dict[str, Any]
DAYS_A_YEAR = 365.25


class Supposing(Asker):
    """Asks as another does, and supposes answers to what is open: unknown, and not for records that conflict."""

    def __init__(self, asker: Asker, answers: Answers) -> None:
        self.__dict__ |= asker.__dict__
        self.asker, self.answers = asker, answers
        self.known: dict[str, tuple[str, str | None]] = getattr(asker, "known", {})

    def condition(self, text: str) -> tuple[str, str | None]:
        """As the record says; where that is open, as the answer does."""
        if text not in self.known:
            self.known[text] = self.asker.condition(text)
        outcome, reason = self.known[text]
        fact, sign, written = text.split(" ", 2)
        if outcome != "unknown" or reason == "conflicting" or fact not in self.answers:
            return outcome, reason
        if sign == "is":
            return ("met" if self.answers[fact] == written else "not met"), None
        return ("met" if COMPARE[sign](self.answers[fact], number_of(written, self.book.readings)) else "not met"), None


def documents_to_ask_for(course: Row, member: Row, asker: Asker) -> list[str]:
    """The documents of the smallest set that would settle the course; none where it waits for none, or where none can."""
    book = asker.book
    gas = book.facts[_fact(_node(book, book.policy["roles"]["duration"])["when"])]["documents"]
    if course["determination"] == "ino_not_shown":
        return gas[:1]
    held = course["in_doubt"] or course["outline"][book.policy["roles"]["initiation"]]["perhaps"]
    if course["determination"] != "insufficient_documentation" or held:
        return []
    return _Settling(course, member, asker, gas).smallest()


class _Settling:
    """One course that waits for records, and what it waits for."""

    def __init__(self, course: Row, member: Row, asker: Asker, gas: list[str]) -> None:
        self.course, self.member, self.book, self.gas = course, member, asker.book, gas
        self.asker = Supposing(asker, {})
        self.texts = [text for _, text in _conditions(self.book) if _fact(text) in self.book.facts and _is_asked_once(text, self.book)]
        roles = self.book.policy["roles"]
        self.start, self.duration = roles["initiation"], roles["duration"]
        self.late, self.early = course["outline"], course["within"]
        waiting = [day for day in course["judged"] if day["verdict"] == "records_needed"]
        bare = [day for day in waiting if day["cause"] == "no therapy day"]
        self.needs_gas = course["basis"] == "marker" or bool(bare)
        self.needs_oxygen = any(self._asks_oxygen(day) for day in waiting)
        self.needs_start = self.early[self.start]["outcome"] == "unknown" and any(
            day in bare or day["initiation"] == "unknown" or self.late[self.start]["outcome"] == "unknown" for day in waiting
        )
        open_ones = [key for key in roles["pathways"] if "unknown" in (self.late[key]["outcome"], self.early[key]["outcome"])]
        signed = [key for key in roles["pathways"] if any(s.startswith(f"{key}.") and self._is(s, "met") for s in roles["signs"])]
        both = [key for key in open_ones if key in signed]
        self.asked_for = both or (open_ones if signed or len(open_ones) < 2 else open_ones[:1])
        self.nowhere = {name for fact in self.book.facts if self._is_absent(fact) for name in self.book.facts[fact].get("without", [])}
        self.speakers = {text: self._speakers(text) for text in self.texts}

    def smallest(self) -> list[str]:
        """The set to ask for, in the order of the facts' documents."""
        order = list(dict.fromkeys(chain.from_iterable(fact.get("documents", []) for fact in self.book.facts.values())))
        offered = [document for document in order if self._answered((document,))]  # what answers nothing open settles nothing
        if not self._settles(frozenset(offered)):
            return []
        for size in range(1, len(offered) + 1):
            fitting = [each for each in combinations(offered, size) if self._settles(frozenset(each))]
            if fitting:
                return list(max(fitting, key=lambda each: (len(self._answered(each)), [-order.index(name) for name in each])))
        return []

    def _settles(self, documents: frozenset[str]) -> bool:
        """Whether some answers of these documents leave nothing that waits for records."""
        if self.needs_gas and not documents & set(self.gas):
            return False
        oxygen = [fact for fact in self.book.facts.values() if fact.get("kind") == "daily_oxygen"]
        if self.needs_oxygen and not documents & {name for fact in oxygen for name in fact["documents"]}:
            return False
        limit = _node(self.book, self.duration)["when"]
        if self._is(self.duration, "unknown") and not documents & set(self.speakers[limit]):
            return False
        return any(self._starts(answers) for answers in self._answers(documents))

    def _starts(self, answers: Answers) -> bool:
        """Whether starting is decided with these answers, as it is and, where a day waits for it, before a time limit."""
        asked = [(False, self._is(self.start, "unknown")), (True, self.needs_start)]
        supposing = Supposing(self.asker, answers)
        return all(self._is_met(supposing, within) for within, needed in asked if needed)

    def _is_met(self, supposing: Asker, within: bool) -> bool:
        outline = supposing.outline(within_limit=within)
        now = (self.early if within else self.late)[self.start]["outcome"]
        return now == "met" or any(outline[key]["outcome"] == "met" for key in self.asked_for)

    def _answers(self, documents: frozenset[str]) -> Iterator[Answers]:
        """What these documents may say together: statements as the criteria ask them, numbers on either side of each limit."""
        texts = [text for text, speakers in self.speakers.items() if documents & set(speakers)]
        said: Answers = {}
        for text in texts:
            fact, sign, written = text.split(" ", 2)
            if sign == "is":
                said.setdefault(fact, written)
        facts = {_fact(text) for text in texts if _fact(text) not in said}
        ages = {fact for fact in facts if str(self.book.facts[fact].get("kind")).startswith("age")}
        numbers = [[(fact, value) for value in self._beside([fact], 1)] for fact in sorted(facts - ages)]
        days = [("age", value) for value in self._beside(sorted(ages), DAYS_A_YEAR)] if ages else [("age", None)]
        tried: set[tuple[bool | None, ...]] = set()
        for chosen in product(days, *numbers):
            answers = said | dict(chosen)
            age = answers.pop("age")
            for fact in ages:
                answers[fact] = age / (DAYS_A_YEAR if self.book.facts[fact]["kind"] == "age_years" else 1)
            sides = tuple(self._side(text, answers) for text in self.texts)
            if sides not in tried and self._fits_the_record(answers):
                yield answers
            tried.add(sides)

    def _beside(self, facts: list[str], year: float) -> list[float]:
        found = set()
        for text in self.texts:
            if _fact(text) in facts and " is " not in text:
                limit = number_of(text.split(" ", 2)[2], self.book.readings)
                limit *= year if self.book.facts[_fact(text)]["kind"] == "age_years" else 1
                found |= {limit - 1, limit, limit + 1}
        return sorted(found)

    def _fits_the_record(self, answers: Answers) -> bool:
        """Whether no answer gainsays what the record has decided of the same number."""
        return all(
            self._side(text, answers) in (None, outcome == "met")
            for text in self.texts
            if " is " not in text and (outcome := self.asker.condition(text)[0]) != "unknown"
        )

    def _side(self, text: str, answers: Answers) -> bool | None:
        """Whether the answers meet a condition; None where they do not speak of it."""
        fact, sign, written = text.split(" ", 2)
        if fact not in answers:
            return None
        return answers[fact] == written if sign == "is" else COMPARE[sign](answers[fact], number_of(written, self.book.readings))

    def _answered(self, documents: tuple[str, ...]) -> set[str]:
        """Open paragraphs that these documents could answer."""
        found = set()
        for outline in (self.late, *([self.early] if self.needs_start else [])):
            for key, node in _unsettled(self.book.policy["criteria"], outline, self.book, self.asked_for):
                texts = [node[name] for name in ("when", "applies_when") if name in node]
                if any(set(documents) & set(self.speakers.get(text, ())) for text in texts):
                    found.add(key)
        limit = _node(self.book, self.duration)["when"]
        if (self._is(self.duration, "unknown") and set(documents) & set(self.speakers[limit])) or (
            self.needs_gas and set(documents) & set(self.gas)
        ):
            found.add(self.duration)
        for fact in self.book.facts.values():
            if fact.get("kind") == "daily_oxygen" and self.needs_oxygen and set(documents) & set(fact["documents"]):
                found.add("each day")
        return found

    def _speakers(self, text: str) -> list[str]:
        """Documents that could answer a condition; of an age, only those that tell of the end that is not known to the day."""
        outcome, reason = self.asker.condition(text)
        if _fact(text) in self.book.readings or outcome != "unknown" or reason == "conflicting":
            return []
        fact = self.book.facts[_fact(text)]
        if not str(fact.get("kind")).startswith("age"):
            return [name for name in fact.get("documents", []) if name not in self.nowhere]
        begun = self.course["start"]["day"] == self.course["start"]["last_day"]
        born = any(row["birth_date_day"] and row["birth_date_last_day"] in (row["birth_date_day"], None) for row in self.member["births"])
        return [name for name in fact["documents"] if not (begun if name in self.gas else born)]

    def _is_absent(self, fact: str) -> bool:
        """Whether a condition of the policy finds the fact documented as absent."""
        found = {text: self.asker.condition(text)[0] for text in self.texts if _fact(text) == fact}
        return found.get(f"{fact} is present") == "not met" or found.get(f"{fact} is absent") == "met"

    def _is(self, key: str, outcome: str) -> bool:
        return bool(self.late[key]["outcome"] == outcome)

    def _asks_oxygen(self, day: Row) -> bool:
        """Whether oxygen is asked and unknown that day, once undocumented days are counted as days on iNO."""
        if day["is_therapy_day"] is False and day["cause"] != "no therapy day":
            return False
        on_gas = [each["day"] for each in self.course["judged"] if each["is_therapy_day"] or each["cause"] == "no therapy day"]
        counted = {**self.course, "days": sorted(on_gas)}
        return bool(oxygen_need(day["day"], counted, self.member["oxygen"], self.book)["outcome"] == "unknown")


def is_alone_in_the_way(row: Row, course: Row, asker: Asker) -> bool:
    """Whether the course would be supported were this leaf met, or this exclusion not there, and is not as it is."""
    book, key = asker.book, row["key"]
    if key in book.policy["experimental"]:
        return row["outcome"] == "met" and _is_supported(course["outline"], {key}, book)
    node = _node(book, key)
    fact = _fact(node.get("when") or node.get("each_day") or "")
    if not fact or key.split(".")[0] in {root.split(".")[0] for root in book.policy["experimental"]}:
        return False
    if row["outcome"] not in ("not met", "unknown") or _is_supported(course["outline"], set(), book):
        return False
    same = {root for root, each in book.policy["experimental"].items() if fact in {_fact(text) for _, text in _of_node(root, each)}}
    granting = Supposing(asker, {})
    granting.granted = key
    return _is_supported(granting.outline(), same, book)


def _is_supported(outline: Row, without: set[str], book: RuleBook) -> bool:
    excluded = any(outline[root]["outcome"] == "met" for root in book.policy["experimental"] if root not in without)
    return outline[book.policy["roles"]["continuation"]]["outcome"] == "met" and not excluded


def _unsettled(nodes: Row, outline: Row, book: RuleBook, asked_for: list[str]) -> Iterator[tuple[str, Row]]:
    """Unknown paragraphs of initiation under unknown ones, pathways that are not asked for left out."""
    pathways, start = book.policy["roles"]["pathways"], book.policy["roles"]["initiation"]
    for key, node in nodes.items():
        is_other = key in pathways and key not in asked_for
        if outline[key]["outcome"] != "unknown" or is_other or not (key == start or key.startswith(f"{start}.")):
            continue
        yield key, node
        for group in ("all_of", "any_of"):
            yield from _unsettled(node.get(group, {}), outline, book, asked_for)


def _conditions(book: RuleBook) -> list[tuple[str, str]]:
    trees = (book.policy["criteria"], book.policy["experimental"])
    return [pair for tree in trees for key, node in tree.items() for pair in _of_node(key, node)]


def _of_node(key: str, node: Row) -> Iterator[tuple[str, str]]:
    for text in (
        node.get("when"),
        node.get("each_day"),
        node.get("applies_when"),
        *(each.get("when") for each in node.get("if_not_met", [])),
    ):
        if text:
            yield key, text
    for group in ("all_of", "any_of"):
        for child, each in node.get(group, {}).items():
            yield from _of_node(child, each)


def _is_asked_once(text: str, book: RuleBook) -> bool:
    return book.facts[_fact(text)].get("kind") != "daily_oxygen"


def _node(book: RuleBook, key: str) -> Row:
    def look(nodes: Row) -> Row | None:
        for name, node in nodes.items():
            found = node if name == key else look({**node.get("all_of", {}), **node.get("any_of", {})})
            if found is not None:
                return found
        return None

    return look(book.policy["criteria"]) or look(book.policy["experimental"]) or {}


def _fact(text: str) -> str:
    return text.split(" ", 1)[0]
