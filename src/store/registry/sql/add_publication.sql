INSERT INTO publications (event, dataset, as_of, max_age_ms, value_count, values_sha256)
VALUES (?1, ?2, ?3, ?4, ?5, ?6);
