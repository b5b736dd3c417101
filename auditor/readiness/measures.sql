-- What readiness counts, one query a list. `audited_*` are the tables that the audit publishes; the others are those it made them of.

-- name: files
SELECT read.table_name, read.source_file AS file, rows, coalesce(in_scope, 0) AS in_scope, coalesce(aside, 0) AS set_aside
FROM (
    SELECT 'claim_lines' AS table_name, source_file, count(*) AS rows FROM claim_lines_read GROUP BY ALL
    UNION ALL SELECT 'members', source_file, count(*) FROM members_read GROUP BY ALL
    UNION ALL SELECT 'events', source_file, count(*) FROM events_read GROUP BY ALL
    UNION ALL SELECT 'authorizations', source_file, count(*) FROM authorizations_read GROUP BY ALL) AS read
LEFT JOIN (
    SELECT 'claim_lines' AS table_name, source_file, count(*) AS in_scope FROM claim_lines GROUP BY ALL
    UNION ALL SELECT 'members', source_file, count(*) FROM members GROUP BY ALL
    UNION ALL SELECT 'events', source_file, count(*) FROM events GROUP BY ALL
    UNION ALL SELECT 'authorizations', source_file, count(*) FROM authorizations GROUP BY ALL) AS kept USING (table_name, source_file)
LEFT JOIN (SELECT table_name, source_file, count(*) AS aside FROM audited_set_aside GROUP BY ALL) AS asides USING (table_name, source_file)
ORDER BY ALL;

-- name: set_aside
SELECT table_name, source_file AS file, coalesce(column_name, '') AS column_name, reason, count(*) AS rows, min(source_row) AS first_row
FROM audited_set_aside GROUP BY ALL ORDER BY rows DESC, table_name, file, column_name, reason;

-- name: members
WITH billed AS (SELECT DISTINCT member_id FROM claim_lines_read WHERE member_id IS NOT NULL),
known AS (SELECT DISTINCT member_id FROM members_read WHERE member_id IS NOT NULL),
charted AS (SELECT DISTINCT member_id FROM events_read WHERE member_id IS NOT NULL),
births AS (SELECT member_id, count(DISTINCT (birth_date_day, birth_date_last_day)) AS births FROM members WHERE birth_date_day IS NOT NULL GROUP BY member_id),
loose AS (SELECT member_id, ltrim(regexp_replace(upper(member_id), '[^0-9A-Z]', '', 'g'), '0') AS bare FROM scope_members)
SELECT
    (SELECT count(*) FROM scope_members) AS in_scope,
    (SELECT count(*) FROM scope_members WHERE member_id IN (SELECT member_id FROM claim_lines)) AS with_claims,
    (SELECT count(*) FROM scope_members WHERE member_id IN (SELECT member_id FROM members)) AS with_member_row,
    (SELECT count(*) FROM births) AS with_birth_date,
    (SELECT count(*) FROM births WHERE births > 1) AS with_several_birth_dates,
    (SELECT count(*) FROM scope_members WHERE member_id IN (SELECT member_id FROM events)) AS with_chart,
    (SELECT count(DISTINCT member_id) FROM exposure_evidence WHERE charted) AS with_charted_ino,
    (SELECT count(*) FROM loose WHERE bare <> '' AND member_id NOT IN (SELECT member_id FROM known)
        AND bare IN (SELECT ltrim(regexp_replace(upper(member_id), '[^0-9A-Z]', '', 'g'), '0') FROM known)) AS near_member_rows,
    (SELECT count(*) FROM loose WHERE bare <> '' AND member_id NOT IN (SELECT member_id FROM charted)
        AND bare IN (SELECT ltrim(regexp_replace(upper(member_id), '[^0-9A-Z]', '', 'g'), '0') FROM charted)) AS near_charts,
    (SELECT count(*) FROM billed) AS in_claims,
    (SELECT count(*) FROM known) AS in_members,
    (SELECT count(*) FROM charted) AS in_charts,
    (SELECT count(*) FROM charted WHERE member_id NOT IN (SELECT member_id FROM billed)) AS charts_without_claims;

-- name: clock
SELECT
    (SELECT count(*) FROM events) AS chart_rows, (SELECT count(start_local) FROM events) AS with_clock,
    (SELECT count(birth_date_day) FROM members) AS births, (SELECT count(birth_date_local) FROM members) AS births_with_clock,
    (SELECT count("@offset") FROM events_scope) + (SELECT count("@offset") FROM members_scope) AS by_offset,
    (SELECT count("@local") FROM events_scope) + (SELECT count("@local") FROM members_scope) AS by_local;

