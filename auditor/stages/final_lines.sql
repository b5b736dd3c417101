-- Which version of each claim line counts. One row a line in scope of the members audited, with its disposition and counted cents.

CREATE OR REPLACE TABLE line_versions AS
SELECT line_key, member_id, claim_id, received_date, paid_date, original_claim_id, claim_status, frequency, role
FROM (
    SELECT *, coalesce(frequency_code, CASE WHEN regexp_full_match(bill_type_code, '[0-9]{2,3}[0-9A-Z]') THEN right(bill_type_code, 1) END, '1') AS frequency
    FROM claim_lines)
LEFT JOIN frequency_roles USING (frequency);

-- What a frequency that nobody knows makes of a claim is not guessed: an original where it is alone, and beside another version evidence alone.
CREATE OR REPLACE TABLE odd_versions AS
SELECT DISTINCT odd.member_id, odd.claim_id, odd.frequency
FROM line_versions AS odd JOIN line_versions AS other ON other.member_id = odd.member_id AND other.role IS NOT NULL
    AND (other.claim_id = odd.claim_id OR other.claim_id = odd.original_claim_id OR other.original_claim_id = odd.claim_id)
WHERE odd.role IS NULL;

UPDATE line_versions SET role = CASE WHEN (member_id, claim_id, frequency) IN (FROM odd_versions) THEN 'unknown' ELSE 'original' END WHERE role IS NULL;

-- Claims that replace or void another, and those they name: all others are what they were.
CREATE OR REPLACE TABLE changed_claims AS
SELECT member_id, claim_id FROM line_versions WHERE role IN ('replacement', 'void')
UNION
SELECT member_id, original_claim_id FROM line_versions WHERE role IN ('replacement', 'void') AND original_claim_id IS NOT NULL;

-- One of which the payer has accepted nothing (pending, or denied as a whole) has replaced nothing: it is idle.
CREATE OR REPLACE TABLE versions AS
SELECT row_number() OVER (ORDER BY member_id, claim_id, frequency, received_date NULLS FIRST) AS version, grouped.*
FROM (
    SELECT member_id, claim_id, frequency, received_date, max(paid_date) AS paid_date, list(DISTINCT original_claim_id) FILTER (original_claim_id IS NOT NULL) AS originals,
        CASE WHEN role IN ('replacement', 'void') AND bool_and(coalesce(claim_status IN ('pending', 'denied'), false)) THEN 'idle' ELSE role END AS role
    FROM line_versions JOIN changed_claims USING (member_id, claim_id) GROUP BY member_id, claim_id, frequency, line_versions.role, received_date) AS grouped;

-- A link goes from a replacement or void to what it replaces.
CREATE OR REPLACE TABLE version_targets AS
SELECT version, member_id, claim_id, frequency, received_date, unnest(coalesce(originals, [claim_id])) AS target
FROM versions WHERE role IN ('replacement', 'void');

CREATE OR REPLACE TABLE version_links AS
SELECT DISTINCT later.version AS later, earlier.version AS earlier
FROM version_targets AS later JOIN versions AS earlier
    ON earlier.member_id = later.member_id AND earlier.claim_id = later.target AND earlier.version <> later.version
