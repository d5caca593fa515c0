INSERT INTO trials (search, trial, stage, parameters, mae, failure, seconds, by_day, mae_low, mae_high)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
ON CONFLICT DO NOTHING;
