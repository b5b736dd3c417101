"""Reference files as CMS publishes them are read and installed; a bad one is refused with its row, and changes nothing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow.parquet as parquet
import pytest

from auditor.errors import ReferenceRefused
from auditor.releases import Hints, add_file, installed_releases
from auditor.releases.release import Quarter, read_quarter
from tests.releases import cms


@pytest.fixture
def library(tmp_path: Path) -> Path:
    return tmp_path / "reference"


def rows(library: Path, name: str) -> list[tuple[object, ...]]:
    table = parquet.read_table(library / name / "rows.parquet").to_pydict()
    return list(zip(*table.values(), strict=True))


def snapshot(library: Path) -> dict[str, bytes]:
    return {str(path.relative_to(library)): path.read_bytes() for path in sorted(library.rglob("*")) if path.is_file()}


PAIR_ROWS = [
    ("94002", "94003", 0, date(2007, 1, 1), None),
    ("99468", "94002", 0, date(2009, 1, 1), None),
    ("99468", "94003", 0, date(2009, 1, 1), date(2025, 3, 31)),
    ("99232", "94002", 9, date(1996, 1, 1), date(1996, 1, 1)),
    ("99232", "94002", 1, date(1996, 1, 1), None),
]


def test_pairs_as_text_are_read_below_their_notice_and_wrapped_heading(tmp_path: Path, library: Path) -> None:
    release = add_file(cms.write(tmp_path, cms.PRACTITIONER_PAIRS, cms.pair_text()), library)
    assert (release.kind, release.setting, release.version, release.part) == ("pairs", "practitioner", "2024Q3 v30.2 r0", "f1")
    assert (release.first_day, release.last_day, release.rows) == (date(1996, 1, 1), date(2024, 9, 30), 5)
    assert len(release.sha256) == 64
    assert rows(library, release.name) == PAIR_ROWS
    assert installed_releases(library) == (release,)


def test_pairs_as_workbook_and_in_a_zip_come_to_the_same(tmp_path: Path, library: Path) -> None:
    book = cms.write_book(tmp_path, "ccioph-v302r0-f1.xlsx", [(cms.NOTICE,), *cms.PAIR_HEADINGS, *cms.PAIRS])
    packed = cms.write_zip(
        tmp_path,
        "medicare-ncci-2024q3-practitioner-ptp-edits-ccipra-v302r0-f1.zip",
        {"ccipra-v302r0-f1.TXT": cms.pair_text().encode(), "ccipra-v302r0-f1.xlsx": book.read_bytes()},
    )
    hospital, practitioner = add_file(book, library), add_file(packed, library)
    assert (hospital.setting, practitioner.setting) == ("hospital", "practitioner")
    assert rows(library, hospital.name) == rows(library, practitioner.name) == PAIR_ROWS


def test_units_are_read_with_setting_and_quarter(tmp_path: Path, library: Path) -> None:
    practitioner = add_file(cms.write(tmp_path, cms.PRACTITIONER_UNITS, cms.unit_text()), library)
    hospital = add_file(cms.write(tmp_path, cms.HOSPITAL_UNITS, cms.unit_text(whose="Outpatient Hospital Services")), library)
    assert (practitioner.setting, hospital.setting) == ("practitioner", "hospital")
    assert (practitioner.first_day, practitioner.last_day) == (date(2024, 7, 1), date(2024, 9, 30))
    assert rows(library, practitioner.name) == [("94002", 1, 2), ("94799", 3, 3)]


ADD_ON_ROWS = [
    ("93463", 1, "93451", date(2013, 4, 1), None),
    ("93463", 1, "93530", date(2013, 4, 1), date(2021, 12, 31)),
    ("99292", 2, "CCCCC", date(2013, 4, 1), None),
]


@pytest.mark.parametrize(("name", "text"), [("AOC_V2024Q3-MCR.txt", cms.add_on_text()), ("AOC_V2024Q3-F-MCR.txt", cms.flat_add_on_text())])
def test_add_ons_are_read_in_columns_and_flat(tmp_path: Path, library: Path, name: str, text: str) -> None:
    release = add_file(cms.write(tmp_path, name, text), library)
    assert (release.kind, release.setting, release.version) == ("add_ons", "all", "2024Q3")
    assert rows(library, release.name) == ADD_ON_ROWS


def test_a_plans_list_may_stand_in_any_order_and_have_no_end(tmp_path: Path, library: Path) -> None:
    text = "Effective Date,Code,End Date,Label\n01/01/2020,94799,12/31/2024,a\n2025-01-01,94799,,b\n20200101,p29.3,*,c\n"
    release = add_file(cms.write(tmp_path, "plan-codes.csv", text), library)
    assert (release.kind, release.version, release.first_day, release.last_day) == ("codes", "plan-codes", date(2020, 1, 1), None)
    assert rows(library, release.name)[0] == ("hcpcs", "94799", date(2020, 1, 1), date(2024, 12, 31))


def test_the_same_file_again_changes_nothing_and_another_must_be_wanted(tmp_path: Path, library: Path) -> None:
    file = cms.write(tmp_path, cms.PRACTITIONER_UNITS, cms.unit_text())
    first = add_file(file, library)
    before = snapshot(library)
    assert add_file(file, library) == first
    assert snapshot(library) == before
    other = cms.write(tmp_path, cms.PRACTITIONER_UNITS, cms.unit_text(cms.UNITS[:1]))
    with pytest.raises(ReferenceRefused, match="other content"):
        add_file(other, library)
    assert snapshot(library) == before
    assert add_file(other, library, replace_other=True).rows == 1
    assert [release.rows for release in installed_releases(library)] == [1]


def bad_pairs(*rows: tuple[str, ...]) -> str:
    return cms.pair_text((*cms.PAIRS, *rows))


OLD_HEADINGS = tuple(row[:6] for row in cms.PAIR_HEADINGS)
OLD_ROWS = tuple(row[:6] for row in cms.PAIRS)
P, U, A = cms.PRACTITIONER_PAIRS, cms.PRACTITIONER_UNITS, cms.ADD_ON_FILE
BAD: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "last quarter's layout": (P, cms.pair_text(OLD_ROWS, OLD_HEADINGS), ("row 3", "lacks ptpeditrationale")),
    "columns in another order": (
        P,
        cms.pair_text(headings=[tuple(row[n] for n in (0, 1, 3, 2, 4, 5, 6)) for row in cms.PAIR_HEADINGS]),
        ("row 3",),
    ),
    "wrong columns": (U, "HCPCS/CPT Code,Max,MAI\n94002,1,2\n", ("row 1", "lacks", "has Max, MAI beyond")),
    "not a reference file": (U, "a,b\n1,2\n", ("headings of a known file",)),
    "a code too long": (P, bad_pairs(("940022", "94003", "", "20070101", "*", "0", cms.WHY)), ("row 12", "Column 1 is no code")),
    "no date": (P, bad_pairs(("94002", "94004", "", "20071301", "*", "0", cms.WHY)), ("row 12", "Effective Date is no date")),
    "an indicator that is none": (
        P,
        bad_pairs(("94002", "94004", "", "20070101", "*", "2", cms.WHY)),
        ("row 12", "Modifier is not one of 0, 1, 9"),
    ),
    "dates backwards": (P, bad_pairs(("94002", "94004", "", "20080101", "20070101", "0", cms.WHY)), ("row 12", "ends before it begins")),
    "overlapping dates": (
        P,
        bad_pairs(("99468", "94003", "", "20250331", "*", "1", cms.WHY)),
        ("rows 9 and 12", "99468 with 94003 has dates that overlap"),
    ),
    "a row twice": (P, bad_pairs(cms.PAIRS[0]), ("rows 7 and 12", "94002 with 94003 is there twice")),
    "a code twice": (U, cms.unit_text((*cms.UNITS, cms.UNITS[0])), ("rows 5 and 7", "94002 is there twice")),
    "cut within a row": (P, cms.pair_text()[: cms.pair_text().rindex("\t1\t")], ("row 11", "ends inside this row")),
    "a row too short": (P, bad_pairs(("94002", "94004", "", "2007")), ("row 12", "4 of 7 columns")),
    "cut within the last words": (P, cms.pair_text()[:-8], ("row 11", "ends inside this row")),
    "cut after the heading": (P, cms.pair_text(()), ("no row under it",)),
    "units in letters": (U, cms.unit_text((("94002", "one", "2", "x"),)), ("row 5", "MUE Values is no whole number")),
    "an add-on's date": (A, cms.add_on_text((("1", "93463", "", "93451", "", "2013400", "", ""),)), ("row 3", "AOC_Edit_EffDT is no date")),
    "an add-on of no type": (A, cms.add_on_text((("4", "93463", "", "93451", "", "2013091", "", ""),)), ("row 3", "AOC_Edit_Type")),
    "a plan's dates overlap": (
        "plan.csv",
        "code,effective date,end date\n94002,2020-01-01,\n94002,2021-01-01,\n",
        ("rows 2 and 3", "overlap"),
    ),
    "a giant number of units": (U, cms.unit_text((("94002", "9" * 40, "2", "x"),)), ("row 5", "MUE Values is no whole number")),
    "a raised two": (
        "units_Practitioner_2024Q3.csv",
        cms.unit_text((("94002", "\N{SUPERSCRIPT TWO}", "2", "x"),)),
        ("row 5", "MUE Values is no whole number"),
    ),
    "a day past the last year": (
        A,
        cms.add_on_text((("1", "93463", "", "93451", "", "9999999", "", ""),)),
        ("row 3", "AOC_Edit_EffDT is no date"),
    ),
    "NUL bytes": (P, "a\0b", ("NUL",)),
    "nothing at all": (P, "", ("empty",)),
    "no quarter in its name": ("practitioner.txt", cms.pair_text(), ("--quarter 2024Q3",)),
    "no setting in its name": ("edits-2024q3.txt", cms.pair_text(), ("--setting practitioner",)),
    "suppliers' units": (
        "MCR_MUE_DMESupplierServices_Eff_07-01-2024.csv",
        cms.unit_text(whose="DME Supplier Services"),
        ("dme suppliers",),
    ),
    "a picture": ("edits.png", "x", ("expected a file that ends in",)),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_refused_and_the_installed_releases_stay(tmp_path: Path, library: Path, name: str) -> None:
    add_file(cms.write(tmp_path, "ccipra-v301r0-f1.TXT", cms.pair_text(cms.PAIRS[:2])), library)
    before = snapshot(library)
    file, text, said = BAD[name]
    with pytest.raises(ReferenceRefused) as refused:
        add_file(cms.write(tmp_path, file, text), library)
    assert str(refused.value).startswith(file)
    assert all(part in str(refused.value) for part in said), str(refused.value)
    assert snapshot(library) == before
    assert [release.version for release in installed_releases(library)] == ["2024Q2 v30.1 r0"]


@pytest.mark.parametrize("keep", [0.4, 0.9])
def test_a_zip_or_workbook_cut_short_is_refused(tmp_path: Path, library: Path, keep: float) -> None:
    many = [(f"{n:05d}", "94002", "", "20070101", "*", "0", cms.WHY) for n in range(10000, 12000)]
    whole = cms.write_zip(tmp_path, "ccipra-v302r0-f1.zip", {cms.PRACTITIONER_PAIRS: cms.pair_text(many).encode()})
    book = cms.write_book(tmp_path, "ccipra-v302r0-f2.xlsx", [*cms.PAIR_HEADINGS, *many])
    for path in (whole, book):
        content = path.read_bytes()
        path.write_bytes(content[: int(len(content) * keep)])
        with pytest.raises(ReferenceRefused, match="cut short or damaged"):
            add_file(path, library)
    assert installed_releases(library) == ()
    assert not list(library.glob("*")) if library.exists() else True


def test_a_zip_with_the_shadow_files_of_a_mac_is_read(tmp_path: Path, library: Path) -> None:
    members = {cms.PRACTITIONER_PAIRS: cms.pair_text().encode(), f"__MACOSX/._{cms.PRACTITIONER_PAIRS}": b"\0\5\x16\7"}
    assert add_file(cms.write_zip(tmp_path, "ccipra-v302r0-f1.zip", members), library).rows == len(cms.PAIRS)


def test_a_zip_that_unpacks_to_more_than_a_reference_file_is_refused(
    tmp_path: Path, library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("auditor.releases.open_tables.LARGEST_TABLE", 1 << 20)
    whole = cms.write_zip(tmp_path, "ccipra-v302r0-f1.zip", {cms.PRACTITIONER_PAIRS: b"a" * (1 << 20) + b"b"})
    large = cms.write(tmp_path, "ccipra-v302r0-f2.txt", "a" * (1 << 20) + "b")
    for path in (whole, large):
        with pytest.raises(ReferenceRefused, match="larger than 1 MB"):
            add_file(path, library)


def test_others_may_read_what_is_installed(tmp_path: Path, library: Path) -> None:
    release = add_file(cms.write(tmp_path, cms.PRACTITIONER_PAIRS, cms.pair_text()), library)
    ordinary = tmp_path / "ordinary"
    ordinary.mkdir()
    assert (library / release.name).stat().st_mode == ordinary.stat().st_mode
    assert [path.name for path in library.iterdir()] == [release.name]


def test_drug_codes_of_a_plans_list_may_have_hyphens(tmp_path: Path, library: Path) -> None:
    text = "code,effective date,end date,code system\n64693-002-01,2020-01-01,,NDC\n59579-0201-01,2020-01-01,,NDC\n"
    release = add_file(cms.write(tmp_path, "plan.csv", text), library)
    assert [row[1] for row in rows(library, release.name)] == ["64693000201", "59579020101"]


def test_a_part_that_repeats_another_is_refused(tmp_path: Path, library: Path) -> None:
    add_file(cms.write(tmp_path, cms.PRACTITIONER_PAIRS, cms.pair_text()), library)
    with pytest.raises(ReferenceRefused, match=r"1 of its rows are in ccipra-v302r0-f1\.TXT too"):
        add_file(cms.write(tmp_path, "ccipra-v302r0-f2.TXT", cms.pair_text(cms.PAIRS[:1])), library)
    assert len(installed_releases(library)) == 1


def test_a_user_may_say_what_a_name_does_not(tmp_path: Path, library: Path) -> None:
    release = add_file(cms.write(tmp_path, "edits.txt", cms.pair_text()), library, Hints("hospital", "2026Q4"))
    assert (release.setting, release.version, release.last_day) == ("hospital", "2026Q4", date(2026, 12, 31))


def test_a_file_that_is_not_there_is_refused(tmp_path: Path, library: Path) -> None:
    with pytest.raises(ReferenceRefused, match="cannot be opened"):
        add_file(tmp_path / "gone.txt", library)


@pytest.mark.parametrize(
    ("text", "quarter"),
    [
        ("ccipra-v322r0-f1.TXT", Quarter(2026, 3)),
        ("ccioph-v313r0-f1", Quarter(2025, 4)),
        ("AOC_V2026Q2-MCR.xlsx", Quarter(2026, 2)),
        ("MCR_MUE_PractitionerServices_Eff_10-01-2025.csv", Quarter(2025, 4)),
        ("practitionerservicesmuetable-effective-07-01-2026", Quarter(2026, 3)),
        ("2024q3", Quarter(2024, 3)),
        ("edits.txt", None),
    ],
)
def test_a_quarter_is_read_as_cms_writes_it(text: str, quarter: Quarter | None) -> None:
    assert read_quarter(text) == quarter
