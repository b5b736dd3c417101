"""A first profile guessed from a header: it loads, it reads the file, and it says what it did not find."""

from __future__ import annotations

from pathlib import Path

import pytest
from extracts import Row, rows_of
from hypothesis import given, settings
from hypothesis import strategies as st
from test_intake_real_data import folder

from auditor.errors import ExtractRefused
from auditor.intake import Extract, load_profile
from auditor.intake.first_profile import column_aliases, guess_columns, guess_table, read_names, write_profile
from auditor.tables import CANONICAL, CLAIM_LINES, canonical

CLAIMS = "Claim No,Line,Member Number,DOS From,DOS Thru,CPT,Rev Code,Units,DX1,DX2,DX3,Billed Amount,Net Paid,Shoe Size\n"
CLAIM = "C1,1,M1,2026-01-05,2026-01-06,94002,410,2,P29.30,,Q24.9,100.00,80.00,9\n"


def read_back(file: Path, table: str | None = None) -> tuple[str, list[Row]]:
    """The profile written for a file, and the rows that the file then gives."""
    guesses = guess_table(read_names(file), table)
    path = file.parent / "first.yaml"
    path.write_text(write_profile(guesses, file.name))
    load_profile(str(path))
    files = (file,) if guesses.table == CLAIM_LINES else (file, _claim(file.parent))
    return path.read_text(), rows_of(Extract(files, str(path)), guesses.table.name)


def _claim(folder: Path) -> Path:
    path = folder / "claim_lines.csv"
    path.write_text("claim_id,claim_line_number,member_id,claim_line_start_date,hcpcs_code\n")
    return path


def test_claims_are_guessed_by_alias_spelling_and_number(tmp_path: Path) -> None:
    (tmp_path / "june.csv").write_text(CLAIMS + CLAIM)
    text, [row] = read_back(tmp_path / "june.csv")
    assert (row["claim_id"], row["claim_line_number"], row["member_id"]) == ("C1", "1", "M1")
    assert (str(row["claim_line_start_date"]), str(row["claim_line_end_date"])) == ("2026-01-05", "2026-01-06")
    assert (row["hcpcs_code"], row["revenue_center_code"], row["service_unit_quantity"]) == ("94002", "0410", 2.0)
    assert (row["diagnosis_code_1"], row.get("diagnosis_code_2"), row["diagnosis_code_3"]) == ("P2930", None, "Q249")
    assert (row["charge_cents"], row["paid_cents"]) == (10000, 8000)
    assert '# not read: "Shoe Size"' in text
    assert 'claim_line_end_date: "DOS Thru"' in text


def test_a_name_that_is_only_spelt_alike_is_marked(tmp_path: Path) -> None:
    (tmp_path / "june.csv").write_text("claim_idd,line,member,dos,cpt\nC1,1,M1,2026-01-05,94002\n")
    text, [row] = read_back(tmp_path / "june.csv")
    assert 'claim_id: "claim_idd"   # by its spelling alone: check' in text
    assert row["claim_id"] == "C1"


def test_what_is_not_found_is_left_empty_and_every_row_says_so(tmp_path: Path) -> None:
    (tmp_path / "june.csv").write_text("claim number,line,dos,cpt\nC1,1,2026-01-05,94002\n")
    text, [row] = read_back(tmp_path / "june.csv")
    assert 'member_id: {constant: ""}   # no column looks like it, and every row needs it: name one' in text
    assert row["fault"] == "member missing"


@pytest.mark.parametrize(
    ("header", "table"),
    [
        ("Patient ID,Date of Birth,Gender\n", "members"),
        ("mrn,charttime,loinc,vocabulary,valuenum,valueuom\n", "events"),
        ("member number,auth number,auth from,auth to,auth status\n", "authorizations"),
        (CLAIMS, "claim_lines"),
    ],
)
def test_the_table_is_the_one_that_the_header_fits(tmp_path: Path, header: str, table: str) -> None:
    (tmp_path / "file.txt").write_text(header)
    guesses = guess_table(read_names(tmp_path / "file.txt"))
    assert (guesses.table.name, guesses.missing) == (table, [])
    _, rows = read_back(tmp_path / "file.txt")
    assert rows == []


def test_real_headers_are_read_by_their_first_profile(tmp_path: Path) -> None:
    for name, table in (("tuva/medical_claim_seed.csv", "claim_lines"), ("tuva/eligibility_seed.csv", "members")):
        source = folder("tuva").parent / name
        file = tmp_path / source.name
        file.write_bytes(source.read_bytes())
        text, rows = read_back(file, table)
        assert len(rows) > 30
        assert {row["fault"] for row in rows if "fault" in row} <= {"date missing", "code or revenue code missing", *UNMAPPED}, text


UNMAPPED = {"not one of the words expected"}  # claim types and payers in the extract's own words: the analyst maps them


def test_every_alias_is_of_a_column_and_of_one_only() -> None:
    for table, aliases in column_aliases().items():
        columns = [column.name for column in canonical(table).columns]
        stems = {name.removesuffix("_1") for name in columns if name.endswith("_1")}
        assert set(aliases) <= {*columns, *stems}
        listed = [alias.lower() for names in aliases.values() for alias in names]
        assert sorted(set(listed)) == sorted(listed)


NAMES = st.lists(
    st.text(st.characters(codec="ascii", exclude_characters='\r\n"\0,;|\t'), min_size=1).map(str.strip).filter(bool),
    min_size=1,
    unique_by=str.lower,
)


@given(names=NAMES, table=st.sampled_from([table.name for table in CANONICAL]))
@settings(max_examples=60, deadline=None)
def test_any_header_gives_a_profile_that_loads(names: list[str], table: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("any") / "any.yaml"
    guesses = guess_columns(canonical(table), names)
    path.write_text(write_profile(guesses, "any.csv"))
    profile = load_profile(str(path))
    found = {rule.column[0] for source in profile.sources(canonical(table)) for rule in source.columns.values() if rule.column}
    assert found == {guess.column for guess in guesses.single.values()}
    assert set(guesses.left_over).isdisjoint(found)


@pytest.mark.parametrize("name", ["gone.csv", "claims.pdf"])
def test_a_file_without_a_header_is_refused(tmp_path: Path, name: str) -> None:
    if name.endswith("pdf"):
        (tmp_path / name).write_text("x")
    with pytest.raises(ExtractRefused, match=f"{name}: expected a file with a header"):
        read_names(tmp_path / name)
