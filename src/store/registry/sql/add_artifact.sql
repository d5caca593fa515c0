-- The same bytes are the same artifact.
INSERT INTO artifacts (sha256, size, bytes) VALUES (?1, length(?2), ?2) ON CONFLICT (sha256) DO NOTHING;
