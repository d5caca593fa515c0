UPDATE searches SET run = ?2 WHERE id = ?1;
