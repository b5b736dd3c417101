-- What an analyst would write in an afternoon, in one file: every course of inhaled nitric oxide of an extract, judged by the guideline.
-- Run in the folder of the extract (SET file_search_path). It reads the whole extract in one go and believes it: no intake checks, no row
-- set aside, no findings, no coding edits, no citations, no settling; formats, codes and statuses are those that seeded data hold.
-- Outcomes: 0 not met, 1 unknown, 2 met, 3 not asked. The table `answers` is the result: one row an episode.

-- 1. Members with a listed service, words for iNO on a line, or iNO on the chart; and their rows only.
CREATE TEMP MACRO says_gas(words) AS coalesce(regexp_matches(words, 'nitric[ -]*oxide', 'i') AND NOT regexp_matches(words, 'exhaled|expired|\bfeno\b|nitrous', 'i'), false);
CREATE TEMP MACRO hints_gas(words) AS coalesce(regexp_matches(words, '\bi\.?n\.?o\b|\binomax\b|\bgenosyl\b|\bnoxivent\b', 'i') AND NOT regexp_matches(words, 'exhaled|expired|\bfeno\b|nitrous', 'i'), false);
CREATE TEMP MACRO is_listed(code) AS coalesce(code IN ('93463', '94002', '94003', '94799'), false);

CREATE TEMP TABLE patients AS
SELECT member_id FROM 'claim_lines.parquet' WHERE is_listed(hcpcs_code) OR says_gas(line_description)
UNION
SELECT member_id FROM 'events.parquet' WHERE concept IN ('ino', 'ino_dose');

CREATE TEMP TABLE chart AS
SELECT member_id, start AS moment, start::DATE AS day, "end" AS end_at, concept, coalesce(status, 'present') AS status, value, TRY_CAST(value AS DOUBLE) AS number
FROM 'events.parquet' SEMI JOIN patients USING (member_id);

-- 2. The final version of each claim: a replacement or void ends what it names, unless it is pending or denied itself; denied lines show a
-- service, and carry no dollars.
CREATE TEMP TABLE lines AS
SELECT row_number() OVER () AS line, * FROM (
    SELECT member_id, claim_id, claim_line_start_date AS first_day, coalesce(claim_line_end_date, claim_line_start_date) AS last_day,
        hcpcs_code, line_description AS words, line_of_business, state, diagnosis_code_1, diagnosis_code_2, claim_status,
        CASE WHEN claim_status = 'paid' THEN (coalesce(paid_amount, allowed_amount, 0) * 100)::BIGINT ELSE 0 END AS cents,
        frequency, idle,
        received_date IS NOT DISTINCT FROM max(CASE WHEN NOT idle THEN received_date END) OVER (PARTITION BY member_id, family) AS newest,
        bool_or(frequency IN ('7', '8') AND NOT idle) OVER (PARTITION BY member_id, family) AS replaced
    FROM (
        SELECT *, frequency IN ('7', '8') AND bool_and(claim_status IN ('pending', 'denied')) OVER (PARTITION BY member_id, claim_id, frequency, received_date) AS idle
        FROM (SELECT *, coalesce(frequency_code, '1') AS frequency, coalesce(original_claim_id, claim_id) AS family FROM 'claim_lines.parquet' SEMI JOIN patients USING (member_id))))
WHERE claim_status <> 'reversed' AND (idle OR NOT replaced OR (newest AND frequency <> '8'));

CREATE TEMP TABLE ino_lines AS
SELECT *, says_gas(words) AS says, hcpcs_code IS NOT DISTINCT FROM '94799' AND hints_gas(words) AS hints, is_listed(hcpcs_code) AS listed
FROM lines WHERE is_listed(hcpcs_code) OR says_gas(words);

CREATE TEMP TABLE line_days AS
SELECT line, member_id, unnest(range(first_day, last_day + 1, INTERVAL 1 DAY))::DATE AS day, cents, says, hints, hcpcs_code FROM ino_lines;

-- 3. Days on which iNO is shown: by the chart from start to end (midnight touches no new day), by a dose, by a line that says so.
CREATE TEMP TABLE segments AS
SELECT member_id, moment, end_at, day AS first_day,
    CASE WHEN end_at IS NULL THEN day WHEN end_at = date_trunc('day', end_at) AND end_at::DATE > day THEN end_at::DATE - 1 ELSE end_at::DATE END AS last_day
FROM chart WHERE concept = 'ino' AND status NOT IN ('preliminary', 'entered_in_error', 'absent', 'contraindicated');

