-- What is NULL stays as it was.
INSERT INTO run_marks (run, pinned, note) VALUES (?1, coalesce(?2, 0), coalesce(?3, ''))
ON CONFLICT (run) DO UPDATE SET pinned = coalesce(?2, pinned), note = coalesce(?3, note);
