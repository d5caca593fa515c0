-- Thresholds: what gates and monitors hold figures against. Set by the model owner, with a reason; never changed, only set anew.

-- The log learns a kind of event. SQLite cannot change a CHECK, so the table is made anew with the same rows.
CREATE TABLE events_3 (
  seq            INTEGER PRIMARY KEY CHECK (seq > 0),
  at             INTEGER NOT NULL,
  person         TEXT NOT NULL CHECK (length(person) > 0),
  kind           TEXT NOT NULL CHECK (kind IN ('person', 'propose', 'approve', 'reject', 'promote', 'roll_back', 'publish', 'threshold')),
  version        TEXT,
  details        TEXT NOT NULL CHECK (json_valid(details)),
  previous_hash  TEXT CHECK (length(previous_hash) = 64),
  hash           TEXT NOT NULL UNIQUE CHECK (length(hash) = 64),
  CHECK ((seq = 1) = (previous_hash IS NULL)),
  CHECK ((kind IN ('person', 'publish', 'threshold')) = (version IS NULL))
) STRICT;

INSERT INTO events_3 SELECT * FROM events ORDER BY seq;
DROP TABLE events;
ALTER TABLE events_3 RENAME TO events;

CREATE TRIGGER events_follow BEFORE INSERT ON events
WHEN NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM events)
  OR NEW.previous_hash IS NOT (SELECT hash FROM events ORDER BY seq DESC LIMIT 1)
BEGIN SELECT raise(ABORT, 'an event follows the last one'); END;

CREATE TRIGGER events_stay BEFORE UPDATE ON events BEGIN SELECT raise(ABORT, 'events are never changed'); END;
CREATE TRIGGER events_remain BEFORE DELETE ON events BEGIN SELECT raise(ABORT, 'events are never removed'); END;

CREATE TABLE thresholds (
  event   INTEGER PRIMARY KEY REFERENCES events (seq),
  name    TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
  value   REAL NOT NULL,
  reason  TEXT NOT NULL CHECK (length(trim(reason)) > 0)
) STRICT;

CREATE TRIGGER thresholds_stay BEFORE UPDATE ON thresholds BEGIN SELECT raise(ABORT, 'thresholds are never changed'); END;
CREATE TRIGGER thresholds_remain BEFORE DELETE ON thresholds BEGIN SELECT raise(ABORT, 'thresholds are never removed'); END;
