-- Every living line of a stay with a code that coding edits ask about, a row a day, with who billed it and how much of it; and the edits in force that day.

-- What lines say, each wording once: a pattern that is not written into its question is read anew for every row.
CREATE OR REPLACE TABLE line_wordings AS
SELECT name AS pattern, words
FROM (SELECT DISTINCT line_description AS words FROM final_lines WHERE living AND line_description IS NOT NULL)
JOIN text_patterns ON says(words, has, lacks);

CREATE OR REPLACE MACRO line_says(the_words, the_pattern) AS
    coalesce((the_pattern, the_words) IN (SELECT (pattern, words) FROM line_wordings), false);

-- The hours that one unit of a line stands for, by its unit of measure, else by its words; each distinct pair once.
CREATE OR REPLACE TABLE unit_hours AS
SELECT unit_of_measure AS measured_in, line_description AS said, arg_min(hours, (unit IS NULL, place)) AS unit_hours
FROM (SELECT DISTINCT unit_of_measure, line_description FROM final_lines WHERE living)
JOIN time_units ON (unit IS NOT NULL AND regexp_matches(unit_of_measure, unit, 'i')) OR (words IS NOT NULL AND regexp_matches(line_description, words, 'i'))
GROUP BY ALL;

-- Who billed a line: for a hospital's claim the facility, else the practitioner; without either, whoever sent this claim.
CREATE OR REPLACE TABLE coded_lines AS
SELECT line_key, member_id, claim_id, hcpcs_code AS code, coalesce(hcpcs_code, 'RC ' || revenue_center_code) AS service, revenue_center_code, ndc_code,
    claim_line_start_date AS first_day, claim_line_end_date AS last_day, line_description AS words, shows, listed, bundled, final_lines.counted_cents,
    -- what was paid or allowed nothing is no paid service; without any amount nobody knows
    disposition = 'counted' AND (coalesce(paid_cents, allowed_cents) IS NULL OR coalesce(paid_cents > 0, false)
        OR coalesce(allowed_cents > 0, false) OR (amount_basis <> 'charge' AND counted_cents > 0)) AS counted,
    coalesce(claim_type, CASE WHEN bill_type_code IS NOT NULL OR revenue_center_code IS NOT NULL THEN 'institutional' WHEN place_of_service_code IS NOT NULL THEN 'professional' END) AS claim_kind,
    CASE WHEN claim_kind = 'institutional' THEN coalesce(facility_npi, billing_npi, 'TIN ' || billing_tin, 'claim ' || claim_id)
         ELSE coalesce(rendering_npi, billing_npi || coalesce(' ' || rendering_specialty, ''), 'claim ' || claim_id) END AS provider,
    CASE WHEN claim_kind IS DISTINCT FROM 'institutional' AND billing_tin IS NOT NULL THEN billing_tin || ' ' || rendering_specialty END AS practice,
    rendering_npi, facility_npi, place_of_service_code AS place, left(ltrim(bill_type_code, '0'), 2) AS bill_kind,
    list_sort(list_filter([hcpcs_modifier_1, hcpcs_modifier_2, hcpcs_modifier_3, hcpcs_modifier_4], lambda modifier: modifier IS NOT NULL)) AS modifiers,
    coalesce(service_unit_quantity, claim_line_end_date - claim_line_start_date + 1) / (claim_line_end_date - claim_line_start_date + 1) AS units,
    -- which of its days a line of fewer units than days was given on, nobody knows
    coalesce(service_unit_quantity < claim_line_end_date - claim_line_start_date + 1 AND claim_line_end_date > claim_line_start_date, false) AS scattered,
    unit_hours, unit_hours * units AS hours, charge_cents, paid_cents, allowed_cents, line_of_business, state, plan, paid_date,
    line_versions.role, source_file || ' row ' || source_row AS cited
