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

-- A chart row that no concept and no value set knows says nothing to this policy.
CREATE OR REPLACE MACRO starts_with_any(the_code) AS
    the_code IN (SELECT seen.code FROM (SELECT DISTINCT code FROM events) AS seen JOIN value_set_codes ON is_prefix AND starts_with(seen.code, value_set_codes.code));

CREATE OR REPLACE TABLE statements AS
WITH raw AS (
    SELECT member_id, 'events' AS source_table, source_file, source_row, CASE WHEN status = 'entered_in_error' THEN 'error' ELSE 'chart' END AS kind,
        NULL::BIGINT AS line_key, concept, code_system, code, coalesce(status, 'present') AS status, value, lower(unit) AS unit, facility, document_id,
        start_at, start_local, start_day, start_last_day, end_at, end_local, end_day, end_last_day
    FROM events
    WHERE concept IS NOT NULL OR code IN (SELECT code FROM value_set_codes) OR starts_with_any(code)
    UNION ALL
    SELECT member_id, 'claim_lines', source_file, source_row, CASE WHEN code_day IS NULL THEN 'claim' ELSE 'procedure' END,
        line_key, NULL, code_system, code, 'present', NULL, NULL, facility_npi, claim_id,
        NULL, NULL, coalesce(code_day, claim_line_start_date), coalesce(code_day, claim_line_start_date),
        NULL, NULL, coalesce(code_day, claim_line_end_date), coalesce(code_day, claim_line_end_date)
    FROM claim_codes JOIN final_lines USING (line_key)),
by_code AS (
    SELECT event_concepts.concept AS coded_concept, value_set_codes.code_system, value_set_codes.code, alias_of
    FROM event_concepts JOIN value_set_codes USING (value_set)
    WHERE NOT is_prefix),
named AS (
    SELECT raw.* EXCLUDE (concept), coalesce(raw.concept, coded_concept) AS concept, alias_of
    FROM raw LEFT JOIN by_code USING (code_system, code)),
numbered AS (
    SELECT named.*, measured.unit AS to_unit, measured.low AS least, measured.high AS most, measured.reading,
        TRY_CAST(regexp_replace(trim(value), '^[<>≤≥~ ]+', '') AS DOUBLE) AS number
    FROM named LEFT JOIN event_concepts AS measured ON measured.concept = named.concept),
scaled AS (
    SELECT numbered.*, coalesce(scale.factor, 1.0) AS factor
    FROM numbered LEFT JOIN measure_scales AS scale
        ON scale.concept = numbered.concept
        AND (scale.unit IS NULL OR scale.unit = numbered.unit)
        AND (scale.above IS NULL OR number > scale.above)
        AND (scale.upto IS NULL OR number <= scale.upto))
SELECT row_number() OVER () AS statement, scaled.* EXCLUDE (number, factor, least, most, reading, to_unit),
    CASE WHEN reading IS NULL AND isfinite(number) THEN round(number * factor, 4) END AS number,
    reading AS value_reading,
    to_unit IS NOT NULL AND reading IS NULL AND isfinite(number) AND factor <> 1.0 AS rescaled,
    to_unit IS NOT NULL AND reading IS NULL AND value IS NOT NULL AND (number IS NULL OR NOT isfinite(number) OR round(number * factor, 4) NOT BETWEEN least AND most) AS impossible
FROM scaled;
