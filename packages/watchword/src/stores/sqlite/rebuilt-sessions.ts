import type { DatabaseSync } from 'node:sqlite';

/**
 * Version 3 of the database: sessions say whether they are remembered and where their client was last, and may end as
 * `displaced`. A CHECK cannot be altered, so the table is made anew. The default is for processes of the version before that
 * still run.
 */
export function rebuildSessions(database: DatabaseSync): void {
  database.exec(`
    CREATE TABLE rebuilt_sessions (
      id                  BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
      subject             TEXT    NOT NULL,
      client_id           TEXT    NOT NULL,
      delivery            TEXT    NOT NULL CHECK (delivery IN ('cookie', 'body')),
      remembered          INTEGER NOT NULL DEFAULT 1 CHECK (remembered IN (0, 1)),
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
      ended_reason        TEXT    CHECK (ended_reason IN ('signed_out', 'revoked', 'reused', 'displaced')),
      share               BLOB    NOT NULL CHECK (length(share) = 32),
      generation          INTEGER NOT NULL,
      key_version         INTEGER NOT NULL,
      delivered_ms        INTEGER NOT NULL,
      settled             INTEGER NOT NULL CHECK (settled IN (0, 1)),
      late                INTEGER NOT NULL,
      late_delivery       TEXT    NOT NULL CHECK (late_delivery IN ('none', 'counted', 'taken')),
      address_prefix      TEXT,
      user_agent          TEXT,
      CHECK ((ended_ms IS NULL) = (ended_reason IS NULL))
    ) STRICT;
    INSERT INTO rebuilt_sessions (${KEPT}, remembered) SELECT ${KEPT}, 1 FROM sessions;
    DROP TABLE sessions;
    ALTER TABLE rebuilt_sessions RENAME TO sessions;
    CREATE INDEX sessions_by_subject ON sessions (subject, started_ms);
    CREATE INDEX sessions_by_start ON sessions (started_ms);
    CREATE INDEX sessions_by_expiry ON sessions (absolute_expires_ms);
  `);
}

const KEPT = `
  id, subject, client_id, delivery, audience, scope, amr, claims,
  authenticated_ms, started_ms, last_refreshed_ms, idle_expires_ms, absolute_expires_ms, ended_ms, ended_reason,
  share, generation, key_version, delivered_ms, settled, late, late_delivery`;
