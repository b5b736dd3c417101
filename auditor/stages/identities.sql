-- Who is who: ids of one person are read as one, and a newborn's claims on the mother's id as the child's. What fits more than one
-- person is left as it is, and held: `doubtful_ids` may be of several people, on `doubtful_days` a mother's id may be her child's.

CREATE OR REPLACE TABLE id_persons AS
SELECT member_id, min(person_id) AS person_id, count(DISTINCT person_id) AS persons FROM members WHERE person_id IS NOT NULL GROUP BY member_id;

-- Ids that cannot be one person's, whatever the crosswalk says: born on different days, or in another order.
CREATE OR REPLACE TABLE torn_persons AS
SELECT id_persons.person_id
FROM id_persons JOIN members USING (member_id)
WHERE persons = 1
GROUP BY id_persons.person_id
HAVING count(DISTINCT member_id) > 1 AND (max(birth_date_day) > min(birth_date_last_day) OR count(DISTINCT birth_order) > 1);

CREATE OR REPLACE TABLE identities AS
SELECT member_id, min(member_id) OVER (PARTITION BY person_id) AS read_as
FROM id_persons WHERE persons = 1 AND person_id NOT IN (FROM torn_persons);

UPDATE members SET member_id = read_as FROM identities WHERE identities.member_id = members.member_id AND read_as <> members.member_id;
UPDATE members SET mother_member_id = read_as FROM identities WHERE identities.member_id = mother_member_id AND read_as <> mother_member_id;
UPDATE chart_rows SET member_id = read_as FROM identities WHERE identities.member_id = chart_rows.member_id AND read_as <> chart_rows.member_id;
UPDATE authorizations SET member_id = read_as FROM identities WHERE identities.member_id = authorizations.member_id AND read_as <> authorizations.member_id;
UPDATE claim_lines SET member_id = read_as FROM identities WHERE identities.member_id = claim_lines.member_id AND read_as <> claim_lines.member_id;
UPDATE set_aside SET member_id = read_as FROM identities WHERE identities.member_id = set_aside.member_id AND read_as <> set_aside.member_id;

CREATE OR REPLACE TABLE doubtful_ids AS
SELECT member_id FROM id_persons WHERE persons > 1 OR person_id IN (FROM torn_persons)
UNION
SELECT member_id FROM members GROUP BY member_id HAVING count(DISTINCT birth_order) > 1 OR count(DISTINCT mother_member_id) > 1;

-- A newborn's claims are known by their diagnoses.
SET VARIABLE newborn_codes = (SELECT '(^| )(' || string_agg(code, '|' ORDER BY code) || ')' FROM value_set_codes WHERE value_set = 'newborn_diagnosis' AND code_system = 'icd10cm');
SET VARIABLE birth_codes = (SELECT '(^| )(' || string_agg(code, '|' ORDER BY code) || ')' FROM value_set_codes WHERE value_set = 'newborn_diagnosis' AND code_system = 'icd10cm' AND tier = 'decides');
SET VARIABLE maternal_codes = (SELECT '(^| )(' || string_agg(code, '|' ORDER BY code) || ')' FROM value_set_codes WHERE value_set = 'maternal_diagnosis' AND code_system = 'icd10cm');

CREATE OR REPLACE TABLE line_diagnoses AS
SELECT line_key, member_id, codes
FROM (
    SELECT line_key, member_id, CASE WHEN coalesce(diagnosis_code_type, 'icd10cm') = 'icd10cm' THEN concat_ws(' ', *COLUMNS('^diagnosis_code_[0-9]+$')) END AS codes
    FROM claim_lines)
WHERE regexp_matches(codes, getvariable('newborn_codes'));

-- Claims of an id that refer to each other, directly or through others.
CREATE OR REPLACE TABLE claim_families AS
WITH RECURSIVE links AS (
    SELECT DISTINCT member_id, claim_id AS one, coalesce(original_claim_id, claim_id) AS other FROM claim_lines WHERE member_id IN (SELECT member_id FROM line_diagnoses)),
reach(member_id, claim_id, root) AS (
    SELECT member_id, one, one FROM links UNION SELECT member_id, other, other FROM links
    UNION
    SELECT reach.member_id, CASE WHEN links.one = reach.claim_id THEN links.other ELSE links.one END, root
    FROM reach JOIN links ON links.member_id = reach.member_id AND reach.claim_id IN (links.one, links.other))
SELECT member_id, claim_id, min(root) AS family FROM reach GROUP BY ALL;

CREATE OR REPLACE TABLE family_lines AS
SELECT lines.line_key, lines.member_id, family, claim_line_start_date AS first_day, claim_line_end_date AS last_day, codes IS NOT NULL AS newborn,
    coalesce(regexp_matches(codes, getvariable('birth_codes')), false) AS birth,
    coalesce(diagnosis_code_type, 'icd10cm') = 'icd10cm' AND coalesce(regexp_matches(concat_ws(' ', *COLUMNS('^diagnosis_code_[0-9]+$')), getvariable('maternal_codes')), false) AS maternal
FROM claim_lines AS lines JOIN claim_families USING (member_id, claim_id) LEFT JOIN line_diagnoses USING (line_key);

-- On a mother's id: a child names her, or she is of an age to have one and the claim says that it is of the birth.
CREATE OR REPLACE TABLE newborn_families AS
SELECT * FROM (
    SELECT member_id, family, min(first_day) AS first_day, max(last_day) AS last_day, bool_or(birth) AS birth, bool_or(maternal) AS maternal
    FROM family_lines GROUP BY ALL HAVING bool_or(newborn)) AS families
WHERE EXISTS (FROM members WHERE members.mother_member_id = families.member_id AND members.member_id <> families.member_id)
    OR (birth AND EXISTS (FROM members WHERE members.member_id = families.member_id
        AND completed_years(birth_date_last_day, first_day) BETWEEN getvariable('mother_age_years') AND getvariable('oldest_age_years')));

CREATE OR REPLACE TABLE newborn_candidates AS
SELECT DISTINCT families.member_id, family, child, of_several
FROM newborn_families AS families
JOIN (SELECT DISTINCT mother_member_id AS mother, member_id AS child FROM members WHERE mother_member_id <> member_id) AS children ON children.mother = families.member_id
JOIN (SELECT member_id, min(birth_date_day) AS born_from, max(birth_date_last_day) AS born_by, count(birth_order) > 0 AS of_several FROM members GROUP BY member_id) AS births ON births.member_id = child
WHERE born_from IS NULL OR (born_from <= first_day AND first_day - born_by <= getvariable('mother_id_days'));

-- One child, and not one of several: hers or his. Else nobody's, until someone says whose.
CREATE OR REPLACE TABLE newborn_fates AS
SELECT families.member_id, family, first_day, last_day,
    CASE WHEN count(child) = 1 AND NOT bool_or(of_several) AND NOT any_value(maternal) THEN min(child) END AS child
FROM newborn_families AS families LEFT JOIN newborn_candidates USING (member_id, family)
GROUP BY ALL;

CREATE OR REPLACE TABLE moved_lines AS
SELECT line_key, member_id AS billed_as, child FROM family_lines JOIN newborn_fates USING (member_id, family) WHERE child IS NOT NULL;

UPDATE claim_lines SET member_id = child FROM moved_lines WHERE moved_lines.line_key = claim_lines.line_key;

CREATE OR REPLACE TABLE doubtful_days AS SELECT member_id, first_day, last_day FROM newborn_fates;
