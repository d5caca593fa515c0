SELECT event, dataset, as_of, max_age_ms, value_count, values_sha256 FROM publications ORDER BY event;
