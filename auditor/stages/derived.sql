-- What measurements suggest where no one has said so: that oxygen failed before the start, and that oxygenation improved after it.
-- Only readings and starts with a clock time are used; a reading is paired with the latest of another kind within `paired_reading_h`.

-- Between which moments a member's courses may ask for a reading: none after the response is judged, none before a baseline's partner.
CREATE OR REPLACE TABLE gas_windows AS
SELECT member_id, min(start_at) - span_of_hours(getvariable('baseline_h') + getvariable('paired_reading_h')) AS since,
    max(start_at) + span_of_hours(coalesce(getvariable('improvement_window_h'), 0)) AS until
FROM courses WHERE start_at IS NOT NULL GROUP BY member_id;

-- A blood gas that shows oxygen failing may lie long before; with it, what its day and the days before may pair it with.
CREATE OR REPLACE TABLE gas_days AS
SELECT DISTINCT member_id, start_day - unnest(range(ceil(getvariable('paired_reading_h') / 24)::INTEGER + 1))::INTEGER AS day
FROM chart_statements JOIN gas_windows USING (member_id)
WHERE kind = 'chart' AND concept = 'pao2' AND start_at < since;

CREATE OR REPLACE TABLE gas_numbers AS
SELECT member_id, meaning, start_at AS moment, start_day AS day, number, source_row
FROM chart_statements JOIN gas_windows USING (member_id)
WHERE kind = 'chart' AND status = 'present' AND NOT impossible AND number IS NOT NULL AND start_at <= until
    AND concept IN ('pao2', 'fio2', 'spo2', 'mean_airway_pressure')
    AND (start_at >= since OR (member_id, start_day) IN (SELECT (member_id, day) FROM gas_days));

CREATE OR REPLACE VIEW gas_readings AS
SELECT gas_numbers.*, concept, source_file FROM gas_numbers JOIN chart_meanings USING (meaning);

-- Readings of one kind at one moment that differ: no row is the truer one, so what is said must hold whichever is. Hence lowest and highest.
CREATE OR REPLACE MACRO gas_latest(wanted) AS TABLE
SELECT member_id, moment, min(number) AS low, max(number) AS high FROM gas_readings WHERE concept = wanted GROUP BY ALL;

CREATE OR REPLACE MACRO in_reach(earlier, moment, number) AS CASE WHEN hours_between(earlier, moment) <= getvariable('paired_reading_h') THEN number END;

CREATE OR REPLACE VIEW gas_asked AS
SELECT episode_id, concept, hours_between(courses.start_at, readings.moment) AS hour, member_id, moment, day, number, source_file, source_row
FROM gas_readings AS readings JOIN courses USING (member_id)
WHERE courses.start_at IS NOT NULL AND concept IN ('pao2', 'fio2') AND hour <= getvariable('improvement_window_h')
    AND (concept = 'pao2' OR hour >= -getvariable('baseline_h'));

-- What is worked out in binary is a hair off: exactly a tenth is a tenth.
CREATE OR REPLACE MACRO at_least(number, limit_of_it) AS round(number - limit_of_it, 9) >= 0;

-- One row a reading: PaO2 (up is better) with its oxygenation index (down), and oxygen fraction (down) at a saturation.
-- Each is paired only with what it is weighed by.
CREATE OR REPLACE TABLE gas_measures AS
SELECT * EXCLUDE (member_id, fio2_high, pressure_low, pressure_high), NULL::DOUBLE AS spo2_low, NULL::DOUBLE AS spo2_high,
    pressure_low * fio2_low * 100 / number AS index_low, pressure_high * fio2_high * 100 / number AS index_high
