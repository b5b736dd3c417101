"""``--warehouse``: fetches the extract from a database into a snapshot beside the runs, before the audit reads it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from auditor.settings import Settings

SNAPSHOTS = "snapshots"


@contextmanager
def extract_at_hand(settings: Settings, file: Path | None, out: Path, say: Callable[[str], None]) -> Iterator[Settings]:
    """The settings with the extract on disk: as they are, or those of a snapshot taken now, which goes if the run fails."""
    if file is None:
        yield settings
        return
    from auditor.private_files import make_private
    from auditor.runs import next_name
    from auditor.secrets import secrets_from
    from auditor.warehouse import Fetching, read_warehouse, take_snapshot

    warehouse = read_warehouse(file)
    place = make_private(out / SNAPSHOTS)
    fetching = Fetching(secrets_from(os.environ, file.resolve().parent), settings, say)
    taken = take_snapshot(warehouse, place / next_name(place, settings.as_of.isoformat()), fetching)
    read = {"paths": (taken.folder,), "profile": warehouse.profile, "time_zone": warehouse.time_zone or settings.time_zone}
    try:
        yield settings.model_copy(update=read)
    except BaseException:
        shutil.rmtree(taken.folder, ignore_errors=True)
        raise
