"""What the plan says of requests and letters, read from configs/letters.yaml; a slot that is not filled stays empty."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path, PurePath

from auditor.letters.shapes import LettersShape
from auditor.mistakes import Mistake, did_you_mean, refuse
from auditor.places import configs_folder
from auditor.policy import RuleBook
from auditor.policy.check_shapes import shape_mistakes
from auditor.yaml_lines import Block, read_yaml

LETTERS_FILE = "letters.yaml"
NEARLY = 0.8


@dataclass(frozen=True)
class Wording:
    """The slots of one line of business; ``states`` is empty where they are for every state. None where the plan has not filled one."""

    line: str
    states: tuple[str, ...] = ()
    notice_wording: str | None = None
    appeal_rights: str | None = None
    appeal_days: int | None = None
    appeal_citation: str | None = None


@dataclass(frozen=True)
class ParagraphWords:
    """How a paragraph is said to somebody outside: the question that records are asked, and what is required; each may be None."""

    asks: str | None = None
    requires: str | None = None


@dataclass(frozen=True)
class LetterPlan:
    """How requests and letters are written. ``answer_within`` is a number of days, or the reading that holds it."""

    return_address: tuple[str, ...] = ()
    contact: str | None = None
    answer_within: int | str | None = None
    answer_citation: str | None = None
    documents: Mapping[str, str] = field(default_factory=dict)
    paragraphs: Mapping[str, ParagraphWords] = field(default_factory=dict)
    wording: tuple[Wording, ...] = ()

    def wording_of(self, line: str | None, state: str | None) -> Wording:
        """The slots for a line of business in a state: those that name the state, else those for every state, else empty ones."""
        fitting = [one for one in self.wording if one.line == line and (state in one.states or not one.states)]
        return max(fitting, key=lambda one: len(one.states) > 0, default=Wording(line or ""))


NO_PLAN = LetterPlan()


def letters_file(configs: Path, policy_file: str = "") -> tuple[str, Path]:
    """The file for a policy, and its name below the configs: of the guideline's own folder or of the configs, else the shipped one."""
    homes = PurePath(policy_file).parts[:-2], ()
    names = dict.fromkeys(PurePath(*home, LETTERS_FILE) for home in homes)
    return next((name.as_posix(), folder / name) for name in names for folder in (configs, configs_folder()) if (folder / name).exists())


def load_letters(configs: Path, book: RuleBook) -> LetterPlan:
    """The plan of a guideline's own folder or of the configs, else the shipped one; SettingsRefused names the line of every mistake."""
    name, path = letters_file(configs, book.policies[-1].file)
    block = read_yaml(path, name)
    mistakes = list(shape_mistakes(block, LettersShape)) or list(_mistakes(block, book))
    if mistakes:
        raise refuse(mistakes)
    shape = LettersShape.model_validate(block)
    return LetterPlan(
        return_address=tuple(shape.return_address or ()),
        contact=shape.contact,
        answer_within=shape.answer_within,
        answer_citation=shape.answer_citation,
        documents=dict(shape.documents),
        paragraphs={key: ParagraphWords(one.asks, one.requires) for key, one in shape.paragraphs.get(book.policies[-1].name, {}).items()},
        wording=tuple(
            Wording(one.line, tuple(one.states or ()), one.notice_wording, one.appeal_rights, one.appeal_days, one.appeal_citation)
            for one in shape.wording
        ),
    )


def _mistakes(block: Block, book: RuleBook) -> Iterator[Mistake]:
    known = {document for fact in book.concepts.facts.values() for document in fact.documents}
    documents = block.get("documents", Block(block.file, block.line))
    for name in documents:
        # another guideline names other documents, so only a name that is nearly one of them is a mistake
        if name not in known and get_close_matches(name, known, n=1, cutoff=NEARLY):
            yield documents.mistake(name, f"no fact names the document {name}.{did_you_mean(name, known)}")
    yield from _paragraph_mistakes(block.get("paragraphs", {}).get(book.policies[-1].name, {}), book)
    readings = set(book.policies[-1].readings)
    within = block["answer_within"]
    if isinstance(within, str) and within not in readings and get_close_matches(within, readings, n=1, cutoff=NEARLY):
        yield block.mistake("answer_within", f"the policy has no reading {within}.{did_you_mean(within, readings)}")
    yield from _wording_mistakes(block)


def _paragraph_mistakes(paragraphs: Block, book: RuleBook) -> Iterator[Mistake]:
    known = {criterion.key for policy in book.policies for criterion in policy.walk()}
    for key in paragraphs:
        if key not in known:
            yield paragraphs.mistake(key, f"the policy has no paragraph {key}.{did_you_mean(key, known)}")


def _wording_mistakes(block: Block) -> Iterator[Mistake]:
    taken: dict[tuple[str, str], int] = {}
    for one in block.get("wording", ()):
        if ("appeal_days" in one) is not ("appeal_citation" in one):
            yield one.mistake(None, "appeal_days and appeal_citation go together: a deadline is said with where it is written.")
        for state in one.get("states", ("every state",)):
            first = taken.setdefault((one["line"], state), one.line)
            if first != one.line:
                yield one.mistake("line", f"{one['line']} in {state} has its slots on line {first} already. Keep one of them.")
