SELECT event, values_sha256 FROM publications ORDER BY event DESC LIMIT 1;
