SELECT version, returns_to FROM rollouts WHERE generation = ?1;
