SELECT bytes FROM artifacts WHERE sha256 = ?1;
