"""Why findings changed: the mixtures of old and new that tell the causes apart, and what they say of each finding."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from auditor.changes.compare import Comparison, FindingPair, compare
from auditor.changes.model import Cause, Change, Why
from auditor.changes.replay import FACTORS, Mix
from auditor.changes.snapshot import FindingFacts, FindingKey, Snapshot

# What a mixture says of findings: by key in the later run, and in the earlier one.
Told = tuple[Mapping[FindingKey, FindingFacts], Mapping[FindingKey, FindingFacts]]


@dataclass(frozen=True)
class Difference:
    """What is not the same of two runs: the factors that a replay can exchange, and whether the program differs."""

    factors: frozenset[Cause]
    program: bool

    @property
    def causes(self) -> tuple[Cause, ...]:
        """Every cause that may be, in their order."""
        return tuple(cause for cause in Cause if cause in self.factors or (cause is Cause.PROGRAM and self.program))

    def mixes(self) -> tuple[Mix, ...]:
        """The mixtures to replay: each factor switched alone, each removed alone; and nothing later, where the program differs.

        With one thing different there is nothing to tell apart, and nothing to replay.
        """
        if len(self.causes) < 2:
            return ()
        alone = [Mix(frozenset({one})) for one in FACTORS if one in self.factors]
        without = [Mix(self.factors - {one}) for one in FACTORS if one in self.factors]
        known = {Mix(self.factors)} | (set() if self.program else {Mix()})
        wanted = [Mix(), *alone, *without]
        return tuple(mix for place, mix in enumerate(wanted) if mix not in known and mix not in wanted[:place])


@dataclass(frozen=True)
class Mixed:
    """The two runs, and what was replayed of each mixture; a mixture that could not be had is missing."""

    earlier: Snapshot
    later: Snapshot
    difference: Difference
    replayed: Mapping[Mix, Snapshot]


def explain(compared: Comparison, mixed: Mixed) -> Mapping[FindingPair, Why]:
    """Why each finding that is not unchanged changed.

    A factor is a cause if switching it alone, from the earlier run as this program tells it, changes what is said of the finding; or if
    leaving it as it was, with all else of the later run, does. The program is a cause if it tells the earlier run otherwise. What could
    not be replayed is ruled neither in nor out.
    """
    changed = [pair for pair in compared.findings if pair.change is not Change.UNCHANGED]
    causes = mixed.difference.causes
    if len(causes) < 2:
        return {pair: Why(sure=causes) for pair in changed}
    told = {mix: _told(snapshot, mixed) for mix, snapshot in mixed.replayed.items()}
    return {pair: _why(pair, mixed.difference, told) for pair in changed}


def _told(snapshot: Snapshot, mixed: Mixed) -> Told:
    return (
        {pair.now: pair.facts_were for pair in compare(snapshot, mixed.later).findings if pair.now and pair.facts_were},
        {pair.was: pair.facts for pair in compare(mixed.earlier, snapshot).findings if pair.was and pair.facts},
    )


def _why(pair: FindingPair, difference: Difference, told: Mapping[Mix, Told]) -> Why:
    was = None if pair.change is Change.REOPENED else pair.facts_were
    says = {mix: _said(pair, one) for mix, one in told.items()}
    says |= {Mix(difference.factors): pair.facts} | ({} if difference.program else {Mix(): was})
    tests = {cause: _tests(cause, difference.factors, says) for cause in FACTORS if cause in difference.factors}
    if difference.program:
        tests[Cause.PROGRAM] = [says[Mix()] != was if Mix() in says else None]
    return _judge(difference, tests)


def _said(pair: FindingPair, told: Told) -> FindingFacts | None:
    by_later, by_earlier = told
    return by_later.get(pair.now) if pair.now else by_earlier.get(pair.was) if pair.was else None


def _tests(cause: Cause, factors: frozenset[Cause], says: Mapping[Mix, FindingFacts | None]) -> list[bool | None]:
    """Whether the factor alone makes a difference, and whether it does last; None where that cannot be known."""
    ways = ((Mix(), Mix(frozenset({cause}))), (Mix(factors - {cause}), Mix(factors)))
    return [says[one] != says[other] if one in says and other in says else None for one, other in ways]


def _judge(difference: Difference, tests: Mapping[Cause, Iterable[bool | None]]) -> Why:
    sure = tuple(cause for cause in difference.causes if any(tests[cause]))
    open_still = tuple(cause for cause in difference.causes if cause not in sure and None in tests[cause])
    if sure or open_still:
        return Why(sure, open_still) if sure or len(open_still) > 1 else Why(sure=open_still)
    return Why(sure=difference.causes)  # none of them makes it alone, and none can be spared alone
