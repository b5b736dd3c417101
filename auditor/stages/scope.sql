-- Whose rows the audit needs: members with a listed line, a line that shows iNO, or iNO on the chart. Bad rows are set aside, from
-- everyone's; typed rows are made of the members in scope only.

CREATE OR REPLACE TABLE chart_codes AS SELECT code_system, code FROM role_codes WHERE role IN ('drugs', 'marker');

CREATE OR REPLACE TABLE marker_codes AS SELECT code FROM role_codes WHERE role = 'marker';

-- One question a branch, so that each reads only its own columns.
INSERT INTO scope_members
SELECT DISTINCT member_id FROM (
    SELECT member_id FROM claim_lines_read WHERE hcpcs_code IN (SELECT code FROM role_codes WHERE role = 'listed_services')
    UNION ALL
    SELECT member_id FROM claim_lines_read WHERE ndc_code IN (SELECT code FROM role_codes WHERE role = 'drugs' AND code_system = 'ndc')
    UNION ALL
    SELECT member_id FROM (
        FROM claim_lines_read
        WHERE regexp_matches(line_description, getvariable('drug_text_has') || '|' || getvariable('hint_text_has'), 'i'))
    WHERE line_shows(hcpcs_code, revenue_center_code, ndc_code, line_description) IS NOT NULL
    UNION ALL
    -- written out: a column that the extract lacks is a constant, and costs nothing
    SELECT member_id FROM claim_lines_read
    WHERE procedure_code_1 IN (FROM marker_codes) OR procedure_code_2 IN (FROM marker_codes) OR procedure_code_3 IN (FROM marker_codes)
        OR procedure_code_4 IN (FROM marker_codes) OR procedure_code_5 IN (FROM marker_codes) OR procedure_code_6 IN (FROM marker_codes)
        OR procedure_code_7 IN (FROM marker_codes) OR procedure_code_8 IN (FROM marker_codes) OR procedure_code_9 IN (FROM marker_codes)
        OR procedure_code_10 IN (FROM marker_codes) OR procedure_code_11 IN (FROM marker_codes) OR procedure_code_12 IN (FROM marker_codes)
        OR procedure_code_13 IN (FROM marker_codes) OR procedure_code_14 IN (FROM marker_codes) OR procedure_code_15 IN (FROM marker_codes)
        OR procedure_code_16 IN (FROM marker_codes) OR procedure_code_17 IN (FROM marker_codes) OR procedure_code_18 IN (FROM marker_codes)
        OR procedure_code_19 IN (FROM marker_codes) OR procedure_code_20 IN (FROM marker_codes) OR procedure_code_21 IN (FROM marker_codes)
        OR procedure_code_22 IN (FROM marker_codes) OR procedure_code_23 IN (FROM marker_codes) OR procedure_code_24 IN (FROM marker_codes)
        OR procedure_code_25 IN (FROM marker_codes)
    UNION ALL
    SELECT member_id FROM events_read WHERE concept IN (SELECT concept FROM exposure_concepts)
    UNION ALL
    SELECT member_id FROM events_read WHERE code IN (SELECT code FROM chart_codes) AND (code_system, code) IN (SELECT (code_system, code) FROM chart_codes))
WHERE member_id IS NOT NULL;

-- The other ids of the same people, mothers, and children: a child's first claims may be on the mother's id.
CREATE OR REPLACE TABLE kin AS SELECT DISTINCT member_id, person_id, mother_member_id FROM members_read WHERE person_id IS NOT NULL OR mother_member_id IS NOT NULL;

INSERT INTO scope_members
WITH RECURSIVE ties AS (
    SELECT member_id, 'person ' || person_id AS tie FROM kin WHERE person_id IS NOT NULL
    UNION SELECT member_id, 'mother ' || mother_member_id FROM kin WHERE mother_member_id IS NOT NULL
    UNION SELECT mother_member_id, 'mother ' || mother_member_id FROM kin WHERE mother_member_id IS NOT NULL),
related(member_id) AS (
    SELECT member_id FROM scope_members
    UNION
    SELECT other.member_id FROM related JOIN ties AS one ON one.member_id = related.member_id JOIN ties AS other ON other.tie = one.tie)
SELECT member_id FROM related WHERE member_id IS NOT NULL AND member_id NOT IN (SELECT member_id FROM scope_members);

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

CREATE OR REPLACE TABLE events AS SELECT * EXCLUDE (fault_column, fault) FROM events_scope WHERE fault IS NULL;

CREATE OR REPLACE TABLE authorizations AS SELECT * EXCLUDE (fault_column, fault) FROM authorizations_scope WHERE fault IS NULL;

CREATE OR REPLACE TABLE set_aside AS
SELECT 'claim_lines' AS table_name, source_file, source_row, fault_column AS column_name, fault AS reason, member_id
FROM claim_lines_read WHERE fault IS NOT NULL
UNION ALL
SELECT 'members', source_file, source_row, fault_column, fault, member_id FROM members_read WHERE fault IS NOT NULL
UNION ALL
SELECT 'events', source_file, source_row, fault_column, fault, member_id FROM events_read WHERE fault IS NOT NULL
UNION ALL
SELECT 'authorizations', source_file, source_row, fault_column, fault, member_id FROM authorizations_read WHERE fault IS NOT NULL;

CREATE OR REPLACE TABLE intake_counts AS
SELECT 'claim_lines' AS table_name, (SELECT count(*) FROM claim_lines_read) AS rows_in, (SELECT count(*) FROM claim_lines) AS in_scope
UNION ALL SELECT 'members', (SELECT count(*) FROM members_read), (SELECT count(*) FROM members)
UNION ALL SELECT 'events', (SELECT count(*) FROM events_read), (SELECT count(*) FROM events)
UNION ALL SELECT 'authorizations', (SELECT count(*) FROM authorizations_read), (SELECT count(*) FROM authorizations);
