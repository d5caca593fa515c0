INSERT INTO datasets (digest, name, created_at, program, file_sha256, file_size, document)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7);
