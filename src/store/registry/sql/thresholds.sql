-- What holds now, with who set it and when, by name.
SELECT name, value, reason, thresholds.event, events.person, events.at
FROM thresholds
JOIN events ON events.seq = thresholds.event
WHERE thresholds.event IN (SELECT max(event) FROM thresholds GROUP BY name)
ORDER BY name;
