-- The registry: who may do what, which versions there are, what was decided about them, which one is live.
--
-- Nothing here is ever changed or removed (triggers at the end). What is true now follows from what was added
-- last. Every row belongs to one event of the audit log; the event's details repeat the row, and the event's
-- hash covers both the details and the event before it. Times are milliseconds since 1970-01-01T00:00:00Z.

-- The audit log. hash = SHA-256 over the fields and the hash before it, as src/store/registry/audit.rs writes them.
CREATE TABLE events (
  seq            INTEGER PRIMARY KEY CHECK (seq > 0),
  at             INTEGER NOT NULL,
  person         TEXT NOT NULL CHECK (length(person) > 0),
  kind           TEXT NOT NULL CHECK (kind IN ('person', 'propose', 'approve', 'reject', 'promote', 'roll_back')),
  version        TEXT,
  details        TEXT NOT NULL CHECK (json_valid(details)),
  previous_hash  TEXT CHECK (length(previous_hash) = 64),
  hash           TEXT NOT NULL UNIQUE CHECK (length(hash) = 64),
  CHECK ((seq = 1) = (previous_hash IS NULL)),
  CHECK ((kind = 'person') = (version IS NULL))
) STRICT;

-- People; the last row of a name counts.
CREATE TABLE people (
  event       INTEGER PRIMARY KEY REFERENCES events (seq),
  name        TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
  role        TEXT NOT NULL CHECK (role IN ('model_owner', 'ml_engineer', 'software_engineer', 'data_analyst', 'ops')),
  public_key  TEXT CHECK (length(public_key) = 56)  -- minisign, one line of base64
) STRICT;

CREATE INDEX people_by_name ON people (name, event);

-- Fitted models, by the digest of their bytes.
CREATE TABLE artifacts (
  sha256  TEXT PRIMARY KEY CHECK (length(sha256) = 64),
  size    INTEGER NOT NULL,
  bytes   BLOB NOT NULL,
  CHECK (length(bytes) = size)
) STRICT, WITHOUT ROWID;

-- What speaks for a version: results, gates, drift, data; by the digest of the document.
CREATE TABLE evidence (
  sha256    TEXT PRIMARY KEY CHECK (length(sha256) = 64),
  document  TEXT NOT NULL CHECK (json_valid(document))
) STRICT, WITHOUT ROWID;

CREATE TABLE versions (
  version          TEXT PRIMARY KEY CHECK (version = major || '.' || minor || '.' || patch),
  major            INTEGER NOT NULL CHECK (major BETWEEN 0 AND 4294967295),
  minor            INTEGER NOT NULL CHECK (minor BETWEEN 0 AND 4294967295),
  patch            INTEGER NOT NULL CHECK (patch BETWEEN 0 AND 4294967295),
  event            INTEGER NOT NULL UNIQUE REFERENCES events (seq),
  family           TEXT NOT NULL,
  artifact_sha256  TEXT NOT NULL REFERENCES artifacts (sha256),
  contract_sha256  TEXT NOT NULL CHECK (length(contract_sha256) = 64),
  evidence_sha256  TEXT NOT NULL REFERENCES evidence (sha256),
  notes            TEXT NOT NULL,
  UNIQUE (major, minor, patch)
) STRICT;

-- One decision for each version, and it is final.
CREATE TABLE approvals (
  version    TEXT PRIMARY KEY REFERENCES versions (version),
  event      INTEGER NOT NULL UNIQUE REFERENCES events (seq),
  decision   TEXT NOT NULL CHECK (decision IN ('approve', 'reject')),
  reason     TEXT NOT NULL,
  statement  TEXT NOT NULL CHECK (json_valid(statement)),  -- what was decided about, and what was signed
  key_id     TEXT CHECK (length(key_id) = 16),
  signature  TEXT,                                          -- the text of a .minisig file
  CHECK ((decision = 'approve') = (signature IS NOT NULL)),
  CHECK ((decision = 'approve') = (key_id IS NOT NULL))
) STRICT;

-- Which version is live: the one of the last generation.
CREATE TABLE rollouts (
  generation        INTEGER PRIMARY KEY CHECK (generation > 0),
  event             INTEGER NOT NULL UNIQUE REFERENCES events (seq),
  kind              TEXT NOT NULL CHECK (kind IN ('promote', 'roll_back')),
  version           TEXT NOT NULL REFERENCES versions (version),
  previous_version  TEXT REFERENCES versions (version),     -- live until now
  returns_to        INTEGER REFERENCES rollouts (generation), -- what a rollback from here restores
  reason            TEXT NOT NULL,
  CHECK (returns_to < generation),
  CHECK ((generation = 1) = (previous_version IS NULL))
) STRICT;

-- Events and generations have no gaps, and each event follows the one before it.
CREATE TRIGGER events_follow BEFORE INSERT ON events
WHEN NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM events)
  OR NEW.previous_hash IS NOT (SELECT hash FROM events ORDER BY seq DESC LIMIT 1)
BEGIN SELECT raise(ABORT, 'an event follows the last one'); END;

CREATE TRIGGER rollouts_follow BEFORE INSERT ON rollouts
WHEN NEW.generation <> (SELECT coalesce(max(generation), 0) + 1 FROM rollouts)
BEGIN SELECT raise(ABORT, 'a generation follows the last one'); END;

CREATE TRIGGER events_stay BEFORE UPDATE ON events BEGIN SELECT raise(ABORT, 'events are never changed'); END;
CREATE TRIGGER events_remain BEFORE DELETE ON events BEGIN SELECT raise(ABORT, 'events are never removed'); END;
CREATE TRIGGER people_stay BEFORE UPDATE ON people BEGIN SELECT raise(ABORT, 'people are never changed'); END;
CREATE TRIGGER people_remain BEFORE DELETE ON people BEGIN SELECT raise(ABORT, 'people are never removed'); END;
CREATE TRIGGER artifacts_stay BEFORE UPDATE ON artifacts BEGIN SELECT raise(ABORT, 'artifacts are never changed'); END;
CREATE TRIGGER artifacts_remain BEFORE DELETE ON artifacts BEGIN SELECT raise(ABORT, 'artifacts are never removed'); END;
CREATE TRIGGER evidence_stays BEFORE UPDATE ON evidence BEGIN SELECT raise(ABORT, 'evidence is never changed'); END;
CREATE TRIGGER evidence_remains BEFORE DELETE ON evidence BEGIN SELECT raise(ABORT, 'evidence is never removed'); END;
CREATE TRIGGER versions_stay BEFORE UPDATE ON versions BEGIN SELECT raise(ABORT, 'versions are never changed'); END;
CREATE TRIGGER versions_remain BEFORE DELETE ON versions BEGIN SELECT raise(ABORT, 'versions are never removed'); END;
CREATE TRIGGER approvals_stay BEFORE UPDATE ON approvals BEGIN SELECT raise(ABORT, 'approvals are never changed'); END;
CREATE TRIGGER approvals_remain BEFORE DELETE ON approvals BEGIN SELECT raise(ABORT, 'approvals are never removed'); END;
CREATE TRIGGER rollouts_stay BEFORE UPDATE ON rollouts BEGIN SELECT raise(ABORT, 'rollouts are never changed'); END;
CREATE TRIGGER rollouts_remain BEFORE DELETE ON rollouts BEGIN SELECT raise(ABORT, 'rollouts are never removed'); END;
