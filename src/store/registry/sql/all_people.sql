SELECT event, name, role, public_key FROM people ORDER BY event;
