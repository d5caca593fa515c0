-- What one analyst works with: data sets and experiment runs. Rows are only ever added.
-- Times are milliseconds since 1970-01-01T00:00:00Z.

-- A data set is its content: the file datasets/<digest>.parquet has the digest file_sha256.
CREATE TABLE datasets (
  digest       TEXT PRIMARY KEY CHECK (length(digest) = 64),
  name         TEXT NOT NULL CHECK (length(name) > 0),
  created_at   INTEGER NOT NULL,
  program      TEXT NOT NULL,  -- the version of the program that wrote the file
  file_sha256  TEXT NOT NULL CHECK (length(file_sha256) = 64),
  file_size    INTEGER NOT NULL CHECK (file_size >= 0),
  document     TEXT NOT NULL CHECK (json_valid(document))  -- sources, mapping, report, counts
) STRICT;

-- One training. The fitted model of a finished one is the file artifacts/<artifact_sha256>.json.
CREATE TABLE runs (
  id               INTEGER PRIMARY KEY,
  dataset          TEXT NOT NULL REFERENCES datasets (digest),
  family           TEXT NOT NULL,
  seed             INTEGER NOT NULL,  -- 64 bits, those above 2^63 - 1 as negative numbers
  created_at       INTEGER NOT NULL,
  seconds          REAL NOT NULL CHECK (seconds >= 0),
  status           TEXT NOT NULL CHECK (status IN ('finished', 'cancelled', 'failed')),
  document         TEXT NOT NULL CHECK (json_valid(document)),  -- parameters, split, metrics
  artifact_sha256  TEXT CHECK (length(artifact_sha256) = 64),
  CHECK ((status = 'finished') = (artifact_sha256 IS NOT NULL))
) STRICT;

CREATE INDEX runs_by_dataset ON runs (dataset);

CREATE TRIGGER datasets_stay BEFORE UPDATE ON datasets BEGIN SELECT raise(ABORT, 'data sets are never changed'); END;
CREATE TRIGGER datasets_remain BEFORE DELETE ON datasets BEGIN SELECT raise(ABORT, 'data sets are never removed'); END;
CREATE TRIGGER runs_stay BEFORE UPDATE ON runs BEGIN SELECT raise(ABORT, 'runs are never changed'); END;
CREATE TRIGGER runs_remain BEFORE DELETE ON runs BEGIN SELECT raise(ABORT, 'runs are never removed'); END;
