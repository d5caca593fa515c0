SELECT id, run FROM searches WHERE asked = ?1;
