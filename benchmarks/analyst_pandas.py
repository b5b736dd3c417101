"""What an analyst would write in an afternoon with pandas: every course of inhaled nitric oxide of an extract, judged by the guideline.

It reads the whole extract in one go and believes it: no intake checks, no row set aside, no findings, no coding edits, no citations,
no settling; formats, codes and statuses are those that seeded data hold. Outcomes: 0 not met, 1 unknown, 2 met, empty not asked.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

LISTED = ["93463", "94002", "94003", "94799"]
UNLISTED = "94799"
SAYS, HINTS, ANOTHER = r"nitric[ -]*oxide", r"\bi\.?n\.?o\b|\binomax\b|\bgenosyl\b|\bnoxivent\b", r"exhaled|expired|\bfeno\b|nitrous"
GAP, LIMIT, DAY = 3, 14, pd.Timedelta(days=1)
UNUSABLE = ["preliminary", "entered_in_error", "absent", "contraindicated"]
FAILED, WORKED = ["unsuccessful", "contraindicated", "not_tolerated"], ["successful", "absent"]
YES, NO, EITHER = ["present"], ["absent"], ["present", "absent"]
EVER, BY_START, AFTER, ECHO, SURGERY = (-1e9, 1e9), (-1e9, 0), (0, 1e9), (-72, 24), (-336, 168)
CHART_RULES = [  # fact, concept, hours from the start, statuses that show it, statuses that deny it
    ("pphn", "pphn", BY_START, YES, NO),
    ("failure", "hypoxic_respiratory_failure", BY_START, YES, NO),
    ("oxygen", "oxygen_100", BY_START, FAILED, WORKED),
    ("alkalosis", "alkalosis", BY_START, FAILED, WORKED),
    ("blockade", "neuromuscular_blockade", BY_START, FAILED, WORKED),
    ("blockade", "nmb_and_sedation", BY_START, FAILED, WORKED),
    ("sedation", "sedation", BY_START, FAILED, WORKED),
    ("sedation", "nmb_and_sedation", BY_START, FAILED, WORKED),
    ("ventilation", "maximum_ventilation", BY_START, FAILED, WORKED),
    ("oscillation", "hfov", BY_START, FAILED, WORKED),
    ("echo", "echo", ECHO, YES, NO),
    ("echo", "echo_pphn", ECHO, EITHER, []),
    ("echo", "echo_structural_chd", ECHO, EITHER, []),
    ("echo_pphn", "echo_pphn", ECHO, YES, NO),
    ("right_to_left", "echo_chd_right_to_left", ECHO, YES, NO),
    ("right_to_left", "echo_structural_chd", ECHO, [], NO),
    ("right_to_left", "chd_right_to_left", EVER, YES, NO),
    ("right_to_left", "chd", EVER, [], NO),
    ("cdh", "echo_cdh", EVER, YES, NO),
    ("cdh", "imaging_cdh", EVER, YES, NO),
    ("cdh", "prenatal_cdh", EVER, YES, NO),
    ("cdh", "cdh", EVER, YES, NO),
    ("chd", "chd", EVER, YES, NO),
    ("chd", "chd_right_to_left", EVER, YES, []),
    ("chd", "echo_structural_chd", EVER, YES, NO),
    ("chd", "echo_chd_right_to_left", EVER, YES, []),
    ("bypass", "cardiopulmonary_bypass", SURGERY, YES, NO),
    ("heart_surgery", "heart_surgery", SURGERY, YES, NO),
    ("heart_surgery", "cardiopulmonary_bypass", SURGERY, YES, []),
    ("lung_surgery", "lung_surgery", SURGERY, YES, NO),
    ("hypoxia", "perioperative_hypoxia", SURGERY, YES, NO),
    ("hypoxia", "hypoxic_respiratory_failure", SURGERY, YES, []),
    ("hypertension", "pulmonary_arterial_hypertension", BY_START, YES, NO),
    ("hypertension", "ph_crisis", SURGERY, YES, []),
    ("crisis", "ph_crisis", SURGERY, YES, NO),
    ("improvement", "rapid_improvement", AFTER, YES, NO),
    ("ards", "ards", BY_START, YES, NO),
]
COURSE, ALWAYS = (-36500, None), (-36500, 36500)
CODE_RULES = [  # fact, codes, days from the start; None: until the episode's last day
    ("pphn", r"P2930$", COURSE),
    ("failure", r"(?:P285|J96[0129]1)$", COURSE),
    ("hypertension", r"(?:I270|I2721|I2783)$", COURSE),
    ("ards", r"J80$", COURSE),
    ("cdh", r"(?:Q790|39503)$", ALWAYS),
    ("right_to_left", r"(?:Q20[0-4]|Q213|Q22[046]|Q234|Q2521|Q255|Q262|I2783)$", ALWAYS),
    ("chd", r"(?!Q250$|Q2112$|Q265$|Q266$)(?:Q2[0-6]|I2783$)", ALWAYS),
    ("echo", r"(?:9330[34678]|9331[2-8]|93355)$", (-3, 1)),
    ("bypass", r"33926$", (-14, 7)),
    ("heart_surgery", r"(?:334[017]|336|337[0-8]|338|3391|3392[0456]|339[34]5)", (-14, 7)),
    ("lung_surgery", r"(?:3285[1-4]|3248[0-8])$", (-14, 7)),
]
PLAUSIBLE = {"fio2": (0.205, 100), "spo2": (1e-9, 100), "pao2": (5, 700), "mean_airway_pressure": (1, 60), "oxygen_flow": (0, 100)}
BUCKETS = ("supported", "not_supported", "records_needed", "medical_review", "not_asked", "linked")
LINE_COLUMNS = [
    "member_id", "claim_id", "claim_line_start_date", "claim_line_end_date", "frequency_code", "original_claim_id", "claim_status",
    "received_date", "hcpcs_code", "line_description", "line_of_business", "state", "allowed_amount", "paid_amount",
    "diagnosis_code_1", "diagnosis_code_2",
]  # fmt: skip


def read(path: Path, columns: list[str], filters: list[tuple[str, str, object]] | None = None) -> pd.DataFrame:
    """Some columns of a table, its rows filtered as they are read; texts stay in Arrow's memory."""
    return pq.read_table(path, columns=columns, filters=filters).to_pandas(date_as_object=False)


