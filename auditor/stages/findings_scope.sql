-- Scope and attribution.

-- name: not_ino
SELECT episode_id, start_day AS first_day, end_day AS last_day FROM judged_courses WHERE attribution = 'none' AND kind = 'therapy';

-- name: ino_not_shown
SELECT episode_id, start_day AS first_day, end_day AS last_day FROM judged_courses WHERE attribution = 'possible' AND kind = 'therapy';

-- name: out_of_scope
SELECT episode_id FROM judged_courses WHERE attribution IN ('confirmed', 'probable') AND NOT before_policy
    AND (route = 'elsewhere' OR (route = 'case_review' AND coalesce((
        SELECT bool_and(low >= getvariable('case_review_under_years')) FROM ages WHERE ages.episode_id = judged_courses.episode_id AND fact = 'age_at_start_years'), false)));

-- name: case_review
SELECT episode_id FROM judged_courses WHERE (attribution IN ('confirmed', 'probable') OR kind = 'vasoreactivity') AND route = 'case_review'
    AND NOT coalesce((SELECT bool_and(low >= getvariable('case_review_under_years')) FROM ages WHERE ages.episode_id = judged_courses.episode_id AND fact = 'age_at_start_years'), false);

-- name: line_notice
SELECT episode_id, paragraph
FROM judged_courses JOIN (SELECT DISTINCT line, paragraph FROM lob_routes) AS lines ON line = line_of_business
WHERE attribution IN ('confirmed', 'probable') OR kind = 'vasoreactivity';

-- name: not_separately_paid
SELECT episode_id, line_key, claim_line_start_date AS first_day, claim_line_end_date AS last_day, [cite(source_file, source_row)] AS evidence
FROM scope_lines JOIN line_attributions USING (line_key) WHERE bundled AND disposition = 'counted';

-- name: related_lines
SELECT episode_id, min(claim_line_start_date) AS first_day, max(claim_line_end_date) AS last_day, list_sort(list(cite(source_file, source_row)))[:5] AS evidence
FROM scope_lines JOIN line_attributions USING (line_key) WHERE NOT listed GROUP BY episode_id;

-- name: lookalike
-- shown with the course of its stay, else with the member's nearest; each wording is looked at once
WITH wordings AS (
    SELECT words FROM (SELECT DISTINCT line_description AS words FROM claim_lines)
    WHERE says(words, getvariable('lookalike_text_has'), getvariable('lookalike_text_lacks')))
SELECT arg_min(courses.episode_id, (claim_line_start_date NOT BETWEEN courses.start_day AND courses.end_day, abs(claim_line_start_date - courses.start_day), courses.episode_id)) AS episode_id,
    line_key, any_value(claim_line_start_date) AS first_day, any_value(claim_line_end_date) AS last_day, [any_value(cite(source_file, source_row))] AS evidence
FROM final_lines JOIN judged_courses AS courses USING (member_id)
WHERE living AND (has_role('lookalike_services', 'hcpcs', hcpcs_code)
    OR line_description IN (FROM wordings))
GROUP BY line_key;

-- name: lob_missing
SELECT episode_id FROM judged_courses WHERE lob_missing AND asked;