WHERE (earlier.claim_id <> later.claim_id
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

-- A lineage is every version joined by links, or by naming the same original, present in the extract or not.
CREATE OR REPLACE TABLE version_edges AS
SELECT member_id, 'version ' || later AS one, 'version ' || earlier AS other
FROM version_links JOIN versions ON versions.version = version_links.later
UNION
SELECT member_id, 'version ' || version, 'claim ' || target FROM version_targets;

CREATE OR REPLACE TABLE lineages AS
WITH RECURSIVE joined(member_id, node, root) AS (
    SELECT member_id, one, one FROM version_edges
    UNION SELECT member_id, other, other FROM version_edges
    UNION
    SELECT joined.member_id, CASE WHEN version_edges.one = joined.node THEN version_edges.other ELSE version_edges.one END, joined.root
    FROM joined JOIN version_edges ON version_edges.member_id = joined.member_id
        AND joined.node IN (version_edges.one, version_edges.other))
SELECT version, min(root) AS lineage
FROM joined JOIN versions ON versions.member_id = joined.member_id AND node = 'version ' || version
GROUP BY version;

CREATE OR REPLACE TABLE lineage_last AS
SELECT member_id, lineage, arg_max(versions.version, place) AS version, arg_max(role, place) AS role, arg_max(claim_id, place) AS claim_id
FROM versions JOIN lineages USING (version) JOIN version_order USING (version)
WHERE role IN ('replacement', 'void', 'original', 'no_payment')
    AND versions.version NOT IN (SELECT version FROM dead_versions)
GROUP BY ALL;

CREATE OR REPLACE TABLE version_fates AS
SELECT versions.*, lineage_last.claim_id AS last_claim_id,
    CASE WHEN lineages.lineage IS NULL THEN 'living'
         WHEN versions.version = lineage_last.version THEN CASE WHEN versions.role = 'void' THEN 'void' ELSE 'living' END
         WHEN versions.role IN ('interim', 'late_charge', 'idle', 'unknown') AND dead_versions.version IS NULL THEN 'living'
         WHEN lineage_last.role = 'void' THEN 'voided'
         ELSE 'superseded' END AS fate
FROM versions
LEFT JOIN lineages ON lineages.version = versions.version
LEFT JOIN lineage_last ON lineage_last.member_id = versions.member_id AND lineage_last.lineage = lineages.lineage
LEFT JOIN dead_versions ON dead_versions.version = versions.version;

CREATE OR REPLACE VIEW line_version_fates AS
SELECT line_key, line_versions.member_id, line_versions.claim_id, line_versions.frequency, line_versions.received_date,
    coalesce(fate, 'living') AS fate, line_versions.role, last_claim_id, claim_status
FROM line_versions LEFT JOIN version_fates ON version_fates.member_id = line_versions.member_id AND version_fates.claim_id = line_versions.claim_id
    AND version_fates.frequency = line_versions.frequency
    AND version_fates.received_date IS NOT DISTINCT FROM line_versions.received_date;

-- The amount that counts, by the policy's basis, and any amount at all.
CREATE OR REPLACE VIEW line_amounts AS
WITH offered AS (
    SELECT line_key, coalesce(paid_cents, allowed_cents, charge_cents, 0) AS amount,
        CASE getvariable('dollar_basis')
            WHEN 'charge' THEN [('charge', charge_cents)]
            WHEN 'allowed' THEN [('allowed', allowed_cents), ('paid', paid_cents)]
            ELSE [('paid', paid_cents), ('allowed', allowed_cents)] END AS choices
    FROM claim_lines),
chosen AS (
    SELECT line_key, amount, list_filter(choices, lambda choice: choice[2] IS NOT NULL)[1] AS choice FROM offered)
SELECT line_key, amount, coalesce(choice[1], 'none') AS basis, coalesce(choice[2], 0) AS cents FROM chosen;

-- A line received again under its own number, with no word of replacing: the latest counts, unless one of them takes money back. A receipt of
-- which the payer has accepted nothing takes the place of none that it has; interim bills and late charges add up, unless they are of the same days.
CREATE OR REPLACE TABLE resent_lines AS
WITH receipts AS (
    SELECT fates.*, claim_line_number, amount, coalesce(fates.received_date, DATE '0001-01-01') AS received,
        CASE WHEN role IN ('interim', 'late_charge') THEN [claim_line_start_date, claim_line_end_date] END AS days,
        bool_or(coalesce(fates.claim_status NOT IN ('pending', 'denied'), true)) OVER (PARTITION BY fates.member_id, fates.claim_id, frequency, fates.received_date) AS accepted
    FROM line_version_fates AS fates JOIN claim_lines USING (line_key) JOIN line_amounts USING (line_key)
    WHERE fate = 'living' AND (fates.member_id, fates.claim_id) IN (
        SELECT (member_id, claim_id) FROM claim_lines GROUP BY member_id, claim_id HAVING count(DISTINCT coalesce(received_date, DATE '0001-01-01')) > 1))
SELECT line_key FROM receipts
WINDOW one_line AS (PARTITION BY member_id, claim_id, frequency, claim_line_number, days)
QUALIFY min(amount) OVER one_line >= 0
    AND received < CASE WHEN accepted THEN max(received) FILTER (accepted) OVER one_line ELSE max(received) OVER one_line END;

CREATE OR REPLACE VIEW line_fates AS
SELECT line_key, role, CASE WHEN resent THEN 'superseded' ELSE fate END AS fate, CASE WHEN resent THEN claim_id ELSE last_claim_id END AS last_claim_id
FROM (SELECT *, line_key IN (FROM resent_lines) AS resent FROM line_version_fates);

-- Most rows are the only one of their service. The others are found by a hash, whoever else it may bring along: what is asked of
-- them below is asked of the columns themselves.
CREATE OR REPLACE TABLE shared_rows AS
WITH services AS (
    SELECT line_key, hash(member_id, claim_id, claim_line_number, hcpcs_code, revenue_center_code, claim_line_start_date, claim_line_end_date) AS service FROM claim_lines)
SELECT line_key FROM services WHERE service IN (SELECT service FROM services GROUP BY service HAVING count(*) > 1);

-- Rows alike in everything but where they stand: the content's hash beside the line's own key.
CREATE OR REPLACE VIEW line_copies AS
SELECT line_key, row_number() OVER (PARTITION BY member_id, claim_id, claim_line_number, content ORDER BY line_key) AS copy
FROM (
    SELECT line_key, member_id, claim_id, claim_line_number, hash(*COLUMNS(* EXCLUDE (line_key, source_file, source_row))) AS content
    FROM claim_lines SEMI JOIN shared_rows USING (line_key));

-- Rows of one line of one version: a later paid date replaces the row, unless one of them takes money back.
CREATE OR REPLACE TABLE line_rows AS
SELECT line_key, lines.member_id, lines.claim_id, claim_line_number, hcpcs_code, revenue_center_code, claim_line_start_date, claim_line_end_date, fate, amount, cents,
    fate = 'living' AND min(amount) OVER same_line >= 0
        AND coalesce(lines.paid_date, DATE '0001-01-01') < coalesce(max(lines.paid_date) OVER same_line, DATE '0001-01-01') AS older
FROM claim_lines AS lines
JOIN line_copies USING (line_key)
JOIN line_versions USING (line_key)
JOIN line_fates USING (line_key)
JOIN line_amounts USING (line_key)
WHERE copy = 1
WINDOW same_line AS (PARTITION BY lines.member_id, lines.claim_id, frequency, lines.received_date,
    claim_line_number, hcpcs_code, revenue_center_code, claim_line_start_date, claim_line_end_date);

-- What takes money back is summed with the rest of its service; the first row that takes none carries the sum.
CREATE OR REPLACE TABLE netted_rows AS
SELECT line_key, min(amount) OVER netting < 0 AS netting, sum(amount) OVER netting > 0 AS remains,
    min(CASE WHEN amount >= 0 THEN line_key END) OVER netting AS carrier, sum(cents) OVER netting AS net_cents,
    sum(amount) OVER netting AS left_over, min(CASE WHEN amount < 0 THEN line_key END) OVER netting AS taker
FROM line_rows
WHERE fate = 'living' AND NOT older
WINDOW netting AS (PARTITION BY member_id, claim_id, claim_line_number, hcpcs_code, revenue_center_code, claim_line_start_date, claim_line_end_date);

-- Services of which more was taken back than given, by their first row that takes; a row that is alone has nothing beside it.
CREATE OR REPLACE TABLE takings AS
SELECT line_key, member_id, claim_id, original_claim_id, hcpcs_code, revenue_center_code, claim_line_start_date, claim_line_end_date, coalesce(left_over, amount) AS left_over
FROM claim_lines
JOIN line_amounts USING (line_key)
JOIN line_fates USING (line_key)
LEFT JOIN netted_rows USING (line_key)
WHERE amount < 0 AND fate = 'living' AND coalesce(claim_status NOT IN ('denied', 'pending'), true)
    AND CASE WHEN line_key IN (FROM shared_rows) THEN left_over < 0 AND line_key = taker ELSE true END;

-- The line that it was taken back from, under another number of the claim or in the claim that it names: of the same service, days and amount, and no other.
CREATE OR REPLACE TABLE given_back AS
WITH pairs AS (
    SELECT takings.line_key AS taker, lines.line_key AS giver
    FROM takings
    JOIN claim_lines AS lines ON lines.member_id = takings.member_id AND lines.claim_id IN (takings.claim_id, takings.original_claim_id)
        AND lines.claim_line_start_date = takings.claim_line_start_date AND lines.claim_line_end_date = takings.claim_line_end_date
        AND lines.hcpcs_code IS NOT DISTINCT FROM takings.hcpcs_code AND lines.revenue_center_code IS NOT DISTINCT FROM takings.revenue_center_code
    JOIN line_amounts ON line_amounts.line_key = lines.line_key AND amount = -left_over
    JOIN line_fates ON line_fates.line_key = lines.line_key AND fate = 'living' AND role NOT IN ('no_payment', 'unknown')
    LEFT JOIN line_rows ON line_rows.line_key = lines.line_key
    LEFT JOIN netted_rows ON netted_rows.line_key = lines.line_key
    WHERE coalesce(claim_status NOT IN ('denied', 'pending'), true)
        AND CASE WHEN lines.line_key IN (FROM shared_rows) THEN line_rows.line_key IS NOT NULL AND NOT older AND NOT netting ELSE true END)
SELECT taker, giver FROM pairs QUALIFY count(*) OVER (PARTITION BY taker) = 1 AND count(*) OVER (PARTITION BY giver) = 1;

CREATE OR REPLACE VIEW line_dispositions AS
SELECT line_key, last_claim_id, basis, CASE WHEN netting THEN net_cents ELSE cents END AS cents,
    CASE WHEN fate <> 'living' THEN fate
         WHEN older THEN 'older_row'
         WHEN coalesce(netting AND NOT remains, amount < 0) OR line_key IN (SELECT giver FROM given_back) THEN 'reversed'
         WHEN netting AND line_key <> carrier THEN 'netted'
         WHEN claim_status IN ('denied', 'pending') OR role IN ('no_payment', 'unknown') THEN 'evidence_only'
         WHEN claim_status = 'reversed' THEN 'reversed'
         ELSE 'counted' END AS disposition
FROM (SELECT line_key, claim_status FROM claim_lines)
JOIN line_fates USING (line_key)
JOIN line_amounts USING (line_key)
LEFT JOIN (SELECT line_key, older FROM line_rows) AS kept USING (line_key)
LEFT JOIN netted_rows USING (line_key)
WHERE kept.line_key IS NOT NULL OR line_key NOT IN (FROM shared_rows);

-- What is told of each line beside its own columns.
CREATE OR REPLACE TABLE line_standings AS
SELECT line_key,
    coalesce(disposition, 'duplicate') AS disposition,
    coalesce(disposition, 'duplicate') IN ('counted', 'evidence_only') AS living,
    CASE WHEN disposition IN ('superseded', 'voided') THEN last_claim_id END AS superseded_by,
    CASE WHEN disposition = 'counted' THEN greatest(cents, 0)::BIGINT ELSE 0 END AS counted_cents,
    CASE WHEN disposition = 'counted' THEN basis ELSE 'none' END AS amount_basis,
    payment_method IN ('drg', 'per_diem', 'case_rate') IS TRUE AS bundled,
    has_role('listed_services', 'hcpcs', hcpcs_code) IS TRUE AS listed,
    line_shows(hcpcs_code, revenue_center_code, ndc_code, line_description) AS shows
FROM claim_lines LEFT JOIN line_dispositions USING (line_key);

CREATE OR REPLACE VIEW final_lines AS
FROM claim_lines JOIN line_standings USING (line_key);
