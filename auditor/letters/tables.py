"""The columns of requests.csv and letters.csv, in the order they are written."""

from __future__ import annotations

from auditor.result_columns import ResultTable
from auditor.result_columns import columns as _columns

REQUESTS = ResultTable(
    "requests",
    "one document to ask one provider for, for one undecided episode",
    _columns(
        ("provider_rank", "integer", "place of the provider: most dollars waiting first"),
        ("provider", "text", "facility that holds records of the course; the biller where none is given; empty where neither is"),
        ("episode_rank", "integer", "place of the episode with that provider: most dollars waiting first"),
        ("episode_id", "text", "the episode"),
        ("member_id", "text", "the member"),
        ("first_day", "date", "first day of the course"),
        ("last_day", "date", "last day of the course"),
        ("claims", "list", "claim numbers of the course"),
        ("place", "integer", "place of the document in the set"),
        ("document", "text", "the document"),
        ("send", "text", "what to send, in plain words"),
        ("instead", "list", "documents any of which would do in its place"),
        ("paragraphs", "list", "paragraphs that ask for it"),
        ("must_show", "list", "what it is asked for, in plain words, with the paragraph"),
        ("waiting_cents", "cents", "dollars of the episode that wait for all its documents together"),
        ("also_asked", "list", "other providers asked for the same, where several hold records of the course"),
        ("due_day", "date", "day by which to answer"),
        ("due_basis", "text", "where the days to answer come from"),
        ("return_address", "text", "where to send it; empty until the plan fills it in configs/letters.yaml"),
        ("missing", "list", "slots of configs/letters.yaml to fill before it is sent"),
    ),
    ("provider_rank", "episode_rank", "place"),
)

# Slots that the plan fills in configs/letters.yaml, as people name them.
RETURN_ADDRESS = "return address"
SLOTS = {"notice_wording": "wording of the notice", "appeal_rights": "appeal rights", "appeal_days": "days to appeal"}

LETTERS = ResultTable(
    "letters",
    "one episode that needs a letter or a notice",
    _columns(
        ("episode_id", "text", "the episode"),
        ("member_id", "text", "the member"),
        ("kind", "text", "determination, adjustment or records_request"),
        ("ready", "flag", "the plan has filled every slot of its line of business; a person still reviews and signs"),
        ("missing", "list", "slots of configs/letters.yaml that are not filled"),
        ("line_of_business", "text", "the kind of plan"),
        ("state", "text", "the state"),
        ("plan", "text", "the plan"),
        ("determination", "text", "what the episode comes to"),
        ("recommendation", "text", "what is recommended, and who decides"),
        ("reasons", "list", "the specific reasons in plain words, each with its paragraph"),
        ("criteria_cited", "list", "paragraphs with our statement of each"),
        ("evidence_considered", "list", "what was read for these paragraphs: what it is, its day, its document, its file and row"),
        ("policy", "text", "name of the policy"),
        ("policy_version", "text", "its revision"),
        ("policy_effective", "date", "the day it took effect"),
        ("policy_source", "text", "the document it is taken from"),
        ("claims", "list", "claim numbers"),
        ("facilities", "list", "where it was given"),
        ("first_day", "date", "first date of service"),
        ("last_day", "date", "last date of service"),
        ("counted_cents", "cents", "dollars of its lines that count"),
        ("at_risk_low_cents", "cents", "dollars at risk, at least"),
        ("at_risk_high_cents", "cents", "dollars at risk, at most"),
        ("carc", "list", "claim adjustment reasons suggested by findings"),
        ("rarc", "list", "remarks suggested by findings"),
        ("notice_wording", "text", "the plan's own wording for its line of business"),
        ("appeal_rights", "text", "the plan's own wording of appeal rights"),
        ("appeal_days", "integer", "days to appeal, counted from the letter"),
        ("appeal_citation", "text", "where these days are written"),
        ("reviewer_name", "text", "left for the reviewer"),
        ("reviewer_credentials", "text", "left for the reviewer"),
        ("reviewed_on", "date", "left for the reviewer"),
    ),
    ("episode_id",),
)