CREATE TEMP TABLE shown AS
SELECT member_id, unnest(range(first_day, last_day + 1, INTERVAL 1 DAY))::DATE AS day, true AS charted, true AS by_segment, end_at IS NOT NULL AS closed, moment AS begun FROM segments
UNION ALL
SELECT member_id, day, true, false, NULL, moment FROM chart WHERE concept = 'ino_dose' AND number > 0 AND number <= 200 AND status = 'present'
UNION ALL
SELECT member_id, day, false, false, NULL, NULL FROM line_days WHERE says;

-- Stays: services and iNO with no free day between them. A hint counts where its stay shows iNO.
CREATE TEMP TABLE stays AS
WITH ranges AS (
    SELECT member_id, min(first_day) AS first_day, max(last_day) AS last_day FROM ino_lines GROUP BY member_id, claim_id
    UNION SELECT member_id, day, day FROM shown),
steps AS (
    SELECT *, coalesce(first_day > max(last_day) OVER earlier + 1, true) AS begins FROM ranges
    WINDOW earlier AS (PARTITION BY member_id ORDER BY first_day, last_day ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)),
numbered AS (
    SELECT *, sum(begins::INT) OVER (PARTITION BY member_id ORDER BY first_day, last_day ROWS UNBOUNDED PRECEDING) AS stay FROM steps)
SELECT member_id, stay, min(first_day) AS first_day, max(last_day) AS last_day FROM numbered GROUP BY ALL;

CREATE TEMP TABLE stays_on_gas AS
SELECT DISTINCT member_id, stay FROM stays JOIN (SELECT DISTINCT member_id, day FROM shown) USING (member_id) WHERE day BETWEEN first_day AND last_day;

CREATE TEMP TABLE hint_days AS
SELECT line, member_id, day FROM line_days JOIN stays USING (member_id) SEMI JOIN stays_on_gas USING (member_id, stay)
WHERE hints AND day BETWEEN first_day AND last_day;

-- A day that only claims show, after the chart says that iNO ended (or before it says that it began), is no therapy day.
CREATE TEMP TABLE gas_days AS
WITH days AS (
    SELECT member_id, day, bool_or(charted) AS charted, bool_or(by_segment) AS opened, bool_or(by_segment) AND bool_and(closed) FILTER (by_segment) AS closed,
        min(begun) FILTER (begun::DATE = day) AS begun, bool_or(by_segment) AS in_segment, bool_or(by_segment AND NOT closed) AS open_end
    FROM (FROM shown UNION ALL SELECT member_id, day, false, false, NULL, NULL FROM hint_days) GROUP BY ALL),
islands AS (
    SELECT *, sum(begins::INT) OVER (PARTITION BY member_id ORDER BY day ROWS UNBOUNDED PRECEDING) AS island
    FROM (SELECT *, coalesce(day - lag(day) OVER (PARTITION BY member_id ORDER BY day) > 3, true) AS begins FROM days)),
bracketed AS (
    SELECT *, last_value(CASE WHEN charted THEN coalesce(closed, false) END IGNORE NULLS) OVER earlier AS ended, first_value(CASE WHEN charted THEN opened END IGNORE NULLS) OVER later AS began,
        coalesce(last_value(CASE WHEN charted THEN day END IGNORE NULLS) OVER earlier, first_value(CASE WHEN charted THEN day END IGNORE NULLS) OVER later) AS beside
    FROM islands
    WINDOW earlier AS (PARTITION BY member_id, island ORDER BY day ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING),
        later AS (PARTITION BY member_id, island ORDER BY day ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING))
SELECT member_id, day, begun, in_segment, open_end, beside,
    NOT charted AND coalesce(ended, true) AND coalesce(began, true) AND (ended IS NOT NULL OR began IS NOT NULL) AS outside
FROM bracketed;

-- 4. Episodes: therapy days with fewer than three free days between them; the lines that none explains, by stay.
CREATE TEMP TABLE therapy_days AS
SELECT *, row_number() OVER (PARTITION BY member_id, run ORDER BY day) AS number, first_value(day) OVER (PARTITION BY member_id, run ORDER BY day) AS start_day
FROM (
    SELECT *, sum(begins::INT) OVER (PARTITION BY member_id ORDER BY day ROWS UNBOUNDED PRECEDING) AS run
    FROM (SELECT *, coalesce(day - lag(day) OVER (PARTITION BY member_id ORDER BY day) > 3, true) AS begins FROM gas_days WHERE NOT outside));

CREATE TEMP TABLE course_days AS
SELECT member_id, start_day, day, number, false AS outside FROM therapy_days
UNION ALL
SELECT gas_days.member_id, start_day, gas_days.day, NULL, true
FROM gas_days JOIN therapy_days ON therapy_days.member_id = gas_days.member_id AND therapy_days.day = gas_days.beside WHERE gas_days.outside;