def says(words: pd.Series, pattern: str) -> pd.Series:
    """Whether a line's words name the gas, and not another; each wording is asked once."""
    distinct = words.dropna().drop_duplicates().astype(str)
    found = distinct[distinct.str.contains(pattern, case=False) & ~distinct.str.contains(ANOTHER, case=False)]
    return words.isin(found.tolist())


def find_patients(folder: Path) -> list[str]:
    """Members with a listed service, words for iNO on a line, or iNO on the chart."""
    lines = read(folder / "claim_lines.parquet", ["member_id", "hcpcs_code", "line_description"])
    ours = lines["member_id"][lines["hcpcs_code"].isin(LISTED) | says(lines["line_description"], SAYS)]
    charted = read(folder / "events.parquet", ["member_id"], [("concept", "in", ["ino", "ino_dose"])])["member_id"]
    return pd.concat([ours, charted]).drop_duplicates().tolist()


def read_lines(folder: Path, patients: list[str]) -> pd.DataFrame:
    """The final version of each claim: a replacement or void ends what it names, unless it is pending or denied itself.

    Denied lines show a service, and carry no dollars.
    """
    lines = read(folder / "claim_lines.parquet", LINE_COLUMNS, [("member_id", "in", patients)])
    lines = lines.rename(columns={"claim_line_start_date": "first_day", "claim_line_end_date": "last_day", "line_description": "words"})
    lines["last_day"] = lines["last_day"].fillna(lines["first_day"])
    lines["family"] = lines["original_claim_id"].fillna(lines["claim_id"])
    frequency = lines["frequency_code"].fillna("1")
    family = [lines["member_id"], lines["family"]]
    version = [lines["member_id"], lines["claim_id"], frequency, lines["received_date"]]
    undecided = lines["claim_status"].isin(["pending", "denied"]).groupby(version, dropna=False).transform("all")
    changes = frequency.isin(["7", "8"])
    idle = changes & undecided
    newest = lines["received_date"] == lines["received_date"].where(~idle).groupby(family).transform("max")
    replaced = (changes & ~idle).groupby(family).transform("any")
    amount = lines["paid_amount"].fillna(lines["allowed_amount"]).astype(float).fillna(0)
    lines["cents"] = np.where(lines["claim_status"] == "paid", (amount * 100).round(), 0).astype("int64")
    living = lines[(lines["claim_status"] != "reversed") & (idle | ~replaced | (newest & (frequency != "8")))].reset_index(drop=True)
    living["line"] = living.index
    return living


def read_chart(folder: Path, patients: list[str]) -> pd.DataFrame:
    """Charts of the patients; `number` where the value is one."""
    chart = read(folder / "events.parquet", ["member_id", "start", "end", "concept", "status", "value"], [("member_id", "in", patients)])
    chart = chart[chart["concept"].notna()].rename(columns={"start": "at", "end": "end_at"})
    chart["day"] = chart["at"].dt.normalize()
    chart["status"] = chart["status"].fillna("present")
    chart["number"] = pd.to_numeric(chart["value"].astype(object), errors="coerce")
    return chart


