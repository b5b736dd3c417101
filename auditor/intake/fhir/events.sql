-- Events with the member, the drug or device, the stay and the report that other resources tell of them.

CREATE OR REPLACE VIEW events_coded AS
SELECT events.* REPLACE (
    coalesce(events.code_system, things.code_system) AS code_system,
    coalesce(events.code, things.code) AS code,
    coalesce(events.concept, things.concept) AS concept,
    coalesce(events.text, things.text) AS text,
    coalesce(events.course, things.course) AS course,
    coalesce(events.dose, things.dose) AS dose),
    code_key IS NOT NULL AND things.key IS NULL AS leads_nowhere
FROM newest_events AS events LEFT JOIN things ON things.key = code_key;

-- A course and a dose are told by their concept alone: the code beside it would tell the same once more.
CREATE OR REPLACE VIEW events_named AS
SELECT * REPLACE (
    CASE WHEN role = 'dose' THEN dose WHEN role = 'course' THEN coalesce(course, concept) ELSE concept END AS concept,
    CASE WHEN role = 'dose' OR role = 'course' AND course IS NOT NULL THEN NULL ELSE code_system END AS code_system,
    CASE WHEN role = 'dose' OR role = 'course' AND course IS NOT NULL THEN NULL ELSE code END AS code)
FROM events_coded
WHERE role IS DISTINCT FROM 'dose' OR dose IS NOT NULL;

CREATE OR REPLACE VIEW events_resolved AS
SELECT named.* EXCLUDE (member_key, encounter_key, facility_key, code_key, self_key, updated, role, course, dose, leads_nowhere) REPLACE (
    member_of(people.member_id, people.several, member_key) AS member_id,
    CASE WHEN role = 'stay' THEN encounters.start ELSE named.start END AS start,
    CASE WHEN role = 'stay' THEN encounters."end" ELSE named."end" END AS "end",
    coalesce(place.npi, place.name, named.facility, encounters.facility) AS facility,
    coalesce(named.document_id, reports.document_id) AS document_id,
    CASE WHEN fault IS NOT NULL THEN fault_column
         WHEN member_fault(people.member_id, people.several, member_key) IS NOT NULL THEN 'member_id'
         WHEN leads_nowhere THEN 'code' END AS fault_column,
    coalesce(fault, member_fault(people.member_id, people.several, member_key), CASE WHEN leads_nowhere THEN 'reference leads nowhere' END) AS fault)
FROM events_named AS named
LEFT JOIN people ON people.key = member_key
LEFT JOIN encounters ON encounters.key = encounter_key
LEFT JOIN providers AS place ON place.key = coalesce(named.facility_key, encounters.facility_key)
LEFT JOIN reports ON reports.key = self_key
ORDER BY member_id, source_file, source_row, code_system, code, concept, value, text;
