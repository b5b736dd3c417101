"""The history of runs by plain loops over dicts, written from docs/ledger.md: what the ledger must say, on any database."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

Row = dict[str, Any]
Night = dict[str, list[Row]]

SAID_OF_COURSE = ["episode_id", "kind", "basis", "determination", "next_action", "facility", "line_of_business", "start_day", "end_day"]
SAID_OF_COURSE += ["therapy_days", "at_risk_low_cents", "at_risk_high_cents"]
SAID_OF_FINDING = ["state", "severity", "action", "says_sha256", "policy_revision", "rows", "first_day", "last_day", "days"]
SAID_OF_FINDING += ["at_risk_low_cents", "at_risk_high_cents"]
MATERIAL = ["state", "severity", "action", "says_sha256", "determination", "next_action", "kind"]

# The table of docs/ledger.md, section 5, as it is printed: s stands, l lapses.
NIGHTS = ["unchanged", "minor", "rose", "otherwise", "resolved", "reopened", "joined", "date"]
LAPSES = {
    "upheld": "ssslsll-",
    "overturned": "ssllsll-",
    "records_requested": "sssllll-",
    "accepted_until": "ssllslll",
    "not_pursued": "ssllsll-",
}


def read_courses(night: Night) -> dict[Any, Row]:
    """The courses of a night by episode id, and the loose ones by (member,)."""
    courses: dict[Any, Row] = {}
    for row in night["episodes"]:
        mine = [line for line in night["lines"] if line["episode_id"] == row["episode_id"]]
        days = {day["day"] for day in night["therapy_days"] if day["episode_id"] == row["episode_id"]}
        if not days:
            for line in mine or [{"first_day": row["start_day"], "last_day": row["end_day"]}]:
                day = line["first_day"]
                while day <= line["last_day"]:
                    days.add(day)
                    day += timedelta(1)
        facility = None
        for line in sorted(mine, key=lambda line: (line["first_day"], line["line_key"])):
            facility = facility or line["facility_npi"]
        if facility is None and row["facilities"]:
            facility = row["facilities"][0]
        said = {name: row[name] if name != "facility" else facility for name in SAID_OF_COURSE}
        lines = {(line["claim_id"], line["claim_line_number"]) for line in mine}
        courses[row["episode_id"]] = {"member": row["member_id"], "days": days, "lines": lines, "said": said, "kind": row["kind"]}
    return courses


def read_findings(night: Night, courses: dict[Any, Row]) -> dict[Any, Row]:
    """What a night says of each finding, by (course, number, paragraph); makes the loose courses it needs."""
    owner = {line["line_key"]: line["member_id"] for line in night["lines"]}
    groups: dict[Any, list[Row]] = {}
    for row in night["findings"]:
        course = row["episode_id"]
        if course is None:
            course = (owner.get(row["line_key"], ""),)
            if course not in courses:
                said = dict.fromkeys(SAID_OF_COURSE) | {"kind": "loose", "therapy_days": 0, "at_risk_low_cents": 0, "at_risk_high_cents": 0}
                courses[course] = {"member": course[0], "days": set(), "lines": set(), "said": said, "kind": "loose"}
        groups.setdefault((course, row["finding_id"], row["paragraph"]), []).append(row)
    findings = {}
    for key, rows in groups.items():
        said = {name: ",".join(sorted({row[name] for row in rows if row[name]})) for name in ("state", "action", "policy_revision")}
        said["severity"] = min(row["severity"] for row in rows)
        said["says_sha256"] = sorted({row["says"] for row in rows})
        said["rows"] = len(rows)
        said["first_day"] = min([row["first_day"] for row in rows if row["first_day"]], default=None)
        said["last_day"] = max([row["last_day"] for row in rows if row["last_day"]], default=None)
        for name in ("days", "at_risk_low_cents", "at_risk_high_cents"):
            said[name] = sum(row[name] or 0 for row in rows)
        findings[key] = said
    return findings


def differ(old: Row, new: Row, names: list[str]) -> list[str]:
    return [name for name in names if old[name] != new[name]]


class History:
    """Everything remembered. Courses are numbered in the order they came; each remembers what was last said of it."""

    def __init__(self) -> None:
        self.runs: list[Row] = []
        self.courses: list[Row] = []
        self.findings: list[Row] = []
        self.decisions: list[Row] = []

    # -- matching ---------------------------------------------------------------------------------------------------------------

    def nearness(self, old: Row, new: Row, by: str) -> Any:
        """How near two courses are, the nearest least; None where they have nothing in common."""
        if old["member"] != new["member"]:
            return None
        shared = old[by] & new[by]
        if not shared:
            return None
        first = min(shared) if by == "days" else min(old["days"] | new["days"])
        return -len(shared), first, sorted([old["said"]["episode_id"], new["said"]["episode_id"]])

    def pair_up(self, olds: list[int], news: dict[Any, Row], paired: dict[Any, int]) -> None:
        """Pairs what is not yet paired, in four rounds."""
        for which in ("loose", "kind", "days", "lines"):
            candidates = []
            for number in olds:
                for name, new in news.items():
                    old = self.courses[number]
                    if number in paired.values() or name in paired:
                        continue
                    if which == "loose":
                        both = old["kind"] == new["kind"] == "loose" and old["member"] == new["member"]
                        near: Any = (0,) if both else None
                    else:
                        near = self.nearness(old, new, "lines" if which == "lines" else "days")
                        if which == "kind" and old["kind"] != new["kind"]:
                            near = None
                    if near is not None:
                        candidates.append((near, number, name))
            for _, number, name in sorted(candidates, key=lambda one: (one[0], str(one[1]))):
                if number not in paired.values() and name not in paired:
                    paired[name] = number

    def went(self, olds: list[int], news: dict[Any, Row], paired: dict[Any, int]) -> tuple[dict[int, Any], dict[Any, int]]:
        """Earlier courses taken in by later ones, and later courses that came from earlier ones."""
        taken_in, came_from = {}, {}
        pair_of = {number: name for name, number in paired.items()}
        for number in olds:
            near = []
            for name, new in news.items():
                mine = self.courses[number]["days"] & new["days"] if self.courses[number]["member"] == new["member"] else set()
                if name in paired:
                    mine = mine - self.courses[paired[name]]["days"]
                if mine and number not in pair_of:
                    near.append((self.nearness(self.courses[number], new, "days"), name))
            if near:
                taken_in[number] = min(near)[1]
        for name, new in news.items():
            near = []
            for number in olds:
                mine = self.courses[number]["days"] & new["days"] if self.courses[number]["member"] == new["member"] else set()
                if number in pair_of:
                    mine = mine - news[pair_of[number]]["days"]
                if mine and name not in paired:
                    near.append((self.nearness(self.courses[number], new, "days"), number))
            if near:
                came_from[name] = min(near)[1]
        return taken_in, came_from

    # -- a night ----------------------------------------------------------------------------------------------------------------

    def night(self, run: str, as_of: date, night: Night) -> tuple[list[Row], list[Row]]:
        """Takes in a run; what became of courses and of findings."""
        self.runs.append({"run": run, "as_of": as_of, "courses": {}, "findings": {}})
        news = read_courses(night)
        said = read_findings(night, news)
        present = [number for number, course in enumerate(self.courses) if course["open"]]
        away = [number for number, course in enumerate(self.courses) if not course["open"]]
        paired: dict[Any, int] = {}
        self.pair_up(present, news, paired)
        taken_in, came_from = self.went(present, news, paired)
        self.pair_up(away, news, paired)
        before = [dict(course) for course in self.courses]
        number_of = dict(paired)
        for name in news:
            if name not in number_of:
                number_of[name] = len(self.courses)
                self.courses.append({})
        findings = self.night_of_findings(said, news, (number_of, before, taken_in, came_from))
        courses = self.night_of_courses(news, (number_of, before, taken_in, came_from))
        self.lapse(self.runs[-1])
        return courses, findings

    def night_of_courses(self, news: dict[Any, Row], how: Any) -> list[Row]:
        number_of, before, taken_in, came_from = how
        told = []
        for name, new in news.items():
            number = number_of[name]
            old = before[number] if number < len(before) else None
            took = sorted([one for one, other in taken_in.items() if other == name], key=lambda one: self.begin(before[one]))
            if old is None:
                change = "new"
            elif not old["open"]:
                change = "reopened"
            else:
                change = "updated" if differ(old["said"], new["said"], SAID_OF_COURSE) else "unchanged"
            if took:
                kinship = "merged"
            elif name in came_from or number in came_from.values():
                kinship = "split"
            else:
                kinship = "new" if old is None else "same"
            was = ([old] if old and old["open"] else []) + [before[one] for one in took]
            named = was or ([before[came_from[name]]] if name in came_from else [])
            row = {
                "change": change,
                "kinship": kinship,
                "episode_id": new["said"]["episode_id"],
                "earlier_ids": [one["said"]["episode_id"] for one in named],
                "keeps": old["said"]["episode_id"] if old else None,
                "what": differ(old["said"], new["said"], SAID_OF_COURSE) if old else [],
                "dollars": (new["said"]["at_risk_low_cents"], new["said"]["at_risk_high_cents"]),
                "earlier_dollars": tuple(sum(one["said"][side] for one in was) for side in ("at_risk_low_cents", "at_risk_high_cents")),
            }
            self.courses[number] = new | {"open": True}
            self.runs[-1]["courses"][number] = row | {"course": number}
            if new["kind"] != "loose":
                told.append(row)
        for number, old in enumerate(before):
            if old["open"] and number not in number_of.values():
                self.courses[number] = old | {"open": False}
                kinship = "merged" if number in taken_in else "gone"
                row = {
                    "change": "resolved",
                    "kinship": kinship,
                    "episode_id": None,
                    "earlier_ids": [old["said"]["episode_id"]],
                    "keeps": old["said"]["episode_id"],
                    "what": [],
                    "dollars": (0, 0),
                    "earlier_dollars": (old["said"]["at_risk_low_cents"], old["said"]["at_risk_high_cents"]),
                }
                self.runs[-1]["courses"][number] = row
                if kinship == "gone" and old["kind"] != "loose":
                    told.append(row)
        return told

    @staticmethod
    def begin(course: Row) -> Any:
        return course["member"], min(course["days"]) if course["days"] else date.min, course["said"]["episode_id"]

    def night_of_findings(self, said: dict[Any, Row], news: dict[Any, Row], how: Any) -> list[Row]:
        number_of, before, taken_in, came_from = how
        ways = [(self.begin(before[number]), name, number) for number, name in taken_in.items()]
        ways += [(self.begin(news[name]), name, number) for name, number in came_from.items()]
        was_of: dict[Any, Row] = {}
        same_course = [(name, number) for name, number in number_of.items() if number < len(before)]
        for pairs, is_open in ((same_course, True), ([one[1:] for one in sorted(ways)], True), (same_course, False)):
            for name, number in pairs:
                for key in said:
                    if key[0] != name or key in was_of:
                        continue
                    for finding in self.findings:
                        fits = (finding["course"], finding["number"], finding["paragraph"]) == (number, key[1], key[2])
                        if fits and finding["open"] is is_open and not any(finding is one for one in was_of.values()):
                            was_of[key] = finding
                            break
        told = []
        for finding in self.findings:
            if finding["open"] and not any(finding is one for one in was_of.values()):
                finding["open"] = False
                told.append(self.tell("resolved", finding, [], 0, finding["said"]["at_risk_high_cents"]))
        for key, now in said.items():
            old = was_of.get(key)
            if old is None:
                old = {"number": key[1], "paragraph": key[2], "said": now}
                self.findings.append(old)
                change, what, was = "new", [], 0
            else:
                what = differ(old["said"], now, SAID_OF_FINDING)
                change = ("updated" if what else "unchanged") if old["open"] else "reopened"
                was = old["said"]["at_risk_high_cents"] if old["open"] else 0
            old.update(course=number_of[key[0]], label=news[key[0]]["said"]["episode_id"], said=now, open=True)
            told.append(self.tell(change, old, what, now["at_risk_high_cents"], was))
        return told

    def tell(self, change: str, finding: Row, what: list[str], dollars: int, earlier: int) -> Row:
        row = {
            "change": change,
            "episode_id": finding["label"],
            "finding_id": finding["number"],
            "paragraph": finding["paragraph"],
            "what": what,
            "dollars": dollars,
            "earlier_dollars": earlier,
        }
        self.runs[-1]["findings"][id(finding)] = row
        return row

    # -- decisions --------------------------------------------------------------------------------------------------------------

    def decide(self, given: Any) -> bool:
        """Keeps a decision; False for the very same."""
        then = next(run for run in self.runs if run["run"] == given.run)
        target: Any = None
        for number, row in then["courses"].items():
            if row["episode_id"] == given.episode_id:
                target = number
        if given.finding_id is not None:
            for key, row in then["findings"].items():
                said = (row["episode_id"], row["finding_id"], row["paragraph"])
                if row["change"] != "resolved" and said == (given.episode_id, given.finding_id, given.paragraph):
                    target = key
        if any(one["given"] == given and one["target"] == target for one in self.decisions):
            return False
        for one in self.decisions:
            if one["target"] == target and one["finding"] is (given.finding_id is not None) and one["lapsed"] is None:
                one["lapsed"] = (self.runs[-1]["run"], "anew")
        kept = {"given": given, "target": target, "finding": given.finding_id is not None, "lapsed": None}
        self.decisions.append(kept)
        names = [run["run"] for run in self.runs]
        for run in self.runs[names.index(given.run) + 1 :]:
            self.lapse_one(kept, run)
        return True

    def lapse(self, run: Row) -> None:
        for one in self.decisions:
            self.lapse_one(one, run)

    def lapse_one(self, one: Row, run: Row) -> None:
        if one["lapsed"] is not None:
            return
        rule = dict(zip(NIGHTS, LAPSES[one["given"].decision], strict=True))
        row = run["findings" if one["finding"] else "courses"].get(one["target"])
        happened = [self.happened(row, one["finding"])]
        if one["given"].until and run["as_of"] >= one["given"].until:
            happened.append("date")
        for event in happened:
            if rule[event] == "l" and one["lapsed"] is None:
                one["lapsed"] = (run["run"], event)

    @staticmethod
    def happened(row: Row | None, is_finding: bool) -> str:
        if row is None or row["change"] == "new":
            return "unchanged" if row is None or is_finding or row["kinship"] not in ("merged", "split") else "joined"
        if not is_finding and row["kinship"] in ("merged", "split"):
            return "joined"
        if row["change"] != "updated":
            return str(row["change"])
        if any(name in MATERIAL for name in row["what"]):
            return "otherwise"
        now, was = (row["dollars"], row["earlier_dollars"]) if is_finding else (row["dollars"][1], row["earlier_dollars"][1])
        return "rose" if now > was else "minor"
