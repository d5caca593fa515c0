DELETE FROM run_tags WHERE run = ?1 AND tag = ?2;
