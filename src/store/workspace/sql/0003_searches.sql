-- Searches over parameters, with every trial, so that one that was stopped goes on where it stopped.
CREATE TABLE searches (
  id          INTEGER PRIMARY KEY,
  asked       TEXT NOT NULL UNIQUE CHECK (length(asked) = 64),  -- the digest of all that the trials follow from
  dataset     TEXT NOT NULL REFERENCES datasets (digest),
  family      TEXT NOT NULL,
  created_at  INTEGER NOT NULL,
  document    TEXT NOT NULL CHECK (json_valid(document)),
  run         INTEGER REFERENCES runs (id) ON DELETE SET NULL   -- the best trial, trained and tested
) STRICT;

CREATE TABLE trials (
  search      INTEGER NOT NULL REFERENCES searches (id),
  trial       INTEGER NOT NULL CHECK (trial >= 0),
  stage       INTEGER NOT NULL CHECK (stage >= 0),  -- how much of the training time it learned from; the last is all
  parameters  TEXT NOT NULL CHECK (json_valid(parameters)),
  mae         REAL,                                 -- on the validation part, minutes; NULL where no model came of it
  failure     TEXT,
  seconds     REAL NOT NULL CHECK (seconds >= 0),
  PRIMARY KEY (search, trial, stage),
  CHECK ((mae IS NULL) = (failure IS NOT NULL))
) STRICT, WITHOUT ROWID;

CREATE TRIGGER trials_stay BEFORE UPDATE ON trials BEGIN SELECT raise(ABORT, 'trials are never changed'); END;
