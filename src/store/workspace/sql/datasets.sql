-- One data set, or all of them; the newest first.
SELECT digest, name, created_at, program, file_sha256, file_size, document
FROM datasets
WHERE ?1 IS NULL OR digest = ?1
ORDER BY rowid DESC;
