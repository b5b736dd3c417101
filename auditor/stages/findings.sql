-- What someone must act on, one row a finding, and the dollars each carries: every dollar at risk under one finding.

CREATE OR REPLACE TABLE named_findings AS
-- a paragraph that is not met or unknown, of a pathway that is in question
SELECT criteria.episode_id, finding_id, types.state, types.name, types.says || coalesce(' (' || reason || ')', '') AS says, severity, action, types.basis,
    coalesce(types.paragraph, key) AS paragraph, NULL::BIGINT AS line_key, NULL::DATE AS first_day, NULL::DATE AS last_day, NULL::BIGINT AS days,
    NULL::VARCHAR[] AS evidence, NULL::BIGINT[] AS lines, NULL::VARCHAR AS query, carc, rarc,
    CASE WHEN key IN (SELECT leaf FROM leaves WHERE fact = 'oxygen_need') THEN 'oxygen_need' ELSE 'initiation' END AS cause, criteria.fact, criteria.key
FROM result_criteria AS criteria
JOIN judged_courses AS courses USING (episode_id)
JOIN question_criteria USING (episode_id, key)
JOIN finding_types AS types ON types.criterion = criteria.key
    AND types.state = CASE WHEN criteria.outcome = 0 THEN 'F' WHEN reason = 'conflicting' THEN 'X' ELSE 'U' END
WHERE courses.asked AND criteria.outcome <= 1
    AND (courses.initiation <= 1 OR key IN (SELECT leaf FROM leaves WHERE fact = 'oxygen_need'))
    AND (criteria.episode_id, finding_id) NOT IN (
        SELECT (raw.episode_id, types.replaces) FROM raw_findings AS raw JOIN finding_types AS types ON types.query = raw.query AND types.paragraph = raw.paragraph
        WHERE types.replaces IS NOT NULL)
UNION ALL
SELECT raw.episode_id, finding_id, types.state, types.name, types.says, severity, action, types.basis, types.paragraph,
    raw.line_key, raw.first_day, raw.last_day, raw.days, raw.evidence, raw.lines, raw.query, carc, rarc, cause, NULL, NULL
FROM raw_findings AS raw
JOIN finding_types AS types ON types.query = raw.query AND (raw.paragraph IS NULL OR raw.paragraph = types.paragraph);

-- The rows behind a paragraph's finding: those that speak of its facts.
CREATE OR REPLACE TABLE criterion_sources AS
SELECT criteria.episode_id, group_key AS key, list_sort(list_distinct(list(cite(source_file, source_row))))[:6] AS evidence
FROM (SELECT DISTINCT episode_id, key AS group_key FROM named_findings WHERE key IS NOT NULL) AS asked
JOIN result_criteria AS criteria ON criteria.episode_id = asked.episode_id AND (criteria.key = group_key OR starts_with(criteria.key, group_key || '.'))
JOIN evidence ON evidence.episode_id = criteria.episode_id AND evidence.fact = criteria.fact AND standing <> 'outside' AND source_file IS NOT NULL
GROUP BY ALL;

CREATE OR REPLACE TABLE numbered_findings AS
SELECT row_number() OVER (ORDER BY named.episode_id, finding_id, state, paragraph, line_key, first_day, last_day) AS number,
    named.* EXCLUDE (evidence, fact, key), coalesce(named.evidence, sources.evidence, []) AS evidence
FROM named_findings AS named LEFT JOIN criterion_sources AS sources ON sources.episode_id = named.episode_id AND sources.key = named.key;

-- Whose rules review a case, people decide: under case review nothing is referred for denial.
CREATE OR REPLACE TABLE clinical_carriers AS
SELECT line_key, day, bucket, cents, number, severity
FROM (
    SELECT parts.line_key, parts.day, parts.bucket, parts.cents, findings.number, severity,
        row_number() OVER (PARTITION BY parts.line_key, parts.day ORDER BY
            CASE WHEN findings.cause = parts.cause OR (findings.cause = 'initiation' AND parts.cause IN ('time_limit', 'referred')) THEN 0 WHEN findings.basis <> 'none' THEN 1 ELSE 2 END,
            CASE WHEN findings.cause = 'initiation' AND (findings.state = 'F') <> (parts.bucket = 'not_supported') THEN 1 ELSE 0 END,
            findings.cause IS DISTINCT FROM parts.cause,
            severity, finding_id, number) AS place
    FROM line_days AS parts
    JOIN numbered_findings AS findings ON findings.episode_id = parts.episode_id AND (findings.line_key IS NULL OR findings.line_key = parts.line_key)
    WHERE parts.bucket IN ('not_supported', 'records_needed', 'medical_review') AND findings.lines IS NULL)
WHERE place = 1;

-- A coding edit carries the parts it puts at risk, and those at risk already where it weighs more than what carries them.
CREATE OR REPLACE TABLE carried_dollars AS
SELECT number, sum(CASE WHEN bucket IN ('not_supported', 'coding') THEN cents ELSE 0 END)::BIGINT AS low, sum(cents)::BIGINT AS high
FROM (
    SELECT parts.bucket, parts.cents, CASE WHEN coding.number IS NOT NULL AND (clinical.number IS NULL OR coding.severity < clinical.severity) THEN coding.number ELSE clinical.number END AS number
    FROM line_days AS parts
    LEFT JOIN clinical_carriers AS clinical ON clinical.line_key = parts.line_key AND clinical.day = parts.day
    LEFT JOIN (
        SELECT claims.line_key, claims.day, min(number) AS number, any_value(claims.severity) AS severity
        FROM coding_claims AS claims JOIN numbered_findings AS findings ON findings.query = claims.query AND list_contains(findings.lines, claims.line_key)
        GROUP BY ALL) AS coding ON coding.line_key = parts.line_key AND coding.day = parts.day
    WHERE parts.bucket IN ('not_supported', 'coding', 'records_needed', 'medical_review', 'coding_review'))
WHERE number IS NOT NULL
GROUP BY number;

-- Edits of lines at risk for which it is too late say so themselves: whoever works on them may see nothing else.
CREATE OR REPLACE TABLE late_findings AS
SELECT DISTINCT number, (SELECT any_value(says) FROM finding_types WHERE query = 'window_closed') AS late
FROM (SELECT number, unnest(lines) AS line_key FROM numbered_findings)
JOIN recovery_ends USING (line_key) JOIN lines_at_risk USING (line_key)
WHERE ends < getvariable('as_of');

CREATE OR REPLACE TABLE result_findings AS
SELECT findings.episode_id, finding_id, findings.state, name, says || coalesce(' ' || late, '') AS says, severity,
    CASE WHEN courses.route = 'case_review' AND action = 'medical_director' THEN 'case_review' ELSE action END AS action,
    findings.basis, paragraph, line_key, first_day, last_day, days,
    coalesce(low, 0) AS at_risk_low_cents, coalesce(high, 0) AS at_risk_high_cents, evidence, carc, rarc, getvariable('policy_revision') AS policy_revision
FROM numbered_findings AS findings
LEFT JOIN judged_courses AS courses USING (episode_id)
LEFT JOIN carried_dollars USING (number)
LEFT JOIN late_findings USING (number);
