INSERT INTO runs (dataset, family, seed, created_at, seconds, status, document, artifact_sha256)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8);
