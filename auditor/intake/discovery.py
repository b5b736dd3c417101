"""Which files of an extract feed which canonical table: folders, files and globs against the profile's name patterns."""

from __future__ import annotations

import glob
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from auditor.errors import ExtractRefused
from auditor.intake.formats import FORMATS, Foreign, Format, refuse_damaged, sort_by_format
from auditor.intake.found_files import FoundFile
from auditor.intake.profile_files import profile_names
from auditor.intake.profiles import Lookup, Profile, Source
from auditor.tables import CANONICAL, Table

TEXT_SUFFIXES = (".csv", ".tsv", ".txt", ".psv", ".csv.gz", ".tsv.gz", ".txt.gz", ".psv.gz")
PARQUET_SUFFIXES = (".parquet", ".pq")
EXCEL_SUFFIXES = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
SUFFIXES = (*TEXT_SUFFIXES, *PARQUET_SUFFIXES, *EXCEL_SUFFIXES)


@dataclass(frozen=True)
class Feed:
    """One file feeding one canonical table by one source; ``first`` where no other source reads the file for that table."""

    file: FoundFile
    table: Table
    source: Source
    first: bool


def places_of(feeds: Iterable[Feed]) -> dict[str, Path]:
    """Where the files of feeds lie, by the names that users know."""
    return {feed.file.name: feed.file.path for feed in feeds}


@dataclass(frozen=True)
class Discovery:
    """What of an extract is read: files that feed tables, files behind look-ups, foreign formats; and names of files that are neither.

    ``files`` are all of them, in the order of their names.
    """

    feeds: tuple[Feed, ...]
    lookups: Mapping[str, tuple[FoundFile, ...]]
    foreign: tuple[Foreign, ...]
    not_read: tuple[str, ...]
    files: tuple[FoundFile, ...]


def discover(profile: Profile, paths: Iterable[Path], formats: Sequence[Format] = FORMATS) -> Discovery:
    """Matches files to the profile, and those it does not claim by name to the foreign formats, by their content.

    ExtractRefused where a path is missing, a file is damaged so that nobody knows its format, or a file named by the user matches nothing.
    """
    files = _name_files(_list_files(paths))
    feeds = tuple(feed for table in CANONICAL for feed in _feeds(profile, table, files))
    lookups = {name: tuple(file for file in files if _matches(file, lookup)) for name, lookup in sorted(profile.lookups.items())}
    used = {file.path for file in (*(feed.file for feed in feeds), *(file for found in lookups.values() for file in found))}
    foreign = sort_by_format([file for file in files if file.path not in used], formats)
    used |= {file.path for found in foreign for file in found.files}
    unread = [file for file in files if file.path not in used]
    refuse_damaged(unread, formats)
    for file in unread:
        if file.explicit:
            raise ExtractRefused(
                f"{file.name}: the profile {profile.name} reads no file of this name{_nor_formats(formats)}.\n{_expected(profile, formats)}"
            )
    return Discovery(feeds, lookups, foreign, tuple(file.name for file in unread), tuple(files))


def feeds_of(profile: Profile, file: FoundFile) -> tuple[Feed, ...]:
    """What a file of that name feeds."""
    return tuple(feed for table in CANONICAL for feed in _feeds(profile, table, [file]))


def refuse_without_claims(profile: Profile, tables: Iterable[str], formats: Sequence[Format] = FORMATS) -> None:
    """ExtractRefused where none of the tables that files, frames or conversions feed is that of claim lines."""
    if "claim_lines" not in set(tables):
        raise ExtractRefused(f"no file of claim lines was found by the profile {profile.name}.\n{_expected(profile, formats)}")


def _nor_formats(formats: Sequence[Format]) -> str:
    return f", and it is not {' or '.join(form.name for form in formats)}" if formats else ""


def _feeds(profile: Profile, table: Table, files: list[FoundFile]) -> Iterator[Feed]:
    for file in files:
        sources = [source for source in profile.sources(table) if _matches(file, source)]
        yield from (Feed(file, table, source, first=number == 0) for number, source in enumerate(sources))


def _matches(file: FoundFile, part: Source | Lookup) -> bool:
    name = file.path.name.lower()
    return name.endswith(SUFFIXES) and any(
        fnmatchcase(candidate, pattern.lower()) for pattern in part.files for candidate in (name, name.removesuffix(".gz"))
    )


def _expected(profile: Profile, formats: Sequence[Format]) -> str:
    lines = [
        f"  {table.name}: {', '.join(pattern for source in profile.sources(table) for pattern in source.files) or 'no file'}"
        for table in CANONICAL
    ]
    kinds = ", ".join(suffix for suffix in SUFFIXES if not suffix.endswith(".gz"))
    others = ", ".join(profile_names())
    known = [f"Besides, {form.name} is known by its content ({', '.join(form.suffixes)}, also .gz)." for form in formats]
    return "\n".join(
        [f"It looks for these names ({kinds}, text also .gz):", *lines, *known, f"Rename the files, or choose another profile: {others}."]
    )


def _list_files(paths: Iterable[Path]) -> list[tuple[Path, bool]]:
    """Every file once, with whether the user named it; hidden files are passed over."""
    files: dict[Path, tuple[Path, bool]] = {}
    for path in paths:
        for file in _expand(path):
            named = path == file or files.get(file.resolve(), (file, False))[1]
            files[file.resolve()] = (file, named)
    return list(files.values())


def _expand(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    listed = [file for file in (path.iterdir() if path.is_dir() else map(Path, glob.glob(str(path)))) if not file.name.startswith(".")]
    if lost := sorted(file.name for file in listed if file.is_symlink() and not file.exists()):
        raise ExtractRefused(f"{lost[0]}: a link that leads nowhere; bring the file it is to lead to, or take the link out of the extract")
    found = sorted(file for file in listed if file.is_file())
    if not found and not path.is_dir():
        raise ExtractRefused(f"{path.name}: there is no such file or folder; check the path given to the command")
    return found


def _name_files(files: list[tuple[Path, bool]]) -> list[FoundFile]:
    """Names files by their base name, and by folder too where two have the same, in the order of those names."""
    bases = [path.name for path, _ in files]
    named = (
        FoundFile(path, path.name if bases.count(path.name) == 1 else f"{path.resolve().parent.name}/{path.name}", explicit)
        for path, explicit in files
    )
    return sorted(named, key=lambda file: (file.name, str(file.path)))