-- name: columns
SELECT table_name, source_file AS file, column_name, rows, filled FROM (
    SELECT 'claim_lines' AS table_name, source_file, count(*) AS rows, count(coalesce(paid_cents, allowed_cents)) AS paid_amount,
        count(coalesce(facility_npi, billing_npi)) AS facility_npi, count(line_of_business) AS line_of_business, count(state) AS state,
        count(payment_method) AS payment_method, count(claim_type) AS claim_type, count(line_description) AS line_description,
        count(diagnosis_code_1) AS diagnosis_code_1, count(received_date) AS received_date
    FROM claim_lines GROUP BY source_file)
UNPIVOT (filled FOR column_name IN (paid_amount, facility_npi, line_of_business, state, payment_method, claim_type, line_description, diagnosis_code_1, received_date))
UNION ALL
SELECT 'members', source_file, 'birth_date', count(*), count(birth_date_day) FROM members GROUP BY source_file
UNION ALL
SELECT 'events', source_file, 'facility', count(*), count(facility) FROM events GROUP BY source_file
UNION ALL
SELECT 'events', source_file, 'document_id', count(*), count(document_id) FROM events GROUP BY source_file
UNION ALL
SELECT 'events', source_file, 'end', count(*), count(end_day) FROM events
WHERE concept IN (SELECT concept FROM exposure_concepts WHERE role = 'segments') GROUP BY source_file
ORDER BY ALL;

-- name: measurements
WITH named AS (SELECT DISTINCT concept, unit FROM measure_scales),
rows_of AS (
    SELECT event_concepts.concept, label, event_concepts.unit AS own_unit, statements.member_id, value, impossible, source_file, source_row,
        coalesce(statements.unit <> lower(event_concepts.unit) AND event_concepts.reading IS NULL
            AND event_concepts.concept NOT IN (SELECT concept FROM named WHERE unit IS NULL)
            AND (event_concepts.concept, statements.unit) NOT IN (SELECT (concept, unit) FROM named WHERE unit IS NOT NULL), false) AS unknown_unit
    FROM event_concepts LEFT JOIN statements ON statements.concept = event_concepts.concept AND statements.kind = 'chart'
    WHERE event_concepts.unit IS NOT NULL)
SELECT concept, label, own_unit AS unit, count(member_id) AS rows, count(DISTINCT member_id) AS members,
    count(*) FILTER (member_id IS NOT NULL AND value IS NULL) AS without_value,
    count(*) FILTER (unknown_unit) AS unknown_unit, count(*) FILTER (impossible) AS impossible,
    arg_min(source_file, (source_file, source_row)) FILTER (unknown_unit OR impossible) AS first_file,
    arg_min(source_row, (source_file, source_row)) FILTER (unknown_unit OR impossible) AS first_row
FROM rows_of GROUP BY ALL ORDER BY concept;

-- name: unknown_concepts
SELECT concept, count(*) AS rows, arg_min(source_file, (source_file, source_row)) AS file, arg_min(source_row, (source_file, source_row)) AS first_row
FROM events WHERE concept IS NOT NULL AND concept NOT IN (SELECT concept FROM event_concepts)
GROUP BY concept ORDER BY rows DESC, file, first_row;

-- name: coded_rows
SELECT count(*) AS rows, count(*) FILTER (word IN (SELECT word FROM chart_meanings)) AS known
FROM chart_rows JOIN chart_words USING (word) WHERE concept IS NULL;

-- name: states
SELECT readiness AS state, count(*) AS episodes, sum(counted_cents)::BIGINT AS counted_cents, sum(records_needed_cents)::BIGINT AS blocked_cents
FROM audited_episodes JOIN episode_states USING (determination, next_action) GROUP BY readiness;

-- name: criteria
SELECT policy_revision AS revision, ordinal, key, depth, statement, fact, count(*) FILTER (outcome <> 3) AS asked, count(*) FILTER (outcome IN (0, 2)) AS decidable,
    count(*) FILTER (outcome <> 3 AND matters) AS in_question, count(*) FILTER (outcome = 1 AND matters) AS open, count(*) FILTER (holds_up) AS holds_up
FROM answers GROUP BY ALL ORDER BY revision, ordinal;

-- name: reasons
SELECT policy_revision AS revision, key, reason, count(*) AS episodes FROM answers WHERE outcome = 1 AND matters GROUP BY ALL ORDER BY revision, key, episodes DESC, reason;

