"""On random small trees, the smallest sets are those that trying every document and every answer finds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import combinations, product

import numpy as np
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from auditor.outcomes import Outcome
from auditor.policy.conditions import OPERATORS
from auditor.policy.model import Condition, Consequence, Criterion, Policy
from auditor.settling import Answers, Question, Record, smallest_sets
from auditor.settling.answers import _values
from auditor.stages.criteria import Evaluation, LeafTable

DOCUMENTS = ("notes", "echo", "film", "log")
STATEMENTS = ("pphn", "chd", "cdh", "crisis")
NUMBER, LIMITS = "gestation", (2.0, 5.0)
VALUES: dict[str, tuple[str | float, ...]] = {
    **dict.fromkeys(STATEMENTS, ("absent", "present")),
    NUMBER: tuple(sorted(_values(LIMITS), key=float)),
}
SLOW = (HealthCheck.too_slow, HealthCheck.data_too_large)


@dataclass(frozen=True)
class Tree:
    """A tree, what the record says of each fact (a value, nothing, or records that conflict), and which documents tell of it."""

    root: Criterion
    known: dict[str, str | float | None]
    conflicting: frozenset[str]
    speakers: dict[str, tuple[str, ...]]


@st.composite
def conditions(draw: st.DrawFn) -> Condition:
    fact = draw(st.sampled_from((*STATEMENTS, *STATEMENTS, NUMBER)))
    if fact == NUMBER:
        return Condition(fact, draw(st.sampled_from(("<", ">="))), draw(st.sampled_from(LIMITS)))
    return Condition(fact, "is", draw(st.sampled_from(("present", "absent"))))


@st.composite
def criteria(draw: st.DrawFn, key: str = "A", depth: int = 3) -> Criterion:
    applies = draw(st.one_of(st.none(), st.none(), conditions()))
    if depth == 0 or draw(st.integers(0, 3)) == 0:
        then = draw(st.sampled_from((None, None, None, "truncate", "void_none")))
        consequences = (Consequence(None, then, 72.0 if then == "truncate" else None),) if then else ()
        return Criterion(key, "", "when", draw(conditions()), applies_when=applies, if_not_met=consequences)
    members = tuple(draw(criteria(f"{key}.{place}", depth - 1)) for place in range(draw(st.integers(1, 3))))
    return Criterion(key, "", draw(st.sampled_from(("all_of", "any_of"))), members=members, applies_when=applies)


@st.composite
def trees(draw: st.DrawFn) -> Tree:
    known: dict[str, str | float | None] = {}
    for name, values in VALUES.items():
        known[name] = draw(st.one_of(st.none(), st.none(), st.none(), st.sampled_from(values)))
    conflicting = draw(st.frozensets(st.sampled_from(tuple(VALUES)), max_size=1))
    speakers = {name: tuple(draw(st.lists(st.sampled_from(DOCUMENTS), max_size=3, unique=True))) for name in VALUES}
    return Tree(draw(criteria()), known, conflicting, speakers)


def policy_of(root: Criterion) -> Policy:
    return Policy("p", "t", "x", "1", date(2020, 1, 1), None, "s", "l", {}, {}, (), {}, (root,), (), (), "p.yaml")


def outcome(condition: Condition, value: str | float | None) -> Outcome:
    if value is None:
        return Outcome.UNKNOWN
    return Outcome.MET if OPERATORS[condition.operator](value, condition.value) else Outcome.NOT_MET


def evaluated(tree: Tree, answers: list[dict[str, str | float | None]], early: bool) -> dict[str, np.ndarray]:
    """Outcomes of every paragraph, one a set of answers, by the program's own evaluation."""
    policy = policy_of(tree.root)
    leaves = {
        name: np.array(
            [outcome(condition, None if condition.fact in tree.conflicting else each[condition.fact]) for each in answers], np.int8
        )
        for name, condition in policy.conditions()
    }
    none = {name: np.zeros(len(answers), np.int8) for name in leaves}
    results = Evaluation(policy, LeafTable(leaves, none, len(answers)), early).run()
    return {key: result.outcome for key, result in results.items()}


def is_open(tree: Tree, fact: str) -> bool:
    return tree.known[fact] is None and fact not in tree.conflicting


