-- Courses: a member's therapy days run together, and the listed lines that no therapy day explains.

CREATE OR REPLACE TABLE therapy_runs AS
WITH stepped AS (
    SELECT *, day - lag(day) OVER (PARTITION BY member_id ORDER BY day) - 1 AS free_days FROM exposure_days WHERE NOT contradicted),
numbered AS (
    SELECT *, sum(CASE WHEN free_days IS NULL OR free_days >= getvariable('episode_gap_days') THEN 1 ELSE 0 END)
        OVER (PARTITION BY member_id ORDER BY day ROWS UNBOUNDED PRECEDING) AS run FROM stepped)
SELECT * EXCLUDE (free_days), row_number() OVER (PARTITION BY member_id, run ORDER BY day) AS day_number FROM numbered;

-- Hours on iNO, where every therapy day lies within segments whose ends are known by the clock.
CREATE OR REPLACE TABLE clocked_hours AS
WITH clocked AS (
    SELECT segments.member_id, run, statement, start_at, end_at, first_sure_day, last_sure_day
    FROM segments JOIN therapy_runs ON therapy_runs.member_id = segments.member_id AND therapy_runs.day = segments.first_sure_day
    WHERE start_at IS NOT NULL AND end_at IS NOT NULL),
reached AS (
    SELECT *, max(end_at) OVER (PARTITION BY member_id, run ORDER BY start_at, end_at ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reach FROM clocked),
covered AS (
    SELECT member_id, run, count(DISTINCT first_sure_day + step) AS days
    FROM (SELECT member_id, run, first_sure_day, unnest(range(last_sure_day - first_sure_day + 1))::INTEGER AS step FROM clocked WHERE last_sure_day >= first_sure_day)
    GROUP BY ALL)
SELECT member_id, run, days, sum(greatest(hours_between(greatest(start_at, coalesce(reach, start_at)), end_at), 0)) AS hours
FROM reached JOIN covered USING (member_id, run) GROUP BY ALL;

CREATE OR REPLACE TABLE therapy_courses AS
SELECT runs.member_id, runs.run,
    CASE WHEN bool_or(charted) THEN 'charted' ELSE 'billed' END AS basis,
    CASE WHEN min(level) = 'confirmed' THEN 'confirmed' ELSE 'probable' END AS attribution,
    arg_min(first_at, day) FILTER (day_number = 1) AS start_at, arg_min(first_local, day) FILTER (day_number = 1) AS start_local,
    least(min(day), min(earliest_day) FILTER (day_number = 1)) AS start_day, min(latest_day) FILTER (day_number = 1) AS start_last_day, min(day) AS first_therapy_day,
    max(day) AS end_day, count(*) AS therapy_days, max(day) - min(day) + 1 AS span_days,
    CASE WHEN any_value(clocked_hours.days) = count(*) THEN any_value(hours) END AS elapsed_hours,
    bool_and(tested_day IS NOT NULL) AND count(*) <= getvariable('vasoreactivity_max_days') AS is_test
FROM therapy_runs AS runs
LEFT JOIN clocked_hours ON clocked_hours.member_id = runs.member_id AND clocked_hours.run = runs.run
LEFT JOIN (
    SELECT DISTINCT member_id, claim_line_start_date + unnest(range(claim_line_end_date - claim_line_start_date + 1))::INTEGER AS tested_day
    FROM final_lines WHERE living AND has_role('test_services', 'hcpcs', hcpcs_code)) AS day_tests
    ON day_tests.member_id = runs.member_id AND tested_day = runs.day
GROUP BY runs.member_id, runs.run;

-- The record leaves the end open: a segment without an end is on the last therapy day.
CREATE OR REPLACE TABLE open_ends AS
SELECT DISTINCT courses.member_id, courses.run
FROM therapy_courses AS courses
JOIN segments ON segments.member_id = courses.member_id AND NOT closed AND least(first_sure_day, last_sure_day) = courses.end_day;

-- When the chart says that a course stopped: every segment on its last day has an end, and the latest end of all is the stop.
CREATE OR REPLACE TABLE course_segments AS
SELECT segments.*, therapy_runs.run,
    CASE WHEN last_sure_day >= first_sure_day THEN last_sure_day ELSE segments.start_day END = courses.end_day AS on_last_day,
    max(segments.end_day) OVER (PARTITION BY segments.member_id, therapy_runs.run) AS latest_day
FROM segments
JOIN therapy_runs ON therapy_runs.member_id = segments.member_id
    AND therapy_runs.day = CASE WHEN last_sure_day >= first_sure_day THEN first_sure_day ELSE segments.start_day END
JOIN therapy_courses AS courses ON courses.member_id = segments.member_id AND courses.run = therapy_runs.run;

CREATE OR REPLACE TABLE course_stops AS
SELECT ended.member_id, ended.run, stop_day, stop_last_day,
    -- a dose given later that day was still iNO
    CASE WHEN clocked THEN greatest(ended_at, last_at) END AS stop_at
FROM (
    SELECT member_id, run, max(end_at) AS ended_at, max(end_day) AS stop_day, max(end_last_day) AS stop_last_day,
        bool_and(end_at IS NOT NULL) FILTER (end_last_day >= latest_day) AS clocked
    FROM course_segments GROUP BY member_id, run HAVING bool_or(on_last_day) AND bool_and(closed) FILTER (on_last_day)) AS ended
JOIN therapy_courses AS courses ON courses.member_id = ended.member_id AND courses.run = ended.run
JOIN therapy_runs ON therapy_runs.member_id = ended.member_id AND therapy_runs.day = courses.end_day;

-- Every living line in scope, its days, and the course that explains it.
CREATE OR REPLACE VIEW scope_lines AS
SELECT * FROM final_lines WHERE listed OR shows IS NOT NULL;

CREATE OR REPLACE TABLE scope_line_days AS
SELECT line_key, member_id, claim_line_start_date + unnest(range(claim_line_end_date - claim_line_start_date + 1))::INTEGER AS day
FROM scope_lines WHERE living;

-- Days billed that the chart brackets belong to the course of the charted day beside them.
CREATE OR REPLACE TABLE contradicted_days AS
SELECT exposure_days.member_id, exposure_days.day, therapy_runs.run, exposure_days.day NOT BETWEEN first_therapy_day AND end_day AS outside
FROM exposure_days
JOIN therapy_runs ON therapy_runs.member_id = exposure_days.member_id AND therapy_runs.day = exposure_days.anchor_day
JOIN therapy_courses ON therapy_courses.member_id = therapy_runs.member_id AND therapy_courses.run = therapy_runs.run
WHERE exposure_days.contradicted;

CREATE OR REPLACE TABLE course_ranges AS
SELECT member_id, run, min(day) AS first_day, max(day) AS last_day
FROM (SELECT member_id, run, day FROM therapy_runs UNION ALL SELECT member_id, run, day FROM contradicted_days)
GROUP BY ALL;

CREATE OR REPLACE TABLE explained_lines AS
SELECT days.line_key, coalesce(min(therapy_runs.run), min(course_ranges.run)) AS run
FROM scope_line_days AS days
LEFT JOIN therapy_runs ON therapy_runs.member_id = days.member_id AND therapy_runs.day = days.day
LEFT JOIN course_ranges ON course_ranges.member_id = days.member_id AND days.day BETWEEN course_ranges.first_day AND course_ranges.last_day
GROUP BY days.line_key;

-- Lines that no course explains, and markers of stays without one, by stay.
CREATE OR REPLACE TABLE stay_markers AS
SELECT member_id, stay, earliest.moment AS start_at, earliest.day AS start_day, earliest.last_day AS start_last_day
FROM (
    -- the earliest, whole: a later one lends it no clock time
    SELECT member_id, stay, min({'day': start_day, 'by_day': moment IS NULL, 'moment': moment, 'last_day': end_day}) AS earliest
    FROM (
        -- a marker that lasts longer than a day leaves the start anywhere within it
        SELECT stays.member_id, stay, markers.start_day, end_day, CASE WHEN end_day = markers.start_day THEN start_at END AS moment
        FROM stays JOIN markers ON markers.member_id = stays.member_id AND markers.start_day BETWEEN stays.first_day AND stays.last_day
        WHERE NOT EXISTS (FROM therapy_runs WHERE therapy_runs.member_id = stays.member_id AND therapy_runs.day BETWEEN stays.first_day AND stays.last_day))
    GROUP BY member_id, stay);

CREATE OR REPLACE TABLE leftover_lines AS
SELECT line_key, lines.member_id, stay, claim_line_start_date, claim_line_end_date,
    has_role('test_services', 'hcpcs', hcpcs_code) IS TRUE AS is_test
FROM scope_lines AS lines
JOIN explained_lines USING (line_key)
JOIN stays ON stays.member_id = lines.member_id AND lines.claim_line_start_date BETWEEN stays.first_day AND stays.last_day
WHERE living AND run IS NULL;

CREATE OR REPLACE TABLE other_courses AS
WITH line_courses AS (
    SELECT member_id, stay, min(claim_line_start_date) AS first_day, max(claim_line_end_date) AS last_day, bool_and(is_test) AS all_tests
    FROM leftover_lines GROUP BY ALL)
SELECT coalesce(line_courses.member_id, stay_markers.member_id) AS member_id, coalesce(line_courses.stay, stay_markers.stay) AS stay,
    CASE WHEN stay_markers.stay IS NOT NULL THEN 'marker' ELSE 'billed_only' END AS basis,
    stay_markers.start_at, coalesce(stay_markers.start_day, first_day) AS start_day, coalesce(stay_markers.start_last_day, first_day) AS start_last_day,
    greatest(last_day, stay_markers.start_last_day) AS end_day,
    stay_markers.stay IS NULL AND coalesce(all_tests, false) AS is_test
FROM line_courses FULL JOIN stay_markers ON stay_markers.member_id = line_courses.member_id AND stay_markers.stay = line_courses.stay;

CREATE OR REPLACE TABLE courses AS
SELECT 'E' || coalesce(getvariable('episode_mark'), '') || substr(md5(concat_ws('|', member_id, first_therapy_day, basis)), 1, 12) AS episode_id, all_courses.*
FROM (
    SELECT member_id, run, NULL AS stay, basis,
        CASE WHEN EXISTS (FROM stays JOIN markers ON markers.member_id = stays.member_id AND markers.start_day BETWEEN stays.first_day AND stays.last_day
            WHERE stays.member_id = therapy_courses.member_id AND therapy_courses.first_therapy_day BETWEEN stays.first_day AND stays.last_day) THEN 'confirmed' ELSE attribution END AS attribution,
        start_at, start_local, start_day, start_last_day, first_therapy_day, end_day, therapy_days, span_days, elapsed_hours, is_test,
        (member_id, run) IN (SELECT (member_id, run) FROM open_ends) AS open_end, stop_at, stop_day, stop_last_day
    FROM therapy_courses LEFT JOIN course_stops USING (member_id, run)
    UNION ALL
    SELECT member_id, NULL, stay, basis, CASE basis WHEN 'marker' THEN 'confirmed' END, start_at, NULL, start_day, start_last_day, start_day, end_day, 0, NULL, NULL, is_test, false, NULL, NULL, NULL
    FROM other_courses) AS all_courses;

CREATE OR REPLACE TABLE episode_lines AS
SELECT line_key, episode_id FROM explained_lines JOIN scope_lines USING (line_key) JOIN courses USING (member_id, run) WHERE run IS NOT NULL
UNION ALL
SELECT line_key, episode_id FROM leftover_lines JOIN courses USING (member_id, stay);

-- How surely each line is iNO.
CREATE OR REPLACE TABLE line_attributions AS
SELECT lines.line_key, episode_id,
    CASE WHEN shows IN ('service', 'drug', 'text') THEN 'confirmed'
         WHEN shows = 'hint' AND courses.attribution IS NOT NULL THEN 'probable'
         WHEN has_role('test_services', 'hcpcs', hcpcs_code) THEN 'linked'
         WHEN has_role('unlisted_services', 'hcpcs', hcpcs_code) AND getvariable('unlisted_line_attribution') = 'therapy_day'
              AND NOT coalesce(says(line_description, getvariable('other_use_text_has'), getvariable('other_use_text_lacks')), false)
              AND NOT coalesce(says(line_description, getvariable('lookalike_text_has'), getvariable('lookalike_text_lacks')), false)
              AND (courses.basis = 'marker' OR EXISTS (
                  FROM scope_line_days AS days JOIN exposure_days ON exposure_days.member_id = days.member_id AND exposure_days.day = days.day
                  WHERE days.line_key = lines.line_key)) THEN 'probable'
         ELSE 'linked' END AS attribution
FROM scope_lines AS lines JOIN episode_lines USING (line_key) JOIN courses USING (episode_id)
WHERE living;
