-- Courses whose member may be more than one person: nothing on record is evidence about either until someone says who it is.

CREATE OR REPLACE TABLE doubtful_courses AS
SELECT episode_id FROM courses
WHERE member_id IN (SELECT member_id FROM doubtful_ids)
    OR EXISTS (FROM doubtful_days AS days WHERE days.member_id = courses.member_id AND days.first_day <= end_day AND days.last_day >= start_day);
