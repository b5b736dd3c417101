-- Whose rows the audit needs: members with a listed line, a line that shows iNO, or iNO on the chart. Bad rows are set aside, from
-- everyone's; typed rows are made of the members in scope only.

-- name: signs
CREATE OR REPLACE TABLE chart_codes AS SELECT code_system, code FROM role_codes WHERE role IN ('drugs', 'marker');

SET VARIABLE marker_codes = (SELECT list(code) FROM role_codes WHERE role = 'marker');

-- What lines say, each wording once: a pattern is slow, and a column holds the same words many times.
CREATE OR REPLACE TABLE speaking AS
SELECT line_description FROM (SELECT DISTINCT line_description FROM claim_lines_read)
WHERE regexp_matches(line_description, concat_ws('|', getvariable('drug_text_has'), getvariable('hint_text_has')), 'i');

-- Members with any sign of iNO, on a line or on the chart. One question a branch, so that each reads only its own columns.
CREATE OR REPLACE TABLE signed_members AS
SELECT DISTINCT member_id FROM (
    SELECT member_id FROM claim_lines_read WHERE hcpcs_code IN (SELECT code FROM role_codes WHERE role = 'services')
    UNION ALL
    SELECT member_id FROM claim_lines_read WHERE ndc_code IN (SELECT code FROM role_codes WHERE role = 'drugs' AND code_system = 'ndc')
    UNION ALL
    SELECT member_id FROM (FROM claim_lines_read WHERE line_description IN (FROM speaking))
    WHERE line_shows(hcpcs_code, revenue_center_code, ndc_code, line_description) IS NOT NULL
    UNION ALL
    -- written out: a column that the extract lacks is a constant, and costs nothing
    SELECT member_id FROM claim_lines_read
    WHERE list_contains(getvariable('marker_codes'), procedure_code_1) OR list_contains(getvariable('marker_codes'), procedure_code_2) OR list_contains(getvariable('marker_codes'), procedure_code_3)
        OR list_contains(getvariable('marker_codes'), procedure_code_4) OR list_contains(getvariable('marker_codes'), procedure_code_5) OR list_contains(getvariable('marker_codes'), procedure_code_6)
        OR list_contains(getvariable('marker_codes'), procedure_code_7) OR list_contains(getvariable('marker_codes'), procedure_code_8) OR list_contains(getvariable('marker_codes'), procedure_code_9)
        OR list_contains(getvariable('marker_codes'), procedure_code_10) OR list_contains(getvariable('marker_codes'), procedure_code_11) OR list_contains(getvariable('marker_codes'), procedure_code_12)
        OR list_contains(getvariable('marker_codes'), procedure_code_13) OR list_contains(getvariable('marker_codes'), procedure_code_14) OR list_contains(getvariable('marker_codes'), procedure_code_15)
        OR list_contains(getvariable('marker_codes'), procedure_code_16) OR list_contains(getvariable('marker_codes'), procedure_code_17) OR list_contains(getvariable('marker_codes'), procedure_code_18)
        OR list_contains(getvariable('marker_codes'), procedure_code_19) OR list_contains(getvariable('marker_codes'), procedure_code_20) OR list_contains(getvariable('marker_codes'), procedure_code_21)
        OR list_contains(getvariable('marker_codes'), procedure_code_22) OR list_contains(getvariable('marker_codes'), procedure_code_23) OR list_contains(getvariable('marker_codes'), procedure_code_24)
        OR list_contains(getvariable('marker_codes'), procedure_code_25)
    UNION ALL
    SELECT member_id FROM events_read WHERE concept IN (SELECT concept FROM exposure_concepts)
    UNION ALL
    SELECT member_id FROM events_read WHERE code IN (SELECT code FROM chart_codes) AND (code_system, code) IN (SELECT (code_system, code) FROM chart_codes))
WHERE member_id IS NOT NULL;

CREATE OR REPLACE TABLE listed_members AS
SELECT DISTINCT member_id FROM claim_lines_read
WHERE member_id IS NOT NULL AND hcpcs_code IN (SELECT code FROM role_codes WHERE role = 'listed_services');

-- name: kin
-- The other ids of the same people, mothers, and children: a child's first claims may be on the mother's id.
CREATE OR REPLACE TABLE kin AS SELECT DISTINCT member_id, person_id, mother_member_id FROM members_read WHERE person_id IS NOT NULL OR mother_member_id IS NOT NULL;

-- name: ties
CREATE OR REPLACE TABLE kin_ties AS
SELECT member_id, 'person ' || person_id AS tie FROM kin WHERE member_id IS NOT NULL AND person_id IS NOT NULL
UNION SELECT member_id, 'mother ' || mother_member_id FROM kin WHERE member_id IS NOT NULL AND mother_member_id IS NOT NULL
UNION SELECT mother_member_id, 'mother ' || mother_member_id FROM kin WHERE mother_member_id IS NOT NULL;

CREATE OR REPLACE MACRO related_to(seeds) AS TABLE
WITH RECURSIVE related(member_id) AS (
    SELECT member_id FROM query_table(seeds)
    UNION
    SELECT other.member_id FROM related JOIN kin_ties AS one ON one.member_id = related.member_id JOIN kin_ties AS other ON other.tie = one.tie)
SELECT member_id FROM related;