CREATE TEMP TABLE explained AS
SELECT line, coalesce(min(start_day) FILTER (own), min(start_day)) AS start_day
FROM (
    SELECT line, courses.start_day, therapy_days.day IS NOT NULL AS own
    FROM line_days AS lines
    JOIN (SELECT member_id, start_day, min(day) AS first_day, max(day) AS last_day FROM course_days GROUP BY ALL) AS courses
        ON courses.member_id = lines.member_id AND lines.day BETWEEN first_day AND last_day
    LEFT JOIN therapy_days ON therapy_days.member_id = lines.member_id AND therapy_days.day = lines.day AND therapy_days.start_day = courses.start_day)
GROUP BY line;

CREATE TEMP TABLE episode_lines AS
SELECT line, member_id, start_day, true AS on_gas FROM explained JOIN ino_lines USING (line)
UNION ALL
SELECT line, lines.member_id, min(lines.first_day) OVER (PARTITION BY lines.member_id, stay), false
FROM ino_lines AS lines ANTI JOIN explained USING (line)
JOIN stays ON stays.member_id = lines.member_id AND lines.first_day BETWEEN stays.first_day AND stays.last_day;

CREATE TEMP TABLE episodes AS
WITH runs AS (
    SELECT member_id, start_day, true AS on_gas, coalesce(min(begun) FILTER (number = 1), start_day::TIMESTAMP) AS start_at, max(day) AS end_day, count(*) AS therapy_days,
        bool_and(in_segment) AS timed, arg_max(open_end, day) AS open_end
    FROM therapy_days GROUP BY member_id, start_day),
hours AS (
    SELECT member_id, start_day, sum(epoch(end_at) - epoch(moment)) / 3600 AS hours
    FROM segments JOIN runs USING (member_id) WHERE segments.first_day BETWEEN start_day AND end_day AND end_at IS NOT NULL GROUP BY ALL)
SELECT row_number() OVER () AS episode, * FROM (
    SELECT runs.* EXCLUDE (timed), CASE WHEN timed THEN hours END AS hours FROM runs LEFT JOIN hours USING (member_id, start_day)
    UNION ALL
    SELECT member_id, start_day, false, start_day::TIMESTAMP, max(last_day), 0, false, NULL
    FROM episode_lines JOIN ino_lines USING (line, member_id) WHERE NOT on_gas GROUP BY member_id, start_day);

-- 5. Who the member is: plan, age at the start, gestational age at birth.
CREATE TEMP TABLE people AS
WITH plans AS (
    -- an episode without a line of its own has the plan of the member's other lines
    SELECT episode, arg_min(line_of_business, (own IS NULL, first_day, lines.line)) AS plan, arg_min(state, (own IS NULL, first_day, lines.line)) AS state
    FROM episodes LEFT JOIN lines USING (member_id)
    LEFT JOIN (SELECT line, start_day, true AS own FROM episode_lines) AS mine ON mine.line = lines.line AND mine.start_day = episodes.start_day
    GROUP BY ALL),
births AS (
    SELECT member_id, birth_date::TIMESTAMP AS born, length(birth_date) > 10 AS timed FROM 'members.parquet' SEMI JOIN patients USING (member_id)),
gestations AS (
    SELECT member_id, min(days) AS low, max(days) AS high
    FROM (SELECT member_id, 7 * split_part(value, 'w', 1)::INT + rtrim(split_part(value, 'w', 2), 'd')::INT AS days FROM chart WHERE concept = 'gestational_age' AND status = 'present')
    WHERE days BETWEEN 112 AND 315 GROUP BY ALL)
SELECT episode,
    CASE WHEN plan IN ('commercial', 'medicare') AND state IN ('ID', 'MT', 'OR', 'WA') THEN 'criteria' WHEN plan = 'medicaid' AND state = 'OR' THEN 'case review' ELSE 'elsewhere' END AS route,
    CASE WHEN timed AND on_gas THEN floor((epoch(start_at) - epoch(born)) / 86400) ELSE start_day - born::DATE END::INT AS age_days,
    datesub('year', born::DATE, start_day) AS age_years,
    low AS gestation_low, high AS gestation_high
FROM episodes JOIN plans USING (episode) LEFT JOIN births USING (member_id) LEFT JOIN gestations USING (member_id);

