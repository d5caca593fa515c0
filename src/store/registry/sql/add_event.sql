INSERT INTO events (seq, at, person, kind, version, details, previous_hash, hash)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8);
