"""Column profiles: every key of the grammar at work, and every mistake refused with the nearest right name."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from extracts import CLAIM, CLAIM_ROW, Row, opened, rows_of, write

from auditor.errors import ExtractRefused, SettingsRefused
from auditor.intake import Extract, load_profile, profile_names

TOP = "about: a test\nyears: {first: 1900, last: 2299}\n"
LINES = "claim_lines:\n  - {files: claim_lines*, own_names: true}\n"


def profile(folder: Path, text: str, lines: str = LINES) -> str:
    path = folder / "made.yaml"
    path.write_text(TOP + text + lines)
    return str(path)


def events(folder: Path, text: str, files: dict[str, str], lookups: str = "") -> list[Row]:
    """Events by a source written as indented YAML."""
    source = "events:\n  - files: chart*\n" + "".join(f"    {line}\n" for line in text.strip().splitlines())
    path = profile(folder, lookups + source)
    (folder / "in").mkdir()
    return rows_of(Extract((write(folder / "in", files),), path), "events")


def test_renames_lists_constants_values_and_defaults(tmp_path: Path) -> None:
    first, second, third = events(
        tmp_path,
        """
columns:
  member_id: [Patient, "Old Patient"]
  start: When
  concept: {column: What, values: {"O2 sat": spo2, skip: ""}, otherwise: other_measure}
  status: {column: State, values: {"1": present, "0": absent}, default: present}
  unit: {constant: percent}
  facility: {column: Ward, optional: true}
""",
        {"chart.csv": "patient,Old Patient,When,What,State\nM1,,2026-01-05,o2 SAT,1\n,M2,2026-01-05,weight,\nM3,,2026-01-05,skip,0\n"},
    )
    assert (first["member_id"], first["concept"], first["status"], first["unit"]) == ("M1", "spo2", "present", "percent")
    assert (second["member_id"], second["concept"], second["status"]) == ("M2", "other_measure", "present")
    assert (third["fault"], third["status"]) == ("code or concept missing", "absent")


def test_units_are_converted_by_a_factor(tmp_path: Path) -> None:
    rows = events(
        tmp_path,
        "columns: {member_id: id, start: at, concept: {constant: fio2}, value: {column: fraction, factor: 100}}",
        {"chart.csv": "id,at,fraction\nM1,2026-01-05,0.28\nM1,2026-01-05,room air\n"},
    )
    assert [row["value"] for row in rows] == ["28.0", "room air"]


def test_only_some_rows_are_of_the_table(tmp_path: Path) -> None:
    rows = events(
        tmp_path,
        "columns: {member_id: id, start: at, concept: {constant: ventilation}}\nonly_where: {item: [Vent, '7']}",
        {"chart.csv": "id,at,item\nM1,2026-01-05,vent\nM2,,diet\nM3,2026-01-05,7\n"},
    )
    assert [(row["member_id"], row["source_row"]) for row in rows] == [("M1", 2), ("M3", 4)]


def test_wide_rows_become_one_row_for_each_filled_cell(tmp_path: Path) -> None:
    rows = events(
        tmp_path,
        """
columns: {member_id: id, start: at}
unpivot:
  - columns: {concept: {constant: spo2}, value: SpO2}
  - columns: {code_system: {constant: icd10cm}, code: "dx{n}", document_id: {constant: "doc {n}"}}
    up_to: 3
