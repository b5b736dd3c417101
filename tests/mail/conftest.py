"""Two published runs of the samples, a ledger that knows them, and a desk to mail from, shared by the tests of mail."""

from __future__ import annotations

import csv
import hashlib
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from mail_certificates import authority, server_context, server_pair
from mail_server import PASSWORD, USER, Conduct, Took, mail_server
from sqlalchemy import Connection, Engine, create_engine, insert, select

from auditor.changes import Change, Changes, EpisodeChange, FindingChange, Kinship
from auditor.ledger.deliveries import Deliveries, DeliveryRow
from auditor.ledger.schema import METADATA, RUNS
from auditor.mail import Desk, MailSettings
from auditor.places import samples_folder
from auditor.runs import RunFolder, run_folders
from auditor.runs.make import make_run
from auditor.secrets import secrets_from
from auditor.settings import Settings

WHEN = datetime(2026, 11, 22, 6, 5, 4, tzinfo=UTC)
ENVIRONMENT = {"MAIL_PASSWORD": PASSWORD, "ZIP_PASSWORD": "vR7-plover-Quartz-19"}
# Of every ten members those whose numbers end so, and of these those that come a night later.
SOME = "127"
LATE = "S-02"


@dataclass(frozen=True)
class Store:
    """A ledger's connections, without the rest of a ledger."""

    engine: Engine

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        with self.engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        with self.engine.begin() as connection:
            yield connection

    def record(self, run: RunFolder) -> None:
        digest = hashlib.sha256((run.path / "manifest.json").read_bytes()).hexdigest()
        with self.engine.begin() as connection:
            ordinal = len(connection.execute(select(RUNS.c.run)).all()) + 1
            row: dict[str, Any] = {column.name: digest for column in RUNS.columns if column.name.endswith(("fingerprint", "sha256"))}
            row |= {column.name: 0 for column in RUNS.columns if column.name.endswith("cents")}
            row |= {"run": run.name, "ordinal": ordinal, "as_of": date(2026, 11, 22), "recorded_at": WHEN.replace(tzinfo=None)}
            connection.execute(insert(RUNS).values(**row, program_version="1", pruned=False))


def make_store(path: Path) -> Store:
    engine = create_engine(f"sqlite:///{path}")
    METADATA.create_all(engine)
    return Store(engine)


def write_samples(folder: Path, is_wanted: Callable[[str], bool]) -> Path:
    """The samples of the members that are wanted, and the page beside them, which no audit reads."""
    folder.mkdir()
    shutil.copyfile(samples_folder() / "README.md", folder / "README.md")
    for path in samples_folder().glob("*.csv"):
        with path.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        with (folder / path.name).open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, rows[0])
            writer.writeheader()
            writer.writerows(row for row in rows if is_wanted(row["member_id"]))
    return folder


