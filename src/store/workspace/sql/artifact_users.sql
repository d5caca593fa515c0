SELECT count(*) FROM runs WHERE artifact_sha256 = ?1;
