-- What the flowsheet shows on each day of a course, and whether oxygen was still needed.

CREATE OR REPLACE TABLE course_days AS
SELECT episode_id, courses.member_id, therapy_runs.day, day_number, true AS is_therapy_day, level, shown_by, charted, false AS contradicted, false AS outside
FROM therapy_runs JOIN courses USING (member_id, run)
UNION ALL
SELECT episode_id, courses.member_id, contradicted_days.day, NULL, false, level, shown_by, exposure_days.charted, true, outside
FROM contradicted_days JOIN courses USING (member_id, run)
JOIN exposure_days ON exposure_days.member_id = contradicted_days.member_id AND exposure_days.day = contradicted_days.day
UNION ALL
-- days billed for iNO in a course whose days no record shows
SELECT episode_id, lines.member_id, day, NULL, false, NULL, NULL, false, false, false
FROM scope_line_days AS lines JOIN line_attributions USING (line_key)
WHERE attribution IN ('confirmed', 'probable') AND NOT EXISTS (
    FROM exposure_days JOIN courses USING (member_id)
    WHERE courses.episode_id = line_attributions.episode_id AND exposure_days.day = lines.day AND courses.run IS NOT NULL)
GROUP BY ALL;

-- What is read each day: the inputs of a daily fact by their role in it, and the dose.
CREATE OR REPLACE TABLE daily_quantities AS
SELECT concept, role AS quantity FROM fact_inputs
UNION
SELECT concept, 'dose' FROM exposure_concepts WHERE role = 'doses';

CREATE OR REPLACE TABLE daily_meanings AS
SELECT row_number() OVER ()::INTEGER AS series, meaning, quantity, status, source_file,
    dense_rank() OVER (ORDER BY quantity)::INTEGER AS quantity_place, dense_rank() OVER (ORDER BY source_file)::INTEGER AS file_place
FROM chart_meanings JOIN daily_quantities USING (concept)
-- a number of something that was not there says nothing of it
WHERE kind = 'chart' AND (status = 'present' OR quantity = 'statement' AND status = 'absent');

CREATE OR REPLACE TABLE days_asked AS
SELECT member_id, min(least(start_day, day)) AS since, max(day) AS until FROM course_days JOIN courses USING (episode_id, member_id) GROUP BY member_id;

CREATE OR REPLACE TABLE daily_numbers AS
SELECT member_id, start_day AS day, start_local AS local, end_day, end_local, series, number, source_row
FROM chart_statements JOIN daily_meanings USING (meaning) JOIN days_asked USING (member_id)
WHERE start_day <= until AND start_day = start_last_day AND NOT impossible
    AND (quantity = 'statement' OR number IS NOT NULL) AND (quantity <> 'saturation' OR number <= getvariable('spo2_band_high'));

-- A reading without a clock time was at some moment of its day.
CREATE OR REPLACE MACRO last_moment(day) AS day::TIMESTAMP + INTERVAL 1 DAY - INTERVAL 1 MICROSECOND;

-- Few readings have an end: these count on every day they last into, until the last moment of it. An end at midnight is of the day before.
CREATE OR REPLACE TABLE daily_spans AS
SELECT * EXCLUDE (end_day, end_local), CASE WHEN day < end_day THEN last_moment(day) ELSE end_local END AS local
FROM (
    SELECT daily_numbers.* EXCLUDE (day, local),
        greatest(day, since) + unnest(range(least(end_day, until) - greatest(day, since) + 1))::INTEGER AS day
    FROM daily_numbers JOIN days_asked USING (member_id) WHERE end_day IS NOT NULL)
WHERE end_local IS DISTINCT FROM day::TIMESTAMP;

CREATE OR REPLACE VIEW daily_readings AS
SELECT readings.* EXCLUDE (series), quantity, status, source_file
FROM (SELECT * EXCLUDE (end_day, end_local) FROM daily_numbers UNION ALL BY NAME FROM daily_spans) AS readings JOIN daily_meanings USING (series);

