SELECT version FROM versions ORDER BY major DESC, minor DESC, patch DESC LIMIT 1;
