-- Data quality and linkage. Each query gives episode_id, and where they apply line_key, first_day, last_day, days, evidence.

-- name: no_chart
SELECT episode_id FROM judged_courses AS courses
WHERE asked AND NOT EXISTS (FROM chart_rows WHERE chart_rows.member_id = courses.member_id);

-- name: chart_without_claim
SELECT episode_id, start_day AS first_day, end_day AS last_day, list_sort(list_distinct(list(cite(source_file, source_row))))[:3] AS evidence
FROM judged_courses AS courses JOIN exposure_evidence AS shown ON shown.member_id = courses.member_id AND shown.day BETWEEN start_last_day AND end_day AND charted
WHERE episode_id NOT IN (SELECT episode_id FROM line_attributions)
GROUP BY ALL;

-- name: ambiguous_member
SELECT episode_id, list_sort(list_distinct(list(evidence) FILTER (evidence IS NOT NULL))) AS evidence
FROM judged_courses JOIN (
    SELECT episode_id, cite(source_file, source_row) AS evidence FROM judged_courses JOIN members USING (member_id)
    WHERE member_id IN (SELECT member_id FROM doubtful_ids)
    UNION ALL
    SELECT episode_id, cite(source_file, source_row) FROM judged_courses
    JOIN family_lines ON family_lines.member_id = judged_courses.member_id AND newborn AND first_day <= end_day AND last_day >= start_day
    JOIN claim_lines USING (line_key)) AS rows USING (episode_id)
WHERE asked AND in_doubt
GROUP BY episode_id;

-- name: on_mothers_id
SELECT episode_id, line_key, claim_line_start_date AS first_day, claim_line_end_date AS last_day, [cite(source_file, source_row)] AS evidence
FROM moved_lines JOIN scope_lines USING (line_key) JOIN line_attributions USING (line_key);

-- name: birth_date
SELECT episode_id, coalesce(list_sort(list(cite(source_file, source_row)) FILTER (source_file IS NOT NULL)), []) AS evidence
FROM judged_courses AS courses LEFT JOIN members ON members.member_id = courses.member_id AND birth_date_day IS NOT NULL
WHERE asked AND birth_in_doubt
GROUP BY episode_id;

-- name: outside_stay
SELECT episode_id, line_key, claim_line_start_date AS first_day, claim_line_end_date AS last_day, [cite(source_file, source_row)] AS evidence
FROM scope_lines JOIN line_attributions USING (line_key)
WHERE claim_line_start_date < admission_date OR claim_line_end_date > discharge_date;

-- name: scale_error
SELECT episode_id, min(statements.start_day) AS first_day, max(statements.start_day) AS last_day, list_sort(list_distinct(list(cite(source_file, source_row))))[:5] AS evidence
FROM judged_courses JOIN chart_statements AS statements USING (member_id)
LEFT JOIN gestations ON value_reading = 'gestation' AND gestations.value = statements.value AND gestations.unit IS NOT DISTINCT FROM statements.unit
WHERE asked AND (rescaled OR impossible OR NOT possible) AND statements.kind = 'chart' AND statements.start_day <= judged_courses.end_day
GROUP BY episode_id;

-- name: invalid_code
-- by the dates of the value sets, and of the plan's own lists of codes; of a course without iNO only the listed services
SELECT DISTINCT ON (episode_id, line_key) episode_id, line_key, claim_line_start_date AS first_day, [cite(source_file, source_row)] AS evidence
FROM (
    SELECT lines.line_key, lines.code FROM claim_codes AS lines JOIN final_lines USING (line_key)
    JOIN value_set_codes AS codes ON codes.code_system = lines.code_system AND codes.code = lines.code
    WHERE (claim_line_start_date < valid_from OR claim_line_start_date > valid_to)
        AND NOT EXISTS (FROM value_set_codes AS valid WHERE valid.code_system = lines.code_system AND valid.code = lines.code
            AND (valid.valid_from IS NULL OR claim_line_start_date >= valid.valid_from) AND (valid.valid_to IS NULL OR claim_line_start_date <= valid.valid_to)
            AND (valid.valid_from IS NOT NULL OR valid.valid_to IS NOT NULL))
    UNION
    SELECT lines.line_key, lines.code FROM claim_codes AS lines JOIN final_lines USING (line_key)
    JOIN release_codes AS codes ON codes.code_system = lines.code_system AND codes.code = lines.code
    GROUP BY lines.line_key, lines.code, claim_line_start_date
    HAVING NOT bool_or(claim_line_start_date >= valid_from AND (valid_to IS NULL OR claim_line_start_date <= valid_to))) AS invalid
JOIN final_lines USING (line_key)
JOIN judged_courses AS courses ON courses.member_id = final_lines.member_id AND claim_line_start_date <= courses.end_day AND claim_line_end_date >= courses.start_day
WHERE courses.attribution <> 'none' OR (listed AND invalid.code = hcpcs_code)
ORDER BY episode_id, line_key;

-- name: maternal_code
SELECT episode_id, list_sort(list_distinct(list(cite(source_file, source_row))))[:3] AS evidence
FROM judged_courses AS courses JOIN statements USING (member_id)
JOIN value_set_codes AS codes ON codes.code_system = statements.code_system AND starts_with(statements.code, codes.code) AND codes.value_set = 'maternal_diagnosis'
WHERE courses.attribution <> 'none' AND statements.kind = 'claim' AND episode_id IN (SELECT episode_id FROM ages WHERE fact = 'age_at_start_years' AND high < 1)
GROUP BY episode_id;

