-- Members, each with the mother and the person that other resources tell of.

CREATE OR REPLACE VIEW members_resolved AS
SELECT members.* EXCLUDE (person_key, self_key, updated) REPLACE (
    coalesce(members.person_id, person.member_id) AS person_id,
    coalesce(members.mother_member_id, mothers.mother_member_id) AS mother_member_id)
FROM newest_members AS members
LEFT JOIN people AS person ON person.key = person_key AND NOT person.several
LEFT JOIN mothers ON mothers.member_id = members.member_id
ORDER BY members.member_id, source_file, source_row;
