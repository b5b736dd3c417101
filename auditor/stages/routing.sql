-- Whose rules decide each course, what kind of use it is, and how surely iNO was given.

CREATE OR REPLACE TABLE line_routes AS
SELECT line, state, route FROM lob_routes
UNION ALL
-- a plan whose state the extract does not give: the most careful of its routes
SELECT line, NULL, CASE WHEN bool_or(route = 'case_review') THEN 'case_review' WHEN bool_or(route = 'criteria') THEN 'criteria' ELSE 'elsewhere' END
FROM lob_routes GROUP BY line;

-- What its own lines say, first those of a plan that reviews case by case; where none of them says, what the member's other lines say.
CREATE OR REPLACE TABLE course_plans AS
WITH told AS (
    -- what is no two letters names no state whose rules anybody knows
    SELECT line_key, member_id, line_of_business, CASE WHEN regexp_full_match(state, '[A-Z]{2}') THEN state END AS state, plan
    FROM final_lines WHERE member_id IN (SELECT member_id FROM courses)),
ranked AS (
    SELECT told.*, (route IS DISTINCT FROM 'case_review', line_key) AS place
    FROM told LEFT JOIN line_routes ON line_routes.line = line_of_business AND line_routes.state IS NOT DISTINCT FROM told.state),
own AS (
    SELECT episode_id, arg_min(line_of_business, place) AS line_of_business, arg_min(state, place) AS state, arg_min(plan, place) AS plan
    FROM ranked JOIN episode_lines USING (line_key) GROUP BY episode_id),
others AS (
    SELECT member_id, arg_min(line_of_business, place) AS line_of_business, arg_min(state, place) AS state, arg_min(plan, place) AS plan
    FROM ranked GROUP BY member_id)
SELECT courses.episode_id, coalesce(own.line_of_business, others.line_of_business) AS line_of_business,
    coalesce(own.state, others.state) AS state, coalesce(own.plan, others.plan) AS plan
FROM courses LEFT JOIN own USING (episode_id) LEFT JOIN others USING (member_id);

CREATE OR REPLACE TABLE possible_members AS
SELECT DISTINCT episode_id FROM evidence
WHERE fact IN (SELECT name FROM exposure_rules WHERE role = 'possible_facts') AND strength = 'decides' AND stance = 'present' AND standing <> 'preliminary';

CREATE OR REPLACE TABLE shown_stays AS
SELECT DISTINCT stays.member_id, stays.stay FROM stays
WHERE EXISTS (FROM exposure_evidence AS shown WHERE shown.member_id = stays.member_id AND shown.day BETWEEN stays.first_day AND stays.last_day)
    OR EXISTS (FROM markers WHERE markers.member_id = stays.member_id AND markers.start_day BETWEEN stays.first_day AND stays.last_day);

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
    AND line_routes.state IS NOT DISTINCT FROM course_plans.state;
