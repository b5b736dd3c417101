-- What the record shows of each fact of each episode, row by row.

CREATE OR REPLACE TABLE matched_codes AS
SELECT seen.code_system, seen.code, value_set, tier, valid_from, valid_to, low, high
FROM (SELECT DISTINCT code_system, code FROM statements WHERE code IS NOT NULL) AS seen
JOIN value_set_codes AS listed
    ON listed.code_system = seen.code_system
    AND (listed.code = seen.code OR (is_prefix AND starts_with(seen.code, listed.code)))
WHERE listed.value_set IN (SELECT value_set FROM evidence_rules);

CREATE OR REPLACE VIEW rule_matches AS
SELECT member_id, statements.kind, statements.status, value, unit, value_reading, document_id, start_at, statements.start_day, statements.start_last_day, end_day, source_table, source_file, source_row,
    fact, evidence_rules.strength, from_h, to_h, NULL::DOUBLE AS claim_from_h, NULL::DOUBLE AS claim_to_h, false AS claim_windowed,
    present_when, absent_when, absent_from_h, NULL::BIGINT AS low, NULL::BIGINT AS high, statements.concept AS what
FROM statements JOIN evidence_rules ON evidence_rules.kind = 'concept' AND evidence_rules.concept = statements.concept
WHERE statements.kind <> 'error'
UNION ALL
SELECT member_id, statements.kind, statements.status, value, unit, value_reading, document_id, start_at, statements.start_day, statements.start_last_day, end_day, source_table, source_file, source_row,
    fact,
    CASE WHEN (valid_from IS NOT NULL AND statements.start_day < valid_from) OR (valid_to IS NOT NULL AND statements.start_last_day > valid_to) THEN 'suggests'
         ELSE evidence_rules.strength END, from_h, to_h, claim_from_h, claim_to_h, claim_windowed,
    present_when, absent_when, absent_from_h, low, high, statements.code
FROM statements
JOIN matched_codes USING (code_system, code)
JOIN evidence_rules ON evidence_rules.kind = 'code' AND evidence_rules.value_set = matched_codes.value_set AND evidence_rules.tier = matched_codes.tier
WHERE statements.kind <> 'error' AND statements.code IS NOT NULL;

-- Gestational age is read as a range of days: "34w2d" is exact, a number of weeks is that whole week. In a unit that is neither weeks nor
-- days, or outside what the concept allows, it says nothing: 230 without a unit may be days or a slip.
CREATE OR REPLACE TABLE gestations AS
WITH parts AS (
    SELECT value, unit,
        regexp_extract(trim(lower(value)), '^(\d{1,2})\s*(?:w|wk|wks|weeks?|\+|\s)\s*(?:and\s*)?(\d)(?:\s*/\s*7)?\s*(?:d|days?)?$', ['weeks', 'days']) AS exact,
        TRY_CAST(regexp_extract(trim(lower(value)), '^(\d+(?:\.\d+)?)\s*(?:w|wk|wks|weeks?|d|days?)?$', 1) AS DOUBLE) AS amount,
        regexp_matches(trim(lower(value)), 'd(ays?)?$') OR coalesce(unit IN ('d', 'day', 'days'), false) AS in_days,
        coalesce(regexp_full_match(unit, 'w|wks?|weeks?|d|days?'), true) AS known_unit
    FROM (SELECT DISTINCT value, unit FROM chart_statements WHERE value_reading = 'gestation' AND value IS NOT NULL)),
ranges AS (
    SELECT value, unit, known_unit,
        CASE WHEN exact.weeks <> '' AND exact.days <= '6' THEN TRY_CAST(exact.weeks AS BIGINT) * 7 + TRY_CAST(exact.days AS BIGINT)
             WHEN in_days THEN floor(amount)::BIGINT ELSE floor(amount)::BIGINT * 7 END AS low,
        CASE WHEN exact.weeks <> '' AND exact.days <= '6' THEN TRY_CAST(exact.weeks AS BIGINT) * 7 + TRY_CAST(exact.days AS BIGINT)
             WHEN in_days THEN floor(amount)::BIGINT ELSE floor(amount)::BIGINT * 7 + 6 END AS high
    FROM parts),
judged AS (
    SELECT *, coalesce(known_unit AND low >= (SELECT min(low) FROM event_concepts WHERE reading = 'gestation')
        AND high <= (SELECT max(high) FROM event_concepts WHERE reading = 'gestation'), false) AS possible
    FROM ranges)
