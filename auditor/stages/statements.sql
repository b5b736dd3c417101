-- Everything the record says of the members audited, one row a statement: chart rows, and the diagnoses, procedures, services and
-- drugs of living claim lines. Measurements are brought to one scale; what cannot be true is marked, not used.

CREATE OR REPLACE TABLE claim_codes AS
SELECT line_key, coalesce(diagnosis_code_type, 'icd10cm') AS code_system, code, NULL::DATE AS code_day
FROM (UNPIVOT (FROM final_lines WHERE living) ON COLUMNS('diagnosis_code_[0-9]+') INTO NAME place VALUE code)
UNION
SELECT codes.line_key, coalesce(procedure_code_type, 'icd10pcs'), codes.code, days.code_day
FROM (UNPIVOT (SELECT line_key, procedure_code_type, COLUMNS('procedure_code_[0-9]+') FROM final_lines WHERE living)
      ON COLUMNS('procedure_code_[0-9]+') INTO NAME place VALUE code) AS codes
LEFT JOIN (UNPIVOT (SELECT line_key, COLUMNS('procedure_date_[0-9]+') FROM final_lines WHERE living)
      ON COLUMNS('procedure_date_[0-9]+') INTO NAME place VALUE code_day) AS days
    ON days.line_key = codes.line_key AND days.place = replace(codes.place, 'code', 'date')
UNION
SELECT line_key, 'hcpcs', hcpcs_code, NULL FROM final_lines WHERE living AND hcpcs_code IS NOT NULL
UNION
SELECT line_key, 'ndc', ndc_code, NULL FROM final_lines WHERE living AND ndc_code IS NOT NULL;

-- What each combination of words on the charts means to this policy. One that no concept and no value set knows says nothing to it.
-- Long tables of readings name it by its number: what it says is the same in all its rows.
CREATE OR REPLACE TABLE chart_meanings AS
WITH known AS (
    SELECT DISTINCT chart_words.* FROM chart_words LEFT JOIN value_set_codes AS listed
        ON listed.code = chart_words.code OR (is_prefix AND starts_with(chart_words.code, listed.code))
    WHERE concept IS NOT NULL OR listed.code IS NOT NULL),
by_code AS (
    SELECT event_concepts.concept AS coded_concept, value_set_codes.code_system, value_set_codes.code, alias_of
    FROM event_concepts JOIN value_set_codes USING (value_set)
    WHERE NOT is_prefix),
named AS (
    SELECT word, source_file, code_system, code, coalesce(status, 'present') AS status, lower(unit) AS unit, coalesce(concept, coded_concept) AS concept, alias_of
    FROM known LEFT JOIN by_code USING (code_system, code))
SELECT row_number() OVER ()::INTEGER AS meaning, named.*, CASE WHEN status = 'entered_in_error' THEN 'error' ELSE 'chart' END AS kind,
    measured.unit IS NOT NULL AND reading IS NULL AS measured, reading AS value_reading, low AS least, high AS most,
    coalesce(named.concept IN (SELECT concept FROM exposure_concepts WHERE role = 'doses'), false) AS is_dose
FROM named LEFT JOIN event_concepts AS measured ON measured.concept = named.concept;

-- Amounts that are brought to the concept's unit; all others stand as they are.
CREATE OR REPLACE TABLE chart_scales AS
SELECT meaning, above, upto, factor
FROM chart_meanings AS meanings JOIN measure_scales AS scale
    ON scale.concept = meanings.concept AND (scale.unit IS NULL OR scale.unit = meanings.unit);

CREATE OR REPLACE VIEW chart_statements AS
WITH scaled AS (
    SELECT chart_rows.* EXCLUDE ("@local", "@offset", "@utc"), chart_rows.rowid AS statement, meanings.* EXCLUDE (word), coalesce(factor, 1.0) AS factor,
        round(amount * coalesce(factor, 1.0), 4) AS scaled_amount
    FROM chart_rows JOIN chart_meanings AS meanings USING (word)
    LEFT JOIN chart_scales AS scale
        ON scale.meaning = meanings.meaning
        AND (scale.above IS NULL OR amount > scale.above) AND (scale.upto IS NULL OR amount <= scale.upto))
SELECT * EXCLUDE (word, amount, scaled_amount, factor, measured, least, most), 'events' AS source_table, NULL::BIGINT AS line_key,
    CASE WHEN value_reading IS NULL AND isfinite(amount) THEN scaled_amount END AS number,
    measured AND isfinite(amount) AND factor <> 1.0 AS rescaled,
    measured AND value IS NOT NULL AND (amount IS NULL OR NOT isfinite(amount) OR scaled_amount NOT BETWEEN least AND most) AS impossible
FROM scaled;

CREATE OR REPLACE TABLE claim_statements AS
WITH by_code AS (
    SELECT event_concepts.concept, value_set_codes.code_system, value_set_codes.code, alias_of, reading AS value_reading
    FROM event_concepts JOIN value_set_codes USING (value_set)
    WHERE NOT is_prefix)
SELECT member_id, source_file, source_row, line_key, code_system, code, code_day, facility_npi AS facility, claim_id AS document_id, concept, alias_of, value_reading,
    claim_line_start_date, claim_line_end_date
FROM claim_codes JOIN claim_lines USING (line_key) LEFT JOIN by_code USING (code_system, code);

-- A service or diagnosis lasts as long as its line, a dated procedure its own day.
CREATE OR REPLACE VIEW line_statements AS
SELECT * EXCLUDE (code_day, claim_line_start_date, claim_line_end_date), -1 - rowid AS statement, 'claim_lines' AS source_table,
    CASE WHEN code_day IS NULL THEN 'claim' ELSE 'procedure' END AS kind, 'present' AS status,
    coalesce(code_day, claim_line_start_date) AS start_day, coalesce(code_day, claim_line_start_date) AS start_last_day,
    coalesce(code_day, claim_line_end_date) AS end_day, coalesce(code_day, claim_line_end_date) AS end_last_day,
    false AS rescaled, false AS impossible
FROM claim_statements;

CREATE OR REPLACE VIEW statements AS
FROM chart_statements UNION ALL BY NAME FROM line_statements;
