SELECT event, version, decision, reason, statement, key_id, signature FROM approvals ORDER BY event;
