-- Initiation, exclusions and what stands beside them. Queries that serve several paragraphs give `paragraph`.

-- name: late_echo
SELECT episode_id, list_sort(list_distinct(list(cite(source_file, source_row))))[:3] AS evidence
FROM judged_courses AS courses JOIN evidence USING (episode_id)
WHERE asked AND fact = 'echo_done' AND stance = 'present' AND standing = 'outside' AND day >= start_day
    AND episode_id NOT IN (SELECT episode_id FROM evidence WHERE fact = 'echo_done' AND stance = 'present' AND standing = 'inside')
    AND (episode_id, 'I.A') IN (SELECT (episode_id, key) FROM question_criteria)
GROUP BY episode_id;

-- name: boundary_gestation
SELECT DISTINCT episode_id, [cite(source_file, source_row)] AS evidence
FROM judged_courses JOIN evidence USING (episode_id)
WHERE asked AND getvariable('label_notes') AND fact = 'gestational_age_days' AND stance = 'range' AND standing = 'inside'
    AND low >= getvariable('ga_min_days') AND low < getvariable('ga_min_days') + 7
    AND (episode_id, 'I.A.gestation') IN (SELECT (episode_id, key) FROM result_criteria WHERE outcome = 2);

-- name: referred
SELECT result_criteria.episode_id, key AS paragraph
FROM result_criteria
JOIN judged_courses USING (episode_id)
JOIN question_criteria USING (episode_id, key)
WHERE asked AND result_criteria.referred AND result_criteria.outcome = 0
    -- only where the rest of the pathway does not fail
    AND (episode_id, question_criteria.pathway) IN (SELECT (episode_id, key) FROM result_criteria WHERE referred);

-- name: past_improvement_window
SELECT episode_id, min(day) AS first_day, max(day) AS last_day, count(*) AS days FROM judged_days WHERE cause = 'time_limit' GROUP BY episode_id;

-- name: computed_nonresponse
SELECT episode_id, [cite(source_file, source_row)] AS evidence
FROM judged_courses JOIN derived_evidence USING (episode_id)
WHERE asked AND derived = 'response' AND status = 'absent'
    AND (episode_id, 'I.B.3') IN (SELECT (episode_id, key) FROM result_criteria WHERE reason = 'suggestive')
    AND (episode_id, 'I.B.3') IN (SELECT (episode_id, key) FROM question_criteria);

-- name: exclusion
SELECT result_criteria.episode_id, key AS paragraph
FROM result_criteria JOIN judged_courses USING (episode_id)
WHERE asked AND depth = 0 AND result_criteria.outcome = 2;

-- name: label_contraindication
SELECT episode_id, list_sort(list_distinct(list(cite(source_file, source_row))))[:3] AS evidence
FROM judged_courses JOIN evidence USING (episode_id)
WHERE asked AND initiation < 2 AND fact = 'chd_right_to_left' AND stance = 'present' AND strength = 'decides' AND standing = 'inside'
    AND (episode_id, 'I.A.3.b') IN (SELECT (episode_id, key) FROM result_criteria WHERE outcome = 0)
GROUP BY episode_id;

-- name: no_pathway
SELECT episode_id FROM judged_courses AS courses
WHERE asked AND exclusion IS NULL AND NOT courses.referred
    AND NOT EXISTS (FROM result_criteria AS population WHERE population.episode_id = courses.episode_id
        AND ((population.key = 'I.A' AND population.outcome <> 3) OR (population.key IN ('I.B.age', 'I.B.1.defect') AND population.outcome <> 0 AND NOT EXISTS (
            FROM result_criteria AS other WHERE other.episode_id = courses.episode_id AND other.key IN ('I.B.age', 'I.B.1.defect') AND other.outcome = 0))));