""",
        {"chart.csv": "id,at,SpO2,dx1,dx2\nM1,2026-01-05,88,P29.30,\nM2,2026-01-05,,,J96.00\nM3,2026-01-05,,,\n"},
    )
    found = sorted((row["source_row"], row.get("concept", ""), row.get("code", ""), row.get("document_id", "")) for row in rows)
    assert found == [(2, "", "P2930", "doc 1"), (2, "spo2", "", ""), (3, "", "J9600", "doc 2")]


@pytest.mark.parametrize(("limit", "fault"), [("{}", None), ("{events: 7}", "end too long after start"), ("{claim_lines: 7}", None)])
def test_a_profile_says_how_long_a_row_may_last(tmp_path: Path, limit: str, fault: str | None) -> None:
    source = "columns: {member_id: id, start: at, end: till, concept: {constant: ventilation}}"
    (row,) = events(tmp_path, source, {"chart.csv": "id,at,till\nM1,2026-01-05,2026-01-13\n"}, f"longest_days: {limit}\n")
    assert row.get("fault") == fault


def test_numbered_columns_are_read_as_far_as_they_go(tmp_path: Path) -> None:
    lines = 'claim_lines:\n  - {files: claim_lines*, own_names: true, numbered: {diagnosis_code: "ICD_DGNS_CD{n}"}}\n'
    path = profile(tmp_path, "", lines)
    folder = tmp_path / "in"
    folder.mkdir()
    write(folder, {"claim_lines.csv": f"{CLAIM},ICD_DGNS_CD1,ICD_DGNS_CD2\n{CLAIM_ROW},P29.30,j96.00\n"})
    (row,) = rows_of(Extract((folder,), path), "claim_lines")
    assert (row["diagnosis_code_1"], row["diagnosis_code_2"]) == ("P2930", "J9600")


STAY = """lookups:
  stay:
    files: stays*
    key: stay_id
    matches: visit
    columns: {first_in: {min: came}, last_out: {max: left}}
