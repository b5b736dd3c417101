"""Makes claim lines of a population, a row group at a time, in the order a warehouse would load them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa

from auditor.samples.cases import Entry
from auditor.samples.patients import DAY, KINDS, Design, course_days, row_groups
from auditor.samples.pools import Numbers, Values, dates, money, numbered, pick, pool

LINE = np.dtype(
    [("member", "i8"), ("claim", "i8"), ("original", "i8"), ("number", "i4"), ("day", "i4"), ("service", "i2"), ("condition", "i2"),
     ("status", "i1"), ("frequency", "i1"), ("facility", "i1"), ("coverage", "i1"), ("received", "i4"), ("paid", "i4"), ("cents", "i8")]
)  # fmt: skip
CLAIMS_OF_PATIENT = 4
VENT, GAS, REPLACEMENT = range(3)
REPLACING = 1
MEMBER_PREFIX, MEMBER_WIDTH = "P-", 8


@dataclass(frozen=True)
class LineMaker:
    """The claim lines of one population."""

    design: Design
    patients: Numbers

    def batches(self) -> Iterator[pa.Table]:
        """Row groups; each holds the patients of its share of the period among lines of anyone."""
        for rows, patients in row_groups(self.design, "claim_lines", self.patients):
            rng = self.design.rng(1, rows.start)
            ours = self._patient_lines(patients, rng)
            others = self._other_lines(rows.start, max(len(rows) - len(ours), 0), rng)
            yield self._encode(rng.permutation(np.concatenate([ours, others])))

    @cached_property
    def services(self) -> list[Entry]:
        """What can be billed."""
        return list(self.design.makeup["services"])

    @cached_property
    def conditions(self) -> list[list[str]]:
        """Diagnoses that stand together: those of each kind of patient, then of anyone."""
        of_kind = self.design.makeup["patients"]["conditions"]
        return [*(of_kind[kind] for kind in KINDS), *([code] for code in self.design.makeup["diagnoses"])]

    def _role(self, role: str) -> int:
        return next(position for position, service in enumerate(self.services) if service.get("role") == role)

    def _patient_lines(self, patients: Numbers, rng: np.random.Generator) -> Numbers:
        vent = _by_day(patients, VENT)
        vent["service"] = np.where(vent["number"] == 1, self._role("vent_first"), self._role("vent_later"))
        billing = patients[patients["gas"] | patients["unlisted"]]
        gas = _by_day(billing, GAS)
        gas["service"] = np.where(np.repeat(billing["gas"], course_days(billing)), self._role("gas"), self._role("unlisted"))
        again = _by_day(patients[patients["replaced"]], REPLACEMENT)
        again["service"], again["frequency"] = self._role("gas"), REPLACING
        again["original"] = again["claim"] - REPLACEMENT + GAS
        return self._priced(np.concatenate([vent, gas, again]), rng)

    def _other_lines(self, first: int, count: int, rng: np.random.Generator) -> Numbers:
        """Lines of anyone, some to a claim, around the time at which they were loaded."""
        each = int(self.design.makeup["lines_per_claim"])
        claim = np.arange(count) // each
        claims = count // each + 1
        lines = np.zeros(count, LINE)
        lines["claim"] = len(self.patients) * CLAIMS_OF_PATIENT + first + claim
        lines["original"] = -1
        lines["number"] = np.arange(count) % each + 1
        lines["member"] = rng.integers(0, self.design.members, claims)[claim]
        loaded = self.design.days * (first + np.arange(claims) * each) / self.design.lines
        lines["day"] = np.clip(loaded - rng.integers(0, int(self.design.makeup["loaded_within_days"]), claims), 0, self.design.days - 1)[
            claim
        ]
        lines["facility"] = rng.integers(0, len(self.design.world.facilities), claims)[claim]
        lines["coverage"] = lines["member"] % len(self.design.world.coverages)
        lines["condition"] = rng.integers(len(KINDS), len(self.conditions), claims)[claim]
        weights = np.array([float(service.get("weight", 0)) for service in self.services])
        lines["service"] = rng.choice(len(weights), count, p=weights / weights.sum())
        return self._priced(lines, rng)

    def _priced(self, lines: Numbers, rng: np.random.Generator) -> Numbers:
        statuses = [float(share) for share in self.design.makeup["statuses"].values()]
        lines["status"] = rng.choice(len(statuses), len(lines), p=statuses)
        delays, words = self.design.makeup["delays"], self.design.makeup["prices"]
        lines["received"] = lines["day"] + _delay(lines["claim"], delays["receive"]) + int(delays["replace"]) * lines["frequency"]
        lines["paid"] = lines["received"] + _delay(lines["claim"], delays["pay"])
        prices, scatter = np.array([int(service["cents"]) for service in self.services]), int(words["scatter_percent"])
        lines["cents"] = prices[lines["service"]] * rng.integers(100 - scatter, 101 + scatter, len(lines)) // 100
        return lines

    def _encode(self, lines: Numbers) -> pa.Table:
        parts = (self._keys, self._service, self._parties, self._amounts, self._diagnoses)
        return pa.table({name: column for part in parts for name, column in part(lines).items()})

    def _keys(self, lines: Numbers) -> dict[str, Values]:
        first = np.datetime64(self.design.first, "D")
        numbers = pool([str(number) for number in range(int(lines["number"].max(initial=0)) + 1)])
        return {
            "claim_id": numbered("K", lines["claim"], 10),
            "claim_line_number": pick(numbers, lines["number"]),
            "member_id": numbered(MEMBER_PREFIX, lines["member"], MEMBER_WIDTH),
            "claim_line_start_date": dates(lines["day"], first),
            "claim_line_end_date": dates(lines["day"], first),
            "frequency_code": pick(pool(self.design.makeup["frequencies"]), lines["frequency"]),
            "original_claim_id": numbered("K", lines["original"], 10),
            "claim_status": pick(pool(list(self.design.makeup["statuses"])), lines["status"]),
            "received_date": dates(lines["received"], first),
            "paid_date": dates(lines["paid"], first),
        }

    def _service(self, lines: Numbers) -> dict[str, Values]:
        institutional = ["institutional" if "revenue_center_code" in one else "professional" for one in self.services]
        named = {
            name: pick(pool([one.get(name, "") for one in self.services]), lines["service"])
            for name in ("hcpcs_code", "revenue_center_code", "line_description")
        }
        return {**named, "claim_type": pick(pool(institutional), lines["service"]), "service_unit_quantity": pa.array(np.ones(len(lines)))}

    def _parties(self, lines: Numbers) -> dict[str, Values]:
        facilities, coverages = self.design.world.facilities.values(), self.design.world.coverages.values()
        facility, coverage = lines["facility"], lines["coverage"]
        return {
            **{name: pick(pool([one[name] for one in coverages]), coverage) for name in ("line_of_business", "state", "plan")},
            "facility_npi": pick(pool([one["npi"] for one in facilities]), facility),
            "billing_npi": pick(pool([one["group_npi"] for one in facilities]), facility),
            "billing_tin": pick(pool([one["group_tin"] for one in facilities]), facility),
        }

    def _amounts(self, lines: Numbers) -> dict[str, Values]:
        shares = np.array([round(100 * float(one["share"])) for one in self.design.world.coverages.values()])
        allowed = lines["cents"] * int(self.design.makeup["prices"]["allowed_percent"]) // 100
        denied = lines["status"] == list(self.design.makeup["statuses"]).index("denied")
        paid = np.where(denied, 0, allowed * shares[lines["coverage"]] // 100)
        return {"charge_amount": money(lines["cents"]), "allowed_amount": money(allowed), "paid_amount": money(paid)}

    def _diagnoses(self, lines: Numbers) -> dict[str, Values]:
        return {
            f"diagnosis_code_{n + 1}": pick(pool([codes[n] if n < len(codes) else "" for codes in self.conditions]), lines["condition"])
            for n in range(max(len(codes) for codes in self.conditions))
        }


def _by_day(patients: Numbers, claim: int) -> Numbers:
    """One line a day of each patient's course, all on one claim."""
    days = course_days(patients)
    lines = np.zeros(int(days.sum()), LINE)
    owner = np.repeat(np.arange(len(patients)), days)
    lines["number"] = np.arange(len(lines)) - np.repeat(np.cumsum(days) - days, days) + 1
    lines["day"] = patients["start"][owner] // DAY + lines["number"] - 1
    lines["claim"] = patients["number"][owner] * CLAIMS_OF_PATIENT + claim
    lines["original"] = -1
    lines["condition"] = patients["kind"][owner]
    for name in ("member", "facility", "coverage"):
        lines[name] = patients[name][owner]
    return lines


def _delay(claims: Numbers, days: Sequence[str]) -> Numbers:
    """Days between the lowest and the highest delay, the same for all lines of a claim."""
    lowest, highest = int(days[0]), int(days[1])
    return lowest + claims % (highest - lowest + 1)
