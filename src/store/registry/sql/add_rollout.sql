INSERT INTO rollouts (generation, event, kind, version, previous_version, returns_to, reason)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7);
