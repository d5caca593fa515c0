INSERT INTO trials (search, trial, stage, parameters, mae, failure, seconds, by_day)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
ON CONFLICT DO NOTHING;
