-- The readings that an episode's chart draws: saturation, oxygen fraction and dose, the lowest and highest of each hour, from the day
-- that a baseline may lie on to the last day of the course. A view: it is as long as all the rest, and read once. It is gathered, and
-- put in order, by numbers that stand for its words.

CREATE OR REPLACE TABLE measured_courses AS
SELECT row_number() OVER (ORDER BY episode_id)::INTEGER AS course, episode_id, member_id, start_day - ceil(getvariable('baseline_h') / 24)::INTEGER AS since, until
FROM courses JOIN (SELECT episode_id, max(day) AS until FROM course_days GROUP BY episode_id) AS days USING (episode_id)
WHERE attribution IS NOT NULL;

CREATE OR REPLACE VIEW measurements AS
SELECT episode_id, quantity, day, hour, source_file, readings, lowest.number AS low, lowest.source_row AS low_row, highest.number AS high, highest.source_row AS high_row,
    course, quantity_place, file_place
FROM (
    SELECT course, quantity_place, file_place, day, hour(local) AS hour, count(*) AS readings,
        -- the number with its row, so that equal numbers are settled by where they stand
        min({'number': number, 'source_row': source_row}) AS lowest, max({'number': number, 'source_row': source_row}) AS highest
    FROM daily_numbers JOIN daily_meanings USING (series) JOIN measured_courses USING (member_id)
    WHERE quantity IN ('saturation', 'fraction', 'dose') AND day BETWEEN since AND until
    GROUP BY ALL)
JOIN (SELECT course, episode_id FROM measured_courses) AS courses USING (course)
JOIN (SELECT DISTINCT quantity_place, quantity FROM daily_meanings) AS quantities USING (quantity_place)
JOIN (SELECT DISTINCT file_place, source_file FROM daily_meanings) AS files USING (file_place);
