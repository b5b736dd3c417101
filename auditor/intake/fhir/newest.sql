-- Of a resource that exports hold several times, the newest, once: an older one may say what was since taken back.

CREATE OR REPLACE MACRO moment_of(updated) AS TRY_CAST(updated AS TIMESTAMPTZ);

CREATE OR REPLACE TABLE repeated AS
SELECT self_key
FROM (SELECT self_key, source_file, source_row, nth FROM spool_events
    UNION ALL SELECT self_key, source_file, source_row, nth FROM spool_claim_lines
    UNION ALL SELECT self_key, source_file, source_row, nth FROM spool_members)
WHERE self_key IS NOT NULL
GROUP BY self_key
HAVING min(source_file) <> max(source_file) OR min(source_row) <> max(source_row) OR min(coalesce(nth, '')) <> max(coalesce(nth, ''));

-- Each copy of such a resource: when it was updated, and what its rows say.
CREATE OR REPLACE TABLE copies AS
WITH told AS (
    SELECT self_key, updated, source_file, source_row, nth, hash(said) AS said
    FROM spool_events AS events JOIN repeated USING (self_key),
        LATERAL (SELECT events.* EXCLUDE (updated, source_file, source_row, nth)) AS said
    UNION ALL
    SELECT self_key, updated, source_file, source_row, nth, hash(said)
    FROM spool_claim_lines AS lines JOIN repeated USING (self_key),
        LATERAL (SELECT lines.* EXCLUDE (updated, source_file, source_row, nth)) AS said
    UNION ALL
    SELECT self_key, updated, source_file, source_row, nth, hash(said)
    FROM spool_members AS members JOIN repeated USING (self_key),
        LATERAL (SELECT members.* EXCLUDE (updated, source_file, source_row, nth)) AS said)
SELECT self_key, source_file, source_row, nth, max(moment_of(updated)) AS moment, hash(list_sort(list(said))) AS said
FROM told GROUP BY self_key, source_file, source_row, nth;

-- A version that says when wins over one that does not. Of several that are as new, copies count once, and none counts where they differ.
CREATE OR REPLACE TABLE fates AS
SELECT self_key, source_file, source_row, nth,
    CASE WHEN NOT is_newest THEN 'outdated'
         WHEN min(said) OVER newest <> max(said) OVER newest THEN 'differs'
         WHEN row_number() OVER (newest ORDER BY source_file, source_row, nth NULLS FIRST) > 1 THEN 'copy' END AS fate
FROM (SELECT *, moment IS NOT DISTINCT FROM max(moment) OVER (PARTITION BY self_key) AS is_newest FROM copies)
WINDOW newest AS (PARTITION BY self_key, is_newest);

CREATE OR REPLACE MACRO counted(fate) AS fate IS NULL OR fate = 'differs';
CREATE OR REPLACE MACRO fault_of(fate) AS CASE WHEN fate = 'differs' THEN 'versions of one resource differ' END;
CREATE OR REPLACE MACRO column_of(fate) AS CASE WHEN fate = 'differs' THEN 'meta.lastUpdated' END;

CREATE OR REPLACE VIEW newest_events AS
SELECT events.* EXCLUDE (nth) REPLACE (coalesce(column_of(fate), fault_column) AS fault_column, coalesce(fault_of(fate), fault) AS fault)
FROM spool_events AS events
LEFT JOIN fates ON fates.self_key = events.self_key AND fates.source_file = events.source_file AND fates.source_row = events.source_row
    AND fates.nth IS NOT DISTINCT FROM events.nth
WHERE counted(fate);

CREATE OR REPLACE VIEW newest_claim_lines AS
SELECT lines.* EXCLUDE (nth) REPLACE (coalesce(column_of(fate), fault_column) AS fault_column, coalesce(fault_of(fate), fault) AS fault)
FROM spool_claim_lines AS lines
LEFT JOIN fates ON fates.self_key = lines.self_key AND fates.source_file = lines.source_file AND fates.source_row = lines.source_row
    AND fates.nth IS NOT DISTINCT FROM lines.nth
WHERE counted(fate);

-- A Patient told in two ways stays: the audit itself holds whoever is given two birth dates.
CREATE OR REPLACE VIEW newest_members AS
SELECT members.* EXCLUDE (nth)
FROM spool_members AS members
LEFT JOIN fates ON fates.self_key = members.self_key AND fates.source_file = members.source_file AND fates.source_row = members.source_row
    AND fates.nth IS NOT DISTINCT FROM members.nth
WHERE counted(fate);
