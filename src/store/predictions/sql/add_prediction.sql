INSERT INTO predictions (at, generation, version, site, service, request_key, features, missing, predicted_minutes, latency_us)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10);