FROM final_lines
LEFT JOIN unit_hours ON measured_in IS NOT DISTINCT FROM unit_of_measure AND said IS NOT DISTINCT FROM line_description
JOIN (SELECT line_key, role FROM line_versions) AS line_versions USING (line_key)
WHERE living AND (hcpcs_code IS NOT NULL OR shows IS NOT NULL OR line_says(line_description, 'set_up_text'))
    -- every line in scope and every day of iNO is within a stay: what is beyond stands beside nothing that an edit could be about
    AND line_key IN (SELECT line_key FROM claim_lines JOIN stays ON stays.member_id = claim_lines.member_id
        AND claim_line_start_date <= stays.last_day AND claim_line_end_date >= stays.first_day);

-- Courses of a test whose own line names the drug: it is no treatment, and no record is needed to know what was tested.
CREATE OR REPLACE VIEW named_tests AS
SELECT DISTINCT episode_id FROM coded_lines JOIN line_attributions USING (line_key)
WHERE has_role('test_services', 'hcpcs', code) AND says(words, getvariable('drug_text_has'), getvariable('drug_text_lacks'));

CREATE OR REPLACE TABLE coded_days AS
SELECT * EXCLUDE (claim_id, revenue_center_code, charge_cents, paid_cents, allowed_cents, plan, paid_date, role), first_day + unnest(range(last_day - first_day + 1))::INTEGER AS day FROM coded_lines;

-- The sets that each code billed belongs to.
CREATE OR REPLACE TABLE coded_sets AS
SELECT DISTINCT seen.code, value_set, tier
FROM (SELECT DISTINCT code FROM coded_lines WHERE code IS NOT NULL) AS seen
JOIN value_set_codes AS codes ON codes.code_system = 'hcpcs' AND (codes.code = seen.code OR (codes.is_prefix AND starts_with(seen.code, codes.code)));

CREATE OR REPLACE MACRO is_of(the_code, the_set) AS
    coalesce((the_code, the_set) IN (SELECT (code, value_set) FROM coded_sets), false);

CREATE OR REPLACE MACRO is_tier_of(the_code, the_set, the_tier) AS
    coalesce((the_code, the_set, the_tier) IN (SELECT (code, value_set, tier) FROM coded_sets), false);

CREATE OR REPLACE MACRO says_modifier(modifiers, wanted) AS
    list_has_any(modifiers, (SELECT list(modifier) FROM modifier_roles WHERE role = wanted));

-- One practitioner or facility; or one practice and specialty.
CREATE OR REPLACE MACRO same_biller(provider, other_provider, practice, other_practice) AS
    provider = other_provider OR coalesce(practice = other_practice, false);

-- The file of edits that a claim is judged by; a claim of no known kind by what both files say.
CREATE OR REPLACE TABLE claim_files AS
SELECT * FROM (VALUES ('professional', 'practitioner', 1), ('institutional', 'hospital', 1), (NULL, 'practitioner', 2), (NULL, 'hospital', 2)) AS files(claim_kind, file, files);

-- Which release speaks for a day: the first that knows it, else the last that ended before it; without one, the shipped table.
-- Of the revisions of a quarter the highest speaks.
CREATE OR REPLACE TABLE edit_days AS
SELECT kinds.kind, kinds.file, day,
    coalesce(arg_min(release, (last_day, -revision, release)) FILTER (day BETWEEN first_day AND last_day), arg_max(release, (last_day, revision, release)) FILTER (last_day < day)) AS release,
    coalesce(bool_or(day BETWEEN first_day AND last_day), false) AS covered
FROM (SELECT DISTINCT day FROM coded_days WHERE listed) AS days
CROSS JOIN (VALUES ('pairs', 'practitioner'), ('pairs', 'hospital'), ('units', 'practitioner'), ('units', 'hospital'), ('add_ons', 'all')) AS kinds(kind, file)
LEFT JOIN releases ON releases.kind = kinds.kind AND releases.file = kinds.file
GROUP BY ALL;

CREATE OR REPLACE TABLE known_pairs AS
SELECT NULL AS release, file, coalesce(seen.code, column_1) AS column_1, column_2, min(indicator) AS indicator, valid_from, valid_to
FROM shipped_pairs LEFT JOIN (SELECT DISTINCT code FROM coded_lines) AS seen ON is_prefix AND starts_with(seen.code, column_1)
GROUP BY ALL
UNION ALL
SELECT release, file, column_1, column_2, indicator, valid_from, valid_to FROM release_pairs;

