-- Continuation and duration.

-- name: continuation_after_failure
SELECT episode_id, min(day) AS first_day, max(day) AS last_day, count(*) AS days
FROM judged_days WHERE asked AND day_number > 1 AND initiation = 0 AND episode_id NOT IN (SELECT episode_id FROM judged_courses WHERE referred)
GROUP BY episode_id;

-- name: low_saturation
SELECT judged_courses.episode_id, min(day) AS first_day, max(day) AS last_day, count(*) AS days
FROM judged_courses JOIN judged_days USING (episode_id)
WHERE judged_courses.asked AND spo2_low < getvariable('spo2_band_low') AND is_therapy_day GROUP BY ALL;

-- name: past_day_limit
SELECT episode_id, min(day) AS first_day, max(day) AS last_day, count(*) AS days
FROM judged_days WHERE asked AND past_limit AND NOT approved GROUP BY episode_id;

-- name: near_day_limit
SELECT courses.episode_id, start_day AS first_day, end_day AS last_day, therapy_days AS days
FROM judged_courses AS courses
WHERE asked AND therapy_days >= getvariable('day_limit') - 1
    AND episode_id NOT IN (SELECT episode_id FROM judged_days WHERE past_limit);

-- name: billed_without_exposure
SELECT DISTINCT line_attributions.episode_id, line_key, judged_days.day AS first_day, judged_days.day AS last_day, [cite(source_file, source_row)] AS evidence
FROM judged_days JOIN scope_line_days AS days USING (member_id, day)
JOIN line_attributions USING (line_key, episode_id) JOIN scope_lines USING (line_key)
WHERE judged_days.asked AND contradicted AND NOT outside AND attribution IN ('confirmed', 'probable');

-- name: billed_outside_exposure
SELECT line_attributions.episode_id, line_key, min(judged_days.day) AS first_day, max(judged_days.day) AS last_day, count(*) AS days, [any_value(cite(source_file, source_row))] AS evidence
FROM judged_days JOIN scope_line_days AS days USING (member_id, day)
JOIN line_attributions USING (line_key, episode_id) JOIN scope_lines USING (line_key)
WHERE judged_days.asked AND contradicted AND outside AND attribution IN ('confirmed', 'probable')
GROUP BY line_attributions.episode_id, line_key;

-- name: exposure_conflict
SELECT episode_id, min(days.day) AS first_day, max(days.day) AS last_day, count(*) AS days, list_sort(list(cited))[:6] AS evidence
FROM judged_days AS days JOIN denied_days ON denied_days.member_id = days.member_id AND denied_days.day = days.day
WHERE asked AND denied GROUP BY episode_id;

-- name: restart_within
SELECT judged_courses.episode_id, start_day AS first_day, end_day AS last_day, span_days - therapy_days AS days
FROM judged_courses WHERE asked AND span_days > therapy_days;

-- name: restart_without_criteria
SELECT later.episode_id, later.start_day AS first_day
FROM judged_courses AS later
WHERE later.asked AND later.therapy_days > 0
    AND EXISTS (FROM judged_courses AS earlier
        WHERE earlier.member_id = later.member_id AND earlier.episode_id <> later.episode_id AND earlier.therapy_days > 0 AND earlier.end_day < later.start_last_day)
    AND NOT EXISTS (FROM evidence JOIN judged_courses AS earlier ON earlier.member_id = later.member_id AND earlier.episode_id <> later.episode_id
            AND earlier.end_day < later.start_last_day AND earlier.therapy_days > 0
        WHERE evidence.episode_id = later.episode_id AND standing = 'inside' AND strength = 'decides' AND stance IN ('present', 'absent')
            AND source_table = 'events' AND fact IN (SELECT leaves.fact FROM leaves JOIN pathway_paragraphs ON key = split_part(leaf, '/', 1)) AND evidence.day > earlier.end_day AND evidence.what NOT IN ('response', 'oxygen_failure'));

-- name: approval_mismatch
SELECT days.episode_id, min(days.day) AS first_day, max(days.day) AS last_day, count(*) AS days
FROM judged_days AS days
WHERE days.asked AND is_therapy_day AND past_limit AND NOT approved
    AND episode_id IN (SELECT episode_id FROM approvals)
GROUP BY days.episode_id;

-- name: approval_disputed
SELECT days.episode_id, min(day) AS first_day, max(day) AS last_day, count(DISTINCT day) AS days,
    list_sort(list_distinct(flatten(list([cite(source_file, source_row), cite(denied_file, denied_row)]))))[:6] AS evidence
FROM judged_days AS days JOIN disputed_days USING (episode_id, day)
WHERE asked AND is_therapy_day AND NOT approved
GROUP BY days.episode_id;

-- name: days_not_documented
SELECT courses.episode_id, start_day AS first_day, end_day AS last_day
FROM judged_courses AS courses
WHERE asked AND (basis = 'marker' OR open_end
    -- an end or start known to no day, where the days that it leaves possible pass the limit
    OR episode_id IN (SELECT episode_id FROM result_criteria JOIN policy_roles USING (key) WHERE role = 'duration' AND outcome = 1 AND reason = 'imprecise')
    OR EXISTS (FROM judged_days AS days WHERE days.episode_id = courses.episode_id AND cause = 'days_not_documented'));

-- name: ecmo_overlap
SELECT episode_id, min(day) AS first_day, max(day) AS last_day, count(*) AS days FROM judged_days WHERE cause = 'ecmo' GROUP BY episode_id;

-- name: ino_during_ecmo
-- days that the reading sends to review are C-12's
SELECT days.episode_id, min(day) AS first_day, max(day) AS last_day, count(DISTINCT day) AS days, list_sort(list_distinct(list(cite(source_file, source_row))))[:5] AS evidence
FROM judged_days AS days
JOIN statements AS shown ON shown.member_id = days.member_id AND day BETWEEN shown.start_day AND greatest(coalesce(shown.end_day, shown.start_day), shown.start_day)
WHERE days.asked AND is_therapy_day AND ecmo AND cause <> 'ecmo'
    AND concept = 'ecmo' AND shown.kind <> 'error' AND status IN ('present', 'unsuccessful', 'successful')
GROUP BY days.episode_id;
