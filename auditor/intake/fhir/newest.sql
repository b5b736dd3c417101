-- Of a resource that exports hold in several versions, the newest: an older one may say what was since taken back.

CREATE OR REPLACE MACRO moment_of(updated) AS TRY_CAST(updated AS TIMESTAMPTZ);

CREATE OR REPLACE TABLE newest AS
SELECT self_key, max(moment_of(updated)) AS moment
FROM (SELECT self_key, updated FROM spool_events UNION ALL SELECT self_key, updated FROM spool_claim_lines UNION ALL SELECT self_key, updated FROM spool_members)
WHERE self_key IS NOT NULL
GROUP BY self_key
HAVING count(DISTINCT moment_of(updated)) > 1;

CREATE OR REPLACE MACRO is_outdated(updated, moment) AS (moment_of(updated) < moment) IS TRUE;

CREATE OR REPLACE VIEW newest_events AS
SELECT events.* FROM spool_events AS events LEFT JOIN newest USING (self_key) WHERE NOT is_outdated(updated, moment);

CREATE OR REPLACE VIEW newest_claim_lines AS
SELECT lines.* FROM spool_claim_lines AS lines LEFT JOIN newest USING (self_key) WHERE NOT is_outdated(updated, moment);

CREATE OR REPLACE VIEW newest_members AS
SELECT members.* FROM spool_members AS members LEFT JOIN newest USING (self_key) WHERE NOT is_outdated(updated, moment);

CREATE OR REPLACE TABLE outdated AS
SELECT count(DISTINCT (source_file, source_row)) AS resources
FROM (SELECT self_key, updated, source_file, source_row FROM spool_events
    UNION ALL SELECT self_key, updated, source_file, source_row FROM spool_claim_lines
    UNION ALL SELECT self_key, updated, source_file, source_row FROM spool_members)
JOIN newest USING (self_key)
WHERE is_outdated(updated, moment);
