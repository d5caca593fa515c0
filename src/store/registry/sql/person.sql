-- The person named ?1 as it stood before event ?2.
SELECT name, role, public_key, event FROM people
WHERE name = ?1 AND event < ?2
ORDER BY event DESC
LIMIT 1;