CREATE OR REPLACE VIEW oxygen_readings AS
SELECT member_id, day, local,
    CASE quantity WHEN 'fraction' THEN number > getvariable('room_air_fio2') WHEN 'flow' THEN number > 0 ELSE status = 'present' END AS on_oxygen
FROM daily_readings WHERE quantity IN ('fraction', 'flow', 'statement');

-- Readings of oxygen since the start of a course, of courses with any of room air. Earlier ones say nothing of need while on iNO.
CREATE OR REPLACE VIEW oxygen_since_start AS
SELECT episode_id, day, on_oxygen, coalesce(local, day::TIMESTAMP) AS earliest, coalesce(local, last_moment(day)) AS latest,
    coalesce(start_local, start_day::TIMESTAMP) AS start_earliest, coalesce(start_local, last_moment(start_last_day)) AS start_latest
FROM oxygen_readings JOIN courses USING (member_id)
WHERE run IS NOT NULL AND day BETWEEN start_day AND end_day AND latest >= start_earliest
    AND member_id IN (SELECT member_id FROM oxygen_readings WHERE NOT on_oxygen);

-- Calendar days that follow each other, each with a reading: across a day without one nobody knows.
CREATE OR REPLACE VIEW oxygen_stretches AS
SELECT episode_id, day, day - row_number() OVER (PARTITION BY episode_id ORDER BY day)::INTEGER AS stretch
FROM (SELECT DISTINCT episode_id, day FROM oxygen_since_start);

-- A run of room air is that since the last reading on oxygen: sure from its first reading of the stretch, possible from its first of all.
CREATE OR REPLACE VIEW room_air AS
WITH runs AS (
    -- a reading without a clock time is not after another of its day: oxygen may have been given last
    SELECT *, count(*) FILTER (on_oxygen) OVER (
        PARTITION BY episode_id ORDER BY CASE WHEN on_oxygen THEN latest ELSE earliest END, on_oxygen ROWS UNBOUNDED PRECEDING) AS oxygen_run
    FROM oxygen_since_start)
SELECT episode_id, day, earliest, latest,
    min(latest) FILTER (earliest >= start_latest) OVER (PARTITION BY episode_id, oxygen_run, stretch) AS sure_since,
    greatest(start_earliest, min(earliest) OVER (PARTITION BY episode_id, oxygen_run)) AS possible_since
FROM runs JOIN oxygen_stretches USING (episode_id, day) WHERE NOT on_oxygen;

CREATE OR REPLACE TABLE room_air_days AS
SELECT episode_id, day,
    max(hours_between(sure_since, earliest)) AS sure_hours, max(hours_between(possible_since, latest)) AS possible_hours,
    min(sure_since) AS sure_since
FROM room_air GROUP BY ALL;

CREATE OR REPLACE TABLE reading_days AS
SELECT member_id, day,
    min(number) FILTER (quantity = 'fraction') AS fio2_low, max(number) FILTER (quantity = 'fraction') AS fio2_high,
    min(number) FILTER (quantity = 'saturation') AS spo2_low, max(number) FILTER (quantity = 'saturation') AS spo2_high,
    min(number) FILTER (quantity = 'dose') AS dose_low, max(number) FILTER (quantity = 'dose') AS dose_high,
    bool_or(quantity IN ('fraction', 'flow', 'statement')) AS oxygen_charted,
    coalesce(bool_or(CASE quantity WHEN 'fraction' THEN number > getvariable('room_air_fio2') WHEN 'flow' THEN number > 0
        WHEN 'statement' THEN status = 'present' END), false) AS on_oxygen
FROM daily_readings GROUP BY ALL;

CREATE OR REPLACE TABLE covered_concept_days AS
SELECT DISTINCT member_id, concept, start_day + unnest(range(greatest(coalesce(end_day, start_day) - start_day, 0) + 1))::INTEGER AS day
FROM statements WHERE kind <> 'error' AND status IN ('present', 'unsuccessful', 'successful') AND concept IN ('ecmo', 'ventilation', 'hfov');

