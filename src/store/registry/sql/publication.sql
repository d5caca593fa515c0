-- The last one, with who published it and when.
SELECT event, dataset, as_of, max_age_ms, value_count, values_sha256, events.at, events.person
FROM publications
JOIN events ON events.seq = publications.event
ORDER BY event DESC
LIMIT 1;
