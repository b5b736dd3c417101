"""Finds in a file's header the columns a profile asks for, and says in SQL which cell feeds each canonical column."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from auditor.errors import ExtractRefused
from auditor.intake.faults import Check
from auditor.intake.nearest import did_you_mean, nearest
from auditor.intake.profiles import ColumnRule, Profile, Source, Unpivot, column_rules, read_names
from auditor.intake.source_types import Family, as_text, family
from auditor.intake.sql_text import choose, in_words, quote_name, quote_text
from auditor.tables import Column, Table

TYPED: dict[str, set[Family]] = {
    "date": {"date", "clock", "instant"},
    "time": {"date", "clock", "instant"},
    "number": {"integer", "decimal", "float"},
    "integer": {"integer", "decimal", "float"},
    "money": {"integer", "decimal", "float"},
}

# Clocks in nanoseconds end in 2262 and cannot be compared with later days.
PLAIN_CLOCKS: dict[Family, str] = {"clock": "TIMESTAMP", "instant": "TIMESTAMP WITH TIME ZONE"}

VARIANT = quote_name("@variant")


@dataclass(frozen=True)
class Header:
    """What a file offers: its name as users know it, and its columns with their DuckDB types, in file order.

    ``clean`` names canonical columns whose cells the file is known to hold just as the contract writes them: they are taken as they
    lie, which costs nothing and lets filters reach the file.
    """

    file: str
    columns: Mapping[str, str]
    clean: frozenset[str] = frozenset()

    def find(self, name: str) -> str | None:
        """The column of that name, without regard to case; None where there is none."""
        return name if name in self.columns else self._by_lower.get(name.lower())

    @cached_property
    def _by_lower(self) -> dict[str, str]:
        """The columns by their names in small letters; of those alike, the first."""
        return {column.lower(): column for column in reversed([*self.columns])}


@dataclass(frozen=True)
class Picked:
    """The cell that feeds a canonical column: SQL over the file's columns, its DuckDB type, what midnight means, whether it is clean.

    ``trimmed`` is SQL for the text that the cell is when the blanks around it are gone, where it is nothing more.
    """

    sql: str
    type: str
    midnight: Literal["clock", "day"] = "clock"
    clean: bool = False
    trimmed: str = ""

    @property
    def direct(self) -> bool:
        """Whether the cell is as it lies in the file, so that asking for it costs next to nothing."""
        return self.clean or self.type not in ("VARCHAR", "constant")


@dataclass(frozen=True)
class Picks:
    """What is taken from a file: cells by canonical column, conditions on its rows, and how many rows one row becomes.

    ``passed`` are checks that no row is known to fail, which need not be asked again; ``only_scope`` leaves out the rows of members
    that are not in ``scope_members``.
    """

    cells: Mapping[str, Picked]
    where: tuple[str, ...] = ()
    variants: int = 1
    passed: frozenset[Check] = frozenset()
    only_scope: bool = False


# Kinds of column that hold few distinct values.
FEW = ("code", "choice")


@dataclass(frozen=True)
class _Finder:
    """Picks cells of one file for one source of a profile."""

    profile: Profile
    table: Table
    header: Header

    def names(self, rule: ColumnRule) -> list[str]:
        """The rule's columns that the file has; ExtractRefused where it has none and one is needed."""
        found = self._found(rule.column)
        whole = self._found(rule.together)
        if len(whole) < len(rule.together):
            whole = []
        if not (found or whole or rule.optional):
            raise self.refuse(rule.column or [name for name in rule.together if self.header.find(name) is None])
        return [*found, *whole]

    def _found(self, names: Iterable[str]) -> list[str]:
        return [column for name in names if (column := self.header.find(name)) is not None]

    def refuse(self, names: Iterable[str]) -> ExtractRefused:
        wanted = " or ".join(names)
        hint = did_you_mean(wanted, self.header.columns)
        return ExtractRefused(
            f"{self.header.file}: there is no column {wanted}, which the profile {self.profile.name} reads for "
            f"{self.table.name}.{hint} Correct the profile or the file."
        )

    def text(self, name: str, few: bool = False) -> str:
        sql = as_text(quote_name(name), self.header.columns[name], few)
        if not self.profile.empty_words:
            return sql
        return f"CASE WHEN NOT {in_words(sql, self.profile.empty_words)} THEN {sql} END"

    def cell(self, column: Column, rule: ColumnRule) -> Picked | None:
        """The cell of one canonical column; None where an optional column is not in the file."""
        if rule.constant is not None:
            return Picked(f"nullif({quote_text(rule.constant)}, '')", "VARCHAR")
        names = self.names(rule)
        if not names:
            return None if rule.default is None else Picked(quote_text(rule.default), "VARCHAR")
        self._refuse_nested(names)
        if column.name in self.header.clean:
            return Picked(quote_name(names[0]), "VARCHAR", rule.midnight, clean=True)
        types = {self.header.columns[name] for name in names}
        kept = types.pop() if len(types) == 1 and not (_worded(rule) or rule.together) else "VARCHAR"
        if family(kept) in TYPED.get(column.kind, ()):
            sql = _coalesce([_number(quote_name(name), kept) for name in names])
            plain = PLAIN_CLOCKS.get(family(kept))
            return Picked(f"CAST({sql} AS {plain})", plain, rule.midnight) if plain else Picked(sql, kept, rule.midnight)
        trimmed = (
            quote_name(names[0])
            if len(names) == 1 and kept == self.header.columns[names[0]] == "VARCHAR" and not self.profile.empty_words
            else ""
        )
        return Picked(_reword(self.joined(rule, column.kind in FEW), rule), "VARCHAR", rule.midnight, trimmed=trimmed)

    def joined(self, rule: ColumnRule, few: bool = False) -> str:
        """The first filled of the rule's columns that the file has, else its columns together."""
        parts = [self.text(name, few) for name in self._found(rule.column)]
        whole = [f"({self.text(name, few)})" for name in self._found(rule.together)]
        if whole and len(whole) == len(rule.together):
            parts.append(f" || {quote_text(rule.between)} || ".join(whole))
        return _coalesce(parts)

    def _refuse_nested(self, names: list[str]) -> None:
        for name in names:
            if family(self.header.columns[name]) == "nested":
                raise ExtractRefused(f"{self.header.file}, column {name}: holds lists or binary values; write one plain value per cell")

    def condition(self, name: str, values: tuple[str, ...]) -> str:
        """A row is read only where the column holds one of the values."""
        column = self.header.find(name)
        if column is None:
            raise self.refuse([name])
        one_of = in_words(f"lower({self.text(column)})", [value.lower() for value in values])
        return f"{one_of} OR {self.text(column)} IS NULL" if "" in values else one_of


