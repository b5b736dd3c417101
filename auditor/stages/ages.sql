-- Age when iNO began, as a range, from each members row; and how long the course was, as the policy counts it.

CREATE OR REPLACE TABLE age_anchors AS
SELECT episode_id, member_id,
    CASE WHEN admitted IS NULL THEN start_at END AS start_at,
    coalesce(admitted, start_day) AS start_day, coalesce(admitted, start_last_day) AS start_last_day
FROM courses
LEFT JOIN (
    SELECT episode_id, min(admission_date) AS admitted
    FROM episode_lines JOIN scope_lines USING (line_key)
    WHERE getvariable('age_anchor') = 'admission' GROUP BY episode_id) AS admissions USING (episode_id);

-- A row of a member that another fits within, a month beside a day or a day beside its clock time, says nothing more.
CREATE OR REPLACE VIEW known_births AS
FROM members
WHERE birth_date_day IS NOT NULL AND NOT EXISTS (
    FROM members AS closer
    WHERE closer.member_id = members.member_id
        AND closer.birth_date_day >= members.birth_date_day AND closer.birth_date_last_day <= members.birth_date_last_day
        AND (closer.birth_date_last_day - closer.birth_date_day < members.birth_date_last_day - members.birth_date_day
            OR (closer.birth_date_at IS NOT NULL AND members.birth_date_at IS NULL)));

CREATE OR REPLACE TABLE ages AS
WITH spans AS (
    SELECT episode_id, birth_date_at AS birth_at, birth_date_day AS birth_day, birth_date_last_day AS birth_last_day, source_file, source_row, start_at, start_day, start_last_day,
        getvariable('age_method') = 'clock_when_known' AND birth_date_at IS NOT NULL AND start_at IS NOT NULL AS by_clock
    FROM age_anchors JOIN known_births USING (member_id)),
counted AS (
    SELECT *,
        CASE WHEN by_clock THEN floor(hours_between(birth_at, start_at) / 24) ELSE date_diff('day', birth_last_day, start_day) END AS days_low,
        CASE WHEN by_clock THEN floor(hours_between(birth_at, start_at) / 24) ELSE date_diff('day', birth_day, start_last_day) END AS days_high,
        completed_years(birth_last_day, start_day) AS years_low, completed_years(birth_day, start_last_day) AS years_high
    FROM spans),
judged AS (
    SELECT *, CASE WHEN days_high < 0 OR years_low > getvariable('oldest_age_years') THEN 'conflicting' ELSE 'inside' END AS standing FROM counted)
SELECT episode_id, 'age_at_start_days' AS fact, CASE WHEN standing = 'inside' THEN greatest(days_low, 0) ELSE days_low END::DOUBLE AS low, days_high::DOUBLE AS high, standing, birth_at, birth_day, birth_last_day, source_file, source_row FROM judged
UNION ALL
SELECT episode_id, 'age_at_start_years', CASE WHEN standing = 'inside' THEN greatest(years_low, 0) ELSE years_low END::DOUBLE, years_high::DOUBLE, standing, birth_at, birth_day, birth_last_day, source_file, source_row FROM judged
UNION ALL
SELECT episode_id, fact, NULL, NULL, 'imprecise', NULL, NULL, NULL, source_file, source_row
FROM courses JOIN set_aside ON set_aside.member_id = courses.member_id AND table_name = 'members' AND column_name = 'birth_date'
CROSS JOIN (VALUES ('age_at_start_days'), ('age_at_start_years')) AS age_facts(fact);

-- A birth date that can be worked with: one, the same in every row, and possible.
CREATE OR REPLACE TABLE birth_dates AS
SELECT courses.episode_id, count(birth_day) > 0 AND count(DISTINCT (birth_day, birth_last_day)) = 1 AND bool_and(standing = 'inside') AS trusted
FROM courses LEFT JOIN ages ON ages.episode_id = courses.episode_id AND fact = 'age_at_start_days' AND birth_day IS NOT NULL
GROUP BY courses.episode_id;

-- Days that a start or end known to no day leaves possible, beside those that are sure: how many, and the span with them.
CREATE OR REPLACE TABLE possible_spans AS
SELECT episode_id, count(DISTINCT day) AS more_days, greatest(max(day), max(end_day)) - least(min(day), min(first_therapy_day)) + 1 AS possible_span
FROM (
    SELECT member_id, run, start_day + unnest(range(coalesce(end_last_day, start_last_day) - start_day + 1))::INTEGER AS day
    FROM course_segments WHERE start_day < start_last_day OR end_day < end_last_day) AS possible
JOIN (SELECT episode_id, member_id, run, first_therapy_day, end_day FROM courses) AS courses USING (member_id, run)
WHERE NOT EXISTS (FROM therapy_runs AS sure WHERE sure.member_id = courses.member_id AND sure.day = possible.day)
GROUP BY episode_id;

CREATE OR REPLACE TABLE durations AS
SELECT episode_id, fact, low::DOUBLE AS low, CASE WHEN open_end THEN 'infinity'::DOUBLE ELSE greatest(low, most)::DOUBLE END AS high
FROM (
    SELECT episode_id, open_end, 'exposure_days' AS fact,
        CASE getvariable('day_method')
            WHEN 'elapsed24' THEN coalesce(ceil(elapsed_hours / 24), therapy_days)
            WHEN 'span' THEN CASE WHEN within_hours THEN least(span_days, getvariable('day_limit')) ELSE span_days END
            ELSE CASE WHEN within_hours THEN least(therapy_days, getvariable('day_limit')) ELSE therapy_days END END AS low,
        CASE WHEN getvariable('day_method') = 'span' THEN possible_span ELSE therapy_days + more_days END AS most
    -- more dates than the limit and no more hours: the limit is kept
    FROM (SELECT *, coalesce(elapsed_hours <= 24 * getvariable('day_limit'), false) AS within_hours FROM courses) AS courses LEFT JOIN possible_spans USING (episode_id) WHERE therapy_days > 0
    UNION ALL
    SELECT episode_id, open_end, 'span_days', span_days, possible_span FROM courses LEFT JOIN possible_spans USING (episode_id) WHERE therapy_days > 0);
