-- What stands in the way of asking money back, or speaks for asking soon.

-- name: window_closed
SELECT episode_id, min(first_day) AS first_day, max(last_day) AS last_day, list_sort(list(cited))[:5] AS evidence
FROM recovery_ends JOIN lines_at_risk USING (line_key) WHERE ends < getvariable('as_of') GROUP BY episode_id;

-- name: window_closing
SELECT episode_id, min(first_day) AS first_day, max(last_day) AS last_day, list_sort(list(cited))[:5] AS evidence
FROM recovery_ends JOIN lines_at_risk USING (line_key) WHERE ends >= getvariable('as_of') AND ends <= getvariable('as_of') + getvariable('closing_soon_days')::INTEGER GROUP BY episode_id;

-- name: approval_on_file
SELECT episode_id, min(day) AS first_day, max(day) AS last_day, count(*) AS days FROM judged_days WHERE asked AND is_therapy_day AND approved GROUP BY episode_id;

-- name: under_threshold
SELECT episode_id FROM result_episodes WHERE at_risk_high_cents > 0 AND at_risk_high_cents < getvariable('least_dollars') * 100;
