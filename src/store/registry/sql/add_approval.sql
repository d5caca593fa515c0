INSERT INTO approvals (version, event, decision, reason, statement, key_id, signature)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7);
