INSERT INTO thresholds (event, name, value, reason) VALUES (?1, ?2, ?3, ?4);
