-- One run, or all of them; the newest first.
SELECT runs.id, dataset, family, seed, created_at, seconds, status, document, artifact_sha256,
       coalesce(pinned, 0), coalesce(note, ''),
       (SELECT json_group_array(tag ORDER BY tag) FROM run_tags WHERE run_tags.run = runs.id)
FROM runs LEFT JOIN run_marks ON run_marks.run = runs.id
WHERE ?1 IS NULL OR runs.id = ?1
ORDER BY runs.id DESC;
