"""Writes the README of the curated sample from the members' YAML."""

from __future__ import annotations

from auditor.outcomes import DETERMINATIONS
from auditor.samples.cases import Case

HEAD = """# Sample extract

Invented members, each here for one reason. Nobody in these files exists: ids are made up, provider numbers have a wrong check digit
on purpose, and tax numbers begin with 00. The files are written by `python -m auditor.samples`; edit the YAML beside that program,
not the files.

| file | one row is |
|---|---|
| `claim_lines.csv` | a service line of one version of a claim |
| `members.csv` | a person; two rows where the record has two birth dates |
| `events.csv` | a statement or measurement of a chart, with the offset of the facility's clock |
| `authorizations.csv` | an approval on file |
| `parquet/` | the same rows, typed: dates as dates, amounts as decimals, times as text |
| `x12/` | the same claims as X12 5010: 837P, 837I, and the 835 of their payments |
| `fhir/` | the same members as a bulk export of FHIR R4, one resource a line |

A few cells are wrong on purpose (S-0605, S-0607). Where Parquet's type cannot hold such a cell, it is null there.
X12 carries what was billed in the 837 and what was paid in the 835, so a line that was taken back and paid anew is one line of the 837
and three payments, a line that came twice is a claim sent twice, and the taking back of a void is negative. What X12 has no place for is
left out: a fee schedule, an hour as a unit, a birth date that is only a month or no date, the charge of a corrected payment. Charts and
approvals are those of
the other files; `auditor run data_samples/x12 data_samples/events.csv data_samples/members.csv data_samples/authorizations.csv` comes
to the same verdict on every criterion, day and cent.

FHIR has no place for approvals that payers use: audit `fhir/` together with `authorizations.csv`, and every criterion, day and cent
is the same. What R4 has no element for (how a line was priced, whose state's rules apply, a concept of `concepts.yaml`) stands in
codings of systems that begin with `urn:auditor:`. A server would not store some of it: two Patients with one id (S-0606), a birth
date on 30 February (S-0605), an amount that is text and a date with slashes (S-0607); a file can hold them, and they are set aside
or held as in the CSV.

The last column is what the audit should say: the determination (two, by start, for two episodes), the findings it must raise, and a
note. Findings that nearly every member has, such as a policy past its review date, are left out.

| member | who | why it is here | scenario | what the audit should say |
|---|---|---|---|---|
"""


def readme(cases: tuple[Case, ...]) -> str:
    """The whole README, with one line a member."""
    return HEAD + "".join(_line(case) for case in cases)


def _line(case: Case) -> str:
    scenarios = ", ".join(str(number) for number in case.scenarios)
    return f"| {case.member_id} | {case['who']} | {case['why']} | {scenarios} | {_says(case)} |\n"


def _says(case: Case) -> str:
    """Determinations, findings and note in one cell."""
    determined = ", then ".join(f"**{DETERMINATIONS[word].word}**" for word in case.expect.determinations)
    parts = [determined, ", ".join(case.expect.findings), case.get("says", "")]
    return "; ".join(part for part in parts if part)