def each_day(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows with a first and a last day, once for each day; `place` counts the days of a row."""
    days = ((rows["last_day"] - rows["first_day"]).dt.days + 1).clip(lower=0)
    long = rows.loc[rows.index.repeat(days)]
    place = long.groupby(level=0).cumcount()
    return long.assign(day=long["first_day"] + pd.to_timedelta(place, unit="D"), place=place + 1, days=days).reset_index(drop=True)


def number_runs(rows: pd.DataFrame, most: int) -> pd.Series:
    """Runs of a member's days, sorted, in which each is at most so many days after the one before."""
    step = rows.groupby("member_id")["day"].diff()
    return (step.isna() | (step > most * DAY)).groupby(rows["member_id"]).cumsum()


def find_segments(chart: pd.DataFrame) -> pd.DataFrame:
    """From start to end of each course charted, by day; an end at midnight touches no new day."""
    segments = chart[(chart["concept"] == "ino") & ~chart["status"].isin(UNUSABLE)].rename(columns={"day": "first_day"})
    last = segments["end_at"].dt.normalize()
    at_midnight = (last == segments["end_at"]) & (last > segments["first_day"])
    return segments.assign(last_day=last.where(~at_midnight, last - DAY).fillna(segments["first_day"]))


def find_shown(chart: pd.DataFrame, segments: pd.DataFrame, line_days: pd.DataFrame) -> pd.DataFrame:
    """Days on which iNO is shown: by the chart from start to end, by a dose, by a line that says so."""
    courses = each_day(segments).assign(charted=True, by_segment=True)
    doses = chart[(chart["concept"] == "ino_dose") & chart["number"].between(1e-9, 200) & (chart["status"] == "present")]
    doses = doses.assign(charted=True, by_segment=False)
    said = line_days.loc[line_days["says"], ["member_id", "day"]].assign(charted=False, by_segment=False)
    columns = ["member_id", "day", "charted", "by_segment", "at", "end_at"]
    return pd.concat([courses[columns], doses.assign(end_at=pd.NaT)[columns], said])


def find_stays(ino_lines: pd.DataFrame, shown: pd.DataFrame) -> pd.DataFrame:
    """Services and iNO of a member with no free day between them."""
    claims = ino_lines.groupby(["member_id", "claim_id"]).agg(first_day=("first_day", "min"), last_day=("last_day", "max")).reset_index()
    days = shown[["member_id", "day"]].drop_duplicates().rename(columns={"day": "first_day"})
    ranges = pd.concat([claims[["member_id", "first_day", "last_day"]], days.assign(last_day=days["first_day"])])
    ranges = ranges.sort_values(["member_id", "first_day", "last_day"], ignore_index=True)
    reached = ranges["last_day"].astype("int64").groupby(ranges["member_id"]).cummax().astype(ranges["last_day"].dtype)
    begins = (ranges["member_id"] != ranges["member_id"].shift()) | (ranges["first_day"] > reached.shift() + DAY)
    ranges["stay"] = begins.cumsum()
    return ranges.groupby(["member_id", "stay"]).agg(first_stay=("first_day", "min"), last_stay=("last_day", "max")).reset_index()


def find_gas_days(shown: pd.DataFrame, stays: pd.DataFrame, line_days: pd.DataFrame) -> pd.DataFrame:
    """One row a day on which iNO is shown or hinted at; `outside` where only claims show it and the chart has ended, or not yet begun."""
    on_gas = shown[["member_id", "day"]].drop_duplicates().merge(stays, on="member_id")
    on_gas = on_gas[on_gas["day"].between(on_gas["first_stay"], on_gas["last_stay"])].drop_duplicates("stay")
    hints = line_days[line_days["hints"]].merge(on_gas.drop(columns="day"), on="member_id")
    hints = hints[hints["day"].between(hints["first_stay"], hints["last_stay"])][["member_id", "day"]]
    rows = pd.concat([shown, hints.assign(charted=False, by_segment=False)])
    rows["begun"] = rows["at"].where(rows["at"].dt.normalize() == rows["day"])
    rows["open"] = rows["by_segment"].astype(bool) & rows["end_at"].isna()
    flags = {"charted": ("charted", "max"), "by_segment": ("by_segment", "max"), "open": ("open", "max"), "begun": ("begun", "min")}
    days = rows.astype({"charted": bool, "by_segment": bool}).groupby(["member_id", "day"]).agg(**flags).reset_index()
    days["island"] = number_runs(days, GAP)
    island = [days["member_id"], days["island"]]
    ended = (days["by_segment"] & ~days["open"]).where(days["charted"]).groupby(island).ffill().groupby(island).shift()
    began = days["by_segment"].where(days["charted"]).groupby(island).bfill().groupby(island).shift(-1)
    charted = days["day"].where(days["charted"])
    days["beside"] = charted.groupby(island).ffill().fillna(charted.groupby(island).bfill())
    agreed = ended.ne(False) & began.ne(False)
    return days.assign(outside=~days["charted"] & agreed & (ended.notna() | began.notna()))


def find_courses(gas_days: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Therapy days, numbered, with the first day of their episode; and the same with the days outside beside them."""
    days = gas_days[~gas_days["outside"]].copy()
    days["run"] = number_runs(days, GAP)
    run = days.groupby(["member_id", "run"])["day"]
    days["start_day"], days["number"] = run.transform("min"), run.cumcount() + 1
    placed = days[["member_id", "day", "start_day"]].rename(columns={"day": "beside"})
    outside = gas_days[gas_days["outside"]].merge(placed, on=["member_id", "beside"])
    return days, pd.concat([days, outside])[["member_id", "start_day", "day", "number", "outside"]]


def place_lines(line_days: pd.DataFrame, course_days: pd.DataFrame, stays: pd.DataFrame) -> pd.DataFrame:
    """The episode of each line: that of its therapy day, else the one whose days surround it, else one of its own by stay."""
    spans = course_days.groupby(["member_id", "start_day"])["day"].agg(["min", "max"]).reset_index()
    within = line_days.merge(spans, on="member_id")
    within = within[within["day"].between(within["min"], within["max"])]
    own = course_days[~course_days["outside"]][["member_id", "day", "start_day"]].assign(own=True)
    within = within.merge(own, on=["member_id", "day", "start_day"], how="left")
    ours = within.sort_values(["own", "start_day"]).drop_duplicates("line")[["line", "member_id", "start_day"]].assign(on_gas=True)
    left = line_days[(line_days["place"] == 1) & ~line_days["line"].isin(ours["line"])].merge(stays, on="member_id")
    left = left[left["day"].between(left["first_stay"], left["last_stay"])]
    left = left.assign(start_day=left.groupby("stay")["day"].transform("min"), on_gas=False)
    return pd.concat([ours, left[["line", "member_id", "start_day", "on_gas"]]])


def find_episodes(days: pd.DataFrame, segments: pd.DataFrame, placed: pd.DataFrame) -> pd.DataFrame:
    """One row an episode: its start by the clock, last day, therapy days, and hours where segments cover all of them."""
    first = days[days["number"] == 1].set_index(["member_id", "start_day"])["begun"]
    runs = days.groupby(["member_id", "start_day"])
    episodes = runs.agg(end_day=("day", "max"), therapy_days=("day", "size"), timed=("by_segment", "min"), open_end=("open", "last"))
    episodes = episodes.join(first.rename("start_at")).reset_index().assign(on_gas=True)
    closed = segments[segments["end_at"].notna()].merge(episodes[["member_id", "start_day", "end_day"]], on="member_id")
    closed = closed[closed["first_day"].between(closed["start_day"], closed["end_day"])]
    hours = ((closed["end_at"] - closed["at"]) / pd.Timedelta(hours=1)).groupby([closed["member_id"], closed["start_day"]]).sum()
    episodes = episodes.join(hours.rename("hours"), on=["member_id", "start_day"])
    episodes["hours"] = episodes["hours"].where(episodes["timed"])
    others = placed.loc[~placed["on_gas"], ["member_id", "start_day"]].drop_duplicates().assign(on_gas=False, therapy_days=0)
    every = pd.concat([episodes.drop(columns="timed"), others], ignore_index=True)
    every["start_at"] = every["start_at"].fillna(every["start_day"])
    return every.astype({"on_gas": bool, "open_end": "boolean"}).rename_axis("episode").reset_index()


def add_people(episodes: pd.DataFrame, folder: Path, chart: pd.DataFrame, lines: pd.DataFrame, placed: pd.DataFrame) -> pd.DataFrame:
    """Whose rules decide, age at the start, and gestational age at birth."""
    first = lines[["member_id", "line", "first_day", "line_of_business", "state"]].sort_values(["first_day", "line"])
    plan = ["line_of_business", "state"]
    own = first.merge(placed[["line", "start_day"]], on="line").groupby(["member_id", "start_day"])[plan].first()
    others = first.groupby("member_id")[plan].first()  # for an episode without a line of its own
    plans = episodes[["member_id", "start_day"]].join(own, on=["member_id", "start_day"])
    plans = plans[plan].fillna(episodes[["member_id"]].join(others, on="member_id")[plan])
    members = read(folder / "members.parquet", ["member_id", "birth_date"])
    births = members[members["member_id"].isin(episodes["member_id"])].set_index("member_id")["birth_date"].astype(object)
    ages = pd.DataFrame({"born": pd.to_datetime(births, format="ISO8601"), "timed": births.str.len() > 10})
    stated = chart[(chart["concept"] == "gestational_age") & (chart["status"] == "present")]
    written = stated["value"].astype(object).str.extract(r"(\d+)w(\d)d").astype(float)
    gestation = (7 * written[0] + written[1]).where(lambda days: days.between(112, 315)).groupby(stated["member_id"]).agg(["min", "max"])
    people = episodes.join(plans).join(ages, on="member_id").join(gestation, on="member_id")
    birthday = people["born"].dt.normalize()
    by_clock = np.floor((people["start_at"] - people["born"]) / DAY)
    people["age_days"] = by_clock.where(people["timed"].fillna(False) & people["on_gas"], (people["start_day"] - birthday).dt.days)
    start, born = people["start_day"].dt, birthday.dt
    early = (start.month * 100 + start.day) < (born.month * 100 + born.day)
    people["age_years"] = start.year - born.year - early
    by_criteria = people["line_of_business"].isin(["commercial", "medicare"]) & people["state"].isin(["ID", "MT", "OR", "WA"])
    by_case = (people["line_of_business"] == "medicaid") & (people["state"] == "OR")
    people["route"] = np.select([by_criteria, by_case.fillna(False)], ["criteria", "case review"], "elsewhere")
    return people.rename(columns={"min": "gestation_low", "max": "gestation_high"})


def shown_by_chart(episodes: pd.DataFrame, chart: pd.DataFrame) -> pd.DataFrame:
    """Facts that charted words show or deny, within hours of the start."""
    rules = pd.DataFrame(CHART_RULES, columns=["fact", "concept", "window", "shows", "denies"])
    rules["from"], rules["to"] = rules["window"].str[0], rules["window"].str[1]
    spoken = chart[chart["concept"].isin(rules["concept"].tolist())].astype({"concept": object, "status": object})
    rows = episodes[["episode", "member_id", "start_at"]].merge(spoken[["member_id", "at", "concept", "status"]], on="member_id")
    rows = rows.merge(rules, on="concept")
    hours = (rows["at"] - rows["start_at"]) / pd.Timedelta(hours=1)
    rows = rows[hours.between(rows["from"], rows["to"])]
    for side, name in (("shows", "for"), ("denies", "against")):
        words = [status in among for status, among in zip(rows["status"], rows[side], strict=True)]
        rows = rows.assign(**{name: np.array(words, dtype=bool)})
    return rows[["episode", "fact", "for", "against"]]


def shown_by_codes(episodes: pd.DataFrame, lines: pd.DataFrame) -> pd.DataFrame:
    """Facts that codes of the member's lines show, within days of the start."""
    kinds = ["diagnosis_code_1", "diagnosis_code_2", "hcpcs_code"]
    codes = pd.concat([lines[["member_id", "first_day", kind]].set_axis(["member_id", "first_day", "code"], axis=1) for kind in kinds])
    codes = codes.dropna().drop_duplicates().astype({"code": object})
    distinct = pd.Series(codes["code"].unique())
    matched = [
        pd.DataFrame({"code": distinct[distinct.str.match(pattern)], "fact": fact, "from": days[0], "to": days[1]})
        for fact, pattern, days in CODE_RULES
    ]
    rows = codes.merge(pd.concat(matched), on="code").merge(episodes[["episode", "member_id", "start_day", "end_day"]], on="member_id")
    after = (rows["first_day"] - rows["start_day"]).dt.days
    rows = rows[after.between(rows["from"], rows["to"].astype(float).fillna((rows["end_day"] - rows["start_day"]).dt.days))]
    return rows[["episode", "fact"]].assign(**{"for": True, "against": False})


def find_readings(chart: pd.DataFrame) -> pd.DataFrame:
    """Measurements that can be, as percent and fractions."""
    measured = chart["concept"].isin(list(PLAUSIBLE)) & (chart["status"] == "present")
    rows = chart.loc[measured, ["member_id", "at", "day", "concept", "number"]]
    low, high = (rows["concept"].map({name: both[place] for name, both in PLAUSIBLE.items()}) for place in (0, 1))
    rows = rows[rows["number"].between(low, high)]
    number, concept = rows["number"], rows["concept"]
    percent, fraction = (concept == "fio2") & (number > 1), (concept == "spo2") & (number <= 1)
    rows["value"] = number.where(~percent, number / 100).where(~fraction, number * 100)
    return rows[["member_id", "at", "day", "concept", "value"]].sort_values("at")


def extremes(readings: pd.DataFrame, concept: str) -> pd.DataFrame:
    """The lowest and highest reading of a kind at each moment: where two stand there, an improvement is one whichever is true."""
    found = readings[readings["concept"] == concept].groupby(["member_id", "at"])["value"].agg(["min", "max"])
    return found.set_axis([f"{concept}_low", f"{concept}_high"], axis=1).reset_index().sort_values("at")


def beside(rows: pd.DataFrame, others: pd.DataFrame) -> pd.DataFrame:
    """The latest reading of another kind at or before each row, within four hours."""
    return pd.merge_asof(rows, others, on="at", by="member_id", tolerance=pd.Timedelta(hours=4))


def compared(readings: pd.DataFrame) -> pd.DataFrame:
    """What can improve, a row a moment: arterial oxygen, its index, and the oxygen given with the saturation beside it."""
    pressure, fraction = extremes(readings, "pao2"), extremes(readings, "fio2")
    index = beside(beside(pressure, fraction), extremes(readings, "mean_airway_pressure"))
    low = index["mean_airway_pressure_low"] * index["fio2_low"] * 100 / index["pao2_high"]
    high = index["mean_airway_pressure_high"] * index["fio2_high"] * 100 / index["pao2_low"]
    kinds = [
        pressure.rename(columns={"pao2_low": "low", "pao2_high": "high"}).assign(kind="pressure"),
        index.assign(low=low, high=high, kind="index").dropna(subset="low"),
        beside(fraction, extremes(readings, "spo2")).rename(columns={"fio2_low": "low", "fio2_high": "high"}).assign(kind="fraction"),
    ]
    return pd.concat([rows.reindex(columns=["member_id", "at", "kind", "low", "high", "spo2_low", "spo2_high"]) for rows in kinds])


def shown_by_numbers(episodes: pd.DataFrame, readings: pd.DataFrame) -> pd.DataFrame:
    """Improvement: a reading of the 72 hours after the start that is better than the last of the day before it."""
    rows = compared(readings[readings["member_id"].isin(episodes["member_id"])])
    rows = rows.merge(episodes[["episode", "member_id", "start_at"]], on="member_id")
    hours = (rows["at"] - rows["start_at"]) / pd.Timedelta(hours=1)
    before = rows[hours.between(-24, 0)].sort_values("at").drop_duplicates(["episode", "kind"], keep="last")
    rows = rows[(hours > 0) & (hours <= 72)].merge(before, on=["episode", "kind"], suffixes=("", "_before"))
    rise = rows["low"] >= rows["high_before"] * 1.1 - 1e-9
    fall = rows["high"] <= rows["low_before"] * 0.9 + 1e-9
    wean = (rows["high"] <= rows["low_before"] - 0.1 + 1e-9) & (rows["spo2_low"] >= rows["spo2_high_before"])
    found = rows[np.select([rows["kind"] == kind for kind in ("pressure", "index", "fraction")], [rise, fall, wean], False)]
    return found[["episode"]].drop_duplicates().assign(fact="improvement", **{"for": True, "against": False})


def find_facts(shown: pd.DataFrame) -> pd.DataFrame:
    """The outcome of each fact by episode; a fact that nothing speaks of is unknown."""
    sides = shown.groupby(["episode", "fact"])[["for", "against"]].any()
    outcome = np.select([sides["for"] & ~sides["against"], sides["against"] & ~sides["for"]], [2, 0], 1)
    facts = pd.Series(outcome, sides.index).unstack()
    return facts.reindex(columns=sorted({rule[0] for rule in CHART_RULES})).fillna(1)


def at_least(low: pd.Series, high: pd.Series, limit: float) -> pd.Series:
    """Outcome of a number that must reach a limit; unknown where it is not known, or could go either way."""
    return pd.Series(np.select([low >= limit, high < limit], [2.0, 0.0], 1.0), low.index)


def ask_leaves(people: pd.DataFrame, facts: pd.DataFrame) -> pd.DataFrame:
    """The outcome of every leaf of the guideline that seeded data speak of; empty where it is not asked."""
    know = facts.reindex(people.index).fillna(1)
    days, years = people["age_days"], people["age_years"]
    grown_enough = at_least(people["gestation_low"], people["gestation_high"], 238)
    newborn = {
        "I.A.age": 2 - at_least(days, days, 14),
        "I.A.gestation": grown_enough,
        "I.A.1": know["pphn"],
        "I.A.2.failure": know["failure"],
        "I.A.2.a": know["oxygen"],
        "I.A.2.b": know["alkalosis"],
        "I.A.2.c": know[["blockade", "sedation"]].min(axis=1),
        "I.A.2.d": know[["ventilation", "oscillation"]].max(axis=1),
        "I.A.3.echo": know["echo"],
        "I.A.3.a": know["echo_pphn"],
        "I.A.3.b": 2 - know["right_to_left"],
        "I.A.3.c": 2 - know["cdh"],
    }
    leaves = {name: outcome.where(~(days >= 28)) for name, outcome in newborn.items()}
    surgical = {
        "I.B.age": 2 - at_least(years, years, 18),
        "I.B.gestation": grown_enough.where(~(days >= 365)),
        "I.B.1.defect": know["chd"],
        "I.B.1.a.repair": know["bypass"],
        "I.B.1.a.hypertension": know["hypertension"],
        "I.B.1.b.operation": know["heart_surgery"],
        "I.B.1.b.hypoxia": know["hypoxia"],
        "I.B.2.crisis": know["crisis"],
        "I.B.2.surgery.heart": know["heart_surgery"],
        "I.B.2.surgery.lung": know["lung_surgery"],
        "I.B.3": know["improvement"],
    }
    days_on = people["therapy_days"]
    short = (people["hours"] <= LIMIT * 24) | ((days_on <= LIMIT) & ~people["open_end"].fillna(False).astype(bool))
    limit = np.select([short, days_on > LIMIT], [2.0, 0.0], 1.0)
    hidden = {
        "newborn": 2 - at_least(days, days, 28),
        "early": 2 - grown_enough,
        "hernia": know["cdh"],
        "ards": know["ards"],
        "grown": at_least(years, years, 19),
    }
    return pd.DataFrame({**leaves, **surgical, "II.3": limit, **hidden})


def all_of(leaves: pd.DataFrame, names: list[str], *groups: pd.Series) -> pd.Series:
    """The least of some leaves and groups of them; what is not asked is passed over."""
    return pd.concat([leaves[names], *groups], axis=1).min(axis=1)


def judge(leaves: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    """Both pathways, initiation, whether a failure is only referred, and the exclusions."""
    judged = leaves.copy()
    therapy = leaves[["I.A.2.a", "I.A.2.b", "I.A.2.c", "I.A.2.d"]].max(axis=1)
    but_age = all_of(leaves, ["I.A.gestation", "I.A.1", "I.A.2.failure", "I.A.3.echo", "I.A.3.a", "I.A.3.b", "I.A.3.c"], therapy)
    opening = all_of(leaves, ["I.B.1.a.repair", "I.B.1.a.hypertension"])
    steadying = all_of(leaves, ["I.B.1.b.operation", "I.B.1.b.hypoxia"])
    use = pd.concat([opening, steadying], axis=1).max(axis=1)
    operated = leaves[["I.B.2.surgery.heart", "I.B.2.surgery.lung"]].max(axis=1)
    surgery = all_of(leaves, ["I.B.1.defect", "I.B.2.crisis"], use, operated)
    within_limit = all_of(leaves, ["I.B.age", "I.B.gestation"], surgery)
    judged["I.A"], judged["I.B"] = all_of(leaves, ["I.A.age"], but_age), all_of(leaves, ["I.B.3"], within_limit)
    judged["early_start"] = pd.concat([judged["I.A"], within_limit], axis=1).max(axis=1)
    judged["I"] = judged[["I.A", "I.B"]].max(axis=1)
    late_newborn = (leaves["I.A.age"] == 0) & (but_age > 0)
    only_eighteen = (leaves["I.B.age"] > 0) | (people["age_years"] < 19)
    only_early = ~(leaves["I.B.gestation"] == 0) | (people["age_days"] >= 28)
    other = (all_of(leaves, ["I.B.3"], surgery) > 0) & only_eighteen & only_early & (judged["I.B"] == 0)
    judged["referred"] = (judged["I"] == 0) & (late_newborn | other)
    syndrome = (leaves["newborn"] == 0) & (leaves["ards"] == 2)
    judged["overridden"] = syndrome & ((judged["I.B"] == 2) | (leaves["I.B.2.crisis"] == 2))
    newborn = (leaves["newborn"] == 2) & ((leaves["early"] == 2) | (leaves["hernia"] == 2))
    judged["experimental"] = newborn | (leaves["grown"] == 2) | (syndrome & ~judged["overridden"])
    return judged


def find_needs(days: pd.DataFrame, chart: pd.DataFrame, readings: pd.DataFrame) -> pd.DataFrame:
    """Whether oxygen was still needed on each therapy day from the second: oxygen and a saturation; a day in room air ends it."""
    readings = readings[readings["member_id"].isin(days["member_id"].unique())]
    measured = readings[readings["concept"].isin(["fio2", "oxygen_flow", "spo2"])]
    room = measured["concept"].map({"fio2": 0.21, "oxygen_flow": 0.0})
    kind = np.select([measured["concept"] == "spo2", measured["value"] > room], ["saturation", "oxygen"], "air")
    stated = chart[(chart["concept"] == "supplemental_oxygen") & chart["status"].isin(EITHER)]
    columns = ["member_id", "at", "day", "kind"]
    rows = pd.concat(
        [measured.assign(kind=kind)[columns], stated.assign(kind=np.where(stated["status"] == "present", "oxygen", "air"))[columns]]
    )
    rows = rows[rows["member_id"].isin(days["member_id"])]
    seen = pd.crosstab([rows["member_id"], rows["day"]], rows["kind"]).reindex(columns=["oxygen", "air", "saturation"], fill_value=0) > 0
    needs = days[["member_id", "start_day", "day", "number"]].join(seen, on=["member_id", "day"])
    needs[list(seen)] = needs[list(seen)].fillna(False).astype(bool)
    needs = needs.merge(find_air_runs(needs, rows), on=["member_id", "day"], how="left")
    ended = needs["latest"] - needs["air_from"] >= DAY
    choices = [needs["number"] == 1, needs["oxygen"] & needs["saturation"], needs["oxygen"] | ~needs["air"], ended, needs["saturation"]]
    needs["need"] = np.select(choices, [np.nan, 2, 1, 0, 2], 1)
    grace = needs["air_from"] + DAY
    needs["straddles"] = (grace > needs["day"]) & (grace < needs["day"] + DAY)
    return needs[["member_id", "start_day", "day", "need", "straddles"]]


def find_air_runs(needs: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """For days with room air only: when the room air began that was not interrupted since, and its last reading that day."""
    air_days = needs.loc[needs["air"] & ~needs["oxygen"], ["member_id", "day"]]
    run = air_days.merge(rows[rows["kind"] != "saturation"], on="member_id", suffixes=("", "_read"))
    run = run[run["day_read"] <= run["day"]]
    last = run[run["kind"] == "oxygen"].groupby(["member_id", "day"])["at"].max().rename("last_oxygen")
    air = run[run["kind"] == "air"].join(last, on=["member_id", "day"])
    air = air[air["last_oxygen"].isna() | (air["at"] > air["last_oxygen"])]
    return air.groupby(["member_id", "day"]).agg(air_from=("at", "min"), latest=("at", "max")).reset_index()


def find_verdicts(course_days: pd.DataFrame, judged: pd.DataFrame, needs: pd.DataFrame, folder: Path) -> pd.DataFrame:
    """Each day's verdict, the first that fits."""
    rows = course_days.merge(judged, on=["member_id", "start_day"]).merge(needs, on=["member_id", "start_day", "day"], how="left")
    granted = read(folder / "authorizations.parquet", ["member_id", "from", "to"]).rename(columns={"from": "first_day", "to": "last_day"})
    granted = each_day(granted)[["member_id", "day"]].drop_duplicates().assign(granted=True)
    rows = rows.merge(granted, on=["member_id", "day"], how="left")
    limit, initiation, early = rows["start_at"] + pd.Timedelta(hours=96), rows["I"], rows["early_start"]
    after, reaches = rows["day"] >= limit, rows["day"] + DAY > limit
    stopped = (early == 2) & (initiation == 0)
    standing = initiation.where(after, early)
    straddles = rows["straddles"].fillna(False).astype(bool)
    unknown = ((early == 1) & ~after) | ((initiation == 1) & reaches) | (rows["need"] == 1)
    long = (rows["number"] > LIMIT) & ~(rows["hours"] <= LIMIT * 24) & rows["granted"].isna()
    cases = [
        (rows["route"] == "elsewhere", "not_asked"),
        (rows["route"] == "case review", "medical_review"),
        (rows["outside"] | rows["experimental"], "not_supported"),
        (rows["overridden"], "medical_review"),
        (stopped & after, "not_supported"),
        (stopped & reaches, "medical_review"),
        ((standing == 0) & rows["referred"], "medical_review"),
        (standing == 0, "not_supported"),
        ((rows["need"] == 0) & straddles, "medical_review"),
        (rows["need"] == 0, "no_need"),
        (unknown, "records_needed"),
        (long, "medical_review"),
    ]
    rows["verdict"] = np.select([case for case, _ in cases], [verdict for _, verdict in cases], "supported")
    return rows[["episode", "member_id", "start_day", "day", "verdict"]]


def determine(people: pd.DataFrame, judged: pd.DataFrame, verdicts: pd.DataFrame) -> np.ndarray:
    """What each episode comes to, the first that fits."""
    seen = pd.crosstab(verdicts["episode"], verdicts["verdict"]).reindex(people["episode"], fill_value=0) > 0
    seen = seen.reindex(columns=["no_need", "records_needed", "medical_review"], fill_value=False).set_axis(people.index)
    known = judged.reindex(people.index)
    flags = {name: known[name].fillna(False).astype(bool) for name in ("experimental", "referred", "overridden")}
    cases = [
        (~people["on_gas"], "not_ino"),
        (people["route"] != "criteria", "decided_elsewhere"),
        (flags["experimental"], "experimental"),
        (((known["I"] == 0) & ~flags["referred"]) | seen["no_need"], "criteria_not_met"),
        ((known["I"] == 1) | (known["II.3"] == 1) | seen["records_needed"], "insufficient_documentation"),
        ((known["I"] == 0) | seen["medical_review"] | flags["overridden"], "medical_review"),
    ]
    return np.select([case for case, _ in cases], [word for _, word in cases], "criteria_met")


def add_dollars(line_days: pd.DataFrame, placed: pd.DataFrame, gas_days: pd.DataFrame, verdicts: pd.DataFrame) -> pd.DataFrame:
    """Cents by episode and verdict: each line over its days, the odd cents to the first ones; lines beside the gas are linked."""
    rows = line_days.merge(placed[["line", "start_day"]], on="line")
    rows = rows.merge(gas_days[["member_id", "day"]].assign(on_gas=True), on=["member_id", "day"], how="left")
    rows = rows.merge(verdicts[["member_id", "day", "verdict"]], on=["member_id", "day"], how="left")
    attributed = rows["says"] | ((rows["hcpcs_code"] == UNLISTED).fillna(False) & rows["on_gas"].notna())
    rows["bucket"] = rows["verdict"].replace("no_need", "not_supported").where(attributed).fillna("linked")
    rows["part"] = rows["cents"] // rows["days"] + (rows["place"] <= rows["cents"] % rows["days"])
    cents = rows.pivot_table(index=["member_id", "start_day"], columns="bucket", values="part", aggfunc="sum")
    return cents.reindex(columns=list(BUCKETS)).fillna(0).astype("int64").add_suffix("_cents")


def answer(folder: Path) -> pd.DataFrame:
    """One row an episode of the extract in this folder: what it is, what it comes to, and its dollars."""
    patients = find_patients(folder)
    lines, chart = read_lines(folder, patients), read_chart(folder, patients)
    lines["says"] = says(lines["words"], SAYS)
    lines["hints"] = (lines["hcpcs_code"] == UNLISTED).fillna(False) & says(lines["words"], HINTS)
    ino_lines = lines[lines["hcpcs_code"].isin(LISTED) | lines["says"]]
    line_days, segments = each_day(ino_lines), find_segments(chart)
    shown = find_shown(chart, segments, line_days)
    stays = find_stays(ino_lines, shown)
    gas_days = find_gas_days(shown, stays, line_days)
    days, course_days = find_courses(gas_days)
    placed = place_lines(line_days, course_days, stays)
    people = add_people(find_episodes(days, segments, placed), folder, chart, lines, placed)
    treated = people[people["on_gas"]]
    readings = find_readings(chart)
    evidence = [shown_by_chart(treated, chart), shown_by_codes(treated, lines), shown_by_numbers(treated, readings)]
    judged = judge(ask_leaves(treated, find_facts(pd.concat(evidence))), treated)
    named = ["episode", "member_id", "start_day", "start_at", "hours", "route"]
    verdicts = find_verdicts(course_days, judged.join(treated[named]), find_needs(days, chart, readings), folder)
    people["determination"] = determine(people, judged, verdicts)
    asked = sorted(name for name in judged if name.startswith("I"))
    answers = people.join(judged[asked]).join(add_dollars(line_days, placed, gas_days, verdicts), on=["member_id", "start_day"])
    cents = [f"{bucket}_cents" for bucket in BUCKETS]
    answers[cents] = answers[cents].fillna(0)
    kept = ["member_id", "start_day", "therapy_days", "age_days", "gestational_age", "determination", *cents, *asked]
    return answers.rename(columns={"gestation_low": "gestational_age"})[kept].sort_values(["member_id", "start_day"], ignore_index=True)


if __name__ == "__main__":
    answer(Path(sys.argv[1])).to_csv(sys.stdout, index=False)
