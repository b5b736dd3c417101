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

CREATE OR REPLACE TABLE daily_numbers AS
SELECT member_id, start_day AS day, start_local AS local, clock_shift(start_local, start_at) AS shift, series, number, source_row
FROM chart_statements JOIN daily_meanings USING (meaning)
JOIN (SELECT member_id, max(day) AS until FROM course_days GROUP BY member_id) AS asked USING (member_id)
WHERE start_day <= until AND start_day = start_last_day AND NOT impossible
    AND (quantity = 'statement' OR number IS NOT NULL) AND (quantity <> 'saturation' OR number <= getvariable('spo2_band_high'));

CREATE OR REPLACE VIEW daily_readings AS
SELECT daily_numbers.* EXCLUDE (series), quantity, status, source_file FROM daily_numbers JOIN daily_meanings USING (series);

CREATE OR REPLACE VIEW oxygen_readings AS
SELECT member_id, day, local, shift,
    CASE quantity WHEN 'fraction' THEN number > getvariable('room_air_fio2') WHEN 'flow' THEN number > 0 ELSE status = 'present' END AS on_oxygen
FROM daily_readings WHERE quantity IN ('fraction', 'flow', 'statement');

-- A run of room air begins at the first room-air reading after the last reading on oxygen.
CREATE OR REPLACE VIEW room_air AS
WITH ordered AS (
    SELECT *, coalesce(local, day::TIMESTAMP) AS earliest, coalesce(local, day::TIMESTAMP + INTERVAL 1439 MINUTE) AS latest FROM oxygen_readings),
runs AS (
    -- a reading without a clock time is not after another of its day: oxygen may have been given last
    SELECT *, count(*) FILTER (on_oxygen) OVER (
        PARTITION BY member_id ORDER BY CASE WHEN on_oxygen THEN latest ELSE earliest END, on_oxygen ROWS UNBOUNDED PRECEDING) AS run
    FROM ordered)
SELECT member_id, day, earliest, latest, shift,
    min({'at': earliest, 'shift': shift}) OVER (PARTITION BY member_id, run) AS run_earliest,
    min({'at': latest, 'shift': shift}) OVER (PARTITION BY member_id, run) AS run_latest
FROM runs WHERE NOT on_oxygen;

-- Hours by the facility's clock, less what it was put forward or back between: both readings are known by the clock, or nothing is.
CREATE OR REPLACE MACRO clock_hours(since, until, shift) AS hours_between(since.at, until + to_minutes(coalesce(shift - since.shift, 0)));

CREATE OR REPLACE TABLE room_air_days AS
SELECT member_id, day,
    max(clock_hours(run_latest, earliest, shift)) AS sure_hours, max(clock_hours(run_earliest, latest, shift)) AS possible_hours,
    min(run_earliest) AS run_start
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
    vents.day IS NOT NULL AS ventilated, ecmos.day IS NOT NULL AS ecmo,
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
    doubts.episode_id IS NULL AND coalesce(sure_hours >= getvariable('wean_grace_h') AND run_start.at + to_minutes(coalesce(run_start.shift, 0)) + to_hours(getvariable('wean_grace_h')::INTEGER)
            > CASE WHEN run_start.shift IS NULL THEN course_days.day::TIMESTAMP ELSE coalesce(begins_at, course_days.day::TIMESTAMP + to_minutes(run_start.shift)) END, false) AS oxygen_straddles
FROM course_days
JOIN courses USING (episode_id)
JOIN midnights ON midnights.episode_id = course_days.episode_id AND midnights.day = course_days.day
LEFT JOIN doubtful_courses AS doubts ON doubts.episode_id = course_days.episode_id
LEFT JOIN reading_days ON reading_days.member_id = course_days.member_id AND reading_days.day = course_days.day
LEFT JOIN room_air_days ON room_air_days.member_id = course_days.member_id AND room_air_days.day = course_days.day
LEFT JOIN approvals ON approvals.episode_id = course_days.episode_id AND approvals.day = course_days.day
LEFT JOIN (SELECT DISTINCT member_id, day FROM covered_concept_days WHERE concept IN ('ventilation', 'hfov')
    UNION SELECT member_id, day FROM scope_line_days JOIN scope_lines USING (line_key, member_id) WHERE has_role('ventilator_services', 'hcpcs', hcpcs_code)) AS vents
    ON vents.member_id = course_days.member_id AND vents.day = course_days.day
LEFT JOIN (SELECT DISTINCT member_id, day FROM covered_concept_days WHERE concept = 'ecmo') AS ecmos
    ON ecmos.member_id = course_days.member_id AND ecmos.day = course_days.day;