-- Which authorizations are about this therapy: those that name it, by a code or in words, and those that name no service.
CREATE OR REPLACE TABLE therapy_authorizations AS
SELECT member_id, number, "from" AS first_day, "to" AS last_day, approved_days, coalesce(decision, 'approved') AS decision, source_file, source_row
FROM authorizations
WHERE service IS NULL OR names_therapy(service);

-- One authorization that is on file as approved and as denied for a day approves nothing until someone says which holds.
CREATE OR REPLACE TABLE disputed_days AS
SELECT courses.episode_id, courses.member_id, therapy_runs.day, granted.number, granted.source_file, granted.source_row,
    denied.source_file AS denied_file, denied.source_row AS denied_row
FROM courses JOIN therapy_runs USING (member_id, run)
JOIN therapy_authorizations AS granted ON granted.member_id = courses.member_id AND therapy_runs.day BETWEEN granted.first_day AND granted.last_day
JOIN therapy_authorizations AS denied ON denied.member_id = courses.member_id AND therapy_runs.day BETWEEN denied.first_day AND denied.last_day
    AND denied.number IS NOT DISTINCT FROM granted.number
WHERE granted.decision = 'approved' AND denied.decision = 'denied';

-- Each therapy day takes one day of one approval: of the one that ends first. So each in that order gives its days to the first
-- that have none yet; before them those for any number of days.
CREATE OR REPLACE TABLE granting AS
SELECT *, row_number() OVER (PARTITION BY member_id ORDER BY approved_days IS NOT NULL, last_day, first_day, number NULLS FIRST, approved_days) AS place
FROM (
    SELECT member_id, number, first_day, last_day, approved_days, list(DISTINCT day ORDER BY day) AS days
    FROM therapy_authorizations AS granted JOIN therapy_runs USING (member_id)
    WHERE decision = 'approved' AND day BETWEEN first_day AND last_day AND NOT EXISTS (FROM disputed_days AS disputed
        WHERE disputed.member_id = granted.member_id AND disputed.day = therapy_runs.day AND disputed.number IS NOT DISTINCT FROM granted.number)
    GROUP BY ALL);

-- Rows of one number are one authorization, changed perhaps: what another of them gave within its dates is given.
CREATE OR REPLACE TABLE given_days AS
WITH RECURSIVE giving(member_id, place, given) AS (
    SELECT DISTINCT member_id, 0::BIGINT, []::STRUCT(day DATE, number VARCHAR)[] FROM granting
    UNION ALL
    SELECT granting.member_id, granting.place, list_concat(given, list_transform(
        list_filter(list_filter(days, lambda each: NOT list_contains(list_transform(given, lambda one: one.day), each)),
            lambda each, nth: approved_days IS NULL
                OR nth + len(list_filter(given, lambda one: one.number = number AND one.day >= first_day AND one.day < each)) <= approved_days),
        lambda each: {'day': each, 'number': number}))
    FROM giving JOIN granting ON granting.member_id = giving.member_id AND granting.place = giving.place + 1)
SELECT DISTINCT member_id, one.day AS day FROM (SELECT member_id, unnest(given) AS one FROM giving);

CREATE OR REPLACE TABLE approvals AS
SELECT DISTINCT episode_id, day FROM courses JOIN therapy_runs USING (member_id, run) JOIN given_days USING (member_id, day);

-- Where a member's clock was changed (summer time), how far it was from UTC by the last row of each day, in minutes.
CREATE OR REPLACE TABLE clock_days AS
WITH clocked AS (
    SELECT member_id, start_day AS day, start_at AS moment, clock_shift(start_local, start_at) AS shift FROM chart_rows WHERE start_local IS NOT NULL AND start_at IS NOT NULL),
changed AS (SELECT member_id FROM clocked GROUP BY member_id HAVING min(shift) <> max(shift))
SELECT member_id, day, arg_max(shift, (moment, shift)) AS shift FROM clocked WHERE member_id IN (FROM changed) GROUP BY ALL;

