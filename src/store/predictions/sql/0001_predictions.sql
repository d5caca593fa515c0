-- What the serving side said, and which generation it served when. Written by the serving side alone.
-- Times are milliseconds since 1970-01-01T00:00:00Z. Old rows may be removed; none is ever changed.

CREATE TABLE predictions (
  id                 INTEGER PRIMARY KEY,
  at                 INTEGER NOT NULL,
  generation         INTEGER NOT NULL CHECK (generation > 0),
  version            TEXT NOT NULL,
  site               TEXT NOT NULL,
  service            TEXT NOT NULL,
  request_key        TEXT,                -- what the caller calls the visit, to join the outcome to it later
  features           TEXT NOT NULL CHECK (json_valid(features)),
  missing            TEXT NOT NULL CHECK (json_valid(missing)),  -- names of the features that were not known
  predicted_minutes  REAL NOT NULL,
  latency_us         INTEGER NOT NULL CHECK (latency_us >= 0)
) STRICT;

CREATE INDEX predictions_by_generation ON predictions (generation, version);

-- Every attempt to load a generation.
CREATE TABLE live_log (
  id          INTEGER PRIMARY KEY,
  at          INTEGER NOT NULL,
  generation  INTEGER NOT NULL CHECK (generation > 0),
  version     TEXT NOT NULL,
  refused     TEXT  -- why it was not loaded; NULL: it was, and answers from then on
) STRICT;

CREATE TRIGGER predictions_stay BEFORE UPDATE ON predictions
BEGIN SELECT raise(ABORT, 'predictions are never changed'); END;
CREATE TRIGGER live_log_stays BEFORE UPDATE ON live_log
BEGIN SELECT raise(ABORT, 'the live log is never changed'); END;
