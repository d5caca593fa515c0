SELECT sha256, (SELECT min(event) FROM versions WHERE evidence_sha256 = sha256) FROM evidence ORDER BY sha256;