FROM (
    SELECT asked.*,
        in_reach(fio2.moment, asked.moment, fio2.low) AS fio2_low,
        in_reach(fio2.moment, asked.moment, fio2.high) AS fio2_high,
        in_reach(pressure.moment, asked.moment, pressure.low) AS pressure_low,
        in_reach(pressure.moment, asked.moment, pressure.high) AS pressure_high
    FROM (FROM gas_asked WHERE concept = 'pao2') AS asked
    ASOF LEFT JOIN gas_latest('fio2') AS fio2 ON fio2.member_id = asked.member_id AND fio2.moment <= asked.moment
    ASOF LEFT JOIN gas_latest('mean_airway_pressure') AS pressure ON pressure.member_id = asked.member_id AND pressure.moment <= asked.moment)
UNION ALL BY NAME
SELECT asked.* EXCLUDE (member_id),
    in_reach(spo2.moment, asked.moment, spo2.low) AS spo2_low,
    in_reach(spo2.moment, asked.moment, spo2.high) AS spo2_high
FROM (FROM gas_asked WHERE concept = 'fio2') AS asked
ASOF LEFT JOIN gas_latest('spo2') AS spo2 ON spo2.member_id = asked.member_id AND spo2.moment <= asked.moment;

-- The last moment before the start, whole: an unpaired last reading borrows nothing from an earlier one. Of what differs, that which is hardest to improve on.
CREATE OR REPLACE TABLE gas_baselines AS
SELECT episode_id, concept, CASE WHEN concept = 'pao2' THEN max(number) ELSE min(number) END AS number, min(index_low) AS oxygenation_index, max(spo2_high) AS spo2
FROM (FROM gas_measures WHERE hour <= 0 AND hour >= -getvariable('baseline_h') QUALIFY hour = max(hour) OVER (PARTITION BY episode_id, concept))
GROUP BY episode_id, concept;

-- What each moment shows: an improvement where every reading of it is one. The reading that decides speaks for it.
CREATE OR REPLACE VIEW gas_responses AS
SELECT episode_id, concept, hour, moment, min(day) AS day, bool_and(improved) AS improved,
    min({'improved': improved, 'number': number, 'source_file': source_file, 'source_row': source_row}) AS cited
FROM (
    SELECT measures.*,
        CASE WHEN concept = 'pao2' THEN
                at_least(measures.number, baselines.number * (1 + getvariable('response_pao2_rise')))
                OR coalesce(at_least(baselines.oxygenation_index * (1 - getvariable('response_oi_fall')), measures.index_high), false)
             ELSE at_least(baselines.number - measures.number, getvariable('response_fio2_drop')) AND coalesce(measures.spo2_low >= baselines.spo2, false)
        END AS improved
    FROM gas_measures AS measures JOIN gas_baselines AS baselines USING (episode_id, concept)
    WHERE hour > 0 AND hour <= getvariable('improvement_window_h'))
GROUP BY episode_id, concept, hour, moment;

-- The moments at which oxygen surely failed.
CREATE OR REPLACE VIEW gas_failures AS
SELECT episode_id, hour, moment, min(day) AS day, min({'number': number, 'source_file': source_file, 'source_row': source_row}) AS cited
FROM gas_measures WHERE concept = 'pao2' AND hour <= 0
GROUP BY episode_id, hour, moment
HAVING bool_and(coalesce(fio2_low >= getvariable('failure_fio2') AND number < getvariable('failure_pao2'), false) OR coalesce(at_least(index_low, getvariable('failure_oi')), false));

CREATE OR REPLACE TABLE derived_evidence AS
SELECT episode_id, 'response' AS derived, CASE WHEN improved THEN 'present' ELSE 'absent' END AS status, day, moment, 'events' AS source_table, cited.source_file, cited.source_row
FROM (SELECT *, row_number() OVER (PARTITION BY episode_id ORDER BY improved DESC, hour, concept) AS place FROM gas_responses)
WHERE place = 1
UNION ALL
SELECT episode_id, 'oxygen_failure', 'present', day, moment, 'events', cited.source_file, cited.source_row
FROM (SELECT *, row_number() OVER (PARTITION BY episode_id ORDER BY hour DESC) AS place FROM gas_failures)
WHERE place = 1;
