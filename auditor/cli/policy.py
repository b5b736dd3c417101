"""``auditor policy``: the policy in plain words, whether it holds together, and whether its vignettes do."""

from __future__ import annotations

import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click

from auditor.cli.options import as_of_day, as_of_option, json_option, policy_option, progress, read_overrides, set_option
from auditor.outcomes import ExitCode


@click.group(short_help="Show or check a policy.")
def policy() -> None:
    """Show a policy in plain words, or check it.

    \b
    Example:
        auditor policy show --text
    """


@policy.command()
@policy_option
@set_option
@click.option("--text", is_flag=True, help="Plain text, to paste into a document.")
@click.option("--html", "page", type=click.Path(dir_okay=False, path_type=Path), help="Write it as a page, for a review meeting.")
def show(policy_name: str, overrides: tuple[str, ...], text: bool, page: Path | None) -> None:
    """Show the policy as an outline in plain words, with every reading and who signed it.

    \b
    Example:
        auditor policy show --policy pacificsource-ino --html policy.html
    """
    from auditor.places import configs_folder
    from auditor.policy import load_rule_book, outline, outline_text

    book = load_rule_book(policy_name, configs_folder(), read_overrides(overrides))
    if page:
        from auditor.workbench.policy_page import write_policy_page

        write_policy_page(book, page)
        return
    for revision in book.policies:
        if text:
            click.echo(outline_text(book, revision))
        else:
            from rich.console import Console

            Console().print(outline(book, revision))


@policy.command()
@policy_option
@as_of_option
@click.option("--settled", is_flag=True, help="Tell also what a signed reading answers.")
@json_option
def check(policy_name: str, as_of: datetime | None, settled: bool, as_json: bool) -> None:
    """Check that a policy, its concepts and its codes hold together, and what the guideline itself leaves open or contradicts.

    \b
    Example:
        auditor policy check --policy configs/policies/mine.2027-01-01.yaml
    """
    from auditor.places import configs_folder
    from auditor.policy import load_rule_book, warnings
    from auditor.report.phrases import counted
    from auditor.workbench.defects import defect_text, find_defects

    book = load_rule_book(policy_name, configs_folder())
    notes = warnings(book, as_of_day(as_of))
    defects = [each for revision in book.policies for each in find_defects(book, revision) if settled or not each.is_settled]
    if as_json:
        import json

        told = {"policy": book.policies[-1].name, "revisions": [each.revision for each in book.policies], "notes": notes}
        click.echo(json.dumps({**told, "defects": [asdict(defect) for defect in defects]}, indent=2))
        return
    for note in notes:
        click.echo(f"note: {note}")
    for defect in defects:
        click.echo(defect_text(defect))
    criteria = sum(1 for revision in book.policies for _ in revision.walk())
    left = f"; {counted(len(defects), 'defect')} of the guideline, told above" if defects else ""
    click.echo(
        f"{book.policies[-1].name}: {counted(len(book.policies), 'revision')}, {counted(criteria, 'paragraph')}, "
        f"{counted(len(book.findings), 'finding')}: nothing to mend{left}"
    )


vignettes_option = click.option(
    "--vignettes", "folder", type=click.Path(file_okay=False, path_type=Path), help="Their folder, if not beside the policy."
)


@policy.command()
@policy_option
@vignettes_option
@click.option("--quick", is_flag=True, help="Only those under the policy's own readings; takes seconds.")
@click.option("--suggest", type=click.Path(dir_okay=False, path_type=Path), help="Write what is missing into this file, to be confirmed.")
@json_option
def test(policy_name: str, folder: Path | None, quick: bool, suggest: Path | None, as_json: bool) -> None:
    """Run the vignettes of a policy through the audit, and say which paragraphs they prove.

    \b
    Example:
        auditor policy test --policy pacificsource-ino
        auditor policy test --suggest missing.yaml
    """
    from auditor.vignettes.bench import Asked, refuse_written, run_policy, suggested_line, write_suggested
    from auditor.vignettes.told import told_lines, told_values

    if suggest:
        refuse_written(suggest)
    with progress(quiet=as_json) as stage:
        told, missing = run_policy(policy_name, folder, Asked(quick, suggest is not None), stage)
    if suggest:
        write_suggested(missing, suggest)
    if as_json:
        import json

        click.echo(json.dumps(told_values(told), indent=2))
    else:
        for line in told_lines(told, suggested_line(told, missing, suggest) if suggest else ""):
            click.echo(line)
    if not told.is_whole:
        sys.exit(int(ExitCode.NOT_PROVED))


@policy.command()
@policy_option
@vignettes_option
@json_option
def mutate(policy_name: str, folder: Path | None, as_json: bool) -> None:
    """Change a policy in one place at a time, and list the changes that none of its vignettes notices. Takes minutes.

    \b
    Example:
        auditor policy mutate --policy pacificsource-ino
    """
    from auditor.vignettes.bench import mutate_policy

    with progress(quiet=as_json) as stage:
        told = mutate_policy(policy_name, folder, stage)
    if as_json:
        import json

        click.echo(json.dumps(told.values, indent=2))
    else:
        for line in told.lines:
            click.echo(line)
    if told.unnoticed or told.strangers:
        sys.exit(int(ExitCode.NOT_PROVED))
