"""The regions that a policy's thresholds make: every number just below, at, and just above each of them, alike ones joined."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import groupby, product

from auditor.policy.conditions import OPERATORS
from auditor.policy.model import Condition, Policy, RuleBook
from auditor.policy.words import NUMBER_KINDS

BORN = date(2001, 1, 1)
# Both ages are one number, so that no region holds a patient of 20 days and 18 years.
AGE, AGE_DAYS, AGE_YEARS = "age", "age_days", "age_years"
DAYS_A_WEEK = 7


@dataclass(frozen=True)
class Cell:
    """Neighbouring values of one number that the policy cannot tell apart. ``last`` is None where there is no upper end."""

    axis: str
    label: str
    first: int
    last: int | None


@dataclass(frozen=True)
class Region:
    """One cell of each number. A condition on a number holds in all of it or in none of it."""

    cells: tuple[Cell, ...]
    axes: Mapping[str, tuple[str, str]]

    def holds(self, condition: Condition) -> bool:
        """Whether a condition on a number holds here. KeyError for a fact that is no number."""
        axis, kind = self.axes[condition.fact]
        return holds_at(condition, kind, self._first[axis])

    @cached_property
    def _first(self) -> dict[str, int]:
        return {cell.axis: cell.first for cell in self.cells}


def holds_at(condition: Condition, kind: str, value: int) -> bool:
    """Whether a condition holds of one value of its axis."""
    return OPERATORS[condition.operator](years(value) if kind == AGE_YEARS else value, condition.value)


def years(days: int) -> int:
    """Whole years of life after so many days."""
    day = date.fromordinal(BORN.toordinal() + days)
    return day.year - BORN.year - ((day.month, day.day) < (BORN.month, BORN.day))


def birthday(age: int) -> int:
    """The days of life on a birthday."""
    return BORN.replace(year=BORN.year + age).toordinal() - BORN.toordinal()


def number_axes(book: RuleBook) -> dict[str, tuple[str, str]]:
    """For each fact that is a number: the axis it lies on, and its kind."""
    numbers = {name: fact.kind for name, fact in book.concepts.facts.items() if fact.kind in NUMBER_KINDS}
    return {name: (AGE if kind in (AGE_DAYS, AGE_YEARS) else name, kind) for name, kind in numbers.items()}


def regions(policy: Policy, book: RuleBook) -> tuple[Region, ...]:
    """Every region of the numbers that the outline asks, lowest first."""
    axes = number_axes(book)
    asked: dict[str, list[Condition]] = {}
    for _, condition in policy.conditions():
        if condition.constant is None and condition.fact in axes:
            asked.setdefault(axes[condition.fact][0], []).append(condition)
    grids = [tuple(_cells(axis, conditions, axes, book)) for axis, conditions in asked.items()]
    return tuple(Region(cells, axes) for cells in product(*grids))


def _cells(axis: str, conditions: list[Condition], axes: Mapping[str, tuple[str, str]], book: RuleBook) -> Iterator[Cell]:
    label = book.concepts.facts[conditions[0].fact].label
    points = sorted({point for condition in conditions for point in _around(condition, axes[condition.fact][1])})
    truths = {point: tuple(holds_at(each, axes[each.fact][1], point) for each in conditions) for point in points}
    runs = [list(run) for _, run in groupby(points, truths.__getitem__)]
    for run, following in zip(runs, [*runs[1:], None], strict=True):
        yield Cell(axis, label, run[0] if run is not runs[0] else 0, following[0] - 1 if following else None)


def _around(condition: Condition, kind: str) -> Iterator[int]:
    """Just below, at, and just above each threshold of a condition."""
    values = condition.value if isinstance(condition.value, tuple) else (condition.value,)
    for value in values:
        limit = int(float(value))
        at = birthday(limit) if kind == AGE_YEARS else limit
        yield from (max(at - 1, 0), at, at + 1)
        if kind == AGE_YEARS:
            yield birthday(limit + 1)


def say_cell(cell: Cell) -> str:
    """A cell in words, such as ``14 to 27 days old``."""
    if cell.axis == AGE:
        return _say_age(cell)
    low, high = _say_days(cell.first, cell.axis), cell.last if cell.last is None else _say_days(cell.last, cell.axis)
    if high is None:
        return f"{cell.label} {low} or more"
    if cell.first == 0:
        return f"{cell.label} {high} or less"
    return f"{cell.label} {low}" if low == high else f"{cell.label} {low} to {high}"


def say_value(cell: Cell) -> str:
    """The lowest value of a cell that a patient is likely to have, in words; its highest where it begins at nothing."""
    value = cell.first or (cell.last or 0)
    return say_age(value) if cell.axis == AGE else f"{cell.label} {_say_days(value, cell.axis)}"


def _say_age(cell: Cell) -> str:
    if cell.last is None:
        return f"{say_age(cell.first)} or older"
    if cell.first == 0:
        return f"up to {say_age(cell.last)}"
    if years(cell.first) and years(cell.last + 1) == years(cell.first) + 1 and birthday(years(cell.first)) == cell.first:
        return f"in the year of being {years(cell.first)}"
    young = not years(cell.last)
    return f"{cell.first if young else say_age(cell.first).removesuffix(' old')} to {say_age(cell.last)}"


def say_age(days: int) -> str:
    """An age in days within the first year, in years on a birthday, else in years and days."""
    whole = years(days)
    rest = days - birthday(whole)
    if not whole:
        return f"{days} day{'' if days == 1 else 's'} old"
    return f"{whole} year{'' if whole == 1 else 's'}{f' and {rest} days' if rest else ''} old"


def _say_days(value: int, axis: str) -> str:
    weeks, days = divmod(value, DAYS_A_WEEK)
    return f"{weeks} weeks {days} days" if weeks > 2 * DAYS_A_WEEK else f"{value} days"
