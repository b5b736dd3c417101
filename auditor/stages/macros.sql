-- The codes that play a role in the policy, and small words that the stages share.

CREATE OR REPLACE TABLE role_codes AS
SELECT role, code_system, code, is_prefix, valid_from, valid_to
FROM exposure_rules JOIN value_set_codes ON value_set_codes.value_set = exposure_rules.name
UNION ALL
SELECT 'listed_services', code_system, code, is_prefix, valid_from, valid_to
FROM value_set_codes WHERE value_set = getvariable('listed_services');

CREATE OR REPLACE TABLE exposure_concepts AS
SELECT name AS concept, role FROM exposure_rules WHERE role IN ('segments', 'doses')
ORDER BY ALL;

CREATE OR REPLACE MACRO says(words, has, lacks) AS
    words IS NOT NULL
    AND regexp_matches(words, has, 'i')
    AND (lacks IS NULL OR NOT regexp_matches(words, lacks, 'i'));

CREATE OR REPLACE MACRO hours_between(earlier, later) AS
    (epoch_us(later) - epoch_us(earlier)) / 3600000000.0;

-- How far a facility's clock is from UTC, in minutes.
CREATE OR REPLACE MACRO clock_shift(local_at, utc_at) AS date_diff('minute', local_at, utc_at)::SMALLINT;

CREATE OR REPLACE MACRO span_of_hours(hours) AS to_microseconds(ceil(hours * 3600000000.0)::BIGINT);

-- A birthday on 29 February is past on 1 March of a common year.
CREATE OR REPLACE MACRO completed_years(birth, day) AS
    year(day) - year(birth) - CASE WHEN month(day) * 100 + day(day) < month(birth) * 100 + day(birth) THEN 1 ELSE 0 END;

-- A date's range of hours after another: a number where both clocks are known, whole days where not.
CREATE OR REPLACE MACRO hours_low(from_at, from_last_day, to_at, to_day) AS
    CASE WHEN from_at IS NOT NULL AND to_at IS NOT NULL THEN hours_between(from_at, to_at)
         ELSE 24.0 * date_diff('day', from_last_day, to_day) END;

CREATE OR REPLACE MACRO hours_high(from_at, from_day, to_at, to_last_day) AS
    CASE WHEN from_at IS NOT NULL AND to_at IS NOT NULL THEN hours_between(from_at, to_at)
         ELSE 24.0 * date_diff('day', from_day, to_last_day) END;

CREATE OR REPLACE MACRO standing(low, high, from_h, to_h) AS
    CASE WHEN (from_h IS NULL OR low >= from_h) AND (to_h IS NULL OR high <= to_h) THEN 'inside'
         WHEN high < from_h OR low > to_h THEN 'outside'
         ELSE 'imprecise' END;

-- Where a range of hours lies for two windows: in both of them, or in either.
CREATE OR REPLACE MACRO in_both(one, other) AS
    CASE WHEN one = 'outside' OR other = 'outside' THEN 'outside' WHEN one = 'inside' AND other = 'inside' THEN 'inside' ELSE 'imprecise' END;

CREATE OR REPLACE MACRO in_either(one, other) AS
    CASE WHEN one = 'inside' OR other = 'inside' THEN 'inside' WHEN one = 'outside' AND other = 'outside' THEN 'outside' ELSE 'imprecise' END;

CREATE OR REPLACE MACRO has_role(wanted, wanted_system, the_code) AS
    the_code IN (SELECT code FROM role_codes WHERE role = wanted AND code_system = wanted_system);

-- Do the words or codes of an authorization name this therapy? One for the ventilator, or for a test of the lung vessels, does not.
CREATE OR REPLACE MACRO names_therapy(words) AS
    coalesce(says(words, getvariable('drug_text_has'), getvariable('drug_text_lacks')), false)
    OR coalesce(says(words, getvariable('hint_text_has'), getvariable('hint_text_lacks')), false)
    OR list_has_any(list_append(regexp_extract_all(upper(words), '[A-Z0-9]+'), regexp_replace(upper(words), '[^A-Z0-9]', '', 'g')), (
        SELECT coalesce(list(code), []) FROM role_codes
        WHERE role IN ('services', 'drugs', 'listed_services') AND (role <> 'listed_services' OR (code_system, code) NOT IN (
            SELECT (code_system, code) FROM role_codes AS other WHERE other.role IN ('ventilator_services', 'test_services')))));

-- Does the line show iNO by itself, and how? Look-alikes never do, and a test of the lung vessels is not therapy.
CREATE OR REPLACE MACRO line_shows(hcpcs, revenue, ndc, words) AS
    CASE WHEN has_role('lookalike_services', 'hcpcs', hcpcs) THEN NULL
         WHEN says(words, getvariable('lookalike_text_has'), getvariable('lookalike_text_lacks')) THEN NULL
         WHEN has_role('test_services', 'hcpcs', hcpcs) THEN NULL
         WHEN has_role('services', 'hcpcs', hcpcs) THEN 'service'
         WHEN has_role('drugs', 'ndc', ndc) THEN 'drug'
         WHEN says(words, getvariable('drug_text_has'), getvariable('drug_text_lacks')) THEN 'text'
         WHEN (has_role('hint_services', 'hcpcs', hcpcs) OR has_role('hint_services', 'revenue', revenue))
              AND says(words, getvariable('hint_text_has'), getvariable('hint_text_lacks')) THEN 'hint'
    END;
