-- What each coding edit comes to: the dollars in question day by day, and one answer a line, or for lines that are one matter together.

-- What is asked about dollars, and whether the answer is sure where the edit holds.
CREATE OR REPLACE TABLE dollar_hits AS
SELECT hits.query, hits.line_key, hits.day, other, severity, finding_id, action, cause, coalesce(doubted, false) AS doubted,
    action = 'coding_adjustment' AND cause IS DISTINCT FROM 'excess' AND NOT coalesce(doubted, false) AS refuses
FROM coding_hits AS hits JOIN finding_types AS types ON types.query = hits.query
WHERE types.basis = 'line' AND NOT coalesce(explained, false);

-- Of two edits that refuse a line for the other's sake the graver holds.
CREATE OR REPLACE TABLE refusals AS
SELECT DISTINCT query, line_key, day, other FROM dollar_hits AS one
WHERE refuses AND NOT EXISTS (
    FROM dollar_hits AS back WHERE back.refuses AND back.line_key = one.other AND back.other = one.line_key AND back.day = one.day
        AND (back.severity, back.finding_id, back.line_key) < (one.severity, one.finding_id, one.line_key));

-- What is refused itself refuses nothing else: of lines that exclude each other one stands.
CREATE OR REPLACE TABLE sure_refusals AS
SELECT DISTINCT query, line_key, day FROM refusals AS one
WHERE other IS NULL OR NOT EXISTS (FROM refusals AS back WHERE back.line_key = one.other AND back.day = one.day);

-- Whose dollars: the highest severity first. Sure where the line is not paid; a question where people, or the units, must decide how much.
CREATE OR REPLACE TABLE coding_claims AS
SELECT line_key, day, query, severity, CASE WHEN refuses THEN 'coding' ELSE 'coding_review' END AS bucket
FROM (
    SELECT *, row_number() OVER (PARTITION BY line_key, day
        ORDER BY doubted, severity, action <> 'coding_adjustment', cause IS NOT DISTINCT FROM 'excess', finding_id) AS place
    FROM dollar_hits
    WHERE NOT refuses OR (query, line_key, day) IN (SELECT (query, line_key, day) FROM sure_refusals))
WHERE place = 1;

INSERT INTO raw_findings BY NAME
SELECT query, any_value(episode_id) AS episode_id, CASE WHEN count(DISTINCT line_key) = 1 THEN min(line_key) END AS line_key,
    min(day) AS first_day, max(day) AS last_day, count(DISTINCT day) AS days,
    list_sort(list_distinct(flatten(list(evidence))))[:6] AS evidence, list_sort(list_distinct(list(line_key))) AS lines
FROM coding_hits JOIN line_attributions USING (line_key)
GROUP BY query, coalesce(together, 'line ' || line_key), episode_id;

-- When the payment of each line can no longer be asked back: the earliest end of the rules for its plan, by when it was paid.
CREATE OR REPLACE TABLE recovery_ends AS
SELECT episode_id, line_key, first_day, last_day, cited, min((paid_date + to_months(months::INTEGER))::DATE) AS ends
FROM coded_lines JOIN line_attributions USING (line_key)
JOIN recovery_windows AS windows ON windows.line = line_of_business AND windows.state = coded_lines.state AND (windows.plan IS NULL OR windows.plan = coded_lines.plan)
    AND (valid_from IS NULL OR paid_date >= valid_from) AND (valid_to IS NULL OR paid_date <= valid_to)
WHERE counted AND paid_date IS NOT NULL
GROUP BY ALL;
