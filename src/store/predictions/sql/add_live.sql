INSERT INTO live_log (at, generation, version, refused) VALUES (?1, ?2, ?3, ?4);
