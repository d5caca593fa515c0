-- One run, or all of them; the newest first.
SELECT id, dataset, family, seed, created_at, seconds, status, document, artifact_sha256
FROM runs
WHERE ?1 IS NULL OR id = ?1
ORDER BY id DESC;
