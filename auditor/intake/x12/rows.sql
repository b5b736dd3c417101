-- The canonical rows: claim lines with their money, payments that are set aside, and people.

CREATE OR REPLACE MACRO written_cents(cents) AS
    CASE WHEN cents < 0 THEN '-' ELSE '' END || (abs(cents) // 100) || '.' || lpad(CAST(abs(cents) % 100 AS VARCHAR), 2, '0');

CREATE OR REPLACE TABLE originals AS
WITH claims AS (
    SELECT DISTINCT filled(claim_id) AS claim_id, filled(member_id) AS member_id, filled(frequency_code) AS frequency,
        filled(original_claim_id) AS original
    FROM read_parquet(getvariable('lines'))),
referring AS (SELECT DISTINCT * FROM claims WHERE original IS NOT NULL),
paid AS (SELECT payer_number, min(claim_id) AS claim_id FROM remits GROUP BY payer_number HAVING count(DISTINCT claim_id) = 1)
-- a payer's number is turned into the claim's own, through a remittance, or because another version has the same number
SELECT referring.claim_id, referring.member_id, referring.frequency, original, any_value(CASE
    WHEN EXISTS (SELECT 1 FROM claims WHERE claims.claim_id = original AND claims.member_id = referring.member_id) THEN original
    WHEN paid.claim_id IS NOT NULL THEN paid.claim_id
    WHEN EXISTS (SELECT 1 FROM claims WHERE claims.claim_id = referring.claim_id AND claims.member_id = referring.member_id
        AND claims.frequency IS DISTINCT FROM referring.frequency) THEN referring.claim_id
    ELSE original END) AS resolved
FROM referring LEFT JOIN paid ON paid.payer_number = original GROUP BY ALL;

CREATE OR REPLACE VIEW rows_of_lines AS
SELECT lines.source_file, lines.source_row, filled(lines.claim_id) AS claim_id, filled(claim_line_number) AS claim_line_number,
    filled(lines.member_id) AS member_id,
    coalesce(filled(first_day), filled(statement_first)) AS claim_line_start_date,
    CASE WHEN filled(first_day) IS NOT NULL THEN filled(last_day) ELSE filled(statement_last) END AS claim_line_end_date,
    filled(hcpcs_code) AS hcpcs_code, filled(revenue_center_code) AS revenue_center_code, filled(service_unit_quantity) AS service_unit_quantity,
    filled(unit_of_measure) AS unit_of_measure, filled(hcpcs_modifier_1) AS hcpcs_modifier_1, filled(hcpcs_modifier_2) AS hcpcs_modifier_2,
    filled(hcpcs_modifier_3) AS hcpcs_modifier_3, filled(hcpcs_modifier_4) AS hcpcs_modifier_4, filled(claim_type) AS claim_type,
    coalesce(filled(line_of_business), getvariable('lines_of_business')[filing]) AS line_of_business, filled(state) AS state,
    filled(ndc_code) AS ndc_code, filled(line_description) AS line_description,
    CASE WHEN filled(place_of_service_code) IS NOT NULL THEN coalesce(filled(line_place), filled(place_of_service_code)) END AS place_of_service_code,
    filled(bill_type_code) AS bill_type_code, filled(frequency_code) AS frequency_code, resolved AS original_claim_id, money.status AS claim_status,
    CASE WHEN by_drg THEN 'drg' ELSE coalesce(filled(line_payment_method), filled(payment_method)) END AS payment_method,
    coalesce(filled(line_rendering_npi), filled(rendering_npi)) AS rendering_npi, filled(billing_npi) AS billing_npi,
    filled(facility_npi) AS facility_npi, filled(billing_tin) AS billing_tin,
    CASE WHEN filled(line_rendering_npi) IS NOT NULL THEN filled(line_specialty) ELSE filled(rendering_specialty) END AS rendering_specialty,
    filled(plan) AS plan, filled(charge_amount) AS charge_amount, written_cents(allowed_cents) AS allowed_amount,
    coalesce(unreadable, written_cents(paid_cents)) AS paid_amount,
    coalesce(received_date, CASE WHEN list_contains(getvariable('superseding'), frequency_code) THEN filled(sent_date) END) AS received_date,
    CAST(paid_date AS VARCHAR) AS paid_date, filled(admission_date) AS admission_date, filled(discharge_date) AS discharge_date,
    filled(diagnosis_code_type) AS diagnosis_code_type, filled(procedure_code_type) AS procedure_code_type,
    diagnoses, procedures, procedure_dates, lines.fault_column, lines.fault
FROM (SELECT of_file(filename) AS file, getvariable('names')[of_file(filename) + 1] AS source_file, * EXCLUDE (filename)
      FROM read_parquet(getvariable('lines'), filename = true)) AS lines
LEFT JOIN line_money AS money ON money.line_key = key_of(file, lines.source_row)
LEFT JOIN originals ON originals.claim_id = lines.claim_id AND originals.original = filled(lines.original_claim_id)
    AND originals.member_id IS NOT DISTINCT FROM filled(lines.member_id) AND originals.frequency IS NOT DISTINCT FROM filled(lines.frequency_code);

CREATE OR REPLACE VIEW rows_of_payments AS
SELECT getvariable('names')[file + 1] AS source_file, source_row, claim_id, patient_id AS member_id, CAST(first_day AS VARCHAR) AS claim_line_start_date,
    service AS hcpcs_code, revenue AS revenue_center_code, charge AS charge_amount, paid AS paid_amount, CAST(paid_date AS VARCHAR) AS paid_date,
    CASE WHEN reason = 'no_service' THEN 'hcpcs_code' ELSE 'claim_id' END AS fault_column, getvariable('faults')[reason] AS fault
FROM payments_aside;

CREATE OR REPLACE VIEW rows_of_people AS
SELECT getvariable('names')[place // 1000000000000 + 1] AS source_file, place % 1000000000000 AS source_row, member_id, birth_date, sex, mother_member_id
FROM (
    SELECT min(key_of(of_file(filename), source_row)) AS place, filled(member_id) AS member_id, filled(birth_date) AS birth_date, filled(sex) AS sex,
        filled(mother_member_id) AS mother_member_id
    FROM read_parquet(getvariable('people'), filename = true) WHERE filled(member_id) IS NOT NULL GROUP BY ALL);
