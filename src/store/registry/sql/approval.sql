SELECT events.person, events.at, decision, reason, statement, key_id, signature, events.seq
FROM approvals
JOIN events ON events.seq = approvals.event
WHERE approvals.version = ?1;
