"""The words that a vignette may use beside its treatment: what it tells, and what it may expect."""

FACTS = (
    "case", "scenario", "why", "start from", "readings", "time zone", "days later", "coverage", "born", "member", "people",
    "oxygen", "as of", "chart", "diagnoses", "procedures", "lines", "authorizations", "expect", "reading", "expect by reading",
    "unconfirmed",
)  # fmt: skip
EXPECTED = (
    "determination", "next action", "findings", "coding", "notes", "no findings", "criteria", "days", "day", "dollars", "course",
    "ask for", "or instead", "alone", "lines", "set aside", "courses", "request", "not asked", "letter",
)  # fmt: skip
