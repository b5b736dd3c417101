-- Initiation, exclusions and what stands beside them. Queries that serve several paragraphs give `paragraph`. Paragraphs are known by
-- their roles: a policy that gives a role to none has no such finding.

-- name: late_echo
SELECT episode_id, list_sort(list_distinct(list(cite(source_file, source_row))))[:3] AS evidence
FROM judged_courses AS courses JOIN evidence USING (episode_id) JOIN policy_roles AS echo USING (fact)
WHERE asked AND role = 'echo' AND stance = 'present' AND standing = 'outside' AND day >= start_day
    AND (episode_id, fact) NOT IN (SELECT (episode_id, fact) FROM evidence WHERE stance = 'present' AND standing = 'inside')
    AND (episode_id, echo.key) IN (SELECT (episode_id, key) FROM question_criteria)
GROUP BY episode_id;

-- name: boundary_gestation
SELECT episode_id, list_sort(list_distinct(list(cite(source_file, source_row))))[:5] AS evidence
FROM judged_courses JOIN evidence USING (episode_id) JOIN policy_roles AS gestation USING (fact)
WHERE asked AND role = 'gestation' AND getvariable('label_notes') AND stance = 'range' AND standing = 'inside'
    AND low >= getvariable('ga_min_days') AND low < getvariable('ga_min_days') + 7
    AND (episode_id, gestation.key) IN (SELECT (episode_id, key) FROM result_criteria WHERE outcome = 2)
GROUP BY episode_id;

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
    AND episode_id IN (
        SELECT episode_id FROM result_criteria JOIN question_criteria USING (episode_id, key) JOIN policy_roles USING (key)
        WHERE role = 'response' AND reason = 'suggestive');

-- name: exclusion
SELECT result_criteria.episode_id, key AS paragraph
FROM result_criteria JOIN judged_courses USING (episode_id)
WHERE asked AND depth = 0 AND result_criteria.outcome = 2;

-- name: label_contraindication
SELECT episode_id, list_sort(list_distinct(list(cite(source_file, source_row))))[:3] AS evidence
FROM judged_courses JOIN evidence USING (episode_id) JOIN policy_roles AS shunt USING (fact)
WHERE asked AND initiation < 2 AND role = 'right_to_left' AND stance = 'present' AND strength = 'decides' AND standing = 'inside'
    AND (episode_id, shunt.key) IN (SELECT (episode_id, key) FROM result_criteria WHERE outcome = 0)
GROUP BY episode_id;

-- name: no_pathway
-- a pathway is meant for the episode where it is asked and the record denies nothing of whom it is for
SELECT episode_id FROM judged_courses AS courses
WHERE asked AND exclusion IS NULL AND NOT courses.referred
    AND episode_id NOT IN (
        SELECT meant.episode_id FROM result_criteria AS meant JOIN policy_roles ON policy_roles.key = meant.key AND role = 'pathways'
        WHERE outcome <> 3 AND (meant.episode_id, meant.key) NOT IN (
            SELECT (denied.episode_id, pathway) FROM result_criteria AS denied
            JOIN policy_roles AS population ON population.key = denied.key AND population.role = 'population'
            JOIN pathway_paragraphs ON pathway_paragraphs.key = denied.key
            WHERE denied.outcome = 0));
