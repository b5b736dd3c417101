-- The tables a run publishes, with the columns of results.py.

-- A clock time without an offset, where no time zone is known, is the facility's and of no known instant. A run has none such, or no others.
SET VARIABLE instants_known = NOT EXISTS (FROM chart_rows WHERE "@local" IS NOT NULL) AND NOT EXISTS (FROM members WHERE "@local" IS NOT NULL);

CREATE OR REPLACE VIEW result_lines AS
SELECT lines.line_key, claim_id, claim_line_number, member_id, hcpcs_code, revenue_center_code,
    claim_line_start_date AS first_day, claim_line_end_date AS last_day, service_unit_quantity AS units, line_description, claim_type, facility_npi, billing_npi,
    listed, disposition, superseded_by, coalesce(line_attributions.attribution, 'none') AS attribution, line_attributions.episode_id, payment_method,
    charge_cents, allowed_cents, paid_cents, amount_basis,
    coalesce(totals.counted_cents, 0) AS counted_cents, coalesce(supported_cents, 0) AS supported_cents, coalesce(not_supported_cents, 0) AS not_supported_cents,
    coalesce(records_needed_cents, 0) AS records_needed_cents, coalesce(medical_review_cents, 0) AS medical_review_cents, coalesce(not_asked_cents, 0) AS not_asked_cents,
    coalesce(linked_cents, 0) AS linked_cents, coalesce(not_separately_paid_cents, 0) AS not_separately_paid_cents,
    coalesce(coding_cents, 0) AS coding_cents, coalesce(coding_review_cents, 0) AS coding_review_cents,
    coalesce(not_supported_cents + coding_cents, 0) AS at_risk_low_cents,
    coalesce(not_supported_cents + coding_cents + records_needed_cents + medical_review_cents + coding_review_cents, 0) AS at_risk_high_cents, source_file, source_row
FROM scope_lines AS lines
LEFT JOIN line_attributions USING (line_key)
LEFT JOIN line_totals AS totals USING (line_key);

CREATE OR REPLACE VIEW result_therapy_days AS
SELECT days.episode_id, days.day, day_number, is_therapy_day, level, coalesce(shown_by, []) AS shown_by, charted, CASE WHEN is_therapy_day THEN day_hours.hours END AS hours,
    dose_low, dose_high, fio2_low, fio2_high, spo2_low, spo2_high, ventilated, ecmo,
    initiation, oxygen_outcome AS oxygen_need, CASE WHEN oxygen_outcome = 1 THEN oxygen_reason END AS oxygen_reason, past_limit, approved, verdict, cause,
    coalesce(counted_cents, 0) AS counted_cents, coalesce(supported_cents, 0) AS supported_cents, coalesce(not_supported_cents, 0) AS not_supported_cents,
    coalesce(records_needed_cents, 0) AS records_needed_cents, coalesce(medical_review_cents, 0) AS medical_review_cents, coalesce(not_asked_cents, 0) AS not_asked_cents,
    coalesce(linked_cents, 0) AS linked_cents, coalesce(not_separately_paid_cents, 0) AS not_separately_paid_cents,
    coalesce(coding_cents, 0) AS coding_cents, coalesce(coding_review_cents, 0) AS coding_review_cents
FROM judged_days AS days
LEFT JOIN day_totals ON day_totals.episode_id = days.episode_id AND day_totals.day = days.day
LEFT JOIN day_hours ON day_hours.member_id = days.member_id AND day_hours.day = days.day;

CREATE OR REPLACE TABLE line_counts AS
SELECT episode_id, count(*) AS lines, list_sort(list_distinct(list(facility_npi) FILTER (facility_npi IS NOT NULL))) AS facilities
FROM line_attributions JOIN scope_lines USING (line_key) GROUP BY episode_id;

CREATE OR REPLACE TABLE course_facilities AS
SELECT episode_id, list_sort(list_distinct(list(facility) FILTER (facility IS NOT NULL))) AS facilities
FROM (
    SELECT episode_id, facility FROM courses JOIN exposure_evidence ON exposure_evidence.member_id = courses.member_id AND exposure_evidence.day BETWEEN courses.start_day AND courses.end_day
    UNION ALL
    SELECT episode_id, facility_npi FROM line_attributions JOIN scope_lines USING (line_key))
GROUP BY episode_id;

CREATE OR REPLACE TABLE billed_days AS
SELECT episode_id, count(DISTINCT day) AS billed_days FROM scope_line_days JOIN line_attributions USING (line_key) GROUP BY episode_id;

