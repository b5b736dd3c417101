-- Whose rows the audit needs: members with a listed line, a line that shows iNO, or iNO on the chart. One pass over each input.

CREATE OR REPLACE TABLE claim_scope AS
SELECT member_id, fault IS NULL AS trusted, count(*) AS rows,
    coalesce(bool_or(has_role('listed_services', 'hcpcs', hcpcs_code)
        OR has_role('drugs', 'ndc', ndc_code)
        OR line_shows(hcpcs_code, revenue_center_code, ndc_code, line_description) IS NOT NULL
        OR has_role('marker', 'icd10pcs', procedure_code_1) OR has_role('marker', 'icd9pcs', procedure_code_1)), false) AS wanted
FROM claim_lines_read
GROUP BY ALL;

CREATE OR REPLACE TABLE event_scope AS
SELECT member_id, fault IS NULL AS trusted, count(*) AS rows,
    coalesce(bool_or(concept IN (SELECT concept FROM exposure_concepts)
        OR (code IS NOT NULL AND (code_system, code) IN (SELECT code_system, code FROM role_codes WHERE role IN ('drugs', 'marker')))), false) AS wanted
FROM events_read
GROUP BY ALL;

CREATE OR REPLACE TABLE scope_members AS
SELECT DISTINCT member_id FROM (
    SELECT member_id FROM claim_scope WHERE trusted AND wanted
    UNION ALL
    SELECT member_id FROM event_scope WHERE trusted AND wanted)
WHERE member_id IS NOT NULL;

-- An explicit span of ids lets the reader skip row groups that a join on text could not.
SET VARIABLE lowest_member = (SELECT min(member_id) FROM scope_members);
SET VARIABLE highest_member = (SELECT max(member_id) FROM scope_members);

CREATE OR REPLACE TABLE claim_lines AS
SELECT row_number() OVER (ORDER BY member_id, claim_id, claim_line_number, claim_line_start_date, claim_line_end_date, hcpcs_code,
        revenue_center_code, frequency_code, received_date, paid_date, paid_cents, charge_cents, line_description, source_file, source_row) AS line_key,
    * EXCLUDE (fault_column, fault)
FROM claim_lines_read
WHERE fault IS NULL
    AND member_id BETWEEN getvariable('lowest_member') AND getvariable('highest_member')
    AND member_id IN (SELECT member_id FROM scope_members);

CREATE OR REPLACE TABLE members AS
SELECT * EXCLUDE (fault_column, fault) FROM members_read
WHERE fault IS NULL AND member_id IN (SELECT member_id FROM scope_members);

CREATE OR REPLACE TABLE events AS
SELECT * EXCLUDE (fault_column, fault) FROM events_read
WHERE fault IS NULL
    AND member_id BETWEEN getvariable('lowest_member') AND getvariable('highest_member')
    AND member_id IN (SELECT member_id FROM scope_members);

CREATE OR REPLACE TABLE authorizations AS
SELECT * EXCLUDE (fault_column, fault) FROM authorizations_read
WHERE fault IS NULL AND member_id IN (SELECT member_id FROM scope_members);

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
SELECT 'claim_lines' AS table_name, coalesce(sum(rows), 0)::BIGINT AS rows_in,
    coalesce(sum(rows) FILTER (NOT trusted), 0)::BIGINT AS set_aside,
    (SELECT count(*) FROM claim_lines) AS in_scope FROM claim_scope
UNION ALL
SELECT 'members', count(*), count(fault), (SELECT count(*) FROM members) FROM members_read
UNION ALL
SELECT 'events', coalesce(sum(rows), 0)::BIGINT, coalesce(sum(rows) FILTER (NOT trusted), 0)::BIGINT, (SELECT count(*) FROM events) FROM event_scope
UNION ALL
SELECT 'authorizations', count(*), count(fault), (SELECT count(*) FROM authorizations) FROM authorizations_read;
