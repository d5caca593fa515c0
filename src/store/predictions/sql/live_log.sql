SELECT at, generation, version, refused FROM live_log ORDER BY id DESC LIMIT ?1;
