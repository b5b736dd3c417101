"""One Spark session for all of its tests: two tasks at once, each tried three times."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from auditor.spark import Cluster


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    pyspark = pytest.importorskip("pyspark", reason="no pyspark: pip install 'auditor[spark]'")
    if shutil.which("java") is None:
        pytest.skip("no Java: Spark does not start")
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    os.environ["PYTHONPATH"] = os.pathsep.join([str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")])
    quiet = {"spark.ui.enabled": "false", "spark.log.level": "OFF", "spark.ui.showConsoleProgress": "false"}
    builder = pyspark.sql.SparkSession.builder.master("local[2,3]")
    for name, value in quiet.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    yield Cluster(session, tmp_path_factory.mktemp("scratch").as_uri())
    session.stop()
