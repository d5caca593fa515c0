-- Values of features that the serving side cannot know from a request, published for a time.
--
-- A publication is an event and is never changed. Only the values of the last one are kept: a new publication replaces
-- them all, and the digest in its event covers every one of them.

-- The log learns a kind of event. SQLite cannot change a CHECK, so the table is made anew with the same rows.
CREATE TABLE events_2 (
  seq            INTEGER PRIMARY KEY CHECK (seq > 0),
  at             INTEGER NOT NULL,
  person         TEXT NOT NULL CHECK (length(person) > 0),
  kind           TEXT NOT NULL CHECK (kind IN ('person', 'propose', 'approve', 'reject', 'promote', 'roll_back', 'publish')),
  version        TEXT,
  details        TEXT NOT NULL CHECK (json_valid(details)),
  previous_hash  TEXT CHECK (length(previous_hash) = 64),
  hash           TEXT NOT NULL UNIQUE CHECK (length(hash) = 64),
  CHECK ((seq = 1) = (previous_hash IS NULL)),
  CHECK ((kind IN ('person', 'publish')) = (version IS NULL))
) STRICT;

INSERT INTO events_2 SELECT * FROM events ORDER BY seq;
DROP TABLE events;
ALTER TABLE events_2 RENAME TO events;

CREATE TRIGGER events_follow BEFORE INSERT ON events
WHEN NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM events)
  OR NEW.previous_hash IS NOT (SELECT hash FROM events ORDER BY seq DESC LIMIT 1)
BEGIN SELECT raise(ABORT, 'an event follows the last one'); END;

CREATE TRIGGER events_stay BEFORE UPDATE ON events BEGIN SELECT raise(ABORT, 'events are never changed'); END;
CREATE TRIGGER events_remain BEFORE DELETE ON events BEGIN SELECT raise(ABORT, 'events are never removed'); END;

CREATE TABLE publications (
  event           INTEGER PRIMARY KEY REFERENCES events (seq),
  dataset         TEXT NOT NULL CHECK (length(dataset) = 64),  -- the digest of the history they were computed from
  as_of           INTEGER NOT NULL,                            -- nothing later was looked at
  max_age_ms      INTEGER NOT NULL CHECK (max_age_ms > 0),     -- older than this, a value counts as missing
  value_count     INTEGER NOT NULL CHECK (value_count > 0),
  values_sha256   TEXT NOT NULL CHECK (length(values_sha256) = 64)
) STRICT;

CREATE TABLE online_values (
  publication  INTEGER NOT NULL REFERENCES publications (event),
  feature      TEXT NOT NULL CHECK (length(feature) BETWEEN 1 AND 200),
  site         TEXT NOT NULL CHECK (length(site) > 0),
  service      TEXT NOT NULL CHECK (length(service) > 0),
  hour         INTEGER NOT NULL CHECK (hour BETWEEN 0 AND 23), -- of the local day
  value        REAL NOT NULL,
  n            INTEGER NOT NULL CHECK (n > 0),                 -- visits that it is computed from
  PRIMARY KEY (feature, site, service, hour)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER publications_stay BEFORE UPDATE ON publications BEGIN SELECT raise(ABORT, 'publications are never changed'); END;
CREATE TRIGGER publications_remain BEFORE DELETE ON publications BEGIN SELECT raise(ABORT, 'publications are never removed'); END;
CREATE TRIGGER online_values_stay BEFORE UPDATE ON online_values BEGIN SELECT raise(ABORT, 'online values are never changed'); END;
CREATE TRIGGER online_values_remain BEFORE DELETE ON online_values
WHEN OLD.publication = (SELECT max(event) FROM publications)
BEGIN SELECT raise(ABORT, 'online values are never removed before others are published'); END;
