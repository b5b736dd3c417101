"""Reads a page back as a reader would: its text, its tables by caption, its links and attributes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

VOID = {"meta", "rect", "br", "input", "link", "img"}
AMOUNT = re.compile(r"-?\$?[\d,]+\.\d\d")


@dataclass
class Table:
    """One table of a page: its caption, and its rows of cells, those of the foot apart."""

    caption: str = ""
    head: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    foot: list[str] = field(default_factory=list)

    def column(self, heading: str) -> list[str]:
        return [row[self.head.index(heading)] for row in self.rows]

    def total(self, heading: str) -> str:
        return self.foot[self.head.index(heading)]


class Page(HTMLParser):
    """A page taken apart. ``tables`` come with the id of the article around them, if any."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.tables: list[tuple[str, Table]] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self._path: list[str] = []
        self._article = ""
        self._cell: list[str] | None = None
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        named = dict(attributes)
        self.tags.append((tag, named))
        if tag not in VOID:
            self._path.append(tag)
        if tag == "article":
            self._article = named.get("id") or ""
        if tag == "table":
            self.tables.append((self._article, Table()))
        if tag in {"td", "th", "caption"}:
            self._cell = []

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        assert self._path[-1:] == [tag], f"{tag} closes {self._path[-3:]}"
        self._path.pop()
        if tag == "article":
            self._article = ""
        if tag in {"td", "th", "caption"} and self._cell is not None:
            self._keep(tag, " ".join("".join(self._cell).split()))
            self._cell = None

    def _keep(self, tag: str, text: str) -> None:
        table = self.tables[-1][1]
        if tag == "caption":
            table.caption = text
        elif "thead" in self._path:
            table.head.append(text)
        elif "tfoot" in self._path:
            table.foot.append(text)
        else:
            if tag == "th":
                table.rows.append([])
            table.rows[-1].append(text)

    def handle_data(self, data: str) -> None:
        if self._path and self._path[-1] not in {"style", "script"}:
            self.text.append(data)
        if self._cell is not None:
            self._cell.append(data)

    def table(self, caption: str, article: str = "") -> Table:
        return next(table for place, table in self.tables if table.caption == caption and place == article)


def cents(text: str) -> int:
    """The cents that an amount on a page says; a dash is none."""
    if text == "–":
        return 0
    found = AMOUNT.findall(text)
    assert len(found) == 1, text
    return int(re.sub(r"[$,.]", "", found[0]))
