-- Rows in scope that are read as they stand, and that whoever reads the report must know of: how many of each kind.

-- name: future_lines
SELECT count(*) FROM claim_lines WHERE claim_line_start_date > getvariable('as_of');

-- name: future_charts
SELECT count(*) FROM chart_rows WHERE start_day > getvariable('as_of');

-- name: unknown_frequencies
SELECT count(*) FROM line_versions WHERE frequency NOT IN (SELECT frequency FROM frequency_roles);

-- name: unknown_states
SELECT count(*) FROM claim_lines WHERE NOT regexp_full_match(state, '[A-Z]{2}');
