-- On which days iNO was given, shown by what, how surely.

CREATE OR REPLACE TABLE markers AS
SELECT statement, member_id, start_at, start_day, start_last_day, coalesce(end_last_day, start_last_day) AS end_day, facility, source_table, source_file, source_row
FROM statements
WHERE kind IN ('chart', 'procedure', 'claim') AND status NOT IN ('preliminary', 'absent', 'contraindicated') AND code IS NOT NULL
    AND EXISTS (FROM role_codes WHERE role = 'marker' AND role_codes.code_system = statements.code_system AND role_codes.code = statements.code
        AND (valid_from IS NULL OR start_last_day >= valid_from) AND (valid_to IS NULL OR start_day <= valid_to));

CREATE OR REPLACE TABLE segments AS
SELECT statement, member_id, start_at, start_local, start_day, start_last_day, end_at, end_local, end_last_day, end_day IS NOT NULL AS closed, end_day, facility, source_file, source_row,
    start_last_day AS first_sure_day,
    CASE WHEN end_day IS NULL THEN start_day
         WHEN end_local IS NOT NULL AND end_local = date_trunc('day', end_local) AND end_day > start_last_day THEN end_day - 1
         ELSE end_day END AS last_sure_day
FROM chart_statements
WHERE kind = 'chart' AND status NOT IN ('preliminary', 'absent', 'contraindicated')
    AND concept IN (SELECT concept FROM exposure_concepts WHERE role = 'segments');

CREATE OR REPLACE TABLE doses AS
SELECT member_id, start_at, start_local, start_day, start_last_day, number, facility, source_file, source_row
FROM chart_statements
WHERE kind = 'chart' AND status NOT IN ('preliminary', 'absent', 'contraindicated') AND number > 0 AND NOT impossible AND is_dose;

CREATE OR REPLACE TABLE exposure_evidence AS
-- a segment: every day it surely covers, else the first it may have been on
SELECT member_id, day, 'segment' AS shown_by, true AS charted, 'confirmed' AS level, closed, true AS opened, facility,
    CASE WHEN start_at IS NOT NULL AND day = start_day THEN start_at END AS first_at,
    CASE WHEN start_local IS NOT NULL AND day = start_day THEN start_local END AS first_local,
    CASE WHEN day = first_sure_day THEN start_day ELSE day END AS earliest_day, day AS latest_day,
    CASE WHEN end_at IS NOT NULL AND day = last_sure_day THEN end_at END AS last_at,
    source_file, source_row
FROM (SELECT *, first_sure_day + unnest(range(greatest(last_sure_day - first_sure_day, 0) + 1))::INTEGER AS day FROM segments)
WHERE last_sure_day >= first_sure_day
UNION ALL
SELECT member_id, start_day, 'segment', true, 'confirmed', closed, true, facility, NULL, NULL, start_day, least(start_last_day, end_last_day), NULL, source_file, source_row
FROM segments WHERE last_sure_day < first_sure_day
UNION ALL
SELECT member_id, start_day, 'dose', true, 'confirmed', false, false, facility, start_at, start_local, start_day, start_last_day, start_at, source_file, source_row
FROM doses
UNION ALL
SELECT member_id, day, 'drug', true, 'confirmed', false, false, facility,
    CASE WHEN day = start_day THEN start_at END, CASE WHEN day = start_day THEN start_local END,
    day, CASE WHEN day = start_day AND end_day IS NULL THEN start_last_day ELSE day END, NULL, source_file, source_row
FROM (
    SELECT *, start_day + unnest(range(greatest(coalesce(end_day, start_day) - start_day, 0) + 1))::INTEGER AS day FROM chart_statements
    WHERE kind = 'chart' AND status NOT IN ('preliminary', 'absent', 'contraindicated')
        AND code IS NOT NULL AND (code_system, code) IN (SELECT code_system, code FROM role_codes WHERE role = 'drugs'))
