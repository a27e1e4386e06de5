-- A database of version 1, as the first Watchword wrote it: times, epoch and head are made up.
PRAGMA application_id = 1465340484;
PRAGMA user_version = 1;
PRAGMA journal_mode = WAL;
CREATE TABLE sessions (
  id                  BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
  subject             TEXT    NOT NULL,
  client_id           TEXT    NOT NULL,
  delivery            TEXT    NOT NULL CHECK (delivery IN ('cookie', 'body')),
  audience            TEXT    NOT NULL,
  scope               TEXT    NOT NULL,
  amr                 TEXT    NOT NULL,
  claims              TEXT    NOT NULL,
  authenticated_ms    INTEGER NOT NULL,
  started_ms          INTEGER NOT NULL,
  last_refreshed_ms   INTEGER NOT NULL,
  idle_expires_ms     INTEGER NOT NULL,
  absolute_expires_ms INTEGER NOT NULL,
  ended_ms            INTEGER,
  ended_reason        TEXT    CHECK (ended_reason IN ('signed_out', 'revoked', 'reused')),
  generation          INTEGER NOT NULL,
  key_version         INTEGER NOT NULL,
  delivered_ms        INTEGER NOT NULL,
  settled             INTEGER NOT NULL CHECK (settled IN (0, 1)),
  late                INTEGER NOT NULL,
  late_delivery       TEXT    NOT NULL CHECK (late_delivery IN ('none', 'counted', 'taken')),
  share               BLOB    NOT NULL CHECK (length(share) = 32),
  CHECK ((ended_ms IS NULL) = (ended_reason IS NULL))
) STRICT;
CREATE INDEX sessions_by_subject ON sessions (subject, started_ms);
CREATE INDEX sessions_by_start ON sessions (started_ms);
CREATE INDEX sessions_by_expiry ON sessions (absolute_expires_ms);
CREATE TABLE revocations (
  sequence   INTEGER PRIMARY KEY,
  hash       BLOB    NOT NULL CHECK (length(hash) = 32),
  kind       TEXT    NOT NULL CHECK (kind IN ('all', 'subject', 'session', 'token', 'key')),
  target     TEXT    NOT NULL,
  before_ms  INTEGER NOT NULL,
  at_ms      INTEGER NOT NULL,
  expires_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX revocations_by_expiry ON revocations (expires_ms);
CREATE TABLE feed_head (
  one      INTEGER PRIMARY KEY CHECK (one = 1),
  epoch    BLOB    NOT NULL CHECK (length(epoch) = 16),
  sequence INTEGER NOT NULL,
  hash     BLOB    NOT NULL CHECK (length(hash) = 32)
) STRICT;
CREATE TABLE cutoffs (
  kind       TEXT    NOT NULL CHECK (kind IN ('all', 'subject')),
  target     TEXT    NOT NULL,
  before_ms  INTEGER NOT NULL,
  expires_ms INTEGER NOT NULL,
  PRIMARY KEY (kind, target)
) STRICT, WITHOUT ROWID;
CREATE INDEX cutoffs_by_expiry ON cutoffs (expires_ms);
CREATE TABLE signing_keys (
  id                TEXT    NOT NULL PRIMARY KEY,
  algorithm         TEXT    NOT NULL,
  announced_ms      INTEGER NOT NULL,
  signs_from_ms     INTEGER NOT NULL,
  retires_ms        INTEGER,
  verifies_until_ms INTEGER,
  compromised_ms    INTEGER,
  sealed            BLOB    NOT NULL,
  CHECK ((retires_ms IS NULL) = (verifies_until_ms IS NULL))
) STRICT;
CREATE TABLE key_roots (
  purpose    TEXT    NOT NULL,
  version    INTEGER NOT NULL,
  created_ms INTEGER NOT NULL,
  sealed     BLOB    NOT NULL,
  PRIMARY KEY (purpose, version)
) STRICT;
CREATE TABLE key_ring (
  one      INTEGER PRIMARY KEY CHECK (one = 1),
  revision INTEGER NOT NULL
) STRICT;
CREATE TABLE longest_lifetimes (
  one        INTEGER PRIMARY KEY CHECK (one = 1),
  token_ms   INTEGER NOT NULL,
  session_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE accounts (
  id            TEXT    NOT NULL PRIMARY KEY,
  email         TEXT    NOT NULL,
  email_key     TEXT    NOT NULL UNIQUE,
  created_ms    INTEGER NOT NULL,
  password_hash TEXT    NOT NULL
) STRICT;
INSERT INTO feed_head (one, epoch, sequence, hash) VALUES (1, x'07070707070707070707070707070707', 0, x'0000000000000000000000000000000000000000000000000000000000000000');
INSERT INTO key_ring (one, revision) VALUES (1, 0);
INSERT INTO longest_lifetimes (one, token_ms, session_ms) VALUES (1, 0, 0);
