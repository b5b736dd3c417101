-- The readings that an episode's chart draws: saturation, oxygen fraction and dose, the lowest and highest of each hour, from the day
-- that a baseline may lie on to the last day of the course. A view: it is as long as all the rest, and read once.

CREATE OR REPLACE TABLE measured_courses AS
SELECT episode_id, member_id, start_day - ceil(getvariable('baseline_h') / 24)::INTEGER AS since, until
FROM courses JOIN (SELECT episode_id, max(day) AS until FROM course_days GROUP BY episode_id) AS days USING (episode_id)
WHERE attribution IS NOT NULL;

CREATE OR REPLACE VIEW measurements AS
SELECT episode_id, quantity, day, hour, source_file, readings, lowest.number AS low, lowest.source_row AS low_row, highest.number AS high, highest.source_row AS high_row
FROM (
    SELECT episode_id, quantity, day, hour(local) AS hour, source_file, count(*) AS readings,
        -- the number with its row, so that equal numbers are settled by where they stand
        min({'number': number, 'source_row': source_row}) AS lowest, max({'number': number, 'source_row': source_row}) AS highest
    FROM daily_readings JOIN measured_courses USING (member_id)
    WHERE quantity IN ('saturation', 'fraction', 'dose') AND day BETWEEN since AND until
    GROUP BY ALL);
