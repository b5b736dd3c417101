"""The fewest answers that settle a paragraph, against a plain walk over every possible record."""

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.outcomes import Outcome
from auditor.policy.model import Condition, Criterion
from auditor.workbench.cells import Cell, Region
from auditor.workbench.ways import Question, agree

FACTS = "abcd"
REGION = Region((Cell("age", "age", 0, 9), Cell("weight", "weight", 5, None)), {"age": ("age", "range"), "weight": ("weight", "range")})
SHOWN = st.builds(Condition, st.sampled_from(FACTS), st.just("is"), st.sampled_from(["present", "absent"]))
NUMBER = st.builds(Condition, st.sampled_from(["age", "weight"]), st.sampled_from(["<", ">="]), st.sampled_from([0, 5, 20]))
ASKED = st.none() | NUMBER


@st.composite
def trees(draw: st.DrawFn, depth: int = 3, key: str = "1") -> Criterion:
    """An outline of a few paragraphs, some of them asked of certain numbers only."""
    asked = draw(ASKED)
    if depth == 0 or draw(st.integers(0, 2)) == 0:
        return Criterion(key, "A question.", "when", condition=draw(SHOWN | NUMBER), applies_when=asked)
    members = tuple(draw(trees(depth - 1, f"{key}.{place}")) for place in range(draw(st.integers(1, 3))))
    return Criterion(key, "A group.", draw(st.sampled_from(["all_of", "any_of"])), members=members, applies_when=asked)


def asked_plainly(criterion: Criterion, record: dict[str, str]) -> bool | None:
    """What a paragraph comes to for a record that answers everything; None where it is not asked."""
    if criterion.applies_when and not holds(criterion.applies_when, record):
        return None
    if criterion.condition:
        return holds(criterion.condition, record)
    below = [answer for member in criterion.members if (answer := asked_plainly(member, record)) is not None]
    if not below:
        return None
    return all(below) if criterion.kind == "all_of" else any(below)


def holds(condition: Condition, record: dict[str, str]) -> bool:
    if condition.fact in record:
        return record[condition.fact] == condition.value
    number = {"age": 0, "weight": 5}[condition.fact]
    return number < condition.value if condition.operator == "<" else number >= condition.value


@settings(max_examples=300, deadline=None)
@given(trees())
def test_a_record_settles_a_paragraph_where_it_holds_one_of_the_ways_and_nowhere_else(tree: Criterion) -> None:
    question = Question({criterion.key: criterion for criterion in tree.walk()}, REGION)
    for words in product(["present", "absent"], repeat=len(FACTS)):
        record = dict(zip(FACTS, words, strict=True))
        answer = asked_plainly(tree, record)
        for outcome, expected in ((Outcome.MET, True), (Outcome.NOT_MET, False)):
            ways = question.ways(tree.key, outcome)
            assert (ways is None) == (answer is None)
            assert ways is None or any(way <= record.items() for way in ways) == (answer is expected)


@settings(max_examples=300, deadline=None)
@given(trees())
def test_a_record_that_is_silent_on_one_of_its_answers_does_not_settle_it(tree: Criterion) -> None:
    question = Question({criterion.key: criterion for criterion in tree.walk()}, REGION)
    for outcome in (Outcome.MET, Outcome.NOT_MET):
        for way in question.ways(tree.key, outcome) or ():
            assert agree(way)
            assert come_to(tree, dict(way)) is outcome
            for answer in way:
                assert come_to(tree, dict(way - {answer})) is not outcome


def come_to(criterion: Criterion, record: dict[str, str]) -> Outcome:
    """What a paragraph comes to for a record that may be silent."""
    if criterion.applies_when and not holds(criterion.applies_when, record):
        return Outcome.NOT_APPLICABLE
    if criterion.condition:
        if criterion.condition.fact in FACTS and criterion.condition.fact not in record:
            return Outcome.UNKNOWN
        return Outcome.MET if holds(criterion.condition, record) else Outcome.NOT_MET
    below = [answer for member in criterion.members if (answer := come_to(member, record)) is not Outcome.NOT_APPLICABLE]
    if not below:
        return Outcome.NOT_APPLICABLE
    return min(below) if criterion.kind == "all_of" else max(below)
