SELECT version, artifact_sha256, contract_sha256, evidence_sha256 FROM versions WHERE version = ?1;