-- name: rows
CREATE OR REPLACE TABLE signed_kin AS FROM related_to('signed_members');

DELETE FROM scope_members;
INSERT INTO scope_members FROM related_to('listed_members') UNION FROM signed_kin;

SET VARIABLE lowest_member = (SELECT min(member_id) FROM scope_members);
SET VARIABLE highest_member = (SELECT max(member_id) FROM scope_members);

CREATE OR REPLACE TABLE claim_lines AS
-- Lines are numbered by what they say, and only then by where they stand: shuffling an extract changes nothing.
SELECT row_number() OVER (ORDER BY member_id, claim_id, claim_line_number, claim_line_start_date, claim_line_end_date,
        received_date NULLS FIRST, paid_date NULLS FIRST, hcpcs_code NULLS FIRST, revenue_center_code NULLS FIRST, ndc_code NULLS FIRST,
        charge_cents NULLS FIRST, allowed_cents NULLS FIRST, paid_cents NULLS FIRST, line_description NULLS FIRST, source_file, source_row) AS line_key,
    * EXCLUDE (fault_column, fault, "@local", "@offset", "@utc")
FROM claim_lines_scope WHERE fault IS NULL;

CREATE OR REPLACE TABLE members AS SELECT * EXCLUDE (fault_column, fault) FROM members_scope WHERE fault IS NULL;

-- Readings charted by the hour that only the days and the response to iNO ask for, never a criterion by itself.
CREATE OR REPLACE TABLE series_concepts AS
SELECT concept FROM event_concepts WHERE unit IS NOT NULL AND concept NOT IN (SELECT coalesce(concept, '') FROM evidence_rules);

CREATE OR REPLACE TABLE series_codes AS
SELECT code_system, code FROM event_concepts JOIN value_set_codes USING (value_set) WHERE NOT is_prefix
GROUP BY ALL HAVING bool_and(concept IN (FROM series_concepts));

-- What charts say, apart from whom, when and how much: each combination once, so that it is looked up once.
CREATE OR REPLACE TABLE chart_words AS
SELECT row_number() OVER ()::INTEGER AS word, source_file, concept, code_system, code, status, unit,
    coalesce(concept IN (FROM series_concepts) OR (code_system, code) IN (SELECT (code_system, code) FROM series_codes), false) AS is_series
FROM (SELECT DISTINCT source_file, concept, code_system, code, status, unit FROM events_words);

CREATE OR REPLACE TABLE chart_rows AS
SELECT rows.member_id, word, rows.source_row, rows.facility, rows.document_id, rows.value,
    -- most amounts are plain numbers; those written with a sign of comparison take longer
    coalesce(TRY_CAST(rows.value AS DOUBLE), TRY_CAST(regexp_replace(trim(rows.value), '^[<>≤≥~ ]+', '') AS DOUBLE)) AS amount,
    start_at, start_local, start_day, start_last_day, end_at, end_local, end_day, end_last_day, "@local", "@offset", "@utc"
FROM events_scope AS rows
JOIN chart_words AS words
    ON words.source_file = rows.source_file AND words.concept IS NOT DISTINCT FROM rows.concept
    AND words.code_system IS NOT DISTINCT FROM rows.code_system AND words.code IS NOT DISTINCT FROM rows.code
    AND words.status IS NOT DISTINCT FROM rows.status AND words.unit IS NOT DISTINCT FROM rows.unit
-- most members on a ventilator never had iNO: of their charts the long series are left unread
WHERE fault IS NULL AND (NOT is_series OR rows.member_id IN (FROM signed_kin));

CREATE OR REPLACE TABLE authorizations AS SELECT * EXCLUDE (fault_column, fault) FROM authorizations_scope WHERE fault IS NULL;

-- name: events
CREATE OR REPLACE VIEW events AS
SELECT chart_rows.* EXCLUDE (word, amount, "@local", "@offset", "@utc"), source_file, concept, code_system, code, status, unit FROM chart_rows JOIN chart_words USING (word);

-- name: set_aside
CREATE OR REPLACE TABLE set_aside AS
SELECT 'claim_lines' AS table_name, source_file, source_row, fault_column AS column_name, fault AS reason, member_id
FROM claim_lines_read WHERE fault IS NOT NULL
UNION ALL
SELECT 'members', source_file, source_row, fault_column, fault, member_id FROM members_read WHERE fault IS NOT NULL
UNION ALL
SELECT 'events', source_file, source_row, fault_column, fault, member_id FROM events_read WHERE fault IS NOT NULL
UNION ALL
SELECT 'authorizations', source_file, source_row, fault_column, fault, member_id FROM authorizations_read WHERE fault IS NOT NULL;

-- name: counts
CREATE OR REPLACE TABLE intake_counts AS
SELECT 'claim_lines' AS table_name, (SELECT rows_in FROM claim_lines_count) AS rows_in, (SELECT count(*) FROM claim_lines) AS in_scope
UNION ALL SELECT 'members', (SELECT rows_in FROM members_count), (SELECT count(*) FROM members)
UNION ALL SELECT 'events', (SELECT rows_in FROM events_count), (SELECT count(*) FROM chart_rows)
UNION ALL SELECT 'authorizations', (SELECT rows_in FROM authorizations_count), (SELECT count(*) FROM authorizations);
