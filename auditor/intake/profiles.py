"""What a column profile may say: which files feed which canonical table, and how each column is found and read."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from auditor.tables import Table


def _as_tuple(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


def _as_rule(value: Any) -> Any:
    return {"column": value} if isinstance(value, (str, list, tuple)) else value


Names = Annotated[tuple[str, ...], BeforeValidator(_as_tuple)]


class Part(BaseModel):
    """A piece of a profile: frozen, and refusing keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ColumnRule(Part):
    """Where one canonical column comes from; the first filled of ``column``, else ``default``.

    ``together`` puts the cells of several columns into one, with ``between`` between them, where all of them are filled and
    ``column`` is not.
    ``values`` maps what is written (without regard to case) to words of the contract, and ``otherwise`` is the word for
    anything else; an empty word leaves the column empty. ``factor`` converts a unit. ``midnight: day`` reads a clock
    time of exactly 00:00 as the whole day.
    """

    column: Names = ()
    together: Names = ()
    between: str = ""
    constant: str | None = None
    values: dict[str, str] = {}
    otherwise: str | None = None
    default: str | None = None
    factor: float | None = None
    midnight: Literal["clock", "day"] = "clock"
    optional: bool = False

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        if bool(self.reads) == (self.constant is not None):
            raise ValueError("give either `column` or `constant`")
        return self

    @property
    def reads(self) -> Names:
        """The columns it reads, of the file or of look-ups."""
        return self.column + self.together


Rule = Annotated[ColumnRule, BeforeValidator(_as_rule)]


class Lookup(Part):
    """Another file of the extract, one value per key: ``columns`` names each value and says ``{min|max|any: Column}``.

    Values are compared as text, so dates must be written year first. ``matches`` are columns of the reading files that may hold
    the key; the first that a file has counts. ``only_where`` keeps some rows. Where a key has several rows that all count,
    ``numbered`` names their values 1, 2, … ``up_to``, each value once, in the order of the columns ``order_by``.
    """

    files: Names
    key: str
    columns: dict[str, dict[Literal["min", "max", "any"], str]] = {}
    numbered: dict[str, str] = {}
    order_by: Names = ()
    up_to: int = Field(default=1, ge=1)
    matches: Names = ()
    only_where: dict[str, Names] = {}
    optional: bool = False
    delimiter: str | None = None
    encoding: str | None = None

    @property
    def joined_on(self) -> Names:
        """The columns of which a reading file has one, which holds the key."""
        return self.matches or (self.key,)

    @property
    def offered(self) -> tuple[str, ...]:
        """Names of the values it offers to the columns of a source."""
        return (*self.columns, *(f"{stem}_{n}" for stem in self.numbered for n in range(1, self.up_to + 1)))


class Unpivot(Part):
    """One row becomes several: for n from 1 to ``up_to`` a row with these columns, where any of them is filled.

    ``optional`` where a file need not have any of the columns; ``needs`` is the column that must be filled, where another
    alone says nothing.
    """

    columns: dict[str, Rule]
    up_to: int = Field(default=1, ge=1)
    optional: bool = False
    needs: str | None = None


class Source(Part):
    """Files that feed one canonical table, and how.

    ``own_names`` also reads every canonical column that a file has under its own name. ``numbered`` maps a stem such as
    ``diagnosis_code`` to a name with ``{n}``. ``only_where`` keeps the rows whose column holds one of the values; an empty
    value stands for an empty cell.
    """

    files: Names
    columns: dict[str, Rule] = {}
    numbered: dict[str, str] = {}
    own_names: bool = False
    only_where: dict[str, Names] = {}
    unpivot: tuple[Unpivot, ...] = ()
    date_formats: Names | None = None
    delimiter: str | None = None
    encoding: str | None = None


class Years(Part):
    """The years a date may lie in; others are typing errors."""

    first: int
    last: int


class LongestDays(Part):
    """The most days that a row may span, by table; an end further off is a typing error. None where any span is possible.

    Codes of a lasting system (``code_systems.yaml``), such as diagnoses, may span any.
    """

    claim_lines: int | None = Field(default=None, ge=1)
    events: int | None = Field(default=None, ge=1)

    def of(self, table: Table) -> int | None:
        """The most days of a row of a canonical table."""
        days: int | None = getattr(self, table.name, None)
        return days


class Profile(Part):
    """How one kind of extract is read into the four canonical tables."""

    name: str
    about: str
    years: Years
    longest_days: LongestDays = LongestDays()
    time_zone: str | None = None
    date_formats: Names = ()
    delimiter: str | None = None
    encoding: str | None = None
    empty_words: Names = ()
    lookups: dict[str, Lookup] = {}
    claim_lines: tuple[Source, ...]
    members: tuple[Source, ...] = ()
    events: tuple[Source, ...] = ()
    authorizations: tuple[Source, ...] = ()

    def sources(self, table: Table) -> tuple[Source, ...]:
        """The sources of one canonical table."""
        found: tuple[Source, ...] = getattr(self, table.name)
        return found

    def formats(self, source: Source) -> tuple[str, ...]:
        """The date formats of a source, else of the profile."""
        return self.date_formats if source.date_formats is None else source.date_formats


def read_names(source: Source) -> list[str]:
    """Every name that a source reads: columns of its files, and of look-ups with a dot; ``{n}`` as it is written."""
    rules = (*source.columns.values(), *(rule for part in source.unpivot for rule in part.columns.values()))
    return [*(name for rule in rules for name in rule.reads), *source.numbered.values(), *source.only_where]


@cache
def plain_rule(column: str, optional: bool) -> ColumnRule:
    """The rule that takes one column as it is."""
    return ColumnRule(column=(column,), optional=optional)


def column_rules(table: Table, source: Source) -> dict[str, ColumnRule]:
    """The rule of every canonical column the source can fill, in contract order; own names are optional unless required."""
    rules = dict(source.columns)
    for name in (column.name for column in table.columns):
        stem, _, number = name.rpartition("_")
        if name not in rules and stem in source.numbered and number.isdecimal():
            rules[name] = plain_rule(source.numbered[stem].replace("{n}", number), optional=True)
        if name not in rules and source.own_names:
            rules[name] = plain_rule(name, optional=name not in table.required)
    return {column.name: rules[column.name] for column in table.columns if column.name in rules}


def filled_columns(table: Table, source: Source) -> set[str]:
    """Names of the canonical columns that the source can fill, by rule or by unpivoting."""
    return {*column_rules(table, source), *(name for part in source.unpivot for name in part.columns)}