SELECT value, unit, possible, CASE WHEN possible THEN low END AS low, CASE WHEN possible THEN high END AS high FROM judged;

CREATE OR REPLACE VIEW windowed AS
SELECT courses.episode_id, matches.fact, strength, what, matches.status, present_when, absent_when, absent_from_h, document_id, matches.kind,
    courses.start_at AS course_at, courses.start_day AS course_day, courses.start_last_day AS course_last_day, stop_at, stop_day, stop_last_day,
    coalesce(matches.low, gestations.low) AS low, coalesce(matches.high, gestations.high) AS high,
    matches.start_day AS day, matches.start_last_day AS last_day, matches.start_at AS moment, source_table, source_file, source_row, facts.kind AS fact_kind, facts.report,
    CASE WHEN matches.kind = 'claim' AND NOT claim_windowed THEN
             CASE WHEN (to_h IS NULL OR matches.start_day <= courses.end_day)
                   AND (from_h IS NULL OR matches.end_day >= courses.start_day + (from_h / 24)::INTEGER) THEN 'inside' ELSE 'outside' END
         WHEN matches.kind IN ('claim', 'procedure') AND claim_windowed THEN
             standing(24.0 * date_diff('day', courses.start_last_day, matches.start_day), 24.0 * date_diff('day', courses.start_day, matches.start_last_day), claim_from_h, claim_to_h)
         ELSE standing(
             hours_low(courses.start_at, courses.start_last_day, matches.start_at, matches.start_day),
             hours_high(courses.start_at, courses.start_day, matches.start_at, matches.start_last_day), from_h, to_h)
    END AS place
FROM rule_matches AS matches
JOIN courses USING (member_id)
JOIN facts USING (fact)
LEFT JOIN gestations ON value_reading = 'gestation' AND gestations.value = matches.value AND gestations.unit IS NOT DISTINCT FROM matches.unit;

-- That something did not come about can be said only when its time is over: from an hour on, or once the therapy has ended.
CREATE OR REPLACE VIEW placed AS
SELECT * EXCLUDE (place), CASE WHEN absent_from_h IS NULL OR kind <> 'chart' OR NOT list_contains(absent_when, status) THEN place
    ELSE in_both(place, in_either(
        standing(hours_low(course_at, course_last_day, moment, day), hours_high(course_at, course_day, moment, last_day), absent_from_h, NULL),
        CASE WHEN stop_day IS NULL THEN 'outside'
             ELSE standing(hours_low(stop_at, stop_last_day, moment, day), hours_high(stop_at, stop_day, moment, last_day), 0, NULL) END)) END AS place
FROM windowed;

CREATE OR REPLACE TABLE evidence AS
SELECT episode_id, fact, what, status, strength, low::DOUBLE AS low, high::DOUBLE AS high, day, last_day, moment, document_id, report, source_table, source_file, source_row,
    CASE WHEN fact_kind = 'range' THEN CASE WHEN low IS NOT NULL AND status = 'present' AND place <> 'outside' THEN 'range' ELSE 'none' END
         WHEN list_contains(present_when, status) THEN 'present'
         WHEN list_contains(absent_when, status) THEN 'absent'
         ELSE 'none' END AS stance,
    CASE WHEN status = 'preliminary' AND place = 'inside' AND (fact_kind <> 'range' OR low IS NOT NULL) THEN 'preliminary' ELSE place END AS standing
FROM placed
UNION ALL
SELECT episode_id, evidence_rules.fact, derived_evidence.derived, NULL, evidence_rules.strength, NULL, NULL, day, day, moment, NULL, NULL, source_table, source_file, source_row,
    CASE WHEN list_contains(present_when, derived_evidence.status) THEN 'present' WHEN list_contains(absent_when, derived_evidence.status) THEN 'absent' ELSE 'none' END, 'inside'
FROM derived_evidence JOIN evidence_rules ON evidence_rules.kind = 'derived' AND evidence_rules.concept = derived_evidence.derived
UNION ALL
SELECT episode_id, fact, 'birth_date', NULL, 'decides', low, high, birth_day, birth_last_day, birth_at, NULL, NULL, 'members', source_file, source_row, 'range', standing
FROM ages
UNION ALL
SELECT episode_id, fact, fact, NULL, 'decides', low, high, NULL, NULL, NULL, NULL, NULL, 'episodes', NULL, NULL, 'range', 'inside'
FROM durations;
