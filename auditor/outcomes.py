"""The words of a verdict: outcomes, reasons, day verdicts, determinations, actions, severities and exit codes, one table each."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum


@dataclass(frozen=True)
class Word:
    """How one value is said and drawn: its word, a symbol, a colour role of the style sheet, and a sentence."""

    word: str
    symbol: str
    tone: str
    meaning: str


class Outcome(IntEnum):
    """What the record shows of one paragraph. ``all_of`` is the minimum, ``any_of`` the maximum."""

    NOT_MET = 0
    UNKNOWN = 1
    MET = 2
    NOT_APPLICABLE = 3


OUTCOMES: dict[Outcome, Word] = {
    Outcome.NOT_MET: Word("not met", "✕", "bad", "at least one affirmative, dated datum says so"),
    Outcome.UNKNOWN: Word("unknown", "?", "open", "the record does not settle it; the reason says why"),
    Outcome.MET: Word("met", "✓", "good", "documented"),
    Outcome.NOT_APPLICABLE: Word("not applicable", "–", "quiet", "the paragraph is not asked of this episode"),
}


class Reason(StrEnum):
    """Why a criterion is unknown."""

    NOT_DOCUMENTED = "not documented"
    CONFLICTING = "conflicting"
    IMPRECISE = "imprecise"
    OUTSIDE_WINDOW = "outside the window"
    PRELIMINARY = "preliminary"
    SUGGESTIVE = "suggestive"


REASONS: dict[Reason, str] = {
    Reason.NOT_DOCUMENTED: "no record we hold says so either way",
    Reason.CONFLICTING: "two records that can decide it disagree",
    Reason.IMPRECISE: "a date or value is too coarse to settle it",
    Reason.OUTSIDE_WINDOW: "the record that speaks of it is from the wrong time",
    Reason.PRELIMINARY: "only a preliminary record speaks of it",
    Reason.SUGGESTIVE: "what we hold points one way but cannot decide it alone",
}


class Standing(StrEnum):
    """How a facility's value stands to what chance explains."""

    WITHIN = "within"
    NEAR = "near"
    ABOVE = "above"
    BELOW = "below"
    TOO_FEW = "too_few"
    WITHHELD = "withheld"


STANDINGS: dict[Standing, Word] = {
    Standing.WITHIN: Word("within", "●", "quiet", "chance explains the difference from all facilities"),
    Standing.NEAR: Word("near the limit", "◆", "open", "chance would rarely stray so far; watch the next runs"),
    Standing.ABOVE: Word("above", "▲", "review", "higher than chance explains; a sample of charts may tell why"),
    Standing.BELOW: Word("below", "▼", "review", "lower than chance explains; a sample of charts may tell why"),
    Standing.TOO_FEW: Word("not enough episodes", "–", "quiet", "so few episodes say nothing about a facility"),
    Standing.WITHHELD: Word("withheld", "▪", "quiet", "masked: it stands for few episodes, or would tell of a facility that does"),
}


class Verdict(StrEnum):
    """What one day of a course, or one day's part of a claim line, comes to."""

    SUPPORTED = "supported"
    NOT_SUPPORTED = "not_supported"
    RECORDS_NEEDED = "records_needed"
    MEDICAL_REVIEW = "medical_review"
    NOT_ASKED = "not_asked"


VERDICTS: dict[Verdict, Word] = {
    Verdict.SUPPORTED: Word("supported", "✓", "good", "the record supports this day under the guideline"),
    Verdict.NOT_SUPPORTED: Word("not supported", "✕", "bad", "the record says this day falls outside the guideline"),
    Verdict.RECORDS_NEEDED: Word("records needed", "?", "open", "the record does not settle this day"),
    Verdict.MEDICAL_REVIEW: Word("medical review", "◆", "review", "the guideline leaves this day to the medical director"),
    Verdict.NOT_ASKED: Word("not asked", "–", "quiet", "this policy is not asked about this day"),
}


class Determination(StrEnum):
    """What an episode comes to; the first that fits."""

    NOT_INO = "not_ino"
    INO_NOT_SHOWN = "ino_not_shown"
    DECIDED_ELSEWHERE = "decided_elsewhere"
    EXPERIMENTAL = "experimental"
    CRITERIA_NOT_MET = "criteria_not_met"
    INSUFFICIENT_DOCUMENTATION = "insufficient_documentation"
    MEDICAL_REVIEW = "medical_review"
    POLICY_SILENT = "policy_silent"
    CRITERIA_MET = "criteria_met"


