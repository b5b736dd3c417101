"""Why an episode came to its determination, in one to three sentences made from its results; each statement says what it rests on."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from auditor.outcomes import Action, Determination, Outcome, Verdict
from auditor.report.branches import Branch, branches, leaves_at
from auditor.report.cases import Case, Row, Rows
from auditor.report.clauses import Clause, Witness, cites_of, named, tell_days
from auditor.report.evidence import entries_by_fact
from auditor.report.findings import finding_name
from auditor.report.grids import service, total
from auditor.report.phrases import counted, dollar_interval, dollars, iso_day, listed, shorten, spaced
from auditor.report.treatments import determination_of, say, treatment_of

DECIDED_BY: dict[Determination, Outcome] = {
    Determination.CRITERIA_NOT_MET: Outcome.NOT_MET,
    Determination.INSUFFICIENT_DOCUMENTATION: Outcome.UNKNOWN,
}
# What is said first of an episode whose pathway stands, and which fails in what follows.
CONTINUED_TOO_LONG = "starting is documented as met, and what follows is not"
NAMED_AT_MOST, EDITS_NAMED = 2, 3
FIELDS_OF_OTHER_RULES = ("line_of_business", "state", "plan", "route", "start_day")

DAYS_SAID = {
    Verdict.SUPPORTED: "{days} {be} supported",
    Verdict.NOT_SUPPORTED: "{days} {be} not supported",
    Verdict.RECORDS_NEEDED: "records are needed for {days}",
    Verdict.MEDICAL_REVIEW: "{days} {be} for medical review",
    Verdict.NOT_ASKED: "{days} {be} not asked about",
}
# Why days have their verdict, where the paragraphs named before do not say so.
CAUSES = {
    "case_review": "reviewed as a case under the plan's own rules",
    "identity": "whose records these are is in doubt",
    "outside_exposure": "billed where the chart shows no iNO",
    "exposure_conflict": "the chart also says that there was none",
    "exclusion_overridden": "an exclusion is documented and overridden",
    "time_limit": "after the time to improve ran out",
    "oxygen_need": "by the oxygen needed that day",
    "days_not_documented": "billed where no record shows the day",
    "past_limit": "past the limit of days",
    "ecmo": "on ECMO",
}


def rationale(case: Case, exclusions: Collection[str]) -> str:
    """The rationale as text."""
    return " ".join(clause.text + clause.mark for clause in rationale_clauses(case, exclusions))


def rationale_clauses(case: Case, exclusions: Collection[str]) -> tuple[Clause, ...]:
    """The statements of the rationale in order: the determining ones, the days with their dollars, what is open."""
    lead, *rest = _determining(case, exclusions)
    first = replace(lead, text=f"{lead.text[:1].upper()}{lead.text[1:]}", mark=":" if rest else ".")
    return (first, *_sentence(rest), *_sentence(_days(case)), *_sentence(_open(case)))


def _sentence(clauses: Iterable[Clause]) -> tuple[Clause, ...]:
    found = tuple(clauses)
    if not found:
        return ()
    first, last = found[0], found[-1]
    opened = (replace(first, text=f"{first.text[:1].upper()}{first.text[1:]}"), *found[1:])
    return (*opened[:-1], replace(last if len(found) > 1 else opened[0], mark="."))


def deciding_paragraphs(case: Case, exclusions: Collection[str]) -> Rows:
    """The leaves that hold the episode where it is; for an exclusion, the exclusion itself."""
    determination = Determination(case.episode["determination"])
    if determination == Determination.EXPERIMENTAL:
        return tuple(row for row in case.criteria if row["key"] == case.episode["exclusion"])
    if determination == Determination.MEDICAL_REVIEW:
        return tuple(row for row in case.criteria if row["fact"] and row["referred"] and row["outcome"] == Outcome.NOT_MET)
    wanted = DECIDED_BY.get(determination)
    if wanted is None:
        return ()
    roots = [root for root in branches(case.criteria) if root.key not in exclusions]
    return tuple(row for root in roots for row in leaves_at(root, wanted, case.episode["pathway"]))


def _determining(case: Case, exclusions: Collection[str]) -> Iterator[Clause]:
    """What decides, and first what it comes to."""
    determination = Determination(case.episode["determination"])
    meaning = determination_of(case.episode).meaning
    match determination:
        case Determination.NOT_INO | Determination.INO_NOT_SHOWN | Determination.POLICY_SILENT:
            yield _by_lines(meaning, case)
        case Determination.DECIDED_ELSEWHERE:
            yield _by_other_rules(meaning, case.episode)
        case Determination.CRITERIA_MET:
            yield _by_all(meaning, case)
        case _:
            yield from _by_paragraphs(meaning, case, exclusions)


def _by_lines(meaning: str, case: Case) -> Clause:
    codes = ", ".join(sorted({service(row) for row in case.lines}))
    cites = (*cites_of("field", ("determination",)), *cites_of("line", (row["line_key"] for row in case.lines)))
    return Clause(f"{meaning} ({counted(len(case.lines), 'claim line')}{': ' if codes else ''}{codes})", cites)


def _by_other_rules(meaning: str, episode: Row) -> Clause:
    given = [name for name in FIELDS_OF_OTHER_RULES if episode[name]]
    said = ", ".join(f"{spaced(name)} {iso_day(episode[name]) if name == 'start_day' else spaced(episode[name])}" for name in given)
    return Clause(f"{meaning} ({said})", cites_of("field", ("determination", *given)))


def _by_all(meaning: str, case: Case) -> Clause:
    """That all is met, with the pathway that is, and what else is asked."""
    roots = [root for root in branches(case.criteria) if root.outcome == Outcome.MET and root.row["depth"] == 0]
    chosen = [next((member for member in root.members if member.key == case.episode["pathway"]), root) for root in roots]
    shown = [branch for branch in chosen if branch.key != case.episode["exclusion"]]
    said = " and ".join(named(branch.row) for branch in shown)
    cites = (*cites_of("field", ("determination",)), *cites_of("paragraph", (branch.key for branch in shown)))
    return Clause(f"{meaning}{': ' if said else ''}{said}", cites)


def _by_paragraphs(meaning: str, case: Case, exclusions: Collection[str]) -> Iterator[Clause]:
    held = _held_at(case, exclusions)
    started = case.episode["initiation"] == Outcome.MET and case.episode["determination"] == Determination.CRITERIA_NOT_MET
    yield Clause(CONTINUED_TOO_LONG if started else meaning, cites_of("field", ("initiation" if started else "determination",)))
    witness = Witness(entries_by_fact(case.evidence), case.days)
    yield from (witness.paragraph(branch) for branch in held[:NAMED_AT_MOST])
    if more := held[NAMED_AT_MOST:]:
        keys = [branch.key for branch in more]
        yield Clause(f"and {counted(len(more), 'more paragraph')}: {', '.join(keys)}", cites_of("paragraph", keys))


def _held_at(case: Case, exclusions: Collection[str]) -> list[Branch]:
    """The paragraphs that decide; where all of a group are of one mind, the group."""
    keys = {row["key"] for row in deciding_paragraphs(case, exclusions)}
    if case.episode["exclusion"] and case.episode["determination"] == Determination.MEDICAL_REVIEW:
        keys.add(case.episode["exclusion"])
    return [found for root in branches(case.criteria) for found in _gathered(root, keys)]


def _gathered(branch: Branch, keys: Collection[str]) -> Iterator[Branch]:
    if branch.key in keys:
        yield branch
        return
    leaves = [leaf for leaf in branch.leaves() if leaf is not branch]
    if len(leaves) > 1 and branch.row["depth"] and all(leaf.key in keys for leaf in leaves):
        yield branch
        return
    for member in branch.members:
        yield from _gathered(member, keys)


def _days(case: Case) -> Iterator[Clause]:
    """The days of each verdict and cause, and their dollars."""
    for verdict in Verdict:
        of_verdict = [row for row in case.days if row["verdict"] == verdict]
        for cause in dict.fromkeys(row["cause"] for row in of_verdict):
            rows = tuple(row for row in of_verdict if row["cause"] == cause)
            yield Clause(
                say(_tell_verdict(verdict, cause, rows), treatment_of(case.episode)), cites_of("day", (row["day"] for row in rows))
            )


def _tell_verdict(verdict: Verdict, cause: str, rows: Rows) -> str:
    said = DAYS_SAID[verdict].format(days=counted(len(rows), "day"), be="is" if len(rows) == 1 else "are")
    why = f", {CAUSES[cause]}" if cause in CAUSES else ""
    told = "; ".join(part for part in (tell_days(rows), _tell_dollars(rows, f"{verdict}_cents")) if part)
    return f"{said}{why} ({told})"


def _tell_dollars(rows: Rows, bucket: str) -> str:
    """The dollars of days; of days without any, whether a larger rate pays them. What coding edits bear is told with these."""
    if cents := total(rows, bucket):
        return dollars(cents)
    return "paid within a larger rate" if total(rows, "not_separately_paid_cents") else ""


def _open(case: Case) -> Iterator[Clause]:
    """Coding edits with dollars, and the documents that would settle it."""
    edits = [row for row in case.findings if row["at_risk_high_cents"] and row["action"] == Action.CODING_ADJUSTMENT]
    if edits:
        low, high = total(edits, "at_risk_low_cents"), total(edits, "at_risk_high_cents")
        names = list(dict.fromkeys(f"{finding_name(row)} {shorten(row['name'])}" for row in edits))
        more = f" and {len(names) - EDITS_NAMED} more" if len(names) > EDITS_NAMED else ""
        text = f"coding edits bear {dollar_interval(low, high)} ({', '.join(names[:EDITS_NAMED])}{more})"
        yield Clause(text, cites_of("finding", dict.fromkeys(finding_name(row) for row in edits)))
    if case.episode["documents"]:
        text = f"what would settle it: {shorten(listed(case.episode['documents']))}"
        yield Clause(text, cites_of("field", ("documents",)))