-- 6. What the record shows of each fact: charted words within hours of the start, codes within days of it.
CREATE TEMP TABLE chart_rules AS FROM (VALUES
    ('pphn', 'pphn', NULL, 0, ['present'], ['absent']),
    ('failure', 'hypoxic_respiratory_failure', NULL, 0, ['present'], ['absent']),
    ('oxygen', 'oxygen_100', NULL, 0, ['unsuccessful', 'contraindicated', 'not_tolerated'], ['successful', 'absent']),
    ('alkalosis', 'alkalosis', NULL, 0, ['unsuccessful', 'contraindicated', 'not_tolerated'], ['successful', 'absent']),
    ('blockade', 'neuromuscular_blockade', NULL, 0, ['unsuccessful', 'contraindicated', 'not_tolerated'], ['successful', 'absent']),
    ('blockade', 'nmb_and_sedation', NULL, 0, ['unsuccessful', 'contraindicated', 'not_tolerated'], ['successful', 'absent']),
    ('sedation', 'sedation', NULL, 0, ['unsuccessful', 'contraindicated', 'not_tolerated'], ['successful', 'absent']),
    ('sedation', 'nmb_and_sedation', NULL, 0, ['unsuccessful', 'contraindicated', 'not_tolerated'], ['successful', 'absent']),
    ('ventilation', 'maximum_ventilation', NULL, 0, ['unsuccessful', 'contraindicated', 'not_tolerated'], ['successful', 'absent']),
    ('oscillation', 'hfov', NULL, 0, ['unsuccessful', 'contraindicated', 'not_tolerated'], ['successful', 'absent']),
    ('echo', 'echo', -72, 24, ['present'], ['absent']),
    ('echo', 'echo_pphn', -72, 24, ['present', 'absent'], []),
    ('echo', 'echo_structural_chd', -72, 24, ['present', 'absent'], []),
    ('echo_pphn', 'echo_pphn', -72, 24, ['present'], ['absent']),
    ('right_to_left', 'echo_chd_right_to_left', -72, 24, ['present'], ['absent']),
    ('right_to_left', 'echo_structural_chd', -72, 24, [], ['absent']),
    ('right_to_left', 'chd_right_to_left', NULL, NULL, ['present'], ['absent']),
    ('right_to_left', 'chd', NULL, NULL, [], ['absent']),
    ('cdh', 'echo_cdh', NULL, NULL, ['present'], ['absent']),
    ('cdh', 'imaging_cdh', NULL, NULL, ['present'], ['absent']),
    ('cdh', 'prenatal_cdh', NULL, NULL, ['present'], ['absent']),
    ('cdh', 'cdh', NULL, NULL, ['present'], ['absent']),
    ('chd', 'chd', NULL, NULL, ['present'], ['absent']),
    ('chd', 'chd_right_to_left', NULL, NULL, ['present'], []),
    ('chd', 'echo_structural_chd', NULL, NULL, ['present'], ['absent']),
    ('chd', 'echo_chd_right_to_left', NULL, NULL, ['present'], []),
    ('bypass', 'cardiopulmonary_bypass', -336, 168, ['present'], ['absent']),
    ('heart_surgery', 'heart_surgery', -336, 168, ['present'], ['absent']),
    ('heart_surgery', 'cardiopulmonary_bypass', -336, 168, ['present'], []),
    ('lung_surgery', 'lung_surgery', -336, 168, ['present'], ['absent']),
    ('hypoxia', 'perioperative_hypoxia', -336, 168, ['present'], ['absent']),
    ('hypoxia', 'hypoxic_respiratory_failure', -336, 168, ['present'], []),
    ('hypertension', 'pulmonary_arterial_hypertension', NULL, 0, ['present'], ['absent']),
    ('hypertension', 'ph_crisis', -336, 168, ['present'], []),
    ('crisis', 'ph_crisis', -336, 168, ['present'], ['absent']),
    ('improvement', 'rapid_improvement', 0, NULL, ['present'], ['absent']),
    ('ards', 'ards', NULL, 0, ['present'], ['absent'])
) AS rules(fact, concept, from_hour, to_hour, shows, denies);

CREATE TEMP TABLE code_rules AS FROM (VALUES  -- days from the start; NULL to: until the episode's last day
    ('pphn', '^P2930$', NULL, NULL),
    ('failure', '^(P285|J96[0129]1)$', NULL, NULL),
    ('hypertension', '^(I270|I2721|I2783)$', NULL, NULL),
    ('ards', '^J80$', NULL, NULL),
    ('cdh', '^(Q790|39503)$', -36500, 36500),
    ('right_to_left', '^(Q20[0-4]|Q213|Q22[046]|Q234|Q2521|Q255|Q262|I2783)$', -36500, 36500),
    ('chd', '^(Q2[0-6].*|I2783)$', -36500, 36500),
    ('echo', '^(9330[34678]|9331[2-8]|93355)$', -3, 1),
    ('bypass', '^33926$', -14, 7),
    ('heart_surgery', '^(334[017]|336|337[0-8]|338|3391|3392[0456]|339[34]5)', -14, 7),
    ('lung_surgery', '^(3285[1-4]|3248[0-8])$', -14, 7)
) AS rules(fact, pattern, from_day, to_day);

