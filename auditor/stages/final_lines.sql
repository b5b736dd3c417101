-- Which version of each claim line counts. One row a line in scope of the members audited, with its disposition and counted cents.

CREATE OR REPLACE TABLE line_versions AS
SELECT line_key, member_id, claim_id, received_date, paid_date, original_claim_id,
    coalesce(frequency_code, CASE WHEN length(bill_type_code) IN (3, 4) THEN right(bill_type_code, 1) END, '1') AS frequency
FROM claim_lines;

CREATE OR REPLACE TABLE versions AS
SELECT row_number() OVER (ORDER BY member_id, claim_id, frequency, received_date NULLS FIRST) AS version, grouped.*,
    coalesce(role, 'original') AS role
FROM (
    SELECT member_id, claim_id, frequency, received_date, max(paid_date) AS paid_date, max(original_claim_id) AS original_claim_id
    FROM line_versions GROUP BY ALL) AS grouped
LEFT JOIN frequency_roles USING (frequency);

-- A link goes from a replacement or void to what it replaces.
CREATE OR REPLACE TABLE version_links AS
SELECT later.version AS later, earlier.version AS earlier
FROM versions AS later JOIN versions AS earlier
    ON earlier.member_id = later.member_id
    AND earlier.claim_id = coalesce(later.original_claim_id, later.claim_id)
    AND earlier.version <> later.version
WHERE later.role IN ('replacement', 'void')
    AND (earlier.claim_id <> later.claim_id
        OR earlier.frequency <> later.frequency
        OR coalesce(earlier.received_date, DATE '0001-01-01') < coalesce(later.received_date, DATE '0001-01-01'));

CREATE OR REPLACE TABLE version_reach AS
WITH RECURSIVE reach(later, earlier) AS (
    SELECT later, earlier FROM version_links
    UNION
    SELECT reach.later, version_links.earlier FROM reach JOIN version_links ON version_links.later = reach.earlier)
SELECT later, earlier FROM reach WHERE later <> earlier;

CREATE OR REPLACE TABLE version_order AS
SELECT version, row_number() OVER (ORDER BY coalesce(received_date, DATE '0001-01-01'), coalesce(paid_date, DATE '0001-01-01'), claim_id, frequency, version) AS place
FROM versions;

CREATE OR REPLACE TABLE dead_versions AS
SELECT DISTINCT forward.earlier AS version
FROM version_reach AS forward
LEFT JOIN version_reach AS back ON back.later = forward.earlier AND back.earlier = forward.later
JOIN version_order AS later ON later.version = forward.later
JOIN version_order AS earlier ON earlier.version = forward.earlier
WHERE back.later IS NULL OR later.place > earlier.place;

-- A lineage is every claim id joined by links, present in the extract or only named.
CREATE OR REPLACE TABLE claim_edges AS
SELECT DISTINCT member_id, claim_id AS one, coalesce(original_claim_id, claim_id) AS other
FROM versions WHERE role IN ('replacement', 'void');

CREATE OR REPLACE TABLE lineages AS
WITH RECURSIVE joined(member_id, claim_id, root) AS (
    SELECT member_id, one, one FROM claim_edges
    UNION SELECT member_id, other, other FROM claim_edges
    UNION
    SELECT joined.member_id, CASE WHEN claim_edges.one = joined.claim_id THEN claim_edges.other ELSE claim_edges.one END, joined.root
    FROM joined JOIN claim_edges ON claim_edges.member_id = joined.member_id
        AND joined.claim_id IN (claim_edges.one, claim_edges.other))
SELECT member_id, claim_id, min(root) AS lineage FROM joined GROUP BY ALL;

CREATE OR REPLACE TABLE lineage_last AS
SELECT member_id, lineage, arg_max(versions.version, place) AS version, arg_max(role, place) AS role, arg_max(claim_id, place) AS claim_id
FROM versions JOIN lineages USING (member_id, claim_id) JOIN version_order USING (version)
WHERE role IN ('replacement', 'void', 'original', 'no_payment')
    AND versions.version NOT IN (SELECT version FROM dead_versions)
GROUP BY ALL;

CREATE OR REPLACE TABLE version_fates AS
SELECT versions.*, lineage_last.claim_id AS last_claim_id,
    CASE WHEN lineages.lineage IS NULL THEN 'living'
         WHEN versions.version = lineage_last.version THEN CASE WHEN versions.role = 'void' THEN 'void' ELSE 'living' END
         WHEN versions.role IN ('interim', 'late_charge') AND dead_versions.version IS NULL THEN 'living'
         WHEN lineage_last.role = 'void' THEN 'voided'
         ELSE 'superseded' END AS fate
FROM versions
LEFT JOIN lineages USING (member_id, claim_id)
LEFT JOIN lineage_last ON lineage_last.member_id = versions.member_id AND lineage_last.lineage = lineages.lineage
LEFT JOIN dead_versions ON dead_versions.version = versions.version;

