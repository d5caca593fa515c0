INSERT INTO trials (search, trial, stage, parameters, mae, failure, seconds) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
ON CONFLICT DO NOTHING;
