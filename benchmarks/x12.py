"""``make bench``, X12: an 837 of a million service lines, the bare read of its bytes, its conversion, and pyx12's reader on a sample.

Each part runs in a process of its own, so that peak memory is its own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import click

LINES_A_CLAIM = 5
SAMPLE = 100_000
BLOCK = 1 << 20
HEADER = (
    "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *261122*0600*^*00501*000000001*0*P*:~\n"
    "GS*HC*S*R*20261122*0600*1*X*005010X223A2~\n"
)


def claims(lines: int) -> Iterator[str]:
    """Claims of five lines each, by some hundreds of billers, different in what differs in the world."""
    for number in range(lines // LINES_A_CLAIM):
        day = 20260101 + number % 28
        if number % 100 == 0:
            yield f"HL*{number * 2 + 1}**20*1~\nNM1*85*2*HOSPITAL*****XX*{1000000000 + number % 700}~\nREF*EI*{number % 700:09d}~\n"
        yield (
            f"HL*{number * 2 + 2}*{number // 100 * 200 + 1}*22*0~\nSBR*P*18*******CI~\nNM1*IL*1*DOE*JO****MI*M{number % 300_000:07d}~\n"
            f"N3*1 MAIN STREET~\nN4*BOISE*ID*83702~\nDMG*D8*{19500101 + number % 70 * 10000}*F~\nNM1*PR*2*THE PLAN*****PI*P1~\n"
            f"CLM*C{number:09d}*{LINES_A_CLAIM * 250}.00***11:A:1*Y*A*Y*Y~\nDTP*434*RD8*{day}-{day}~\nDTP*435*DT*{day}0930~\n"
            f"CL1*1*7*01~\nREF*D9*{number:015d}~\nHI*ABK:P2930:::::::Y~\nHI*ABF:P285:::::::Y*ABF:P24{number % 90:02d}:::::::N~\n"
            "NM1*71*1*DOC*A****XX*1234567893~\n"
        )
        for line in range(1, LINES_A_CLAIM + 1):
            service = f"HC:9{(number + line) % 10_000:04d}:59"
            yield f"LX*{line}~\nSV2*0410*{service}*250.{line:02d}*UN*{line}~\nDTP*472*D8*{day}~\nREF*6R*{number}A{line}~\n"


def write(path: Path, lines: int) -> None:
    """The file, with the counts its trailers need."""
    count = 0
    with path.open("w", encoding="ascii") as file:
        file.write(HEADER + "ST*837*0001*005010X223A2~\nBHT*0019*00*1*20261122*0600*CH~\n")
        for text in claims(lines):
            count += text.count("~")
            file.write(text)
        file.write(f"SE*{count + 3}*0001~\nGE*1*1~\nIEA*1*000000001~\n")


def bare_read(folder: Path) -> None:
    """Reads the bytes, and does nothing with them."""
    with (folder / "claims.837").open("rb") as file:
        while file.read(BLOCK):
            pass


def converted(folder: Path) -> None:
    """The file to canonical Parquet."""
    from auditor.intake.found_files import FoundFile
    from auditor.intake.x12 import convert

    with TemporaryDirectory(dir=folder) as scratch:
        found = convert([FoundFile(folder / "claims.837", "claims.837")], Path(scratch) / "out")
    print(json.dumps({"rows": found.inputs[0].rows}))


def sample_converted(folder: Path) -> None:
    """The sample by our reader, without the database."""
    from auditor.intake.found_files import FoundFile
    from auditor.intake.x12.reading import read_file

    with TemporaryDirectory(dir=folder) as scratch:
        start = time.perf_counter()
        read_file(FoundFile(folder / "sample.837", "sample.837"), Path(scratch), 0)
        print(json.dumps({"inner": time.perf_counter() - start}))


def sample_pyx12(folder: Path) -> None:
    """The sample by pyx12's reader: segments only, no claims."""
    from pyx12.x12file import X12Reader  # type: ignore[import-untyped]

    start = time.perf_counter()
    with (folder / "sample.837").open(encoding="ascii") as file:
        for _ in X12Reader(file):
            pass
    print(json.dumps({"inner": time.perf_counter() - start}))


PARTS: dict[str, Callable[[Path], None]] = {
    "bare read": bare_read,
    "conversion": converted,
    "sample, ours": sample_converted,
    "sample, pyx12": sample_pyx12,
}


def measure(part: str, folder: Path) -> dict[str, float]:
    """Wall and CPU seconds and peak megabytes of one part in a process of its own, and what it printed."""
    start = time.perf_counter()
    command = [sys.executable, "-m", "benchmarks.x12", "--part", part, "--folder", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert process.stdout
    said = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise click.ClickException(f"{part} failed")
    timed = {"wall": time.perf_counter() - start, "cpu": usage.ru_utime + usage.ru_stime, "peak": usage.ru_maxrss / 1024}
    return timed | (json.loads(said) if said.strip() else {})


@click.command()
@click.option("--lines", default=1_000_000, show_default=True)
@click.option("--folder", type=click.Path(path_type=Path), help="Where the generated file is, or goes, and stays.")
@click.option("--part", type=click.Choice(list(PARTS)), hidden=True)
def main(lines: int, folder: Path | None, part: str | None) -> None:
    """Generate an 837, then time its bare read and its conversion."""
    if part and folder:
        PARTS[part](folder)
        return
    with TemporaryDirectory() as scratch:
        place = folder or Path(scratch)
        write(place / "claims.837", lines)
        write(place / "sample.837", SAMPLE)
        size = (place / "claims.837").stat().st_size
        click.echo(f"837 of {lines:,} service lines, {size / 1e6:,.0f} MB; sample of {SAMPLE:,}")
        click.echo(f"{'':16}{'wall s':>9}{'CPU s':>9}{'peak MB':>9}")
        found = {name: measure(name, place) for name in PARTS}
        for name, one in found.items():
            click.echo(f"{name:16}{one.get('inner', one['wall']):9.2f}{one['cpu']:9.2f}{one['peak']:9.0f}")
        click.echo(f"conversion, in bare reads: {found['conversion']['wall'] / found['bare read']['wall']:.0f}")
        click.echo(f"pyx12's reader, in ours: {found['sample, pyx12']['inner'] / found['sample, ours']['inner']:.1f}")


if __name__ == "__main__":
    main()
