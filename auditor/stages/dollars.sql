-- Each counted line split over its days to the cent, and each part in one bucket.

CREATE OR REPLACE TABLE line_parts AS
SELECT lines.line_key, lines.member_id, episode_id, attribution, bundled, listed, day,
    counted_cents // days + CASE
        WHEN place <= abs(counted_cents - counted_cents // days * days) THEN sign(counted_cents)::BIGINT ELSE 0 END AS cents
FROM (
    SELECT *, claim_line_end_date - claim_line_start_date + 1 AS days,
        unnest(range(1, claim_line_end_date - claim_line_start_date + 2)) AS place,
        claim_line_start_date + (place - 1)::INTEGER AS day
    FROM scope_lines WHERE disposition = 'counted') AS lines
JOIN line_attributions USING (line_key);

CREATE OR REPLACE TABLE clinical_parts AS
SELECT parts.line_key, parts.day, parts.episode_id, parts.cents,
    CASE WHEN bundled THEN 'not_separately_paid'
         WHEN NOT (parts.attribution IN ('confirmed', 'probable') OR (getvariable('dollars_scope') = 'all_listed' AND listed AND courses.attribution IN ('confirmed', 'probable')))
              OR (NOT listed AND NOT getvariable('related_lines_at_risk')) THEN 'linked'
         ELSE coalesce(own.verdict, other.verdict, 'linked') END AS bucket,
    CASE WHEN bundled OR NOT parts.attribution IN ('confirmed', 'probable') THEN NULL ELSE coalesce(own.cause, other.cause) END AS cause
FROM line_parts AS parts
JOIN judged_courses AS courses USING (episode_id)
LEFT JOIN judged_days AS own ON own.episode_id = parts.episode_id AND own.day = parts.day
LEFT JOIN judged_days AS other ON other.member_id = parts.member_id AND other.day = parts.day AND (other.is_therapy_day OR other.contradicted) AND own.day IS NULL;

-- What is not supported clinically is not counted again; a sure coding edit comes before questions, a coding question before what is not at risk.
CREATE OR REPLACE TABLE line_days AS
SELECT parts.line_key, parts.day, episode_id, cents,
    CASE WHEN overlaid THEN claims.bucket ELSE parts.bucket END AS bucket,
    CASE WHEN overlaid THEN claims.bucket ELSE cause END AS cause
FROM (
    SELECT parts.*, coalesce(CASE claims.bucket
        WHEN 'coding' THEN parts.bucket NOT IN ('not_separately_paid', 'not_supported')
        WHEN 'coding_review' THEN parts.bucket IN ('supported', 'linked', 'not_asked') END, false) AS overlaid
    FROM clinical_parts AS parts LEFT JOIN coding_claims AS claims ON claims.line_key = parts.line_key AND claims.day = parts.day) AS parts
LEFT JOIN coding_claims AS claims ON claims.line_key = parts.line_key AND claims.day = parts.day;

-- One column a bucket; totals of lines, days and episodes are sums of the same parts.
CREATE OR REPLACE TABLE bucketed AS
SELECT line_key, day, episode_id, cents AS counted_cents,
    CASE WHEN bucket = 'supported' THEN cents ELSE 0 END AS supported_cents,
    CASE WHEN bucket = 'not_supported' THEN cents ELSE 0 END AS not_supported_cents,
    CASE WHEN bucket = 'records_needed' THEN cents ELSE 0 END AS records_needed_cents,
    CASE WHEN bucket = 'medical_review' THEN cents ELSE 0 END AS medical_review_cents,
    CASE WHEN bucket = 'not_asked' THEN cents ELSE 0 END AS not_asked_cents,
    CASE WHEN bucket = 'linked' THEN cents ELSE 0 END AS linked_cents,
    CASE WHEN bucket = 'not_separately_paid' THEN cents ELSE 0 END AS not_separately_paid_cents,
    CASE WHEN bucket = 'coding' THEN cents ELSE 0 END AS coding_cents,
    CASE WHEN bucket = 'coding_review' THEN cents ELSE 0 END AS coding_review_cents
FROM line_days;

CREATE OR REPLACE TABLE line_totals AS
SELECT line_key, sum(COLUMNS('_cents$'))::BIGINT FROM bucketed GROUP BY line_key;

CREATE OR REPLACE VIEW lines_at_risk AS
SELECT line_key FROM line_totals WHERE not_supported_cents + records_needed_cents + medical_review_cents + coding_cents + coding_review_cents > 0;

CREATE OR REPLACE TABLE day_totals AS
SELECT episode_id, day, sum(COLUMNS('_cents$'))::BIGINT FROM bucketed GROUP BY episode_id, day;

CREATE OR REPLACE TABLE episode_totals AS
SELECT episode_id, sum(COLUMNS('_cents$'))::BIGINT FROM bucketed GROUP BY episode_id;
