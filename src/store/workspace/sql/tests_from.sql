-- Runs on a data set with errors on a test part that begins at a moment.
SELECT count(*)
FROM runs
WHERE dataset = ?1 AND json_extract(document, '$.cut') = ?2 AND json_type(document, '$.test') = 'object';
