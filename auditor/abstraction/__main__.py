"""The command ``python -m auditor.abstraction``: writes the abstraction sheet, and the profile that reads it back."""

from __future__ import annotations

from pathlib import Path

import click

from auditor.abstraction import profile_text, read_questions, write_workbook
from auditor.places import configs_folder
from auditor.policy import load_rule_book
from auditor.settings import DEFAULT_POLICY


@click.command()
@click.option("--out", "folder", type=click.Path(path_type=Path, file_okay=False, exists=True), required=True, help="Folder to write to.")
def main(folder: Path) -> None:
    """Writes abstraction.xlsx and abstraction.yaml.

    \b
    python -m auditor.abstraction --out configs/profiles
    """
    configs = configs_folder()
    questions = read_questions(configs, load_rule_book(DEFAULT_POLICY, configs).concepts.event_concepts)
    write_workbook(questions, folder / "abstraction.xlsx")
    (folder / "abstraction.yaml").write_text(profile_text(questions), encoding="utf-8")


if __name__ == "__main__":
    main()
