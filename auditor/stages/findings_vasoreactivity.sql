-- The vasoreactivity test: edits of its lines, one row a line and day.

-- name: add_on_alone
SELECT line_key, day, [cited] AS evidence, doubted FROM add_on_days WHERE in_force AND NOT has_primary AND NOT has_old AND NOT has_other;

-- name: add_on_beside_other
SELECT line_key, day, [cited] AS evidence, doubted FROM add_on_days WHERE in_force AND NOT has_primary AND NOT has_old AND has_other;

-- name: add_on_with_old_service
SELECT line_key, day, [cited] AS evidence, doubted FROM add_on_days WHERE in_force AND NOT has_primary AND has_old;

-- name: test_units
SELECT line_key, day, evidence FROM unit_hits WHERE has_role('test_services', 'hcpcs', code);

-- name: test_with_intervention
SELECT second_key AS line_key, day, evidence, first_key AS other, doubted FROM pair_hits
WHERE has_role('test_services', 'hcpcs', column_2) AND (second_key, day) NOT IN (SELECT (line_key, day) FROM add_on_days WHERE NOT has_primary AND has_other);

-- name: test_modifier
SELECT line_key, day, [cited] AS evidence FROM coded_days
WHERE counted AND has_role('test_services', 'hcpcs', code)
    AND EXISTS (FROM refused_modifiers WHERE is_of(code, value_set) AND list_contains(modifiers, modifier));

-- name: test_at_bedside
-- no catheterization by anyone that day, and iNO as treatment
SELECT line_key, coded_days.day, [cited] AS evidence, scattered AS doubted
FROM coded_days JOIN line_attributions USING (line_key) JOIN judged_courses AS courses USING (episode_id)
WHERE counted AND has_role('test_services', 'hcpcs', code) AND kind = 'therapy' AND courses.attribution IN ('confirmed', 'probable')
    AND (coded_days.member_id, coded_days.day) NOT IN (SELECT (member_id, day) FROM coded_days WHERE is_of(code, 'heart_catheterization'));
