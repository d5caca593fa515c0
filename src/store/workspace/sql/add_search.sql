INSERT INTO searches (asked, dataset, family, created_at, document) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING;