-- name: facts
SELECT revision, fact, rows FROM watched_facts;

-- name: decidable
SELECT episode_id, key FROM answers WHERE outcome IN (0, 2) ORDER BY episode_id, ordinal;

-- name: facilities
WITH places AS (SELECT DISTINCT facility, episode_id FROM episode_facilities),
told AS (
    SELECT facility, count(*) AS episodes, count(*) FILTER (is_decidable) AS decidable, count(*) FILTER (waits) AS waiting
    FROM places JOIN audited_episodes USING (episode_id) JOIN episode_states USING (determination, next_action) GROUP BY facility),
billed AS (SELECT coalesce(facility_npi, billing_npi) AS facility, count(*) AS lines, sum(records_needed_cents)::BIGINT AS blocked_cents FROM audited_lines GROUP BY ALL),
charted AS (SELECT facility, count(*) AS chart_rows FROM events GROUP BY facility),
every AS (SELECT facility FROM told UNION SELECT facility FROM billed UNION SELECT facility FROM charted)
SELECT every.facility, coalesce(episodes, 0) AS episodes, coalesce(decidable, 0) AS decidable, coalesce(waiting, 0) AS waiting,
    coalesce(lines, 0) AS lines, coalesce(blocked_cents, 0) AS blocked_cents, coalesce(chart_rows, 0) AS chart_rows
FROM every
LEFT JOIN told ON told.facility IS NOT DISTINCT FROM every.facility
LEFT JOIN billed ON billed.facility IS NOT DISTINCT FROM every.facility
LEFT JOIN charted ON charted.facility IS NOT DISTINCT FROM every.facility
ORDER BY blocked_cents DESC, waiting DESC, episodes DESC, every.facility NULLS LAST;

-- name: facility_criteria
SELECT facility, policy_revision AS revision, ordinal, key, count(*) FILTER (outcome <> 3) AS asked, count(*) FILTER (outcome IN (0, 2)) AS decidable,
    count(*) FILTER (outcome <> 3 AND matters) AS in_question, count(*) FILTER (outcome = 1 AND matters) AS open, count(*) FILTER (holds_up) AS holds_up
FROM answers JOIN (SELECT DISTINCT facility, episode_id FROM episode_facilities) AS places USING (episode_id)
GROUP BY ALL ORDER BY facility, revision, ordinal;

-- name: charting
WITH watched AS (SELECT concept FROM exposure_concepts UNION SELECT concept FROM fact_inputs)
SELECT statements.facility, concept, count(*) AS rows FROM statements JOIN watched USING (concept)
WHERE statements.kind = 'chart' GROUP BY ALL ORDER BY ALL;

-- name: charted_concepts
SELECT concept, label FROM (
    SELECT concept, 0 AS place FROM exposure_concepts UNION SELECT concept, 1 FROM fact_inputs) JOIN event_concepts USING (concept)
GROUP BY concept, label ORDER BY min(place), concept;

-- name: documents
-- an episode that some of its days decide may still have others that wait
SELECT documents, to_send_for, count(*) AS episodes, sum(records_needed_cents)::BIGINT AS blocked_cents
FROM audited_episodes JOIN episode_states USING (determination, next_action) WHERE waits OR records_needed_cents <> 0 GROUP BY ALL ORDER BY ALL;

-- name: asks
WITH waiting AS (SELECT episode_id, documents, next_action FROM audited_episodes JOIN episode_states USING (determination, next_action) WHERE waits OR records_needed_cents <> 0),
-- the facility of its lines, which carry the dollars; that of its chart where it has no line
places AS (
    SELECT episode_id, coalesce(facility_npi, billing_npi) AS facility, sum(records_needed_cents)::BIGINT AS cents FROM audited_lines WHERE episode_id IS NOT NULL GROUP BY ALL
    UNION ALL
    SELECT episode_id, facility, 0 FROM episode_facilities WHERE episode_id NOT IN (SELECT episode_id FROM audited_lines WHERE episode_id IS NOT NULL))
SELECT facility, document, next_action AS action, count(DISTINCT episode_id) AS episodes, sum(cents)::BIGINT AS blocked_cents
FROM (SELECT facility, next_action, episode_id, cents, unnest(CASE WHEN len(documents) > 0 THEN documents ELSE [NULL] END) AS document FROM waiting JOIN places USING (episode_id))
GROUP BY ALL ORDER BY blocked_cents DESC, episodes DESC, facility NULLS LAST, document NULLS LAST, action;
