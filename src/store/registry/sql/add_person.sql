INSERT INTO people (event, name, role, public_key) VALUES (?1, ?2, ?3, ?4);
