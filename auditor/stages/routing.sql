-- Whose rules decide each course, what kind of use it is, and how surely iNO was given.

CREATE OR REPLACE TABLE course_plans AS
SELECT courses.episode_id,
    arg_min(line_of_business, line_key) AS line_of_business, arg_min(state, line_key) AS state, arg_min(plan, line_key) AS plan
FROM courses LEFT JOIN (
    SELECT episode_id, scope_lines.* FROM scope_lines JOIN episode_lines USING (line_key)
    UNION ALL BY NAME
    -- a course without lines takes the plan of the member's nearest claim
    SELECT courses.episode_id, final_lines.* FROM courses JOIN final_lines USING (member_id)
    WHERE episode_id NOT IN (SELECT episode_id FROM episode_lines)) AS lines USING (episode_id)
GROUP BY courses.episode_id;

CREATE OR REPLACE TABLE possible_members AS
SELECT DISTINCT episode_id FROM evidence
WHERE fact IN (SELECT name FROM exposure_rules WHERE role = 'possible_facts') AND strength = 'decides' AND stance = 'present' AND standing <> 'preliminary';

CREATE OR REPLACE TABLE shown_stays AS
SELECT DISTINCT stays.member_id, stays.stay FROM stays
WHERE EXISTS (FROM exposure_evidence AS shown WHERE shown.member_id = stays.member_id AND shown.day BETWEEN stays.first_day AND stays.last_day)
    OR EXISTS (FROM markers WHERE markers.member_id = stays.member_id AND markers.start_day BETWEEN stays.first_day AND stays.last_day);

CREATE OR REPLACE TABLE line_routes AS
SELECT line, state, route FROM lob_routes
UNION ALL
-- a plan whose state the extract does not give: the most careful of its routes
SELECT line, NULL, CASE WHEN bool_or(route = 'case_review') THEN 'case_review' WHEN bool_or(route = 'criteria') THEN 'criteria' ELSE 'elsewhere' END
FROM lob_routes GROUP BY line;

CREATE OR REPLACE TABLE routed_courses AS
SELECT courses.* EXCLUDE (attribution),
    coalesce(courses.attribution,
        CASE WHEN (courses.member_id, courses.stay) IN (SELECT (member_id, stay) FROM shown_stays) THEN 'none'
             WHEN courses.episode_id IN (SELECT episode_id FROM possible_members) THEN 'possible' ELSE 'none' END) AS attribution,
    CASE WHEN is_test THEN 'vasoreactivity' ELSE 'therapy' END AS kind,
    coalesce(line_of_business, getvariable('lob_when_missing')) AS line_of_business, line_of_business IS NULL AS lob_missing,
    course_plans.state, course_plans.plan,
    CASE WHEN list_contains(getvariable('contract_override'), course_plans.plan) THEN 'elsewhere' ELSE coalesce(line_routes.route, 'elsewhere') END AS route,
    coalesce(list_contains(getvariable('contract_override'), course_plans.plan), false) AS overridden_by_contract,
    courses.start_last_day < getvariable('policy_effective') AS before_policy
FROM courses
JOIN course_plans USING (episode_id)
LEFT JOIN line_routes ON line_routes.line = coalesce(line_of_business, getvariable('lob_when_missing'))
    AND line_routes.state IS NOT DISTINCT FROM course_plans.state
ORDER BY episode_id;
