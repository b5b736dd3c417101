-- Coding edits of one line by itself, or of a stay's ventilator days, one row a line and day.

-- name: unlisted_without_words
SELECT line_key, day, [cited] AS evidence FROM coded_days
WHERE counted AND has_role('unlisted_services', 'hcpcs', code) AND (words IS NULL OR trim(words) = '' OR line_says(words, 'no_words_text'));

-- name: unlisted_for_gas
SELECT line_key, day, [cited] AS evidence FROM coded_days
WHERE counted AND has_role('unlisted_services', 'hcpcs', code) AND shows IS NOT NULL AND line_says(words, 'gas_supply_text');

-- name: repeated_first_day
-- each stay and biller has one first day; where the chart shows the ventilator off and on again, no dollars hang on it
SELECT line_key, day, list_concat([first_cited, cited], restarts) AS evidence, 'stay ' || stay || ' ' || provider AS together, len(restarts) > 0 AS explained
FROM first_days WHERE place > 1;

-- name: later_day_without_first
SELECT line_key, day, [cited] AS evidence FROM stay_starts WHERE counted AND is_tier_of(code, 'ventilator_services', 'later_day');

-- name: ventilator_days_beyond
SELECT line_key, day, [cited] AS evidence, 'stay ' || stay AS together FROM ventilator_excess;

-- name: wrong_place
SELECT line_key, day, [cited] AS evidence FROM coded_days
WHERE counted AND (
    (claim_kind = 'professional' AND place IS NOT NULL AND EXISTS (FROM service_settings WHERE is_of(coded_days.code, value_set))
        AND NOT EXISTS (FROM service_settings WHERE kind = 'place' AND is_of(coded_days.code, value_set) AND service_settings.code = place))
    OR (claim_kind = 'institutional' AND bill_kind IS NOT NULL AND EXISTS (FROM service_settings WHERE is_of(coded_days.code, value_set))
        AND NOT EXISTS (FROM service_settings WHERE kind = 'bill_type' AND is_of(coded_days.code, value_set) AND service_settings.code = bill_kind)));

-- name: ventilator_modifier
SELECT line_key, day, [cited] AS evidence FROM coded_days
WHERE counted AND is_of(code, 'ventilator_services')
    AND EXISTS (FROM refused_modifiers WHERE is_of(coded_days.code, value_set) AND list_contains(modifiers, modifier));

-- name: ventilator_on_ecmo
SELECT vent.line_key, vent.day, [vent.cited, ecmo.cited] AS evidence
FROM coded_days AS vent JOIN coded_days AS ecmo ON ecmo.member_id = vent.member_id AND ecmo.day = vent.day
WHERE vent.counted AND ecmo.counted AND is_of(vent.code, 'ventilator_services') AND is_of(ecmo.code, 'ecmo');

-- name: no_supporting_diagnosis
SELECT line_key, day, [cited] AS evidence
FROM coded_days JOIN line_attributions USING (line_key)
WHERE counted AND listed AND attribution IN ('confirmed', 'probable')
    AND line_key IN (SELECT line_key FROM claim_diagnoses)
    AND line_key NOT IN (
        SELECT line_key FROM claim_diagnoses JOIN value_set_codes AS codes ON codes.value_set = 'supporting_diagnosis' AND codes.code_system = claim_diagnoses.code_system
            AND (codes.code = claim_diagnoses.code OR (codes.is_prefix AND starts_with(claim_diagnoses.code, codes.code))));

-- name: drug_code_problem
SELECT line_key, day, [cited] AS evidence
FROM coded_days JOIN line_attributions USING (line_key)
WHERE counted AND ndc_code IS NOT NULL AND (listed OR shows IS NOT NULL)
    AND (attribution IN ('confirmed', 'probable') OR ndc_code IN (SELECT code FROM value_set_codes WHERE value_set = 'bulk_gas_drugs'))
    AND NOT coalesce(has_role('drugs', 'ndc', ndc_code), false);