-- Two services of one biller on one day, both paid, that an edit in force does not pay together. Column 2 bears the loss.
CREATE OR REPLACE TABLE pair_hits AS
WITH beside AS (
    SELECT first.line_key AS first_key, first.code AS column_1, second.line_key AS second_key, second.code AS column_2, second.day, second.claim_kind,
        says_modifier(second.modifiers, 'separate_service') OR says_modifier(first.modifiers, 'separate_service') AS set_apart, [first.cited, second.cited] AS evidence,
        first.scattered OR second.scattered AS doubted
    FROM coded_days AS second JOIN coded_days AS first
        ON first.member_id = second.member_id AND first.day = second.day AND first.claim_kind IS NOT DISTINCT FROM second.claim_kind AND first.code <> second.code
        AND same_biller(first.provider, second.provider, first.practice, second.practice)
    WHERE first.counted AND second.counted AND (first.listed OR second.listed))
SELECT first_key, second_key, beside.column_1, beside.column_2, beside.day, beside.claim_kind, any_value(evidence) AS evidence, any_value(doubted) AS doubted
FROM beside
JOIN claim_files ON claim_files.claim_kind IS NOT DISTINCT FROM beside.claim_kind
JOIN edit_days ON kind = 'pairs' AND edit_days.file = claim_files.file AND edit_days.day = beside.day
LEFT JOIN releases ON releases.kind = 'pairs' AND releases.file = claim_files.file AND releases.release = edit_days.release
JOIN known_pairs AS pairs ON pairs.file = claim_files.file AND pairs.column_1 = beside.column_1 AND pairs.column_2 = beside.column_2
    AND (pairs.release = edit_days.release
        -- a release of which some parts are not installed says nothing of codes beyond those that are
        OR (pairs.release IS NULL AND (edit_days.release IS NULL OR pairs.column_1 NOT BETWEEN releases.lowest_code AND releases.highest_code)))
    AND (valid_from IS NULL OR beside.day >= valid_from) AND (valid_to IS NULL OR beside.day <= valid_to)
WHERE indicator = 0 OR (indicator = 1 AND NOT set_apart)
GROUP BY ALL
HAVING count(DISTINCT claim_files.file) = max(claim_files.files);

-- A line whose service, days, biller, units and amounts another line has too; the later of them. Hours of one claim that a day has room for may be two services.
CREATE OR REPLACE TABLE repeated_lines AS
SELECT later.line_key, min(earlier.cited) AS first_cited, min(earlier.line_key) AS first_key,
    coalesce(bool_and(earlier.claim_id = later.claim_id) AND round((count(*) + 1) * any_value(later.hours), 3) <= getvariable('hours_a_day'), false) AS doubted,
    bool_or(later.claim_id <> earlier.claim_id AND (later.role <> 'original' OR earlier.role <> 'original')) AS interim
FROM coded_lines AS later JOIN coded_lines AS earlier
    ON earlier.member_id = later.member_id AND earlier.service = later.service AND earlier.first_day = later.first_day AND earlier.last_day = later.last_day
    AND earlier.claim_kind IS NOT DISTINCT FROM later.claim_kind AND earlier.provider = later.provider AND earlier.line_key < later.line_key
    AND earlier.modifiers = later.modifiers AND earlier.units = later.units AND earlier.words IS NOT DISTINCT FROM later.words
    AND earlier.charge_cents IS NOT DISTINCT FROM later.charge_cents AND earlier.paid_cents IS NOT DISTINCT FROM later.paid_cents
WHERE later.counted AND earlier.counted AND (later.listed OR later.shows IS NOT NULL) AND NOT says_modifier(later.modifiers, 'repeat')
GROUP BY later.line_key;