CREATE OR REPLACE TABLE shown_ages AS
SELECT episode_id,
    min(low) FILTER (fact = 'age_at_start_days')::BIGINT AS age_days_low, max(high) FILTER (fact = 'age_at_start_days')::BIGINT AS age_days_high,
    min(low) FILTER (fact = 'age_at_start_years')::BIGINT AS age_years_low, max(high) FILTER (fact = 'age_at_start_years')::BIGINT AS age_years_high
FROM ages GROUP BY episode_id HAVING bool_and(standing <> 'conflicting');

-- The gestational age shown: the source first in the policy's order of trust, the narrowest, the earliest row, the youngest of a row that codes two.
CREATE OR REPLACE TABLE shown_gestations AS
SELECT episode_id, low::BIGINT AS gestational_age_low, high::BIGINT AS gestational_age_high
FROM (
    SELECT *, row_number() OVER (PARTITION BY episode_id ORDER BY
        list_position(getvariable('ga_source_order'), CASE source_table WHEN 'events' THEN 'chart' ELSE 'claim' END) NULLS LAST, high - low, source_file, source_row, low) AS place
    FROM evidence WHERE fact = 'gestational_age_days' AND stance = 'range' AND standing = 'inside')
WHERE place = 1;

CREATE OR REPLACE TABLE result_episodes AS
SELECT courses.episode_id, courses.member_id, kind, basis, attribution, line_of_business, state, plan, route, coalesce(course_facilities.facilities, []) AS facilities,
    start_day, start_last_day, CASE WHEN getvariable('instants_known') THEN start_at END AS start_at, start_clock, end_day, therapy_days, coalesce(billed_days, 0) AS billed_days, span_days, elapsed_hours, open_end,
    age_days_low, age_days_high, age_years_low, age_years_high, gestational_age_low, gestational_age_high,
    pathway, initiation, initiation_reason, continuation, exclusion, referred, determination, next_action, coalesce(asked_for.documents, []) AS documents,
    coalesce(lines, 0) AS lines, coalesce(aside.rows_set_aside, 0) AS rows_set_aside, getvariable('policy_revision') AS policy_revision,
    coalesce(counted_cents, 0) AS counted_cents, coalesce(supported_cents, 0) AS supported_cents, coalesce(not_supported_cents, 0) AS not_supported_cents,
    coalesce(records_needed_cents, 0) AS records_needed_cents, coalesce(medical_review_cents, 0) AS medical_review_cents, coalesce(not_asked_cents, 0) AS not_asked_cents,
    coalesce(linked_cents, 0) AS linked_cents, coalesce(not_separately_paid_cents, 0) AS not_separately_paid_cents,
    coalesce(coding_cents, 0) AS coding_cents, coalesce(coding_review_cents, 0) AS coding_review_cents,
    coalesce(not_supported_cents + coding_cents, 0) AS at_risk_low_cents, coalesce(not_supported_cents + coding_cents + records_needed_cents + medical_review_cents + coding_review_cents, 0) AS at_risk_high_cents
FROM judged_courses AS courses
LEFT JOIN (SELECT episode_id, strftime(start_local, '%H:%M') AS start_clock FROM courses WHERE start_at IS NOT NULL) AS clocks USING (episode_id)
LEFT JOIN line_counts USING (episode_id)
LEFT JOIN course_facilities USING (episode_id)
LEFT JOIN billed_days USING (episode_id)
LEFT JOIN shown_ages USING (episode_id)
LEFT JOIN shown_gestations USING (episode_id)
LEFT JOIN episode_totals USING (episode_id)
LEFT JOIN (SELECT episode_id, list(document ORDER BY place) AS documents FROM settling_documents GROUP BY ALL) AS asked_for USING (episode_id)
LEFT JOIN (SELECT member_id, count(*) AS rows_set_aside FROM set_aside WHERE member_id IS NOT NULL GROUP BY member_id) AS aside ON aside.member_id = courses.member_id;

CREATE OR REPLACE VIEW result_evidence AS
SELECT episode_id, fact, stance, standing, strength, low, CASE WHEN isinf(high) THEN NULL ELSE high END AS high, what, status, day,
    CASE WHEN getvariable('instants_known') THEN moment END AS "at", CASE WHEN NOT getvariable('instants_known') THEN strftime(moment, '%H:%M') END AS clock, document_id, source_table, source_file, source_row
FROM evidence WHERE fact IN (SELECT fact FROM leaves) AND source_file IS NOT NULL
GROUP BY ALL;

-- The dollars of an episode are freed by all of its documents together, so each row bears all of them.
CREATE OR REPLACE TABLE result_settling AS
SELECT episode_id, place, document, instead, paragraphs, coalesce(records_needed_cents, 0) AS waiting_cents
FROM settling_documents LEFT JOIN episode_totals USING (episode_id);
