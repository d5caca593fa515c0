INSERT INTO versions (version, major, minor, patch, event, family, artifact_sha256, contract_sha256, evidence_sha256, notes)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10);
