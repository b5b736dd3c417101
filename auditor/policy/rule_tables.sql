-- The rules of one policy revision, as tables that the stages join. Rows are in the order of the files.

-- a code of a tier of a value set; of a prefix, every code that begins so
CREATE OR REPLACE TABLE value_set_codes (
    value_set VARCHAR, tier VARCHAR, code_system VARCHAR, code VARCHAR, is_prefix BOOLEAN,
    valid_from DATE, valid_to DATE, low BIGINT, high BIGINT, alias_of VARCHAR
);

-- words on a claim line: `has` must be found and `lacks` must not
CREATE OR REPLACE TABLE text_patterns (name VARCHAR, has VARCHAR, lacks VARCHAR);

-- a statement or measurement that an extract may use; unit and limits are empty for a statement
CREATE OR REPLACE TABLE event_concepts (
    concept VARCHAR, label VARCHAR, value_set VARCHAR, unit VARCHAR, low DOUBLE, high DOUBLE, reading VARCHAR
);

-- how a charted number becomes the concept's unit: by its own unit, or by lying above one number and up to another
CREATE OR REPLACE TABLE measure_scales (concept VARCHAR, unit VARCHAR, above DOUBLE, upto DOUBLE, factor DOUBLE);

-- what the policy can ask
CREATE OR REPLACE TABLE facts (fact VARCHAR, label VARCHAR, kind VARCHAR, documents VARCHAR[], report VARCHAR);

-- a measurement or statement that a daily fact is worked out from
CREATE OR REPLACE TABLE fact_inputs (fact VARCHAR, role VARCHAR, concept VARCHAR);

-- one way to show a fact, and one tier where it is by code; hours are from the first iNO, empty is open (a statement of absence: from absent_from_h)
CREATE OR REPLACE TABLE evidence_rules (
    rule_id BIGINT, fact VARCHAR, kind VARCHAR, concept VARCHAR, value_set VARCHAR, tier VARCHAR, strength VARCHAR,
    from_h DOUBLE, to_h DOUBLE, claim_from_h DOUBLE, claim_to_h DOUBLE, claim_windowed BOOLEAN,
    present_when VARCHAR[], absent_when VARCHAR[], absent_from_h DOUBLE
);

-- a condition that a record must answer: a criterion, KEY/applies, or KEY/consequence/0
CREATE OR REPLACE TABLE leaves (
    leaf VARCHAR, fact VARCHAR, operator VARCHAR, value_number DOUBLE, value_text VARCHAR
);

-- a paragraph that plays a role in the policy, and the fact it asks; empty for a group
CREATE OR REPLACE TABLE policy_roles (role VARCHAR, key VARCHAR, fact VARCHAR);

-- a paragraph at or below a pathway
CREATE OR REPLACE TABLE pathway_paragraphs (pathway VARCHAR, key VARCHAR);

-- whose rules decide for a line of business in a state
CREATE OR REPLACE TABLE lob_routes (line VARCHAR, state VARCHAR, route VARCHAR, paragraph VARCHAR, rules VARCHAR);

-- a name that plays a role in showing exposure
CREATE OR REPLACE TABLE exposure_rules (role VARCHAR, name VARCHAR);

-- a finding in one state of one criterion; state and criterion are empty where a query finds it
CREATE OR REPLACE TABLE finding_types (
    finding_id VARCHAR, state VARCHAR, criterion VARCHAR, query VARCHAR, severity VARCHAR, action VARCHAR,
    basis VARCHAR, paragraph VARCHAR, name VARCHAR, says VARCHAR, carc VARCHAR, rarc VARCHAR, cause VARCHAR, replaces VARCHAR
);

-- two diagnoses that are not coded together
CREATE OR REPLACE TABLE excludes1 (code VARCHAR, is_prefix BOOLEAN, with_code VARCHAR, with_prefix BOOLEAN);

-- what a claim's frequency code makes of it
CREATE OR REPLACE TABLE frequency_roles (frequency VARCHAR, role VARCHAR);

-- coding facts shipped with the program: pairs of services, and whether a modifier helps
CREATE OR REPLACE TABLE shipped_pairs (
    file VARCHAR, column_1 VARCHAR, is_prefix BOOLEAN, column_2 VARCHAR, indicator BIGINT, valid_from DATE, valid_to DATE
);

-- most units of a service in a day; adjudication 1 by line, 2 by day without exception, 3 by day unless documented
CREATE OR REPLACE TABLE shipped_units (file VARCHAR, code VARCHAR, most BIGINT, adjudication BIGINT, valid_from DATE, valid_to DATE);

-- an add-on and a service it goes with
CREATE OR REPLACE TABLE shipped_add_ons (add_on VARCHAR, type BIGINT, primary_code VARCHAR, valid_from DATE, valid_to DATE);

-- where a service is given: a place of service, or the first two digits of a type of bill
CREATE OR REPLACE TABLE service_settings (value_set VARCHAR, kind VARCHAR, code VARCHAR);

-- a modifier that a service does not take
CREATE OR REPLACE TABLE refused_modifiers (value_set VARCHAR, modifier VARCHAR);

-- what a modifier says of a line
CREATE OR REPLACE TABLE modifier_roles (role VARCHAR, modifier VARCHAR);

-- the ages that a code is for
CREATE OR REPLACE TABLE age_limits (
    code_system VARCHAR, code VARCHAR, is_prefix BOOLEAN, least_days BIGINT, most_days BIGINT, least_years BIGINT, under_years BIGINT
);

-- the most calendar days that a procedure code of ventilation leaves room for
CREATE OR REPLACE TABLE ventilator_bands (code VARCHAR, most_days BIGINT);

-- how a line says the time that one unit stands for: a pattern of its unit of measure, or of its words
CREATE OR REPLACE TABLE time_units (place BIGINT, unit VARCHAR, words VARCHAR, hours DOUBLE);

-- payers that take codes of two systems for one service as billing it twice
CREATE OR REPLACE TABLE both_code_systems (line VARCHAR, state VARCHAR);

-- how long after payment money may be asked back
CREATE OR REPLACE TABLE recovery_windows (line VARCHAR, state VARCHAR, plan VARCHAR, months BIGINT, valid_from DATE, valid_to DATE);

-- adjustment reasons and remarks, in our words
CREATE OR REPLACE TABLE reason_codes (kind VARCHAR, code VARCHAR, label VARCHAR, valid_from DATE, valid_to DATE);
