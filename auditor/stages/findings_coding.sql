-- Coding edits between lines of one biller, one row a line and day.

-- name: both_ventilator_days
SELECT second_key AS line_key, day, evidence, first_key AS other, doubted FROM pair_hits WHERE is_of(column_1, 'ventilator_services') AND is_of(column_2, 'ventilator_services');

-- name: ventilator_with_visit
SELECT second_key AS line_key, day, evidence, first_key AS other, doubted FROM pair_hits
WHERE claim_kind = 'professional' AND is_tier_of(column_1, 'evaluation_and_management', 'visits') AND is_of(column_2, 'ventilator_services');

-- name: ventilator_with_critical_care
SELECT second_key AS line_key, day, evidence, first_key AS other, doubted FROM pair_hits
WHERE claim_kind = 'professional' AND is_tier_of(column_1, 'evaluation_and_management', 'critical_care') AND is_of(column_2, 'ventilator_services');

-- name: ventilator_with_catheterization
SELECT second_key AS line_key, day, evidence, first_key AS other, doubted FROM pair_hits WHERE is_of(column_1, 'heart_catheterization') AND is_of(column_2, 'ventilator_services');

-- name: ventilator_with_procedure
SELECT second_key AS line_key, day, evidence, first_key AS other, doubted FROM pair_hits
WHERE is_of(column_2, 'ventilator_services') AND NOT is_of(column_1, 'ventilator_services')
    AND NOT is_of(column_1, 'heart_catheterization') AND NOT is_of(column_1, 'evaluation_and_management');

-- name: included_in_ventilator_day
SELECT first_key AS line_key, day, evidence FROM pair_hits WHERE is_of(column_1, 'ventilator_services') AND is_of(column_2, 'noninvasive_ventilation');

-- name: ventilator_units
SELECT line_key, day, evidence FROM unit_hits WHERE is_of(code, 'ventilator_services');

-- name: unlisted_units
SELECT line_key, day, evidence FROM unit_hits WHERE has_role('unlisted_services', 'hcpcs', code);

-- name: duplicate_line
SELECT line_key, day, [first_cited, cited] AS evidence, first_key AS other, doubted FROM coded_days JOIN repeated_lines USING (line_key) WHERE NOT interim;

-- name: duplicate_interim
SELECT line_key, day, [first_cited, cited] AS evidence, first_key AS other, doubted FROM coded_days JOIN repeated_lines USING (line_key) WHERE interim;

-- name: two_practitioners
SELECT later.line_key, later.day, [earlier.cited, later.cited] AS evidence
FROM coded_days AS later JOIN coded_days AS earlier ON earlier.member_id = later.member_id AND earlier.day = later.day AND earlier.line_key < later.line_key
WHERE later.counted AND earlier.counted AND later.claim_kind = 'professional' AND earlier.claim_kind = 'professional'
    AND is_of(later.code, 'ventilator_services') AND is_of(earlier.code, 'ventilator_services') AND later.rendering_npi <> earlier.rendering_npi
    -- on the day of a transfer each facility has its own
    AND NOT coalesce(later.facility_npi <> earlier.facility_npi, false)
    AND NOT says_modifier(later.modifiers, 'other_practitioner') AND NOT says_modifier(earlier.modifiers, 'other_practitioner');

-- name: ino_twice
-- each code once a day; the one with the largest amount that day stands
WITH billed AS (
    SELECT coded_days.*, CASE WHEN is_of(code, 'ventilator_services') THEN 'ventilator' ELSE service END AS channel, counted_cents // (last_day - first_day + 1) AS share
    FROM coded_days JOIN line_attributions USING (line_key)
    WHERE counted AND NOT bundled AND attribution IN ('confirmed', 'probable')),
channels AS (
    SELECT member_id, day, claim_kind, provider, channel, min(line_key) AS first_key, arg_min(cited, line_key) AS first_cited,
        coalesce(sum(share) FILTER (line_key NOT IN (SELECT line_key FROM repeated_lines WHERE NOT doubted)), 0) AS amount
    FROM billed GROUP BY ALL),
