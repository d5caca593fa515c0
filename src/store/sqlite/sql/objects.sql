-- Every table, index, view and trigger that a script made, with the text that made it.
SELECT type || ' ' || name, tbl_name || ': ' || coalesce(sql, '')
FROM sqlite_schema
WHERE name NOT LIKE 'sqlite\_%' ESCAPE '\'
ORDER BY type, name;