"""
JOINED = "columns: {member_id: id, start: stay.first_in, end: stay.last_out, concept: {constant: seen}}"
CHART = "id,visit\nM1,7\nM2,8\n"


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_dates_are_looked_up_in_another_file(tmp_path: Path, kind: str) -> None:
    first, second = events(
        tmp_path,
        JOINED,
        {"chart.csv": CHART, "stays.csv": "stay_id,came,left\n7,2026-01-05,2026-01-09\n7,2026-01-03,2026-01-04\n"},
        STAY,
    )
    assert (str(first["start_day"]), str(first["end_day"])) == ("2026-01-03", "2026-01-09")
    assert second["fault"] == "date missing"
    if kind == "parquet":
        folder = tmp_path / "in"
        with duckdb.connect() as connection:
            for name in ("chart", "stays"):
                connection.execute(f"COPY (FROM '{folder / name}.csv') TO '{folder / name}.parquet'")
                (folder / f"{name}.csv").unlink()
        again, _ = rows_of(Extract((folder,), str(tmp_path / "made.yaml")), "events")
        assert (again["start_day"], again["end_day"]) == (first["start_day"], first["end_day"])


def test_a_lookup_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ExtractRefused, match="no file stays"):
        events(tmp_path, JOINED, {"chart.csv": CHART}, STAY)
    with pytest.raises(ExtractRefused, match=r"stays\.csv: there is no column came, .* Did you mean cam\?"):
        rows_of(Extract((write(tmp_path / "in", {"stays.csv": "stay_id,cam,left\n"}),), str(tmp_path / "made.yaml")), "events")
    with pytest.raises(ExtractRefused, match=r"stays\.csv, row 2: row has too few cells"):
        rows_of(Extract((write(tmp_path / "in", {"stays.csv": "stay_id,came,left\n7\n"}),), str(tmp_path / "made.yaml")), "events")


def test_formats_empty_words_delimiter_and_zone(tmp_path: Path) -> None:
    top = 'date_formats: ["%m/%d/%Y", "%m/%d/%Y %H:%M", "%d-%b-%Y"]\nempty_words: ["NULL", "\\\\N"]\ntime_zone: America/Boise\n'
    path = profile(tmp_path, top + 'events:\n  - {files: chart*, own_names: true, delimiter: "^"}\n')
    folder = tmp_path / "in"
    folder.mkdir()
    text = (
        "member_id^start^concept^end\nM1^1/5/2026^a^NULL\nM1^01/05/2026 23:30^a^\\N\nM1^05-JAN-2026^a^\nM1^6/4/27^a^\nNULL^2026-01-05^a^\n"
    )
    rows = rows_of(Extract((write(folder, {"chart.txt": text}),), path), "events")
    assert [(str(row.get("start_day")), str(row.get("start_at")), row.get("fault")) for row in rows] == [
        ("2026-01-05", "None", None),
        ("2026-01-05", "2026-01-06 06:30:00", None),
        ("2026-01-05", "None", None),
        ("0027-06-04", "None", "year has two digits"),
        ("2026-01-05", "None", "member missing"),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("evnts: []\n", "evnts is not a key here; allowed are .* Did you mean events?"),
        ("events: [{files: x*, colums: {}}]\n", "events.0.colums is not a key here; .* Did you mean columns?"),
        ("events: [{files: x*, columns: {start: {colum: x}}}]\n", "columns.start.colum is not a key here; .* Did you mean column?"),
        (
            "events: [{files: x*, columns: {start: {values: {a: b}}}}]\n",
            "give either `column` or `constant`",
        ),
        (
            "events: [{files: x*, columns: {member_id: a, strt: b, start: c}}]\n",
            "events, source 1: strt is not a column of events. Did you mean start?",
        ),
        (
            "events: [{files: x*, columns: {member_id: a}}]\n",
            "events, source 1: no column is given for start, which every row of events needs",
        ),
        (
            "events: [{files: x*, own_names: true, date_formats: '%m/%d/%y'}]\n",
            "date_formats: %m/%d/%y is not a format that can be read safely",
        ),
        ("events: [{files: x*, own_names: true, numbered: {diagnosis: x}}]\n", "numbered.diagnosis is not a numbered column of events"),
        ("lookups: {stay: {files: s*, key: k, columns: {a: {first: x}}}}\n", "lookups.stay.columns.a.first"),
        ("lookups: {stay: {files: s*, key: k, columns: {a: {min: x, max: y}}}}\n", "give one of min, max, any with its column"),
        ("lookups: {stay: {files: s*, key: k}}\n", "lookups.stay.columns: give at least one value to look up"),
        ("lookups: {stay: {files: s*, key: k, numbered: {a: x}}}\n", "lookups.stay.up_to: say how many numbered values a key may have"),
        ("lookups: {stay: {files: s*, key: k, columns: {a: {min: x}}, order_by: y}}\n", "order_by: only numbered values have an order"),
        (
            "events: [{files: x*, own_names: true, unpivot: [{columns: {value: v}, needs: valu}]}]\n",
            "events, source 1: unpivot.needs: valu is none of its columns. Did you mean value?",
        ),
        ("events: [{files: x*, own_names: maybe}]\n", "events.0.own_names: Input should be a valid boolean"),
        ("about: again\n", "line 3: about was written on line 1 already. Keep one of them."),
        ("events: [\n", "made.yaml, line"),
    ],
)
def test_a_profile_that_cannot_be_right_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(SettingsRefused) as refused:
        load_profile(profile(tmp_path, text))
    message = str(refused.value)
    assert message.startswith("made.yaml")
    start, _, end = said.partition(" .* ")
    assert start in message
    assert end in message
    assert str(tmp_path) not in message


def test_a_lookup_column_nobody_defined_is_refused(tmp_path: Path) -> None:
    text = STAY + "events: [{files: x*, columns: {member_id: a, start: stay.first_inn}}]\n"
    with pytest.raises(SettingsRefused, match=r"the lookup stay has no first_inn; it has first_in, last_out\. Did you mean first_in\?"):
        load_profile(profile(tmp_path, text))


def test_a_profile_without_what_it_needs_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bare.yaml"
    path.write_text("about: x\n")
    with pytest.raises(SettingsRefused) as refused:
        load_profile(str(path))
    assert str(refused.value).splitlines() == ["bare.yaml: years is missing", "bare.yaml: claim_lines is missing"]


def test_an_unknown_profile_names_the_nearest() -> None:
    with pytest.raises(SettingsRefused, match=r"no profile is named mimic; there are abstraction, .*, tuva\. Did you mean mimic3\?"):
        load_profile("mimic")
    with pytest.raises(SettingsRefused, match=r"the profile gone\.yaml is not there"):
        load_profile("/somewhere/gone.yaml")


@pytest.mark.parametrize("name", profile_names())
def test_the_profiles_that_come_with_the_program_are_right(name: str) -> None:
    assert load_profile(name).name == name


def test_a_column_the_profile_reads_and_the_file_lacks_is_refused(tmp_path: Path) -> None:
    path = profile(tmp_path, "events:\n  - {files: chart*, columns: {member_id: id, start: at, concept: what}}\n")
    (tmp_path / "in").mkdir()
    folder = write(tmp_path / "in", {"chart.csv": "id,at,whatt\n"})
    said = r"chart\.csv: there is no column what, which the profile made reads for events\. Did you mean whatt\? Correct the profile"
    with pytest.raises(ExtractRefused, match=said), opened(Extract((folder,), path)):
        pass
