-- How iNO was used, and what coding says of a whole course.

-- name: test_drug_unknown
SELECT episode_id, start_day AS first_day, end_day AS last_day FROM judged_courses
WHERE kind = 'vasoreactivity' AND attribution NOT IN ('confirmed', 'probable')
    AND episode_id NOT IN (FROM named_tests);

-- name: test_clean
SELECT episode_id, start_day AS first_day, end_day AS last_day FROM judged_courses
WHERE kind = 'vasoreactivity' AND (attribution IN ('confirmed', 'probable') OR episode_id IN (FROM named_tests))
    AND episode_id NOT IN (
        SELECT episode_id FROM coding_claims JOIN line_attributions USING (line_key) JOIN coded_lines USING (line_key) WHERE has_role('test_services', 'hcpcs', code));

-- name: ino_on_ecmo
SELECT days.episode_id, min(days.day) AS first_day, max(days.day) AS last_day, count(DISTINCT days.day) AS days, list_sort(list_distinct(list(cited)))[:5] AS evidence
FROM judged_days AS days
JOIN (
    SELECT member_id, day, cited FROM coded_days WHERE is_of(code, 'venoarterial_ecmo')
    UNION ALL
    SELECT member_id, start_day, cite(source_file, source_row) FROM statements
    WHERE kind IN ('chart', 'procedure') AND code IS NOT NULL AND (code_system, code) IN (SELECT (code_system, code) FROM value_set_codes WHERE value_set = 'venoarterial_ecmo')
        AND status NOT IN ('preliminary', 'absent', 'contraindicated')) AS bypass ON bypass.member_id = days.member_id AND bypass.day = days.day
WHERE is_therapy_day AND days.asked
GROUP BY days.episode_id;

-- name: code_against_age
WITH born AS (
    SELECT episode_id, member_id, any_value(birth_date_day) AS birth_day, any_value(birth_date_last_day) AS birth_last_day
    FROM judged_courses JOIN birth_dates USING (episode_id) JOIN members USING (member_id)
    WHERE trusted AND birth_date_day IS NOT NULL GROUP BY ALL),
billed AS (
    SELECT final_lines.member_id, 'hcpcs' AS code_system, hcpcs_code AS code, claim_line_start_date AS day, source_file, source_row FROM final_lines WHERE living AND hcpcs_code IS NOT NULL
    UNION ALL
    SELECT member_id, code_system, code, claim_line_start_date, source_file, source_row FROM claim_diagnoses JOIN final_lines USING (line_key))
SELECT courses.episode_id, min(day) AS first_day, max(day) AS last_day, list_sort(list_distinct(list(cite(source_file, source_row))))[:5] AS evidence
FROM judged_courses AS courses JOIN born ON born.episode_id = courses.episode_id
JOIN billed ON billed.member_id = courses.member_id AND day BETWEEN courses.start_day AND courses.end_day
JOIN age_limits AS ages ON ages.code_system = billed.code_system AND (ages.code = billed.code OR (ages.is_prefix AND starts_with(billed.code, ages.code)))
-- surely outside: whatever day of the birth's range is the true one
WHERE date_diff('day', birth_last_day, day) > most_days OR date_diff('day', birth_day, day) < least_days
    OR completed_years(birth_last_day, day) >= under_years OR completed_years(birth_day, day) < least_years
GROUP BY courses.episode_id;

-- name: prolonged_course
-- by the hours charted, else by the fewest hours that so many days can hold
SELECT episode_id, start_day AS first_day, end_day AS last_day, therapy_days AS days FROM judged_courses
WHERE asked AND coalesce(elapsed_hours, (therapy_days - 2) * 24.0) > getvariable('prolonged_course_h');

-- name: low_dose_tail
WITH given AS (
    SELECT episode_id, number, doses.start_at AS moment, doses.start_day AS day, source_file, source_row
    FROM judged_courses AS courses JOIN doses ON doses.member_id = courses.member_id AND doses.start_day BETWEEN courses.start_day AND courses.end_day
    WHERE asked AND doses.start_at IS NOT NULL),
last_higher AS (
    SELECT episode_id, max(moment) AS last FROM given WHERE number > getvariable('low_dose_ppm') GROUP BY episode_id),
tails AS (
    SELECT given.* EXCLUDE (source_file, source_row), cite(source_file, source_row) AS cited
    FROM given LEFT JOIN last_higher USING (episode_id) WHERE coalesce(moment > last, getvariable('low_dose_ppm') IS NOT NULL))
SELECT episode_id, arg_min(day, (moment, cited)) AS first_day, arg_max(day, (moment, cited)) AS last_day, [arg_min(cited, (moment, cited)), arg_max(cited, (moment, cited))] AS evidence
FROM tails
GROUP BY episode_id HAVING hours_between(min(moment), max(moment)) > getvariable('low_dose_tail_h');

-- name: high_dose
SELECT episode_id, min(doses.start_day) AS first_day, max(doses.start_day) AS last_day, list_sort(list_distinct(list(cite(source_file, source_row))))[:3] AS evidence
FROM judged_courses AS courses JOIN doses ON doses.member_id = courses.member_id AND doses.start_day BETWEEN courses.start_day AND courses.end_day
WHERE asked AND getvariable('label_notes') AND number > getvariable('high_dose_ppm')
GROUP BY episode_id;

-- name: methemoglobin
-- asked only where the chart holds laboratory results of the course
WITH results AS (
    SELECT episode_id, concept, number, hours_between(courses.start_at, statements.start_at) AS hour, cite(source_file, source_row) AS cited
    FROM judged_courses AS courses JOIN chart_statements AS statements ON statements.member_id = courses.member_id AND statements.start_day BETWEEN courses.start_day AND courses.end_day
    WHERE asked AND getvariable('label_notes') AND basis = 'charted' AND statements.kind = 'chart' AND status NOT IN ('preliminary', 'absent') AND number IS NOT NULL AND NOT impossible
        AND concept IN ('methemoglobin', 'pao2'))
SELECT episode_id, coalesce(list_sort(list_distinct(list(cited) FILTER (concept = 'methemoglobin')))[:3], []) AS evidence
FROM results JOIN judged_courses USING (episode_id)
GROUP BY episode_id
HAVING coalesce(bool_or(concept = 'methemoglobin' AND number >= getvariable('methemoglobin_high')), false)
    OR (any_value(start_at) IS NOT NULL AND NOT coalesce(bool_or(concept = 'methemoglobin' AND hour BETWEEN 0 AND getvariable('methemoglobin_within_h')), false));