CREATE TEMP TABLE claim_codes AS
SELECT DISTINCT member_id, first_day, unnest([diagnosis_code_1, diagnosis_code_2, hcpcs_code]) AS code FROM lines;

CREATE TEMP TABLE shown_facts AS
SELECT episode, fact, list_contains(shows, status) AS for_it, list_contains(denies, status) AS against_it
FROM episodes JOIN chart USING (member_id) JOIN chart_rules USING (concept)
WHERE on_gas AND epoch(moment) - epoch(start_at) BETWEEN coalesce(from_hour, -1e9) * 3600 AND coalesce(to_hour, 1e9) * 3600
UNION ALL
SELECT episode, fact, true, false
FROM episodes JOIN claim_codes USING (member_id)
JOIN (
    SELECT DISTINCT code, fact, from_day, to_day FROM (SELECT DISTINCT code FROM claim_codes) JOIN code_rules ON regexp_matches(code, pattern)
    WHERE NOT (fact = 'chd' AND code IN ('Q250', 'Q2112', 'Q265', 'Q266'))) USING (code)
WHERE on_gas AND first_day BETWEEN start_day + coalesce(from_day, -36500) AND coalesce(start_day + to_day, end_day);

-- Improvement by the numbers: better than the last reading of the day before, within 72 hours. Readings within four hours belong together.
CREATE TEMP TABLE readings AS
SELECT member_id, moment, day, concept, CASE WHEN concept = 'fio2' AND number > 1 THEN number / 100 WHEN concept = 'spo2' AND number <= 1 THEN number * 100 ELSE number END AS value
FROM chart
WHERE status = 'present' AND CASE concept WHEN 'fio2' THEN number BETWEEN 0.205 AND 100 WHEN 'spo2' THEN number > 0 AND number <= 100 WHEN 'pao2' THEN number BETWEEN 5 AND 700
    WHEN 'mean_airway_pressure' THEN number BETWEEN 1 AND 60 WHEN 'oxygen_flow' THEN number BETWEEN 0 AND 100 ELSE false END;

-- Where two of a kind stand at one moment, the lowest and the highest: an improvement is one whichever is true.
CREATE TEMP TABLE extremes AS SELECT member_id, moment, concept, min(value) AS low, max(value) AS high FROM readings GROUP BY ALL;

CREATE TEMP TABLE paired AS
WITH oxygen AS (
    SELECT gas.*, CASE WHEN gas.moment - fio2.moment <= INTERVAL 4 HOURS THEN fio2 END AS fio2
    FROM (FROM extremes WHERE concept = 'pao2') AS gas ASOF LEFT JOIN (FROM extremes WHERE concept = 'fio2') AS fio2 ON fio2.member_id = gas.member_id AND gas.moment >= fio2.moment),
aired AS (
    SELECT oxygen.*, CASE WHEN oxygen.moment - airway.moment <= INTERVAL 4 HOURS THEN airway END AS airway
    FROM oxygen ASOF LEFT JOIN (FROM extremes WHERE concept = 'mean_airway_pressure') AS airway ON airway.member_id = oxygen.member_id AND oxygen.moment >= airway.moment)
SELECT member_id, moment, 'pressure' AS kind, low, high, NULL AS beside_low, NULL AS beside_high FROM extremes WHERE concept = 'pao2'
UNION ALL
SELECT member_id, moment, 'index', airway.low * fio2.low * 100 / high, airway.high * fio2.high * 100 / low, NULL, NULL FROM aired WHERE airway IS NOT NULL AND fio2 IS NOT NULL
UNION ALL
SELECT fio2.member_id, fio2.moment, 'fraction', fio2.low, fio2.high,
    CASE WHEN fio2.moment - spo2.moment <= INTERVAL 4 HOURS THEN spo2.low END, CASE WHEN fio2.moment - spo2.moment <= INTERVAL 4 HOURS THEN spo2.high END
FROM (FROM extremes WHERE concept = 'fio2') AS fio2 ASOF LEFT JOIN (FROM extremes WHERE concept = 'spo2') AS spo2 ON spo2.member_id = fio2.member_id AND fio2.moment >= spo2.moment;

INSERT INTO shown_facts
WITH baselines AS (
    SELECT episode, member_id, kind, start_at, arg_max({low: low, high: high, beside: beside_high}, moment) AS base
    FROM episodes JOIN paired USING (member_id) WHERE on_gas AND moment BETWEEN start_at - INTERVAL 24 HOURS AND start_at GROUP BY ALL)
