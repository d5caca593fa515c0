SELECT generation, version, count(*) FROM predictions GROUP BY generation, version ORDER BY generation;
