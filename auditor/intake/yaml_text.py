"""YAML with every scalar left as text and no key twice, so that ``no``, ``0412`` and ``450.00`` stay what was typed."""

from __future__ import annotations

from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml

from auditor.errors import SettingsRefused


class _TextLoader(yaml.BaseLoader):
    """Refuses a key that is given twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in keys:
                line = key_node.start_mark.line + 1
                raise yaml.MarkedYAMLError(problem=f"line {line}: the key {key} is given twice; keep one")
            keys.add(key)
        return super().construct_mapping(node, deep)


def read_mapping(path: Path) -> dict[str, Any]:
    """The top mapping of a YAML file, scalars as text; SettingsRefused names the file and the line."""
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=_TextLoader)
    except yaml.MarkedYAMLError as mistake:
        where = f"line {mistake.problem_mark.line + 1}: " if mistake.problem_mark else ""
        raise SettingsRefused(f"{path.name}, {where}{mistake.problem}") from None
    except (yaml.YAMLError, UnicodeDecodeError):
        raise SettingsRefused(f"{path.name}: not YAML in UTF-8; save it as plain text") from None
    if not isinstance(content, dict):
        raise SettingsRefused(f"{path.name}: expected keys with values, such as `about: …`")
    return content
