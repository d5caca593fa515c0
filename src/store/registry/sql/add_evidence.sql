INSERT INTO evidence (sha256, document) VALUES (?1, ?2) ON CONFLICT (sha256) DO NOTHING;
