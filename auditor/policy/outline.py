"""Prints a policy as an outline in plain words: a tree in the terminal, nested lists in Markdown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rich.text import Text
from rich.tree import Tree

from auditor.policy.install import is_switched_on
from auditor.policy.model import Criterion, LineOfBusiness, Policy, RuleBook
from auditor.policy.wording import (
    WORKED_OUT,
    list_words,
    say_condition,
    say_consequence,
    say_evidence,
    say_hours,
    say_reading,
)
from auditor.policy.words import Fact

GROUPS = {"all_of": "all of these", "any_of": "any one of these"}
ROUTES = {
    "criteria": "decided by the criteria below",
    "case_review": "reviewed case by case",
    "elsewhere": "decided by other rules",
}
SILENCE = "Where the record is silent the answer is unknown, never not met."


@dataclass(frozen=True)
class Entry:
    """One line of the outline, with the lines below it. ``number`` is a paragraph, or empty."""

    number: str
    text: str
    below: tuple[Entry, ...] = ()


def outline(book: RuleBook, policy: Policy) -> Tree:
    """The outline as a tree for the terminal."""
    top = outline_entry(book, policy)
    tree = Tree(Text(top.text, style="bold"))
    _grow(tree, top)
    return tree


def _grow(tree: Tree, entry: Entry) -> None:
    for each in entry.below:
        line = Text.assemble((f"{each.number}  " if each.number else "", "bold cyan"), each.text)
        _grow(tree.add(line), each)


def outline_text(book: RuleBook, policy: Policy) -> str:
    """The outline as Markdown: a heading a section, nested lists below."""
    top = outline_entry(book, policy)
    lines = [f"# {top.text}"]
    for section in top.below:
        lines += ["", f"## {section.text}", "", *(line for entry in section.below for line in _listed(entry, 0))]
    return "\n".join(lines) + "\n"


def _listed(entry: Entry, depth: int) -> Iterator[str]:
    number = f"**{entry.number}** " if entry.number else ""
    yield f"{'  ' * depth}- {number}{entry.text}"
    for each in entry.below:
        yield from _listed(each, depth + 1)


def outline_entry(book: RuleBook, policy: Policy) -> Entry:
    """The whole outline."""
    sections = (
        Entry("", "About", tuple(Entry("", text) for text in _about(policy))),
        Entry("", "Whose rules decide", tuple(_route(each) for each in policy.lines_of_business)),
        Entry("", "Criteria", tuple(_criterion(each, book, policy) for each in policy.criteria)),
        Entry("", "Experimental, investigational, unproven", _experimental(book, policy)),
        Entry("", f"What counts as shown. {SILENCE}", tuple(_facts(book, policy))),
        Entry("", "Readings: what the text leaves open", tuple(_readings(policy))),
        Entry("", "Left to people", tuple(_left_to_people(policy))),
    )
    title = f"{policy.title} ({policy.payer}), revision {policy.revision}"
    return Entry("", title, tuple(section for section in sections if section.below))


def _about(policy: Policy) -> Iterator[str]:
    if policy.notice:
        yield policy.notice
    yield f"Source: {policy.source}"
    until = f", until {policy.next_effective}" if policy.next_effective else ""
    yield f"In force for therapy that begins from {policy.effective} on{until}."
    if policy.review_by:
        yield f"To be reviewed by {policy.review_by}."


def _route(lob: LineOfBusiness) -> Entry:
    rules = f", {lob.rules}" if lob.rules else ""
    chosen = f" (reading {lob.reading})" if lob.reading else ""
    line = "" if lob.line == lob.paragraph.lower() else f"{lob.line} "
    return Entry(lob.paragraph, f"{line}in {list_words(lob.states)}: {ROUTES[lob.route]}{rules}{chosen}.")


def _experimental(book: RuleBook, policy: Policy) -> tuple[Entry, ...]:
    return tuple(_criterion(each, book, policy) for each in policy.experimental)


def _criterion(criterion: Criterion, book: RuleBook, policy: Policy) -> Entry:
    below = [Entry("", text) for text in _asked(criterion, book, policy)]
    below += [_criterion(member, book, policy) for member in criterion.members]
    below += [Entry("", say_consequence(each, book, policy)) for each in criterion.if_not_met]
    if criterion.overridden_by:
        named = list_words(criterion.overridden_by, "or")
        below.append(Entry("", f"Goes to the medical director instead where {named} is met."))
    group = f" Needed: {GROUPS[criterion.kind]}." if criterion.kind in GROUPS else ""
    return Entry(criterion.key, f"{criterion.statement}{group}", tuple(below))


def _asked(criterion: Criterion, book: RuleBook, policy: Policy) -> Iterator[str]:
    """When a criterion is asked, and what it asks itself."""
    if criterion.applies_when:
        yield f"Asked only where {say_condition(criterion.applies_when, book, policy)}."
    if criterion.same_as:
        yield f"The same as {criterion.same_as}."
    if criterion.condition:
        daily = " for each day" if criterion.kind == "each_day" else ""
        begins = f", from {say_hours(criterion.from_hour)} on," if criterion.from_hour is not None else ""
        yield f"Met{daily}{begins} where {say_condition(criterion.condition, book, policy)}."


def _facts(book: RuleBook, policy: Policy) -> Iterator[Entry]:
    """The facts that this policy asks, in the order of the concepts file."""
    asked = {condition.fact for _, condition in policy.conditions()} | set(policy.exposure.get("possible_facts", ()))
    for fact in book.concepts.facts.values():
        if fact.name in asked:
            yield Entry("", fact.label, tuple(Entry("", text) for text in _shown_by(fact, book, policy)))


def _shown_by(fact: Fact, book: RuleBook, policy: Policy) -> Iterator[str]:
    if fact.kind in WORKED_OUT:
        yield WORKED_OUT[fact.kind]
    for rule in fact.evidence:
        switched_off = "" if is_switched_on(rule, policy) else " Not counted under the present readings."
        yield say_evidence(rule, book, policy) + switched_off
    if fact.report:
        yield f"Reports of the same kind ({fact.report}) are read together."
    if fact.documents:
        yield f"Ask for: {list_words(fact.documents, 'or')}."
    if fact.without:
        yield f"Where the record says that this is absent, nothing asks for: {list_words(fact.without, 'or')}."


def _readings(policy: Policy) -> Iterator[Entry]:
    return (Entry(reading.question or "", say_reading(reading)) for reading in policy.readings.values())


def _left_to_people(policy: Policy) -> Iterator[Entry]:
    return (Entry(each.paragraph, f"{each.what} {each.why}") for each in policy.not_automated)