largest AS (
    SELECT DISTINCT ON (member_id, day, claim_kind, provider) * FROM channels ORDER BY member_id, day, claim_kind, provider, amount DESC, first_key)
SELECT refused.line_key, refused.day, [first_cited, refused.cited] AS evidence, stands.line_key AS other, refused.scattered OR stands.scattered AS doubted
FROM largest
JOIN billed AS refused ON refused.member_id = largest.member_id AND refused.day = largest.day AND refused.claim_kind IS NOT DISTINCT FROM largest.claim_kind
    AND refused.provider = largest.provider AND refused.channel <> largest.channel
JOIN billed AS stands ON stands.member_id = largest.member_id AND stands.day = largest.day AND stands.claim_kind IS NOT DISTINCT FROM largest.claim_kind
    AND stands.provider = largest.provider AND stands.channel = largest.channel;

-- name: both_code_systems
SELECT drug.line_key, drug.day, [service.cited, drug.cited] AS evidence, service.line_key AS other, drug.scattered OR service.scattered AS doubted
FROM coded_days AS drug JOIN coded_days AS service ON service.member_id = drug.member_id AND service.day = drug.day AND service.provider = drug.provider
JOIN line_attributions AS drug_lines ON drug_lines.line_key = drug.line_key
JOIN line_attributions AS service_lines ON service_lines.line_key = service.line_key
JOIN both_code_systems AS payers ON payers.line = drug.line_of_business AND payers.state = drug.state
WHERE drug.counted AND service.counted AND is_of(drug.code, 'drugs_without_a_code') AND has_role('unlisted_services', 'hcpcs', service.code)
    AND drug_lines.attribution IN ('confirmed', 'probable') AND service_lines.attribution IN ('confirmed', 'probable');

-- name: too_many_hours
SELECT line_key, day, [cited] AS evidence
FROM (
    SELECT line_key, day, cited, round(sum(hours) OVER (PARTITION BY member_id, day, claim_kind, provider ORDER BY line_key), 3) AS so_far, hours
    FROM coded_days JOIN line_attributions USING (line_key)
    WHERE counted AND attribution IN ('confirmed', 'probable') AND hours IS NOT NULL)
WHERE so_far > getvariable('hours_a_day');

-- name: hours_beyond_chart
-- lines over the same days together, in their order; only where the hours of every one of those days are known
WITH billed AS (
    SELECT line_key, member_id, first_day, last_day, cited, unit_hours,
        round(sum(hours * (last_day - first_day + 1)) OVER (PARTITION BY member_id, first_day, last_day, claim_kind, provider ORDER BY line_key), 3) AS so_far
    FROM coded_lines JOIN line_attributions USING (line_key)
    WHERE counted AND attribution IN ('confirmed', 'probable') AND hours IS NOT NULL AND line_key NOT IN (SELECT line_key FROM repeated_lines)),
beyond AS (
    SELECT line_key, billed.cited, min(day_hours.cited) AS charted
    FROM billed JOIN day_hours ON day_hours.member_id = billed.member_id AND day_hours.day BETWEEN first_day AND last_day
    GROUP BY line_key, billed.cited, first_day, last_day, so_far, unit_hours
    HAVING count(*) = last_day - first_day + 1 AND sum(hours) > 0 AND so_far > round(sum(hours + stretches * unit_hours), 3))
SELECT line_key, day, [beyond.cited, charted] AS evidence FROM beyond JOIN coded_days USING (line_key);

-- name: set_up_beside
SELECT vent.line_key, vent.day, [vent.cited, extra.cited] AS evidence
FROM coded_days AS vent JOIN coded_days AS extra ON extra.member_id = vent.member_id AND extra.day = vent.day AND extra.line_key <> vent.line_key
    AND extra.claim_kind IS NOT DISTINCT FROM vent.claim_kind AND same_biller(vent.provider, extra.provider, vent.practice, extra.practice)
WHERE vent.counted AND extra.counted AND is_of(vent.code, 'ventilator_services') AND NOT is_of(extra.code, 'ventilator_services')
    AND line_says(extra.words, 'set_up_text') AND NOT says_modifier(extra.modifiers, 'separate_service');
