-- The newest events before ?1 (exclusive), newest first.
SELECT seq, at, person, kind, version, details, previous_hash, hash
FROM events
WHERE seq < ?1
ORDER BY seq DESC
LIMIT ?2;