-- name: excludes1
WITH coded AS (
    SELECT member_id, code_system, code, start_day, source_file, source_row FROM statements WHERE kind <> 'error' AND status = 'present' AND code IS NOT NULL)
SELECT episode_id, list_sort(list_distinct(list(cite(one.source_file, one.source_row)) || list(cite(other.source_file, other.source_row))))[:4] AS evidence
FROM judged_courses AS courses
JOIN coded AS one ON one.member_id = courses.member_id
JOIN excludes1 AS pairs ON pairs.code = one.code
JOIN coded AS other ON other.member_id = courses.member_id AND other.code_system = one.code_system
    AND (other.code = pairs.with_code OR (pairs.with_prefix AND starts_with(other.code, pairs.with_code)))
WHERE courses.attribution <> 'none' AND one.start_day <= courses.end_day AND other.start_day <= courses.end_day
GROUP BY episode_id;

-- name: gestational_conflict
-- where it is in doubt whose record this is, everything conflicts, and that is said once (DQ-03)
SELECT episode_id, list_sort(list_distinct(list(cite(source_file, source_row)))) AS evidence
FROM judged_courses JOIN evidence USING (episode_id)
WHERE fact = 'gestational_age_days' AND stance = 'range' AND standing = 'inside' AND NOT in_doubt
    AND episode_id IN (SELECT episode_id FROM result_criteria WHERE fact = 'gestational_age_days' AND reason = 'conflicting')
GROUP BY episode_id;

-- name: weight_conflict
SELECT courses.episode_id, list_sort(list_distinct(list(cite(weights.source_file, weights.source_row)))) AS evidence
FROM judged_courses AS courses
JOIN chart_statements AS weights ON weights.member_id = courses.member_id AND weights.concept = 'birth_weight' AND weights.kind = 'chart' AND NOT impossible AND number < getvariable('gw_conflict_grams')
JOIN evidence ON evidence.episode_id = courses.episode_id AND fact = 'gestational_age_days' AND stance = 'range' AND standing = 'inside' AND evidence.low >= getvariable('gw_conflict_ga_days')
WHERE courses.attribution <> 'none'
GROUP BY courses.episode_id;

-- name: code_alias
SELECT episode_id, list_sort(list_distinct(list(cite(source_file, source_row))))[:3] AS evidence
FROM judged_courses JOIN statements USING (member_id)
WHERE asked AND alias_of IS NOT NULL
GROUP BY episode_id;

-- name: overlapping_times
SELECT DISTINCT episode_id, list_sort([cite(one.source_file, one.source_row), cite(other.source_file, other.source_row)]) AS evidence
FROM judged_courses AS courses
JOIN segments AS one ON one.member_id = courses.member_id AND one.start_day BETWEEN courses.start_day AND courses.end_day
JOIN segments AS other ON other.member_id = one.member_id AND other.statement > one.statement AND other.facility <> one.facility
WHERE one.start_at < other.end_at AND other.start_at < one.end_at;

-- name: superseded_version
SELECT NULL AS episode_id, line_key, claim_line_start_date AS first_day, claim_line_end_date AS last_day, [cite(source_file, source_row)] AS evidence
FROM scope_lines WHERE disposition IN ('superseded', 'voided', 'older_row');

-- name: unknown_frequency
SELECT episode_id, line_key, claim_line_start_date AS first_day, claim_line_end_date AS last_day, [cite(source_file, source_row)] AS evidence
FROM scope_lines JOIN line_versions USING (line_key) LEFT JOIN line_attributions USING (line_key)
WHERE frequency NOT IN (SELECT frequency FROM frequency_roles) AND disposition <> 'duplicate';

-- name: unmatched_reversal
-- with the member's nearest course
SELECT arg_min(episode_id, (lines.claim_line_start_date NOT BETWEEN start_day AND end_day, abs(lines.claim_line_start_date - start_day), episode_id)) AS episode_id,
    line_key, any_value(lines.claim_line_start_date) AS first_day, any_value(lines.claim_line_end_date) AS last_day, [any_value(cite(source_file, source_row))] AS evidence
FROM scope_lines AS lines JOIN takings USING (line_key) LEFT JOIN judged_courses AS courses ON courses.member_id = lines.member_id
WHERE line_key NOT IN (SELECT taker FROM given_back)
GROUP BY line_key;

-- name: stale_chart
SELECT episode_id, max(last_billed) AS last_day
FROM judged_courses AS courses
JOIN (SELECT episode_id, max(claim_line_end_date) AS last_billed FROM scope_lines JOIN line_attributions USING (line_key)
      WHERE attribution <> 'linked' GROUP BY episode_id) AS billed USING (episode_id)
JOIN (SELECT member_id, max(coalesce(end_last_day, start_last_day)) AS last_charted FROM chart_rows GROUP BY member_id) AS charted ON charted.member_id = courses.member_id
WHERE asked AND last_charted < last_billed AND last_charted >= start_day
GROUP BY episode_id;

-- name: before_policy
SELECT episode_id, start_day AS first_day FROM judged_courses WHERE before_policy AND attribution <> 'none';

-- name: past_review
SELECT episode_id, start_day AS first_day FROM judged_courses WHERE start_day > getvariable('policy_review_by') AND asked;

-- name: rows_set_aside
SELECT episode_id, list_sort(list(cite(source_file, source_row)))[:5] AS evidence
FROM judged_courses JOIN set_aside USING (member_id) WHERE attribution <> 'none' GROUP BY episode_id;