SELECT episode, 'improvement', true, false
FROM baselines JOIN paired USING (member_id, kind)
WHERE moment > start_at AND moment <= start_at + INTERVAL 72 HOURS
    AND CASE kind WHEN 'pressure' THEN low >= base.high * 1.1 - 1e-9 WHEN 'index' THEN high <= base.low * 0.9 + 1e-9 ELSE high <= base.low - 0.1 + 1e-9 AND beside_low >= base.beside END
GROUP BY episode;

CREATE TEMP TABLE facts AS
PIVOT (
    SELECT episode, fact, CASE WHEN bool_or(for_it) AND bool_or(against_it) THEN 1 WHEN bool_or(for_it) THEN 2 WHEN bool_or(against_it) THEN 0 ELSE 1 END AS outcome FROM shown_facts GROUP BY ALL)
ON fact IN ('pphn', 'failure', 'oxygen', 'alkalosis', 'blockade', 'sedation', 'ventilation', 'oscillation', 'echo', 'echo_pphn', 'right_to_left', 'cdh', 'chd', 'bypass', 'heart_surgery', 'lung_surgery',
    'hypoxia', 'hypertension', 'crisis', 'improvement', 'ards')
USING first(outcome) GROUP BY episode;

-- 7. The paragraphs of the guideline. least() and greatest() pass over what is NULL: not asked.
CREATE TEMP MACRO met(fact) AS coalesce(fact, 1);
CREATE TEMP MACRO limited(low, high, least_value) AS CASE WHEN low IS NULL THEN 1 WHEN low >= least_value THEN 2 WHEN high < least_value THEN 0 ELSE 1 END;
CREATE TEMP MACRO asked(condition, outcome) AS CASE WHEN condition IS DISTINCT FROM false THEN outcome END;

CREATE TEMP TABLE leaves AS
SELECT episode, age_days, age_years, route,
    asked(age_days < 28, CASE WHEN age_days < 14 THEN 2 WHEN age_days >= 14 THEN 0 ELSE 1 END) AS "I.A.age",
    asked(age_days < 28, limited(gestation_low, gestation_high, 238)) AS "I.A.gestation",
    asked(age_days < 28, met(pphn)) AS "I.A.1",
    asked(age_days < 28, met(failure)) AS "I.A.2.failure",
    asked(age_days < 28, met(oxygen)) AS "I.A.2.a",
    asked(age_days < 28, met(alkalosis)) AS "I.A.2.b",
    asked(age_days < 28, least(met(blockade), met(sedation))) AS "I.A.2.c",
    asked(age_days < 28, greatest(met(ventilation), met(oscillation))) AS "I.A.2.d",
    asked(age_days < 28, met(echo)) AS "I.A.3.echo",
    asked(age_days < 28, met(echo_pphn)) AS "I.A.3.a",
    asked(age_days < 28, 2 - met(right_to_left)) AS "I.A.3.b",
    asked(age_days < 28, 2 - met(cdh)) AS "I.A.3.c",
    CASE WHEN age_years < 18 THEN 2 WHEN age_years >= 18 THEN 0 ELSE 1 END AS "I.B.age",
    asked(age_days < 365, limited(gestation_low, gestation_high, 238)) AS "I.B.gestation",
    met(chd) AS "I.B.1.defect",
    met(bypass) AS "I.B.1.a.repair",
    met(hypertension) AS "I.B.1.a.hypertension",
    met(heart_surgery) AS "I.B.1.b.operation",
    met(hypoxia) AS "I.B.1.b.hypoxia",
    met(crisis) AS "I.B.2.crisis",
    met(heart_surgery) AS "I.B.2.surgery.heart",
    met(lung_surgery) AS "I.B.2.surgery.lung",
    met(improvement) AS "I.B.3",
    CASE WHEN hours <= 14 * 24 OR (therapy_days <= 14 AND NOT open_end) THEN 2 WHEN therapy_days > 14 THEN 0 ELSE 1 END AS "II.3",
    CASE WHEN age_days < 28 THEN 2 WHEN age_days >= 28 THEN 0 ELSE 1 END AS newborn,
    2 - limited(gestation_low, gestation_high, 238) AS early, met(cdh) AS hernia, met(ards) AS ards,
    CASE WHEN age_years >= 19 THEN 2 WHEN age_years < 19 THEN 0 ELSE 1 END AS grown
FROM episodes JOIN people USING (episode) LEFT JOIN facts USING (episode) WHERE on_gas;

