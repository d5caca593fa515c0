-- Versions with what is needed to say where in its life each of them is; the newest first.
SELECT versions.version, family, artifact_sha256, contract_sha256, evidence_sha256, notes,
       events.person, events.at,
       (SELECT decision FROM approvals WHERE approvals.version = versions.version),
       (SELECT max(generation) FROM rollouts WHERE rollouts.version = versions.version),
       versions.version IS (SELECT version FROM rollouts ORDER BY generation DESC LIMIT 1)
FROM versions
JOIN events ON events.seq = versions.event
WHERE ?1 IS NULL OR versions.version = ?1
ORDER BY major DESC, minor DESC, patch DESC;
