-- The newest rollouts first.
SELECT generation, rollouts.version, previous_version, rollouts.kind, events.person, events.at, reason, returns_to
FROM rollouts
JOIN events ON events.seq = rollouts.event
ORDER BY generation DESC
LIMIT ?1;
