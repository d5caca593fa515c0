-- Everybody as they are now, in the order in which they first came.
SELECT name, role, public_key, event FROM people
WHERE event IN (SELECT max(event) FROM people GROUP BY name)
ORDER BY (SELECT min(earlier.event) FROM people AS earlier WHERE earlier.name = people.name);
