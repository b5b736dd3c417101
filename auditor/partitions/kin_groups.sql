-- Who belongs together: members tied by a person or a mother, directly or through others, under the lowest id among them.

-- name: begin
CREATE OR REPLACE TABLE kin_groups AS SELECT DISTINCT member_id, member_id AS kin_group FROM kin_ties;

-- name: step
CREATE OR REPLACE TABLE nearer_groups AS
SELECT member_id, min(lowest) AS kin_group
FROM kin_ties JOIN (SELECT tie, min(kin_group) AS lowest FROM kin_ties JOIN kin_groups USING (member_id) GROUP BY tie) USING (tie)
GROUP BY member_id;

-- name: changed
SELECT count(*) FROM kin_groups JOIN nearer_groups USING (member_id) WHERE kin_groups.kin_group <> nearer_groups.kin_group;

-- name: take
CREATE OR REPLACE TABLE kin_groups AS FROM nearer_groups;

-- name: number
CREATE OR REPLACE TABLE scope_parts AS
SELECT scope_members.member_id, (hash(coalesce(kin_group, scope_members.member_id)) % getvariable('parts'))::BIGINT AS number
FROM scope_members LEFT JOIN kin_groups USING (member_id);
