-- Hours on iNO of each day, where the chart says by the clock when it went on and off.

CREATE OR REPLACE TABLE clocked_pieces AS
SELECT * FROM (
    SELECT member_id, day, greatest(start_local, day::TIMESTAMP) AS since, least(end_local, (day + 1)::TIMESTAMP) AS until, source_file, source_row
    FROM (SELECT *, start_day + unnest(range(end_day - start_day + 1))::INTEGER AS day FROM segments WHERE start_local < end_local))
WHERE since < until;

-- Days of which the chart tells more than the clocked pieces do: a segment with no clock time at an end, from its start; a dose or a drug given outside them.
CREATE OR REPLACE TABLE unclocked_ranges AS
SELECT member_id, start_day AS first_day, coalesce(end_last_day, 'infinity'::DATE) AS last_day FROM segments WHERE NOT coalesce(start_local < end_local, false)
UNION
SELECT member_id, day, day FROM exposure_evidence AS given
WHERE shown_by IN ('dose', 'drug') AND first_local IS NOT NULL
    AND NOT EXISTS (FROM clocked_pieces AS pieces WHERE pieces.member_id = given.member_id AND first_local BETWEEN since AND until);

-- A day that is billed but lies outside charted iNO has none; every stretch of a day may be billed by the unit begun.
CREATE OR REPLACE TABLE day_hours AS
SELECT member_id, day, sum(greatest(hours_between(greatest(since, coalesce(reach, since)), until), 0)) AS hours,
    count(*) FILTER (reach IS NULL OR since > reach) AS stretches, arg_min(source_file || ' row ' || source_row, (since, source_file, source_row)) AS cited
FROM (
    SELECT *, max(until) OVER (PARTITION BY member_id, day ORDER BY since, until, source_file, source_row ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reach
    FROM clocked_pieces) AS pieces
WHERE NOT EXISTS (FROM unclocked_ranges AS ranges WHERE ranges.member_id = pieces.member_id AND pieces.day BETWEEN first_day AND last_day)
GROUP BY ALL
UNION ALL
SELECT member_id, day, 0, 0, NULL FROM exposure_days WHERE contradicted;