-- Rows alike in everything but where they stand: the content's hash beside the line's own key.
CREATE OR REPLACE TABLE line_copies AS
SELECT line_key, row_number() OVER (PARTITION BY member_id, claim_id, claim_line_number, content ORDER BY line_key) AS copy
FROM (SELECT line_key, member_id, claim_id, claim_line_number, hash(*COLUMNS(* EXCLUDE (line_key, source_file, source_row))) AS content FROM claim_lines);

CREATE OR REPLACE TABLE line_fates AS
SELECT line_key, version, fate, role, last_claim_id
FROM line_versions JOIN version_fates ON version_fates.member_id = line_versions.member_id AND version_fates.claim_id = line_versions.claim_id
    AND version_fates.frequency = line_versions.frequency
    AND version_fates.received_date IS NOT DISTINCT FROM line_versions.received_date;

-- Rows of one line of one version: a later paid date replaces the row; a negative amount nets against the rest.
CREATE OR REPLACE TABLE line_groups AS
SELECT line_key, version, fate, last_claim_id, copy, role, claim_status,
    coalesce(paid_cents, allowed_cents, charge_cents) < 0 AS negative,
    max(paid_date) OVER same_line AS latest_paid, paid_date,
    coalesce(bool_or(coalesce(paid_cents, allowed_cents, charge_cents) < 0) OVER netting, false) AS any_negative,
    min(CASE WHEN coalesce(paid_cents, allowed_cents, charge_cents) >= 0 THEN line_key END) OVER netting AS carrier,
    sum(paid_cents) OVER netting AS net_paid, sum(allowed_cents) OVER netting AS net_allowed, sum(charge_cents) OVER netting AS net_charge,
    paid_cents, allowed_cents, charge_cents
FROM claim_lines
JOIN line_copies USING (line_key)
JOIN line_fates USING (line_key)
WHERE copy = 1
WINDOW same_line AS (PARTITION BY version, claim_line_number, hcpcs_code, revenue_center_code, claim_line_start_date, claim_line_end_date),
    netting AS (PARTITION BY member_id, claim_id, fate, claim_line_number, hcpcs_code, revenue_center_code, claim_line_start_date, claim_line_end_date);

CREATE OR REPLACE TABLE line_dispositions AS
SELECT line_key, version, any_negative, last_claim_id,
    CASE WHEN any_negative THEN net_paid ELSE paid_cents END AS final_paid,
    CASE WHEN any_negative THEN net_allowed ELSE allowed_cents END AS final_allowed,
    CASE WHEN any_negative THEN net_charge ELSE charge_cents END AS final_charge,
    CASE WHEN fate IN ('voided', 'superseded', 'void') THEN fate
         WHEN NOT any_negative AND coalesce(paid_date, DATE '0001-01-01') < latest_paid THEN 'older_row'
         WHEN any_negative AND coalesce(net_paid, net_allowed, net_charge) <= 0 THEN 'reversed'
         WHEN any_negative AND (carrier IS NULL OR line_key <> carrier) THEN 'netted'
         WHEN claim_status IN ('denied', 'pending') OR role = 'no_payment' THEN 'evidence_only'
         WHEN claim_status = 'reversed' THEN 'reversed'
         ELSE 'counted' END AS disposition
FROM line_groups;

CREATE OR REPLACE TABLE final_lines AS
WITH amounts AS (
    SELECT line_key, disposition, last_claim_id,
        CASE getvariable('dollar_basis')
            WHEN 'charge' THEN [('charge', final_charge)]
            WHEN 'allowed' THEN [('allowed', final_allowed), ('paid', final_paid)]
            ELSE [('paid', final_paid), ('allowed', final_allowed)] END AS choices
    FROM line_dispositions),
chosen AS (
    SELECT line_key, disposition, last_claim_id, list_filter(choices, lambda choice: choice[2] IS NOT NULL)[1] AS choice FROM amounts)
SELECT claim_lines.*,
    coalesce(disposition, 'duplicate') AS disposition,
    coalesce(disposition, 'duplicate') IN ('counted', 'evidence_only') AS living,
    CASE WHEN disposition IN ('superseded', 'voided') THEN last_claim_id END AS superseded_by,
    CASE WHEN disposition = 'counted' THEN greatest(coalesce(choice[2], 0), 0) ELSE 0 END AS counted_cents,
    CASE WHEN disposition = 'counted' THEN coalesce(choice[1], 'none') ELSE 'none' END AS amount_basis,
    payment_method IN ('drg', 'per_diem', 'case_rate') IS TRUE AS bundled,
    has_role('listed_services', 'hcpcs', hcpcs_code) IS TRUE AS listed,
    line_shows(hcpcs_code, revenue_center_code, ndc_code, line_description) AS shows
FROM claim_lines LEFT JOIN chosen USING (line_key);