UNION ALL
SELECT member_id, claim_line_start_date + unnest(range(claim_line_end_date - claim_line_start_date + 1))::INTEGER, shows, false, 'confirmed', false, false, facility_npi,
    NULL, NULL, NULL, NULL, NULL, source_file, source_row
FROM final_lines WHERE living AND shows IN ('service', 'drug', 'text');

-- A stay is a run of days of service, charted iNO, admissions and markers. Each range once: the run below needs a total order.
CREATE OR REPLACE TABLE stay_ranges AS
SELECT member_id, claim_line_start_date AS first_day, claim_line_end_date AS last_day FROM final_lines WHERE living AND (listed OR shows IS NOT NULL)
UNION
SELECT member_id, admission_date, coalesce(discharge_date, admission_date) FROM final_lines
WHERE living AND admission_date IS NOT NULL AND coalesce(discharge_date, admission_date) >= admission_date
UNION
SELECT member_id, min(claim_line_start_date), max(claim_line_end_date) FROM final_lines
WHERE living AND claim_type IS DISTINCT FROM 'professional' AND (listed OR shows IS NOT NULL) GROUP BY member_id, claim_id
UNION
SELECT member_id, day, day FROM exposure_evidence
UNION
SELECT member_id, start_day, end_day FROM markers;

