"""What stands on the sheets of worklist.xlsx: a row for each decision that a reviewer can take, and the lines behind coding edits."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from auditor.outcomes import ACTIONS, Action
from auditor.report.abreast import read_loose
from auditor.report.buckets import AT_RISK_HIGH, AT_RISK_LOW
from auditor.report.cases import Case, Casebook, Row, Rows
from auditor.report.drawer import Drawer
from auditor.report.findings import finding_name, rank
from auditor.report.grids import total
from auditor.report.phrases import counted, listed
from auditor.report.queues import CODING, QUEUES, Queue, leading_findings, next_words
from auditor.report.treatments import determination_of
from auditor.report.worklist import what_is_open
from auditor.review.columns import FILLED_IN, KEYS, UNTIL, WHEN, WHY
from auditor.shelf import Shelf

NOT_IN_SHEET_NAMES = str.maketrans("", "", "[]:*?/\\")
CODING_LINES = "Coding lines"
LINES_NAMED = 12
# What a coding line has of its claim line.
OF_LINES = ("claim_id", "claim_line_number", "hcpcs_code")


@dataclass(frozen=True)
class Field:
    """One column of a sheet: its heading, its width in characters, how it is typed, and its value in a row."""

    heading: str
    width: int
    kind: str
    value: Callable[[Row], Any]


@dataclass(frozen=True)
class SheetRows:
    """The rows of a sheet, each the values of its fields, in the order of ``places``: where in the drawer some rows lie, and how many."""

    drawer: Drawer
    places: Sequence[tuple[int, int]]

    def __len__(self) -> int:
        """How many rows."""
        return sum(rows for _, rows in self.places)

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        """The rows, brought from the drawer."""
        for place, _ in self.places:
            yield from self.drawer.get(place)


@dataclass(frozen=True)
class Sheet:
    """One sheet: its name, what it holds, its columns, its rows, and the episodes in brief that these are about.

    ``decided`` says whether a reviewer fills in its rows.
    """

    name: str
    meaning: str
    fields: tuple[Field, ...]
    rows: SheetRows
    episodes: Rows
    decided: bool = True


def dollars_of(cents: int | None) -> float | None:
    """Dollars as a spreadsheet keeps them; the nearest double to a whole number of cents prints as that number."""
    return None if cents is None else cents / 100


def _of(name: str) -> Callable[[Row], Any]:
    return lambda row: row[name]


def _word(row: Row) -> str:
    word = determination_of(row)
    return f"{word.symbol} {word.word}"


SUBJECT_FIELDS = (
    Field("Episode", 20, "link", _of("episode_id")),
    Field("Member", 17, "text", _of("member_id")),
    Field("Start", 11, "date", _of("start_day")),
    Field("Last day", 11, "date", _of("end_day")),
    Field("Therapy days", 9, "number", _of("therapy_days")),
    Field("Line of business", 12, "text", _of("line_of_business")),
    Field("State", 7, "text", _of("state")),
    Field("Facilities", 13, "wrapped", lambda row: listed(row["facilities"])),
    Field("Determination", 27, "determination", _word),
    Field("Grade", 7, "text", _of("severity")),
    Field("Finding", 10, "text", _of("finding")),
    Field("Paragraph", 16, "wrapped", _of("paragraph")),
    Field("What is open", 52, "wrapped", _of("open")),
    Field("Missing documents", 32, "wrapped", lambda row: listed(row["documents"])),
    Field("From", 11, "date", _of("first_day")),
    Field("To", 11, "date", _of("last_day")),
    Field("Claim lines", 20, "wrapped", _of("claim_lines")),
    Field("At risk, low", 13, "dollars", lambda row: dollars_of(row[AT_RISK_LOW])),
    Field("At risk, high", 13, "dollars", lambda row: dollars_of(row[AT_RISK_HIGH])),
    Field("Next action", 30, "wrapped", lambda row: row.get("next") or ACTIONS[Action(row["action"])]),
)
WIDTHS = {"Decision": 22, "Who": 18, WHEN: 12, WHY: 40, UNTIL: 12}
KINDS = {"Decision": "decision", WHEN: "blank date", UNTIL: "blank date", WHY: "blank wrapped"}
DECISION_FIELDS = tuple(Field(name, WIDTHS[name], KINDS.get(name, "blank"), lambda row: None) for name in FILLED_IN)
KEY_FIELDS = tuple(Field(name, 12, "key", _of(name)) for name in KEYS)
QUEUE_FIELDS = (*SUBJECT_FIELDS, *DECISION_FIELDS, *KEY_FIELDS)

LINE_FIELDS = (
    Field("Episode", 20, "link", _of("episode_id")),
    Field("Claim", 20, "text", _of("claim_id")),
    Field("Line", 7, "text", _of("claim_line_number")),
    Field("Service", 10, "text", _of("hcpcs_code")),
    Field("First day", 11, "date", _of("first_day")),
    Field("Last day", 11, "date", _of("last_day")),
    Field("Finding", 10, "text", finding_name),
    Field("Name", 34, "wrapped", _of("name")),
    Field("What it says", 48, "wrapped", _of("says")),
    Field("Grade", 7, "text", _of("severity")),
    Field("At risk, low", 13, "dollars", lambda row: dollars_of(row[AT_RISK_LOW])),
    Field("At risk, high", 13, "dollars", lambda row: dollars_of(row[AT_RISK_HIGH])),
    Field("CARC", 8, "text", _of("carc")),
    Field("RARC", 8, "text", _of("rarc")),
    Field("Rests on", 30, "wrapped", lambda row: listed(row["evidence"])),
)


class Sheets:
    """A sheet for each queue, and one with the lines behind coding edits, as cases are added; ``run`` is the run's fingerprint.

    Rows are put away as they come, and stand on the sheets in the order of the book.
    """

    def __init__(self, book: Casebook, run: str, drawer: Drawer) -> None:
        self._book, self._run, self._drawer = book, run, drawer
        self._queued: dict[Queue, list[tuple[int, int, int]]] = {queue: [] for queue in QUEUES}
        self._coded: list[tuple[int, int, int]] = []

    def add(self, case: Case, queues: Iterable[Queue]) -> None:
        """Adds one episode, which lies in these queues."""
        rank = self._book.ranks[case.episode_id]
        leading = leading_findings(case.episode, case.findings)
        for queue in queues:
            rows = [self._keyed(row) for row in _rows(case, [row for row in leading if row["action"] in queue.actions])]
            self._queued[queue].append((rank, *self._put(QUEUE_FIELDS, rows)))
            if queue is CODING:
                lines = {line["line_key"]: line for line in case.lines}
                self._coded.append((rank, *self._put(LINE_FIELDS, _coding_lines(case.findings, lines))))

    def finish(self, loose: Rows) -> Iterator[Sheet]:
        """The sheets; ``loose`` are the findings of no episode."""
        for queue in QUEUES:
            yield self._sheet(queue.name.translate(NOT_IN_SHEET_NAMES)[:31], queue.meaning, QUEUE_FIELDS, sorted(self._queued[queue]))
        lines = _lines_of(self._book.tables, {row["line_key"] for row in loose if row["action"] in CODING.actions})
        last = (len(self._book.episodes), *self._put(LINE_FIELDS, _coding_lines(loose, lines)))
        meaning = "each claim line that a coding edit speaks of, also of no episode; decide on the sheet Coding ready"
        yield replace(self._sheet(CODING_LINES, meaning, LINE_FIELDS, [*sorted(self._coded), last]), decided=False)

    def _keyed(self, row: Row) -> Row:
        return row | dict(zip(KEYS, (self._run, *row["key"]), strict=True))

    def _put(self, fields: Iterable[Field], rows: Iterable[Row]) -> tuple[int, int]:
        """Puts the values of some rows away: where, and how many rows."""
        values = [tuple(field.value(row) for field in fields) for row in rows]
        return self._drawer.put(values), len(values)

    def _sheet(self, name: str, meaning: str, fields: tuple[Field, ...], placed: Sequence[tuple[int, int, int]]) -> Sheet:
        places = tuple((place, rows) for _, place, rows in placed)
        held = tuple(self._book.episodes[rank] for rank, _, rows in placed if rows and rank < len(self._book.episodes))
        return Sheet(name, meaning, fields, SheetRows(self._drawer, places), held)


def _rows(case: Case, mine: list[Row]) -> Iterator[Row]:
    """A row for each finding that brings the episode into the queue, else one for the episode."""
    episode = case.episode
    groups: dict[tuple[str, str], list[Row]] = {}
    for finding in sorted(mine, key=rank):
        groups.setdefault((finding["finding_id"], finding["paragraph"]), []).append(finding)
    if groups:
        named = {line["line_key"]: line for line in case.lines}
        yield from (_finding_row(episode, key, group, named) for key, group in groups.items())
        return
    blank = dict.fromkeys(("severity", "finding", "paragraph", "first_day", "last_day", "claim_lines"))
    yield (
        episode
        | blank
        | {
            "open": what_is_open(episode, case.findings),
            "action": episode["next_action"],
            "next": next_words(episode),
            "key": (episode["episode_id"], None, None),
        }
    )


def _finding_row(episode: Row, key: tuple[str, str], group: list[Row], lines: Mapping[int | None, Row]) -> Row:
    face = group[0]
    days = [row["first_day"] for row in group if row["first_day"]], [row["last_day"] for row in group if row["last_day"]]
    return episode | {
        "severity": face["severity"],
        "finding": finding_name(face),
        "paragraph": face["paragraph"],
        "open": f"{face['name']}: {face['says']}",
        "first_day": min(days[0], default=None),
        "last_day": max(days[1], default=None),
        "claim_lines": _claim_lines([lines[row["line_key"]] for row in group if row["line_key"] in lines]),
        AT_RISK_LOW: total(group, AT_RISK_LOW),
        AT_RISK_HIGH: total(group, AT_RISK_HIGH),
        "action": face["action"],
        "key": (episode["episode_id"], *key),
    }


def _claim_lines(lines: list[Row]) -> str:
    names = list(dict.fromkeys(f"{line['claim_id']} line {line['claim_line_number']}" for line in lines))
    more = len(names) - LINES_NAMED
    return listed(names[:LINES_NAMED]) + (f"; {counted(more, 'more line')}" if more > 0 else "")


def _coding_lines(findings: Rows, lines: Mapping[int, Row]) -> Iterator[Row]:
    no_line = dict.fromkeys(OF_LINES)
    for finding in findings:
        if finding["action"] in CODING.actions:
            yield no_line | lines.get(finding["line_key"], {}) | finding


def _lines_of(tables: Shelf, keys: Collection[int | None]) -> Mapping[int, Row]:
    """Lines of no episode by their numbers."""
    rows = (row for batch in read_loose(tables, "lines") for row in batch.select(["line_key", *OF_LINES]).to_pylist())
    return {row["line_key"]: row for row in rows if row["line_key"] in keys} if keys else {}
