"""What an operator decides about the nights, as ``nightly.toml`` says it: what to read, by which rules, and what to keep."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from auditor.digests import digest_values
from auditor.mail.settings import MailSettings
from auditor.places import configs_folder
from auditor.secrets import SecretPlace
from auditor.settings import DEFAULT_MEMORY, DEFAULT_POLICY
from auditor.warehouse.settings import WarehouseSettings

TEMPORARY = ("*.tmp", "*.temp", "*.part", "*.partial", "*.filepart", "*.crdownload", "*.swp", "~*", "*~")
FILE = "{file}"


def _plain_name(name: str) -> str:
    if not name or "/" in name:
        raise ValueError("expected the name of a file, without folders")
    return name


def _labelled(name: str) -> str:
    if not name.replace("-", "").replace("_", "").isalnum() or not name.isascii():
        raise ValueError("expected letters, digits, - and _")
    return name


class Part(BaseModel):
    """One section of the settings."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class RunPart(Part):
    """Where runs are kept, and the rules they are made by.

    ``beside`` are further guidelines. ``scratch`` is where the engine spills, in a folder of these nights alone; else that is a hidden one
    beside the runs. ``sensitivity`` says which readings are tried otherwise, so that the report tells what rests on them.
    """

    out: Path
    policy: str = DEFAULT_POLICY
    beside: tuple[str, ...] = ()
    readings: Mapping[str, Any] = Field(default_factory=dict)
    configs: Path = Field(default_factory=configs_folder)
    reference: Path | None = None
    scratch: Path | None = None
    memory: str = DEFAULT_MEMORY
    threads: int | None = Field(default=None, ge=1)
    sensitivity: Literal["none", "unsigned", "all"] = "none"


class ExtractPart(Part):
    """What is to be read, and when its files are whole.

    ``marker`` names a file that is written last, one a folder, or with ``{file}`` one a file; ``expect`` are patterns of names of which
    each must be there. Without a marker, sizes and times must stand still for ``quiet_seconds``. ``late_after_hours`` says how old the
    newest file may be before the same files again are late rather than unchanged.
    """

    paths: tuple[str, ...] = ()
    profile: str = "native"
    time_zone: str | None = None
    expect: tuple[str, ...] = ()
    marker: Annotated[str, AfterValidator(_plain_name)] | None = None
    quiet_seconds: float = Field(default=60, ge=0)
    temporary: tuple[str, ...] = TEMPORARY
    wait_minutes: float = Field(default=0, ge=0)
    poll_seconds: float = Field(default=60, gt=0)
    late_after_hours: float | None = Field(default=None, gt=0)
    attempts: int = Field(default=3, ge=1)


class RetentionPart(Part):
    """Which runs stay: the newest ``keep_runs``, and those of the last ``keep_days`` days; what is older than both goes."""

    keep_runs: int = Field(default=30, ge=1)
    keep_days: int = Field(default=90, ge=0)


class WatchPart(Part):
    """What a monitor reads: metrics and heartbeat; and the log, where it is not to go to the error stream.

    ``readable`` lets every user of the machine read metrics and heartbeat, in folders made for them; they hold no member data.
    """

    metrics: Path | None = None
    heartbeat: Path | None = None
    log: Path | None = None
    readable: bool = False

    @model_validator(mode="after")
    def _apart(self) -> Self:
        named = [path for path in (self.metrics, self.heartbeat, self.log) if path is not None]
        if len(set(named)) < len(named):
            raise ValueError("metrics, heartbeat and log are files of their own: give each another name")
        return self


class LedgerPart(Part):
    """Where the ledger is, and where its secrets are kept: the key that members' tokens are made with, and a database's password.

    Without ``key`` that of a ledger in SQLite lies beside it.
    """

    url: str
    key: SecretPlace | None = None
    password: SecretPlace | None = None


class NightlySettings(Part):
    """Everything that ``auditor nightly`` is told. ``name`` tells the nights of several settings apart in logs and metrics."""

    name: Annotated[str, AfterValidator(_labelled)] = "nightly"
    run: RunPart
    extract: ExtractPart = Field(default_factory=lambda: ExtractPart.model_validate({}))
    warehouse: WarehouseSettings | None = None
    retention: RetentionPart | None = None
    watch: WatchPart = WatchPart()
    ledger: LedgerPart | None = None
    mail: MailSettings | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if bool(self.extract.paths) == (self.warehouse is not None):
            raise ValueError("say where the extract comes from: [extract] paths, or [warehouse], and not both")
        if self.mail is not None and self.ledger is None:
            raise ValueError("[mail] needs a [ledger], which remembers what was sent")
        if self.ledger is not None and self.ledger.key is None and not self.ledger.url.startswith("sqlite:"):
            raise ValueError('[ledger] needs a key, which all who record into it share: key = { file = "ledger.key" }')
        return self

    @property
    def extracts(self) -> Path:
        """Where the extracts that nights fetched from a warehouse lie, one a run, under the run's name."""
        return self.run.out / "extracts"

    @property
    def scratch(self) -> Path:
        """Where the engine spills; emptied when a night begins. Nights of other runs may name the same place: each has its own folder."""
        if self.run.scratch is None:
            return self.run.out / ".scratch"
        return self.run.scratch / f"night-{digest_values(str(self.run.out.absolute()))[:12]}"