CREATE TEMP TABLE judged AS
WITH pathways AS (
    SELECT *, least("I.A.age", "I.A.gestation", "I.A.1", "I.A.2.failure", greatest("I.A.2.a", "I.A.2.b", "I.A.2.c", "I.A.2.d"), "I.A.3.echo", "I.A.3.a", "I.A.3.b", "I.A.3.c") AS "I.A",
        least("I.B.age", "I.B.gestation", "I.B.1.defect", greatest(least("I.B.1.a.repair", "I.B.1.a.hypertension"), least("I.B.1.b.operation", "I.B.1.b.hypoxia")),
            "I.B.2.crisis", greatest("I.B.2.surgery.heart", "I.B.2.surgery.lung")) AS within_limit,
        "I.A.age" = 0 AND least("I.A.gestation", "I.A.1", "I.A.2.failure", greatest("I.A.2.a", "I.A.2.b", "I.A.2.c", "I.A.2.d"), "I.A.3.echo", "I.A.3.a", "I.A.3.b", "I.A.3.c") > 0 AS a_referred,
        -- not met, and only by being eighteen or an infant born early
        least("I.B.1.defect", greatest(least("I.B.1.a.repair", "I.B.1.a.hypertension"), least("I.B.1.b.operation", "I.B.1.b.hypoxia")), "I.B.2.crisis", greatest("I.B.2.surgery.heart", "I.B.2.surgery.lung"), "I.B.3") > 0
            AND ("I.B.age" > 0 OR age_years < 19) AND coalesce("I.B.gestation" > 0 OR age_days >= 28, true) AS b_referred
    FROM leaves),
started AS (
    SELECT *, least(within_limit, "I.B.3") AS "I.B", coalesce(greatest("I.A", within_limit), 1) AS early_start, greatest("I.A", least(within_limit, "I.B.3")) AS "I" FROM pathways)
SELECT *, "I" = 0 AND (coalesce(a_referred, false) OR ("I.B" = 0 AND b_referred)) AS referred,
    least(newborn, early) = 2 OR least(newborn, hernia) = 2 OR grown = 2 OR (least(2 - newborn, ards) = 2 AND NOT ("I.B" = 2 OR "I.B.2.crisis" = 2)) AS experimental,
    least(2 - newborn, ards) = 2 AND ("I.B" = 2 OR "I.B.2.crisis" = 2) AS overridden
FROM started;

-- 8. Oxygen still needed, each therapy day from the second: oxygen and a saturation charted; room air for a day ends it.
CREATE TEMP TABLE oxygen AS
SELECT member_id, moment, day, CASE concept WHEN 'spo2' THEN 'saturation' WHEN 'fio2' THEN if(value > 0.21, 'oxygen', 'air') ELSE if(value > 0, 'oxygen', 'air') END AS kind
FROM readings SEMI JOIN therapy_days USING (member_id) WHERE concept IN ('spo2', 'fio2', 'oxygen_flow')
UNION ALL
SELECT member_id, moment, day, if(status = 'present', 'oxygen', 'air') FROM chart WHERE concept = 'supplemental_oxygen' AND status IN ('present', 'absent');

CREATE TEMP TABLE air_days AS
WITH days AS (SELECT member_id, day, max(moment) AS latest FROM oxygen WHERE kind <> 'saturation' GROUP BY ALL HAVING bool_and(kind = 'air')),
since AS (
    SELECT member_id, days.day, latest, max(moment) FILTER (kind = 'oxygen') AS last_oxygen FROM days LEFT JOIN oxygen USING (member_id) WHERE oxygen.day <= days.day GROUP BY ALL)
SELECT member_id, since.day, latest, min(moment) AS air_from
FROM since JOIN oxygen USING (member_id) WHERE kind = 'air' AND oxygen.day <= since.day AND (last_oxygen IS NULL OR moment > last_oxygen) GROUP BY ALL;

CREATE TEMP TABLE needs AS
SELECT member_id, day,
    CASE WHEN number = 1 THEN NULL WHEN oxygen THEN if(saturation, 2, 1) WHEN air_from IS NULL THEN 1 WHEN latest - air_from >= INTERVAL 24 HOURS THEN 0 WHEN saturation THEN 2 ELSE 1 END AS need,
    air_from + INTERVAL 24 HOURS > day AND air_from + INTERVAL 24 HOURS < day + 1 AS straddles
FROM therapy_days
LEFT JOIN (SELECT member_id, day, bool_or(kind = 'oxygen') AS oxygen, bool_or(kind = 'saturation') AS saturation FROM oxygen GROUP BY ALL) USING (member_id, day)
LEFT JOIN air_days USING (member_id, day);

