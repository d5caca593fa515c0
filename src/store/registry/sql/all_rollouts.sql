SELECT event, generation, kind, version, previous_version, returns_to, reason FROM rollouts ORDER BY generation;