CREATE OR REPLACE TABLE stays AS
WITH reached AS (
    SELECT *, max(last_day) OVER (PARTITION BY member_id ORDER BY first_day, last_day ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reach FROM stay_ranges),
numbered AS (
    SELECT *, sum(CASE WHEN reach IS NULL OR first_day > reach + getvariable('stitch_days')::INTEGER THEN 1 ELSE 0 END)
        OVER (PARTITION BY member_id ORDER BY first_day, last_day ROWS UNBOUNDED PRECEDING) AS stay FROM reached)
SELECT member_id, stay, min(first_day) AS first_day, max(last_day) AS last_day FROM numbered GROUP BY ALL;

-- A line that only hints shows probable iNO in a stay where iNO is confirmed.
INSERT INTO exposure_evidence
SELECT member_id, claim_line_start_date + unnest(range(claim_line_end_date - claim_line_start_date + 1))::INTEGER, 'hint', false, 'probable', false, false, facility_npi,
    NULL, NULL, NULL, NULL, NULL, source_file, source_row
FROM final_lines
WHERE living AND shows = 'hint' AND EXISTS (
    FROM stays
    WHERE stays.member_id = final_lines.member_id AND final_lines.claim_line_start_date BETWEEN stays.first_day AND stays.last_day
        AND (EXISTS (FROM exposure_evidence AS sure WHERE sure.member_id = stays.member_id AND sure.day BETWEEN stays.first_day AND stays.last_day)
            OR EXISTS (FROM markers WHERE markers.member_id = stays.member_id AND markers.start_day BETWEEN stays.first_day AND stays.last_day)));

-- Days that a segment with an end or start known to no day may have covered: what is billed there the chart does not gainsay.
CREATE OR REPLACE TABLE possible_days AS
SELECT DISTINCT member_id, start_day + unnest(range(coalesce(end_last_day, start_last_day) - start_day + 1))::INTEGER AS day
FROM segments WHERE start_day < start_last_day OR end_day < end_last_day;

-- The chart of one hospital does not gainsay what another billed: both are told by their national numbers, and differ.
CREATE OR REPLACE MACRO is_npi(facility) AS regexp_full_match(facility, '\d{10}');
CREATE OR REPLACE MACRO speaks_of(charted_at, billed_at) AS
    NOT list_bool_and(list_transform(charted_at, lambda one: is_npi(one))) OR len(list_filter(billed_at, lambda one: is_npi(one) AND NOT list_contains(charted_at, one))) = 0;

CREATE OR REPLACE TABLE exposure_days AS
WITH days AS (
    SELECT member_id, day, min(level) AS level, list_sort(list_distinct(list(shown_by))) AS shown_by, bool_or(charted) AS charted,
        bool_or(charted) AND coalesce(bool_and(closed) FILTER (shown_by = 'segment'), false) AS closed, bool_or(opened) AS opened,
        -- where something may have begun on an earlier day, no clock time of this day is the start
        min(first_at) AS clocked_at, min(first_local) AS clocked_local, coalesce(min(earliest_day), day) AS earliest_day,
        min(coalesce(latest_day, day)) AS latest_day, max(last_at) AS last_at,
        list_distinct(list(coalesce(facility, '')) FILTER (charted)) AS charted_at, list_distinct(list(coalesce(facility, '')) FILTER (NOT charted)) AS billed_at
    FROM exposure_evidence GROUP BY member_id, day),
stepped AS (
    SELECT * EXCLUDE (clocked_at, clocked_local), CASE WHEN earliest_day >= day THEN clocked_at END AS first_at, CASE WHEN earliest_day >= day THEN clocked_local END AS first_local,
        day - lag(day) OVER (PARTITION BY member_id ORDER BY day) - 1 AS free_days
    FROM days),
islands AS (
    SELECT *, sum(CASE WHEN free_days IS NULL OR free_days >= getvariable('episode_gap_days') THEN 1 ELSE 0 END)
        OVER (PARTITION BY member_id ORDER BY day ROWS UNBOUNDED PRECEDING) AS island FROM stepped),
-- what the chart of the same hospital says before and after a day that is billed alone
bracketed AS (
    SELECT billed.member_id, billed.day, arg_max(beside.closed, beside.day) FILTER (beside.day < billed.day) AS closed_before,
        arg_min(beside.opened, beside.day) FILTER (beside.day > billed.day) AS opened_after,
        coalesce(max(beside.day) FILTER (beside.day < billed.day), min(beside.day)) AS anchor_day
    FROM islands AS billed JOIN islands AS beside ON beside.member_id = billed.member_id AND beside.island = billed.island
        AND NOT billed.charted AND beside.charted AND speaks_of(beside.charted_at, billed.billed_at)
    GROUP BY ALL)
SELECT islands.* EXCLUDE (free_days, island, charted_at, billed_at), anchor_day,
    anchor_day IS NOT NULL AND coalesce(closed_before, true) AND coalesce(opened_after, true)
        AND (islands.member_id, islands.day) NOT IN (SELECT (member_id, day) FROM possible_days) AS contradicted
FROM islands LEFT JOIN bracketed ON bracketed.member_id = islands.member_id AND bracketed.day = islands.day;

-- Whole days of which the chart says that there was none: an absence that covers them, or no dose but 0. Not so where a segment begins or ends, or something was given.
CREATE OR REPLACE TABLE denied_days AS
WITH absences AS (
    SELECT member_id, source_file, source_row, start_last_day + (start_local > start_last_day::TIMESTAMP IS TRUE)::INTEGER AS first_day,
        CASE WHEN end_local IS NOT NULL THEN end_day - 1 WHEN end_day IS NOT NULL THEN end_day WHEN start_local IS NULL THEN start_day ELSE start_day - 1 END AS last_day
    FROM chart_statements WHERE kind = 'chart' AND status = 'absent' AND concept IN (SELECT concept FROM exposure_concepts WHERE role = 'segments')),
said AS (
    SELECT member_id, first_day + unnest(range(last_day - first_day + 1))::INTEGER AS day, source_file, source_row FROM absences WHERE first_day <= last_day
    UNION
    SELECT member_id, start_day, source_file, source_row FROM chart_statements
    WHERE kind = 'chart' AND status NOT IN ('preliminary', 'absent', 'contraindicated') AND is_dose AND number = 0 AND start_day = start_last_day)
SELECT member_id, day, min(source_file || ' row ' || source_row) AS cited FROM said
WHERE NOT EXISTS (FROM exposure_evidence AS given WHERE given.member_id = said.member_id AND given.day = said.day AND shown_by IN ('dose', 'drug'))
    AND NOT EXISTS (FROM segments WHERE segments.member_id = said.member_id AND (said.day BETWEEN start_day AND start_last_day OR said.day BETWEEN end_day AND end_last_day))
GROUP BY ALL;
