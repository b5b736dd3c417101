"""Reads YAML as plain values that remember the file and line they were written on."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from auditor.mistakes import Mistake, refuse

# What becomes of a value that is neither a mapping nor a list; the text is what messages call the file.
Scalar = Callable[[yaml.Node, str], object]

LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)

# Only these plain words are anything but text: `no`, `on`, `0012` and `12:30` stay as they were written.
PLAIN: tuple[tuple[re.Pattern[str], Callable[[str], object]], ...] = (
    (re.compile(r"|~|null"), lambda word: None),
    (re.compile(r"true|false"), lambda word: word == "true"),
    (re.compile(r"[-+]?(0|[1-9][0-9]*)"), int),
    (re.compile(r"[-+]?[0-9]+\.[0-9]+([eE][-+]?[0-9]+)?"), float),
    (re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"), date.fromisoformat),
)

# What the reader of YAML complains of, and what whoever wrote the line would look for.
PLAINLY = {
    "found character that cannot start": "a tab stands where spaces belong, or a text begins with a mark such as @ and needs quotes",
    "mapping values are not allowed": "a colon too many (quote text that holds one), one missing in the line before, or an indent too deep",
    "did not find expected ','": "a comma is missing, or a bracket that was opened on this line or before it is not closed",
    "did not find expected key": "this line is indented otherwise than those beside it, or holds a quote or bracket too many",
    "did not find expected '-'": "a list ends here; begin this line with - or indent it as the key before the list",
    "could not find expected ':'": "a colon is missing after a key",
    "found unexpected end of stream": "a quote that was opened before is not closed",
}


class Block(dict[str, Any]):
    """A mapping; keys are the text that was written. ``lines`` holds the line of each key."""

    def __init__(self, file: str, line: int) -> None:
        super().__init__()
        self.file, self.line = file, line
        self.lines: dict[str, int] = {}

    def mistake(self, key: str | None, text: str) -> Mistake:
        """A mistake at the line of ``key``, or of the whole block."""
        return Mistake(self.file, self.lines.get(key or "", self.line), text)


class Items(list[Any]):
    """A list; ``lines`` holds the line of each item."""

    def __init__(self, file: str, line: int) -> None:
        super().__init__()
        self.file, self.line = file, line
        self.lines: list[int] = []


def read_yaml(path: Path, shown: str, typed: bool = True) -> Block:
    """The mapping a YAML file holds; ``shown`` is what messages call the file.

    Not ``typed``, every value stays the text that was written, as the cells of an extract do.
    """
    return parse_yaml(read_text(path, shown), shown, typed)


def read_text(path: Path, shown: str) -> str:
    """What a file of UTF-8 text holds."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise refuse([Mistake(shown, 0, f"cannot be read as UTF-8 text ({type(error).__name__}). Is it there?")]) from None


def read_text_yaml(path: Path) -> Block:
    """The mapping a YAML file holds, every value the text that was written; messages call the file by its base name."""
    return read_yaml(path, path.name, typed=False)


def parse_yaml(text: str, shown: str, typed: bool = True) -> Block:
    """The mapping that a YAML text holds."""
    node = _compose(text, shown)
    if not isinstance(node, yaml.MappingNode):
        raise refuse([Mistake(shown, 1, "the file should hold keys and values, such as `label: heart surgery`.")])
    unfit = list(_unfit_keys(node, shown))
    if unfit:
        raise refuse(unfit)
    return _block(node, shown, _typed if typed else _as_written)


def _compose(text: str, shown: str) -> yaml.Node | None:
    try:
        clever = list(_clever_parts(text, shown))
        if clever:
            raise refuse(clever)
        return yaml.compose(text, Loader=LOADER)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        said = next(
            (words for begins, words in PLAINLY.items() if str(error.problem).startswith(begins)), "mind indents, quotes and colons"
        )
        reason = f"this cannot be read as keys and values: {said}."
        raise refuse([Mistake(shown, line, reason)]) from None
    except yaml.YAMLError:
        raise refuse([Mistake(shown, 0, "holds a character that YAML does not allow. Save it as plain text.")]) from None


def _clever_parts(text: str, shown: str) -> Iterator[Mistake]:
    """Aliases and tags, which make a file say something other than what can be read on the line."""
    for event in yaml.parse(text, Loader=LOADER):
        tag = getattr(event, "tag", None)
        if isinstance(event, yaml.AliasEvent):
            yield Mistake(shown, _line(event), "write the value out instead of referring to it with *.")
        elif tag:
            typed = tag.replace("tag:yaml.org,2002:", "!!")
            yield Mistake(shown, _line(event), f"tags such as {typed} are not read. Leave it out.")


def read_value(text: str) -> object:
    """One value as a YAML file would give it: `72`, `true`, `[chart, claim]`, `truncate`."""
    return parse_yaml(f"value: {text}", "the value given")["value"]


def _line(part: yaml.Node | yaml.Event) -> int:
    return part.start_mark.line + 1 if part.start_mark else 0


def _unfit_keys(node: yaml.Node, shown: str) -> Iterator[Mistake]:
    """A key that is repeated, which would silently win over the first, or that is no word."""
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _unfit_keys(item, shown)
    if isinstance(node, yaml.MappingNode):
        first: dict[str, int] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                yield Mistake(shown, _line(key), "a key should be one word or number.")
                continue
            if key.value in first:
                yield Mistake(shown, _line(key), f"{key.value} was written on line {first[key.value]} already. Keep one of them.")
            first.setdefault(key.value, _line(key))
            yield from _unfit_keys(value, shown)


def _value(node: yaml.Node, shown: str, scalar: Scalar) -> object:
    if isinstance(node, yaml.MappingNode):
        return _block(node, shown, scalar)
    if isinstance(node, yaml.SequenceNode):
        return _items(node, shown, scalar)
    return scalar(node, shown)


def _block(node: yaml.MappingNode, shown: str, scalar: Scalar) -> Block:
    block = Block(shown, _line(node))
    for key, value in node.value:
        block[key.value] = _value(value, shown, scalar)
        block.lines[key.value] = _line(key)
    return block


def _items(node: yaml.SequenceNode, shown: str, scalar: Scalar) -> Items:
    items = Items(shown, _line(node))
    for item in node.value:
        items.append(_value(item, shown, scalar))
        items.lines.append(_line(item))
    return items


def _as_written(node: yaml.Node, shown: str) -> object:
    return str(node.value)


def _typed(node: yaml.Node, shown: str) -> object:
    word = str(node.value)
    if getattr(node, "style", None):  # quoted or folded: text, whatever it looks like
        return word
    try:
        return plain_value(word)
    except ValueError:
        raise refuse([Mistake(shown, _line(node), f"{word} is no day of the calendar.")]) from None


def plain_value(word: str) -> object:
    """What a word without quotes means; ValueError where it has the form of a date and is none."""
    for pattern, convert in PLAIN:
        if pattern.fullmatch(word):
            return convert(word)
    return word