# What more documents could decide; whatever else an episode came to, they would not change it.
UNDECIDED = (Determination.INSUFFICIENT_DOCUMENTATION, Determination.INO_NOT_SHOWN)

DETERMINATIONS: dict[Determination, Word] = {
    Determination.NOT_INO: Word("not iNO", "–", "quiet", "nothing suggests inhaled nitric oxide; coding edits only"),
    Determination.INO_NOT_SHOWN: Word("iNO not shown", "?", "open", "the member could have had it, and no record shows it"),
    Determination.DECIDED_ELSEWHERE: Word("decided elsewhere", "→", "review", "other rules than this guideline decide it"),
    Determination.EXPERIMENTAL: Word("experimental", "✕", "bad", "an exclusion of the guideline is documented"),
    Determination.CRITERIA_NOT_MET: Word("criteria not met", "✕", "bad", "every pathway asked has a documented failure"),
    Determination.INSUFFICIENT_DOCUMENTATION: Word("insufficient documentation", "?", "open", "the records we hold do not settle it"),
    Determination.MEDICAL_REVIEW: Word("medical review", "◆", "review", "the guideline leaves it to the medical director"),
    Determination.POLICY_SILENT: Word("policy silent", "○", "quiet", "the guideline lists the code and says nothing of this use"),
    Determination.CRITERIA_MET: Word("criteria met", "✓", "good", "every paragraph asked is documented as met"),
}


class Action(StrEnum):
    """Who does what next."""

    PAY = "pay"
    INFO = "info"
    REQUEST_RECORDS = "request_records"
    NURSE_REVIEW = "nurse_review"
    MEDICAL_DIRECTOR = "medical_director"
    CASE_REVIEW = "case_review"
    CODING_ADJUSTMENT = "coding_adjustment"
    HOLD = "hold"
    NONE = "none"


ACTIONS: dict[Action, str] = {
    Action.PAY: "leave as paid",
    Action.INFO: "for information",
    Action.REQUEST_RECORDS: "request records",
    Action.NURSE_REVIEW: "nurse review",
    Action.MEDICAL_DIRECTOR: "refer to the medical director",
    Action.CASE_REVIEW: "case review under the plan's own rules",
    Action.CODING_ADJUSTMENT: "recommend a coding adjustment",
    Action.HOLD: "hold until the data are mended",
    Action.NONE: "nothing to do under this guideline",
}


class ExitCode(IntEnum):
    """What the program's exit status says."""

    AUDITED = 0
    USAGE = 2
    SETTINGS_REFUSED = 10
    EXTRACT_REFUSED = 11
    NOTHING_TO_AUDIT = 12
    NOT_DELIVERED = 13
    LOCKED = 14
    LEDGER_REFUSED = 15
    NOT_ARRIVED = 16
    DISK_FULL = 17
    NOT_READY = 18
    NOT_THE_SAME = 19
    NOT_PROVED = 20
    UNFORESEEN = 70


EXIT_CODES: dict[ExitCode, str] = {
    ExitCode.AUDITED: "audited, or checked; findings are the product, not a failure",
    ExitCode.USAGE: "the command line was not understood",
    ExitCode.SETTINGS_REFUSED: "a setting or the policy was refused",
    ExitCode.EXTRACT_REFUSED: "an extract, or a reviewed worklist, was refused",
    ExitCode.NOTHING_TO_AUDIT: "no line of the listed services, and no sign of iNO, in the extract; a report says so",
    ExitCode.NOT_DELIVERED: "the run was published but could not be delivered",
    ExitCode.LOCKED: "another run holds the lock",
    ExitCode.LEDGER_REFUSED: "the ledger could not be opened, read or written",
    ExitCode.NOT_ARRIVED: "nothing new has arrived, or it is not whole yet",
    ExitCode.DISK_FULL: "the disk is full; no half of a run is left",
    ExitCode.NOT_READY: "the doctor found something to mend before the next night",
    ExitCode.NOT_THE_SAME: "a run or a pack is not what it was, or a rerun came to something else",
    ExitCode.NOT_PROVED: "a vignette of the policy fails, is not confirmed, or is missing",
    ExitCode.UNFORESEEN: "the night met a fault nobody foresaw; the log says where",
}
