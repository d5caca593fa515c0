-- Runs are written when they begin and end once; and they can be kept in order: pinned, noted, tagged, pruned.

-- SQLite cannot change a CHECK, so the table is made anew with the same rows. AUTOINCREMENT, since evidence of releases
-- names runs by their number: that of a run which was removed is never given again.
CREATE TABLE runs_2 (
  id               INTEGER PRIMARY KEY AUTOINCREMENT,
  dataset          TEXT NOT NULL REFERENCES datasets (digest),
  family           TEXT NOT NULL,
  seed             INTEGER NOT NULL,  -- 64 bits, those above 2^63 - 1 as negative numbers
  created_at       INTEGER NOT NULL,
  seconds          REAL NOT NULL CHECK (seconds >= 0),  -- 0 until it ends, and where it was interrupted
  status           TEXT NOT NULL CHECK (status IN ('running', 'finished', 'cancelled', 'failed', 'interrupted')),
  document         TEXT NOT NULL CHECK (json_valid(document)),  -- parameters, split, metrics
  artifact_sha256  TEXT CHECK (length(artifact_sha256) = 64),
  CHECK ((status = 'finished') = (artifact_sha256 IS NOT NULL))
) STRICT;

INSERT INTO runs_2 SELECT * FROM runs ORDER BY id;
DROP TABLE runs;
ALTER TABLE runs_2 RENAME TO runs;
CREATE INDEX runs_by_dataset ON runs (dataset);

-- What a person says about a run. A run without a row is not pinned and has no note.
CREATE TABLE run_marks (
  run     INTEGER PRIMARY KEY REFERENCES runs (id) ON DELETE CASCADE,
  pinned  INTEGER NOT NULL CHECK (pinned IN (0, 1)),
  note    TEXT NOT NULL CHECK (length(note) <= 2000)
) STRICT;

CREATE TABLE run_tags (
  run  INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  tag  TEXT NOT NULL CHECK (length(tag) BETWEEN 1 AND 40),
  PRIMARY KEY (run, tag)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER runs_stay BEFORE UPDATE ON runs
WHEN OLD.status <> 'running' OR NEW.status = 'running' OR NEW.id <> OLD.id OR NEW.dataset <> OLD.dataset
  OR NEW.family <> OLD.family OR NEW.seed <> OLD.seed OR NEW.created_at <> OLD.created_at
BEGIN SELECT raise(ABORT, 'a run that ended is never changed'); END;

CREATE TRIGGER runs_remain BEFORE DELETE ON runs
WHEN OLD.status = 'running'
  OR EXISTS (SELECT 1 FROM run_marks WHERE run = OLD.id AND pinned = 1)
  OR EXISTS (SELECT 1 FROM run_tags WHERE run = OLD.id)
BEGIN SELECT raise(ABORT, 'a run that goes on, is pinned or tagged is never removed'); END;