def _worded(rule: ColumnRule) -> bool:
    return bool(rule.values or rule.otherwise is not None or rule.default is not None or rule.factor is not None)


def _coalesce(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"coalesce({', '.join(parts)})"


def _number(sql: str, type_name: str) -> str:
    """NaN is how frames write an empty cell."""
    return f"CASE WHEN NOT isnan({sql}) THEN {sql} END" if family(type_name) == "float" else sql


def _reword(text: str, rule: ColumnRule) -> str:
    if rule.factor is not None:
        text = f"coalesce(CAST(round(finite_number({text}) * {rule.factor!r}, 6) AS VARCHAR), {text})"
    if rule.values or rule.otherwise is not None:
        otherwise = text if rule.otherwise is None else f"nullif({quote_text(rule.otherwise)}, '')"
        worded = choose(f"lower({text})", {key.lower(): word for key, word in rule.values.items()}, otherwise)
        text = f"CASE WHEN {text} IS NOT NULL THEN {worded} END"
    return text if rule.default is None else f"coalesce({text}, {quote_text(rule.default)})"


def pick(profile: Profile, table: Table, source: Source, header: Header) -> Picks:
    """The cells one source takes from one file; ExtractRefused names a column the file lacks and the nearest it has."""
    finder = _Finder(profile, table, header)
    rules = column_rules(table, source)
    cells = {name: cell for name, rule in rules.items() if (cell := finder.cell(table.column(name), rule)) is not None}
    where = tuple(finder.condition(name, values) for name, values in source.only_where.items())
    picks = _unpivot(finder, source.unpivot, cells)
    for group in table.one_of:
        if not any(name in picks.cells for name in group):
            raise finder.refuse(group)
    return Picks(picks.cells, where + picks.where, picks.variants)


def plain_columns(profile: Profile, table: Table, source: Source, header: Header) -> dict[str, str]:
    """The file's text column behind each canonical column that takes one as it is written, without another word of the profile."""
    finder = _Finder(profile, table, header)
    rules = {name: rule for name, rule in column_rules(table, source).items() if rule.column and not _worded(rule)}
    found = {name: finder.names(rule) for name, rule in rules.items()}
    single = {name: names[0] for name, names in found.items() if len(names) == 1 and not profile.empty_words}
    return {name: column for name, column in single.items() if header.columns[column] == "VARCHAR"}


def _unpivot(finder: _Finder, parts: tuple[Unpivot, ...], base: dict[str, Picked]) -> Picks:
    made = [(part, variant) for part in parts for n in range(1, part.up_to + 1) if (variant := _variant(finder, part, n))]
    variants = [variant for _, variant in made]
    if not variants:
        return Picks(base)
    names = sorted({name for variant in variants for name in variant})
    days = {name for part in parts for name, rule in part.columns.items() if rule.midnight == "day"}
    cells = {name: Picked(_by_variant(name, variants, base.get(name)), "VARCHAR", "day" if name in days else "clock") for name in names}
    filled = " ".join(f"WHEN {number} THEN {_is_filled(part, variant)}" for number, (part, variant) in enumerate(made, start=1))
    return Picks({**base, **cells}, (f"CASE {VARIANT} {filled} END",), len(variants))


def _is_filled(part: Unpivot, variant: dict[str, Picked]) -> str:
    """Whether a row has anything to say there: in the column it needs, else in any."""
    telling = [cell.sql for name, cell in variant.items() if cell.type != "constant" and part.needs in (None, name)]
    return f"{_coalesce(telling)} IS NOT NULL"


def _variant(finder: _Finder, part: Unpivot, n: int) -> dict[str, Picked]:
    """The cells of the n-th row made of one row; none where the file has none of its columns."""
    rules = {name: _numbered(rule, n) for name, rule in part.columns.items()}
    read = [name for rule in rules.values() for name in rule.reads]
    if not any(map(finder.header.find, read)):
        if n == 1 and not part.optional:
            raise finder.refuse(read)
        return {}
    return {name: _variant_cell(finder, rule) for name, rule in rules.items()}


def _numbered(rule: ColumnRule, n: int) -> ColumnRule:
    constant = None if rule.constant is None else rule.constant.replace("{n}", str(n))
    column, together = (tuple(name.replace("{n}", str(n)) for name in names) for names in (rule.column, rule.together))
    return rule.model_copy(update={"column": column, "together": together, "constant": constant, "optional": True})


def _variant_cell(finder: _Finder, rule: ColumnRule) -> Picked:
    if rule.constant is not None:
        return Picked(quote_text(rule.constant), "constant")
    names = finder.names(rule)
    return Picked(_reword(finder.joined(rule), rule) if names else "NULL", "VARCHAR")


def _by_variant(name: str, variants: list[dict[str, Picked]], base: Picked | None) -> str:
    branches = " ".join(f"WHEN {number} THEN {variant[name].sql}" for number, variant in enumerate(variants, start=1) if name in variant)
    otherwise = "NULL" if base is None else as_text(base.sql, base.type)
    return f"CASE {VARIANT} {branches} ELSE {otherwise} END"


def needed_columns(profile: Profile, table: Table, source: Source, header: Header) -> list[str]:
    """The file's columns that the source reads, in file order; columns of look-ups are not among them."""
    rules = [*column_rules(table, source).values()]
    rules += [_numbered(rule, n) for part in source.unpivot for rule in part.columns.values() for n in range(1, part.up_to + 1)]
    named = {name for rule in rules for name in rule.reads} | set(source.only_where)
    named |= {name for key in used_lookups(profile, source) for name in profile.lookups[key].joined_on}
    found = {header.find(name) for name in named}
    return [column for column in header.columns if column in found]


def used_lookups(profile: Profile, source: Source) -> list[str]:
    """Names of the look-ups the source refers to, sorted."""
    return sorted({name.partition(".")[0] for name in read_names(source) if "." in name} & set(profile.lookups))


def suggest_columns(table: Table, source: Source, header: Header, read: Iterable[str]) -> dict[str, str | None]:
    """The file's columns that are not read, each with the name it may be a misspelling of, or None."""
    taken = set(read)
    rules = column_rules(table, source)
    wanted = [name for rule in rules.values() for name in rule.reads if header.find(name) is None]
    return {column: nearest(column, wanted) for column in header.columns if column not in taken}
