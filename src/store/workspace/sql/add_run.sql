INSERT INTO runs (dataset, family, seed, created_at, seconds, status, document)
VALUES (?1, ?2, ?3, ?4, 0.0, 'running', ?5);