-- 9. Each day's verdict, first that fits; and what the episode comes to.
CREATE TEMP TABLE verdicts AS
SELECT course_days.member_id, start_day, day,
    CASE WHEN route = 'elsewhere' THEN 'not_asked'
         WHEN route = 'case review' THEN 'medical_review'
         WHEN outside OR experimental THEN 'not_supported'
         WHEN overridden THEN 'medical_review'
         WHEN early_start = 2 AND "I" = 0 AND day >= time_limit THEN 'not_supported'
         WHEN early_start = 2 AND "I" = 0 AND day + 1 > time_limit THEN 'medical_review'
         WHEN if(day >= time_limit, "I", early_start) = 0 THEN if(referred, 'medical_review', 'not_supported')
         WHEN need = 0 THEN if(straddles, 'medical_review', 'not_supported')
         WHEN early_start = 1 AND day < time_limit OR "I" = 1 AND day + 1 > time_limit OR need = 1 THEN 'records_needed'
         WHEN number > 14 AND (hours > 14 * 24 OR hours IS NULL) AND granted_day IS NULL THEN 'medical_review'
         ELSE 'supported' END AS verdict,
    need = 0 AND NOT straddles AND verdict = 'not_supported' AND NOT experimental AND NOT outside AS for_want_of_need
FROM course_days JOIN (SELECT *, start_at + INTERVAL 96 HOURS AS time_limit FROM episodes JOIN judged USING (episode) WHERE on_gas) USING (member_id, start_day)
LEFT JOIN needs USING (member_id, day)
LEFT JOIN (SELECT DISTINCT member_id, unnest(range("from", "to" + 1, INTERVAL 1 DAY))::DATE AS granted_day FROM 'authorizations.parquet') AS granted
    ON granted.member_id = course_days.member_id AND granted_day = course_days.day;

CREATE TEMP TABLE determinations AS
SELECT episode,
    CASE WHEN NOT on_gas THEN 'not_ino'
         WHEN people.route <> 'criteria' THEN 'decided_elsewhere'
         WHEN experimental THEN 'experimental'
         WHEN ("I" = 0 AND NOT referred) OR bool_or(for_want_of_need) THEN 'criteria_not_met'
         WHEN "I" = 1 OR "II.3" = 1 OR bool_or(verdict = 'records_needed') THEN 'insufficient_documentation'
         WHEN "I" = 0 OR bool_or(verdict = 'medical_review') OR overridden THEN 'medical_review'
         ELSE 'criteria_met' END AS determination
FROM episodes JOIN people USING (episode) LEFT JOIN judged USING (episode) LEFT JOIN verdicts USING (member_id, start_day)
GROUP BY episode, on_gas, people.route, experimental, "I", referred, "II.3", overridden;

-- 10. Dollars: each line over its days, the odd cents to the first ones, under the verdict of the day. Lines beside the gas are linked.
CREATE TEMP TABLE dollars AS
PIVOT (
    SELECT lines.member_id, start_day, cents // days + if(place <= cents % days, 1, 0) AS cents,
        CASE WHEN says OR (hcpcs_code = '94799' AND gas_days.day IS NOT NULL) THEN coalesce(verdict, 'linked') ELSE 'linked' END AS bucket
    FROM (SELECT *, row_number() OVER (PARTITION BY line ORDER BY day) AS place, count(*) OVER (PARTITION BY line) AS days FROM line_days) AS lines
    JOIN episode_lines USING (line)
    LEFT JOIN gas_days ON gas_days.member_id = lines.member_id AND gas_days.day = lines.day
    LEFT JOIN (SELECT member_id, day, verdict FROM verdicts) AS verdicts ON verdicts.member_id = lines.member_id AND verdicts.day = lines.day)
ON bucket IN ('supported', 'not_supported', 'records_needed', 'medical_review', 'not_asked', 'linked') USING sum(cents) GROUP BY member_id, start_day;

CREATE TEMP TABLE answers AS
SELECT member_id, start_day, therapy_days::BIGINT AS therapy_days, people.age_days::BIGINT AS age_days, gestation_low::BIGINT AS gestational_age, determination,
    coalesce(supported, 0)::BIGINT AS supported_cents, coalesce(not_supported, 0)::BIGINT AS not_supported_cents, coalesce(records_needed, 0)::BIGINT AS records_needed_cents,
    coalesce(medical_review, 0)::BIGINT AS medical_review_cents, coalesce(not_asked, 0)::BIGINT AS not_asked_cents, coalesce(linked, 0)::BIGINT AS linked_cents,
    "I", "II.3", "I.A", "I.B", COLUMNS('^I\.[AB]\..*')
FROM episodes JOIN people USING (episode) JOIN determinations USING (episode) LEFT JOIN judged USING (episode) LEFT JOIN dollars USING (member_id, start_day)
ORDER BY member_id, start_day;
