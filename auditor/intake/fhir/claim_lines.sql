-- Claim lines with everything that other resources tell of them. A Claim that an ExplanationOfBenefit answers is told by that one.

CREATE OR REPLACE TABLE answered AS
SELECT answers_key AS key FROM spool_claim_lines WHERE answers_key IS NOT NULL
UNION
SELECT asked.key FROM spool_claims AS asked JOIN spool_claims AS answer ON answer.claim_id = asked.claim_id
WHERE asked.adjudicated IS NULL AND answer.adjudicated IS NOT NULL;

CREATE OR REPLACE VIEW claim_lines_resolved AS
SELECT lines.* EXCLUDE (member_key, claim_key, answers_key, original_key, coverage_key, billing_key, facility_key, rendering_key, resource, self_key, updated) REPLACE (
    member_of(people.member_id, people.several, member_key) AS member_id,
    coalesce(original.claim_id, original_claim_id) AS original_claim_id,
    coalesce(lines.line_of_business, coverages.line_of_business) AS line_of_business,
    coalesce(lines.plan, coverages.plan) AS plan,
    coalesce(billing_npi, biller.npi) AS billing_npi,
    coalesce(billing_tin, biller.tin) AS billing_tin,
    coalesce(facility_npi, place.npi) AS facility_npi,
    coalesce(rendering_npi, renderer.npi) AS rendering_npi,
    CASE WHEN fault IS NOT NULL THEN fault_column WHEN member_fault(people.member_id, people.several, member_key) IS NOT NULL THEN 'member_id' END AS fault_column,
    coalesce(fault, member_fault(people.member_id, people.several, member_key)) AS fault)
FROM newest_claim_lines AS lines
LEFT JOIN people ON people.key = member_key
LEFT JOIN claims AS original ON original.key = original_key
LEFT JOIN coverages ON coverages.key = coverage_key
LEFT JOIN providers AS biller ON biller.key = billing_key
LEFT JOIN providers AS place ON place.key = facility_key
LEFT JOIN providers AS renderer ON renderer.key = rendering_key
WHERE resource IS DISTINCT FROM 'Claim' OR claim_key IS NULL OR claim_key NOT IN (SELECT key FROM answered)
ORDER BY ALL;
