-- With the events of the versions that use it.
SELECT sha256, (SELECT min(event) FROM versions WHERE artifact_sha256 = sha256) FROM artifacts ORDER BY sha256;
