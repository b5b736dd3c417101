"""Synthetic members: the curated sample of ``data_samples``, and populations of any size for benchmarks."""

from __future__ import annotations

from pathlib import Path

from auditor.samples.cases import Case, Expectation, load_cases, load_world
from auditor.samples.curated import SEED, make_curated
from auditor.samples.fhir import write_fhir
from auditor.samples.readme import readme
from auditor.samples.writing import write_csv, write_parquet
from auditor.samples.x12_claims import write_claims
from auditor.samples.x12_payments import write_payments
from auditor.tables import CANONICAL

__all__ = ["SEED", "Case", "Expectation", "curated_cases", "make_curated", "write_samples"]


def curated_cases() -> tuple[Case, ...]:
    """Every curated member with what the audit should say of it."""
    return load_cases(load_world())


def write_samples(folder: Path, seed: int = SEED) -> None:
    """Writes the curated sample: CSV, Parquet, X12, FHIR and README."""
    tables = make_curated(seed)
    (folder / "parquet").mkdir(parents=True, exist_ok=True)
    for table in CANONICAL:
        write_csv(folder / f"{table.name}.csv", table, tables[table.name])
        write_parquet(folder / "parquet" / f"{table.name}.parquet", table, tables[table.name])
    (folder / "x12").mkdir(exist_ok=True)
    x12 = {**write_claims(tables["claim_lines"], tables["members"]), "payments.835": write_payments(tables["claim_lines"])}
    for name, text in x12.items():
        (folder / "x12" / name).write_text(text, encoding="ascii", newline="\n")
    write_fhir(folder / "fhir", tables)
    (folder / "README.md").write_text(readme(curated_cases()), encoding="utf-8", newline="\n")