-- When each day of a course begins and ends, as instants: by the last row charted before, else as when the course began.
CREATE OR REPLACE TABLE midnights AS
SELECT days.episode_id, days.day,
    days.day::TIMESTAMP + to_minutes(coalesce(before.shift, clock_shift(start_local, start_at))) AS begins_at,
    (days.day + 1)::TIMESTAMP + to_minutes(coalesce(within.shift, clock_shift(start_local, start_at))) AS ends_at
FROM course_days AS days
JOIN courses USING (episode_id)
ASOF LEFT JOIN clock_days AS before ON before.member_id = days.member_id AND before.day < days.day
ASOF LEFT JOIN clock_days AS within ON within.member_id = days.member_id AND within.day <= days.day;

CREATE OR REPLACE TABLE day_facts AS
SELECT row_number() OVER (ORDER BY course_days.episode_id, course_days.day) AS day_key, course_days.*, courses.start_day, courses.start_last_day, courses.start_at, begins_at, ends_at, courses.elapsed_hours, courses.basis,
    fio2_low, fio2_high, spo2_low, spo2_high, dose_low, dose_high,
    approvals.day IS NOT NULL AS approved,
    denied.day IS NOT NULL AND is_therapy_day AS denied, vents.day IS NOT NULL AS ventilated, ecmos.day IS NOT NULL AS ecmo,
    coalesce(is_therapy_day AND day_number > ceil(getvariable('continuation_from_h') / 24), false) AS oxygen_asked,
    CASE WHEN doubts.episode_id IS NOT NULL THEN 1
         WHEN coalesce(on_oxygen, false) THEN CASE WHEN spo2_low IS NOT NULL THEN 2 ELSE 1 END
         WHEN NOT coalesce(oxygen_charted, false) THEN 1
         WHEN sure_hours >= getvariable('wean_grace_h') THEN 0
         WHEN possible_hours >= getvariable('wean_grace_h') THEN 1
         WHEN spo2_low IS NOT NULL THEN 2 ELSE 1 END::TINYINT AS oxygen_need,
    CASE WHEN doubts.episode_id IS NOT NULL THEN 'conflicting'
         WHEN coalesce(on_oxygen, false) THEN CASE WHEN spo2_low IS NULL THEN 'not documented' END
         WHEN NOT coalesce(oxygen_charted, false) THEN 'not documented'
         WHEN sure_hours >= getvariable('wean_grace_h') THEN NULL
         WHEN possible_hours >= getvariable('wean_grace_h') THEN 'imprecise'
         WHEN spo2_low IS NULL THEN 'not documented' END AS oxygen_reason,
    doubts.episode_id IS NULL AND coalesce(sure_hours >= getvariable('wean_grace_h') AND sure_since + to_hours(getvariable('wean_grace_h')::INTEGER) > course_days.day::TIMESTAMP, false) AS oxygen_straddles
FROM course_days
JOIN courses USING (episode_id)
JOIN midnights ON midnights.episode_id = course_days.episode_id AND midnights.day = course_days.day
LEFT JOIN doubtful_courses AS doubts ON doubts.episode_id = course_days.episode_id
LEFT JOIN reading_days ON reading_days.member_id = course_days.member_id AND reading_days.day = course_days.day
LEFT JOIN room_air_days ON room_air_days.episode_id = course_days.episode_id AND room_air_days.day = course_days.day
LEFT JOIN denied_days AS denied ON denied.member_id = course_days.member_id AND denied.day = course_days.day
LEFT JOIN approvals ON approvals.episode_id = course_days.episode_id AND approvals.day = course_days.day
LEFT JOIN (SELECT DISTINCT member_id, day FROM covered_concept_days WHERE concept IN ('ventilation', 'hfov')
    UNION SELECT member_id, day FROM scope_line_days JOIN scope_lines USING (line_key, member_id) WHERE has_role('ventilator_services', 'hcpcs', hcpcs_code)) AS vents
    ON vents.member_id = course_days.member_id AND vents.day = course_days.day
LEFT JOIN (SELECT DISTINCT member_id, day FROM covered_concept_days WHERE concept = 'ecmo') AS ecmos
    ON ecmos.member_id = course_days.member_id AND ecmos.day = course_days.day;
