-- A stay's ventilator days: how it begins, which first days are billed again, and which days go beyond what the record leaves room for.

CREATE OR REPLACE TABLE ventilator_lines AS
SELECT coded_days.*, stay FROM coded_days JOIN stays ON stays.member_id = coded_days.member_id AND coded_days.day BETWEEN stays.first_day AND stays.last_day
WHERE is_of(code, 'ventilator_services');

-- Charted ventilation: from, and to where it is charted.
CREATE OR REPLACE TABLE ventilation AS
SELECT member_id, start_at, start_day, start_last_day, end_at, end_day, end_last_day, cite(source_file, source_row) AS cited
FROM chart_statements WHERE kind = 'chart' AND concept = 'ventilation' AND status NOT IN ('preliminary', 'absent', 'contraindicated');

CREATE OR REPLACE TABLE first_days AS
WITH numbered AS (
    SELECT *, row_number() OVER days AS place, first_value(cited) OVER days AS first_cited, lag(day) OVER days AS day_before
    FROM (
        SELECT member_id, stay, claim_kind, provider, day, min(line_key) AS line_key, arg_min(cited, line_key) AS cited
        FROM ventilator_lines WHERE counted AND is_tier_of(code, 'ventilator_services', 'first_day') AND (NOT scattered OR day = first_day) GROUP BY ALL)
    WINDOW days AS (PARTITION BY member_id, stay, claim_kind, provider ORDER BY day))
SELECT *,
    -- off and on again since the first day billed before, by the day after at the latest
    coalesce((SELECT list_sort(list_distinct(list(later.cited))) FROM ventilation AS later JOIN ventilation AS earlier ON earlier.member_id = later.member_id AND earlier.end_day <= later.start_day
        WHERE later.member_id = numbered.member_id AND later.start_day BETWEEN numbered.day - 1 AND numbered.day AND earlier.end_day >= numbered.day_before
            AND (earlier.end_at IS NULL OR later.start_at IS NULL OR earlier.end_at < later.start_at)), []) AS restarts
FROM numbered;

-- The first ventilator day of each stay and kind of claim; a first day billed by anyone on it, or paid or not, is a beginning.
CREATE OR REPLACE TABLE stay_starts AS
SELECT DISTINCT ON (member_id, stay, claim_kind) *
FROM ventilator_lines
ORDER BY member_id, stay, claim_kind, day, is_tier_of(code, 'ventilator_services', 'first_day') DESC, counted DESC, line_key;

-- Days billed after charted ventilation ended, or between; and days beyond those of the claim's own procedure codes.
CREATE OR REPLACE TABLE ventilator_excess AS
SELECT line_key, day, cited, stay FROM ventilator_lines AS lines
WHERE counted
    AND EXISTS (FROM ventilation WHERE ventilation.member_id = lines.member_id AND end_last_day < lines.day AND start_day >= (SELECT min(first_day) FROM stays WHERE stays.member_id = lines.member_id AND stays.stay = lines.stay))
    AND NOT EXISTS (FROM ventilation WHERE ventilation.member_id = lines.member_id AND start_day <= lines.day AND (end_day IS NULL OR end_last_day >= lines.day))
UNION
SELECT line_key, day, cited, stay
FROM (
    SELECT lines.*, dense_rank() OVER (PARTITION BY lines.member_id, lines.stay ORDER BY day) AS turn, room
    FROM ventilator_lines AS lines
    JOIN (
        SELECT member_id, stay, sum(most_days) AS room
        FROM (
            SELECT DISTINCT lines.member_id, lines.stay, codes.code, codes.code_day
            FROM ventilator_lines AS lines JOIN claim_codes AS codes ON codes.line_key = lines.line_key AND codes.code_system = 'icd10pcs')
        JOIN ventilator_bands USING (code) GROUP BY ALL) AS bands ON bands.member_id = lines.member_id AND bands.stay = lines.stay
    WHERE counted AND NOT EXISTS (
        -- a code without a band leaves room for any number
        FROM claim_codes JOIN value_set_codes AS codes ON codes.value_set = 'mechanical_ventilation' AND codes.code = claim_codes.code AND codes.code_system = claim_codes.code_system
        WHERE claim_codes.line_key = lines.line_key AND claim_codes.code NOT IN (SELECT code FROM ventilator_bands)))
WHERE turn > room;