-- Lines that go beyond the most units of a day, in the order of the lines: by line, or all of the day together.
CREATE OR REPLACE TABLE unit_limits AS
SELECT codes.code, codes.claim_kind, day, max(most) AS most, max(adjudication) AS adjudication
FROM (SELECT DISTINCT code, claim_kind, day FROM coded_days WHERE listed AND counted) AS codes
JOIN claim_files ON claim_files.claim_kind IS NOT DISTINCT FROM codes.claim_kind
JOIN edit_days USING (file, day)
JOIN (
    SELECT NULL AS release, * FROM shipped_units
    UNION ALL BY NAME SELECT * FROM release_units) AS units ON units.release IS NOT DISTINCT FROM edit_days.release AND units.file = edit_days.file AND units.code = codes.code
WHERE kind = 'units' AND (valid_from IS NULL OR day >= valid_from) AND (valid_to IS NULL OR day <= valid_to)
GROUP BY ALL;

CREATE OR REPLACE TABLE unit_hits AS
SELECT * FROM (
    SELECT line_key, days.code, days.day, [cited] AS evidence, most,
        round(CASE WHEN alone THEN units ELSE sum(units) OVER (PARTITION BY member_id, days.code, days.claim_kind, provider, days.day, alone, documented ORDER BY line_key) END, 6) AS so_far
    FROM (
        SELECT coded_days.*, most, adjudication = 1 OR (adjudication = 3 AND (says_modifier(modifiers, 'repeat') OR says_modifier(modifiers, 'separate_service'))) AS alone,
            -- other words, another service
            CASE WHEN adjudication = 3 THEN lower(words) END AS documented
        FROM coded_days JOIN unit_limits ON unit_limits.code = coded_days.code AND unit_limits.day = coded_days.day AND unit_limits.claim_kind IS NOT DISTINCT FROM coded_days.claim_kind
        WHERE counted AND listed AND line_key NOT IN (SELECT line_key FROM repeated_lines)) AS days)
WHERE so_far > most;

-- Each paid add-on, and what it stands beside: a service it goes with, one that is no longer or not yet in force, another catheterization.
CREATE OR REPLACE TABLE known_add_ons AS
SELECT NULL AS release, * FROM shipped_add_ons
UNION ALL BY NAME
SELECT * FROM release_add_ons;

CREATE OR REPLACE TABLE add_on_days AS
WITH listed_with AS (
    SELECT add_on, type, primary_code, day, valid_from, valid_to, (valid_from IS NULL OR day >= valid_from) AND (valid_to IS NULL OR day <= valid_to) AS valid
    FROM known_add_ons JOIN edit_days ON kind = 'add_ons' AND known_add_ons.release IS NOT DISTINCT FROM edit_days.release),
beside AS (
    SELECT added.line_key, added.day, added.cited, added.scattered, added.code, main.code AS main_code
    FROM coded_days AS added
    LEFT JOIN coded_days AS main
        ON main.member_id = added.member_id AND main.day = added.day AND main.claim_kind IS NOT DISTINCT FROM added.claim_kind AND main.code <> added.code AND main.counted
        AND same_biller(main.provider, added.provider, main.practice, added.practice)
    WHERE added.counted AND added.listed AND added.code IN (SELECT add_on FROM known_add_ons))
SELECT line_key, beside.day, any_value(cited) AS cited, any_value(scattered) AS doubted,
    -- where the list leaves the services to the payer, or none is listed that day, nothing is said
    any_value(beside.code) IN (SELECT add_on FROM listed_with AS open WHERE open.day = beside.day AND valid AND type = 1) AS in_force,
    coalesce(bool_or(valid), false) AS has_primary, coalesce(bool_or(NOT valid), false) AS has_old, coalesce(bool_or(is_of(main_code, 'heart_catheterization')), false) AS has_other
FROM beside LEFT JOIN listed_with ON add_on = beside.code AND primary_code = main_code AND listed_with.day = beside.day
GROUP BY line_key, beside.day;

CREATE OR REPLACE TABLE claim_diagnoses AS
SELECT line_key, code_system, code FROM claim_codes WHERE code_system IN ('icd10cm', 'icd9cm');
