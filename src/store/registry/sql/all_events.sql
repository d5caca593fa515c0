SELECT seq, at, person, kind, version, details, previous_hash, hash
FROM events
ORDER BY seq;
