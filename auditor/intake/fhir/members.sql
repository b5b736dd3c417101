-- Members, each with the mother and the person that other resources tell of.

CREATE OR REPLACE VIEW members_resolved AS
SELECT spool_members.* EXCLUDE (person_key) REPLACE (
    coalesce(spool_members.person_id, person.member_id) AS person_id,
    coalesce(spool_members.mother_member_id, mothers.mother_member_id) AS mother_member_id)
FROM spool_members
LEFT JOIN people AS person ON person.key = person_key AND NOT person.several
LEFT JOIN mothers ON mothers.member_id = spool_members.member_id
ORDER BY spool_members.member_id, source_file, source_row;
