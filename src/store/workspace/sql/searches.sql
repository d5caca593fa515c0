SELECT id, asked, dataset, family, created_at, document, run FROM searches ORDER BY id DESC;
