SELECT event, version, family, artifact_sha256, contract_sha256, evidence_sha256, notes FROM versions ORDER BY event;
