"""``python -m benchmarks.fhir``: NDJSON of Observations, the bare read of its bytes, the conversion, and their ratio.

Each part runs in a process of its own, so that peak memory is its own; that of the conversion includes its largest child.
"""

from __future__ import annotations

import json
import random
import resource
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import click

PATIENTS = 2000
READINGS = (
    ("59408-5", "Oxygen saturation", 93, "%"),
    ("3150-0", "Inspired oxygen", 0.55, "{fraction}"),
    ("8867-4", "Heart rate", 141, "/min"),
)
BLOCK = 1 << 20


def write_observations(folder: Path, count: int) -> None:
    """Readings of flowsheets, as an export writes them."""
    chosen = random.Random(count)
    with (folder / "Patient.ndjson").open("w") as file:
        for number in range(PATIENTS):
            file.write(json.dumps({"resourceType": "Patient", "id": f"p{number}", "birthDate": "2026-01-05", "gender": "male"}) + "\n")
    with (folder / "Observation.ndjson").open("w") as file:
        for number in range(count):
            file.write(json.dumps(_observation(number, chosen), separators=(",", ":")) + "\n")


def _observation(number: int, chosen: random.Random) -> dict[str, object]:
    code, name, value, unit = chosen.choice(READINGS)
    category = {"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "vital-signs"}
    return {
        "resourceType": "Observation",
        "id": f"o{number}",
        "meta": {"profile": ["http://hl7.org/fhir/us/core/StructureDefinition/us-core-vital-signs"]},
        "status": "final",
        "category": [{"coding": [category]}],
        "code": {"coding": [{"system": "http://loinc.org", "code": code, "display": name}], "text": name},
        "subject": {"reference": f"Patient/p{chosen.randrange(PATIENTS)}"},
        "encounter": {"reference": f"Encounter/e{number % 5000}"},
        "effectiveDateTime": f"2026-02-{chosen.randint(1, 28):02}T{chosen.randint(0, 23):02}:15:00-07:00",
        "valueQuantity": {"value": value, "unit": unit, "system": "http://unitsofmeasure.org", "code": unit},
    }


def bare_read(folder: Path) -> None:
    """Reads every byte and counts the lines."""
    for path in sorted(folder.glob("*.ndjson")):
        with path.open("rb") as file:
            while block := file.read(BLOCK):
                block.count(b"\n")


def conversion(folder: Path) -> None:
    """From NDJSON to canonical Parquet."""
    from auditor.intake.fhir import convert
    from auditor.intake.found_files import FoundFile

    with TemporaryDirectory() as scratch:
        convert([FoundFile(path, path.name) for path in sorted(folder.glob("*.ndjson"))], Path(scratch))


PARTS = {"bare_read": bare_read, "conversion": conversion}


def run_part(part: str, folder: Path) -> None:
    """One part, and on standard output what it took."""
    start = time.perf_counter()
    PARTS[part](folder)
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime
    took = {"wall": time.perf_counter() - start, "cpu": cpu, "peak_mb": own.ru_maxrss / 1024, "child_mb": children.ru_maxrss / 1024}
    print(json.dumps(took))


@click.command()
@click.option("--count", default=1_000_000, show_default=True)
@click.option("--folder", type=click.Path(path_type=Path), help="Where the generated export is, or goes, and stays.")
@click.option("--part", type=click.Choice(list(PARTS)), hidden=True)
def main(count: int, folder: Path | None, part: str | None) -> None:
    """Generate an export, then time the bare read and the conversion of it."""
    if part and folder:
        run_part(part, folder)
        return
    with TemporaryDirectory() as scratch:
        place = folder or Path(scratch)
        place.mkdir(exist_ok=True)
        if not (place / "Observation.ndjson").exists():
            write_observations(place, count)
        found = {}
        for name in PARTS:
            said = subprocess.run(
                [sys.executable, "-m", "benchmarks.fhir", "--part", name, "--folder", str(place)], check=True, capture_output=True
            )
            found[name] = json.loads(said.stdout)
            click.echo(f"{name:12}" + "".join(f"{key} {value:8.1f}  " for key, value in found[name].items()))
        bare, whole = found["bare_read"], found["conversion"]
        click.echo(f"{'ratio':12}wall {whole['wall'] / bare['wall']:8.1f}  cpu {whole['cpu'] / bare['cpu']:8.1f}")


if __name__ == "__main__":
    main()
