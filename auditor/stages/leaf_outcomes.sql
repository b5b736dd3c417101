-- Every condition the policy asks, for every episode: how many rows speak for it, against it, or cannot say. One row a course and leaf.

CREATE OR REPLACE TABLE last_reports AS
SELECT episode_id, fact, arg_max(coalesce(document_id, ''), (coalesce(moment, day::TIMESTAMP), coalesce(document_id, ''))) AS document_id
FROM evidence WHERE report IS NOT NULL AND standing = 'inside' AND stance <> 'none' AND getvariable('echo_reports') = 'last' GROUP BY ALL;

CREATE OR REPLACE TABLE leaf_votes AS
WITH asked AS (
    SELECT leaf, operator, value_number, value_text, evidence.*
    FROM leaves JOIN evidence USING (fact)
    LEFT JOIN last_reports ON last_reports.episode_id = evidence.episode_id AND last_reports.fact = evidence.fact
    WHERE last_reports.document_id IS NULL OR evidence.standing <> 'inside' OR evidence.report IS NULL OR coalesce(evidence.document_id, '') = last_reports.document_id),
voted AS (
    SELECT leaf, episode_id, standing, strength,
        CASE WHEN stance = 'none' THEN NULL
             WHEN stance = 'range' THEN
                CASE operator
                    WHEN '<' THEN CASE WHEN high < value_number THEN 1 WHEN low >= value_number THEN -1 ELSE 0 END
                    WHEN '<=' THEN CASE WHEN high <= value_number THEN 1 WHEN low > value_number THEN -1 ELSE 0 END
                    WHEN '>' THEN CASE WHEN low > value_number THEN 1 WHEN high <= value_number THEN -1 ELSE 0 END
                    WHEN '>=' THEN CASE WHEN low >= value_number THEN 1 WHEN high < value_number THEN -1 ELSE 0 END END
             WHEN stance = value_text THEN 1
             ELSE -1 END AS vote
    FROM asked)
SELECT leaf, episode_id,
    count(*) FILTER (standing = 'conflicting') AS conflicts,
    count(*) FILTER (standing = 'inside' AND strength = 'decides' AND vote = 1) AS votes_for,
    count(*) FILTER (standing = 'inside' AND strength = 'decides' AND vote = -1) AS votes_against,
    count(*) FILTER (standing IN ('inside', 'imprecise') AND strength = 'decides' AND vote IS NOT NULL AND (vote = 0 OR standing = 'imprecise')) AS imprecise,
    count(*) FILTER (standing = 'preliminary') AS preliminary,
    count(*) FILTER (standing = 'inside' AND strength = 'suggests' AND vote IS NOT NULL) AS suggestive,
    count(*) FILTER (standing = 'outside' AND strength = 'decides' AND vote IS NOT NULL) AS outside
FROM voted GROUP BY ALL;

CREATE OR REPLACE TABLE leaf_outcomes AS
SELECT courses.episode_id, leaves.leaf,
    CASE WHEN doubted OR conflicts > 0 OR (votes_for > 0 AND votes_against > 0) THEN 1
         WHEN votes_for > 0 THEN 2 WHEN votes_against > 0 THEN 0 ELSE 1 END::TINYINT AS outcome,
    CASE WHEN doubted OR conflicts > 0 OR (votes_for > 0 AND votes_against > 0) THEN 'conflicting'
         WHEN votes_for > 0 OR votes_against > 0 THEN NULL
         WHEN imprecise > 0 THEN 'imprecise'
         WHEN preliminary > 0 THEN 'preliminary'
         WHEN suggestive > 0 THEN 'suggestive'
         WHEN outside > 0 THEN 'outside the window'
         ELSE 'not documented' END AS reason
FROM (SELECT episode_id, episode_id IN (FROM doubtful_courses) AS doubted FROM courses) AS courses CROSS JOIN leaves
LEFT JOIN leaf_votes ON leaf_votes.episode_id = courses.episode_id AND leaf_votes.leaf = leaves.leaf;