@pytest.fixture(scope="session")
def runs(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A third of the samples (all, for whoever asks so) without some members, and a night later with them."""
    top, last_digits = tmp_path_factory.mktemp("mail"), "0123456789" if getattr(request, "param", "") == "all" else SOME
    early = write_samples(top / "early", lambda member: member[-1] in last_digits and not member.startswith(LATE))
    late = write_samples(top / "late", lambda member: member[-1] in last_digits)
    out = top / "runs"
    out.mkdir()
    for day, extract in ((21, early), (22, late)):
        make_run(Settings(paths=(extract,), as_of=date(2026, 11, day)), out, lambda stage: None)
    return out


def compare(earlier: RunFolder, later: RunFolder) -> Changes:
    """What changed, by the ids of episodes alone."""
    was, now = ({row["episode_id"]: row for row in run.frame("episodes").to_dict("records")} for run in (earlier, later))

    def change(name: str) -> EpisodeChange:
        kinship = Kinship.SAME if name in was and name in now else Kinship.NEW if name in now else Kinship.GONE
        risk, before = (
            (int(rows[name]["at_risk_low_cents"]), int(rows[name]["at_risk_high_cents"])) if name in rows else (0, 0) for rows in (now, was)
        )
        kind = {Kinship.NEW: Change.NEW, Kinship.GONE: Change.RESOLVED}.get(kinship, Change.UNCHANGED if risk == before else Change.UPDATED)
        return EpisodeChange(kind, kinship, name if name in now else None, (name,) if name in was else (), None, (), risk, before)

    found, gone = ({(row["episode_id"], row["finding_id"], row["paragraph"]) for row in _findings(run)} for run in (later, earlier))
    findings = [
        FindingChange(Change.UNCHANGED if key in found and key in gone else Change.NEW if key in found else Change.RESOLVED, *key, (), 0, 0)
        for key in sorted(found | gone, key=str)
    ]
    return Changes(earlier.name, tuple(change(name) for name in sorted({*was, *now})), tuple(findings))


def _findings(run: RunFolder) -> list[dict[str, Any]]:
    return [{**row, "episode_id": row["episode_id"] or None} for row in run.frame("findings").to_dict("records")]


@pytest.fixture(scope="session")
def changes(runs: Path) -> Changes:
    return compare(*run_folders(runs))


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of certificates: the authority, and a server that is what it says."""
    folder = tmp_path_factory.mktemp("keys")
    authority(folder)
    return folder


@dataclass
class Office:
    """A desk, its server, and what became of the messages."""

    desk: Desk
    took: Took
    pauses: list[float] = field(default_factory=list)

    @property
    def run(self) -> RunFolder:
        return run_folders(self.desk.runs)[-1]

    def rows(self) -> tuple[DeliveryRow, ...]:
        return Deliveries(self.desk.store).rows()

    def states(self) -> dict[str, list[str]]:
        """The states of a run's messages, in the order of their ids."""
        return {run: sorted(row.state.value for row in self.rows() if row.run == run) for run in {row.run for row in self.rows()}}

    def set(self, **settings: Any) -> None:
        """Other settings of the mail."""
        told = self.desk.settings.model_dump(by_alias=True) | settings
        self.desk = replace(self.desk, settings=MailSettings.model_validate(told))


GROUP = {"name": "everyone", "to": ["desk@plan.example"]}


@pytest.fixture
def office(runs: Path, changes: Changes, keys: Path, tmp_path: Path) -> Office:
    """A desk with a ledger of its own; no server listens yet."""
    store, pauses = make_store(tmp_path / "ledger.db"), list[float]()
    # a folder of its own for what is written beside runs
    (tmp_path / "runs").mkdir()
    for run in run_folders(runs):
        store.record(run)
        (tmp_path / "runs" / run.name).symlink_to(run.path)
    settings = MailSettings.model_validate(
        {
            "server": "localhost",
            "port": 1,
            "ca_file": keys / "authority.pem",
            "user": USER,
            "password": {"env": "MAIL_PASSWORD"},
            "from": "auditor@plan.example",
            "timeout_seconds": 20,
            "patience_seconds": 20,
            "tries": 3,
            "groups": [GROUP],
        }
    )
    desk = Desk(
        store=store,
        runs=tmp_path / "runs",
        settings=settings,
        secrets=secrets_from(ENVIRONMENT),
        changes=lambda run: changes if run.name == run_folders(runs)[-1].name else None,
        at=lambda: WHEN,
        pause=pauses.append,
    )
    return Office(desk, Took(), pauses)


@contextmanager
def serving(office: Office, keys: Path, conduct: Conduct | None = None, security: str = "starttls", **server: Any) -> Iterator[Took]:
    """A server for an office to post at; ``server`` changes its certificate."""
    context = server_context(server_pair(keys, **server)) if security != "none" else None
    with mail_server(office.took, conduct or Conduct(), context, security) as port:
        office.set(port=port, security=security)
        yield office.took