def tried(tree: Tree, early: bool) -> frozenset[frozenset[str]]:
    """Smallest sets with which some answers have the tree met, by trying all of them."""
    options = [[None, *VALUES[name]] if is_open(tree, name) else [tree.known[name]] for name in VALUES]
    answers = [dict(zip(VALUES, each, strict=True)) for each in product(*options)]
    met = evaluated(tree, answers, early)[tree.root.key] == Outcome.MET
    asked = {
        frozenset(name for name in VALUES if is_open(tree, name) and answers[place][name] is not None) for place in np.flatnonzero(met)
    }
    for size in range(len(DOCUMENTS) + 1):
        fitting = frozenset(
            each for each in map(frozenset, combinations(DOCUMENTS, size)) if any(_tell(tree, each, facts) for facts in asked)
        )
        if fitting:
            return fitting
    return frozenset()


def _tell(tree: Tree, documents: frozenset[str], facts: frozenset[str]) -> bool:
    return all(documents & set(tree.speakers[fact]) for fact in facts)


def worked_out(tree: Tree, early: bool) -> frozenset[frozenset[str]]:
    policy = policy_of(tree.root)
    now = evaluated(tree, [tree.known], early=False)
    asked = dict(policy.conditions())
    record = Record(
        conditions={n: outcome(c, None if c.fact in tree.conflicting else tree.known[c.fact]) for n, c in asked.items()},
        paragraphs={key: Outcome(int(values[0])) for key, values in now.items()},
        speakers={n: tree.speakers[c.fact] if is_open(tree, c.fact) else () for n, c in asked.items()},
    )
    kinds = dict.fromkeys(STATEMENTS, "statement") | {NUMBER: "range"}
    answers = Answers(kinds, {name: frozenset(values) for name, values in VALUES.items()})
    return smallest_sets(Question(policy, answers, record).met(tree.root, early))


@settings(max_examples=400, deadline=None, suppress_health_check=SLOW)
@given(tree=trees(), early=st.booleans())
def test_the_smallest_sets_are_those_that_trying_everything_finds(tree: Tree, early: bool) -> None:
    found = worked_out(tree, early)
    event(f"documents: {min(map(len, found)) if found else 'none can'}")
    assert found == tried(tree, early)


def test_a_fact_asked_both_ways_cannot_be_answered_both_ways() -> None:
    present, absent = (Criterion(f"A.{word}", "", "when", Condition("chd", "is", word)) for word in ("present", "absent"))
    root = Criterion("A", "", "all_of", members=(present, absent))
    tree = Tree(root, dict.fromkeys(VALUES), frozenset(), dict.fromkeys(VALUES, ("echo",)))
    assert worked_out(tree, early=False) == frozenset() == tried(tree, early=False)


def sets_of(words: str) -> Iterator[frozenset[str]]:
    return (frozenset(each.split()) for each in words.split(","))


def test_one_document_that_answers_two_paragraphs_is_enough() -> None:
    leaves = tuple(Criterion(f"A.{fact}", "", "when", Condition(fact, "is", "present")) for fact in ("pphn", "chd"))
    both = Criterion("A", "", "all_of", members=leaves)
    speakers = {**dict.fromkeys(VALUES, ()), "pphn": ("notes", "echo"), "chd": ("echo", "film")}
    known: dict[str, str | float | None] = dict.fromkeys(VALUES)
    assert worked_out(Tree(both, known, frozenset(), speakers), early=False) == set(sets_of("echo"))
    either = Criterion("A", "", "any_of", members=leaves)
    assert worked_out(Tree(either, known, frozenset(), speakers), early=False) == set(sets_of("notes,echo,film"))


def test_what_is_not_answered_contradicts_nothing() -> None:
    """Asked only if absent, under a group asked only if present: unknown excuses neither, and a void failure is met all the same."""
    present, absent = (Condition("pphn", "is", word) for word in ("present", "absent"))
    leaf = Criterion("A.0", "", "when", present, applies_when=absent, if_not_met=(Consequence(None, "void_none"),))
    root = Criterion("A", "", "all_of", members=(leaf,), applies_when=present)
    tree = Tree(root, dict.fromkeys(VALUES), frozenset(), dict.fromkeys(VALUES, ()))
    assert worked_out(tree, early=False) == {frozenset()} == tried(tree, early=False)
