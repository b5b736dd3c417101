-- What the audit knows under one revision and does not publish: which paragraphs are in question, and how many rows speak of each fact.

-- name: begin
CREATE OR REPLACE TABLE watched_questions (episode_id VARCHAR, key VARCHAR);
CREATE OR REPLACE TABLE watched_facts (revision VARCHAR, fact VARCHAR, rows BIGINT);

-- name: watch
INSERT INTO watched_questions
SELECT episode_id, key FROM question_criteria JOIN judged_courses USING (episode_id)
WHERE asked AND episode_id IN (SELECT episode_id FROM governed);

INSERT INTO watched_facts
SELECT getvariable('policy_revision'), fact, count(*) FROM (
    SELECT fact FROM rule_matches
    UNION ALL
    SELECT evidence_rules.fact FROM derived_evidence JOIN evidence_rules ON kind = 'derived' AND concept = derived
    UNION ALL
    SELECT fact FROM ages
    UNION ALL
    SELECT fact FROM durations
    UNION ALL
    -- a saturation says nothing of oxygen by itself
    SELECT fact_inputs.fact FROM statements JOIN fact_inputs USING (concept) WHERE role <> 'saturation')
GROUP BY fact;
