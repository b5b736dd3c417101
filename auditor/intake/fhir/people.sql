-- Who each key leads to: one member, or several, of which none is guessed; and what else is looked up by key.

CREATE OR REPLACE TABLE people AS
SELECT key, min(member_id) AS member_id, count(DISTINCT member_id) > 1 AS several FROM spool_people GROUP BY key;

-- An export without Patients is about members whom other files describe: there the id in the reference is the member's.
SET VARIABLE no_people = (SELECT count(*) = 0 FROM people);

CREATE OR REPLACE MACRO member_of(found, several, reference) AS
    CASE WHEN several THEN NULL WHEN found IS NOT NULL THEN found
         WHEN getvariable('no_people') AND starts_with(reference, 'Patient/') THEN substr(reference, length('Patient/') + 1) END;

CREATE OR REPLACE MACRO member_fault(found, several, reference) AS
    CASE WHEN reference IS NULL THEN NULL WHEN several THEN 'reference fits more than one'
         WHEN member_of(found, several, reference) IS NULL THEN 'reference leads nowhere' END;

CREATE OR REPLACE TABLE providers AS
SELECT key, CASE WHEN count(DISTINCT npi) = 1 THEN min(npi) END AS npi, CASE WHEN count(DISTINCT tin) = 1 THEN min(tin) END AS tin, min(name) AS name
FROM spool_providers GROUP BY key;

CREATE OR REPLACE TABLE encounters AS
SELECT key, min(start) AS start, min("end") AS "end", min(facility_key) AS facility_key, min(facility) AS facility FROM spool_encounters GROUP BY key;

CREATE OR REPLACE TABLE coverages AS
SELECT key, CASE WHEN count(DISTINCT line_of_business) = 1 THEN min(line_of_business) END AS line_of_business, min(plan) AS plan FROM spool_coverages GROUP BY key;

CREATE OR REPLACE TABLE claims AS
SELECT key, min(claim_id) AS claim_id FROM spool_claims GROUP BY key;

CREATE OR REPLACE TABLE reports AS
SELECT key, min(document_id) AS document_id FROM spool_reports GROUP BY key;

CREATE OR REPLACE TABLE things AS SELECT DISTINCT key, code_system, code, concept, text, course, dose FROM spool_things;

-- A newborn's mother: by the mother's link to the relative, else by the identifier that both have; one, or none.
CREATE OR REPLACE TABLE mothers AS
SELECT child.member_id, min(coalesce(spool_links.member_id, mother.member_id)) AS mother_member_id
FROM spool_relatives AS relative
JOIN people AS child ON child.key = relative.member_key AND NOT child.several
LEFT JOIN spool_links ON spool_links.key = relative.key
LEFT JOIN people AS mother ON mother.key = relative.mother_key AND NOT mother.several
GROUP BY child.member_id
HAVING count(DISTINCT coalesce(spool_links.member_id, mother.member_id)) = 1;
