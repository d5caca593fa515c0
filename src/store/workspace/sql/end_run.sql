UPDATE runs SET seconds = ?2, status = ?3, document = coalesce(?4, document), artifact_sha256 = ?5 WHERE id = ?1;
